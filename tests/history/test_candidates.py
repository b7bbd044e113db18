"""What is new among candidates is what no run before has listed."""

from __future__ import annotations

from dataclasses import replace

from shadowai.history.candidates import told_apart
from shadowai.history.remember import remember
from shadowai.history.store import History
from shadowai.model import Candidate, Report
from tests.history.making import entry, scan


def _report(*names: str) -> Report:
    return Report((), candidates=tuple(Candidate(name, ("name",), users=3 - at) for at, name in enumerate(names)))


def _look(history: History, *names: str) -> list[tuple[str, bool | None]]:
    """A run that lists ``names``, and what it says of each."""
    (report,) = told_apart(history, [_report(*names)])
    remember(history, replace(scan(entry("chatgpt")), candidates=report.candidates))
    return [(one.name, one.new) for one in report.candidates]


def test_the_first_run_says_of_nothing_that_it_is_new(history: History) -> None:
    assert _look(history, "a", "b") == [("a", None), ("b", None)]


def test_what_was_not_listed_before_is_new_once_and_stands_first(history: History) -> None:
    _look(history, "a", "b")
    assert _look(history, "a", "c") == [("c", True), ("a", False)]
    assert _look(history, "a", "c", "b") == [("a", False), ("c", False), ("b", False)]


def test_reports_of_one_look_agree_and_many_names_have_room(history: History) -> None:
    names = [f"h{number}.ai" for number in range(450)]
    _look(history, *names[:10])
    one, other = told_apart(history, [_report(*names[:200]), _report(*names[250:])])
    assert sum(candidate.new is False for candidate in one.candidates) == 10
    assert [candidate.new for candidate in other.candidates] == [True] * 200


def test_hostile_names_are_told_apart(history: History) -> None:
    _look(history, "a\ud800", "a'; DROP TABLE run; --")
    assert _look(history, "a\ud800", "a\udfff") == [("a\udfff", True), ("a\ud800", False)]


def test_without_candidates_nothing_is_asked(history: History) -> None:
    assert told_apart(history, [Report(())]) == (Report(()),)
