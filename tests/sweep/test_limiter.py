"""The bucket keeps to its rate, goes slower when told, and comes back."""

from __future__ import annotations

import pytest

from shadowai.connector import Quota
from shadowai.sweep.limiter import FLOOR, Bucket, Limiter
from shadowai.tenant import TenantError
from tests.sweep.service import VirtualClock


def bucket(clock: VirtualClock, per_second: float = 10.0, burst: float = 1.0, concurrent: int = 8) -> Bucket:
    return Bucket(Quota("q", per_second, burst, concurrent), clock)


def spend(made: Bucket, times: int, cost: float = 1.0) -> None:
    for _ in range(times):
        made.take(cost)


def test_the_rate_is_kept(clock: VirtualClock) -> None:
    spend(bucket(clock), 101)
    assert clock.passed == pytest.approx(10.0, rel=0.01)


def test_a_burst_is_free_once(clock: VirtualClock) -> None:
    made = bucket(clock, burst=50)
    spend(made, 50)
    assert clock.passed == 0
    spend(made, 50)
    assert clock.passed == pytest.approx(5.0, rel=0.01)


def test_cost_counts_and_may_exceed_the_bucket(clock: VirtualClock) -> None:
    spend(bucket(clock), 10, cost=20)
    assert clock.passed == pytest.approx(18.1, rel=0.05)


def test_a_refusal_halves_the_rate_once_and_it_comes_back(clock: VirtualClock) -> None:
    """Quickly to just below where it was refused, slowly beyond."""
    made = bucket(clock)
    for _ in range(8):
        made.refused(None)
    assert made.rate == 5.0
    clock.passed += 2
    spend(made, 1)
    assert made.rate == pytest.approx(7.0, rel=0.01)
    clock.passed += 6
    spend(made, 1)
    assert made.rate == pytest.approx(9.4, rel=0.01)
    clock.passed += 100
    spend(made, 1)
    assert made.rate == 10.0


def test_a_service_that_allows_less_than_it_says_is_nearly_filled(clock: VirtualClock) -> None:
    """It allows 8 a second of the documented 10: what comes too early is refused, and is asked again."""
    made = bucket(clock)
    level, stamp, answered = 1.0, 0.0, 0
    while answered < 2000:
        made.take()
        level, stamp = min(8.0, level + (clock.passed - stamp) * 8.0), clock.passed
        if level >= 1:
            level -= 1
            answered += 1
        else:
            made.refused(None)
    assert clock.passed < 1.25 * 2000 / 8


def test_a_storm_does_not_stop_it_for_ever(clock: VirtualClock) -> None:
    made = bucket(clock)
    for _ in range(50):
        made.refused(2.0)
        clock.passed += 2.0
    assert made.rate == pytest.approx(10 * FLOOR, rel=0.5) and made.rate >= 10 * FLOOR


def test_retry_after_holds_everybody(clock: VirtualClock) -> None:
    made = bucket(clock)
    made.refused(30.0)
    assert made.take() == pytest.approx(30.0, rel=0.01)


def test_slower_before_it_is_refused(clock: VirtualClock) -> None:
    made = bucket(clock)
    made.filling(0.5)
    assert made.rate == 10.0
    made.filling(1.1)
    assert made.rate == pytest.approx(5.0)
    made.filling(9.0)
    assert made.rate == pytest.approx(1.0)


def test_what_remains_is_spread(clock: VirtualClock) -> None:
    made = bucket(clock)
    made.remaining(60, 30)
    assert made.rate == 2.0
    made.remaining(0, 12)
    assert made.take() >= 12


def test_a_stop_ends_the_wait(clock: VirtualClock) -> None:
    made = bucket(clock)
    made.take()
    clock.stopped = True
    with pytest.raises(TenantError):
        made.take()


def test_slots_are_as_many_as_said(clock: VirtualClock) -> None:
    made = bucket(clock, concurrent=1)
    with made.slot():
        clock.stopped = True
        with pytest.raises(TenantError), made.slot():
            pass
    clock.stopped = False
    with made.slot():
        pass


def test_quotas_of_one_name_share_a_bucket(clock: VirtualClock) -> None:
    made = Limiter(clock)
    assert made.bucket(Quota("a", 1)) is made.bucket(Quota("a", 9)) is not made.bucket(Quota("b", 1))
