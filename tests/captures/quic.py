"""QUIC Initial packets, versions 1 and 2, encrypted as a client does (RFC 9001, RFC 9369)."""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

_SAMPLE = 16
_TAG = 16


class _Version(NamedTuple):
    wire: int
    salt: bytes
    label: bytes
    initial: int


VERSIONS = {
    1: _Version(1, bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"), b"quic", 0),
    2: _Version(0x6B3343CF, bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9"), b"quicv2", 1),
}
"""RFC 9001, section 5.2, and RFC 9369, sections 3.1 to 3.3."""


def variable(value: int) -> bytes:
    """A variable-length integer (RFC 9000, section 16)."""
    for bits, size in ((6, 1), (14, 2), (30, 4), (62, 8)):
        if value < 1 << bits:
            return (value | (size.bit_length() - 1) << (8 * size - 2)).to_bytes(size, "big")
    raise ValueError(f"{value} is too large")


def crypto(data: bytes, offset: int = 0) -> bytes:
    """A CRYPTO frame (RFC 9000, section 19.6)."""
    return b"\x06" + variable(offset) + variable(len(data)) + data


def crypto_frames(message: bytes, cuts: Sequence[int] = ()) -> list[bytes]:
    """A handshake message in CRYPTO frames that begin at 0 and at each of ``cuts``."""
    places = [0, *cuts, len(message)]
    return [crypto(message[begin:end], begin) for begin, end in pairwise(places)]


def _expand(secret: bytes, label: bytes, size: int) -> bytes:
    """HKDF-Expand-Label for at most 32 bytes (RFC 8446, section 7.1)."""
    full = b"tls13 " + label
    info = struct.pack(">HB", size, len(full)) + full + b"\0"
    return hmac.new(secret, info + b"\1", hashlib.sha256).digest()[:size]


def initial(
    destination: bytes,
    *frames: bytes,
    version: int = 1,
    number: int = 0,
    number_size: int = 2,
    source: bytes = b"",
    token: bytes = b"",
    size: int = 1200,
    keyed_by: bytes | None = None,
    side: str = "client",
) -> bytes:
    """An Initial packet to the connection id ``destination`` with ``frames``, padded to ``size`` bytes.

    ``keyed_by`` is the id that the keys come from, where it is another: that of the client's first packet, before a server chose its
    own or sent a Retry.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    law = VERSIONS[version]
    root = hmac.new(law.salt, destination if keyed_by is None else keyed_by, hashlib.sha256).digest()
    secret = _expand(root, f"{side} in".encode(), 32)
    key, iv, mask_key = (
        _expand(secret, law.label + part, bytes_) for part, bytes_ in ((b" key", 16), (b" iv", 12), (b" hp", 16))
    )
    ids = bytes([len(destination)]) + destination + bytes([len(source)]) + source
    lead = struct.pack(">BI", 0xC0 | law.initial << 4 | number_size - 1, law.wire) + ids + variable(len(token)) + token
    plain = b"".join(frames)
    plain += b"\0" * (size - len(lead) - 2 - number_size - len(plain) - _TAG)
    rest = number_size + len(plain) + _TAG
    head = lead + struct.pack(">H", 0x4000 | rest) + number.to_bytes(number_size, "big")
    nonce = iv[:-8] + (int.from_bytes(iv[-8:], "big") ^ number).to_bytes(8, "big")
    packet = bytearray(head + AESGCM(key).encrypt(nonce, plain, head))
    at = len(lead) + 2
    mask = Cipher(algorithms.AES(mask_key), modes.ECB()).encryptor().update(bytes(packet[at + 4 : at + 4 + _SAMPLE]))
    packet[0] ^= mask[0] & 0x0F
    for place in range(number_size):
        packet[at + place] ^= mask[1 + place]
    return bytes(packet)


def short(destination: bytes, size: int = 200) -> bytes:
    """A packet with a short header (RFC 9000, section 17.3): what follows the handshake, unreadable."""
    return b"\x41" + destination + hashlib.shake_128(destination).digest(size)
