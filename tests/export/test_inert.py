"""Cells that nothing runs."""

from __future__ import annotations

import pytest

from shadowai.export.inert import cell, encodable, joined


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chatgpt.com", "chatgpt.com"),
        ("a-b=c@d+e", "a-b=c@d+e"),
        ("", ""),
        ("=1", "'=1"),
        ("-", "'-"),
        ("+49", "'+49"),
        ("@x", "'@x"),
        ("\u2212 1", "'\u2212 1"),
        ("\uff1d1", "'\uff1d1"),
        ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff201", "'\uff201"),
        ("  =1", "'  =1"),
        ('"=1', "'\"=1"),
        ("'=1", "''=1"),
        ("\t1", "'\\t1"),
        ("\r1", "'\\r1"),
        ("\t=1", "'\\t=1"),
        ("\x00=1", "'\\x00=1"),
        ("a;=1", "a;'=1"),
        ('a; "-1', "a;' \"-1"),
        ("a,=1", "a,=1"),
        ("a\nb", "a\\nb"),
        ("\x1b[1m", "\\x1b[1m"),
        ("\u202ex", "\\u202ex"),
        ("\udc80", "\\udc80"),
    ],
)
def test_cell(text: str, expected: str) -> None:
    assert cell(text) == expected


def test_a_joined_list_can_be_taken_apart() -> None:
    values = ("a; b", "=c", "d")
    assert joined(values) == "a\\x3b b; '=c; d"
    assert len(joined(values).split("; ")) == len(values)
    assert joined(()) == ""


def test_lone_surrogates_become_encodable() -> None:
    assert encodable("a\udc80b\U0001f600\ud83d") == "a\\udc80b\U0001f600\\ud83d"
