"""A small service on this machine, and a connector to it: apps in pages, grants for each app, faults on demand."""

from __future__ import annotations

import json
import random
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shadowai.connector import Allowed, Probe, Quota, Session, Token, View, probe_of
from shadowai.tenant import App, CursorExpired, Grant, Page, Signal, Task, TenantError

SECRET = "correct-horse-battery-staple"
QUOTA = Quota("toy", per_second=10_000.0, burst=1_000.0, concurrent=8)
Reply = tuple[int, dict[str, str], bytes]


def reply(status: int, body: Any = None, **headers: str) -> Reply:
    """An answer; underscores in the names of headers are hyphens."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, data


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: clients that hang up are what some tests are about."""


class Service:
    """Answers what is put for a path, once each, then what it usually does. ``asked`` is what came: method, path with query,
    headers in lower case."""

    def __init__(
        self,
        *,
        apps: int = 10,
        page: int = 3,
        failing: float = 0.0,
        seed: int = 1,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.apps, self.page, self.failing = apps, page, failing
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.put: dict[str, list[Reply | None]] = {}
        self.always: dict[str, Reply] = {}
        self.tokens = 0
        self.valid = "token-1"
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port
        self.root = f"http://127.0.0.1:{self.port}"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
            self.root = f"https://localhost:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> Counter[str]:
        """How often each path was asked for."""
        return Counter(path for _, path, _ in self.asked)

    def answer(self, method: str, target: str, headers: dict[str, str]) -> Reply | None:
        """The answer, ``None`` for a connection that is cut."""
        path = urlsplit(target).path
        with self._lock:
            self.asked.append((method, target, headers))
            if self.put.get(path):
                return self.put[path].pop(0)
            if path in self.always:
                return self.always[path]
            if path == "/token":
                self.tokens += 1
                self.valid = f"token-{self.tokens}"
                return reply(200, {"access_token": self.valid, "expires_in": 3600})
            if self._random.random() < self.failing:
                return self._fault()
        if headers.get("authorization") != f"Bearer {self.valid}":
            return reply(401, {"error": {"code": "InvalidToken", "message": f"{headers.get('authorization')}"}})
        return self._usual(path, parse_qs(urlsplit(target).query))

    def _fault(self) -> Reply | None:
        faults: list[Reply | None] = [
            None,
            reply(429, {"error": {"code": "TooManyRequests"}}, Retry_After="0"),
            reply(503, b"<html>busy</html>", Content_Type="text/html"),
            reply(200, b'{"value": [{"id": "app'),
            reply(403, {"error": {"errors": [{"reason": "quotaExceeded"}], "message": "quota"}}),
            reply(500, {"error": {"code": "InternalServerError", "message": "oops"}}),
        ]
        return self._random.choice(faults)

    def _usual(self, path: str, query: Mapping[str, Sequence[str]]) -> Reply:
        start = int(query.get("from", ["0"])[0])
        if path == "/apps":
            names, rest = [f"app{n:05d}" for n in range(self.apps)], start + self.page
        elif path.startswith("/grants/"):
            names, rest = [f"{path[8:]}-{n}" for n in range(5)], start + 2
        else:
            return reply(404, {"error": {"code": "NotFound", "message": path}})
        body: dict[str, Any] = {"value": [{"id": name} for name in names[start:rest]]}
        if rest < len(names):
            body["next"] = f"{self.root}{path}?from={rest}"
        return reply(200, body)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 16  # an answer is one write: two would wait for each other's acknowledgement

            def do_GET(self) -> None:
                length = int(self.headers.get("content-length", 0))
                self.rfile.read(length)
                headers = {name.lower(): value for name, value in self.headers.items()}
                found = service.answer(self.command, self.path, headers)
                if found is None:
                    self.close_connection = True
                    return
                status, sent, data = found
                self.send_response_only(status)
                sent = sent if "Date" in sent else {**sent, "Date": self.date_time_string()}
                for name, value in {"Content-Type": "application/json", **sent}.items():
                    self.send_header(name, value)
                if "Content-Length" not in sent:
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
                self.close_connection = "Content-Length" in sent

            do_POST = do_GET  # noqa: N815 - http.server's name

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


class Toy:
    """A connector to :class:`Service`: apps first, then the grants of each."""

    name = "toy"
    title = "Toy"
    settings: Mapping[str, str] = {"root": "where it is", "client_secret": "its secret"}
    secrets = ("client_secret",)
    signals = (
        Signal("apps", "Apps", "/apps", ("Apps.Read",), required=True, remedy="grant Apps.Read"),
        Signal("grants", "Grants", "/grants", ("Grants.Read", "Grants.ReadAll"), after=("apps",)),
    )
    permissions: tuple[str, ...] = ("Apps.Read", "Grants.Read")
    delay = 0.0

    def allowed(self, settings: Mapping[str, str]) -> Sequence[Allowed]:
        """The three paths."""
        host = urlsplit(settings["root"]).netloc
        token = Allowed(host, "/token", "POST", why="gives a token", token=True)
        return (token, Allowed(host, "/apps"), Allowed(host, "/grants"))

    def tenant(self, settings: Mapping[str, str]) -> str:
        """Its name."""
        return "toys.example"

    def wanted(self, settings: Mapping[str, str]) -> Sequence[Signal]:
        """All of them."""
        return self.signals

    def token(self, session: Session, audience: str) -> Token:
        """A token for the secret."""
        form = {"client_secret": session.secret("client_secret")}
        answer = session.post(f"{session.settings['root']}/token", quota=QUOTA, form=form, audience=None)
        expires = session.now + answer.body["expires_in"] * 1_000_000
        return Token(answer.body["access_token"], expires, permissions=self.permissions)

    def plan(self, view: View) -> Sequence[Task]:
        """The apps; when they are known, the grants of each."""
        tasks = [Task("apps", "apps", weight=10)]
        if view.is_complete("apps"):
            tasks += [Task(f"grants/{app.id}", "grants", (app.id,)) for app in view.apps()]
        return tasks

    def run(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
        """The pages."""
        root = session.settings["root"]
        url: str | None = cursor or (f"{root}/apps" if task.signal == "apps" else f"{root}/grants/{task.arguments[0]}")
        while url is not None:
            try:
                answer = session.get(url, quota=QUOTA)
            except TenantError as error:
                if error.status == 410:
                    raise CursorExpired from error
                raise
            time.sleep(self.delay)
            url = session.next_link(answer, answer.body.get("next"))
            made = [self._item(task, row["id"]) for row in answer.body["value"]]
            yield Page(tuple(made), cursor=url, mark="done" if url is None else None)

    def doctor(self, session: Session) -> Iterator[Probe]:
        """One request for each signal."""
        for signal in self.signals:
            try:
                session.get(
                    f"{session.settings['root']}{signal.endpoint}{'/app00000' * (signal.name == 'grants')}", quota=QUOTA
                )
            except TenantError as error:
                yield probe_of(signal.name, error)
            else:
                yield Probe(signal.name, "ok")

    def _item(self, task: Task, name: str) -> App | Grant:
        if task.signal == "apps":
            return App("toy", "toys.example", name, name.title())
        return Grant("toy", "toys.example", name, task.arguments[0], "delegated", principal=f"u-{name[-1]}")


class VirtualClock:
    """Time that passes only by sleeping. ``slept`` is how long each sleep was to be."""

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self.start = self.passed = 0.0
        self.start = start
        self.slept: list[float] = []
        self.stopped = False
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        """Seconds that have passed."""
        return self.passed

    def time(self) -> float:
        """Seconds since 1970."""
        return self.start + self.passed

    def sleep(self, seconds: float) -> None:
        """Pass so many seconds."""
        self.check()
        with self._lock:
            self.slept.append(seconds)
            self.passed += max(0.0, seconds)

    def check(self) -> None:
        """Raise where stopped."""
        if self.stopped:
            from shadowai.tenant import Trouble

            raise TenantError(Trouble.STOPPED, "stopped")


def settings(service: Service) -> dict[str, str]:
    """The settings for that service."""
    return {"root": service.root, "client_secret": "env:TOY_SECRET", "insecure_localhost": "true"}
