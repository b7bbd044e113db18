"""TLS and DTLS: hellos with what real clients put in, and a server's flight with its certificate in clear."""

from __future__ import annotations

import functools
import hashlib
import struct
from collections.abc import Sequence

HANDSHAKE, APPLICATION = 22, 23
SNI, ALPN, PADDING, ECH = 0, 16, 21, 0xFE0D
"""Extension types (IANA, TLS ExtensionType Values)."""

_CLIENT_HELLO, _SERVER_HELLO, _CERTIFICATE, _DONE = 1, 2, 11, 14
_GREASE = 0x3A3A


def _some(seed: str, size: int) -> bytes:
    """Bytes that look random and are always the same."""
    return hashlib.shake_128(seed.encode()).digest(size)


def extension(kind: int, body: bytes) -> bytes:
    """An extension (RFC 8446, section 4.2)."""
    return struct.pack(">HH", kind, len(body)) + body


def message(kind: int, body: bytes) -> bytes:
    """A handshake message (RFC 8446, section 4)."""
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def records(content: bytes, *, kind: int = HANDSHAKE, size: int = 16_384, version: int = 0x0301) -> bytes:
    """``content`` in records of at most ``size`` bytes (RFC 8446, section 5.1)."""
    pieces = [content[place : place + size] for place in range(0, len(content), size)]
    return b"".join(struct.pack(">BHH", kind, version, len(piece)) + piece for piece in pieces)


def server_name(name: bytes) -> bytes:
    """The extension that says which name is wanted (RFC 6066, section 3)."""
    return extension(SNI, struct.pack(">HBH", len(name) + 3, 0, len(name)) + name)


def protocols(names: Sequence[str]) -> bytes:
    """ALPN (RFC 7301)."""
    listed = b"".join(bytes([len(name)]) + name.encode() for name in names)
    return extension(ALPN, struct.pack(">H", len(listed)) + listed)


def encrypted_hello(seed: str) -> bytes:
    """The extension of an outer hello (RFC 9849); one that only greases it looks the same, and keeps its own name outside."""
    body = b"\0\0\1\0\1\x2a" + struct.pack(">H", 32) + _some(seed, 32) + struct.pack(">H", 208) + _some(seed, 208)
    return extension(ECH, body)


def client_hello(
    name: str | bytes | None,
    *,
    alpn: Sequence[str] = ("h2", "http/1.1"),
    size: int = 0,
    ech: bool = False,
    extra: Sequence[bytes] = (),
    session: int = 32,
) -> bytes:
    """A ClientHello message (RFC 8446, section 4.1.2), without record.

    ``name`` may be ``None``: no SNI at all. With ``ech`` it is the outer name: a client-facing server's for a real one, the service's
    own for a greased one. ``size`` pads the message (RFC 7685); ``extra`` extensions come last.
    """
    wire = name.encode() if isinstance(name, str) else name
    seed = repr(wire)
    share = struct.pack(">HH", _GREASE, 1) + b"\0" + struct.pack(">HH", 29, 32) + _some(seed, 32)
    extensions = [
        extension(_GREASE, b""),
        *([] if wire is None else [server_name(wire)]),
        extension(10, struct.pack(">HHHH", 6, _GREASE, 29, 23)),
        extension(13, struct.pack(">HHHH", 6, 0x0403, 0x0804, 0x0401)),
        *([protocols(alpn)] if alpn else []),
        extension(43, b"\x04\x03\x04\x03\x03"),
        extension(51, struct.pack(">H", len(share)) + share),
        *([encrypted_hello(seed)] if ech else []),
        *extra,
    ]
    ciphers = struct.pack(">5H", _GREASE, 0x1301, 0x1302, 0xC02B, 0xC02F)
    start = b"\x03\x03" + _some(f"r{seed}", 32) + bytes([session]) + _some(f"s{seed}", session)
    start += struct.pack(">H", len(ciphers)) + ciphers + b"\x01\x00"
    missing = size - (4 + len(start) + 2 + sum(map(len, extensions)))
    if missing > 0:
        extensions.append(extension(PADDING, b"\0" * max(0, missing - 4)))
    body = b"".join(extensions)
    return message(_CLIENT_HELLO, start + struct.pack(">H", len(body)) + body)


def hello(
    name: str | bytes | None,
    *,
    alpn: Sequence[str] = ("h2", "http/1.1"),
    size: int = 0,
    ech: bool = False,
    extra: Sequence[bytes] = (),
    record: int = 16_384,
) -> bytes:
    """A :func:`client_hello` in records of at most ``record`` bytes: what a client sends first."""
    return records(client_hello(name, alpn=alpn, size=size, ech=ech, extra=extra), size=record)


def dtls_hello(name: str, *, cookie: bytes = b"") -> bytes:
    """A DTLS 1.2 ClientHello in one record (RFC 6347, sections 4.1 and 4.2)."""
    body = client_hello(name, alpn=("webrtc",))[4:]
    place = 2 + 32 + 1 + body[34]
    body = b"\xfe\xfd" + body[2:place] + bytes([len(cookie)]) + cookie + body[place:]
    length = len(body).to_bytes(3, "big")
    handshake = bytes([_CLIENT_HELLO]) + length + b"\0\0" + b"\0\0\0" + length + body
    return struct.pack(">BHHIHH", HANDSHAKE, 0xFEFF, 0, 0, 0, len(handshake)) + handshake


@functools.cache
def certificate(*names: str) -> bytes:
    """A self-signed certificate for ``names`` in DER, the first as its common name; the same in every run."""
    from datetime import UTC, datetime

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID

    key = Ed25519PrivateKey.from_private_bytes(_some("key", 32))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .sign(key, None)
    )
    return made.public_bytes(Encoding.DER)


def server_hello() -> bytes:
    """A ServerHello message of TLS 1.2."""
    return message(_SERVER_HELLO, b"\x03\x03" + _some("server", 32) + b"\x00" + b"\xc0\x2f" + b"\x00")


def server_flight(*names: str, record: int = 16_384) -> bytes:
    """What a TLS 1.2 server sends first, the certificate for ``names`` in clear (RFC 5246, section 7.4)."""
    der = certificate(*names)
    chain = len(der).to_bytes(3, "big") + der
    flight = server_hello() + message(_CERTIFICATE, len(chain).to_bytes(3, "big") + chain) + message(_DONE, b"")
    return records(flight, size=record, version=0x0303)


def application(size: int) -> bytes:
    """``size`` bytes of application data in records."""
    return records(_some("data", size), kind=APPLICATION, version=0x0303)
