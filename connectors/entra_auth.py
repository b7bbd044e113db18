"""Tokens for Microsoft Graph, by msal: certificate, secret, managed identity, workload federation, or a person with a code.

Sources: https://learn.microsoft.com/entra/msal/python/, and for the codes of refusals
https://learn.microsoft.com/entra/identity-platform/reference-error-codes.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from shadowai.connector import Session, Token
from shadowai.errors import UsageError
from shadowai.tenant import TenantError, Trouble
from shadowai_connectors.entra_certificate import credential
from shadowai_connectors.entra_clouds import Endpoints

WAYS = ("certificate", "secret", "federation", "managed-identity", "device-code")
"""The ways to sign in, the best one for a server first."""

_CLOCK = ("AADSTS700024", "AADSTS50013", "AADSTS700084")
"""Codes of assertions whose times do not fit the service's clock."""


CHECK = "check tenant, client and credential"


def way(settings: Mapping[str, str]) -> str:
    """How to sign in: what the setting ``auth`` says, or else what there is a credential for."""
    named = settings.get("auth")
    keys = {"certificate": "certificate", "secret": "secret", "federation": "assertion"}
    if named is None:
        named = next((one for one, key in keys.items() if settings.get(key)), None)
    if named not in WAYS:
        raise UsageError(f"entra: auth is {named!r}", remedy=f"one of {', '.join(WAYS)}, or set certificate or secret")
    if named in keys and not settings.get(keys[named]):
        raise UsageError(f"entra: {keys[named]} is missing", remedy=f"auth is {named}")
    if named != "managed-identity" and not settings.get("client"):
        raise UsageError("entra: client is missing", remedy="the application (client) ID of the app registration")
    return named


def token(session: Session, endpoints: Endpoints, tenant: str, applications: dict[str, Any]) -> Token:
    """A token for Graph. ``applications`` keeps what a person has signed in to, so that it is renewed without asking again."""
    chosen = way(session.settings)
    with _told():
        if chosen == "managed-identity":
            answer = _managed(session, endpoints)
        elif chosen == "device-code":
            answer = _by_code(session, endpoints, tenant, applications)
        else:
            answer = _confidential(session, endpoints, tenant, chosen)
    return _read(answer, session.now)


def _confidential(session: Session, endpoints: Endpoints, tenant: str, chosen: str) -> Mapping[str, Any]:
    import msal

    application = msal.ConfidentialClientApplication(
        session.settings["client"],
        client_credential=_credential(session, chosen),
        authority=endpoints.of(tenant),
        instance_discovery=None if endpoints.known else False,
        http_client=session.http(),
    )
    answer: Mapping[str, Any] = application.acquire_token_for_client([endpoints.scope])
    return answer


def _credential(session: Session, chosen: str) -> str | dict[str, Any]:
    if chosen == "secret":
        return session.secret("secret")
    if chosen == "federation":
        # asked for again at every token: the platform replaces the assertion every hour
        return {"client_assertion": lambda: session.secret("assertion").strip()}
    password = session.secret("certificate_password") if session.settings.get("certificate_password") else ""
    return credential(session.secret("certificate"), password, session.now)


def _managed(session: Session, endpoints: Endpoints) -> Mapping[str, Any]:
    import msal

    client = session.settings.get("client")
    identity = msal.UserAssignedManagedIdentity(client_id=client) if client else msal.SystemAssignedManagedIdentity()
    application = msal.ManagedIdentityClient(identity, http_client=session.http())
    answer: Mapping[str, Any] = application.acquire_token_for_client(resource=endpoints.graph)
    return answer


def _by_code(session: Session, endpoints: Endpoints, tenant: str, applications: dict[str, Any]) -> Mapping[str, Any]:
    """A person signs in on any device with a code that is printed; meant for ``doctor`` and single sweeps."""
    import msal

    key = f"{endpoints.of(tenant)} {session.settings['client']}"
    application = applications.get(key)
    if application is None:
        application = applications[key] = msal.PublicClientApplication(
            session.settings["client"],
            authority=endpoints.of(tenant),
            instance_discovery=None if endpoints.known else False,
            http_client=session.http(),
        )
    accounts = application.get_accounts()
    answer = application.acquire_token_silent([endpoints.scope], accounts[0]) if accounts else None
    if answer is None:
        flow = application.initiate_device_flow([endpoints.scope])
        if "user_code" not in flow:
            return dict(flow)
        print("".join(filter(str.isprintable, str(flow["message"]))), file=sys.stderr, flush=True)
        answer = application.acquire_token_by_device_flow(flow)
    return dict(answer)


@contextmanager
def _told() -> Iterator[None]:
    """What msal raises, in the sweep's own words; what its transport raises is for the session to say."""
    from jwt.exceptions import PyJWTError
    from msal.exceptions import MsalServiceError

    try:
        yield
    except MsalServiceError as error:  # asked again by the session as often as it is any use
        raise TenantError(Trouble.SERVER, f"sign-in: the authority keeps failing: {error}") from error
    except (
        ValueError,
        TypeError,
        RuntimeError,
        PyJWTError,
    ) as error:  # an unknown authority, a key that cannot be read
        raise TenantError(Trouble.CREDENTIALS, f"sign-in: {error}", remedy=CHECK) from error


def _read(answer: Mapping[str, Any], now: int) -> Token:
    """msal's answer as a token, or as the refusal that it is."""
    value, seconds = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(value, str) or not value:
        raise _refused(answer)
    lasts = int(seconds) if isinstance(seconds, int) or (isinstance(seconds, str) and seconds.isdigit()) else 0
    return Token(value, expires=now + lasts * 1_000_000 if lasts else None, permissions=permissions(value))


def _refused(answer: Mapping[str, Any]) -> TenantError:
    error, description = (str(answer.get(key) or "") for key in ("error", "error_description"))
    detail = f"sign-in refused: {error} {description.splitlines()[0] if description else ''}".strip()
    if any(code in description for code in _CLOCK):
        return TenantError(Trouble.CLOCK, detail, remedy="set the clock of this machine", code=error)
    if error in ("temporarily_unavailable", "server_error"):
        return TenantError(Trouble.SERVER, detail, code=error)
    return TenantError(Trouble.CREDENTIALS, detail, remedy=CHECK, code=error)


def permissions(value: str) -> tuple[str, ...]:
    """The permissions that an access token carries: ``roles`` of an app, ``scp`` of a person. Nothing for a token that cannot be
    read: Graph's tokens are its own affair, and this is for advice alone."""
    claims = _claims(value)
    roles, scopes = claims.get("roles"), claims.get("scp")
    found = {role for role in roles if isinstance(role, str)} if isinstance(roles, list) else set()
    return tuple(sorted(found | set(scopes.split() if isinstance(scopes, str) else ())))


def _claims(value: str) -> Mapping[str, Any]:
    parts = value.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
