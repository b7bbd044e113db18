"""The classic format: every variant, every way to break it, and where the reader goes on."""

from __future__ import annotations

import io
import random
import struct
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowai.sources.capture.frames import Container, parse_header, split_points
from tests.sources.capture.capture_files import NOON, frames, many, opened, payload, pcap_header, record

CHUNKS = [1, 7, 4096, 1 << 17]
TIME = NOON * 1_000_000


@pytest.mark.parametrize("chunk", CHUNKS)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("magic", "fraction", "micro", "extra", "between"),
    [
        (0xA1B2C3D4, 999_999, 999_999, b"", b""),
        (0xA1B23C4D, 999_999_999, 999_999, b"", b""),
        (0xA12B3C4D, 1_999, 1, b"", b""),
        (0xA1B2CD34, 5, 5, b"\1\2\3\4\5\6\7\0", b""),
        (0xA1E2CB12, 5_000, 5, b"\1\2\3\4\5\6\7\0", b""),
        (0x1C0001AC, 5_000, 5, b"", b"\xff\0\0\0"),
    ],
)
def test_every_variant_in_both_byte_orders(
    magic: int, fraction: int, micro: int, extra: bytes, between: bytes, order: str, chunk: int
) -> None:
    records = [
        record(payload(number), order=order, second=NOON, fraction=fraction, extra=extra, length=2000)
        for number in range(4)
    ]
    found = frames(pcap_header(order, magic, network=101) + between + b"".join(records), chunk)
    assert found == [(number + 1, TIME + micro, 101, payload(number), 2000) for number in range(4)]


def test_the_length_of_the_check_sequence_is_no_part_of_the_link_type() -> None:
    header = parse_header(pcap_header(network=0x5400_0071))
    assert header is not None and header.link_type == 0x71


@pytest.mark.parametrize("chunk", CHUNKS)
def test_frames_are_the_same_however_they_are_read(chunk: int) -> None:
    whole = pcap_header() + b"".join(many(300))
    container = opened(whole, chunk)
    found = list(container.frames())
    assert [frame[3] for frame in found] == [payload(number) for number in range(300)]
    assert [frame[1] for frame in found] == [TIME + number * 10_000 for number in range(300)]
    assert (container.frames_seen, container.bytes_done, container.ended_at) == (300, len(whole), len(whole))
    assert not container.problem_count and not container.truncated_tail and not container.snapped
    assert container.format == "pcap"


def test_a_file_without_frames_has_none() -> None:
    container = opened(pcap_header())
    assert list(container.frames()) == [] and not container.problems and not container.truncated_tail


@pytest.mark.parametrize("chunk", [1, 4096])
def test_every_truncation_gives_the_whole_frames_before_it(chunk: int) -> None:
    records = [record(payload(number, 40)) for number in range(4)]
    whole = pcap_header() + b"".join(records)
    for cut in range(24, len(whole)):
        container = opened(whole[:cut], chunk)
        count, rest = divmod(cut - 24, 56)
        assert [frame[3] for frame in container.frames()] == [payload(number, 40) for number in range(count)]
        assert container.truncated_tail == (rest > 0)
        assert [tuple(problem) for problem in container.problems] == (
            [(count, cut - rest, "the file ends within a record", rest)] if rest else []
        )


def test_frames_that_the_capture_cut_are_counted() -> None:
    container = opened(pcap_header() + record(b"abc", length=1500) + record(b"abc"))
    assert [frame[4] for frame in container.frames()] == [1500, 3]
    assert container.snapped == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"length": 0},
        {"fraction": 999_999_999},
        {"second": 0},
        {"second": NOON - 40 * 86400},
        {"captured": 0, "length": 0},
        {"captured": 0, "length": 1500},
    ],
)
@pytest.mark.parametrize("all_of_them", [False, True])
def test_odd_records_in_a_sound_chain_are_taken(odd: dict[str, int], all_of_them: bool) -> None:
    records = many(40)
    for number in range(40) if all_of_them else (0, 20, 39):
        data = b"" if odd.get("captured") == 0 else payload(number)
        records[number] = record(data, **{"second": NOON, **odd})  # type: ignore[arg-type]
    container = opened(pcap_header() + b"".join(records))
    assert len(list(container.frames())) == 40
    assert container.problems == []


def test_frames_beyond_a_wrong_snap_length_are_taken() -> None:
    records = [record(payload(number, 900)) for number in range(20)]
    container = opened(pcap_header(snap_length=68) + b"".join(records))
    assert len(list(container.frames())) == 20 and not container.problems


def test_a_very_long_frame_is_taken_where_the_snap_length_allows_it_or_others_follow() -> None:
    long = payload(1, 300_000)
    for snap_length in (65535, 400_000):
        container = opened(pcap_header(snap_length=snap_length) + record(long) + b"".join(many(5)), 4096)
        assert [len(frame[3]) for frame in container.frames()][:1] == [300_000]
        assert not container.problems


Damage = Callable[[bytearray, int, str], None]


def put(offset: int, form: str, *values: int) -> Damage:
    def damage(data: bytearray, at: int, order: str) -> None:
        struct.pack_into(order + form, data, at + offset, *values)

    return damage


def remove(data: bytearray, at: int, order: str) -> None:
    del data[at + 30 : at + 37]


def insert(data: bytearray, at: int, order: str) -> None:
    data[at + 30 : at + 30] = b"corrupted"


def noise(data: bytearray, at: int, order: str) -> None:
    data[at : at + 700] = random.Random(at).randbytes(700)


def zeros(data: bytearray, at: int, order: str) -> None:
    data[at : at + 700] = bytes(700)


DAMAGES: dict[str, Damage] = {
    "huge length": put(8, "II", 0xFFFFFFFF, 0xFFFFFFFF),
    "length beyond the frame's": put(8, "I", 200_000),
    "both lengths too long": put(8, "II", 200_000, 200_000),
    "both lengths a little too long": put(8, "II", 1499, 1499),
    "length too short": put(8, "I", 20),
    "time": put(0, "II", 0xDEADBEEF, 0xDEADBEEF),
    "bytes missing": remove,
    "bytes too many": insert,
    "noise": noise,
    "zeros": zeros,
}


@pytest.mark.parametrize("chunk", [997, 1 << 17])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damage_loses_a_few_frames_at_most(kind: str, order: str, chunk: int) -> None:
    records = many(2000, order=order)
    data = bytearray(pcap_header(order) + b"".join(records))
    places = [24 + sum(map(len, records[:number])) for number in (1700, 1000, 300)]
    for at in places:
        DAMAGES[kind](data, at, order)
    container = opened(bytes(data), chunk)
    found = list(container.frames())
    right = {payload(number) for number in range(2000)}
    assert 2000 - 3 * 22 <= sum(frame[3] in right for frame in found) <= 2000
    assert len(found) <= 2003
    assert found[-1][3] == payload(1999)
    if kind != "time":
        assert len(container.problems) == 3
        first = container.problems[0]
        assert 300 <= first.number <= 301 and places[2] <= first.offset <= places[2] + 1600
    assert container.bytes_done == len(data)


def test_what_is_skipped_is_measured() -> None:
    records = many(20)
    head = pcap_header() + b"".join(records[:10])
    container = opened(head + b"\xff" * 5000 + b"".join(records[10:]))
    assert [frame[3] for frame in container.frames()] == [payload(number) for number in range(20)]
    (problem,) = container.problems
    assert (problem.number, problem.offset, problem.skipped) == (10, len(head), 5000)
    assert container.bytes_skipped == 5000


def test_a_length_that_reaches_over_good_records_loses_none_of_them() -> None:
    records = many(200)
    records[100] = record(payload(100), captured=60_000, length=60_000)
    container = opened(pcap_header() + b"".join(records))
    assert [frame[3] for frame in container.frames()] == [payload(number) for number in range(200)]
    (problem,) = container.problems
    assert "within" in problem.reason


def test_an_end_of_zeros_is_one_problem_and_no_frames() -> None:
    container = opened(pcap_header() + b"".join(many(10)) + bytes(500_000))
    assert len(list(container.frames())) == 10
    (problem,) = container.problems
    assert problem.skipped == 500_000 and "nothing behind it" in problem.reason


def test_examples_of_problems_are_bounded_and_all_are_counted() -> None:
    parts = [b"".join(many(4, first=number)) + b"\xff" * 40 for number in range(150)]
    container = opened(pcap_header() + b"".join(parts))
    assert len(list(container.frames())) == 600
    assert len(container.problems) == 100 and container.problem_count == 150


@pytest.mark.parametrize(
    "hostile",
    [
        bytes(1 << 20),
        b"\0\0\0\1" * (1 << 18),
        b"\1\0\0\0" * (1 << 18),
        b"\x01\x00" * (1 << 19),
        b"\0\1\0" * 350_000,
        struct.pack("<IIII", NOON, 0, 17, 17) * (1 << 16),
        struct.pack("<IIII", NOON, 0, 0, 0) * (1 << 16),
        (struct.pack("<IIII", NOON, 0, 16, 16) * 2 + b"\xff" * 16) * 20_000,
        random.Random(1).randbytes(1 << 20),
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_no_megabyte_takes_long(hostile: bytes, order: str) -> None:
    began = time.process_time()
    container = opened(pcap_header(order, snap_length=0xFFFFFFFF) + hostile)
    for _ in container.frames():
        pass
    assert container.bytes_done == 24 + len(hostile)
    assert time.process_time() - began < 4  # a fifth of it is usual; a quadratic search takes minutes


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from("<>"),
    st.lists(st.one_of(st.binary(max_size=60), st.sampled_from(many(6)), st.just(bytes(40))), max_size=12),
    st.sampled_from([1, 7, 4096]),
)
def test_any_bytes_end_and_are_the_same_in_all_chunks(order: str, parts: list[bytes], chunk: int) -> None:
    data = pcap_header(order) + b"".join(parts)
    one, other = opened(data, chunk), opened(data)
    found = list(one.frames())
    assert found == list(other.frames()) and one.problems == other.problems
    assert one.bytes_done == len(data)
    taken = sum(16 + len(frame[3]) for frame in found)
    assert 24 + taken + one.bytes_skipped == len(data)


@pytest.mark.parametrize("seed", range(12))
def test_hours_between_frames_and_damage_are_read_alike_in_all_chunks(seed: int) -> None:
    """What a time is held against must not hang on where a window ended."""
    rng = random.Random(seed)
    data, second = pcap_header(), NOON
    for number in range(80):
        second += rng.randrange(60_000)
        data += record(payload(number, 30), second=second, length=30 * (rng.random() > 0.1))
        data += rng.randbytes(9 * (rng.random() < 0.1))
    found = frames(data)
    assert len(found) > 20 and all(frames(data, chunk) == found for chunk in (1, 61, 997))


def test_a_growing_file_is_followed_through_the_middle_of_a_record() -> None:
    whole = pcap_header() + b"".join(many(5))
    stream = io.BytesIO(whole[:100])
    asked: list[int] = []

    def more() -> bool:
        asked.append(len(asked))
        at = stream.tell()
        stream.seek(0, io.SEEK_END)
        stream.write(whole[stream.tell() :][:50])
        stream.seek(at)
        return stream.getbuffer().nbytes > at

    container = Container(stream, follow=more)
    assert [frame[3] for frame in container.frames()] == [payload(number) for number in range(5)]
    assert len(asked) > 10 and not container.truncated_tail


def test_a_growing_file_that_stops_within_a_record_says_so() -> None:
    container = Container(io.BytesIO(pcap_header() + many(1)[0][:-1]), follow=lambda: False)
    assert list(container.frames()) == [] and container.truncated_tail


def cut_in(tmp_path: Path, data: bytes, parts: int) -> tuple[list[int], list[tuple[int, int | None, int]]]:
    """The cuts, and of each part the frames, where it ended and where it should."""
    path = tmp_path / "a.pcap"
    path.write_bytes(data)
    cuts = split_points(str(path), len(data), parts)
    assert cuts is not None
    header = parse_header(data)
    assert header is not None
    edges = [header.start, *cuts, len(data)]
    read = []
    for start, stop in pairwise(edges):
        with path.open("rb") as file:
            container = Container(file, header=header, start=start, stop=stop)
            read.append((len(list(container.frames())), container.ended_at, stop))
    return cuts, read


@pytest.mark.parametrize("parts", [1, 2, 3, 8])
def test_parts_hold_all_frames_once(tmp_path: Path, parts: int) -> None:
    cuts, read = cut_in(tmp_path, pcap_header() + b"".join(many(2000)), parts)
    assert len(cuts) == parts - 1
    assert sum(count for count, _, _ in read) == 2000
    assert all(ended == stop for _, ended, stop in read)


def test_a_cut_behind_a_corrupt_record_is_where_the_part_before_ends(tmp_path: Path) -> None:
    records = many(2000)
    data = pcap_header() + b"".join(records[:1000]) + b"\xff" * 3000 + b"".join(records[1000:])
    _, read = cut_in(tmp_path, data, 2)
    assert sum(count for count, _, _ in read) == 2000 and all(ended == stop for _, ended, stop in read)


def test_a_cut_within_a_frame_that_holds_a_capture_shows_when_the_part_before_ends_elsewhere(tmp_path: Path) -> None:
    inner = b"".join(record(payload(number, 60)) for number in range(2000))
    data = pcap_header() + record(payload(1)) + record(inner) + b"".join(many(3))
    cuts, read = cut_in(tmp_path, data, 2)
    assert len(cuts) == 1 and read[0][1] != cuts[0]


def test_what_is_no_pcap_is_not_cut(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x0a\x0d\x0d\x0a" + bytes(100))
    assert split_points(str(tmp_path / "a"), 104, 2) is None


def test_frames_of_a_part_are_numbered_as_told() -> None:
    data = pcap_header() + b"".join(many(3))
    header = parse_header(data)
    container = Container(io.BytesIO(data), header=header, first_number=11)
    assert [frame[0] for frame in container.frames()] == [11, 12, 13]
    assert container.frames_seen == 3
