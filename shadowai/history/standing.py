"""What stands in the tenants: their apps, grants and people as the last look at each left them."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, select

from shadowai.history import bodies, store
from shadowai.history.looks import tenant_lineage
from shadowai.history.model import KnownApp, Thing, ThingKind
from shadowai.history.tables import LINEAGE, VERSION
from shadowai.tenant import Grant, Person

T = TypeVar("T", bound=Thing)


class Tenant(NamedTuple):
    """A tenant by the source of its looks. ``seen`` is when the last run that looked at it ended (µs), ``complete`` whether that run
    saw everything."""

    source: str
    seen: int
    complete: bool
    apps: tuple[KnownApp, ...]
    grants: tuple[Grant, ...]
    people: tuple[Person, ...]


def tenants(db: Connection) -> list[Tenant]:
    """Every tenant that was looked at, in the order of their sources."""
    prefix = tenant_lineage("")
    query = select(LINEAGE.c.lineage).distinct().where(LINEAGE.c.lineage.startswith(prefix)).order_by(LINEAGE.c.lineage)
    return [_tenant(db, lineage, lineage.removeprefix(prefix)) for lineage in db.execute(query).scalars()]


def _tenant(db: Connection, lineage: str, source: str) -> Tenant:
    last = store.last_of(db, lineage, store.next_number(db))
    run = store.run(db, last or 0)
    return Tenant(
        source=source,
        seen=run.ended,
        complete=run.complete,
        apps=_standing(db, lineage, "app", KnownApp),
        grants=_standing(db, lineage, "grant", Grant),
        people=_standing(db, lineage, "person", Person),
    )


def _standing(db: Connection, lineage: str, kind: ThingKind, made: type[T]) -> tuple[T, ...]:
    query = (
        select(VERSION.c.body)
        .where(VERSION.c.lineage == lineage, VERSION.c.kind == kind, VERSION.c.ends.is_(None))
        .order_by(VERSION.c.ident)
    )
    things = (bodies.decode(kind, body) for body in db.execute(query).scalars())
    return tuple(thing for thing in things if isinstance(thing, made))
