"""Data types of budgets: limits, requirements on coverage, and their state. Standard library only."""

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
    """Bounds of a figure: at least ``least``, at most ``most`` (``None``: no upper bound is known)."""

    least: int
    most: int | None

    def __str__(self) -> str:
        if self.most is None:
            return f"{self.least:,} or more"
        return f"{self.least:,}" if self.least == self.most else f"{self.least:,} to {self.most:,}"


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit on one measure. It is exceeded above ``most`` and warned of from ``warn`` on; ``per_week`` is the most that it may grow in a
    week. ``departments``, ``sources``, ``surfaces``, ``statuses``, ``categories`` and ``services`` (texts folded) restrict the rows that
    are counted; an empty one does not."""

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
        """The key of its figures in the history: 16 hex digits, a hash of the measure and the scope, not of the limits."""
        scope = (self.departments, self.sources, self.surfaces, {v.value for v in self.statuses})
        parts = [self.measure, *("\x1f".join(sorted(part)) for part in (*scope, self.categories, self.services))]
        return hashlib.sha256("\x1e".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a scan or sweep must have read: ``sources`` (formats and platforms) that must have records and no gap, the longest time
    without a record in any log (``max_gap``, hours), the least share of records with a name (``min_named``, parts of ten thousand)."""

    line: int
    sources: tuple[str, ...] = ()
    max_gap: int | None = None
    min_named: int | None = None


@dataclass(frozen=True, slots=True)
class Budgets:
    """The budgets of a file, and its requirements on coverage (``None``: none)."""

    path: str = ""
    budgets: tuple[Budget, ...] = ()
    coverage: Coverage | None = None

    def __bool__(self) -> bool:
        return bool(self.budgets) or self.coverage is not None


class Judged(NamedTuple):
    """The state of a budget, or of a requirement on coverage, and why in words.

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
