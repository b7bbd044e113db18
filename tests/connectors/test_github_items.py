"""What GitHub's rows mean, the hostile ones too."""

from __future__ import annotations

from typing import Any

import pytest

from shadowai.tenant import Event, Missed, TenantError
from shadowai_connectors import github_items as items
from tests.connectors.saas_server import at

ORG = "example-org"
INSTALLATION: dict[str, Any] = {
    "id": 25381,
    "app_id": 1144995,
    "app_slug": "chatgpt-codex-connector",
    "permissions": {"contents": "write", "metadata": "read"},
    "created_at": "2026-05-16T08:47:09.000-07:00",
    "suspended_at": None,
    "repository_selection": "all",
}
ABOUT = {"name": "ChatGPT Codex Connector", "owner": {"login": "openai"}, "external_url": "https://chatgpt.com/codex"}


def test_an_installation_is_known_by_its_slug() -> None:
    app, grant = items.installed(INSTALLATION, ABOUT, ORG)
    assert (app.id, app.object_id, app.name) == ("chatgpt-codex-connector", "1144995", "ChatGPT Codex Connector")
    assert (app.owner_tenant, app.homepage, app.enabled, app.in_house) == (
        "openai",
        "https://chatgpt.com/codex",
        True,
        False,
    )
    assert app.verified_publisher is None
    assert grant.id == "installation/25381" and grant.scopes == ("contents:write", "metadata:read")
    assert grant.granted == at("2026-05-16T15:47:09+00:00") and grant.date_source == "api" and grant.principal is None


def test_a_private_app_and_one_of_our_own() -> None:
    app, _ = items.installed(INSTALLATION, {}, ORG)
    assert (app.name, app.owner_tenant, app.homepage, app.in_house) == ("chatgpt-codex-connector", None, None, False)
    assert items.installed(INSTALLATION, {"owner": {"login": "Example-Org"}}, ORG)[0].in_house
    assert items.installed({**INSTALLATION, "suspended_at": "2026-06-01T00:00:00Z"}, {}, ORG)[0].enabled is False
    assert items.installed(INSTALLATION, {"owner": {"login": "github"}}, ORG)[0].first_party


def test_an_installation_without_a_slug_is_an_error() -> None:
    with pytest.raises(TenantError, match="app_slug"):
        items.installed({**INSTALLATION, "app_slug": None}, {}, ORG)


@pytest.mark.parametrize("odd", [None, [], "all", {"contents": None}, {"contents": ["write"]}])
def test_odd_permissions_are_none(odd: object) -> None:
    assert items.permissions({"permissions": odd}) == ()


def test_a_seat_and_when_it_was_used() -> None:
    row = {
        "created_at": "2026-01-03T18:00:00-06:00",
        "last_activity_at": "2026-10-14T00:53:32-06:00",
        "plan_type": "business",
    }
    made = items.seat({**row, "assignee": {"login": "octocat", "id": 1}}, ORG)
    assert isinstance(made, tuple)
    person, grant = made
    assert (person.id, person.address) == ("octocat", None) and grant.app == items.COPILOT and grant.kind == "seat"
    assert grant.last_used == at("2026-10-14T06:53:32+00:00") and grant.scopes == ("plan:business",)
    unused = items.seat({"assignee": {"login": "hubot"}, "last_activity_at": None}, ORG)
    assert isinstance(unused, tuple) and unused[1].last_used is None and unused[1].date_source is None
    assert isinstance(items.seat({"assignee": None}, ORG), Missed)


def test_personal_tokens_and_requests() -> None:
    row = {
        "id": 9,
        "owner": {"login": "octocat"},
        "token_name": "cursor",
        "permissions": {"repository": {"contents": "read"}, "organization": {"members": "read"}},
        "access_granted_at": "2026-05-16T08:47:09Z",
        "created_at": "2026-05-15T08:47:09Z",
        "token_last_used_at": None,
        "token_expired": False,
    }
    made = items.personal_token(row, ORG, requested=False)
    assert made is not None
    app, _, grant = made
    assert (app.id, app.name, app.tags) == ("personal-access-token/cursor", "cursor", ("personal-access-token",))
    assert (grant.kind, grant.principal, grant.scopes) == ("key", "octocat", ("contents:read", "members:read"))
    asked = items.personal_token(row, ORG, requested=True)
    assert asked is not None and asked[2].kind == "request" and asked[2].id == "token-request/9"
    assert asked[2].granted == at("2026-05-15T08:47:09+00:00")
    assert items.personal_token({**row, "token_expired": True}, ORG, requested=False) is None


def test_credentials_name_no_app_and_keep_no_part_of_the_token() -> None:
    row = {"login": "octocat", "credential_id": 3, "credential_type": "OAuth app token", "token_last_eight": "71c3fc11"}
    row |= {"scopes": ["repo"], "credential_accessed_at": "2026-11-01T00:00:00Z"}
    made = items.credential(row, ORG)
    assert made is not None and made[2].scopes == ("repo",) and made[2].kind == "delegated"
    assert made[0].id == "unnamed/OAuth app token" and "71c3fc11" not in repr(made)
    assert items.credential({**row, "credential_type": "SSH key"}, ORG) is None
    noted = items.credential(
        {**row, "credential_type": "personal access token", "authorized_credential_note": "n8n"}, ORG
    )
    assert noted is not None and noted[0].id == "personal-access-token/n8n" and noted[2].kind == "key"


@pytest.mark.parametrize(
    ("row", "app", "what", "principal"),
    [
        (
            {"action": "integration_installation.create", "integration": "claude", "actor": "ada"},
            "claude",
            "installed",
            None,
        ),
        ({"action": "integration_installation.destroy", "name": "claude", "actor": "ada"}, "claude", "removed", None),
        (
            {"action": "oauth_authorization.create", "oauth_application_name": "n8n", "user": "bob"},
            "n8n",
            "granted",
            "bob",
        ),
        (
            {"action": "org.oauth_app_access_requested", "oauth_application_id": 77, "actor": "ada"},
            "77",
            "requested",
            "ada",
        ),
        (
            {"action": "org_credential_authorization.grant", "credential_type": "OAuth app token", "actor": "ada"},
            "unnamed/OAuth app token",
            "granted",
            "ada",
        ),
    ],
)
def test_entries_of_the_audit_log(row: dict[str, Any], app: str, what: str, principal: str | None) -> None:
    found = items.event({"@timestamp": 1_606_929_874_512, "_document_id": "xJJ", **row}, ORG)
    assert isinstance(found, Event) and (found.app, found.what, found.principal) == (app, what, principal)
    assert found.time == 1_606_929_874_512_000


def test_an_entry_that_names_no_app_is_missed_and_another_action_is_nothing() -> None:
    row = {
        "@timestamp": 1_606_929_874_512,
        "_document_id": "x",
        "action": "integration_installation.create",
        "name": "a",
    }
    assert isinstance(items.event({**row, "name": None}, ORG), Missed)
    assert isinstance(items.event({**row, "_document_id": None}, ORG), Missed)
    assert isinstance(items.event({**row, "@timestamp": "never"}, ORG), Missed)
    assert items.event({**row, "action": "repo.destroy"}, ORG) is None
