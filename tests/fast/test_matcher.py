"""The compiled matcher finds what ``re.search`` finds, where it finds it."""

from __future__ import annotations

import contextlib
import re
from importlib import import_module

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from shadowai import fast
from shadowai.sources.logs import formats
from shadowai.sources.logs.description import Pattern
from shadowai.sources.logs.programs import Program, program
from shadowai.sources.syslog import layers
from tests.formats import expected

GROUPS = {name: place for place, name in enumerate("abc")}
PIECES = (
    *("a", "b", "ab", "ba", ".", r"\d", r"\w", r"\s", r"\S", "[ab]", "[^a]", "^", "$", r"\b", " ", "1"),
    *(
        "(?=(?P<c>a))",
        "(?=a)",
        "(?!a)",
        "(?<=b)",
        "(?<!ab)",
        "(?=.*b)",
        "a*",
        "a+?",
        "a?",
        "[ab]{1,2}",
        "b{2}?",
        "[ab]*+",
        ".*",
        ".+?",
    ),
)


def _wrapped(inner: str) -> st.SearchStrategy[str]:
    return st.sampled_from(
        [
            f"(?:{inner})",
            f"(?:{inner})?",
            f"(?:{inner})*",
            f"(?:{inner})+?",
            f"(?:{inner}){{0,2}}",
            f"(?>{inner})",
            f"(?i:{inner})",
        ]
    )


PATTERNS = st.recursive(
    st.sampled_from(PIECES),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda ways: f"(?:{'|'.join(ways)})"),
        inner.flatmap(_wrapped),
    ),
    max_leaves=8,
)


def search(made: Program, text: str) -> dict[int, tuple[int, int]] | None:
    found: dict[int, tuple[int, int]] | None = (
        import_module(fast.lines_module() or "").Matcher(made).search(text.encode())
    )
    return found


def spans(pattern: str, text: str, groups: dict[str, int]) -> dict[int, tuple[int, int]] | None:
    found = re.search(pattern, text)
    if found is None:
        return None
    named = {place: found.span(name) for name, place in groups.items() if name in found.re.groupindex}
    return {place: span for place, span in named.items() if span != (-1, -1)}


@settings(max_examples=300, deadline=None)
@given(PATTERNS, PATTERNS, PATTERNS, st.text("abB1 .", max_size=12))
@example("a", "b", "ab", "xab")
@example("(?:(?:.*.*.*.*))", "a", "a", "11111111")
def test_what_follows_may_depend_on_whether_a_group_was_met(first: str, then: str, otherwise: str, text: str) -> None:
    assume("(?P<c>" not in first + then + otherwise)
    pattern = f"(?P<a>{first})?(?(a)(?P<b>{then})|{otherwise})"
    made = program(pattern, GROUPS)
    if made is None or fast.lines_module() is None:
        return
    with contextlib.suppress(RecursionError):  # it gives up, and the reference reads the line
        assert search(made, text) == spans(pattern, text, GROUPS)


@settings(max_examples=400, deadline=None)
@given(PATTERNS, PATTERNS, PATTERNS, st.text("abB1 .", max_size=12))
@example("a", ".*", "b", "xaab")
@example("", "(?:ab|a)(?:c|bcd)*", "", "abcd")
def test_it_finds_what_python_finds(first: str, second: str, third: str, text: str) -> None:
    pattern = f"(?P<a>{first})(?P<b>{second}){third}"
    assume(pattern.count("(?P<c>") < 2)
    made = program(pattern, GROUPS)
    if made is None or fast.lines_module() is None:
        return
    with contextlib.suppress(RecursionError):
        assert search(made, text) == spans(pattern, text, GROUPS)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(?P<a>\d+)-(?P<b>\w*?)x$", "12-abxx"),
        (r"^(?P<a>.{0,5}?)(?P<b>b+)", "aaabbb"),
        (r"^(?P<a>.{0,2}?)(?P<b>b+)", "aaabbb"),
        (r"(?P<a>a)|(?P<b>b)", "b"),
        (r"(?:(?P<a>a)|(?P<b>b))*", "abab"),
        (r"(?P<a>[^\s]+) (?:x (?P<b>y) )?z", "q z"),
        (r"\bab\b", "cab ab"),
        (r'"(?P<a>(?:[^"\\]|\\.)*+)"', r'x"a\"b"y'),
        (r"(?<=a)(?P<a>b)(?!c)", "abcab"),
        (r"(?=(?P<a>.))(?:a|b)(?P<b>b)", "aabb"),
        (r"x(?=(?:.*?a=(?P<a>\w+))?)(?=(?:.*?b=(?P<b>\w+))?)", "x b=1 a=2"),
        (r"(?:(?=(?P<a>a))ab|aa)", "aa"),
        (r"(?>(?P<a>a+))b", "aab"),
        (r"(?:(?P<a>a+)+)++b", "aaab"),
        (r"", ""),
        (r"$", "ab"),
        (r"(?P<a>\s)", "\x1c"),
        (r"(?P<a>.)", "\x00\x7f"),
        (r"(?i)\baction=(?P<a>deny|drop)\b", "x ACTION=Drop "),
        (r"D(?i:en(?P<a>y))", "DENY"),
        (r"D(?i:en(?P<a>y))", "dENY"),
        (r"(?i)(?P<a>[^a-c]+)[K-M]", "ABCDEk"),
        (r"(?i:a(?-i:b))", "AB Ab"),
        (r"(?i)(?P<a>[\[-`])", "a^"),
    ],
)
def test_patterns_as_they_are_written(pattern: str, text: str) -> None:
    made = program(pattern, GROUPS)
    assert made is not None
    if fast.lines_module() is not None:
        assert search(made, text) == spans(pattern, text, GROUPS)


@pytest.mark.parametrize("pattern", [r"(?:a|aa)+$", r"(?:a*b?)a*c", r"(?:[ab]+[ab]+)+c", "(?:(?:a|b)+)+c"])
def test_a_way_too_long_is_given_up(pattern: str) -> None:
    made = program(pattern, {})
    if made is None or fast.lines_module() is None:
        return
    with contextlib.suppress(RecursionError):
        assert search(made, "a" * 3000 + "!") is None


@pytest.mark.parametrize(
    "steps",
    [[], [(1, 0, 0, 0)], [(3, 0, 9, 0), (0, 0, 0, 0)], [(2, 0, 5, 0), (0, 0, 0, 0)], [(99, 0, 0, 0)], [(5, 999, 0, 0)]],
)
def test_programs_that_lead_nowhere_are_refused(steps: list[tuple[int, int, int, int]]) -> None:
    if fast.lines_module() is not None:
        with pytest.raises(ValueError, match="a program"):
            search(Program(steps=steps), "")


def _names() -> list[str]:
    return [name for name, one in formats().items() if isinstance(one.family, Pattern)]


@pytest.mark.parametrize("name", _names())
def test_lines_of_samples_and_their_changes(name: str) -> None:
    family = formats()[name].family
    assert isinstance(family, Pattern)
    if fast.lines_module() is None:
        return
    lines = [
        payload.text
        for sample in expected.samples(name)
        for line in sample.read_bytes().decode("ascii", "ignore").split("\n")[:25]
        for payload in layers(line.rstrip("\r")[:3000])
    ]
    texts = {
        text
        for line in lines
        for text in (line, line[: len(line) // 2], line[3:], line.replace(" ", "  "), line + " x=y")
    }
    given_up = 0
    for pattern in (*family.patterns, formats()[name].line):
        groups = {group: place for place, group in enumerate(re.compile(pattern).groupindex)}
        made = program(pattern, groups)
        if made is None:
            continue
        for text in texts:
            try:
                assert search(made, text) == spans(pattern, text, groups), (pattern, text)
            except RecursionError:
                given_up += 1
    assert given_up <= len(texts) / 10
