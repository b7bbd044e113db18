"""From a path to bytes of text: folders, globs, standard input, compression, archives, encodings.

What a file is, is told by its first bytes and never by its name. Everything streams: memory does not grow with size.
"""

from __future__ import annotations

import bz2
import codecs
import glob
import gzip
import io
import lzma
import os
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from shadowai.errors import SourceError, UsageError
from shadowai.model import Gap, Origin

HEAD = 8192
"""Bytes looked at to tell what a file is."""
_DEPTH = 3
_GLOB = frozenset("*?[")

FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd4\xc3\xb2\xa1", "packet capture (pcap)", "this version reads logs only"),
    (b"\xa1\xb2\xc3\xd4", "packet capture (pcap)", "this version reads logs only"),
    (b"\x4d\x3c\xb2\xa1", "packet capture (pcap)", "this version reads logs only"),
    (b"\xa1\xb2\x3c\x4d", "packet capture (pcap)", "this version reads logs only"),
    (b"\x0a\x0d\x0d\x0a", "packet capture (pcapng)", "this version reads logs only"),
    (b"PAR1", "Parquet file", "export it as CSV or JSON lines"),
    (b"ElfFile\x00", "Windows event log (EVTX)", "export it as JSON or CSV"),
    (b"SQLite format 3\x00", "SQLite database", "export its query table as CSV"),
    (b"\xd0\xcf\x11\xe0", "old Office document", "save it as CSV"),
    (b"%PDF", "PDF document", "give the log itself"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive", "unpack it first"),
    (b"Rar!\x1a\x07", "RAR archive", "unpack it first"),
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
    """Text of one source, as UTF-8 bytes without BOM, and what its container says of time (epoch seconds)."""

    path: str
    stream: BinaryIO
    modified: float | None = None


def expand(paths: Iterable[str]) -> Iterator[Source | Gap]:
    """Every file behind ``paths``: files, folders (recursively, in name order, hidden files left out), quoted globs, ``-``.

    Raises :class:`UsageError` for a path that does not exist. What lies in a folder and cannot be read is a gap.
    """
    for text in paths:
        if text == "-":
            yield Source("-", lambda: cast(BinaryIO, sys.stdin.buffer))
        elif os.path.isdir(text):  # noqa: PTH112 - a path of a log may hold bytes that Path would show otherwise
            yield from _folder(text)
        elif os.path.lexists(text):
            yield _file(text)
        elif _GLOB & set(text) and (found := sorted(glob.glob(text, recursive=True))):  # noqa: PTH207
            yield from expand(found)
        else:
            raise UsageError("no such file or folder", origin=Origin(text), remedy="check the path; quote a glob once")


def check_exist(paths: Iterable[str]) -> None:
    """Raise :class:`UsageError` for the first path that is not there, before anything is read."""
    for text in paths:
        if text != "-" and not os.path.lexists(text) and not (_GLOB & set(text) and glob.glob(text, recursive=True)):  # noqa: PTH207
            raise UsageError("no such file or folder", origin=Origin(text), remedy="check the path; quote a glob once")


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """The source's bytes, closed afterwards; an ``OSError`` becomes a :class:`SourceError` that names the file."""
    try:
        stream = source.open()
    except OSError as wrong:
        raise SourceError(wrong.strerror or str(wrong), origin=Origin(source.path), remedy="check that it can be read") from wrong
    try:
        yield stream
    finally:
        if source.path != "-":
            stream.close()


def contents(source: Source, stream: BinaryIO, depth: int = 0) -> Iterator[Content | Gap]:
    """The texts within one source: itself, decompressed, or each member of an archive.

    Yields a gap for what is no text. Corruption shows up while reading, as :class:`SourceError` from the stream.
    """
    path = source.path
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, stream), 1 << 18)
    head = _peek(buffered, path)
    if depth < _DEPTH:
        unpacked = _decompressor(head)
        if unpacked is not None:
            inner = cast(BinaryIO, io.BufferedReader(_Guarded(unpacked(cast(BinaryIO, buffered)), path), 1 << 18))
            modified = _gzip_time(head) or source.modified
            yield from contents(Source(path, source.open, None, modified), inner, depth + 1)
            return
        if head[:4] == b"PK\x03\x04" or head[:4] == b"PK\x05\x06":
            yield from _zip(source, cast(BinaryIO, buffered), depth)
            return
        if head[257:262] == b"ustar":
            yield from _tar(source, cast(BinaryIO, buffered), depth)
            return
    for magic, what, remedy in FOREIGN:
        if head.startswith(magic):
            yield Gap(Origin(path), f"{what}: not read ({remedy})")
            return
    codec = _encoding(head)
    if codec is None:
        yield Gap(Origin(path), "binary data: not a log in any known encoding")
        return
    yield Content(path, _as_utf8(cast(BinaryIO, buffered), codec, path), source.modified)


def _file(path: str) -> Source:
    try:
        status = Path(path).stat()
        return Source(path, lambda: Path(path).open("rb"), status.st_size, status.st_mtime)
    except OSError:
        return Source(path, lambda: Path(path).open("rb"))


def _folder(top: str) -> Iterator[Source | Gap]:
    refused: list[Gap] = []
    empty = True

    def note(wrong: OSError) -> None:
        refused.append(Gap(Origin(str(wrong.filename)), f"folder cannot be listed: {wrong.strerror}"))

    for folder, folders, files in os.walk(top, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(folder, name)  # noqa: PTH118
            if name.startswith("."):
                continue
            empty = False
            if not os.path.isfile(path):  # noqa: PTH113
                yield Gap(Origin(path), "not a regular file: not read")
            else:
                yield _file(path)
    if empty and not refused:
        yield Gap(Origin(top), "folder holds no file to read")
    yield from refused


def _peek(buffered: io.BufferedReader, path: str) -> bytes:
    """The first bytes without taking them; short reads of a pipe are repeated while they grow."""
    try:
        head = buffered.peek(HEAD)
    except OSError as wrong:
        raise SourceError(str(wrong), origin=Origin(path)) from wrong
    return head[: HEAD * 2]


def _decompressor(head: bytes) -> Callable[[BinaryIO], BinaryIO] | None:
    if head[:2] == b"\x1f\x8b":
        return lambda raw: cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    if head[:3] == b"BZh":
        return lambda raw: cast(BinaryIO, bz2.BZ2File(raw))
    if head[:6] == b"\xfd7zXZ\x00":
        return lambda raw: cast(BinaryIO, lzma.LZMAFile(raw))
    if head[:4] == b"\x28\xb5\x2f\xfd":
        return _zstandard
    return None


def _zstandard(raw: BinaryIO) -> BinaryIO:
    import zstandard

    class Frames(io.RawIOBase):
        """Every frame of the stream; the library's own error type becomes ``OSError``."""

        inner = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)

        def read(self, size: int = -1) -> bytes:
            try:
                return self.inner.read(size)
            except zstandard.ZstdError as wrong:
                raise OSError(str(wrong)) from wrong

    return cast(BinaryIO, Frames())


class _Guarded(io.RawIOBase):
    """A decompressing stream whose many kinds of error all become one: the file is corrupt, here is how far it got."""

    def __init__(self, inner: BinaryIO, path: str) -> None:
        super().__init__()
        self._inner = inner
        self._path = path
        self._done = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self._inner.read(len(buffer))
        except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, RuntimeError, ValueError) as wrong:
            raise SourceError(
                f"corrupt or truncated after {self._done} bytes of text: {wrong}",
                origin=Origin(self._path),
                remedy="what came before was read; get a whole copy",
            ) from wrong
        self._done += len(data)
        buffer[: len(data)] = data
        return len(data)


def _gzip_time(head: bytes) -> float | None:
    """The modification time in a gzip header (RFC 1952, section 2.3), epoch seconds; zero means none."""
    stamp = int.from_bytes(head[4:8], "little") if head[:2] == b"\x1f\x8b" else 0
    return float(stamp) or None


def _zip(source: Source, stream: BinaryIO, depth: int) -> Iterator[Content | Gap]:
    with _seekable(stream) as seekable:
        try:
            archive = zipfile.ZipFile(seekable)
        except (zipfile.BadZipFile, OSError) as wrong:
            yield Gap(Origin(source.path), f"corrupt zip archive: {wrong}")
            return
        for member in archive.infolist():
            path = f"{source.path}!{member.filename}"
            if member.is_dir() or "__MACOSX/" in member.filename:
                continue
            try:
                inner = io.BufferedReader(_Guarded(cast(BinaryIO, archive.open(member)), path), 1 << 18)
                yield from contents(Source(path, source.open, member.file_size, source.modified), cast(BinaryIO, inner), depth + 1)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as wrong:
                yield Gap(Origin(path), f"member cannot be read: {wrong}")


def _tar(source: Source, stream: BinaryIO, depth: int) -> Iterator[Content | Gap]:
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                inner = archive.extractfile(member) if member.isfile() else None
                if inner is not None:
                    path = f"{source.path}!{member.name}"
                    guarded = io.BufferedReader(_Guarded(cast(BinaryIO, inner), path), 1 << 18)
                    yield from contents(Source(path, source.open, member.size, float(member.mtime)), cast(BinaryIO, guarded), depth + 1)
    except tarfile.TarError as wrong:
        yield Gap(Origin(source.path), f"corrupt tar archive: {wrong}")


@contextmanager
def _seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """``stream`` itself where it can seek, else a temporary copy on disk: a zip's directory is at its end."""
    if stream.seekable():
        yield stream
        return
    import shutil
    import tempfile

    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        yield cast(BinaryIO, copy)


def _encoding(head: bytes) -> str | None:
    """``utf-8``, ``utf-16-le`` or ``utf-16-be`` by BOM or by where the zero bytes are; ``None`` for binary data.

    Single-byte text is ``utf-8`` too: lines that are not are read as Latin-1 later, each for itself.
    """
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    sample = head[:2048]
    zeros = sample.count(0)
    if zeros > len(sample) // 4 and len(sample) > 8:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > 4 * even and even < len(sample) // 16:
            return "utf-16-le"
        if even > 4 * odd and odd < len(sample) // 16:
            return "utf-16-be"
    control = sum(sample.count(code) for code in (*range(1, 7), *range(14, 27), 28, 29, 30, 31))
    return "utf-8" if control <= len(sample) // 20 else None


def _as_utf8(stream: BinaryIO, codec: str, path: str) -> BinaryIO:
    if codec == "utf-8":
        if stream.peek(3)[:3] == codecs.BOM_UTF8:  # type: ignore[attr-defined]
            stream.read(3)
        return stream
    return cast(BinaryIO, io.BufferedReader(_Recoded(stream, codec), 1 << 18))


class _Recoded(io.RawIOBase):
    """A UTF-16 stream as UTF-8 bytes; broken pairs become U+FFFD."""

    def __init__(self, inner: BinaryIO, codec: str) -> None:
        super().__init__()
        self._inner = inner
        self._decoder = codecs.getincrementaldecoder(codec)("replace")
        self._ready = b""
        self._first = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            raw = self._inner.read(1 << 16)
            text = self._decoder.decode(raw, final=not raw)
            if self._first and text:
                text, self._first = text.removeprefix("\ufeff"), False
            self._ready = text.encode("utf-8", "replace")
            if not raw:
                break
        taken = self._ready[: len(buffer)]
        self._ready = self._ready[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)
