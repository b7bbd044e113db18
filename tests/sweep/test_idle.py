"""Nothing to ask is complete; what could not be asked is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shadowai.sweep.idle import nothing_to_ask
from shadowai.tenant import Completeness, Outcome, Signal

APPS = Signal("apps", "Apps", "/apps", ("Apps.Read",))
USE = Signal("use", "Use", "/use", ("Use.Read",), after=("apps",))
PEOPLE = Signal("people", "People", "/people", ("People.Read",), after=("apps", "use", "tokens"))
LOG = Signal("log", "Log", "/log", ("Log.Read",))
ALL = (APPS, USE, PEOPLE, LOG)
DONE = Outcome("apps", "apps", Completeness.COMPLETE)


def named(*outcomes: Outcome, wanted: tuple[Signal, ...] = ALL) -> list[str]:
    found = list(nothing_to_ask(wanted, outcomes, now=7))
    assert all(one.completeness is Completeness.COMPLETE and one.as_of == 7 for one in found)
    return [one.signal for one in found]


def test_what_comes_after_whole_answers_had_nothing_to_ask() -> None:
    (use, people) = nothing_to_ask(ALL, [DONE], now=7)
    assert use == Outcome("use/none", "use", Completeness.COMPLETE, detail="there was nothing to ask", as_of=7)
    assert people.signal == "people"


def test_the_order_of_signals_makes_no_difference() -> None:
    assert sorted(named(DONE, wanted=ALL[::-1])) == ["people", "use"]


@pytest.mark.parametrize("how", [Completeness.PARTIAL, Completeness.FAILED])
def test_where_what_it_hangs_on_is_not_whole_nobody_knows(how: Completeness) -> None:
    assert named(replace(DONE, completeness=how)) == []
    assert named(DONE, replace(DONE, task="apps/2", completeness=how)) == []


def test_what_was_not_asked_at_all_is_no_ground() -> None:
    assert named() == []  # apps comes after nothing, and was not asked


def test_a_chain_breaks_where_one_of_it_failed() -> None:
    assert named(DONE, Outcome("use/1", "use", Completeness.FAILED)) == []
    assert named(DONE, Outcome("use/1", "use", Completeness.COMPLETE)) == ["people"]


def test_a_signal_that_is_always_asked_is_never_called_complete() -> None:
    assert "log" not in named(DONE) and "log" not in named(DONE, wanted=(LOG,))


def test_what_is_not_wanted_neither_waits_nor_keeps_others_waiting() -> None:
    assert named(DONE, wanted=(APPS, PEOPLE)) == ["people"]
    assert named(DONE, wanted=(APPS,)) == []


def test_signals_that_wait_for_each_other_wait() -> None:
    one, other = replace(USE, after=("people",)), replace(PEOPLE, after=("use",))
    assert named(DONE, wanted=(APPS, one, other)) == []
