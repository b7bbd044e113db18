"""Where sweeps meet signatures, policy, people and what the network saw: what the pipeline is for logs, this is for tenants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from shadowai import grants
from shadowai.app_matcher import AppMatcher
from shadowai.contradictions import Look, contradictions
from shadowai.errors import SourceError, UsageError
from shadowai.inventory import Inventory
from shadowai.model import Entry, Gap, Note, Origin, Report, Signature, SourceSummary
from shadowai.pipeline import ScanOptions, rules_of
from shadowai.sweep.gaps import gaps
from shadowai.tenant import App, Swept

By = Literal["service", "user"]


class Network(NamedTuple):
    """What the network saw, and what of it could not be looked at."""

    inventory: Inventory
    gaps: tuple[Gap, ...] = ()
    notes: tuple[Note, ...] = ()
    sources: tuple[SourceSummary, ...] = ()


class Part(NamedTuple):
    """What one tenant has in a joint inventory: the ids of its rows, and those of the services that its apps are counted under."""

    rows: frozenset[str]
    services: Mapping[str, tuple[str, ...]]


class Joined(NamedTuple):
    """One inventory in several ways, and each sweep's part in it."""

    reports: tuple[Report, ...]
    parts: tuple[Part, ...]


class SweptReport:
    """One inventory of several sweeps. ``titles`` are what people call the signals of each connector, by its name."""

    def __init__(self, options: ScanOptions, titles: Mapping[str, dict[str, str]]) -> None:
        self._options, self._titles = options, titles
        self._catalog = self.catalog = options.load_catalog()
        self._rules = rules_of(options, self._catalog)
        self._matcher = self.matcher = AppMatcher(self._catalog)
        self._people = options.people()

    def is_ai(self, app: App) -> bool:
        """Whether anything speaks for the application's being AI: its grants are worth asking for."""
        return self._matcher.is_worth_a_look(app)

    def report(self, sweeps: Sequence[Swept], refused: Sequence[SourceError], network: Network | None = None) -> Report:
        """The inventory, with the network's where it is given. Each task that is not complete and each tenant that could not be swept
        (``refused``) is a gap in it; contradictions between tenants and network are notes where both are complete."""
        return self.joined(sweeps, refused, (self._options.by,), network).reports[0]

    def joined(
        self,
        sweeps: Sequence[Swept],
        refused: Sequence[SourceError],
        ways: Sequence[By],
        network: Network | None = None,
    ) -> Joined:
        """The inventory in several ``ways``, in their order."""
        tenants = Inventory()
        seen = network or Network(Inventory())
        notes = [*seen.notes]
        summaries = [*seen.sources]
        parts: list[Part] = []
        for swept in sweeps:
            one = Inventory()
            assessed = grants.fold(swept, self._matcher, one)
            notes += assessed.notes
            summaries.append(_summary(swept, len(self._entries(one, "user", persons=False))))
            parts.append(Part(self._rows(one, ways), assessed.services))
            tenants.merge(one)
        missing = self._missing(sweeps, refused)
        everything, granted = self._known(seen.inventory), self._known(tenants)
        if network is not None:
            traffic = Look(self._entries(everything, "user", persons=True), not seen.gaps)
            notes += contradictions(
                traffic, Look(self._entries(granted, "user", persons=True), bool(sweeps) and not missing)
            )
        everything.merge(granted)
        persons = self._people is not None
        conflicts = self._people.conflicts if self._people is not None else ()
        reports = (
            Report(
                entries=self._entries(everything, by, persons=persons),
                gaps=(*seen.gaps, *missing),
                notes=(*self._catalog.notes, *notes, *everything.notes(by, persons=persons), *conflicts),
                sources=tuple(summaries),
                by=by,
                signatures=self._catalog.version,
            )
            for by in ways
        )
        return Joined(tuple(reports), tuple(parts))

    def _rows(self, inventory: Inventory, ways: Sequence[By]) -> frozenset[str]:
        known, persons = self._known(inventory), self._people is not None
        return frozenset(entry.asset_id for by in ways for entry in self._entries(known, by, persons=persons))

    def _missing(self, sweeps: Sequence[Swept], refused: Sequence[SourceError]) -> tuple[Gap, ...]:
        """What could not be looked at."""
        found = [gap for swept in sweeps for gap in gaps(swept, self._titles.get(swept.platform))]
        for error in refused:
            remedy = f" ({error.remedy})" if error.remedy else ""
            found.append(Gap(error.origin or Origin("sweep"), f"{error.message}{remedy}"))
        return tuple(found)

    def _known(self, inventory: Inventory) -> Inventory:
        return inventory if self._people is None else inventory.identified(self._people.who)

    def _entries(self, inventory: Inventory, by: By, *, persons: bool) -> tuple[Entry, ...]:
        today = datetime.now(UTC).date()
        return inventory.entries(by, lookup=self._signature, policy=self._rules, today=today, persons=persons)

    def _signature(self, id: str) -> Signature:
        found = self._catalog.get(id)
        if found is None:
            raise UsageError(
                f"no signature {id!r} in the catalogue", remedy="give every run the same signature folders"
            )
        return found


def _summary(swept: Swept, ai: int) -> SourceSummary:
    """What became of one tenant: requests for lines, apps and grants for records; ``ai`` are its users of AI services."""
    count = len(swept.apps) + len(swept.grants)
    named = len(swept.grants)
    return SourceSummary(f"{swept.platform}:{swept.name}", swept.platform, swept.requests, count, named, ai=ai)
