"""A JSON service on this machine whose answers the test writes, and sweeps of it in virtual time."""

from __future__ import annotations

import json
import random
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shadowai.connector import Connector, Mode, Scope
from shadowai.sweep.runner import Runner, Wanted
from shadowai.sweep.session import TenantSession, open_session
from shadowai.sweep.store import Store
from shadowai.tenant import App, Completeness, Outcome, Swept
from tests.sweep.service import VirtualClock

START = 1_800_000_000.0
"""When sweeps begin: 2027-01-15T08:00:00Z."""
MICROS = 1_000_000
DAY = 86_400
HTML = b"<!DOCTYPE html><html><body>Bad gateway</body></html>"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came; ``headers`` by lower-case name."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str]
    target: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: JSON, or bytes as they are."""

    body: Any = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def reply(body: Any = None, status: int = 200, **headers: str) -> Reply:
    """An answer; underscores in the names of headers are hyphens."""
    return Reply(body, status, tuple((name.replace("_", "-"), value) for name, value in headers.items()))


class Saas:
    """Answers what is ``put`` for a path, once each, then what ``usual`` makes of the request; 404 to the rest."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.put: dict[str, list[Reply]] = {}
        self.usual: dict[str, Callable[[Asked], Reply]] = {}
        self.missing = reply({"message": "Not Found"}, 404)
        self.failing, self.failed = 0.0, 0
        self._draw = random.Random(5)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.root = f"http://{self.host}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def always(self, path: str, body: Any, status: int = 200, **headers: str) -> None:
        """The usual answer of a path."""
        self.usual[path] = lambda asked: reply(body, status, **headers)

    def pages(self, path: str, pages: list[Any], *, key: str = "after") -> None:
        """A collection whose next page is named by a ``Link`` header."""

        def page(asked: Asked) -> Reply:
            number = int(asked.query.get(key, "0"))
            more = f'<{self.root}{path}?{key}={number + 1}>; rel="next"' if number + 1 < len(pages) else ""
            own = f'<{self.root}{asked.target}>; rel="self"'
            return reply(pages[number], Link=f"{own}, {more}" if more else own)

        self.usual[path] = page

    def paths(self, start: str = "/") -> list[str]:
        """The paths that were asked for, in order."""
        return [one.path for one in self.asked if one.path.startswith(start)]

    def answer(self, asked: Asked) -> Reply:
        """What is answered."""
        self.asked.append(asked)
        if self.put.get(asked.path):
            return self.put[asked.path].pop(0)
        if self._draw.random() < self.failing:
            self.failed += 1
            return self._draw.choice(FAULTS)
        usual = self.usual.get(asked.path)
        return usual(asked) if usual else self.missing

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        saas = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 16  # an answer is one write: two would wait for each other's acknowledgement

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                content = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
                found = saas.answer(
                    Asked(
                        self.command,
                        parts.path,
                        {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()},
                        {name.lower(): value for name, value in self.headers.items()},
                        {name: values[0] for name, values in parse_qs(content).items()},
                        self.path,
                    )
                )
                data = found.body if isinstance(found.body, bytes) else json.dumps(found.body).encode()
                self.send_response_only(found.status)
                for name, value in {"Content-Type": "application/json", **dict(found.headers)}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_GET  # noqa: N815 - http.server's name

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


FAULTS = (
    reply({"error": "slow down"}, 429, Retry_After="2"),
    reply({"error": "oops"}, 500),
    reply(HTML, 502, Content_Type="text/html"),
    reply(b"", 503),
    reply(HTML, 200, Content_Type="text/html"),
    reply(HTML, 403, Content_Type="text/html"),
    reply(HTML, 404, Content_Type="text/html"),
    reply(b'[{"id": "1', 200),
    reply(b'{"message": "Not F', 404),
    reply(b"", 200),
)
"""What befalls a request that fails: nothing of it is the service's word on what there is."""


@contextmanager
def serving() -> Iterator[Saas]:
    """A service, closed at the end."""
    made = Saas()
    try:
        yield made
    finally:
        made.close()


@cache
def private_key(kind: str = "rsa") -> str:
    """A private key in PEM, made once."""
    from cryptography.hazmat.primitives.asymmetric import ec

    made = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@contextmanager
def session(
    connector: Connector,
    settings: Mapping[str, str],
    *,
    days: float = 0.0,
    tries: int = 4,
    clock: VirtualClock | None = None,
) -> Iterator[TenantSession]:
    """A session in virtual time, so many days after the start."""
    clock = clock or VirtualClock(START + days * DAY)
    with (
        patch("shadowai.sweep.certificates.context", lambda ca_file: _trust()),
        open_session(connector, {**settings, "insecure_localhost": "true"}, clock=clock, tries=tries, seed=7) as opened,
    ):
        yield opened


@cache
def _trust() -> ssl.SSLContext:
    """Whom to trust, read once: nothing here goes through TLS, and reading it takes longer than a sweep."""
    return ssl.create_default_context()


def sweep(
    connector: Connector,
    settings: Mapping[str, str],
    path: Path,
    *,
    mode: Mode | None = None,
    scope: Scope = "ai",
    days: float = 0.0,
    tries: int = 4,
    clock: VirtualClock | None = None,
) -> Swept:
    """One sweep by the runner, its collections in memory."""
    with session(connector, settings, days=days, tries=tries, clock=clock) as opened, closing(Store(path)) as store:
        runner = Runner(connector, opened, store, Wanted("acme", mode, scope), is_ai=is_ai)
        found = runner.run()
        fields = {name: getattr(found, name) for name in Swept.__slots__}
        for name in ("apps", "grants", "people", "events", "activity"):
            fields[name] = tuple(fields[name])
        runner.remembered()
        return Swept(**fields)


def is_ai(app: App) -> bool:
    """Stands for the matcher."""
    return any(word in f"{app.id} {app.name}".lower() for word in ("chatgpt", "claude"))


def failures(found: Swept) -> dict[str, Outcome]:
    """The tasks that are not complete."""
    return {one.task: one for one in found.outcomes if one.completeness is not Completeness.COMPLETE}


def at(text: str) -> int:
    """A time as a tenant's nouns have it."""
    from datetime import datetime

    return round(datetime.fromisoformat(text).timestamp() * MICROS)
