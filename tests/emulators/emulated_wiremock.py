"""Tokens, pages, throttling and resets by WireMock: msal and Google's client as they are, through TLS with a private authority."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import trustme

from shadowai.sweep.session import open_session
from shadowai.tenant import App, Completeness, Task, TenantError, Trouble
from shadowai_connectors.entra import Entra
from shadowai_connectors.google_workspace import GoogleWorkspace
from tests.emulators.emulated_prism import swept
from tests.emulators.processes import WireMock
from tests.emulators.stubs import (
    CHATGPT,
    CLAUDE,
    Stub,
    app,
    google_token,
    in_turn,
    json_body,
    microsoft_token,
    nothing_else,
    stub,
)
from tests.tenants.clock import QuickClock
from tests.tenants.server import certificates
from tests.tenants.sweeps import entra_settings, google_settings

APPS, GRANTS = "/v1.0/servicePrincipals", "/v1.0/oauth2PermissionGrants"


def pages() -> list[Stub]:
    """A refusal for load, then two pages of apps; grants after a reset."""
    second = {"$skiptoken": {"equalTo": "p2"}}
    link = f"{{root}}{APPS}?$skiptoken=p2"
    first_page = json_body({"value": [app(1, CHATGPT, "ChatGPT")], "@odata.nextLink": link})
    later = stub("GET", APPS, json_body({"value": [app(2, CLAUDE, "Claude")]}), queryParameters=second)
    grant = {"id": "g1", "clientId": app(1, "", "")["id"], "resourceId": app(2, "", "")["id"]}
    grants = {"value": [{**grant, "consentType": "AllPrincipals", "principalId": None, "scope": "Mail.Read"}]}
    busy = json_body({"error": {"code": "TooManyRequests"}}, 429, Retry_After="7")
    return [
        {**later, "priority": 1},
        *in_turn("load", stub("GET", APPS, busy), stub("GET", APPS, first_page)),
        *in_turn(
            "reset",
            stub("GET", GRANTS, {"fault": "CONNECTION_RESET_BY_PEER"}),
            stub("GET", GRANTS, {"status": 200, "fault": "RANDOM_DATA_THEN_CLOSE"}),
            stub("GET", GRANTS, {"status": 200, "fault": "MALFORMED_RESPONSE_CHUNK"}),
            stub("GET", GRANTS, json_body(grants)),
        ),
        stub("POST", "/v1.0/$batch", json_body({"responses": []})),
        nothing_else("/v1.0/.*"),
    ]


def test_load_resets_and_pages(tmp_path: Path, mock: WireMock) -> None:
    made = mock.load(*microsoft_token(), *pages())
    outcomes, apps, grants = swept(Entra(), entra_settings(made.root), tmp_path)
    assert len(made.asked(APPS)) >= 3 and len(made.asked(GRANTS)) == 4
    assert [one.name for one in apps] == ["Claude", "ChatGPT"]
    assert outcomes["apps"].completeness is Completeness.COMPLETE
    assert [(grant.app, grant.resource) for grant in grants] == [(CHATGPT, CLAUDE)]
    unanswered = [one for name, one in outcomes.items() if name.startswith("assignments/")]
    assert unanswered and all(one.completeness is not Completeness.COMPLETE for one in unanswered)


def _certificate() -> str:
    """A private key with its certificate, in one PEM text."""
    return (certificates() / "key.pem").read_text() + (certificates() / "cert.pem").read_text()


@pytest.mark.parametrize(
    ("settings", "secret", "sent"),
    [
        ({"secret": "env:SIGN_IN"}, "a-secret", "client_secret=a-secret"),
        ({"certificate": "env:SIGN_IN"}, None, "client_assertion=ey"),
        ({"assertion": "env:SIGN_IN"}, "the.assertion", "client_assertion=the.assertion"),
    ],
)
def test_msal_signs_in(
    settings: dict[str, str],
    secret: str | None,
    sent: str,
    tmp_path: Path,
    mock: WireMock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SIGN_IN", secret or _certificate())
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "other.pem"))  # requests believes it before what it is told
    made = mock.load(*microsoft_token(sent), *pages())
    about = {key: value for key, value in entra_settings(made.root).items() if key != "secret"} | settings
    with open_session(Entra(), about, clock=QuickClock()) as session:
        found = list(Entra().run(Task("apps", "apps"), session, None))
    assert [item.name for page in found for item in page.items if isinstance(item, App)] == ["ChatGPT", "Claude"]


def test_a_person_signs_in_with_a_code(tmp_path: Path, mock: WireMock, capsys: pytest.CaptureFixture[str]) -> None:
    place = f"/{entra_settings('')['tenant']}/oauth2/v2.0"
    about = {"user_code": "ABCD1234", "device_code": "dc", "verification_uri": "https://login.example/device"}
    flow = json_body({**about, "expires_in": 60, "interval": 1, "message": "enter ABCD1234"})
    waiting = json_body({"error": "authorization_pending", "error_description": "AADSTS70016"}, 400)
    given = json_body({"token_type": "Bearer", "expires_in": 3599, "access_token": "token-of-a-person"})
    wanted: dict[str, Any] = {"bodyPatterns": [{"contains": "device_code=dc"}]}
    stubs = [stub("POST", f"{place}/devicecode", flow)]
    stubs += in_turn("code", *(stub("POST", f"{place}/token", answer, **wanted) for answer in (waiting, given)))
    made = mock.load(*microsoft_token(), *stubs, *pages())
    settings = {**entra_settings(made.root), "auth": "device-code"}
    with open_session(Entra(), settings, clock=QuickClock()) as session:
        assert Entra().token(session, "").value == "token-of-a-person"
    assert "enter ABCD1234" in capsys.readouterr().err


def test_without_the_authority_it_is_interception(tmp_path: Path, mock: WireMock) -> None:
    made = mock.load(*microsoft_token(), *pages())
    settings = {key: value for key, value in entra_settings(made.root).items() if key != "ca_file"}
    with open_session(Entra(), settings, clock=QuickClock(), tries=2) as session, pytest.raises(TenantError) as caught:
        list(Entra().run(Task("apps", "apps"), session, None))
    assert caught.value.trouble is Trouble.INTERCEPTED and "ca_file" in caught.value.remedy


def _record(number: int) -> dict[str, Any]:
    values: Iterable[tuple[str, Any]] = {
        "client_id": "77377267392-a.apps.googleusercontent.com",
        "app_name": "ChatGPT",
    }.items()
    parameters = [{"name": name, "value": value} for name, value in values]
    about = {"time": f"2026-11-18T10:00:{number:02d}.000Z", "uniqueQualifier": str(number)}
    actor = {"email": "user1@example.com", "profileId": "1001"}
    return {"id": about, "actor": actor, "events": [{"name": "authorize", "parameters": parameters}]}


def test_googles_client_through_quotas_and_pages(tmp_path: Path, mock: WireMock) -> None:
    """``403 quotaExceeded`` is not retried by the client itself; a ``Retry-After`` it does not heed."""
    place = "/admin/reports/v1/activity/users/all/applications/token"
    error = {"code": 403, "message": "Quota exceeded", "errors": [{"reason": "quotaExceeded", "domain": "usageLimits"}]}
    first = json_body({"items": [_record(2)], "nextPageToken": "p2"})
    second = stub("GET", place, json_body({"items": [_record(1)]}), queryParameters={"pageToken": {"equalTo": "p2"}})
    turns = in_turn(
        "quota",
        stub("GET", place, json_body({"error": error}, 403)),
        stub("GET", place, json_body({"error": {"code": 503}}, 503, Retry_After="3")),
        stub("GET", place, {"status": 503, "body": "<html>busy</html>", "headers": {"Content-Type": "text/html"}}),
        stub("GET", place, first),
    )
    start, end = 1_795_000_000_000_000 - 86_400_000_000, 1_795_000_000_000_000
    task = Task("authorize/1-of-4", "grants", ("authorize", str(start), str(end), str(start), "10"))
    made = mock.load(google_token(), {**second, "priority": 1}, *turns)
    with open_session(GoogleWorkspace(), google_settings(made.root), clock=QuickClock()) as session:
        found = list(GoogleWorkspace().run(task, session, None))
    assert len(made.asked(place)) == 5 and len(made.asked("/token")) == 1
    claims = made.asked("/token")[0]["body"]
    kinds = [type(item).__name__ for page in found for item in page.items]
    assert kinds.count("Event") == 2 and kinds.count("Grant") == 1 and json.dumps(claims).count("assertion") == 1
