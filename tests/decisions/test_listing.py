"""The log as text, CSV and JSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from shadowai.decisions import chain, listing, log
from shadowai.decisions.model import Columns
from shadowai.model import Verdict
from tests.decisions.making import ANN, decided, written

HOSTILE = "=cmd|' /C calc'!A0"


def made(path: Path) -> log.DecisionLog:
    columns = Columns(owner=HOSTILE, data_categories=("mail", "a;b"))
    written(path, decided(columns=columns), decided("gemini", "ann", Verdict.RISK_ACCEPTED, until="2100-01-01"))
    log.record(path, log.REIDENTIFICATION, {"reason": "an incident", "pseudonyms": ["user-x"]}, ANN)
    return written(path, decided("mistral", verdict=None, columns=Columns(dpia="D-1")))


def test_what_stands(tmp_path: Path) -> None:
    lines = list(listing.standing_lines(made(tmp_path / "log")))
    assert [line.split("  ")[1] for line in lines] == ["claude", "gemini", "mistral"]
    assert "risk_accepted until 2100-01-01 (one person's use), " in lines[1] and lines[1].endswith(
        "by Ann Example: a contract"
    )
    assert lines[2].endswith("no decision, columns only")
    assert "sanctioned, 20" in lines[0] and "None" not in "".join(lines)


def test_json_proves_itself(tmp_path: Path) -> None:
    found = made(tmp_path / "log")
    told = json.loads(listing.as_json(found))
    assert told["schema"] == 1 and told["head"] == str(found.head)
    raw = b"".join(
        json.dumps(event | {"v": 1}, sort_keys=True, separators=(",", ":")).encode() + b"\n" for event in told["events"]
    )
    assert chain.lines(raw, Path("exported")) == found.lines
    empty = json.loads(listing.as_json(log.read(tmp_path / "none")))
    assert empty["events"] == [] and listing.as_json(log.read(tmp_path / "none")).endswith('"events": []\n}\n')


def test_csv_is_inert_and_has_every_event(tmp_path: Path) -> None:
    rows = list(csv.DictReader(listing.as_csv(made(tmp_path / "log")).splitlines()))
    assert [row["event"] for row in rows] == ["decision", "decision", "reidentification", "decision"]
    assert rows[0]["owner"] == f"'{HOSTILE}" and rows[0]["data_categories"] == "mail; a\\x3bb"
    assert rows[0]["status"] == "sanctioned" and rows[0]["evidence_row"] == "0" * 64 and len(rows[0]["hash"]) == 64
    assert (rows[0]["person"], rows[0]["seq"]) == ("false", "1")
    assert rows[1]["person"] == "true" and rows[2]["reason"] == "an incident" and rows[2]["asset"] == ""
