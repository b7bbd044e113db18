"""Field by field."""

from __future__ import annotations

from shadowai.history.differences import Difference, differences, subject, who
from shadowai.history.gather import item
from shadowai.history.model import KnownApp
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
    assert differences(grant("a", "p"), KnownApp(app("a"))) == []


def test_what_people_call_it() -> None:
    assert subject(KnownApp(app("a", name=""))) == "a (entra:contoso.example)"
    assert subject(Person("p", "t", "1", None)) == "1" and subject(grant("a", "p")) == "a"
    assert who(item(entry("claude", "ann")).thing) == "ann" and who(grant("a", "*")) == "everyone"
    assert who(KnownApp(app("a"))) == ""
