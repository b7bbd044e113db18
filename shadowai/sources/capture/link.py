"""Link layers: from a captured frame to the transport packet at its innermost.

Link types are the LINKTYPE numbers of the tcpdump project (www.tcpdump.org/linktypes.html).
"""

from __future__ import annotations

from struct import Struct

from shadowai.sources.capture import dot11, ethernet, internet, ppp, wrapped
from shadowai.sources.capture.layers import CUT, IP, IPV4, IPV6, LLC, MPLS, NLPID, NOT_IP, PPPOE, Inner, Step
from shadowai.sources.capture.packet import Dissected, Packet, Several, Undecoded

_MAX_ATTRIBUTES = 64
_LITTLE, _BIG = Struct("<HH").unpack_from, Struct(">HH").unpack_from
_INET6 = frozenset({10, 24, 26, 28, 30})
"""AF_INET6 of Linux, NetBSD, Solaris, FreeBSD and macOS; AF_INET is 2 everywhere."""


def dissect(link_type: int, data: bytes, wire: int = 0) -> Dissected | Several:
    """The innermost transport packet of one captured frame, or those of one that aggregates. ``link_type`` is the LINKTYPE number
    without the bits that some writers keep above it, ``wire`` the bytes that the frame had. Never raises, whatever the bytes."""
    found = _dissected(link_type, data)
    if isinstance(found, Packet) and found.open and found.end == len(data) < wire:
        return found._replace(length=found.length + wire - len(data))
    return found


def _dissected(link_type: int, data: bytes) -> Dissected | Several:
    if link_type == 1 and data[12:14] == b"\x08\x00":
        return internet.ipv4(data, 14, len(data), 0)
    at = 0
    if link_type in wrapped.WRAPPERS:
        behind = wrapped.WRAPPERS[link_type](data)
        if isinstance(behind, Undecoded):
            return behind
        link_type, at = behind
    step = _STEPS.get(link_type)
    found = step(data, at, len(data)) if step is not None else wrapped.unread(link_type)
    if isinstance(found, Undecoded):
        return found
    first = internet.within(found, data, 0)
    if not found.beside:
        return first
    others = tuple(internet.within(inner, data, 0) for inner in found.beside)
    return Several((first, *others), tuple(inner.end - inner.start for inner in found.beside))


def _by_family(family: int, data: bytes, at: int, end: int) -> Inner | Undecoded:
    if family == 2 or family in _INET6:
        return Inner(IP, at, end)
    return NOT_IP


def _raw(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """IP with nothing before it."""
    return Inner(IP, at, end)


def _null(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """BSD loopback: 4 bytes of address family in the byte order of the host, or of the network (LINKTYPE_LOOP)."""
    if end - at < 4:
        return CUT
    family = int.from_bytes(data[at : at + 4], "little" if data[at] else "big")
    return _by_family(family, data, at + 4, end)


def _sll(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """Linux cooked capture."""
    if end - at < 16:
        return CUT
    hardware, protocol = data[at + 2] << 8 | data[at + 3], data[at + 14] << 8 | data[at + 15]
    return _cooked(hardware, protocol, data, at + 16, end)


def _sll2(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """Linux cooked capture, version 2."""
    if end - at < 20:
        return CUT
    hardware, protocol = data[at + 8] << 8 | data[at + 9], data[at] << 8 | data[at + 1]
    return _cooked(hardware, protocol, data, at + 20, end)


_ARPHRD = {801: dot11.dot11, 802: dot11.prism, 803: dot11.radiotap}


def _cooked(hardware: int, protocol: int, data: bytes, at: int, end: int) -> Inner | Undecoded:
    """What the kind of interface and the protocol announce; small protocols are Linux's own (802.2, netlink, CAN)."""
    reader = _ARPHRD.get(hardware)
    if reader is not None:
        return reader(data, at, end)
    if protocol == 4:
        return Inner(LLC, at, end)
    return Inner(protocol, at, end) if protocol >= 0x0600 else NOT_IP


def _pppoe(data: bytes, at: int, end: int) -> Inner | Undecoded:
    return Inner(PPPOE, at, end)


def _mpls(data: bytes, at: int, end: int) -> Inner | Undecoded:
    return Inner(MPLS, at, end)


def _with_direction(step: Step) -> Step:
    """The step for a frame behind a byte that says which way it went."""
    return lambda data, at, end: step(data, at + 1, end)


def _switch_tag(size: int) -> Step:
    """The step for Ethernet with a tag of ``size`` bytes before its type or before its addresses: what a switch and the driver that
    Linux has for it (DSA) tell each other, as captured between the two."""
    return lambda data, at, end: ethernet.ethernet(data, at + size, end)


def _nflog(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """Linux netfilter log: family, version and resource, then attributes, of which number 9 is the packet. They are in the
    byte order of the host, which their kinds show, being small."""
    at += 4
    for _ in range(_MAX_ATTRIBUTES):
        if end - at < 4:
            return CUT
        size, kind = _LITTLE(data, at) if data[at + 2] else _BIG(data, at)
        if size < 4:
            return CUT
        if kind == 9:
            return Inner(IP, at + 4, min(end, at + size))
        at += size + 3 & ~3
    return CUT


def _ipnet(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """Solaris IPNET: 24 bytes, of which the second is the address family."""
    return _by_family(data[at + 1], data, at + 24, end) if end - at > 24 else CUT


def _pflog(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """OpenBSD packet filter log: length, filled up to four bytes, then the address family."""
    if end - at < 4:
        return CUT
    return _by_family(data[at + 1], data, at + (data[at] + 3 & ~3), end)


def _enc(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """OpenBSD's IPsec interface, after decryption: address family in the order of the host, index and flags."""
    if end - at < 12:
        return CUT
    family = int.from_bytes(data[at : at + 4], "little" if data[at] else "big")
    return _by_family(family, data, at + 12, end)


def _firewire(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """Apple's IP over IEEE 1394: two addresses of eight bytes, EtherType."""
    return Inner(data[at + 16] << 8 | data[at + 17], at + 18, end) if end - at >= 18 else CUT


def _fddi(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """FDDI: frame control, two addresses, and LLC in asynchronous LLC frames."""
    if end - at < 13:
        return CUT
    return Inner(LLC, at + 13, end) if data[at] & 0x70 == 0x50 else NOT_IP


def _token_ring(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """Token ring: access and frame control, two addresses, source routing if the first bit of the source is set, LLC."""
    if end - at < 15:
        return CUT
    routing = data[at + 14] & 0x1F if data[at + 8] & 0x80 else 0
    return Inner(LLC, at + 14 + routing, end) if data[at + 1] & 0xC0 == 0x40 else NOT_IP


_ARCNET = {212: IPV4, 240: IPV4, 196: IPV6}


def _arcnet(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """ARCNET: two addresses and a type; types of RFC 1201 have a split flag and a sequence number, an exception frame
    (flag 0xff) four bytes more."""
    return _arcnet_type(data, at + 2, end)


def _arcnet_linux(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """ARCNET as Linux gives it, with an offset of two bytes before the type."""
    return _arcnet_type(data, at + 4, end)


def _arcnet_type(data: bytes, at: int, end: int) -> Inner | Undecoded:
    if end - at < 8:
        return CUT
    ethertype = _ARCNET.get(data[at])
    if ethertype is None:
        return NOT_IP
    if data[at] == 240:  # RFC 1051
        return Inner(ethertype, at + 1, end)
    if data[at + 1] == 0xFF:
        at += 4
    elif data[at + 1]:
        return Undecoded("fragment of an ARCNET frame", True)
    return Inner(ethertype, at + 4, end)


def _atm(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """ATM with RFC 2684 encapsulation: LLC, or IP alone in its own circuit."""
    if at < end and data[at] >> 4 == 4 and data[at : at + 2] != b"\x42\x42":
        return Inner(IP, at, end)
    return Inner(LLC, at, end)


def _sun_atm(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """SunATM: flags, virtual path and circuit; the low flags tell what follows, 2 being LLC."""
    if end - at < 4:
        return CUT
    return _atm(data, at + 4, end) if data[at] & 0x0F == 2 else NOT_IP


def _slip(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """SLIP: 16 bytes of direction and compressed header, then IP."""
    return Inner(IP, at + 16, end)


def _frame_relay(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """Frame relay: an address of two to four bytes, then RFC 2427 or, Cisco's way, an EtherType."""
    for _ in range(4):
        if end - at < 3:
            return CUT
        at += 1
        if data[at - 1] & 1:
            break
    if data[at] == 3:
        return Inner(NLPID, at + 1, end)
    ethertype = data[at] << 8 | data[at + 1]
    return Inner(ethertype, at + 2, end) if ethertype >= 0x0600 else NOT_IP


_STEPS: dict[int, Step] = {
    0: _null,
    1: ethernet.ethernet,
    6: _token_ring,
    7: _arcnet,
    8: _slip,
    9: ppp.ppp_or_cisco,
    10: _fddi,
    11: _atm,
    12: _raw,
    14: _raw,
    50: ppp.ppp_or_cisco,
    51: _pppoe,
    100: _atm,
    101: _raw,
    104: ppp.cisco_hdlc,
    105: dot11.dot11,
    106: _atm,
    107: _frame_relay,
    108: _null,
    109: _enc,
    113: _sll,
    117: _pflog,
    119: dot11.prism,
    123: _sun_atm,
    127: dot11.radiotap,
    129: _arcnet_linux,
    138: _firewire,
    163: dot11.prism,
    166: _with_direction(ppp.ppp),
    204: _with_direction(ppp.ppp),
    205: _with_direction(ppp.cisco_hdlc),
    206: _with_direction(_frame_relay),
    219: _mpls,
    226: _ipnet,
    228: _raw,
    229: _raw,
    239: _nflog,
    276: _sll2,
    281: _switch_tag(4),  # Broadcom
    282: _switch_tag(4),  # Broadcom, before the addresses
    284: _switch_tag(4),  # Marvell
    285: _switch_tag(8),  # Marvell, with an EtherType of its own
}
