"""Sweeps of the made Google Workspace: the first with its 180 days, and one of each following day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shadowai.connector import Mode
from shadowai.sweep.runner import Wanted
from shadowai.tenant import Completeness, Outcome, Swept
from shadowai_connectors.google_workspace import GoogleWorkspace
from tests.tenants.clock import IdleClock
from tests.tenants.compare import Difference, compare
from tests.tenants.entra_sweeps import Measured
from tests.tenants.faults import Faults
from tests.tenants.google import Google
from tests.tenants.server import Server
from tests.tenants.sweeps import google_settings, secrets, sweep
from tests.tenants.workspace import Size, Workspace


class GoogleTenant:
    """A made tenant behind a server, swept as often as wanted; its memory is in ``folder``."""

    def __init__(self, google: Google, root: str, clock: IdleClock, folder: Path) -> None:
        self.google, self.clock, self._folder = google, clock, folder
        self.settings = google_settings(root)
        self._sampled = 0.0

    def sweep(self, mode: Mode | None = None) -> Measured:
        """Sweep, and hold what was found against what there is."""
        self.google.calls.clear()
        self.google.ledger.spent.clear()
        found: list[tuple[Difference, tuple[Outcome, ...], str]] = []

        def read(swept: Swept) -> None:
            began = swept.began / 1_000_000
            if swept.mode != "delta":
                self._sampled = began
            bad = tuple(one for one in swept.outcomes if one.completeness is not Completeness.COMPLETE)
            there = self.google.tenant.truth(began, self._sampled)
            found.append((compare(swept, there), bad, swept.mode))

        place = self._folder / "google.sqlite"
        wanted = Wanted("made", mode)
        done = sweep(GoogleWorkspace(), self.settings, place, self.clock, wanted=wanted, read=read)
        difference, incomplete, how = found[0]
        spent = self.google.ledger.spent.copy()
        return Measured(done, self.google.calls.copy(), spent, difference, incomplete, how)

    def next_day(self) -> None:
        """A day passes, with its consents and those that come late into the log."""
        self.clock.advance(86_400 - (self.clock.time() - 1_795_000_000) % 86_400)


@contextmanager
def google_tenant(
    size: Size, folder: Path, *, faults: Faults | None = None, limited: bool = True, largest: int = 1000
) -> Iterator[GoogleTenant]:
    """A tenant of that size, in pages of ``largest`` records at most and in time that only waiting passes."""
    with secrets(), IdleClock() as clock:
        google = Google(Workspace(size), clock, faults or Faults(), limited=limited, largest=largest)
        with Server(google.answer) as server:
            yield GoogleTenant(google, server.root, clock, folder)
