"""The samples, end to end: what a scan finds is what the story tells, to the event and the byte."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shadowai.cli import main
from tests.conftest import ROOT
from tests.samples import generate, truth
from tests.samples.story import MROSSI, USAGE, Event, Who, events, told

POLICY = ROOT / "docs" / "example-policy.yaml"


@pytest.fixture(scope="module")
def story() -> list[Event]:
    return events()


@pytest.fixture
def scan(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Scan:
    monkeypatch.chdir(ROOT)
    return Scan(tmp_path / "inventory.csv")


class Scan:
    """Scans the samples, or a part of them, and gives the rows of the inventory."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self.code = -1

    def __call__(self, *options: str, path: str = "samples") -> list[dict[str, str]]:
        self.code = main(["scan", path, "-o", str(self._target), "--no-progress", *options])
        return list(csv.DictReader(io.StringIO(self._target.read_text("utf-8"))))


def test_the_samples_are_what_the_generator_writes() -> None:
    there = {
        path.relative_to(generate.FOLDER).as_posix(): path.read_bytes()
        for path in generate.FOLDER.rglob("*")
        if path.is_file()
    }
    assert there == generate.files(), "run: python -m tests.samples.generate"
    assert sum(len(content) for content in there.values()) < 450_000


def test_another_hash_seed_and_time_zone_write_the_same() -> None:
    code = "from tests.samples.generate import files; import zlib; print(zlib.crc32(repr(files()).encode()))"
    given = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    done = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, check=True, cwd=ROOT, text=True)
    assert int(done.stdout) == zlib.crc32(repr(generate.files()).encode())


def test_the_compressed_log_is_a_gzip_file() -> None:
    text = gzip.decompress(generate.gzipped("line\n" * 40_000))
    assert text == b"line\n" * 40_000


def test_every_file_is_recognised_and_read_whole(capsys: pytest.CaptureFixture[str], scan: Scan) -> None:
    scan()
    shown = capsys.readouterr().err
    for log in generate.LOGS:
        assert f"{log.path} ({log.format}):" in shown
    assert shown.count("records,") == len(generate.LOGS)
    assert "Gap" not in shown and scan.code == 0


def test_services_are_those_of_the_story(scan: Scan, story: list[Event]) -> None:
    rows = {row["service_id"]: row for row in scan()}
    wanted = truth.by_service(story)
    assert set(rows) == set(wanted) == set(USAGE)
    for service, expected in wanted.items():
        assert _figures(rows[service]) == _wanted(expected), service
        assert rows[service]["usage"] == USAGE[service], service
        assert int(rows[service]["users"]) == len(expected.users), service
        assert int(rows[service]["devices"]) == len(expected.addresses), service
        assert {name.partition("/")[0] for name in rows[service]["names"].split("; ")} == expected.names, service


def test_users_are_those_of_the_story(scan: Scan, story: list[Event]) -> None:
    rows = {_key(row): row for row in scan("--by", "user")}
    wanted = truth.by_user(story)
    assert set(rows) == set(wanted)
    for key, expected in wanted.items():
        assert _figures(rows[key]) == _wanted(expected), key


def test_sources_are_the_formats_that_the_service_is_in(scan: Scan, story: list[Event]) -> None:
    named = {log: wanted.format for wanted in generate.LOGS for log in wanted.writers} | {
        "panos_traffic": "panos_traffic"
    }
    for row in scan():
        seen = {named[event.log] for event in story if event.service == row["service_id"] and not event.weak}
        weak = {named[event.log] for event in story if event.service == row["service_id"]}
        assert set(row["sources"].split("; ")) == (seen or weak), row["service_id"]


def test_evidence_leads_to_lines_that_name_the_service(scan: Scan, story: list[Event]) -> None:
    for row in scan("--by", "user"):
        hosts = {event.host for event in story if event.service == row["service_id"]}
        assert row["evidence"]
        for place in row["evidence"].split("; "):
            if ".pcap#" in place:
                assert set(_ends(place)) & {row["address"]}, place
                continue
            path, _, line = place.rpartition(":")
            text = _lines(ROOT / path)[int(line) - 1]
            assert any(host in text or _wire(host) in text for host in hosts), place
            assert row["address"] in text, place


@pytest.mark.parametrize("log", generate.LOGS, ids=lambda log: log.path)
def test_each_log_alone_gives_its_part(log: generate.Log, scan: Scan, story: list[Event]) -> None:
    """An error that cancels out in the whole shows here."""
    rows = {_key(row): row for row in scan("--by", "user", path=f"samples/{generate.NAME}/{log.path}")}
    wanted = truth.by_user(event for event in story if event.log in log.writers and log.keep(event))
    assert scan.code == 0
    assert {key: _figures(row) for key, row in rows.items()} == {key: _wanted(row) for key, row in wanted.items()}


def test_several_processes_find_the_same(scan: Scan) -> None:
    assert scan("--jobs", "3", "--by", "user") == scan("--by", "user")


def test_a_window_holds_what_happened_in_it(scan: Scan, story: list[Event]) -> None:
    rows = {row["service_id"]: row for row in scan("--since", "2026-03-04", "--until", "2026-03-05")}
    first, last = (int(datetime(2026, 3, day, tzinfo=UTC).timestamp()) for day in (4, 6))
    wanted = truth.by_service(event for event in story if first <= event.time < last)
    assert {service: _figures(row) for service, row in rows.items()} == {
        service: _wanted(row) for service, row in wanted.items()
    }


def test_damage_is_told_and_takes_nothing_away(tmp_path: Path, scan: Scan) -> None:
    """Half of a gzip file, and lines that nobody can read: gaps, and the inventory of the rest."""
    text = (generate.FOLDER / "sales/zscaler-web.csv").read_text("utf-8")
    whole = scan("--by", "user", path=str(generate.FOLDER / "sales/zscaler-web.csv"))
    (tmp_path / "damaged").mkdir()
    damaged = tmp_path / "damaged" / "zscaler-web.csv"
    damaged.write_text(text.replace("\n", "\n\x07no line of any log\n", 3) + text.splitlines()[-1][:40], "utf-8")
    rows = scan("--by", "user", path=str(damaged))
    assert scan.code == 3
    assert [_figures(row) for row in rows] == [_figures(row) for row in whole]
    packed = tmp_path / "damaged" / "access.log.gz"
    packed.write_bytes((generate.FOLDER / "head-office/access.log-20260305.gz").read_bytes()[:9000])
    rows = scan("--by", "user", path=str(packed))
    assert scan.code == 3 and rows


def test_the_example_policy_is_breached(scan: Scan) -> None:
    verdicts = {row["service_id"]: row["verdict"] for row in scan("--policy", str(POLICY))}
    assert scan.code == 1
    assert verdicts["deepseek"] == "prohibited" and verdicts["github-copilot"] == "sanctioned"
    assert verdicts["openai-chatgpt"] == "unsanctioned" and verdicts["cursor"] == "unreviewed"
    scan("--policy", str(POLICY), "--fail-on", "prohibited")
    assert scan.code == 1


def test_the_readme_shows_the_example_policy() -> None:
    shown = (ROOT / "README.md").read_text("utf-8")
    assert f"```yaml\n{POLICY.read_text('utf-8')}```" in shown


def test_the_format_that_contributing_shows_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "formats").mkdir()
    (tmp_path / "formats" / "acme.toml").write_text(shown, "utf-8")
    (tmp_path / "config.toml").write_text("formats_dir = ['formats']", "utf-8")
    log = tmp_path / "proxy.log"
    log.write_text("2026-03-02T08:00:00Z user=jdoe 10.0.0.1 chatgpt.com 1200 DENY\n", "utf-8")
    assert main(["read", "--config", str(tmp_path / "config.toml"), str(log)]) == 0
    record = json.loads(capsys.readouterr().out)
    found = [record[key] for key in ("format", "user", "host", "bytes_up", "blocked")]
    assert found == ["acme_proxy", "jdoe", "chatgpt.com", 1200, True]


def test_the_truth_counts_from_the_surest_names_and_tells_look_ups_from_use() -> None:
    who = Who("jdoe", "NB-1", "10.0.0.1")
    weak = Event("zscaler", 10, who, "a.example", up=5, service="x", weak=True)
    asked = Event("bind", 20, who, "b.example", service="x")
    used = Event("zscaler", 30, who, "b.example", up=7, service="x")
    row = truth.by_service([weak, asked, used])["x"]
    assert (row.confidence, row.events, row.bytes_up, row.first, row.last) == ("confirmed", 1, 7, 20, 30)
    alone = truth.by_service([weak])["x"]
    assert (alone.confidence, alone.events, alone.bytes_up) == ("unconfirmed", 1, 5)
    assert truth.by_service([asked])["x"].lookup and truth.by_service([asked])["x"].bytes_up is None


def test_the_story_has_what_the_samples_are_for() -> None:
    every = list(told())
    on_wednesday = [event for event in every if event.who == MROSSI and event.host == "files.oaiusercontent.com"]
    assert sum(event.up for event in on_wednesday) >= 10_000_000
    assert {log for wanted in generate.LOGS for log in wanted.writers} == {event.log for event in events()}
    assert any(event.blocked for event in every) and any(event.weak for event in every)


def _key(row: dict[str, str]) -> tuple[str, truth.Actor]:
    return row["service_id"], truth.Actor(row["user"], row["device"], row["address"])


def _figures(row: dict[str, str]) -> tuple[object, ...]:
    numbers = [
        int(row[name]) if row[name] else None for name in ("events", "blocked", "bytes_up", "bytes_down", "active_days")
    ]
    return (row["confidence"], *numbers, row["first_seen"], row["last_seen"])


def _wanted(row: truth.Expected) -> tuple[object, ...]:
    first, last = (f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}" for moment in (row.first, row.last))
    return (row.confidence, row.events, row.blocked, row.bytes_up, row.bytes_down, len(row.days), first, last)


def _lines(path: Path) -> list[str]:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    return data.decode("utf-16" if data.startswith(b"\xff\xfe") else "utf-8").split("\n")


def _ends(place: str) -> tuple[str, str]:
    """Source and destination of the frame that an origin names."""
    import dpkt  # type: ignore[import-untyped]

    path, _, number = place.rpartition("#")
    with (ROOT / path).open("rb") as file:
        frames = [data for _, data in dpkt.pcap.Reader(file)]
    packet = frames[int(number) - 1][26:34]
    return ".".join(map(str, packet[:4])), ".".join(map(str, packet[4:]))


def _wire(host: str) -> str:
    return "".join(f"({len(label)}){label}" for label in host.split("."))
