"""What is remembered of a run, out of what scans and sweeps give."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from shadowai import __version__
from shadowai.errors import UsageError
from shadowai.history import bodies, looks
from shadowai.history.nouns import Finding, Item, Look, Memory, TenantMemory
from shadowai.model import Entry, Origin, Report, Usage
from shadowai.tenant import Grant, Swept

if TYPE_CHECKING:
    from shadowai.history.store import History


def item(entry: Entry) -> Item:
    """What is remembered of an entry."""
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
    )
    return Item(
        "service" if who is None else "user", bodies.key(entry.asset_id), thing, entry.first_seen, entry.last_seen
    )


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
    return _memory("scan", reports, looks.of_report(reports[0], span=span), began, ended, digests, policy, options)


def of_sweep(
    reports: Sequence[Report],
    sweeps: Sequence[Swept],
    *,
    services: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
    before: Mapping[str, Sequence[Look]] | None = None,
    digests: Mapping[str, str] | None = None,
    policy: str = "",
    options: Mapping[str, str] | None = None,
) -> Memory:
    """The memory of a sweep of several tenants. ``services`` gives, by a tenant's source (:func:`shadowai.history.looks.source_of`) and
    an app's id, the ids of the services that explain the app; ``before`` the looks of the tenant's last sweep."""
    several: list[Look] = []
    tenants = []
    for swept in sweeps:
        source = looks.source_of(swept)
        several += looks.of_sweep(swept, before=(before or {}).get(source, ()))
        explained = (services or {}).get(source, {})
        tenants.append(TenantMemory(source, swept.apps, swept.grants, swept.people, explained))
    began = min((swept.began for swept in sweeps), default=0)
    ended = max((swept.ended for swept in sweeps), default=began)
    made = _memory("sweep", reports, tuple(several), began, ended, digests, policy, options)
    return replace(made, tenants=tuple(tenants))


def _memory(
    kind: str,
    reports: Sequence[Report],
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
        entries=tuple(item(entry) for report in reports for entry in report.entries),
        signatures=first.signatures,
        digests=digests or {},
        policy=policy,
        program=__version__,
        options=options or {},
        gaps=sum(gap.count for gap in first.gaps),
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
    """A sweep whose grants have the date of the first sweep that saw them, where they have none of their own."""
    from shadowai.history import store

    lineage = looks.tenant_lineage(looks.source_of(swept))
    with history.reading() as db:
        return replace(swept, grants=Dated(swept.grants, store.first_seen(db, lineage, "grant")))
