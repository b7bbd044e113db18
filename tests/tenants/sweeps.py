"""A sweep of a made tenant by the real connector, through the real session, store and runner; and what it costs."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shadowai.app_matcher import AppMatcher
from shadowai.catalog import Catalog
from shadowai.connector import Connector
from shadowai.sweep.clock import Clock
from shadowai.sweep.runner import Runner, Wanted
from shadowai.sweep.session import open_session
from shadowai.sweep.store import Store
from shadowai.tenant import App, Swept
from shadowai_connectors.entra import Entra
from shadowai_connectors.google_workspace import GoogleWorkspace
from tests.connectors.google_server import ADMINISTRATOR, key_file
from tests.tenants import microsoft
from tests.tenants.server import certificates

SECRETS = {"TENANT_SECRET": "a-secret-of-the-made-tenant"}
"""What the settings below refer to; ``TENANT_KEY``, Google's, is made when it is first wanted."""


def entra_settings(root: str) -> dict[str, str]:
    """Settings that lead to a made Graph."""
    return {
        "tenant": microsoft.TENANT,
        "client": "22222222-3333-4444-8555-666666666666",
        "secret": "env:TENANT_SECRET",
        "authority": root,
        "graph": root,
        "ca_file": str(certificates() / "ca.pem"),
    }


def google_settings(root: str, **others: str) -> dict[str, str]:
    """Settings that lead to a made Google."""
    about = {"administrator": ADMINISTRATOR, "key": "env:TENANT_KEY", "endpoint": root}
    return {**about, "ca_file": str(certificates() / "ca.pem"), **others}


@contextmanager
def secrets() -> Iterator[None]:
    """The environment with the secrets in it and nobody's proxies, as long as it lasts."""
    plain = ("http_proxy", "https_proxy", "all_proxy", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    before = dict(os.environ)
    for name in plain:
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)
    os.environ.update(SECRETS, TENANT_KEY=key_file())
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def peak_memory() -> float:
    """The most memory that this process has had so far, in megabytes; the made tenant's server is a part of it."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


@cache
def matcher() -> AppMatcher:
    """The packaged signatures."""
    return AppMatcher(Catalog.load())


@dataclass(frozen=True, slots=True)
class Done:
    """One sweep: what it gave, the seconds it took by its own clock and by the wall's, and :func:`peak_memory` at its end."""

    swept: Swept
    lasted: float
    took: float
    peak: float


def sweep(
    connector: Connector,
    settings: Mapping[str, str],
    place: Path,
    clock: Clock,
    *,
    wanted: Wanted | None = None,
    read: Callable[[Swept], None] = lambda swept: None,
    is_ai: Callable[[App], bool] | None = None,
) -> Done:
    """Sweep, and remember it. ``read`` is given the result while it can be read."""
    began, wall = clock.monotonic(), time.monotonic()
    with closing(Store(place)) as store, open_session(connector, settings, clock=clock, seed=7) as session:
        judge = is_ai or matcher().is_worth_a_look
        runner = Runner(connector, session, store, wanted or Wanted("made"), is_ai=judge)
        found = runner.run()
        done = Done(found, clock.monotonic() - began, time.monotonic() - wall, peak_memory())
        read(found)
        runner.remembered()
    return done


CONNECTORS: Mapping[str, Callable[[], Connector]] = {"entra": Entra, "google": GoogleWorkspace}
