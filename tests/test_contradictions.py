"""Contradictions between the network and the tenants, and the silence where one of them could not look."""

from __future__ import annotations

import random
from typing import Any

import pytest

from shadowai.contradictions import Look, contradictions
from shadowai.model import Actor, Entry, Usage, Verdict


def row(service: str, user: str | None, usage: Usage | None, **more: Any) -> Entry:
    usual: dict[str, Any] = {
        "asset_id": "x", "service_id": service, "service": service.title(), "vendor": "V", "category": "assistant",
        "actor": Actor(user), "verdict": Verdict.UNREVIEWED, "confidence": "confirmed", "usage": usage, "users": 1, "devices": 0,
        "events": 0 if usage is None else 1, "blocked": 0, "bytes_up": None, "bytes_down": None, "first_seen": None,
        "last_seen": None, "active_days": None, "sources": (), "names": (), "evidence": (),
    }  # fmt: skip
    return Entry(**(usual | more))


NETWORK = (row("chat", "ann", Usage.INTERACTIVE), row("chat", "ben", Usage.CONNECTED))
TENANT = (row("chat", "ann", Usage.INTEGRATED), row("chat", "eve", Usage.INTEGRATED))


def notes(network: tuple[Entry, ...], tenants: tuple[Entry, ...], *complete: bool) -> list[tuple[str, int]]:
    first, second = complete or (True, True)
    return [(note.kind, note.count) for note in contradictions(Look(network, first), Look(tenants, second))]


def test_both_ways() -> None:
    assert notes(NETWORK, TENANT) == [("grant_without_traffic", 1), ("traffic_without_grant", 1)]
    texts = [note.text for note in contradictions(Look(NETWORK, True), Look(TENANT, True))]
    assert "dormant" in texts[0] and "private accounts" in texts[1]


@pytest.mark.parametrize("complete", [(False, True), (True, False), (False, False)])
def test_never_where_somebody_could_not_look(complete: tuple[bool, bool]) -> None:
    assert notes(NETWORK, TENANT, *complete) == []


def test_never_where_one_kind_is_missing_or_names_nobody() -> None:
    assert notes(NETWORK, ()) == notes((), TENANT) == []
    assert notes((row("chat", None, Usage.CONNECTED),), TENANT) == []


def test_what_fits_together_is_no_contradiction() -> None:
    assert notes(NETWORK[:1], TENANT[:1]) == []


@pytest.mark.parametrize(
    "used",
    [
        row("chat", "ben", Usage.RESOLVED),
        row("chat", "ben", None, blocked=3),
        row("chat", "ben", Usage.BULK, confidence="unconfirmed"),
    ],
)
def test_a_look_up_or_an_attempt_is_no_traffic(used: Entry) -> None:
    assert notes((NETWORK[0], used), TENANT[:1]) == []


def test_seats_explain_traffic_and_requests_do_not() -> None:
    assert notes(NETWORK, (TENANT[0], row("chat", "ben", None))) == []
    assert notes(NETWORK, (TENANT[0], row("chat", "ben", None, blocked=1))) == [("traffic_without_grant", 1)]


def test_a_tenant_wide_grant_covers_everybody() -> None:
    assert notes(NETWORK, (TENANT[0], row("chat", None, Usage.INTEGRATED))) == []


def test_grants_in_nobody_s_name() -> None:
    assert notes(NETWORK, (*TENANT[:1], row("chat", "ben", None), row("bot", None, Usage.INTEGRATED))) == [
        ("grant_without_traffic", 1)
    ]


def test_services_that_the_tenant_does_not_know() -> None:
    many = tuple(row(f"s{n:02}", "ben", Usage.CONNECTED) for n in range(12))
    found = contradictions(Look((NETWORK[0], *many), True), Look(TENANT[:1], True))
    assert [(note.kind, note.count) for note in found] == [("traffic_without_grant", 1)]
    assert "S00" in found[0].text and "and 2 more" in found[0].text


def test_the_order_makes_no_difference() -> None:
    rng = random.Random(3)
    network, tenants = list(NETWORK), list(TENANT)
    wanted = contradictions(Look(NETWORK, True), Look(TENANT, True))
    for _ in range(5):
        rng.shuffle(network)
        rng.shuffle(tenants)
        assert contradictions(Look(tuple(network), True), Look(tuple(tenants), True)) == wanted


def test_notes_name_the_services_that_they_are_about() -> None:
    used = (*NETWORK, row("bot", "ben", Usage.CONNECTED), row("art", "ann", Usage.CONNECTED))
    found = contradictions(Look(used, True), Look((*TENANT, row("sum", "eve", Usage.INTEGRATED)), True))
    assert [(note.kind, note.services) for note in found] == [
        ("grant_without_traffic", ("chat",)),
        ("grant_without_traffic", ("sum",)),
        ("traffic_without_grant", ("chat",)),
        ("traffic_without_grant", ("art", "bot")),
    ]
