"""``shadowai triage``: the queue, and answers on the keyboard."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from shadowai.cli import main
from tests.cli.looks import CHATGPT, decide, look, put, rows, scanned

__all__ = ["look"]


def answered(text: str, monkeypatch: pytest.MonkeyPatch, *more: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    return main(["triage", "inventory.json", "--interactive", *more])


def test_the_queue_and_the_rule(look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scanned()
    capsys.readouterr()
    assert main(["triage", "inventory.json"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("2 rows wait for a decision\n") and "seen: access.log:" in out
    assert "  # closes 2 rows\n  - category: 'assistant'\n    status: STATUS\n" in out
    assert main(["triage", "inventory.json", "--limit", "1"]) == 0
    assert "and 1 more (--limit)" in capsys.readouterr().out


def test_what_was_decided_meanwhile_waits_no_more(look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scanned()
    decide(CHATGPT, "--status", "sanctioned", "--reason", "x")
    capsys.readouterr()
    assert main(["triage", "inventory.json", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["service_id"] for row in told["waiting"]] == ["anthropic-claude"]
    assert told["waiting"][0]["alternatives"] == ["openai-chatgpt"]


def test_it_is_back_when_facts_have_changed(look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from shadowai.decisions import log
    from shadowai.decisions.model import Grounds
    from shadowai.model import Verdict
    from tests.decisions.making import ANN, decided

    place = look / "state" / "decisions.jsonl"
    old = Grounds(risk=1, facts=("country: XX",))
    log.decide(place, decided("openai-chatgpt", verdict=Verdict.SANCTIONED, grounds=old), ANN)
    found = rows(scanned())["openai-chatgpt"]
    assert found["verdict"] == "in_review" and len(found["dossier"]["review"]) == 2
    capsys.readouterr()
    main(["triage", "inventory.json"])
    out = capsys.readouterr().out
    assert "why: risk 1, now " in out and "why: facts have changed: no longer country: XX; " in out


def test_answers_are_decisions(look: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    scanned()
    assert answered("p\nnot here\na\na pilot\n2100-01-01\n", monkeypatch, "--by", "Ann Example") == 0
    assert "2 decided, 0 wait" in capsys.readouterr().err
    verdicts = sorted(row["verdict"] for row in rows(scanned(code=1)).values())
    assert verdicts == ["prohibited", "risk_accepted"]
    log = [json.loads(line) for line in (look / "state" / "decisions.jsonl").read_text().splitlines()]
    assert [line["by"] for line in log] == ["Ann Example"] * 2 and log[1]["body"]["until"] == "2100-01-01"


@pytest.mark.parametrize(
    "text", ["", "q\n", "\n\n", "s\n", "s\n\n", "x\nno\nq\n", "a\nwhy\n\n", "a\nwhy\n2020-01-01\nq\n", "s\n   \nq\n"]
)
def test_what_is_no_decision_records_nothing(
    look: Path, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scanned()
    assert answered(text, monkeypatch) == 0
    assert "0 decided, 2 wait" in capsys.readouterr().err
    assert not (look / "state" / "decisions.jsonl").exists()


def test_names_from_strangers_stay_on_their_line(look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(look / "access.log", users=("ann", "bob"))
    found = scanned()
    found["entries"][0]["names"] = ["\x1b[31mred\n1. Fake"]
    (look / "inventory.json").write_text(json.dumps(found))
    capsys.readouterr()
    main(["triage", "inventory.json"])
    out = capsys.readouterr().out
    assert "\x1b" not in out and "\\x1b[31mred\\n1. Fake" in out


def test_wrong_words(look: Path) -> None:
    scanned()
    assert main(["triage", "none.json"]) == 2
    assert main(["triage", "access.log"]) == 2
    assert main(["triage", "inventory.json", "--interactive", "--format", "json"]) == 2


def test_a_look_that_was_not_complete_is_told(look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (look / "access.log").write_text((look / "access.log").read_text() + "nonsense\n")
    scanned(code=3)
    capsys.readouterr()
    assert main(["triage", "inventory.json"]) == 0
    assert "not complete" in capsys.readouterr().err
