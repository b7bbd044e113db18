"""Names that look like AI and that no signature explained, kept so that a newer catalogue can be asked about them.

Of a name stands what the last run saw of it, and when it was seen first; who used it is not kept, but how many and where to look.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from sqlalchemy import Connection, select, text

from shadowai.history import bodies
from shadowai.history.tables import CANDIDATE
from shadowai.model import Candidate

MOST: Final = 10_000
"""Names that are kept; beyond it, those that were not seen for the longest time are forgotten."""
_PUT = """
INSERT INTO candidate (ident, last_run, first_seen, last_seen, users, events, body)
VALUES (:ident, :run, :first, :last, :users, :events, :body) ON CONFLICT (ident) DO UPDATE SET
last_run = excluded.last_run, events = excluded.events, body = excluded.body,
users = CASE WHEN excluded.users > candidate.users THEN excluded.users ELSE candidate.users END,
first_seen = CASE WHEN candidate.first_seen IS NULL OR excluded.first_seen < candidate.first_seen
THEN excluded.first_seen ELSE candidate.first_seen END,
last_seen = CASE WHEN candidate.last_seen IS NULL OR excluded.last_seen > candidate.last_seen
THEN excluded.last_seen ELSE candidate.last_seen END
"""


class Unexplained(NamedTuple):
    """A name; ``users`` is the largest number that one run saw, ``places`` the first ones of the last run. Times as in the model."""

    name: str
    users: int
    events: int
    first_seen: int | None
    last_seen: int | None
    places: tuple[str, ...]
    run: int


def keep(db: Connection, run: int, candidates: Collection[Candidate]) -> None:
    """Remember the candidates of a run, within its transaction."""
    rows = [
        {
            "ident": bodies.key(one.name),
            "run": run,
            "first": one.first_seen,
            "last": one.last_seen,
            "users": one.users or one.devices,
            "events": one.events + one.blocked,
            "body": json.dumps({"name": one.name, "places": [str(origin) for origin in one.origins]}),
        }
        for one in candidates
    ]
    if not rows:
        return
    db.execute(text(_PUT), rows)
    newest = select(CANDIDATE.c.ident).order_by(CANDIDATE.c.last_run.desc(), CANDIDATE.c.ident).limit(MOST)
    kept = set(db.execute(newest).scalars())
    dropped = [ident for ident in db.execute(select(CANDIDATE.c.ident)).scalars() if ident not in kept]
    if dropped:
        db.execute(text("DELETE FROM candidate WHERE ident = :ident"), [{"ident": ident} for ident in dropped])


def remembered(db: Connection) -> Iterator[Unexplained]:
    """All that are kept, in the order of their names."""
    for row in db.execute(select(CANDIDATE).order_by(CANDIDATE.c.ident)):
        body = json.loads(row.body)
        times = row.first_seen, row.last_seen
        yield Unexplained(body["name"], row.users, row.events, *times, tuple(body["places"]), row.last_run)
