"""What differs between two runs, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from shadowai.errors import UsageError
from shadowai.history import bodies, store
from shadowai.history.causes import labels_of
from shadowai.history.differences import Difference, differences, doubt, subject, who
from shadowai.history.looks import lacking, relevant, tenant_lineage, unseen
from shadowai.history.model import Cause, Change, Comparison, Finding, KnownApp, Look, Run, Thing, ThingKind, Version
from shadowai.history.store import History
from shadowai.history.tables import THING, VERSION
from shadowai.policy import FAIL_ON
from shadowai.tenant import Grant, Person

KINDS: tuple[ThingKind, ...] = ("service", "user", "app", "grant")
"""What is compared; people are remembered to give principals a name."""
_DECIDED = ("verdict", "mode", "category", "vendor", "service", "services")
"""Fields that the policy or the catalogue decides."""
_SIGNATURE = "its signature has changed"
_ORDER = ("new", "returned", "changed", "gone", "not_observable")


def last_two(history: History) -> tuple[int | None, int]:
    """The latest run, and the one before it that looked at some of the same; ``None`` where there is no such run. Raises
    :class:`~shadowai.errors.UsageError` where nothing is remembered."""
    with history.reading() as db:
        found = store.runs(db)
        if not found:
            raise UsageError("no run is remembered", remedy="run shadowai sweep, or shadowai scan --history")
        earlier = [run.id for run in store.runs(db, series=found[0].series) if run.id < found[0].id]
    return (earlier[0] if earlier else None), found[0].id


def compare(history: History, before: int | None, after: int, *, fail_on: frozenset[str] = FAIL_ON) -> Comparison:
    """What differs between the runs ``before`` and ``after``; nothing where ``before`` is ``None``: a baseline. ``fail_on`` are the
    verdicts whose use breaches the policy. Raises :class:`~shadowai.errors.UsageError` for a run that there is not."""
    with history.reading() as db:
        later = store.run(db, after)
        if before is None:
            return Comparison(None, later, unseen=_partial(later))
        earlier = store.run(db, before)
        if earlier.id >= later.id:
            raise UsageError(f"run {before} is not before run {after}", remedy="name the earlier run first")
        return _Comparing(db, earlier, later, fail_on).comparison()


def _partial(run: Run) -> tuple[str, ...]:
    """What the run saw only in part; what it could not look at all is no news where that was so before."""
    return tuple(f"{look.place}: {look.reason}" for look in run.looks if look.reason and look.gave)


class _Comparing:
    def __init__(self, db: Connection, earlier: Run, later: Run, fail_on: frozenset[str]) -> None:
        self._db, self._earlier, self._later, self._fail_on = db, earlier, later, fail_on
        self._fresh: list[str] = []
        self._people: dict[tuple[str, str], str] = {}
        self._apps: dict[tuple[str, str], KnownApp] = {}
        self._sources: dict[str, frozenset[str]] = {}
        self._signatures: dict[str, Mapping[str, str]] = {}

    def comparison(self) -> Comparison:
        """The whole of it."""
        changes: list[Change] = []
        gave = [look for look in self._earlier.looks if look.gave]
        unseen = lacking(gave, self._later.looks) if gave else []
        if self._later.series == self._earlier.series:
            changes += self._of_lineage(self._later.series)
        else:
            changes += self._across()
        for lineage in self._later.lineages:
            if lineage.startswith("tenant:"):
                changes += self._of_tenant(lineage)
        unseen += _partial(self._later)
        return Comparison(
            self._earlier,
            self._later,
            tuple(sorted(changes, key=_place)),
            tuple(dict.fromkeys(unseen)),
            tuple(self._fresh),
        )

    def _of_tenant(self, lineage: str) -> Iterator[Change]:
        if store.first_of(self._db, lineage) > self._earlier.id:
            self._fresh.append(lineage.removeprefix("tenant:"))
            return
        self._read_names(lineage)
        yield from self._of_lineage(lineage)

    def _of_lineage(self, lineage: str) -> Iterator[Change]:
        """The versions that begin or end between the two runs; what stands unchanged is never read."""
        one, two = self._earlier.id, self._later.id
        ending = and_(_at(one), VERSION.c.ends <= two)
        old = {(v.kind, v.key): v for v in self._versions(lineage, ending)}
        beginning = and_(_at(two), VERSION.c.begins > one)
        for version in self._versions(lineage, beginning):
            yield from self._change(old.pop((version.kind, version.key), None), version)
        for version in old.values():
            yield from self._change(version, None)

    def _across(self) -> Iterator[Change]:
        """Runs that looked at different things: what is in one alone could not be seen in the other."""
        old = {(v.kind, v.key): v for v in self._versions(self._earlier.series, _at(self._earlier.id))}
        for version in self._versions(self._later.series, _at(self._later.id)):
            before = old.pop((version.kind, version.key), None)
            if before is not None:
                yield from self._change(before, version)
            elif not version.unseen:
                yield self._made(
                    "new", version, cause="coverage", detail=f"run {self._earlier.id} looked at other things"
                )
        for version in old.values():
            detail = f"run {self._later.id} looked at other things"
            yield self._made("not_observable", version, cause="coverage", detail=detail)

    def _versions(self, lineage: str, where: ColumnElement[bool]) -> Iterator[Version]:
        query = (
            select(VERSION, THING.c.first_run)
            .join(
                THING,
                and_(
                    THING.c.lineage == VERSION.c.lineage,
                    THING.c.kind == VERSION.c.kind,
                    THING.c.ident == VERSION.c.ident,
                ),
            )
            .where(VERSION.c.lineage == lineage, VERSION.c.kind.in_(KINDS), where)
        )
        return map(_version, self._db.execute(query))

    def _change(self, before: Version | None, after: Version | None) -> Iterator[Change]:
        if before is None and after is not None:
            if self._is_baseline(after):
                return
            what = "returned" if after.first_run <= self._earlier.id else "new"
            yield self._made(what, after, cause=after.cause, detail=after.detail)
        elif before is not None and after is None:
            yield self._made("gone", before, cause="environment")
        elif before is not None and after is not None:
            if after.unseen and not before.unseen:
                cause, _, detail = after.unseen.partition(": ")
                yield self._made("not_observable", after, cause=_cause(cause), detail=detail)
            yield from (self._changed(before, after, item) for item in differences(before.thing, after.thing))

    def _is_baseline(self, version: Version) -> bool:
        """Whether a row is of tenants alone that nobody had looked at by the earlier run: their first look, of which nothing is new."""
        sources = {shower.source for shower in version.shown}
        logs = {label for look in self._later.looks if not look.part for label in look.labels}
        first = isinstance(version.thing, Finding) and bool(sources) and not logs & labels_of(version.thing)
        return first and sources == set(self._first_looked_at(version))

    def _first_looked_at(self, version: Version) -> list[str]:
        """The tenants with a part in a row that nobody had looked at by the earlier run."""
        sources = {shower.source for shower in version.shown} if isinstance(version.thing, Finding) else ()
        return sorted(s for s in sources if store.first_of(self._db, tenant_lineage(s)) > self._earlier.id)

    def _may_be_a_first_look_s(self, item: Difference) -> bool:
        """Whether a further tenant can make that difference: it adds, and may have a rule say otherwise, but takes nothing away."""
        same = (self._earlier.policy, self._earlier.signatures) == (self._later.policy, self._later.signatures)
        return same if item.field in ("verdict", "mode") else item.more and item.field not in _DECIDED

    def _changed(self, before: Version, version: Version, item: Difference) -> Change:
        thing = version.thing
        fresh = self._first_looked_at(version) if self._may_be_a_first_look_s(item) else []
        cause, detail = self._why(version, item, fresh)
        if not fresh and item.field == "confidence" and self._is_relearnt(before.thing, thing, item.after):
            cause, detail = "catalogue", _SIGNATURE
        forbidden = item.more and not fresh and self._is_forbidden(thing)
        return Change(
            what="changed",
            kind=version.kind,
            key=version.key,
            subject=self._subject(version),
            cause=cause,
            service=_service(thing),
            who=self._who(version),
            field=item.field,
            before=item.before,
            after=item.after,
            detail=detail,
            verdict=thing.verdict if isinstance(thing, Finding) else None,
            breach=forbidden and not _is_audited(thing),
            audited=forbidden and _is_audited(thing),
            baseline=bool(fresh),
        )

    def _why(self, version: Version, item: Difference, fresh: Sequence[str]) -> tuple[Cause, str]:
        if fresh:
            return "coverage", f"the first look at {', '.join(fresh)}"
        if item.field in _DECIDED:
            return self._decided(version, item)
        reasons = self._lacking_before(version) if item.more else []
        return ("coverage", f"the earlier look: {reasons[0]}") if reasons else ("environment", "")

    def _is_relearnt(self, before: Thing, after: Thing, confidence: str) -> bool:
        """Whether a row is surer, or less sure, by what its signature says of the same names, and not by what was seen: nothing that is
        surer was seen for the first time, nothing is missing that had been."""
        if not isinstance(before, Finding) or not isinstance(after, Finding):
            return False
        old, new = (self._digests(run.signatures).get(after.service_id) for run in (self._earlier, self._later))
        one, two = set(before.names), set(after.names)
        return None not in (old, new) and old != new and (two <= one if confidence == "confirmed" else one <= two)

    def _digests(self, signatures: str) -> Mapping[str, str]:
        if signatures not in self._signatures:
            self._signatures[signatures] = store.digests(self._db, signatures)
        return self._signatures[signatures]

    def _lacking_before(self, version: Version) -> list[str]:
        """Why the earlier run may not have seen what shows a thing now. What that run left out and one before it had looked at stood as
        it was, and is held against that."""
        left_out = self._known(version.lineage) - {look.source for look in self._earlier.looks}
        looks = [look for look in self._later.looks if look.source not in left_out and _is_of(look, version)]
        shown = frozenset(shower for shower in version.shown if shower.source not in left_out)
        logs = relevant(looks, labels_of(version.thing), version.shown)
        reasons = lacking(logs, self._earlier.looks) if logs else ()
        return [*unseen(shown, looks, self._earlier.looks).values(), *reasons]

    def _known(self, lineage: str) -> frozenset[str]:
        """What runs up to the earlier one had looked at."""
        if lineage not in self._sources:
            found = store.looks_before(self._db, lineage, self._earlier.id + 1)
            self._sources[lineage] = frozenset(look.source for look in found)
        return self._sources[lineage]

    def _decided(self, version: Version, item: Difference) -> tuple[Cause, str]:
        signatures = self._earlier.signatures != self._later.signatures
        if item.field == "services":
            return ("catalogue", "") if signatures else ("environment", "")
        if item.field in ("verdict", "mode") and (self._earlier.policy != self._later.policy or not signatures):
            same = self._earlier.policy == self._later.policy
            return (
                "policy",
                "a rule or a decision has begun or ceased to hold" if same else "the policy file has changed",
            )
        return ("catalogue", _SIGNATURE) if signatures else ("environment", "")

    def _made(self, what: Any, version: Version, *, cause: Cause, detail: str = "") -> Change:
        thing = version.thing
        is_there = what in ("new", "returned")
        forbidden = is_there and self._is_forbidden(thing)
        return Change(
            what=what,
            kind=version.kind,
            key=version.key,
            subject=self._subject(version),
            cause=cause,
            service=_service(thing),
            who=self._who(version),
            detail="; ".join(filter(None, (doubt(thing) if is_there else "", detail))),
            verdict=thing.verdict if isinstance(thing, Finding) else None,
            breach=forbidden and not _is_audited(thing),
            audited=forbidden and _is_audited(thing),
        )

    def _is_forbidden(self, thing: Thing) -> bool:
        """As :func:`shadowai.policy.breaches` judges entries, whether or not the rule is enforced."""
        return (
            isinstance(thing, Finding)
            and thing.verdict.value in self._fail_on
            and thing.confidence == "confirmed"
            and thing.used
        )

    # --- names for people ------------------------------------------------------------------------------------------------

    def _read_names(self, lineage: str) -> None:
        """The people and apps of a tenant as they are at the later run, or were before."""
        query = select(VERSION.c.ident, VERSION.c.kind, VERSION.c.body).where(
            VERSION.c.lineage == lineage, VERSION.c.kind.in_(("person", "app")), VERSION.c.begins <= self._later.id
        )
        for ident, kind, body in self._db.execute(query.order_by(VERSION.c.begins)):
            thing = bodies.decode(kind, body)
            if isinstance(thing, Person):
                self._people[lineage, ident] = thing.address or thing.name or thing.id
            elif isinstance(thing, KnownApp):
                self._apps[lineage, ident] = thing

    def _subject(self, version: Version) -> str:
        thing = version.thing
        if isinstance(thing, Grant):
            found = self._apps.get((version.lineage, bodies.key(thing.app)))
            return f"{found.app.name if found else thing.app} ({thing.platform}:{thing.tenant})"
        return subject(thing)

    def _who(self, version: Version) -> str:
        thing = version.thing
        if isinstance(thing, Grant) and thing.principal is not None:
            return self._people.get((version.lineage, bodies.key(thing.principal)), who(thing))
        return who(thing)


def _is_audited(thing: Thing) -> bool:
    return isinstance(thing, Finding) and thing.audited


def _service(thing: Thing) -> str:
    if isinstance(thing, Finding):
        return thing.service_id
    return ", ".join(thing.services) if isinstance(thing, KnownApp) else ""


def _at(run: int) -> ColumnElement[bool]:
    return and_(VERSION.c.begins <= run, or_(VERSION.c.ends.is_(None), VERSION.c.ends > run))


def _version(row: Any) -> Version:
    return Version(
        lineage=row.lineage,
        kind=row.kind,
        key=row.ident,
        begins=row.begins,
        ends=row.ends,
        unseen=row.unseen,
        cause=row.cause,
        detail=row.detail,
        thing=bodies.decode(row.kind, row.body),
        first_run=row.first_run,
        shown=bodies.decode_shown(row.shown),
    )


def _is_of(look: Look, version: Version) -> bool:
    """What a tenant has is shown by looks at that tenant alone."""
    return not version.lineage.startswith("tenant:") or tenant_lineage(look.source) == version.lineage


def _cause(text: str) -> Cause:
    return "catalogue" if text == "catalogue" else "coverage"


def _place(change: Change) -> tuple[bool, int, int, str, str, str, str]:
    kind, what = KINDS.index(change.kind), _ORDER.index(change.what)
    return not change.breach, what, kind, change.service, change.subject, change.who, change.field
