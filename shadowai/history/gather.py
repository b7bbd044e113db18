"""What is remembered of a run, out of what scans and sweeps give."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from shadowai import __version__
from shadowai.errors import UsageError
from shadowai.history import bodies, looks
from shadowai.history.model import Finding, Item, Look, Memory, Shown, TenantMemory, ThingKind
from shadowai.model import FORBIDDEN, Entry, Gap, Origin, Report, SourceSummary, Usage
from shadowai.risk.answers import kept
from shadowai.tenant import Grant, Swept, traced

if TYPE_CHECKING:
    from shadowai.history.store import History
    from shadowai.swept_report import Part


def item(entry: Entry, shown: Shown = frozenset()) -> Item:
    """What is remembered of an entry; ``shown`` are the tasks of tenants that it hangs on, where these are known."""
    who = entry.actor
    used = entry.events > 0 and entry.usage is not None and entry.usage.rung > Usage.RESOLVED.rung
    thing = Finding(
        service_id=entry.service_id,
        service=entry.service,
        vendor=entry.vendor,
        category=entry.category,
        verdict=entry.verdict,
        confidence=entry.confidence,
        usage=entry.usage,
        used=used,
        users=entry.users if who is None else None,
        user=who.user if who else None,
        device=who.device if who else None,
        address=who.address if who else None,
        scopes=tuple(sorted(entry.scopes)),
        sources=tuple(sorted(entry.sources)),
        names=tuple(sorted(entry.names)),
        facts=kept(entry.facts),
        audited=entry.verdict in FORBIDDEN and not entry.is_enforced,
    )
    kind: ThingKind = "service" if who is None else "user"
    return Item(kind, bodies.key(entry.asset_id), thing, entry.first_seen, entry.last_seen, shown)


def of_scan(
    reports: Sequence[Report],
    *,
    began: int,
    ended: int,
    span: int | None = None,
    digests: Mapping[str, str] | None = None,
    policy: str = "",
    options: Mapping[str, str] | None = None,
) -> Memory:
    """The memory of a scan: its reports by service and by user, which tell the same gaps and sources."""
    first = reports[0]
    seen = looks.of_report(first.gaps, first.sources, span=span)
    return _memory("scan", reports, _rows(reports), seen, began, ended, digests, policy, options)


def of_sweep(
    reports: Sequence[Report],
    sweeps: Sequence[Swept],
    *,
    services: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
    parts: Sequence[Part] = (),
    logs: tuple[Sequence[Gap], Sequence[SourceSummary]] | None = None,
    before: Mapping[str, Sequence[Look]] | None = None,
    digests: Mapping[str, str] | None = None,
    policy: str = "",
    options: Mapping[str, str] | None = None,
    now: int = 0,
) -> Memory:
    """The memory of a sweep of several tenants. ``services`` gives, by a tenant's source (:func:`shadowai.history.looks.source_of`) and
    an app's id, the ids of the services that explain the app; ``parts`` what each sweep has in the reports, ``logs`` the gaps and the
    summaries of the logs that are in them, too; ``before`` the looks of the tenant's last sweep.
    ``now`` is the time of a run in which no tenant could be swept."""
    several: list[Look] = [] if logs is None else [*looks.of_report(*logs)]
    tenants = []
    for swept in sweeps:
        source = looks.source_of(swept)
        several += looks.of_sweep(swept, before=(before or {}).get(source, ()))
        explained = (services or {}).get(source, {})
        tenants.append(TenantMemory(source, swept.apps, swept.grants, swept.people, explained))
    began = min((swept.began for swept in sweeps), default=now)
    ended = max((swept.ended for swept in sweeps), default=began)
    rows = _rows(reports, _Behind(sweeps, parts).of)
    made = _memory("sweep", reports, rows, tuple(several), began, ended, digests, policy, options)
    return replace(made, tenants=tuple(tenants))


def _rows(reports: Sequence[Report], shown: Callable[[Entry], Shown] = lambda entry: frozenset()) -> tuple[Item, ...]:
    return tuple(item(entry, shown(entry)) for report in reports for entry in report.entries)


class _Behind:
    """Which tasks each row of an inventory of several tenants hangs on: those that showed the apps, the grants and the activity that
    are counted under its service, of the tenants that have a part in it."""

    def __init__(self, sweeps: Sequence[Swept], parts: Sequence[Part]) -> None:
        self._parts = parts
        self._tasks = [_behind(swept, part) for swept, part in zip(sweeps, parts, strict=bool(parts))]

    def of(self, entry: Entry) -> Shown:
        """The tasks behind a row; none where they are not known of every tenant that has a part in it."""
        parts = zip(self._parts, self._tasks, strict=True)
        found = [tasks.get(entry.service_id, frozenset()) for part, tasks in parts if entry.asset_id in part.rows]
        return frozenset().union(*found) if all(found) else frozenset()


def _behind(swept: Swept, part: Part) -> dict[str, Shown]:
    """By the ids of services, what showed all that is counted under them; nothing where the sweep does not know it."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for things, app_of in ((swept.apps, "id"), (swept.grants, "app"), (swept.activity, "app")):
        name = attrgetter(app_of)
        for thing, tasks in traced(things):
            for service in part.services.get(name(thing), ()):
                found.setdefault(service, set()).add(tasks)
    source = looks.source_of(swept)
    return {
        service: frozenset().union(*(looks.shown_by(source, tasks) for tasks in several))
        for service, several in found.items()
        if all(several)
    }


def _memory(
    kind: str,
    reports: Sequence[Report],
    rows: tuple[Item, ...],
    seen: tuple[Look, ...],
    began: int,
    ended: int,
    digests: Mapping[str, str] | None,
    policy: str,
    options: Mapping[str, str] | None,
) -> Memory:
    first = reports[0]
    return Memory(
        kind="scan" if kind == "scan" else "sweep",
        began=began,
        ended=ended,
        looks=seen,
        entries=rows,
        signatures=first.signatures,
        digests=digests or {},
        policy=policy,
        program=__version__,
        options=options or {},
        gaps=sum(gap.count for gap in first.gaps),
        candidates=first.candidates,
    )


def policy_digest(path: Path | None) -> str:
    """A short hash of the policy's text; empty where there is none. Raises :class:`~shadowai.errors.UsageError`."""
    if path is None:
        return ""
    try:
        return bodies.digest(path.read_bytes().decode("utf-8", "surrogateescape"))
    except OSError as error:
        message = f"cannot read the policy: {error.strerror}"
        raise UsageError(message, origin=Origin(str(path)), remedy="name a policy file that can be read") from error


def dated(grants: Iterable[Grant], first_seen: Mapping[str, int]) -> Iterator[Grant]:
    """Grants without a date of their own, with that of the sweep which saw them first: granted then or before.

    ``first_seen`` are the times of the tenant's grants by their keys (:func:`shadowai.history.store.first_seen`). A grant that is seen
    for the first time stays without a date: that of this sweep is added when it is remembered.
    """
    for grant in grants:
        time = first_seen.get(bodies.key(grant.id)) if grant.granted is None else None
        yield grant if time is None else replace(grant, granted=time, date_source="first_sweep")


class Dated(Collection[Grant]):
    """:func:`dated` grants that can be gone through as often as wanted; nothing is kept but the dates."""

    def __init__(self, grants: Collection[Grant], first_seen: Mapping[str, int]) -> None:
        self._grants, self._first_seen = grants, first_seen

    def __iter__(self) -> Iterator[Grant]:
        return dated(self._grants, self._first_seen)

    def __len__(self) -> int:
        return len(self._grants)

    def __contains__(self, grant: object) -> bool:
        return any(grant == other for other in self)


def with_dates(history: History, swept: Swept) -> Swept:
    """A sweep whose grants have the date of the first sweep that saw them, where they have none of their own, and that knows since when
    its apps are known."""
    from shadowai.history import store

    lineage = looks.tenant_lineage(looks.source_of(swept))
    with history.reading() as db:
        grants, apps = (store.first_seen(db, lineage, kind) for kind in ("grant", "app"))
    known = {app.id: time for app in swept.apps if (time := apps.get(bodies.key(app.id))) is not None}
    return replace(swept, grants=Dated(swept.grants, grants), known_since=known)
