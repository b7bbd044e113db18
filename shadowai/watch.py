"""An interface under watch: frames in as they come, at any moment the inventory so far, a report at the end.

The same names, sums and entries as a scan's: what a watch reports is what a scan of the same frames would.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from shadowai import inputs, pipeline, sightings
from shadowai.decisions.finishing import deciding, finishing
from shadowai.errors import SourceError
from shadowai.inventory import By, Inventory
from shadowai.model import Entry, Gap, Origin, Record, Report
from shadowai.names import Names
from shadowai.sources.capture.flows import RawFrame
from shadowai.sources.capture.watching import Watching


class Standing(NamedTuple):
    """A row of the inventory as it would be if the watch ended now; ``open`` while a connection to the service lasts."""

    entry: Entry
    open: bool


class Watch:
    """Counts the frames of ``interface``; ``options`` as for a scan.

    Raises :class:`~shadowai.errors.UsageError` for a policy that is wrong. Memory grows with users of AI services, not with
    frames or time.
    """

    def __init__(self, interface: str, options: pipeline.ScanOptions) -> None:
        self.interface = interface
        self._by = options.by
        self._catalog = options.load_catalog()
        self._rules = pipeline.rules_of(options, self._catalog)
        self._rater = options.rater(self._catalog)
        self._decide, self._finish = deciding(options, self._catalog), finishing(options, self._catalog, None)
        self._names = Names(self._catalog)
        self._inventory = Inventory()
        self._sums = sightings.Fold(self._inventory, self._names)
        self._reader = Watching(
            interface, wanted=inputs.Wanted(self._names), limits=options.settings.capture, secret=options.secret
        )

    @property
    def frames(self) -> int:
        """Frames taken so far."""
        return self._reader.frames

    @property
    def connections(self) -> int:
        """Connections that are being followed now, whatever they are for."""
        return self._reader.connections

    def take(self, frames: Sequence[RawFrame]) -> None:
        """Count frames, in the order in which they came."""
        self._count(self._reader.take(frames))

    def standing(self) -> tuple[Standing, ...]:
        """Who uses what by now, connections that are still open included."""
        self._sums.flush()
        lasting, closed, together = Inventory(), Inventory(), Inventory()
        under_way = self._reader.under_way()
        pipeline.fold([record for record, over in under_way if over], self._names, closed)
        pipeline.fold([record for record, over in under_way if not over], self._names, lasting)
        for part in (self._inventory, closed, lasting):
            together.merge(part)
        now_open = {(entry.service_id, entry.actor) for entry in self._entries(lasting, "user")}
        rows = self._decide(self._entries(together, "user"))
        return tuple(Standing(entry, (entry.service_id, entry.actor) in now_open) for entry in rows)

    def report(self, dropped: int = 0, failure: SourceError | None = None) -> Report:
        """The end: every connection is taken for ended. ``dropped`` frames were not seen; ``failure`` is what ended the watch."""
        return self.reports((self._by,), dropped, failure)[0]

    def reports(self, ways: Sequence[By], dropped: int = 0, failure: SourceError | None = None) -> tuple[Report, ...]:
        """One :meth:`report`, in several ``ways``, in their order."""
        self._count(self._reader.close())
        self._sums.flush()
        gaps = (*self._lost(dropped, failure), *self._reader.gaps())
        return tuple(self._report(by, gaps) for by in ways)

    def _report(self, by: By, gaps: tuple[Gap, ...]) -> Report:
        entries = self._entries(self._inventory, by)
        notes = (*self._reader.notes(), *self._inventory.notes(by), *self._rules.notes(entries))
        made = Report(
            entries=entries,
            gaps=gaps,
            notes=(*self._catalog.notes, *notes),
            sources=(self._reader.summary(),),
            by=by,
            signatures=self._catalog.version,
            candidates=self._inventory.candidates(),
        )
        return self._finish(made)

    def _count(self, records: Iterable[Record]) -> None:
        tally = self._reader.tally
        for record in records:
            matches = sightings.matches_of(record, self._names)
            if not record.counted:
                tally.uncounted += 1
            elif matches:
                tally.ai += sightings.is_ai(matches)
                self._sums.add(record, matches)

    def _entries(self, inventory: Inventory, by: By) -> tuple[Entry, ...]:
        today = datetime.now(UTC).date()
        known = self._catalog.signatures
        return self._rater.rated(inventory.entries(by, lookup=known.__getitem__, policy=self._rules, today=today))

    def _lost(self, dropped: int, failure: SourceError | None) -> Iterable[Gap]:
        if failure is not None:
            yield Gap(failure.origin or Origin(self.interface), failure.message)
        if dropped:
            reason = "frames were dropped by the kernel, for they came faster than they could be read"
            yield Gap(Origin(self.interface), reason, dropped)
        if not self.frames:
            reason = (
                "no frame arrived: nothing can be said of this interface (is it the right one, and the right filter?)"
            )
            yield Gap(Origin(self.interface), reason)
