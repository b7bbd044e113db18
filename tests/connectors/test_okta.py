"""Okta whole, against a server that answers as Okta is documented to: by the runner, and request by request."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shadowai.connector import Connector
from shadowai.errors import UsageError
from shadowai.sweep.allowlist import AllowList
from shadowai.tenant import Completeness, CursorExpired, Swept, Task, TenantError, Trouble
from shadowai_connectors import okta
from shadowai_connectors.okta import Okta
from tests.connectors.saas_server import (
    HTML,
    Asked,
    Reply,
    Saas,
    failures,
    private_key,
    reply,
    serving,
    session,
    sweep,
)
from tests.connectors.test_okta_items import OIDC, entry

TOKEN = "00aBcDeFgHiJkLmNoPqRsTuVwXyZ-0123456789ab"
CHATGPT: dict[str, Any] = {
    "id": "0oa5",
    "name": "openai_chatgpt",
    "label": "ChatGPT",
    "status": "ACTIVE",
    "signOnMode": "OPENID_CONNECT",
    "settings": {"oauthClient": {"redirect_uris": ["https://auth.openai.com/callback"]}},
}
CONSENT = {"id": "oag1", "status": "ACTIVE", "created": "2026-12-01T00:00:00Z", "scopeId": "okta.users.read"}
MISSING = {"errorCode": "E0000007", "errorSummary": "Not found: Resource not found: 0oa5 (AppInstance)"}
DENIED = {"errorCode": "E0000006", "errorSummary": "You do not have permission to perform the requested action"}
THROTTLED = {"errorCode": "E0000047", "errorSummary": "API call exceeded rate limit due to too many requests."}


def grant_token(asked: Asked) -> Reply:
    """The token endpoint: a token is named for its scope, so that requests can be checked."""
    return reply({"access_token": f"token:{asked.form['scope']}", "expires_in": 3600, "scope": asked.form["scope"]})


@pytest.fixture
def tenant(monkeypatch: pytest.MonkeyPatch) -> Iterator[Saas]:
    """An organisation with ChatGPT, a wiki that answers to Claude, and two people."""
    monkeypatch.setenv("OKTA_KEY", private_key("ec"))
    monkeypatch.setenv("OKTA_TOKEN", TOKEN)
    with serving() as made:
        made.usual["/oauth2/v1/token"] = grant_token
        made.pages("/api/v1/apps", [[CHATGPT], [{**OIDC, "label": "Wiki"}]])
        made.always(
            "/integrations/api/v1/api-services", [{"id": "0oa8", "type": "glean", "grantedScopes": ["okta.users.read"]}]
        )
        made.pages("/api/v1/logs", [[entry(target=[{"id": "0oa5", "type": "AppInstance"}])], []])
        for app in ("0oa5", "0oa1"):
            made.always(f"/api/v1/apps/{app}/grants", [CONSENT])
            made.always(f"/api/v1/apps/{app}/tokens", [{"id": f"oar-{app}", "userId": "00u2", "scopes": ["openid"]}])
            made.pages(f"/api/v1/apps/{app}/users", [[{"id": "00u1"}], [{"id": "00u2"}]])
            made.always(f"/api/v1/apps/{app}/cwo/connections", [])
        for number in (1, 2):
            profile = {"email": f"user{number}@example.com", "department": "Finance"}
            made.always(f"/api/v1/users/00u{number}/grants", [])
            made.always(f"/api/v1/users/00u{number}", {"id": f"00u{number}", "status": "ACTIVE", "profile": profile})
        yield made


def settings(tenant: Saas, **others: str) -> dict[str, str]:
    """The service app's settings."""
    return {"domain": tenant.root, "client_id": "0oaSweeper", "private_key": "env:OKTA_KEY", "key_id": "k1", **others}


def swept(tenant: Saas, path: Path, **others: Any) -> Swept:
    return sweep(Okta(), settings(tenant), path / "store", **others)


def run(tenant: Saas, task: Task, cursor: str | None = None) -> list[Any]:
    """The pages of one task."""
    with session(Okta(), settings(tenant)) as opened:
        return list(Okta().run(task, opened, cursor))


def test_it_is_a_connector_that_does_nothing_when_it_is_made() -> None:
    assert isinstance(Okta(), Connector)


def test_a_sweep_looks_closely_at_what_is_ai_alone(tenant: Saas, tmp_path: Path) -> None:
    found = swept(tenant, tmp_path)
    assert failures(found) == {} and found.tenant == tenant.host
    assert {app.id: app.name for app in found.apps} == {"0oa5": "ChatGPT", "custom-client": "Wiki", "0oa8": "glean"}
    kinds = sorted((grant.kind, grant.app, grant.principal) for grant in found.grants if grant.app != "0oa8")
    assert kinds == [
        ("application", "0oa5", None),
        ("assignment", "0oa5", "00u1"),
        ("assignment", "0oa5", "00u2"),
        ("delegated", "0oa5", "00u2"),
    ]
    assert {(one.id, one.address, one.department) for one in found.people} == {
        ("00u1", "user1@example.com", "Finance"),
        ("00u2", "user2@example.com", "Finance"),
    }
    assert [(event.what, event.app) for event in found.events] == [("granted", "0oa5")]
    assert tenant.paths("/api/v1/apps/0oa1/") == []


def test_a_full_sweep_looks_at_everything(tenant: Saas, tmp_path: Path) -> None:
    found = swept(tenant, tmp_path, mode="full")
    assert failures(found) == {} and {grant.app for grant in found.grants} == {"0oa5", "custom-client", "0oa8"}


def test_every_request_carries_a_token_of_one_scope(tenant: Saas, tmp_path: Path) -> None:
    swept(tenant, tmp_path)
    carried = {one.path: one.headers["authorization"] for one in tenant.asked if one.method == "GET"}
    assert carried["/api/v1/apps"] == "Bearer token:okta.apps.read"
    assert carried["/api/v1/logs"] == "Bearer token:okta.logs.read"
    assert carried["/api/v1/apps/0oa5/grants"] == "Bearer token:okta.appGrants.read"
    assert carried["/api/v1/users/00u1"] == "Bearer token:okta.users.read"


def test_the_assertion_is_that_of_rfc_7523(tenant: Saas, tmp_path: Path) -> None:
    swept(tenant, tmp_path)
    (first, *rest) = [one.form for one in tenant.asked if one.path == "/oauth2/v1/token"]
    header, claims, _ = first["client_assertion"].split(".")
    found = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert json.loads(base64.urlsafe_b64decode(header + "=="))["kid"] == "k1"
    assert found["iss"] == found["sub"] == "0oaSweeper" and found["aud"] == f"{tenant.root}/oauth2/v1/token"
    assert found["exp"] - found["iat"] == 300 and first["grant_type"] == "client_credentials"
    identifiers = {one["client_assertion"] for one in rest}
    assert len(identifiers) == len(rest) and first["client_assertion"] not in identifiers


def test_one_missing_scope_takes_nothing_else_with_it(tenant: Saas, tmp_path: Path) -> None:
    def some(asked: Asked) -> Reply:
        if asked.form["scope"] == "okta.logs.read":
            return reply({"error": "invalid_scope", "error_description": "One or more scopes are not configured"}, 400)
        return grant_token(asked)

    tenant.usual["/oauth2/v1/token"] = some
    found = swept(tenant, tmp_path)
    assert set(failures(found)) == {"consents", "activity/0oa5"}
    assert (
        failures(found)["consents"].trouble is Trouble.SCOPE and "okta.logs.read" in failures(found)["consents"].remedy
    )
    assert len(found.grants) == 5


@pytest.mark.parametrize(
    ("body", "trouble", "remedy"),
    [
        (
            {"error": "invalid_client", "error_description": "The client_assertion signature is invalid."},
            Trouble.CREDENTIALS,
            "public key",
        ),
        (
            {"error": "invalid_client", "error_description": "The client_assertion token is expired."},
            Trouble.CLOCK,
            "clock",
        ),
        (
            {"error": "invalid_dpop_proof", "error_description": "The DPoP proof JWT header is missing."},
            Trouble.CREDENTIALS,
            "DPoP",
        ),
    ],
)
def test_why_there_is_no_token(tenant: Saas, body: Any, trouble: Trouble, remedy: str) -> None:
    tenant.always("/oauth2/v1/token", body, 400)
    with pytest.raises(TenantError) as raised:
        run(tenant, Task("apps", "apps"))
    assert raised.value.trouble is trouble and remedy in raised.value.remedy
    assert "client_assertion=" not in str(raised.value) and private_key("ec")[60:90] not in str(raised.value)


def test_a_token_that_is_refused_on_the_way_is_renewed_once(tenant: Saas, tmp_path: Path) -> None:
    tenant.put["/api/v1/apps"] = [reply({"errorCode": "E0000011", "errorSummary": "Invalid token provided"}, 401)]
    found = swept(tenant, tmp_path)
    asked = [one.form["scope"] for one in tenant.asked if one.path == "/oauth2/v1/token"]
    assert failures(found) == {} and asked.count("okta.apps.read") == 2 and asked.count("okta.logs.read") == 1


def test_what_can_no_longer_be_looked_at_is_not_gone(tenant: Saas, tmp_path: Path) -> None:
    first = swept(tenant, tmp_path)
    tenant.always("/api/v1/apps/0oa5/users", DENIED, 403)
    second = swept(tenant, tmp_path, days=1)
    assert (
        set(failures(second)) == {"assignments/0oa5"} and failures(second)["assignments/0oa5"].trouble is Trouble.ROLE
    )
    assert first.complete and not second.complete


def test_an_api_token_is_sent_as_okta_wants_it(tenant: Saas, tmp_path: Path) -> None:
    found = sweep(Okta(), {"domain": tenant.root, "token": "env:OKTA_TOKEN"}, tmp_path / "store")
    assert failures(found) == {}
    assert {one.headers["authorization"] for one in tenant.asked} == {f"SSWS {TOKEN}"}
    assert "/oauth2/v1/token" not in tenant.paths()


def test_no_secret_is_in_what_is_told(tenant: Saas, tmp_path: Path) -> None:
    tenant.always(
        "/api/v1/apps", {"errorCode": "E0000011", "errorSummary": f"Invalid token provided: SSWS {TOKEN}"}, 401
    )
    found = sweep(Okta(), {"domain": tenant.root, "token": "env:OKTA_TOKEN"}, tmp_path / "store")
    assert failures(found)["apps"].trouble is Trouble.CREDENTIALS
    assert TOKEN not in repr(found) and TOKEN not in (tmp_path / "store").read_bytes().decode("latin-1")


def test_the_log_is_asked_for_a_window_with_an_end(tenant: Saas, tmp_path: Path) -> None:
    swept(tenant, tmp_path)
    asked = next(
        one.query for one in tenant.asked if one.path == "/api/v1/logs" and "consent" in one.query.get("filter", "")
    )
    assert (asked["since"], asked["until"]) == ("2026-10-17T08:00:00Z", "2027-01-15T08:00:00Z")
    assert "token.grant" not in asked["filter"] and asked["limit"] == "1000"


def test_the_next_day_the_log_overlaps_and_sign_ins_do_not(tenant: Saas, tmp_path: Path) -> None:
    tenant.usual["/api/v1/logs"] = lambda asked: reply([entry(target=[{"id": "0oa5", "type": "AppInstance"}])])
    first = swept(tenant, tmp_path)
    tenant.asked.clear()
    second = swept(tenant, tmp_path, days=1)
    since = {one.query["filter"][:15]: one.query["since"] for one in tenant.asked if one.path == "/api/v1/logs"}
    assert second.mode == "delta" and first.events == second.events
    assert since == {'eventType sw "a': "2027-01-13T08:00:00Z", 'eventType eq "u': "2027-01-15T07:00:00Z"}


def test_a_task_goes_on_from_its_cursor(tenant: Saas) -> None:
    first, second = run(tenant, Task("apps", "apps"))
    assert first.cursor == f"{tenant.root}/api/v1/apps?after=1" and second.cursor is None
    assert run(tenant, Task("apps", "apps"), first.cursor) == [second]


def test_a_page_that_is_given_in_place_of_the_next_one_leaves_its_rows_missed(tenant: Saas) -> None:
    wiki = {**OIDC, "label": "Wiki"}
    tenant.pages("/api/v1/apps", [[CHATGPT], [CHATGPT], [wiki]])
    first, again, last = run(tenant, Task("apps", "apps"))
    assert first.missed == last.missed == () and [one.name for one in last.items] == ["Wiki"]
    assert [(one.trouble, one.detail) for one in again.missed] == [
        (Trouble.UNEXPECTED, "a page was given again in place of the next one")
    ]
    tenant.pages("/api/v1/apps", [[], [], [wiki]])  # nothing is given twice where nothing is given
    assert [one.missed for one in run(tenant, Task("apps", "apps"))] == [(), (), ()]
    tenant.pages("/api/v1/users/00u1/grants", [[{**CONSENT, "clientId": "0oa5"}]] * 2)
    (page,) = run(tenant, Task("user_grants/1", "user_grants", ("00u1",)))
    assert len(page.missed) == 1 and page.items


def test_a_cursor_that_is_no_longer_taken_has_expired(tenant: Saas) -> None:
    tenant.always("/api/v1/apps", {"errorCode": "E0000001", "errorSummary": "Api validation failed: after"}, 400)
    with pytest.raises(CursorExpired):
        run(tenant, Task("apps", "apps"), f"{tenant.root}/api/v1/apps?after=1")
    with pytest.raises(TenantError):
        run(tenant, Task("apps", "apps"))


def test_an_expired_cursor_starts_the_collection_again(tenant: Saas, tmp_path: Path) -> None:
    expired = reply({"errorCode": "E0000031", "errorSummary": "Invalid search criteria"}, 400)
    pages, count = tenant.usual["/api/v1/apps"], [0]

    def once(asked: Asked) -> Reply:
        count[0] += "after" in asked.query
        return expired if "after" in asked.query and count[0] == 1 else pages(asked)

    tenant.usual["/api/v1/apps"] = once
    found = swept(tenant, tmp_path)
    assert failures(found) == {} and len(found.apps) == 3


@pytest.mark.parametrize(
    "link",
    [
        "https://attacker.example/api/v1/apps?after=1",
        "http://127.0.0.1:1/api/v1/apps",
        "string",
        "//attacker.example/x",
    ],
)
def test_a_next_link_that_leads_elsewhere_is_refused(tenant: Saas, link: str, tmp_path: Path) -> None:
    """The rows of the page that has it are kept, and the task is not complete."""
    tenant.always("/api/v1/apps", [CHATGPT], Link=f'<{link}>; rel="next"')
    (page,) = run(tenant, Task("apps", "apps"))
    assert [one.name for one in page.items] == ["ChatGPT"] and len(tenant.paths("/api")) == 1
    assert [one.trouble for one in page.missed] == [Trouble.UNEXPECTED]
    found = swept(tenant, tmp_path)
    assert [one.completeness for one in found.outcomes if one.task == "apps"] == [Completeness.PARTIAL]
    assert "ChatGPT" in {app.name for app in found.apps}


def test_pages_that_go_round_end(tenant: Saas, tmp_path: Path) -> None:
    tenant.always("/api/v1/apps", [CHATGPT], Link=f'<{tenant.root}/api/v1/apps?after=1>; rel="next"')
    found = swept(tenant, tmp_path)
    assert "apps" in failures(found) and len(tenant.paths("/api/v1/apps")) < 20


def test_throttling_is_waited_out_until_the_reset(tenant: Saas, tmp_path: Path) -> None:
    limits = {"X_Rate_Limit_Limit": "600", "X_Rate_Limit_Remaining": "0", "X_Rate_Limit_Reset": "1800000030"}
    tenant.put["/api/v1/apps"] = [reply(THROTTLED, 429, **limits) for _ in range(2)]
    found = swept(tenant, tmp_path)
    assert failures(found) == {} and found.throttled == 2 and len(found.apps) == 3


@pytest.mark.parametrize(
    ("path", "task", "whole"),
    [
        ("/api/v1/apps", Task("apps", "apps"), {"id": "0oa9", "label": "Claude"}),
        ("/api/v1/users", Task("people", "people"), {"id": "00u9", "profile": {"login": "eve@example.com"}}),
        ("/api/v1/apps/0oa5/grants", Task("grants/0oa5", "grants", ("0oa5", "0oa5")), {"id": "oag9", "scopeId": "x"}),
        ("/api/v1/apps/0oa5/users", Task("assignments/0oa5", "assignments", ("0oa5", "0oa5")), {"id": "00u9"}),
        (
            "/api/v1/users/00u9/grants",
            Task("user_grants/1", "user_grants", ("00u9",)),
            {"id": "oag8", "scopeId": "x", "clientId": "0oa5"},
        ),
    ],
)
def test_one_row_without_what_it_is_known_by_is_missed_alone(
    tenant: Saas, path: str, task: Task, whole: dict[str, Any]
) -> None:
    tenant.always(path, [{"label": "without an id"}, whole])
    (page,) = run(tenant, task)
    assert [one.trouble for one in page.missed] == [Trouble.UNEXPECTED] and page.items


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (reply(THROTTLED, 429), Trouble.THROTTLED),
        (reply(HTML, 502, Content_Type="text/html"), Trouble.SERVER),
        (reply(b'[{"id": "0oa5", "la'), Trouble.UNEXPECTED),
        (reply(HTML, Content_Type="text/html"), Trouble.UNREACHABLE),
        (reply({"apps": []}), Trouble.UNEXPECTED),
        (reply([5]), Trouble.UNEXPECTED),
        (reply(None), Trouble.UNEXPECTED),
        (reply(DENIED, 403), Trouble.ROLE),
    ],
)
def test_what_could_not_be_read_is_never_an_empty_list(tenant: Saas, answer: Reply, trouble: Trouble) -> None:
    tenant.usual["/api/v1/apps"] = lambda asked: answer
    with pytest.raises(TenantError) as raised:
        run(tenant, Task("apps", "apps"))
    assert raised.value.trouble is trouble and (raised.value.remedy or trouble is not Trouble.ROLE)


def test_what_is_bad_once_is_asked_again(tenant: Saas, tmp_path: Path) -> None:
    tenant.put["/api/v1/apps/0oa5/grants"] = [reply(HTML, 503), reply(b'[{"id":')]
    assert failures(swept(tenant, tmp_path)) == {}


def test_an_app_that_is_deleted_meanwhile_is_no_failure_and_another_404_is(tenant: Saas, tmp_path: Path) -> None:
    tenant.always("/api/v1/apps/0oa5/grants", MISSING, 404)
    tenant.always("/api/v1/apps/0oa5/tokens", {"errorCode": "E0000007", "errorSummary": "Not found"}, 404)
    tenant.always("/api/v1/apps/0oa5/cwo/connections", {"errorCode": "E0000007", "errorSummary": "Not found"}, 404)
    found = failures(swept(tenant, tmp_path))
    assert {name: outcome.trouble for name, outcome in found.items()} == {
        "tokens/0oa5": Trouble.UNEXPECTED,
        "connections/0oa5": Trouble.LICENCE,
    }


def test_an_entry_of_the_log_that_cannot_be_read_makes_it_partial(tenant: Saas, tmp_path: Path) -> None:
    tenant.always("/api/v1/logs", [entry(), {**entry(uuid="e-2"), "target": None}])
    found = swept(tenant, tmp_path)
    assert failures(found)["consents"].completeness.value == "partial" and len(found.events) == 1


def test_somebody_who_is_gone_is_no_failure(tenant: Saas, tmp_path: Path) -> None:
    tenant.always("/api/v1/users/00u2", {"errorCode": "E0000007", "errorSummary": "Not found"}, 404)
    found = swept(tenant, tmp_path)
    assert failures(found) == {}
    assert {one.id: one.address for one in found.people} == {"00u1": "user1@example.com", "00u2": None}


def test_many_people_are_listed_and_few_are_asked_for(tenant: Saas) -> None:
    assert [task.name for task in okta._people([f"00u{n}" for n in range(1000)])] == [
        "people/all",
        "people/deactivated",
    ]
    few = okta._people([f"00u{n}" for n in range(90)])
    assert [len(task.arguments) for task in few] == [40, 40, 10] and len({task.name for task in few}) == 3
    many = [f"00u{n}" for n in range(1000)]
    assert okta._user_grants(many, full=False) == [] and len(okta._user_grants(many, full=True)) == 25
    tenant.pages("/api/v1/users", [[{"id": "00u1"}], [{"id": "00u2"}]])
    assert [item.id for page in run(tenant, Task("people/all", "people")) for item in page.items] == ["00u1", "00u2"]


def test_of_many_people_those_who_left_are_a_list_of_their_own(tenant: Saas) -> None:
    """The other one leaves them out: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/ (listUsers)."""
    gone = {"id": "00u3", "status": "DEPROVISIONED", "profile": {"login": "eve@example.org"}}
    tenant.always("/api/v1/users", [gone])
    (page,) = run(tenant, Task("people/deactivated", "people"))
    assert [(item.id, item.address, item.enabled) for item in page.items] == [("00u3", "eve@example.org", False)]
    assert tenant.asked[-1].query["filter"] == 'status eq "DEPROVISIONED"'


def test_consents_that_people_gave_are_told_by_client(tenant: Saas, tmp_path: Path) -> None:
    given = {**CONSENT, "id": "oag7", "clientId": "0oaUnknown", "scopeId": "files.read"}
    tenant.pages("/api/v1/users/00u1/grants", [[given], [{**given, "id": "oag8", "status": "REVOKED"}]])
    tenant.always("/api/v1/users/00u2/grants", {"errorCode": "E0000007", "errorSummary": "Not found"}, 404)
    found = swept(tenant, tmp_path)
    (grant,) = [grant for grant in found.grants if grant.id.startswith("oag") and grant.id != "oag1"]
    assert failures(found) == {} and (grant.app, grant.principal, grant.kind) == ("0oaUnknown", "00u1", "delegated")


def test_nobody_is_asked_for_whose_name_is_no_identifier(tenant: Saas, tmp_path: Path) -> None:
    tenant.always("/api/v1/apps/0oa5/users", [{"id": "../apps"}, {"id": "*"}, {"id": "a b"}])
    swept(tenant, tmp_path)
    assert {path.split("/")[4] for path in tenant.paths("/api/v1/users/")} == {"00u1", "00u2"}


def test_doctor_asks_little_and_tells_refusals_apart(tenant: Saas) -> None:
    tenant.always("/integrations/api/v1/api-services", {"errorCode": "E0000015", "errorSummary": "feature"}, 401)
    tenant.always("/api/v1/logs", DENIED, 403)
    with session(Okta(), settings(tenant)) as opened:
        found = {probe.signal: probe for probe in Okta().doctor(opened)}
    assert set(found) == {signal.name for signal in Okta.signals}
    assert {name: probe.finding for name, probe in found.items()} == {
        "apps": "ok",
        "services": "licence",
        "consents": "role",
        "grants": "ok",
        "tokens": "ok",
        "assignments": "ok",
        "activity": "role",
        "connections": "ok",
        "user_grants": "error",
        "people": "error",
    }
    assert all(probe.remedy for probe in found.values() if probe.finding != "ok")
    assert all(one.query["limit"] in ("1", "50") for one in tenant.asked if one.method == "GET")


def test_only_reading_is_allowed(tenant: Saas) -> None:
    given = settings(tenant, insecure_localhost="true")
    allowed = AllowList(Okta().allowed(given), given, who="okta")
    allowed.check("GET", f"{tenant.root}/api/v1/apps/0oa5/cwo/connections")
    for method, path in (("POST", "/api/v1/apps"), ("DELETE", "/api/v1/users/1"), ("GET", "/api/v1/authenticators")):
        with pytest.raises(TenantError, match="refused"):
            allowed.check(method, f"{tenant.root}{path}")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"domain": "https://example.okta.com"}, "needs client_id"),
        ({"domain": "https://example.okta.com", "client_id": "0oa1"}, "needs client_id"),
        (
            {"domain": "https://e.okta.com", "token": "env:A", "client_id": "a", "private_key": "env:B"},
            "needs client_id",
        ),
        ({"domain": "http://example.okta.com", "token": "env:A"}, "not an https"),
        ({"domain": "https://example-admin.okta.com", "token": "env:A"}, "Admin Console"),
        ({"domain": "https://example.okta.com/admin", "token": "env:A"}, "path"),
        ({"token": "env:A"}, "domain"),
    ],
)
def test_settings_that_cannot_be(given: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Okta().tenant(given)
