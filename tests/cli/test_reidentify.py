"""``--pseudonymise`` and the way back, which needs the key and a reason and stays on record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shadowai.cli import main
from shadowai.privacy import Pseudonyms
from tests.cli.looks import decide, look, rows, scanned

__all__ = ["look"]

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def token(look: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Ann's pseudonym, of an inventory that was written with it."""
    monkeypatch.setenv("SHADOWAI_PSEUDONYM_KEY", KEY)
    text = json.dumps(scanned("--by", "user", "--pseudonymise"))
    assert '"ann"' not in text and "192.0.2.10" not in text
    (look / "people.txt").write_text("zoe\nann\n")
    ann = Pseudonyms(KEY.encode()).token("user", "ann")
    assert f"openai-chatgpt/{ann}" in rows(json.loads(text))
    return ann


def events(look: Path) -> list[dict[str, object]]:
    path = look / "state" / "decisions.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_who_it_is_is_told_and_on_record(token: str, look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["reidentify", token, "--reason", "incident 7", "--among", "people.txt", "--by", "Ann Example"]) == 0
    assert capsys.readouterr().out == f"{token}\tann\n"
    event = events(look)[0]
    assert event["event"] == "reidentification" and event["by"] == "Ann Example"
    body = event["body"]
    assert isinstance(body, dict) and body["reason"] == "incident 7" and body["pseudonyms"] == [token]
    assert '"ann"' not in json.dumps(body)
    assert main(["decisions", "verify"]) == 0


def test_an_address_is_found_in_its_network(token: str, look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = next(row["address"] for row in json.loads((look / "inventory.json").read_text())["entries"])
    capsys.readouterr()
    assert main(["reidentify", address, "--reason", "incident 7", "--among", "192.0.2.0/24"]) == 0
    assert capsys.readouterr().out.startswith(f"{address}\t192.0.2.1")


def test_nobody_of_those_named(token: str, look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    (look / "people.txt").write_text("zoe\n")
    assert main(["reidentify", token, "--reason", "incident 7", "--among", "people.txt"]) == 3
    assert capsys.readouterr().out == f"{token}\t\n"
    assert len(events(look)) == 1  # that somebody tried is on record, too


def test_another_key_finds_nobody(token: str, look: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHADOWAI_PSEUDONYM_KEY", KEY[::-1])
    assert main(["reidentify", token, "--reason", "incident 7", "--among", "people.txt"]) == 3


def test_without_key_reason_or_names_nothing_is_told(token: str, look: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["reidentify", token, "--among", "people.txt"]) == 2
    assert main(["reidentify", token, "--reason", " ", "--among", "people.txt"]) == 2
    assert main(["reidentify", token, "--reason", "incident 7"]) == 2
    assert main(["reidentify", "ann", "--reason", "incident 7", "--among", "people.txt"]) == 2
    monkeypatch.delenv("SHADOWAI_PSEUDONYM_KEY")
    assert main(["reidentify", token, "--reason", "incident 7", "--among", "people.txt"]) == 2
    assert events(look) == []


def test_where_it_cannot_be_recorded_nothing_is_told(
    token: str, look: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decided = look / "state" / "decisions.jsonl"
    decided.parent.mkdir(exist_ok=True)
    decided.write_text("nonsense\n")
    capsys.readouterr()
    assert main(["reidentify", token, "--reason", "incident 7", "--among", "people.txt"]) == 2
    assert capsys.readouterr().out == ""


def test_a_decision_about_a_pseudonym_holds_while_the_key_does(
    token: str, look: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = next(
        row["asset_id"] for row in json.loads((look / "inventory.json").read_text())["entries"] if row["user"] == token
    )
    assert decide(asset, "--status", "tolerated", "--reason", "x") == 0
    assert {
        row["verdict"] for row in scanned("--by", "user", "--pseudonymise")["entries"] if row["asset_id"] == asset
    } == {"tolerated"}


def test_without_a_key_there_is_no_inventory(look: Path) -> None:
    assert main(["scan", "access.log", "--no-progress", "--pseudonymise", "-o", "hidden.json"]) == 2
    assert not (look / "hidden.json").exists()


def test_a_history_of_pseudonyms_names_nobody(look: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHADOWAI_PSEUDONYM_KEY", KEY)
    scanned("--pseudonymise", "--history", "default")
    kept = b"".join(path.read_bytes() for path in (look / "state").iterdir())
    assert b"user-" in kept and b'"ann"' not in kept and b"192.0.2.10" not in kept


def test_a_sweep_remembers_names_and_says_so(look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "--pseudonymise"]) == 2
    assert "the history keeps people by their names" in capsys.readouterr().err
