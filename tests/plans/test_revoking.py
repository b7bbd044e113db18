"""Which grants the policy does not allow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shadowai.decisions import applying
from shadowai.decisions.model import Decided, Grounds
from shadowai.decisions.remembered import Judge
from shadowai.identities import Identities
from shadowai.model import Verdict
from shadowai.plans.revoking import Known, Revocation, plan
from shadowai.policy import Policy
from shadowai.tenant import EVERYONE, App, Grant, Person
from tests.decisions.making import decided, written
from tests.policy.making import ALL, TODAY, policy

SIGNATURES = {one.id: one for one in ALL}
CHAT = App("entra", "contoso.example", "chat", "ChatGPT", verified_publisher="OpenAI", object_id="sp1")
BOTH = App("entra", "contoso.example", "both", "Both")
UNKNOWN = App("entra", "contoso.example", "unknown", "Unknown")
PEOPLE = (
    Person("entra", "contoso.example", "p1", "Ann@Example.com", department="HR"),
    Person("entra", "contoso.example", "p2", "bob@example.com", department="IT"),
    Person("entra", "contoso.example", "p3", "eve@example.com"),
)


def grant(app: str, principal: str | None, *scopes: str, **more: object) -> Grant:
    made = Grant("entra", "contoso.example", f"{app}-{principal}", app, "delegated", principal, scopes or ("openid",))
    return replace(made, **more)  # type: ignore[arg-type]


def made(
    folder: Path, rules: str, *grants: Grant, people: Identities | None = None, said: tuple[Decided, ...] = ()
) -> tuple[Revocation, ...]:
    apps = [(CHAT, ("openai-chatgpt",)), (BOTH, ("openai-api", "far-chat")), (UNKNOWN, ())]
    tenant = Known("entra:contoso.example", apps, grants, PEOPLE, 0)
    statuses = {Verdict.PROHIBITED, Verdict.UNSANCTIONED}
    folder.mkdir(exist_ok=True)
    found = written(folder / "log", *said)
    judge = Judge(
        policy(folder, rules), TODAY, lambda rows: applying.decided(rows, found, today=TODAY, facts=lambda service: ())
    )
    return plan([tenant], judge, SIGNATURES, statuses, people)


def test_each_grant_of_what_is_prohibited_is_listed_once(tmp_path: Path) -> None:
    grants = (
        grant("chat", "p2"),
        grant("chat", "p1"),
        grant("chat", "p1", kind="request", id="r"),
        grant("unknown", "p1"),
    )
    found = made(tmp_path, "- {service: openai-chatgpt, status: prohibited, reason: no contract}\n", *grants)
    assert [(one.who, one.grant, one.reason, one.others) for one in found] == [
        ("Ann@Example.com", "chat-p1", "no contract", 0),
        ("bob@example.com", "chat-p2", "no contract", 0),
    ]
    assert found[0].step == "DELETE /v1.0/oauth2PermissionGrants/chat-p1"


def test_a_grant_is_judged_by_whose_it_is(tmp_path: Path) -> None:
    rules = "- {service: openai-chatgpt, status: sanctioned, conditions: {departments: IT}}\n"
    grants = (grant("chat", "p1"), grant("chat", "p2"), grant("chat", "p3"))
    (found,) = made(tmp_path, rules, *grants)
    assert (found.who, found.verdict, found.others) == ("Ann@Example.com", Verdict.UNSANCTIONED, 2)
    more = made(tmp_path, rules, *grants, people=Identities(people={"eve@example.com": "Sales"}))
    assert [one.who for one in more] == ["Ann@Example.com", "eve@example.com"]


def test_a_grant_is_judged_by_what_it_opens_and_who_vouches_for_it(tmp_path: Path) -> None:
    rules = "- {service: [openai-chatgpt, openai-api], status: sanctioned, conditions: {max_scope_class: write}}\n"
    wide = grant("chat", None, "Mail.Read", kind="application")
    everyone = grant("chat", EVERYONE, "Files.ReadWrite.All")
    found = made(
        tmp_path,
        rules,
        wide,
        everyone,
        grant("chat", "p1", "Files.ReadWrite.All"),
        grant("chat", EVERYONE, "openid", id="x"),
    )
    assert [(one.grant, one.who) for one in found] == [("chat-*", ""), ("chat-None", "")]
    verified = "- {service: [openai-chatgpt, openai-api], status: sanctioned, conditions: {verified_publisher: true}}\n"
    assert [one.app for one in made(tmp_path, verified, grant("chat", "p1"), grant("both", "p1"))] == ["both"]


@pytest.mark.parametrize(
    ("more", "listed"),
    [
        ({}, True),
        ({"first_party": True}, False),
        ({"in_house": True}, False),
        ({"kind": "agent_package"}, False),
        ({"verified_publisher": "Example"}, False),
        ({"platform": "okta"}, False),  # which verifies no publishers
    ],
)
def test_only_where_a_publisher_could_be_verified_it_counts_that_it_is_not(
    tmp_path: Path, more: dict[str, Any], listed: bool
) -> None:
    rules = "- {service: far-chat, status: sanctioned, conditions: {verified_publisher: true}}\n"
    tenant = Known("entra:contoso.example", [(replace(BOTH, **more), ("far-chat",))], (grant("both", "p1"),), PEOPLE, 0)
    judge = Judge(policy(tmp_path, rules), TODAY, tuple)
    assert bool(plan([tenant], judge, SIGNATURES, {Verdict.UNSANCTIONED})) is listed


def test_a_person_s_own_grant_and_one_of_nobody_known_are_no_grants_of_the_whole_tenant(tmp_path: Path) -> None:
    rules = "- {service: openai-chatgpt, status: sanctioned, conditions: {max_scope_class: write}}\n"
    told = {
        kind: [one.grant for one in made(tmp_path, rules, grant("chat", None, "Mail.Read", kind=kind))]
        for kind in ("application", "install", "delegated", "key")
    }
    assert told == {"application": ["chat-None"], "install": ["chat-None"], "delegated": [], "key": []}
    assert made(tmp_path, rules, grant("chat", "p1", "Mail.Read", kind="application")) == ()


def test_who_a_grant_of_the_whole_tenant_is_for_is_not_known(tmp_path: Path) -> None:
    rules = "groups: {board: [ann@example.com]}\nrules:\n- {group: board, status: sanctioned}\n- {vendor: OpenAI, status: prohibited}\n"
    path = tmp_path / "groups.yaml"
    path.write_text(f"version: 1\n{rules}", "utf-8")
    grants = (grant("chat", "p1"), grant("chat", "p2"), grant("chat", EVERYONE), grant("chat", None, kind="install"))
    tenant = Known("entra:contoso.example", [(CHAT, ("openai-chatgpt",))], grants, PEOPLE, 0)
    found = plan([tenant], Judge(Policy.load(path), TODAY, tuple), SIGNATURES, {Verdict.PROHIBITED})
    assert [one.who for one in found] == ["bob@example.com"]


def test_people_without_an_address_have_the_tenant_s_own_id_and_services_without_a_signature_are_left_out(
    tmp_path: Path,
) -> None:
    apps = [(CHAT, ("openai-chatgpt", "no-such-service")), (UNKNOWN, ("no-such-service",))]
    people = (Person("entra", "contoso.example", "p4"),)
    grants = tuple(grant(app, who) for app in ("chat", "unknown") for who in ("p4", "stranger", EVERYONE))
    tenant = Known("entra:contoso.example", apps, grants, people, 0)
    judge = Judge(policy(tmp_path, PROHIBITED), TODAY, tuple)
    found = plan([tenant], judge, SIGNATURES, {Verdict.PROHIBITED})
    assert [(one.app, one.who, one.service) for one in found] == [
        ("chat", who, "openai-chatgpt") for who in ("", "p4", "stranger")
    ]


def test_an_application_of_two_services_is_taken_for_the_graver_and_says_what_else_is_lost(tmp_path: Path) -> None:
    rules = "- {service: far-chat, status: prohibited}\n- {service: openai-api, status: sanctioned}\n"
    (found,) = made(tmp_path, rules, grant("both", "p1", last_used=9))
    assert (found.service, found.also, found.last_used) == ("far-chat", ("openai-api",), 9)


def test_what_cannot_be_told_is_not_in_the_plan(tmp_path: Path) -> None:
    rules = "- {service: openai-chatgpt, status: sanctioned, conditions: {max_upload_per_month: 1MB}}\n"
    assert made(tmp_path, rules, grant("chat", "p1")) == ()


PROHIBITED = "- {service: openai-chatgpt, status: prohibited}\n"


def test_what_people_have_let_be_is_not_taken_back_and_what_they_have_forbidden_is(tmp_path: Path) -> None:
    grants = (grant("chat", "p1"), grant("chat", "p2"), grant("both", "p1"))
    said = (
        decided(
            "openai-chatgpt", "ann@example.com", verdict=Verdict.TOLERATED, grounds=Grounds(scope_class="identity")
        ),
        decided("openai-api", verdict=Verdict.PROHIBITED, reason="no contract"),
    )
    found = made(tmp_path, PROHIBITED, *grants, said=said)
    assert [(one.app, one.who, one.others) for one in found] == [
        ("both", "Ann@Example.com", 0),
        ("chat", "bob@example.com", 1),
    ]
    assert "no contract" in found[0].reason and found[0].service == "openai-api"


def test_a_decision_about_a_service_holds_for_everybody_s_grants_and_ends_with_what_it_was_made_on(
    tmp_path: Path,
) -> None:
    said = (decided("openai-chatgpt", verdict=Verdict.SANCTIONED, grounds=Grounds(scope_class="content")),)
    mail = grant("chat", "p1", "Mail.Read")
    assert made(tmp_path / "a", PROHIBITED, mail, grant("chat", "p2"), said=said) == ()
    wide = grant("chat", None, "Mail.Read", kind="application")
    assert len(made(tmp_path / "b", PROHIBITED, mail, wide, said=said)) == 2


def test_a_person_is_decided_upon_by_the_name_that_rows_have(tmp_path: Path) -> None:
    said = (decided("openai-chatgpt", "ann", verdict=Verdict.TOLERATED, grounds=Grounds(scope_class="identity")),)
    people = Identities(people={"ann": "HR"}, users={"ann@example.com": "ann"})
    assert made(tmp_path / "a", PROHIBITED, grant("chat", "p1"), people=people, said=said) == ()
    assert len(made(tmp_path / "b", PROHIBITED, grant("chat", "p1"), said=said)) == 1


def test_a_service_that_people_have_approved_is_lost_with_its_application(tmp_path: Path) -> None:
    said = (decided("openai-api", verdict=Verdict.SANCTIONED, grounds=Grounds(scope_class="tenant")),)
    (found,) = made(tmp_path, "- {service: far-chat, status: prohibited}\n", grant("both", "p1"), said=said)
    assert (found.service, found.also) == ("far-chat", ("openai-api",))
