"""Requirements on coverage (sources, gaps in time, records with names), checked against what a scan or sweep read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from shadowai.budgets.model import Coverage, Judged
from shadowai.model import Gap, Note, Origin, Record, Report, SourceSummary

MINUTE = 60_000_000
HOUR = 60 * MINUTE
"""Microseconds."""


class Silence(NamedTuple):
    """The longest time without a record in the logs of a format: from ``begins`` (µs) on, ``length`` µs, to the minute."""

    begins: int
    length: int


def silences(
    records: Iterable[Record | Gap | Note], *, since: int | None = None, until: int | None = None
) -> dict[str, Silence]:
    """The longest silence of each format among ``records``; with ``since`` and ``until`` also before the first and after the last.

    Memory grows with minutes that have records, not with records.
    """
    minutes: dict[str, set[int]] = {}
    for record in records:
        if not isinstance(record, Record) or record.time is None:
            continue
        if (since is None or record.time >= since) and (until is None or record.time <= until):
            minutes.setdefault(record.format, set()).add(record.time // MINUTE)
    ends = [bound // MINUTE for bound in (since, until) if bound is not None]
    return {name: _longest(sorted({*found, *ends})) for name, found in minutes.items()}


def _longest(minutes: list[int]) -> Silence:
    pairs = pairwise(minutes)
    begins, ends = max(pairs, key=lambda pair: (pair[1] - pair[0], -pair[0]), default=(minutes[0], minutes[0]))
    return Silence(begins * MINUTE, (ends - begins) * MINUTE)


def covered(path: str, coverage: Coverage, report: Report, silent: Mapping[str, Silence] | None) -> tuple[Judged, ...]:
    """The state of each requirement. ``silent`` are the longest silences by format (:func:`silences`); ``None`` where the logs could not
    be read for them."""
    origin = Origin(path, coverage.line)
    found = [*_required(coverage, report, origin)]
    if coverage.max_gap is not None:
        found.append(_gap(coverage.max_gap, coverage.sources, report, silent, origin))
    if coverage.min_named is not None:
        found.append(_named(coverage.min_named, report.sources, origin))
    return tuple(found)


def _required(coverage: Coverage, report: Report, origin: Origin) -> Iterator[Judged]:
    for name in coverage.sources:
        mine = [source for source in report.sources if source.format == name]
        lost = [gap for gap in report.gaps if any(_is_about(gap, source.path) for source in mine)]
        if not mine:
            yield Judged(name, "source", "exceeded", "it was not looked at", origin)
        elif lost:
            why = f"not all of it could be looked at: {lost[0].reason}"
            yield Judged(name, "source", "exceeded", why, origin)
        elif not any(source.records for source in mine):
            yield Judged(name, "source", "exceeded", "it gave no record", origin)
        else:
            yield Judged(name, "source", "within", f"{sum(source.records for source in mine):,} records", origin)


def _is_about(gap: Gap, path: str) -> bool:
    return any(place.path == path for place in (gap.origin, *gap.examples))


def _gap(
    hours: int, required: tuple[str, ...], report: Report, silent: Mapping[str, Silence] | None, origin: Origin
) -> Judged:
    """The longest silence of the required sources that are logs, or of every log where none is named."""
    if silent is None:
        return Judged("max_gap", "gap", "unknown", "the logs cannot be read a second time for it", origin)
    wanted = {s.format for s in report.sources if s.records and (not required or s.format in required)}
    timed = {name: silent[name] for name in sorted(wanted) if name in silent}
    missing = sorted(wanted - timed.keys())
    if not timed:
        return Judged("max_gap", "gap", "unknown", "no record tells its time", origin)
    name = max(timed, key=lambda one: timed[one].length)
    longest = timed[name].length
    why = f"at most {_hours(longest)} without a record ({name}), {hours} h allowed"
    if longest > hours * HOUR:
        return Judged("max_gap", "gap", "exceeded", why, origin, limit=hours)
    if missing:
        return Judged("max_gap", "gap", "unknown", f"{why}; no times in {', '.join(missing)}", origin, limit=hours)
    return Judged("max_gap", "gap", "within", why, origin, limit=hours)


def _hours(length: int) -> str:
    return f"{length // HOUR} h {length % HOUR // MINUTE} min"


def _named(parts: int, sources: Iterable[SourceSummary], origin: Origin) -> Judged:
    several = [source for source in sources if source.records]
    records, named = sum(s.records for s in several), sum(s.named for s in several)
    if not records:
        return Judged("min_named", "share", "unknown", "there are no records", origin, limit=parts)
    share = 10_000 * named // records
    why = f"{_percent(share)} of {records:,} records carry a name, {_percent(parts)} required"
    return Judged("min_named", "share", "within" if share >= parts else "exceeded", why, origin, limit=parts)


def _percent(parts: int) -> str:
    return f"{parts // 100}.{parts % 100:02}%"
