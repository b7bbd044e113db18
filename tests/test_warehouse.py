"""A table gives what its export as CSV gives, but for the places: rows have none."""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shadowai import pipeline, warehouse
from shadowai.cli import main
from shadowai.errors import UsageError
from shadowai.model import Entry, Report
from shadowai.pipeline import ScanOptions

pytestmark = pytest.mark.filterwarnings(
    "ignore:fetch_:DeprecationWarning"
)  # Ibis still calls DuckDB by its older names
Captured = pytest.CaptureFixture[str]
COLUMNS = (
    "time",
    "user",
    "src_ip",
    "dest_host",
    "url",
    "dest_ip",
    "method",
    "action",
    "bytes_out",
    "bytes_in",
    "user_agent",
)
KINDS = ("TIMESTAMPTZ", *["VARCHAR"] * 7, "BIGINT", "BIGINT", "VARCHAR")
HOSTS = (
    "chatgpt.com", "ChatGPT.com", "chatgpt.com.", "chatgpt.com:443", "CLAUDE.AI.:8443", "www.example.com", "",
    None, "-", "N/A", "api.openai.com", "*.chatgpt.com", "chatgpt.com\x1f", "chatgpt.com'; drop table proxy; --",
    "\u0441hatgpt.com", "CHATGPT.COM\u212a", "\u0130.claude.ai", "intranet", "10.0.0.9", "10.0.0.9:443", "[2001:db8::1]:443",
    "x" * 300 + ".claude.ai", "a..claude.ai", "-.claude.ai", " claude.ai ", "claude.ai\n", "(6)claude(2)ai(0)", "chatgpt.com/c/1",
    "www.bing.com", "github.com", "Www.Bing.com:443",
)  # fmt: skip
URLS = (
    None, "", "/", "/chat?q=1", "https://chatgpt.com/c/1?secret=2", "HTTPS://ChatGPT.com:443/c/2#x", "claude.ai/new",
    "chatgpt.com:443", "https://www.bing.com/chat?q=x", "https://www.bing.com/search?q=chat", "www.bing.com/chat",
    "https://jdoe:pw@claude.ai/", "https://\u0441hatgpt.com/", "http://[2001:db8::1]/x", "index.html", "not a url ?", "https://",
    "https://github.com/copilot", "tunnel://claude.ai:443", "https://chatgpt.com/\u202e\x1b[2J",
)  # fmt: skip
USERS = ("jdoe", "CORP\\JDoe", "asmith@Example.com", None, "", "-", "PC17$", 'Ö\'Brien "x"')
AGENTS = (None, "Mozilla/5.0", "openai-python/1.40", "claude-cli/1.0 (external, cli)")


def _rows(seed: int, count: int) -> list[tuple[Any, ...]]:
    rng = random.Random(seed)
    start = datetime(2026, 3, 2, 8, tzinfo=UTC)
    return [
        (
            rng.choice((None, start + timedelta(seconds=rng.randrange(400_000), microseconds=rng.randrange(10**6)))),
            rng.choice(USERS),
            rng.choice((None, "10.0.0.5", "10.0.0.6")),
            rng.choice(HOSTS),
            rng.choice(URLS),
            rng.choice((None, "203.0.113.9", "-", "")),
            rng.choice((None, "GET", "post")),
            rng.choice((None, "allowed", "Blocked", "-")),
            rng.choice((None, 0, 12_000, 10**18, 999_999_999_999_999_999, -5)),
            rng.choice((None, 70)),
            rng.choice(AGENTS),
        )
        for _ in range(count)
    ]


def _export(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return path


def _table(
    path: Path, header: Sequence[str], kinds: Sequence[str], rows: Sequence[Sequence[Any]], name: str = "proxy"
) -> str:
    import duckdb
    import pyarrow

    columns = ", ".join(f"{_quoted(column)} {kind}" for column, kind in zip(header, kinds, strict=True))
    as_text = [[None if row[place] is None else str(row[place]) for row in rows] for place in range(len(header))]
    with duckdb.connect(str(path)) as base:
        base.execute(f"create table {_quoted(name)} ({columns})")
        base.register(
            "given", pyarrow.table({f"c{n}": pyarrow.array(cells, "string") for n, cells in enumerate(as_text)})
        )
        base.execute(f"insert into {_quoted(name)} select * from given")
    return f"duckdb://{path}#{name}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _said(report: Report) -> list[Entry]:
    """The rows without their places; names in no order, for those of a table come in none."""
    return [replace(entry, evidence=(), sources=(), names=tuple(sorted(entry.names))) for entry in report.entries]


def _same(table: str, export: Path, **options: Any) -> Report:
    for by in ("user", "service"):
        wanted = pipeline.scan([str(export)], options=ScanOptions(by=by, jobs=1, log_format="generic_csv", **options))
        found = pipeline.scan([], options=ScanOptions(by=by, tables=(table,), **options))
        assert _said(found) == _said(wanted)
        assert wanted.entries
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Path]]:
    """The same hostile rows as a table, as CSV and as Parquet."""
    import duckdb

    folder = tmp_path_factory.mktemp("warehouse")
    rows = _rows(7, 1200)
    url = _table(folder / "logs.db", COLUMNS, KINDS, rows)
    parquet = folder / "logs.parquet"
    with duckdb.connect(str(folder / "logs.db")) as base:
        base.execute("set timezone='America/New_York'")  # of whoever exports: no matter
        base.execute(f"copy proxy to '{parquet}' (format parquet)")
    yield url, _export(folder / "logs.csv", COLUMNS, rows), parquet


def test_a_table_is_its_export(made: tuple[str, Path, Path]) -> None:
    url, export, _ = made
    found = _same(url, export)
    assert {entry.service_id for entry in found.entries} > {"openai-chatgpt", "anthropic-claude"}
    (source,) = found.sources
    assert (source.format, source.records, source.path) == ("table", 1200, url) and not found.gaps
    assert found.entries[0].sources == ("table",) and str(found.entries[0].evidence[0]) == url


def test_parquet_files_are_their_export(made: tuple[str, Path, Path]) -> None:
    _same(str(made[2]), made[1])


def test_windows(made: tuple[str, Path, Path]) -> None:
    url, export, _ = made
    since, until = (int(datetime(2026, 3, day, 12, tzinfo=UTC).timestamp()) * 10**6 for day in (3, 4))
    whole = _same(url, export)
    found = _same(url, export, since=since, until=until)
    assert 0 < sum(entry.events for entry in found.entries) < sum(entry.events for entry in whole.entries)


def test_thousands_of_names_are_joined(made: tuple[str, Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    import ibis

    joined: list[int] = []
    memtable = ibis.memtable

    def noted(data: Any) -> Any:
        joined.append(data.num_rows)
        return memtable(data)

    monkeypatch.setattr(warehouse, "JOIN_FROM", 3)
    monkeypatch.setattr(ibis, "memtable", noted)
    _same(made[0], made[1])
    assert joined and joined[0] > 3


def test_what_comes_back_does_not_grow_with_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    came: list[int] = []
    rows_of = warehouse._rows_of

    def counted(answer: Any) -> Iterator[dict[str, Any]]:
        rows = list(rows_of(answer))
        came.append(len(rows))
        return iter(rows)

    monkeypatch.setattr(warehouse, "_rows_of", counted)
    row = ("2026-03-02T08:00:00Z", "jdoe", "chatgpt.com", "https://chatgpt.com/c/{n}?q")
    rows = [(*row[:3], row[3].format(n=n)) for n in range(2000)]
    rows += [(*row[:2], host, "/x") for host in ("ChatGPT.com:443", "www.example.com")]
    header = ("time", "user", "host", "url")
    _same(_table(tmp_path / "a.db", header, ["VARCHAR"] * 4, rows), _export(tmp_path / "a.csv", header, rows))
    assert came == [3, 2] * 2
    assert len(rows) == 2002


@pytest.mark.parametrize(
    ("kind", "values", "zone", "noted"),
    [
        ("TIMESTAMP", [datetime(2026, 3, 2, 8, 0, 0, 999_999), datetime(2026, 3, 29, 2, 30)], None, True),
        (
            "TIMESTAMP",
            [datetime(2026, 3, 29, 1, 59, 59), datetime(2026, 3, 29, 3), datetime(2026, 10, 25, 2, 30)],
            "Europe/Berlin",
            False,
        ),
        ("TIMESTAMP", [datetime(2026, 3, 2, 23, 30)], "-05:00", False),
        ("DATE", ["2026-03-02"], None, True),
        ("BIGINT", [1_772_438_400, 1_772_438_400_123, 1_772_438_400_123_456], None, False),
        ("DOUBLE", [1_772_438_400.5], None, False),
        ("VARCHAR", ["2026-03-02T08:00:00Z", "2026-03-02 08:00:00.5+02:00", "1772438400", "-", ""], None, False),
        ("VARCHAR", ["2026-03-02T08:00:00", "2026-03-02 23:59:59.123456"], "Asia/Kolkata", False),
        ("VARCHAR", ["2026-03-02T08:00:00", "2026-03-02"], None, True),
    ],
)
def test_times_of_every_kind(kind: str, values: list[Any], zone: str | None, noted: bool, tmp_path: Path) -> None:
    header = ("time", "user", "host")
    rows = [(value, f"user{n}", "chatgpt.com") for n, value in enumerate(values)]
    url, export = _table(tmp_path / "a.db", header, (kind, "VARCHAR", "VARCHAR"), rows), tmp_path / "a.csv"
    found = _same(url, _export(export, header, rows), timezone=zone)
    assert [note.kind for note in found.notes] == (["zone"] if noted else []) and not found.gaps
    wanted = pipeline.scan([str(export)], options=ScanOptions(jobs=1, log_format="generic_csv", timezone=zone))
    assert [note.count for note in found.notes] == [note.count for note in wanted.notes]


def test_dates_and_times_of_day_apart(tmp_path: Path) -> None:
    header, rows = (
        ("date", "time", "user", "host"),
        [("2026-03-02", "08:00:00", "jdoe", "claude.ai"), (None, None, "x", "claude.ai")],
    )
    url = _table(tmp_path / "a.db", header, ("DATE", "TIME", "VARCHAR", "VARCHAR"), rows)
    _same(url, _export(tmp_path / "a.csv", header, rows))


def test_times_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    rows = [("02/Mar/2026:08:00:00 +0000", "chatgpt.com"), ("2026-03-02T08:00:00Z", "chatgpt.com")]
    url = _table(tmp_path / "a.db", ("time", "host"), ("VARCHAR", "VARCHAR"), rows)
    found = pipeline.scan([], options=ScanOptions(tables=(url,)))
    assert [gap.count for gap in found.gaps] == [1] and "times" in found.gaps[0].reason
    assert found.entries[0].events == 2 and found.entries[0].active_days == 1


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("VARCHAR", ["12", "7.0", " 5 ", "-", "1e5", "-3", "1.5", "999999999999999999", "9999999999999999999", None]),
        ("DOUBLE", [12.0, 1.5, -1.0, None]),
        ("DECIMAL(20,2)", ["12.00", "1.50", None]),
        ("HUGEINT", [12, 10**18, 10**20, None]),
    ],
)
def test_sizes_of_every_kind(kind: str, values: list[Any], tmp_path: Path) -> None:
    header = ("user", "host", "bytes_sent", "bytes_received")
    rows = [(f"user{n}", "chatgpt.com", value, value) for n, value in enumerate(values)]
    url = _table(tmp_path / "a.db", header, ("VARCHAR", "VARCHAR", kind, kind), rows)
    _same(url, _export(tmp_path / "a.csv", header, rows))


def test_hostile_names_of_tables_and_columns(tmp_path: Path) -> None:
    header = ('User"; drop table x; --', "Dest Host", "select", "k", "\x1f", "n", "day")
    rows = [("jdoe", "chatgpt.com", "1", "2", "3", "4", "5")]
    url = _table(tmp_path / "a.db", header, ["VARCHAR"] * 7, rows, name="pro\"xy.log's")
    found = pipeline.scan([], options=ScanOptions(by="user", tables=(url,), columns=(("user", header[0]),)))
    assert [(entry.actor.user, entry.events) for entry in found.entries if entry.actor] == [("jdoe", 1)]


def test_columns_that_the_user_names_come_before_those_that_look_right(tmp_path: Path) -> None:
    header = ("host", "where_to", "login", "who", "bytes_out", "sent_up")
    rows = [("proxy.example.com", "chatgpt.com", "service", "jdoe", 1, 99)]
    url = _table(tmp_path / "a.db", header, ["VARCHAR"] * 4 + ["BIGINT"] * 2, rows)
    chosen = (("host", "where_to"), ("user", "who"), ("bytes_up", "sent_up"))
    (entry,) = pipeline.scan([], options=ScanOptions(by="user", tables=(url,), columns=chosen)).entries
    assert entry.actor is not None and (entry.actor.user, entry.bytes_up) == ("jdoe", 99)
    assert not pipeline.scan([], options=ScanOptions(tables=(url,))).entries


def test_a_table_without_names_is_a_gap_or_wrong_usage(tmp_path: Path) -> None:
    url = _table(tmp_path / "a.db", ("user", "dest_ip"), ["VARCHAR"] * 2, [("jdoe", "10.0.0.1")])
    (gap,) = pipeline.scan([], options=ScanOptions(tables=(url,))).gaps
    assert "no row names a host" in gap.reason and gap.count == 1
    url = _table(tmp_path / "b.db", ("a", "b"), ["VARCHAR"] * 2, [("jdoe", "10.0.0.1")])
    with pytest.raises(UsageError, match="--column host"):
        pipeline.scan([], options=ScanOptions(tables=(url,)))
    with pytest.raises(UsageError, match="it has a, b"):
        pipeline.scan([], options=ScanOptions(tables=(url,), columns=(("host", "c"),)))


def test_addresses_count_where_there_is_no_name_at_all(tmp_path: Path) -> None:
    header = ("user", "host", "dest_ip")
    rows = [("a", "chatgpt.com", "203.0.113.1"), ("b", None, "203.0.113.2"), ("c", "bad host!", "203.0.113.3")]
    url = _table(tmp_path / "a.db", header, ["VARCHAR"] * 3, rows)
    _same(url, _export(tmp_path / "a.csv", header, rows))


@pytest.mark.parametrize(
    "url",
    [
        "duckdb:///no/such.db#proxy",
        "no-such.parquet",
        "nowhere://jdoe:secret@192.0.2.1/x?password=secret#t",
        "duckdb://{a}#none",
    ],
)
def test_what_cannot_be_asked_is_a_gap(url: str, tmp_path: Path, capsys: Captured) -> None:
    _table(tmp_path / "a.db", ("user", "host"), ["VARCHAR"] * 2, [])
    url = url.replace("{a}", str(tmp_path / "a.db"))
    assert main(["scan", "--table", url, "--format", "csv", "--no-progress"]) == 3
    said = capsys.readouterr()
    assert warehouse.shown(url) in said.err and "secret" not in said.err + said.out
    assert not Path("/no").exists()


@pytest.mark.parametrize("name", ["proxy", "none", "broken"])
@pytest.mark.parametrize("parquet", [False, True])
def test_its_database_is_left(name: str, parquet: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ibis.backends.duckdb import Backend

    left, leave = [], Backend.disconnect

    def told(self: Any) -> None:
        left.append(self)
        leave(self)

    monkeypatch.setattr(Backend, "disconnect", told)
    url = _table(tmp_path / "a.db", ("user", "host"), ["VARCHAR"] * 2, [("ann", "chatgpt.com")])
    if name == "broken":
        monkeypatch.setattr(warehouse, "_rows_of", lambda answer: 1 / 0)
    url = str(tmp_path / "none.parquet") if parquet else url.replace("#proxy", f"#{name.replace('broken', 'proxy')}")
    report = pipeline.scan([], options=ScanOptions(tables=(url,)))
    assert len(left) == 1 and len(report.gaps) == (name != "proxy" or parquet)


def test_the_command_line(made: tuple[str, Path, Path], capsys: Captured) -> None:
    assert (
        main(
            ["scan", "--table", made[0], "--column", "user=src_ip", "--by", "user", "--format", "csv", "--no-progress"]
        )
        == 0
    )
    assert "10.0.0.5" in capsys.readouterr().out
    assert main(["scan", "--table", made[0], "--column", "nonsense"]) == 2
    assert main(["scan"]) == 2


def test_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ibis", None)
    with pytest.raises(UsageError) as wrong:
        pipeline.scan([], options=ScanOptions(tables=("duckdb://x#y",)))
    assert "shadowai[warehouse]" in wrong.value.remedy
