"""Objects are read by paths and under flat names, broken ones as far as they are whole."""

from __future__ import annotations

import json

import pytest

from shadowai.sources.logs.description import (
    Json,
)
from shadowai.sources.logs.json_objects import flatten, parse_object, path_getter
from tests.sources.logs.test_families import values


def test_json_paths() -> None:
    line = json.dumps(
        {
            "a": {"b": {"c": 1}},
            "d.e": True,
            "l": [{"x": "y"}, 2],
            "s": '{"in": {"k": "v"}}',
            "n": None,
            "f": 1.5,
            "m": {"g.h": "i"},
        }
    )
    keys = ("a.b.c", "d.e", "l.0.x", "l.1", "l.7.x", "s.in.k", "n", "f", "m.g.h", "no|a.b.c", "a.b.c.d", "l")
    assert values(Json(), line, *keys) == ["1", "true", "y", "2", None, "v", None, "1.5", "i", "1", None, "2"]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "plain",
        "[1]",
        '"a"',
        "{",
        "}",
        '{"a":',
        "{" * 5000,
        '{"a":' * 5000,
        "[" * 9000 + "{}",
        "{} {",
        '{"a": 1} {"b": 2}',
        '{"a":1}{"b":2}',
    ],
)
def test_what_is_no_object_is_none(line: str) -> None:
    assert parse_object(line) in (None, {})


def test_objects_that_exporters_break_are_read() -> None:
    assert parse_object('{"a": 1},') == {"a": 1}
    assert parse_object('<134>Jun 3 10:00:00 h app: {"a": 1}') == {"a": 1}
    assert parse_object('{"a": "x\ty"}') == {"a": "x\ty"}
    assert parse_object('{"a": NaN} # end') is not None


def test_half_a_character_cannot_get_out() -> None:
    """An escaped lone surrogate is no text: nothing could print it."""
    found = parse_object('{"host": "a\\ud800b.example", "l": [{"\\udfff": "\\ud83d\\ude00"}]}')
    assert json.dumps(found, ensure_ascii=False).encode("utf-8")


def test_flat_keys_do_not_lose_whose_they_are() -> None:
    found = flatten(
        {
            "user": {"name": "jdoe"},
            "url": {"domain": "chatgpt.com"},
            "agent": {"hostname": "collector"},
            "source.ip": "10.0.0.1",
            "name": "x",
        }
    )
    assert found["username"] == "jdoe" and found["name"] == "x"
    assert found["domain"] == found["urldomain"] == "chatgpt.com"
    assert found["sourceip"] == "10.0.0.1" and "ip" not in found
    assert "hostname" not in found and "agenthostname" not in found
    found = flatten({"event": {"actor": {"email": "jdoe@example.com"}, "approver": {"email": "boss@example.com"}}})
    assert found["actoremail"] == "jdoe@example.com" and "email" not in found


def test_keys_of_many_steps_are_left_out() -> None:
    """Each end of a path is a name: the time for one grows with the square of its length."""
    found = flatten(
        {
            "a." * 31 + "host": "x.example",
            "b." * 32 + "host": "y.example",
            "c." * 100_000: "z",
            "d" * 257: "w",
            "e": "v",
        }
    )
    assert found["host"] == "x.example" and found["e"] == "v"
    assert "z" not in found.values() and "w" not in found.values() and "y.example" not in found.values()


def test_paths_of_a_megabyte_or_a_thousand_steps() -> None:
    assert path_getter(".".join("a" * 1000))({"a": {"a": 1}}) is None
    assert path_getter("a.b")({"a": "{" * (1 << 20)}) is None


def test_a_name_in_a_list_of_names_and_values() -> None:
    headers = [
        {"name": "Host", "value": "a.example"},
        5,
        {"Name": "x-y", "Value": 7},
        {"name": "host", "value": "b.example"},
        {"value": 1},
    ]
    for path, value in {
        "h.host": "a.example",
        "h.X-Y": "7",
        "h.none": None,
        "h.cookie": None,
        "h.1": "5",
        "h.9": None,
    }.items():
        assert path_getter(path)({"h": headers}) == value
