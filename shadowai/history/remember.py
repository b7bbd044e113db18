"""Puts a run into the history, in one transaction.

Each thing that the run found is held against what stands: new things begin, changed ones begin anew, and what was not found ends,
but only where this run looked at everything that had shown it. Otherwise it stands on as not seen, until a run can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Update, bindparam, or_, select, text, update

from shadowai.history import bodies, store, unexplained
from shadowai.history.causes import HAPPENED, Explains, Learnt, Looks, Why, labels_of, standing
from shadowai.history.looks import shown_by, tenant_lineage
from shadowai.history.model import (
    Cause,
    Finding,
    Item,
    KnownApp,
    Look,
    Memory,
    Run,
    Shown,
    TenantMemory,
    Thing,
    ThingKind,
)
from shadowai.history.store import History
from shadowai.history.tables import CATALOGUE, LINEAGE, RUN, VERSION
from shadowai.normalize import printable
from shadowai.tenant import Grant, traced

CHUNK = 500
"""Rows that are read or written at a time."""
T = TypeVar("T")
LearntSince = Callable[[int], Learnt]
"""What the signatures have learnt since a run."""

_THING = """
INSERT INTO thing (lineage, kind, ident, first_run, first_seen, last_seen)
VALUES (:lineage, :kind, :ident, :run, :first, :last) ON CONFLICT (lineage, kind, ident) DO UPDATE SET
first_seen = CASE WHEN excluded.first_seen < thing.first_seen THEN excluded.first_seen ELSE thing.first_seen END,
last_seen = CASE WHEN excluded.last_seen > thing.last_seen THEN excluded.last_seen ELSE thing.last_seen END
"""


class _Stands(NamedTuple):
    """A thing as it stands before the run."""

    digest: str
    unseen: str
    seen_run: int
    shown: str


def remember(history: History, memory: Memory, *, explains: Explains = lambda name: ()) -> Run:
    """Remember a run; gives it as it is remembered. All of it is there afterwards, or, where the process ends before, nothing.

    ``explains`` gives the ids of the services that the catalogue of this run explains a name with. Raises
    :class:`~shadowai.errors.SourceError` where the database cannot be written.
    """
    with history.writing() as db:
        number = store.next_number(db)
        series, baseline = _series(db, memory, number)
        lineages = [series, *(tenant_lineage(tenant.source) for tenant in memory.tenants)]
        before = {lineage: store.last_of(db, lineage, number) for lineage in lineages}
        _put_catalogue(db, memory)
        store.put_looks(db, number, memory.looks)
        db.execute(LINEAGE.insert(), [{"lineage": lineage, "run": number} for lineage in dict.fromkeys(lineages)])
        learnt = cache(partial(_learnt, db, memory, explains))
        explained: dict[str, Why] = {}
        for tenant in memory.tenants:
            _put_tenant(db, number, memory, tenant, before[tenant_lineage(tenant.source)], learnt, explained)
        counts = _put_entries(db, number, memory, series, before[series], learnt, explained)
        db.execute(RUN.insert(), _row(memory, number, series, baseline, counts))
        unexplained.keep(db, number, memory.candidates)
        return store.run(db, number)


def _series(db: Connection, memory: Memory, number: int) -> tuple[str, bool]:
    """The series of the last run of this kind that looked at some of the same, else a new one; and whether it is new. A run that
    could look at nothing at all belongs to the last one's."""
    sources = {look.source for look in memory.looks}
    for earlier in store.runs(db, kind=memory.kind):
        if not sources or sources & {look.source for look in store.looks_of(db, earlier.id)}:
            return earlier.series, False
    return f"{memory.kind}:{number}", True


def _learnt(db: Connection, memory: Memory, explains: Explains, before: int) -> Learnt:
    version = db.execute(select(RUN.c.signatures).where(RUN.c.id == before)).scalar()
    return Learnt(store.digests(db, str(version)), memory.digests, explains) if version is not None else Learnt()


def _put_catalogue(db: Connection, memory: Memory) -> None:
    if not store.digests(db, memory.signatures):
        rows = [{"version": memory.signatures, "signature": s, "digest": d} for s, d in memory.digests.items()]
        for part in _parts(rows):
            db.execute(CATALOGUE.insert(), part)


def _row(memory: Memory, number: int, series: str, baseline: bool, counts: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": number,
        "kind": memory.kind,
        "series": series,
        "began": memory.began,
        "ended": memory.ended,
        "complete": int(memory.complete),
        "baseline": int(baseline),
        "signatures": memory.signatures,
        "policy": memory.policy,
        "program": memory.program,
        "options": bodies.encode_options(memory.options),
        "gaps": memory.gaps,
        "services": counts.get("service", 0),
        "users": counts.get("user", 0),
    }


def _put_tenant(
    db: Connection,
    number: int,
    memory: Memory,
    tenant: TenantMemory,
    before: int | None,
    learnt: LearntSince,
    explained: dict[str, Why],
) -> None:
    """``explained`` is told which services the catalogue has learnt to see in apps that were known before."""
    lineage = tenant_lineage(tenant.source)
    looks = _looks(db, lineage, number, memory.looks, frozenset({tenant.source}))
    apps = _Apps(db, lineage, tenant, learnt, before)
    fold = _Fold(db, lineage, number, before, memory.ended, looks, learnt, apps=apps)
    explained.update(apps.explained_now())
    kinds: tuple[tuple[ThingKind, Iterable[Item]], ...] = (
        ("grant", _items("grant", tenant, tenant.grants)),
        ("person", _items("person", tenant, tenant.people)),
        ("app", apps.items()),
    )
    for kind, items in kinds:
        fold.put(kind, items)


def _items(kind: ThingKind, tenant: TenantMemory, things: Collection[Any]) -> Iterator[Item]:
    for thing, tasks in traced(things):
        yield Item(kind, bodies.key(thing.id), thing, shown=shown_by(tenant.source, tasks))


def _put_entries(
    db: Connection,
    number: int,
    memory: Memory,
    series: str,
    before: int | None,
    learnt: LearntSince,
    explained: dict[str, Why],
) -> dict[str, int]:
    """Services come before their users: what is true of a service is true of each of its users."""
    looks = _looks(db, series, number, memory.looks, None)
    known = _names(db, series) if before is not None and learnt(before).differs else frozenset()
    fold = _Fold(db, series, number, before, memory.ended, looks, learnt, known, explained=explained)
    counts = {}
    for kind in ("service", "user"):
        counts[kind] = fold.put(kind, (item for item in memory.entries if item.kind == kind))
    return counts


def _looks(db: Connection, lineage: str, number: int, now: Iterable[Look], of: Collection[str] | None) -> Looks:
    """The looks of a lineage's runs at the sources ``of`` it, or at all: what else a run looked at has no part in it."""

    def mine(looks: Iterable[Look]) -> tuple[Look, ...]:
        return tuple(look for look in looks if of is None or look.source in of)

    return Looks(
        mine(now),
        cache(lambda run: mine(store.looks_of(db, run))),
        cache(lambda: mine(store.looks_before(db, lineage, number))),
    )


def _names(db: Connection, series: str) -> frozenset[str]:
    """The names that stand: evidence that a new signature may explain."""
    query = select(VERSION.c.body).where(
        VERSION.c.lineage == series, VERSION.c.kind == "service", VERSION.c.ends.is_(None)
    )
    things = (bodies.decode("service", row[0]) for row in db.execute(query))
    return frozenset(name for thing in things if isinstance(thing, Finding) for name in thing.names)


class _Apps:
    """A tenant's apps now and as they stood, with what explained them."""

    def __init__(
        self, db: Connection, lineage: str, tenant: TenantMemory, learnt: LearntSince, before: int | None
    ) -> None:
        self._tenant, self._learnt = tenant, learnt
        changed = before is not None and learnt(before).differs
        self._before = _explained(db, lineage, before or 0) if changed else {}
        self._at = cache(partial(_explained, db, lineage))
        self._now: frozenset[str] | None = None

    def items(self) -> Iterator[Item]:
        """The apps with what explains them today."""
        services, source = self._tenant.services, self._tenant.source
        for app, tasks in traced(self._tenant.apps):
            known = KnownApp(app, tuple(sorted(services.get(app.id, ()))))
            yield Item("app", bodies.key(app.id), known, shown=shown_by(source, tasks))

    def explained_now(self) -> dict[str, Why]:
        """The services that the catalogue has learnt to see in apps that were known before."""
        found: dict[str, Why] = {}
        for app in self._tenant.apps if self._before else ():
            was = self._before.get(bodies.key(app.id))
            for service in self._tenant.services.get(app.id, ()) if was is not None else ():
                if was is not None and service not in was:
                    why = f"the app {printable(app.name)} was known before, and is explained by a signature that is new or has changed"
                    found.setdefault(service, Why("catalogue", why))
        return found

    def of_new(self, grant: Grant) -> Why | None:
        """Why a grant of an app that was known is seen for the first time: the app was nobody's before."""
        was = self._before.get(bodies.key(grant.app))
        if was is None or was or not self._tenant.services.get(grant.app):
            return None
        return Why("catalogue", "its app was known before, and no signature explained it")

    def of_missing(self, grant: Grant, seen_run: int) -> Why | None:
        """Why a grant may not have been looked at: its app is still there, and no signature explains it any more. Either these have
        changed, or the app has (a new name): of what is no AI, grants are not asked for."""
        if self._tenant.services.get(grant.app):
            return None
        if self._now is None:
            self._now = frozenset(app.id for app in self._tenant.apps)
        if grant.app not in self._now or not self._at(seen_run).get(bodies.key(grant.app)):
            return None
        cause: Cause = "catalogue" if self._learnt(seen_run).differs else "coverage"
        return Why(cause, "no signature explains its app any more")


def _explained(db: Connection, lineage: str, run: int) -> dict[str, tuple[str, ...]]:
    """What explained the apps at a run, by their keys."""
    query = select(VERSION.c.ident, VERSION.c.body).where(
        VERSION.c.lineage == lineage,
        VERSION.c.kind == "app",
        VERSION.c.begins <= run,
        or_(VERSION.c.ends.is_(None), VERSION.c.ends > run),
    )
    things = ((ident, bodies.decode("app", body)) for ident, body in db.execute(query))
    return {ident: thing.services for ident, thing in things if isinstance(thing, KnownApp)}


@dataclass(slots=True)
class _Fold:
    """The things of one lineage, held against what stands in it."""

    db: Connection
    lineage: str
    number: int
    before: int | None
    time: int
    looks: Looks
    learnt: LearntSince
    known: frozenset[str] = frozenset()
    apps: _Apps | None = None
    explained: dict[str, Why] = field(default_factory=dict)

    def put(self, kind: ThingKind, items: Iterable[Item]) -> int:
        """Hold ``items`` against what stands; gives their number."""
        stands = self._standing(kind)
        met: set[str] = set()
        for part in _parts(items):
            fresh = {item.key: item for item in part if item.key not in met}
            met.update(fresh)
            self._part(kind, fresh, {key: stands.pop(key) for key in fresh if key in stands})
        for keys in _parts(stands):
            self._missing(kind, {key: stands[key] for key in keys})
        return len(met)

    def _standing(self, kind: ThingKind) -> dict[str, _Stands]:
        columns = (VERSION.c.ident, VERSION.c.digest, VERSION.c.unseen, VERSION.c.seen_run, VERSION.c.shown)
        query = select(*columns).where(
            VERSION.c.lineage == self.lineage, VERSION.c.kind == kind, VERSION.c.ends.is_(None)
        )
        return {row[0]: _Stands(*row[1:]) for row in self.db.execute(query)}

    def _part(self, kind: ThingKind, items: Mapping[str, Item], stands: Mapping[str, _Stands]) -> None:
        rows: list[dict[str, Any]] = []
        ended: list[str] = []
        differing = [key for key, old in stands.items() if old.unseen or old.digest != self._digest(items[key])]
        old_rows = self._rows(kind, differing)
        for key, item in items.items():
            if key in old_rows:
                again = self._again(item, old_rows[key], stands[key])
                ended += [key] if again else []
                rows += [again] if again else []
            elif key not in stands:
                rows.append(self._version(item, item.thing, self._why_new(item), item.shown))
        self._show(kind, items, {key: old for key, old in stands.items() if key not in ended})
        self._end(kind, ended)
        if rows:
            self.db.execute(VERSION.insert(), rows)
        self._touch(kind, [item for key, item in items.items() if item.last is not None or key not in stands])

    @staticmethod
    def _digest(item: Item) -> str:
        return bodies.mark(item.thing)

    def _again(self, item: Item, old: Any, stands: _Stands) -> dict[str, Any] | None:
        """The next version of a thing that stands; ``None`` where it is as it was."""
        before = bodies.decode(item.kind, old.body)
        known = bodies.decode_shown(stands.shown)
        partial_look = self.looks.of_missing(self._seen(stands), labels_of(before), known)
        thing = standing(before, item.thing) if partial_look else item.thing
        if not stands.unseen and bodies.mark(thing) == stands.digest:
            return None
        return self._version(item, thing, Why(old.cause, old.detail), self._showing(item, stands))

    def _showing(self, item: Item, stands: _Stands) -> Shown:
        """What shows it now, and what showed it before and cannot tell now: that may still show more of it."""
        if not item.shown:
            return item.shown
        return item.shown.union(self.looks.unseen(self._seen(stands), bodies.decode_shown(stands.shown)))

    def _seen(self, stands: _Stands) -> int:
        return stands.seen_run or self.before or 0

    def _version(self, item: Item, thing: Thing, why: Why, shown: Shown) -> dict[str, Any]:
        return {
            "lineage": self.lineage,
            "kind": item.kind,
            "ident": item.key,
            "begins": self.number,
            "ends": None,
            "unseen": "",
            "seen_run": 0,
            "cause": why.cause,
            "detail": why.detail,
            "digest": bodies.mark(thing),
            "body": bodies.encode(thing),
            "shown": bodies.encode_shown(shown),
        }

    def _why_new(self, item: Item) -> Why:
        if self.before is None:
            return HAPPENED  # a baseline: nobody is told, and nothing is compared with it
        found: Why | None = None
        if isinstance(item.thing, Finding):
            found = self._newly_explained(item.thing)
        elif isinstance(item.thing, Grant) and self.apps is not None:
            found = self.apps.of_new(item.thing)
        return found or self.looks.of_new(labels_of(item.thing), item.shown)

    def _newly_explained(self, thing: Finding) -> Why | None:
        learnt = self.learnt(self.before or 0)
        found = self.explained.get(thing.service_id) or learnt.of_new(thing.service_id, thing.names, self.known)
        if found is not None and thing.users is not None:
            self.explained[thing.service_id] = found
        return found

    def _missing(self, kind: ThingKind, stands: Mapping[str, _Stands]) -> None:
        """What was not found ends where that can be told, and else stands on, not seen."""
        unseen: list[dict[str, Any]] = []
        ended: list[str] = []
        for key, old in self._rows(kind, stands).items():
            seen_run = self._seen(stands[key])
            shown = bodies.decode_shown(old.shown)
            why = self._why_missing(bodies.decode(kind, old.body), seen_run, shown)
            if why is None:
                ended.append(key)
            elif not old.unseen:
                ended.append(key)
                row = {name: getattr(old, name) for name in VERSION.c.keys()}  # noqa: SIM118 - columns, not a mapping
                unseen.append(row | {"begins": self.number, "ends": None, "unseen": str(why), "seen_run": seen_run})
        self._end(kind, ended)
        if unseen:
            self.db.execute(VERSION.insert(), unseen)

    def _why_missing(self, thing: Thing, seen_run: int, shown: Shown) -> Why | None:
        found: Why | None = None
        if isinstance(thing, Finding):
            found = self.learnt(seen_run).of_missing(thing.service_id, thing.names)
        elif isinstance(thing, Grant) and self.apps is not None:
            found = self.apps.of_missing(thing, seen_run)
        return found or self.looks.of_missing(seen_run, labels_of(thing), shown)

    def _rows(self, kind: ThingKind, keys: Collection[str]) -> dict[str, Any]:
        if not keys:
            return {}
        query = select(VERSION).where(
            VERSION.c.lineage == self.lineage,
            VERSION.c.kind == kind,
            VERSION.c.ends.is_(None),
            VERSION.c.ident.in_(list(keys)),
        )
        return {row.ident: row for row in self.db.execute(query)}

    def _show(self, kind: ThingKind, items: Mapping[str, Item], stands: Mapping[str, _Stands]) -> None:
        """Keep what shows the things that stand as they were, where that is not what showed them before."""
        found = {key: bodies.encode_shown(self._showing(items[key], old)) for key, old in stands.items()}
        rows = [{"key": key, "by": by} for key, by in found.items() if by != stands[key].shown]
        if rows:
            self.db.execute(self._open(kind).values(shown=bindparam("by")), rows)

    def _end(self, kind: ThingKind, keys: Collection[str]) -> None:
        if keys:
            self.db.execute(self._open(kind).values(ends=self.number), [{"key": key} for key in keys])

    def _open(self, kind: ThingKind) -> Update:
        """A change of the versions that stand, by their ``key``."""
        return (
            update(VERSION)
            .where(VERSION.c.lineage == self.lineage, VERSION.c.kind == kind, VERSION.c.ends.is_(None))
            .where(VERSION.c.ident == bindparam("key"))
        )

    def _touch(self, kind: ThingKind, items: Iterable[Item]) -> None:
        rows = [
            {
                "lineage": self.lineage,
                "kind": kind,
                "ident": item.key,
                "run": self.number,
                "first": self.time if item.first is None else item.first,
                "last": self.time if item.last is None else item.last,
            }
            for item in items
        ]
        if rows:
            self.db.execute(text(_THING), rows)


def _parts(items: Iterable[T]) -> Iterator[list[T]]:
    several = iter(items)
    while part := list(islice(several, CHUNK)):
        yield part
