"""What a pattern needs is never missing where it matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.sources.logs import formats, literals
from shadowai.sources.syslog import layers
from tests.formats import expected


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("CEF:0", {"CEF:0"}),
        (r"^(?=.*?\blog_type=\")(?=.*?\blog_component=\")", {'log_component="'}),
        ("a(?:bcd|efg)h", {"bcd", "efg"}),
        ("abc|bc|d", {"bc", "d"}),
        ("(?:abc)?de", {"de"}),
        ("(?:abc){2}", {"abc"}),
        ("(?>abc)", {"abc"}),
        ("(?!abc)", set()),
        ("(?<!abc)d", {"d"}),
        ("(?i)abc", set()),
        ("(?i:abc)d", {"d"}),
        ("a|", set()),
        (r"\d+", set()),
        ("", set()),
        ("[ab]c", {"c"}),
    ],
)
def test_what_is_needed(pattern: str, needed: set[str]) -> None:
    assert literals.needs(pattern) == needed


@given(
    st.recursive(
        st.sampled_from(["a", "b", "ab", "[ab]", ".", r"\b", "(?=a)", "(?<=b)", "(?!ab)", "^", "$"]),
        lambda inner: st.one_of(
            st.tuples(inner, inner).map("".join),
            st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
            inner.map(lambda one: f"(?:{one})?"),
            inner.map(lambda one: f"(?:{one}){{1,3}}"),
            inner.map(lambda one: f"(?i:{one})"),
            inner.map(lambda one: f"(?={one})"),
        ),
        max_leaves=6,
    ),
    st.text("abAB", max_size=8),
)
def test_it_finds_what_the_pattern_finds(pattern: str, text: str) -> None:
    found, real = literals.searcher(pattern)(text), re.search(pattern, text)
    assert (found and found.span()) == (real and real.span())


def test_lines_of_every_sample_are_found_as_before() -> None:
    patterns = {one.line for one in formats().values() if one.line}
    pairs = [(literals.searcher(pattern), re.compile(pattern).search) for pattern in patterns]
    assert sum(bool(literals.needs(pattern)) for pattern in patterns) > len(patterns) * 2 / 3
    matched = 0
    for name in formats():
        for sample in expected.samples(name):
            for line in sample.read_bytes().decode("utf-8", "replace").split("\n")[:6]:
                for payload in layers(line[:4000]):
                    for quick, slow in pairs:
                        found = slow(payload.text)
                        matched += found is not None
                        assert (found is None) is (quick(payload.text) is None)
    assert matched > 500


def test_without_the_parser_the_pattern_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(literals, "import_module", nothing)
    assert not literals.needs("abc")
    assert literals.searcher("abc")("xabcx") is not None
