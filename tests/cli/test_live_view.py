"""The live table: what it says, and that nothing hostile gets through it."""

from __future__ import annotations

import io
import sys
from dataclasses import replace

import pytest
from rich.console import Console

from shadowai.cli import live_view
from shadowai.cli.live_view import PACE, Row, View, heading, lost, rows, view_for
from shadowai.model import Actor, Usage, Verdict
from shadowai.watch import Standing
from tests.cli.conftest import ENTRY

ANN = replace(ENTRY, actor=Actor(None, None, "192.0.2.7"), bytes_down=51_200)


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that can be drawn on."""
    monkeypatch.setenv("TERM", "xterm")


class Watched:
    """A watch that stands as it is told."""

    interface, frames, connections = "eth0", 12_345, 17

    def __init__(self, *standing: Standing) -> None:
        self.now = standing
        self.asked = 0

    def standing(self) -> tuple[Standing, ...]:
        self.asked += 1
        return self.now


class Clock:
    """A clock that stands still until it is set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def _console(width: int = 120, height: int = 20) -> Console:
    return Console(
        file=io.StringIO(),
        force_terminal=True,
        width=width,
        height=height,
        markup=False,
        highlight=False,
        color_system=None,
    )


def _drawn(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_row() -> None:
    assert rows([Standing(ANN, True)]) == [
        Row(
            "192.0.2.7", "ChatGPT", "in use", "unreviewed", "2.0 kB", "51.2 kB", "08:00:00Z", "08:01:00Z", "chatgpt.com"
        )
    ]


def test_verdicts_have_a_column_where_somebody_has_said_one() -> None:
    for verdict, shown in ((Verdict.UNREVIEWED, False), (Verdict.PROHIBITED, True)):
        console = _console()
        with View(console) as view:
            view.show(Watched(Standing(replace(ANN, verdict=verdict), True), Standing(ANN, False)), 0)
        text = _drawn(console)
        assert ("VERDICT" in text, "prohibited" in text, "unreviewed" in text) == (shown,) * 3
        assert "chatgpt.com" in text and "08:01:00Z" in text


@pytest.mark.parametrize(
    ("usage", "open", "confidence", "state"),
    [
        (Usage.CONNECTED, True, "confirmed", "in use"),
        (Usage.CONNECTED, False, "confirmed", "used"),
        (Usage.RESOLVED, False, "confirmed", "looked up"),
        (None, False, "confirmed", "blocked"),
        (Usage.BULK, True, "unconfirmed", "in use, unconfirmed"),
        (Usage.RESOLVED, False, "ambiguous", "looked up, ambiguous"),
    ],
)
def test_states(usage: Usage | None, open: bool, confidence: str, state: str) -> None:
    (row,) = rows([Standing(replace(ANN, usage=usage, confidence=confidence), open)])
    assert row.state == state


def test_what_is_in_use_comes_first_then_what_was_seen_last() -> None:
    day = 86_400_000_000
    old, new = replace(ANN, service="Old", last_seen=ANN.last_seen - 3 * day), replace(ANN, service="New")  # type: ignore[operator]
    old = replace(old, first_seen=old.last_seen)
    lasting = replace(old, service="Lasting")
    found = rows([Standing(old, False), Standing(new, False), Standing(lasting, True)])
    assert [row.service for row in found] == ["Lasting", "New", "Old"]
    assert [row.since for row in found] == ["2026-01-02 08:01", "08:00:00Z", "2026-01-02 08:01"]


def test_names_are_counted_and_unknown_sizes_are_empty() -> None:
    many = replace(ANN, names=("a.example", "b.example", "c.example", "d.example"), bytes_up=None, first_seen=None)
    (row,) = rows([Standing(many, True)])
    assert (row.names, row.sent, row.since) == ("a.example, b.example +2", "", "")


def test_nothing_hostile_gets_through() -> None:
    evil = replace(
        ANN,
        service="[bold]Chat\x1b[2J\u202eGPT[/bold]",
        names=("\x1b]0;evil\x07", "x" * 500),
        actor=Actor("eve\r\n", None, "\x9b31m"),
    )
    console = _console(width=200)
    with View(console) as view:
        watched = Watched(Standing(evil, True))
        watched.interface = "eth\x1b[2J0"
        view.show(watched, 3)
    text = _drawn(console)
    for wrong in ("\x1b[2J", "\x07", "\x9b", "\u202e", "\x1b]0"):
        assert wrong not in text
    assert "[bold]Chat" in text and "\\x1b[2J" in text


def test_the_heading_says_what_and_how_long() -> None:
    told = heading(Watched(), 3_725, [Standing(ANN, True), Standing(replace(ANN, actor=None), True)])
    assert told == ("eth0, 1:02:05: 12,345 frames, 17 connections followed, 1 AI service. Ctrl-C ends the watch.")


def test_drops_are_said_where_there_are_some() -> None:
    assert lost(0) == ""
    assert lost(1_204) == "1,204 frames dropped by the kernel: they were not looked at."
    console = _console()
    with View(console) as view:
        view.show(Watched(), 1_204)
    assert "1,204 frames dropped" in _drawn(console)


def test_an_empty_table_says_so() -> None:
    console = _console()
    with View(console) as view:
        view.show(Watched(), 0)
    assert "No AI service so far." in _drawn(console)
    assert "dropped" not in _drawn(console)


def test_more_rows_than_lines_are_counted() -> None:
    console = _console(height=9)
    with View(console) as view:
        view.show(Watched(*[Standing(ANN, True)] * 30), 0)
    text = _drawn(console)
    drawings = text.count("and 26 more")
    assert drawings and text.count("192.0.2.7") == 4 * drawings


@pytest.mark.parametrize(("width", "names"), [(120, True), (80, False), (20, False), (1, False)])
def test_a_narrow_terminal_does_without_names(width: int, names: bool) -> None:
    console = _console(width=width)
    with View(console) as view:
        view.show(Watched(Standing(ANN, True)), 0)
    assert ("chatgpt.com" in _drawn(console)) is names


def test_it_is_wiped_out_at_the_end_and_draws_nothing_after() -> None:
    console = _console()
    view = View(console)
    view.show(Watched(), 0)
    assert _drawn(console) == ""
    with view:
        view.show(Watched(), 0)
    assert _drawn(console).endswith("\x1b[2K")


def test_drawing_is_paced_and_the_slower_the_rarer() -> None:
    clock, watched = Clock(), Watched()
    with View(_console(), clock=clock) as view:
        for seconds, drawn in ((0.0, 1), (PACE / 2, 1), (PACE, 2)):
            clock.now = 100.0 + seconds
            view.show(watched, 0)
            assert watched.asked == drawn

    class Slow(Watched):
        def standing(self) -> tuple[Standing, ...]:
            clock.now += 3.0
            return super().standing()

    slow = Slow()
    with View(_console(), clock=clock) as view:
        view.show(slow, 0)
        clock.now += 29.0
        view.show(slow, 0)
        assert slow.asked == 1
        clock.now += 2.0
        view.show(slow, 0)
        assert slow.asked == 2


@pytest.mark.parametrize(
    ("wanted", "terminal", "term", "given"),
    [
        (True, True, "xterm", True),
        (False, True, "xterm", False),
        (True, False, "xterm", False),
        (True, True, "dumb", False),
    ],
)
def test_only_on_a_terminal_that_can(
    wanted: bool, terminal: bool, term: str, given: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    monkeypatch.setenv("TERM", term)
    assert (view_for(wanted) is not None) is given
    assert live_view.PACE >= 0.5
