"""Answers over HTTP on this machine, with TLS by an authority of its own where that is wanted."""

from __future__ import annotations

import atexit
import json
import shutil
import ssl
import tempfile
import threading
from collections.abc import Callable, Mapping
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import trustme


class Reply(NamedTuple):
    """An answer; ``declared`` is the length that its head claims where that is not its own: the client then waits in vain."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}
    declared: int | None = None


def reply(status: int, body: Any = None, **headers: str) -> Reply:
    """An answer with JSON; underscores in the names of headers are hyphens."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = {} if isinstance(body, bytes) else {"Content-Type": "application/json; charset=utf-8"}
    return Reply(status, data, kind | {name.replace("_", "-"): value for name, value in headers.items()})


class Asked(NamedTuple):
    """A request: ``target`` is its path with the query, ``headers`` are by lower-case name."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


Answers = Callable[[Asked], Reply | None]
"""What answers a request; ``None`` cuts the connection."""


class Server:
    """Serves ``answers`` on a free port of 127.0.0.1; ``root`` is its address."""

    def __init__(self, answers: Answers, *, tls: bool = True) -> None:
        self._server = _Server(("127.0.0.1", 0), _handler(answers))
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificates() / "server.pem")
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.root = f"http{'s' if tls else ''}://localhost:{self._server.server_port}"
        serve = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        serve.start()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: clients that hang up are what some measurements are about."""


def _handler(answers: Answers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one segment: two wait for each other's acknowledgement
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            data = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found = answers(Asked(self.command, self.path, headers, data))
            if found is None:
                self.close_connection = True
                return
            self.send_response_only(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            length = len(found.body) if found.declared is None else found.declared
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(found.body)
            self.wfile.flush()
            self.close_connection = length != len(found.body)

        do_POST = do_GET  # noqa: N815 - the name is http.server's

        def log_message(self, format: str, *args: Any) -> None:
            return None

    return Handler


@cache
def certificates() -> Path:
    """A folder with ``ca.pem``, ``server.pem`` for localhost signed by it, and the same apart as ``key.pem`` and ``cert.pem``."""
    folder = Path(tempfile.mkdtemp(prefix="tenant-tls-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    authority = trustme.CA()
    issued = authority.issue_cert("localhost", "127.0.0.1", key_type=trustme.KeyType.RSA)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    issued.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    issued.private_key_pem.write_to_path(str(folder / "key.pem"))
    issued.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    return folder
