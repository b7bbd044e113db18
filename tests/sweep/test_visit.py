"""From a tenant's settings to what a sweep of it gave."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from shadowai import connector as protocol
from shadowai.errors import SourceError, UsageError
from shadowai.sweep.runner import Wanted
from shadowai.sweep.visit import check_secrets, connector_of, diagnosed, visited
from shadowai.tenants import Tenant
from tests.sweep.service import SECRET, Service, Toy, VirtualClock, settings


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The toy connector is installed, and its secret set."""
    points = [EntryPoint("toy", "tests.sweep.service:Toy", protocol.GROUP)]
    monkeypatch.setattr(protocol, "entry_points", lambda group: points)
    monkeypatch.setenv("TOY_SECRET", SECRET)


@pytest.fixture
def tenant(service: Service) -> Tenant:
    """The service as a tenant."""
    return Tenant("main", "toy", settings(service))


def test_a_visit(tenant: Tenant, service: Service, tmp_path: Path, clock: VirtualClock) -> None:
    for mode in ("targeted", "delta"):
        about = visited(tenant, Wanted("main"), folder=tmp_path, clock=clock, is_ai=lambda app: True)
        with about as visit:
            assert visit.swept.complete and len(visit.swept.grants) == 50 and visit.swept.mode == mode
            visit.remembered()
        clock.passed += 3600
    assert {path.name for path in (tmp_path / "sweeps").iterdir()} == {"main.sqlite", "main.lock"}


def test_two_at_once(tenant: Tenant, tmp_path: Path, clock: VirtualClock) -> None:
    one, other = (
        visited(tenant, Wanted("main"), folder=tmp_path, clock=clock, is_ai=lambda app: True) for _ in range(2)
    )
    with one, pytest.raises(SourceError, match="another sweep"), other:
        raise AssertionError("it went on")


def test_a_diagnosis(tenant: Tenant, clock: VirtualClock) -> None:
    import time

    clock.start = time.time()
    found = diagnosed(tenant, clock=clock)
    assert found.fine and found.name == "main"


def test_secrets_are_looked_for_first(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    check_secrets(tenant, Toy())
    monkeypatch.delenv("TOY_SECRET")
    with pytest.raises(UsageError, match=r"\[tenants.main\]: client_secret: .*TOY_SECRET is not set"):
        check_secrets(tenant, Toy())


def test_settings_are_held_against_the_connector(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no connector is called 'nope'"):
        connector_of(Tenant("main", "nope", {}))
    with pytest.raises(UsageError, match="root is missing"):
        connector_of(Tenant("main", "toy", {}))

    def wrong(self: Toy, settings: object) -> str:
        raise UsageError("root is odd", remedy="mend it")

    monkeypatch.setattr(Toy, "tenant", wrong)
    with pytest.raises(UsageError, match=r"\[tenants.main\]: root is odd \(mend it\)"):
        connector_of(tenant)
