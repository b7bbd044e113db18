"""The history's database: opened, migrated, locked for a writer, and asked about runs.

SQLite and PostgreSQL alike: one writer at a time, whose transaction is all or nothing; readers see one moment and wait for nobody.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self, cast

from sqlalchemy import Connection, Engine, Row, and_, create_engine, delete, event, func, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool, StaticPool

from shadowai.errors import SourceError, UsageError
from shadowai.history import bodies
from shadowai.history.migrations import NEWEST, current, migrate
from shadowai.history.model import Look, Run, RunKind
from shadowai.history.tables import CANDIDATE, CATALOGUE, LINEAGE, LOOK, MEASURE, NOTIFIED, RUN, THING, VERSION
from shadowai.model import Origin
from shadowai.normalize import printable
from shadowai.tenant import Completeness

LOCK = 0x5348_4144
"""The number of PostgreSQL's advisory lock that writers of the history hold."""
_UPTO = "run:"
"""Before a series in place of a finding: the run up to which was told."""
_TELL = """
INSERT INTO notified (finding, time) VALUES (:finding, :time) ON CONFLICT (finding) DO UPDATE SET time = excluded.time
"""
_PASSWORDS = ("password", "sslpassword")
"""Keys of a URL's query that hold one (PostgreSQL, "Parameter Key Words")."""
WAIT = 120
"""Seconds that a writer waits for another to end, where the database is a file."""
_MAGIC = b"SQLite format 3\x00"
"""What a database of SQLite begins with (sqlite.org/fileformat.html, section 1.3)."""
_OWN = frozenset({"schema_version", "run", "lineage"})
"""Tables that every version of the schema has."""


class History:
    """The history at a URL. Raises :class:`~shadowai.errors.SourceError` where the database cannot be used."""

    def __init__(self, url: str) -> None:
        self._url = _url(url)
        self.shown = self._url.set(query={}).render_as_string(hide_password=True)  # a query may have a password, too
        with self._told():
            _refuse_foreign(self._url)
            _make_private(self._url)
            self._engine = _engine(self._url)
            if self._version() != NEWEST:
                with self.writing() as db:
                    migrate(db)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *about: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other writer is in at the same time; committed at the end, undone by any error."""
        with self._told(), self._engine.connect().execution_options(writes=True) as db, db.begin():
            if db.dialect.name == "postgresql":
                db.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK})
            yield db

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment."""
        with self._told(), self._engine.connect() as plain:
            asked = plain.dialect.name == "postgresql"
            db = plain.execution_options(isolation_level="REPEATABLE READ") if asked else plain
            with db.begin():
                yield db

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise SourceError(
                f"the history cannot be used: {self._reason(error)}",
                origin=Origin(self.shown),
                remedy="correct [history] url or --history, or leave it out with --no-history",
            ) from None

    def _reason(self, error: Exception) -> str:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        first = (str(cause).strip() or type(cause).__name__).splitlines()[0]
        for secret in filter(None, (self._url.password, *map(self._url.query.get, _PASSWORDS))):
            first = first.replace(str(secret), "[hidden]")
        return printable(first)

    def _version(self) -> int:
        with self.reading() as db:
            return current(db)


def _url(url: str) -> URL:
    try:
        found = make_url(url)
        found.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):
        remedy = "use a path, sqlite:///PATH or postgresql+psycopg://HOST/DATABASE"
        raise UsageError("the history's URL is not one", remedy=remedy) from None
    except ImportError as error:
        raise UsageError("PostgreSQL needs psycopg", remedy="pip install 'shadowai[history,postgres]'") from error
    return found


def _file(url: URL) -> Path | None:
    on_disk = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if on_disk else None


def _refuse_foreign(url: URL) -> None:
    """Raises :class:`~shadowai.errors.UsageError` where something is there that is no history: not even its mode is to change, and no
    table to be put into it."""
    path = _file(url)
    if path is None or not path.exists():
        return
    if not path.is_file():
        raise _no_history(path, "it is a folder" if path.is_dir() else "it is no file")
    if not path.stat().st_size:
        return
    with path.open("rb") as stream:
        if stream.read(len(_MAGIC)) != _MAGIC:
            raise _no_history(path, "it is no database of SQLite")
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=WAIT)) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not (tables >= _OWN or tables <= {"schema_version"}):
        raise _no_history(path, "it is the database of another program")


def _no_history(path: Path, why: str) -> UsageError:
    remedy = (
        "correct [history] url or --history: name a file that a scan or sweep has written, or one that is not there yet"
    )
    return UsageError(f"is no history: {why}", origin=Origin(str(path)), remedy=remedy)


def _make_private(url: URL) -> None:
    """A file of SQLite that its owner alone may read: it has people's names in it. What SQLite puts beside it has the same mode."""
    path = _file(url)
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        if hasattr(os, "fchmod") and os.fstat(descriptor).st_mode & 0o077:
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        try:
            return create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 10})
        except ImportError as error:
            raise UsageError("PostgreSQL needs psycopg", remedy="pip install 'shadowai[history,postgres]'") from error
    pool: Any = NullPool if _file(url) is not None else StaticPool
    made = create_engine(url, poolclass=pool, connect_args={"timeout": WAIT})
    event.listen(made, "connect", _on_connect)
    event.listen(made, "begin", _on_begin)
    return made


def _on_connect(connection: Any, record: object) -> None:
    """The driver begins no transactions by itself: those that it does begin do not cover DDL."""
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.execute("PRAGMA synchronous = NORMAL")


def _on_begin(db: Connection) -> None:
    db.exec_driver_sql("BEGIN IMMEDIATE" if db.get_execution_options().get("writes") else "BEGIN")


# --- runs ----------------------------------------------------------------------------------------------------------------


def runs(db: Connection, *, kind: RunKind | None = None, series: str | None = None) -> list[Run]:
    """The remembered runs, the latest first."""
    query = select(RUN).order_by(RUN.c.id.desc())
    query = query if kind is None else query.where(RUN.c.kind == kind)
    query = query if series is None else query.where(RUN.c.series == series)
    return [_run(row) for row in db.execute(query)]


def run(db: Connection, number: int) -> Run:
    """The run with its looks and lineages. Raises :class:`~shadowai.errors.UsageError` where there is none of that number."""
    row = db.execute(select(RUN).where(RUN.c.id == number)).first()
    if row is None:
        raise UsageError(f"no run {number} is remembered", remedy="see: shadowai history")
    lineages = db.execute(select(LINEAGE.c.lineage).where(LINEAGE.c.run == number).order_by(LINEAGE.c.lineage))
    return _run(row, looks_of(db, number), tuple(found[0] for found in lineages))


def looks_of(db: Connection, number: int) -> tuple[Look, ...]:
    """What a run looked at."""
    query = select(LOOK.c.body).where(LOOK.c.run == number).order_by(LOOK.c.place)
    return tuple(bodies.decode_look(row[0]) for row in db.execute(query))


def looks_before(db: Connection, lineage: str, before: int) -> list[Look]:
    """The distinct looks of the lineage's runs before a run, but those that failed at once."""
    query = (
        select(LOOK.c.body)
        .distinct()
        .join(LINEAGE, LINEAGE.c.run == LOOK.c.run)
        .where(LINEAGE.c.lineage == lineage, LINEAGE.c.run < before)
    )
    return [look for row in db.execute(query) if (look := bodies.decode_look(row[0])).gave]


def last_of(db: Connection, lineage: str, before: int) -> int | None:
    """The last run of the lineage before a run."""
    query = select(func.max(LINEAGE.c.run)).where(LINEAGE.c.lineage == lineage, LINEAGE.c.run < before)
    return cast("int | None", db.execute(query).scalar())


def first_of(db: Connection, lineage: str) -> int:
    """The first run of a lineage."""
    return int(db.execute(select(func.min(LINEAGE.c.run)).where(LINEAGE.c.lineage == lineage)).scalar() or 0)


def digests(db: Connection, version: str) -> dict[str, str]:
    """A digest for each signature of a version of the catalogue; empty where it is not remembered."""
    query = select(CATALOGUE.c.signature, CATALOGUE.c.digest).where(CATALOGUE.c.version == version)
    return {row[0]: row[1] for row in db.execute(query)}


def first_seen(db: Connection, lineage: str, kind: str) -> dict[str, int]:
    """When each thing of the lineage that stands was first seen, by its key: microseconds since the epoch. What was gone and came back
    is known since it came back."""
    mine = and_(VERSION.c.lineage == lineage, VERSION.c.kind == kind)
    same = and_(THING.c.lineage == lineage, THING.c.kind == kind, THING.c.ident == VERSION.c.ident)
    stands = and_(mine, VERSION.c.ends.is_(None))
    query = select(THING.c.ident, THING.c.first_seen, THING.c.first_run).join(VERSION, same).where(stands)
    found = {row[0]: row[1] for row in db.execute(query.where(VERSION.c.begins == THING.c.first_run))}
    later = query.where(VERSION.c.begins != THING.c.first_run)
    versions = select(VERSION.c.ident, VERSION.c.begins, VERSION.c.ends).order_by(VERSION.c.ident, VERSION.c.begins)
    of_them = versions.where(mine, VERSION.c.ident.in_(later.with_only_columns(THING.c.ident)))
    since = _without_gap(db.execute(of_them))
    ended = {number: _ended(db, lineage, number) for number in set(since.values())}
    for ident, first, run in db.execute(later):
        found[ident] = first if since[ident] == run else ended[since[ident]]
    return found


def _without_gap(versions: Iterable[Row[Any]]) -> dict[str, int]:
    """The run from which on each thing stood until its last version, by its versions (what, from, until) in their order."""
    since: dict[str, int] = {}
    until: dict[str, int | None] = {}
    for row in versions:
        if until.get(row.ident) != row.begins:
            since[row.ident] = row.begins
        until[row.ident] = row.ends
    return since


def _ended(db: Connection, lineage: str, number: int) -> int:
    """When a run ended, or the first remembered one of the lineage after it where it was forgotten."""
    query = select(func.min(RUN.c.id)).join(LINEAGE, LINEAGE.c.run == RUN.c.id)
    first = query.where(LINEAGE.c.lineage == lineage, RUN.c.id >= number).scalar_subquery()
    return int(db.execute(select(RUN.c.ended).where(RUN.c.id == first)).scalar_one())


def forget(db: Connection, before: int) -> int:
    """Forget the runs that ended before ``before``, and the things that no other run has; gives how many runs were forgotten. The
    numbers of runs are not used again, and what was looked at stays known: else what is new could not be told any more."""
    old = db.execute(delete(RUN).where(RUN.c.ended < before)).rowcount
    db.execute(delete(MEASURE).where(MEASURE.c.run.not_in(select(RUN.c.id))))
    if not old:
        return 0
    for lineage in db.execute(select(LINEAGE.c.lineage).distinct()).scalars().all():
        in_it = select(LINEAGE.c.run).where(LINEAGE.c.lineage == lineage)
        oldest = db.execute(select(func.min(RUN.c.id)).where(RUN.c.id.in_(in_it))).scalar()
        of_lineage = VERSION.c.lineage == lineage
        db.execute(delete(VERSION).where(of_lineage, *([] if oldest is None else [VERSION.c.ends <= oldest])))
        left = select(VERSION.c.ident).where(
            VERSION.c.lineage == lineage, VERSION.c.kind == THING.c.kind, VERSION.c.ident == THING.c.ident
        )
        db.execute(delete(THING).where(THING.c.lineage == lineage, ~left.exists()))
        if oldest is None:
            db.execute(delete(LINEAGE).where(LINEAGE.c.lineage == lineage))
    db.execute(delete(LOOK).where(LOOK.c.run.not_in(select(LINEAGE.c.run))))
    db.execute(delete(CATALOGUE).where(CATALOGUE.c.version.not_in(select(RUN.c.signatures))))
    db.execute(delete(CANDIDATE).where(CANDIDATE.c.last_run.not_in(select(RUN.c.id))))
    return old


def told(db: Connection) -> dict[str, int]:
    """When each finding was told of last, in microseconds since the epoch."""
    return {row.finding: row.time for row in db.execute(select(NOTIFIED)) if not row.finding.startswith(_UPTO)}


def told_run(db: Connection, series: str, run: int) -> int | None:
    """The run of the series up to which was told; ``run`` itself where that was told of. Where nothing was told yet, the run before;
    ``None`` where there is none. For a run that was forgotten stands the next one."""
    earlier = sorted(found.id for found in runs(db, series=series) if found.id < run)
    last = db.execute(select(NOTIFIED.c.time).where(NOTIFIED.c.finding == _UPTO + series)).scalar()
    if last is None:
        return earlier[-1] if earlier else None
    return run if last >= run else next((number for number in earlier if number >= last), None)


def tell(db: Connection, series: str, run: int, findings: Sequence[str], *, now: int, forget: int) -> None:
    """Remember that ``findings`` of a run were told of ``now``, and forget what was told before ``forget``."""
    db.execute(delete(NOTIFIED).where(NOTIFIED.c.time < forget, ~NOTIFIED.c.finding.startswith(_UPTO)))
    rows = [{"finding": finding, "time": now} for finding in findings]
    db.execute(text(_TELL), [*rows, {"finding": _UPTO + series, "time": run}])


def next_number(db: Connection) -> int:
    """The number of the next run; those of forgotten runs are not given again while anything of them is kept."""
    found = [db.execute(select(func.max(column))).scalar() or 0 for column in (RUN.c.id, LINEAGE.c.run, LOOK.c.run)]
    return int(max(found)) + 1


def put_looks(db: Connection, number: int, looks: Sequence[Look]) -> None:
    """Keep what a run looked at."""
    rows = [
        {
            "run": number,
            "place": place,
            "complete": int(look.completeness is Completeness.COMPLETE),
            "body": bodies.encode_look(look),
        }
        for place, look in enumerate(looks)
    ]
    if rows:
        db.execute(LOOK.insert(), rows)


def _run(row: Row[Any], looks: tuple[Look, ...] = (), lineages: tuple[str, ...] = ()) -> Run:
    return Run(
        id=row.id,
        kind=row.kind,
        series=row.series,
        began=row.began,
        ended=row.ended,
        complete=bool(row.complete),
        baseline=bool(row.baseline),
        signatures=row.signatures,
        policy=row.policy,
        program=row.program,
        options=bodies.decode_options(row.options),
        gaps=row.gaps,
        services=row.services,
        users=row.users,
        looks=looks,
        lineages=lineages,
    )
