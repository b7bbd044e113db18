"""Where sweeps meet signatures and policy: what the pipeline is for logs, this is for tenants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from shadowai import grants
from shadowai.app_matcher import AppMatcher
from shadowai.errors import SourceError, UsageError
from shadowai.inventory import Inventory
from shadowai.model import Gap, Note, Origin, Report, Signature, SourceSummary
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
        for swept in sweeps:
            notes += grants.fold(swept, self._matcher, inventory).notes
            missing += gaps(swept, self._titles.get(swept.platform))
        missing += [Gap(error.origin or Origin("sweep"), error.message) for error in refused]
        today = datetime.now(UTC).date()
        return tuple(
            Report(
                entries=inventory.entries(by, lookup=self._signature, policy=self._rules, today=today),
                gaps=tuple(missing),
                notes=(*notes, *inventory.notes(by)),
                sources=tuple(_summary(swept) for swept in sweeps),
                by=by,
                signatures=self._catalog.version,
            )
            for by in ways
        )

    def _signature(self, id: str) -> Signature:
        found = self._catalog.get(id)
        if found is None:
            raise UsageError(
                f"no signature {id!r} in the catalogue", remedy="give every run the same signature folders"
            )
        return found


def _summary(swept: Swept) -> SourceSummary:
    """What became of one tenant: requests for lines, apps and grants for records."""
    gathered = len(swept.apps) + len(swept.grants)
    return SourceSummary(f"{swept.platform}:{swept.name}", swept.platform, swept.requests, gathered, len(swept.grants))
