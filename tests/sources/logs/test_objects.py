"""JSON lines read at once are what each is by itself, or not sure."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shadowai.sources.logs import formats
from shadowai.sources.logs.description import Json
from shadowai.sources.logs.objects import objects_of
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.timestamps import Clock

FAMILY = Json(requires=(("uid", r"^C[0-9A-Za-z]{6,}$"), ("ts|@timestamp", r"^\d"), ("size", "")))
GOOD: dict[str, Any] = {"uid": "Cabcdef1", "ts": 1767600000.5, "size": 7}


def _read(*rows: dict[str, Any] | str) -> list[dict[str, Any]] | None:
    return objects_of(FAMILY)([row if isinstance(row, str) else json.dumps(row) for row in rows])


def test_objects_of_the_format_are_read() -> None:
    other = {"uid": "Cabcdef2", "ts": 3, "size": "", "more": {"a": [1]}}
    assert _read(GOOD, other) == [GOOD, other]


@pytest.mark.parametrize(
    "row",
    [
        "", "[]", "7", '{"uid":', '{"uid":"Cabcdef1"} {}', "not JSON", '[{"uid":"Cabcdef1","ts":1,"size":1}]',
        {**GOOD, "uid": "x"}, {**GOOD, "uid": 5}, {**GOOD, "uid": None}, {**GOOD, "ts": "yesterday"}, {**GOOD, "ts": -1.5},
        {**GOOD, "ts": -0.0}, {**GOOD, "ts": True}, {**GOOD, "size": None}, {**GOOD, "size": [1]}, {"uid": "Cabcdef1", "ts": 1},
    ],
)  # fmt: skip
def test_one_line_of_another_kind_makes_it_unsure(row: dict[str, Any] | str) -> None:
    assert _read(GOOD, row) is None


def test_the_other_spelling_counts_where_nobody_has_the_first() -> None:
    rows: list[dict[str, Any]] = [
        {"uid": "Cabcdef1", "@timestamp": "2026", "size": 1},
        {"uid": "Cabcdef2", "ts": None, "@timestamp": "2026", "size": 1},
    ]
    assert _read(*rows) == rows
    assert _read(GOOD, rows[0]) is None, "both spellings in one file are looked at line by line"
    assert _read({**rows[0], "@timestamp": "x"}) is None


def test_what_is_accepted_at_once_is_accepted_alone() -> None:
    fmt = formats()["zeek_http_json"]
    assert isinstance(fmt.family, Json)
    read, reader = objects_of(fmt.family), FormatReader(fmt, Clock())
    values: list[Any] = ["Cabcdef1", "1", "", "-", 0, 1, -1, 1.5, -0.0, True, None, [], {}, "nan", 10**30]
    base = {"uid": "Cabcdef1", "ts": 1.5, "trans_depth": 1, "request_body_len": 0, "host": "chatgpt.com"}
    seen = set()
    for key in base:
        for value in values:
            line = json.dumps({**base, key: value})
            found = read([line])
            seen.add(found is None)
            assert found is None or found == [reader.accept(line)]
    assert seen == {True, False}
