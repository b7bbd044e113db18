"""Segments become a stream, whatever their order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shadowai.sources.capture.stream import Stream

TEXT = b"the quick brown fox jumps over the lazy dog"


def _added(base: int, *pieces: tuple[int, bytes]) -> Stream:
    stream = Stream(base, 0, 1)
    for sequence, payload in pieces:
        stream.add(sequence & 0xFFFFFFFF, payload, len(payload))
    return stream


@given(st.data(), st.sampled_from([0, 77, 0xFFFFFFF0, 0xFFFFFFFF]))
def test_any_cut_in_any_order_with_any_repetition_is_the_text(data: st.DataObject, base: int) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(TEXT) - 1))))
    pieces = [(base + a, TEXT[a:b]) for a, b in zip([0, *cuts], [*cuts, len(TEXT)], strict=True)]
    again = data.draw(st.lists(st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 20))))
    pieces += [(base + a, TEXT[a : a + size]) for a, size in again]
    stream = _added(base, *data.draw(st.permutations(pieces)))
    assert bytes(stream.data) == TEXT
    assert not stream.conflicts and not stream.waiting


def test_what_is_in_order_stays_and_a_difference_is_counted() -> None:
    stream = _added(0, (0, b"abcd"), (2, b"XXef"))
    assert bytes(stream.data) == b"abcdef" and stream.conflicts == 1
    waiting = _added(0, (4, b"ef"), (2, b"cdZ"), (0, b"ab"))
    assert bytes(waiting.data) == b"abcdZf" and waiting.conflicts == 1
    same = _added(0, (0, b"abcd"), (1, b"bc"), (0, b"abcd"))
    assert bytes(same.data) == b"abcd" and not same.conflicts


def test_what_lies_before_the_stream_is_left_out() -> None:
    assert bytes(_added(10, (0, b"0123456789ab"), (5, b"56789")).data) == b"ab"


def test_an_unknown_beginning_is_waited_for() -> None:
    stream = _added(-1, (20, b"cd"), (18, b"ab"))
    assert not stream.data
    stream.begin(18)
    assert bytes(stream.data) == b"abcd" and not stream.waiting


def test_a_segment_that_was_cut_ends_the_stream() -> None:
    stream = Stream(0, 0, 1)
    stream.add(0, b"abc", 100)
    assert stream.cut
    assert bytes(stream.data) == b"abc"


def test_consumed_bytes_make_room_and_what_waits_still_finds_its_place() -> None:
    stream = _added(0xFFFFFFFE, (0xFFFFFFFE, b"abcd"), (4, b"gh"))
    stream.consume(3)
    assert bytes(stream.data) == b"d" and stream.base == 1 and stream.sequence(1) == 2
    stream.add(2, b"ef", 2)
    assert bytes(stream.data) == b"defgh"


def test_a_stream_may_begin_anew() -> None:
    stream = _added(5, (5, b"abc"), (20, b"far"))
    stream.restart(1 << 32, b"xy")
    assert (bytes(stream.data), stream.base, stream.waiting, stream.handed, stream.consumed) == (b"xy", 0, [], 2, 3)
    stream.add(4, b"later", 5)
    stream.add(2, b"zz", 2)
    assert bytes(stream.data) == b"xyzzlater"


def test_thousands_of_single_bytes_backwards() -> None:
    data = bytes(range(256)) * 80
    stream = _added(0, *((place, data[place : place + 1]) for place in range(len(data) - 1, -1, -1)))
    assert bytes(stream.data) == data
