"""``shadowai scan``."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from shadowai.cli import main
from shadowai.config import Settings
from shadowai.model import Report, Usage, Verdict
from shadowai.pipeline import Progress, ScanOptions
from tests.cli.conftest import ENTRY, GAP, NOTE, SOURCE, FakePipeline, program

Captured = pytest.CaptureFixture[str]
PROHIBITED = replace(ENTRY, verdict=Verdict.PROHIBITED)
UNSANCTIONED = replace(ENTRY, verdict=Verdict.UNSANCTIONED)


def _csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_table_on_stdout_unless_asked_otherwise(fake: FakePipeline, capsys: Captured) -> None:
    assert main(["scan", "proxy.log"]) == 0
    said = capsys.readouterr()
    assert "ChatGPT" in said.out and "proxy.log" in said.out
    assert said.err == ""


def test_options_reach_the_pipeline(fake: FakePipeline, tmp_path: Path) -> None:
    log = tmp_path / "decisions.jsonl"
    log.touch()
    argv = [
        "scan",
        "proxy.log",
        "other/*.gz",
        "-",
        "--by",
        "user",
        "--policy",
        "p.yaml",
        "--log-format",
        "squid_native",
    ]
    argv += ["--timezone", "+02:00", "--since", "2026-01-01", "--until", "2026-01-01", "--jobs", "3", "--no-progress"]
    argv += ["--identities", "who.csv", "--decisions", str(log), "--pseudonymise"]
    assert main(argv) == 0
    assert fake.paths == ["proxy.log", "other/*.gz", "-"]
    assert fake.options == ScanOptions(
        log_format="squid_native",
        timezone="+02:00",
        since=1_767_218_400_000_000,
        until=1_767_304_799_999_999,
        jobs=3,
        by="user",
        policy="p.yaml",
        identities="who.csv",
        decisions=str(log),
        pseudonymise=True,
        settings=Settings(),
    )


def test_settings_reach_the_pipeline_and_their_zone_the_window(fake: FakePipeline, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('timezone = "+02:00"\ndisable = ["deepseek"]\n')
    assert main(["scan", "proxy.log", "--config", "own.toml", "--since", "2026-01-01"]) == 0
    assert fake.options.settings.disable == ("deepseek",)
    assert fake.options.since == 1_767_218_400_000_000


@pytest.mark.parametrize(
    ("entries", "gaps", "code"),
    [
        ((ENTRY,), (), 0),
        ((), (), 0),
        ((PROHIBITED,), (), 1),
        ((UNSANCTIONED,), (), 1),
        ((ENTRY,), (GAP,), 3),
        ((), (GAP,), 3),
        ((PROHIBITED,), (GAP,), 1),
        ((replace(PROHIBITED, usage=Usage.RESOLVED),), (), 0),
        ((replace(PROHIBITED, events=0, blocked=4),), (), 0),
    ],
)
def test_exit_codes(entries: tuple[object, ...], gaps: tuple[object, ...], code: int, fake: FakePipeline) -> None:
    fake.report = Report(entries, gaps, sources=(SOURCE,))  # type: ignore[arg-type]
    assert main(["scan", "proxy.log"]) == code


def test_fail_on_narrows_what_is_a_breach(fake: FakePipeline) -> None:
    fake.report = Report((UNSANCTIONED,), (GAP,))
    assert main(["scan", "proxy.log", "--fail-on", "prohibited, unsanctioned"]) == 1
    assert main(["scan", "proxy.log", "--fail-on", "prohibited"]) == 3


@pytest.mark.parametrize("text", ["", "sanctioned", "prohibited,", "prohibited;unsanctioned", "PROHIBITED"])
def test_fail_on_takes_only_what_can_be_a_breach(text: str, fake: FakePipeline, capsys: Captured) -> None:
    assert main(["scan", "proxy.log", "--fail-on", text]) == 2
    assert "--fail-on" in capsys.readouterr().err
    assert fake.paths == []


@pytest.mark.parametrize("name", ["csv", "json"])
def test_gaps_and_notes_are_said_when_the_output_is_for_machines(
    name: str, fake: FakePipeline, capsys: Captured
) -> None:
    fake.report = Report((ENTRY,), (GAP,), (NOTE,), (SOURCE,))
    assert main(["scan", "proxy.log", "--format", name]) == 3
    said = capsys.readouterr()
    assert GAP.reason in said.err and NOTE.text in said.err
    assert "\x1b" not in said.err
    if name == "csv":
        assert [row["service_id"] for row in _csv(said.out)] == ["openai-chatgpt"]
    else:
        assert [row["service_id"] for row in json.loads(said.out)["entries"]] == ["openai-chatgpt"]


@pytest.mark.parametrize("name", ["out.csv", "out.json", "out.txt"])
def test_gaps_and_notes_are_said_when_the_output_is_a_file(
    name: str, fake: FakePipeline, capsys: Captured, tmp_path: Path
) -> None:
    fake.report = Report((ENTRY,), (GAP,), (NOTE,), (SOURCE,))
    assert main(["scan", "proxy.log", "-o", name]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert GAP.reason in said.err and NOTE.text in said.err
    assert "ChatGPT" in (tmp_path / name).read_text()


def test_format_wins_over_the_suffix(fake: FakePipeline, tmp_path: Path) -> None:
    assert main(["scan", "proxy.log", "-o", "out.txt", "--format", "json"]) == 0
    assert json.loads((tmp_path / "out.txt").read_text())["by"] == "service"


@pytest.mark.parametrize("wrong", [["-o", "out.doc"], ["-o", "out"], ["--format", "nope"], ["-o", "absent/out.csv"]])
def test_a_wrong_output_is_said_before_the_work(wrong: list[str], fake: FakePipeline) -> None:
    assert main(["scan", "proxy.log", *wrong]) == 2
    assert fake.paths == []


@pytest.mark.parametrize(
    "wrong", [["--since", "never"], ["--timezone", "Mars/Base"], ["--timezone", "../etc"], ["--config", "absent.toml"]]
)
def test_a_wrong_option_is_said_before_the_work(wrong: list[str], fake: FakePipeline) -> None:
    assert main(["scan", "proxy.log", *wrong]) == 2
    assert fake.paths == []


def test_the_bar_is_taken_away_when_the_work_fails(fake: FakePipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[bool] = []

    class Told:
        def done(self) -> None:
            done.append(True)

    def interrupted(progress: Progress | None) -> None:
        assert isinstance(progress, Told)
        raise KeyboardInterrupt

    monkeypatch.setattr("shadowai.cli.scan.bar_for", lambda wanted: Told() if wanted else None)
    fake.during = interrupted
    assert main(["scan", "proxy.log"]) == 130
    assert done == [True]


def test_no_progress(fake: FakePipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[bool] = []
    monkeypatch.setattr("shadowai.cli.scan.bar_for", wanted.append)
    main(["scan", "proxy.log", "--no-progress"])
    main(["scan", "proxy.log"])
    assert wanted == [False, True]


@pytest.mark.parametrize("path", ["absent.log", "absent/*.log", "absent\x1b[2J"])
def test_a_path_that_is_not_there_is_named_and_nothing_is_scanned(path: str, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "real.log").write_text("1767600000.123 45 10.0.0.5 TCP_TUNNEL/200 1 CONNECT chatgpt.com:443 - - -\n")
    assert main(["scan", str(tmp_path / "real.log"), path]) == 2
    said = capsys.readouterr()
    assert path.replace("\x1b", "\\x1b") in said.err
    assert said.out == ""


SQUID = (
    b"1767600000.123 45 10.0.0.5 TCP_TUNNEL/200 5120 CONNECT chatgpt.com:443 jdoe HIER_DIRECT/192.0.2.1 -\n"
    b"1767600001.456 30 10.0.0.6 TCP_TUNNEL/200 4000 CONNECT www.example.com:443 - HIER_DIRECT/192.0.2.2 -\n"
)


def test_from_a_log_to_an_inventory(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_bytes(SQUID)
    done = program("scan", "access.log", "-o", "inventory.csv", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    rows = _csv((tmp_path / "inventory.csv").read_text())
    assert [(row["service_id"], row["events"], row["evidence"]) for row in rows] == [
        ("openai-chatgpt", "1", "access.log:1")
    ]


def test_from_stdin_to_stdout_by_user(tmp_path: Path) -> None:
    done = program("scan", "-", "--by", "user", "--format", "csv", stdin=SQUID, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [(row["user"], row["address"]) for row in _csv(done.stdout.decode())] == [("jdoe", "10.0.0.5")]


def test_nothing_understood_is_never_an_empty_inventory(tmp_path: Path) -> None:
    (tmp_path / "noise.log").write_bytes(b"lorem ipsum dolor\n" * 20)
    done = program("scan", "noise.log", "--format", "csv", cwd=tmp_path)
    assert done.returncode == 3
    assert b"noise.log" in done.stderr
