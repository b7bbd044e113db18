"""HTTP heads: whole, cut off, folded, hostile; HTTP/2 with prior knowledge."""

from __future__ import annotations

import time

import pytest
from hpack import Encoder
from hypothesis import given
from hypothesis import strategies as st

from shadowai.wire import http

HEAD = (
    b"POST /v1/chat/completions?key=hidden#there HTTP/1.1\r\n"
    b"hOsT: api.example.com:8080\r\n"
    b"User-Agent: OpenAI/Python 2.54.0\r\n"
    b"Authorization: Bearer sk-secret\r\n"
    b"X-API-Key: sk-secret\r\n"
    b"Cookie: session=sk-secret\r\n"
    b"MCP-Session-Id:abc\r\n"
    b"Upgrade: websocket\r\n"
    b"Content-Type: application/json\r\n\r\n"
)


def read(head: bytes) -> http.Request:
    found = http.request(head)
    assert isinstance(found, http.Request), found
    return found


def test_a_request() -> None:
    assert read(HEAD + b"body") == http.Request(
        b"POST",
        b"/v1/chat/completions?key=hidden#there",
        b"/v1/chat/completions",
        b"api.example.com:8080",
        b"OpenAI/Python 2.54.0",
        b"websocket",
        (
            (b"authorization", b"Bearer"),
            (b"x-api-key", b""),
            (b"mcp-session-id", b"abc"),
            (b"content-type", b"application/json"),
        ),
        len(HEAD),
    )


def test_nothing_that_authenticates_is_kept() -> None:
    head = b"GET http://joe:hunter2@example.com/ HTTP/1.1\r\nProxy-Authorization: hunter2\r\nAuthorization: hunter2 x\r\n\r\n"
    found = read(head)
    assert found.host == b"example.com" and found.path == b"/"
    assert b"hunter2" not in repr((found.host, found.path, found.headers)).encode()
    assert b"sk-secret" not in repr(read(HEAD)).encode()


def test_a_request_may_begin_anywhere() -> None:
    assert http.request(b"before" + HEAD, 6) == read(HEAD)
    assert http.request(b"before" + HEAD) is None


def test_every_truncation() -> None:
    for end in range(1, len(HEAD)):
        assert http.request_start(HEAD[:end]), end
        assert http.request(HEAD[:end]) == http.NeedMore(end + 1)
    assert not http.request_start(b"") and http.request(b"") is None


def test_partial_requests_give_whole_lines_only() -> None:
    line, host = HEAD.index(b"\r\n") + 2, HEAD.index(b"8080\r\n") + 6
    for end in range(1, len(HEAD) + 1):
        found = http.partial_request(HEAD[:end])
        if end < line:
            assert found is None, end
        else:
            assert found is not None and found.path == b"/v1/chat/completions"
            assert found.host == (b"api.example.com:8080" if end >= host else None)
            assert found.complete == (end == len(HEAD)) and found.used <= end


@pytest.mark.parametrize(
    ("line", "host", "path"),
    [
        (b"GET http://one.example:81/a?b HTTP/1.1", b"one.example:81", b"/a"),
        (b"GET HTTP://one.example HTTP/1.1", b"one.example", b"/"),
        (b"GET http://one.example?q HTTP/1.1", b"one.example", b"/"),
        (b"GET http:///a HTTP/1.1", b"host.example", b"/a"),
        (b"CONNECT one.example:443 HTTP/1.1", b"one.example:443", b""),
        (b"CONNECT [2001:db8::1]:443 HTTP/1.1", b"[2001:db8::1]:443", b""),
        (b"OPTIONS * HTTP/1.1", b"host.example", b"*"),
        (b"PROPFIND /dav HTTP/1.1", b"host.example", b"/dav"),
        (b"GET  /two  HTTP/1.0", b"host.example", b"/two"),
        (b"GET /a b HTTP/1.1", b"host.example", b"/a b"),
        (b"\r\n\r\nGET /a HTTP/1.1", b"host.example", b"/a"),
    ],
)
def test_targets(line: bytes, host: bytes, path: bytes) -> None:
    found = read(line + b"\r\nHost: host.example\r\n\r\n")
    assert (found.host, found.path) == (host, path)


def test_bare_line_feeds_and_folded_lines() -> None:
    found = read(b"GET / HTTP/1.1\nHost:\n host.example\nUser-Agent: a\r\n\tb\n\n")
    assert (found.host, found.user_agent) == (b"host.example", b"a b")
    assert read(b"GET / HTTP/1.1\r\n folded: nothing\r\nHost : host.example\r\n\r\n").host == b"host.example"


def test_several_hosts() -> None:
    found = read(b"GET / HTTP/1.1\r\nHost: one.example\r\nHost: two.example\r\n\r\n")
    assert found.host == b"one.example" and found.several_hosts
    assert not read(b"GET / HTTP/1.1\r\nHost: one.example\r\nHost: one.example\r\n\r\n").several_hosts


@pytest.mark.parametrize(
    "value", [b"", b"a\0b.example", b"a b.example", b"a\x7f.example", b"a\x1b[31m.example", b"joe@"]
)
def test_a_host_that_no_host_can_be(value: bytes) -> None:
    assert read(b"GET / HTTP/1.1\r\nHost: " + value + b"\r\n\r\n").host is None


def test_no_host_at_all() -> None:
    assert read(b"GET / HTTP/1.0\r\n\r\n").host is None


@pytest.mark.parametrize(
    "data",
    [
        b"get / HTTP/1.1\r\n\r\n",
        b"GETX / HTTP/1.1\r\n\r\n",
        b"GET / RTSP/1.0\r\n\r\n",
        b"OPTIONS rtsp://camera.example/ RTSP/1.0",
        b"OPTIONS sip:joe@example.com SIP/2.0\r\n\r\n",
        b"DESCRIBE rtsp://camera.example/ RTSP/1.0\r\n\r\n",
        b"NOTIFY sip:joe@example.com SIP/2.0\r\n",
        b"SUBSCRIBE sips:joe@example.com",
        b"GET /\r\n",
        b"GET \0/ HTTP/1.1\r\n\r\n",
        b"GET /a\x01",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"PRI * HTTP/1.1\r\n\r\n",
        b"POSTGRES",
        b"COPYRIGHT 2026 ",
        b"SSH-2.0-x\r\n",
    ],
)
def test_what_is_no_request(data: bytes) -> None:
    assert not http.request_start(data)
    assert http.request(data) is None and http.partial_request(data) is None


def test_a_head_too_long_still_gives_its_host() -> None:
    head = b"GET / HTTP/1.1\r\nHost: host.example\r\nCookie: " + b"x" * 20000 + b"\r\n\r\n"
    found = read(head)
    assert found.host == b"host.example" and not found.complete
    assert found.used == head.index(b"Cookie")


def test_a_cut_line_gives_the_authority_of_an_absolute_target() -> None:
    found = http.partial_request(b"GET http://host.example:81/long/pa")
    assert found is not None and (found.host, found.path, found.complete) == (b"host.example:81", b"", False)
    assert http.partial_request(b"GET http://host.exam") is None
    assert http.partial_request(b"GET /pa") is None


def test_a_response() -> None:
    head = b"HTTP/1.1 200 OK\r\nServer: llama.cpp\r\nSet-Cookie: secret\r\nContent-Type: application/json\r\n\r\n"
    assert http.response(head + b"{}") == http.Response(
        200, b"llama.cpp", ((b"content-type", b"application/json"),), len(head)
    )
    for end in range(1, len(head)):
        assert isinstance(http.response(head[:end]), http.NeedMore), end
    assert http.response(b"HTTP/1.1 204\r\n\r\n") == http.Response(204, None, (), 16)
    assert http.response(b"xx" + head, 2) == http.response(head)


@pytest.mark.parametrize(
    "data", [b"", b"ICY 200 OK\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/2 200\r\n\r\n", b"GET / HTTP/1.1\r\n"]
)
def test_what_is_no_response(data: bytes) -> None:
    assert http.response(data) is None


def frame(kind: int, flags: int, payload: bytes, stream: int = 1) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def fields(encoder: Encoder, path: str, authority: str = "grpc.example:50051") -> bytes:
    return encoder.encode(
        [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", authority), ("user-agent", "grpc/1")]
    )


def test_http_2_with_prior_knowledge() -> None:
    encoder = Encoder()
    first, second = fields(encoder, "/one?key=x"), fields(encoder, "/two", "joe:hunter2@grpc.example")
    stream = http.PREFACE + frame(4, 0, b"", 0)
    stream += frame(1, 0x2C, b"\x02" + b"\0\0\0\0\x10" + first + b"\0\0") + frame(
        0, 1, b"data"
    )  # padded, with priority
    one = len(stream) - len(frame(0, 1, b"data"))
    stream += frame(1, 0, second[:3], 3) + frame(9, 4, second[3:], 3)  # continued; uses the first one's table
    found = http.h2_requests(stream)
    assert [(r.method, r.path, r.host, r.user_agent) for r in found] == [
        (b"POST", b"/one", b"grpc.example:50051", b"grpc/1"),
        (b"POST", b"/two", b"grpc.example", b"grpc/1"),
    ]
    assert [r.used for r in found] == [one, len(stream)]
    for end in range(len(stream)):
        assert len(http.h2_requests(stream[:end])) == (end >= one)
        assert http.preface(stream[:end]) == (end >= len(http.PREFACE))


@pytest.mark.parametrize("size", [0, 1024, 4096, 16_384, 65_536])
def test_a_client_may_use_as_large_a_table_as_the_server_lets_it(size: int) -> None:
    encoder = Encoder()
    encoder.header_table_size = size
    stream = http.PREFACE + b"".join(frame(1, 5, fields(encoder, f"/{number}")) for number in range(3))
    assert [request.host for request in http.h2_requests(stream)] == [b"grpc.example:50051"] * 3


def test_a_table_larger_than_any_ends_the_reading() -> None:
    encoder = Encoder()
    encoder.header_table_size = 1 << 20
    assert http.h2_requests(http.PREFACE + frame(1, 5, fields(encoder, "/one"))) == ()


def test_the_preface_is_a_start() -> None:
    for end in range(1, len(http.PREFACE) + 4):
        assert http.request_start((http.PREFACE + b"\0\0\0\4")[:end]), end
    assert http.request(http.PREFACE) is None


def test_broken_http_2_ends_the_reading() -> None:
    good = frame(1, 4, fields(Encoder(), "/one"))
    for bad in (
        frame(1, 4, b"\xff\xff\xff\xff\xff\xff"),
        frame(1, 0x0C, b""),
        frame(1, 0, b"\x82") + frame(0, 0, b""),
        frame(1, 0, b"\x82") + frame(9, 4, b"\x86", 3),
    ):
        assert len(http.h2_requests(http.PREFACE + good + bad + good)) == 1, bad


def test_the_work_on_a_hostile_http_2_stream_is_bounded() -> None:
    large = Encoder().encode([("x" * 30, "y" * 3000)])
    stream = http.PREFACE + frame(1, 4, large) + frame(1, 4, b"\xbe" * 9) * 20000 + frame(1, 0, b"") * 3
    begun = time.perf_counter()
    assert http.h2_requests(stream) == ()
    assert http.h2_requests(http.PREFACE + frame(1, 0, b"") + frame(9, 0, b"x" * 60) * 5000) == ()
    assert time.perf_counter() - begun < 0.5


def test_the_work_on_hostile_heads_is_bounded() -> None:
    begun = time.perf_counter()
    for data in (
        b"GET " + b" " * 60000,
        b"GET " + b"a " * 30000 + b"\n",
        b"GET / HTTP/1.1\n" + b"a:\n" * 20000,
        b"GET / HTTP/1.1\n" + b"a:b\n " * 15000 + b"\n",
    ):
        http.request_start(data)
        http.request(data)
        http.partial_request(data)
    assert time.perf_counter() - begun < 0.5


@given(st.binary(max_size=200), st.integers(0, 8))
def test_any_bytes(data: bytes, at: int) -> None:
    for given_data in (
        data,
        b"GET " + data,
        b"GET / HTTP/1.1\r\n" + data,
        b"GET / HTTP/1.1\r\nHost:" + data + b"\r\n\r\n",
    ):
        found = http.request(given_data, at)
        http.partial_request(given_data)
        assert (
            http.request_start(given_data, at) == (found is not None) or given_data[at:].lstrip(b"\r\n")[:4] == b"PRI "
        )
        if isinstance(found, http.Request):
            assert 0 <= found.used <= len(given_data) - at
            assert found.host is None or (found.host and min(found.host) > 0x20)
    http.response(data, at)
    http.response(b"HTTP/1.1 " + data)
    http.h2_requests(http.PREFACE + data)
    http.h2_requests(http.PREFACE + frame(1, 4, data) + frame(1, 0x2C, data) + data)
