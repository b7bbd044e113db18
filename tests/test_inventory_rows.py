"""From sums to the figures of a row: which of them count, who is behind them, how intense the use was, and the verdict."""

from __future__ import annotations

from typing import Any

import pytest

from shadowai.inventory import By
from shadowai.inventory_rows import BULK_BYTES, INTERACTIVE_BYTES, ignoring_none
from shadowai.model import Actor, Match, Usage, Verdict
from shadowai.policy import Policy, Word
from shadowai.policy.rules import Conditions, Rule
from tests.test_inventory import ANN, BEN, CATALOG, DAY, TODAY, fold, match, row, rows, sighting


@pytest.mark.parametrize(
    ("more", "found", "expected"),
    [
        ({"channel": "dns"}, match(), Usage.RESOLVED),
        ({"channel": "dns", "facts": frozenset({"post", "sdk"})}, match(role="mcp"), Usage.RESOLVED),
        ({}, match(), Usage.CONNECTED),
        ({"facts": frozenset({"post"})}, match(), Usage.INTERACTIVE),
        ({"days": ((DAY, INTERACTIVE_BYTES - 1),)}, match(), Usage.CONNECTED),
        ({"days": ((DAY, INTERACTIVE_BYTES),)}, match(), Usage.INTERACTIVE),
        ({"days": ((DAY, BULK_BYTES - 1), (DAY + 1, BULK_BYTES - 1))}, match(), Usage.INTERACTIVE),
        ({"days": ((DAY, BULK_BYTES),)}, match(), Usage.BULK),
        ({"days": ((DAY, 0), (DAY + 1, BULK_BYTES), (DAY + 2, 5))}, match(), Usage.BULK),
        ({"facts": frozenset({"sdk"})}, match(), Usage.INTEGRATED),
        ({}, match("api", role="api"), Usage.INTEGRATED),
        ({}, match("chat", role="api"), Usage.CONNECTED),
        ({"facts": frozenset({"agent"})}, match("code"), Usage.AUTONOMOUS),
        ({"facts": frozenset({"agent"})}, match("chat"), Usage.AUTONOMOUS),
        ({}, match(role="mcp"), Usage.AUTONOMOUS),
        ({"events": 0, "blocked": 4, "facts": frozenset({"post"})}, match(role="mcp"), None),
    ],
)
def test_the_ladder_of_use(more: dict[str, Any], found: Match, expected: Usage | None) -> None:
    assert row((sighting(**more), found)).usage is expected


def test_a_day_is_counted_per_actor_and_over_sightings() -> None:
    half = INTERACTIVE_BYTES // 2
    two_people = row((sighting(days=((DAY, half),)), match()), (sighting(BEN, days=((DAY, half),)), match()))
    one_person = row(
        (sighting(days=((DAY, half),)), match()), (sighting(name="b.example", days=((DAY, half),)), match())
    )
    assert (two_people.usage, one_person.usage) == (Usage.CONNECTED, Usage.INTERACTIVE)


def test_the_service_shows_the_highest_rung_of_any_actor() -> None:
    assert row((sighting(), match()), (sighting(BEN, facts=frozenset({"sdk"})), match())).usage is Usage.INTEGRATED


def test_a_strong_name_that_was_blocked_is_not_used_because_a_weak_one_was() -> None:
    entry = row((sighting(events=0, blocked=2), match()), (sighting(name="docs.example"), match(strength="weak")))
    assert (entry.confidence, entry.events, entry.blocked, entry.usage) == ("confirmed", 0, 2, None)


def test_devices_count_an_address_only_where_no_device_is_known() -> None:
    actors = (Actor("a", "pc1", "10.0.0.1"), Actor(None, None, "10.0.0.1"), Actor(None, None, "10.0.0.9"), Actor("a"))
    entry = row(*((sighting(actor), match()) for actor in actors))
    assert (entry.users, entry.devices) == (1, 2)


def test_who_was_blocked_is_counted_by_what_the_row_is_sure_of() -> None:
    blocked = (sighting(events=0, blocked=2), match())
    weaker = (sighting(BEN, events=0, blocked=3), match(strength="weak"))
    found = row(blocked, weaker)
    assert (found.confidence, found.blocked, found.users, found.devices) == ("confirmed", 2, 1, 1)


def test_what_was_blocked_sent_nothing_up() -> None:
    limit = Conditions(max_upload=0)
    rules = Policy(rules=(Rule(1, Verdict.SANCTIONED, services=(Word("chat", 1),), conditions=limit),))
    told = [
        rows(fold((sighting(**more), match())), policy=rules)[0].verdict
        for more in ({"events": 0, "blocked": 1}, {"bytes_up": 0}, {"bytes_up": None})
    ]
    assert told == [Verdict.SANCTIONED, Verdict.SANCTIONED, Verdict.IN_REVIEW]


def test_departments_are_those_of_who_is_counted_as_far_as_they_are_known() -> None:
    known = {ANN.user: "Sales", BEN.user: "Finance"}
    made = fold((sighting(), match()), (sighting(BEN), match()), (sighting(Actor("eve")), match()))

    def departments(by: By) -> list[tuple[str, ...]]:
        found = made.entries(
            by,
            lookup=CATALOG.__getitem__,
            policy=Policy.empty(),
            today=TODAY,
            department=lambda user: known.get(user, ""),
        )
        return [entry.departments for entry in found]

    assert departments("service") == [("Finance", "Sales")]
    assert sorted(departments("user")) == [(), ("Finance",), ("Sales",)]
    assert rows(made)[0].departments == ()


def test_a_policy_judges_accounts_of_machines_by_the_machine() -> None:
    limit = Conditions(max_upload=1_500)
    rules = Policy(rules=(Rule(1, Verdict.SANCTIONED, services=(Word("chat", 1),), conditions=limit),))
    for user, verdict in (("system", Verdict.SANCTIONED), ("jo", Verdict.UNSANCTIONED)):
        seen = [sighting(Actor(user, f"pc{n}"), bytes_up=1_000, days=((DAY, 1_000),)) for n in range(2)]
        assert rows(fold(*[(one, match()) for one in seen]), policy=rules)[0].verdict is verdict


def test_what_is_not_known_is_left_out() -> None:
    assert (ignoring_none(min, 3, None, 2), ignoring_none(max, None, 3, 2), ignoring_none(min, None)) == (2, 3, None)
