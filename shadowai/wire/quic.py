"""QUIC as far as names go: the client's Initial packets, opened with keys that anybody can derive, and their CRYPTO frames.

RFC 9000 (packets, frames), RFC 9001 (keys), RFC 9369 (version 2); drafts 22 to 34 and Facebook's mvfst differ in the salt.
An Initial is protected against chance, not against readers: its keys follow from the connection id the client chose first.
Nothing here raises, whatever the bytes. Lengths and offsets are bytes.
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Profile(NamedTuple):
    """What a version changes: the salt of Initial keys, the prefix of their labels, the number of the Initial type."""

    salt: bytes
    prefix: bytes = b"quic "
    initial_type: int = 0


class Initial(NamedTuple):
    """An Initial packet: connection ids as sent, ``packet`` from its first byte to its end by its own length field, and
    where in it the protected packet number begins."""

    version: int
    dcid: bytes
    scid: bytes
    token_length: int
    packet: bytes
    number_at: int


_DRAFT_22 = Profile(bytes.fromhex("7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a"))
_DRAFT_23 = Profile(bytes.fromhex("c3eef712c72ebb5a11a7d2432bb46365bef9f502"))
_DRAFT_29 = Profile(bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899"))
_V1 = Profile(bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"))
_V2_DRAFT = Profile(bytes.fromhex("a707c203a59b47184a1d62ca570406ea7ae3e5d3"), b"quicv2 ", 1)
_V2 = Profile(bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9"), b"quicv2 ", 1)

PROFILES: dict[int, Profile] = {
    # mvfst falls back to the salt of draft 23 for each version it does not name (its getQuicVersionSalt).
    **{0xFACEB000 + n: _DRAFT_23 for n in range(0x100)},
    **{0xFACEB001: _DRAFT_22, 0xFACEB003: _V1, 0xFACEB004: _V1},
    0xFF000016: _DRAFT_22,
    **{0xFF000000 + n: _DRAFT_23 for n in range(23, 29)},
    **{0xFF000000 + n: _DRAFT_29 for n in range(29, 33)},
    **{0xFF000021: _V1, 0xFF000022: _V1, 0x00000001: _V1},
    **{0x709A50C4: _V2_DRAFT, 0x6B3343CF: _V2},
}
"""The versions whose Initial packets can be read (RFC 9001, section 5.2; RFC 9369, section 3.3)."""

_UNREADABLE = (
    *((0xFF000000, 8), (0xFF020000, 16), (0xFACE0000, 16), (0x00000000, 16), (0x50435130, 4), (0x50524F58, 0)),
    *((0x45474700, 8), (0x51474F00, 8), (0x91C17000, 8), (0xABCD0000, 8), (0xF0F0F000, 12), (0xF123F0C0, 4)),
)
"""Ranges that implementations took for themselves (base and number of free bits; IETF wiki "QUIC Versions")."""

_MOST_ID, _MOST_COALESCED, _MOST_FRAMES = 20, 16, 512
_SMALLEST_FIRST = 1200  # RFC 9000, section 14.1: a client's first datagram is padded to it
_INITIAL, _RETRY = 0, 3
_INNER_PAD, _OUTER_PAD = (bytes(code ^ pad for code in range(256)) for pad in (0x36, 0x5C))
_FILLING = re.compile(rb"[\x00\x01]*")  # PADDING and PING frames
_ZEROS = re.compile(rb"\x00*")
_ACK, _ACK_ECN, _CRYPTO = 2, 3, 6


def is_long_header(datagram: bytes) -> bool:
    """Whether a QUIC packet with a long header of a version that can be read may begin here, on whatever port.

    The fixed bit is not asked for (RFC 9287 lets it vary)."""
    return (
        len(datagram) > 6
        and datagram[0] > 0x7F
        and int.from_bytes(datagram[1:5], "big") in PROFILES
        and datagram[5] <= _MOST_ID
        and len(datagram) > 6 + datagram[5]
        and datagram[6 + datagram[5]] <= _MOST_ID
    )


def unknown_version(datagram: bytes) -> int | None:
    """The version of what looks like a client's first datagram in a version that cannot be read here; ``None`` for any
    other datagram, also for version negotiation and for versions that exist to be refused (0x?a?a?a?a)."""
    if len(datagram) < _SMALLEST_FIRST or datagram[0] < 0xC0 or datagram[5] > _MOST_ID:
        return None
    version = int.from_bytes(datagram[1:5], "big")
    if not version or version in PROFILES or version & 0x0F0F0F0F == 0x0A0A0A0A:
        return None
    return version if any(version >> bits == base >> bits for base, bits in _UNREADABLE) else None


def initials(datagram: bytes, profiles: Mapping[int, Profile] = PROFILES) -> tuple[Initial, ...]:
    """The Initial packets in a datagram: whole ones only, for the tag of a cut one cannot be checked.

    Other long packets are passed over by their length, and so are zeros between packets: datagrams that were filled up with them stand
    one behind the other where segmentation was left to the card. A short header, a Retry or an unknown version ends the walk."""
    found: list[Initial] = []
    at = 0
    for _ in range(_MOST_COALESCED):
        try:
            header = _long_header(datagram, at, profiles)
            if header is None or header[0] == _RETRY:
                break
            kind, version, dcid, scid, next_at = header
            token = 0
            if kind == _INITIAL:
                token, next_at = _varint(datagram, next_at)
            length, number_at = _varint(datagram, next_at + token)
        except IndexError:
            break
        end = number_at + length
        if end > len(datagram):
            break
        if kind == _INITIAL:
            found.append(Initial(version, dcid, scid, token, datagram[at:end], number_at - at))
        filled = _ZEROS.match(datagram, end)
        at = filled.end() if filled else end
    return tuple(found)


def retry(datagram: bytes) -> bytes | None:
    """The connection id that a server's Retry asks the client to use: the keys of its next Initials follow from it
    (RFC 9001, section 5.2). ``None`` where this is no Retry; its integrity tag is not checked."""
    try:
        header = _long_header(datagram, 0, PROFILES)
    except IndexError:
        return None
    if header is None or header[0] != _RETRY or len(datagram) < header[4] + 16:
        return None
    return header[3]


def _long_header(data: bytes, at: int, profiles: Mapping[int, Profile]) -> tuple[int, int, bytes, bytes, int] | None:
    """Type (as version 1 numbers them), version, both connection ids, and where the rest begins."""
    if data[at] < 0x80:
        return None
    version = int.from_bytes(data[at + 1 : at + 5], "big")
    profile = profiles.get(version)
    if profile is None:
        return None
    dcid_at = at + 6
    scid_at = dcid_at + data[dcid_at - 1] + 1
    end = scid_at + data[scid_at - 1]
    if scid_at - 1 - dcid_at > _MOST_ID or end - scid_at > _MOST_ID or end > len(data):
        return None
    kind = (data[at] >> 4) - profile.initial_type & 3
    return kind, version, data[dcid_at : scid_at - 1], data[scid_at:end], end


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer (RFC 9000, section 16) and where it ends; ``IndexError`` where it is cut."""
    first = data[at]
    if first < 0x40:
        return first, at + 1
    size = 1 << (first >> 6)
    if at + size > len(data):
        raise IndexError
    return int.from_bytes(data[at : at + size], "big") & ((1 << 8 * size - 2) - 1), at + size


class _Keys(NamedTuple):
    iv: int
    cipher: Any  # AESGCM
    mask: Any  # the encryptor of header protection


class _Hmac:
    """HMAC-SHA-256 (RFC 2104): several messages under one key of at most 64 bytes, which is hashed once."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        block = key.ljust(64, b"\0")
        self._inner = sha256(block.translate(_INNER_PAD))
        self._outer = sha256(block.translate(_OUTER_PAD))

    def __call__(self, message: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


@cache
def _info(label: bytes, size: int) -> bytes:
    """What HKDF-Expand-Label hashes for a label and an empty context (RFC 8446, section 7.1), for at most one hash's length."""
    label = b"tls13 " + label
    return bytes((0, size, len(label))) + label + b"\x00\x01"


@cache
def _extract(salt: bytes) -> _Hmac:
    return _Hmac(salt)


@cache
def _ciphers() -> tuple[Any, Any]:
    """What makes the cipher of packets and that of their headers; imported when the first Initial is met.

    One block at a time through ECB is what the RFC asks for: it masks a header (section 5.4.3), it encrypts nothing.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    return AESGCM, lambda key: Cipher(AES(key), ECB()).encryptor()


@cache
def _invalid_tag() -> type[Exception]:
    from cryptography.exceptions import InvalidTag

    return InvalidTag


def _client_keys(profile: Profile, dcid: bytes) -> _Keys:
    initial = _Hmac(_extract(profile.salt)(dcid))
    expand = _Hmac(initial(_info(b"client in", 32)))
    cipher, mask = _ciphers()
    prefix = profile.prefix
    return _Keys(
        int.from_bytes(expand(_info(prefix + b"iv", 12))[:12], "big"),
        cipher(expand(_info(prefix + b"key", 16))[:16]),
        mask(expand(_info(prefix + b"hp", 16))[:16]),
    )


class Opener:
    """Opens clients' Initial packets. Keys are remembered per version and connection id, the oldest forgotten beyond
    ``most``."""

    def __init__(self, most: int = 4096, profiles: Mapping[int, Profile] = PROFILES) -> None:
        self._most = max(most, 1)
        self._profiles = profiles
        self._keys: dict[tuple[int, bytes], _Keys] = {}

    def frames(self, initial: Initial, dcid: bytes) -> tuple[tuple[int, bytes], ...] | None:
        """The CRYPTO frames (offset, bytes) of a client's Initial, with the keys of connection id ``dcid``: that of the
        client's very first packet, or of the Retry. ``None`` where the packet was not protected with them."""
        plain = self.payload(initial, dcid)
        return None if plain is None else crypto_frames(plain)

    def payload(self, initial: Initial, dcid: bytes) -> bytes | None:
        """The frames of a client's Initial as bytes; ``None`` where its tag does not verify."""
        packet, at = initial.packet, initial.number_at
        keys = self._derived(initial.version, dcid)
        if keys is None or len(packet) < at + 20:
            return None
        mask = keys.mask.update(packet[at + 4 : at + 20])
        first = packet[0] ^ (mask[0] & 0x0F)
        start = at + 1 + (first & 3)
        # The number is sent without its upper bytes. A client's Initials are so few that there are none.
        size = start - at
        number = int.from_bytes(packet[at:start], "big") ^ int.from_bytes(mask[1 : 1 + size], "big")
        header = bytes((first,)) + packet[1:at] + number.to_bytes(size, "big")
        nonce = (keys.iv ^ number).to_bytes(12, "big")
        try:
            return keys.cipher.decrypt(nonce, packet[start:], header)  # type: ignore[no-any-return]
        except _invalid_tag():
            return None

    def _derived(self, version: int, dcid: bytes) -> _Keys | None:
        keys = self._keys.get((version, dcid))
        if keys is None:
            profile = self._profiles.get(version)
            if profile is None:
                return None
            if len(self._keys) >= self._most:
                del self._keys[next(iter(self._keys))]
            keys = self._keys[version, dcid] = _client_keys(profile, dcid)
        return keys


def crypto_frames(
    payload: bytes, crypto: int = _CRYPTO, filling: re.Pattern[bytes] = _FILLING
) -> tuple[tuple[int, bytes], ...]:
    """The CRYPTO frames (offset, bytes) in the payload of an Initial, up to the first frame that may not be there.

    ``crypto`` is the number of their type, ``filling`` matches what may stand between frames (it may match nothing)."""
    found: list[tuple[int, bytes]] = []
    at, end = 0, len(payload)
    try:
        while len(found) < _MOST_FRAMES:
            skipped = filling.match(payload, at)
            at = skipped.end() if skipped else at
            if at >= end:
                break
            kind = payload[at]
            if kind == crypto:
                offset, at = _varint(payload, at + 1)
                length, at = _varint(payload, at)
                if at + length > end:
                    break
                found.append((offset, payload[at : at + length]))
                at += length
            elif kind in (_ACK, _ACK_ECN):
                at = _after_ack(payload, at)
            else:
                break
    except IndexError:
        pass  # a frame that is cut ends the walk: what was read before it counts
    return tuple(found)


def _after_ack(payload: bytes, at: int) -> int:
    """Where an ACK frame ends (RFC 9000, section 19.3); ``IndexError`` ends a range count that promises too much."""
    kind = payload[at]
    _, at = _varint(payload, at + 1)
    _, at = _varint(payload, at)
    ranges, at = _varint(payload, at)
    for _ in range(1 + 2 * ranges + (3 if kind == _ACK_ECN else 0)):
        _, at = _varint(payload, at)
    return at


class CryptoStream:
    """The bytes of CRYPTO frames put in order: they may come in any order, overlap, repeat. What is in order stays as it is.

    At most ``most`` bytes, and at most ``frames`` pieces that wait for what precedes them; the rest is not taken."""

    def __init__(self, most: int = 65536, frames: int = 256) -> None:
        self._most = most
        self._frames = frames
        self._head = bytearray()
        self._waiting: dict[int, bytes] = {}

    def add(self, offset: int, data: bytes) -> None:
        """Takes one frame."""
        if offset + len(data) > self._most or not data:
            return
        have = len(self._head)
        if offset <= have:
            self._head += data[have - offset :]
            if self._waiting and len(self._head) > have:
                self._join()
        elif len(self._waiting) < self._frames and len(data) > len(self._waiting.get(offset, b"")):
            self._waiting[offset] = data

    def _join(self) -> None:
        for offset in sorted(self._waiting):
            if offset > len(self._head):
                break
            self._head += self._waiting.pop(offset)[len(self._head) - offset :]

    def contiguous(self) -> bytes:
        """All bytes from offset 0 to the first gap: a name may be whole in them before the message is."""
        return bytes(self._head)

    def message(self) -> bytes | None:
        """The handshake message at offset 0 (4-byte header included) once it is whole; ``None`` until then."""
        head = self._head
        size = 4 + int.from_bytes(head[1:4], "big")
        return bytes(head[:size]) if len(head) >= 4 and len(head) >= size else None
