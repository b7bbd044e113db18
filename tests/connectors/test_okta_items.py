"""What Okta's rows mean, the hostile ones too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shadowai.tenant import Event, Missed, TenantError
from shadowai_connectors import okta_items as items
from tests.connectors.saas_server import at

TENANT = "example.okta.com"
OIDC: dict[str, Any] = {
    "id": "0oa1",
    "name": "oidc_client",
    "label": "Internal wiki",
    "status": "ACTIVE",
    "created": "2026-01-06T10:00:00.000Z",
    "signOnMode": "OPENID_CONNECT",
    "credentials": {"oauthClient": {"client_id": "custom-client", "token_endpoint_auth_method": "none"}},
    "settings": {
        "oauthClient": {
            "client_uri": "https://wiki.example",
            "redirect_uris": ["https://claude.ai/api/mcp/auth_callback", "https://wiki.example/callback"],
        }
    },
}


def entry(kind: str = "app.oauth2.as.consent.grant", **others: Any) -> dict[str, Any]:
    """An entry of the log."""
    return {
        "uuid": "e-1",
        "published": "2027-01-14T10:00:00.123Z",
        "eventType": kind,
        "actor": {"id": "00u1", "type": "User", "alternateId": "ada@example.com"},
        "outcome": {"result": "SUCCESS"},
        "target": [
            {"id": "scp1", "type": "scope", "displayName": "files.read"},
            {"id": "0oa1", "type": "PublicClientApp", "displayName": "ChatGPT"},
        ],
        **others,
    }


def test_an_app_is_known_by_its_client_and_its_reply_urls() -> None:
    app = items.app(OIDC, TENANT)
    assert (app.id, app.object_id, app.name) == ("custom-client", "0oa1", "Internal wiki")
    assert app.reply_urls == ("https://claude.ai/api/mcp/auth_callback", "https://wiki.example/callback")
    assert app.homepage == "https://wiki.example" and app.enabled and not app.in_house and not app.first_party
    assert app.created == at("2026-01-06T10:00:00+00:00")
    assert app.tags == ("catalogue:oidc_client", "sign-on:OPENID_CONNECT")


def test_where_saml_assertions_go_is_a_reply_url() -> None:
    sign_on = {
        "ssoAcsUrl": "https://chatgpt.com/saml",
        "acsEndpoints": [{"url": "https://chatgpt.com/saml", "index": 0}, {"url": "https://auth.openai.com/acs"}, 5],
    }
    app = items.app({"id": "0oa2", "label": "AI", "status": "INACTIVE", "settings": {"signOn": sign_on}}, TENANT)
    assert app.reply_urls == ("https://chatgpt.com/saml", "https://auth.openai.com/acs")
    assert app.id == app.object_id == "0oa2" and app.enabled is False


@pytest.mark.parametrize(
    "odd",
    [
        {"settings": None, "credentials": 5},
        {"settings": {"oauthClient": {"redirect_uris": "https://x.example"}, "signOn": [], "app": "x"}},
        {"settings": {"oauthClient": {"redirect_uris": [None, 7, {}]}, "signOn": {"acsEndpoints": {"url": "x"}}}},
        {"label": None, "name": None, "created": "soon", "status": None},
    ],
)
def test_an_app_with_odd_fields_is_still_that_app(odd: dict[str, Any]) -> None:
    assert items.app({**OIDC, **odd}, TENANT).object_id == "0oa1"


def test_an_app_without_an_id_is_an_error() -> None:
    with pytest.raises(TenantError, match="without id"):
        items.app({**OIDC, "id": ""}, TENANT)


def test_okta_s_own_apps_are_first_party() -> None:
    assert items.app({"id": "0oa0", "name": "saasure", "label": "Okta Admin Console"}, TENANT).first_party


def test_grants_of_people_and_of_apps() -> None:
    row: dict[str, Any] = {
        "id": "oag1",
        "status": "ACTIVE",
        "created": "2026-08-27T19:18:36.000Z",
        "scopeId": "okta.users.read",
    }
    row |= {"createdBy": {"id": "00u9", "type": "User"}, "issuer": "https://example.okta.com", "source": "ADMIN"}
    grant = items.consent(row, "0oa1", TENANT)
    assert grant is not None and (grant.kind, grant.principal, grant.by) == ("application", None, "00u9")
    assert grant.scopes == ("okta.users.read",) and grant.date_source == "api"
    own = items.consent({**row, "userId": "00u1", "createdBy": {"id": "0oa7", "type": "Client"}}, "0oa1", TENANT)
    assert own is not None and (own.kind, own.principal, own.by) == ("delegated", "00u1", None)
    assert items.consent({**row, "status": "REVOKED"}, "0oa1", TENANT) is None
    undated = items.consent({**row, "created": None}, "0oa1", TENANT)
    assert undated is not None and undated.granted is None and undated.date_source is None


def test_refresh_tokens() -> None:
    row: dict[str, Any] = {
        "id": "oar1",
        "status": "ACTIVE",
        "created": "2026-10-01T00:00:00Z",
        "lastUpdated": "2026-11-01T00:00:00Z",
    }
    row |= {"userId": "00u1", "scopes": ["offline_access"]}
    grant = items.refresh_token(row, "0oa1", TENANT)
    assert grant is not None and grant.last_used == at("2026-11-01T00:00:00+00:00") and grant.principal == "00u1"
    assert items.refresh_token({**row, "status": "REVOKED"}, "0oa1", TENANT) is None


def test_an_account_of_an_app_names_nobody() -> None:
    shared = {"credentials": {"userName": "marketing@example.com"}, "profile": {"email": "marketing@example.com"}}
    person, grant = items.assignment({"id": "00u1", **shared}, "0oa1", TENANT)
    assert person.address is None and grant.id == "0oa1/00u1" and grant.kind == "assignment"


def test_connections_are_of_the_client_that_requests() -> None:
    row = {"id": "cwo1", "requestingAppInstanceId": "0oa1", "resourceAppInstanceId": "0oa2", "status": "ACTIVE"}
    grant = items.connection(row, {"0oa1": "custom-client"}, TENANT)
    assert grant is not None and (grant.app, grant.resource) == ("custom-client", "0oa2")
    assert items.connection({**row, "status": "INACTIVE"}, {}, TENANT) is None


@pytest.mark.parametrize("status", ["SUSPENDED", "2026-01-01"])
def test_a_status_that_is_not_known_is_neither_held_nor_over(status: str) -> None:
    """It is missed, and the rows beside it are kept."""
    row = {"id": "oag1", "scopeId": "okta.users.read", "status": status}
    made: tuple[Callable[[], object], ...] = (
        lambda: items.consent(row, "0oa1", TENANT),
        lambda: items.refresh_token(row, "0oa1", TENANT),
        lambda: items.connection(row, {}, TENANT),
    )
    for one in made:
        with pytest.raises(TenantError, match="status that is not known"):
            one()


def test_people() -> None:
    profile = {"firstName": "Ada", "lastName": "L", "email": "ada@example.com", "login": "ada", "department": "R&D"}
    person = items.person({"id": "00u1", "status": "SUSPENDED", "profile": profile}, TENANT)
    assert (person.name, person.address, person.department, person.enabled) == (
        "Ada L",
        "ada@example.com",
        "R&D",
        False,
    )
    assert items.person({"id": "00u1", "status": "LOCKED_OUT"}, TENANT).enabled is True


def test_who_has_somebody_else_s_mail_is_not_that_person() -> None:
    profile = {"email": "ada@example.com", "login": "bot@example.com"}
    assert items.person({"id": "00u2", "profile": profile}, TENANT).address == "bot@example.com"
    assert items.person({"id": "00u3", "profile": {"login": "bot"}}, TENANT).address == "bot"


def test_a_consent_in_the_log() -> None:
    event = items.event(entry(), TENANT)
    assert isinstance(event, Event)
    assert (event.what, event.app, event.principal, event.scopes) == ("granted", "0oa1", "00u1", ("files.read",))
    assert event.id == "e-1" and event.time == at("2027-01-14T10:00:00.123+00:00")


def test_a_postal_code_that_is_a_number_spoils_nothing() -> None:
    where = {"geographicalContext": {"postalCode": 94105, "geolocation": None}, "zone": 5}
    assert isinstance(items.event(entry(client=where, securityContext=7, request=[]), TENANT), Event)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("app.oauth2.as.consent.revoke.user.client", "revoked"),
        ("app.oauth2.admin.consent.grant", "granted"),
        ("application.lifecycle.create", "installed"),
        ("application.lifecycle.delete", "removed"),
    ],
)
def test_kinds_of_events(kind: str, what: str) -> None:
    found = items.event(entry(kind, target=[{"id": "0oa1", "type": "AppInstance"}]), TENANT)
    assert isinstance(found, Event) and found.what == what
    assert found.principal == ("00u1" if what in ("granted", "revoked") else None) and found.by == "00u1"


def test_what_an_administrator_did_for_somebody_is_that_one_s() -> None:
    targets = [{"id": "0oa1", "type": "PublicClientApp"}, {"id": "00u2", "type": "User"}]
    found = items.event(entry("app.oauth2.as.consent.revoke", target=targets), TENANT)
    assert isinstance(found, Event) and (found.principal, found.by) == ("00u2", "00u1")


@pytest.mark.parametrize("result", ["SKIPPED", "CHALLENGE", "UNKNOWN", "ABANDONED", "DEFERRED"])
def test_what_was_not_done_dates_nothing(result: str) -> None:
    assert items.event(entry(outcome={"result": result}), TENANT) is None
    withdrawn = items.event(entry("app.oauth2.as.consent.revoke", outcome={"result": result}), TENANT)
    assert isinstance(withdrawn, Event) == (result == "UNKNOWN")
    assert isinstance(items.event(entry(outcome={"result": "ALLOW"}), TENANT), Event)


def test_failures_and_other_kinds_are_no_events() -> None:
    assert items.event(entry(outcome={"result": "FAILURE"}), TENANT) is None
    assert items.event(entry("user.session.start"), TENANT) is None
    assert items.event({}, TENANT) is None


@pytest.mark.parametrize("odd", [{"target": None}, {"target": [5]}, {"uuid": None}, {"published": "soon"}])
def test_an_entry_that_names_no_app_is_missed_and_not_dropped(odd: dict[str, Any]) -> None:
    assert isinstance(items.event(entry(**odd), TENANT), Missed)


def test_sign_ins_are_summed() -> None:
    entries = [
        entry("user.authentication.sso", published="2027-01-14T10:00:00Z"),
        entry("user.authentication.sso", published="2027-01-14T12:00:00Z"),
        entry("user.authentication.sso", outcome={"result": "FAILURE"}),
        entry("user.authentication.sso", published="never"),
    ]
    (found,) = items.sign_ins(entries, "0oa1", TENANT)
    assert (found.principal, found.events) == ("00u1", 2)
    assert found.last - found.first == 7_200_000_000


def test_a_scope_that_was_consented_to_names_its_app_and_its_person_in_its_details() -> None:
    """As Okta's own log has it: the scope is the target, and actor and app are not among the targets."""
    details = {"publicclientapp": "0oa5", "user": "00u5", "authorizationserver": "aus1", "grantedScopes": None}
    targets = [{"id": "scp1", "type": "scope", "displayName": "calendar.read", "detailEntry": details}]
    found = items.event(entry(target=targets, actor={"id": "0oa9", "type": "SystemPrincipal"}), TENANT)
    assert isinstance(found, Event)
    assert (found.app, found.principal, found.scopes) == ("0oa5", "00u5", ("calendar.read",))


@pytest.mark.parametrize("details", [None, [], "x", {"publicclientapp": {}}, {"publicclientapp": ""}])
def test_details_of_another_shape_name_no_app(details: Any) -> None:
    targets = [{"id": "scp1", "type": "scope", "detailEntry": details}]
    assert isinstance(items.event(entry(target=targets), TENANT), Missed)


def test_a_consent_at_the_organisation_s_own_server_is_one() -> None:
    found = items.event(entry("app.oauth2.consent.grant"), TENANT)
    assert isinstance(found, Event) and found.what == "granted"
