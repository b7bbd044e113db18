"""A report told as a story: what the page says, computed once, so that its template only lays it out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from shadowai.export.html.attention import Concern, concerns, top_risks
from shadowai.export.html.blind_spots import CAPTURES, BlindSpot, Detail, blind_spots, is_tenant, observations
from shadowai.export.html.context import Context, InputFile
from shadowai.export.html.figures import Figure, daily, sent_daily, timeline, tone, volumes
from shadowai.export.html.people import Matrix, matrix
from shadowai.export.html.timeline import Stretch, dateless, scale, stretches
from shadowai.export.html.unknown import Unknown, unknown
from shadowai.model import FORBIDDEN, UNDECIDED, Entry, Report, SourceSummary, Verdict

ROWS: Final = 1_000
"""Rows of a table of the page; the rest is counted."""


class Group(NamedTuple):
    """Services of one verdict or category, with what was let through to them. ``sent`` is ``None`` where no record says."""

    name: str
    tone: str
    services: int
    used: int
    events: int
    sent: int | None


class Input(NamedTuple):
    """One input with its file's size and hash, as far as known: a member of an archive has no hash, the archive no counts."""

    path: str
    counts: SourceSummary | None
    file: InputFile | None


class Looked(NamedTuple):
    """How much of what was looked at: inputs by kind, and records that were understood."""

    logs: int
    captures: int
    tenants: int
    records: int


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page says. ``services`` and ``users`` are rows, the first :data:`ROWS`; ``users`` is ``None`` where the look by user
    was not given. Figures are of what is AI: ``found`` rows. ``persons`` are distinct people, ``None`` where not known. ``stretches`` are
    the columns of time of the timeline, each one a ``unit`` long; ``dateless`` services in use are in none of them. ``on_trial`` are rows
    that only rules forbid which are not enforced: they are no breaches."""

    report: Report
    context: Context
    first: int | None
    last: int | None
    services: tuple[Entry, ...]
    users: tuple[Entry, ...] | None
    more_services: int
    more_users: int
    found: int
    persons: int | None
    breaching: int
    on_trial: int
    undecided: int
    sent: int | None
    silent_about_size: int
    concerns: tuple[Concern, ...]
    risks: tuple[Concern, ...]
    unknown: Unknown
    verdicts: tuple[Group, ...]
    categories: tuple[Group, ...]
    unit: str
    stretches: tuple[Stretch, ...]
    dateless: int
    timeline: Figure | None
    daily: Figure | None
    sent_daily: Figure | None
    volumes: Figure | None
    matrix: Matrix | None
    spots: tuple[BlindSpot, ...]
    noticed: tuple[Detail, ...]
    looked: Looked
    inputs: tuple[Input, ...]

    @property
    def decided(self) -> bool:
        """Whether a policy says anything about any of the services."""
        return any(entry.verdict is not Verdict.UNREVIEWED for entry in self.report.entries)


def page(report: Report, context: Context) -> Page:
    """The page of a report. One by user alone has no rows by service: figures on different grounds are not added up."""
    rows = report.entries
    ai = [entry for entry in rows if entry.verdict is not Verdict.NOT_AI]
    users = rows if report.by == "user" else context.people.entries if context.people is not None else None
    first, last = _period(ai)
    confirmed = [entry for entry in ai if entry.confidence == "confirmed"]
    on = scale(first, last)
    told = stretches(ai, on)
    return Page(
        report=report,
        context=context,
        first=first,
        last=last,
        services=rows[:ROWS],
        users=None if users is None else users[:ROWS],
        more_services=max(0, len(rows) - ROWS),
        more_users=max(0, len(users or ()) - ROWS),
        found=len(ai),
        persons=None
        if users is None
        else len({e.actor.person for e in users if e.actor and e.actor.person and e.verdict is not Verdict.NOT_AI}),
        breaching=sum(entry.is_breach for entry in rows),
        on_trial=sum(entry.is_use and entry.verdict in FORBIDDEN and not entry.is_enforced for entry in rows),
        undecided=sum(entry.is_use and entry.verdict in UNDECIDED for entry in rows),
        sent=_total(confirmed),
        silent_about_size=sum(entry.is_use and entry.bytes_up is None for entry in confirmed),
        concerns=concerns(rows, context.risks),
        risks=top_risks(rows, context.risks),
        unknown=unknown(report.candidates),
        verdicts=_groups(rows, {entry.verdict.value: tone(entry) for entry in rows}, [e.verdict.value for e in rows]),
        categories=_groups(ai, {}, [entry.category for entry in ai]),
        unit=on.unit,
        stretches=told,
        dateless=dateless(ai),
        timeline=timeline(ai, on),
        daily=daily(told),
        sent_daily=sent_daily(told),
        volumes=volumes(ai),
        matrix=None if users is None else matrix(one for one in users if one.verdict is not Verdict.NOT_AI),
        spots=blind_spots(report),
        noticed=observations(report.notes),
        looked=_looked(report),
        inputs=tuple(_inputs(report.sources, context.inputs)),
    )


def _period(rows: Iterable[Entry]) -> tuple[int | None, int | None]:
    firsts = [entry.first_seen for entry in rows if entry.first_seen is not None]
    lasts = [entry.last_seen for entry in rows if entry.last_seen is not None]
    return min(firsts, default=None), max(lasts, default=None)


def _total(rows: Iterable[Entry]) -> int | None:
    """The sum of what is known of bytes sent: a lower bound; ``None`` where nothing is."""
    known = [entry.bytes_up for entry in rows if entry.bytes_up is not None]
    return sum(known) if known else None


def _groups(rows: Sequence[Entry], tones: dict[str, str], keys: Sequence[str]) -> tuple[Group, ...]:
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for key, entry in zip(keys, rows, strict=True):
        found[key].append(entry)
    groups = (
        Group(
            name,
            tones.get(name, ""),
            len(of),
            sum(e.is_use for e in of),
            sum(e.events for e in of if e.is_use),
            _total(of),
        )
        for name, of in found.items()
    )
    return tuple(groups if tones else sorted(groups, key=lambda group: (-group.services, group.name)))


def _inputs(sources: Iterable[SourceSummary], files: Iterable[InputFile]) -> Iterator[Input]:
    """The inputs in the order in which they were read, then the files that have no counts of their own."""
    known = {file.path: file for file in files}
    for source in sources:
        yield Input(source.path, source, known.pop(source.path, None))
    for file in known.values():
        yield Input(file.path, None, file)


def _looked(report: Report) -> Looked:
    kinds = Counter("tenant" if is_tenant(s) else "capture" if s.format in CAPTURES else "log" for s in report.sources)
    records = sum(source.records for source in report.sources)
    return Looked(kinds["log"], kinds["capture"], kinds["tenant"], records)
