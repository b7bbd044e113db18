"""The working store of one tenant's sweeps: a SQLite file beside the history, for this program alone.

It holds the sweep under way (tasks, cursors, items), so that a sweep killed at any point goes on where it was, and what the next
delta sweep builds on (marks, and the items that complete tasks have gathered). Plain ``sqlite3``: the history has a schema that
others read and migrates it; this is a scratch file that may be thrown away at any time, at the price of a full sweep. It holds delta
links and people's names, so it is readable by its owner alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from shadowai.errors import SourceError
from shadowai.model import Origin
from shadowai.sweep import items as rows
from shadowai.tenant import Item, Missed, Page, Removed, Task, Traced

VERSION = rows.SHAPE ^ 1
"""Of the file: the items' shape, and a number for the tables' own."""
CARRIED = 8 * 86_400_000_000
"""Microseconds: what was gathered longer ago is not carried into a delta sweep that does not ask for it again."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sweep (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS task (
  name TEXT PRIMARY KEY, signal TEXT NOT NULL, arguments TEXT NOT NULL, weight INTEGER NOT NULL, changes INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'open', cursor TEXT, mark TEXT, pages INTEGER NOT NULL DEFAULT 0, items INTEGER NOT NULL DEFAULT 0,
  restarts INTEGER NOT NULL DEFAULT 0, trouble TEXT, detail TEXT NOT NULL DEFAULT '', remedy TEXT NOT NULL DEFAULT '',
  ended INTEGER NOT NULL DEFAULT 0, missed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS item (
  kind TEXT NOT NULL, id TEXT NOT NULL, task TEXT NOT NULL, alt TEXT, who TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id, task));
CREATE TABLE IF NOT EXISTS seen (task TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (task, digest)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept_task (name TEXT PRIMARY KEY, signal TEXT NOT NULL, as_of INTEGER NOT NULL, mark TEXT);
CREATE TABLE IF NOT EXISTS kept (
  kind TEXT NOT NULL, id TEXT NOT NULL, task TEXT NOT NULL, alt TEXT, who TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id, task));
CREATE TABLE IF NOT EXISTS memory (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS item_task ON item (task);
CREATE INDEX IF NOT EXISTS item_alt ON item (alt) WHERE alt IS NOT NULL;
CREATE INDEX IF NOT EXISTS kept_task_of ON kept (task);
CREATE INDEX IF NOT EXISTS kept_alt ON kept (alt) WHERE alt IS NOT NULL;
"""
_TABLES = ("sweep", "task", "item", "seen", "kept_task", "kept", "memory")
_ANEW = "".join(f"DROP TABLE IF EXISTS {table};" for table in _TABLES)

_STANDING = """
SELECT k.kind, k.id, k.task, k.alt, k.who, k.body, o.signal FROM kept k
LEFT JOIN task t ON t.name = k.task
LEFT JOIN kept_task o ON o.name = k.task
WHERE k.kind = :kind AND (t.changes = 1 OR (t.name IS NULL AND :delta AND o.as_of >= :since))
AND NOT EXISTS (SELECT 1 FROM item i WHERE i.kind = k.kind AND i.id = k.id AND i.task = k.task)
AND NOT EXISTS (SELECT 1 FROM item r WHERE r.kind = 'removed' AND r.id IN (k.kind || '/' || k.id, k.kind || '/' || k.alt))
"""
"""What earlier sweeps gathered and this one lets stand: not what it has replaced, nor what is gone."""

_PAGE = """
UPDATE task SET cursor = ?, mark = coalesce(?, mark), pages = pages + 1, items = items + ?, missed = missed + ? WHERE name = ?
"""
_INSERT = "INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?, ?)"
_GONE = "DELETE FROM item WHERE task = ? AND kind = ? AND (id = ? OR alt = ?)"
_BACK = "DELETE FROM item WHERE kind = 'removed' AND task = ? AND id IN (?, ?)"
_LAST_PAGE = "UPDATE task SET state = iif(missed, 'partial', 'complete'), ended = ? WHERE name = ?"
_FAILED = "UPDATE task SET state = iif(pages, 'partial', 'failed'), ended = ?, cursor = NULL WHERE name = ?"
_SUPERSEDED = """
DELETE FROM kept WHERE EXISTS (
SELECT 1 FROM item i JOIN task t ON t.name = i.task JOIN kept_task o ON o.name = kept.task
WHERE i.kind = kept.kind AND i.id = kept.id AND i.task != kept.task AND t.state = 'complete' AND t.signal = o.signal)
"""
_COLUMNS = (
    "name, signal, arguments, weight, changes, state, cursor, pages, items, restarts, trouble, detail, remedy, ended"
)


@dataclass(frozen=True, slots=True)
class Saved:
    """A task as the store has it."""

    task: Task
    state: str
    cursor: str | None = field(repr=False)
    pages: int
    items: int
    restarts: int
    trouble: str | None
    detail: str
    remedy: str
    ended: int


class Store:
    """One tenant's file; every method is safe to call from several threads. Each method that changes something is one transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = self._open()
        except (OSError, sqlite3.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            remedy = "remove it, at the price of a full sweep" if path.exists() else "make the folder writable"
            raise SourceError(
                f"the store of sweeps cannot be opened: {reason}", origin=Origin(str(path)), remedy=remedy
            ) from None

    def _open(self) -> sqlite3.Connection:
        made = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None, timeout=30.0)
        try:
            made.execute("PRAGMA journal_mode = WAL")
            made.execute("PRAGMA synchronous = NORMAL")
            if made.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                made.executescript(_ANEW)  # of another version of the program: a full sweep is the price of an upgrade
            made.executescript(_SCHEMA)
            made.execute(f"PRAGMA user_version = {VERSION}")
        except sqlite3.Error:
            made.close()
            raise
        return made

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """A transaction. Raises :class:`SourceError` where the file cannot be written; nothing of it is kept then."""
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except BaseException as error:
                if self._db.in_transaction:  # a full disk has ended it already
                    self._db.execute("ROLLBACK")
                if not isinstance(error, sqlite3.Error):
                    raise
                remedy = "make room on its disk: the next sweep goes on where this one was"
                message = f"the store of sweeps cannot be written: {error}"
                raise SourceError(message, origin=Origin(str(self.path)), remedy=remedy) from None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    # --- the sweep under way ---------------------------------------------------------------------------------------------

    def under_way(self) -> dict[str, str]:
        """What was said of the sweep under way when it began; empty where there is none."""
        with self._lock:
            return dict(self._db.execute("SELECT key, value FROM sweep"))

    def begin(self, about: dict[str, str]) -> None:
        """Begin a new sweep; one under way is forgotten."""
        with self._change() as db:
            _forget(db)
            db.executemany("INSERT INTO sweep VALUES (?, ?)", about.items())

    def note(self, key: str, value: str) -> None:
        """Remember ``value`` with the sweep under way."""
        with self._change() as db:
            db.execute("INSERT OR REPLACE INTO sweep VALUES (?, ?)", (key, value))

    def add(self, tasks: Iterable[Task]) -> int:
        """Add the tasks whose names are new; gives how many these are."""
        with self._change() as db:
            before = db.total_changes
            db.executemany(
                "INSERT OR IGNORE INTO task (name, signal, arguments, weight, changes) VALUES (?, ?, ?, ?, ?)",
                map(_row, tasks),
            )
            return db.total_changes - before

    def open_tasks(self) -> list[Saved]:
        """The tasks that have not ended, heaviest first."""
        return self._tasks("WHERE state = 'open' ORDER BY weight DESC, rowid")

    def tasks(self) -> list[Saved]:
        """All tasks, by name."""
        return self._tasks("ORDER BY name")

    def state(self, name: str) -> str | None:
        """How the task of that name stands, ``None`` where there is none."""
        with self._lock:
            found = self._db.execute("SELECT state FROM task WHERE name = ?", (name,)).fetchone()
            return found[0] if found else None

    def commit(self, task: str, page: Page, when: int) -> bool:
        """Keep a page with its cursor; with the last page the task ends. False, and nothing of it is kept, where the task has been
        at that cursor before: it goes in circles."""
        with self._change() as db:
            if page.cursor is not None and not _first_time(db, task, page.cursor):
                return False
            _put(db, task, page.items)
            numbers = (page.cursor, page.mark, len(page.items), len(page.missed), task)
            db.execute(_PAGE, numbers)
            if page.missed:
                _first_trouble(db, task, page.missed[0])
            if page.cursor is None:
                db.execute(_LAST_PAGE, (when, task))
                db.execute("DELETE FROM seen WHERE task = ?", (task,))
            return True

    def fail(self, task: str, when: int, missed: Missed) -> None:
        """The task has ended before its last page, because of ``missed``: partial where it gave any page, else failed."""
        with self._change() as db:
            _first_trouble(db, task, missed, always=True)
            db.execute(_FAILED, (when, task))
            db.execute("DELETE FROM seen WHERE task = ?", (task,))

    def restart(self, task: str) -> int:
        """Forget what the task has gathered, its cursor and the mark it began from; gives how often that has happened."""
        with self._change() as db:
            db.execute("DELETE FROM item WHERE task = ?", (task,))
            db.execute("DELETE FROM seen WHERE task = ?", (task,))
            db.execute("UPDATE kept_task SET mark = NULL WHERE name = ?", (task,))
            db.execute(
                "UPDATE task SET cursor = NULL, mark = NULL, pages = 0, items = 0, missed = 0, trouble = NULL, detail = '', remedy = '',"
                " restarts = restarts + 1 WHERE name = ?",
                (task,),
            )
            return int(db.execute("SELECT restarts FROM task WHERE name = ?", (task,)).fetchone()[0])

    def replan(self, task: Task) -> None:
        """The task of that name is now this one."""
        with self._change() as db:
            name, *rest = _row(task)
            db.execute(
                "UPDATE task SET signal = ?, arguments = ?, weight = ?, changes = ? WHERE name = ?", (*rest, name)
            )

    def mark(self, task: str) -> str | None:
        """What the task's last complete run left for the next."""
        with self._lock:
            found = self._db.execute("SELECT mark FROM task WHERE name = ? AND state = 'complete'", (task,)).fetchone()
            found = found or self._db.execute("SELECT mark FROM kept_task WHERE name = ?", (task,)).fetchone()
            return found[0] if found else None

    # --- what was gathered -----------------------------------------------------------------------------------------------

    def gathered(self, kind: str, *, delta: bool, now: int) -> Collection[Any]:
        """The items of a kind: those of this sweep, and those of earlier ones that stand."""
        return Gathered(self.path, kind, {"kind": kind, "delta": delta, "since": now - CARRIED})

    def principals(self, *, delta: bool, now: int) -> list[str]:
        """The ids of people that grants, events and activity name, each once, in order."""
        query = f"SELECT who FROM item WHERE kind = :kind UNION SELECT who FROM ({_STANDING})"
        about = {"delta": delta, "since": now - CARRIED}
        found: set[str] = set()
        with closing(sqlite3.connect(self.path, timeout=30.0)) as db:
            for kind in ("grant", "event", "activity"):
                found |= {row[0] for row in db.execute(query, {**about, "kind": kind}) if row[0] is not None}
        return sorted(found)

    def carried(self, *, now: int) -> list[tuple[str, str, int]]:
        """Name, signal and time of the tasks of earlier sweeps that a delta sweep lets stand without asking again."""
        query = "SELECT name, signal, as_of FROM kept_task WHERE as_of >= ? AND name NOT IN (SELECT name FROM task) ORDER BY name"
        with self._lock:
            return list(self._db.execute(query, (now - CARRIED,)))

    def finish(self, *, delta: bool, now: int) -> None:
        """The sweep has been remembered: what its complete tasks gathered becomes what the next one builds on."""
        with self._change() as db:
            if not delta and not db.execute("SELECT 1 FROM task WHERE state != 'complete'").fetchone():
                db.execute("INSERT OR REPLACE INTO memory VALUES ('reconciled', ?)", (str(now),))
            if not delta:
                db.execute("DELETE FROM kept WHERE task NOT IN (SELECT name FROM task)")
                db.execute("DELETE FROM kept_task WHERE name NOT IN (SELECT name FROM task)")
            else:
                old = "SELECT name FROM kept_task WHERE as_of < ? AND name NOT IN (SELECT name FROM task)"
                db.execute(f"DELETE FROM kept WHERE task IN ({old})", (now - CARRIED,))
                db.execute(f"DELETE FROM kept_task WHERE name IN ({old})", (now - CARRIED,))
            _keep(db)
            _forget(db)

    def reconciled(self) -> int | None:
        """When the last sweep began that looked at more than changes, and saw everything it looked for."""
        with self._lock:
            found = self._db.execute("SELECT value FROM memory WHERE key = 'reconciled'").fetchone()
            return int(found[0]) if found else None

    def _tasks(self, rest: str) -> list[Saved]:
        with self._lock:
            return [_saved(row) for row in self._db.execute(f"SELECT {_COLUMNS} FROM task {rest}")]


class Gathered(Traced[Any]):
    """Items of one kind, read from the file each time they are gone through."""

    def __init__(self, path: Path, kind: str, about: dict[str, Any]) -> None:
        self._path, self._kind, self._about = path, kind, about

    def __iter__(self) -> Iterator[Any]:
        return (item for item, _ in self.traced())

    def traced(self) -> Iterator[tuple[Any, tuple[str, ...]]]:
        """The items with the tasks that showed them. What a task of this sweep says of a thing takes the place of all that tasks of
        its signal said of it before: they look at the same."""
        query = f"""
        SELECT id, old, task, signal, body FROM (
        SELECT id, body, task, signal, 0 AS old FROM item JOIN task t ON t.name = task WHERE kind = :kind
        UNION ALL SELECT id, body, task, signal, 1 AS old FROM ({_STANDING})) ORDER BY id, old, task
        """
        with closing(sqlite3.connect(self._path, timeout=30.0)) as db:
            for _, group in groupby(db.execute(query, self._about), key=lambda row: row[0]):
                several = list(group)
                fresh = {signal for _, old, _, signal, _ in several if not old}
                told = [row for row in several if not (row[1] and row[3] in fresh)]
                item = rows.merged((rows.decode(self._kind, body), bool(old)) for _, old, _, _, body in told)
                yield item, tuple(task for _, _, task, _, _ in told)

    def __len__(self) -> int:
        query = f"SELECT count(*) FROM (SELECT id FROM item WHERE kind = :kind UNION SELECT id FROM ({_STANDING}))"
        with closing(sqlite3.connect(self._path, timeout=30.0)) as db:
            return int(db.execute(query, self._about).fetchone()[0])

    def __contains__(self, item: object) -> bool:
        return any(item == other for other in self)


def _row(task: Task) -> tuple[str, str, str, int, int]:
    return task.name, task.signal, json.dumps(task.arguments), task.weight, int(task.changes)


def _saved(row: Sequence[Any]) -> Saved:
    name, signal, arguments, weight, changes, state, cursor, *rest = row
    return Saved(Task(name, signal, tuple(json.loads(arguments)), weight, bool(changes)), state, cursor, *rest)


def _put(db: sqlite3.Connection, task: str, items: Sequence[Item]) -> None:
    """Insert or replace, in order: what a delta names again after its removal is there, what it removes after naming it is not."""
    removing = any(isinstance(item, Removed) for item in items)
    if (
        not removing
        and not db.execute("SELECT 1 FROM item WHERE kind = 'removed' AND task = ? LIMIT 1", (task,)).fetchone()
    ):
        db.executemany(_INSERT, (_item_row(task, item) for item in items))
        return
    for item in items:
        kind, key, _, other, *_ = row = _item_row(task, item)
        if isinstance(item, Removed):
            db.execute(_GONE, (task, item.kind, item.what, item.what))
        else:
            db.execute(_BACK, (task, f"{kind}/{key}", f"{kind}/{other}"))
        db.execute(_INSERT, row)


def _item_row(task: str, item: Item) -> tuple[str, str, str, str | None, str | None, str]:
    return rows.kind(item), rows.key(item), task, rows.other_key(item), rows.person(item), rows.encode(item)


def _first_time(db: sqlite3.Connection, task: str, cursor: str) -> bool:
    digest = hashlib.sha256(cursor.encode("utf-8", "surrogatepass")).digest()[:16]
    return db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (task, digest)).rowcount == 1


def _first_trouble(db: sqlite3.Connection, task: str, missed: Missed, *, always: bool = False) -> None:
    only = "" if always else " AND trouble IS NULL"
    db.execute(
        f"UPDATE task SET trouble = ?, detail = ?, remedy = ? WHERE name = ?{only}",
        (missed.trouble.name, missed.detail, missed.remedy, task),
    )


def _forget(db: sqlite3.Connection) -> None:
    for table in ("sweep", "task", "item", "seen"):
        db.execute(f"DELETE FROM {table}")


def _keep(db: sqlite3.Connection) -> None:
    """Complete tasks replace, or change, what was kept under their names, and supersede what was kept of the same things under other
    tasks of their signals; what is not complete leaves it as it was."""
    whole = "SELECT name FROM task WHERE state = 'complete' AND changes = 0"
    complete = "SELECT name FROM task WHERE state = 'complete'"
    gone = "SELECT id FROM item WHERE kind = 'removed' AND task IN (" + complete + ")"
    db.execute(f"DELETE FROM kept WHERE task IN ({whole})")
    db.execute(_SUPERSEDED)
    db.execute(f"DELETE FROM kept WHERE kind || '/' || id IN ({gone}) OR kind || '/' || alt IN ({gone})")
    db.execute(
        f"INSERT OR REPLACE INTO kept SELECT kind, id, task, alt, who, body FROM item WHERE kind != 'removed' AND task IN ({complete})"
    )
    db.execute(
        "INSERT OR REPLACE INTO kept_task SELECT name, signal, ended, mark FROM task WHERE state = 'complete'",
    )
