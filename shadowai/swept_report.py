"""Where sweeps meet signatures, policy, people and what the network saw: what the pipeline is for logs, this is for tenants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from shadowai import candidate_apps, grants
from shadowai.app_findings import Candidate
from shadowai.app_matcher import AppMatcher
from shadowai.contradictions import Look, TenantLook, contradictions
from shadowai.decisions.finishing import finishing
from shadowai.errors import SourceError, UsageError
from shadowai.inventory import Inventory
from shadowai.model import Actor, Entry, Gap, Note, Origin, Report, Signature, SourceSummary
from shadowai.pipeline import ScanOptions, rules_of
from shadowai.sweep.gaps import gaps, wanting
from shadowai.tenant import App, Signal, Swept

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
    """One inventory of several sweeps. ``signals`` are those of each connector, by its name: what they are called, and what they give."""

    def __init__(self, options: ScanOptions, signals: Mapping[str, Sequence[Signal]]) -> None:
        self._options, self._signals = options, signals
        self._catalog = self.catalog = options.load_catalog()
        self._rules = rules_of(options, self._catalog)
        self._matcher = self.matcher = AppMatcher(self._catalog)
        self._people = options.people()
        self._rater = options.rater(self._catalog)
        self._finish = finishing(options, self._catalog, self._people)

    def is_ai(self, app: App) -> bool:
        """Whether anything speaks for the application's being AI: its grants are worth asking for."""
        return self._matcher.is_worth_a_look(app)

    def report(self, sweeps: Sequence[Swept], refused: Sequence[SourceError], network: Network | None = None) -> Report:
        """The inventory, with the network's where it is given. Each task that is not complete and each tenant that could not be swept
        (``refused``) is a gap in it; contradictions between tenants and network are notes, as far as each was looked at whole."""
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
        told: list[TenantLook] = []
        apps: list[tuple[Swept, tuple[Candidate, ...]]] = []
        for swept in sweeps:
            one = Inventory()
            assessed = grants.fold(swept, self._matcher, one)
            notes += assessed.notes
            apps.append((swept, assessed.candidates))
            summaries.append(_summary(swept, len(self._entries(one, "user", persons=False))))
            parts.append(Part(self._rows(one, ways), assessed.services))
            if network is not None:
                told.append(self._told(swept, one, assessed))
            tenants.merge(one)
        missing = self._missing(sweeps, refused)
        everything, granted = self._known(seen.inventory), self._known(tenants)
        if network is not None:
            traffic = Look(self._entries(everything, "user", persons=True), not seen.gaps)
            notes += contradictions(traffic, told, refused=len(refused))
        against = _against(notes)
        alike = candidate_apps.joined(everything.candidates(), apps)
        everything.merge(granted)
        persons = self._people is not None
        of_people = self._people.notes(seen.inventory.seen()) if self._people is not None else ()
        judged = {by: self._rated(self._entries(everything, by, persons=persons), against) for by in ways}
        reports = (
            Report(
                entries=judged[by],
                gaps=(*seen.gaps, *missing),
                notes=(
                    *self._catalog.notes,
                    *notes,
                    *everything.notes(by, persons=persons),
                    *self._rules.notes(judged[by]),
                    *of_people,
                ),
                sources=tuple(summaries),
                by=by,
                signatures=self._catalog.version,
                candidates=alike,
            )
            for by in ways
        )
        return Joined(tuple(map(self._finish, reports)), tuple(parts))

    def _told(self, swept: Swept, inventory: Inventory, assessed: grants.Assessed) -> TenantLook:
        """What one tenant can be held against the network with. A log's grants stand only where the log was read whole."""
        lost = wanting(swept, self._signals.get(swept.platform, ()))
        people = self._people
        return TenantLook(
            place=f"{swept.platform}:{swept.name}",
            entries=self._entries(self._known(inventory), "user", persons=True),
            stands=not any(gives >= {"grants", "events"} for gives in lost),
            whole=not any(gives & {"apps", "grants", "use"} for gives in lost),
            nameless=frozenset(
                user for user in assessed.nameless if people is None or people.who(Actor(user)).user == user
            ),
        )

    def _rows(self, inventory: Inventory, ways: Sequence[By]) -> frozenset[str]:
        known, persons = self._known(inventory), self._people is not None
        return frozenset(entry.asset_id for by in ways for entry in self._entries(known, by, persons=persons))

    def _missing(self, sweeps: Sequence[Swept], refused: Sequence[SourceError]) -> tuple[Gap, ...]:
        """What could not be looked at."""
        titles = {name: {one.name: one.title for one in signals} for name, signals in self._signals.items()}
        found = [gap for swept in sweeps for gap in gaps(swept, titles.get(swept.platform))]
        for error in refused:
            remedy = f" ({error.remedy})" if error.remedy else ""
            found.append(Gap(error.origin or Origin("sweep"), f"{error.message}{remedy}"))
        return tuple(found)

    def _known(self, inventory: Inventory) -> Inventory:
        return inventory if self._people is None else inventory.identified(self._people.who)

    def _entries(self, inventory: Inventory, by: By, *, persons: bool) -> tuple[Entry, ...]:
        return inventory.entries(
            by,
            lookup=self._signature,
            policy=self._rules,
            today=datetime.now(UTC).date(),
            persons=persons,
            department=self._people.department if self._people is not None else None,
        )

    def _rated(self, entries: Iterable[Entry], against: Mapping[str, frozenset[str]]) -> tuple[Entry, ...]:
        """The entries with their risk; rows by service with what ``against`` says of the service among their facts."""
        told = (_with_facts(entry, against.get(entry.service_id, frozenset())) for entry in entries)
        return self._rater.rated(told)

    def _signature(self, id: str) -> Signature:
        found = self._catalog.get(id)
        if found is None:
            raise UsageError(
                f"no signature {id!r} in the catalogue", remedy="give every run the same signature folders"
            )
        return found


def _against(notes: Iterable[Note]) -> Mapping[str, frozenset[str]]:
    """The kinds of contradictions there are, by the ids of the services that they are about."""
    found: dict[str, set[str]] = {}
    for note in notes:
        for service in note.services:
            found.setdefault(service, set()).add(note.kind)
    return {service: frozenset(kinds) for service, kinds in found.items()}


def _with_facts(entry: Entry, more: frozenset[str]) -> Entry:
    """A contradiction is about a service, and never about one person."""
    return entry if entry.actor is not None or not more else replace(entry, facts=tuple(sorted({*entry.facts, *more})))


def _summary(swept: Swept, ai: int) -> SourceSummary:
    """What became of one tenant: requests for lines, apps and grants for records; ``ai`` are its users of AI services."""
    count = len(swept.apps) + len(swept.grants)
    named = len(swept.grants)
    return SourceSummary(f"{swept.platform}:{swept.name}", swept.platform, swept.requests, count, named, ai=ai)
