"""The flow table: every packet counted to its connection, and only payloads that may hold a name handed on.

This is the reference engine, always there. The compiled one (:mod:`shadowai.fast`) keeps the same contract: the same flows
with the same counters, and at least the same payloads in the same order; what it hands on beyond them is ignored.

The common case (Ethernet, IP without options, TCP or UDP) is read in place: one ``unpack_from`` a header and a slice as key.
Everything else goes through :func:`~shadowai.sources.capture.link.dissect`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from struct import Struct

from shadowai.sources.capture import internet, link
from shadowai.sources.capture.connections import Connections
from shadowai.sources.capture.fragments import Fragments
from shadowai.sources.capture.garbage import rare_garbage
from shadowai.sources.capture.limits import DEFAULT, Limits
from shadowai.sources.capture.packet import (
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
from shadowai.sources.capture.pieces import (
    BOTH_DONE,
    COLLECT,
    DNS_PIECE,
    DONE,
    DUE,
    LOOK,
    QUIC_FIRSTS,
    SOCKS,
    TCP_FIRSTS,
    TCP_PIECE,
    Take,
    begins,
    udp_kind,
)
from shadowai.sources.capture.sides import TURNS, Flow, Side, may_tunnel

RawFrame = tuple[int, int, int, bytes, int]
"""Number, time, link type, captured bytes, length on the wire: a :class:`~shadowai.sources.capture.packet.Frame` as a bare tuple."""

_SEQUENCES = 0xFFFFFFFF
_HALF = 0x80000000
_IPV4 = Struct(">HxxHxB").unpack_from  # total length, fragment, protocol: from byte 2 of the header
_IPV6 = Struct(">HB").unpack_from  # payload length, next header: from byte 4
_TCP = Struct(">IxxxxH").unpack_from  # sequence, offset and flags: from byte 4
_ACKNOWLEDGED = Struct(">I").unpack_from  # from byte 8
_PORTS = Struct(">HH")
_IN_PLACE = Struct(">HBxHxxHxBxx12sIxxxxH").unpack_from
"""Of an Ethernet frame from byte 12: type, version and header length, total length, fragment, protocol, key, sequence, flags."""
_IN_PLACE_IPV6 = Struct(">HBx36sIxxxxH").unpack_from
"""From byte 18: payload length, next header, key, sequence, flags."""
_SHORTEST, _SHORTEST_IPV6 = 54, 78
"""Bytes of an Ethernet frame with the headers of IP and TCP; the second with a VLAN tag too."""
_VLAN = 0x8100


class Table(Connections):
    """Counts packets to flows. ``take`` is handed the pieces; ``finish`` each flow that ended or had to be let go."""

    def __init__(self, take: Take, finish: Callable[[Flow], None], limits: Limits = DEFAULT) -> None:
        super().__init__(finish, limits)
        self._take = take
        self._fragments = Fragments(datagrams=limits.fragments)
        self.packets = 0
        self.nameless = self.lost = 0
        """Flows settled here without being finished, as the compiled table does."""
        self.undecoded: dict[str, list[int]] = {}
        """Reason to how often, and the first frames."""
        self.fragments = 0
        self.others = 0
        """Packets of protocols without ports."""

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
                            if side is None or flags & TURNS or side.closed:
                                side = account(side, TCP, key, time, frame, sequence, flags)
                                if flags & SYN:
                                    sequence = (sequence + 1) & _SEQUENCES
                            side.packets += 1
                            side.bytes += wire
                            if time > side.last:
                                side.last = time
                            if length:
                                tcp_payload(side, data, at + header, len(data), length, sequence, time, frame, header)
                            if len(data) < wire:
                                side.cut += 1
                            continue
                    elif protocol == UDP and not fragment & 0x3FFF and rest >= 8:
                        declared = data[at + 4] << 8 | data[at + 5]
                        if 8 <= declared <= rest:
                            side = udp.get(key)
                            if side is None and not may_tunnel(key):
                                side = account(None, UDP, key, time, frame, 0, 0)
                            if side is not None and not side.tunnels:
                                side.packets += 1
                                side.bytes += wire
                                if time > side.last:
                                    side.last = time
                                if declared > 8:
                                    side.payload += declared - 8
                                    first = data[at + 8] if len(data) > at + 8 else 0x40
                                    if QUIC_FIRSTS[first] or side.state == COLLECT:
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
                                if side is None or flags & TURNS or side.closed:
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
                                            look(side, data, at, end, length, sequence, time, frame, header, False)
                                    else:
                                        tcp_payload(side, data, at, end, length, sequence, time, frame, header)
                                continue
                        elif protocol == UDP and not fragment & 0x3FFF:
                            declared = sequence >> 16
                            if 8 <= declared <= rest:
                                side = udp(key)
                                if side is None and not may_tunnel(key):
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
                                        if QUIC_FIRSTS[first] or side.state == COLLECT:
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

    def fragments_limited(self) -> int:
        """Datagrams in pieces that were given up because there were too many at once, or that never became whole."""
        return self._fragments.limited + len(self._fragments)

    def fragments_refused(self) -> int:
        """Pieces that cannot be part of a whole datagram."""
        return self._fragments.refused

    def _slow(self, frame: int, time: int, link_type: int, data: bytes, wire: int) -> None:
        found = link.dissect(link_type, data, wire)
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
        if side is None or found.flags & TURNS or side.closed:
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
                self._tcp_payload(side, data, found.start, len(data), found.length, sequence, time, frame, found.header)
            else:
                side.payload += found.length
                self._udp_payload(side, data, found.start, len(data), found.length, time, frame)

    def _tcp_payload(
        self,
        side: Side,
        data: bytes,
        start: int,
        stop: int,
        length: int,
        sequence: int,
        time: int,
        frame: int,
        header: int,
    ) -> None:
        """Count a TCP payload, of which ``data[start:stop]`` was captured; hand it on where it may begin or continue a name. It stands
        behind ``header`` bytes.

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
                header += known
        if side.state < DONE and stop > start:
            self._look(side, data, start, stop, length, sequence, time, frame, header, ahead)

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
        header: int,
        ahead: bool,
    ) -> None:
        """Hand on a payload that may begin or continue a name. It was counted, and begins ``header`` bytes behind the TCP header's
        beginning; ``ahead`` where others are missing before it."""
        stop = min(start + length, stop)  # behind it is padding
        if side.state == LOOK and not ahead:
            first = data[start]
            if side.isn < 0 and side.unseen > 0:
                side.unseen -= 1
            elif (
                (side.payload == length and (first in SOCKS or stop - start < 6))
                or side.dns
                or (side.due >= 0 and (side.due - sequence) & _SEQUENCES < stop - start)
            ):
                pass
            elif not TCP_FIRSTS[first] or not begins(data, start, stop):
                return
        verdict = self._take(
            TCP_PIECE,
            side.flow,
            side.which,
            side.isn,
            sequence,
            time,
            frame,
            data[start:stop],
            length,
            side.key,
            TCP,
            _ACKNOWLEDGED(data, start - header + 8)[0],
        )
        if verdict >= DUE:
            side.due, verdict = verdict - DUE, LOOK
        side.state = verdict
        if verdict == BOTH_DONE and side.other is not None:
            side.other.state = DONE

    def _udp_payload(self, side: Side, data: bytes, start: int, stop: int, length: int, time: int, frame: int) -> None:
        """Hand on a UDP payload that may hold a name; ``data[start:stop]`` of it was captured."""
        if side.state >= DONE or (side.state == LOOK and not (start < stop and QUIC_FIRSTS[data[start]])):
            return
        payload = data[start : min(start + length, stop)]
        kind = DNS_PIECE if side.dns else udp_kind(payload, side.key)
        if kind < 0:
            return
        side.state = self._take(kind, side.flow, side.which, -1, 0, time, frame, payload, length, side.key, UDP, -1)
