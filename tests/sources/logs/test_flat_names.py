"""The names that values of nested objects go by, and where a log's objects have them."""

from __future__ import annotations

import random
from typing import Any

import pytest

from shadowai.sources.logs.flat_names import PASSED, UNENTERED, Layout, flat_keys, flat_names, path_of
from shadowai.sources.logs.json_objects import flatten

OBJECT: dict[str, Any] = {
    "time": "t", "user": {"name": "jdoe", "id": 7}, "http": {"host": "h", "request": {"bytes": 5}}, "host": {"name": "sensor"},
    "agent.hostname": "sensor", "source_ip": {"value": "192.0.2.7"}, "a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": 1}}}}}}},
    "none": None, "list": [{"x": 1}],
}  # fmt: skip


def test_paths() -> None:
    assert path_of(("a",), "b.c") == ("a", "b", "c")
    assert path_of(("agent",), "hostname") == path_of((), "host.name") == ()
    assert path_of((), "host") == ("host",)
    assert path_of((), "x" * 300) == path_of((), ".".join("x" * 40)) == ()


def test_an_end_is_a_name_where_it_loses_nobody() -> None:
    found = dict(flat_names((("user", "name"), ("http", "host"), ("host",))))
    assert found["username"] == 0
    assert "name" not in found
    assert found["httphost"] == 1
    assert found["host"] == 2  # the shorter path


def test_keys_without_a_value_go_by_nothing() -> None:
    assert dict(flat_keys(("user", "host"), (0,))) == {"host": 1}


def test_what_is_learnt() -> None:
    layout = Layout()
    found = layout.learn(OBJECT)
    assert {"time", "username", "userid", "host", "httphost", "sourceip", "list"} <= found
    assert {leaf.path for leaf in layout.leaves if leaf.kind == PASSED} == {"host.name", "agent.hostname"}
    assert "none" not in {leaf.path for leaf in layout.leaves}
    assert layout.learn(OBJECT) == set()
    assert layout.learn({"user": {"mail": "m"}}) >= {"usermail"}


def test_objects_that_are_too_deep_are_not_gone_into() -> None:
    inner: dict[str, Any] = {"x": 1}
    for _ in range(9):
        inner = {"k": inner}
    layout = Layout()
    layout.learn(inner)
    assert layout.leaves == [("k.k.k.k.k.k.k.k", UNENTERED)]
    assert "k" in layout.learn({"k.k.k.k.k.k.k.k": "a value of its own"})


def test_paths_stand_in_the_order_of_their_objects() -> None:
    layout = Layout()
    layout.learn({"b": {"x": 1}, "d": {"x": 1}})
    layout.learn({"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1}, "d": {"x": 1}})
    assert layout.claims("x") == [["a.x", "b.x", "c.x", "d.x"]]
    layout.learn({"x": 1})
    assert layout.claims("x")[0] == ["x"]
    assert layout.claims("y") == []


def test_beside_the_time_of_log_analytics_paths_tell_nothing() -> None:
    layout = Layout()
    layout.learn({"URL_s": "x"})
    assert not layout.typed
    layout.learn({"TimeGenerated [UTC]": "x"})
    assert layout.typed


@pytest.mark.parametrize("seed", range(200))
def test_the_first_claim_that_is_there_is_the_value_of_a_name(seed: int) -> None:
    """As :func:`flatten` has it, for objects of any of the paths that were learnt."""
    chance = random.Random(seed)
    keys = ("user", "name", "host", "http", "src", "ip", "value", "data", "url", "a", "Name", "login.name", "benutzer")

    def one(depth: int) -> dict[str, Any]:
        return {
            key: one(depth + 1) if depth < 3 and chance.random() < 0.4 else chance.choice((f"v{chance.random()}", None, [], 5))
            for key in keys
            if chance.random() < 0.3
        }  # fmt: skip

    layout, objects = Layout(), [one(0) for _ in range(5)]
    for tokens in objects:
        layout.learn(tokens)
    for tokens in objects:
        places: dict[str, Any] = {}
        _put(tokens, "", places)
        for name, value in flatten(tokens).items():
            there = [[path for path in paths if path in places] for paths in layout.claims(name)]
            first = next(paths for paths in there if paths)
            found = min(first, key=list(places).index)
            assert str(places[found]) == str(value)


def _put(tokens: dict[str, Any], before: str, places: dict[str, Any]) -> None:
    for key, value in tokens.items():
        if isinstance(value, dict):
            _put(value, f"{before}{key}.", places)
        elif value not in (None, []):
            places.setdefault(f"{before}{key}", value)
