"""Items survive their rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shadowai.sweep.items import decode, encode, key, kind, merged, other_key, person
from shadowai.tenant import Activity, App, Event, Grant, Item, Person, Removed

APP = App(
    "p", "t", "a", "A\u0130\x00\ud800", "extension", "o", reply_urls=("u", "v"), enabled=False, users=0, holds=("h",)
)
ITEMS: list[Item] = [
    APP,
    Grant("p", "t", "g", "a", "delegated", "u", ("s",), granted=0, date_source="api"),
    Person("p", "t", "u", "a@example.com", enabled=True),
    Event("p", "t", "e", "a", "granted", 5),
    Activity("p", "t", "a", None, 1, 2, 3),
    Removed("p", "t", "grant", "g"),
]


@pytest.mark.parametrize("item", ITEMS, ids=kind)
def test_there_and_back(item: Item) -> None:
    assert decode(kind(item), encode(item)) == item


def test_keys() -> None:
    assert [key(item) for item in ITEMS] == ["a", "g", "u", "e", '["a", null, 1, 2]', "grant/g"]
    assert [other_key(item) for item in ITEMS] == ["o", None, None, None, None, None]
    assert [person(item) for item in ITEMS] == [None, "u", None, None, None, None]
    assert person(Grant("p", "t", "g", "a", "delegated", "*")) is None


def test_merging_fills_in_and_adds_up() -> None:
    one = App("p", "t", "a", "A", reply_urls=("u",), users=3)
    other = App("p", "t", "a", "B", publisher="P", reply_urls=("v", "u"), users=9, in_house=True)
    assert merged([(one, False), (other, False)]) == replace(one, publisher="P", reply_urls=("u", "v"), in_house=True)


def test_what_is_old_does_not_come_back() -> None:
    now = Grant("p", "t", "g", "a", "delegated", scopes=("x",))
    old = Grant("p", "t", "g", "a", "delegated", scopes=("x", "y"), granted=7)
    assert merged([(now, False), (old, True)]) == replace(now, granted=7)
    bare = App("p", "t", "a", "A")
    assert merged([(bare, False), (replace(bare, reply_urls=("u",), in_house=True), True)]) == replace(
        bare, reply_urls=("u",)
    )


def test_the_list_of_users_says_who_a_person_is_before_a_log_does() -> None:
    log, listed = (
        Person("google", "t", "1", "old@example.com"),
        Person("google", "t", "1", "new@example.com", enabled=True),
    )
    assert merged([(log, False), (listed, False)]).address == "new@example.com"
    assert merged([(log, False), (listed, True)]).address == "old@example.com"
