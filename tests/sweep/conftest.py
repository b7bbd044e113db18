"""A service and a session to it."""

from __future__ import annotations

import sqlite3
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from shadowai.sweep.session import TenantSession, open_session
from shadowai.sweep.store import Store
from tests.sweep.service import SECRET, Service, Toy, VirtualClock, settings


@pytest.fixture(autouse=True)
def _stores_are_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test opens is closed behind it: from Python 3.13 on, a database that is left open is a warning."""
    opened: list[sqlite3.Connection] = []
    connect = Store._open

    def recorded(store: Store) -> sqlite3.Connection:
        opened.append(connect(store))
        return opened[-1]

    monkeypatch.setattr(Store, "_open", recorded)
    yield
    for one in opened:
        one.close()


@pytest.fixture
def service() -> Iterator[Service]:
    """A service with ten apps."""
    made = Service()
    yield made
    made.close()


@pytest.fixture
def clock() -> VirtualClock:
    """Time that only sleeping passes."""
    return VirtualClock()


@pytest.fixture
def session(service: Service, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[TenantSession]:
    """A session to the service, in virtual time."""
    monkeypatch.setenv("TOY_SECRET", SECRET)
    with open_session(Toy(), settings(service), clock=clock, seed=7) as made:
        yield made


@pytest.fixture
def authority() -> trustme.CA:
    """An authority that nobody else trusts."""
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Service]:
    """The service behind TLS, with a certificate of that authority for ``localhost``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    made = Service(tls=context)
    yield made
    made.close()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    """That authority's certificate as a file."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(autouse=True)
def _plain_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no bundle of whoever runs the tests."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
