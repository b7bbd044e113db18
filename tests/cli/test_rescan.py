"""``shadowai rescan``: what is told, and in which words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from shadowai.cli import main
from shadowai.history import gather
from shadowai.model import Candidate, Origin, Report, Verdict
from tests.cli.test_diff import put, state
from tests.decisions.making import decided, written
from tests.history.making import NOON, entry

__all__ = ["state"]

CANDIDATE = Candidate(
    "chat.mistral.ai", ("token",), users=3, first_seen=NOON, last_seen=NOON, origins=(Origin("a\x1b[2J.log", 3),)
)


@pytest.fixture
def past(state: Path) -> Path:
    """A run that counted a name under another service than today's signatures, and had a candidate."""
    row = replace(entry("old-guess", "ann@example.com"), names=("claude.ai", "nobody.example"))
    reports = [Report((), candidates=(CANDIDATE,)), Report((row,), by="user")]
    put(gather.of_scan(reports, began=NOON, ended=NOON + 1))
    return state


def test_an_empty_history(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rescan"]) == 0
    out, err = capsys.readouterr()
    assert (
        not out
        and err.startswith("0 remembered names are explained otherwise now\n")
        and "scan those logs again" in err
    )


def test_who_used_it_before(past: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rescan"]) == 0
    out, err = capsys.readouterr()
    lines = sorted(out.splitlines())
    assert len(lines) == 2 and "2 remembered names are explained otherwise now (1 by candidate, 1 by row)" in err
    assert "claude.ai  since 2026-01-05: ann@example.com, counted as old-guess then [row, strong]" in lines[0]
    assert "chat.mistral.ai  since 2026-01-05: 3 users [candidate, strong] (a\\x1b[2J.log:3)" in lines[1]


def test_of_one_service_as_json(past: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rescan", "--format", "json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    service = next(row["service"] for row in rows if row["how"] == "row")
    assert main(["rescan", service, "--format", "json"]) == 0
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (row["name"], row["who"], row["was"]) == ("claude.ai", ["ann@example.com"], "old-guess")
    assert row["first_seen"] == "2026-01-05T12:00:00Z"


def test_a_service_that_is_not_there(past: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rescan", "no-such-service"]) == 2
    assert "there is no signature 'no-such-service'" in capsys.readouterr().err


def test_the_verdicts_are_those_of_the_policy_and_of_people(past: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (past / "p.yaml").write_text("version: 1\nrules: [{category: assistant, status: unsanctioned, reason: no}]\n")

    def verdicts(*more: str) -> dict[str, tuple[str, str | None]]:
        assert main(["rescan", "--format", "json", *more]) == 0
        rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return {row["how"]: (row["verdict"], row["verdict_reason"]) for row in rows}

    assert verdicts() == {"row": ("unreviewed", None), "candidate": ("unreviewed", None)}
    assert verdicts("--policy", "p.yaml") == {"row": ("unsanctioned", "no"), "candidate": ("unsanctioned", "no")}
    decide = decided("anthropic-claude", "ann@example.com", verdict=Verdict.NOT_AI, reason="a test")
    written(past / "decisions.jsonl", decide)
    found = verdicts("--policy", "p.yaml")
    assert found["row"][0] == "not_ai" and "a test" in str(found["row"][1])
    assert found["candidate"] == ("unsanctioned", "no")
    assert main(["rescan", "--policy", "p.yaml"]) == 0
    assert "unsanctioned: no" in capsys.readouterr().out
