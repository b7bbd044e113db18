"""Quotas as the services keep them: so much within any window of so many seconds, and a refusal for whoever asks for more."""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` units within any ``seconds``; ``tells`` where the refusal says how long to wait."""

    name: str
    most: float
    seconds: float
    tells: bool = True


GRAPH_DIRECTORY = Limit("graph directory (resource units)", 8000, 10)
"""Of a tenant with more than 500 users. https://learn.microsoft.com/graph/throttling-limits"""
GRAPH_REPORTS = Limit("graph reports", 5, 10)
GRAPH_GOVERNANCE = Limit("graph governance", 1, 1, tells=False)
GRAPH_OTHER = Limit("graph other", 60, 10)
GOOGLE_REPORTS = Limit("google reports", 2400, 60, tells=False)
GOOGLE_FILTERED = Limit("google reports, filtered", 250, 60, tells=False)
GOOGLE_DIRECTORY = Limit("google directory", 2400, 60, tells=False)
GOOGLE_CHROME = Limit("google chrome", 600, 60, tells=False)


@dataclass(slots=True)
class Spent:
    """What was spent of one limit: requests that came through, those refused, and units in all."""

    limit: Limit
    requests: int = 0
    refused: int = 0
    units: float = 0.0
    recent: deque[tuple[float, float]] = field(default_factory=deque)

    @property
    def floor(self) -> float:
        """Seconds that the quota alone takes for the units spent, at its sustained rate."""
        return self.units * self.limit.seconds / self.limit.most

    @property
    def least(self) -> float:
        """Seconds in which somebody who knows all and asks at the first moment of every window could have done it."""
        return max(0.0, (math.ceil(self.units / self.limit.most) - 1) * self.limit.seconds)


class Ledger:
    """What all requests of a tenant have spent. Safe to call from several threads."""

    def __init__(self) -> None:
        self.spent: dict[str, Spent] = {}
        self._lock = threading.Lock()

    def charge(self, limit: Limit, now: float, units: float = 1.0) -> float | None:
        """Spend; gives the seconds to wait where that would be too much, else ``None``."""
        with self._lock:
            spent = self.spent.setdefault(limit.name, Spent(limit))
            while spent.recent and spent.recent[0][0] <= now - limit.seconds:
                spent.recent.popleft()
            if sum(cost for _, cost in spent.recent) + units > limit.most + 1e-9:
                spent.refused += 1
                return max(0.0, spent.recent[0][0] + limit.seconds - now) if spent.recent else limit.seconds
            spent.recent.append((now, units))
            spent.requests += 1
            spent.units += units
            return None
