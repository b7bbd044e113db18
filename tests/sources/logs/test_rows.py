"""Elements of lists within an object are records of their own, with what stands around them and never more than that."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shadowai.sources.logs.description import CsvHeader, Json, LogFormat
from shadowai.sources.logs.rows import AROUND, rows


def _rows(found: object, *paths: str) -> list[Any]:
    return [json.loads(text) for text in rows(json.dumps(found), paths)]


def test_an_element_takes_the_place_of_its_list() -> None:
    assert _rows({"host": "pc", "snapshot": [{"a": 1}, {"a": 2}], "time": 5}, "snapshot") == [
        {"host": "pc", "time": 5, "snapshot": {"a": 1}},
        {"host": "pc", "time": 5, "snapshot": {"a": 2}},
    ]


def test_a_list_within_an_object_and_one_within_a_list_are_found() -> None:
    assert _rows({"diff": {"added": [{"a": 1}], "removed": []}}, "diff.added") == [
        {"diff": {"removed": [], "added": {"a": 1}}}
    ]
    inner = {"scopes": [{"scope": "s", "spans": [{"n": 1}, {"n": 2}]}, {"spans": [{"n": 3}]}]}
    assert [one["scopes"]["spans"]["n"] for one in _rows(inner, "scopes.spans")] == [1, 2, 3]


def test_attributes_become_objects() -> None:
    attributes = [{"key": "a.b", "value": {"stringValue": "v"}}, {"key": "n", "value": {"intValue": "4"}}]
    found = {"resource": {"attributes": attributes}, "spans": [{"attributes": attributes, "name": "x"}]}
    assert _rows(found, "spans") == [
        {
            "resource": {"attributes": {"a.b": "v", "n": "4"}},
            "spans": {"attributes": {"a.b": "v", "n": "4"}, "name": "x"},
        }
    ]


@pytest.mark.parametrize(
    "line", ["", "no object", "{", '{"a": 1}', '{"snapshot": []}', '{"snapshot": "x"}', '{"snapshot": ["x", 1]}']
)
def test_a_line_without_such_elements_stays(line: str) -> None:
    assert rows(line, ["snapshot"]) == [line]


def test_what_is_wrapped_is_unwrapped() -> None:
    inner = json.dumps({"host": "pc", "snapshot": [{"a": 1}]})
    expected = ['{"host":"pc","snapshot":{"a":1}}']
    assert rows(f"<14>Feb 10 08:00:01 pc osqueryd: {inner}", ["snapshot"]) == expected
    assert rows(json.dumps({"message": inner}), ["snapshot"]) == expected


def test_what_stands_around_is_no_more_than_is_short() -> None:
    (one,) = _rows({"short": "s", "long": "x" * AROUND, "snapshot": [{"a": 1}]}, "snapshot")
    assert one == {"short": "s", "snapshot": {"a": 1}}


def test_many_elements_cannot_multiply_what_stands_around_them() -> None:
    texts = rows(json.dumps({"around": "x" * 4000, "snapshot": [{}] * 40_000}), ["snapshot"])
    assert len(texts) == 40_000
    assert sum(map(len, texts)) < 1 << 27


def test_only_json_has_rows() -> None:
    broken = LogFormat(
        name="x", title="x", vendor="", doc="", kind="connection", family=CsvHeader(), fields={}, rows=("a",)
    )
    with pytest.raises(ValueError, match="only JSON"):
        broken.check()
    LogFormat(name="x", title="x", vendor="", doc="", kind="connection", family=Json(), fields={}, rows=("a",)).check()
