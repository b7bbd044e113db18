"""Runs to remember, made of little."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from shadowai.history import gather
from shadowai.history.model import Change, Memory
from shadowai.inventory import asset_id
from shadowai.model import Actor, Entry, Gap, Origin, Report, SourceSummary, Usage, Verdict
from shadowai.swept_report import Part
from shadowai.tenant import App, Completeness, Grant, Outcome, Person, Swept, Traced, Trouble

DAY = 86_400_000_000
NOON = 1_767_614_400_000_000
"""2026-01-05T12:00:00Z."""
LOG = "proxy.log"
ENTRY = Entry(
    asset_id="",
    service_id="",
    service="",
    vendor="Vendor",
    category="assistant",
    actor=None,
    verdict=Verdict.UNREVIEWED,
    confidence="confirmed",
    usage=Usage.INTERACTIVE,
    users=1,
    devices=1,
    events=3,
    blocked=0,
    bytes_up=2048,
    bytes_down=None,
    first_seen=NOON,
    last_seen=NOON,
    active_days=1,
    sources=("squid_native",),
    names=(),
    evidence=(Origin(LOG, 1),),
)


def entry(service: str, user: str | None = None, **more: object) -> Entry:
    """A row of a service, or of a user of it."""
    actor = None if user is None else Actor(user)
    named = {"service_id": service, "service": service.title(), "names": (f"{service}.example",)}
    found = replace(ENTRY, asset_id=asset_id(service, actor), actor=actor, **named)  # type: ignore[arg-type]
    return replace(found, **more)  # type: ignore[arg-type]


def scan(
    *entries: Entry,
    day: int = 0,
    logs: Sequence[str] = (LOG,),
    gaps: Sequence[str] = (),
    digests: Mapping[str, str] | None = None,
    policy: str = "",
    span: int | None = None,
) -> Memory:
    """A scan of ``logs``, with a gap in each of ``gaps``, ``day`` days after the first."""
    found = dict.fromkeys(("chatgpt", "claude", "gemini"), "1") if digests is None else digests
    sources = tuple(SourceSummary(path, "squid_native", 9, 9, 9, ai=3) for path in logs)
    missing = tuple(Gap(Origin(path), "could not be read") for path in gaps)
    signatures = "".join(sorted(found.values()))
    report = Report(entries, missing, (), sources, "service", signatures)
    began = NOON + day * DAY
    return gather.of_scan([report], began=began, ended=began + 1, span=span, digests=found, policy=policy)


def app(id: str, **more: object) -> App:
    """An app."""
    return replace(App("entra", "contoso.example", id, id.title(), publisher="Vendor"), **more)  # type: ignore[arg-type]


def grant(app: str, principal: str, *scopes: str, **more: object) -> Grant:
    """A grant of an app to a person."""
    made = Grant(
        "entra", "contoso.example", f"{app}/{principal}", app, "delegated", principal, scopes or ("Mail.Read",)
    )
    return replace(made, **more)  # type: ignore[arg-type]


def outcomes(**signals: str) -> tuple[Outcome, ...]:
    """Ends of tasks: ``apps="complete"``."""
    return tuple(
        Outcome(
            f"{name}/1",
            name,
            Completeness(how),
            None if how == "complete" else Trouble.THROTTLED,
            pages=0 if how == "failed" else 1,
        )
        for name, how in signals.items()
    )


def sweep(
    *,
    apps: Sequence[App] = (),
    grants: Sequence[Grant] = (),
    people: Sequence[Person] = (),
    entries: Sequence[Entry] = (),
    services: Mapping[str, tuple[str, ...]] | None = None,
    day: int = 0,
    ends: tuple[Outcome, ...] = outcomes(apps="complete", grants="complete"),
    digests: Mapping[str, str] | None = None,
    tenant: str = "contoso.example",
    **more: object,
) -> Memory:
    """A sweep of one tenant."""
    swept = replace(made_sweep(tenant, day, apps, grants, people, ends), **more)  # type: ignore[arg-type]
    found = {"chatgpt": "1", "claude": "1"} if digests is None else digests
    report = Report(tuple(entries), by="service", signatures="".join(sorted(f"{k}{v}" for k, v in found.items())))
    explained = {f"entra:{tenant}": {item.id: ("chatgpt",) for item in apps} if services is None else services}
    return gather.of_sweep([report], [swept], services=explained, digests=found)


def made_sweep(
    tenant: str,
    day: int,
    apps: Collection[App],
    grants: Collection[Grant],
    people: Collection[Person] = (),
    ends: tuple[Outcome, ...] = (),
) -> Swept:
    """What a full sweep gave, ``day`` days after the first."""
    began = NOON + day * DAY
    return Swept("main", "entra", "Entra", tenant, began, began + 1, "full", "ai", apps, grants, people, (), (), ends)


class By(Traced[Any]):
    """Things, each with the names of the tasks that showed it: ``By({"grants/1": [grant]})``."""

    def __init__(self, tasks: Mapping[str, Sequence[Any]]) -> None:
        self._tasks = tasks
        self._things = sorted(
            {thing.id: thing for some in tasks.values() for thing in some}.values(), key=lambda t: t.id
        )

    def traced(self) -> Iterator[tuple[Any, tuple[str, ...]]]:
        """The things with their tasks."""
        for thing in self._things:
            yield thing, tuple(task for task, some in self._tasks.items() if thing.id in {one.id for one in some})

    def __iter__(self) -> Iterator[Any]:
        return iter(self._things)

    def __len__(self) -> int:
        return len(self._things)

    def __contains__(self, thing: object) -> bool:
        return thing in self._things


def tasks(**how: str) -> tuple[Outcome, ...]:
    """Ends of tasks by their names, with ``__`` for ``/``: ``grants__1="partial"``. What comes before it is the signal."""
    return tuple(
        Outcome(
            name.replace("__", "/"),
            name.partition("__")[0],
            Completeness(end),
            None if end == "complete" else Trouble.THROTTLED,
            pages=int(end != "failed"),
        )
        for name, end in how.items()
    )


def together(*sweeps: Swept, rows: Mapping[str, Sequence[str]] | None = None) -> Memory:
    """One run of several tenants' sweeps. ``rows`` are services by the tenant that has an app of the same id counted under it."""
    entries = [
        entry(service, sources=("entra",)) for service in sorted({s for some in (rows or {}).values() for s in some})
    ]
    report = Report(tuple(entries), by="service", signatures="1")
    parts = [
        Part(
            frozenset(one.asset_id for one in entries if one.service_id in (rows or {}).get(swept.tenant, ())),
            {app.id: (app.id,) for app in swept.apps},
        )
        for swept in sweeps
    ]
    return gather.of_sweep([report], sweeps, parts=parts, digests={"chatgpt": "1", "claude": "1"})


def told(changes: Sequence[Change]) -> set[tuple[str, ...]]:
    """What, kind, subject, whose, field and cause of each change; empty ones left out."""
    return {
        tuple(word for word in (c.what, c.kind, c.subject.partition(" (")[0], c.who, c.field, c.cause) if word)
        for c in changes
    }
