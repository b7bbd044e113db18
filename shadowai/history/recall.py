"""An asset as the history remembers it: an entry without the figures that change from day to day, which are not kept."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from shadowai.errors import UsageError
from shadowai.history import bodies, store
from shadowai.history.model import Finding, Run
from shadowai.history.store import History
from shadowai.history.tables import RUN, THING, VERSION
from shadowai.inventory import asset_id
from shadowai.model import Actor, Entry

_REMEDY = (
    "name an asset_id of an inventory, or the beginning of one, or a service id; for a person, one of a row by user"
)


class Recalled(NamedTuple):
    """An entry, and the run that told of it first as it is now. Sizes, counts of events and evidence are not kept: they are unknown."""

    entry: Entry
    run: Run | None


def recall(history: History, asset: str) -> Recalled:
    """The asset with that id, or the only one whose id begins so, or the service with that id, as it was remembered last. Raises
    :class:`~shadowai.errors.UsageError` where there is none, or several."""
    key = VERSION.c.ident
    wanted: ColumnElement[bool] = key.in_([bodies.key(asset), bodies.key(asset_id(asset))])
    if len(asset) >= 4 and asset.isalnum():
        wanted = wanted | key.startswith(bodies.key(asset), autoescape=True)
    query = select(VERSION).where(VERSION.c.kind.in_(["service", "user"]), wanted)
    with history.reading() as db:
        rows = db.execute(query.order_by(VERSION.c.begins.desc())).all()
        assets = sorted({row.ident for row in rows})
        if len(assets) != 1:
            what = "no asset of that id is remembered" if not assets else f"{len(assets)} assets begin so"
            raise UsageError(f"{asset!r:.80}: {what}", remedy=_REMEDY)
        row = rows[0]
        where = (THING.c.lineage == row.lineage, THING.c.kind == row.kind, THING.c.ident == row.ident)
        thing = db.execute(select(THING).where(*where)).first()
        known = db.execute(select(RUN.c.id).where(RUN.c.id == row.begins)).first()
        run = store.run(db, row.begins) if known is not None else None
    finding = bodies.decode(row.kind, row.body)
    if not isinstance(finding, Finding):
        raise UsageError(f"{asset!r:.80} is no row of an inventory", remedy=_REMEDY)
    times = (thing.first_seen, thing.last_seen) if thing is not None else (None, None)
    return Recalled(_entry(assets[0], finding, *times), run)


def _entry(id: str, finding: Finding, first: int | None, last: int | None) -> Entry:
    by_user = finding.users is None
    actor = Actor(finding.user, finding.device, finding.address) if by_user else None
    return Entry(
        asset_id=id,
        service_id=finding.service_id,
        service=finding.service,
        vendor=finding.vendor,
        category=finding.category,
        actor=actor,
        verdict=finding.verdict,
        confidence=finding.confidence,
        usage=finding.usage,
        users=int(finding.user is not None) if finding.users is None else finding.users,
        devices=int(by_user),
        events=int(finding.used),
        blocked=0,
        bytes_up=None,
        bytes_down=None,
        first_seen=first,
        last_seen=last,
        active_days=None,
        sources=finding.sources,
        names=finding.names,
        evidence=(),
        scopes=finding.scopes,
        facts=finding.facts,
    )
