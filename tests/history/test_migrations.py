"""Every earlier schema becomes the newest, with what is in it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from shadowai.errors import UsageError
from shadowai.history import store
from shadowai.history.migrations import NEWEST, STEPS, current, migrate
from shadowai.history.remember import remember
from shadowai.history.store import History
from shadowai.history.tables import METADATA
from tests.history.making import entry, scan

RUN = (
    "INSERT INTO run VALUES (1, 'scan', 'scan:1', 10, 20, 1, 1, 'abc', '', '0.1', '{}', 0, 0, 0)",
    "INSERT INTO lineage VALUES ('scan:1', 1)",
)


@pytest.mark.parametrize("version", range(NEWEST + 1))
def test_from_every_version_to_the_newest(url: str, version: int) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as db:
        migrate(db, version)
        assert current(db) == version
        for statement in RUN if version else ():
            db.execute(text(statement))
    with History(url) as history:
        with history.reading() as db:
            assert current(db) == NEWEST
            assert [run.id for run in store.runs(db)] == ([1] if version else [])
            _check_tables(db)
        assert remember(history, scan(entry("claude"))).id == (2 if version else 1)


def _check_tables(db: Connection) -> None:
    found = inspect(db)
    assert set(found.get_table_names()) == set(METADATA.tables)
    for name, table in METADATA.tables.items():
        columns = {column["name"]: column["nullable"] for column in found.get_columns(name)}
        assert columns == {column.name: bool(column.nullable) for column in table.columns}, name
        keys = found.get_pk_constraint(name)["constrained_columns"]
        assert keys == [column.name for column in table.primary_key.columns], name
        indexes = {index["name"]: index["column_names"] for index in found.get_indexes(name)}
        assert indexes == {str(i.name): [c.name for c in i.columns] for i in table.indexes}, name


def test_a_newer_schema_is_left_alone(url: str) -> None:
    with History(url) as history, history.writing() as db:
        db.execute(text(f"INSERT INTO schema_version VALUES ({NEWEST + 1})"))
    with pytest.raises(UsageError, match=f"schema version {NEWEST + 1}"):
        History(url)


def test_a_step_that_fails_changes_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from shadowai.errors import SourceError
    from shadowai.history import migrations

    monkeypatch.setattr(migrations, "STEPS", (*STEPS[:-1], (*STEPS[-1], "CREATE NONSENSE")))
    with pytest.raises(SourceError, match="the history cannot be used"):
        History(url)
    with create_engine(url, poolclass=NullPool).begin() as db:
        assert inspect(db).get_table_names() == []
