"""What people said of findings, by signature."""

from __future__ import annotations

from pathlib import Path

from shadowai.decisions.precision import precision
from shadowai.model import Verdict
from shadowai.signature_report import Precision
from tests.decisions.making import decided, written


def test_what_was_called_no_ai_was_wrong(tmp_path: Path) -> None:
    found = written(
        tmp_path / "log",
        decided("claude"),
        decided("claude", "ann", Verdict.NOT_AI),
        decided("claude", "bob", Verdict.PROHIBITED),
        decided("gemini", verdict=Verdict.NOT_AI),
        decided("mistral", verdict=Verdict.IN_REVIEW),
        decided("copilot", verdict=None),
        decided("cursor"),
        decided("cursor", verdict=Verdict.UNREVIEWED),
    )
    assert precision(found.standing.values()) == (Precision("claude", 2, 3), Precision("gemini", 0, 1))


def test_the_last_word_counts(tmp_path: Path) -> None:
    found = written(tmp_path / "log", decided(verdict=Verdict.NOT_AI), decided())
    assert precision(found.standing.values()) == (Precision("claude", 1, 1),)
