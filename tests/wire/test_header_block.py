"""How far a header block of HTTP/2 is read."""

from __future__ import annotations

import time

import pytest
from hpack import Decoder, Encoder, HPACKError
from hypothesis import given
from hypothesis import strategies as st

from shadowai.wire import header_block, http


def test_what_representations_take() -> None:
    plain = b"\x82"
    named = b"\x44\x05/path"  # indexed name, then indexed itself
    both = b"\x00\x01x\x02yz"
    long = b"\x0f\x01" + b"\x7f\x80\x01" + b"v" * 255  # index 16, a value of 255 bytes
    update = b"\x3f\xe1\x1f"
    whole = update + plain + named + both + long
    assert header_block.readable(whole, 99) == (len(whole), 5)
    for most, size in enumerate((0, 3, 4, 11, 17, 17 + len(long))):
        assert header_block.readable(whole, most) == (size, most)
    for end in range(18, len(whole)):
        assert header_block.readable(whole[:end], 99) == (17, 4)


@pytest.mark.parametrize(
    "bad", [b"\xff" * 9, b"\x00\x7f" + b"\xff" * 9, b"\x44", b"\x40\x01", b"\xff", b"\x0f", b"\x3f"]
)
def test_what_cannot_be_a_representation_ends_it(bad: bytes) -> None:
    assert header_block.readable(b"\x82" + bad, 9) == (1, 1)


@given(st.lists(st.tuples(st.text("abc-", min_size=1), st.text(max_size=300)), max_size=9), st.booleans())
def test_what_an_encoder_makes_is_read_to_its_end(fields: list[tuple[str, str]], huffman: bool) -> None:
    block = Encoder().encode(fields, huffman=huffman)
    assert header_block.readable(block, 99) == (len(block), len(fields))


@given(st.binary(max_size=90), st.integers(0, 9))
def test_any_bytes(block: bytes, most: int) -> None:
    size, count = header_block.readable(block, most)
    assert 0 <= count <= most and count <= size <= len(block)
    if size < len(block) and count < most:  # what follows cannot be decoded either
        with pytest.raises(HPACKError):
            Decoder().decode(block, raw=True)


def _frames(*blocks: bytes) -> bytes:
    return http.PREFACE + b"".join(len(one).to_bytes(3, "big") + b"\1\4\0\0\0\1" + one for one in blocks)


def test_of_a_block_of_many_fields_the_first_are_read() -> None:
    request = Encoder().encode([(":method", "GET"), (":path", "/"), (":authority", "one.example"), (":scheme", "http")])
    for many in (b"\x82" * 30_000, b"\x04\x00" * 15_000):
        stream = _frames(request + many)
        assert [found.host for found in http.h2_requests(stream)] == [b"one.example"]
        assert [found.host for found in http.h2_requests(_frames(many + request))] == []


@pytest.mark.parametrize(
    "block", [b"\x82" * 1300, b"\x20" * 1300, b"\x04\x00" * 650, b"\x40\x01a\x00" * 300, b"\x00\x81\x07\x00" * 300]
)
def test_the_work_on_a_block_hangs_on_its_size(block: bytes) -> None:
    stream = _frames(*[block] * 24)
    begun = time.process_time()
    for _ in range(9):
        http.h2_requests(stream[:1400])
        http.h2_requests(stream)
    assert time.process_time() - begun < 9 * 1e-6 * (len(stream) + 1400)
