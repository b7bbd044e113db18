"""Tokens of Google: with a key and without one, and what refusals mean."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.tenant import TenantError
from shadowai_connectors.google_access import access
from shadowai_connectors.google_client import Google
from shadowai_connectors.google_directory import people
from shadowai_connectors.google_signals import AUDIT, USERS
from tests.connectors.google_server import (
    ADMINISTRATOR,
    CLIENT_ID,
    SERVICE_ACCOUNT,
    GoogleServer,
    Quick,
    Reply,
    key_file,
    reply,
    session,
    trouble,
)


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleServer]:
    """A server that gives tokens."""
    monkeypatch.setenv("GOOGLE_KEY", key_file())
    with GoogleServer() as made:
        yield made


def federation(path: Path, **others: object) -> str:
    subject = path / "subject"
    subject.write_text("subject")
    found = {
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": "https://attacker.example/v1/token",
        "service_account_impersonation_url": "https://attacker.example/:generateAccessToken",
        "credential_source": {"file": str(subject)},
        **others,
    }
    return json.dumps(found)


def test_a_key_asks_as_the_administrator_for_one_scope(google: GoogleServer) -> None:
    with session(google) as opened:
        made = access(opened, AUDIT)
    (claims,) = google.assertions
    assert (claims["iss"], claims["sub"], claims["scope"]) == (SERVICE_ACCOUNT, ADMINISTRATOR, AUDIT)
    assert made.value.endswith(AUDIT) and made.permissions == (AUDIT,) and AUDIT not in repr(made).partition("perm")[0]
    assert made.expires is not None and abs(made.expires / 1e6 - time.time() - 3600) < 60


def test_a_key_file_cannot_send_the_assertion_elsewhere(google: GoogleServer) -> None:
    assert json.loads(key_file())["token_uri"] == "https://attacker.example/token"
    with session(google) as opened:
        access(opened, AUDIT)
    assert [path for _, path, _, _ in google.asked] == ["/token"]


def test_the_machine_s_identity_signs_without_a_key(google: GoogleServer) -> None:
    with session(google, key="", service_account=SERVICE_ACCOUNT) as opened:
        made = access(opened, USERS)
    assert made.value.endswith(USERS)
    asked = [(method, path.partition("?")[0]) for method, path, _, _ in google.asked]
    assert asked == [
        ("GET", "/computeMetadata/v1/instance/service-accounts/default/token"),
        ("POST", f"/v1/projects/-/serviceAccounts/{SERVICE_ACCOUNT}:signJwt"),
        ("POST", "/token"),
    ]
    (claims,) = google.assertions
    assert claims["aud"] == "https://oauth2.googleapis.com/token" and claims["exp"] - claims["iat"] == 3600


def test_a_federated_identity_signs_without_a_key(
    google: GoogleServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEDERATION", federation(tmp_path))
    with session(google, key="", service_account=SERVICE_ACCOUNT, federation="env:FEDERATION") as opened:
        assert access(opened, AUDIT).value.endswith(AUDIT)
    assert [path.partition("?")[0].rpartition(":")[2] for _, path, _, _ in google.asked] == [
        "/v1/token",
        "signJwt",
        "/token",
    ]


@pytest.mark.parametrize("content", [None, "", b"\xff"])
def test_a_subject_that_cannot_be_read_is_said(
    google: GoogleServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | bytes | None
) -> None:
    monkeypatch.setenv("FEDERATION", federation(tmp_path))
    (tmp_path / "subject").unlink()
    if content is not None:
        (tmp_path / "subject").write_bytes(content.encode() if isinstance(content, str) else content)
    keyless = {"key": "", "service_account": SERVICE_ACCOUNT, "federation": "env:FEDERATION"}
    with session(google, None, **keyless) as opened, pytest.raises(UsageError, match="federation"):
        access(opened, AUDIT)
    assert google.asked == []


def test_a_person_s_own_credentials_sign_without_a_key(google: GoogleServer, monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"type": "authorized_user", "refresh_token": "r-secret", "client_id": "c", "client_secret": "s-secret"}
    monkeypatch.setenv("FEDERATION", json.dumps(own))
    with session(google, key="", service_account=SERVICE_ACCOUNT, federation="env:FEDERATION") as opened:
        assert access(opened, AUDIT).value.endswith(AUDIT)


@pytest.mark.parametrize(
    "source",
    [
        {"url": "https://attacker.example/token"},
        {"executable": {"command": "touch /x"}},
        {"environment_id": "aws1", "regional_cred_verification_url": "https://attacker.example"},
        {"file": "f", "url": "https://attacker.example"},
        "text",
    ],
)
def test_a_federation_that_fetches_or_runs_something_is_refused(
    google: GoogleServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: object
) -> None:
    monkeypatch.setenv("FEDERATION", federation(tmp_path, credential_source=source))
    keyless = {"key": "", "service_account": SERVICE_ACCOUNT, "federation": "env:FEDERATION"}
    with session(google, None, **keyless) as opened, pytest.raises(UsageError, match="credential_source"):
        access(opened, AUDIT)
    assert google.asked == []


def test_whoever_may_not_sign_is_told_the_role(google: GoogleServer) -> None:
    google.put[":signJwt"] = [reply(403, {"error": {"code": 403, "message": "denied", "status": "PERMISSION_DENIED"}})]
    with session(google, key="", service_account=SERVICE_ACCOUNT) as opened, pytest.raises(TenantError) as caught:
        access(opened, AUDIT)
    name, remedy = trouble(caught.value)
    assert name == "CREDENTIALS" and "roles/iam.serviceAccountTokenCreator" in remedy and SERVICE_ACCOUNT in remedy


def denied(error: str, description: str) -> Reply:
    return reply(400, {"error": error, "error_description": description})


@pytest.mark.parametrize(
    ("answer", "name", "remedy"),
    [
        (denied("unauthorized_client", "Client is unauthorized"), "SCOPE", f"Client ID {CLIENT_ID}"),
        (denied("access_denied", "Requested client not authorized."), "SCOPE", AUDIT),
        (denied("invalid_scope", "Invalid OAuth scope or ID token audience provided."), "SCOPE", "Manage domain-wide"),
        (denied("invalid_grant", "Invalid email or User ID"), "CREDENTIALS", ADMINISTRATOR),
        (denied("invalid_grant", "Invalid JWT Signature."), "CREDENTIALS", "make a new key"),
        (
            denied(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
                " Check your iat and exp values in the JWT claim.",
            ),
            "CLOCK",
            "clock",
        ),
        (reply(400, {"unlike": "anything"}), "SERVER", ""),
        (reply(400, b"<html>no</html>", Content_Type="text/html"), "UNREACHABLE", "gateway"),
        (reply(503, b"<html>busy</html>", Content_Type="text/html"), "SERVER", ""),
        (reply(200, {"token_type": "Bearer"}), "UNEXPECTED", ""),
    ],
)
@pytest.mark.parametrize("keyed", [True, False])
def test_refusals_say_what_to_do(google: GoogleServer, keyed: bool, answer: Reply, name: str, remedy: str) -> None:
    google.always["/token"] = answer
    others = {} if keyed else {"key": "", "service_account": SERVICE_ACCOUNT, "client_id": CLIENT_ID}
    google.always["default/token"] = reply(200, {"access_token": "machine"})
    google.always = dict(sorted(google.always.items(), reverse=True))
    with session(google, None, **others) as opened, pytest.raises(TenantError) as caught:
        access(opened, AUDIT)
    found, said = trouble(caught.value)
    assert (found, remedy in said) in ((name, True), ("UNEXPECTED" if name == "SERVER" else name, True))


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("not json", "key is not JSON"),
        ("[" * 100_000, "key is not JSON"),
        ('["a"]', "key is not of the type service_account"),
        ('{"type": "authorized_user"}', "key is not of the type service_account"),
        ('{"type": "service_account"}', "not a service account's JSON key"),
        (None, "not a service account's JSON key"),
    ],
)
def test_a_key_that_is_none_is_not_repeated(
    google: GoogleServer, monkeypatch: pytest.MonkeyPatch, key: str | None, message: str
) -> None:
    monkeypatch.setenv("GOOGLE_KEY", key_file(private_key="hunter2-hunter2") if key is None else key)
    with session(google) as opened, pytest.raises(UsageError, match=message) as caught:
        access(opened, AUDIT)
    assert "hunter2" not in str(caught.value) and google.asked == []


def test_a_network_that_stumbles_is_tried_again(google: GoogleServer) -> None:
    google.put["/token"] = [None, None]
    with session(google) as opened:
        assert next(people(Google(opened), ("5",), None)).cursor is None
    assert google.paths()["/token"] == 3


def test_federation_that_stumbles_is_tried_again_by_the_session(
    google: GoogleServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEDERATION", federation(tmp_path))
    google.put["/v1/token"] = [None, reply(503, {}), reply(429, {}, Retry_After="9")]
    keyless = {"key": "", "service_account": SERVICE_ACCOUNT, "federation": "env:FEDERATION"}
    with session(google, None, **keyless) as opened:
        assert next(people(Google(opened), ("5",), None)).cursor is None
    assert google.paths()["/v1/token"] == 4


def test_a_wrong_clock_is_named(google: GoogleServer) -> None:
    google.always["/token"] = denied("invalid_grant", "Check your iat and exp values in the JWT claim.")
    with session(google, Quick(7200)) as opened, pytest.raises(TenantError) as caught:
        access(opened, AUDIT)
    assert trouble(caught.value)[0] == "CLOCK"
