"""IP reassembly (RFC 791, section 3.2; RFC 8200, section 4.5) in bounded memory."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field

from shadowai.sources.capture.packet import Fragment

_MAX_PAYLOAD = 0xFFFF
_OVERHEAD = 512
"""Bytes that a pending datagram is held to cost besides its content."""
_PER_RANGE = 200
"""Bytes that a stretch of content with a hole before it is held to cost."""

_Key = tuple[bytes, bytes, int, int]


@dataclass(slots=True)
class _Datagram:
    """Content as it came, and which of it is there: ``starts`` and ``stops`` are the sorted, disjoint, covered ranges."""

    time: int
    total: int | None = None
    content: bytearray = field(default_factory=bytearray)
    starts: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)

    def size(self) -> int:
        return _OVERHEAD + len(self.content) + _PER_RANGE * len(self.starts)

    def complete(self) -> bool:
        return self.total is not None and self.starts == [0] and self.stops == [self.total]

    def put(self, offset: int, piece: bytes, last: bool) -> bool:
        """Adds what is new of a piece. False where it contradicts what is there: other content, or another end."""
        stop = offset + len(piece)
        if not self._ends_well(stop, last):
            return False
        if len(self.content) < stop:
            self.content.extend(bytes(stop - len(self.content)))
        low = bisect_right(self.stops, offset - 1)  # ranges [low, high) touch or overlap the piece
        high = bisect_right(self.starts, stop)
        agrees, place = True, offset
        for begin, until in zip(self.starts[low:high], self.stops[low:high], strict=True):
            if begin > place:
                self.content[place:begin] = piece[place - offset : begin - offset]
            shared, past = max(begin, offset), min(until, stop)
            agrees = agrees and self.content[shared:past] == piece[shared - offset : past - offset]
            place = max(place, past)
        self.content[place:stop] = piece[place - offset :]
        if low < high:
            offset, stop = min(offset, self.starts[low]), max(stop, self.stops[high - 1])
        self.starts[low:high], self.stops[low:high] = [offset], [stop]
        return agrees

    def _ends_well(self, stop: int, last: bool) -> bool:
        if self.total is not None:
            return stop == self.total if last else stop <= self.total
        if last:
            if self.stops and self.stops[-1] > stop:
                return False
            self.total = stop
        return True


class Fragments:
    """Puts fragmented IP datagrams together.

    At most ``datagrams`` are pending, in at most ``memory`` bytes, each for at most ``age`` microseconds of capture time; the
    oldest goes first. ``limited`` counts the datagrams given up for one of these limits, ``overlaps`` the fragments that
    contradicted earlier ones (the earlier stays), ``refused`` those that cannot be part of a whole: cut by the capture, empty,
    beyond 65,535 bytes, or of a length that RFC 791 rules out.
    """

    def __init__(self, *, datagrams: int = 1024, memory: int = 16 << 20, age: int = 30_000_000) -> None:
        self.datagrams = datagrams
        self.memory = memory
        self.age = age
        self.limited = 0
        self.overlaps = 0
        self.refused = 0
        self._used = 0
        self._pending: OrderedDict[_Key, _Datagram] = OrderedDict()  # a dict finds its oldest slowly

    def __len__(self) -> int:
        """Datagrams still waiting for a piece."""
        return len(self._pending)

    def add(self, fragment: Fragment, data: bytes, time: int) -> bytes | None:
        """The whole IP payload if this fragment of frame ``data``, captured at ``time``, completes it; else ``None``."""
        piece = data[fragment.start : fragment.end]
        offset = fragment.offset
        if fragment.cut or not piece or offset + len(piece) > _MAX_PAYLOAD or (fragment.more and len(piece) & 7):
            self.refused += 1
            return None
        # RFC 8200 tells datagrams apart without the protocol, which later fragments may state differently
        protocol = fragment.protocol if len(fragment.source) == 4 else 0
        key = (fragment.source, fragment.destination, fragment.identification, protocol)
        self._expire(time)
        datagram = self._pending.get(key)
        if datagram is None:
            datagram = self._pending[key] = _Datagram(time)
            self._used += datagram.size()
        before = datagram.size()
        if not datagram.put(offset, piece, not fragment.more):
            self.overlaps += 1
        self._used += datagram.size() - before
        if datagram.complete():
            self._drop(key)
            return bytes(datagram.content)
        self._shrink()
        return None

    def _expire(self, time: int) -> None:
        """Gives up what is too old. Clocks may jump: a datagram from the far future is as stale as one from the past."""
        while self._pending:
            key, oldest = next(iter(self._pending.items()))
            if abs(time - oldest.time) <= self.age:
                return
            self._drop(key)
            self.limited += 1

    def _shrink(self) -> None:
        while len(self._pending) > self.datagrams or self._used > self.memory:
            self._drop(next(iter(self._pending)))
            self.limited += 1

    def _drop(self, key: _Key) -> None:
        self._used -= self._pending.pop(key).size()
