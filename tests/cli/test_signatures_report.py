"""``shadowai signatures report``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shadowai.catalog import Catalog
from shadowai.cli import main
from tests.signature_samples import put

Captured = pytest.CaptureFixture[str]


def test_the_packaged_signatures_are_what_is_promised(capsys: Captured) -> None:
    assert main(["signatures", "report", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["services"] == len(Catalog.load().files) >= 1200
    assert made["indicators"] == sum(made["kinds"].values()) >= 3000
    assert sum(made["categories"].values()) == sum(made["countries"].values()) == made["services"]
    assert len(made["categories"]) == 14 and made["change"] is None and made["precision"] is None
    assert ["suffix chatgpt.com", "openai-chatgpt", "strong"] in made["hosts"]


def test_as_text(capsys: Captured) -> None:
    assert main(["signatures", "report"]) == 0
    said = capsys.readouterr().out
    assert "\ncategory\n" in said and "\nlast looked at\n" in said
    assert said.endswith("precision on labelled names: not measured\n") and "hosts gained" not in said


def test_since_a_folder(tmp_path: Path, capsys: Captured) -> None:
    put(tmp_path)
    assert main(["signatures", "report", "--since", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "3 hosts lost\n  - suffix auth0.com  example-chat, shared\n" in said
    assert " more (see --json)\n" in said and "0 hosts changed\n" in said


def test_since_its_own_report(tmp_path: Path, capsys: Captured) -> None:
    assert main(["signatures", "report", "--json"]) == 0
    earlier = tmp_path / "earlier.json"
    earlier.write_text(capsys.readouterr().out)
    assert main(["signatures", "report", "--json", "--since", str(earlier)]) == 0
    assert json.loads(capsys.readouterr().out)["change"] == {"gained": [], "lost": [], "changed": []}


def test_measured_and_not_measured(tmp_path: Path, capsys: Captured) -> None:
    sample = tmp_path / "sample.csv"
    sample.write_text("www.chatgpt.com,openai-chatgpt\nexample.org,\n")
    assert main(["signatures", "report", "--labelled", str(sample)]) == 0
    said = capsys.readouterr().out
    assert "labelled names: not measured for" in said and said.endswith("  1 of 1  openai-chatgpt\n")


def test_wrong_usage(tmp_path: Path, capsys: Captured) -> None:
    assert main(["signatures", "report", "--since", str(tmp_path / "absent\x1b[2J")]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "cannot be read" in said.err and "\x1b" not in said.err


def test_what_people_said_of_findings(tmp_path: Path, capsys: Captured) -> None:
    from shadowai.model import Verdict
    from tests.decisions.making import decided, written

    log = tmp_path / "decisions.jsonl"
    written(log, decided("openai-chatgpt"), decided("openai-chatgpt", "ann", Verdict.NOT_AI))
    assert main(["signatures", "report", "--decisions", str(log)]) == 0
    assert capsys.readouterr().out.endswith(
        "rows that people have decided upon, and called AI\n  1 of 2  openai-chatgpt\n"
    )
    assert main(["signatures", "report", "--decisions", str(log), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["decided"] == [
        {"signature": "openai-chatgpt", "right": 1, "answered": 2}
    ]
    log.write_bytes(b"")
    assert main(["signatures", "report", "--decisions", str(log)]) == 2
