"""The connections that are under way: begun with their first packet, found by their ends and ports, finished when they are over, when
another begins between the same ports, or when there are too many."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

from shadowai.sources.capture.limits import DEFAULT, Limits
from shadowai.sources.capture.packet import ACK, FIN, RST, SYN, TCP, UDP
from shadowai.sources.capture.pieces import BOTH_DONE, COLLECT, DONE, LOOK, RDP_PORT
from shadowai.sources.capture.sides import (
    Flow,
    Side,
    flow_of,
    is_closed,
    is_of_another,
    is_over,
    last_heard,
    reopens,
    reverse,
)

_SEQUENCES = 0xFFFFFFFF


class Connections:
    """The directions that are known, by their keys; ``finish`` is handed each connection that ended or had to be let go."""

    def __init__(self, finish: Callable[[Flow], None], limits: Limits = DEFAULT) -> None:
        self._finish = finish
        self._limits = limits
        self._tcp: dict[bytes, Side] = {}
        self._udp: dict[bytes, Side] = {}
        self._flows = 0
        self.let_go = 0
        """Flows that had to be forgotten because there were too many."""

    @property
    def flows(self) -> int:
        """How many flows there were."""
        return self._flows

    def close(self) -> None:
        """Finish the flows that are still open, in the order in which they began."""
        sides = sorted((*self._tcp.values(), *self._udp.values()), key=attrgetter("flow"))
        self._tcp.clear()
        self._udp.clear()
        for side in sides:
            if side.which == 0 or side.other is None:
                self._finish(flow_of(side))
                side.other = None

    @property
    def open(self) -> int:
        """How many flows there are now."""
        return sum(side.which == 0 or side.other is None for table in (self._tcp, self._udp) for side in table.values())

    def flow(self, protocol: int, key: bytes) -> Flow | None:
        """The flow with that key as far as it has come, if it is open; either direction's key will do."""
        side = (self._tcp if protocol == TCP else self._udp).get(key)
        if side is None:
            return None
        return flow_of(side if side.which == 0 or side.other is None else side.other)

    def is_closed(self, protocol: int, key: bytes) -> bool:
        """True for a TCP flow that is known still, though both ends have closed it, or one has reset it."""
        side = self._tcp.get(key) if protocol == TCP else None
        return side is not None and is_closed(side)

    def end_silent(self, tcp: int, closed: int, udp: int) -> int:
        """Finish flows that were silent since before these times: TCP, closed TCP, UDP. Returns how many TCP flows ended so
        without having been closed."""
        tcp_sides, udp_sides = self._tcp.values(), self._udp.values()
        gone = [side for side in tcp_sides if side.last < closed and is_over(side, tcp, closed)]
        gone += [side for side in udp_sides if side.last < udp and last_heard(side) < udp]
        gone = sorted((side for side in gone if side.which == 0 or side.other is None), key=attrgetter("flow"))
        unclosed = sum(side.protocol == TCP and not is_closed(side) for side in gone)
        for side in gone:
            self._end(side)
        return unclosed

    def _account(
        self, side: Side | None, protocol: int, key: bytes, time: int, frame: int, sequence: int, flags: int
    ) -> Side:
        """The side for a packet that is the first of its direction, or opens or closes the connection, or comes when it is closed."""
        if side is not None and (reopens(side, sequence, flags) or is_of_another(side, sequence, flags)):
            self._end(side)
            side = None
        if side is None:
            side = self._new(protocol, key, time, frame)
        if flags & SYN:
            begin = (sequence + 1) & _SEQUENCES
            if not side.syn:
                side.syn = True
                side.isn = begin
                if not side.payload:
                    side.high = begin
                side.opened = not flags & ACK
            elif begin != side.isn:  # a second answer: which of them counts, what follows will show
                side.syn = side.opened = False
                side.isn = side.high = -1
        if flags & (FIN | RST):
            side.closed = True
            if flags & RST:
                side.refused |= side.syn and not side.payload and sequence == side.isn
                if side.other is not None:
                    side.other.closed = True
        return side

    def _new(self, protocol: int, key: bytes, time: int, frame: int) -> Side:
        table = self._tcp if protocol == TCP else self._udp
        other = table.get(reverse(key))
        if other is not None and other.other is None and other.key != key:
            side = Side(other.flow, 1, protocol, key, time, frame)
            side.other, other.other = other, side
            side.state = DONE if other.state == BOTH_DONE else LOOK
        else:
            if len(self._tcp) + len(self._udp) >= self._limits.flows:
                self._make_room()
            self._flows += 1
            side = Side(self._flows, 0, protocol, key, time, frame)
        if protocol == UDP and (side.dns or key[-2] << 8 | key[-1] == RDP_PORT):
            side.state = COLLECT
        table[key] = side
        return side

    def _make_room(self) -> None:
        """Let go of the half of the flows that was silent longest."""
        sides = sorted((*self._tcp.values(), *self._udp.values()), key=attrgetter("last", "flow"))
        gone = sorted(sides[: len(sides) // 2 + 1], key=attrgetter("flow"))
        for side in gone:
            if (self._tcp if side.protocol == TCP else self._udp).get(side.key) is side:
                self.let_go += 1
                self._end(side)

    def _end(self, side: Side) -> None:
        first = side if side.which == 0 or side.other is None else side.other
        table = self._tcp if side.protocol == TCP else self._udp
        for each in (side, side.other):
            if each is not None and table.get(each.key) is each:
                del table[each.key]
        self._finish(flow_of(first))
        side.other = None  # else the two would be garbage that only the collector finds
