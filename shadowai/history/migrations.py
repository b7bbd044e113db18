"""The steps from each version of the schema to the next: forward only, never changed once released.

A list of SQL of our own rather than Alembic: the two databases understand the same few statements, each step runs within the
transaction that records it (both can undo DDL), there is nothing to configure for those who install a library, and no folder of
scripts to ship. What would speak for Alembic, branches and steps backwards, is what a history must not have.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, inspect, text

from shadowai.errors import UsageError

STEPS: Final[tuple[tuple[str, ...], ...]] = (
    (  # 1: runs, and what they found
        "CREATE TABLE run (id BIGINT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, series TEXT NOT NULL, began BIGINT NOT NULL,"
        " ended BIGINT NOT NULL, complete INTEGER NOT NULL, baseline INTEGER NOT NULL, signatures TEXT NOT NULL,"
        " policy TEXT NOT NULL, program TEXT NOT NULL, options TEXT NOT NULL, gaps BIGINT NOT NULL, services BIGINT NOT NULL,"
        " users BIGINT NOT NULL)",
        "CREATE TABLE lineage (lineage TEXT NOT NULL, run BIGINT NOT NULL, PRIMARY KEY (lineage, run))",
        "CREATE TABLE look (run BIGINT NOT NULL, place INTEGER NOT NULL, complete INTEGER NOT NULL, body TEXT NOT NULL,"
        " PRIMARY KEY (run, place))",
        "CREATE TABLE catalogue (version TEXT NOT NULL, signature TEXT NOT NULL, digest TEXT NOT NULL,"
        " PRIMARY KEY (version, signature))",
        "CREATE TABLE version (lineage TEXT NOT NULL, kind TEXT NOT NULL, ident TEXT NOT NULL, begins BIGINT NOT NULL,"
        " ends BIGINT, unseen TEXT NOT NULL, seen_run BIGINT NOT NULL, cause TEXT NOT NULL, detail TEXT NOT NULL,"
        " digest TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (lineage, kind, ident, begins))",
        "CREATE INDEX version_open ON version (lineage, kind, ends)",
        "CREATE INDEX version_begins ON version (lineage, begins)",
        "CREATE TABLE thing (lineage TEXT NOT NULL, kind TEXT NOT NULL, ident TEXT NOT NULL, first_run BIGINT NOT NULL,"
        " first_seen BIGINT NOT NULL, last_seen BIGINT NOT NULL, PRIMARY KEY (lineage, kind, ident))",
    ),
    (  # 2: what somebody was told about
        "CREATE TABLE notified (finding TEXT NOT NULL PRIMARY KEY, time BIGINT NOT NULL)",
    ),
    (  # 3: which tasks showed a thing; of what is there it is not known
        "ALTER TABLE version ADD COLUMN shown TEXT NOT NULL DEFAULT ''",
    ),
    (  # 4: what budgets measured
        "CREATE TABLE measure (run BIGINT NOT NULL, name TEXT NOT NULL, least BIGINT NOT NULL, most BIGINT, PRIMARY KEY (run, name))",
    ),
    (  # 5: what looked like AI and was explained by no signature
        "CREATE TABLE candidate (ident TEXT NOT NULL PRIMARY KEY, last_run BIGINT NOT NULL, first_seen BIGINT, last_seen BIGINT,"
        " users BIGINT NOT NULL, events BIGINT NOT NULL, body TEXT NOT NULL)",
    ),
)
"""Step n, counted from 1, makes version n of what version n - 1 was."""

NEWEST: Final = len(STEPS)


def current(db: Connection) -> int:
    """The version of the schema; 0 where there is none."""
    if not inspect(db).has_table("schema_version"):
        return 0
    found = db.execute(text("SELECT max(version) FROM schema_version")).scalar()
    return int(found or 0)


def migrate(db: Connection, upto: int = NEWEST) -> int:
    """Bring the schema to version ``upto`` within the transaction at hand; gives the version it was at before.

    Raises :class:`~shadowai.errors.UsageError` where it is newer than this program.
    """
    before = current(db)
    if before > NEWEST:
        message = f"the history has schema version {before}, and this program knows versions up to {NEWEST}"
        raise UsageError(message, remedy="use the newer program, or another history")
    if before == 0:
        db.execute(text("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)"))
    for number in range(before + 1, upto + 1):
        for statement in STEPS[number - 1]:
            db.execute(text(statement))
        db.execute(text("INSERT INTO schema_version (version) VALUES (:number)"), {"number": number})
    return before
