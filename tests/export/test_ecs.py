"""ECS: fields of the schema with its types and allowed values."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shadowai.export import ecs
from shadowai.model import Actor, Report, Verdict
from tests.export.reports import BY_USER, CHAT, HOSTILE, NUMBERS, SMALL, hostile

FIELDS = {
    "@timestamp": "date", "ecs.version": "keyword", "message": "text", "event.id": "keyword", "event.kind": "keyword",
    "event.category": "keyword[]", "event.type": "keyword[]", "event.action": "keyword", "event.module": "keyword",
    "event.dataset": "keyword", "event.provider": "keyword", "event.start": "date", "event.end": "date",
    "event.risk_score": "float", "event.reason": "keyword", "observer.vendor": "keyword", "observer.product": "keyword",
    "observer.version": "keyword", "rule.id": "keyword", "rule.name": "keyword", "rule.category": "keyword",
    "user.name": "keyword", "host.name": "keyword", "source.address": "keyword", "source.ip": "ip", "source.bytes": "long",
    "destination.domain": "keyword", "destination.bytes": "long", "related.hosts": "keyword[]", "related.user": "keyword[]",
    "related.ip": "ip[]",
}  # fmt: skip
"""The fields in use and their types, of the field reference of ECS 8.17 (https://www.elastic.co/guide/en/ecs/8.17/)."""
KINDS = {"alert", "asset", "enrichment", "event", "metric", "state", "pipeline_error", "signal"}
"""The allowed values of ``event.kind``."""
TYPES: dict[str, Callable[[Any], object]] = {
    "keyword": lambda value: isinstance(value, str),
    "text": lambda value: isinstance(value, str),
    "date": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value),
    "long": lambda value: isinstance(value, int),
    "float": lambda value: isinstance(value, int | float),
    "ip": lambda value: re.fullmatch(r"[0-9a-f:.]+", value),
}


def written(report: Report) -> list[dict[str, Any]]:
    stream = io.BytesIO()
    ecs.write(report, stream)
    return [json.loads(line) for line in stream.getvalue().decode("ascii").splitlines()]


def flat(document: dict[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in document.items():
        if isinstance(value, dict):
            found |= flat(value, f"{before}{name}.")
        else:
            found[before + name] = value
    return found


def check(document: dict[str, Any]) -> None:
    fields = {name: value for name, value in flat(document).items() if not name.startswith("shadowai.")}
    assert set(fields) <= set(FIELDS)
    assert {"@timestamp", "ecs.version", "event.id", "event.kind"} <= set(fields)
    assert fields["event.kind"] in KINDS
    for name, value in fields.items():
        kind = FIELDS[name].removesuffix("[]")
        assert all(TYPES[kind](part) for part in (value if FIELDS[name].endswith("[]") else [value])), name


@pytest.mark.parametrize("report", [SMALL, BY_USER], ids=["service", "user"])
def test_documents_have_the_schema_s_fields_and_types(report: Report) -> None:
    documents = written(report)
    assert len(documents) == len(report.entries)
    for document in documents:
        check(document)


@pytest.mark.parametrize("text", HOSTILE, ids=NUMBERS)
def test_hostile_texts_stay_values(text: str) -> None:
    documents = written(hostile(text))
    assert len(documents) == 2
    for document in documents:
        check(document)


def test_who_and_what() -> None:
    document = written(BY_USER)[0]
    assert document["user"] == {"name": "ann"} and document["source"]["ip"] == "192.0.2.7"
    assert document["related"] == {"hosts": list(CHAT.names), "user": ["ann"], "ip": ["192.0.2.7"]}
    assert document["source"]["bytes"] == 12_345_678
    assert document["shadowai"]["verdict"] == "prohibited"
    assert "threat" not in document


def test_a_masked_address_is_an_address_and_no_ip() -> None:
    document = written(Report((replace(CHAT, actor=Actor("ann", None, "192.0.2.x")),), by="user"))[0]
    assert document["source"]["address"] == "192.0.2.x" and "ip" not in document["source"]


def test_a_breach_is_an_alert_and_nothing_else_is() -> None:
    kinds = [written(Report((replace(CHAT, verdict=verdict),)))[0]["event"]["kind"] for verdict in Verdict]
    assert kinds.count("alert") == 2
