"""Where the next request may begin."""

from __future__ import annotations

import pytest

from shadowai.sources.capture.http_framing import Chunks, body_length, chunks, open_chunks
from shadowai.wire import http


def _length(head: bytes, body: bytes = b"") -> int | None:
    request = http.request(head + b"\r\n" + body)
    assert isinstance(request, http.Request)
    return body_length(request, head + b"\r\n" + body, request.used)


POST = b"POST / HTTP/1.1\r\nHost: x.example\r\n"


@pytest.mark.parametrize(
    ("head", "body", "length"),
    [
        (b"GET / HTTP/1.1\r\n", b"", 0),
        (b"CONNECT x.example:443 HTTP/1.1\r\nContent-Length: 7\r\n", b"", 0),
        (POST + b"Content-Length: 1000\r\n", b"abc", 1000),
        (POST + b"Content-Length: 7\r\nContent-Length: 7\r\n", b"", 7),
        (POST + b"Content-Length: 7\r\nContent-Length: 8\r\n", b"", None),
        (POST + b"Content-Length: -1\r\n", b"", None),
        (POST + b"Content-Length: 99999999999\r\n", b"", None),
        (POST + b"Content-Length: 4294967295\r\n", b"", None),
        (POST + b"Upgrade: websocket\r\n", b"", None),
        (POST + b"Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n0\r\n\r\nGET", 13),
        (
            POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
            b"3;x=y\r\nabc\r\n0\r\nTrailer: a\r\n\r\n",
            31 - 2,
        ),
        (POST + b"Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n", None),
        (POST + b"Transfer-Encoding: chunked\r\n", b"ffffffff\r\nabc\r\n0\r\n\r\n", None),
        (POST + b"Transfer-Encoding: chunked\r\n", b"x\r\n", None),
        (POST + b"Transfer-Encoding: chunked\r\n", b"1\r\na\r\n" * 2000 + b"0\r\n\r\n", None),
    ],
)
def test_length_of_a_body(head: bytes, body: bytes, length: int | None) -> None:
    assert _length(head, body) == length


def test_a_head_that_is_not_all_there_tells_no_length() -> None:
    request = http.partial_request(POST + b"Content-Length: 1\r\n")
    assert request is not None and body_length(request, b"", 0) is None


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", Chunks(0, False)),
        (b"3\r\nabc\r\n", Chunks(8, False)),
        (b"3\r\nab", Chunks(8, False)),
        (b"3\r\nabc\r\n10", Chunks(8, False)),
        (b"3;a=b\r", Chunks(0, False)),
        (b"ffff;a=b\r\n", Chunks(10 + 0xFFFF + 2, False)),
        (b"3\r\nabc\r\n0\r\nTrailer: a\r\n", Chunks(8, False)),
        (b"0\r\n" + b"Trailer: a\r\n" * 400, None),
        (b"3\r\nabc\r\n0\r\n\r\nGET", Chunks(13, True)),
        (b"3\r\nabc\r\nGET", None),
        (b"123456789", None),
    ],
)
def test_chunks_as_far_as_they_are_there(data: bytes, found: Chunks | None) -> None:
    assert chunks(data, 0) == found


def test_a_body_that_is_not_in_chunks_has_none() -> None:
    for head, has_chunks in (
        (POST + b"Transfer-Encoding: chunked\r\n", True),
        (POST + b"Content-Length: 3\r\n", False),
        (POST + b"Transfer-Encoding: chunked\r\nUpgrade: h2c\r\n", False),
        (b"CONNECT x.example:443 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", False),
    ):
        request = http.request(head + b"\r\n3\r\nabc")
        assert isinstance(request, http.Request)
        assert (open_chunks(request, b"3\r\nabc", 0) is not None) is has_chunks
