"""``shadowai explain``, on the samples and on what the history remembers."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from shadowai.cli import main
from shadowai.cli.remembering import remember_sweep
from shadowai.history.store import History
from shadowai.pipeline import ScanOptions
from shadowai.swept_report import SweptReport
from shadowai.tenant import App, Completeness, Grant, Outcome, Person, Swept
from tests.conftest import ROOT

SAMPLES = str(ROOT / "samples")
Captured = pytest.CaptureFixture[str]


def said(capsys: Captured, *argv: str, code: int = 0) -> str:
    assert main(["explain", *argv]) == code
    captured = capsys.readouterr()
    return captured.out if code == 0 else captured.err


@pytest.mark.parametrize(
    ("asset", "risk", "words"),
    [
        ("openai-chatgpt", "risk 51 of 100, high (from 30 to 51", "yes under the plan 'consumer'"),
        ("deepseek", "risk 60 of 100, high", "FLOOR of 60, jurisdiction"),
        ("ollama", "risk 50 of 100, high", "FLOOR of 50, open-server"),
        ("github-copilot", "risk 29 of 100, medium", "the traffic shows it: corporate"),
        ("midjourney", "risk 10 of 100, low", "CEILING of 10, blocked"),
    ],
)
def test_five_assets_of_the_samples(capsys: Captured, asset: str, risk: str, words: str) -> None:
    text = said(capsys, asset, "--input", SAMPLES)
    assert risk in text.splitlines()[0] and words in text
    assert "EVIDENCE, read once more:" in text and "not read" not in text
    parts = re.findall(
        r"^ {1,5}([+-]?\d+) +([+-]?\d+)    \S|^ +([+-]\d+) +([+-]\d+)  (?:FLOOR|CEILING)", text, re.MULTILINE
    )
    numbers = [[int(number) for number in part if number] for part in parts]
    (low, high) = re.findall(r"^ +(\d+) +(\d+)  RISK", text, re.MULTILINE)[0]
    assert [sum(column) for column in zip(*numbers, strict=True)] == [int(low), int(high)]


def test_the_evidence_is_the_lines_and_the_frames(capsys: Captured) -> None:
    text = said(capsys, "ollama", "--input", SAMPLES)
    assert "mirror-port.pcap#110" in text and "url=http://10.2.0.60:11434/api/chat" in text
    log = (ROOT / "samples/example-company/development/lab-ssl.log").read_text().splitlines()
    assert f"> {log[6]}" in text


def test_as_json(capsys: Captured) -> None:
    found = json.loads(said(capsys, "deepseek", "--input", SAMPLES, "--format", "json"))
    assert (found["risk"], found["risk_low"], found["risk_level"], found["weights"]) == (60, 60, "high", "shadowai-1")
    assert sum(part["high"] for part in found["contributions"]) == 60
    assert sum(part["low"] for part in found["contributions"]) == 60
    sources = {part["name"]: (part["source"], part["dated"]) for part in found["contributions"]}
    assert "wired.com" in sources["training"][0] and sources["training"][1] == "2026-11-21"
    assert len(found["evidence"]) == 5 and all(
        one["record"]["host"] == "chat.deepseek.com" for one in found["evidence"]
    )


def test_an_asset_id_its_beginning_and_one_of_a_user(capsys: Captured) -> None:
    assert said(capsys, "59992a133f65f028", "--input", SAMPLES).startswith("ChatGPT: ")
    assert said(capsys, "59992a13", "--input", SAMPLES).startswith("ChatGPT: ")
    assert main(["scan", SAMPLES, "--by", "user", "--format", "json", "--no-progress"]) == 0
    rows = json.loads(capsys.readouterr().out)["entries"]
    row = next(row for row in rows if row["user"])
    text = said(capsys, row["asset_id"], "--input", SAMPLES)
    assert text.startswith(f"{row['service']} by {row['user']}")
    assert f"risk {row['risk']} of 100, {row['risk_level']}" in text


def test_the_score_is_the_one_of_the_scan(capsys: Captured) -> None:
    assert main(["scan", SAMPLES, "--format", "json", "--no-progress"]) == 0
    rows = json.loads(capsys.readouterr().out)["entries"]
    assert rows and all(0 <= row["risk"] <= 100 and row["risk_level"] for row in rows)
    for row in rows[:1]:
        assert json.loads(said(capsys, row["asset_id"], "--input", SAMPLES, "--format", "json"))["risk"] == row["risk"]


def test_what_stands_behind_a_question_mark_is_left_out(capsys: Captured, tmp_path: Path) -> None:
    line = "1767600000.250 120 10.1.10.5 TCP_MISS/200 5200 GET http://chatgpt.com/c?q=hush+words ann HIER_DIRECT/203.0.113.7 -\n"
    (tmp_path / "access.log").write_text(line)
    for layout in ("text", "json"):
        text = said(capsys, "openai-chatgpt", "--input", str(tmp_path), "--format", layout)
        assert "hush" not in text and "http://chatgpt.com/c?..." in text


def test_hostile_lines_reach_no_terminal(capsys: Captured, tmp_path: Path) -> None:
    line = b"1767600000.250 120 10.1.10.5 TCP_MISS/200 5200 CONNECT chatgpt.com:443 a\x1b]0;x\x07nn HIER_DIRECT/203.0.113.7 -\n"
    (tmp_path / "access.log").write_bytes(line)
    for layout in ("text", "json"):
        text = said(capsys, "openai-chatgpt", "--input", str(tmp_path), "--format", layout)
        assert "access.log" in text and "\x1b" not in text and "\x07" not in text


def test_one_s_own_weights_are_used_and_named(capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text("version: 1\nname: ours-7\nfloors: {jurisdiction: {least: 75}}\n")
    (tmp_path / "c.toml").write_text('risk = "ours.yaml"\n')
    text = said(capsys, "deepseek", "--input", SAMPLES, "--config", str(tmp_path / "c.toml"))
    assert "risk 75 of 100, critical" in text and "weights ours-7" in text
    (tmp_path / "ours.yaml").write_text("version: 1\nname: ours-7\nfloor: 1\n")
    assert "ours.yaml:3" in said(capsys, "deepseek", "--input", SAMPLES, "--config", str(tmp_path / "c.toml"), code=2)


def test_what_the_history_remembers(capsys: Captured, tmp_path: Path) -> None:
    past = f"sqlite:///{tmp_path / 'h.db'}"
    assert main(["scan", SAMPLES, "--no-progress", "--history", past, "--format", "json"]) == 0
    rows = {row["service_id"]: row for row in json.loads(capsys.readouterr().out)["entries"]}
    for asset in ("deepseek", "ollama", "openai-chatgpt"):
        found = json.loads(said(capsys, asset, "--history", past, "--format", "json"))
        assert found["risk_low"] <= rows[asset]["risk"] <= found["risk"] and found["evidence"] == []
    text = said(capsys, "deepseek", "--history", past)
    assert "As the history remembers it, unchanged since run 1" in text


def test_what_the_history_remembers_and_somebody_has_decided(capsys: Captured, tmp_path: Path) -> None:
    past, log, decided = f"sqlite:///{tmp_path / 'h.db'}", tmp_path / "d.jsonl", tmp_path / "c.toml"
    decided.write_text(f"[decisions]\nlog = '{log}'\n")
    config = ("--config", str(decided))
    assert main(["scan", SAMPLES, "--no-progress", "--history", past, *config, "-o", str(tmp_path / "i.json")]) == 0
    assert "verdict unreviewed" in said(capsys, "deepseek", "--history", past, *config)
    about = ("--inventory", str(tmp_path / "i.json"), "--status", "prohibited", "--reason", "not ours", *config)
    assert main(["decide", "deepseek", *about]) == 0
    assert "verdict prohibited" in said(capsys, "deepseek", "--history", past, *config)


@pytest.mark.parametrize("option", ["--policy", "--log-format", "--timezone", "--identities"])
def test_what_the_history_cannot_be_asked_by_is_refused(capsys: Captured, option: str) -> None:
    assert "is of no use without --input" in said(capsys, "deepseek", option, "UTC", code=2)


def test_an_application_of_a_tenant_from_the_history(capsys: Captured, tmp_path: Path) -> None:
    """A sweep is remembered with the facts that its score hangs on, so that a floor still holds."""
    past = f"sqlite:///{tmp_path / 'h.db'}"
    claude, now = "08ad6f98-a4f8-4635-bb8d-f1a3044760f0", 20_500 * 86_400_000_000
    apps = (App("entra", "example", claude, "Claude"),)
    grants = (Grant("entra", "example", "g1", claude, "delegated", "ann", ("Mail.Read",)),)
    people = (Person("entra", "example", "ann", "ann@example.com"),)
    done = (Outcome("grants", "grants", Completeness.COMPLETE),)
    work = Swept("work", "entra", "Entra", "example", now, now, "full", "ai", apps, grants, people, (), (), done)
    made = SweptReport(ScanOptions(), {})
    joined = made.joined([work], [], ("service", "user"))
    with History(past) as history:
        remember_sweep(history, joined, [work], catalog=made.catalog, matcher=made.matcher, policy=None, options={})
    text = said(capsys, "anthropic-claude", "--history", past)
    assert text.startswith("Claude: risk 70 of 100, critical") and joined.reports[0].entries[0].risk == 70
    assert "FLOOR of 70, unverified-content" in text and "read: Mail.Read" in text


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("nothing", "--input", SAMPLES), "no asset of that id is in what was given"),
        (("", "--input", SAMPLES), "no asset of that id is in what was given"),
        (("deepseek", "--input", "no-such-folder"), "no such file or folder"),
        (("deepseek", "--input", "-"), "stdin cannot be read twice"),
    ],
)
def test_wrong_usage(capsys: Captured, argv: tuple[str, ...], says: str) -> None:
    assert says in said(capsys, *argv, code=2)


def test_evidence_in_a_pipe_cannot_be_read_once_more(capsys: Captured, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "nor can a pipe" in said(capsys, "deepseek", "--input", str(tmp_path / "pipe"), code=2)
