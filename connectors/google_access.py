"""Access tokens of Google for one administrator and one scope: with a key, or without one.

A service account with domain-wide delegation asks for a token *as* an administrator
(https://developers.google.com/identity/protocols/oauth2/service-account). The assertion is signed with its JSON key by google-auth,
or, without a key, by ``iamcredentials.signJwt`` for whoever may ask it to: a workload identity federation, a user, or the machine.

One scope a token, always: an assertion with several is refused whole where one of them is not delegated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shadowai.connector import Session, Token
from shadowai.errors import UsageError
from shadowai.tenant import TenantError, Trouble
from shadowai_connectors.google_settings import Account, account
from shadowai_connectors.google_signals import TOKENS, scopes

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
"""RFC 7523, section 2.1."""
_CLOUD = "https://www.googleapis.com/auth/cloud-platform"
_AUDIENCE = "https://oauth2.googleapis.com/token"
_HOUR = 3600
_MICRO = 1_000_000


def access(session: Session, scope: str) -> Token:
    """A token for ``scope``, as the administrator. Raises :class:`~shadowai.tenant.TenantError`."""
    who = account(session.settings)
    return _with_key(session, who, scope) if who.how == "key" else _signed_elsewhere(session, who, scope)


def client_id(session: Session) -> str:
    """The service account's numeric id, which delegation is given to; empty where it is not known."""
    who = account(session.settings)
    if who.client_id or who.how != "key":
        return who.client_id
    return str(_document(session, "key", ("service_account",)).get("client_id", ""))


def delegation(session: Session) -> str:
    """What an administrator of the domain must do, with the id and the scopes to paste."""
    who = client_id(session) or "<the service account's Unique ID, in IAM & Admin, Service accounts>"
    return (
        "admin.google.com, Security, Access and data control, API controls, Manage domain-wide delegation, Add new:"
        f" Client ID {who} OAuth scopes {','.join(scopes(session.settings))} (it may take some minutes, seldom a day)"
    )


def refusal(session: Session, error: str, description: str, scope: str) -> TenantError:
    """What the token endpoint's refusal means. ``error`` and ``description`` as in RFC 6749, section 5.2."""
    said = f"{error}: {description}".strip(": ")
    words = description.lower()
    who = account(session.settings)
    if "iat" in words.replace(",", " ").split() or "reasonable timeframe" in words:
        return TenantError(Trouble.CLOCK, said, remedy="set this machine's clock (NTP)", code=error)
    if error in ("unauthorized_client", "access_denied", "invalid_scope"):
        return TenantError(Trouble.SCOPE, f"{said} ({scope})", remedy=delegation(session), code=error)
    if "invalid email" in words or "user id" in words:
        remedy = f"is {who.administrator} an active user of this domain? Service accounts and groups are not"
        return TenantError(Trouble.CREDENTIALS, said, remedy=remedy, code=error)
    remedy = "the key was deleted or disabled, or the service account was: make a new key, or go without one"
    return TenantError(Trouble.CREDENTIALS, said or "the token was refused", remedy=remedy, code=error)


def _with_key(session: Session, who: Account, scope: str) -> Token:
    """Sign with the key of a file. Where the assertion is sent is ours to say: its ``token_uri`` may lead anywhere."""
    crypt: Any = library("google.auth.crypt")
    jwt: Any = library("google.auth.jwt")
    info = _document(session, "key", ("service_account",))
    try:
        signer = crypt.RSASigner.from_service_account_info(info)
        claims = _claims(session, info["client_email"], who.administrator, scope)
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError("key is not a service account's JSON key", remedy="download a new one") from error
    return _exchanged(session, who, jwt.encode(signer, claims).decode(), scope)


def _claims(session: Session, issuer: str, subject: str, scope: str) -> dict[str, Any]:
    """What the service account asserts, for an hour."""
    now = session.now // _MICRO
    return {"iss": issuer, "sub": subject, "scope": scope, "aud": _AUDIENCE, "iat": now, "exp": now + _HOUR}


def _understood(session: Session, body: Mapping[str, Any], scope: str) -> TenantError:
    error, description = body.get("error"), body.get("error_description")
    if not isinstance(error, str) or not error:
        return TenantError(Trouble.SERVER, "the token endpoint answered with neither a token nor a reason")
    return refusal(session, error[:80], description[:300] if isinstance(description, str) else "", scope)


def _signed_elsewhere(session: Session, who: Account, scope: str) -> Token:
    """Ask Google to sign the assertion, then exchange it (https://cloud.google.com/iam/docs/reference/credentials/rest, signJwt)."""
    caller = _caller(session, who)
    claims = _claims(session, who.service_account, who.administrator, scope)
    url = f"{who.roots.signer}/v1/projects/-/serviceAccounts/{who.service_account}:signJwt"
    headers = {"Authorization": f"Bearer {caller}"}
    try:
        signed = session.post(url, quota=TOKENS, json={"payload": json.dumps(claims)}, headers=headers, audience=None)
    except TenantError as error:
        raise _unsigned(error, who) from error
    return _exchanged(session, who, _text(signed.body, "signedJwt"), scope)


def _exchanged(session: Session, who: Account, assertion: str, scope: str) -> Token:
    """The assertion for a token."""
    body = _asked(session, f"{who.roots.token}/token", {"grant_type": GRANT, "assertion": assertion}, scope)
    lasts = body.get("expires_in")
    seconds = int(lasts) if isinstance(lasts, int | float) and not isinstance(lasts, bool) else _HOUR
    return Token(_text(body, "access_token"), session.now + seconds * _MICRO, permissions=(scope,))


def _asked(session: Session, url: str, form: Mapping[str, str], scope: str) -> Mapping[str, Any]:
    """The answer of a token endpoint."""
    try:
        answer = session.post(url, quota=TOKENS, form=form, audience=None)
    except TenantError as error:
        if error.status in (400, 401, 403) and isinstance(error.body, Mapping):
            raise _understood(session, error.body, scope) from error
        raise
    return answer.body if isinstance(answer.body, Mapping) else {}


def _unsigned(error: TenantError, who: Account) -> TenantError:
    if error.status not in (401, 403, 404):
        return error
    remedy = (
        f"enable iamcredentials.googleapis.com in the project, and grant roles/iam.serviceAccountTokenCreator on"
        f" {who.service_account} to the identity that asks"
    )
    return TenantError(Trouble.CREDENTIALS, error.detail, remedy=remedy, status=error.status, code=error.code)


def _caller(session: Session, who: Account) -> str:
    """The token of whoever asks for the signature."""
    if who.how == "machine":
        url = f"{who.roots.metadata}/computeMetadata/v1/instance/service-accounts/default/token"
        answer = session.get(url, quota=TOKENS, headers={"Metadata-Flavor": "Google"}, audience=None)
        return _text(answer.body, "access_token")
    info = _document(session, "federation", ("external_account", "authorized_user"))
    if info["type"] == "authorized_user":
        parts = {key: _text(info, key) for key in ("refresh_token", "client_id", "client_secret")}
        form = {"grant_type": "refresh_token", **parts}
        return _text(_asked(session, f"{who.roots.token}/token", form, _CLOUD), "access_token")
    form = _subject(info)
    return _text(_asked(session, f"{who.roots.exchange}/v1/token", form, _CLOUD), "access_token")


def _subject(info: Mapping[str, Any]) -> dict[str, str]:
    """The exchange of a federated identity's token (RFC 8693) whose place is a file (https://google.aip.dev/auth/4117). Others would
    fetch from where the document says, or run what it says. Impersonation is left out: what signs is the federated identity itself."""
    pool: Any = library("google.auth.identity_pool")
    exceptions: Any = library("google.auth.exceptions")
    source = info.get("credential_source")
    if not isinstance(source, Mapping) or "file" not in source or {"url", "executable", "certificate"} & set(source):
        raise UsageError("federation: only credential_source.file is supported", remedy="let a file hold the token")
    kept = {key: value for key, value in info.items() if not key.startswith("service_account_impersonation")}
    kept |= {"token_url": "https://sts.googleapis.com/v1/token", "universe_domain": "googleapis.com"}
    try:
        subject = pool.Credentials.from_info(kept).retrieve_subject_token(None)
    except exceptions.RefreshError as error:
        raise UsageError(
            "federation: the file with the token cannot be read", remedy="see credential_source"
        ) from error
    except (ValueError, TypeError, KeyError, exceptions.GoogleAuthError) as error:
        raise UsageError("federation is not an external_account document", remedy="create it anew") from error
    return {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "audience": _text(info, "audience"),
        "scope": _CLOUD,
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "subject_token": str(subject),
        "subject_token_type": _text(info, "subject_token_type"),
    }


def _document(session: Session, key: str, kinds: tuple[str, ...]) -> Mapping[str, Any]:
    """The JSON of a secret. Errors never repeat it."""
    try:
        found = json.loads(session.secret(key))
    except (ValueError, RecursionError):
        raise UsageError(f"{key} is not JSON", remedy="refer to the file as Google made it") from None
    if not isinstance(found, dict) or found.get("type") not in kinds:
        raise UsageError(f"{key} is not of the type {' or '.join(kinds)}", remedy="refer to the file as Google made it")
    return found


def _text(body: Any, key: str) -> str:
    found = body.get(key) if isinstance(body, Mapping) else None
    if not isinstance(found, str) or not found:
        raise TenantError(Trouble.UNEXPECTED, f"an answer to a request for a token has no {key}")
    return found


def library(name: str) -> Any:
    """A module of Google's client libraries. Raises :class:`~shadowai.errors.UsageError` where it is not installed."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise UsageError("Google Workspace needs its client", remedy="pip install 'shadowai[google]'") from error
