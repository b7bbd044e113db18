"""Prism and WireMock as processes on this machine, each on a free port, ended with the test that needs them."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.emulators.install import folder
from tests.tenants.server import certificates

PATIENCE = 90.0
"""Seconds that a program may take to start."""
PASSWORD = "changeit"
"""Of the key store that lives as long as a test."""


@contextmanager
def prism(specification: Mapping[str, Any], place: Path) -> Iterator[str]:
    """Prism on that specification: it answers as this says, with made values. Gives its address."""
    file = place / "specification.json"
    file.write_text(json.dumps(specification))
    port = _free_port()
    program = folder() / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
    command = ["node", str(program), "mock", "-h", "127.0.0.1", "-p", str(port), str(file)]
    with _running(command, place / "prism.log", f"http://127.0.0.1:{port}/"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def wiremock(place: Path) -> Iterator[WireMock]:
    """WireMock behind TLS, with a certificate for localhost by the private authority of the tests."""
    port, plain = _free_port(), _free_port()
    (place / "wiremock").mkdir()
    jar = next((folder() / "node_modules" / "wiremock" / "build").glob("*.jar"))
    words = {
        "--port": str(plain),
        "--https-port": str(port),
        "--https-keystore": str(_key_store(place)),
        "--keystore-type": "PKCS12",
        "--keystore-password": PASSWORD,
        "--key-manager-password": PASSWORD,
        "--root-dir": str(place / "wiremock"),
        "--bind-address": "127.0.0.1",
    }
    command = ["java", "-jar", str(jar), *(word for pair in words.items() for word in pair)]
    with _running(command, place / "wiremock.log", f"http://127.0.0.1:{plain}/__admin/mappings"):
        yield WireMock(f"https://localhost:{port}", f"http://127.0.0.1:{plain}/__admin")


class WireMock:
    """A WireMock that runs: ``root`` is its address behind TLS."""

    def __init__(self, root: str, admin: str) -> None:
        self.root, self._admin = root, admin

    def load(self, *stubs: Mapping[str, Any]) -> WireMock:
        """Forget what was, and answer by these; ``{root}`` in them is the own address."""
        self._ask("DELETE", "mappings")
        self._ask("DELETE", "requests")
        self._ask("POST", "scenarios/reset")
        self._ask("POST", "mappings/import", json.dumps({"mappings": stubs}).replace("{root}", self.root))
        return self

    def asked(self, path: str) -> list[dict[str, Any]]:
        """The requests to that path, the first one first."""
        every = json.loads(self._ask("GET", "requests"))["requests"]
        return [one["request"] for one in reversed(every) if one["request"]["url"].partition("?")[0] == path]

    def _ask(self, method: str, what: str, body: str = "") -> bytes:
        request = urllib.request.Request(f"{self._admin}/{what}", body.encode() or None, method=method)
        with urllib.request.urlopen(request) as answer:
            found: bytes = answer.read()
        return found


def _key_store(place: Path) -> Path:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12
    from cryptography.x509 import load_pem_x509_certificate

    key: Any = load_pem_private_key((certificates() / "key.pem").read_bytes(), None)
    certificate = load_pem_x509_certificate((certificates() / "cert.pem").read_bytes())
    made = pkcs12.serialize_key_and_certificates(
        b"localhost", key, certificate, None, BestAvailableEncryption(PASSWORD.encode())
    )
    store = place / "store.p12"
    store.write_bytes(made)
    return store


@contextmanager
def _running(command: list[str], log: Path, address: str) -> Iterator[None]:
    with log.open("wb") as written, subprocess.Popen(command, stdout=written, stderr=written) as process:
        try:
            _wait_for(process, address, log)
            yield
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def _wait_for(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Until it answers, whatever it answers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except urllib.error.HTTPError as refused:
            refused.close()
            return
        except (OSError, ssl.SSLError):
            time.sleep(0.2)
    raise RuntimeError(f"{process.args!r} did not start: {log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
