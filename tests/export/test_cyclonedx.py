"""CycloneDX: valid by the specification's own schema, the same for the same services, and without people."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from shadowai.export import cyclonedx
from shadowai.model import Actor, Report, Usage, Verdict
from tests.export.reports import BY_USER, CHAT, EMPTY, HOSTILE, SMALL, hostile

VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)


def written(report: Report) -> str:
    stream = io.BytesIO()
    cyclonedx.write(report, stream)
    return stream.getvalue().decode("ascii")


def services(report: Report) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(written(report))["services"]
    return found


@pytest.mark.parametrize("report", [SMALL, BY_USER, EMPTY], ids=["service", "user", "empty"])
def test_documents_are_valid(report: Report) -> None:
    assert VALIDATOR.validate_str(written(report)) is None


def test_hostile_texts_are_valid() -> None:
    rows = tuple(hostile(text).entries[0] for text in HOSTILE[::5])
    assert len(services(Report(rows))) == len(HOSTILE[::5])
    assert VALIDATOR.validate_str(written(Report(rows, signatures=HOSTILE[0]))) is None


def test_the_validator_refuses_what_is_wrong() -> None:
    document = json.loads(written(SMALL))
    assert VALIDATOR.validate_str(json.dumps(document | {"serialNumber": "1"})) is not None
    assert VALIDATOR.validate_str(json.dumps(document | {"services": [{"bom-ref": "x"}]})) is not None


def test_a_service() -> None:
    service = services(SMALL)[0]
    assert service["provider"] == {"name": "OpenAI"} and service["x-trust-boundary"] is True
    assert service["endpoints"] == ["//chatgpt.com", "//oaiusercontent.com", "//chat.openai.com"]
    assert {"name": "shadowai:verdict", "value": "prohibited"} in service["properties"]


def test_rows_by_user_are_one_service_and_name_nobody() -> None:
    rows = tuple(replace(CHAT, actor=Actor(user, "pc17", "192.0.2.7"), usage=usage) for user, usage in
                 (("ann", Usage.CONNECTED), ("bob", Usage.BULK)))  # fmt: skip
    text = written(Report(rows, by="user"))
    assert len(json.loads(text)["services"]) == 1
    assert not any(who in text for who in ("ann", "bob", "pc17", "192.0.2.7"))
    assert {"name": "shadowai:usage", "value": "bulk"} in json.loads(text)["services"][0]["properties"]


def test_the_gravest_of_several_people_s_rows_is_the_service_s() -> None:
    calm = replace(CHAT, actor=Actor("ann"), verdict=Verdict.SANCTIONED, risk_level="low", confidence="unconfirmed")
    grave = replace(CHAT, actor=Actor("bob"), verdict=Verdict.PROHIBITED, risk_level="high", confidence="confirmed")
    for rows in ((calm, grave), (grave, calm)):
        (service,) = services(Report(rows, by="user"))
        told = {one["name"]: one["value"] for one in service["properties"]}
        assert (told["shadowai:verdict"], told["shadowai:risk_level"]) == ("prohibited", "high")
        assert told["shadowai:confidence"] == "confirmed"


def test_what_is_no_ai_is_left_out_and_what_is_inside_crosses_no_boundary() -> None:
    assert services(Report((replace(CHAT, verdict=Verdict.NOT_AI),))) == []
    assert "x-trust-boundary" not in services(Report((replace(CHAT, category="self-hosted"),)))[0]


def test_the_serial_number_is_the_content_s() -> None:
    serials = [json.loads(written(report))["serialNumber"] for report in (SMALL, SMALL, EMPTY)]
    assert serials[0] == serials[1] != serials[2]


def test_gaps_make_the_list_incomplete() -> None:
    assert [json.loads(written(report))["compositions"][0]["aggregate"] for report in (SMALL, EMPTY)] == [
        "incomplete",
        "unknown",
    ]
