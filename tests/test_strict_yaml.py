"""Strict YAML: what is text stays text, and hostile documents end in an error with a line."""

from __future__ import annotations

import pytest

from shadowai.errors import SignatureError, UsageError
from shadowai.model import Origin
from shadowai.strict_yaml import line_of, load

HERE = Origin("a.yaml")


def test_only_text_and_whole_numbers() -> None:
    text = b"\xef\xbb\xbfa: NO\nb: 2026-11-21\nc: yes\nd: 7\ne: '7'\nf: [null, 1.5, 007, -1]\ng: {h: ~, i: }\n"
    assert load(text, HERE) == {
        "a": "NO", "b": "2026-11-21", "c": "yes", "d": 7, "e": "7", "f": ["null", "1.5", "007", -1],
        "g": {"h": "~", "i": ""},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (b"", 1, "empty"),
        (b"a: 1\nb: &x 1\nc: *x", 2, "anchor"),
        (b"a: 1\nb: *x", 2, "anchor"),
        (b"a:\n  b: 1\n  b: 2", 3, "twice"),
        (b"a: 1\nb: \xff", 2, "UTF-8"),
        (b"a: \x00", 1, "not YAML"),
        (b"a: 1\nb: [", 3, "not YAML"),
        (b"a: b: c", 1, "not YAML"),
        (b"--- 1\n--- 2", 2, "more than one"),
        (b"a: !!python/object:os.system x", 1, "tag"),
        (b"a: !!str x", 1, "tag"),
        (b"? [a]\n: 1", 1, "key"),
        (b"[" * 60_000, 1, "nested"),
        (b"{" * 60_000, 1, "nested"),
        (b"- " * 30_000, 1, "nested"),
        (b"? " * 30_000, 1, "nested"),
        (b'a: "\\ud800"', 1, "not YAML"),
    ],
)
def test_refused(text: bytes, line: int, message: str) -> None:
    with pytest.raises(SignatureError, match=message) as caught:
        load(text, HERE)
    assert caught.value.origin == Origin("a.yaml", line)
    assert caught.value.remedy


def test_a_billion_laughs_ends_at_the_first() -> None:
    text = b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (n + 1, n + 1, n, n) for n in range(97, 120))
    with pytest.raises(SignatureError, match="anchor"):
        load(text, HERE)


def test_the_error_is_the_caller_s() -> None:
    with pytest.raises(UsageError):
        load(b"[", HERE, error=UsageError)


def test_line_of_the_nearest_value() -> None:
    text = b"a: 1\nb:\n  - c: 1\n  -\n    d: 2\n"
    assert [line_of(text, path, HERE) for path in [("a",), ("b", 0), ("b", 1, "d"), ("b", 7), ("z",), ()]] == [
        1, 3, 5, 3, 1, 1,
    ]  # fmt: skip
    assert line_of(b"[", (), HERE) is None
