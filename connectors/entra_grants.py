"""What users and administrators allowed apps to do: all of it, what was allowed for everyone, and what has changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from shadowai.tenant import Grant, Item, Missed, Page, Removed, Task
from shadowai_connectors.entra_graph import PAGE, Graph, Inner
from shadowai_connectors.entra_items import PLATFORM, Row, delegated, identifier, made, needed, text
from shadowai_connectors.entra_signals import DIRECTORY
from shadowai_connectors.entra_work import Reference, Work, changed, listed

PATH = "/oauth2PermissionGrants"
LATER = f"{PATH}/delta?$deltatoken=latest"
"""Where the link to changes comes from."""
COST = 2.0
"""Resource units of a request for delegated grants."""


def all_grants(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """Every delegated grant; leaves a delta link. Needs the largest pages: smaller ones silently lose rows."""
    return _listed(work, f"{PATH}?$top={PAGE}", cursor)


def grants_for_everyone(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """The grants that an administrator gave for the whole tenant, of known and unknown apps alike; leaves a delta link."""
    chosen = quote("consentType eq 'AllPrincipals'", safe="'")
    return _listed(work, f"{PATH}?$top={PAGE}&$filter={chosen}", cursor)


def _listed(work: Work, path: str, cursor: str | None) -> Iterator[Page]:
    for stage in listed(work, work.graph.url(path), DIRECTORY, cursor, cost=COST, delta=LATER):
        items, missed = _grants(work, stage.rows)
        yield Page(tuple(items), stage.cursor, stage.mark, (*missed, *stage.missed))


def changed_grants(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """What was granted, changed and withdrawn since the delta link of the task's argument."""
    for stage in changed(work, task.arguments[0], DIRECTORY, cursor, cost=COST):
        gone = {needed(row, "id") for row in stage.rows if "@removed" in row}
        there = [row for row in stage.rows if "@removed" not in row]
        whole, missing, lost = _completed(work.graph, there)
        items, missed = _grants(work, whole)
        items += [Removed(PLATFORM, work.tenant, "grant", one) for one in sorted(gone | missing)]
        yield Page(tuple(items), stage.cursor, stage.mark, (*missed, *lost, *stage.missed))


def _completed(graph: Graph, found: Iterable[Row]) -> tuple[list[Row], set[str], list[Missed]]:
    """Changes that name some properties only are asked for as they are now: the rows, those that are gone, those not to be had."""
    whole: list[Row] = []
    queue: deque[Inner] = deque()
    ids = {}
    for row in found:
        if all(text(row, key) for key in ("clientId", "resourceId", "consentType")) and "scope" in row:
            whole.append(row)
        else:
            inner = Inner(f"{PATH}/{quote(needed(row, 'id'), safe='')}")
            ids[inner.path] = needed(row, "id")
            queue.append(inner)
    missing, lost = set(), []
    while queue:
        for got in graph.batch(queue, cost=COST):
            if got.missed:
                lost.append(got.missed)
            elif got.missing:
                missing.add(ids[got.path])
            else:
                whole.append(got.body)
    return whole, missing, lost


def _grants(work: Work, found: Iterable[Row]) -> tuple[list[Item], list[Missed]]:
    """Grants with their apps and resources by the identifiers that these have everywhere."""
    rows = list(found)
    ids = {(text(row, key) or "").lower() for row in rows for key in ("clientId", "resourceId")} - {""}
    known = work.known.of(ids, work)
    return made(rows, lambda row: grant(work, row, known))


def grant(work: Work, row: Row, known: Mapping[str, Reference]) -> Grant:
    """One delegated grant; a service principal that nobody knows (any more) keeps its object's identifier."""
    client, resource = identifier(row, "clientId"), identifier(row, "resourceId")
    return delegated(row, work.tenant, name_of(known, client), name_of(known, resource))


def name_of(known: Mapping[str, Reference], object_id: str) -> str:
    """The app that an object stands for."""
    return known[object_id].app if object_id in known else object_id
