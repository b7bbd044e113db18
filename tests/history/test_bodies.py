"""Things and looks survive the database, whatever is in them."""

from __future__ import annotations

import json

import pytest

from shadowai.history import bodies
from shadowai.history.gather import item
from shadowai.history.model import KnownApp, Look, Shower, Thing, ThingKind
from shadowai.model import Verdict
from shadowai.tenant import Completeness, Person
from tests.history.making import app, entry, grant

THINGS: list[tuple[ThingKind, Thing]] = [
    ("service", item(entry("claude", usage=None, verdict=Verdict.PROHIBITED, scopes=("b", "a"))).thing),
    ("user", item(entry("claude", "ann\x00\ud800")).thing),
    ("app", KnownApp(app("a", reply_urls=("u",), enabled=False, created=5), ("x", "y"))),
    ("grant", grant("a", "p", granted=3, date_source="api")),
    ("person", Person("entra", "t", "p", "ann@example.com")),
]


@pytest.mark.parametrize(("kind", "thing"), THINGS)
def test_there_and_back(kind: ThingKind, thing: Thing) -> None:
    text = bodies.encode(thing)
    assert bodies.decode(kind, text) == thing
    assert text.isascii() and "\x00" not in text
    more = json.dumps(json.loads(text) | {"of_a_later_version": 1})
    assert bodies.decode(kind, more) == thing


def test_a_look_there_and_back() -> None:
    look = Look("s", "p", frozenset({"b", "a"}), Completeness.PARTIAL, False, (1, 2), "why", 3)
    assert bodies.decode_look(bodies.encode_look(look)) == look
    assert bodies.decode_options(bodies.encode_options({"a": "\x00"})) == {"a": "\x00"}


def test_names_of_a_row_by_user_make_no_new_version() -> None:
    one, two = (item(entry("claude", "ann", names=(name,))).thing for name in "ab")
    assert bodies.mark(one) == bodies.mark(two)
    one, two = (item(entry("claude", names=(name,))).thing for name in "ab")
    assert bodies.mark(one) != bodies.mark(two)


def test_keys_of_several_parts() -> None:
    assert bodies.key("a", "b") != bodies.key('a","b') and bodies.key("a") == "a"


def test_what_showed_a_thing_there_and_back() -> None:
    shown = frozenset({Shower("entra:t\x00\ud800", "grants/1"), Shower("entra:t", 'a"b')})
    text = bodies.encode_shown(shown)
    assert bodies.decode_shown(text) == shown and text.isascii()
    assert bodies.encode_shown(frozenset()) == "" and bodies.decode_shown("") == frozenset()
    look = Look("s", "p", frozenset(), Completeness.PARTIAL, done=("a",), wanting=(("b", "why"), ("c", "")))
    assert bodies.decode_look(bodies.encode_look(look)) == look
