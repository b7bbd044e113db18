"""PPP (RFC 1661), with and without HDLC framing, and Cisco's HDLC."""

from __future__ import annotations

from shadowai.sources.capture.layers import CUT, ETHERNET, IPV4, IPV6, MPLS, NOT_IP, PPP, Inner, Step
from shadowai.sources.capture.packet import Undecoded

_COMPRESSED = Undecoded("compressed PPP frame", True)
_ENCRYPTED = Undecoded("encrypted PPP frame", True)
_MULTILINK = Undecoded("fragment of a PPP multilink frame", True)

_CARRIED = {0x21: IPV4, 0x57: IPV6, 0x281: MPLS, 0x283: MPLS}
_COMPRESSING = frozenset({0x2D, 0x2F, 0x61, 0x63, 0x65, 0x67, 0x69, 0xFB, 0xFD, 0x2061, 0x2063, 0x2065, 0x2067, 0x2069})
"""Compressed TCP/IP headers (RFC 1144, RFC 2507, RFC 2508) and compressed frames (RFC 1962)."""
_OTHERS = frozenset({0x23, 0x25, 0x27, 0x29, 0x2B, 0x35, 0x3F, 0x41, 0x43, 0x45, 0x47, 0x49, 0x4B, 0x4D, 0x4F, 0x59})
"""Network protocols that are not IP (IANA, PPP DLL Protocol Numbers): OSI, DECnet, AppleTalk, IPX, ..."""
_LINK_CONTROL = 0x4000
"""From here on, protocols manage the link (RFC 1661, section 2)."""


def ppp(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """What a PPP frame carries; address and control, and the first byte of the protocol, may be compressed away (RFC 1661,
    sections 6.5 and 6.6)."""
    if data[at : min(at + 2, end)] == b"\xff\x03":
        at += 2
    if at >= end:
        return CUT
    protocol = data[at]
    if protocol & 1:
        at += 1
    elif end - at < 2:
        return CUT
    else:
        protocol = protocol << 8 | data[at + 1]
        at += 2
    if protocol in _CARRIED:
        return Inner(_CARRIED[protocol], at, end)
    if protocol == 0x3D:
        return _multilink(data, at, end)
    if protocol == 0x31:
        return _bridged(data, at, end)
    if protocol == 0x53:  # RFC 1968
        return _ENCRYPTED
    if protocol in _COMPRESSING:
        return _COMPRESSED
    if protocol >= _LINK_CONTROL or protocol in _OTHERS:
        return NOT_IP
    return Undecoded(f"PPP protocol 0x{protocol:04x} is not read", True)


def _multilink(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """A multilink frame with the long sequence number (RFC 1990, section 3) is whole if it is both beginning and end."""
    return Inner(PPP, at + 4, end) if end - at > 4 and data[at] & 0xC0 == 0xC0 else _MULTILINK


def _bridged(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """Bridging (RFC 3518, section 4.2): flags and the kind of address, of which 1 is Ethernet."""
    return Inner(ETHERNET, at + 2, end) if end - at > 2 and data[at + 1] == 1 else NOT_IP


def cisco_hdlc(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """What a Cisco HDLC frame carries: address, control, EtherType."""
    if end - at < 4:
        return CUT
    ethertype = data[at + 2] << 8 | data[at + 3]
    return Inner(ethertype, at + 4, end) if ethertype >= 0x0600 else NOT_IP


def ppp_or_cisco(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """PPP in HDLC-like framing, where 0x0f and 0x8f as the first byte mean Cisco's (LINKTYPE_PPP_HDLC)."""
    if at < end and data[at] in (0x0F, 0x8F):
        return cisco_hdlc(data, at, end)
    return ppp(data, at, end)


STEPS: dict[int, Step] = {PPP: ppp}
"""The step for each kind that this module reads."""
