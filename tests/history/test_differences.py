"""Field by field."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from shadowai.history.differences import Difference, differences, doubt, subject, who
from shadowai.history.gather import item
from shadowai.history.model import Finding, KnownApp, Thing
from shadowai.model import Usage, Verdict
from shadowai.tenant import Person
from tests.history.making import app, entry, grant


def test_of_a_finding() -> None:
    before = item(entry("claude", users=2, scopes=("a", "b"), verdict=Verdict.TOLERATED)).thing
    after = item(entry("claude", users=1, scopes=("b", "c"), verdict=Verdict.PROHIBITED, usage=Usage.BULK)).thing
    assert differences(before, after) == [
        Difference("verdict", "tolerated", "prohibited", True),
        Difference("usage", "interactive", "bulk", True),
        Difference("users", "2", "1", False),
        Difference("scopes", "a", "c", True),
    ]
    assert [found.more for found in differences(after, before)] == [False, False, True, True]
    assert differences(before, before) == []


def test_of_use_at_the_same_rung() -> None:
    one = item(entry("claude", events=0)).thing
    assert differences(one, item(entry("claude")).thing) == [Difference("use", "blocked", "let through", True)]


def test_of_names_and_times_nothing() -> None:
    one, two = item(entry("claude", names=("a",), last_seen=1)), item(entry("claude", names=("b",), last_seen=2))
    assert differences(one.thing, two.thing) == []


def test_of_an_app() -> None:
    before, after = KnownApp(app("a", enabled=True), ("x",)), KnownApp(app("a", enabled=False, reply_urls=("u",)))
    assert differences(before, after) == [
        Difference("enabled", "yes", "no", False),
        Difference("reply_urls", "", "u", True),
        Difference("services", "x", "", False),
    ]


def test_of_a_grant_and_of_things_that_differ_in_kind() -> None:
    assert differences(grant("a", "p", "x", "y"), grant("a", "p", "y")) == [Difference("scopes", "x", "", False)]
    things: list[Thing] = [
        grant("a", "p"),
        KnownApp(app("a")),
        item(entry("claude")).thing,
        Person("p", "t", "1", None),
    ]
    for before, after in itertools.permutations(things, 2):
        assert differences(before, after) == []


def test_what_was_added_and_what_was_taken_away_stand_in_order() -> None:
    letters = tuple("qwertyuiopasdfghjkl")
    (added,) = differences(grant("a", "p", "x"), grant("a", "p", "x", *letters))
    (taken,) = differences(grant("a", "p", "x", *letters), grant("a", "p", "x"))
    assert added.after.split() == taken.before.split() == sorted(letters)
    assert (added.before, added.more, taken.after, taken.more) == ("", True, "", False)


def test_from_one_bad_verdict_to_another_is_no_more() -> None:
    one, two = (item(entry("claude", verdict=v)).thing for v in (Verdict.UNSANCTIONED, Verdict.PROHIBITED))
    assert differences(one, two) == [Difference("verdict", "unsanctioned", "prohibited", False)]


@pytest.mark.parametrize("allowed", [Verdict.SANCTIONED, Verdict.IN_REVIEW])
def test_whether_a_rule_is_enforced_is_told_of_what_was_and_is_forbidden(allowed: Verdict) -> None:
    forbidden = item(entry("claude", verdict=Verdict.PROHIBITED)).thing
    assert isinstance(forbidden, Finding)
    tried = replace(forbidden, audited=True)
    assert differences(tried, forbidden) == [Difference("mode", "audit", "enforce", True)]
    assert differences(forbidden, tried) == [Difference("mode", "enforce", "audit", False)]
    assert [one.field for one in differences(tried, replace(forbidden, verdict=allowed))] == ["verdict"]


def test_what_people_call_it() -> None:
    assert subject(KnownApp(app("a", name=""))) == "a (entra:contoso.example)"
    assert subject(KnownApp(app("a", name="Notes"))) == "Notes (entra:contoso.example)"
    assert subject(Person("p", "t", "1", None)) == "1" and subject(grant("a", "p")) == "a"
    assert who(item(entry("claude", "ann")).thing) == "ann" and who(grant("a", "*")) == "everyone"
    assert who(KnownApp(app("a"))) == "" and who(item(entry("claude")).thing) == ""
    found = item(entry("claude", "ann")).thing
    assert isinstance(found, Finding)
    assert who(replace(found, user=None, device="laptop", address="192.0.2.7")) == "laptop"
    assert who(replace(found, user=None, address="192.0.2.7")) == "192.0.2.7" and who(grant("a", "p")) == "p"


def test_apps_and_grants_are_no_rows_to_be_doubted() -> None:
    assert doubt(KnownApp(app("a"))) == doubt(grant("a", "p")) == doubt(item(entry("claude")).thing) == ""
    assert doubt(item(entry("claude", confidence="ambiguous")).thing) == "use is not proven: ambiguous"
