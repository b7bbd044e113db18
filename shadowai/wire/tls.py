"""TLS as far as names go: the record layer, the ClientHello, the server's Certificate message.

RFC 8446 (TLS 1.3) and RFC 5246 (TLS 1.2) for records and handshake messages, RFC 6066 for the server name. Lengths are
bytes. Nothing here raises, whatever the bytes; names are given as they were sent.
"""

from __future__ import annotations

from struct import Struct, unpack_from
from typing import NamedTuple

HANDSHAKE, ALERT = 22, 21
"""Record content types (RFC 8446, section 5.1)."""

CLIENT_HELLO, SERVER_HELLO, CERTIFICATE = 1, 2, 11
"""Handshake types (RFC 8446, section 4)."""

SERVER_NAME, SIGNATURE_ALGORITHMS, ALPN, SUPPORTED_VERSIONS = 0, 13, 16, 43
QUIC_TRANSPORT, QUIC_TRANSPORT_DRAFT, ENCRYPTED_HELLO, ENCRYPTED_NAME = 0x39, 0xFFA5, 0xFE0D, 0xFFCE
"""Extension types (IANA, TLS ExtensionType Values; 0xffa5 is that of QUIC drafts, 0xffce of draft-ietf-tls-esni-01)."""

PRELOGIN_HEADER = 8

_PAIR = Struct(">HH").unpack_from
_MOST_RECORD = 16384 + 2048  # RFC 5246, section 6.2.3: the largest record there ever was
_MOST_EMPTY = 8  # records without content are forbidden (RFC 8446, section 5.1), yet servers bear a few
_MOST_CHAIN = 1 << 17
_MOST_CERTIFICATES = 64


class NeedMore(NamedTuple):
    """What is there is the beginning of it: ``at_least`` further bytes of the stream are certainly needed.

    It is a tuple as certificates are: ask for this type first."""

    at_least: int


class Handshake(NamedTuple):
    """Handshake bytes without their record headers. ``used`` is how far into the stream they reach, ``open`` how many
    bytes the last record still lacks; ``ended`` is true where something that is no handshake record follows."""

    messages: bytes
    used: int
    open: int = 0
    ended: bool = False


class EncryptedHello(NamedTuple):
    """The encrypted_client_hello extension (draft-ietf-tls-esni, section 5). Real and GREASE look alike on purpose.

    ``outer`` is false for the marker of an inner hello, which has nothing else. Sizes are those of its two fields.
    """

    outer: bool
    config_id: int = 0
    enc_length: int = 0
    payload_length: int = 0


class ClientHello(NamedTuple):
    """A ClientHello. ``version`` is the legacy field; ``versions`` are the supported_versions without GREASE;
    ``server_name`` the first host_name as sent; ``extensions`` and ``ciphers`` are in order, with GREASE."""

    version: int
    versions: tuple[int, ...] = ()
    server_name: bytes | None = None
    alpn: tuple[bytes, ...] = ()
    ciphers: tuple[int, ...] = ()
    extensions: tuple[int, ...] = ()
    signature_algorithms: tuple[int, ...] = ()
    ech: EncryptedHello | None = None
    esni: bool = False
    quic_transport: bool = False


def is_grease(value: int) -> bool:
    """Whether a code point is one of those that mean nothing (RFC 8701): 0x0a0a, 0x1a1a … 0xfafa."""
    return value & 0x0F0F == 0x0A0A and value >> 8 == value & 0xFF


def hello_start(data: bytes, at: int = 0) -> bool:
    """Whether a record with a ClientHello may begin here, as far as the bytes present tell; true of no bytes at all."""
    for _ in range(_MOST_EMPTY):
        head = data[at : at + 7]
        size = len(head)
        if (size and head[0] != HANDSHAKE) or (size > 1 and head[1] != 3) or (size > 2 and head[2] > 4):
            return False
        if size < 5:
            return size < 4 or head[3] <= _MOST_RECORD >> 8
        length = head[3] << 8 | head[4]
        if length:
            # 65,536 bytes of hello are the most that anything here reads, so its 24-bit length begins with 0 or 1.
            first_two = size < 6 or (head[5] == CLIENT_HELLO and (size < 7 or length < 2 or head[6] <= 1))
            return length <= _MOST_RECORD and first_two
        at += 5
    return False


def in_prelogin(data: bytes, at: int = 0) -> bool:
    """Whether a handshake record begins within a PRELOGIN packet of SQL Server, behind its :data:`PRELOGIN_HEADER` bytes of header:
    clients send their hello so ([MS-TDS], sections 2.2.3.1 and 3.2.5.2)."""
    return data[at : at + 2] == b"\x12\x01" and data[at + PRELOGIN_HEADER : at + PRELOGIN_HEADER + 2] == b"\x16\x03"


def messages(stream: bytes, at: int = 0, most: int = 65536, *, alerts: bool = False) -> Handshake:
    """All handshake bytes from ``at`` on, at least ``most`` where there are as many; the last record may be cut.

    ``alerts``: alerts between the records are passed over (a server's warning about the name precedes its hello).
    """
    found = bytearray()
    end, empty = len(stream), 0
    while len(found) < most:
        if end - at < 5:
            other = at < end and stream[at] != HANDSHAKE and not (alerts and stream[at] == ALERT)
            return Handshake(bytes(found), at, 0, other)
        kind, major, minor, length = unpack_from(">BBBH", stream, at)
        if major != 3 or minor > 4 or length > _MOST_RECORD or (kind != HANDSHAKE and not (alerts and kind == ALERT)):
            return Handshake(bytes(found), at, 0, True)
        empty += not length
        if empty > _MOST_EMPTY:
            return Handshake(bytes(found), at, 0, True)
        body = stream[at + 5 : at + 5 + length]
        if kind == HANDSHAKE:
            found += body
        at += 5 + len(body)
        if len(body) < length:
            return Handshake(bytes(found), at, length - len(body), False)
    return Handshake(bytes(found), at)


def handshake(stream: bytes, at: int = 0, most: int = 65536) -> bytes | NeedMore | None:
    """The first whole handshake message (its 4-byte header included) of the records that begin at ``at``.

    ``NeedMore`` where it is incomplete; ``None`` where it is no TLS handshake, or longer than ``most``.
    """
    if len(stream) - at >= 9 and stream[at] == HANDSHAKE and stream[at + 1] == 3:
        size = 4 + (stream[at + 6] << 16 | stream[at + 7] << 8 | stream[at + 8])
        length = stream[at + 3] << 8 | stream[at + 4]
        if size <= length <= _MOST_RECORD and stream[at + 2] <= 4 and len(stream) - at >= 5 + size <= most + 9:
            return stream[at + 5 : at + 5 + size]  # the usual case: one record holds it all
    run = messages(stream, at, most + 4)
    data = run.messages
    size = 4 if len(data) < 4 else 4 + int.from_bytes(data[1:4], "big")
    if size > most + 4:
        return None
    if len(data) >= size:
        return data[:size]
    return None if run.ended else NeedMore(_lacking(run, size - len(data), len(stream)))


def _lacking(run: Handshake, wanted: int, end: int) -> int:
    """Stream bytes without which ``wanted`` more handshake bytes cannot be there."""
    if not run.open:
        return 5 - (end - run.used) + wanted
    return wanted if run.open >= wanted else wanted + 5


def server_name(message: bytes) -> bytes | None:
    """The server name of a ClientHello (handshake message), by the shortest way; what follows the name is not looked at.

    A message that was cut gives its name where the name is whole.
    """
    if not message or message[0] != CLIENT_HELLO:
        return None
    try:
        at = 39 + message[38]
        at += 2 + (message[at] << 8 | message[at + 1])
        at += 1 + message[at]
        end = at + 2 + (message[at] << 8 | message[at + 1])
    except IndexError:
        return None
    at += 2
    end = min(end, len(message))
    while at + 4 <= end:
        kind, length = _PAIR(message, at)
        at += 4
        if not kind:
            return host_name(message[at : min(at + length, end)])
        at += length
    return None


def host_name(extension: bytes) -> bytes | None:
    """The first host_name in the data of a server_name extension (RFC 6066, section 3), where it is whole."""
    at = 2
    while at + 3 <= len(extension):
        kind, length = unpack_from(">BH", extension, at)
        at += 3
        if not kind:
            return extension[at : at + length] if 0 < length <= len(extension) - at else None
        at += length
    return None


def partial_server_name(stream: bytes, at: int = 0) -> bytes | None:
    """The server name of a hello whose end was not captured, from the records that begin at ``at``: only if whole."""
    return server_name(messages(stream, at).messages)


def hello_in_datagram(datagram: bytes) -> bytes | None:
    """A whole ClientHello in a record that stands behind at most 32 bytes of another header: remote desktop sends TLS over
    UDP so (MS-RDPEUDP2, section 2.2.1), its header having no fixed size."""
    at = datagram.find(b"\x16\x03", 0, 34)
    while at >= 0:
        found = handshake(datagram, at) if hello_start(datagram, at) else None
        if isinstance(found, bytes) and client_hello(found):
            return found
        at = datagram.find(b"\x16\x03", at + 1, 34)
    return None


def client_hello(message: bytes, *, dtls: bool = False) -> ClientHello | None:
    """The fields of a whole ClientHello (4-byte header included); ``None`` where it is none.

    ``dtls``: a cookie follows the session id (RFC 6347, section 4.2.1). Extensions are read up to the first that is
    corrupt; what was read until there counts.
    """
    if not message or message[0] != CLIENT_HELLO:
        return None
    try:
        version = message[4] << 8 | message[5]
        at = 39 + message[38]
        if dtls:
            at += 1 + message[at]
        ciphers = at + 2
        at = ciphers + (message[at] << 8 | message[at + 1])
        ciphers_end = at
        at += 1 + message[at]
        if at > len(message):
            return None
    except IndexError:
        return None
    order, data = _extensions(message, at)
    name, protocols, algorithms = data.get(SERVER_NAME), data.get(ALPN), data.get(SIGNATURE_ALGORITHMS)
    return ClientHello(
        version=version,
        versions=tuple(v for v in _codes(data.get(SUPPORTED_VERSIONS, b"")[1:]) if not is_grease(v)),
        server_name=host_name(name) if name else None,
        alpn=_protocols(protocols) if protocols else (),
        ciphers=_codes(message[ciphers:ciphers_end]),
        extensions=order,
        signature_algorithms=_codes(algorithms[2:]) if algorithms else (),
        ech=_encrypted(data.get(ENCRYPTED_HELLO)),
        esni=ENCRYPTED_NAME in data,
        quic_transport=QUIC_TRANSPORT in data or QUIC_TRANSPORT_DRAFT in data,
    )


def _extensions(message: bytes, at: int) -> tuple[tuple[int, ...], dict[int, bytes]]:
    """Types in order, and the data of the first of each; the last may be cut."""
    order: list[int] = []
    data: dict[int, bytes] = {}
    if at + 2 <= len(message):
        end = min(at + 2 + (message[at] << 8 | message[at + 1]), len(message))
        at += 2
        while at + 4 <= end:
            kind, length = _PAIR(message, at)
            at += 4
            order.append(kind)
            data.setdefault(kind, message[at : min(at + length, end)])
            at += length
    return tuple(order), data


def _codes(data: bytes) -> tuple[int, ...]:
    """Two-byte code points; an odd byte at the end is no code point."""
    return unpack_from(f">{len(data) // 2}H", data)


def _protocols(extension: bytes) -> tuple[bytes, ...]:
    """ALPN protocol names (RFC 7301, section 3.1) up to the first that is not whole."""
    found: list[bytes] = []
    at = 2
    while at < len(extension) and at + 1 + extension[at] <= len(extension):
        found.append(extension[at + 1 : at + 1 + extension[at]])
        at += 1 + extension[at]
    return tuple(found)


def _encrypted(extension: bytes | None) -> EncryptedHello | None:
    """The fields of the extension: type, KDF and AEAD (2 bytes each), config id, enc, payload (lengths of 2 bytes)."""
    if not extension:
        return None
    if extension[0] or len(extension) < 8:
        return EncryptedHello(outer=not extension[0])
    enc = int.from_bytes(extension[6:8], "big")
    payload = int.from_bytes(extension[8 + enc : 10 + enc], "big")
    return EncryptedHello(True, extension[5], enc, payload)


def certificates(stream: bytes, at: int = 0, *, leaf_only: bool = False) -> tuple[bytes, ...] | NeedMore | None:
    """The certificates (DER, the server's own first) of a server's stream up to TLS 1.2: ServerHello, then Certificate.

    ``NeedMore`` where the message is not there yet; ``None`` where none can follow: TLS 1.3, a resumed session, no TLS.
    ``leaf_only``: the server's own, as soon as that one is whole.
    """
    run = messages(stream, at, _MOST_CHAIN, alerts=True)
    data = run.messages
    start = 0
    for expected in ((SERVER_HELLO,), (CERTIFICATE, 23), (CERTIFICATE,)):  # 23: supplemental_data (RFC 4680)
        if start < len(data) and data[start] not in expected:
            return None
        if len(data) < start + 4:
            return None if run.ended else NeedMore(_lacking(run, start + 4 - len(data), len(stream)))
        size = 4 + int.from_bytes(data[start + 1 : start + 4], "big")
        if size > _MOST_CHAIN:
            return None
        body, lacking = data[start + 4 : start + size], start + size - len(data)
        if data[start] == CERTIFICATE and (lacking <= 0 or (leaf_only and _chain(body))):
            return _chain(body)[: 1 if leaf_only else None] or None
        if lacking > 0:
            return None if run.ended else NeedMore(_lacking(run, lacking, len(stream)))
        start += size
    return None


def _chain(body: bytes) -> tuple[bytes, ...]:
    """The whole certificates in the body of a Certificate message (RFC 5246, section 7.4.2)."""
    found: list[bytes] = []
    at = 3
    while at + 3 <= len(body) and len(found) < _MOST_CERTIFICATES:
        end = at + 3 + int.from_bytes(body[at : at + 3], "big")
        if end > len(body):
            break
        found.append(body[at + 3 : end])
        at = end
    return tuple(found)
