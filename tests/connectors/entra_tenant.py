"""A made tenant behind a made Microsoft Graph: it pages, batches, forgets page tokens, loses rows of small pages, and refuses on
demand, as the real one does. What it holds is public, so that a test can compare."""

from __future__ import annotations

import json
import os
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from ssl import SSLContext
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, unquote, urlsplit

import trustme

from shadowai.connector import Session, Token
from shadowai.sweep.session import TenantSession, open_session
from shadowai.tenant import Page, Task
from shadowai_connectors.entra import Entra, Runner
from shadowai_connectors.entra_clouds import endpoints
from shadowai_connectors.entra_graph import Graph
from shadowai_connectors.entra_work import Known, Work

TENANT = "11111111-2222-4333-8444-555555555555"
CLIENT = "22222222-3333-4444-8555-666666666666"
MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
GRAPH_APP = "00000003-0000-0000-c000-000000000000"
NOW = 1_795_000_000
"""2026-11-18T11:06:40Z, in seconds."""
TOKEN = "token-of-the-made-tenant"

Reply = tuple[int, dict[str, str], Any]


def guid(kind: int, number: int) -> str:
    """A made identifier."""
    return f"{kind:08x}-0000-4000-8000-{number:012x}"


def refusal(status: int, code: str, message: str = "", **headers: str) -> Reply:
    """An error as Graph words it."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, sent, {"error": {"code": code, "message": message}}


class Clock:
    """Time that only sleeping passes; ``slept`` is how long."""

    def __init__(self, now: float = NOW) -> None:
        self.now, self.slept = now, 0.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(0.0, seconds)
        self.slept += max(0.0, seconds)

    def check(self) -> None:
        pass


class Tenant:
    """What the tenant holds, and how it answers. ``put`` are answers for a path (without version and query), each given once before
    the usual one; ``always`` are given every time; ``calls`` are the paths that were asked, inner ones of batches in ``inner``."""

    def __init__(self, tls: SSLContext | None = None) -> None:
        self.apps: dict[str, dict[str, Any]] = {}
        self.grants: dict[str, dict[str, Any]] = {}
        self.assigned: dict[str, list[dict[str, Any]]] = {}
        self.users: dict[str, dict[str, Any]] = {}
        self.lists: dict[str, list[dict[str, Any]]] = {}
        self.changes: dict[str, list[dict[str, Any]]] = {"/servicePrincipals": [], "/oauth2PermissionGrants": []}
        self.put: dict[str, list[Reply]] = {}
        self.always: dict[str, Reply] = {}
        self.calls: list[str] = []
        self.asked: list[tuple[str, str, Mapping[str, str], Any]] = []
        self.inner: list[str] = []
        self.largest = 999
        self.extra: Callable[[str, str, dict[str, str], bytes], Reply | None] = lambda *_: None
        self.inside: Callable[[str], Reply | None] = lambda _: None
        self._numbers = count()
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.root = f"http{'s' if tls else ''}://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    tier = "standard"

    @property
    def settings(self) -> dict[str, str]:
        """Of a tenant whose tokens come from elsewhere."""
        return {
            "tenant": TENANT,
            "client": CLIENT,
            "secret": "env:ENTRA_SECRET",
            "authority": "https://login.example.test",
            "graph": self.root,
            "insecure_localhost": "true",
            "tier": self.tier,
        }

    def app(self, number: int, name: str, *, owner: str = guid(9, 9), app_id: str | None = None, **more: Any) -> str:
        """Add an app; gives its service principal's identifier."""
        object_id = guid(1, number)
        self.apps[object_id] = {
            "id": object_id,
            "appId": app_id or guid(2, number),
            "displayName": name,
            "appOwnerOrganizationId": owner,
            "servicePrincipalType": "Application",
            "accountEnabled": True,
            "replyUrls": [],
            "tags": [],
            "verifiedPublisher": {},
            **more,
        }
        return object_id

    def grant(self, client: str, resource: str, scope: str, principal: str | None = None) -> str:
        """Add a delegated grant, for everyone where no ``principal`` is named; gives its identifier."""
        grant_id = f"Grant_{next(self._numbers)}-x"
        self.grants[grant_id] = {
            "id": grant_id,
            "clientId": client,
            "resourceId": resource,
            "consentType": "AllPrincipals" if principal is None else "Principal",
            "principalId": principal,
            "scope": scope,
        }
        return grant_id

    def assign(
        self, resource: str, principal: str, kind: str = "User", role: str = "0" * 8 + "-0000" * 3 + "-" + "0" * 12
    ) -> str:
        """Assign a user, a group or an app to a resource's role."""
        rows = self.assigned.setdefault(resource, [])
        made = f"Assigned_{resource[-4:]}_{len(rows)}"
        row = {"id": made, "principalId": principal, "principalType": kind, "resourceId": resource, "appRoleId": role}
        rows.append({**row, "createdDateTime": "2026-10-01T08:00:00.1234567Z"})
        return made

    def user(self, number: int, **more: Any) -> str:
        """Add a user; gives the identifier."""
        user_id = guid(3, number)
        name = f"user{number}@example.com"
        self.users[user_id] = {"id": user_id, "userPrincipalName": name, "displayName": f"User {number}", **more}
        return user_id

    def counted(self) -> Counter[str]:
        """How often each path was asked for, inner requests of batches apart."""
        return Counter(self.calls)

    # --- answering -------------------------------------------------------------------------------------------------------

    def answer(self, method: str, target: str, headers: dict[str, str], data: bytes) -> Reply:
        """One request from outside."""
        found = self.extra(method, target, headers, data)
        if found is not None:
            return found
        with self._lock:
            body = json.loads(data) if data else None
            path = _path(target)
            self.calls.append(path)
            self.asked.append((method, target, headers, body))
            if headers.get("authorization") != f"Bearer {TOKEN}":
                return refusal(401, "InvalidAuthenticationToken", "Access token is empty.")
            if path == "/$batch" and not self.put.get(path):
                return 200, {}, {"responses": list(self._batch(json.loads(data)["requests"]))}
            return self._usual(method, target, body)

    def _batch(self, requests: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for request in reversed(list(requests)):  # Graph answers in any order
            assert request["method"] == "GET"
            self.inner.append(_path(request["url"]))
            refused = self.inside(request["url"])
            status, headers, body = refused or self._usual("GET", "/v1.0" + request["url"], None)
            yield {"id": request["id"], "status": status, "headers": headers, "body": body}

    def _usual(self, method: str, target: str, body: Any) -> Reply:
        path = _path(target)
        if self.put.get(path):
            return self.put[path].pop(0)
        if path in self.always:
            return self.always[path]
        query = {key: values[0] for key, values in parse_qs(urlsplit(target).query).items()}
        if path == "/directoryObjects/getByIds":
            pool = self.users if body["types"] == ["user"] else self.apps
            assert len(body["ids"]) <= 1000
            return 200, {}, {"value": [pool[one] for one in body["ids"] if one in pool]}
        if path.endswith("/delta"):
            return self._delta(target, path.removesuffix("/delta"), query)
        parts = path.strip("/").split("/")
        if len(parts) == 2 and parts[0] in ("servicePrincipals", "oauth2PermissionGrants") and path not in self.lists:
            one = (self.apps if parts[0] == "servicePrincipals" else self.grants).get(unquote(parts[1]))
            return (200, {}, one) if one else refusal(404, "Request_ResourceNotFound", "does not exist")
        rows = self._rows(parts, path, query)
        return refusal(404, "Request_ResourceNotFound", path) if rows is None else self._page(target, path, query, rows)

    def _rows(self, parts: list[str], path: str, query: Mapping[str, str]) -> list[dict[str, Any]] | None:
        chosen = query.get("$filter", "")
        if path == "/servicePrincipals":
            return [row for row in self.apps.values() if not chosen or f"'{row['appId']}'" in chosen]
        if path == "/oauth2PermissionGrants":
            return [row for row in self.grants.values() if not chosen or row["consentType"] == "AllPrincipals"]
        if len(parts) == 3 and parts[2] == "oauth2PermissionGrants":
            return (
                [row for row in self.grants.values() if row["clientId"] == parts[1]] if parts[1] in self.apps else None
            )
        if len(parts) == 3 and parts[2] == "appRoleAssignedTo":
            return self.assigned.get(parts[1], [])
        return self.lists.get(path)

    def _page(self, target: str, path: str, query: Mapping[str, str], rows: list[dict[str, Any]]) -> Reply:
        size = min(int(query.get("$top", "100")), self.largest)
        start = int(query.get("$skiptoken", "0"))
        found = rows[start : start + size]
        if path == "/oauth2PermissionGrants" and int(query.get("$top", "100")) < 999:
            found = found[: max(1, len(found) - 1)]  # the rows that small pages lose
        body: dict[str, Any] = {"value": found}
        if start + size < len(rows):
            clean = self.root + re.sub(r"[?&]\$skiptoken=\d+$", "", target)
            body["@odata.nextLink"] = f"{clean}{'&' if '?' in clean else '?'}$skiptoken={start + size}"
        return 200, {}, body

    def _delta(self, target: str, path: str, query: Mapping[str, str]) -> Reply:
        journal = self.changes[path]
        token = query.get("$deltatoken", "")
        found = [] if token == "latest" else journal[int(token) :]
        return 200, {}, {"value": found, "@odata.deltaLink": f"{self.root}/v1.0{path}/delta?$deltatoken={len(journal)}"}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        tenant = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                data = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, sent, body = tenant.answer(self.command, self.path, headers, data)
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **sent}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET  # noqa: N815 - http.server's name

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


class SignedIn(Entra):
    """The connector, its token being there already."""

    permissions: tuple[str, ...] = ()

    def token(self, session: Session, audience: str) -> Token:
        return Token(TOKEN, permissions=self.permissions)


@contextmanager
def session_to(tenant: Tenant, clock: Clock | None = None, entra: Entra | None = None) -> Iterator[TenantSession]:
    """A real session to the made tenant, in time that only sleeping passes."""
    with (
        _authority().cert_pem.tempfile() as small,
        patch.dict(os.environ, {"SSL_CERT_FILE": small}),
        open_session(entra or SignedIn(), tenant.settings, clock=clock or Clock(), seed=3) as session,
    ):
        yield session


@cache
def _authority() -> trustme.CA:
    """Whom sessions trust for lack of anything to trust: reading the machine's own list takes most of a test's time."""
    return trustme.CA()


def _path(target: str) -> str:
    path = urlsplit(target).path
    return path.removeprefix("/v1.0")


@contextmanager
def work_on(tenant: Tenant, clock: Clock | None = None) -> Iterator[Work]:
    """What a task is handed, outside of a sweep."""
    with session_to(tenant, clock) as session:
        yield Work(TENANT, Graph(session, endpoints(tenant.settings)), Known(), session.now)


def resumed(run: Runner, tenant: Tenant, task: Task) -> list[Page]:
    """The pages of a task that is killed after each of them and goes on from its cursor, knowing nothing else."""
    pages: list[Page] = []
    cursor = None
    while True:
        with work_on(tenant) as work:
            page = next(run(work, task, cursor))
        pages.append(page)
        cursor = page.cursor
        if cursor is None:
            return pages
