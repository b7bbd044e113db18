"""When who consented to what, as the audit log tells it, and when apps were last used.

Shapes: https://learn.microsoft.com/graph/api/resources/directoryaudit and
https://learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities. What changed is in texts that are JSON
within JSON, and for consents in a notation of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Literal
from urllib.parse import quote

from shadowai.tenant import EVERYONE, Activity, Event, Item, Missed, Page, Task, TenantError, Trouble
from shadowai_connectors.entra_items import PLATFORM, Row, identifier, inside, made, moment, needed, stamp, text
from shadowai_connectors.entra_signals import REPORTS
from shadowai_connectors.entra_work import DAY, Reference, Work, listed, read_at

What = Literal["granted", "changed", "revoked", "installed", "removed"]

ACTIVITIES: Mapping[str, What] = {
    "Consent to application": "granted",
    "Add delegated permission grant": "granted",
    "Remove delegated permission grant": "revoked",
    "Add app role assignment to service principal": "granted",
    "Remove app role assignment from service principal": "revoked",
    "Add service principal": "installed",
    "Remove service principal": "removed",
}
"""The activities of the log that are about what an app may do."""

SCOPES = "DelegatedPermissionGrant.Scope"
"""The property with the permissions of a delegated grant."""
KEPT = 30 * DAY
"""How long Entra keeps its log with a licence of the P1 kind; 7 days without."""
LATE = 2 * DAY
"""How late an event may arrive in the log: windows overlap by that much, and events are known by their identifiers."""

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_GRANT = re.compile(r"\[Id:\s*([^,\]]+),([^\]]*)\]")
_SCOPE = re.compile(r"Scope:\s*([^,\]]*)")
_PRINCIPAL = re.compile(r"PrincipalId:\s*([0-9a-fA-F-]{36})")


def window(mark: str | None, now: int) -> tuple[str, str]:
    """From when to when the log is to be read, in microseconds: all that is kept, or what came since the last time. A mark that is to
    come was left while the clock was wrong, and says nothing."""
    oldest = now - KEPT
    known = int(mark) if mark is not None and mark.isdigit() else None
    start = oldest if known is None or known > now else max(oldest, known - LATE)
    return str(start), str(now)


def consents(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """The events of the window in the task's arguments; leaves the window's end."""
    start, end = task.arguments
    activities = " or ".join(f"activityDisplayName eq '{activity}'" for activity in ACTIVITIES)
    times = f"activityDateTime ge {stamp(int(start))} and activityDateTime lt {stamp(int(end))}"
    chosen = quote(f"({activities}) and {times}", safe="'()")
    url = work.graph.url(f"/auditLogs/directoryAudits?$filter={chosen}&$top=1000")
    for stage in listed(work, url, REPORTS, cursor):
        done = [row for row in stage.rows if _happened(row)]
        known = work.known.of({client for row in done if (client := _client(row))}, work)
        items, missed = _events(work, done, known)
        yield Page(tuple(items), stage.cursor, end if stage.cursor is None else None, (*missed, *stage.missed))


def _happened(row: Row) -> bool:
    return text(row, "activityDisplayName") in ACTIVITIES and text(row, "result") in (None, "success")


def _events(work: Work, found: list[Row], known: Mapping[str, Reference]) -> tuple[list[Item], list[Missed]]:
    return made(found, lambda row: _event(work, row, known))


def _event(work: Work, row: Row, known: Mapping[str, Reference]) -> Event:
    """One event. An app whose service principal is gone is known by what the log wrote down of it."""
    changes = _changes(row)
    what = ACTIVITIES[needed(row, "activityDisplayName")]
    what = "changed" if what == "granted" and _was_there(row, changes) else what
    client = _client(row)
    found = known.get(client) if client else None
    by = text(inside(inside(row, "initiatedBy"), "user"), "id")
    return Event(
        platform=PLATFORM,
        tenant=work.tenant,
        id=needed(row, "id"),
        app=found.app if found else _written_app(row, changes) or client or needed({}, "its app"),
        what=what,
        time=_when(row.get("activityDateTime")),
        principal=_principal(row, changes, by),
        scopes=_scopes(changes),
        by=by.lower() if by else None,
    )


def _was_there(row: Row, changes: Mapping[str, str]) -> bool:
    """Whether a grant had been there before, so that the event is not when it was given: a consent none of whose grants is new, or a
    grant whose permissions were others."""
    before, arrow, after = changes.get("ConsentAction.Permissions", "").rpartition("=>")
    old, new = dict(_GRANT.findall(before)), dict(_GRANT.findall(after))
    if arrow and new:
        return old.keys() >= new.keys()
    scopes = [one for target in _targets(row) for one in _properties(target) if text(one, "displayName") == SCOPES]
    return any(_plain(text(one, "oldValue")) and _plain(text(one, "newValue")) for one in scopes)


def _granted(changes: Mapping[str, str]) -> str:
    """What a consent has added, in the log's notation: it tells all grants of the app before and after. Where nothing differs, the
    grants were written before the consent was, and all are told."""
    before, _, after = changes.get("ConsentAction.Permissions", "").rpartition("=>")
    old, new = dict(_GRANT.findall(before)), dict(_GRANT.findall(after))
    added = [rest for one, rest in new.items() if one not in old] or [r for one, r in new.items() if r != old.get(one)]
    return "; ".join(added) if added else after


def _when(value: object) -> int:
    time = moment(value)
    if time is None:
        raise TenantError(Trouble.UNEXPECTED, "an event came without a time that can be read")
    return time


def _targets(row: Row) -> list[Row]:
    listed_targets = row.get("targetResources")
    return [one for one in listed_targets if isinstance(one, Mapping)] if isinstance(listed_targets, list) else []


def _changes(row: Row) -> dict[str, str]:
    """What changed, by name: the new value, or the old one where there is no new one, out of its JSON."""
    found: dict[str, str] = {}
    for change in (one for target in _targets(row) for one in _properties(target)):
        value = _plain(text(change, "newValue")) or _plain(text(change, "oldValue"))
        if value and (name := text(change, "displayName")):
            found.setdefault(name, value)
    return found


def _properties(target: Row) -> list[Row]:
    listed_properties = target.get("modifiedProperties")
    found = listed_properties if isinstance(listed_properties, list) else []
    return [one for one in found if isinstance(one, Mapping)]


def _plain(value: str | None) -> str:
    """A value out of the JSON that it is written in: a text, or a list with one."""
    if value is None:
        return ""
    try:
        read = json.loads(value)
    except ValueError:
        return value
    if isinstance(read, list):
        read = read[0] if read else ""
    return read.strip() if isinstance(read, str) else "" if read is None else str(read)


def _client(row: Row) -> str | None:
    """The service principal that an event is about. Of a permission the first target is the resource, and the client is a
    property; else it is the target."""
    client = _changes(row).get("ServicePrincipal.ObjectID", "")
    if _GUID.fullmatch(client):
        return client.lower()
    principals = [one for one in _targets(row) if text(one, "type") in ("ServicePrincipal", None)]
    found = text(principals[-1], "id") if principals else None
    return found.lower() if found else None


def _written_app(row: Row, changes: Mapping[str, str]) -> str | None:
    """The app's identifier as the log wrote it down."""
    details = row.get("additionalDetails")
    noted = {text(one, "key"): text(one, "value") for one in details or () if isinstance(one, Mapping)}
    about_resource = "ServicePrincipal.ObjectID" in changes
    names = None if about_resource else changes.get("TargetId.ServicePrincipalNames")
    for value in (changes.get("ServicePrincipal.AppId"), changes.get("AppPrincipalId"), noted.get("AppId"), names):
        if value and (guid := _GUID.search(value)):
            return guid.group().lower()
    return None


def _principal(row: Row, changes: Mapping[str, str], by: str | None) -> str | None:
    """For whom: everyone, one person, or nobody where an app acts as itself or is merely there."""
    permissions = _granted(changes)
    everyone = changes.get("DelegatedPermissionGrant.ConsentType") == "AllPrincipals"
    if everyone or changes.get("ConsentContext.OnBehalfOfAll") == "True" or "AllPrincipals" in permissions:
        return EVERYONE
    delegated = "ConsentAction.Permissions" in changes or SCOPES in changes
    if not delegated or changes.get("ConsentContext.IsAppOnly") == "True":
        return None
    written = changes.get("DelegatedPermissionGrant.PrincipalId") or next(iter(_PRINCIPAL.findall(permissions)), "")
    users = (text(one, "id") for one in _targets(row) if text(one, "type") == "User")
    found = written or next((user for user in users if user), None) or by
    return found.lower() if found else None


def _scopes(changes: Mapping[str, str]) -> tuple[str, ...]:
    written = [*_SCOPE.findall(_granted(changes)), changes.get(SCOPES, "")]
    written.append(changes.get("AppRole.Value", ""))
    return tuple(sorted({scope for one in written for scope in one.split()}))


def sign_ins(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """When each app was last signed in to, by whoever it was. How often is not told: at least once."""
    url = work.graph.url("/beta/reports/servicePrincipalSignInActivities?$top=999")
    for stage in listed(work, url, REPORTS, cursor):
        used = [row for row in stage.rows if moment(inside(row, "lastSignInActivity").get("lastSignInDateTime"))]
        items, missed = made(used, lambda row: _activity(work, row))
        yield Page(tuple(items), stage.cursor, read_at(work, stage), (*missed, *stage.missed))


def _activity(work: Work, row: Row) -> Item:
    last = moment(inside(row, "lastSignInActivity").get("lastSignInDateTime")) or 0
    return Activity(PLATFORM, work.tenant, identifier(row, "appId"), None, first=last, last=last, events=1)
