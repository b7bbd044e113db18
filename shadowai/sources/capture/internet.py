"""IPv4, IPv6 and what they carry: from the first byte of an IP header to the innermost transport packet.

Every function is pure and total: it takes the frame, the place of a header and the end of what was captured, and gives a
``Packet``, a ``Fragment`` or an ``Undecoded`` for any bytes at all. ``depth`` counts the tunnels opened so far.
"""

from __future__ import annotations

from struct import Struct

from shadowai.sources.capture import dot11, ethernet, ppp, tunnels
from shadowai.sources.capture.layers import CUT, IP, IPV4, IPV6, Inner, Step
from shadowai.sources.capture.packet import SCTP, TCP, UDP, Dissected, Fragment, Packet, Undecoded

MAX_TUNNELS = 4
"""Tunnels opened in one frame; what lies deeper is not read."""
MAX_HEADERS = 16
"""Headers followed before IP: tags, label stacks, Ethernet in Ethernet."""
MAX_EXTENSIONS = 10
"""IPv6 extension headers followed in one packet."""

BAD_IPV4 = Undecoded("bad IPv4 header", True)
BAD_IPV6 = Undecoded("bad IPv6 header", True)
NOT_IP = Undecoded("neither IPv4 nor IPv6", True)
TOO_MANY_EXTENSIONS = Undecoded(f"more than {MAX_EXTENSIONS} IPv6 extension headers", True)
TOO_MANY_HEADERS = Undecoded(f"more than {MAX_HEADERS} headers before IP", True)
TOO_DEEP = Undecoded(f"more than {MAX_TUNNELS} tunnels", True)

_IPV4 = Struct(">BxHHHxB2x4s4s").unpack_from  # RFC 791, section 3.1
_IPV6 = Struct(">IHBx16s16s").unpack_from  # RFC 8200, section 3
_TCP = Struct(">HHI4xBB").unpack_from  # RFC 9293, section 3.1
_UDP = Struct(">HHH").unpack_from  # RFC 768
_PORTS = Struct(">HH").unpack_from
_FRAGMENT = Struct(">BxHI").unpack_from  # RFC 8200, section 4.5
_JUMBO = Struct(">BBI").unpack_from  # RFC 2675, section 2

_HOP_BY_HOP, _FRAGMENT_HEADER, _AUTHENTICATION, _DCCP = 0, 44, 51, 33
_EXTENSIONS = frozenset({_HOP_BY_HOP, 43, _FRAGMENT_HEADER, _AUTHENTICATION, 60, 135, 139, 140})
"""Headers between IPv6 and transport: hop-by-hop, routing, destination options (RFC 8200), mobility (RFC 6275), HIP
(RFC 7401), shim6 (RFC 5533). All but the fragment and the authentication header, which IPv4 has too, give their length in
8-byte units after the first."""


_STEPS: dict[int, Step] = {**ethernet.STEPS, **ppp.STEPS, **dot11.STEPS}


def within(inner: Inner, data: bytes, depth: int) -> Dissected:
    """The innermost packet of what begins at ``inner``, through at most ``MAX_HEADERS`` headers before IP."""
    for _ in range(MAX_HEADERS):
        kind, at, end, _ = inner
        if kind == IPV4:
            return ipv4(data, at, end, depth)
        if kind == IPV6:
            return ipv6(data, at, end, depth)
        if kind == IP:
            return ip(data, at, end, depth)
        step = _STEPS.get(kind)
        found = step(data, at, end) if step is not None else ethernet.unread(kind)
        if isinstance(found, Undecoded):
            return found
        inner = found
    return TOO_MANY_HEADERS


def ip(data: bytes, at: int, end: int, depth: int) -> Dissected:
    """The innermost packet of the IP datagram at ``at``, of the version that its first nibble tells."""
    if at >= end:
        return CUT
    version = data[at] >> 4
    if version == 4:
        return ipv4(data, at, end, depth)
    return ipv6(data, at, end, depth) if version == 6 else NOT_IP


def ipv4(data: bytes, at: int, end: int, depth: int) -> Dissected:
    """The innermost packet of an IPv4 datagram (RFC 791). Bytes behind its total length are padding; a total length of 0
    is what segmentation offload leaves behind, and means the rest of the frame."""
    if end - at < 20:
        return CUT
    first, total, identification, place, protocol, source, destination = _IPV4(data, at)
    header = (first & 15) << 2
    if first >> 4 != 4 or header < 20 or 0 < total < header:
        return BAD_IPV4
    offloaded, total = not total, total or end - at
    body = at + header
    if at + total < end:
        end = at + total
    if body > end:
        return CUT
    if place & 0x3FFF:
        more, offset = bool(place & 0x2000), (place & 0x1FFF) << 3
        return _fragment(
            protocol, source, destination, identification, offset, more, data, body, end, total - header, depth
        )
    found = transport(protocol, source, destination, data, body, end, total - header, depth)
    return _left_open(found) if offloaded else found


def ipv6(data: bytes, at: int, end: int, depth: int) -> Dissected:
    """The innermost packet of an IPv6 datagram (RFC 8200), behind at most ``MAX_EXTENSIONS`` extension headers. A payload
    length of 0 without a jumbo option is what segmentation offload leaves behind, and means the rest of the frame."""
    if end - at < 40:
        return CUT
    first, total, protocol, source, destination = _IPV6(data, at)
    if first >> 28 != 6:
        return BAD_IPV6
    at += 40
    if not total:
        total = _jumbo(data, at, end) if protocol == _HOP_BY_HOP else 0
        if not total:
            return _left_open(_behind_extensions(protocol, source, destination, data, at, end, end - at, depth))
    return _behind_extensions(protocol, source, destination, data, at, min(end, at + total), total, depth)


def _behind_extensions(
    protocol: int, source: bytes, destination: bytes, data: bytes, at: int, end: int, length: int, depth: int
) -> Dissected:
    last = at + length
    for _ in range(MAX_EXTENSIONS + 1):
        if protocol not in _EXTENSIONS:
            return transport(protocol, source, destination, data, at, end, last - at, depth)
        if end - at < 8:
            return CUT if end < last else BAD_IPV6
        if protocol == _FRAGMENT_HEADER:
            protocol, place, identification = _FRAGMENT(data, at)
            at += 8
            if place & 0xFFF9:  # else an atomic fragment (RFC 6946): the whole
                more, offset = bool(place & 1), place & 0xFFF8
                return _fragment(
                    protocol, source, destination, identification, offset, more, data, at, end, last - at, depth
                )
        else:
            words = protocol == _AUTHENTICATION  # RFC 4302, section 2.2
            size = (data[at + 1] + 2) << 2 if words else (data[at + 1] + 1) << 3
            protocol, at = data[at], at + size
            if at > end:
                return CUT if at <= last else BAD_IPV6
    return TOO_MANY_EXTENSIONS


def transport(
    protocol: int, source: bytes, destination: bytes, data: bytes, at: int, end: int, length: int, depth: int
) -> Dissected:
    """The innermost packet of an IP payload at ``at``, ``length`` bytes long on the wire and captured up to ``end``."""
    if protocol == TCP:
        return _tcp(source, destination, data, at, end, length, depth)
    if protocol == UDP:
        packet = _udp(source, destination, data, at, end, length, depth)
        if packet.destination_port in tunnels.UDP_PORTS or packet.source_port in tunnels.UDP_PORTS:
            return _opened_udp(packet, data)
        return packet
    if protocol in _EXTENSIONS and (protocol == _AUTHENTICATION or len(source) == 16):
        return _behind_extensions(protocol, source, destination, data, at, end, length, depth)
    if protocol in (SCTP, _DCCP):
        return _with_ports(protocol, source, destination, data, at, end, length, depth)
    if protocol in tunnels.PROTOCOLS:
        inner = tunnels.by_protocol(protocol, data, at, end)
        if inner is not None:
            return _inside(inner, data, depth)
    return Packet(protocol, source, destination, 0, 0, 0, 0, at, end, length, depth)


def _tcp(source: bytes, destination: bytes, data: bytes, at: int, end: int, length: int, depth: int) -> Packet:
    if end - at < 20:
        return _ports_only(TCP, source, destination, data, at, end, depth)
    source_port, destination_port, sequence, offset, flags = _TCP(data, at)
    offset = (offset >> 4) << 2
    start = at + offset
    length -= offset
    if offset < 20 or length < 0:  # nothing behind such a header can be trusted to be payload
        start, length, offset = end, 0, 0
    elif start > end:  # options cut by the capture
        start = end
    return Packet(
        TCP, source, destination, source_port, destination_port, sequence, flags, start, end, length, depth, offset
    )


def _udp(source: bytes, destination: bytes, data: bytes, at: int, end: int, length: int, depth: int) -> Packet:
    if end - at < 8:
        return _ports_only(UDP, source, destination, data, at, end, depth)
    source_port, destination_port, size = _UDP(data, at)
    if not 0 < size < length:  # 0: a jumbogram (RFC 2675, section 4) or offload; too large: the datagram is the limit
        size = length
    size = max(size - 8, 0)
    start = at + 8
    end = min(end, start + size)
    return Packet(UDP, source, destination, source_port, destination_port, 0, 0, start, end, size, depth)


def _with_ports(
    protocol: int, source: bytes, destination: bytes, data: bytes, at: int, end: int, length: int, depth: int
) -> Packet:
    """SCTP (RFC 9260, section 3.1) and DCCP (RFC 4340, section 5.1): both begin with the ports; the payload given is what
    follows the 12 bytes of the common header."""
    if end - at < 12:
        return _ports_only(protocol, source, destination, data, at, end, depth)
    source_port, destination_port = _PORTS(data, at)
    rest = max(length - 12, 0)
    return Packet(protocol, source, destination, source_port, destination_port, 0, 0, at + 12, end, rest, depth)


def _ports_only(protocol: int, source: bytes, destination: bytes, data: bytes, at: int, end: int, depth: int) -> Packet:
    """A transport header that is cut short: it still counts for its ports where they are there."""
    source_port, destination_port = _PORTS(data, at) if end - at >= 4 else (0, 0)
    return Packet(protocol, source, destination, source_port, destination_port, 0, 0, end, end, 0, depth)


def _fragment(
    protocol: int,
    source: bytes,
    destination: bytes,
    identification: int,
    offset: int,
    more: bool,
    data: bytes,
    at: int,
    end: int,
    length: int,
    depth: int,
) -> Fragment:
    first = None if offset else _first(protocol, source, destination, data, at, end, length, depth)
    cut = end - at < length
    return Fragment(protocol, source, destination, identification, offset, more, at, end, cut, depth, first)


def _first(
    protocol: int, source: bytes, destination: bytes, data: bytes, at: int, end: int, length: int, depth: int
) -> Packet | None:
    """The transport packet at the head of a datagram's first fragment. Tunnels are left closed: what they carry is
    whole only after reassembly."""
    if protocol == UDP:
        return _udp(source, destination, data, at, end, length, depth)
    if protocol in tunnels.PROTOCOLS:
        return Packet(protocol, source, destination, 0, 0, 0, 0, at, end, length, depth)
    found = transport(protocol, source, destination, data, at, end, length, depth)
    return found if isinstance(found, Packet) and found.depth == depth else None


def _opened_udp(packet: Packet, data: bytes) -> Dissected:
    """What a UDP packet on a tunnel's port carries, or the packet itself: a client may have picked that port by chance."""
    inner = tunnels.by_port(packet.source_port, packet.destination_port, data, packet.start, packet.end)
    if inner is None:
        return packet
    found = _inside(inner, data, packet.depth)
    if isinstance(found, Undecoded):
        return found if found is TOO_DEEP else packet
    length = found.length if isinstance(found, Packet) else found.end - found.start + found.cut
    return found if found.start + length <= packet.start + packet.length else packet  # it cannot hold more than it is


def _inside(inner: Inner, data: bytes, depth: int) -> Dissected:
    return within(inner, data, depth + 1) if depth < MAX_TUNNELS else TOO_DEEP


def _left_open(found: Dissected) -> Dissected:
    """A segment that an interface is to part: what was not captured of the frame is its too."""
    return found._replace(open=True) if isinstance(found, Packet) and found.protocol == TCP and found.header else found


def _jumbo(data: bytes, at: int, end: int) -> int:
    """The length that a jumbo payload option gives where it comes first, as it must for its alignment; else 0."""
    if end - at < 8:
        return 0
    kind, size, length = _JUMBO(data, at + 2)
    return length if kind == 0xC2 and size == 4 and length > 0xFFFF else 0
