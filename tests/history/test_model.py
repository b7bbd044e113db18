"""What the nouns say of themselves."""

from __future__ import annotations

from dataclasses import replace

from shadowai.history.model import Look
from shadowai.tenant import Completeness
from tests.history.making import scan


def test_a_look_s_place() -> None:
    look = Look("entra:t", "grants", frozenset(), Completeness.COMPLETE)
    assert look.place == "entra:t/grants" and replace(look, part="").place == "entra:t"


def test_a_memory_without_gaps_and_with_a_partial_look_is_not_complete() -> None:
    memory = scan()
    (look,) = memory.looks
    assert memory.complete
    assert not replace(memory, looks=(replace(look, completeness=Completeness.PARTIAL),)).complete
    assert not replace(memory, gaps=1).complete
