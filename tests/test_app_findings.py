"""Applications that may be AI, and those to be warned of. With a whole sweep: test_grants.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from shadowai.app_findings import AppFindings, Sum, is_ai_by_kind, shown, speaks_of_ai
from shadowai.app_matcher import AppMatch, AppSignal
from shadowai.model import Match, Name
from shadowai.tenant import App

APP = App("entra", "contoso.example", "a1", "Ledger")
CLAUDE = Match("claude", "Claude", Name("app_name", "x"), "strong")


def about(*apps: App, **more: Any) -> AppFindings:
    found: dict[str, Any] = {"scope": "all", "found": {}, "sums": {}, "used": (), "strangers": {}}
    return AppFindings(apps={one.id: one for one in apps}, **(found | more))


def why(one: App, **more: Any) -> str:
    found = about(one, **more).candidates()
    return found[0].why if found else ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Acme AI", True),
        ("AI-notes", True),
        ("note taker", True),
        ("Sales Agent", True),
        ("MCP_server", True),
        ("Chat Bot", True),
        ("Daily Maid Aid", False),
        ("Email", False),
        ("Agency", False),
        ("x" * 80 + " AI", False),
    ],
)
def test_words_that_say_ai(name: str, expected: bool) -> None:
    assert speaks_of_ai(name) is expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"kind": "agent_identity"}, True),
        ({"kind": "agent_package"}, True),
        ({"kind": "agent_package", "first_party": True}, False),
        ({"kind": "vendor_org", "first_party": True, "tags": ("embedded",)}, True),
        ({"kind": "vendor_org", "tags": ("embedded",)}, False),
        ({"kind": "vendor_org", "first_party": True}, False),
        ({}, False),
    ],
)
def test_what_a_platform_calls_ai(more: Mapping[str, Any], expected: bool) -> None:
    assert is_ai_by_kind(replace(APP, **more)) is expected


def test_a_name_is_shown_on_one_short_line() -> None:
    assert shown("a\n\tb ") == "a b" and not set(shown("a\x1b[2J\u202e")) & {"\x1b", "\u202e"}
    assert shown("x" * 80) == "x" * 80 and shown("x" * 81) == "x" * 79 + "…"


def test_an_application_of_a_service_to_which_nothing_is_granted_is_told() -> None:
    found = {APP.id: AppMatch(matches=(CLAUDE,))}
    assert why(APP, found=found) == "Claude: known to the tenant, and nothing is granted to it"
    assert why(APP, found=found, sums={APP.id: Sum()}) == "" and why(APP, found=found, used=[APP.id]) == ""
    assert why(replace(APP, users=3), found=found) == "" and why(replace(APP, first_party=True), found=found) == ""


def test_what_lets_an_assistant_in_is_counted_and_no_candidate() -> None:
    made = about(APP, found={APP.id: AppMatch(wired=(CLAUDE,))})
    assert made.candidates() == ()
    (one,) = made.findings()
    assert (one.kind, one.users) == ("wired", 0)
    assert one.text == "Ledger: an application of somebody else's sends its users' tokens to Claude"


def test_of_many_permissions_three_are_named() -> None:
    scopes = {"Mail.Read", "Files.Read", "Chat.Read"}
    many = {APP.id: Sum(scopes | {"Notes.Read"}, {"ann"}, 1)}
    assert (
        why(APP, sums={APP.id: Sum(scopes, {"ann"}, 1)})
        == "it is unknown and may reach Chat.Read, Files.Read, Mail.Read"
    )
    assert why(APP, sums=many) == "it is unknown and may reach Chat.Read, Files.Read, Mail.Read and more"
    assert why(APP, sums=many, scope="ai") == "" and why(replace(APP, in_house=True), sums=many) == ""
    assert why(replace(APP, name="Ledger AI"), sums=many, scope="ai").startswith(
        "its name speaks of AI and it may reach"
    )


def test_those_that_concern_the_most_people_come_first() -> None:
    apps = [replace(APP, id=id, name="Sales Agent") for id in ("a", "b", "c", "d")]
    sums = {
        "b": Sum({"openid"}, {"ann", "bob"}, 2),
        "c": Sum({"openid", "email"}, {"ann"}, 1),
        "d": Sum({"openid"}, {"ann"}, 1),
    }
    found = about(*apps, sums=sums, strangers={"a": {"ann", "bob", "eve"}}).candidates()
    assert [(one.app.id, one.users) for one in found] == [("a", 3), ("b", 2), ("c", 1), ("d", 1)]


def signal(kind: str, service: str = "Claude") -> AppSignal:
    return AppSignal(kind, replace(CLAUDE, service=service), frozenset())  # type: ignore[arg-type]


def test_what_speaks_for_a_service_and_does_not_prove_it_is_told_with_its_kinds() -> None:
    kinds = ("publisher", "name", "homepage")
    found = AppMatch(signals=tuple(signal(kind, service) for kind in kinds for service in ("Gemini", "Claude")))
    (one,) = about(APP, found={APP.id: found}).candidates()
    assert one.why == "only its homepage and name and publisher speaks for Claude, Gemini" and not one.unknown
    false = replace(found, impersonation="its name is Claude's, and its publisher another's")
    assert why(APP, found={APP.id: false}) == false.impersonation


def test_of_what_no_signature_knows_that_is_said_and_whose_it_is() -> None:
    agent = replace(APP, kind="agent_identity", users=7)
    (one,) = about(agent).candidates()
    assert (one.why, one.unknown, one.users) == ("an agent that no signature explains", True, 7)
    (one,) = about(agent, sums={APP.id: Sum(people={"ann"})}).candidates()
    assert one.users == 1
    (one,) = about(APP, found={APP.id: AppMatch(matches=(CLAUDE,))}).candidates()
    assert (one.unknown, one.users) == (False, 0)


@pytest.mark.parametrize(
    ("scope", "granted", "told"),
    [("all", False, True), ("consented", False, False), ("consented", True, True), ("ai", True, False)],
)
def test_a_name_alone_is_told_as_far_as_the_sweep_went(scope: str, granted: bool, told: bool) -> None:
    sums = {APP.id: Sum({"openid"})} if granted else {}
    assert why(replace(APP, name="Sales Agent"), scope=scope, sums=sums) == ("its name speaks of AI" if told else "")


def test_what_lets_an_assistant_in_is_no_candidate_by_its_name_either() -> None:
    agent = replace(APP, name="Sales Agent", kind="agent_identity")
    assert why(agent) and not why(agent, found={APP.id: AppMatch(wired=(CLAUDE,))})
