"""The nouns of budgets: what may be spent, what was, and what must have been looked at. Standard library only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from shadowai.model import Origin, Verdict

Measure = Literal["points", "score", "services", "users", "events", "blocked", "bytes_up", "bytes_down", "age"]
MEASURES: Final[tuple[Measure, ...]] = (
    "points", "score", "services", "users", "events", "blocked", "bytes_up", "bytes_down", "age",
)  # fmt: skip
"""``points`` is the sum of risk scores, ``score`` the highest one, ``age`` the days since the oldest was first seen."""
Surface = Literal["network", "tenant"]
SURFACES: Final[tuple[Surface, ...]] = ("network", "tenant")
State = Literal["within", "warned", "exceeded", "unknown"]


class Amount(NamedTuple):
    """A figure that is at least ``least`` and at most ``most`` (``None``: without a bound, for what is not known)."""

    least: int
    most: int | None

    def __str__(self) -> str:
        if self.most is None:
            return f"{self.least:,} or more"
        return f"{self.least:,}" if self.least == self.most else f"{self.least:,} to {self.most:,}"


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of something may be there. It is exceeded above ``most``, and warned of from ``warn`` on; ``per_week`` is how much it may
    grow in a week. What the scope does not name (``departments``, ``sources``, ``surfaces``, ``statuses``, ``categories``, ``services``,
    all folded) is not looked at."""

    name: str
    line: int
    measure: Measure
    most: int | None = None
    warn: int | None = None
    per_week: int | None = None
    departments: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    surfaces: frozenset[str] = frozenset()
    statuses: frozenset[Verdict] = frozenset()
    categories: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    enforced: bool = True

    @property
    def key(self) -> str:
        """What its figures are remembered under: 16 hex digits of what is measured and where, and not of how much may be there."""
        scope = (self.departments, self.sources, self.surfaces, {v.value for v in self.statuses})
        parts = [self.measure, *("\x1f".join(sorted(part)) for part in (*scope, self.categories, self.services))]
        return hashlib.sha256("\x1e".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a look must have covered: ``sources`` (formats and platforms) that gave something and no gap, the longest time without a
    record in any log (``max_gap``, hours), the share of records that carry a name (``min_named``, parts of ten thousand)."""

    line: int
    sources: tuple[str, ...] = ()
    max_gap: int | None = None
    min_named: int | None = None


@dataclass(frozen=True, slots=True)
class Budgets:
    """The budgets of a file, and what it requires to be covered (``None``: nothing)."""

    path: str = ""
    budgets: tuple[Budget, ...] = ()
    coverage: Coverage | None = None

    def __bool__(self) -> bool:
        return bool(self.budgets) or self.coverage is not None


class Judged(NamedTuple):
    """What became of a budget, or of a requirement of coverage: its state, and why in words.

    ``origin`` is its place in the file. ``limit`` is what was allowed; ``amount`` and ``rate`` (what it grew by in a week) are ``None``
    where they were not asked for or are not known. ``uncounted`` are rows in its scope that are no confirmed use.
    """

    name: str
    what: str
    state: State
    why: str
    origin: Origin
    enforced: bool = True
    limit: int | None = None
    amount: Amount | None = None
    rate: Amount | None = None
    uncounted: int = 0
