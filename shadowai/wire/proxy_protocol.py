"""The PROXY protocol's header, versions 1 and 2: who really connected (HAProxy, "The PROXY protocol", versions 1 and 2)."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import NamedTuple

from shadowai.wire.http import NeedMore as NeedMore

_V1 = b"PROXY "
_V1_SHORTEST = len(b"PROXY UNKNOWN\r\n")
_V1_LONGEST = 107  # section 2.1
_V1_LINE = re.compile(rb"PROXY (TCP4|TCP6) ([0-9A-Fa-f:.]{2,39}) ([0-9A-Fa-f:.]{2,39}) ([0-9]{1,5}) ([0-9]{1,5})\r\n")
V2 = b"\r\n\r\n\0\r\nQUIT\n"
"""What a header of version 2 begins with."""
_FIRST = (b"P", b"\r", b"")
_V2_LOCAL, _V2_PROXY = 0x20, 0x21  # section 2.2: version 2 and the command
_ADDRESS_SIZE = {0x11: 4, 0x12: 4, 0x21: 16, 0x22: 16}  # TCP and UDP over IPv4 and IPv6
_UNIX = (0x31, 0x32)
_UNSPECIFIED = 0x00
_UNIX_SIZE = 216
_AUTHORITY = 0x02  # section 2.2.2: the host that the client named, usually from its TLS hello


class Header(NamedTuple):
    """Packed addresses and ports of the connection that is relayed, ``None`` where the header does not say (a health check of
    the relay itself, an unknown protocol). The relayed stream begins after ``used`` bytes."""

    source: bytes | None
    destination: bytes | None
    source_port: int | None
    destination_port: int | None
    authority: bytes | None
    used: int


def header(stream: bytes) -> Header | NeedMore | None:
    """The header at the beginning of a stream, or ``None`` where there is none."""
    if stream[:1] not in _FIRST:
        return None
    if stream.startswith(V2):
        return _version_2(stream)
    if stream.startswith(_V1):
        return _version_1(stream)
    if _V1.startswith(stream):
        return NeedMore(_V1_SHORTEST)
    return NeedMore(16) if V2.startswith(stream) else None


def _version_1(stream: bytes) -> Header | NeedMore | None:
    stop = stream.find(b"\r\n", 0, _V1_LONGEST) + 2
    if stop < 2:
        return NeedMore(len(stream) + 1) if len(stream) < _V1_LONGEST else None
    line = _V1_LINE.fullmatch(stream, 0, stop)
    if line is None:  # what follows UNKNOWN is to be ignored
        return Header(None, None, None, None, None, stop) if stream[6:14] in (b"UNKNOWN\r", b"UNKNOWN ") else None
    source, destination = _packed(line[1], line[2]), _packed(line[1], line[3])
    source_port, destination_port = int(line[4]), int(line[5])
    if source is None or destination is None or max(source_port, destination_port) > 0xFFFF:
        return None
    return Header(source, destination, source_port, destination_port, None, stop)


def _packed(family: bytes, text: bytes) -> bytes | None:
    try:
        kind = IPv4Address if family == b"TCP4" else IPv6Address
        return kind(text.decode("ascii")).packed
    except AddressValueError:
        return None


def _version_2(stream: bytes) -> Header | NeedMore | None:
    if len(stream) < 16:
        return NeedMore(16)
    command, family, stop = stream[12], stream[13], 16 + (stream[14] << 8 | stream[15])
    if command not in (_V2_LOCAL, _V2_PROXY):
        return None
    if len(stream) < stop:
        return NeedMore(stop)
    if command == _V2_LOCAL or family == _UNSPECIFIED:
        return Header(None, None, None, None, None, stop)
    size = _ADDRESS_SIZE.get(family, 0)
    at = 16 + (2 * size + 4 if size else _UNIX_SIZE)
    if at > stop or not (size or family in _UNIX):
        return None
    authority = _authority(stream[at:stop])
    if not size:
        return Header(None, None, None, None, authority, stop)
    ports = stream[at - 4 : at]
    source, destination = stream[16 : 16 + size], stream[16 + size : 16 + 2 * size]
    return Header(source, destination, ports[0] << 8 | ports[1], ports[2] << 8 | ports[3], authority, stop)


def _authority(values: bytes) -> bytes | None:
    """The host name among the type-length-values behind the addresses."""
    at = 0
    while at + 3 <= len(values):
        kind, stop = values[at], at + 3 + (values[at + 1] << 8 | values[at + 2])
        if stop > len(values):
            return None
        if kind == _AUTHORITY:
            return values[at + 3 : stop] or None
        at = stop
    return None
