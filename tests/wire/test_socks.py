"""SOCKS clients: every version and address form, cut off everywhere, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.wire import socks
from shadowai.wire.socks import Connect, NeedMore

GREETING = b"\x05\x01\x00"
HOST = b"\x05\x01\x00\x03\x0fapi.example.com\x01\xbb"
PASSWORD = b"\x05\x02\x00\x02" + b"\x01\x03joe\x07hunter2"

WHOLE = [
    (GREETING + HOST, Connect(b"api.example.com", None, 443, 25)),
    (b"\x05\x03\x00\x01\x02" + HOST, Connect(b"api.example.com", None, 443, 27)),
    (PASSWORD + HOST, Connect(b"api.example.com", None, 443, 39)),
    (GREETING + b"\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50", Connect(None, b"\xc0\x00\x02\x01", 80, 13)),
    (GREETING + b"\x05\x01\x00\x04" + b"\x20" * 16 + b"\x00\x50", Connect(None, b"\x20" * 16, 80, 25)),
    (b"\x04\x01\x00\x50\xc0\x00\x02\x01joe\0", Connect(None, b"\xc0\x00\x02\x01", 80, 12)),
    (b"\x04\x01\x01\xbb\0\0\0\x01\0api.example.com\0", Connect(b"api.example.com", None, 443, 25)),
    (b"\x04\x01\x01\xbb\0\0\0\x01joe\0api.example.com\0", Connect(b"api.example.com", None, 443, 28)),
]


@pytest.mark.parametrize(("stream", "found"), WHOLE)
def test_a_request_and_what_follows_it(stream: bytes, found: Connect) -> None:
    assert socks.connect(stream) == found and found.used == len(stream)
    assert socks.connect(stream + b"\x16\x03\x01") == found


@pytest.mark.parametrize(("stream", "found"), WHOLE)
def test_every_truncation_needs_more(stream: bytes, found: Connect) -> None:
    for end in range(len(stream)):
        more = socks.connect(stream[:end])
        assert isinstance(more, NeedMore) and end < more.at_least <= len(stream), end


def test_the_user_and_the_password_are_not_returned() -> None:
    assert b"joe" not in repr(socks.connect(PASSWORD + HOST)).encode()
    assert b"hunter2" not in repr(socks.connect(PASSWORD + HOST)).encode()


@pytest.mark.parametrize(
    "stream",
    [
        b"\x06",
        b"GET / HTTP/1.1\r\n",
        b"\x05\x00",
        b"\x05\x01\xff",
        b"\x05\x02\x00\x44",
        GREETING + b"\x01\x03joe\x07hunter2" + HOST,  # a method that was not offered
        GREETING + b"\x05\x02\x00\x01\xc0\x00\x02\x01\x00\x50",  # BIND
        GREETING + b"\x05\x03\x00\x01\xc0\x00\x02\x01\x00\x50",  # UDP
        GREETING + b"\x05\x01\x01\x01\xc0\x00\x02\x01\x00\x50",
        GREETING + b"\x05\x01\x00\x02\xc0\x00\x02\x01\x00\x50",
        GREETING + b"\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x00",
        GREETING + b"\x05\x01\x00\x03\x00\x01\xbb",
        GREETING + b"\x05\x01\x00\x03\x03a\0b\x01\xbb",
        b"\x04\x02\x00\x50\xc0\x00\x02\x01joe\0",
        b"\x04\x01\x00\x00\xc0\x00\x02\x01joe\0",
        b"\x04\x01\x00\x50\0\0\0\0joe\0host\0",
        b"\x04\x01\x00\x50\0\0\0\x01joe\0\0",
        b"\x04\x01\x00\x50\0\0\0\x01joe\0a b\0",
        b"\x04\x01\x00\x50\xc0\x00\x02\x01" + b"j" * 300,
        b"\x04\x01\x00\x50\0\0\0\x01\0" + b"h" * 300,
    ],
)
def test_what_is_no_request_to_connect(stream: bytes) -> None:
    assert socks.connect(stream) is None


@given(st.binary(max_size=80))
def test_any_bytes(data: bytes) -> None:
    for stream in (
        data,
        b"\x05" + data,
        GREETING + data,
        PASSWORD + data,
        GREETING + b"\x05\x01\0" + data,
        b"\x04\x01" + data,
    ):
        found = socks.connect(stream)
        if isinstance(found, Connect):
            assert found.used <= len(stream) and found.port and (found.host is None) != (found.address is None)
        elif isinstance(found, NeedMore):
            assert found.at_least > len(stream)
