"""The client libraries themselves, through the guarded session: msal over TLS, google-auth, googleapiclient."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from shadowai.connector import Allowed, Session, Token
from shadowai.sweep.session import TenantSession, open_session
from shadowai.tenant import TenantError, Trouble
from tests.sweep.service import QUOTA, SECRET, Service, Toy, VirtualClock, reply, settings


class Library(Toy):
    """Whose requests are those of a library."""

    def __init__(self, *allowed: Allowed) -> None:
        self._allowed = allowed

    def allowed(self, settings: Mapping[str, str]) -> Sequence[Allowed]:
        """Toy's, and more."""
        return (*super().allowed(settings), *self._allowed)


def test_msal_gets_its_token_through_it(secure: Service, ca_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import msal

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca_file))  # which overrides what msal itself is told to trust
    monkeypatch.setenv("TOY_SECRET", SECRET)
    authority = f"{secure.root}/contoso"
    known = {
        "issuer": f"{authority}/v2.0",
        "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
        "token_endpoint": f"{authority}/oauth2/v2.0/token",
    }
    secure.always["/contoso/v2.0/.well-known/openid-configuration"] = reply(200, known)
    token = reply(200, {"access_token": "from-msal", "token_type": "Bearer", "expires_in": 3599})
    busy = [
        reply(503, b"<html>", Content_Type="text/html"),
        None,
        reply(429, {}, Retry_After="2"),
        reply(200, b'{"acc'),
    ]
    secure.put["/contoso/oauth2/v2.0/token"] = [*busy, token]
    host = f"localhost:{secure.port}"
    rules = (
        Allowed(host, "/contoso/v2.0/.well-known/openid-configuration", token=True),
        Allowed(host, "/contoso/oauth2/v2.0/token", "POST", why="gives a token", token=True),
    )
    about = {"root": secure.root, "client_secret": "env:TOY_SECRET"}
    with open_session(Library(*rules), about, clock=VirtualClock()) as session:
        client = msal.ConfidentialClientApplication(
            "an-id",
            client_credential=session.secret("client_secret"),
            authority=authority,
            instance_discovery=False,
            http_client=session.http(),
        )
        assert client.acquire_token_for_client(["scope/.default"])["access_token"] == "from-msal"
        assert session.shared.counts.retries == 4
    assert secure.paths()["/contoso/oauth2/v2.0/token"] == 5
    guarded = open_session(Library(*rules[:1]), about, clock=VirtualClock())
    with guarded as session, pytest.raises(TenantError, match="refused to send POST"):
        msal.ConfidentialClientApplication(
            "an-id", client_credential="x", authority=authority, instance_discovery=False, http_client=session.http()
        ).acquire_token_for_client(["scope/.default"])


def _key() -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    made = rsa.generate_private_key(65537, 2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_google_auth_gets_its_token_through_it(session: TenantSession, service: Service) -> None:
    from google.auth.transport.requests import Request
    from google.oauth2.service_account import Credentials

    info = {"client_email": "sweep@example.com", "private_key": _key(), "token_uri": f"{service.root}/token"}
    credentials: Any = Credentials
    made = credentials.from_service_account_info(info, scopes=["a"], subject="admin@example.com")
    made.refresh(Request(session=session.http()))
    assert made.token == "token-1"
    elsewhere = {**info, "token_uri": f"{service.root}/elsewhere"}
    other = credentials.from_service_account_info(elsewhere, scopes=["a"])
    with pytest.raises(TenantError, match="refused to send POST"):
        other.refresh(Request(session=session.http()))


@pytest.fixture
def directory(service: Service, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """googleapiclient's Directory API at the service."""
    from googleapiclient.discovery import build

    monkeypatch.setenv("TOY_SECRET", SECRET)
    rule = Allowed(f"127.0.0.1:{service.port}", "/admin/directory/v1")
    with open_session(Library(rule), settings(service), clock=clock, seed=1) as session:
        yield build(
            "admin",
            "directory_v1",
            http=session.httplib2(QUOTA),
            client_options={"api_endpoint": f"{service.root}/"},
            static_discovery=True,
        )


PATH = "/admin/directory/v1/users/a@example.com/tokens"


def test_googleapiclient_goes_through_it(directory: Any, service: Service) -> None:
    fault = reply(403, {"error": {"code": 403, "errors": [{"reason": "quotaExceeded"}]}})
    service.put[PATH.replace("@", "%40")] = [fault, None, reply(200, {"items": [{"clientId": "1"}]})]
    found = directory.tokens().list(userKey="a@example.com").execute(num_retries=0)
    assert found == {"items": [{"clientId": "1"}]}
    assert service.asked[-1][2]["authorization"] == "Bearer token-1"


def test_googleapiclient_cannot_delete(directory: Any, service: Service) -> None:
    with pytest.raises(TenantError, match="refused to send DELETE"):
        directory.tokens().delete(userKey="a@example.com", clientId="1").execute(num_retries=0)
    assert service.asked == []


def test_its_failures_are_ours(directory: Any, service: Service) -> None:
    service.always[PATH.replace("@", "%40")] = reply(403, {"error": {"code": 403, "message": "Not Authorized"}})
    with pytest.raises(TenantError, match="Not Authorized") as caught:
        directory.tokens().list(userKey="a@example.com").execute(num_retries=0)
    assert caught.value.trouble is Trouble.SCOPE


def test_bodies_are_sent_as_they_are(session: TenantSession, service: Service) -> None:
    shim = session.httplib2(QUOTA, audience=None)
    service.always["/token"] = reply(200, {})
    for kind, body in (("application/json", '{"a": 1}'), ("application/x-www-form-urlencoded", b"a=1&b=2")):
        response, content = shim.request(f"{service.root}/token", "POST", body=body, headers={"content-type": kind})
        assert response.status == 200 and json.loads(content) == {}
        assert service.asked[-1][2]["content-type"] == kind
    shim.close()


def test_a_library_is_answered_when_patience_ends(session: TenantSession, service: Service) -> None:
    service.always["/token"] = reply(503, {})
    assert session.http().post(f"{service.root}/token").status_code == 503
    assert service.paths()["/token"] == 12
    service.put["/token"] = [None] * 12
    from requests.exceptions import ConnectionError as Away

    with pytest.raises(Away):
        session.http().post(f"{service.root}/token")


def test_a_library_is_not_told_of_load_that_does_not_end(session: TenantSession, service: Service) -> None:
    """It would take 429 for a refusal of the credentials."""
    service.always["/token"] = reply(429, {"error": "invalid_request", "error_description": f"too many, {SECRET}"})
    session.secret("client_secret")
    with pytest.raises(TenantError) as caught:
        session.http().post(f"{service.root}/token")
    assert caught.value.trouble is Trouble.THROTTLED and SECRET not in str(caught.value)
    assert service.paths()["/token"] == 12


def test_a_token_that_cannot_be_reached_is_not_a_refusal(
    service: Service, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class ByLibrary(Toy):
        def token(self, session: Session, audience: str) -> Token:
            return Token(session.http().post(f"{session.settings['root']}/token").json()["access_token"])

    service.put["/token"] = [None] * 12
    with open_session(ByLibrary(), settings(service), clock=clock, seed=1) as session:
        with pytest.raises(TenantError) as caught:
            session.get(f"{service.root}/apps", quota=QUOTA)
        assert caught.value.trouble is Trouble.UNREACHABLE
        assert session.get(f"{service.root}/apps", quota=QUOTA).status == 200
