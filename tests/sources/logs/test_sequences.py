"""Sequences: the same answer as :mod:`re`, or none."""

from __future__ import annotations

import random
import re

import pytest

from shadowai.sources.logs import formats
from shadowai.sources.logs.description import Json
from shadowai.sources.logs.sequences import Sequence, alternatives, sequence

PATTERNS = sorted(
    {pattern for one in formats().values() if isinstance(one.family, Json) for _, pattern in one.family.requires}
    | {pattern for one in formats().values() for _, pattern in one.shapes}
    | {pattern for one in formats().values() for when in one.uncounted for _, pattern in when.all}
    | {r"^a+b", r"^-?\d+$", r"^[\w.-]+$", r"^C[0-9A-Za-z]{6,}$", r"^\d{2,4}:[a-f]*x$"}
)
REFUSED = (r"\d", r"^a|b", r"^(?:ab)?c", r"^a+a", r"^x*\w", r"^[^a]", r"^a?b?c", r"^\bword", r"^é", "(?i)^a", r"^.x")


def _matches(found: Sequence, text: str) -> bool:
    at = 0
    raw = text.encode()
    for members, least, most in found.elements:
        count = 0
        while at < len(raw) and count < most and raw[at] in members:
            at, count = at + 1, count + 1
        if count < least:
            return False
    return at == len(raw) or not found.whole


@pytest.mark.parametrize("pattern", PATTERNS)
def test_agrees_with_re(pattern: str) -> None:
    found = sequence(pattern)
    if found is None:
        return
    chance = random.Random(pattern)
    alphabet = [chr(byte) for one in found.elements for byte in one.members] or ["a"]
    for _ in range(300):
        text = "".join(
            chance.choice(alphabet if chance.random() < 0.9 else "aZ0 .-/:_{") for _ in range(chance.randrange(24))
        )
        assert _matches(found, text) == (re.search(pattern, text) is not None), text
    for _ in range(300):  # texts that fit, and such as just do not
        text = "".join(
            chr(chance.choice(one.members)) * chance.randint(one.least, min(one.most, one.least + 3))
            for one in found.elements
        )
        for shown in (text, text[:-1], text + "a", text + " "):
            assert _matches(found, shown) == (re.search(pattern, shown) is not None), shown


def test_most_of_what_formats_require_is_a_sequence() -> None:
    assert sum(sequence(pattern) is not None for pattern in PATTERNS) > 80


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_would_need_going_back_is_refused(pattern: str) -> None:
    assert sequence(pattern) is None


CHOICES = {
    r"^(?:a|bc|)$": ["", "a", "bc", "b", "abc"],
    r"^(?:[A-Z\d]+|true|http(?:_red|_long)?)$": [
        "AB1",
        "true",
        "http",
        "http_red",
        "http_long",
        "http_",
        "True",
        "xhttp",
        "",
    ],
    r"^x(?:1|2)y(?:z)?$": ["x1y", "x2yz", "xy", "x3y", "x1yzz"],
    r"^(?:a|(?:b|c)d)": ["a", "bd", "cde", "b", "c", "d"],
    r"^[(|?:)]$": ["(", "|", ")", "a"],
}


@pytest.mark.parametrize("pattern", CHOICES)
def test_alternatives_agree_with_re(pattern: str) -> None:
    found = alternatives(pattern)
    assert found
    for text in CHOICES[pattern]:
        assert any(_matches(one, text) for one in found) == (re.search(pattern, text) is not None), text


@pytest.mark.parametrize(
    "pattern",
    [r"^(?:a|b)+$", r"^(?:a|b){2}$", r"^(?:a|b)*?c", r"^(a|b)$", r"^a\|b$", r"^(?=a)b", r"^(?:" + "(?:a|b)" * 7 + ")$"],
)
def test_no_alternatives_where_it_is_not_sure(pattern: str) -> None:
    assert alternatives(pattern) == ()
