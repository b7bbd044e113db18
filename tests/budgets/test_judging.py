"""Budgets held against what was found."""

from __future__ import annotations

import pytest

from shadowai.budgets.judging import SHORTEST, WEEK, Past, judged, weekly
from shadowai.budgets.measuring import Inventories
from shadowai.budgets.model import Amount, Budget, Budgets, Judged
from shadowai.model import Origin
from tests.budgets.test_measuring import NOW, row


def judge(budget: Budget, count: int = 3, past: dict[str, list[Past]] | None = None, **more: object) -> Judged:
    rows = Inventories(tuple(row(str(number), **more) for number in range(count)), ())
    (found,) = judged(Budgets("b.yaml", (budget,)), rows, now=NOW, past=past)
    return found


@pytest.mark.parametrize(
    ("most", "warn", "state"),
    [
        (2, None, "exceeded"),
        (3, None, "within"),
        (3, 3, "warned"),
        (4, 4, "within"),
        (4, 3, "warned"),
        (0, 0, "exceeded"),
    ],
)
def test_a_budget_is_exceeded_above_its_limit_and_warned_of_from_its_warning_on(
    most: int, warn: int | None, state: str
) -> None:
    found = judge(Budget("b", 7, "services", most, warn))
    assert (found.state, found.origin, found.amount) == (state, Origin("b.yaml", 7), Amount(3, 3))
    assert found.limit == most


def test_what_is_not_known_is_never_passed_in_silence() -> None:
    found = judge(Budget("b", 7, "points", 299), risk=None, risk_low=None)
    assert (
        found.state == "unknown"
        and found.why == "points: 0 to 300 of 299: some of it is not known, and it may be exceeded"
    )
    assert judge(Budget("b", 7, "points", 300), risk=None, risk_low=None).state == "within"
    assert judge(Budget("b", 7, "bytes_up", 10**15), bytes_up=None).state == "unknown"
    assert judge(Budget("b", 7, "bytes_up", 29)).state == "exceeded"


GROWING = Budget("b", 7, "services", per_week=1)


def test_growth_needs_a_past() -> None:
    assert judge(GROWING).state == "unknown" and "--history" in judge(GROWING).why
    assert judge(GROWING, past={}).state == "unknown" and "no complete run" in judge(GROWING, past={}).why


@pytest.mark.parametrize(
    ("then", "weeks", "state"),
    [(2, 1, "within"), (1, 1, "exceeded"), (1, 2, "within"), (9, 1, "within"), (0, 4, "within")],
)
def test_growth_is_told_by_the_week(then: int, weeks: int, state: str) -> None:
    past = {GROWING.key: [Past(NOW - weeks * WEEK, Amount(then, then))]}
    found = judge(GROWING, past=past)
    assert (found.state, found.limit) == (state, 1)


def test_a_week_has_seven_days() -> None:
    assert (WEEK, SHORTEST) == (7 * 86_400_000_000, 86_400_000_000)


def test_the_oldest_run_of_four_weeks_counts() -> None:
    now = Amount(10, 10)
    old, recent = Past(NOW - 2 * WEEK, Amount(0, 0)), Past(NOW - WEEK, Amount(9, 9))
    assert weekly(now, NOW, [recent, old]) == Amount(5, 5)
    assert weekly(now, NOW, [recent, old._replace(time=NOW - 5 * WEEK)]) == Amount(1, 1)
    assert weekly(now, NOW, [Past(NOW - SHORTEST + 1, Amount(0, 0))]) is None
    assert weekly(now, NOW, [old._replace(amount=Amount(0, None))]) is None
    assert weekly(Amount(1, None), NOW, [old]) is None


def test_a_rate_is_rounded_up_and_its_ends_go_with_each_other() -> None:
    assert weekly(Amount(1, 1), NOW, [Past(NOW - 2 * WEEK, Amount(0, 0))]) == Amount(1, 1)
    assert weekly(Amount(10, 30), NOW, [Past(NOW - WEEK, Amount(10, 30))]) == Amount(0, 0)
    assert weekly(Amount(10, 30), NOW, [Past(NOW - WEEK, Amount(9, 27))]) == Amount(1, 3)


def test_the_graver_of_level_and_growth_counts() -> None:
    both = Budget("b", 7, "services", 3, 3, 1)
    past = {both.key: [Past(NOW - WEEK, Amount(0, 0))]}
    found = judge(both, past=past)
    assert found.state == "exceeded" and found.rate == Amount(3, 3)
    assert found.why == "services: 3 of 3; services a week: 3 of 1"
    assert judge(both, past={both.key: [Past(NOW - WEEK, Amount(3, 3))]}).state == "warned"
