"""Breaches, and what may be one; tests/test_policy.py has the exit codes of the contract."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shadowai.model import Gap, Origin, Report, Ruling, Usage, Verdict
from shadowai.policy import breaches, exit_code, undecided
from tests.test_policy import ENTRY

TRIAL = replace(ENTRY, ruling=Ruling(3, enforced=False))
OPEN = replace(ENTRY, verdict=Verdict.IN_REVIEW, ruling=Ruling(3, may_be=(Verdict.SANCTIONED, Verdict.PROHIBITED)))


def test_what_is_on_trial_breaches_nothing_and_is_told_apart() -> None:
    assert breaches([TRIAL, ENTRY]) == (ENTRY,)
    assert breaches([TRIAL, ENTRY], audited=True) == (TRIAL,)
    assert exit_code(Report((TRIAL,))) == 0
    assert exit_code(Report((TRIAL,), (Gap(Origin("a"), "cut"),))) == 3


def test_what_may_be_a_breach_and_cannot_be_told_is_incomplete_and_not_fine() -> None:
    assert undecided([OPEN, ENTRY]) == (OPEN,)
    assert exit_code(Report((OPEN,))) == 3
    assert exit_code(Report((OPEN, ENTRY))) == 1
    assert exit_code(Report((OPEN,)), frozenset({"unsanctioned"})) == 0


@pytest.mark.parametrize(
    "more",
    [
        {"ruling": Ruling(3, may_be=(Verdict.SANCTIONED,))},
        {"ruling": Ruling(3, may_be=(Verdict.PROHIBITED,), enforced=False)},
        {"verdict": Verdict.UNSANCTIONED},  # it is a breach, whichever it may be beside
        {"events": 0},
        {"usage": Usage.RESOLVED},
        {"confidence": "ambiguous"},
    ],
)
def test_what_could_not_be_a_breach_is_not_open(more: dict[str, object]) -> None:
    assert undecided([replace(OPEN, **more)]) == ()  # type: ignore[arg-type]


def test_use_is_confirmed_let_through_and_more_than_a_look_up() -> None:
    assert ENTRY.is_use
    assert not replace(ENTRY, usage=Usage.RESOLVED).is_use and not replace(ENTRY, events=0).is_use
