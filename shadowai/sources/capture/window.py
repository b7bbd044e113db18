"""What the readers of capture files share: a window that slides over a stream, and what is told of a file that is broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from shadowai.errors import SourceError

CHUNK = 1 << 17
"""Bytes read at once: more is slower, as it leaves the processor's cache."""
LARGEST = 16 << 20
"""Bytes of the longest record or block that is held; a longer one is corrupt, or is passed over unseen."""
ORDINARY = 1 << 18
"""Bytes that a captured frame may have where nothing says otherwise (libpcap's MAXIMUM_SNAPLEN)."""
EXAMPLES = 100
"""Problems of one file that are kept; the others are only counted."""

RawFrame = tuple[int, int, int, bytes, int]
"""A :class:`~shadowai.sources.capture.packet.Frame` as a plain tuple, which costs less: number, time in microseconds,
link type, captured bytes, length on the wire."""

ENDS_WITHIN = "the file ends within a record"


class Readable(Protocol):
    """A binary stream. ``read1`` is preferred where there is one: it gives what is there."""

    def read(self, size: int, /) -> bytes: ...


class Problem(NamedTuple):
    """A place that could not be read: after frame ``number``, at byte ``offset`` of the (decompressed) file; ``skipped`` is
    the number of bytes that were passed over to go on."""

    number: int
    offset: int
    reason: str
    skipped: int


class Window:
    """Bytes of a stream from ``base`` on, as many as are needed at a time.

    ``data`` is what is held; :meth:`slide` drops its beginning. An error of the stream is kept in ``error`` and taken for the
    end, so that all that was read can be used; ``follow`` is asked at the end whether to try again.
    """

    __slots__ = ("_follow", "_read", "_size", "_stream", "base", "data", "ended", "error")

    def __init__(
        self, stream: Readable, chunk: int = CHUNK, follow: Callable[[], bool] | None = None, base: int = 0
    ) -> None:
        self._stream = stream
        self._read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        self._size = max(chunk, 1)
        self._follow = follow
        self.data = b""
        self.base = base
        self.ended = False
        self.error: SourceError | None = None

    def slide(self, start: int, needed: int) -> bytes:
        """Drop ``data[:start]`` and hold at least ``needed`` bytes; fewer only at the stream's end."""
        if start:
            self.data = self.data[start:]
            self.base += start
        self.reach(needed)
        return self.data

    def reach(self, needed: int, *, patient: bool = True) -> bool:
        """Hold at least ``needed`` bytes, dropping none; false at the stream's end, or, unless ``patient``, where a growing
        file has no more yet."""
        missing = needed - len(self.data)
        if missing <= 0:
            return True
        pieces = [self.data]
        while missing > 0 and (piece := self._piece(patient)):
            pieces.append(piece)
            missing -= len(piece)
        self.data = b"".join(pieces)
        return missing <= 0

    def skip(self, count: int) -> int:
        """Pass over ``count`` bytes from the window's beginning without holding them; gives how many there were."""
        done = 0
        while done < count:
            if not self.data and not self.reach(1):
                break
            step = min(count - done, len(self.data))
            self.data = self.data[step:]
            self.base += step
            done += step
        return done

    def peek(self, ahead: int, count: int) -> bytes | None:
        """``count`` bytes from ``ahead`` bytes behind the window's beginning, by seeking; ``None`` where the stream cannot."""
        stream = self._stream
        if not getattr(stream, "seekable", lambda: False)():
            return None
        here: int = stream.tell()  # type: ignore[attr-defined]
        try:
            stream.seek(here + ahead - len(self.data))  # type: ignore[attr-defined]
            return stream.read(count)
        finally:
            stream.seek(here)  # type: ignore[attr-defined]

    def _piece(self, patient: bool) -> bytes:
        while not self.ended:
            try:
                piece = self._read(self._size)
            except SourceError as wrong:
                self.error = wrong
                self.ended = True
                return b""
            if piece:
                return piece
            if self._follow is not None and not patient:
                return b""
            self.ended = self._follow is None or not self._follow()
        return b""


class Progress:
    """What a reader tells of a file while and after it is read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.problem_count = 0
        self.bytes_skipped = 0
        self.frames_seen = 0
        self.bytes_done = 0
        self.snapped = 0
        self.truncated_tail = False
        self.secrets = False
        self.ended_at: int | None = None

    def problem(self, number: int, offset: int, reason: str, skipped: int) -> None:
        """Count a place that could not be read; the first :data:`EXAMPLES` are kept."""
        self.problem_count += 1
        self.bytes_skipped += skipped
        if len(self.problems) < EXAMPLES:
            self.problems.append(Problem(number, offset, reason, skipped))
