"""How much of a budget is used: figures as a lower and an upper bound, since unknown values may be anything.

Counted is what breaches policies: confirmed use (``Entry.is_use``); ``blocked`` alone counts attempts, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Literal, NamedTuple

from shadowai.budgets.model import Amount, Budget, Measure
from shadowai.model import Entry, Report
from shadowai.policy.model import fold
from shadowai.policy.uses import GRANTED
from shadowai.privacy import SMALL

DAY = 86_400_000_000
"""Microseconds."""
Belongs = Literal["yes", "perhaps", "no"]


class Inventories(NamedTuple):
    """The rows of one scan or sweep, both by service and by user. ``platforms`` are the names of all platforms of tenants."""

    services: Sequence[Entry]
    users: Sequence[Entry]
    platforms: frozenset[str] = frozenset()


class Measured(NamedTuple):
    """A figure, and how many rows in its scope are no confirmed use and were left out."""

    amount: Amount
    uncounted: int = 0


def inventories(reports: Iterable[Report], platforms: Collection[str] = ()) -> Inventories:
    """The rows of the reports by service and by user on the same input."""
    by = {report.by: report.entries for report in reports}
    return Inventories(by["service"], by["user"], frozenset(platforms))


def measure(budget: Budget, rows: Inventories, now: int) -> Measured:
    """What ``budget`` measures, as of the time ``now`` (µs)."""
    surely, perhaps, uncounted = _scoped(budget, rows.users, rows.platforms)
    if budget.departments or budget.measure == "users":
        served = {entry.service_id: entry for entry in rows.services}
    else:
        surely, perhaps, uncounted = _scoped(budget, rows.services, rows.platforms)
        served = {entry.service_id: entry for entry in (*surely, *perhaps)}
    if budget.measure in ("points", "score", "services", "age"):
        surely, perhaps = _services(surely, served), _services(perhaps, served)
    known = {entry.asset_id for entry in surely}
    perhaps = [entry for entry in perhaps if entry.asset_id not in known]
    low, high = _amount(budget.measure, surely, now), _amount(budget.measure, [*surely, *perhaps], now)
    return Measured(Amount(low.least, high.most), uncounted)


def _services(rows: Iterable[Entry], served: dict[str, Entry]) -> list[Entry]:
    """The rows by service of the services that the rows are about, each once."""
    return [served[id] for id in dict.fromkeys(entry.service_id for entry in rows) if id in served]


def _scoped(budget: Budget, rows: Iterable[Entry], platforms: frozenset[str]) -> tuple[list[Entry], list[Entry], int]:
    """The rows in the scope of the budget, those that may be in it, and the number of rows left out because they are no confirmed use."""
    found: dict[Belongs, list[Entry]] = {"yes": [], "perhaps": [], "no": []}
    uncounted = 0
    for entry in rows:
        belongs = _belongs(budget, entry, platforms)
        if belongs != "no" and not (entry.is_use or (budget.measure == "blocked" and entry.confidence == "confirmed")):
            uncounted += 1
        else:
            found[belongs].append(entry)
    return found["yes"], found["perhaps"], uncounted


def _belongs(budget: Budget, entry: Entry, platforms: frozenset[str]) -> Belongs:
    """Whether a row is in a budget's scope."""
    if (
        (budget.sources and budget.sources.isdisjoint(map(fold, entry.sources)))
        or (budget.surfaces and budget.surfaces.isdisjoint(_surfaces(entry, platforms)))
        or (budget.categories and fold(entry.category) not in budget.categories)
        or (budget.services and fold(entry.service_id) not in budget.services)
    ):
        return "no"
    sure = not budget.statuses or entry.verdict in budget.statuses
    may_be = entry.ruling.may_be if entry.ruling is not None else ()
    if not sure and budget.statuses.isdisjoint(may_be):
        return "no"
    if budget.departments:
        named = not budget.departments.isdisjoint(map(fold, entry.departments))
        if entry.departments and not named and SMALL not in entry.departments:
            return "no"
        sure = sure and named
    return "yes" if sure else "perhaps"


def _surfaces(entry: Entry, platforms: frozenset[str]) -> set[str]:
    """The surfaces on which a row was seen: ``tenant`` for platforms, ``network`` for logs and captures."""
    granted = not GRANTED.isdisjoint(entry.facts) or any(source in platforms for source in entry.sources)
    logged = any(source not in platforms for source in entry.sources)
    return {*(["tenant"] if granted else []), *(["network"] if logged else [])}


def _amount(measure: Measure, rows: Sequence[Entry], now: int) -> Amount:
    if measure == "services":
        return Amount(len(rows), len(rows))
    if measure == "users":
        return _users(rows)
    if measure in ("points", "score"):
        ends = [(_or(entry.risk_low, entry.risk, 0), _or(entry.risk, 100)) for entry in rows]
        how = sum if measure == "points" else lambda values: max(values, default=0)
        return Amount(how(low for low, _ in ends), how(high for _, high in ends))
    if measure == "age":
        ages = [None if entry.first_seen is None else max(0, now - entry.first_seen) // DAY for entry in rows]
        return _bounded(max((age for age in ages if age is not None), default=0), ages)
    values: list[int | None] = [getattr(entry, measure) for entry in rows]
    return _bounded(sum(value or 0 for value in values), values)


def _bounded(least: int, values: Iterable[int | None]) -> Amount:
    """A sum or maximum as bounds; no upper bound where one of the values is not known."""
    return Amount(least, None if None in values else least)


def _or(*values: int | None) -> int:
    return next(value for value in values if value is not None)


def _users(rows: Iterable[Entry]) -> Amount:
    """The number of users as bounds: those named, and at most one more for each device or address without a name. Where not even these
    are known, it may be anybody."""
    named, nameless, anybody = set(), set(), False
    for entry in rows:
        if entry.actor is not None and entry.actor.user:
            named.add(entry.actor.user)
        elif entry.actor is not None and any(entry.actor):
            nameless.add(entry.actor)
        else:
            anybody = True
    return Amount(len(named), None if anybody else len(named) + len(nameless))
