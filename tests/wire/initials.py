"""Protects Initial packets as RFC 9001 asks, with a library's key derivation rather than that of the code under test."""

from __future__ import annotations

from struct import pack
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from tests.wire.hellos import varint


class Keys(NamedTuple):
    key: bytes
    iv: bytes
    hp: bytes


def client_keys(salt: bytes, dcid: bytes, prefix: bytes = b"quic ", side: bytes = b"client in") -> Keys:
    extract = HMAC(salt, SHA256())
    extract.update(dcid)
    secret = _label(extract.finalize(), side, 32)
    return Keys(*(_label(secret, prefix + name, size) for name, size in ((b"key", 16), (b"iv", 12), (b"hp", 16))))


def _label(secret: bytes, label: bytes, size: int) -> bytes:
    label = b"tls13 " + label
    return HKDFExpand(SHA256(), size, pack(">HB", size, len(label)) + label + b"\x00").derive(secret)


def protect(keys: Keys, header: bytes, number: int, number_size: int, payload: bytes) -> bytes:
    """``header`` ends before the packet number; its first byte carries ``number_size - 1`` in its two low bits."""
    number_bytes = (number & ((1 << 8 * number_size) - 1)).to_bytes(number_size, "big")
    nonce = (int.from_bytes(keys.iv, "big") ^ number).to_bytes(12, "big")
    body = number_bytes + AESGCM(keys.key).encrypt(nonce, payload, header + number_bytes)
    mask = Cipher(AES(keys.hp), ECB()).encryptor().update(body[4:20])
    first = header[0] ^ (mask[0] & 0x0F)
    hidden = bytes(a ^ b for a, b in zip(number_bytes, mask[1:], strict=False))
    return bytes((first,)) + header[1:] + hidden + body[number_size:]


def initial(
    keys: Keys,
    payload: bytes,
    *,
    version: int = 1,
    dcid: bytes = b"",
    scid: bytes = b"",
    token: bytes = b"",
    number: int = 0,
    number_size: int = 1,
    kind: int = 0,
) -> bytes:
    """An Initial packet (or, by ``kind``, a long packet of another type that has the same form)."""
    header = bytes((0xC0 | kind << 4 | number_size - 1,)) + version.to_bytes(4, "big")
    header += bytes((len(dcid),)) + dcid + bytes((len(scid),)) + scid + varint(len(token), 2) + token
    header += varint(number_size + len(payload) + 16, 2)
    return protect(keys, header, number, number_size, payload)


def crypto(offset: int, data: bytes, kind: int = 6) -> bytes:
    return bytes((kind,)) + varint(offset, 4) + varint(len(data), 2) + data
