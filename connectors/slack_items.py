"""From what Slack answers to the nouns of a tenant. Pure functions.

Shapes: https://docs.slack.dev/reference/methods/team.integrationLogs, …/admin.apps.approved.list, …/admin.apps.requests.list,
…/users.info and https://docs.slack.dev/reference/audit-logs-api/methods-actions-reference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Literal

from shadowai.tenant import EVERYONE, App, Event, Grant, Item, Missed, Person, Removed, Trouble
from shadowai_connectors.rest import SECOND, Row, inside, micros, needed, rows, text

PLATFORM = "slack"

What = Literal["granted", "revoked", "requested", "installed", "removed"]

CHANGES: dict[str, What] = {
    "added": "installed",
    "enabled": "installed",
    "expanded": "granted",
    "updated": "granted",
    "removed": "removed",
    "disabled": "removed",
}
"""What an entry of the integration log says was done. ``expanded`` (more scopes) is not documented, and is written."""
_LATER = {"removed": 0, "installed": 1, "granted": 2}
"""Of entries of one second, which counts as the later one: what was removed and added in it is there, and what was changed had been added.
The log is to the second, and its order is not documented."""

ACTIONS: dict[str, What] = {
    "app_installed": "installed",
    "app_uninstalled": "removed",
    "app_approved": "granted",
    "app_restricted": "revoked",
    "app_scopes_expanded": "granted",
    "workflow_app_token_preserved": "granted",
}
"""The actions of the audit log that are asked for."""


def logged(row: Row, tenant: str, decided: dict[str, int]) -> Iterator[Item | Missed]:
    """What an entry of the integration log tells: the app, what happened, and whether it is there now.

    The newest entry about an app decides: ``decided`` has the time of the newest that was met, by app, and is kept up to date. Slack
    documents no order; of one second, :data:`_LATER` says which is the newest, and its number is the last digit of the time. An app that
    was removed is no grant. An entry of a kind that is not known decides nothing. The number of a service is no app's id.
    """
    service = text(row.get("service_id"))
    app_id = text(row.get("app_id")) or (service and f"service/{service}")
    name = text(row.get("app_type")) or text(row.get("service_type"))
    change, time = text(row.get("change_type")) or "", micros(row.get("date"))
    if app_id is None or time is None:
        if name or change:
            yield Missed(Trouble.UNEXPECTED, f"an entry of the integration log ({change or name}) names no app or time")
        return
    scopes, who, what = _scopes(row.get("scope")), text(row.get("user_id")), CHANGES.get(change)
    kind = "slack-app" if row.get("app_id") else "slack-service"
    yield App(PLATFORM, tenant, app_id, name or app_id, tags=(kind,), permissions=scopes if what != "removed" else ())
    if who is not None:
        yield Person(PLATFORM, tenant, who, name=text(row.get("user_name")))
    if what is None:
        return
    told = "\x00".join((app_id, str(time), change, who or "", ",".join(scopes), text(row.get("channel")) or ""))
    number = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:24]  # the log has no identifiers
    yield Event(PLATFORM, tenant, f"log/{number}", app_id, what, time, who, scopes, who)
    place = time // SECOND * SECOND + _LATER[what]
    if place > decided.get(app_id, 0):
        decided[app_id] = place
        yield _installation(app_id, tenant, what, change, time, scopes, who)


def _installation(
    app_id: str, tenant: str, what: What, change: str, time: int, scopes: tuple[str, ...], who: str | None
) -> Grant | Removed:
    """Whether the app is there, as its newest entry has it; when it was added is known from that entry alone."""
    if what == "removed":
        return Removed(PLATFORM, tenant, "grant", f"install/{app_id}")
    added = change in ("added", "enabled")
    source: Literal["audit_log"] | None = "audit_log" if added else None
    when = time if added else None
    return Grant(PLATFORM, tenant, f"install/{app_id}", app_id, "install", None, scopes, None, when, source, by=who)


def approved(row: Row, tenant: str) -> tuple[App, Grant]:
    """An app that may be installed: an administrator's decision for everyone, not yet an installation."""
    app = _app(row, tenant, "approved")
    decided = micros(row.get("date_updated"))
    by = inside(row, "last_resolved_by")
    return app, Grant(
        platform=PLATFORM,
        tenant=tenant,
        id=f"approved/{app.id}",
        app=app.id,
        kind="assignment",
        principal=EVERYONE,
        scopes=app.permissions,
        granted=decided,
        date_source="api" if decided is not None else None,
        by=text(by.get("actor_id")) if text(by.get("actor_type")) == "user" else None,
    )


def restricted(row: Row, tenant: str) -> App:
    """An app that may not be installed."""
    return _app(row, tenant, "restricted")


def request(row: Row, tenant: str) -> tuple[App, Person | None, Grant]:
    """An app that somebody asked for, and why they may not yet have it."""
    app, number = _app(row, tenant, "requested"), needed(row, "id")
    user = inside(row, "user")
    who = text(user.get("id"))
    asked = micros(row.get("date_created"))
    person = Person(PLATFORM, tenant, who, text(user.get("email")), text(user.get("name"))) if who else None
    grant = Grant(
        platform=PLATFORM,
        tenant=tenant,
        id=f"request/{number}",
        app=app.id,
        kind="request",
        principal=who,
        scopes=app.permissions,
        granted=asked,
        date_source="api" if asked is not None else None,
    )
    return app, person, grant


def person(row: Row, tenant: str) -> Person:
    """A user. Without users:read.email the address is not there."""
    profile = inside(row, "profile")
    deleted = row.get("deleted")
    return Person(
        platform=PLATFORM,
        tenant=tenant,
        id=needed(row, "id"),
        address=text(profile.get("email")),
        name=text(row.get("real_name")) or text(profile.get("real_name")) or text(row.get("name")),
        enabled=not deleted if isinstance(deleted, bool) else None,
    )


def audited(row: Row, tenant: str) -> Iterator[Item | Missed]:
    """What an entry of the audit log tells."""
    action = text(row.get("action")) or ""
    what = ACTIONS.get(action)
    if what is None:
        return
    found = inside(row, "entity", "app")
    app_id, time, number = text(found.get("id")), micros(row.get("date_create")), text(row.get("id"))
    if app_id is None or time is None or number is None:
        yield Missed(Trouble.UNEXPECTED, f"an entry {action} of the audit log names no app, time or identifier")
        return
    details = inside(row, "details")
    scopes = tuple(dict.fromkeys((*_scopes(found.get("scopes")), *_scopes(details.get("new_scopes")))))
    actor = inside(row, "actor", "user")
    who = text(actor.get("id"))
    yield App(PLATFORM, tenant, app_id, text(found.get("name")) or app_id, tags=("slack-app",))
    if who is not None:
        yield Person(PLATFORM, tenant, who, text(actor.get("email")), text(actor.get("name")))
    yield Event(PLATFORM, tenant, number, app_id, what, time, who, scopes, who)


def _app(row: Row, tenant: str, tag: str) -> App:
    """What is said of an app in lists of administrators. Whether it is in Slack's directory is Slack's word, the rest its owner's."""
    about = inside(row, "app")
    listed = rows(row.get("scopes")) if row.get("scopes") else ()
    internal = about.get("is_internal") is True or text(about.get("developer_type")) == "internal"
    directory = ("directory",) if about.get("is_app_directory_approved") is True else ()
    return App(
        platform=PLATFORM,
        tenant=tenant,
        id=needed(about, "id"),
        name=text(about.get("name")) or needed(about, "id"),
        homepage=text(about.get("app_homepage_url")) or text(about.get("privacy_policy_url")),
        first_party=text(about.get("developer_type")) == "slack",
        in_house=internal,
        tags=("slack-app", tag, *directory),
        permissions=tuple(name for one in listed if (name := text(one.get("name")))),
    )


def _scopes(value: object) -> tuple[str, ...]:
    """Scopes as a list or as a text with commas."""
    parts = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else []
    return tuple(dict.fromkeys(name for one in parts if (name := text(one))))
