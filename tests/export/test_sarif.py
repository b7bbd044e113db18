"""SARIF: valid, an error only for a breach, and places that a CI system can open."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel
from sarif_pydantic import Sarif

from shadowai.export import sarif
from shadowai.model import Entry, Origin, Report, Usage, Verdict
from tests.export.reports import BY_USER, CHAT, EMPTY, HOSTILE, NUMBERS, SMALL, hostile


def written(report: Report) -> dict[str, Any]:
    stream = io.BytesIO()
    sarif.write(report, stream)
    found: dict[str, Any] = json.loads(stream.getvalue().decode("ascii"))
    return found


def strangers(model: object) -> Iterator[str]:
    """Keys that the models do not know."""
    if isinstance(model, BaseModel):
        yield from model.model_extra or ()
        for name in type(model).model_fields:
            yield from strangers(getattr(model, name))
    elif isinstance(model, list):
        for part in model:
            yield from strangers(part)


LACKING = {"$schema", "toolExecutionNotifications"}
"""What the standard has (sections 3.13.3 and 3.20.21) and the models lack."""


def check(document: dict[str, Any]) -> None:
    assert set(strangers(Sarif.model_validate(document))) <= LACKING
    for result in document["runs"][0]["results"]:  # section 3.27.10
        assert result["level"] == "none" or result["kind"] == "fail"
        rules = document["runs"][0]["tool"]["driver"]["rules"]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def results(*entries: Entry) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = written(Report(entries))["runs"][0]["results"]
    return found


@pytest.mark.parametrize("report", [SMALL, BY_USER, EMPTY], ids=["service", "user", "empty"])
def test_logs_are_valid(report: Report) -> None:
    check(written(report))


@pytest.mark.parametrize("text", HOSTILE, ids=NUMBERS)
def test_hostile_texts_are_valid_and_printable(text: str) -> None:
    document = written(hostile(text))
    check(document)
    assert document["runs"][0]["results"][0]["message"]["text"].isprintable()


def test_the_validator_refuses_what_is_wrong() -> None:
    document = written(SMALL)
    document["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(ValueError, match="level"):
        check(document)
    assert list(strangers(Sarif.model_validate(written(SMALL) | {"nonsense": 1}))).count("nonsense") == 1


@pytest.mark.parametrize("verdict", Verdict)
def test_settled_rows_are_no_results_and_only_proven_use_is_an_error(verdict: Verdict) -> None:
    used, resolved = (results(replace(CHAT, verdict=verdict, usage=usage)) for usage in (Usage.BULK, Usage.RESOLVED))
    if verdict in (Verdict.PROHIBITED, Verdict.UNSANCTIONED):
        assert (used[0]["level"], resolved[0]["level"]) == ("error", "note")
    elif verdict in (Verdict.UNREVIEWED, Verdict.IN_REVIEW):
        assert [(one["kind"], one["level"]) for one in (*used, *resolved)] == [("review", "none")] * 2
    else:
        assert used == resolved == []


def test_a_line_is_a_region_a_frame_a_name_and_an_object_no_file() -> None:
    places = (Origin("logs/a b.log", 17), Origin("dump.pcapng", 42, "frame"), Origin("entra:x", "App", "object"))
    line, frame, thing = results(replace(CHAT, evidence=places))[0]["locations"]
    assert line["physicalLocation"] == {"artifactLocation": {"uri": "logs/a%20b.log"}, "region": {"startLine": 17}}
    assert frame["physicalLocation"] == {"artifactLocation": {"uri": "dump.pcapng"}}
    assert frame["logicalLocations"] == [{"fullyQualifiedName": "dump.pcapng#42"}]
    assert "physicalLocation" not in thing


def test_gaps_are_notifications_and_the_run_was_not_successful() -> None:
    first, second = (written(report)["runs"][0]["invocations"][0] for report in (SMALL, EMPTY))
    assert not first["executionSuccessful"] and second["executionSuccessful"]
    assert first["toolExecutionNotifications"][0]["message"]["text"] == "fw.log: truncated line (2)"


def test_rules_are_errors_where_they_forbid_and_a_result_says_the_policy_s_reason() -> None:
    row = replace(CHAT, verdict=Verdict.UNREVIEWED, verdict_reason="not yet looked at", evidence=(Origin("a.log", 0),))
    run = written(replace(SMALL, entries=(row, replace(row, verdict_reason=""))))["runs"][0]
    levels = {rule["id"]: rule["defaultConfiguration"]["level"] for rule in run["tool"]["driver"]["rules"]}
    assert {name for name, level in levels.items() if level == "error"} == {"unsanctioned", "prohibited"}
    assert set(levels.values()) == {"error", "none"}
    texts = [result["message"]["text"] for result in run["results"]]
    assert texts[0].endswith(". The policy says: not yet looked at") and "policy" not in texts[1]
    assert "region" not in run["results"][0]["locations"][0]["physicalLocation"]
