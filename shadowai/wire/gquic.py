"""Google's own QUIC, before the IETF's: the name in a client's first packet.

Q0xx up to Q046 sends its CHLO, a table of tags and values, in clear; Q050 sends it in an Initial that is protected as the
IETF's are, with a salt of its own; T050 and T051 send a TLS ClientHello there. Sources: "QUIC Crypto" and "QUIC: A
UDP-Based Multiplexed and Secure Transport" (draft-hamilton-quic-transport-protocol-01); the salts are Chromium's.
"""

from __future__ import annotations

import re
from struct import unpack_from
from typing import NamedTuple

from shadowai.wire import quic, tls


class Hello(NamedTuple):
    """What a client says of itself: ``version`` as sent (four letters), the server's name and its own user agent, both as
    sent, ``None`` where absent."""

    version: bytes
    server_name: bytes | None
    user_agent: bytes | None


PROFILES: dict[int, quic.Profile] = {
    0x51303530: quic.Profile(bytes.fromhex("504574efd066fe2f9d945cfcdbd3a7f0d3b56b45")),
    0x54303530: quic.Profile(bytes.fromhex("7ff579e5acd072915580304c43a2367c60488310")),
    0x54303531: quic.Profile(bytes.fromhex("7a4edef4e7ccee5fa4506c19124fc8ccda6e033d")),
}
"""Q050, T050, T051: the versions with a protected first packet."""

_CLEAR = re.compile(rb"Q0(?:0[1-9]|[1-3]\d|4[0-6])")
_MOST_TAGS, _TAG_TABLE = 128, 8
_VERSION_FLAG, _ID_FLAG = 0x01, 0x08
_CRYPTO = 8  # its number in these versions; the IETF's is 6
_PADDING = re.compile(rb"\x00*")


def is_start(datagram: bytes) -> bool:
    """Whether a client's first packet may begin here: a version label in either of its two places, on whatever port."""
    if len(datagram) < 30:
        return False
    if datagram[0] < 0x80:
        return datagram[0] & 0x4B == _VERSION_FLAG | _ID_FLAG and _CLEAR.match(datagram, 9) is not None
    return int.from_bytes(datagram[1:5], "big") in PROFILES or _CLEAR.match(datagram, 1) is not None


def server_name(datagram: bytes, opener: quic.Opener | None = None) -> bytes | None:
    """The server's name as sent; ``None`` where there is none, or this is no such packet."""
    found = hello(datagram, opener)
    return found.server_name if found else None


def hello(datagram: bytes, opener: quic.Opener | None = None) -> Hello | None:
    """The hello in a client's first packet, where it is one. ``opener``, made with these ``PROFILES``, may be given to
    keep keys."""
    if not is_start(datagram):
        return None
    version = datagram[9:13] if datagram[0] < 0x80 else datagram[1:5]
    if _CLEAR.match(version):
        return _chlo(version, datagram, 13)
    for initial in quic.initials(datagram, PROFILES):
        plain = (opener or quic.Opener(1, PROFILES)).payload(initial, initial.dcid)
        if plain is not None:
            return _chlo(version, plain, 0) if version[:1] == b"Q" else _tls(version, plain)
    return None


def _chlo(version: bytes, data: bytes, at: int) -> Hello | None:
    """A CHLO wherever it begins: acknowledgements of many forms may stand before it. Its values follow the table of tags,
    each up to the end offset that stands beside its tag."""
    start = data.find(b"CHLO", at)
    if start < 0 or start + _TAG_TABLE > len(data):
        return None
    (count,) = unpack_from("<H", data, start + 4)
    values = start + _TAG_TABLE + 8 * count
    if not 0 < count <= _MOST_TAGS or values > len(data):
        return None
    found: dict[bytes, bytes] = {}
    begin = 0
    for index in range(count):
        tag, end = unpack_from("<4sI", data, start + _TAG_TABLE + 8 * index)
        if end < begin or values + end > len(data):
            break
        found.setdefault(tag, data[values + begin : values + end])
        begin = end
    return Hello(version, found.get(b"SNI\x00") or None, found.get(b"UAID") or None)


def _tls(version: bytes, payload: bytes) -> Hello | None:
    """The TLS ClientHello in the CRYPTO frames; its name counts as soon as the name is whole."""
    stream = quic.CryptoStream()
    for offset, data in quic.crypto_frames(payload, _CRYPTO, _PADDING):
        stream.add(offset, data)
    message = stream.contiguous()
    return Hello(version, tls.server_name(message), None) if message[:1] == b"\x01" else None
