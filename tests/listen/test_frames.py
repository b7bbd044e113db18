"""RFC 6587: both ways of framing, in every cut; and senders who keep to neither."""

from __future__ import annotations

import random
import re

import pytest

from shadowai.listen import frames
from shadowai.listen.frames import Framer

ONE, TWO = b"<134>1 2026-01-05T08:00:00Z fw a - - - one", b"<134>Jan  5 08:00:01 fw two"


def _all(data: bytes, size: int, longest: int = 1000) -> tuple[list[bytes], Framer]:
    framer = Framer(longest)
    found = [message for at in range(0, len(data), size) for message in framer.feed(data[at : at + size])]
    last = framer.end()
    return [*found, *([last] if last else [])], framer


def _counted(message: bytes) -> bytes:
    return b"%d %s" % (len(message), message)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 4096])
@pytest.mark.parametrize(
    "data",
    [
        _counted(ONE) + _counted(TWO),
        ONE + b"\n" + TWO + b"\n",
        ONE + b"\r\n" + TWO,
        ONE + b"\0" + TWO + b"\0",
        _counted(ONE) + TWO + b"\n",
        ONE + b"\n" + _counted(TWO),
        _counted(ONE + b"\n") + b"\n" + _counted(TWO),
    ],
)
def test_both_framings_in_every_cut(data: bytes, size: int) -> None:
    assert _all(data, size)[0] == [ONE, TWO]


def test_a_counted_message_may_hold_line_breaks() -> None:
    assert _all(_counted(b"<1>a\nb"), 3)[0] == [b"<1>a\nb"]


@pytest.mark.parametrize(
    "line", [b"1767600000.001    55 10.0.0.1 TCP", b"2026-01-05 08:00:00 x", b"12 monkeys", b"99999999999 <1>x"]
)
def test_lines_that_begin_with_a_number_are_lines(line: bytes) -> None:
    assert _all(line + b"\n" + TWO + b"\n", 5)[0] == [line, TWO]


@pytest.mark.parametrize("size", [1, 64, 4096])
def test_what_is_too_long_is_left_out_and_counted(size: int) -> None:
    long = b"<1>" + b"x" * 2000
    found, framer = _all(_counted(long) + _counted(ONE) + long + b"\n" + TWO + b"\n", size)
    assert (found, framer.overlong) == ([ONE, TWO], 2)


def test_an_endless_line_is_not_held() -> None:
    framer = Framer(1000)
    for _ in range(1000):
        assert list(framer.feed(b"y" * 999)) == []
        assert framer.held <= 2000
    assert list(framer.feed(b"\n" + TWO + b"\n")) == [TWO]
    assert framer.overlong == 1


def test_a_line_that_comes_byte_by_byte_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0

    class Ends:
        def search(self, held: bytes, at: int) -> re.Match[bytes] | None:
            nonlocal looked
            looked += len(held) - at
            return ends.search(held, at)

    ends = frames._ENDS
    monkeypatch.setattr(frames, "_ENDS", Ends())
    found, _ = _all((b"z" * 5000 + b"\n") * 2, 1, longest=10_000)
    assert found == [b"z" * 5000] * 2
    assert looked < 20_010


def test_a_length_that_no_message_has_is_garbage_and_costs_its_line() -> None:
    garbage = b"4000000000 <no length"
    assert _all(garbage + b"\n" + TWO + b"\n", 7)[0] == [garbage, TWO]
    assert _all(garbage + b"x" * 2000 + b"\n" + TWO + b"\n", 7)[0] == [TWO]


def test_an_endless_number_is_a_line() -> None:
    framer = Framer(1000)
    for _ in range(100):
        assert list(framer.feed(b"9" * 99)) == []
    assert framer.held <= 1000


def test_a_counted_message_that_is_cut_off_is_left_out_and_counted() -> None:
    found, framer = _all(_counted(ONE)[:-3], 4)
    assert (found, framer.overlong) == ([], 1)


def test_any_bytes_give_messages_within_the_bounds() -> None:
    draw = random.Random(3)
    for _ in range(300):
        data = b"".join(
            draw.choice([b"1", b" ", b"<", b"\n", b"\0", b"9", b"x" * 60, bytes([draw.randrange(256)])])
            for _ in range(80)
        )
        framer, held = Framer(50), []
        for at in range(0, len(data), 7):
            held += list(framer.feed(data[at : at + 7]))
            assert framer.held <= 50 + 7 + 12
        assert all(0 < len(message) <= 50 for message in held)
