"""DTLS as far as names go: the ClientHello, whose fragments may be spread over records and datagrams.

RFC 6347 (DTLS 1.0 and 1.2) and RFC 9147 (1.3) send the ClientHello in the same plain form. Nothing here raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import unpack_from
from typing import NamedTuple

from shadowai.wire.tls import CLIENT_HELLO, HANDSHAKE

_VERSIONS = (0xFEFF, 0xFEFD, 0xFEFC, 0x0100)  # 0x0100: what OpenSSL sent for Cisco AnyConnect (DTLS1_BAD_VER)
_RECORD_HEADER, _MESSAGE_HEADER = 13, 12
_MOST_RECORDS, _MOST_FRAGMENTS, _MOST_MESSAGE = 64, 256, 65536


class HelloFragment(NamedTuple):
    """A piece of a ClientHello's body: ``data`` is its bytes from ``offset`` on, as far as they are there; ``length`` is that of
    the whole body."""

    message_seq: int
    length: int
    offset: int
    data: bytes


def hello_start(datagram: bytes) -> bool:
    """Whether the datagram begins with a plain handshake record that holds (a piece of) a ClientHello."""
    return (
        len(datagram) >= _RECORD_HEADER + _MESSAGE_HEADER
        and datagram[0] == HANDSHAKE
        and datagram[_RECORD_HEADER] == CLIENT_HELLO
        and (datagram[1] << 8 | datagram[2]) in _VERSIONS
        and not datagram[3]
        and not datagram[4]
    )


def client_hello_fragments(datagram: bytes) -> list[HelloFragment]:
    """The pieces of ClientHellos in the plain handshake records of a datagram, in the order they stand."""
    found: list[HelloFragment] = []
    at = 0
    for _ in range(_MOST_RECORDS):
        if len(datagram) - at < _RECORD_HEADER:
            break
        kind, version, epoch = unpack_from(">BHH", datagram, at)
        (length,) = unpack_from(">H", datagram, at + 11)
        if version not in _VERSIONS:
            break
        if kind == HANDSHAKE and not epoch:
            found += _pieces(datagram[at + _RECORD_HEADER : at + _RECORD_HEADER + length])
        at += _RECORD_HEADER + length
    return found


def _pieces(record: bytes) -> list[HelloFragment]:
    found: list[HelloFragment] = []
    at = 0
    while len(record) - at >= _MESSAGE_HEADER and len(found) < _MOST_FRAGMENTS:
        length = int.from_bytes(record[at + 1 : at + 4], "big")
        offset = int.from_bytes(record[at + 6 : at + 9], "big")
        size = int.from_bytes(record[at + 9 : at + 12], "big")
        data = record[at + _MESSAGE_HEADER : at + _MESSAGE_HEADER + size]
        if length > _MOST_MESSAGE or offset + size > length:
            break
        if record[at] == CLIENT_HELLO:
            found.append(HelloFragment(record[at + 4] << 8 | record[at + 5], length, offset, data))
        at += _MESSAGE_HEADER + size
    return found


def message(fragments: Iterable[HelloFragment]) -> bytes | None:
    """The first ClientHello that the fragments make whole, with a 4-byte header as TLS has it, for ``client_hello(…,
    dtls=True)``; ``None`` until there is one. Pieces of different messages or lengths are not mixed."""
    bodies: dict[tuple[int, int], list[HelloFragment]] = {}
    for count, fragment in enumerate(fragments):
        if count == _MOST_FRAGMENTS:
            break
        bodies.setdefault((fragment.message_seq, fragment.length), []).append(fragment)
    for (_, length), pieces in sorted(bodies.items()):
        body = _joined(pieces)
        if length and len(body) >= length:
            return _message(length, body)
    return None


def beginning(pieces: Sequence[HelloFragment]) -> bytes:
    """What is there of a ClientHello from its beginning on, with a header as :func:`message` gives it; the pieces are all of one."""
    return _message(pieces[0].length, _joined(pieces[:_MOST_FRAGMENTS])) if pieces else b""


def _joined(pieces: Iterable[HelloFragment]) -> bytes:
    body = bytearray()
    for piece in sorted(pieces, key=lambda piece: piece.offset):
        if piece.offset > len(body):
            break
        body += piece.data[len(body) - piece.offset :]
    return bytes(body)


def _message(length: int, body: bytes) -> bytes:
    return b"\x01" + length.to_bytes(3, "big") + body[:length]
