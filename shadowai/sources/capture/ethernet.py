"""Ethernet and what lies between it and IP: VLAN and other tags, MPLS, PPPoE, LLC/SNAP, bridges in bridges."""

from __future__ import annotations

from struct import Struct

from shadowai.sources.capture.layers import (
    CUT,
    ETHERNET,
    IP,
    IPV4,
    IPV6,
    LLC,
    MPLS,
    NLPID,
    NOT_IP,
    NSH,
    PPP,
    PPPOE,
    Inner,
    Step,
)
from shadowai.sources.capture.packet import Undecoded

MAX_LABELS = 8
"""MPLS labels followed in one stack."""

_MACSEC = Undecoded("encrypted MACsec frame", True)
_TOO_MANY_LABELS = Undecoded(f"more than {MAX_LABELS} MPLS labels", True)
_UNKNOWN_MPLS = Undecoded("MPLS payload is neither IP nor Ethernet", True)
_NO_SERVICE = Undecoded("network service header is not read", True)
_NSH_TYPES = {1: IPV4, 2: IPV6, 3: ETHERNET, 5: MPLS}
_NLPIDS = {0xCC: IPV4, 0x8E: IPV6}
"""Network layer protocol identifiers (RFC 6328)."""
_SNAP = 0x80
_MACSEC_CHANNEL, _MACSEC_HIDES = 0x20, 0x0C
"""Bits of the first byte of MACsec's tag (IEEE 802.1AE, clause 9.5): SC; E and C, of which either means that the data is changed."""

_ISL, _ISL_HEADER = (b"\x01\x00\x0c\x00\x00", b"\x03\x00\x0c\x00\x00"), 26
"""Where Cisco's inter-switch links send their frames to, and the bytes before what they carry (Cisco, "Inter-Switch Link and IEEE 802.1Q
Frame Format"); the kind of frame is in the first four bits behind, 0 being Ethernet."""

_BATMAN, _BATMAN_VERSION = 0x4305, 15
_BATMAN_FRAMES = {0x01: 14, 0x40: 10, 0x42: 18}
"""Kinds of a mesh's packets that carry a frame, to the bytes before it: broadcast, unicast, unicast with the sender's address."""
_BATMAN_PIECE = Undecoded("fragment of a B.A.T.M.A.N. frame", True)

_U16 = Struct(">H").unpack_from


def _codes(text: str) -> frozenset[int]:
    return frozenset(int(code, 16) for code in text.split())


_WITHOUT_IP = _codes(
    "0806 0842 0bad 2000 2001 2003 2004 22f0 22f4 6002 6003 6004 7373 8035 8038 809b 80f3 8137 8138 876b 8808 8809 8863 "
    "886d 8874 888e 8892 8899 88a2 88a4 88b5 88b6 88b7 88b8 88b9 88ba 88c7 88cc 88cd 88e1 88f5 88f6 88f7 88fb 8902 8906 "
    "890d 8914 893a 9000 9003 9998 fefe"
)
"""EtherTypes that carry no IP (IANA, IEEE 802 Numbers): ARP, LLDP, 802.1X, IPX, AppleTalk, pause frames, PTP, ..."""


def unread(ethertype: int) -> Undecoded:
    """Why an EtherType that no step reads gives no packet."""
    return NOT_IP if ethertype in _WITHOUT_IP else Undecoded(f"EtherType 0x{ethertype:04x} is not read", True)


def ethernet(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """What an Ethernet II or IEEE 802.3 frame carries, or one that Cisco's trunks (ISL) put into another."""
    if data[at : at + 5] in _ISL and data[at + 14 : at + 17] == b"\xaa\xaa\x03" and not data[at + 5] >> 4:
        return Inner(ETHERNET, at + _ISL_HEADER, end)
    return _typed(data, at + 12, end)


def _typed(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """What the EtherType at ``at`` announces; below 0x0600 it is the length of an LLC frame (IEEE 802.3, clause 3.2.6)."""
    if end - at < 2:
        return CUT
    ethertype = data[at] << 8 | data[at + 1]
    at += 2
    return Inner(ethertype, at, end) if ethertype >= 0x0600 else Inner(LLC, at, min(end, at + ethertype))


def llc(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """What follows an LLC header (IEEE 802.2), with SNAP (RFC 1042) where there is one."""
    if end - at < 3:
        return NOT_IP if at == end else CUT
    head = data[at : at + 3]
    if head == b"\xaa\xaa\x03":
        return _snap(data, at + 3, end)
    if head == b"\x06\x06\x03":  # RFC 948
        return Inner(IP, at + 3, end)
    if head == b"\xfe\xfe\x03" and end - at > 4 and data[at + 3] in _NLPIDS:  # RFC 2684, appendix B
        return Inner(_NLPIDS[data[at + 3]], at + 4, end)
    return NOT_IP


def _snap(data: bytes, at: int, end: int, pad: int = 2) -> Inner | Undecoded:
    if end - at < 5:
        return CUT
    organisation, kind = data[at : at + 3], _U16(data, at + 3)[0]
    if organisation in (b"\0\0\0", b"\0\0\xf8") and kind >= 0x0600:
        return Inner(kind, at + 5, end)
    if organisation == b"\x00\x80\xc2" and kind in (
        1,
        7,
    ):  # bridged Ethernet (RFC 2684, section 5.2; RFC 2427, section 4.2)
        return Inner(ETHERNET, at + 5 + pad, end)
    return NOT_IP


def nlpid(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """What a network layer protocol identifier announces, after an optional pad byte (RFC 2427, section 3)."""
    if at < end and data[at] == 0:
        at += 1
    if at >= end:
        return CUT
    if data[at] == _SNAP:
        return _snap(data, at + 1, end, pad=0)
    return Inner(_NLPIDS[data[at]], at + 1, end) if data[at] in _NLPIDS else NOT_IP


def mpls(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """What follows an MPLS label stack (RFC 3032). Nothing in it says what that is: IP where the first nibble says so, else a
    pseudowire's Ethernet, with or without a control word (RFC 4448, RFC 4928)."""
    for _ in range(MAX_LABELS):
        if end - at < 4:
            return CUT
        at += 4
        if data[at - 2] & 1:
            break
    else:
        return _TOO_MANY_LABELS
    if at >= end:
        return CUT
    nibble, plain = data[at] >> 4, likeness(data, at, end)
    if nibble in (4, 6) and not (plain and not _fits(data, at, end)):
        return Inner(IP, at, end)
    if nibble == 0 and likeness(data, at + 4, end) >= max(plain, 1):
        return Inner(ETHERNET, at + 4, end)
    if plain:
        return Inner(ETHERNET, at, end)
    return NOT_IP if nibble == 1 else _UNKNOWN_MPLS  # 1: an associated channel (RFC 5586)


def likeness(data: bytes, at: int, end: int) -> int:
    """How much the bytes look like Ethernet: 2 for a known EtherType, 1 for a length that fits, 0 for neither."""
    if end - at < 14:
        return 0
    ethertype: int = _U16(data, at + 12)[0]
    if ethertype in STEPS or ethertype in _WITHOUT_IP or ethertype in (IPV4, IPV6):
        return 2
    return int(2 < ethertype <= end - at - 14)


def _fits(data: bytes, at: int, end: int) -> bool:
    """True if the length that an IP header gives is not more than there is."""
    length: int = _U16(data, at + 2)[0] if data[at] >> 4 == 4 else 40 + _U16(data, at + 4)[0]
    return length <= end - at


def _pppoe(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """A PPPoE session (RFC 2516, section 4)."""
    if end - at < 6:
        return CUT
    length = _U16(data, at + 4)[0]
    return Inner(PPP, at + 6, min(end, at + 6 + length) if length else end)


def _tag(size: int) -> Step:
    """The step for a tag of ``size`` bytes before the next EtherType."""
    return lambda data, at, end: _typed(data, at + size, end)


def _bridged(size: int) -> Step:
    """The step for a tag of ``size`` bytes before another Ethernet header."""
    return lambda data, at, end: Inner(ETHERNET, at + size, end)


def _trill(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """TRILL (RFC 6325, section 3): 6 bytes, options in 4-byte units, then the frame."""
    return Inner(ETHERNET, at + 6 + 4 * (_U16(data, at)[0] >> 6 & 0x1F), end) if end - at >= 6 else CUT


def _nsh(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """Network service header (RFC 8300, section 2.2)."""
    if end - at < 8:
        return CUT
    size, kind = (data[at + 1] & 0x3F) << 2, _NSH_TYPES.get(data[at + 3])
    return Inner(kind, at + size, end) if size >= 8 and kind is not None else _NO_SERVICE


def _macsec(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """MACsec (IEEE 802.1AE, clause 9.3): 6 bytes, 8 more if they name their channel. What is authenticated and not encrypted, as
    Linux does unless told otherwise (drivers/net/macsec.c), has the EtherType next; its check value is padding to IP."""
    if end - at < 6:
        return CUT
    if data[at] & _MACSEC_HIDES:
        return _MACSEC
    return _typed(data, at + (14 if data[at] & _MACSEC_CHANNEL else 6), end)


def _arista(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """Arista timestamp: sub-type 1, a version whose first byte tells 64-bit or 48-bit time, the time, an EtherType."""
    if end - at < 4:
        return CUT
    if _U16(data, at)[0] != 1 or data[at + 2] not in (0x10, 0x20):
        return NOT_IP
    return _typed(data, at + (12 if data[at + 2] == 0x10 else 10), end)


def _batman(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """A frame of a B.A.T.M.A.N. mesh, of the version in use since 2014 (Linux, include/uapi/linux/batadv_packet.h)."""
    if end - at < 2:
        return CUT
    kind, version = data[at], data[at + 1]
    if version != _BATMAN_VERSION:
        return unread(_BATMAN)
    if kind in _BATMAN_FRAMES:
        return Inner(ETHERNET, at + _BATMAN_FRAMES[kind], end)
    return _BATMAN_PIECE if kind in (0x02, 0x41) else NOT_IP  # two frames in one, a part of one; else the mesh's own


STEPS: dict[int, Step] = {
    ETHERNET: ethernet,
    LLC: llc,
    NLPID: nlpid,
    MPLS: mpls,
    PPPOE: _pppoe,
    NSH: _nsh,
    0x8100: _tag(2),  # IEEE 802.1Q
    0x88A8: _tag(2),  # IEEE 802.1ad
    0x9100: _tag(2),  # QinQ before it was a standard
    0x9200: _tag(2),
    0x9300: _tag(2),
    0x8909: _tag(6),  # Cisco MetaData
    0x8926: _tag(4),  # Cisco VN-Tag
    0x892F: _tag(4),  # HSR (IEC 62439-3)
    0x893F: _tag(6),  # IEEE 802.1BR, as switches and their port extenders tag
    0xF1C1: _tag(4),  # IEEE 802.1CB
    0x88E5: _macsec,
    0x88E7: _bridged(4),  # IEEE 802.1ah
    0x8903: _bridged(2),  # Cisco FabricPath
    0x22F3: _trill,
    _BATMAN: _batman,
    0x8848: mpls,  # multicast, or upstream-assigned labels (RFC 5332)
    0x8870: llc,  # jumbo frames
    0xD28B: _arista,
}
"""The step for each kind that this module reads."""
