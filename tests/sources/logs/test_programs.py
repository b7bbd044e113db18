"""Patterns as steps: which have some, and what they are."""

from __future__ import annotations

import pytest

from shadowai.sources.logs import formats, programs
from shadowai.sources.logs.description import Pattern
from shadowai.sources.logs.programs import STEPS, program

GROUPS = {"a": 0, "b": 1}


def test_steps_of_a_pattern() -> None:
    made = program(r"^ab(?P<b>\d+?)(?:c|[d-f])$", GROUPS)
    assert made is not None
    assert made.anchored
    assert [STEPS[kind] for kind, *_ in made.steps] == ["BEGIN", "TEXT", "SAVE", "LAZY", "SAVE", "SET", "END", "MATCH"]
    assert made.text == b"ab"
    assert {step[1] for step in made.steps if STEPS[step[0]] == "SAVE"} == {2, 3}


def test_groups_that_nobody_asks_for_are_not_remembered() -> None:
    made = program("(?P<x>a)(?P<a>b)(c)", GROUPS)
    assert made is not None
    assert [step[1] for step in made.steps if STEPS[step[0]] == "SAVE"] == [0, 1]


def test_without_the_parser_python_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(programs, "import_module", nothing)
    assert program("abc", GROUPS) is None


def test_a_pattern_of_many_steps_is_refused() -> None:
    assert program("(?:ab){200}", GROUPS) is not None
    assert program("(?:(?:a[bc]){200}d){200}", GROUPS) is None
    assert program("".join(f"[a{chr(33 + n)}][^a{chr(33 + n)}]" for n in range(90)), GROUPS) is None


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?P<a>a)\1",
        "(?:a?)*",
        "(?:a?){2,3}",
        "(?!(?P<a>a))",
        "(?s).",
        "(b)?(?(1)b|c)",
        "(?:ab){999}",
        "(?m)^a",
        r"\B",
    ],
)
def test_patterns_that_have_no_steps(pattern: str) -> None:
    assert program(pattern, GROUPS) is None


def test_most_formats_have_steps() -> None:
    made = [
        all(program(pattern, {}) is not None for pattern in family.patterns)
        for name in [name for name, one in formats().items() if isinstance(one.family, Pattern)]
        if isinstance(family := formats()[name].family, Pattern)
    ]
    assert sum(made) > len(made) * 3 / 4


@pytest.mark.parametrize(
    ("pattern", "text", "before"),
    [
        (r'(?<![\w-])src="([^"]+)"', 'src="', 0),
        (r"(?:^|[;\s])dst: +(\S+)", "dst:", 1),
        (r"(a+)\1 then", " then", -1),
        (r"^.*user '(.*?)'", "user '", -1),
        (r"(?i)src=(\d+)", "", -1),
        (r"abcd|efgh", "", -1),
        (r"\d{1,3}\.\d{1,3} to (\w+)", " to ", 7),
    ],
)
def test_the_text_that_every_match_holds(pattern: str, text: str, before: int) -> None:
    assert programs.needed(pattern) == (text, before)
