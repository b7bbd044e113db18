"""Streams that come out of others, held to how much they may become, with one kind of error for whatever is corrupt."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from shadowai.errors import SourceError
from shadowai.model import Origin


class Bounds(NamedTuple):
    """How much a compressed source may become: ``free`` bytes, and beyond that ``ratio`` times the bytes read of it.

    Logs shrink to a tenth or a hundredth; a thousandfold is what zeros shrink to, and files made to fill memory or disk.
    """

    ratio: int = 1000
    free: int = 1 << 30


BOUNDS = Bounds()


class Counted(io.RawIOBase):
    """A stream that cannot seek, which says how many bytes were read of it."""

    def __init__(self, inner: BinaryIO) -> None:
        super().__init__()
        self._some: Callable[[int], bytes] = getattr(inner, "read1", inner.read)
        self._done = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._done

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._some(len(buffer))
        self._done += len(data)
        buffer[: len(data)] = data
        return len(data)


class Budget:
    """What has come out of one source, against what was read of it; ``given`` is the size where that is known at once."""

    def __init__(self, bounds: Bounds, outermost: BinaryIO) -> None:
        self._bounds = bounds
        self._outermost = outermost
        self._spent = 0
        self.given: int | None = None

    def spend(self, count: int, path: str) -> None:
        """Raise :class:`SourceError` where ``count`` bytes more are more than the bounds allow."""
        self._spent += count
        ratio, free = self._bounds
        if self._spent <= free:
            return
        taken = self._outermost.tell() if self.given is None else self.given
        if self._spent > ratio * taken:
            raise SourceError(
                f"decompresses to more than {ratio} times its size: not read beyond {self._spent} bytes",
                origin=Origin(path),
                remedy="if it is no decompression bomb, unpack it and give what was in it",
            )


class Guarded(io.RawIOBase):
    """A decompressing stream whose many kinds of error all become one: the file is corrupt, here is how far it got."""

    def __init__(self, inner: BinaryIO, path: str, budget: Budget) -> None:
        super().__init__()
        self._budget = budget
        self._some = getattr(inner, "read1", inner.read)  # what is there before an error must not be lost with it
        self._path = path
        self._done = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self._some(len(buffer))
        except _corrupt() as wrong:
            raise SourceError(
                f"corrupt or truncated after {self._done} bytes of text: {wrong}",
                origin=Origin(self._path),
                remedy="what came before was read; get a whole copy",
            ) from wrong
        self._budget.spend(len(data), self._path)
        self._done += len(data)
        buffer[: len(data)] = data
        return len(data)


def _corrupt() -> tuple[type[Exception], ...]:
    """The errors of a corrupt file; their libraries are imported where there is an error."""
    from shadowai.sources import archives

    return archives.CORRUPT
