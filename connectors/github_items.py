"""From what GitHub answers to the nouns of a tenant. Pure functions.

Shapes: https://github.com/octokit/openapi (ghec): integration-installation, integration, copilot-seat-details,
organization-programmatic-access-grant, credential-authorization, audit-log-event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from shadowai.tenant import App, Event, Grant, Missed, Person, Trouble
from shadowai_connectors.rest import Row, inside, micros, needed, text, texts

PLATFORM = "github"
COPILOT = "github-copilot"

Phrase = Literal["granted", "revoked", "requested", "installed", "removed"]

ACTIONS: dict[str, Phrase] = {
    "integration_installation.create": "installed",
    "integration_installation.destroy": "removed",
    "integration_installation_request.create": "requested",
    "oauth_authorization.create": "granted",
    "oauth_authorization.destroy": "revoked",
    "org.oauth_app_access_approved": "granted",
    "org.oauth_app_access_denied": "revoked",
    "org.oauth_app_access_requested": "requested",
    "org_credential_authorization.grant": "granted",
    "org_credential_authorization.revoke": "revoked",
}
"""The entries that are asked for, by their action.
https://docs.github.com/enterprise-cloud@latest/organizations/keeping-your-organization-secure"""

_NAMES = ("integration", "oauth_application_name", "name", "application_name")
"""Where an entry of the audit log names the app; GitHub documents no shape."""
_IDS = ("oauth_application_id", "application_client_id", "oauth_application")


def installed(row: Row, about: Row, org: str) -> tuple[App, Grant]:
    """A GitHub App that is installed, with what GitHub tells of it in public (``about``, empty for a private app).

    The slug is the app's own: nobody else can have it. So is its owner, a GitHub account; what its name and homepage say, the owner
    has typed in.
    """
    slug, number = needed(row, "app_slug"), needed(row, "id")
    owner = text(inside(about, "owner").get("login")) or text(inside(about, "owner").get("slug"))
    created, scopes = micros(row.get("created_at")), permissions(row)
    found = App(
        platform=PLATFORM,
        tenant=org,
        id=slug,
        name=text(about.get("name")) or slug,
        object_id=text(row.get("app_id")),
        publisher=owner,
        owner_tenant=owner,
        homepage=text(about.get("external_url")),
        first_party=owner == "github",
        in_house=owner is not None and owner.lower() == org.lower(),
        enabled=row.get("suspended_at") is None,
        created=micros(about.get("created_at")),
        tags=("github-app",),
        permissions=scopes,
    )
    return found, Grant(
        platform=PLATFORM,
        tenant=org,
        id=f"installation/{number}",
        app=slug,
        kind="install",
        scopes=scopes,
        granted=created,
        date_source="api" if created is not None else None,
    )


def permissions(row: Row) -> tuple[str, ...]:
    """``contents:write`` and the like; those of personal tokens lie one level deeper, by what they are about."""
    found: list[str] = []
    for name, level in inside(row, "permissions").items():
        if isinstance(level, Mapping):
            found += [f"{inner}:{text(value)}" for inner, value in level.items() if text(value)]
        elif text(level):
            found.append(f"{name}:{text(level)}")
    return tuple(sorted(set(found)))


def copilot(org: str, *, seats: int | None) -> App:
    """GitHub Copilot as the organisation has bought it: what is licensed, and so the baseline."""
    return App(
        platform=PLATFORM,
        tenant=org,
        id=COPILOT,
        name="GitHub Copilot",
        kind="vendor_org",
        verified_publisher="GitHub",
        homepage="https://github.com/features/copilot",
        first_party=True,
        enabled=True,
        users=seats,
    )


def seat(row: Row, org: str) -> tuple[Person, Grant] | Missed:
    """A person's seat. Without activity in the last 90 days, or where the editor tells nothing, the last use is not known."""
    login = text(inside(row, "assignee").get("login"))
    if login is None:
        return Missed(Trouble.UNEXPECTED, "a Copilot seat came without its person")
    created, plan = micros(row.get("created_at")), text(row.get("plan_type"))
    grant = Grant(
        platform=PLATFORM,
        tenant=org,
        id=f"copilot-seat/{login}",
        app=COPILOT,
        kind="seat",
        principal=login,
        scopes=(f"plan:{plan}",) if plan else (),
        granted=created,
        date_source="api" if created is not None else None,
        last_used=micros(row.get("last_activity_at")),
    )
    return person(inside(row, "assignee"), login, org), grant


def person(row: Row, login: str, org: str) -> Person:
    """An account. GitHub tells an organisation no mail addresses: a file of identities joins logins to people."""
    address = text(row.get("email"))
    return Person(PLATFORM, org, login, address, text(row.get("name")))


def personal_token(row: Row, org: str, *, requested: bool) -> tuple[App, Person, Grant] | None:
    """A fine-grained personal access token, or the request for one; ``None`` for one that has expired. What it is used for is told by
    its name alone, which its owner has typed in."""
    if row.get("token_expired") is True:
        return None
    login, name, number = needed(inside(row, "owner"), "login"), text(row.get("token_name")), needed(row, "id")
    known = name or f"token {number}"
    scopes = permissions(row)
    granted = micros(row.get("access_granted_at"))
    app = App(
        PLATFORM, org, f"personal-access-token/{known}", known, tags=("personal-access-token",), permissions=scopes
    )
    grant = Grant(
        platform=PLATFORM,
        tenant=org,
        id=f"{'token-request' if requested else 'token'}/{number}",
        app=app.id,
        kind="request" if requested else "key",
        principal=login,
        scopes=scopes,
        granted=micros(row.get("created_at")) if requested else granted,
        date_source="api" if (requested and row.get("created_at")) or granted is not None else None,
        last_used=micros(row.get("token_last_used_at")),
    )
    return app, person(inside(row, "owner"), login, org), grant


def credential(row: Row, org: str) -> tuple[App, Person, Grant] | None:
    """A token that a person has authorised for single sign-on; ``None`` for SSH keys, which no app holds.

    GitHub says of what kind it is and whose, and never which app holds it: those of one kind are one app, which no name can make
    AI. The last characters of the token are not kept.
    """
    kind = needed(row, "credential_type")
    if "ssh" in kind.lower():
        return None
    login, number = needed(row, "login"), needed(row, "credential_id")
    note = text(row.get("authorized_credential_note")) if "personal" in kind.lower() else None
    known = f"personal-access-token/{note}" if note else f"unnamed/{kind}"
    granted = micros(row.get("credential_authorized_at"))
    app = App(PLATFORM, org, known, note or f"{kind} (GitHub does not name its app)", tags=("credential", kind))
    grant = Grant(
        platform=PLATFORM,
        tenant=org,
        id=f"credential/{number}",
        app=app.id,
        kind="key" if "personal" in kind.lower() else "delegated",
        principal=login,
        scopes=texts(row.get("scopes")),
        granted=granted,
        date_source="api" if granted is not None else None,
        last_used=micros(row.get("credential_accessed_at")),
    )
    return app, person({}, login, org), grant


def event(row: Row, org: str) -> Event | Missed | None:
    """What an entry of the audit log tells; ``None`` for an action that was not asked for. Its times are milliseconds."""
    what = ACTIONS.get(text(row.get("action")) or "")
    if what is None:
        return None
    at = row.get("@timestamp") if row.get("@timestamp") is not None else row.get("created_at")
    time = micros(at / 1000) if isinstance(at, int | float) and not isinstance(at, bool) else micros(at)
    name = next((found for key in _NAMES if (found := text(row.get(key)))), None)
    key = next((found for field in _IDS if (found := text(row.get(field)))), None)
    number = text(row.get("_document_id"))
    credential_kind = text(row.get("credential_type"))
    app = name or key or (f"unnamed/{credential_kind}" if credential_kind else None)
    if app is None or time is None or number is None:
        return Missed(
            Trouble.UNEXPECTED, f"an entry {row.get('action')} of the audit log names no app, time or identifier"
        )
    actor, user = text(row.get("actor")), text(row.get("user"))
    own = what in ("granted", "revoked", "requested")
    return Event(
        PLATFORM, org, number, app, what, time, (user or actor) if own else None, texts(row.get("scopes")), actor
    )
