"""DNS, HTTP/1, SOCKS and PROXY messages."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from itertools import pairwise

from tests.captures.packets import packed

A, CNAME, AAAA, HTTPS = 1, 5, 28, 65
"""Record types (IANA, DNS parameters)."""

_POINTER_TO_QUESTION = b"\xc0\x0c"


def dns_name(name: str | Sequence[bytes]) -> bytes:
    """A name as labels (RFC 1035, section 3.1); given as labels, they may hold any byte."""
    labels = [label.encode() for label in name.split(".") if label] if isinstance(name, str) else name
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def dns_query(name: str | Sequence[bytes], *, kind: int = A, number: int = 0x1234, flags: int = 0x0100) -> bytes:
    """A query (RFC 1035, section 4.1). An mDNS one has ``number`` and ``flags`` 0 (RFC 6762, section 18)."""
    return struct.pack(">6H", number, flags, 1, 0, 0, 0) + dns_name(name) + struct.pack(">HH", kind, 1)


def dns_answer(
    name: str,
    addresses: Sequence[str],
    *,
    chain: Sequence[str] = (),
    ttl: int = 300,
    kind: int = A,
    number: int = 0x1234,
    code: int = 0,
) -> bytes:
    """The answer to a query for ``name``: through the canonical names of ``chain`` to ``addresses``."""
    owners = [_POINTER_TO_QUESTION, *map(dns_name, chain)]
    answers = [owner + struct.pack(">HHIH", CNAME, 1, ttl, len(target)) + target for owner, target in pairwise(owners)]
    for address in map(packed, addresses):
        answers.append(
            owners[-1] + struct.pack(">HHIH", A if len(address) == 4 else AAAA, 1, ttl, len(address)) + address
        )
    head = struct.pack(">6H", number, 0x8180 | code, 1, len(answers), 0, 0)
    return head + dns_name(name) + struct.pack(">HH", kind, 1) + b"".join(answers)


def https_record(name: str, public: str) -> bytes:
    """An HTTPS record for ``name`` whose ECH configuration has the public name ``public`` (RFC 9460, RFC 9849)."""
    contents = b"\x01\x00\x20" + struct.pack(">H", 32) + bytes(32) + struct.pack(">HHH", 4, 1, 1)
    contents += b"\x00" + bytes([len(public)]) + public.encode() + b"\0\0"
    config = struct.pack(">HH", 0xFE0D, len(contents)) + contents
    configs = struct.pack(">H", len(config)) + config
    value = b"\0\1\0" + struct.pack(">HH", 5, len(configs)) + configs
    head = struct.pack(">6H", 0x1234, 0x8180, 1, 1, 0, 0) + dns_name(name) + struct.pack(">HH", 65, 1)
    return head + b"\xc0\x0c" + struct.pack(">HHIH", 65, 1, 300, len(value)) + value


def dns_over_tcp(*messages: bytes) -> bytes:
    """Messages with their lengths (RFC 1035, section 4.2.2)."""
    return b"".join(struct.pack(">H", len(one)) + one for one in messages)


def request(
    host: str | None,
    target: str = "/",
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> bytes:
    """An HTTP/1.1 request (RFC 9112); ``target`` may be absolute."""
    fields = ({} if host is None else {"Host": host}) | dict(headers or {})
    if body:
        fields["Content-Length"] = str(len(body))
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def response(body: bytes = b"", *, status: str = "200 OK") -> bytes:
    """An HTTP/1.1 response."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode("latin-1") + body


def connect(authority: str) -> bytes:
    """A request for a tunnel (RFC 9110, section 9.3.6)."""
    return request(authority, authority, method="CONNECT")


ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
"""What a proxy says before a tunnel begins."""

SOCKS5_GREETING, SOCKS5_CHOICE = b"\x05\x01\x00", b"\x05\x00"
"""A client that needs no authentication, and a proxy that agrees (RFC 1928, section 3)."""

SOCKS5_GRANTED = b"\x05\x00\x00\x01" + b"\0" * 6


def socks5(name: str, port: int) -> bytes:
    """A SOCKS5 request to connect to a name (RFC 1928, section 4)."""
    return b"\x05\x01\x00\x03" + bytes([len(name)]) + name.encode() + struct.pack(">H", port)


def socks4a(name: str, port: int, user: str = "") -> bytes:
    """A SOCKS4A request: an address that cannot be, then the name."""
    return b"\x04\x01" + struct.pack(">H", port) + b"\0\0\0\1" + user.encode() + b"\0" + name.encode() + b"\0"


def proxy_v1(source: str, destination: str, source_port: int, port: int) -> bytes:
    """The PROXY protocol's text header (HAProxy, section 2.1)."""
    family = "TCP6" if ":" in source else "TCP4"
    return f"PROXY {family} {source} {destination} {source_port} {port}\r\n".encode()


def proxy_v2(source: str, destination: str, source_port: int, port: int) -> bytes:
    """The PROXY protocol's binary header (HAProxy, section 2.2)."""
    ends = packed(source) + packed(destination) + struct.pack(">HH", source_port, port)
    family = 0x21 if ":" in source else 0x11
    return b"\r\n\r\n\0\r\nQUIT\n" + struct.pack(">BBH", 0x21, family, len(ends)) + ends
