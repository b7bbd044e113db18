"""What is in a file as it is compared and read on: its text, unpacked; or its bytes, where it is read as a whole each time."""

from __future__ import annotations

import io
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import BinaryIO, Final, NamedTuple

from shadowai import fast
from shadowai.errors import SourceError
from shadowai.incremental.known import Fingerprint, Fingerprinter, Seen
from shadowai.model import Origin
from shadowai.sources import container, remote
from shadowai.sources.container import Source
from shadowai.sources.framing import LONGEST
from shadowai.sources.logs.file_head import HEAD

ENDING: Final = 64
"""Bytes at the end of what is read as a whole that may change when it grows: the brackets that close a document."""
QUIET: Final = 10.0
"""Seconds for which a file must not have changed to be taken for as it will stay: with a last line that has no end, or as a copy."""
_READ: Final = 1 << 20
_CHECKED: Final = 4096


class Text(NamedTuple):
    """A file as it was when it was looked at; ``source`` opens that file, whatever has its name by then. ``head`` is what it begins
    with, ``end`` its size where it can be read from any byte on (``None`` where it cannot: it is unpacked from its beginning); ``lines``
    is false for captures, archives and the like."""

    source: Source
    seen: Seen
    head: bytes
    lines: bool
    end: int | None


def seen_of(source: Source) -> Seen:
    """A file as the system tells of it now. Raises :class:`SourceError` where it is not there."""
    if remote.is_url(source.path):
        modified = None if source.modified is None else int(source.modified * 1e9)
        return Seen(source.path, source.size, modified)
    try:
        status = os.stat(source.path)  # noqa: PTH116 - a path of a log may hold bytes that Path would show otherwise
    except OSError as wrong:
        raise SourceError(wrong.strerror or str(wrong), origin=Origin(source.path)) from wrong
    return _seen(source, status)


@contextmanager
def look(source: Source) -> Iterator[Text]:
    """A file, kept open, and its beginning. Raises :class:`SourceError` where it cannot be read."""
    with container.opened(source) as kept:
        if remote.is_url(source.path):
            yield _looked(source, seen_of(source))
            return
        seen = _seen(source, os.fstat(kept.fileno()))
        yield _looked(replace(source, open=partial(_again, kept)), seen)


def _looked(source: Source, seen: Seen) -> Text:
    with container.opened(source) as stream:
        if container.plain(source, stream) is not None:
            stream.seek(0)
            return Text(source, seen, _some(stream, HEAD), lines=True, end=stream.seek(0, io.SEEK_END))
        stream.seek(0)
        first = next(iter(container.contents(source, stream)), None)
        if isinstance(first, container.Content) and not first.capture and first.path == source.path:
            return Text(source, seen, _some(first.stream, HEAD), lines=True, end=None)
        stream.seek(0)
        return Text(source, seen, _some(stream, HEAD), lines=False, end=stream.seek(0, io.SEEK_END))


def _again(kept: BinaryIO) -> BinaryIO:
    """The file that is open, from its first byte on; to be used by one at a time."""
    stream = os.fdopen(os.dup(kept.fileno()), "rb")
    stream.seek(0)
    return stream


@contextmanager
def text_from(text: Text, start: int) -> Iterator[BinaryIO]:
    """The text from byte ``start`` on, as it is unpacked; errors of the unpacking come from the stream."""
    with container.opened(text.source) as stream:
        if text.end is not None:
            stream.seek(start)
            yield stream
            return
        first = next(iter(container.contents(text.source, stream)), None)
        unpacked = first.stream if isinstance(first, container.Content) else io.BytesIO()
        left = start
        while left and (piece := unpacked.read(min(left, _READ))):
            left -= len(piece)
        yield unpacked


def begins_with(text: Text, known: Fingerprint, believed: Fingerprint | None = None) -> bool:
    """Whether the text begins with what has the fingerprint ``known``. ``believed`` is one that it is known to begin with, and then
    only what follows is read; it may be ``known`` itself, of which the last piece is read again."""
    if text.end is not None and text.end < known.length:
        return False
    base = believed if believed is not None and believed.length <= known.length else None
    found = Fingerprinter(base)
    try:
        with text_from(text, found.length) as stream:
            while found.length < known.length:
                piece = stream.read(min(_READ, known.length - found.length))
                if not piece:
                    return False
                found.feed(piece)
    except (OSError, SourceError):
        return False
    return found.now() == known


class Lines(io.RawIOBase):
    """The whole lines of a text from where ``known`` ends to ``stop`` (``None``: its end), and then ``b""``; with ``tail``, what
    follows the last line break, too. Keeps the fingerprint of what it gave, the line breaks in it, and what ended it early."""

    def __init__(self, stream: BinaryIO, known: Fingerprint, stop: int | None, *, tail: bool = False) -> None:
        self._stream, self._stop, self._partial = stream, stop, tail
        self._at = known.start
        self._held = bytearray()
        self._ended = False
        self._before: Fingerprint | None = None
        self._print = Fingerprinter(known)
        self.breaks = 0
        self.failure: SourceError | OSError | None = None
        self._print.feed(self._take(known.length - known.start))

    @property
    def given(self) -> Fingerprint:
        """The fingerprint of the text up to the last line break that was given."""
        return self._print.now() if self._before is None else self._before

    @property
    def rest(self) -> bool:
        """Whether there is something behind the last line break."""
        return bool(self._held) or self._before is not None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """The next lines, at least one where there is any; a line that is too long, in parts."""
        while not self._ended:
            data = self._take(max(size, 1) if size >= 0 else _READ)
            self._ended = not data
            cut = data.rfind(b"\n") + 1
            if cut:
                self._before, found = None, bytes(self._held) + data[:cut]
                self._held = bytearray(data[cut:])
                self.breaks += fast.breaks(found)
                self._print.feed(found)
                return found
            self._held += data
            if len(self._held) > LONGEST:
                return self._given_as_it_is()
        return self._given_as_it_is() if self._partial else b""

    def _given_as_it_is(self) -> bytes:
        found = bytes(self._held)
        if found and self._before is None:
            self._before = self._print.now()
        self._print.feed(found)
        self._held.clear()
        return found

    read1 = read

    def _take(self, size: int) -> bytes:
        if self._stop is not None:
            size = min(size, self._stop - self._at)
        try:
            data = self._stream.read(size) if size > 0 else b""
        except (SourceError, OSError) as wrong:
            self.failure, data = wrong, b""
        self._at += len(data)
        return data


def is_quiet(text: Text) -> bool:
    """Whether nothing was written to the file a moment ago."""
    return not is_recent(text.seen)


def is_recent(seen: Seen) -> bool:
    """Whether a file was written to a moment ago."""
    return seen.modified is not None and time.time() - seen.modified / 1e9 < QUIET


def check_same(text: Text) -> None:
    """Raises :class:`SourceError` where the file was cut off or written anew since it was looked at: what was read of it in the meantime
    is of nobody knows what."""
    if text.end is not None:
        with text_from(text, 0) as stream:
            if stream.read(min(_CHECKED, len(text.head))) != text.head[:_CHECKED]:
                raise SourceError(
                    "changed while it was read", origin=Origin(text.source.path), remedy="the next run reads it again"
                )


def is_whole(text: Text) -> bool:
    """Whether the text can be unpacked to its end."""
    try:
        with text_from(text, 0) as stream:
            while stream.read(_READ):
                pass
    except SourceError:
        return False
    return True


def holds(other: Text, text: Text) -> bool:
    """Whether ``other`` begins with all of ``text``."""
    if text.end is None or other.end is None or other.end < text.end:
        return False
    if other.head[: len(text.head)] != text.head[: len(other.head)]:
        return False
    whole = Fingerprinter()
    with text_from(text, 0) as stream:
        while whole.length < text.end and (piece := stream.read(min(_READ, text.end - whole.length))):
            whole.feed(piece)
    return begins_with(other, whole.now())


def fingerprint(text: Text) -> Fingerprint:
    """Of all of a text but its :data:`ENDING`, as it is now."""
    found, held = Fingerprinter(), b""
    with text_from(text, 0) as stream, suppress(SourceError):  # what is damaged is told when it is read
        while piece := stream.read(_READ):
            held += piece
            found.feed(held[:-ENDING])
            held = held[-ENDING:]
    return found.now()


def _seen(source: Source, status: os.stat_result) -> Seen:
    if not stat.S_ISREG(status.st_mode):
        raise SourceError("is no regular file, which alone can be read on", origin=Origin(source.path))
    return Seen(f"{status.st_dev}:{status.st_ino}", status.st_size, status.st_mtime_ns)


def _some(stream: BinaryIO, size: int) -> bytes:
    """Up to ``size`` bytes; what comes before an error."""
    parts, have = [], 0
    some = getattr(stream, "read1", stream.read)
    with suppress(SourceError):
        while have < size and (part := some(size - have)):
            parts.append(part)
            have += len(part)
    return b"".join(parts)
