"""Tunnels: where in an IP payload the carried packet begins, and what it is.

The functions here only look; they never go into what they find. Ports are registered with IANA unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from shadowai.sources.capture.ethernet import likeness
from shadowai.sources.capture.layers import CAPWAP_802_11, ETHERNET, IP, IPV4, IPV6, MPLS, NSH, PPP, Inner

_ERSPAN, _ERSPAN_III, _WCCP = 0x88BE, 0x22EB, 0x883E
_MAX_EXTENSIONS = 8
_MAX_TAGS = 32
_TZSP = {1: ETHERNET, 18: CAPWAP_802_11}
_TEREDO = (b"\x20\x01\0\0", b"\xfe\x80")

_U16 = Struct(">H").unpack_from
_U32 = Struct(">I").unpack_from


def by_protocol(protocol: int, data: bytes, at: int, end: int) -> Inner | None:
    """What an IP protocol of ``PROTOCOLS`` carries; ``None`` where it does not read as a tunnel."""
    if protocol == 4:  # RFC 2003
        return Inner(IPV4, at, end)
    if protocol == 41:  # RFC 4213
        return Inner(IPV6, at, end)
    if protocol == 47:
        return _gre(data, at, end)
    if protocol == 97:  # EtherIP, RFC 3378
        return Inner(ETHERNET, at + 2, end) if data[at : at + 2] == b"\x30\0" else None
    if protocol == 115:
        return _l2tp_3(data, at, end)
    return Inner(MPLS, at, end)  # RFC 4023


PROTOCOLS = frozenset({4, 41, 47, 97, 115, 137})
"""IP protocols that carry packets."""


def by_port(source_port: int, destination_port: int, data: bytes, at: int, end: int) -> Inner | None:
    """What a UDP payload between these ports carries; ``None`` where it does not read as the tunnel of the port."""
    opener = _TO_PORT.get(destination_port) or _EITHER_PORT.get(destination_port) or _EITHER_PORT.get(source_port)
    return opener(data, at, end) if opener is not None else None


def _gre(data: bytes, at: int, end: int) -> Inner | None:
    """GRE with checksum, routing-free, key and sequence (RFC 2784, RFC 2890), and version 1 with PPP (RFC 2637)."""
    if end - at < 4:
        return None
    flags, kind = _U16(data, at)[0], _U16(data, at + 2)[0]
    version = flags & 7
    if version > 1 or flags & 0x4000:
        return None
    start = at + 4 + (4 if flags & 0x8000 else 0) + (4 if flags & 0x2000 else 0) + (4 if flags & 0x1000 else 0)
    if version == 1:
        return _gre_ppp(data, at, start + (4 if flags & 0x80 else 0), end, flags)
    if start >= end:
        return None
    if kind == _ERSPAN:  # type I has no sequence number and no header, type II both
        return Inner(ETHERNET, start + 8 if flags & 0x1000 else start, end)
    if kind == _ERSPAN_III:
        return _erspan_iii(data, start, end)
    if kind == _WCCP:  # version 2 puts 4 bytes before the packet, version 1 none
        return Inner(IP, start if data[start] >> 4 == 4 else start + 4, end)
    return Inner(kind, start, end) if kind >= 0x0600 else None


def _gre_ppp(data: bytes, at: int, start: int, end: int, flags: int) -> Inner | None:
    if end - at < 8 or _U16(data, at + 2)[0] != PPP or not flags & 0x1000:
        return None
    length = _U16(data, at + 4)[0]
    return Inner(PPP, start, min(end, start + length)) if length and start < end else None


def _erspan_iii(data: bytes, at: int, end: int) -> Inner | None:
    """ERSPAN type III (draft-foschiano-erspan-03, section 4.3): 12 bytes, and 8 more if the last bit is set."""
    if end - at < 12:
        return None
    start = at + (20 if data[at + 11] & 1 else 12)
    frame = data[at + 10] >> 3 & 0x1F
    return Inner(ETHERNET if frame == 0 else IP, start, end) if frame in (0, 2) and start < end else None


def _vxlan(data: bytes, at: int, end: int) -> Inner | None:
    """VXLAN (RFC 7348, section 5): the I flag must be set, everything else in the header is to be ignored."""
    return Inner(ETHERNET, at + 8, end) if end - at >= 22 and data[at] & 0x08 else None


def _vxlan_gpe(data: bytes, at: int, end: int) -> Inner | None:
    """VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe-13, section 3): the P flag says that a next protocol is given."""
    if end - at < 9 or not data[at] & 0x08:
        return None
    kind = {1: IPV4, 2: IPV6, 3: ETHERNET, 4: NSH, 5: MPLS}.get(data[at + 3]) if data[at] & 0x04 else ETHERNET
    return Inner(kind, at + 8, end) if kind is not None else None


def _geneve(data: bytes, at: int, end: int) -> Inner | None:
    """GENEVE (RFC 8926, section 3.4)."""
    if end - at < 9 or data[at] >> 6 or data[at + 1] & 0x80:
        return None
    start = at + 8 + 4 * (data[at] & 0x3F)
    return Inner(_U16(data, at + 2)[0], start, end) if start < end and data[at + 2] else None


def _gtp(data: bytes, at: int, end: int) -> Inner | None:
    """GTP-U (3GPP TS 29.281, section 5): version 1, a T-PDU, behind its extension headers."""
    if end - at < 9 or data[at] & 0xF0 != 0x30 or data[at + 1] != 0xFF:
        return None
    start = at + 8
    if data[at] & 0x07:
        start += 4
        following = data[start - 1] if data[at] & 0x04 and start <= end else 0
        for _ in range(_MAX_EXTENSIONS):
            if not following:
                break
            if start >= end or not data[start]:
                return None
            start += 4 * data[start]
            following = data[start - 1] if start <= end else 0
        else:
            return None
    end = min(end, at + 8 + _U16(data, at + 2)[0])
    return Inner(IP, start, end) if start < end and data[start] >> 4 in (4, 6) else None


def _teredo(data: bytes, at: int, end: int) -> Inner | None:
    """Teredo (RFC 4380, section 5.1): IPv6 behind an optional authentication and an optional origin indication. One of the
    addresses is a Teredo address or, towards the server, link-local."""
    if end - at >= 13 and data[at : at + 2] == b"\0\1":
        at += 13 + data[at + 2] + data[at + 3]
    if end - at >= 8 and data[at : at + 2] == b"\0\0":
        at += 8
    if end - at < 40 or data[at] >> 4 != 6:
        return None
    addresses = data[at + 8 : at + 24], data[at + 24 : at + 40]
    return Inner(IPV6, at, end) if any(address.startswith(_TEREDO) for address in addresses) else None


def _l2tp(data: bytes, at: int, end: int) -> Inner | None:
    """L2TP version 2 data messages (RFC 2661, section 3.1)."""
    if end - at < 6:
        return None
    flags = _U16(data, at)[0]  # not a control message, reserved bits zero, version 2
    if flags & 0xB4FF != 2:
        return None
    start = at + 6
    if flags & 0x4000:
        start += 2
    if flags & 0x0800:
        start += 4
    if flags & 0x0200:
        if end - start < 2:
            return None
        start += 2 + _U16(data, start)[0]
    return Inner(PPP, start, end) if start < end else None


def _l2tp_3(data: bytes, at: int, end: int) -> Inner | None:
    """Ethernet in L2TP version 3 over IP (RFC 3931, section 4.1.1; RFC 4719): a session, 0 being control, then a cookie and a sublayer
    of sizes that only the two ends know, so that what follows must look like a frame."""
    if end - at < 4 or not _U32(data, at)[0]:
        return None
    return next(
        (Inner(ETHERNET, at + size, end) for size in (4, 8, 12, 16) if likeness(data, at + size, end) == 2), None
    )


def _capwap(data: bytes, at: int, end: int) -> Inner | None:
    """CAPWAP data (RFC 5415, section 4.3): a clear frame that is no fragment and no keep-alive."""
    if end - at < 9 or data[at]:
        return None
    word = _U32(data, at)[0]
    start = at + 4 * (word >> 19 & 0x1F)
    native, binding = word & 0x100, word >> 9 & 0x1F
    if word & 0x80 or word & 0x08 or start < at + 8 or start >= end:
        return None
    if not native:
        return Inner(ETHERNET, start, end)
    return Inner(CAPWAP_802_11, start, end) if binding == 1 else None


def _gue(data: bytes, at: int, end: int) -> Inner | None:
    """Generic UDP encapsulation (draft-ietf-intarea-gue-09, sections 3 and 4): variant 0 has a header and says which IP protocol follows,
    variant 1 is a bare IP packet."""
    if end - at < 20:
        return None
    variant, size = data[at] >> 6, (data[at] & 0x1F) << 2
    if variant == 1:
        return Inner(IP, at, end) if data[at] >> 4 in (4, 6) else None
    if variant or data[at] & 0x20 or data[at + 1] not in PROTOCOLS or at + 4 + size >= end:  # 0x20: a control message
        return None
    return by_protocol(data[at + 1], data, at + 4 + size, end)


def _lisp(data: bytes, at: int, end: int) -> Inner | None:
    """LISP data (RFC 9300, section 5)."""
    return Inner(IP, at + 8, end) if end - at >= 28 and data[at + 8] >> 4 in (4, 6) else None


def _tzsp(data: bytes, at: int, end: int) -> Inner | None:
    """TaZmen Sniffer Protocol, version 1, as MikroTik's routers and others stream what they capture: version, kind (0 received, 1
    to be sent), what is carried, then tags up to the one that ends them (Wireshark's packet-tzsp.c)."""
    if end - at < 5 or data[at] != 1 or data[at + 1] > 1:
        return None
    kind = _TZSP.get(_U16(data, at + 2)[0])
    start = at + 4
    for _ in range(_MAX_TAGS):
        if kind is None or start + 1 >= end:
            return None
        if data[start] == 1:
            return Inner(kind, start + 1, end)
        start += 2 + data[start + 1] if data[start] else 1
    return None


def _ayiya(data: bytes, at: int, end: int) -> Inner | None:
    """AYIYA (draft-massar-v6ops-ayiya-02, section 3): identity and signature lengths, then IPv6 (next header 41) or IPv4."""
    if end - at < 9 or data[at + 2] & 0x0F != 1:
        return None
    start = at + 8 + (1 << (data[at] >> 4)) + 4 * (data[at + 1] >> 4)
    kind = {41: IPV6, 4: IPV4}.get(data[at + 3])
    return Inner(kind, start, end) if kind is not None and start < end else None


def _mpls(data: bytes, at: int, end: int) -> Inner | None:
    """MPLS in UDP (RFC 7510)."""
    return Inner(MPLS, at, end)


_TO_PORT: dict[int, Callable[[bytes, int, int], Inner | None]] = {
    2152: _gtp,
    4341: _lisp,
    4754: _gre,  # RFC 8086
    4789: _vxlan,
    4790: _vxlan_gpe,
    6080: _gue,
    6081: _geneve,
    6635: _mpls,
    8472: _vxlan,  # Linux's default before the port was registered
    37008: _tzsp,
}
"""Tunnels whose packets always go to the port."""
_EITHER_PORT: dict[int, Callable[[bytes, int, int], Inner | None]] = {
    1701: _l2tp,
    3544: _teredo,
    5072: _ayiya,
    5247: _capwap,
}
"""Tunnels between a port and any other. ESP in UDP (4500) is not one of them: it cannot be read, and its bytes are those of the
UDP flow that carries it."""
UDP_PORTS = frozenset(_TO_PORT) | frozenset(_EITHER_PORT)
"""Ports at which a look is worth it."""
