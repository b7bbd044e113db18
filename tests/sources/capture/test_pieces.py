"""What payloads are taken for by their ports and first bytes."""

from __future__ import annotations

import pytest

from shadowai.sources.capture.pieces import (
    DNS_PIECE,
    DTLS_PIECE,
    GQUIC_PIECE,
    QUIC_PIECE,
    RDP_PIECE,
    begins,
    udp_kind,
)
from shadowai.wire import http
from tests.captures import messages, tls
from tests.captures.conversations import tcp
from tests.captures.packets import packed
from tests.sources.capture.reading import CLIENT, SERVER
from tests.sources.capture.walking import walk

HELLO = tls.hello("chatgpt.com")


@pytest.mark.parametrize(
    "data",
    [
        HELLO,
        messages.request("x.example"),
        messages.proxy_v1(CLIENT, SERVER, 1, 2),
        messages.SOCKS5_GREETING,
        b"GE",
        messages.response(),
    ],
)
def test_beginnings_are_handed_on(data: bytes) -> None:
    assert [piece[3:] for piece in walk(tcp(CLIENT, SERVER, 4000).syn().send(data).frames)[1]] == [(0, data)]


@pytest.mark.parametrize(
    ("payload", "port", "kind"),
    [
        (b"x", 53, DNS_PIECE),
        (b"\xc0\0\0\0\1" + bytes(20), 443, QUIC_PIECE),
        (b"\xc0\0\0\0\0" + bytes(20), 443, -1),
        (b"\xc0Q046" + bytes(20), 443, GQUIC_PIECE),
        (tls.dtls_hello("a.example"), 4433, DTLS_PIECE),
        (bytes(20), 3389, RDP_PIECE),
        (b"\x40" + bytes(20), 443, -1),
        (b"\xc0\0\0\0\1", 443, -1),
        (b"", 443, -1),
    ],
)
def test_kinds_of_datagrams(payload: bytes, port: int, kind: int) -> None:
    assert udp_kind(payload, packed(CLIENT) + packed(SERVER) + b"\xc0\0" + port.to_bytes(2, "big")) == kind


def test_every_method_of_a_request_is_handed_on() -> None:
    for shape in http._SHAPES:
        frames = tcp(CLIENT, SERVER, 80).syn().send(b"?" * 9).send(shape + b"/ HTTP/1.1\r\n\r\n").frames
        assert [piece[4][: len(shape)] for piece in walk(frames)[1]] == [shape]


def test_what_begins_nothing_is_not_handed_on() -> None:
    for payload in (b"\x16\2", b"GETS / ", b"HTT?", b"\x12" * 10, b"y"):
        assert not begins(payload, 0, len(payload)), payload
    assert begins(b"xGET /", 1, 6) and begins(b"PO", 0, 2) and not begins(b"GE\0\0", 0, 4)
