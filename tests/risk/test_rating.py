"""Contributions add up, floors and ceilings hold where they should, and worked cases come to what is documented."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from shadowai.model import Usage, Verdict
from shadowai.risk.rating import CEILING, FLOOR, Rater, Rating, rate
from tests.risk.making import WEIGHTS, entry, file, plan

USES: tuple[dict[str, Any], ...] = (
    {},
    {"usage": None, "events": 0, "blocked": 2},
    {"usage": None, "events": 0},
    {"usage": Usage.RESOLVED},
    {"usage": Usage.BULK, "bytes_up": 20_000_000},
    {"usage": Usage.AUTONOMOUS, "bytes_up": None, "users": 0, "devices": 0},
)
FACTS: tuple[dict[str, Any], ...] = (
    {},
    {"facts": ("clear_key", "key")},
    {"facts": ("app_only", "content", "content_app_only", "grant"), "scopes": ("Mail.Read",)},
    {"facts": ("content_unverified_publisher", "grant", "unverified_publisher"), "scopes": ("Mail.ReadWrite",)},
    {"facts": ("grant", "impersonation"), "scopes": ("openid",)},
    {"facts": ("server",), "names": ("10.0.0.1",), "category": "self-hosted"},
    {"facts": tuple(sorted(("traffic_without_grant", "grant_without_traffic")))},
)
COUNTRIES = ("DE", "US", "IN", "CN", "")


def rated(*plans: Any, country: str = "DE", category: str = "assistant", **more: Any) -> Rating:
    return rate(entry(category=category, **more), file(*plans, country=country, category=category), WEIGHTS)


def bound(found: Rating) -> list[tuple[str, str, int, int]]:
    return [(one.group, one.name, one.low, one.high) for one in found.contributions if one.group in (FLOOR, CEILING)]


@pytest.mark.parametrize(("use", "facts", "country"), [*itertools.product(USES, FACTS, COUNTRIES)])
def test_contributions_add_up_exactly(use: dict[str, Any], facts: dict[str, Any], country: str) -> None:
    found = rated(country=country, **{**use, **facts})
    assert sum(one.low for one in found.contributions) == found.low
    assert sum(one.high for one in found.contributions) == found.high
    assert 0 <= found.low <= found.high <= 100
    assert found.level == WEIGHTS.level(found.high) and found.weights == "shadowai-1"
    assert all(type(points) is int for one in found.contributions for points in (one.low, one.high))


@pytest.mark.parametrize(("facts", "country"), [*itertools.product(FACTS, COUNTRIES)])
def test_what_is_learnt_only_narrows(facts: dict[str, Any], country: str) -> None:
    """Whatever the plan turns out to be, the score lies within what was said before it was known."""
    before = rated(country=country, bytes_up=None, users=5, **facts)
    for trains, sent in itertools.product(("yes", "no", "opt-in"), (0, 5_000_000, 10**10)):
        after = rated(plan("all", trains), country=country, bytes_up=sent, users=5, **facts)
        assert before.low <= after.low <= after.high <= before.high


def test_verdict_and_confidence_have_no_part_in_it() -> None:
    scores = {
        (rated(verdict=verdict, confidence=confidence).low, rated(verdict=verdict, confidence=confidence).high)
        for verdict in Verdict
        for confidence in ("confirmed", "ambiguous", "unconfirmed")
    }
    assert len(scores) == 1


def test_more_of_anything_never_lowers_the_score() -> None:
    for usages in itertools.pairwise((Usage.CONNECTED, Usage.INTERACTIVE, Usage.BULK)):
        assert rated(usage=usages[0]).high < rated(usage=usages[1]).high
    sizes = [rated(bytes_up=size).high for size in (0, 10**6, 10**7, 10**8, 10**9)]
    people = [rated(users=number, departments=("A",)).high for number in (1, 2, 10, 100)]
    assert sizes == sorted(set(sizes)) and people == sorted(set(people))


# --- floors


@pytest.mark.parametrize(
    ("more", "name", "least"),
    [
        ({"facts": ("impersonation",)}, "impersonation", 80),
        ({"facts": ("content_unverified_publisher",)}, "unverified-content", 70),
        ({"facts": ("clear_key",)}, "clear-secret", 70),
        ({"facts": ("content_app_only",)}, "app-only-content", 65),
        ({"country": "RU"}, "jurisdiction", 60),
        ({"facts": ("server",)}, "open-server", 50),
    ],
)
def test_each_floor_lifts_what_an_average_would_hide(more: dict[str, Any], name: str, least: int) -> None:
    found = rated(plan("all", "no"), **more)
    (one,) = bound(found)
    assert one[:2] == (FLOOR, name) and (found.low, found.high) == (least, least)
    assert WEIGHTS.floors[name].score == least


def test_the_highest_floor_is_the_one_that_is_named() -> None:
    found = rated(country="CN", facts=("clear_key", "server"))
    assert bound(found)[0][1] == "clear-secret" and found.low == 70


def test_a_score_above_its_floor_stays_and_the_floor_adds_nothing() -> None:
    worst: dict[str, Any] = {
        "usage": Usage.AUTONOMOUS,
        "bytes_up": 10**9,
        "users": 500,
        "departments": ("A", "B", "C", "D"),
    }
    found = rated(plan("all", "yes"), country="CN", category="meeting", facts=("traffic_without_grant",), **worst)
    assert found.low > 60 and bound(found) == [(FLOOR, "jurisdiction", 0, 0)]


@pytest.mark.parametrize(
    "facts", [("app_only", "content"), ("unverified_publisher",), ("key",), ("content", "tenant_wide")]
)
def test_facts_that_do_not_belong_together_are_no_floor(facts: tuple[str, ...]) -> None:
    """One application acts by itself and another reads mail: that is not one application which reads everybody's."""
    assert bound(rated(facts=facts)) == []


def test_a_suspicion_is_no_floor() -> None:
    assert bound(rated(country="")) == []


@pytest.mark.parametrize("country", ["CN", "RU", "KP"])
def test_a_server_of_one_s_own_is_under_no_foreign_law(country: str) -> None:
    found = rated(country=country, category="self-hosted", facts=("server",), names=("192.168.1.9",))
    assert [name for _, name, _, _ in bound(found)] == ["open-server"]


# --- ceilings


@pytest.mark.parametrize(
    ("more", "name", "most"),
    [
        ({"usage": None, "events": 0, "blocked": 3}, "blocked", 10),
        ({"usage": None, "events": 0}, "unused", 15),
        ({"usage": Usage.RESOLVED}, "resolved", 30),
    ],
)
def test_what_is_not_used_stays_low_whatever_it_is(more: dict[str, Any], name: str, most: int) -> None:
    found = rated(country="CN", category="meeting", facts=("impersonation",), **more)
    assert [one[:2] for one in bound(found)] == [(CEILING, name)]
    assert found.high == min(most, found.high) and not any(one[1] == "impersonation" for one in bound(found))
    assert WEIGHTS.ceilings[name].score == most


# --- worked cases, as docs/risk.md has them


def test_case_a_chat_assistant_in_private_and_company_accounts() -> None:
    """Consumer plans train and business ones do not, US, bulk uploads of 14 MB by five people, accounts not known."""
    plans = (plan("consumer", "yes"), plan("business-enterprise-edu", "no"))
    found = rated(*plans, country="US", usage=Usage.BULK, bytes_up=14_366_770, users=5)
    assert (found.low, found.high, found.level) == (30, 51, "high")


def test_case_the_same_with_seats() -> None:
    plans = (plan("consumer", "yes"), plan("business-enterprise-edu", "no"))
    more: dict[str, Any] = {"facts": ("licensed",), "departments": ("Finance",)}
    found = rated(*plans, country="US", usage=Usage.BULK, bytes_up=14_366_770, users=5, **more)
    assert (found.low, found.high, found.level) == (30, 30, "medium")


def test_case_a_country_of_concern() -> None:
    found = rated(plan("chat", "yes"), country="CN", usage=Usage.INTERACTIVE, bytes_up=None)
    assert (found.low, found.high, found.level) == (60, 60, "high")
    assert bound(found) == [(FLOOR, "jurisdiction", 35, 11)]


def test_case_a_note_taker_with_mail_from_an_unverified_publisher() -> None:
    facts = ("content", "content_unverified_publisher", "grant", "unverified_publisher")
    more: dict[str, Any] = {"usage": Usage.INTEGRATED, "bytes_up": None, "scopes": ("Calendars.Read", "Mail.Read")}
    found = rated(country="US", category="meeting", facts=facts, users=12, **more)
    assert (found.low, found.high, found.level) == (70, 70, "critical")


def test_case_a_blocked_picture_generator() -> None:
    found = rated(country="US", category="media", usage=None, events=0, blocked=2)
    assert (found.low, found.high, found.level) == (9, 10, "low")


# --- many rows


def test_a_rater_gives_each_row_what_it_would_have_alone_in_their_order() -> None:
    rows = [
        entry(asset_id=f"{number:016x}", **{**use, **facts})
        for number, (use, facts) in enumerate(itertools.product(USES, FACTS))
    ]
    rows += [
        replace(row, users=number, bytes_up=number * 10**6)
        for row, number in zip(rows, itertools.count(1), strict=False)
    ]
    several: tuple[tuple[str, ...], ...] = (("HR",), (), ("HR", "IT"), ("A", "B", "C", "D"))
    rows += [entry(users=5, departments=departments) for departments in several]
    rater = Rater(WEIGHTS, lambda id: file(country="US"))
    found = rater.rated(rows)
    assert [row.asset_id for row in found] == [row.asset_id for row in rows]
    for row, made in zip(rows, found, strict=True):
        alone = rate(row, file(country="US"), WEIGHTS)
        assert (made.risk_low, made.risk, made.risk_level) == (alone.low, alone.high, alone.level)
        assert replace(made, risk=None, risk_low=None, risk_level="") == row


def test_rows_that_differ_only_in_what_does_not_matter_are_rated_once() -> None:
    asked: list[str] = []

    def file_of(id: str) -> Any:
        asked.append(id)
        return file()

    rater = Rater(WEIGHTS, file_of)
    rater.rated([entry(events=number, last_seen=number) for number in range(1, 50)])
    assert len(asked) == 1
    rater.rated([entry(users=50)])
    assert len(asked) == 2


def test_rows_that_share_a_rating_are_rated_as_each_alone() -> None:
    """All in one order and in the other, by raters that remember."""
    uses = (*USES, {"events": 0, "blocked": 0}, {"events": 0, "blocked": 1}, {"events": 0, "blocked": 5})
    several = [entry(**{**use, **facts}) for use, facts in itertools.product(uses, FACTS)]
    alone = [rate(one, file(), WEIGHTS) for one in several]
    for step in (1, -1):
        found = Rater(WEIGHTS, lambda id: file()).rated(several[::step])[::step]
        assert [(one.risk_low, one.risk, one.risk_level) for one in found] == [
            (one.low, one.high, one.level) for one in alone
        ]
