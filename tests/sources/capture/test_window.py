"""The window holds what is needed, drops what is done, and keeps an error until everything before it was used."""

from __future__ import annotations

import io

import pytest

from shadowai.errors import SourceError
from shadowai.sources.capture.window import EXAMPLES, Progress, Window
from tests.sources.capture.capture_files import Pipe

DATA = bytes(range(250))


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_sliding_gives_every_byte_once(chunk: int) -> None:
    window = Window(io.BytesIO(DATA), chunk)
    seen = b""
    while data := window.slide(0, 11):
        assert len(data) >= min(11, 250 - len(seen)) and window.base == len(seen)
        seen += data[:11]
        window.slide(min(11, len(data)), 0)
    assert seen == DATA


def test_reaching_beyond_the_end_is_said_and_holds_what_there_is() -> None:
    window = Window(io.BytesIO(DATA), 16)
    assert window.reach(20) and len(window.data) == 32
    assert not window.reach(251) and window.data == DATA


@pytest.mark.parametrize("chunk", [1, 64, 1000])
def test_what_is_skipped_is_not_held(chunk: int) -> None:
    window = Window(Pipe(DATA), chunk)
    window.reach(3)
    assert window.skip(100) == 100 and window.base == 100
    assert window.slide(0, 4)[:4] == DATA[100:104]
    assert window.skip(1000) == 150


def test_looking_ahead_moves_nothing_and_needs_a_stream_that_seeks() -> None:
    window = Window(io.BytesIO(DATA), 16)
    window.slide(0, 20)
    window.slide(10, 20)
    assert window.peek(200, 4) == DATA[window.base + 200 :][:4]
    assert window.peek(1000, 4) == b""
    assert window.slide(0, 30)[:30] == DATA[window.base :][:30]
    assert Window(Pipe(DATA)).peek(0, 4) is None


def test_an_error_is_kept_and_is_the_end() -> None:
    class Breaking:
        def __init__(self) -> None:
            self.asked = 0

        def read(self, size: int, /) -> bytes:
            self.asked += 1
            if self.asked == 1:
                return b"abc"
            raise SourceError("corrupt")

    stream = Breaking()
    window = Window(stream)
    assert not window.reach(5) and window.data == b"abc" and window.error is not None
    assert not window.reach(5) and stream.asked == 2


def test_the_end_is_asked_about_until_it_is_one() -> None:
    stream = io.BytesIO(b"ab")
    answers = [True, True, False]
    window = Window(stream, follow=lambda: answers.pop(0))
    assert not window.reach(3) and answers == []
    assert not window.reach(3)


def test_problems_are_counted_beyond_the_examples() -> None:
    progress = Progress()
    for number in range(EXAMPLES + 5):
        progress.problem(number, number * 10, "broken", 3)
    assert len(progress.problems) == EXAMPLES
    assert (progress.problem_count, progress.bytes_skipped) == (EXAMPLES + 5, 3 * EXAMPLES + 15)
