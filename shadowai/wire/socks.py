"""Where a SOCKS client asks to be connected: SOCKS4, 4a and 5 (RFC 1928), told from the client's side alone.

What the server answers is not needed: after its greeting a client sends either its user name and password (RFC 1929) or
its request, and the first byte tells which. User names and passwords are stepped over and never returned.
"""

from __future__ import annotations

from typing import NamedTuple

from shadowai.wire.http import NeedMore as NeedMore

_CONNECT = 1
_IPV4, _DOMAIN, _IPV6 = 1, 3, 4  # RFC 1928, section 5
_PASSWORD = 2  # RFC 1928, section 3: the method that RFC 1929 describes
_MAX_TEXT = 256  # a user or a host in SOCKS4 ends in a zero byte; its specification sets no bound
_UNASSIGNED_METHODS = frozenset((0x04, *range(0x0A, 0x80), 0xFF))  # IANA, SOCKS Methods; 0xFF is the server's refusal


class Connect(NamedTuple):
    """A request to connect: to ``host`` as sent, or to a packed ``address``. The tunnelled stream begins ``used`` bytes into
    the client's stream."""

    host: bytes | None
    address: bytes | None
    port: int
    used: int


def connect(stream: bytes) -> Connect | NeedMore | None:
    """The request at the beginning of a client's stream, or ``None`` where it is not SOCKS or asks for something else."""
    if not stream:
        return NeedMore(1)
    if stream[0] == 5:
        return _version_5(stream)
    return _version_4(stream) if stream[0] == 4 else None


def _version_4(stream: bytes) -> Connect | NeedMore | None:
    """Version, command, port, address, user, zero byte; in 4a the address is 0.0.0.x and a host follows likewise."""
    if stream[1:2] not in (b"", b"\x01"):
        return None
    if len(stream) < 9:
        return NeedMore(9)
    port, address = stream[2] << 8 | stream[3], stream[4:8]
    if not port:
        return None
    at = _text_end(stream, 8)
    if not isinstance(at, int):
        return at
    if address[:3] != b"\0\0\0":
        return Connect(None, address, port, at)
    stop = _text_end(stream, at)
    if not isinstance(stop, int):
        return stop
    host = _host(stream[at : stop - 1])
    return Connect(host, None, port, stop) if host and address[3] else None


def _text_end(stream: bytes, at: int) -> int | NeedMore | None:
    """Where the text at ``at`` ends, behind its zero byte; ``None`` where it is too long."""
    stop = stream.find(b"\0", at, at + _MAX_TEXT)
    if stop >= 0:
        return stop + 1
    return NeedMore(len(stream) + 1) if len(stream) < at + _MAX_TEXT else None


def _version_5(stream: bytes) -> Connect | NeedMore | None:
    if len(stream) < 2:
        return NeedMore(2)
    at = 2 + stream[1]
    methods = stream[2:at]
    if at == 2 or not _UNASSIGNED_METHODS.isdisjoint(methods):
        return None
    if len(stream) <= at:
        return NeedMore(at + 1)
    if stream[at] == 1 and _PASSWORD in methods:
        at += 1
        for _ in range(2):  # user, password: each behind its length
            if len(stream) <= at:
                return NeedMore(at + 1)
            at += 1 + stream[at]
    return _request_5(stream, at)


def _request_5(stream: bytes, at: int) -> Connect | NeedMore | None:
    """Version, command, reserved, kind of address, address, port (RFC 1928, section 4)."""
    if not bytes((5, _CONNECT, 0)).startswith(stream[at : at + 3]):
        return None
    if len(stream) < at + 5:
        return NeedMore(at + 5)
    kind, at = stream[at + 3], at + 4
    if kind == _DOMAIN:
        at, size = at + 1, stream[at]
    else:
        size = {_IPV4: 4, _IPV6: 16}.get(kind, 0)
    if not size:
        return None
    if len(stream) < at + size + 2:
        return NeedMore(at + size + 2)
    value, port = stream[at : at + size], stream[at + size] << 8 | stream[at + size + 1]
    used = at + size + 2
    if kind != _DOMAIN:
        return Connect(None, value, port, used) if port else None
    host = _host(value)
    return Connect(host, None, port, used) if host and port else None


def _host(value: bytes) -> bytes | None:
    """A host as sent; ``None`` for what holds control bytes or blanks."""
    return None if not value or min(value) <= 0x20 or 0x7F in value else value
