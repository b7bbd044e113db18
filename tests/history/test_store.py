"""The database: private, locked, told apart from others, and forgetful when asked."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shadowai.errors import SourceError, UsageError
from shadowai.history import store
from shadowai.history.compare import compare
from shadowai.history.remember import remember
from shadowai.history.store import History
from shadowai.history.tables import CATALOGUE, LOOK, THING, VERSION
from tests.history import postgres
from tests.history.conftest import REQUIRED, databases
from tests.history.making import DAY, NOON, entry, scan, told


def test_postgresql_is_left_out_only_where_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    assert databases("", {}) == databases("", {REQUIRED: "1"}) == ["sqlite", "postgresql"]
    assert databases("not installed", {}) == ["sqlite"]
    assert databases("not installed", {REQUIRED: "1"}) == ["sqlite", "postgresql"]
    monkeypatch.setattr(postgres, "PLACES", ())
    monkeypatch.setenv("PATH", "")
    assert "not installed" in postgres.absent()


def test_the_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "history.db"
    with History(f"sqlite:///{path}") as history:
        remember(history, scan(entry("claude")))
        for found in path.parent.iterdir():
            assert stat.S_IMODE(found.stat().st_mode) == 0o600, found
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    History(f"sqlite:///{path}").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"not a database, and long enough to be taken for one" * 20, b"\x00\xff" * 600])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "history.db"
    path.write_bytes(content)
    path.chmod(0o644)
    with pytest.raises(UsageError, match="is no history: it is no database"):
        History(f"sqlite:///{path}")
    assert path.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@pytest.mark.parametrize("tables", [("queries",), ("run", "queries"), ("schema_version", "queries")])
def test_a_database_of_another_program_is_left_as_it_is(tmp_path: Path, tables: tuple[str, ...]) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as db:
        for table in tables:
            db.execute(f"CREATE TABLE {table} (a)")
    path.chmod(0o644)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="of another program"):
        History(f"sqlite:///{path}")
    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_no_history(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no history: it is a folder"):
        History(f"sqlite:///{tmp_path}")
    assert not list(tmp_path.iterdir())


def test_a_pipe_is_no_history_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="is no history: it is no file"):
        History(f"sqlite:///{tmp_path / 'pipe'}")


def test_no_password_in_an_error() -> None:
    with pytest.raises(SourceError) as caught:
        History("postgresql+psycopg://ann:hunter22@127.0.0.1:1/hunter22")
    assert "hunter22@" not in str(caught.value) and ":hunter22" not in str(caught.value)


@pytest.mark.parametrize("query", ["password=hunter22", "sslpassword=hunter22&sslmode=disable"])
def test_no_password_of_a_url_s_query_in_an_error(query: str) -> None:
    with pytest.raises(SourceError) as caught:
        History(f"postgresql+psycopg://127.0.0.1:1/h?user=ann&{query}")
    assert "127.0.0.1" in str(caught.value) and "hunter22" not in str(caught.value)


def test_a_url_of_nothing() -> None:
    for url in ("nonsense", "mysql+nothing://x/y"):
        with pytest.raises(UsageError, match="is not one"):
            History(url)


def test_readers_do_not_wait_for_a_writer(history: History) -> None:
    remember(history, scan(entry("claude")))
    with history.writing() as db:
        db.execute(VERSION.delete())
        with history.reading() as other:
            assert other.execute(select(func.count()).select_from(VERSION)).scalar() == 1
    with history.reading() as other:
        assert other.execute(select(func.count()).select_from(VERSION)).scalar() == 0


def test_a_run_that_there_is_not(history: History) -> None:
    with history.reading() as db, pytest.raises(UsageError, match="no run 7"):
        store.run(db, 7)


def test_forgetting(history: History) -> None:
    remember(
        history,
        scan(entry("chatgpt"), entry("chatgpt", "ann"), digests={"chatgpt": "1", "claude": "1", "gemini": "old"}),
    )
    remember(history, scan(entry("chatgpt"), day=1))
    remember(history, scan(entry("chatgpt"), entry("claude"), day=2))
    with history.writing() as db:
        assert store.forget(db, NOON) == 0
        assert store.forget(db, NOON + DAY) == 1
    with history.reading() as db:
        assert [run.id for run in store.runs(db)] == [3, 2]
        bodies = "".join(db.execute(select(VERSION.c.body)).scalars())
        assert "ann" not in bodies and db.execute(select(func.count()).select_from(THING)).scalar() == 2
        assert store.digests(db, "11old") == {} != store.digests(db, "111")
    assert told(compare(history, 2, 3).changes) == {("new", "service", "Claude", "environment")}
    assert remember(history, scan(entry("claude"), day=3)).id == 4


def test_forgetting_everything_begins_anew(history: History) -> None:
    remember(history, scan(entry("claude")))
    with history.writing() as db:
        assert store.forget(db, NOON + DAY) == 1
        for table in (VERSION, THING, LOOK, CATALOGUE):
            assert db.execute(select(func.count()).select_from(table)).scalar() == 0, table.name
    assert remember(history, scan(entry("claude"), day=1)).baseline


def test_what_was_told(history: History) -> None:
    for day in range(3):
        remember(history, scan(day=day))
    with history.writing() as db:
        assert store.told_run(db, "scan:1", 3) == 2 and store.told_run(db, "scan:1", 1) is None
        store.tell(db, "scan:1", 1, ["a", "b"], now=100, forget=0)
        assert store.told_run(db, "scan:1", 3) == 1 and store.told_run(db, "scan:1", 1) == 1
        store.tell(db, "scan:1", 2, ["b"], now=200, forget=150)
        assert store.told(db) == {"b": 200} and store.told_run(db, "scan:1", 3) == 2
