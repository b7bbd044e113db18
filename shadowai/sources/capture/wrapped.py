"""Frames behind a header of whoever captured them, which says of which link type they are.

Wrappers do not nest: a frame behind one is of a link type that stands for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from shadowai.sources.capture.layers import CUT
from shadowai.sources.capture.packet import Undecoded

_ETHERNET, _PPP_HDLC, _RAW = 1, 50, 101
_MAX_PKTAP = 1024
_JUNIPER = b"MGC"
_EXTENDED, _STRIPPED = 0x80, 0x02
_ERF_HEADER, _ERF_EXTENSION, _MOST_ERF_EXTENSIONS = 16, 8, 16
_ERF_LINKS = {
    **dict.fromkeys((1, 10, 15, 17, 19), (_PPP_HDLC, 0)),
    **dict.fromkeys((2, 11, 16, 20), (_ETHERNET, 2)),
    **dict.fromkeys((22, 23), (_RAW, 0)),
}
"""Kinds of ERF records to the link type they hold, and the bytes between: packet over SONET, Ethernet behind an offset and a pad
byte, IPv4 and IPv6."""


class Wrapped(NamedTuple):
    """The link type and the place of the frame."""

    link_type: int
    start: int


def unread(link_type: int) -> Undecoded:
    """Why a link type that nothing reads gives no packet."""
    return Undecoded(f"link type {link_type} is not read", True)


def _ppi(data: bytes) -> Wrapped | Undecoded:
    """Per-packet information: version, flags, length and link type, little-endian."""
    if len(data) < 8:
        return CUT
    size, link_type = int.from_bytes(data[2:4], "little"), int.from_bytes(data[4:8], "little")
    return Wrapped(link_type, size) if 8 <= size <= len(data) else CUT


def _pktap(data: bytes) -> Wrapped | Undecoded:
    """Apple's packet tap: length of the header, kind of record, link type, little-endian."""
    if len(data) < 12:
        return CUT
    size, kind, link_type = (int.from_bytes(data[at : at + 4], "little") for at in (0, 4, 8))
    if size < 12 or kind != 1:
        return Undecoded("packet tap record without a packet", True)
    return Wrapped(link_type, size) if size <= len(data) else CUT


def _user2(data: bytes) -> Wrapped | Undecoded:
    """DLT_USER2, which Apple used for its packet tap: only a header that reads as one is believed."""
    found = _pktap(data)
    return found if isinstance(found, Wrapped) and found.start <= _MAX_PKTAP else unread(149)


def _juniper(link_type: int) -> Callable[[bytes], Wrapped | Undecoded]:
    """Of frames as Junos captures them (tcpdump's print-juniper.c): a magic number, flags, extensions behind their length; where the
    link's header was taken away 4 bytes and IP follow."""

    def behind(data: bytes) -> Wrapped | Undecoded:
        if len(data) < 4:
            return CUT
        if data[:3] != _JUNIPER:
            return Undecoded("Juniper frame without its magic number", True)
        start = 6 + int.from_bytes(data[4:6], "big") if data[3] & _EXTENDED else 4
        stripped = data[3] & _STRIPPED
        start += 4 if stripped else 0
        return Wrapped(_RAW if stripped else link_type, start) if start < len(data) else CUT

    return behind


def _erf(data: bytes) -> Wrapped | Undecoded:
    """Endace's extensible record format (the ERF types of Endace's DAG card user guides): a header whose ninth byte is the kind of record,
    then extension headers for as long as the first bit of the one before says so."""
    at, kind = _ERF_HEADER, data[8] if len(data) > 8 else 0
    more = kind & 0x80
    for _ in range(_MOST_ERF_EXTENSIONS):
        if not more or at >= len(data):
            break
        more = data[at] & 0x80
        at += _ERF_EXTENSION
    link_type, between = _ERF_LINKS.get(kind & 0x7F, (0, 0))
    if not link_type and len(data) >= _ERF_HEADER:
        return Undecoded(f"ERF record of type {kind & 0x7F} is not read", True)
    return Wrapped(link_type, at + between) if not more and at + between < len(data) else CUT


WRAPPERS: dict[int, Callable[[bytes], Wrapped | Undecoded]] = {
    149: _user2,
    178: _juniper(1),
    179: _juniper(9),
    180: _juniper(107),
    181: _juniper(104),
    192: _ppi,
    197: _erf,
    258: _pktap,
}
"""What reads the header of each link type that has one."""
