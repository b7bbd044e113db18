"""``shadowai history``: the list, one run, forgetting, telling."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shadowai import webhook
from shadowai.cli import main
from tests.cli.test_diff import put, state
from tests.history.making import entry, scan

__all__ = ["state"]


def test_nothing_yet(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history"]) == 0
    assert "no run is remembered" in capsys.readouterr().err


def test_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    put(scan(entry("claude")), scan(day=1, gaps=["proxy.log"]))
    assert main(["history"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:2] == ["2", "scan"] and lines[2].split()[:2] == ["1", "scan"]
    assert "no" in lines[1].split() and "proxy.log" in lines[1]
    assert main(["history", "--format", "json"]) == 0
    assert [run["run"] for run in json.loads(capsys.readouterr().out)["runs"]] == [2, 1]
    assert main(["history", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("run,kind,series,")


def test_one_run(capsys: pytest.CaptureFixture[str]) -> None:
    put(scan(entry("claude"), gaps=["proxy.log"]))
    assert main(["history", "show", "1"]) == 0
    assert "proxy.log, partial: could not be read" in capsys.readouterr().out
    assert main(["history", "show", "1", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["looks"][0]["completeness"] == "partial"
    assert main(["history", "show", "2"]) == 2


def test_forgetting(capsys: pytest.CaptureFixture[str]) -> None:
    put(scan(entry("claude")), scan(entry("claude"), day=5))
    assert main(["history", "forget"]) == 2
    assert main(["history", "forget", "--before", "soon"]) == 2
    assert main(["history", "forget", "--before", "2026-01-06"]) == 0
    assert "1 runs forgotten" in capsys.readouterr().err
    assert main(["history", "show", "1"]) == 2 and main(["history", "show", "2"]) == 0


def test_telling(state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    sent: list[tuple[str, bytes]] = []
    monkeypatch.setattr(webhook, "post", lambda url, data, ca_file: sent.append((url, data)))
    put(scan(), scan(entry("claude"), day=1))
    assert main(["history", "notify"]) == 2 and "no webhook is configured" in capsys.readouterr().err
    (state / "shadowai.toml").write_text('[notify]\nurl = "env:HOOK"\nstyle = "slack"\n')
    assert main(["history", "notify", "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert "new service: Claude" in printed and sent == []
    assert main(["history", "notify"]) == 0
    assert sent == [("env:HOOK", printed.strip().encode())]
    assert main(["history", "notify"]) == 0 and len(sent) == 1
