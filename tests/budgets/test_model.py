"""Amounts, and what figures are remembered under."""

from __future__ import annotations

from dataclasses import replace

from shadowai.budgets.model import Amount, Budget, Budgets, Coverage
from shadowai.model import Verdict

BUDGET = Budget("a", 3, "services", 5)


def test_an_amount_in_words() -> None:
    assert [str(Amount(1000, 1000)), str(Amount(1, 2)), str(Amount(0, None))] == ["1,000", "1 to 2", "0 or more"]


def test_a_figure_is_known_by_what_is_measured_and_not_by_its_limit() -> None:
    assert BUDGET.key == replace(BUDGET, name="b", line=9, most=1, warn=0, per_week=7, enforced=False).key
    others = [
        replace(BUDGET, measure="users"),
        replace(BUDGET, departments=frozenset({"it"})),
        replace(BUDGET, sources=frozenset({"it"})),
        replace(BUDGET, surfaces=frozenset({"tenant"})),
        replace(BUDGET, statuses=frozenset({Verdict.PROHIBITED})),
        replace(BUDGET, categories=frozenset({"it"})),
        replace(BUDGET, services=frozenset({"it"})),
    ]
    assert len({BUDGET.key, *(one.key for one in others)}) == 8


def test_nothing_to_judge_is_false() -> None:
    assert not Budgets("x") and Budgets("x", (BUDGET,)) and Budgets("x", (), Coverage(3))
