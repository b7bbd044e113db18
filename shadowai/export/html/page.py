"""A report told as a story: what the page says, computed once, so that its template only lays it out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from shadowai.export.html.attention import BREACHES, OPEN, Concern, concerns, in_use
from shadowai.export.html.blind_spots import CAPTURES, BlindSpot, Detail, blind_spots, is_tenant, observations
from shadowai.export.html.charts import Bar, Tick, drawn
from shadowai.export.html.context import Context, InputFile
from shadowai.export.html.people import Matrix, matrix
from shadowai.export.html.wording import DAY, short_day
from shadowai.export.table import size
from shadowai.model import Entry, Report, SourceSummary, Verdict

if TYPE_CHECKING:
    from markupsafe import Markup

FIRST: Final = 6
"""Concerns on the summary."""
CHARTED: Final = 24
"""Services on a chart."""
ROWS: Final = 1_000
"""Rows of a table of the page; the rest is counted."""
_TICKS: Final = 9
_TONES: Final = {"action": BREACHES, "open": OPEN, "settled": frozenset(Verdict) - BREACHES - OPEN}


class Figure(NamedTuple):
    """Two drawings of one chart, for a wide and for a narrow page, and how many things it leaves out."""

    wide: Markup
    narrow: Markup
    more: int


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
    was not given. ``persons`` are distinct people, ``None`` where not known."""

    report: Report
    context: Context
    first: int | None
    last: int | None
    services: tuple[Entry, ...]
    users: tuple[Entry, ...] | None
    more_services: int
    more_users: int
    persons: int | None
    breaching: int
    undecided: int
    sent: int | None
    silent_about_size: int
    concerns: tuple[Concern, ...]
    verdicts: tuple[Group, ...]
    categories: tuple[Group, ...]
    timeline: Figure | None
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
    users = rows if report.by == "user" else context.people.entries if context.people is not None else None
    first, last = _period(rows)
    confirmed = [entry for entry in rows if entry.confidence == "confirmed"]
    return Page(
        report=report,
        context=context,
        first=first,
        last=last,
        services=rows[:ROWS],
        users=None if users is None else users[:ROWS],
        more_services=max(0, len(rows) - ROWS),
        more_users=max(0, len(users or ()) - ROWS),
        persons=None if users is None else len({e.actor.user for e in users if e.actor and e.actor.user}),
        breaching=sum(in_use(entry) and entry.verdict in BREACHES for entry in rows),
        undecided=sum(in_use(entry) and entry.verdict in OPEN for entry in rows),
        sent=_total(confirmed),
        silent_about_size=sum(in_use(entry) and entry.bytes_up is None for entry in confirmed),
        concerns=concerns(rows, context.risks),
        verdicts=_groups(rows, {entry.verdict.value: tone(entry) for entry in rows}, [e.verdict.value for e in rows]),
        categories=_groups(rows, {}, [entry.category for entry in rows]),
        timeline=_timeline(rows, first, last),
        volumes=_volumes(rows),
        matrix=None if users is None else matrix(users),
        spots=blind_spots(report),
        noticed=observations(report.notes),
        looked=_looked(report),
        inputs=tuple(_inputs(report.sources, context.inputs)),
    )


def tone(entry: Entry) -> str:
    """``action``, ``open`` or ``settled``: what a verdict asks of the reader."""
    return next(name for name, verdicts in _TONES.items() if entry.verdict in verdicts)


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
            name, tones.get(name, ""), len(of), sum(map(in_use, of)), sum(e.events for e in of if in_use(e)), _total(of)
        )
        for name, of in found.items()
    )
    return tuple(groups if tones else sorted(groups, key=lambda group: (-group.services, group.name)))


def _timeline(rows: Sequence[Entry], first: int | None, last: int | None) -> Figure | None:
    """From the first to the last day that each service was seen on; the days between are not known one by one."""
    dated = sorted(
        (entry for entry in rows if entry.first_seen is not None and entry.last_seen is not None),
        key=lambda entry: (list(_TONES).index(tone(entry)), not in_use(entry), entry.first_seen, entry.service_id),
    )
    if first is None or last is None or not dated:
        return None
    begin, days = first // DAY, last // DAY - first // DAY + 1
    step = -(-days // _TICKS)
    ticks = [Tick(at, short_day((begin + at) * DAY)) for at in range(0, days, step)]
    bars = [
        Bar(e.service, (e.first_seen or 0) // DAY - begin, (e.last_seen or 0) // DAY - begin + 1, "", _bar_tone(e))
        for e in dated[:CHARTED]
    ]
    return Figure(*drawn(bars, ticks, days), max(0, len(dated) - CHARTED))


def _bar_tone(entry: Entry) -> str:
    """What was only blocked or looked up is drawn hollow: it is no use."""
    return f"bar-{tone(entry)}" if in_use(entry) else f"bar-{tone(entry)} bar-hollow"


def _volumes(rows: Sequence[Entry]) -> Figure | None:
    """What was sent to each service, the most first, as far as records say."""
    sent = sorted((e for e in rows if e.bytes_up and in_use(e)), key=lambda e: (-(e.bytes_up or 0), e.service_id))
    if not sent:
        return None
    bars = [Bar(e.service, 0, e.bytes_up or 0, size(e.bytes_up), _bar_tone(e)) for e in sent[:CHARTED]]
    return Figure(*drawn(bars, (), bars[0].end, room=0.12), max(0, len(sent) - CHARTED))


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
