"""From what Okta answers to the nouns of a tenant. Pure functions; a row that lacks what it is known by is an error.

Shapes: https://developer.okta.com/docs/api/openapi/okta-management/management/ (Applications, ApplicationGrants,
ApplicationTokens, ApplicationUsers, ApiServiceIntegrations, ApplicationCrossAppAccessConnections, SystemLog, User).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from shadowai.tenant import Activity, App, Event, Grant, Missed, Person, TenantError, Trouble
from shadowai_connectors.rest import Row, inside, micros, needed, text, texts

PLATFORM = "okta"

FIRST_PARTY = frozenset({"saasure", "okta_enduser", "okta_browser_plugin", "okta_iga", "okta_flow_sso", "flow"})
"""Catalogue names of the apps that every organisation has: Okta's own consoles."""

What = Literal["granted", "revoked", "requested", "installed", "removed"]

EVENTS: tuple[tuple[str, What], ...] = (
    ("app.oauth2.as.consent.grant", "granted"),
    ("app.oauth2.consent.grant", "granted"),
    ("app.oauth2.as.consent.revoke", "revoked"),
    ("app.oauth2.admin.consent.grant", "granted"),
    ("app.oauth2.admin.consent.revoke", "revoked"),
    ("application.lifecycle.create", "installed"),
    ("application.lifecycle.delete", "removed"),
    ("app.access_request.request", "requested"),
)
"""What the types of events begin with that are asked for: of custom authorisation servers (``as``), of the organisation's own, of
administrators. https://developer.okta.com/docs/reference/api/event-types/"""

_DONE = frozenset({"SUCCESS", "ALLOW"})
"""Outcomes of what was done. The others (FAILURE, DENY, SKIPPED, CHALLENGE, ABANDONED …) are of what was not, or not yet.
https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/ (``outcome.result``)"""

_OVER = frozenset({"REVOKED", "INACTIVE"})
"""Statuses of what holds no more; what holds is ACTIVE (``GrantOrTokenStatus``, and the lifecycle of connections)."""

_APPS = ("publicclientapp", "appinstance", "app", "oauth2client")
_SCOPES = ("scope", "oauth2scope")


def app(row: Row, tenant: str) -> App:
    """An app of the tenant. It is known by its OAuth client id, which for nearly all is the app's own id.

    ``reply_urls`` are the redirect URIs of OpenID Connect and, of SAML, the places that assertions are sent to: both are what the
    app's owner controls. The name in Okta's catalogue, which Okta gives and nobody can type in, is a tag (``catalogue:…``).
    """
    object_id = needed(row, "id")
    client = inside(row, "settings", "oauthClient")
    saml = inside(row, "settings", "signOn")
    catalogue = text(row.get("name")) or ""
    places = saml.get("acsEndpoints")
    more = [text(place.get("url")) for place in places if isinstance(place, dict)] if isinstance(places, list) else []
    consumers = [text(saml.get("ssoAcsUrl")), text(saml.get("ssoAcsUrlOverride")), *more]
    mode = text(row.get("signOnMode"))
    return App(
        platform=PLATFORM,
        tenant=tenant,
        id=text(inside(row, "credentials", "oauthClient").get("client_id")) or object_id,
        name=text(row.get("label")) or catalogue or object_id,
        object_id=object_id,
        homepage=text(client.get("client_uri")) or text(inside(row, "settings", "app").get("url")),
        reply_urls=_distinct([*texts(client.get("redirect_uris")), *consumers]),
        first_party=catalogue in FIRST_PARTY,
        enabled=(text(row.get("status")) or "").upper() == "ACTIVE",
        created=micros(row.get("created")),
        tags=_distinct([f"catalogue:{catalogue}" if catalogue else None, f"sign-on:{mode}" if mode else None]),
    )


def api_service(row: Row, tenant: str) -> tuple[App, Grant]:
    """An integration that acts on its own, without a person, with the scopes that an administrator gave it."""
    object_id, kind = needed(row, "id"), text(row.get("type")) or ""
    client = text(inside(row, "credentials", "oauthClient").get("client_id")) or object_id
    created = micros(row.get("created")) or micros(row.get("createdAt"))
    scopes = texts(row.get("grantedScopes"))
    found = App(
        platform=PLATFORM,
        tenant=tenant,
        id=client,
        name=text(row.get("name")) or kind or object_id,
        object_id=object_id,
        created=created,
        tags=(f"catalogue:{kind}", "api-service") if kind else ("api-service",),
        permissions=scopes,
    )
    by = text(row.get("createdBy"))
    return found, Grant(
        PLATFORM,
        tenant,
        f"api-service/{object_id}",
        client,
        "application",
        None,
        scopes,
        "okta",
        created,
        _api(created),
        by=by,
    )


def consent(row: Row, app_id: str, tenant: str) -> Grant | None:
    """One scope that an app may use: of a person where it was a person who consented. ``None`` for one that is no longer active."""
    if not _holds(row):
        return None
    person = text(row.get("userId"))
    created = micros(row.get("created"))
    by = inside(row, "createdBy")
    return Grant(
        platform=PLATFORM,
        tenant=tenant,
        id=needed(row, "id"),
        app=app_id,
        kind="delegated" if person else "application",
        principal=person,
        scopes=(needed(row, "scopeId"),),
        resource=text(row.get("issuer")),
        granted=created,
        date_source=_api(created),
        by=text(by.get("id")) if (text(by.get("type")) or "").lower() == "user" else None,
    )


def refresh_token(row: Row, app_id: str, tenant: str) -> Grant | None:
    """A refresh token that an app holds for a person. ``None`` for one that was revoked. ``lastUpdated`` is when it was last used: it
    changes whenever the token does."""
    if not _holds(row):
        return None
    created = micros(row.get("created"))
    return Grant(
        platform=PLATFORM,
        tenant=tenant,
        id=needed(row, "id"),
        app=app_id,
        kind="delegated",
        principal=text(row.get("userId")),
        scopes=texts(row.get("scopes")),
        resource=text(row.get("issuer")),
        granted=created,
        date_source=_api(created),
        last_used=micros(row.get("lastUpdated")),
    )


def assignment(row: Row, app_id: str, tenant: str) -> tuple[Person, Grant]:
    """A person who may sign in to an app, by their own assignment or a group's. What they are called there (``credentials.userName``,
    ``profile.email``) is the app's account, which several may share: who they are, their own record says alone."""
    person, created = needed(row, "id"), micros(row.get("created"))
    grant = Grant(
        PLATFORM, tenant, f"{app_id}/{person}", app_id, "assignment", person, granted=created, date_source=_api(created)
    )
    return Person(PLATFORM, tenant, person, name=text(inside(row, "profile").get("name"))), grant


def connection(row: Row, ids: Mapping[str, str], tenant: str) -> Grant | None:
    """Cross App Access: one app may act in another for those who use both. ``None`` for one that is not active. ``ids`` has the client
    id of an app by the app's own."""
    if not _holds(row):
        return None
    created = micros(row.get("created"))
    requesting, resource = needed(row, "requestingAppInstanceId"), needed(row, "resourceAppInstanceId")
    return Grant(
        platform=PLATFORM,
        tenant=tenant,
        id=f"cross-app/{needed(row, 'id')}",
        app=ids.get(requesting, requesting),
        kind="application",
        scopes=("cross_app_access",),
        resource=ids.get(resource, resource),
        granted=created,
        date_source=_api(created),
    )


def person(row: Row, tenant: str) -> Person:
    """A user. The login is what other sources know people by, and usually their mail address; it is one person's alone, while several
    users (a service account and who made it) may have one mail address."""
    profile = inside(row, "profile")
    login = text(profile.get("login"))
    names = [text(profile.get("firstName")), text(profile.get("lastName"))]
    full = text(profile.get("displayName")) or " ".join(name for name in names if name) or None
    status = text(row.get("status"))
    return Person(
        platform=PLATFORM,
        tenant=tenant,
        id=needed(row, "id"),
        address=login if login and "@" in login else text(profile.get("email")) or login,
        name=full,
        department=text(profile.get("department")),
        enabled=None if status is None else status.upper() not in ("DEPROVISIONED", "SUSPENDED", "STAGED"),
    )


def event(row: Row, tenant: str) -> Event | Missed | None:
    """What a log entry tells of a consent. ``None`` for what was not done and for kinds that were not asked for; one that names no app is
    a part that could not be looked at. Whatever else is in an entry, of whatever type, is of no interest. Of what ended in ``UNKNOWN``
    nothing is said to have been given; that it may have been withdrawn counts, for it then dates nothing from before."""
    kind = text(row.get("eventType")) or ""
    what = next((what for start, what in EVENTS if kind.startswith(start)), None)
    ended = (text(inside(row, "outcome").get("result")) or "SUCCESS").upper()
    if what is None or not (ended in _DONE or (ended == "UNKNOWN" and what in ("revoked", "removed"))):
        return None
    targets = row.get("target")
    named = [one for one in targets if isinstance(one, dict)] if isinstance(targets, list) else []
    apps = list(_of(named, _APPS))
    actor = inside(row, "actor")
    if not apps and _kind(actor) in _APPS:
        apps = [actor]
    time, key = micros(row.get("published")), text(row.get("uuid"))
    app_id = next((found for one in apps if (found := text(one.get("id")))), None) or _detail(named, _APPS)
    if app_id is None or time is None or key is None:
        return Missed(Trouble.UNEXPECTED, f"a log entry {kind} names no app, time or identifier")
    people = [text(one.get("id")) for one in _of(named, ("user",))] or [_detail(named, ("user",))]
    by = text(actor.get("id")) if _kind(actor) == "user" else None
    scopes = [text(one.get("displayName")) or text(one.get("id")) for one in _of(named, _SCOPES)]
    stated = text(inside(row, "debugContext", "debugData").get("grantedScopes")) or ""
    given = _distinct([*scopes, *stated.replace(",", " ").split()])
    principal = (people[0] or by) if what in ("granted", "revoked", "requested") else None
    return Event(PLATFORM, tenant, key, app_id, what, time, principal, given, by)


def sign_ins(entries: Iterable[Row], app_id: str, tenant: str) -> tuple[Activity, ...]:
    """Who signed in to an app how often, summed over the entries of one page of the log. Failures are no use."""
    times: dict[str | None, list[int]] = {}
    for entry in entries:
        time, actor = micros(entry.get("published")), inside(entry, "actor")
        if time is not None and (text(inside(entry, "outcome").get("result")) or "SUCCESS").upper() == "SUCCESS":
            times.setdefault(text(actor.get("id")) if _kind(actor) == "user" else None, []).append(time)
    return tuple(
        Activity(PLATFORM, tenant, app_id, who, min(when), max(when), len(when)) for who, when in times.items()
    )


def _of(targets: Iterable[Row], kinds: tuple[str, ...]) -> Iterator[Row]:
    return (one for one in targets if _kind(one) in kinds)


def _detail(targets: Iterable[Row], kinds: tuple[str, ...]) -> str | None:
    """What a scope that was consented to says of its app or its person: their identifiers, by their types."""
    for one in targets:
        for key, value in inside(one, "detailEntry").items():
            if str(key).lower() in kinds and (found := text(value)):
                return found
    return None


def _holds(row: Row) -> bool:
    """Whether a grant, a token or a connection is active. Of a status that is not documented neither can be said: such a row is missed."""
    status = (text(row.get("status")) or "ACTIVE").upper()
    if status != "ACTIVE" and status not in _OVER:
        raise TenantError(Trouble.UNEXPECTED, "a grant came with a status that is not known")
    return status == "ACTIVE"


def _kind(one: Row) -> str:
    return (text(one.get("type")) or "").lower()


def _api(time: int | None) -> Literal["api"] | None:
    return None if time is None else "api"


def _distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
