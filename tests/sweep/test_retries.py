"""Waits that grow, and budgets that end."""

from __future__ import annotations

import random

from shadowai.sweep.retries import FIRST, LONGEST, Budget, Counts, jitter


def test_full_jitter() -> None:
    draw = random.Random(1)
    for tries in (1, 2, 5, 12, 60):
        waits = [jitter(tries, draw) for _ in range(300)]
        limit = min(LONGEST, FIRST * 2 ** (tries - 1))
        assert 0 <= min(waits) < limit * 0.1 and limit * 0.9 < max(waits) <= limit


def test_a_budget_ends_and_success_earns_more() -> None:
    made = Budget(first=2, ratio=0.5)
    assert [made.take() for _ in range(3)] == [True, True, False]
    made.succeeded()
    assert not made.take()
    made.succeeded()
    assert made.take() and not made.take()


def test_the_budget_above_counts_too() -> None:
    above = Budget(first=1)
    assert Budget(above=above).take() and not Budget(above=above).take()
    Budget(above=above).succeeded()
    assert Budget(above=above).take()


def test_what_is_saved_up_is_bounded() -> None:
    made = Budget(first=5)
    for _ in range(10_000):
        made.succeeded()
    assert sum(made.take() for _ in range(1000)) == 100


def test_counts() -> None:
    made = Counts()
    made.add(requests=2, retries=1)
    made.add(throttled=3)
    assert (made.requests, made.retries, made.throttled) == (2, 1, 3)
