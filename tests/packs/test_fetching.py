"""Getting a pack: from files and over TLS, bounded, and never away from TLS."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from shadowai.errors import SignatureError, SourceError, UsageError
from shadowai.packs import fetching
from shadowai.packs.fetching import get


def test_from_files(tmp_path: Path) -> None:
    (tmp_path / "a.pack").write_bytes(b"pack")
    (tmp_path / "a.pack.sig").write_bytes(b"signature")
    data, signature, origin = get(str(tmp_path / "a.pack"))
    assert (data, signature, origin.path) == (b"pack", b"signature", str(tmp_path / "a.pack"))


def test_files_that_are_not_there(tmp_path: Path) -> None:
    for place in (tmp_path / "a.pack", tmp_path, Path()):
        with pytest.raises(SourceError, match="is not there, or is no regular file"):
            get(str(place))
    (tmp_path / "a.pack").write_bytes(b"pack")
    with pytest.raises(SourceError) as caught:
        get(str(tmp_path / "a.pack"))
    assert str(caught.value).startswith(f"{tmp_path / 'a.pack.sig'}: ")


def test_too_large_a_file_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_ARCHIVE", 1024)
    (tmp_path / "a.pack").write_bytes(b"x" * 1025)
    with pytest.raises(SignatureError, match="larger than 1 KiB"):
        get(str(tmp_path / "a.pack"))
    (tmp_path / "a.pack").write_bytes(b"x" * 1024)
    (tmp_path / "a.pack.sig").write_bytes(b"x" * 5000)
    with pytest.raises(SignatureError, match="larger than 4 KiB"):
        get(str(tmp_path / "a.pack"))


@pytest.mark.parametrize(
    "url",
    [
        "http://packs.example/a.pack",
        "ftp://packs.example/a.pack",
        "file:///etc/passwd",
        "https:///a.pack",
        "https://user:secret@packs.example/a.pack",
        "https://packs.example:99999/a.pack",
        "https://packs.example/a b",
        "https://[::1/a",
        "https://p\u00e4cks.example/a",
    ],
)
def test_no_other_addresses(url: str) -> None:
    with pytest.raises(UsageError, match="https addresses only") as caught:
        get(url)
    assert "secret" not in str(caught.value)


class Server(ThreadingHTTPServer):
    """Serves what is in ``files``; a text there is where to go instead."""

    daemon_threads = True
    files: dict[str, bytes | str]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        found = self.server.files.get(self.path)
        self.send_response(404 if found is None else 302 if isinstance(found, str) else 200)
        if isinstance(found, str):
            self.send_header("Location", found)
        self.end_headers()
        if isinstance(found, bytes):
            self.wfile.write(found)

    def log_message(self, *about: object) -> None:
        """Nothing."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    made = Server(("127.0.0.1", 0), Handler)
    made.files = {"/a.pack": b"pack", "/a.pack.sig": b"signature"}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    made.socket = context.wrap_socket(made.socket, server_side=True)
    thread = threading.Thread(target=made.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def url(server: Server, path: str) -> str:
    return f"https://localhost:{server.server_port}{path}"


def test_over_tls(server: Server) -> None:
    data, signature, origin = get(url(server, "/a.pack"))
    assert (data, signature, origin.path) == (b"pack", b"signature", url(server, "/a.pack"))


def test_a_query_goes_with_both_and_is_never_shown(server: Server) -> None:
    server.files = {"/a.pack?token=secret": b"pack"}
    with pytest.raises(SourceError, match="status 404") as caught:
        get(url(server, "/a.pack?token=secret"))
    assert "secret" not in str(caught.value)
    server.files["/a.pack.sig?token=secret"] = b"signature"
    data, signature, origin = get(url(server, "/a.pack?token=secret"))
    assert (data, signature) == (b"pack", b"signature") and "secret" not in origin.path


def test_redirects_stay_on_tls(server: Server) -> None:
    server.files["/latest"] = url(server, "/a.pack")
    server.files["/latest.sig"] = "/a.pack.sig"
    assert get(url(server, "/latest"))[:2] == (b"pack", b"signature")
    server.files["/latest"] = "http://localhost/a.pack"
    with pytest.raises(UsageError, match="https addresses only"):
        get(url(server, "/latest"))
    server.files["/latest"] = url(server, "/latest")
    with pytest.raises(SourceError):
        get(url(server, "/latest"))


def test_a_server_that_nobody_vouches_for(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other.pem"))
    with pytest.raises(SourceError, match="SSLCertVerificationError"):
        get(url(server, "/a.pack"))


def test_a_server_that_does_not_stop(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.files["/a.pack"] = b"x" * 100_000
    monkeypatch.setattr(fetching, "LONGEST", 0.0)
    with pytest.raises(SourceError, match="TimeoutError"):
        get(url(server, "/a.pack"))
    monkeypatch.setattr(fetching, "LONGEST", 60.0)
    monkeypatch.setattr(fetching, "MAX_ARCHIVE", 50_000)
    with pytest.raises(SignatureError, match="larger than"):
        get(url(server, "/a.pack"))


def test_nobody_there(server: Server) -> None:
    place = url(server, "/a.pack")
    server.shutdown()
    server.socket.close()
    with pytest.raises(SourceError, match="could not be fetched"):
        get(place)
