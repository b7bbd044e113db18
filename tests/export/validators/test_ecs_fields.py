"""ECS by Elastic's own field lists: those before and after the version that is written, which agree on what is used of them."""

from __future__ import annotations

import io
import ipaddress
import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from shadowai.export import ecs
from shadowai.model import Report
from tests.export.validators.install import module
from tests.export.validators.reports import REPORTS

LISTS = {"8.11": "ecs-before", "9.4": "@elastic/ecs"}
OWN = "shadowai"
"""The one field set that is ours: what is not in the list goes below a name of its own."""


@cache
def fields(version: str) -> dict[str, dict[str, Any]]:
    """A published list: of each field its type, whether it is a list, and its allowed values."""
    script = str(Path(__file__).with_name("fields.js"))
    made = subprocess.run(["node", script, str(module(LISTS[version]))], capture_output=True, check=True, timeout=60)
    found: dict[str, dict[str, Any]] = json.loads(made.stdout)
    return found


def _is_ip(value: object) -> bool:
    return isinstance(value, str) and bool(ipaddress.ip_address(value))


TYPES: dict[str, Callable[[Any], object]] = {
    "keyword": lambda value: isinstance(value, str),
    "match_only_text": lambda value: isinstance(value, str),
    "date": lambda value: datetime.fromisoformat(value),
    "long": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "float": lambda value: isinstance(value, int | float),
    "ip": _is_ip,
}


def written(report: Report) -> list[dict[str, Any]]:
    stream = io.BytesIO()
    ecs.write(report, stream)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def flat(document: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        if isinstance(value, dict):
            yield from flat(value, f"{before}{name}.")
        else:
            yield before + name, value


def wrong(document: dict[str, Any], version: str) -> Iterator[str]:
    """What the list does not allow in a document."""
    known = fields(version)
    for name, value in flat(document):
        if name.startswith(f"{OWN}."):
            continue
        if name not in known:
            yield f"{name}: no such field"
        elif isinstance(value, list) is not known[name]["list"]:
            yield f"{name}: a list or not"
        else:
            values = value if isinstance(value, list) else [value]
            allowed = known[name]["values"]
            if not all(TYPES[known[name]["type"]](one) and (not allowed or one in allowed) for one in values):
                yield f"{name}: {value!r:.80} is no {known[name]['type']} that is allowed"
    if not {"@timestamp", "ecs.version"} <= dict(flat(document)).keys():
        yield "what every document must have"
    expected = known["event.category"]["expected"]
    for category in document["event"]["category"]:
        if expected.get(category) and not set(document["event"]["type"]) & set(expected[category]):
            yield f"event.type: none that {category} expects"


@pytest.mark.parametrize("version", LISTS)
@pytest.mark.parametrize("name", REPORTS)
def test_documents_have_fields_of_the_list_with_its_types(name: str, version: str) -> None:
    documents = written(REPORTS[name])
    assert len(documents) == len(REPORTS[name].entries)
    assert [told for document in documents for told in wrong(document, version)] == []


@pytest.mark.parametrize("version", LISTS)
def test_no_field_of_ours_has_a_name_of_the_schema(version: str) -> None:
    assert len(fields(version)) > 1_000
    assert not any(name.split(".")[0] == OWN for name in fields(version))


def test_the_list_refuses_what_is_wrong() -> None:
    (document,) = written(REPORTS["user"])
    for change in (
        {"nonsense": {"x": 1}},
        {"source": {"ip": "192.0.2.x"}},
        {"source": {"bytes": "many"}},
        {"related": {"user": "ann"}},
        {"event": document["event"] | {"kind": "breach"}},
        {"event": document["event"] | {"type": ["creation"]}},
    ):
        try:
            told = list(wrong(document | change, "9.4"))
        except ValueError:
            told = ["no address"]
        assert told, change
