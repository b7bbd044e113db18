"""What is spent: at least, and at most."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shadowai.budgets.measuring import DAY, Inventories, inventories, measure
from shadowai.budgets.model import Amount, Budget, Measure
from shadowai.model import Actor, Entry, Report, Ruling, Usage, Verdict
from tests.test_policy import ENTRY

NOW = 100 * DAY


def row(service: str, **more: object) -> Entry:
    made = replace(
        ENTRY, asset_id=service, service_id=service, verdict=Verdict.UNSANCTIONED, events=3, bytes_up=10, bytes_down=20,
        first_seen=NOW - 40 * DAY, risk=50, risk_low=30, sources=("squid_native",),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def by(user: str | None, service: str, **more: object) -> Entry:
    return row(service, asset_id=f"{service}/{user}", actor=Actor(user, None, None if user else "10.0.0.1"), **more)


ROWS = Inventories(
    (
        row("chat", category="assistant"),
        row("api", category="model-api", verdict=Verdict.SANCTIONED, risk=20, risk_low=20, first_seen=NOW - 2 * DAY),
        row("looked-up", usage=Usage.RESOLVED),
        row("maybe", confidence="unconfirmed"),
    ),
    (
        by("ann", "chat", departments=("HR",), category="assistant"),
        by("bob", "chat", departments=("IT",), category="assistant"),
        by("eve", "api", verdict=Verdict.SANCTIONED, risk=20, risk_low=20),
        by(None, "api", verdict=Verdict.SANCTIONED, risk=20, risk_low=20),
    ),
)


def amount(what: Measure, rows: Inventories = ROWS, **scope: frozenset[object]) -> Amount:
    return measure(Budget("b", 1, what, 0, **scope), rows, NOW).amount  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("points", Amount(50, 70)),
        ("score", Amount(30, 50)),
        ("services", Amount(2, 2)),
        ("users", Amount(3, 4)),
        ("events", Amount(6, 6)),
        ("blocked", Amount(0, 0)),
        ("bytes_up", Amount(20, 20)),
        ("bytes_down", Amount(40, 40)),
        ("age", Amount(40, 40)),
    ],
)
def test_each_measure(what: Measure, expected: Amount) -> None:
    assert amount(what) == expected


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({"statuses": frozenset({Verdict.UNSANCTIONED})}, Amount(1, 1)),
        ({"statuses": frozenset({Verdict.PROHIBITED})}, Amount(0, 0)),
        ({"categories": frozenset({"model-api"})}, Amount(1, 1)),
        ({"services": frozenset({"chat"})}, Amount(1, 1)),
        ({"sources": frozenset({"squid_native"})}, Amount(2, 2)),
        ({"sources": frozenset({"entra"})}, Amount(0, 0)),
        ({"surfaces": frozenset({"network"})}, Amount(2, 2)),
        ({"surfaces": frozenset({"tenant"})}, Amount(0, 0)),
        ({"departments": frozenset({"hr"})}, Amount(1, 2)),
        ({"departments": frozenset({"sales"})}, Amount(0, 1)),
    ],
)
def test_each_scope(scope: dict[str, Any], expected: Amount) -> None:
    assert amount("services", **scope) == expected


def test_a_risk_that_is_not_known_may_be_any() -> None:
    rows = Inventories((row("chat", risk=None, risk_low=None), row("api", risk=20, risk_low=None)), ())
    assert amount("points", rows) == Amount(20, 120)
    assert amount("score", rows) == Amount(20, 100)


@pytest.mark.parametrize(
    ("what", "field"), [("bytes_up", "bytes_up"), ("bytes_down", "bytes_down"), ("age", "first_seen")]
)
def test_what_a_row_does_not_tell_has_no_upper_end(what: Measure, field: str) -> None:
    assert amount(what, Inventories((row("chat", **{field: None}),), ())) == Amount(0, None)


def test_a_verdict_that_could_not_be_told_may_belong() -> None:
    open_ = row("chat", verdict=Verdict.IN_REVIEW, ruling=Ruling(3, may_be=(Verdict.SANCTIONED, Verdict.PROHIBITED)))
    rows = Inventories((open_,), ())
    assert amount("services", rows, statuses=frozenset({Verdict.PROHIBITED})) == Amount(0, 1)
    assert amount("services", rows, statuses=frozenset({Verdict.TOLERATED})) == Amount(0, 0)


def test_what_is_no_confirmed_use_is_left_out_and_counted() -> None:
    assert measure(Budget("b", 1, "services", 0), ROWS, NOW).uncounted == 2
    blocked = row("chat", events=0, usage=None, blocked=7)
    assert amount("blocked", Inventories((blocked,), ())) == Amount(7, 7)
    assert amount("services", Inventories((blocked,), ())) == Amount(0, 0)


def test_a_tenant_s_rows_are_known_by_their_platform_or_by_their_grants() -> None:
    rows = Inventories((row("a", sources=("entra",)), row("b", facts=("grant",)), row("c")), (), frozenset({"entra"}))
    assert amount("services", rows, surfaces=frozenset({"tenant"})) == Amount(2, 2)
    assert amount("services", rows, surfaces=frozenset({"network"})) == Amount(2, 2)


def test_both_ways_are_found_in_any_order() -> None:
    user, service = Report((by("ann", "chat"),), by="user"), Report((row("chat"),))
    assert inventories([user, service]) == Inventories((row("chat"),), (by("ann", "chat"),))


@pytest.mark.parametrize("who", [Actor(), None])
def test_use_without_user_device_and_address_may_be_of_anybody(who: Actor | None) -> None:
    ann, nobody = by("ann", "chat"), row("chat", asset_id="chat/nobody", actor=who)
    assert amount("users", Inventories((row("chat"),), (ann, nobody))) == Amount(1, None)
    assert amount("users", Inventories((row("chat"),), (nobody,))) == Amount(0, None)


def test_what_is_outside_of_the_scope_is_not_told_as_left_out() -> None:
    chat = Budget("b", 1, "services", 0, services=frozenset({"chat"}))
    both = replace(chat, services=frozenset({"chat", "maybe"}))
    assert [measure(one, ROWS, NOW).uncounted for one in (chat, both)] == [0, 1]


def test_a_row_is_on_each_surface_that_it_was_seen_on() -> None:
    rows = Inventories(
        (row("a", sources=("entra", "squid_native")), row("b", sources=("entra",))), (), frozenset({"entra"})
    )
    assert amount("services", rows, surfaces=frozenset({"tenant"})) == Amount(2, 2)
    assert amount("services", rows, surfaces=frozenset({"network"})) == Amount(1, 1)


@pytest.mark.parametrize(("category", "points"), [("assistant", Amount(30, 50)), ("model-api", Amount(20, 20))])
def test_a_category_counts_its_own_services(category: str, points: Amount) -> None:
    assert amount("points", categories=frozenset({category})) == points
