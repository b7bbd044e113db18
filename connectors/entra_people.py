"""The people behind grants, and what they asked for and did not (yet) get.

Sources: https://learn.microsoft.com/graph/api/directoryobject-getbyids,
https://learn.microsoft.com/graph/api/resources/appconsentrequest, …/userconsentrequest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from urllib.parse import quote

from shadowai.tenant import App, Grant, Item, Missed, Page, Task, TenantError, Trouble
from shadowai_connectors.entra_graph import Inner
from shadowai_connectors.entra_items import (
    APP_SELECT,
    BASIC_SELECT,
    PERSON_SELECT,
    PLATFORM,
    Row,
    app,
    identifier,
    inside,
    made,
    moment,
    needed,
    person,
    text,
)
from shadowai_connectors.entra_signals import DIRECTORY, GOVERNANCE
from shadowai_connectors.entra_work import Work, listed

REQUESTS = "/identityGovernance/appConsent/appConsentRequests"


def people(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """The users among the identifiers in the task's arguments: 1,000 at most, so that it is one request. Where departments may not
    be read, names are."""
    try:
        found = list(work.graph.by_ids(task.arguments, "user", PERSON_SELECT))
    except TenantError as error:
        if error.trouble is not Trouble.SCOPE:
            raise
        found = list(work.graph.by_ids(task.arguments, "user", BASIC_SELECT))
    items, missed = made(found, lambda row: person(row, work.tenant))
    yield Page(tuple(items), None, str(work.now), tuple(missed))


def consent_requests(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """What users asked an administrator for, and is still open."""
    for stage in listed(work, work.graph.url(REQUESTS), GOVERNANCE, cursor):
        asked = {needed(row, "id"): row for row in stage.rows}
        items, missed = _apps(work, list(asked.values()))
        queue = deque(Inner(f"{REQUESTS}/{quote(one, safe='')}/userConsentRequests") for one in asked)
        while queue:
            for got in work.graph.batch(queue, quota=GOVERNANCE):
                request = asked.get(got.path.partition("?")[0].split("/")[-2])
                missed += [got.missed] if got.missed else []
                rows = [row for row in got.rows if text(row, "status") in (None, "InProgress")]
                if request is not None:
                    grants, lost = _requests(work, request, rows)
                    items, missed = items + grants, missed + lost
        yield Page(tuple(items), stage.cursor, None, (*missed, *stage.missed))


def _requests(work: Work, request: Row, rows: list[Row]) -> tuple[list[Item], list[Missed]]:
    return made(rows, lambda row: _request(work, request, row))


def _request(work: Work, request: Row, row: Row) -> Grant:
    """One user's wish: the app, the permissions, and when."""
    scopes = request.get("pendingScopes")
    listed_scopes = scopes if isinstance(scopes, list) else []
    names = (text(scope, "displayName") for scope in listed_scopes if isinstance(scope, dict))
    user = text(inside(inside(row, "createdBy"), "user"), "id")
    asked = moment(row.get("createdDateTime"))
    return Grant(
        platform=PLATFORM,
        tenant=work.tenant,
        id=f"request/{needed(row, 'id')}",
        app=identifier(request, "appId"),
        kind="request",
        principal=user.lower() if user else None,
        scopes=tuple(sorted({name for name in names if name})),
        granted=asked,
        date_source=None if asked is None else "api",
    )


def _apps(work: Work, requests: list[Row]) -> tuple[list[Item], list[Missed]]:
    """The apps that were asked for. One that nobody has been allowed yet is unknown to the tenant: there is only its name."""
    names = {identifier(row, "appId"): text(row, "appDisplayName") for row in requests}
    queue = deque(Inner(_app_path(one)) for one in names)
    found: list[Row] = []
    missed: list[Missed] = []
    while queue:
        for got in work.graph.batch(queue, quota=DIRECTORY):
            found += got.rows
            missed += [got.missed] if got.missed else []
    items, lost = made(found, lambda row: app(row, work.tenant))
    unknown = set(names) - {one.id for one in items if isinstance(one, App)}
    if not missed and not lost:
        items += [App(PLATFORM, work.tenant, one, names[one] or one) for one in sorted(unknown)]
    return items, missed + lost


def _app_path(app_id: str) -> str:
    chosen = quote(f"appId eq '{app_id}'", safe="'")
    return f"/servicePrincipals?$filter={chosen}&$select={APP_SELECT}"
