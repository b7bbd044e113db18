"""The block format: sections, interfaces, clocks, kinds of blocks, and what is broken."""

from __future__ import annotations

import io
import random
import struct
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowai.sources.capture.frames import Container
from tests.sources.capture.capture_files import (
    NOON,
    block,
    enhanced,
    frames,
    interface,
    many_blocks,
    opened,
    option,
    payload,
    section,
)

CHUNKS = [1, 7, 4096, 1 << 17]
TIME = NOON * 1_000_000


def simple(data: bytes, length: int | None = None, order: str = "<") -> bytes:
    return block(3, struct.pack(order + "I", len(data) if length is None else length) + data, order=order)


def old_packet(data: bytes, index: int, ticks: int, length: int, order: str = "<") -> bytes:
    head = struct.pack(order + "HHIIII", index, 7, ticks >> 32, ticks & 0xFFFFFFFF, len(data), length)
    return block(2, head + data, order=order)


@pytest.mark.parametrize("chunk", CHUNKS)
def test_sections_have_their_own_order_and_interfaces(chunk: int) -> None:
    data = b""
    for order, link in (("<", 1), (">", 113), ("<", 101)):
        data += section(order) + interface(order, link) + interface(order, link + 1)
        data += enhanced(b"abcde", order=order, index=1, length=99) + enhanced(b"", order=order)
    container = opened(data, chunk)
    assert list(container.frames()) == [
        (1, TIME, 2, b"abcde", 99),
        (2, TIME, 1, b"", 0),
        (3, TIME, 114, b"abcde", 99),
        (4, TIME, 113, b"", 0),
        (5, TIME, 102, b"abcde", 99),
        (6, TIME, 101, b"", 0),
    ]
    assert (container.format, container.snapped, container.problems) == ("pcapng", 3, [])
    assert container.bytes_done == len(data)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("resolution", "offset", "ticks", "micro"),
    [
        (None, 0, TIME + 5, TIME + 5),
        (6, 0, TIME + 5, TIME + 5),
        (9, 0, TIME * 1000 + 5999, TIME + 5),
        (3, 0, NOON * 1000 + 5, TIME + 5000),
        (0, 0, NOON, TIME),
        (0x80 | 10, 0, NOON * 1024 + 512, TIME + 500_000),
        (0x80 | 32, 0, (NOON << 32) + 1, TIME),
        (6, 3600, TIME, TIME + 3_600_000_000),
        (6, -3600, TIME, TIME - 3_600_000_000),
        (12, 0, 1 << 63, (1 << 63) // 1_000_000),
        (127, 0, (1 << 64) - 1, 0),
        (0xFF, 0, (1 << 64) - 1, 0),
        (0, 0, (1 << 64) - 1, 0),
        (6, -(1 << 63), 5, 0),
    ],
)
def test_clocks(order: str, resolution: int | None, offset: int, ticks: int, micro: int) -> None:
    options = option(2, b"eth0", order)
    if resolution is not None:
        options += option(9, bytes([resolution]), order)
    options += option(14, struct.pack(order + "q", offset), order) + option(0, b"", order)
    data = section(order) + interface(order, options=options) + 2 * enhanced(b"x", order=order, ticks=ticks)
    assert [frame[1] for frame in frames(data)] == [micro, micro]


def test_the_rest_of_a_tick_is_not_lost_where_the_upper_half_changes() -> None:
    data = section() + interface(options=option(9, b"\x09"))
    ticks = [NOON * 1_000_000_000 + step * 1_234_567_891 for step in range(20)]
    data += b"".join(enhanced(b"x", ticks=tick) for tick in ticks)
    assert [frame[1] for frame in frames(data)] == [tick // 1000 for tick in ticks]


def test_a_time_beyond_any_clock_is_that_of_the_frame_before() -> None:
    data = section() + interface() + enhanced(b"x") + enhanced(b"y", ticks=1 << 63) + enhanced(b"z", ticks=TIME + 1)
    assert [frame[1] for frame in frames(data)] == [TIME, TIME, TIME + 1]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("chunk", CHUNKS)
def test_simple_and_old_packets(order: str, chunk: int) -> None:
    data = section(order) + interface(order, 1, snap_length=3) + interface(order, 113)
    data += simple(b"abc", 1500, order) + old_packet(b"defgh", 1, TIME, 60, order) + simple(b"ij", order=order)
    assert frames(data, chunk) == [(1, 0, 1, b"abc", 1500), (2, TIME, 113, b"defgh", 60), (3, TIME, 1, b"ij", 2)]


def test_padding_of_a_simple_packet_is_no_data() -> None:
    assert frames(section() + interface() + simple(b"abcde", 5))[0][3] == b"abcde"


@pytest.mark.parametrize("chunk", CHUNKS)
def test_other_blocks_are_passed_over(chunk: int) -> None:
    others = [block(kind, bytes(range(20))) for kind in (4, 5, 0xBAD, 0x40000BAD, 0x80000001, 77)]
    data = section() + interface() + b"".join(other + enhanced(b"x") for other in others)
    container = opened(data, chunk)
    assert len(list(container.frames())) == len(others)
    assert not container.problems and not container.secrets


def test_decryption_secrets_are_noted() -> None:
    container = opened(section() + block(10, struct.pack("<II", 0x544C534B, 4) + b"keys"))
    assert list(container.frames()) == [] and container.secrets


@pytest.mark.parametrize("seekable", [True, False])
@pytest.mark.parametrize("kind", [4, 10, 0xABCD])
def test_a_huge_block_is_passed_over_without_holding_it(seekable: bool, kind: int) -> None:
    huge = block(kind, enhanced(b"inner") * 100_000)
    data = section() + interface() + enhanced(b"x") + huge + enhanced(b"y")
    container = opened(data, seekable=seekable)
    assert [frame[3] for frame in container.frames()] == [b"x", b"y"]
    assert not container.problems and container.secrets == (kind == 10)
    assert container.bytes_done == len(data)


@pytest.mark.parametrize("seekable", [True, False])
def test_a_huge_block_that_is_cut_short_or_lies_is_a_problem(seekable: bool) -> None:
    head = section() + interface() + enhanced(b"x")
    huge = block(4, b"\xff" * 2_000_000)
    cut = opened(head + huge[:-3], seekable=seekable)
    assert len(list(cut.frames())) == 1 and cut.problem_count == 1
    assert cut.bytes_done == len(head) + len(huge) - 3
    lying = opened(head + block(4, b"\xff" * 2_000_000, trailer=8) + enhanced(b"y") * 3, seekable=seekable)
    assert [frame[3] for frame in lying.frames()] == [b"x", b"y", b"y", b"y"]
    assert lying.problem_count == 1


def test_a_wrong_length_of_an_unknown_block_loses_nothing_where_the_stream_can_seek() -> None:
    data = section() + interface() + block(77, b"abcd", total=1 << 30) + b"".join(many_blocks(50))
    container = opened(data)
    assert len(list(container.frames())) == 50 and container.problem_count == 1


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (enhanced(b"x", index=1), "not described (1)"),
        (enhanced(b"x", index=0xFFFFFFFF), "not described"),
        (old_packet(b"x", 9, 0, 1), "not described (9)"),
        (block(6, struct.pack("<IIIII", 0, 0, 0, 500, 500)), "beyond the block's"),
        (block(6, struct.pack("<IIIII", 0, 0, 0, 0xFFFFFFFF, 5)), "beyond the block's"),
        (block(6, b"abcd"), "too short"),
        (block(3, b""), "too short"),
    ],
)
def test_a_frame_that_cannot_be_is_a_problem_and_the_next_is_read(wrong: bytes, reason: str) -> None:
    container = opened(section() + interface() + enhanced(b"a") + wrong + enhanced(b"b"))
    assert [frame[3] for frame in container.frames()] == [b"a", b"b"]
    (problem,) = container.problems
    assert reason in problem.reason and problem.number == 1 and problem.offset == 28 + 20 + 40


def test_a_simple_packet_without_an_interface_is_a_problem() -> None:
    container = opened(section() + simple(b"abc"))
    assert list(container.frames()) == [] and container.problem_count == 1


@pytest.mark.parametrize("chunk", [1, 4096])
def test_every_truncation_gives_the_whole_frames_before_it(chunk: int) -> None:
    head, blocks = section() + interface(), many_blocks(3)
    whole = head + b"".join(blocks)
    ends = [len(head) + sum(map(len, blocks[:number])) for number in range(4)]
    for cut in range(28, len(whole) + 1):
        container = opened(whole[:cut], chunk)
        count = sum(end <= cut for end in ends[1:])
        assert [frame[3] for frame in container.frames()] == [payload(number) for number in range(count)]
        assert container.truncated_tail == (cut not in (28, *ends))
        assert container.bytes_done == cut


Damage = Callable[[bytearray, int, str], None]


def put(offset: int, value: int) -> Damage:
    def damage(data: bytearray, at: int, order: str) -> None:
        struct.pack_into(order + "I", data, at + offset, value)

    return damage


def remove(data: bytearray, at: int, order: str) -> None:
    del data[at + 40 : at + 47]


def insert(data: bytearray, at: int, order: str) -> None:
    data[at + 40 : at + 40] = b"corrupted"


def noise(data: bytearray, at: int, order: str) -> None:
    data[at : at + 700] = random.Random(at).randbytes(700)


def zeros(data: bytearray, at: int, order: str) -> None:
    data[at : at + 700] = bytes(700)


DAMAGES: dict[str, Damage] = {
    "huge length": put(4, 0xFFFFFFFC),
    "length beyond the block's": put(4, 100_000),
    "length of zero": put(4, 0),
    "length too short": put(4, 32),
    "no multiple of four": put(4, 101),
    "kind": put(0, 0xDEADBEEF),
    "kind of a section": put(0, 0x0A0D0D0A),
    "captured length": put(20, 100_000),
    "interface": put(8, 5),
    "bytes missing": remove,
    "bytes too many": insert,
    "noise": noise,
    "zeros": zeros,
}


@pytest.mark.parametrize("chunk", [997, 1 << 17])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damage_loses_a_few_frames_at_most(kind: str, order: str, chunk: int) -> None:
    blocks = many_blocks(2000, order=order)
    head = section(order) + interface(order)
    data = bytearray(head + b"".join(blocks))
    places = [len(head) + sum(map(len, blocks[:number])) for number in (1700, 1000, 300)]
    for at in places:
        DAMAGES[kind](data, at, order)
    container = opened(bytes(data), chunk)
    found = {frame[3] for frame in container.frames()}
    assert 2000 - 3 * 12 <= sum(payload(number) in found for number in range(2000)) < 2000
    assert len(container.problems) == (3 if kind != "kind" else 0)
    assert all(problem.skipped <= 4000 for problem in container.problems)
    assert payload(1999) in found and container.bytes_done == len(data)


def test_a_wrong_trailer_before_a_sound_block_loses_nothing() -> None:
    wrong = block(6, struct.pack("<IIIII", 0, 0, 0, 3, 3) + b"abc\0", trailer=0)
    container = opened(section() + interface() + wrong + enhanced(b"x"))
    assert [frame[3] for frame in container.frames()] == [b"abc", b"x"] and not container.problems


def test_the_next_section_is_found_behind_rubbish_in_any_order() -> None:
    first = section() + interface() + enhanced(b"x")
    second = section(">") + interface(">", 101) + enhanced(b"y", order=">")
    container = opened(first + b"\xff" * 999 + second)
    assert [(frame[2], frame[3]) for frame in container.frames()] == [(1, b"x"), (101, b"y")]
    assert [(problem.offset, problem.skipped) for problem in container.problems] == [(len(first), 999)]


def test_interfaces_are_bounded() -> None:
    data = section() + interface() * 66_000 + enhanced(b"x", index=65_535) + enhanced(b"x", index=65_536)
    container = opened(data)
    assert len(list(container.frames())) == 1 and container.problem_count == 1


@pytest.mark.parametrize(
    "hostile",
    [
        bytes(1 << 20),
        b"\6\0\0\0" * (1 << 18),
        struct.pack("<II", 6, 32) * (1 << 17),
        struct.pack("<III", 1, 12, 12) * 87_000,
        struct.pack("<III", 99, 12, 12) * 87_000,
        struct.pack("<IIII", 6, 16, 0, 17) * (1 << 16),
        enhanced(b"", index=7) * 29_000,
        interface(options=option(9, b"\x7f")) + enhanced(b"", ticks=(1 << 64) - 1) * 29_000,
        interface(options=option(0x1234, b"") * 250_000),
        section() * 37_000,
        random.Random(1).randbytes(1 << 20),
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_no_megabyte_takes_long(hostile: bytes, order: str) -> None:
    began = time.process_time()
    container = opened(section(order) + hostile)
    for _ in container.frames():
        pass
    assert container.bytes_done == 28 + len(hostile)
    assert time.process_time() - began < 4  # a fifth of it is usual; a quadratic search takes minutes


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=60),
            st.sampled_from([section(), section(">"), interface(), interface(">"), *many_blocks(3), block(10, b"key")]),
            st.sampled_from([enhanced(b"abc", order=">"), simple(b"abc"), old_packet(b"abc", 0, 5, 3), bytes(40)]),
        ),
        max_size=12,
    ),
    st.sampled_from([1, 7, 4096]),
)
def test_any_bytes_end_and_are_the_same_in_all_chunks(parts: list[bytes], chunk: int) -> None:
    data = section() + interface() + b"".join(parts)
    one, other = opened(data, chunk), opened(data)
    assert list(one.frames()) == list(other.frames()) and one.problems == other.problems
    assert one.bytes_done == len(data)


def test_a_growing_file_is_followed_through_the_middle_of_a_block() -> None:
    whole = section() + interface() + b"".join(many_blocks(5))
    stream = io.BytesIO(whole[:60])

    def more() -> bool:
        at = stream.tell()
        stream.seek(0, io.SEEK_END)
        stream.write(whole[stream.tell() :][:50])
        stream.seek(at)
        return stream.getbuffer().nbytes > at

    container = Container(stream, follow=more)
    assert [frame[3] for frame in container.frames()] == [payload(number) for number in range(5)]
    assert not container.truncated_tail
