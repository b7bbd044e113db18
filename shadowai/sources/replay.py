"""A stream that can be looked at before it is read."""

from __future__ import annotations

from typing import BinaryIO, cast

from shadowai.errors import SourceError


class Replay:
    """A stream whose beginning can be looked at first. An error met while looking is raised when reading gets there."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._head = b""
        self._error: SourceError | OSError | None = None
        self.ended = False

    def head(self, size: int) -> bytes:
        """The first ``size`` bytes, or all there are."""
        self._head = self._gather(size)
        return self._head

    @property
    def ahead(self) -> bytes:
        """What was looked at and has not been read yet."""
        return self._head

    def read(self, size: int) -> bytes:
        """The next bytes, ``b""`` at the end."""
        if self._head:
            taken, self._head = self._head[:size], self._head[size:]
            return taken
        found = b"" if self.ended else self._gather(size)
        if not found and self._error is not None:
            raise self._error
        return found

    def readinto1(self, room: memoryview) -> int:
        """Read as :meth:`read` does, into ``room``; how many bytes."""
        if self._head:
            taken, self._head = self._head[: len(room)], self._head[len(room) :]
            room[: len(taken)] = taken
            return len(taken)
        have = 0
        try:
            while have < len(room) and not self.ended:
                got = self._some_into(room[have:])
                self.ended = not got
                have += got
        except (SourceError, OSError) as wrong:
            self._error, self.ended = wrong.with_traceback(None), True  # which would hold on to ``room``
        if not have and self._error is not None:
            raise self._error
        return have

    def _some_into(self, room: memoryview) -> int:
        """Some bytes; what the stream gives beyond what was asked for comes next."""
        into = getattr(self._stream, "readinto1", None)
        if into is not None:
            return cast(int, into(room))
        data = getattr(self._stream, "read1", self._stream.read)(len(room))
        taken, self._head = data[: len(room)], data[len(room) :]
        room[: len(taken)] = taken
        return len(taken)

    def _gather(self, size: int) -> bytes:
        """Up to ``size`` bytes; what came before an error comes first, the error when reading goes on."""
        parts: list[bytes] = []
        have = 0
        some = getattr(self._stream, "read1", self._stream.read)
        try:
            while have < size:
                part = some(size - have)
                if not part:
                    self.ended = True
                    break
                parts.append(part)
                have += len(part)
        except (SourceError, OSError) as wrong:
            self._error, self.ended = wrong, True
        return b"".join(parts)
