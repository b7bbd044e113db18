"""The flow table: every packet counted to its connection, and only payloads that may hold a name handed on.

This is the reference engine, always there. The compiled one (:mod:`shadowai.fast`) keeps the same contract: the same flows
with the same counters, and at least the same payloads in the same order; what it hands on beyond them is ignored.

The common case (Ethernet, IP without options, TCP or UDP) is read in place: one ``unpack_from`` a header and a slice as key.
Everything else goes through :func:`~shadowai.sources.capture.link.dissect`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from operator import attrgetter
from struct import Struct
from typing import NamedTuple

from shadowai.sources.capture import internet, link
from shadowai.sources.capture.fragments import Fragments
from shadowai.sources.capture.limits import DEFAULT, Limits
from shadowai.sources.capture.packet import (
    ACK,
    FIN,
    RST,
    SYN,
    TCP,
    UDP,
    Dissected,
    Fragment,
    Packet,
    Several,
    Undecoded,
)
from shadowai.sources.capture.pcap import PcapReader
from shadowai.sources.capture.tunnels import UDP_PORTS
from shadowai.wire import tls

RawFrame = tuple[int, int, int, bytes, int]
"""Number, time, link type, captured bytes, length on the wire: a :class:`~shadowai.sources.capture.packet.Frame` as a bare tuple."""

LOOK, COLLECT, DONE, BOTH_DONE = 0, 1, 2, 3
"""What to do with a direction's payloads from now on: hand on what looks like a beginning, hand on all of it, nothing; or
nothing for both directions."""

DUE = 4
"""From here on, as :data:`LOOK`; the rest is the sequence number at which something may begin wherever in a segment it is."""

TCP_PIECE, DNS_PIECE, QUIC_PIECE, DTLS_PIECE, GQUIC_PIECE, RDP_PIECE = 0, 1, 2, 3, 4, 5
"""What a piece was taken for by its first bytes and its ports."""

DNS_PORTS = frozenset({53, 5353, 5355})
"""DNS (RFC 1035), multicast DNS (RFC 6762), LLMNR (RFC 4795)."""

_DNS_PORTS = frozenset(port.to_bytes(2, "big") for port in DNS_PORTS)

RDP_PORT = 3389
"""Remote Desktop ([MS-RDPEUDP]): a TLS hello within its own datagrams."""
_TUNNEL_PORTS = frozenset(port.to_bytes(2, "big") for port in UDP_PORTS)
_UNSEEN = 4
"""Payloads of a connection whose start was not captured that are handed on whatever they look like."""
_SEQUENCES = 0xFFFFFFFF
_HALF = 0x80000000
_WINDOW = 1 << 24
"""Bytes that a connection may have under way, with some to spare: what is further from its end is of another one."""
_TURNS = SYN | FIN | RST
"""Flags of the segments that open or close a connection."""
_IPV4 = Struct(">HxxHxB").unpack_from  # total length, fragment, protocol: from byte 2 of the header
_IPV6 = Struct(">HB").unpack_from  # payload length, next header: from byte 4
_TCP = Struct(">IxxxxH").unpack_from  # sequence, offset and flags: from byte 4
_PORTS = Struct(">HH")
_IN_PLACE = Struct(">HBxHxxHxBxx12sIxxxxH").unpack_from
"""Of an Ethernet frame from byte 12: type, version and header length, total length, fragment, protocol, key, sequence, flags."""
_IN_PLACE_IPV6 = Struct(">HBx36sIxxxxH").unpack_from
"""From byte 18: payload length, next header, key, sequence, flags."""
_SHORTEST, _SHORTEST_IPV6 = 54, 78
"""Bytes of an Ethernet frame with the headers of IP and TCP; the second with a VLAN tag too."""
_VLAN = 0x8100
_GARBAGE = 200_000
"""Objects made and kept between two looks for garbage."""
_METHODS = (
    "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH PRI "
    "MKACTIVITY CHECKOUT MERGE M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE PURGE BIND REBIND UNBIND ACL LINK UNLINK SOURCE QUERY "
    "MKCALENDAR MKWORKSPACE VERSION-CONTROL UPDATE LABEL BASELINE-CONTROL ORDERPATCH UNCHECKOUT POLL RPC_IN_DATA BPROPFIND "
    "BPROPPATCH BCOPY BDELETE BMOVE CCM_POST SSTP_DUPLEX_POST"
)
REQUESTS = frozenset((method + " ").encode()[:4] for method in _METHODS.split()) | {b"PROX"}
"""First four bytes of what may begin a request (IANA HTTP Method Registry), HTTP/2's preface or a PROXY header."""
_RESPONSE = b"HTTP"
_PROXY_2 = b"\r\n\r\n"
_NEGOTIATION = bytes(4)
_TCP_FIRSTS = bytes(byte in {0x16, 0x12, 0x0D, 0x48, *(request[0] for request in REQUESTS)} for byte in range(256))
_PRELOGIN, _IN_PRELOGIN = 0x12, 10
"""What a packet of SQL Server begins with that may hold a hello, and how many of its bytes tell whether it does."""
_SOCKS = frozenset({4, 5})
_QUIC_FIRSTS = bytes(byte >= 0x80 or byte == 0x16 or byte < 0x40 for byte in range(256))

Take = Callable[[int, int, int, int, int, int, int, bytes, int, bytes, int], int]
"""Is handed a piece: kind, flow, direction (0 or 1), first sequence number of the stream (-1 where it is unknown, and for the first
payload captured where others are missing before it), sequence number, time, frame number, captured payload, its length on the wire,
the flow's key as its sender has it, protocol. Answers :data:`LOOK` …"""


class Side:
    """One direction of a flow; ``other`` is the way back, once something came back."""

    __slots__ = (
        "bytes",
        "closed",
        "cut",
        "dns",
        "due",
        "first",
        "flow",
        "frame",
        "high",
        "isn",
        "key",
        "last",
        "opened",
        "other",
        "packets",
        "payload",
        "protocol",
        "refused",
        "skew",
        "state",
        "syn",
        "tunnels",
        "unseen",
        "which",
    )

    def __init__(self, flow: int, which: int, protocol: int, key: bytes, time: int, frame: int) -> None:
        self.flow = flow
        self.which = which
        self.protocol = protocol
        self.key = key
        self.other: Side | None = None
        self.packets = self.bytes = self.payload = self.cut = 0
        self.first = self.last = time
        self.frame = frame
        self.isn = -1
        self.high = -1
        """Behind the furthest byte of the stream."""
        self.skew = 0
        """Bytes that were passed over on the way to ``high``, less those that were sent again."""
        self.state = LOOK
        self.due = -1
        """Sequence number at which something may begin within a segment."""
        self.syn = False
        """Its SYN was captured: ``isn`` is where its stream begins."""
        self.opened = False
        """Its SYN asked for the connection, rather than answered."""
        self.closed = False
        """It has sent all that it will send, or the connection was reset."""
        self.refused = False
        """It reset the connection at the number at which its stream begins: it had sent nothing."""
        self.unseen = _UNSEEN
        self.dns = key_is_dns(key)
        self.tunnels = protocol == UDP and _may_tunnel(key)
        """Its datagrams may hold packets: only :func:`~shadowai.sources.capture.link.dissect` can tell."""


class Flow(NamedTuple):
    """A finished connection. ``a`` sent the first packet that was captured, ``b`` is the other end.

    ``packets`` and ``bytes`` are whole frames on the wire; ``payload`` is application data on the wire, each byte of a TCP
    stream once. ``opener`` is 0 where ``a`` opened the connection, 1 where ``b`` did, -1 where the opening was not captured.
    ``cut`` is the frames of which the capture holds only the beginning; ``lost`` is true where packets are missing, so that
    all sizes are lower bounds. ``refused`` is the end (0 or 1) that reset the connection after it had opened its stream and
    sent nothing on it, by its own sequence numbers, whatever the capture lacks; -1 neither.
    """

    number: int
    protocol: int
    a: bytes
    b: bytes
    a_port: int
    b_port: int
    packets: tuple[int, int]
    bytes: tuple[int, int]
    payload: tuple[int, int]
    first: int
    last: int
    frame: int
    opener: int
    cut: int
    lost: bool
    refused: int = -1


def ends(key: bytes) -> tuple[bytes, bytes, int, int]:
    """Source, destination and their ports of a flow's key."""
    half = (len(key) - 4) // 2
    source_port, destination_port = _PORTS.unpack_from(key, 2 * half)
    return key[:half], key[half : 2 * half], source_port, destination_port


def reverse(key: bytes) -> bytes:
    """The key of the way back."""
    half = (len(key) - 4) // 2
    return key[half : 2 * half] + key[:half] + key[-2:] + key[-4:-2]


@contextmanager
def rare_garbage() -> Iterator[None]:
    """Look for circular garbage seldom: reading a capture makes none, and looking for it costs a third of a walk's time."""
    before = gc.get_threshold()
    if before[0]:  # else it is never looked for
        gc.set_threshold(max(_GARBAGE, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Table:
    """Counts packets to flows. ``take`` is handed the pieces; ``finish`` each flow that ended or had to be let go."""

    def __init__(self, take: Take, finish: Callable[[Flow], None], limits: Limits = DEFAULT) -> None:
        self._take = take
        self._finish = finish
        self._limits = limits
        self._tcp: dict[bytes, Side] = {}
        self._udp: dict[bytes, Side] = {}
        self._fragments = Fragments(datagrams=limits.fragments)
        self._flows = 0
        self.packets = 0
        self.let_go = 0
        """Flows that had to be forgotten because there were too many."""
        self.nameless = self.lost = 0
        """Flows settled here without being finished, as the compiled table does."""
        self.undecoded: dict[str, list[int]] = {}
        """Reason to how often, and the first frames."""
        self.fragments = 0
        self.others = 0
        """Packets of protocols without ports."""

    @property
    def flows(self) -> int:
        """How many flows there were."""
        return self._flows

    @rare_garbage()
    def walk(self, frames: Iterable[RawFrame], most: int = 1 << 16) -> bool:
        """Count up to ``most`` frames; false once there are no more."""
        tcp, udp, account = self._tcp, self._udp, self._account
        tcp_payload, udp_payload = self._tcp_payload, self._udp_payload
        seen = 0
        try:
            for frame, time, link_type, data, wire in islice(frames, most):
                seen += 1
                if link_type == 1:
                    kind = data[12:14]
                    if kind == b"\x08\x00" and len(data) >= 42 and data[14] == 0x45:
                        total, fragment, protocol = _IPV4(data, 16)
                        at, key, rest = 34, data[26:38], total - 20
                    elif kind == b"\x86\xdd" and len(data) >= 62:
                        rest, protocol = _IPV6(data, 18)
                        at, key, fragment = 54, data[22:58], 0
                        if data[14] >> 4 != 6:
                            protocol = 0
                    else:
                        protocol = 0
                    if protocol == TCP and not fragment & 0x3FFF and len(data) >= at + 20:
                        sequence, flags = _TCP(data, at + 4)
                        header = flags >> 12 << 2
                        length = rest - header
                        if length >= 0 and header >= 20:
                            side = tcp.get(key)
                            if side is None or flags & _TURNS or side.closed:
                                side = account(side, TCP, key, time, frame, sequence, flags)
                                if flags & SYN:
                                    sequence = (sequence + 1) & _SEQUENCES
                            side.packets += 1
                            side.bytes += wire
                            if time > side.last:
                                side.last = time
                            if length:
                                tcp_payload(side, data, at + header, len(data), length, sequence, time, frame)
                            if len(data) < wire:
                                side.cut += 1
                            continue
                    elif protocol == UDP and not fragment & 0x3FFF and rest >= 8:
                        declared = data[at + 4] << 8 | data[at + 5]
                        if 8 <= declared <= rest:
                            side = udp.get(key)
                            if side is None and not _may_tunnel(key):
                                side = account(None, UDP, key, time, frame, 0, 0)
                            if side is not None and not side.tunnels:
                                side.packets += 1
                                side.bytes += wire
                                if time > side.last:
                                    side.last = time
                                if declared > 8:
                                    side.payload += declared - 8
                                    first = data[at + 8] if len(data) > at + 8 else 0x40
                                    if _QUIC_FIRSTS[first] or side.state == COLLECT:
                                        udp_payload(side, data, at + 8, len(data), declared - 8, time, frame)
                                if len(data) < wire:
                                    side.cut += 1
                                continue
                self._slow(frame, time, link_type, data, wire)
        finally:
            self.packets += seen
        return seen == most

    @rare_garbage()
    def read(self, reader: PcapReader, most: int = 1 << 16) -> bool:
        """As :meth:`walk`, over the records of a classic capture of Ethernet frames, which are read where they lie.

        What is no TCP or UDP over plain IP, and every record that is not surely one, goes the way of all others.
        """
        _, size, unit, nano, unpack = reader.layout
        tcp, udp, account = self._tcp.get, self._udp.get, self._account
        tcp_payload, udp_payload, look, slow = self._tcp_payload, self._udp_payload, self._look, self._slow
        seen = 0
        while seen < most and not reader.over:
            data, position, final, frame, low, high, biggest = reader.stretch()
            snapped, held, until, begun = reader.snapped, len(data), frame + most - seen, frame
            now = base = -1
            try:
                while position <= final and frame < until:
                    second, fraction, captured, wire = unpack(data, position)
                    begin = position + size
                    end = begin + captured
                    if second != now:
                        if not low <= second <= high:
                            break
                        now, base = second, second * 1_000_000
                    if end > held or captured > biggest or wire < captured or fraction >= unit or not captured:
                        break
                    frame += 1
                    position = end
                    if wire != captured:
                        snapped += 1
                    time = base + (fraction // 1000 if nano else fraction)
                    if captured >= _SHORTEST:
                        at = begin + 34
                        kind, version, total, fragment, protocol, key, sequence, flags = _IN_PLACE(data, begin + 12)
                        if kind == _VLAN and captured >= _SHORTEST + 4:
                            at += 4
                            kind, version, total, fragment, protocol, key, sequence, flags = _IN_PLACE(data, begin + 16)
                        if kind == 0x0800 and version == 0x45:
                            rest = total - 20
                        elif kind == 0x86DD and captured >= _SHORTEST_IPV6 and version >> 4 == 6:
                            rest, protocol, key, sequence, flags = _IN_PLACE_IPV6(data, at - 16)
                            at, fragment = at + 20, 0
                        else:
                            protocol = 0
                        if protocol == TCP and not fragment & 0x3FFF:
                            header = flags >> 10 & 60
                            length = rest - header
                            if length >= 0 and header >= 20:
                                side = tcp(key)
                                if side is None or flags & _TURNS or side.closed:
                                    side = account(side, TCP, key, time, frame, sequence, flags)
                                    if flags & SYN:
                                        sequence = (sequence + 1) & _SEQUENCES
                                side.packets += 1
                                side.bytes += wire
                                if time > side.last:
                                    side.last = time
                                if captured != wire:
                                    side.cut += 1
                                if length:
                                    at += header
                                    if sequence == side.high and at < end:
                                        side.high = (sequence + length) & _SEQUENCES
                                        side.payload += length
                                        if side.state < DONE:
                                            look(side, data, at, end, length, sequence, time, frame, False)
                                    else:
                                        tcp_payload(side, data, at, end, length, sequence, time, frame)
                                continue
                        elif protocol == UDP and not fragment & 0x3FFF:
                            declared = sequence >> 16
                            if 8 <= declared <= rest:
                                side = udp(key)
                                if side is None and not _may_tunnel(key):
                                    side = account(None, UDP, key, time, frame, 0, 0)
                                if side is not None and not side.tunnels:
                                    side.packets += 1
                                    side.bytes += wire
                                    if time > side.last:
                                        side.last = time
                                    if captured != wire:
                                        side.cut += 1
                                    if declared > 8:
                                        side.payload += declared - 8
                                        first = data[at + 8] if at + 8 < end else 0x40
                                        if _QUIC_FIRSTS[first] or side.state == COLLECT:
                                            udp_payload(side, data, at + 8, end, declared - 8, time, frame)
                                    continue
                    slow(frame, time, 1, data[begin:end], wire)
            finally:
                seen += frame - begun
                self.packets += frame - begun
                reader.passed(position, frame, snapped)
            odd = reader.step() if seen < most else None
            if odd is not None:
                seen += 1
                self.packets += 1
                slow(*odd)
        return seen == most

    def close(self) -> None:
        """Finish the flows that are still open, in the order in which they began."""
        sides = sorted((*self._tcp.values(), *self._udp.values()), key=attrgetter("flow"))
        self._tcp.clear()
        self._udp.clear()
        for side in sides:
            if side.which == 0 or side.other is None:
                self._finish(_flow(side))
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
        return _flow(side if side.which == 0 or side.other is None else side.other)

    def is_closed(self, protocol: int, key: bytes) -> bool:
        """True for a TCP flow that is known still, though both ends have closed it, or one has reset it."""
        side = self._tcp.get(key) if protocol == TCP else None
        return side is not None and _is_closed(side)

    def end_silent(self, tcp: int, closed: int, udp: int) -> int:
        """Finish flows that were silent since before these times: TCP, closed TCP, UDP. Returns how many TCP flows ended so
        without having been closed."""
        tcp_sides, udp_sides = self._tcp.values(), self._udp.values()
        gone = [side for side in tcp_sides if side.last < closed and _is_over(side, tcp, closed)]
        gone += [side for side in udp_sides if side.last < udp and _last(side) < udp]
        gone = sorted((side for side in gone if side.which == 0 or side.other is None), key=attrgetter("flow"))
        unclosed = sum(side.protocol == TCP and not _is_closed(side) for side in gone)
        for side in gone:
            self._end(side)
        return unclosed

    def fragments_limited(self) -> int:
        """Datagrams in pieces that were given up because there were too many at once, or that never became whole."""
        return self._fragments.limited + len(self._fragments)

    def fragments_refused(self) -> int:
        """Pieces that cannot be part of a whole datagram."""
        return self._fragments.refused

    def _slow(self, frame: int, time: int, link_type: int, data: bytes, wire: int) -> None:
        found = link.dissect(link_type, data)
        if not isinstance(found, Several):
            self._found(found, frame, time, data, wire)
            return
        for part, size in zip(found.parts, (max(wire - sum(found.sizes), 0), *found.sizes), strict=True):
            self._found(part, frame, time, data, size)

    def _found(self, found: Dissected, frame: int, time: int, data: bytes, wire: int) -> None:
        if isinstance(found, Fragment):
            self.fragments += 1
            whole = self._fragments.add(found, data, time)
            if found.first is not None:
                # one that was captured in part never becomes whole: what there is of its payload is all there will be
                self._count(found.first, data, frame, time, wire, payload=found.cut)
            if whole is not None:
                self._whole(found, whole, frame, time, wire)
        elif isinstance(found, Undecoded):
            self._undecoded(found, frame)
        else:
            self._count(found, data, frame, time, wire)

    def _whole(self, fragment: Fragment, datagram: bytes, frame: int, time: int, wire: int) -> None:
        """A datagram put together from its fragments: its first frame is counted already, its payload is not.

        A tunnel's datagram counts to the flow within it by the frame that completed it: the first did not show that flow.
        """
        end = len(datagram)
        found = internet.transport(
            fragment.protocol, fragment.source, fragment.destination, datagram, 0, end, end, fragment.depth
        )
        if isinstance(found, Packet):
            within = found.depth > fragment.depth
            self._count(found, datagram, frame, time, wire if within else 0, packet=int(within))

    def _undecoded(self, found: Undecoded, frame: int) -> None:
        if found.lost:
            at = self.undecoded.setdefault(found.reason, [0])
            at[0] += 1
            if len(at) <= 5:
                at.append(frame)

    def _count(
        self,
        found: Packet,
        data: bytes,
        frame: int,
        time: int,
        wire: int,
        *,
        payload: bool = True,
        packet: int = 1,
    ) -> None:
        protocol = found.protocol
        if protocol != TCP and protocol != UDP:
            self.others += 1
            return
        key = found.source + found.destination + _PORTS.pack(found.source_port, found.destination_port)
        side = (self._tcp if protocol == TCP else self._udp).get(key)
        sequence = found.sequence
        if side is None or found.flags & _TURNS or side.closed:
            side = self._account(side, protocol, key, time, frame, sequence, found.flags)
            if found.flags & SYN:
                sequence = (sequence + 1) & _SEQUENCES
        side.packets += packet
        side.bytes += wire
        if time > side.last:
            side.last = time
        if len(data) < wire:
            side.cut += 1
        if found.length and payload:
            if protocol == TCP:
                self._tcp_payload(side, data, found.start, len(data), found.length, sequence, time, frame)
            else:
                side.payload += found.length
                self._udp_payload(side, data, found.start, len(data), found.length, time, frame)

    def _account(
        self, side: Side | None, protocol: int, key: bytes, time: int, frame: int, sequence: int, flags: int
    ) -> Side:
        """The side for a packet that is the first of its direction, or opens or closes the connection, or comes when it is closed."""
        if side is not None and (_reopens(side, sequence, flags) or _is_of_another(side, sequence, flags)):
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
        self._finish(_flow(first))
        side.other = None  # else the two would be garbage that only the collector finds

    def _tcp_payload(
        self, side: Side, data: bytes, start: int, stop: int, length: int, sequence: int, time: int, frame: int
    ) -> None:
        """Count a TCP payload, of which ``data[start:stop]`` was captured; hand it on where it may begin or continue a name.

        Data on the opening packet (RFC 7413) comes after the SYN: ``sequence`` is that of its first byte.
        """
        ahead = False
        side.payload += length
        if sequence == side.high or side.high < 0:
            side.high = (sequence + length) & _SEQUENCES
        else:
            known = (side.high - sequence) & _SEQUENCES
            ahead = known > _HALF
            end = (sequence + length) & _SEQUENCES
            further = (end - side.high) & _SEQUENCES
            side.skew -= length
            if further < _HALF:
                side.skew += further
                side.high = end
            if known < length < side.payload and side.state == LOOK:  # behind what was sent before something may begin
                start, length, sequence = start + known, length - known, (sequence + known) & _SEQUENCES
        if side.state < DONE and stop > start:
            self._look(side, data, start, stop, length, sequence, time, frame, ahead)

    def _look(
        self,
        side: Side,
        data: bytes,
        start: int,
        stop: int,
        length: int,
        sequence: int,
        time: int,
        frame: int,
        ahead: bool,
    ) -> None:
        """Hand on a payload that may begin or continue a name. It was counted; ``ahead`` where others are missing before it."""
        stop = min(start + length, stop)  # behind it is padding
        if side.state == LOOK and not ahead:
            first = data[start]
            if side.isn < 0 and side.unseen > 0:
                side.unseen -= 1
            elif (
                (side.payload == length and (first in _SOCKS or stop - start < 6))
                or side.dns
                or (side.due >= 0 and (side.due - sequence) & _SEQUENCES < stop - start)
            ):
                pass
            elif not _TCP_FIRSTS[first] or not _begins(data, start, stop):
                return
        verdict = self._take(
            TCP_PIECE,
            side.flow,
            side.which,
            -1 if ahead and side.payload == length else side.isn,
            sequence,
            time,
            frame,
            data[start:stop],
            length,
            side.key,
            TCP,
        )
        if verdict >= DUE:
            side.due, verdict = verdict - DUE, LOOK
        side.state = verdict
        if verdict == BOTH_DONE and side.other is not None:
            side.other.state = DONE

    def _udp_payload(self, side: Side, data: bytes, start: int, stop: int, length: int, time: int, frame: int) -> None:
        """Hand on a UDP payload that may hold a name; ``data[start:stop]`` of it was captured."""
        if side.state >= DONE or (side.state == LOOK and not (start < stop and _QUIC_FIRSTS[data[start]])):
            return
        payload = data[start : min(start + length, stop)]
        kind = DNS_PIECE if side.dns else udp_kind(payload, side.key)
        if kind < 0:
            return
        side.state = self._take(kind, side.flow, side.which, -1, 0, time, frame, payload, length, side.key, UDP)


def key_is_dns(key: bytes) -> bool:
    """True for a flow to or from a port of DNS."""
    return key[-4:-2] in _DNS_PORTS or key[-2:] in _DNS_PORTS


def udp_kind(payload: bytes, key: bytes) -> int:
    """What a UDP payload may be, by ports and first bytes; -1 for none of those that hold a name."""
    if key_is_dns(key):
        return DNS_PIECE
    if len(payload) < 13:
        return -1
    if key[-2] << 8 | key[-1] == RDP_PORT:
        return RDP_PIECE
    first = payload[0]
    if first & 0x80:
        if payload[1] in b"QT" and payload[2] in b"01":
            return GQUIC_PIECE
        return QUIC_PIECE if payload[1:5] != _NEGOTIATION else -1
    if first == 0x16 and payload[1] == 0xFE:
        return DTLS_PIECE
    if first < 0x40 and payload[9:10] == b"Q" and payload[10:11] == b"0":
        return GQUIC_PIECE
    return -1


def _begins(data: bytes, start: int, stop: int) -> bool:
    """True where a TLS handshake (SQL Server's too), a request, a response or a PROXY header may begin at ``start``; ``stop`` ends
    the payload."""
    captured = stop - start
    if data[start] == 0x16:
        return captured < 2 or data[start + 1] == 3
    if data[start] == _PRELOGIN:
        return captured >= _IN_PRELOGIN and tls.in_prelogin(data, start)
    word = data[start : min(start + 4, stop)]
    if word in REQUESTS or word in (_RESPONSE, _PROXY_2):
        return True
    return captured < 4 and any(request.startswith(word) for request in REQUESTS)


def _reopens(side: Side, sequence: int, flags: int) -> bool:
    """True for the opening of a new connection between the same ports; a repeated SYN opens nothing, nor one that was captured
    behind the first bytes of its stream."""
    if not flags & SYN or _answers_again(side, flags):
        return False
    begin = side.isn if side.syn else (side.high - side.payload - side.skew) & _SEQUENCES
    return begin != ((sequence + 1) & _SEQUENCES) and (side.syn or side.payload > 0)


def _answers_again(side: Side, flags: int) -> bool:
    """True for an answer to the opening of a connection in which the answering end has said nothing yet. A repeated SYN may be answered
    with another number: by another server behind one address, or with a later cookie (RFC 4987, section 3.6)."""
    other = side.other
    if not flags & ACK or other is None or not other.opened:
        return False
    return not (side.payload or side.closed or other.closed)


def _is_of_another(side: Side, sequence: int, flags: int) -> bool:
    """True for a segment far from where a connection was closed: of another one between the same ports, whose SYN was not captured.
    A segment that comes late, or past a reset that nobody heeded, is nearer than the largest windows in use."""
    if flags & (SYN | RST) or side.high < 0 or not _is_closed(side):
        return False
    return _WINDOW < (sequence - side.high) & _SEQUENCES < _SEQUENCES + 1 - _WINDOW


def _may_tunnel(key: bytes) -> bool:
    """True for UDP ports that tunnels use: only :func:`~shadowai.sources.capture.link.dissect` can tell."""
    return key[-2:] in _TUNNEL_PORTS or key[-4:-2] in _TUNNEL_PORTS


def _flow(a: Side) -> Flow:
    b = a.other
    source, destination, source_port, destination_port = ends(a.key)
    opener = -1
    if a.syn:
        opener = 0 if a.opened else 1
    elif b is not None and b.syn:
        opener = 1 if b.opened else 0  # only the answer to the opening was captured
    nothing = (0, 0, 0, 0, 0)
    back = nothing if b is None else (b.packets, b.bytes, _once(b), b.cut, b.last)
    lost = _incomplete(a) or (b is not None and _incomplete(b))
    return Flow(
        a.flow,
        a.protocol,
        source,
        destination,
        source_port,
        destination_port,
        (a.packets, back[0]),
        (a.bytes, back[1]),
        (_once(a), back[2]),
        a.first if b is None else min(a.first, b.first),
        max(a.last, back[4]),
        a.frame,
        opener,
        a.cut + back[3],
        lost,
        _refused(a),
    )


def _once(side: Side) -> int:
    """Application bytes, each byte of a TCP stream once however often it was sent."""
    return side.payload + min(side.skew, 0)


def _refused(a: Side) -> int:
    if a.refused and not a.payload:
        return 0
    return 1 if a.other is not None and a.other.refused and not a.other.payload else -1


def _last(side: Side) -> int:
    """When either direction of the flow was last heard."""
    return side.last if side.other is None else max(side.last, side.other.last)


def _is_closed(side: Side) -> bool:
    return side.closed and (side.other is None or side.other.closed)


def _is_over(side: Side, silent: int, closed: int) -> bool:
    """True for a TCP flow that was silent since before ``silent``, or is closed and was silent since before ``closed``."""
    last = _last(side)
    return last < silent or (last < closed and _is_closed(side))


def _incomplete(side: Side) -> bool:
    return side.skew > 0
