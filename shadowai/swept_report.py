"""Where sweeps meet signatures and policy: what the pipeline is for logs, this is for tenants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from shadowai import grants
from shadowai.app_matcher import AppMatcher
from shadowai.errors import SourceError, UsageError
from shadowai.inventory import Inventory
from shadowai.model import Entry, Gap, Note, Origin, Report, Signature, SourceSummary
from shadowai.pipeline import ScanOptions, rules_of
from shadowai.sweep.gaps import gaps
from shadowai.tenant import App, Swept


class SweptReport:
    """One inventory of several sweeps. ``titles`` are what people call the signals of each connector, by its name."""

    def __init__(self, options: ScanOptions, titles: Mapping[str, dict[str, str]]) -> None:
        self._options, self._titles = options, titles
        self._catalog = self.catalog = options.load_catalog()
        self._rules = rules_of(options, self._catalog)
        self._matcher = self.matcher = AppMatcher(self._catalog)

    def is_ai(self, app: App) -> bool:
        """Whether anything speaks for the application's being AI: its grants are worth asking for."""
        return self._matcher.is_worth_a_look(app)

    def report(self, sweeps: Sequence[Swept], refused: Sequence[SourceError]) -> Report:
        """The inventory. Each task that is not complete and each tenant that could not be swept (``refused``) is a gap in it."""
        return self.reports(sweeps, refused, (self._options.by,))[0]

    def reports(
        self, sweeps: Sequence[Swept], refused: Sequence[SourceError], ways: Sequence[Literal["service", "user"]]
    ) -> tuple[Report, ...]:
        """The inventory in several ``ways``, in their order."""
        inventory = Inventory()
        missing: list[Gap] = []
        notes: list[Note] = []
        summaries: list[SourceSummary] = []
        for swept in sweeps:
            one = Inventory()
            notes += grants.fold(swept, self._matcher, one).notes
            summaries.append(_summary(swept, len(self._entries(one, "user"))))
            inventory.merge(one)
            missing += gaps(swept, self._titles.get(swept.platform))
        for error in refused:
            remedy = f" ({error.remedy})" if error.remedy else ""
            missing.append(Gap(error.origin or Origin("sweep"), f"{error.message}{remedy}"))
        return tuple(
            Report(
                entries=self._entries(inventory, by),
                gaps=tuple(missing),
                notes=(*notes, *inventory.notes(by)),
                sources=tuple(summaries),
                by=by,
                signatures=self._catalog.version,
            )
            for by in ways
        )

    def _entries(self, inventory: Inventory, by: Literal["service", "user"]) -> tuple[Entry, ...]:
        today = datetime.now(UTC).date()
        return inventory.entries(by, lookup=self._signature, policy=self._rules, today=today)

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
