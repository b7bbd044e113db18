"""What a pattern needs is never missing where it matches."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai import cache_folder
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


def test_what_is_needed_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    patterns = ["abc[0-9]", "x{2}|y", r"\d", "abc[0-9]"]
    found = literals.needs_of(patterns, tmp_path)
    assert {pattern: set(texts) for pattern, texts in found.items()} == {p: set(literals.needs(p)) for p in patterns}
    asked: list[str] = []

    def counted(pattern: str) -> frozenset[str]:
        asked.append(pattern)
        return frozenset()

    monkeypatch.setattr(literals, "needs", counted)
    assert literals.needs_of(patterns, tmp_path) == found
    assert not asked
    literals.needs_of([*patterns, "more"], tmp_path)
    assert set(asked) == {*patterns, "more"}


def test_what_json_cannot_write_is_not_kept(tmp_path: Path) -> None:
    assert literals.needs_of(["\ud800z"], tmp_path) == {"\ud800z": ["\ud800z"]}
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kept", ["{", "{}", "[]", '[["abc"], 1]', '[["abc"], ["def", 1]]', '[["abc"], [""]]'])
def test_what_was_kept_and_is_none_is_found_out_anew(kept: str, tmp_path: Path) -> None:
    patterns = ["abc[0-9]", "def"]
    literals.needs_of(patterns, tmp_path)
    (place,) = tmp_path.iterdir()
    cache_folder.write(place, kept.encode(), keep=4)
    found = literals.needs_of(patterns, tmp_path)
    assert found == {"abc[0-9]": ["abc"], "def": ["def"]}
    place.write_bytes(b"damaged")
    assert literals.needs_of(patterns, tmp_path) == found


def test_where_nothing_can_be_kept_it_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert literals.needs_of(["abc"], tmp_path / "file") == {"abc": ["abc"]}


def test_a_pattern_is_compiled_where_what_it_needs_is_there() -> None:
    search = literals.searcher("abc(", {"abc"})  # broken, and nobody has seen it yet
    assert search("ab") is None
    with pytest.raises(re.error):
        search("abc")
