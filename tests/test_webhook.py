"""Posting: over TLS that is verified, a bounded number of times, to where it was told, and never telling where that is."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from shadowai.errors import SourceError, UsageError
from shadowai.webhook import LONGEST_PAUSE, TRIES, post


class Hook(ThreadingHTTPServer):
    """Answers with ``statuses`` one after the other, then 200."""

    daemon_threads = True
    statuses: list[int]
    headers: dict[str, str]
    got: list[tuple[str, bytes]]


class Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, data))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST  # noqa: N815 - the name is http.server's

    def log_message(self, *about: object) -> None:
        """Nothing."""


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return made


@pytest.fixture
def hook(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    for name in (
        "HTTPS_PROXY",
        "https_proxy",
        "SSL_CERT_FILE",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "ALL_PROXY",
        "all_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    server = Hook(("127.0.0.1", 0), Handler)
    server.statuses, server.headers, server.got = [], {}, []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    monkeypatch.setenv("HOOK", f"https://localhost:{server.server_port}/services/secret9")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_is_posted(hook: Hook, tmp_path: Path) -> None:
    post("env:HOOK", b"{}", ca_file=tmp_path / "ca.pem")
    assert hook.got == [("/services/secret9", b"{}")]


def test_load_is_waited_for_and_bounded(hook: Hook, tmp_path: Path) -> None:
    waits: list[float] = []
    hook.statuses = [429, 503]
    hook.headers = {"Retry-After": "7"}
    post("env:HOOK", b"{}", ca_file=tmp_path / "ca.pem", sleep=waits.append)
    assert waits == [7.0, 7.0] and len(hook.got) == 3
    hook.statuses, hook.headers = [500] * 9, {"Retry-After": "86400"}
    with pytest.raises(SourceError, match="status 500") as caught:
        post("env:HOOK", b"{}", ca_file=tmp_path / "ca.pem", sleep=waits.append)
    assert len(hook.got) == 3 + TRIES and waits[2:] == [LONGEST_PAUSE] * (TRIES - 1)
    assert "secret9" not in str(caught.value)


@pytest.mark.parametrize(("status", "headers"), [(404, {}), (302, {"Location": "https://localhost:1/else"}), (403, {})])
def test_a_refusal_is_not_repeated_nor_a_redirect_followed(
    hook: Hook, tmp_path: Path, status: int, headers: dict[str, str]
) -> None:
    hook.statuses, hook.headers = [status], headers
    with pytest.raises(SourceError, match=f"status {status}"):
        post("env:HOOK", b"{}", ca_file=tmp_path / "ca.pem")
    assert len(hook.got) == 1


def test_a_certificate_that_is_not_trusted(hook: Hook) -> None:
    with pytest.raises(SourceError, match="certificate is not trusted"):
        post("env:HOOK", b"{}")
    assert hook.got == []


def test_a_name_that_is_not_the_certificate_s(hook: Hook, tmp_path: Path) -> None:
    address = {"HOOK": f"https://127.0.0.1:{hook.server_port}/secret9"}
    with pytest.raises(SourceError, match="certificate is not trusted") as caught:
        post("env:HOOK", b"{}", ca_file=tmp_path / "ca.pem", environ=address)
    assert hook.got == [] and "secret9" not in str(caught.value)


def test_nobody_there() -> None:
    waits: list[float] = []
    with pytest.raises(SourceError, match="could not be told"):
        post("env:HOOK", b"{}", sleep=waits.append, environ={"HOOK": "https://127.0.0.1:1/secret9"})
    assert waits == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    "url",
    ["http://localhost/secret9", "file:///secret9", "https://", "https://x:y/secret9", "https://x/a b", "secret9"],
)
def test_what_is_no_https_address(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        post("env:HOOK", b"{}", environ={"HOOK": url})
    assert "secret9" not in str(caught.value)


def test_the_address_is_not_there() -> None:
    with pytest.raises(UsageError, match="HOOK is not set"):
        post("env:HOOK", b"{}", environ={})
