"""The beginning of one direction of a TCP connection, put together from segments in whatever order they were captured.

Where segments overlap and differ, what is in order already stays (as the receiver would, RFC 9293 section 3.10.7.4, for data
it has), and the difference is counted: somebody may be hiding a name from one of two readers.
"""

from __future__ import annotations

from heapq import heappop, heappush

_SEQUENCES = 0xFFFFFFFF
_HALF = 0x80000000


class Stream:
    """Contiguous bytes from ``base`` on, and segments that wait for what is missing before them."""

    __slots__ = (
        "answers",
        "at",
        "base",
        "behind",
        "conflicts",
        "consumed",
        "cut",
        "data",
        "doubtful",
        "frame",
        "handed",
        "key",
        "latest",
        "lone",
        "need",
        "pieces",
        "time",
        "tunnel",
        "waiting",
    )

    def __init__(self, base: int, time: int, frame: int) -> None:
        self.base = base
        """Sequence number of the first byte in ``data``; -1 while it is not known."""
        self.time, self.frame = time, frame
        """Of the first segment."""
        self.key = b""
        """Of the flow, as the sender has it."""
        self.data = bytearray()
        self.waiting: list[tuple[int, int, int, bytes]] = []
        """Heap of place in the stream (the sequence number itself while ``base`` is unknown), arrival, sequence number, bytes."""
        self.at = 0
        """Where parsing goes on."""
        self.need = 0
        """Bytes that ``data`` must have before parsing again can give more."""
        self.answers: set[int] = set()
        """Up to where the other end had got the stream each time that it answered while some segments waited."""
        self.latest = (-1, 0)
        """Where the latest of the segments that wait ended, and up to where its sender had got the other direction."""
        self.handed = self.pieces = self.conflicts = self.consumed = 0
        self.cut = False
        """A segment was captured in part: nothing after it can be put together."""
        self.behind = -1
        """The sequence number that follows such a segment."""
        self.tunnel = False
        """Another protocol is expected to begin at ``at``."""
        self.doubtful = False
        """Whether it begins where a message does is not known."""
        self.lone = False
        """No message before tells that it begins there, but an answer; or it is the first that was captured."""

    def add(self, sequence: int, payload: bytes, length: int) -> None:
        """Take a segment; ``length`` is what it had on the wire."""
        self.pieces += 1
        self.handed += len(payload)
        if self.base < 0:
            heappush(self.waiting, (sequence, self.pieces, sequence, payload))
            return
        self._place(sequence, payload)
        if len(payload) < length:
            self.cut, self.behind = True, (sequence + length) & _SEQUENCES
        self._join()

    def begin(self, sequence: int) -> None:
        """The stream begins at ``sequence``: what waits for it finds its place."""
        self.base = sequence
        waiting, self.waiting = self.waiting, []
        for _, _, number, payload in sorted(waiting, key=lambda each: each[1]):
            self._place(number, payload)
        self._join()

    def consume(self, used: int) -> None:
        """Drop the first ``used`` bytes; the stream begins after them from now on."""
        if self.base >= 0:
            self.base = (self.base + used) & _SEQUENCES
        self.consumed += used
        del self.data[:used]
        self.need = 0

    def restart(self, sequence: int, data: bytes) -> None:
        """Begin anew with ``data``, whose first byte has this number; nothing waits."""
        self.base = sequence & _SEQUENCES
        self.consumed += len(self.data)
        self.data, self.waiting = bytearray(data), []
        self.at = self.need = self.pieces = 0
        self.handed = len(data)

    def sequence(self, place: int) -> int:
        """The sequence number of ``data[place]``."""
        return (self.base + place) & _SEQUENCES

    def _place(self, sequence: int, payload: bytes) -> None:
        offset = (sequence - self.base) & _SEQUENCES
        if offset >= _HALF:
            before = _SEQUENCES + 1 - offset
            if before >= len(payload):
                return
            payload, offset = payload[before:], 0
        have = len(self.data)
        if offset > have:
            heappush(self.waiting, (self.consumed + offset, self.pieces, sequence, payload))
            return
        overlap = have - offset
        if overlap and self.data[offset : offset + len(payload)] != payload[:overlap]:
            self.conflicts += 1
        self.data += payload[overlap:]

    def _join(self) -> None:
        """Place the waiting segments that are due."""
        while self.waiting and self.waiting[0][0] <= self.consumed + len(self.data):
            _, _, sequence, payload = heappop(self.waiting)
            self._place(sequence, payload)
