"""JA4: a fingerprint of the TLS client, as FoxIO defines it (https://github.com/FoxIO-LLC/ja4, technical_details/JA4.md).

It tells classes of clients apart (this browser, that library), never persons or machines.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Literal

from shadowai.wire.tls import ALPN, SERVER_NAME, ClientHello, is_grease

Transport = Literal["t", "q", "d"]
"""TLS over TCP, QUIC, DTLS."""

_VERSIONS = {
    **{0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2"},
    **{0xFEFF: "d1", 0xFEFD: "d2", 0xFEFC: "d3"},
}


def ja4(hello: ClientHello, transport: Transport) -> str:
    """The fingerprint of a hello, such as ``t13d1516h2_8daaf6152771_e5627efa2ab1``; 36 characters, always."""
    ciphers = [code for code in hello.ciphers if not is_grease(code)]
    extensions = [code for code in hello.extensions if not is_grease(code)]
    named = "d" if SERVER_NAME in extensions else "i"
    counts = f"{min(len(ciphers), 99):02}{min(len(extensions), 99):02}"
    kinds = _codes(sorted(code for code in extensions if code not in (SERVER_NAME, ALPN)))
    algorithms = _codes(code for code in hello.signature_algorithms if not is_grease(code))
    listed = f"{kinds}_{algorithms}" if algorithms else kinds
    first = f"{transport}{_version(hello)}{named}{counts}{_protocol(hello.alpn)}"
    return f"{first}_{_hash(_codes(sorted(ciphers)))}_{_hash(listed) if kinds else _hash('')}"


def _version(hello: ClientHello) -> str:
    """The newest version offered; those of DTLS count downwards (0xfefd is newer than 0xfeff)."""
    versions = hello.versions or (hello.version,)
    datagram = [version for version in versions if version >= 0xFE00]
    return _VERSIONS.get(min(datagram) if datagram else max(versions), "00")


def _protocol(alpn: tuple[bytes, ...]) -> str:
    """First and last character of the first protocol, or of its hexadecimal form where one of the two is no letter or
    digit of ASCII."""
    if not alpn or not alpn[0]:
        return "00"
    ends = alpn[0][:1] + alpn[0][-1:]
    if ends.isalnum():
        return ends.decode("ascii")
    digits = alpn[0].hex()
    return digits[0] + digits[-1]


def _codes(codes: Iterable[int]) -> str:
    return ",".join(f"{code:04x}" for code in codes)


def _hash(text: str) -> str:
    """The first 12 hexadecimal digits of SHA-256; zeros where there is nothing to hash."""
    return sha256(text.encode("ascii")).hexdigest()[:12] if text else "0" * 12
