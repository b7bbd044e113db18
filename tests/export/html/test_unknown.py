from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from shadowai.candidates import WEIGHTS
from shadowai.export.html.unknown import because, unknown
from shadowai.model import Candidate

ONE = Candidate("llm.example.org", ("api_path:openai", "name"), score=4, level="unconfirmed", users=2, bytes_up=10)


def test_what_is_new_comes_first_then_people_then_bytes() -> None:
    ranked = (
        replace(ONE, name="new", new=True, users=1),
        replace(ONE, name="many", new=False, users=9),
        replace(ONE, name="much", new=None, bytes_up=99),
        replace(ONE, name="some", new=False),
        replace(ONE, name="unsized", bytes_up=None, score=9),
        replace(ONE, name="unsized too", bytes_up=None),
    )
    for several in list(permutations(ranked))[::37]:
        assert unknown(several).listed == ranked


def test_a_name_alone_is_counted_and_not_listed() -> None:
    found = unknown((ONE, replace(ONE, name="ai.example.org", level="name")))
    assert (found.listed, found.named, found.dated) == ((ONE,), 1, False)
    assert unknown((replace(ONE, new=False),)).dated
    assert unknown(()) == ((), 0, False)


def test_evidence_is_told_in_words_and_a_new_class_as_it_is() -> None:
    assert because(ONE) == "paths in the shape of a model interface (openai); its name says AI"
    assert because(replace(ONE, evidence=("never_heard:of",))) == "never_heard (of)"
    for word in WEIGHTS:
        assert because(replace(ONE, evidence=(word,))) != word, "a class of evidence has no words yet"
