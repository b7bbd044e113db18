"""The JSON Schema that is shipped: every JSON output is valid by it, and has no key that it does not describe."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shadowai.export import json_file
from shadowai.model import Candidate, Dossier, Origin, Report
from tests.export.reports import BY_USER, CHAT, EMPTY, HOSTILE, NUMBERS, SMALL, hostile

SCHEMA: dict[str, Any] = json.loads(
    resources.files("shadowai.export").joinpath("report.schema.json").read_text("utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA)
FULL = replace(
    SMALL,
    entries=(
        replace(
            CHAT,
            dossier=Dossier(owner="Ann Example", data_categories=("contracts",)),
            departments=("Finance",),
            days=((20_458, 7),),
        ),
    ),
    candidates=(Candidate("new-ai.example", ("token",), 1, "name", True, first_seen=1, origins=(Origin("a", 1),)),),
)


def written(report: Report) -> dict[str, Any]:
    stream = io.BytesIO()
    json_file.write(report, stream)
    found: dict[str, Any] = json.loads(stream.getvalue())
    return found


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema"]["const"] == json_file.SCHEMA


@pytest.mark.parametrize("report", [SMALL, BY_USER, EMPTY, FULL], ids=["service", "user", "empty", "full"])
def test_outputs_are_valid(report: Report) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(written(report))] == []


@pytest.mark.parametrize("text", HOSTILE, ids=NUMBERS)
def test_hostile_outputs_are_valid(text: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(written(hostile(text)))] == []


@pytest.mark.parametrize(
    ("key", "wrong"), [("users", "2"), ("users", -1), ("verdict", "fine"), ("first_seen", "yesterday"), ("names", "a")]
)
def test_the_schema_refuses_what_is_wrong(key: str, wrong: object) -> None:
    found = written(SMALL)
    found["entries"][0][key] = wrong
    assert list(VALIDATOR.iter_errors(found))


def test_every_key_is_described() -> None:
    found = written(replace(FULL, by="user"))
    assert set(found) == set(SCHEMA["properties"])
    for key, name in (
        ("entries", "entry"),
        ("gaps", "gap"),
        ("notes", "note"),
        ("candidates", "candidate"),
        ("sources", "source"),
    ):
        assert found[key] and set(found[key][0]) == set(SCHEMA["$defs"][name]["properties"])
        assert set(SCHEMA["$defs"][name]["required"]) <= set(found[key][0])
