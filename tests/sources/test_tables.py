"""Parquet and Pi-hole's database give JSON lines; what is damaged, foreign or hostile is an error with a remedy."""

from __future__ import annotations

import builtins
import gzip
import json
import sqlite3
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shadowai.errors import SourceError
from shadowai.model import Gap
from shadowai.sources import container, tables
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile

OCSF = {
    "class_uid": 4001, "metadata": {"version": "1.1.0"}, "time": 1770710400123,
    "dst_endpoint": {"hostname": "chatgpt.com", "ip": "203.0.113.10", "port": 443},
    "src_endpoint": {"ip": "10.1.2.3"}, "traffic": {"bytes_out": 1200, "bytes_in": 52000},
}  # fmt: skip


def lines(path: Path) -> list[dict[str, object]]:
    (source,) = container.expand([str(path)])
    assert isinstance(source, container.Source)
    with container.opened(source) as stream:
        (content,) = container.contents(source, stream)
        assert isinstance(content, container.Content)
        return [json.loads(line) for line in content.stream.read().splitlines()]


def parquet(path: Path, rows: list[dict[str, object]], **options: object) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path, **options)
    return path


def database(path: Path, script: str) -> Path:
    made = sqlite3.connect(path)
    made.executescript(script)
    made.commit()
    made.close()
    return path


def test_parquet_of_a_security_lake_is_read_as_ocsf(tmp_path: Path) -> None:
    path = parquet(tmp_path / "part-0", [OCSF] * 5000, row_group_size=700)
    (source,) = container.expand([str(path)])
    assert isinstance(source, container.Source)
    with container.opened(source) as stream:
        (content,) = container.contents(source, stream)
        assert isinstance(content, container.Content)
        log = LogFile(content, formats())
        records = [log.record(row) for row in log.rows()]
    assert len(records) == 5000
    first = records[0]
    assert (first.format, first.host, first.bytes_up, first.bytes_down) == (
        "ocsf_network_activity",
        "chatgpt.com",
        1200,
        52000,
    )
    assert first.time == 1770710400123000


def test_values_without_a_type_in_json(tmp_path: Path) -> None:
    row: dict[str, object] = {
        "at": datetime(2026, 2, 10, 8, tzinfo=UTC), "size": Decimal("12.00"), "raw": b"ab\xff", "many": ["a", "b"], "none": None,
    }  # fmt: skip
    (found,) = lines(parquet(tmp_path / "x", [row]))
    assert found == {"at": "2026-02-10T08:00:00+00:00", "size": 12, "raw": "ab\ufffd", "many": ["a", "b"], "none": None}


def test_a_compressed_database_is_read(tmp_path: Path) -> None:
    made = database(
        tmp_path / "a.db",
        "CREATE TABLE queries (id INTEGER, timestamp INTEGER, type INTEGER, status INTEGER, domain TEXT, client TEXT);"
        "INSERT INTO queries VALUES (1, 1770710400, 1, 2, 'chatgpt.com', '10.1.2.3');",
    )
    packed = tmp_path / "b.gz"
    packed.write_bytes(gzip.compress(made.read_bytes()))
    wanted = {
        "database": "pihole-FTL",
        "timestamp": 1770710400,
        "type": 1,
        "status": 2,
        "domain": "chatgpt.com",
        "client": "10.1.2.3",
    }
    assert lines(made) == lines(packed) == [wanted]


@pytest.mark.parametrize("kind", ["parquet", "database"])
@pytest.mark.parametrize("cut", [20, 400, -30])
def test_what_is_damaged_is_an_error(kind: str, cut: int, tmp_path: Path) -> None:
    path = tmp_path / "x"
    if kind == "parquet":
        parquet(path, [OCSF] * 50)
    else:
        rows = ",".join(f"({n}, 1, 1, 2, 'h{n}.example', 'c')" for n in range(900))
        database(
            path,
            f"CREATE TABLE queries (id, timestamp, type, status, domain, client); INSERT INTO queries VALUES {rows};",
        )
    whole = path.read_bytes()
    path.write_bytes(whole[:cut] + (b"" if cut > 0 else b"\xff" * 25))
    with pytest.raises(SourceError) as wrong:
        lines(path)
    assert wrong.value.remedy


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE other (a);",
        "CREATE TABLE queries (a, b);",
        "CREATE VIEW queries AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r) "
        "SELECT n AS timestamp, 1 AS type, 2 AS status, 'x' AS domain, 'y' AS client FROM r WHERE n < 0;",
    ],
)
def test_a_foreign_or_endless_database_is_an_error(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "PATIENCE", 1_000_000)
    with pytest.raises(SourceError):
        lines(database(tmp_path / "x.db", script))


def test_without_pyarrow_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = parquet(tmp_path / "x", [OCSF])
    real = builtins.__import__

    def absent(name: str, *rest: object) -> object:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(SourceError, match="pyarrow") as wrong:
        lines(path)
    assert "shadowai[parquet]" in wrong.value.remedy


def test_nothing_is_written_beside_a_database(tmp_path: Path) -> None:
    made = database(
        tmp_path / "a.db", "PRAGMA journal_mode = WAL; CREATE TABLE queries (timestamp, type, status, domain, client);"
    )
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert lines(made) == []
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_gap_says_what_to_do(tmp_path: Path) -> None:
    path = database(tmp_path / "x.db", "CREATE TABLE other (a);")
    (source,) = container.expand([str(path)])
    assert isinstance(source, container.Source)
    with container.opened(source) as stream:
        (content,) = container.contents(source, stream)
        assert isinstance(content, container.Content)
        log = LogFile(content, formats())
        assert list(log.rows()) == []
        (gap,) = log.gaps()
    assert isinstance(gap, Gap)
    assert "export its query table as CSV" in gap.reason
