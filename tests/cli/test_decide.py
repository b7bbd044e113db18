"""``shadowai decide``, and the scans after it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shadowai.cli import main
from tests.cli.looks import CHATGPT, decide, look, rows, scanned

__all__ = ["look"]


def test_a_decision_survives_the_next_scan(look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rows(scanned())["openai-chatgpt"]["verdict"] == "unreviewed"
    columns = [
        "--owner",
        "Ann",
        "--purpose",
        "drafts",
        "--data",
        "mail",
        "--data",
        "code",
        "--dpia",
        "D-1",
        "--contract",
        "C-1",
    ]
    columns += ["--oversight", "Bob", "--next-review", "2100-01-01"]
    assert decide(CHATGPT, "--status", "sanctioned", "--reason", "a contract", "--by", "Ann Example", *columns) == 0
    assert f"ChatGPT ({CHATGPT}): sanctioned; head 1:" in capsys.readouterr().err
    found = rows(scanned())["openai-chatgpt"]
    assert found["verdict"] == "sanctioned" and found["verdict_owner"] == "Ann"
    assert found["verdict_reason"].endswith("by Ann Example: a contract")
    kept = found["dossier"]
    assert [kept[key] for key in ("purpose", "data_categories", "dpia", "contract", "oversight_owner", "next_review")] == [
        "drafts", ["mail", "code"], "D-1", "C-1", "Bob", "2100-01-01",
    ]  # fmt: skip
    assert "decisions.jsonl" in capsys.readouterr().err
    assert rows(scanned("--no-decisions"))["openai-chatgpt"]["dossier"] is None


def test_a_ban_ends_scans_with_a_breach(look: Path) -> None:
    scanned()
    assert decide("openai-chatgpt", "--status", "prohibited", "--reason", "not here") == 0
    assert rows(scanned(code=1))["openai-chatgpt"]["verdict"] == "prohibited"
    assert decide("openai-chatgpt", "--status", "unreviewed", "--reason", "a mistake") == 0
    assert rows(scanned())["openai-chatgpt"]["verdict"] == "unreviewed"


def test_a_decision_goes_before_the_policy(look: Path) -> None:
    (look / "policy.yaml").write_text("version: 1\nrules:\n  - service: openai-chatgpt\n    status: prohibited\n")
    scanned("--policy", "policy.yaml", code=1)
    assert decide("openai-chatgpt", "--status", "risk_accepted", "--until", "2100-01-01", "--reason", "a pilot") == 0
    found = scanned("--policy", "policy.yaml")
    assert rows(found)["openai-chatgpt"]["verdict"] == "risk_accepted"
    assert "decision_over_policy" in {note["kind"] for note in found["notes"]}


def test_a_plan_does_not_block_what_a_decision_allows(look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (look / "policy.yaml").write_text("version: 1\nrules:\n  - service: openai-chatgpt\n    status: prohibited\n")
    found = scanned("--policy", "policy.yaml", code=1)
    plan = ["plan", "blocklist", *{source["path"] for source in found["sources"]}, "--policy", "policy.yaml"]
    assert main(plan) == 0
    assert "chatgpt.com" in capsys.readouterr().out
    assert decide("openai-chatgpt", "--status", "risk_accepted", "--until", "2100-01-01", "--reason", "a pilot") == 0
    capsys.readouterr()
    assert main(plan) == 0
    assert "chatgpt.com" not in capsys.readouterr().out


def test_a_decision_about_one_person(look: Path) -> None:
    by_user = rows(scanned("--by", "user"))
    ann = by_user["openai-chatgpt/ann"]["asset_id"]
    assert decide(ann[:8], "--status", "prohibited", "--reason", "not in this team") == 0
    found = rows(scanned("--by", "user", code=1))
    assert {key: row["verdict"] for key, row in found.items() if key.startswith("openai")} == {
        "openai-chatgpt/ann": "prohibited",
        "openai-chatgpt/bob": "unreviewed",
    }
    log = (look / "state" / "decisions.jsonl").read_text()
    assert '"person":true' in log and '"ann"' not in log  # what cannot be taken back names nobody


def test_what_it_was_decided_on_is_on_record(look: Path) -> None:
    scanned()
    decide(CHATGPT, "--status", "tolerated", "--reason", "for now")
    body = json.loads((look / "state" / "decisions.jsonl").read_text())["body"]
    assert body["grounds"]["risk"] > 0 and "vendor: OpenAI" in body["grounds"]["facts"]
    assert len(body["evidence"]["row"]) == len(body["evidence"]["inventory"]) == 64


def test_columns_alone(look: Path) -> None:
    scanned()
    assert decide(CHATGPT, "--owner", "Ann", "--reason", "asked") == 0
    assert decide(CHATGPT, "--owner", "", "--dpia", "D-1", "--reason", "Ann has left") == 0
    found = rows(scanned())["openai-chatgpt"]
    assert found["verdict"] == "unreviewed" and (found["dossier"]["owner"], found["dossier"]["dpia"]) == ("", "D-1")


def test_from_the_history(look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scanned("--history", "default")
    assert main(["decide", "openai-chatgpt", "--status", "tolerated", "--reason", "for now"]) == 0
    assert rows(scanned())["openai-chatgpt"]["verdict"] == "tolerated"
    assert main(["decide", "no-such-thing", "--status", "tolerated", "--reason", "x"]) == 2


def test_the_log_of_the_configuration(look: Path) -> None:
    (look / "shadowai.toml").write_text('[decisions]\nlog = "ours/d.jsonl"\n')
    scanned()
    assert decide(CHATGPT, "--status", "tolerated", "--reason", "x") == 0
    assert (look / "ours" / "d.jsonl").exists() and not (look / "state" / "decisions.jsonl").exists()
    assert rows(scanned())["openai-chatgpt"]["verdict"] == "tolerated"


def test_xlsx_has_the_dossiers(look: Path) -> None:
    import pandas as pd

    scanned()
    decide(CHATGPT, "--owner", "=cmd()", "--reason", "x")
    assert main(["scan", "access.log", "--no-progress", "-o", "inventory.xlsx"]) == 0
    sheet = pd.read_excel("inventory.xlsx", sheet_name="dossiers", keep_default_na=False)
    assert list(sheet.columns[:4]) == ["asset_id", "service", "verdict", "owner"]
    assert list(sheet.iloc[0][:4]) == [CHATGPT, "ChatGPT", "unreviewed", "'=cmd()"]


@pytest.mark.parametrize(
    "words",
    [
        ["--reason", "x"],
        ["--status", "tolerated"],
        ["--status", "tolerated", "--reason", " "],
        ["--status", "fine", "--reason", "x"],
        ["--status", "risk_accepted", "--reason", "x"],
        ["--status", "tolerated", "--reason", "x", "--until", "2020-01-01"],
        ["--status", "tolerated", "--reason", "x", "--until", "soon"],
        ["--status", "unreviewed", "--reason", "x", "--until", "2100-01-01"],
        ["--owner", "Ann", "--reason", "x", "--until", "2100-01-01"],
        ["--owner", "Ann", "--reason", "x", "--next-review", "2020-01-01"],
        ["--owner", "Ann", "--reason", "x", "--next-review", "later"],
    ],
)
def test_wrong_words_record_nothing(look: Path, words: list[str]) -> None:
    scanned()
    assert decide(CHATGPT, *words) == 2
    assert not (look / "state" / "decisions.jsonl").exists()


def test_no_asset_of_that_name(look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scanned()
    assert decide("0" * 16, "--status", "tolerated", "--reason", "x") == 2
    assert "is no asset of the inventory" in capsys.readouterr().err


def test_a_scan_refuses_a_log_that_was_changed(look: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scanned()
    decide(CHATGPT, "--status", "prohibited", "--reason", "x")
    log = look / "state" / "decisions.jsonl"
    log.write_text(log.read_text().replace("prohibited", "sanctioned"))
    capsys.readouterr()
    assert main(["scan", "access.log", "--no-progress"]) == 2
    assert "decisions.jsonl:1: was changed" in capsys.readouterr().err
    assert main(["scan", "access.log", "--no-progress", "--no-decisions"]) == 0
    assert main(["scan", "access.log", "--no-progress", "--decisions", "none.jsonl"]) == 2
    assert main(["scan", "access.log", "--no-progress", "--no-decisions", "--decisions", str(log)]) == 2
