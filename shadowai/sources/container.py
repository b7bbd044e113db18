"""From a path to bytes of text: folders, globs, standard input, compression, archives, encodings.

What a file is, is told by its first bytes and never by its name. Everything streams: memory does not grow with size.
"""

from __future__ import annotations

import codecs
import glob
import io
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from shadowai.errors import SourceError, UsageError
from shadowai.model import Gap, Origin
from shadowai.sources import remote
from shadowai.sources.capture.frames import is_capture, is_cut
from shadowai.sources.compression import decompressor, gzip_time
from shadowai.sources.encodings import Recoded, encoding_of
from shadowai.sources.guarded import BOUNDS, Bounds, Budget, Counted, Guarded
from shadowai.sources.hollow import Hollow, ends_in_text, may_be_hollow

HEAD = 8192
"""Bytes looked at to tell what a file is."""
_DEPTH = 3
_GLOB = frozenset("*?[")
_STDIN = frozenset({"-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"})

FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"ElfFile\x00", "Windows event log (EVTX)", "export it as JSON or CSV"),
    (b"\xd0\xcf\x11\xe0", "old Office document", "save it as CSV"),
    (b"%PDF", "PDF document", "give the log itself"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive", "unpack it first"),
    (b"Rar!\x1a\x07", "RAR archive", "unpack it first"),
    (b"\x02\x21\x4c\x18", "LZ4 file of the legacy format", "unpack it first"),
)
"""Files that are recognised and not read here: magic, what it is, what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """One input as it will be named in evidence. ``size`` is in bytes where known, ``modified`` in epoch seconds."""

    path: str
    open: Callable[[], BinaryIO]
    size: int | None = None
    modified: float | None = None


@dataclass(slots=True)
class Content:
    """Text of one source, as UTF-8 bytes without BOM, and what its container says of time (epoch seconds); or a ``capture`` of
    packets, whose bytes are as they were written."""

    path: str
    stream: BinaryIO
    modified: float | None = None
    capture: bool = False


def expand(paths: Iterable[str]) -> Iterator[Source | Gap]:
    """Every file behind ``paths``: files, folders (recursively, in name order, hidden files left out), quoted globs, ``-``.

    A file that is reached in several ways (named twice, by a link, within a folder that is named too) is given once: its
    records would be counted again. Raises :class:`UsageError` for a path that does not exist. What lies in a folder and
    cannot be read is a gap.
    """
    given: set[str] = set()
    for found in _expanded(paths):
        if isinstance(found, Source):
            named = found.path == "-" or remote.is_url(found.path)
            place = found.path if named else os.path.realpath(found.path)
            if place in given:
                continue
            given.add(place)
        yield found


def _expanded(paths: Iterable[str]) -> Iterator[Source | Gap]:
    for text in paths:
        if is_stdin(text):
            yield Source("-", _stdin)
        elif remote.is_url(text):
            yield from _remote(text)
        elif os.path.isdir(text):  # noqa: PTH112 - a path of a log may hold bytes that Path would show otherwise
            yield from _folder(text)
        elif os.path.lexists(text):
            yield _file(text)
        elif _GLOB & set(text) and (found := sorted(glob.glob(text, recursive=True))):  # noqa: PTH207
            yield from _expanded(found)
        else:
            raise _missing(text)


def is_stdin(path: str) -> bool:
    """Whether a path is that of standard input: in another process each of its names would be another stream, and an empty one."""
    return path in _STDIN


def is_read_once(path: str) -> bool:
    """Whether what a path names is gone once it was read: standard input, or a pipe."""
    there = not remote.is_url(path) and os.path.exists(path)  # noqa: PTH110
    return is_stdin(path) or (there and not os.path.isfile(path) and not os.path.isdir(path))  # noqa: PTH112, PTH113


def _missing(path: str) -> UsageError:
    if not path:
        return UsageError("a path is empty", remedy="name a file or a folder; . is the current one")
    return UsageError("no such file or folder", origin=Origin(path), remedy="check the path; quote a glob once")


def _remote(url: str) -> Iterator[Source | Gap]:
    """The objects behind a URL, or the gap that they are."""
    remote.check(url)
    try:
        for found in remote.expand(url):
            yield Source(found.path, found.open, found.size, found.modified)
    except SourceError as wrong:
        yield Gap(wrong.origin or Origin(remote.shown(url)), f"{wrong.message} ({wrong.remedy})")


def _stdin() -> BinaryIO:
    if sys.stdin is None:  # closed by whoever started the program (``<&-``)
        raise OSError("standard input is closed")
    return cast(BinaryIO, sys.stdin.buffer)


def check_exist(paths: Iterable[str]) -> None:
    """Raise :class:`UsageError` for the first path that is not there, before anything is read."""
    for text in paths:
        if remote.is_url(text):
            remote.check(text)
        elif not (is_stdin(text) or os.path.lexists(text) or _fits_some(text)):
            raise _missing(text)


def _fits_some(pattern: str) -> bool:
    return bool(_GLOB & set(pattern) and glob.glob(pattern, recursive=True))  # noqa: PTH207


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """The source's bytes, closed afterwards; an ``OSError`` becomes a :class:`SourceError` that names the file."""
    try:
        stream = source.open()
    except OSError as wrong:
        raise SourceError(
            wrong.strerror or str(wrong), origin=Origin(source.path), remedy="check that it can be read"
        ) from wrong
    try:
        yield stream
    finally:
        if source.path != "-":
            stream.close()


def contents(source: Source, stream: BinaryIO, bounds: Bounds = BOUNDS) -> Iterator[Content | Gap]:
    """The texts and captures within one source: itself, decompressed, or each member of an archive.

    Yields a gap for what is neither. Corruption, and more data than ``bounds`` allow, show up while reading, as
    :class:`SourceError` from the stream. A capture's stream gives its bytes as they were written, from the first.
    """
    counted = stream if stream.seekable() else cast(BinaryIO, io.BufferedReader(Counted(stream), 1 << 18))
    yield from _contents(source, counted, 0, Budget(bounds, counted))


def _converter(head: bytes) -> Callable[[BinaryIO, str], BinaryIO] | None:
    """:func:`shadowai.sources.tables.converter`, imported by what is no capture: a capture of a few packets is read sooner without."""
    from shadowai.sources import tables

    return tables.converter(head)


def plain(source: Source, stream: BinaryIO) -> Content | None:
    """The text of a source whose bytes are UTF-8 (or Latin-1) as they stand, from the first; ``None`` for all others."""
    head, buffered = _begun(stream, source.path)
    packed = decompressor(head) is not None or head[:2] == b"PK" or head[257:262] == b"ustar"
    if (
        packed
        or is_capture(head)
        or is_cut(head)
        or (may_be_hollow(head) and not ends_in_text(cast(BinaryIO, buffered)))
        or _converter(head) is not None
        or any(head.startswith(magic) for magic, _, _ in FOREIGN)
    ):
        return None
    if encoding_of(head) != "utf-8" or head.startswith(codecs.BOM_UTF8):
        return None
    return Content(source.path, cast(BinaryIO, buffered), source.modified)


def _contents(source: Source, stream: BinaryIO, depth: int, budget: Budget) -> Iterator[Content | Gap]:
    path = source.path
    head, buffered = _begun(stream, path)
    if depth < _DEPTH:
        unpacked = decompressor(head)
        if unpacked is not None:
            guarded = Guarded(unpacked(cast(BinaryIO, buffered)), path, budget)
            inner = cast(BinaryIO, io.BufferedReader(guarded, 1 << 18))
            modified = gzip_time(head) or source.modified
            yield from _contents(Source(path, source.open, None, modified), inner, depth + 1, budget)
            return
        if head[:4] == b"PK\x03\x04" or head[:4] == b"PK\x05\x06":
            yield from _zip(source, cast(BinaryIO, buffered), depth, budget)
            return
        if head[257:262] == b"ustar":
            yield from _tar(source, cast(BinaryIO, buffered), depth, budget)
            return
    if is_capture(head):
        yield Content(path, cast(BinaryIO, buffered), source.modified, capture=True)
        return
    if is_cut(head):
        yield Gap(
            Origin(path), "a packet capture that ends within its header: nothing of it can be read (get a whole copy)"
        )
        return
    convert = _converter(head)
    if convert is not None:
        lines = Guarded(convert(cast(BinaryIO, buffered), path), path, budget)
        yield Content(path, cast(BinaryIO, io.BufferedReader(lines, 1 << 18)), source.modified)
        return
    for magic, what, remedy in FOREIGN:
        if head.startswith(magic):
            yield Gap(Origin(path), f"{what}: not read ({remedy})")
            return
    codec = encoding_of(head)
    if codec is None:
        yield Gap(Origin(path), "binary data: not a log in any known encoding")
        return
    if codec == "utf-8" and head.startswith(codecs.BOM_UTF8):
        head = head.removeprefix(buffered.read(3))
    if codec == "utf-8":
        yield Content(path, _told_if_hollow(head, buffered, path), source.modified)
        return
    head, text = _begun(cast(BinaryIO, io.BufferedReader(Recoded(buffered, codec), 1 << 18)), path)
    convert = _converter(head)
    if convert is not None:
        text = io.BufferedReader(Guarded(convert(cast(BinaryIO, text), path), path, budget), 1 << 18)
    yield Content(path, _told_if_hollow(head, text, path), source.modified)


def _told_if_hollow(head: bytes, text: io.BufferedReader, path: str) -> BinaryIO:
    """A text with this beginning; one that has nothing in it fails at its end."""
    if may_be_hollow(head):
        text = io.BufferedReader(Hollow(cast(BinaryIO, text), path), 1 << 18)
    return cast(BinaryIO, text)


def _file(path: str) -> Source:
    opens = partial(_open, os.path.abspath(path))  # noqa: PTH100 - a worker elsewhere has another current folder
    try:
        status = Path(path).stat()
        size = status.st_size if stat.S_ISREG(status.st_mode) else None  # that of a pipe is 0, and says nothing
        return Source(path, opens, size, status.st_mtime)
    except OSError:
        return Source(path, opens)


def _open(path: str) -> BinaryIO:
    return Path(path).open("rb")


def _folder(top: str) -> Iterator[Source | Gap]:
    refused: list[Gap] = []
    empty = True

    def note(wrong: OSError) -> None:
        refused.append(Gap(Origin(str(wrong.filename)), f"folder cannot be listed: {wrong.strerror}"))

    for folder, folders, files in os.walk(top, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]  # noqa: PTH114, PTH118
        for name in sorted([*files, *links]):
            path = os.path.join(folder, name)  # noqa: PTH118
            if name.startswith("."):
                continue
            empty = False
            if _is_read_anyway(path, top):
                continue
            if name in links:
                yield Gap(Origin(path), "link to a folder: not followed (give the folder itself)")
            elif not os.path.isfile(path):  # noqa: PTH113
                yield Gap(Origin(path), "not a regular file: not read")
            else:
                yield _file(path)
    if empty and not refused:
        yield Gap(Origin(top), "folder holds no file to read")
    yield from refused


def _is_read_anyway(path: str, top: str) -> bool:
    """True for a link to what lies in the same tree: to read it under both names would count it twice."""
    if not os.path.islink(path) or not os.path.exists(path):  # noqa: PTH110, PTH114
        return False
    inside = os.path.relpath(os.path.realpath(path), os.path.realpath(top))
    return not any(step.startswith(".") and step != "." for step in Path(inside).parts)


def _begun(stream: BinaryIO, path: str) -> tuple[bytes, io.BufferedReader]:
    """The first bytes, and a stream that still has them. A pipe may give them one by one; an error met on the way is
    raised when reading gets there."""
    buffered = (
        stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, stream), 1 << 18)
    )
    head, error = b"", None
    try:
        if buffered.seekable():
            return buffered.peek(HEAD)[:HEAD], buffered
        while len(head) < HEAD and (piece := buffered.read1(HEAD - len(head))):
            head += piece
    except SourceError as wrong:
        error = wrong
    except OSError as wrong:
        error = SourceError(wrong.strerror or str(wrong), origin=Origin(path))
    return head, io.BufferedReader(_Again(head, buffered, error), 1 << 18)


class _Again(io.RawIOBase):
    """A stream whose first bytes were taken, with these in front; ``error`` is what stopped the taking."""

    def __init__(self, head: bytes, rest: io.BufferedReader, error: SourceError | None) -> None:
        super().__init__()
        self._head = head
        self._rest = rest
        self._error = error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._head:
            taken, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
            buffer[: len(taken)] = taken
            return len(taken)
        if self._error is not None:
            raise self._error
        return self._rest.readinto1(buffer)


def _zip(source: Source, stream: BinaryIO, depth: int, budget: Budget) -> Iterator[Content | Gap]:
    from shadowai.sources import archives

    with archives.seekable(stream) as seekable:
        if depth == 0:
            budget.given = seekable.seek(0, io.SEEK_END)
        yield from archives.unzipped(source.path, seekable, partial(_member, source, depth, budget))


def _tar(source: Source, stream: BinaryIO, depth: int, budget: Budget) -> Iterator[Content | Gap]:
    from shadowai.sources import archives

    yield from archives.untarred(source.path, stream, partial(_member, source, depth, budget))


def _member(
    archive: Source, depth: int, budget: Budget, path: str, stream: BinaryIO, size: int, modified: float | None
) -> Iterator[Content | Gap]:
    """The contents of a file in an archive; the others are read though it cannot be."""
    inner = cast(BinaryIO, io.BufferedReader(Guarded(stream, path, budget), 1 << 18))
    found = Source(path, archive.open, size, archive.modified if modified is None else modified)
    try:
        yield from _contents(found, inner, depth + 1, budget)
    except SourceError as wrong:
        yield Gap(wrong.origin or Origin(path), f"{wrong.message} ({wrong.remedy})")
