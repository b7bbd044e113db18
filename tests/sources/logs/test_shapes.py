"""Shapes of values: what has them, and what only nearly does."""

from __future__ import annotations

import pytest

from shadowai.sources.logs.shapes import SHAPES, Values


@pytest.mark.parametrize(
    ("shape", "yes", "no"),
    [
        (
            "host",
            ["chatgpt.com", "a.b.example:443", "*.example.org"],
            ["10.0.0.1", "index.html", "localhost", "a b.com", ""],
        ),
        ("url", ["https://chatgpt.com/c?x", "claude.ai/chat"], ["claude.ai", "/chat", "x"]),
        ("address", ["10.0.0.1", "2001:db8::1"], ["10.0.0", "chatgpt.com", "1"]),
        ("inside", ["10.0.0.1", "192.168.1.1", "fe80::1"], ["203.0.113.9", "x"]),
        ("user", ["jdoe@example.com", "CORP\\jdoe"], ["jdoe", "@example.com", "10.0.0.1"]),
        ("number", ["0", "123"], ["-1", "1.5", "١٢", "9" * 19, ""]),
        ("port", ["443"], ["0", "70000", "x"]),
        ("time", ["2026-01-05 09:00:00", "1770710400", "1770710400123"], ["12", "chatgpt.com", "2770710400"]),
        ("clock", ["09:00:00", "9:00 PM", "09:00:00.123"], ["09", "2026-01-05"]),
        ("method", ["GET", "CONNECT"], ["get", "GOT"]),
        ("action", ["allowed", "DENY", "Blocked by policy"[:7]], ["yes", "chatgpt.com"]),
        ("user_agent", ["Mozilla/5.0 (X11)", "curl/8.5.0"], ["Mozilla", "x/y"]),
    ],
)
def test_shapes(shape: str, yes: list[str], no: list[str]) -> None:
    assert [text for text in yes if not SHAPES[shape](text)] == []
    assert [text for text in no if SHAPES[shape](text)] == []


def test_values_that_say_nothing_are_left_out() -> None:
    values = Values(["-", "", " chatgpt.com ", "N/A", "claude.ai", "x"])
    assert values.texts == ["chatgpt.com", "claude.ai", "x"]
    assert values.share("host") == pytest.approx(2 / 3)
    assert values.example == "chatgpt.com"
    assert Values([]).share("host") == 0.0
