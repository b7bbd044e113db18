"""The state of each budget: what was measured compared with its limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from shadowai.budgets.measuring import Inventories, Measured, measure
from shadowai.budgets.model import Amount, Budget, Budgets, Judged, State
from shadowai.model import Origin

WEEK: Final = 7 * 86_400_000_000
"""Microseconds."""
SHORTEST: Final = WEEK // 7
"""Microseconds between two runs below which no growth by week is computed: a day."""
LONGEST: Final = 4 * WEEK
"""Microseconds back to the oldest run that growth is computed from: four weeks."""
_GRAVEST: Final[tuple[State, ...]] = ("exceeded", "unknown", "warned", "within")


class Past(NamedTuple):
    """A figure of an earlier run, and when that ended (µs)."""

    time: int
    amount: Amount


def judged(
    budgets: Budgets, rows: Inventories, *, now: int, past: Mapping[str, Sequence[Past]] | None
) -> tuple[Judged, ...]:
    """The state of each budget. ``past`` are the figures of earlier runs by :attr:`Budget.key`; ``None``: there is no history."""
    return tuple(_judged(budgets.path, one, measure(one, rows, now), now, past) for one in budgets.budgets)


def _judged(
    path: str, budget: Budget, measured: Measured, now: int, past: Mapping[str, Sequence[Past]] | None
) -> Judged:
    amount = measured.amount
    found: list[tuple[State, str]] = []
    if budget.most is not None:
        found.append(_state(budget.measure, amount, budget.most, budget.warn))
    rate = None
    if budget.per_week is not None:
        rate = weekly(amount, now, (past or {}).get(budget.key, ()))
        if rate is None:
            found.append(("unknown", _no_rate(past)))
        else:
            found.append(_state(f"{budget.measure} a week", rate, budget.per_week, None))
    state = min((state for state, _ in found), key=_GRAVEST.index)
    why = "; ".join(why for _, why in found)
    limit = budget.most if budget.most is not None else budget.per_week
    origin = Origin(path, budget.line)
    return Judged(
        budget.name, budget.measure, state, why, origin, budget.enforced, limit, amount, rate, measured.uncounted
    )


def _state(what: str, amount: Amount, most: int, warn: int | None) -> tuple[State, str]:
    text = f"{what}: {amount} of {most:,}"
    if amount.least > most:
        return "exceeded", text
    if amount.most is None or amount.most > most:
        return "unknown", f"{text}: some of it is not known, and it may be exceeded"
    return ("warned" if warn is not None and amount.most >= warn else "within"), text


def weekly(amount: Amount, now: int, past: Iterable[Past]) -> Amount | None:
    """The average growth of a figure in a week since the oldest run of the last four weeks; ``None`` where there is no such run, or where
    the upper end of a figure is not known."""
    usable = [one for one in past if SHORTEST <= now - one.time <= LONGEST]
    if not usable:
        return None
    then = min(usable, key=lambda one: one.time)
    if amount.most is None or then.amount.most is None:
        return None
    grown = (
        amount.least - then.amount.least,
        amount.most - then.amount.most,
    )  # what is not known of both is mostly the same
    elapsed = now - then.time
    return Amount(_ceil(min(grown) * WEEK, elapsed), _ceil(max(grown) * WEEK, elapsed))


def _ceil(value: int, by: int) -> int:
    return -(-value // by)


def _no_rate(past: Mapping[str, Sequence[Past]] | None) -> str:
    if past is None:
        return "its growth is not known: nothing is remembered (--history)"
    return "its growth is not known: no complete run between a day and four weeks ago has a figure of it"
