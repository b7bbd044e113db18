"""Where the next request may begin."""

from __future__ import annotations

import pytest

from shadowai.sources.capture.http_framing import body_length
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
