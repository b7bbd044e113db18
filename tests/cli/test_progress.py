"""The bar: late, on stderr, and only for people."""

from __future__ import annotations

import sys

import pytest
from rich.progress import Progress

from shadowai.cli import progress
from shadowai.cli.progress import PATIENCE, Bar, bar_for

Captured = pytest.CaptureFixture[str]


class Clock:
    """A clock that stands still until it is set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """The totals of the bars that were drawn."""
    totals: list[int | None] = []
    really = progress._draw

    def draw(total: int | None) -> Progress:
        totals.append(total)
        return really(total)

    monkeypatch.setattr(progress, "_draw", draw)
    return totals


def test_short_work_has_no_bar(drawn: list[int | None], capsys: Captured) -> None:
    clock = Clock()
    bar = Bar(clock=clock)
    bar.start(10)
    bar.file("a.log")
    clock.now += PATIENCE - 0.1
    bar.advance(10)
    bar.done()
    assert drawn == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("total", [10, None])
def test_long_work_has_one_and_it_is_wiped_out(total: int | None, drawn: list[int | None], capsys: Captured) -> None:
    clock = Clock()
    bar = Bar(clock=clock)
    bar.start(total)
    bar.file("[bold]a\x1b[2J.log")
    clock.now += PATIENCE
    bar.advance(4)
    bar.advance(6)
    bar.done()
    bar.done()
    bar.advance(1)
    assert drawn == [total]
    said = capsys.readouterr()
    assert said.out == ""
    assert "\x1b[2J" not in said.err


def test_patience_begins_with_the_work(drawn: list[int | None]) -> None:
    clock = Clock()
    bar = Bar(clock=clock)
    clock.now += 60
    bar.start(10)
    bar.advance(1)
    assert drawn == []


def test_the_bar_counts_what_was_read_before_it_was_drawn() -> None:
    clock = Clock()
    bar = Bar(clock=clock)
    bar.start(10)
    bar.advance(3)
    clock.now += PATIENCE
    bar.advance(4)
    assert bar._drawn is not None
    assert bar._drawn.tasks[0].completed == 7
    bar.done()


@pytest.mark.parametrize(
    ("wanted", "terminal", "given"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_only_on_a_terminal(wanted: bool, terminal: bool, given: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    assert (bar_for(wanted) is not None) is given
