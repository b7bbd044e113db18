"""Tokens, by the real msal through the real session and TLS with a private authority."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import trustme

from shadowai.errors import UsageError
from shadowai.sweep.session import open_session
from shadowai.tenant import TenantError, Trouble
from shadowai_connectors.entra import Entra
from shadowai_connectors.entra_auth import permissions, way
from tests.connectors.entra_tenant import CLIENT, TENANT, TOKEN, Clock, Reply, Tenant, refusal

SECRET = "correct-horse-battery-staple"


def jwt(**claims: object) -> str:
    """An unsigned token."""
    parts = ({"alg": "none"}, claims)
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts), "c2ln"])


class Authority:
    """The tenant's own server as the authority too; ``forms`` is what was sent for tokens."""

    def __init__(self, tenant: Tenant) -> None:
        self.root, self.forms, self.access = tenant.root, list[dict[str, str]](), TOKEN
        self.replies: list[Any] = []
        self.paths: list[str] = []
        tenant.extra = self.answer

    def answer(self, method: str, target: str, headers: dict[str, str], data: bytes) -> Any:
        """What an authority says; nothing to what is for Graph."""
        path = target.partition("?")[0]
        self.paths.append(target)
        base = f"{self.root}/{TENANT}/oauth2/v2.0"
        if path == f"/{TENANT}/v2.0/.well-known/openid-configuration":
            names = {
                "token_endpoint": "token",
                "authorization_endpoint": "authorize",
                "device_authorization_endpoint": "devicecode",
            }
            found = {key: f"{base}/{value}" for key, value in names.items()}
            return 200, {}, {**found, "issuer": f"{self.root}/{TENANT}/v2.0"}
        if path == f"/{TENANT}/oauth2/v2.0/devicecode":
            code = {
                "device_code": "dc",
                "user_code": "ABCD-EFGH",
                "verification_uri": "https://device.example",
                "interval": 0,
            }
            return (
                200,
                {},
                {**code, "expires_in": 60, "message": "Go to\x1b[2J https://device.example and enter ABCD-EFGH"},
            )
        if path in (f"/{TENANT}/oauth2/v2.0/token", "/msi/token"):
            self.forms.append({key: values[0] for key, values in parse_qs(data.decode()).items()})
            usual: Reply = (200, {}, {"token_type": "Bearer", "expires_in": 3600, "access_token": self.access})
            return self.replies.pop(0) if self.replies else usual
        return None


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    """A private certificate authority."""
    return trustme.CA()


@pytest.fixture
def tenant(ca: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenant]:
    """A tenant behind TLS."""
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ENTRA_SECRET", SECRET)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost").configure_cert(tls)
    made = Tenant(tls)
    made.app(1, "Payroll")
    yield made
    made.close()


@pytest.fixture
def authority(tenant: Tenant) -> Authority:
    """Its authority."""
    return Authority(tenant)


@pytest.fixture
def settings(tenant: Tenant, ca: trustme.CA, tmp_path: Path) -> dict[str, str]:
    """The settings, without a credential."""
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    where = {"authority": tenant.root, "graph": tenant.root, "ca_file": str(tmp_path / "ca.pem")}
    return {"tenant": TENANT, "client": CLIENT, **where}


def ask(settings: dict[str, str]) -> int:
    """Ask Graph for its apps, signed in; gives how many there are."""
    from shadowai_connectors.entra_signals import DIRECTORY

    with open_session(Entra(), settings, clock=Clock(datetime.now(UTC).timestamp()), tries=2) as session:
        answer = session.get(f"{settings['graph']}/v1.0/servicePrincipals?$top=999", quota=DIRECTORY)
        session.get(f"{settings['graph']}/v1.0/servicePrincipals?$top=999", quota=DIRECTORY)
        return len(answer.body["value"])


def private_file(path: Path, text: str) -> str:
    """A reference to a file that its owner alone may read."""
    path.write_text(text)
    path.chmod(0o600)
    return f"file:{path}"


def certificate(ca: trustme.CA) -> str:
    """A private key with its certificate."""
    made = ca.issue_cert("scanner.example.com", key_type=trustme.KeyType.RSA)
    return (made.private_key_pem.bytes() + made.cert_chain_pems[0].bytes()).decode()


def test_a_secret_gets_a_token_once(settings: dict[str, str], authority: Authority) -> None:
    assert ask({**settings, "secret": "env:ENTRA_SECRET"}) == 1
    (form,) = authority.forms
    assert form["client_secret"] == SECRET and form["grant_type"] == "client_credentials"
    assert form["scope"] == f"{authority.root}/.default"


def test_a_certificate_signs_an_assertion(
    settings: dict[str, str], authority: Authority, ca: trustme.CA, tmp_path: Path
) -> None:
    reference = private_file(tmp_path / "scanner.pem", certificate(ca))
    assert ask({**settings, "certificate": reference}) == 1
    (form,) = authority.forms
    assert form["client_assertion"].count(".") == 2 and "client_secret" not in form


def test_an_encrypted_key_needs_its_password(
    settings: dict[str, str], authority: Authority, ca: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    made = ca.issue_cert("scanner.example.com", key_type=trustme.KeyType.RSA)
    key = load_pem_private_key(made.private_key_pem.bytes(), None)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"sesame"))
    pem = (locked + made.cert_chain_pems[0].bytes()).decode()
    monkeypatch.setenv("ENTRA_KEY_PASSWORD", "sesame")
    held = {**settings, "certificate": private_file(tmp_path / "locked.pem", pem)}
    assert ask({**held, "certificate_password": "env:ENTRA_KEY_PASSWORD"}) == 1
    with pytest.raises(TenantError) as caught:
        ask(held)
    assert caught.value.trouble is Trouble.CREDENTIALS and SECRET not in str(caught.value)


def test_a_key_of_a_kind_that_entra_does_not_take_is_told(
    settings: dict[str, str], authority: Authority, ca: trustme.CA, tmp_path: Path
) -> None:
    made = ca.issue_cert("scanner.example.com", key_type=trustme.KeyType.ECDSA)
    pem = (made.private_key_pem.bytes() + made.cert_chain_pems[0].bytes()).decode()
    with pytest.raises(TenantError) as caught:
        ask({**settings, "certificate": private_file(tmp_path / "ec.pem", pem)})
    assert caught.value.trouble is Trouble.CREDENTIALS


@pytest.mark.parametrize("pem", ["no pem at all", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_certificate_without_its_key_is_no_credential(
    settings: dict[str, str], authority: Authority, tmp_path: Path, pem: str
) -> None:
    with pytest.raises(TenantError, match="no private key") as caught:
        ask({**settings, "certificate": private_file(tmp_path / "x.pem", pem)})
    assert caught.value.trouble is Trouble.CREDENTIALS and authority.forms == []


def test_federation_sends_the_platform_s_token(settings: dict[str, str], authority: Authority, tmp_path: Path) -> None:
    reference = private_file(tmp_path / "token", jwt(sub="workload") + "\n")
    assert ask({**settings, "assertion": reference}) == 1
    assert authority.forms[0]["client_assertion"] == jwt(sub="workload")


@pytest.mark.parametrize("client", ["", CLIENT])
def test_a_managed_identity_needs_no_secret(
    settings: dict[str, str], tenant: Tenant, monkeypatch: pytest.MonkeyPatch, client: str
) -> None:
    plain = Tenant()
    host = Authority(plain)
    expires = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
    host.replies = [(200, {}, {"token_type": "Bearer", "access_token": TOKEN, "expires_on": str(expires)})]
    monkeypatch.setenv("IDENTITY_ENDPOINT", plain.root.replace("localhost", "127.0.0.1") + "/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "from-the-host")
    chosen = {key: value for key, value in settings.items() if key != "client"} | ({"client": client} if client else {})
    try:
        assert ask({**chosen, "auth": "managed-identity"}) == 1
    finally:
        plain.close()
    assert len(host.forms) == 1
    assert ("client_id=" in host.paths[0]) is bool(client)


def test_a_person_signs_in_with_a_code(
    settings: dict[str, str], authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    pending: Reply = (400, {}, {"error": "authorization_pending", "error_description": "AADSTS70016: pending"})
    authority.replies = [pending]
    assert ask({**settings, "auth": "device-code"}) == 1
    told = capsys.readouterr().err
    assert "ABCD-EFGH" in told and "\x1b" not in told
    assert [form["grant_type"] for form in authority.forms] == ["urn:ietf:params:oauth:grant-type:device_code"] * 2


@pytest.mark.parametrize(
    ("description", "trouble"),
    [
        ("AADSTS7000215: Invalid client secret provided.", Trouble.CREDENTIALS),
        ("AADSTS700016: Application not found in the directory.", Trouble.CREDENTIALS),
        ("AADSTS700024: Client assertion is not within its valid time range.", Trouble.CLOCK),
    ],
)
def test_refused_credentials_are_told_and_not_offered_again(
    settings: dict[str, str], authority: Authority, description: str, trouble: Trouble
) -> None:
    authority.replies = [(401, {}, {"error": "invalid_client", "error_description": f"{description}\r\nTrace ID: x"})]
    with pytest.raises(TenantError) as caught:
        ask({**settings, "secret": "env:ENTRA_SECRET"})
    assert caught.value.trouble is trouble and description.split(":")[0] in caught.value.detail
    assert "Trace" not in caught.value.detail and SECRET not in str(caught.value)
    assert len(authority.forms) == 1


def test_a_failing_authority_is_asked_again(settings: dict[str, str], authority: Authority) -> None:
    authority.replies = [(503, {"Content-Type": "text/html"}, b"<html>busy</html>")]
    assert ask({**settings, "secret": "env:ENTRA_SECRET"}) == 1
    assert len(authority.forms) == 2


def test_an_authority_that_keeps_failing_is_left_alone_in_the_end(
    settings: dict[str, str], authority: Authority
) -> None:
    authority.replies = [(503, {"Content-Type": "text/html"}, b"<html>busy</html>")] * 20
    with pytest.raises(TenantError) as caught:
        ask({**settings, "secret": "env:ENTRA_SECRET"})
    assert caught.value.trouble is Trouble.SERVER and len(authority.forms) <= 4


BUSY = (429, {"Retry-After": "1"}, {"error": "invalid_request", "error_description": "AADSTS90055: too many requests"})
"""An authority that throttles. msal keeps such an answer, and gives it again without asking while ``Retry-After`` lasts."""


def test_throttling_at_the_authority_is_waited_out_and_is_no_refusal(
    settings: dict[str, str], authority: Authority
) -> None:
    authority.replies = [BUSY]
    assert ask({**settings, "secret": "env:ENTRA_SECRET"}) == 1
    assert len(authority.forms) == 2


def test_throttling_at_the_authority_that_does_not_end_is_throttling(
    settings: dict[str, str], authority: Authority
) -> None:
    authority.replies = [BUSY] * 50
    with pytest.raises(TenantError) as caught:
        ask({**settings, "secret": "env:ENTRA_SECRET"})
    assert caught.value.trouble is Trouble.THROTTLED and SECRET not in str(caught.value)
    assert len(authority.forms) < 20


def test_a_token_that_ends_early_is_renewed_once(
    settings: dict[str, str], authority: Authority, tenant: Tenant
) -> None:
    authority.access = "stale"
    old, states = authority.answer, iter(["stale", TOKEN])

    def renew(*request: Any) -> Any:
        if request[1].startswith(f"/{TENANT}/oauth2/v2.0/token"):
            authority.access = next(states)
        return old(*request)

    tenant.extra = renew
    assert ask({**settings, "secret": "env:ENTRA_SECRET"}) == 1
    assert len(authority.forms) == 2


def test_another_bundle_in_the_environment_does_not_hide_ours(
    settings: dict[str, str], authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "other.pem"))
    assert ask({**settings, "secret": "env:ENTRA_SECRET"}) == 1


def test_an_authority_that_nobody_trusts_is_told_as_interception(
    settings: dict[str, str], authority: Authority, tmp_path: Path
) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with pytest.raises(TenantError) as caught:
        ask({**settings, "secret": "env:ENTRA_SECRET"})
    assert caught.value.trouble is Trouble.INTERCEPTED


def test_only_the_named_authority_is_asked(settings: dict[str, str], authority: Authority) -> None:
    ask({**settings, "secret": "env:ENTRA_SECRET"})
    assert {path.partition("?")[0] for path in authority.paths} <= {
        f"/{TENANT}/v2.0/.well-known/openid-configuration",
        f"/{TENANT}/oauth2/v2.0/token",
        "/v1.0/servicePrincipals",
    }


def test_a_token_from_elsewhere_is_never_sent(settings: dict[str, str], authority: Authority, tenant: Tenant) -> None:
    tenant.always["/servicePrincipals"] = refusal(401, "InvalidAuthenticationToken")
    with pytest.raises(TenantError) as caught:
        ask({**settings, "secret": "env:ENTRA_SECRET"})
    assert caught.value.trouble is Trouble.CREDENTIALS and TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("settings_of", "wanted"),
    [
        ({"client": CLIENT, "secret": "env:X"}, "secret"),
        ({"client": CLIENT, "secret": "env:X", "certificate": "env:Y"}, "certificate"),
        ({"client": CLIENT, "assertion": "env:X"}, "federation"),
        ({"auth": "managed-identity"}, "managed-identity"),
        ({"client": CLIENT, "auth": "device-code"}, "device-code"),
    ],
)
def test_the_way_to_sign_in_follows_from_the_settings(settings_of: dict[str, str], wanted: str) -> None:
    assert way(settings_of) == wanted


@pytest.mark.parametrize(
    "settings_of",
    [{}, {"client": CLIENT}, {"auth": "password"}, {"secret": "env:X"}, {"client": CLIENT, "auth": "secret"}],
)
def test_no_way_to_sign_in_is_a_wrong_setting(settings_of: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        way(settings_of)


def test_permissions_are_those_of_apps_and_of_people() -> None:
    assert permissions(jwt(roles=["B.Read", "A.Read"])) == ("A.Read", "B.Read")
    assert permissions(jwt(scp="User.Read openid")) == ("User.Read", "openid")


@pytest.mark.parametrize("value", ["", "opaque", "a.b.c", "..", jwt(roles="x", scp=7), "a.!!.c", "é.é.é", "a.W10.c"])
def test_a_token_that_cannot_be_read_has_none(value: str) -> None:
    assert permissions(value) == ()
