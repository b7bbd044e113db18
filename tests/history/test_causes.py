"""The rules about causes, without a database."""

from __future__ import annotations

import pytest

from shadowai.history.causes import HAPPENED, Learnt, Looks, labels_of, standing
from shadowai.history.gather import item
from shadowai.history.model import Finding, KnownApp, Look, Shower
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


def test_of_several_names_that_were_seen_the_first_is_told() -> None:
    names = [*"qwertyuiopasdfghjkl"]
    new = Learnt({"a": "1"}, {"a": "2"}).of_new("a", names[::-1], names)
    assert new is not None and new.detail.startswith("a was seen before")


def test_what_is_new_where_nobody_had_looked_may_have_been_there() -> None:
    other = Look("b", "", frozenset({"x"}), Completeness.COMPLETE)
    assert Looks([LOOK], lambda run: (), lambda: [LOOK]).of_new(frozenset({"x"})) == HAPPENED
    why = Looks([other], lambda run: (), lambda: [LOOK]).of_new(frozenset({"x"}))
    assert (why.cause, why.detail) == ("coverage", "b: not looked at as a whole before")


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


def test_what_a_task_had_shown_is_asked_once_of_each_run() -> None:
    asked: list[int] = []

    def then(run: int) -> list[Look]:
        asked.append(run)
        return []

    looks = Looks([], then)
    shown = frozenset({Shower("entra:contoso.example", "grants/1")})
    first, again = looks.unseen(4, shown), looks.unseen(4, shown)
    assert first is again and asked == [4]
    assert looks.unseen(5, frozenset()) == {} and asked == [4]


def test_where_nothing_is_known_to_have_shown_it_nothing_is_said_to_be_gone() -> None:
    why = Looks([LOOK], lambda run: ()).of_missing(1, frozenset())
    assert why is not None and str(why) == "coverage: it is not known what had shown it"


def test_what_a_log_would_have_shown_before_is_new_whatever_a_first_sweep_shows() -> None:
    shown = frozenset({Shower("entra:t", "grants/1")})
    swept = Look("entra:t", "grants", frozenset(), Completeness.COMPLETE, True, (0, 1), done=("grants/1",))
    first = Looks([swept, LOOK], lambda run: (), lambda: [LOOK])
    assert first.of_new(frozenset({"x"}), shown) == HAPPENED
    assert first.of_new(frozenset({"y"}), shown).detail == "entra:t/grants: not looked at as a whole before"


@pytest.mark.parametrize(("count", "more"), [(1, ""), (2, ""), (3, ""), (4, ", and 1 more")])
def test_up_to_three_reasons_are_listed(count: int, more: str) -> None:
    logs = [Look(f"{number}.log", "", frozenset(), Completeness.COMPLETE, True) for number in range(count)]
    why = Looks([], lambda run: logs).of_missing(1, frozenset())
    assert why is not None
    assert why.detail == "; ".join(f"{number}.log was not looked at" for number in range(min(count, 3))) + more


def test_what_stands_of_a_person_s_row_has_no_number_of_users() -> None:
    one, two = (item(entry("claude", "ann", names=(name,))).thing for name in "ab")
    found = standing(one, two)
    assert isinstance(found, Finding) and (found.users, found.names, found.user) == (None, ("a", "b"), "ann")
    assert standing(one, grant("a", "p")) == grant("a", "p") and standing(KnownApp(app("a")), two) == two


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
