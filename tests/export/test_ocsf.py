"""OCSF: every event is valid by the published schema, and says of a row what the row says."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from shadowai.export import ocsf
from shadowai.model import Entry, Report, Usage, Verdict
from tests.export.reports import BY_USER, CHAT, EMPTY, HOSTILE, NUMBERS, SMALL, hostile


@cache
def schema() -> OcsfJsonSchemaEmbedded:
    """The schema as published, from the package that carries it."""
    return OcsfJsonSchemaEmbedded(get_ocsf_schema(version=ocsf.VERSION))


@cache
def validator(class_uid: int) -> Draft202012Validator:
    known = schema()
    return Draft202012Validator(known.get_class_schema(known.lookup_class_name_from_uid(class_uid)))


def written(report: Report) -> list[dict[str, Any]]:
    stream = io.BytesIO()
    ocsf.write(report, stream)
    return [json.loads(line) for line in stream.getvalue().decode("ascii").splitlines()]


def wrong(events: list[dict[str, Any]]) -> Iterator[str]:
    for event in events:
        for error in validator(event["class_uid"]).iter_errors(event):
            yield f"{event['class_uid']} {error.json_path}: {error.message}"


def classes(*entries: Entry) -> list[int]:
    return [event["class_uid"] for event in written(Report(entries))]


@pytest.mark.parametrize("report", [SMALL, BY_USER, EMPTY], ids=["service", "user", "empty"])
def test_events_are_valid(report: Report) -> None:
    assert list(wrong(written(report))) == []


@pytest.mark.parametrize("text", HOSTILE, ids=NUMBERS)
def test_hostile_texts_are_one_line_and_valid(text: str) -> None:
    assert list(wrong(written(hostile(text))[:4])) == []


def test_the_validator_refuses_what_is_wrong() -> None:
    event = written(SMALL)[0]
    assert list(wrong([event | {"activity_id": "two"}]))
    assert list(wrong([{name: value for name, value in event.items() if name != "metadata"}]))
    assert list(wrong([event | {"no_such_field": 1}]))


def test_a_breach_with_permissions_is_in_all_four_classes() -> None:
    assert classes(CHAT) == [5023, 2003, 2004, 2008]


@pytest.mark.parametrize("verdict", Verdict)
def test_only_proven_use_against_the_policy_is_a_detection(verdict: Verdict) -> None:
    entry = replace(CHAT, verdict=verdict)
    against = verdict in (Verdict.PROHIBITED, Verdict.UNSANCTIONED)
    assert (2004 in classes(entry)) is against
    assert 2004 not in classes(replace(entry, usage=Usage.RESOLVED), replace(entry, confidence="unconfirmed"))


@pytest.mark.parametrize(
    ("verdict", "usage", "status"),
    [
        (Verdict.SANCTIONED, Usage.BULK, 1),
        (Verdict.TOLERATED, Usage.BULK, 1),
        (Verdict.RISK_ACCEPTED, Usage.BULK, 1),
        (Verdict.PROHIBITED, Usage.BULK, 3),
        (Verdict.UNSANCTIONED, Usage.RESOLVED, 2),
        (Verdict.UNREVIEWED, Usage.BULK, 0),
        (Verdict.IN_REVIEW, Usage.BULK, 0),
    ],
)
def test_compliance_is_what_was_decided_and_unknown_is_unknown(verdict: Verdict, usage: Usage, status: int) -> None:
    event = written(Report((replace(CHAT, verdict=verdict, usage=usage),)))[1]
    assert event["compliance"]["status_id"] == status


def test_what_is_no_ai_is_inventory_alone() -> None:
    assert classes(replace(CHAT, verdict=Verdict.NOT_AI)) == [5023]


def test_the_figures_of_a_row() -> None:
    event = written(SMALL)[0]
    assert event["resources"][0]["hostname"] == "chatgpt.com"
    assert event["time"] == event["end_time"] == 1_767_686_400_000
    assert (event["severity_id"], event["type_uid"]) == (4, 502_302)
    assert (written(SMALL)[2]["risk_score"], event["unmapped"]["risk"]) == (70, 70)
    assert event["unmapped"]["bytes_up"] == 12_345_678 and "bytes_down" not in event["unmapped"]
    assert [one["id"] for one in event["unmapped"]["relates_to"]] == ["T1671", "T1567", "AML.T0057"]
    assert "attacks" not in event["unmapped"] and not any("attacks" in one for one in written(SMALL))


def test_an_unrated_row_has_an_unknown_severity() -> None:
    event = written(SMALL)[4]
    assert event["severity_id"] == 0 and "risk" not in event["unmapped"]


def test_more_events_than_the_field_can_hold_stand_beside_it() -> None:
    event = written(Report((replace(CHAT, events=1 << 40),)))[0]
    assert "count" not in event and event["unmapped"]["events"] == 1 << 40
    assert list(wrong([event])) == []


def test_a_row_says_how_often_and_who_and_that_nobody_has_decided() -> None:
    rows = [
        replace(CHAT, asset_id=verdict.value, verdict=verdict, verdict_reason="")
        for verdict in (Verdict.UNREVIEWED, Verdict.SANCTIONED)
    ]
    found = written(replace(SMALL, entries=tuple(rows)))
    told = [event["compliance"].get("status_detail") for event in found if "compliance" in event]
    assert told == ["nobody has decided yet", None]
    assert {event.get("count") for event in found} == {CHAT.events}
    assert "count" not in written(replace(SMALL, entries=(replace(CHAT, events=0),)))[0]
