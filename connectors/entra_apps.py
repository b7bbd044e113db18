"""The apps of a tenant: all of them, or those that have changed."""

from __future__ import annotations

from collections.abc import Iterator

from shadowai.tenant import App, Missed, Page, Removed, Task, Trouble
from shadowai_connectors.entra_graph import PAGE
from shadowai_connectors.entra_items import APP_SELECT, PLATFORM, Row, app, identifier, made
from shadowai_connectors.entra_signals import DIRECTORY
from shadowai_connectors.entra_work import Stage, Work, changed, listed

PATH = "/servicePrincipals"
WATCHED = "appId,displayName,accountEnabled,appOwnerOrganizationId,homepage,replyUrls,tags,verifiedPublisher"
LATER = f"{PATH}/delta?$deltatoken=latest&$select={WATCHED}"
"""Where the link to changes comes from. Without a selection, changes would tell the public halves of credentials too."""


def all_apps(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """Every service principal; leaves a delta link."""
    url = work.graph.url(f"{PATH}?$top={PAGE}&$select={APP_SELECT}")
    for stage in listed(work, url, DIRECTORY, cursor, delta=LATER):
        items, missed = made(stage.rows, lambda row: _learnt(work, row))
        yield Page(tuple(items), stage.cursor, stage.mark, (*missed, *stage.missed))


def changed_apps(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """What has changed since the delta link of the task's argument. A change names some of the properties only, so that the app is
    asked for as it is now; one that is said to be removed and is not there is gone, and is named by its object's identifier. Any other
    that is not there (yet) is missed: the directory's copies agree after a while, and the next sweep asks for the same changes again
    (https://learn.microsoft.com/graph/delta-query-overview, "Replication delays").

    Other tasks that meet a new app wait until it is known from here, and do not ask for it themselves.
    """
    stages = changed(work, task.arguments[0], DIRECTORY, cursor)
    while True:
        with work.known.learning:
            page = _changed(work, next(stages))
        yield page
        if page.cursor is None:
            return


def _changed(work: Work, stage: Stage) -> Page:
    ids = {identifier(row, "id") for row in stage.rows}
    found = list(work.graph.by_ids(ids, "servicePrincipal", APP_SELECT)) if ids else []
    items, missed = made(found, lambda row: _learnt(work, row))
    lacking = ids - {identifier(row, "id") for row in found}
    gone = lacking & {identifier(row, "id") for row in stage.rows if "@removed" in row}
    items += [Removed(PLATFORM, work.tenant, "app", one) for one in sorted(gone)]
    late = (Missed(Trouble.UNEXPECTED, f"{len(lacking - gone)} changed apps are not there yet", "sweep again"),)
    return Page(tuple(items), stage.cursor, stage.mark, (*missed, *(late if lacking - gone else ()), *stage.missed))


def _learnt(work: Work, row: Row) -> App:
    found = app(row, work.tenant)
    work.known.learn(found.object_id or found.id, found.id, first_party=found.first_party)
    return found
