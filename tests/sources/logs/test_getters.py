"""Texts and conditions by a description, under the columns that a file has."""

from __future__ import annotations

import re

import pytest

from shadowai.sources.logs import formats
from shadowai.sources.logs.description import Json, LogFormat, Part, When
from shadowai.sources.logs.families import tokenizer
from shadowai.sources.logs.getters import Getters, never, searcher
from shadowai.sources.logs.tokens import nothing
from tests.formats import expected

OBJECTS = Getters(tokenizer(Json()))
RECORD = {"host": "chatgpt.com", "action": "Blocked", "url": "https://chatgpt.com/c/%41?q", "list": ["a"]}


def test_a_text_as_it_stands_and_a_piece_of_it() -> None:
    assert OBJECTS.getter("host")(RECORD) == "chatgpt.com"
    assert OBJECTS.getter(Part("url", r"//([^/]+)/"))(RECORD) == "chatgpt.com"
    assert OBJECTS.getter(Part("url", r"/([a-z]+)/%", into="/{}/x"))(RECORD) == "/c/x"
    assert OBJECTS.getter(Part("url", r"ftp://(.*)"))(RECORD) is None


def test_a_piece_that_is_taken_only_where_another_text_says_so() -> None:
    blocked, allowed = (Part("host", r"^([a-z]+)", only=(("action", word),)) for word in ("^Blocked$", "^Allowed$"))
    assert OBJECTS.getter(blocked)(RECORD) == "chatgpt"
    assert OBJECTS.getter(allowed)(RECORD) is None


def test_percent_encoding_is_undone_where_that_is_asked_for() -> None:
    (encoded,), (decoded,) = OBJECTS.getters(["url"], decoded=False), OBJECTS.getters(["url"], decoded=True)
    assert (encoded(RECORD), decoded(RECORD)) == ("https://chatgpt.com/c/%41?q", "https://chatgpt.com/c/A?q")


def test_many_records_at_once_give_what_each_gives() -> None:
    rows = [RECORD, {"host": "claude.ai", "url": "claude.ai/new"}, {}]
    for take in ("host", Part("url", r"^(?:https://)?([^/]+)")):
        getter = OBJECTS.getter(take)
        assert OBJECTS.column(take, decoded=False)(rows) == [getter(row) for row in rows]


def test_all_conditions_have_to_hold() -> None:
    holds = OBJECTS.condition(When((("host", "chatgpt"), ("action", "^Blocked$"))))
    assert holds(RECORD) and not holds(RECORD | {"action": "Allowed"}) and not holds({"host": "chatgpt.com"})


def test_what_a_table_does_not_have_gives_nothing_and_holds_never() -> None:
    table = Getters(tokenizer(formats()["zscaler_nss_web_csv"].family))
    assert table.getter("no such column") is nothing
    assert table.condition(When((("no such column", "x"),))) is never
    assert table.condition(When((("no such column", "^$|x"),))) is not never


def _patterns_of(described: LogFormat) -> set[str]:
    takes = [take for takes in (*described.fields.values(), *described.session_takes) for take in takes]
    parts = [take for take in takes if isinstance(take, Part)]
    conditions = (*described.blocked, *described.allowed, *described.uncounted, *(when for when, _ in described.kinds))
    held = [
        *(pattern for when in conditions for _, pattern in when.all),
        *(one for part in parts for _, one in part.only),
    ]
    return {*(part.pattern for part in parts), *held}


@pytest.mark.parametrize("name", sorted(formats()))
def test_what_is_looked_for_near_its_own_text_is_found_where_python_finds_it(name: str) -> None:
    lines = [
        line for sample in expected.samples(name) for line in sample.read_text("utf-8", "replace").splitlines()[:40]
    ]
    texts = [*lines, *(line[at:] for line in lines for at in (7, 31)), *("  ".join((line, line)) for line in lines[:5])]
    for pattern in _patterns_of(formats()[name]):
        search = searcher(pattern)
        for text in texts:
            found, wanted = search(text), re.search(pattern, text)
            assert (found and found.regs) == (wanted and wanted.regs), (pattern, text)
