"""TLS is verified, whoever asks otherwise; corporate authorities work; proxies are used; nothing is followed."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import socket
import socketserver
import ssl
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme

from shadowai.connector import Allowed
from shadowai.sweep.session import TenantSession, open_session
from shadowai.sweep.transport import fetch, proxies
from shadowai.tenant import TenantError, Trouble
from tests.sweep.service import QUOTA, SECRET, Service, Toy, VirtualClock, reply


def apps(root: str, **more: str) -> Any:
    """What a session to ``root`` is told."""
    about = {"root": root, "client_secret": "env:TOY_SECRET", **more}
    with open_session(Toy(), about, clock=VirtualClock(), seed=1) as session:
        return session.get(f"{root}/apps", quota=QUOTA).body


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_SECRET", SECRET)


def test_an_unknown_authority_is_an_interception(secure: Service) -> None:
    with pytest.raises(TenantError) as caught:
        apps(secure.root)
    assert caught.value.trouble is Trouble.INTERCEPTED and "ca_file" in caught.value.remedy
    assert secure.asked == []


def test_a_corporate_authority_by_setting(secure: Service, ca_file: Path) -> None:
    assert len(apps(secure.root, ca_file=str(ca_file))["value"]) == 3


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_corporate_authority_by_environment(
    secure: Service, ca_file: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, str(ca_file))
    assert len(apps(secure.root)["value"]) == 3


def test_the_setting_counts_beside_a_bundle_of_the_environment(
    secure: Service, ca_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    assert len(apps(secure.root, ca_file=str(ca_file))["value"]) == 3
    with pytest.raises(TenantError):
        apps(secure.root)


def test_a_certificate_of_another_host(authority: trustme.CA, secure: Service, ca_file: Path) -> None:
    root = secure.root.replace("localhost", "127.0.0.1")
    with pytest.raises(TenantError) as caught:
        apps(root, ca_file=str(ca_file))
    assert caught.value.trouble is Trouble.INTERCEPTED


def test_no_library_can_turn_verification_off(secure: Service) -> None:
    from requests.exceptions import SSLError

    about = {"root": secure.root, "client_secret": "env:TOY_SECRET"}
    with open_session(Toy(), about, clock=VirtualClock()) as session:
        http = session.http()
        http.verify = False
        with pytest.raises(SSLError):
            http.get(f"{secure.root}/apps", verify=False)
    assert secure.asked == []


def test_no_netrc_and_no_cookie(
    service: Service, session: TenantSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login who password what\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    service.put["/apps"] = [reply(200, {}, Set_Cookie="a=b; Path=/"), reply(200, {})]
    for _ in range(2):
        session.get(f"{service.root}/apps", quota=QUOTA)
    last = service.asked[-1][2]
    assert last["authorization"] == "Bearer token-1" and "cookie" not in last


def test_a_redirect_is_not_followed_by_libraries_either(service: Service, session: TenantSession) -> None:
    service.always["/apps"] = reply(307, b"", Location=f"{service.root}/grants/x")
    assert session.http().get(f"{service.root}/apps").status_code == 307
    assert [path for _, path, _ in service.asked] == ["/apps"]


class Proxy:
    """A proxy that only tunnels, and remembers what it was asked for."""

    def __init__(self, to: int) -> None:
        asked: list[str] = []

        class Tunnel(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                data = b""
                while b"\r\n\r\n" not in data:
                    data += self.request.recv(4096)
                asked.append(data.decode())
                with socket.create_connection(("127.0.0.1", to)) as far:
                    self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    back = threading.Thread(target=_pipe, args=(far, self.request))
                    back.start()
                    _pipe(self.request, far)
                    back.join()

        self.asked = asked
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tunnel)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Stop, when the tunnels have ended."""
        self._server.shutdown()
        self._server.server_close()


def _pipe(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)


@pytest.fixture
def behind(authority: trustme.CA) -> Iterator[tuple[Service, Proxy]]:
    """A service called ``graph.example`` that only the proxy reaches."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("graph.example").configure_cert(context)
    service = Service(tls=context)
    proxy = Proxy(service.port)
    yield service, proxy
    proxy.close()
    service.close()


def test_the_environments_proxy_with_our_trust(
    behind: tuple[Service, Proxy], ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, proxy = behind
    monkeypatch.setenv("HTTPS_PROXY", f"http://who:pass@127.0.0.1:{proxy.port}")
    assert apps("https://graph.example", ca_file=str(ca_file))["value"]
    (asked,) = proxy.asked
    assert asked.startswith("CONNECT graph.example:443 ")
    assert f"Basic {base64.b64encode(b'who:pass').decode()}" in asked
    assert all("proxy-authorization" not in headers for _, _, headers in service.asked)


def test_the_environments_proxy_without_our_trust(
    behind: tuple[Service, Proxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    service, proxy = behind
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    with pytest.raises(TenantError) as caught:
        apps("https://graph.example")
    assert caught.value.trouble is Trouble.INTERCEPTED and service.asked == []


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with pytest.raises(TenantError, match="proxy") as caught:
        apps("https://graph.example")
    assert caught.value.trouble is Trouble.UNREACHABLE


def test_which_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", ".inner.example")
    assert proxies("https://graph.example/x")["https"] == "http://proxy.example:3128"
    assert proxies("https://a.inner.example/x") == {}
    assert proxies("https://localhost/x") == proxies("http://127.0.0.1:80/") == {}


def test_plain_http_to_a_managed_identity(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its endpoint is on the machine itself, or link-local, and speaks no TLS."""

    class Managed(Toy):
        def allowed(self, settings: Any) -> Any:
            host = f"127.0.0.1:{service.port}"
            return (
                Allowed(host, "/token", "POST", why="gives a token", token=True, plain=True),
                Allowed(host, "/apps", plain=True),
                Allowed("identity.example", "/token", plain=True),
            )

    with open_session(
        Managed(), {"root": service.root, "client_secret": "env:TOY_SECRET"}, clock=VirtualClock()
    ) as session:
        assert session.get(f"{service.root}/apps", quota=QUOTA).status == 200
        with pytest.raises(TenantError, match="refused"):
            session.get("http://identity.example/token", quota=QUOTA)


@pytest.mark.parametrize("framed", ["Content-Length: 9000", "Transfer-Encoding: chunked", "Connection: close"])
@pytest.mark.parametrize("tls", [False, True])
def test_an_answer_that_comes_byte_by_byte_is_given_up(
    authority: trustme.CA, ca_file: Path, monkeypatch: pytest.MonkeyPatch, framed: str, tls: bool
) -> None:
    """Each byte is in time: no limit of the time between two of them ends it."""
    monkeypatch.setattr("shadowai.sweep.transport.ANSWER", 0.3)
    ended = threading.Event()
    piece = b"1\r\n \r\n" if "chunked" in framed else b" "
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    def drip(listening: socket.socket) -> None:
        plain, _ = listening.accept()
        with context.wrap_socket(plain, server_side=True) if tls else plain as connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(f"HTTP/1.1 200 OK\r\n{framed}\r\n\r\n".encode())
            while not ended.wait(0.02):
                connection.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as listening, requests.Session() as http:
        http.verify = str(ca_file)
        thread = threading.Thread(target=drip, args=(listening,))
        thread.start()
        url = f"{'https' if tls else 'http'}://localhost:{listening.getsockname()[1]}/apps"
        try:
            with pytest.raises(TenantError, match="not whole after") as caught:
                fetch(http, "GET", url, params=None, headers={})
        finally:
            ended.set()
            thread.join()
    assert caught.value.trouble is Trouble.UNREACHABLE


class Slow:
    """A server that answers what it is sent with each of ``starts``, and then sends ``piece`` again and again until it is told to end;
    ``tls`` if it is one of TLS."""

    def __init__(self, *starts: bytes, piece: bytes, tls: ssl.SSLContext | None = None) -> None:
        self._starts, self._piece, self._ended = starts, piece, threading.Event()
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        plain, _ = self._listening.accept()
        made = plain if self._tls is None else self._tls.wrap_socket(plain, server_side=True)
        with made as connection, contextlib.suppress(OSError):
            for start in self._starts:
                connection.recv(65536)
                connection.sendall(start)
            while not self._ended.wait(0.02):
                connection.sendall(self._piece)

    def close(self) -> None:
        """Stop."""
        self._ended.set()
        self._listening.close()


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 ", b""])
@pytest.mark.parametrize("through_proxy", [False, True])
def test_an_answer_whose_head_comes_byte_by_byte_is_given_up(
    monkeypatch: pytest.MonkeyPatch, start: bytes, through_proxy: bool
) -> None:
    """Cut off, a head would pass for a whole one: the end of the connection ends it for Python's http.client."""
    monkeypatch.setattr("shadowai.sweep.transport.ANSWER", 0.3)
    slow = Slow(start, piece=b"1")
    if through_proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{slow.port}")
    try:
        with pytest.raises(TenantError, match="not whole after") as caught:
            apps(
                "https://graph.example" if through_proxy else f"http://127.0.0.1:{slow.port}", insecure_localhost="true"
            )
    finally:
        slow.close()
    assert caught.value.trouble is Trouble.UNREACHABLE


BEGUN = b"\x16\x03\x03\x3e\x80\x02\x00\x3e\x7c"
"""The beginning of a ServerHello of 16,000 bytes (RFC 8446, sections 4 and 5.1)."""


def test_a_handshake_that_comes_byte_by_byte_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shadowai.sweep.transport.CONNECT", 0.3)
    slow = Slow(BEGUN, piece=b"1")
    try:
        about = {"root": f"https://127.0.0.1:{slow.port}", "client_secret": "env:TOY_SECRET"}
        with (
            open_session(Toy(), about, clock=VirtualClock(), tries=1) as session,
            pytest.raises(TenantError, match="no answer in time") as caught,
        ):
            session.get(f"{about['root']}/apps", quota=QUOTA, audience=None)
    finally:
        slow.close()
    assert caught.value.trouble is Trouble.UNREACHABLE


def test_a_handshake_within_a_proxys_tls_that_comes_byte_by_byte_is_given_up(
    authority: trustme.CA, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python bounds its own handshakes as a whole; of TLS in TLS each read alone has a limit."""
    monkeypatch.setattr("shadowai.sweep.transport.ANSWER", 1.0)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    slow = Slow(b"HTTP/1.1 200 Connection established\r\n\r\n", BEGUN, piece=b"1", tls=context)
    monkeypatch.setenv("HTTPS_PROXY", f"https://localhost:{slow.port}")
    about = {"root": "https://graph.example", "client_secret": "env:TOY_SECRET", "ca_file": str(ca_file)}
    try:
        # Once: the server takes one connection, and those that are reset just before Python wraps them leave a socket to the garbage
        # collector (3.11: ssl.SSLSocket._create closes it only once it has begun to shake hands).
        with (
            open_session(Toy(), about, clock=VirtualClock(), tries=1) as session,
            pytest.raises(TenantError, match="not whole after") as caught,
        ):
            session.get("https://graph.example/apps", quota=QUOTA, audience=None)
    finally:
        slow.close()
    assert caught.value.trouble is Trouble.UNREACHABLE


def _gzip(data: bytes) -> bytes:
    """The same bytes at all times."""
    return gzip.compress(data, mtime=0)


WHOLE = b'{"value": [{"id": "app-1"}]}'
PACKED = {
    "gzip": _gzip(WHOLE),
    "x-gzip": _gzip(WHOLE),
    "deflate": zlib.compress(WHOLE),
    "gzip, deflate": zlib.compress(_gzip(WHOLE)),
    "identity": WHOLE,
}


def _layered(number: int) -> bytes:
    data = WHOLE
    for _ in range(number):
        data = _gzip(data)
    return data


def _raw() -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(WHOLE) + stream.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        *PACKED.items(),
        (", ".join(["gzip"] * 5), _layered(5)),
        ("deflate", _raw()),
        ("GZIP", _gzip(WHOLE[:9]) + _gzip(WHOLE[9:]) + bytes(8)),
    ],
)
def test_a_packed_answer(service: Service, session: TenantSession, coding: str, body: bytes) -> None:
    service.put["/apps"] = [reply(200, body, Content_Encoding=coding)]
    assert session.get(f"{service.root}/apps", quota=QUOTA).body == json.loads(WHOLE)
    assert service.asked[-1][2]["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    ("coding", "cut"),
    [
        *((coding, PACKED[coding][:-1]) for coding in ("gzip", "x-gzip", "deflate", "gzip, deflate")),
        ("gzip", PACKED["gzip"][:-8]),
        ("gzip", PACKED["gzip"] + _gzip(b"   ")[:-4]),
        ("gzip", PACKED["gzip"] + b"\x1f\x8b\x08 and no member"),
        ("gzip", PACKED["gzip"] + _gzip(b"") * 100),
        ("deflate", PACKED["deflate"][:-4]),
        ("deflate", _raw()[:-1]),
        ("br", WHOLE),
        (", ".join(["gzip"] * 6), _layered(6)),
    ],
)
@pytest.mark.parametrize("library", [False, True])
def test_a_packed_answer_that_is_cut_short_is_asked_for_again(
    service: Service, session: TenantSession, coding: str, cut: bytes, library: bool
) -> None:
    """What is left of it may well be JSON: the check sum behind it is what is missing."""
    broken = reply(200, cut, Content_Encoding=coding)
    service.put["/apps"] = [broken, broken, reply(200, WHOLE)]
    url = f"{service.root}/apps"
    found = session.http().get(url).json() if library else session.get(url, quota=QUOTA).body
    assert found == json.loads(WHOLE)
    assert len([path for _, path, _ in service.asked if path == "/apps"]) == 3


def test_a_packed_answer_larger_than_any_page(
    service: Service, session: TenantSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shadowai.sweep.transport.LARGEST", 1 << 20)
    service.always["/apps"] = reply(200, _gzip(bytes(2 << 20)), Content_Encoding="gzip")
    with pytest.raises(TenantError, match="more than 1 MB"):
        session.get(f"{service.root}/apps", quota=QUOTA)
