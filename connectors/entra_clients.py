"""What single apps hold: their delegated grants, the people they are assigned to, and the permissions that they have as themselves.

An app that holds no more than a permission on another company's server has whatever that server may do on behalf of its users:
the server's grants are asked for too, and the app is said to hold it.
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from shadowai.tenant import Grant, Item, Missed, Page, Task
from shadowai_connectors.entra_grants import COST, grant, name_of
from shadowai_connectors.entra_graph import PAGE, Inner
from shadowai_connectors.entra_items import (
    APP_SELECT,
    DEFAULT_ROLE,
    Row,
    app,
    application,
    assignment,
    identifier,
    made,
    text,
)
from shadowai_connectors.entra_work import Reference, Work, load, pairs, save

RESOURCES = (
    "00000003-0000-0000-c000-000000000000",
    "00000003-0000-0ff1-ce00-000000000000",
    "00000002-0000-0ff1-ce00-000000000000",
)
"""Microsoft Graph, SharePoint and Exchange: where an organisation's content is."""

PEOPLE = ("User", "Group")
"""The types of principals that are people."""


def short(object_id: str) -> str:
    """What an app is called in marks, which name many: 48 bits of a digest."""
    return hashlib.sha256(object_id.encode()).hexdigest()[:12]


class Asked(NamedTuple):
    """For which apps (:func:`short`) a task has asked, and when, microseconds since 1970; the mark that it leaves."""

    apps: frozenset[str]
    time: int

    @classmethod
    def of(cls, ids: Iterable[str], now: int) -> Asked:
        """Of the apps with these object identifiers."""
        return cls(frozenset(map(short, ids)), now)

    @classmethod
    def read(cls, mark: str | None) -> Asked | None:
        """The mark that was written so; ``None`` for none and for what is no mark."""
        names, _, time = (mark or "").rpartition(" ")
        return cls(frozenset(names.split(",")) - {""}, int(time)) if time.isdigit() else None

    def __str__(self) -> str:
        return f"{','.join(sorted(self.apps))} {self.time}"


def client_grants(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """The delegated grants of the apps in the task's arguments and of the servers that act for them."""
    clients = pairs(task.arguments)
    chain = Chain(work, set(clients))
    if cursor is None:
        chain.queue.extend(Inner(_grants_of(client)) for client in clients)
    else:
        chain.resume(cursor)
    mark = str(Asked.of(clients, work.now))
    while chain.queue:
        found = list(work.graph.batch(chain.queue, cost=COST))
        items, missed = chain.follow([row for got in found for row in got.rows])
        last = not chain.queue
        yield Page(
            tuple(items),
            None if last else chain.cursor(),
            mark if last else None,
            (*missed, *(got.missed for got in found if got.missed)),
        )
    if not clients:
        yield Page((), None, mark)


class Chain:
    """Which servers act for which clients, found while their grants are read. ``asked`` are the clients that are asked for anyway."""

    def __init__(self, work: Work, asked: set[str]) -> None:
        self._work = work
        self._asked = asked
        self._holds: dict[str, list[str]] = {}
        self._step = 0
        self.queue: deque[Inner] = deque()

    def cursor(self) -> str:
        """All that is needed to go on. The step tells one from the one before where everything was refused for load."""
        self._step += 1
        state = {"asked": sorted(self._asked), "holds": self._holds, "step": self._step}
        return save({"queue": [inner.path for inner in self.queue], **state})

    def resume(self, cursor: str) -> None:
        """Go on from there."""
        state = load(cursor)
        self.queue.extend(Inner(str(path)) for path in state.get("queue", ()))
        self._asked.update(state.get("asked", ()))
        self._holds.update(state.get("holds", {}))
        self._step = int(state.get("step", 0))

    def follow(self, rows: list[Row]) -> tuple[list[Item], list[Missed]]:
        """The grants of those rows, and the clients that turn out to hold a server; the servers' own grants are queued."""
        ids = {(text(row, key) or "").lower() for row in rows for key in ("clientId", "resourceId")} - {""}
        known = self._work.known.of(ids, self._work)
        items, missed = made(rows, lambda row: grant(self._work, row, known))
        holders = {holder for row in rows for holder in self._holder(row, known)}
        for found in self._work.graph.by_ids(holders, "servicePrincipal", APP_SELECT) if holders else ():
            items.append(app(found, self._work.tenant, holds=tuple(self._holds[identifier(found, "id")])))
        return items, missed

    def _holder(self, row: Row, known: Mapping[str, Reference]) -> Iterator[str]:
        """The row's client, where the row shows it to hold a server that it was not known to hold."""
        client, resource = ((text(row, key) or "").lower() for key in ("clientId", "resourceId"))
        if not client or client == resource or resource not in known or known[resource].first_party:
            return
        held = self._holds.setdefault(client, [])
        server = name_of(known, resource)
        if server not in held:
            held.append(server)
            yield client
        if resource not in self._asked:
            self._asked.add(resource)
            self.queue.append(Inner(_grants_of(resource)))


def client_assignments(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """The users and groups that the apps in the task's arguments were assigned to."""
    clients = pairs(task.arguments)
    queue, step = _left(cursor, clients)
    mark = str(Asked.of(clients, work.now))
    while queue:
        found = list(work.graph.batch(queue))
        rows = [row for got in found for row in got.rows if text(row, "principalType") in PEOPLE]
        items, missed = made(rows, lambda row: _assigned(work, row, clients))
        step += 1
        following = _rest(queue, step)
        lost = (got.missed for got in found if got.missed)
        yield Page(tuple(items), following, None if queue else mark, (*missed, *lost))
    if not clients:
        yield Page((), None, mark)


def _left(cursor: str | None, resources: Iterable[str]) -> tuple[deque[Inner], int]:
    """What is left to be asked of the resources' assignments, and how many steps there were."""
    if cursor is None:
        return deque(Inner(_assigned_to(one)) for one in resources), 0
    state = load(cursor)
    return deque(Inner(str(path)) for path in state.get("queue", ())), int(state.get("step", 0))


def _rest(queue: deque[Inner], step: int) -> str | None:
    return save({"queue": [inner.path for inner in queue], "step": step}) if queue else None


def _assigned(work: Work, row: Row, clients: Mapping[str, str]) -> Grant:
    object_id = identifier(row, "resourceId")
    return assignment(row, work.tenant, clients.get(object_id, object_id))


def app_roles(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """The permissions that apps have as themselves on the resources in the task's arguments; and whom the other apps among these were
    assigned to, which a sweep for changes asks for in the same batch."""
    resources = pairs(task.arguments)
    queue, step = _left(cursor, resources)
    content = [one for one, app_id in resources.items() if app_id in RESOURCES]
    definitions = [f"/servicePrincipals/{one}?$select=id,appId,appRoles" for one in content]
    queue.extendleft(Inner(path) for path in definitions)
    roles: dict[str, str] = {}
    waiting: list[Row] = []
    lost: list[Missed] = []
    while queue:
        for got in list(work.graph.batch(queue)):
            roles.update(_role_names(got.body))
            waiting += [row for row in got.rows if _is_wanted(row, content)]
            lost += [got.missed] if got.missed else []
        if any(inner.path in definitions for inner in queue):
            continue  # names come before the rows that need them
        clients = {
            (text(row, "principalId") or "").lower() for row in waiting if text(row, "principalType") not in PEOPLE
        }
        known = work.known.of(clients - {""}, work)
        items, missed = made(waiting, _role_maker(work, resources, known, roles))
        step += 1
        yield Page(tuple(items), _rest(queue, step), None, (*missed, *lost))
        waiting, lost = [], []
    if not resources:
        yield Page((), None)


def _is_wanted(row: Row, content: Collection[str]) -> bool:
    """Of what holds content, apps are wanted; of any other app, people."""
    kind = text(row, "principalType")
    return kind == "ServicePrincipal" if (text(row, "resourceId") or "").lower() in content else kind in PEOPLE


def _role_maker(
    work: Work, resources: Mapping[str, str], known: Mapping[str, Reference], roles: Mapping[str, str]
) -> Callable[[Row], Grant]:
    def make(row: Row) -> Grant:
        if text(row, "principalType") in PEOPLE:
            return _assigned(work, row, resources)
        client, resource = identifier(row, "principalId"), identifier(row, "resourceId")
        return application(row, work.tenant, name_of(known, client), resources.get(resource, resource), roles)

    return make


def _role_names(body: Row) -> dict[str, str]:
    """A resource's permissions by their identifiers."""
    listed = body.get("appRoles")
    roles = [role for role in listed if isinstance(role, Mapping)] if isinstance(listed, list) else []
    named = ((text(role, "id"), text(role, "value")) for role in roles)
    return {role_id.lower(): value for role_id, value in named if role_id and value and role_id != DEFAULT_ROLE}


def _grants_of(client: str) -> str:
    return f"/servicePrincipals/{client}/oauth2PermissionGrants?$top={PAGE}"


def _assigned_to(resource: str) -> str:
    return f"/servicePrincipals/{resource}/appRoleAssignedTo?$top={PAGE}"
