"""``shadowai departments``: counts by department, and nobody who can be singled out."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from shadowai.cli import main
from tests.cli.looks import look, put, scanned

__all__ = ["look"]
Captured = pytest.CaptureFixture[str]
URL = ("https://chatgpt.com/backend-api/conversation",)
SIZES = {"IT": 6, "Law": 7, "HR": 2}


@pytest.fixture
def company(look: Path) -> Path:
    """An inventory by user of three departments, one of which has two people."""
    users = [f"{name}{n}".lower() for name, size in SIZES.items() for n in range(size)]
    put(look / "access.log", URL, users)
    people = "".join(f"{user}@example.com,{user[:-1].upper().replace('LAW', 'Law')},{user}\n" for user in users)
    (look / "who.csv").write_text("person,department,login\n" + people)
    scanned("--by", "user", "--identities", "who.csv")
    return look


def test_small_departments_do_not_stand_alone(company: Path, capsys: Captured) -> None:
    assert main(["departments", "inventory.json"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "DEPARTMENT           PEOPLE  SERVICES",
        "Law                       7  openai-chatgpt",
        "(small departments)       8  openai-chatgpt",
    ]


def test_csv_json_and_files(company: Path, capsys: Captured) -> None:
    assert main(["departments", "inventory.json", "--format", "csv", "-o", "d.csv"]) == 0
    rows = list(csv.DictReader(io.StringIO((company / "d.csv").read_text())))
    assert rows[0] == {"department": "Law", "people": "7", "services": "openai-chatgpt"}
    (company / "c.toml").write_text("[privacy]\nk = 2\n")
    assert main(["departments", "inventory.json", "--format", "json", "--config", "c.toml"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {row["department"]: row["people"] for row in found["departments"]} == {"HR": 2, "IT": 6, "Law": 7}
    assert (found["k"], found["complete"]) == (2, True)
    assert main(["departments", "inventory.json", "-o", "none/d.csv"]) == 2


def test_who_is_too_few_altogether_is_not_counted(look: Path, capsys: Captured) -> None:
    (look / "who.csv").write_text("person,department,login\nann@example.com,IT,ann\nbob@example.com,HR,bob\n")
    scanned("--by", "user", "--identities", "who.csv")
    capsys.readouterr()
    assert main(["departments", "inventory.json"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["(small departments)     few"]
    assert main(["departments", "inventory.json", "--format", "csv"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["(small departments),,"]


def test_departments_that_the_look_did_not_name_stay_unnamed(company: Path, capsys: Captured) -> None:
    (company / "c.toml").write_text("[privacy]\nk = 3\n")
    scanned("--by", "user", "--identities", "who.csv", "--config", "c.toml")
    capsys.readouterr()
    assert main(["departments", "inventory.json", "--config", "c.toml"]) == 0
    assert [line.split("  ")[0] for line in capsys.readouterr().out.splitlines()[1:]] == ["Law", "(small departments)"]
    assert "HR" not in (company / "inventory.json").read_text()


def test_an_inventory_that_cannot_tell_is_refused(look: Path, capsys: Captured) -> None:
    scanned()
    assert main(["departments", "inventory.json"]) == 2
    assert "by service" in capsys.readouterr().err
    scanned("--by", "user")
    assert main(["departments", "inventory.json"]) == 2
    assert "--identities" in capsys.readouterr().err
    (look / "inventory.json").write_text("{}")
    assert main(["departments", "inventory.json"]) == 2


def test_a_look_that_was_not_complete_is_no_whole_view(company: Path, capsys: Captured) -> None:
    (company / "access.log").write_text((company / "access.log").read_text() + "broken\n")
    scanned("--by", "user", "--identities", "who.csv", code=3)
    assert main(["departments", "inventory.json"]) == 3
    assert "not complete" in capsys.readouterr().err


def test_hostile_names_of_departments_stay_inert(company: Path, capsys: Captured) -> None:
    text = (company / "who.csv").read_text().replace(",Law,", ",=cmd|' /C calc'!A0\x1b[2J,")
    (company / "who.csv").write_text(text)
    scanned("--by", "user", "--identities", "who.csv")
    capsys.readouterr()
    assert main(["departments", "inventory.json", "--format", "csv"]) == 0
    out = capsys.readouterr().out
    assert "'=cmd" in out and "\x1b" not in out
    assert main(["departments", "inventory.json"]) == 0
    assert "\x1b" not in capsys.readouterr().out
