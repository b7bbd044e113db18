"""PROXY protocol headers in text and binary, cut off everywhere, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.wire import proxy_protocol
from shadowai.wire.proxy_protocol import Header, NeedMore

MAGIC = b"\r\n\r\n\0\r\nQUIT\n"
FOUR = b"\xc0\x00\x02\x01\xc6\x33\x64\x01"
SIX = bytes.fromhex("20010db8" + "0" * 23 + "1" + "20010db8" + "0" * 23 + "2")
PORTS = b"\x30\x39\x01\xbb"


def binary(family: int, body: bytes, command: int = 0x21) -> bytes:
    return MAGIC + bytes((command, family)) + len(body).to_bytes(2, "big") + body


def value(kind: int, data: bytes) -> bytes:
    return bytes((kind,)) + len(data).to_bytes(2, "big") + data


def unknown(used: int) -> Header:
    return Header(None, None, None, None, None, used)


V4 = Header(FOUR[:4], FOUR[4:], 12345, 443, None, 0)
WHOLE = [
    (b"PROXY TCP4 192.0.2.1 198.51.100.1 12345 443\r\n", V4),
    (b"PROXY TCP6 2001:db8::1 2001:db8::2 12345 443\r\n", V4._replace(source=SIX[:16], destination=SIX[16:])),
    (b"PROXY UNKNOWN\r\n", unknown(0)),
    (b"PROXY UNKNOWN ffff::1 whatever 0 0\r\n", unknown(0)),
    (binary(0x11, FOUR + PORTS), V4),
    (binary(0x12, FOUR + PORTS), V4),
    (binary(0x21, SIX + PORTS), V4._replace(source=SIX[:16], destination=SIX[16:])),
    (
        binary(0x11, FOUR + PORTS + value(4, b"\0\0") + value(2, b"api.example.com") + value(1, b"h2")),
        V4._replace(authority=b"api.example.com"),
    ),
    (binary(0x11, FOUR + PORTS + b"\x02\x00\xffcut"), V4),
    (binary(0x31, b"\0" * 216 + value(2, b"api.example.com")), unknown(0)._replace(authority=b"api.example.com")),
    (binary(0x11, FOUR + PORTS, command=0x20), unknown(0)),
    (binary(0x00, b""), unknown(0)),
]


@pytest.mark.parametrize(("stream", "found"), WHOLE)
def test_a_header_and_what_follows_it(stream: bytes, found: Header) -> None:
    assert proxy_protocol.header(stream + b"GET / HTTP/1.1\r\n") == found._replace(used=len(stream))


@pytest.mark.parametrize(("stream", "found"), WHOLE)
def test_every_truncation_needs_more(stream: bytes, found: Header) -> None:
    for end in range(len(stream)):
        more = proxy_protocol.header(stream[:end])
        assert isinstance(more, NeedMore) and end < more.at_least <= len(stream), end


@pytest.mark.parametrize(
    "stream",
    [
        b"GET / HTTP/1.1\r\n",
        b"PROXY TCP4 192.0.2.1 198.51.100.1 12345\r\n",
        b"PROXY TCP4 192.0.2.999 198.51.100.1 12345 443\r\n",
        b"PROXY TCP4 2001:db8::1 2001:db8::2 12345 443\r\n",
        b"PROXY TCP4 192.0.2.1 198.51.100.1 12345 99999\r\n",
        b"PROXY UDP4 192.0.2.1 198.51.100.1 12345 443\r\n",
        b"PROXY UNKNOWNS\r\n",
        b"PROXY " + b"x" * 120,
        binary(0x11, FOUR),
        binary(0x13, FOUR + PORTS),
        binary(0x31, b"short"),
        binary(0x11, FOUR + PORTS, command=0x11),
        binary(0x11, FOUR + PORTS, command=0x22),
        MAGIC[:-1] + b"x" + b"\0" * 20,
    ],
)
def test_what_is_no_header(stream: bytes) -> None:
    assert proxy_protocol.header(stream) is None


@given(st.binary(max_size=120))
def test_any_bytes(data: bytes) -> None:
    for stream in (data, b"PROXY " + data, b"PROXY TCP4 " + data + b"\r\n", MAGIC + data, binary(0x21, data)):
        found = proxy_protocol.header(stream)
        if isinstance(found, Header):
            assert found.used <= len(stream)
            assert found.source is None or len(found.source) in (4, 16)
        elif isinstance(found, NeedMore):
            assert found.at_least > len(stream)
