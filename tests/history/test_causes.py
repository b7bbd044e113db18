"""The rules about causes, without a database."""

from __future__ import annotations

from shadowai.history.causes import HAPPENED, Learnt, Looks, labels_of, standing
from shadowai.history.gather import item
from shadowai.history.model import Finding, KnownApp, Look
from shadowai.model import Usage
from shadowai.tenant import Completeness, Person
from tests.history.making import app, entry, grant

LOOK = Look("a", "", frozenset({"x"}), Completeness.COMPLETE)


def test_without_a_catalogue_of_before_nothing_is_said_of_it() -> None:
    assert Learnt({}, {"a": "1"}).of_new("a", ["n"], ["n"]) is None
    assert Learnt({"a": "1"}, {}).of_missing("a", ["n"]) is None
    assert not Learnt({}, {"a": "1"}).differs and Learnt({"a": "2"}, {"a": "1"}).differs


def test_an_unchanged_signature_is_no_cause() -> None:
    learnt = Learnt({"a": "1", "b": "1"}, {"a": "1", "b": "2"})
    assert learnt.of_new("a", ["n"], ["n"]) is None and learnt.of_missing("a", ["n"]) is None


def test_a_changed_signature() -> None:
    learnt = Learnt({"a": "1"}, {"a": "2"}, lambda name: {"a"} if name == "known" else ())
    assert learnt.of_missing("a", ["other", "known"]) is None
    missing, new = learnt.of_missing("a", ["other"]), learnt.of_new("a", ["n", "m"], ["m"])
    assert missing is not None and missing.cause == "catalogue"
    assert new is not None and new.detail.startswith("m was seen before")
    assert learnt.of_new("a", ["n"], ["m"]) is None


def test_each_question_about_looks_is_answered_once() -> None:
    asked: list[int] = []

    def then(run: int) -> list[Look]:
        asked.append(run)
        return [LOOK]

    looks = Looks([], then)
    for _ in range(3):
        why = looks.of_missing(4, frozenset({"x"}))
        assert why is not None and str(why) == "coverage: a was not looked at"
    assert asked == [4]
    assert Looks([LOOK], then, lambda: [LOOK]).of_new(frozenset()) == HAPPENED


def test_long_lists_are_cut() -> None:
    looks = Looks([], lambda run: [Look(str(n), "", frozenset(), Completeness.COMPLETE) for n in range(9)])
    why = looks.of_missing(1, frozenset())
    assert why is not None and why.detail.endswith("and 6 more")


def test_what_stands_after_a_partial_look() -> None:
    old = item(entry("claude", users=9, usage=Usage.BULK, scopes=("a",), names=("n",))).thing
    new = item(entry("claude", users=2, usage=None, events=0, scopes=("b",), names=("m",))).thing
    found = standing(old, new)
    assert isinstance(found, Finding) and (found.users, found.usage, found.used) == (9, Usage.BULK, True)
    assert (found.scopes, found.names) == (("a", "b"), ("m", "n"))
    kept = standing(KnownApp(app("a", homepage="h", reply_urls=("r",))), KnownApp(app("a", publisher="P"), ("s",)))
    assert kept == KnownApp(app("a", homepage="h", reply_urls=("r",), publisher="P"), ("s",))
    assert standing(grant("a", "p", "x"), grant("a", "p", "y")) == grant("a", "p", "x", "y")
    ann = Person("entra", "t", "p", "ann@example.com", department="Legal")
    again = standing(ann, Person("entra", "t", "p", "ann@example.org"))
    assert again == Person("entra", "t", "p", "ann@example.org", department="Legal")
    assert standing(ann, grant("a", "p")) == grant("a", "p")
    assert labels_of(old) == {"squid_native"} and labels_of(ann) == frozenset()
