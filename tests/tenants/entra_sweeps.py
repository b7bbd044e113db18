"""Sweeps of the made Entra tenant: the first, and one of each following day after something has happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shadowai.connector import Mode, Scope
from shadowai.sweep.runner import Wanted
from shadowai.tenant import Completeness, Outcome, Swept
from shadowai_connectors.entra import Entra
from tests.tenants.clock import IdleClock
from tests.tenants.compare import Difference, compare
from tests.tenants.entra_truth import truth
from tests.tenants.faults import Faults
from tests.tenants.graph import Graph
from tests.tenants.microsoft import TENANT, Directory, Size
from tests.tenants.quotas import Spent
from tests.tenants.server import Server
from tests.tenants.sweeps import Done, entra_settings, secrets, sweep


def is_sign_in(path: str) -> bool:
    """Whether a call only gets a token: at Microsoft's authority, or at Google's ``/token``."""
    return path.startswith(f"/{TENANT}/") or path == "token"


@dataclass(frozen=True, slots=True)
class Measured:
    """One sweep's figures: ``calls`` by path, what of quotas was spent, what was missed of the truth, and what did not end complete."""

    done: Done
    calls: Counter[str]
    spent: dict[str, Spent]
    difference: Difference
    incomplete: tuple[Outcome, ...]
    mode: str

    @property
    def asked(self) -> int:
        """Calls but for those that sign in. A batch is one call, though each request in it counts against the quota."""
        return sum(count for path, count in self.calls.items() if not is_sign_in(path))

    @property
    def floor(self) -> float:
        """Seconds that the scarcest quota alone takes."""
        return max((spent.floor for spent in self.spent.values()), default=0.0)

    @property
    def least(self) -> float:
        """Seconds in which nobody can be faster, whole windows being spent at once."""
        return max((spent.least for spent in self.spent.values()), default=0.0)


class EntraTenant:
    """A made tenant behind a server, swept as often as wanted; its memory is in ``folder``."""

    def __init__(self, graph: Graph, clock: IdleClock, folder: Path) -> None:
        self.graph, self.clock, self._folder = graph, clock, folder
        self.settings = entra_settings(graph.root)

    @property
    def tenant(self) -> Directory:
        """What it holds."""
        return self.graph.tenant

    def sweep(
        self, mode: Mode | None = None, scope: Scope = "ai", also: Callable[[Swept], None] = lambda swept: None
    ) -> Measured:
        """Sweep, and hold what was found against what there is; ``also`` is given the result while it can be read."""
        self.graph.calls.clear()
        self.graph.ledger.spent.clear()
        found: list[tuple[Difference, tuple[Outcome, ...], str]] = []

        def read(swept: Swept) -> None:
            there = truth(self.tenant, swept.began / 1_000_000, whole=swept.mode == "full")
            bad = tuple(one for one in swept.outcomes if one.completeness is not Completeness.COMPLETE)
            found.append((compare(swept, there), bad, swept.mode))
            also(swept)

        wanted = Wanted("made", mode, scope)
        done = sweep(Entra(), self.settings, self._folder / "entra.sqlite", self.clock, wanted=wanted, read=read)
        (difference, incomplete, how) = found[0]
        return Measured(done, self.graph.calls.copy(), self.graph.ledger.spent.copy(), difference, incomplete, how)

    def next_day(self, *, new: bool = True) -> None:
        """A day passes, and something happens in it; an AI app appears where something is ``new``."""
        self.tenant.live_on(new=new)
        self.clock.advance(86_400)


@contextmanager
def entra_tenant(
    size: Size, folder: Path, *, faults: Faults | None = None, limited: bool = True, largest: int = 999
) -> Iterator[EntraTenant]:
    """A tenant of that size, in pages of ``largest`` rows at most and in time that only waiting passes."""
    with secrets(), IdleClock() as clock:
        graph = Graph(Directory(size), clock, faults or Faults(), limited=limited, largest=largest)
        with Server(graph.answer) as server:
            graph.root = server.root
            yield EntraTenant(graph, clock, folder)
