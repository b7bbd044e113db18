"""Remembered names asked again: apps, rows and candidates, and nothing that was explained as it is now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shadowai.history import gather
from shadowai.history.remember import remember
from shadowai.history.rescan import AppMatches, Matches, rescan
from shadowai.history.store import History
from shadowai.model import Actor, Candidate, Match, Name, Origin, Report
from shadowai.tenant import Grant, Person
from tests.history.making import NOON, app, entry, grant, sweep

CANDIDATE = Candidate(
    "new-ai.example", ("token",), users=2, first_seen=NOON, last_seen=NOON, origins=(Origin("proxy.log", 3),)
)


def explains(**services: str) -> Matches:
    """Explains names by ``_`` for a dot: ``new_example="new"``."""
    known = {name.replace("_", "."): service for name, service in services.items()}

    def matches(text: str) -> tuple[Match, ...]:
        found = known.get(text)
        return (Match(found, found.title(), Name("domain", text), "strong"),) if found else ()

    return matches


def of_app(**services: str) -> AppMatches:
    matches = explains(**services)
    return lambda app: matches(app.id)


def scanned(history: History, *users: str, candidates: tuple[Candidate, ...] = ()) -> None:
    rows = tuple(entry("chat", user, names=("chat.example", "other.example")) for user in users)
    reports = [Report((entry("chat"),), candidates=candidates), Report(rows, by="user")]
    remember(history, gather.of_scan(reports, began=NOON, ended=NOON + 1))


def test_a_candidate_that_is_explained_now(history: History) -> None:
    scanned(history, candidates=(CANDIDATE,))
    (found,) = rescan(history, explains(**{"new-ai_example": "new", "chat_example": "chat"}), of_app())
    assert (found.service, found.name, found.how, found.users) == ("new", "new-ai.example", "candidate", 2)
    assert (found.first_seen, found.places, found.who, found.was) == (NOON, ("proxy.log:3",), (), "")


def test_a_row_whose_name_is_another_s_now_names_its_user(history: History) -> None:
    scanned(history, "ann", "bob")
    found = rescan(history, explains(chat_example="chat", other_example="other"), of_app())
    assert [(one.service, one.name, one.who, one.was) for one in found] == [
        ("other", "other.example", ("ann",), "chat"),
        ("other", "other.example", ("bob",), "chat"),
    ]


def test_an_app_that_was_nobody_s_names_who_granted_it(history: History) -> None:
    ann = Person("entra", "contoso.example", "p1", "ann@example.com")
    remember(history, sweep(apps=[app("a1")], grants=[grant("a1", "p1"), grant("a1", "p2")], people=[ann], services={}))
    (found,) = rescan(history, explains(), of_app(a1="new"))
    assert (found.service, found.how, found.who, found.users, found.was) == (
        "new",
        "app",
        ("ann@example.com", "p2"),
        2,
        "",
    )


@pytest.mark.parametrize(
    ("others", "number"),
    [
        ([grant("a1", "*")], None),
        ([grant("a1", "group", kind="assignment")], None),
        ([grant("a1", "asker", kind="request")], 1),
        ([grant("a1", "p3", kind="assignment")], 2),
    ],
    ids=["for everyone", "of what may be a group", "asked for and not given", "given to a person"],
)
def test_nobody_is_named_for_an_app_who_is_no_user_of_it(
    history: History, others: list[Grant], number: int | None
) -> None:
    ann, cy = (
        Person("entra", "contoso.example", id, f"{name}@example.com") for id, name in (("p1", "ann"), ("p3", "cy"))
    )
    remember(history, sweep(apps=[app("a1")], grants=[grant("a1", "p1"), *others], people=[ann, cy], services={}))
    (found,) = rescan(history, explains(), of_app(a1="new"))
    assert found.who == (("ann@example.com", "cy@example.com") if number == 2 else ("ann@example.com",))
    assert found.users == number


def test_a_number_that_the_platform_tells_counts_where_not_all_are_named(history: History) -> None:
    remember(history, sweep(apps=[app("a1", users=7)], grants=[grant("a1", "p1"), grant("a1", "*")], services={}))
    (found,) = rescan(history, explains(), of_app(a1="new"))
    assert (found.who, found.users) == (("p1",), 7)


def test_the_earliest_come_first_and_those_without_a_time_before(history: History) -> None:
    names = ("late.example", "early.example", "never.example")
    times = (NOON, NOON - 1, None)
    seen = tuple(replace(CANDIDATE, name=n, first_seen=t, last_seen=t) for n, t in zip(names, times, strict=True))
    scanned(history, candidates=seen)
    found = rescan(history, explains(late_example="new", early_example="new", never_example="new"), of_app())
    assert [one.name for one in found] == ["never.example", "early.example", "late.example"]


def test_what_is_explained_as_it_was_is_not_told(history: History) -> None:
    scanned(history, "ann", candidates=(CANDIDATE,))
    assert rescan(history, explains(chat_example="chat"), of_app()) == []
    remember(history, sweep(apps=[app("a1")], services={"a1": ("new",)}))
    assert rescan(history, explains(), of_app(a1="new")) == []


def test_a_row_without_a_user_names_its_device_or_address(history: History) -> None:
    row = replace(entry("chat", "x"), actor=Actor(None, None, "192.0.2.7"), names=("other.example",))
    remember(history, gather.of_scan([Report(()), Report((row,), by="user")], began=NOON, ended=NOON + 1))
    (found,) = rescan(history, explains(other_example="other"), of_app())
    assert found.who == ("192.0.2.7",)


def test_an_empty_history_has_nothing_to_say(history: History) -> None:
    assert rescan(history, explains(chat_example="chat"), of_app()) == []


def test_a_name_that_two_kinds_explain_is_told_once_by_the_surer(history: History) -> None:
    scanned(history, candidates=(CANDIDATE,))
    weak = Match("new", "New", Name("app_name", CANDIDATE.name), "weak")
    strong = replace(weak, strength="strong")

    def of_candidate(text: str) -> tuple[Match, ...]:
        return (weak, strong, weak) if text == CANDIDATE.name else ()

    (found,) = rescan(history, of_candidate, of_app())
    assert found.strength == "strong"


def test_a_row_that_its_own_service_explains_still_is_not_told(history: History) -> None:
    scanned(history, "ann")
    own, other = (Match(id, id.title(), Name("domain", "other.example"), "strong") for id in ("chat", "other"))

    def both(text: str) -> tuple[Match, ...]:
        return {"other.example": (other, own), "chat.example": (own,)}.get(text, ())

    assert rescan(history, both, of_app()) == []


def test_what_is_explained_weakly_is_told_with_who_and_when(history: History) -> None:
    scanned(history, "ann")
    weak = Match("other", "Other", Name("domain", "other.example"), "weak")
    (found,) = rescan(history, lambda text: (weak,) if text == "other.example" else (), of_app())
    assert (found.strength, found.how, found.users, found.actors) == ("weak", "row", 1, (Actor("ann"),))
    assert (found.first_seen, found.last_seen, found.places) == (NOON, NOON, ("squid_native",))
