"""A line of the same shape that is of another format is none of this one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shadowai.sources.logs.acceptance import acceptance
from shadowai.sources.logs.description import Blank, Json, LogFormat
from shadowai.sources.logs.families import tokenizer
from shadowai.sources.logs.tokens import HEADER, Row

WORDS = LogFormat(
    name="words", title="Words", vendor="Example", kind="http_request", family=Blank(at_least=2), doc="", fields={}
)
OBJECTS = LogFormat(
    name="objects", title="Objects", vendor="Example", kind="http_request", doc="", fields={},
    family=Json(requires=(("event.kind", "^web$"), ("host|server", ""))),
)  # fmt: skip


def _accepted(description: LogFormat, *lines: str) -> list[Row]:
    accept = acceptance(description, tokenizer(description.family))
    return [accept(line) for line in lines]


def test_without_a_condition_what_can_be_cut_is_a_record() -> None:
    assert _accepted(WORDS, "a b", "a") == [["a", "b"], None]


def test_a_line_has_to_be_as_every_line_is_and_others_may_be_ignored() -> None:
    described = replace(WORDS, line="^GET ", ignored="^# ")
    assert _accepted(described, "GET /", "PUT /", "# a b", "GET") == [["GET", "/"], None, HEADER, None]


@pytest.mark.parametrize("times", [1, 3])  # the keys of the first object are remembered
def test_an_object_has_what_the_format_requires(times: int) -> None:
    good = '{"event":{"kind":"web"},"host":"chatgpt.com"}'
    lines = [
        good,
        good.replace("host", "server"),
        good.replace("web", "dns"),
        good.replace("host", "h"),
        "[1]",
        '{"event":"web","host":1}',
    ]
    assert [row is not None for row in _accepted(OBJECTS, *lines * times)] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ] * times


def test_of_objects_with_the_same_keys_each_is_looked_at() -> None:
    flat = replace(OBJECTS, family=Json(requires=(("kind", "^web$"),)))
    lines = [
        '{"kind":"web","a":1}',
        '{"kind":"dns","a":1}',
        '{"kind":null,"a":1}',
        '{"kind":{"of":"web"},"a":1}',
        '{"kind":"web","a":2}',
    ]
    assert [row is not None for row in _accepted(flat, *lines)] == [True, False, False, False, True]
