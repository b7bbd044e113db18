"""Builds hellos, records and certificate messages by hand, so that the tests do not read what the code under test wrote."""

from __future__ import annotations

from struct import pack


def extension(kind: int, data: bytes = b"") -> bytes:
    return pack(">HH", kind, len(data)) + data


def named(*names: bytes, kind: int = 0) -> bytes:
    """A server_name extension; ``kind`` is the type of each entry (0: host_name)."""
    entries = b"".join(pack(">BH", kind, len(name)) + name for name in names)
    return extension(0, pack(">H", len(entries)) + entries)


def alpn(*protocols: bytes) -> bytes:
    entries = b"".join(bytes((len(protocol),)) + protocol for protocol in protocols)
    return extension(16, pack(">H", len(entries)) + entries)


def listed(kind: int, codes: tuple[int, ...], width: int) -> bytes:
    """An extension that is one list of two-byte codes behind a length of ``width`` bytes."""
    data = pack(f">{len(codes)}H", *codes)
    return extension(kind, len(data).to_bytes(width, "big") + data)


def hello(
    *extensions: bytes,
    ciphers: tuple[int, ...] = (0x1301, 0xC02B),
    version: int = 0x0303,
    session: bytes = bytes(range(32)),
    cookie: bytes | None = None,
) -> bytes:
    """A ClientHello as a handshake message; with ``cookie`` that of DTLS. No extensions: without their block."""
    body = pack(">H", version) + bytes(range(100, 132)) + bytes((len(session),)) + session
    if cookie is not None:
        body += bytes((len(cookie),)) + cookie
    body += pack(f">H{len(ciphers)}H", 2 * len(ciphers), *ciphers) + b"\x01\x00"
    if extensions:
        block = b"".join(extensions)
        body += pack(">H", len(block)) + block
    return message(1, body)


def message(kind: int, body: bytes) -> bytes:
    return bytes((kind,)) + len(body).to_bytes(3, "big") + body


def records(data: bytes, size: int = 16384, kind: int = 22, version: int = 0x0301) -> bytes:
    """``data`` as records of ``size`` bytes of content."""
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(pack(">BHH", kind, version, len(part)) + part for part in parts)


def certificate_message(*chain: bytes) -> bytes:
    entries = b"".join(len(der).to_bytes(3, "big") + der for der in chain)
    return message(11, len(entries).to_bytes(3, "big") + entries)


def varint(value: int, size: int) -> bytes:
    """A QUIC variable-length integer on 1, 2, 4 or 8 bytes."""
    return (value | (size.bit_length() - 1) << (8 * size - 2)).to_bytes(size, "big")
