"""Contradictions between the network and the tenants, and the silence where one of them could not look."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from shadowai.contradictions import Look, TenantLook, contradictions
from shadowai.model import Actor, Entry, Note, Usage, Verdict


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


QUIET, PRIVATE = "grant_without_traffic", "traffic_without_grant"


def told(network: tuple[Entry, ...], *tenants: TenantLook, complete: bool = True, refused: int = 0) -> list[Note]:
    return list(contradictions(Look(network, complete), tenants, refused=refused))


def work(entries: tuple[Entry, ...] = TENANT, **more: Any) -> TenantLook:
    return TenantLook("entra:work", entries, **more)


def notes(network: tuple[Entry, ...], tenants: tuple[Entry, ...]) -> list[tuple[str, int]]:
    return [(note.kind, note.count) for note in told(network, work(tenants))]


def test_both_ways() -> None:
    assert notes(NETWORK, TENANT) == [(QUIET, 1), (PRIVATE, 1)]
    texts = [note.text for note in told(NETWORK, work())]
    assert "dormant" in texts[0] and texts[1].endswith(
        "no grant or seat of it in the tenant: private accounts are likely"
    )


@pytest.mark.parametrize(
    ("complete", "stands", "whole", "kinds"),
    [
        (False, True, True, [PRIVATE]),  # a log that is torn has no traffic the less
        (True, False, True, [PRIVATE]),
        (True, True, False, [QUIET]),
        (False, True, False, []),
        (True, False, False, []),
    ],
)
def test_each_rests_on_its_own_look(complete: bool, stands: bool, whole: bool, kinds: list[str]) -> None:
    found = told(NETWORK, work(stands=stands, whole=whole), complete=complete)
    assert [note.kind for note in found] == kinds


OTHER = (row("chat", "joe", Usage.INTEGRATED),)


def test_a_tenant_that_could_not_be_looked_at_does_not_silence_the_others() -> None:
    partial = TenantLook("google:lab", OTHER, stands=False, whole=False)
    quiet, private = told(NETWORK, work(), partial)
    assert (quiet.kind, quiet.count, quiet.services) == (
        QUIET,
        1,
        ("chat",),
    )  # eve, and not joe, whose grant may be withdrawn
    assert (private.kind, private.count, private.services) == (
        PRIVATE,
        1,
        (),
    )  # ben, who may have one in the other tenant
    assert private.text == (
        "1 use Chat and have no grant or seat of it in entra:work: private accounts are likely, or one in a tenant that could not be "
        "looked at whole"
    )


def test_a_tenant_that_could_not_be_swept_leaves_it_unsure() -> None:
    found = [note for note in told(NETWORK, work(), refused=1) if note.kind == PRIVATE]
    assert [(note.services, "entra:work" in note.text) for note in found] == [((), True)]


def test_what_a_partial_tenant_does_know_explains() -> None:
    partial = TenantLook("google:lab", (row("chat", "ben", Usage.INTEGRATED),), stands=False, whole=False)
    assert [note.kind for note in told(NETWORK, work(), partial)] == [QUIET]
    wide = replace(partial, entries=(row("chat", None, Usage.INTEGRATED),))
    assert [note.kind for note in told(NETWORK, work(), wide)] == [QUIET]


def test_a_service_that_only_a_partial_tenant_knows_is_no_matter_of_the_others() -> None:
    used = (*NETWORK[:1], row("art", "ben", Usage.CONNECTED))
    partial = TenantLook("google:lab", (row("art", "joe", Usage.INTEGRATED),), stands=True, whole=False)
    assert [note.services for note in told(used, work(TENANT[:1]), partial)] == [("art",)]  # joe's grant is idle


def test_two_whole_tenants_are_one_answer() -> None:
    lab = TenantLook("google:lab", (row("chat", "ben", None),))
    assert [note.kind for note in told(NETWORK, work(), lab)] == [QUIET]


def test_whose_name_is_not_known_contradicts_nothing() -> None:
    """The tenant's own ids are nobody's name in a log, and any of those who are seen may be behind them."""
    ids = (row("chat", "ann", Usage.INTEGRATED), row("chat", "7f3a", Usage.INTEGRATED))
    assert told(NETWORK, work(ids, nameless=frozenset({"7f3a"}))) == []
    more = (*NETWORK, row("chat", "joe", Usage.CONNECTED), row("chat", "sue", Usage.CONNECTED))
    (private,) = told(more, work(ids, nameless=frozenset({"7f3a"})))
    assert private.count == 2 and private.text.startswith("at least 2 use Chat")


def test_an_id_that_the_logs_use_too_is_a_name() -> None:
    logins = (row("chat", "ann", Usage.INTEGRATED), row("chat", "ben", Usage.INTEGRATED))
    assert told(NETWORK, work(logins, nameless=frozenset({"ann", "ben"}))) == []


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


def test_a_grant_that_is_not_sure_is_none_and_covers_nobody() -> None:
    unsure = row("chat", None, Usage.INTEGRATED, confidence="unconfirmed")
    assert notes(NETWORK, (TENANT[0], unsure)) == [(PRIVATE, 1)]
    assert notes(NETWORK[:1], (TENANT[0], replace(unsure, actor=Actor("eve")))) == []


def test_rows_by_service_name_nobody_and_cover_everybody() -> None:
    assert notes(NETWORK, (TENANT[0], row("chat", None, Usage.INTEGRATED, actor=None))) == []


def test_tenants_are_named_in_their_order_where_the_answer_is_unsure() -> None:
    whole = [TenantLook(place, TENANT[:1]) for place in ("okta:b", "entra:a")]
    (found,) = told(NETWORK, *whole, refused=1)
    assert "no grant or seat of it in entra:a, okta:b: " in found.text


def test_grants_in_nobody_s_name() -> None:
    assert notes(NETWORK, (*TENANT[:1], row("chat", "ben", None), row("bot", None, Usage.INTEGRATED))) == [
        ("grant_without_traffic", 1)
    ]


def test_services_that_the_tenant_does_not_know() -> None:
    many = tuple(row(f"s{n:02}", "ben", Usage.CONNECTED) for n in range(12))
    found = told((NETWORK[0], *many), work(TENANT[:1]))
    assert [(note.kind, note.count) for note in found] == [("traffic_without_grant", 1)]
    assert "S00" in found[0].text and "and 2 more" in found[0].text


def test_the_order_makes_no_difference() -> None:
    rng = random.Random(3)
    network, tenants = list(NETWORK), list(TENANT)
    wanted = told(NETWORK, work())
    for _ in range(5):
        rng.shuffle(network)
        rng.shuffle(tenants)
        assert told(tuple(network), work(tuple(tenants))) == wanted


def test_notes_name_the_services_that_they_are_about() -> None:
    used = (*NETWORK, row("bot", "ben", Usage.CONNECTED), row("art", "ann", Usage.CONNECTED))
    found = told(used, work((*TENANT, row("sum", "eve", Usage.INTEGRATED))))
    assert [(note.kind, note.services) for note in found] == [
        ("grant_without_traffic", ("chat",)),
        ("grant_without_traffic", ("sum",)),
        ("traffic_without_grant", ("chat",)),
        ("traffic_without_grant", ("art", "bot")),
    ]


def test_what_was_neither_let_through_nor_blocked_is_not_seen() -> None:
    nothing = row("chat", "eve", None)
    assert notes((*NETWORK, nothing), TENANT) == notes(NETWORK, TENANT)
    tried = row("chat", "eve", None, blocked=2)
    assert notes((*NETWORK, tried), TENANT) == [(PRIVATE, 1)]


def test_seats_alone_are_no_grant_without_traffic() -> None:
    seat, used = row("office", "eve", Usage.CONNECTED), row("office", "joe", Usage.INTEGRATED)
    assert notes(NETWORK, (*TENANT, seat)) == notes(NETWORK, TENANT)
    assert (QUIET, 1) in notes(NETWORK, (*TENANT, used))


def test_a_grant_of_somebody_is_told_once_where_the_service_has_no_traffic() -> None:
    (quiet,) = [note for note in told(NETWORK, work((row("api", "eve", Usage.INTEGRATED),))) if note.kind == QUIET]
    assert quiet.count == 1 and quiet.text.startswith("1 with a grant of Api have no traffic")
