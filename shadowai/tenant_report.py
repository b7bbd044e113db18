"""Where sweeps meet signatures, policy, people and what the network saw: one inventory of it all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from shadowai import grants
from shadowai.app_matcher import AppMatcher
from shadowai.catalog import Catalog
from shadowai.contradictions import Look, contradictions
from shadowai.errors import SourceError
from shadowai.grants import Assessed
from shadowai.identities import Identities
from shadowai.inventory import By, Inventory
from shadowai.model import Entry, Gap, Note, Origin, Report, SourceSummary
from shadowai.policy import Policy
from shadowai.sweep.gaps import gaps
from shadowai.tenant import App, Swept


class Network(NamedTuple):
    """What the network saw, and whether everything of it could be looked at."""

    inventory: Inventory
    complete: bool


class Joint(NamedTuple):
    """The report of sweeps, and what they say beside it, by sweep."""

    report: Report
    assessed: tuple[Assessed, ...]


@dataclass(frozen=True, slots=True)
class TenantReports:
    """Makes reports of sweeps with these signatures, this policy and these people; ``titles`` are what people call the signals."""

    catalog: Catalog
    matcher: AppMatcher
    rules: Policy
    by: By = "service"
    people: Identities | None = None
    titles: tuple[tuple[str, str], ...] = ()

    def is_ai(self, app: App) -> bool:
        """Whether a sweep must look at the app: something speaks for AI, be it little."""
        return self.matcher.is_worth_a_look(app)

    def joint(
        self, sweeps: Sequence[Swept], refused: Iterable[SourceError] = (), network: Network | None = None
    ) -> Joint:
        """One inventory of all tenants, with the network's where it is given. What a sweep could not look at is a gap, as is each of
        ``refused``, a tenant that could not be swept at all; contradictions between the two are notes where both are complete."""
        tenants, everything = Inventory(), Inventory()
        assessed, summaries = [], []
        for swept in sweeps:
            one = Inventory()
            assessed.append(grants.fold(swept, self.matcher, one))
            tenants.merge(one)
            summaries.append(_summary(swept, len(self._rows(one, "user"))))
        missing = tuple(self._gaps(sweeps, refused))
        known = self._known(tenants)
        against: tuple[Note, ...] = ()
        if network is None:
            everything = known
        else:
            seen = self._known(network.inventory)
            everything.merge(seen)
            everything.merge(known)
            against = contradictions(
                Look(self._rows(seen, "user"), network.complete),
                Look(self._rows(known, "user"), bool(sweeps) and not missing),
            )
        notes = (*(note for one in assessed for note in one.notes), *everything.notes(self.by, persons=True), *against)
        report = Report(
            entries=self._rows(everything, self.by),
            gaps=missing,
            notes=(*notes, *self._conflicts()),
            sources=tuple(summaries),
            by=self.by,
            signatures=self.catalog.version,
        )
        return Joint(report, tuple(assessed))

    def _rows(self, inventory: Inventory, by: By) -> tuple[Entry, ...]:
        today = datetime.now(UTC).date()
        lookup = self.catalog.signatures.__getitem__
        return inventory.entries(by, lookup=lookup, policy=self.rules, today=today, persons=True)

    def _known(self, inventory: Inventory) -> Inventory:
        return inventory if self.people is None else inventory.identified(self.people.who)

    def _conflicts(self) -> tuple[Note, ...]:
        return self.people.conflicts if self.people is not None else ()

    def _gaps(self, sweeps: Sequence[Swept], refused: Iterable[SourceError]) -> Iterator[Gap]:
        for swept in sweeps:
            yield from gaps(swept, dict(self.titles))
        for error in refused:
            remedy = f" ({error.remedy})" if error.remedy else ""
            yield Gap(error.origin or Origin("tenant"), f"could not be swept: {error.message}{remedy}")


def _summary(swept: Swept, ai: int) -> SourceSummary:
    """What became of a tenant: its grants are the records, those read into AI rows the ``ai``."""
    count = len(swept.grants)
    return SourceSummary(f"{swept.platform}:{swept.name}", swept.platform, count, count, count, ai=ai)
