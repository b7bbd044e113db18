"""Google's interfaces as far as the connector asks them, on this machine, over TLS with an authority of its own.

It checks what Google checks: the assertion's signature, subject and scope, the token of each request, the limits of pages. Bodies
have the shapes of the discovery documents; names are made up.
"""

from __future__ import annotations

import atexit
import base64
import datetime
import json
import random
import ssl
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from shadowai.sweep.clock import WallClock
from shadowai.sweep.session import TenantSession, open_session
from shadowai.tenant import TenantError
from shadowai_connectors.google_signals import AUDIT, CHROME, CHROME_APPS, SECURITY, USERS
from shadowai_connectors.google_workspace import GoogleWorkspace

ADMINISTRATOR = "auditor@example.com"
SERVICE_ACCOUNT = "sweeper@project.iam.gserviceaccount.com"
CLIENT_ID = "104857600000000000001"
CHATGPT = "77377267392-abc.apps.googleusercontent.com"
NOTES = "555000111222-xyz.apps.googleusercontent.com"
DAY = 86_400
JSON = {"Content-Type": "application/json; charset=utf-8"}
Reply = tuple[int, dict[str, str], bytes]
SCOPES = {
    "/admin/reports/": (AUDIT,),
    "/tokens": (SECURITY,),
    "/admin/directory/": (USERS,),
    "reports:": (CHROME,),
    "apps:": (CHROME_APPS,),
}


def reply(status: int, body: Any = None, **headers: str) -> Reply:
    """An answer; underscores in the names of headers are hyphens."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return status, {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}, data


def refusal(status: int, reason: str, message: str = "", **headers: str) -> Reply:
    """A refusal as Google writes it."""
    error = {"code": status, "message": message, "errors": [{"message": message, "domain": "x", "reason": reason}]}
    return reply(status, {"error": error}, **headers)


def stamp(seconds: float) -> str:
    """A time as the logs write it."""
    found = datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)
    return found.strftime("%Y-%m-%dT%H:%M:%S.") + f"{found.microsecond // 1000:03d}Z"


def consent(
    seconds: float,
    number: int,
    *,
    name: str = "authorize",
    client: str = CHATGPT,
    app: str = "ChatGPT",
    user: int = 1,
    scopes: tuple[str, ...] = ("https://www.googleapis.com/auth/drive.readonly",),
    **others: Any,
) -> dict[str, Any]:
    """A record of the token log."""
    values: list[dict[str, Any]] = [
        {"name": "client_id", "value": client},
        {"name": "app_name", "value": app},
        {"name": "client_type", "value": "WEB"},
        {"name": "scope_data", "multiMessageValue": [{"parameter": [{"name": "scope_name", "value": scopes[0]}]}]},
        {"name": "scope", "multiValue": list(scopes)},
    ]
    values += [{"name": key, "intValue": str(value)} for key, value in others.items()]
    return {
        "kind": "admin#reports#activity",
        "id": {
            "time": stamp(seconds),
            "uniqueQualifier": str(number),
            "applicationName": "token",
            "customerId": "C01example",
        },
        "actor": {"email": f"user{user}@example.com", "profileId": f"{1000 + user}"},
        "events": [{"type": "auth", "name": name, "parameters": values}],
    }


def user(number: int, **others: Any) -> dict[str, Any]:
    """A user of the directory."""
    return {
        "id": f"{1000 + number}",
        "primaryEmail": f"user{number}@example.com",
        "name": {"fullName": f"User {number}"},
        "suspended": False,
        "archived": False,
        "organizations": [{"department": "Old"}, {"department": "Finance", "primary": True}],
        **others,
    }


FAULTS: list[Reply | None] = [
    None,
    refusal(403, "quotaExceeded", "Quota exceeded"),
    refusal(403, "userRateLimitExceeded"),
    refusal(429, "rateLimitExceeded", Retry_After="1"),
    refusal(503, "backendError"),
    reply(503, b"<html>busy</html>", Content_Type="text/html"),
    reply(200, b'{"items": [{"id": {"time"'),
]


class GoogleServer:
    """``put`` holds answers to give once, by the end of a path, ``always`` those to give whenever that path is asked.
    ``asked`` is what came: method, path with query, headers in lower case, body."""

    def __init__(self) -> None:
        self.logs: dict[str, list[dict[str, Any]]] = {"token": []}
        self.users: list[dict[str, Any]] = [user(number) for number in range(1, 4)]
        self.tokens: dict[str, list[dict[str, Any]]] = {}
        self.extensions: list[dict[str, Any]] = []
        self.profiles: dict[str, list[dict[str, Any]]] = {}
        self.devices: dict[str, list[dict[str, Any]]] = {}
        self.requests: list[dict[str, Any]] = []
        self.askers: dict[str, list[dict[str, Any]]] = {}
        self.delegated = {AUDIT, USERS, SECURITY, CHROME, CHROME_APPS}
        self.put: dict[str, list[Reply | None]] = {}
        self.always: dict[str, Reply] = {}
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.assertions: list[dict[str, Any]] = []
        self.generation = 1
        self.failing = 0.0
        """How many of the requests for data are answered with a fault, as a share."""
        self._draw = random.Random(3)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates() / "server.pem")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.root = f"https://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def __enter__(self) -> GoogleServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def paths(self, part: str = "") -> Counter[str]:
        """How often each path was asked for, of those with ``part`` in them, without queries."""
        return Counter(path.partition("?")[0] for _, path, _, _ in self.asked if part in path)

    def queries(self, part: str) -> list[dict[str, str]]:
        """The queries of the requests with ``part`` in their path."""
        found = [urlsplit(path) for _, path, _, _ in self.asked]
        return [{key: value[0] for key, value in parse_qs(one.query).items()} for one in found if part in one.path]

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply | None:
        """The answer, ``None`` for a connection that is cut."""
        path = unquote(urlsplit(target).path)
        with self._lock:
            self.asked.append((method, target, headers, body))
            for ending, waiting in self.put.items():
                if path.endswith(ending) and waiting:
                    return waiting.pop(0)
            for ending, usual in self.always.items():
                if path.endswith(ending):
                    return usual
            if self._draw.random() < self.failing:
                return self._draw.choice(FAULTS)
        if method == "POST":
            return self._token(path, headers, body)
        if path.startswith("/computeMetadata/"):
            granted = headers.get("metadata-flavor") == "Google"
            return reply(200, {"access_token": "machine", "expires_in": 99}) if granted else reply(403, {})
        needed = next(scopes for part, scopes in SCOPES.items() if part in path)
        given = headers.get("authorization", "")
        if given not in {f"Bearer {self.generation} {scope}" for scope in needed}:
            return refusal(401, "authError", "Invalid Credentials")
        return self._read(path, {key: value[0] for key, value in parse_qs(urlsplit(target).query).items()})

    def _token(self, path: str, headers: dict[str, str], body: bytes) -> Reply:
        if path.endswith(":signJwt"):
            if headers.get("authorization") not in ("Bearer machine", "Bearer federated", "Bearer user"):
                return refusal(403, "forbidden", "Permission iam.serviceAccounts.signJwt denied")
            return reply(200, {"keyId": "1", "signedJwt": _signed(json.loads(body)["payload"])})
        form = {key: value[0] for key, value in parse_qs(body.decode()).items()}
        if path == "/v1/token":
            fine = form["subject_token"] == "subject" and form["audience"].startswith("//iam.googleapis.com/")
            return reply(200, {"access_token": "federated", "expires_in": 99, "token_type": "Bearer"} if fine else {})
        if form["grant_type"] == "refresh_token":
            return reply(200, {"access_token": "user", "expires_in": 99, "token_type": "Bearer"})
        claims = _verified(form["assertion"])
        self.assertions.append(claims)
        if claims["iss"] != SERVICE_ACCOUNT or claims["sub"] != ADMINISTRATOR:
            return reply(400, {"error": "invalid_grant", "error_description": "Invalid email or User ID"})
        if not set(claims["scope"].split()) <= self.delegated:
            words = "Client is unauthorized to retrieve access tokens using this method, or client not authorized"
            return reply(401, {"error": "unauthorized_client", "error_description": words})
        token = f"{self.generation} {claims['scope']}"
        return reply(200, {"access_token": token, "expires_in": 3600, "token_type": "Bearer"})

    def _read(self, path: str, query: Mapping[str, str]) -> Reply:
        if path.startswith("/admin/reports/"):
            return self._log(path.rpartition("/")[2], query)
        if path.endswith("/tokens"):
            return self._tokens(path.split("/")[-2])
        if path.startswith("/admin/directory/v1/users/"):
            found = next((one for one in self.users if path.endswith("/" + one["id"])), None)
            return reply(200, found) if found else refusal(404, "notFound", "Resource Not Found: userKey")
        if path.endswith("/users"):
            return _page("users", self.users, query, "maxResults", 500)
        kinds: dict[str, tuple[str, list[dict[str, Any]], int]] = {
            "countInstalledApps": ("installedApps", self.extensions, 100),
            "findInstalledAppProfiles": ("profiles", self.profiles.get(query.get("appId", ""), []), 100),
            "findInstalledAppDevices": ("devices", self.devices.get(query.get("appId", ""), []), 100),
            "countChromeAppRequests": ("requestedApps", self.requests, 50),
            "fetchUsersRequestingExtension": ("userDetails", self.askers.get(query.get("extensionId", ""), []), 50),
        }
        key, rows, most = kinds[path.partition(":")[2]]
        return _page(key, rows, query, "pageSize", most)

    def _log(self, application: str, query: Mapping[str, str]) -> Reply:
        start, end = query.get("startTime", ""), query.get("endTime", "9")
        if query.get("endTime") and start >= end:
            return refusal(400, "invalid", "Start time must be before end time")
        client = query.get("filters", "").removeprefix("client_id==")
        rows = [
            row
            for row in self.logs.get(application, [])
            if start <= row["id"]["time"] <= end
            and (not query.get("eventName") or any(event["name"] == query["eventName"] for event in row["events"]))
            and (not client or client in json.dumps(row))
        ]
        return _page("items", sorted(rows, key=lambda row: row["id"]["time"], reverse=True), query, "maxResults", 1000)

    def _tokens(self, key: str) -> Reply:
        found = next((one for one in self.users if key in (one["id"], one["primaryEmail"])), None)
        if found is None and key != ADMINISTRATOR:
            return refusal(404, "notFound", "Resource Not Found: userKey")
        if found is not None and (found["suspended"] or found["archived"]):
            return refusal(401, "authError", "Login Required")
        rows = self.tokens.get(key, [])
        return reply(200, {"kind": "admin#directory#tokenList", **({"items": rows} if rows else {})})


def _page(key: str, rows: list[dict[str, Any]], query: Mapping[str, str], limit: str, most: int) -> Reply:
    """A page; an empty list is left out, as Google does."""
    start, size = int(query.get("pageToken", "0")), min(int(query.get(limit, most)), most)
    body: dict[str, Any] = {key: rows[start : start + size]} if rows else {}
    if start + size < len(rows):
        body["nextPageToken"] = str(start + size)
    return reply(200, body)


def _handler(server: GoogleServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one segment: two wait for each other's acknowledgement
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found = server.answer(self.command, self.path, headers, body)
            if found is None:
                self.close_connection = True
                return
            status, sent, data = found
            self.send_response(status)
            for name, value in sent.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            self.wfile.flush()

        do_POST = do_GET  # noqa: N815 - the name is http.server's

        def log_message(self, format: str, *args: Any) -> None:
            return None

    return Handler


# --- keys and certificates -----------------------------------------------------------------------------------------------


@cache
def service_key() -> rsa.RSAPrivateKey:
    """The service account's key: a short one, for it is checked anew for each token."""
    return rsa.generate_private_key(65537, 1024)


def key_file(**others: Any) -> str:
    """A service account's JSON key. Its ``token_uri`` leads elsewhere: it must not be believed."""
    pem = service_key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    found = {
        "type": "service_account",
        "client_email": SERVICE_ACCOUNT,
        "client_id": CLIENT_ID,
        "private_key_id": "1",
        "private_key": pem.decode(),
        "token_uri": "https://attacker.example/token",
    }
    return json.dumps({**found, **others})


def _signed(payload: str) -> str:
    parts = [base64.urlsafe_b64encode(part.encode()).rstrip(b"=") for part in ('{"alg":"RS256"}', payload)]
    signature = service_key().sign(b".".join(parts), padding.PKCS1v15(), hashes.SHA256())
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def _verified(assertion: str) -> dict[str, Any]:
    head, payload, signature = (part + "=" * (-len(part) % 4) for part in assertion.split("."))
    signed = assertion.rpartition(".")[0].encode()
    public = service_key().public_key()
    public.verify(base64.urlsafe_b64decode(signature), signed, padding.PKCS1v15(), hashes.SHA256())
    assert json.loads(base64.urlsafe_b64decode(head))["alg"] == "RS256"
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload))
    return found


@cache
def certificates() -> Path:
    """A folder with ``ca.pem``, and with ``server.pem`` for localhost that it has signed."""
    kept = tempfile.TemporaryDirectory(prefix="google-tls-")
    atexit.register(kept.cleanup)
    folder = Path(kept.name)
    authority = rsa.generate_private_key(65537, 2048)
    server = rsa.generate_private_key(65537, 2048)
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example Test Authority")])
    own = _certificate(issuer, issuer, authority, authority, ca=True)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    signed = _certificate(name, issuer, server, authority, ca=False)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(own.public_bytes(pem))
    private = server.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(private + signed.public_bytes(pem))
    return folder


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, signer: rsa.RSAPrivateKey, *, ca: bool
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if ca:
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        made = made.add_extension(usage, critical=True)
    else:
        names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
        made = made.add_extension(names, critical=False)
    return made.sign(signer, hashes.SHA256())


# --- sessions ------------------------------------------------------------------------------------------------------------


class Quick(WallClock):
    """A clock whose sleeps take no time but are counted; monotonic time goes on by them. ``offset`` seconds are added to the day's time."""

    def __init__(self, offset: float = 0.0) -> None:
        super().__init__()
        self.slept: list[float] = []
        self.offset = offset
        self._sum = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self._sum

    def time(self) -> float:
        return super().time() + self.offset

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._sum += seconds


def settings(server: GoogleServer, **others: str) -> dict[str, str]:
    """Settings that lead to the server."""
    found = {
        "administrator": ADMINISTRATOR,
        "key": "env:GOOGLE_KEY",
        "endpoint": server.root,
        "ca_file": str(certificates() / "ca.pem"),
        **others,
    }
    return {key: value for key, value in found.items() if value}


@contextmanager
def session(server: GoogleServer, clock: WallClock | None = None, /, **others: str) -> Iterator[TenantSession]:
    """A real session to the server, whose waits take no time."""
    found = settings(server, **others)
    with open_session(GoogleWorkspace(), found, clock=clock or Quick(), tries=4, seed=1) as made:
        yield made


def trouble(error: BaseException) -> tuple[str, str]:
    """The name of a trouble, and its remedy."""
    assert isinstance(error, TenantError), error
    return error.trouble.name, error.remedy
