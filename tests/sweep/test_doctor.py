"""The doctor tells one trouble from another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from shadowai.connector import Probe, Session
from shadowai.sweep.doctor import Diagnosis, examine
from shadowai.sweep.session import TenantSession
from shadowai.tenant import Signal, TenantError, Trouble
from tests.sweep.service import QUOTA, SECRET, Service, Toy, VirtualClock, reply


@pytest.fixture(autouse=True)
def _right_clock(clock: VirtualClock) -> None:
    import time

    clock.start = time.time()


def findings(found: Diagnosis) -> dict[str, str]:
    return {probe.signal: probe.finding for probe in found.probes}


def test_all_is_well(session: TenantSession) -> None:
    found = examine("main", Toy(), session)
    assert findings(found) == {"apps": "ok", "grants": "ok"} and found.fine and found.name == "main"


def test_a_missing_scope_of_a_required_signal(session: TenantSession, service: Service) -> None:
    service.always["/apps"] = reply(403, {"error": {"code": "Denied", "message": f"no for {SECRET}"}})
    found = examine("main", Toy(), session)
    assert findings(found) == {"apps": "scope", "grants": "ok"} and not found.fine
    assert found.probes[0].detail == "403 Denied: no for [hidden]"


def test_an_optional_signal_does_not_block(session: TenantSession, service: Service) -> None:
    service.always["/grants/app00000"] = reply(402, {})
    found = examine("main", Toy(), session)
    assert findings(found)["grants"] == "licence" and found.fine


def test_refused_credentials(session: TenantSession, service: Service) -> None:
    service.always["/token"] = reply(401, {"error": "invalid_client"})
    assert set(findings(examine("main", Toy(), session)).values()) == {"credentials"}


@pytest.mark.parametrize(("seconds", "how"), [(-400, "behind"), (400, "ahead")])
def test_a_wrong_clock(session: TenantSession, clock: VirtualClock, seconds: int, how: str) -> None:
    clock.start += seconds
    found = examine("main", Toy(), session)
    (probe,) = [probe for probe in found.probes if probe.finding == "clock"]
    assert how in probe.detail and "NTP" in probe.remedy and not found.fine


def test_a_clock_that_is_right_enough(session: TenantSession, clock: VirtualClock) -> None:
    clock.start += 200
    assert examine("main", Toy(), session).fine


def test_too_many_permissions(session: TenantSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Toy, "permissions", ("apps.read", "Mail.ReadWrite", "People.Read"))
    found = examine("main", Toy(), session)
    details = [probe.detail for probe in found.probes if probe.finding == "excess"]
    assert (
        details == ["Mail.ReadWrite is not needed, and can change things", "People.Read is not needed"] and found.fine
    )


class Failing(Toy):
    """Whose doctor stops after the first probe."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def doctor(self, session: Session) -> Iterator[Probe]:
        yield Probe("grants", "ok")
        raise self._error


@pytest.mark.parametrize(
    ("error", "finding"),
    [
        (TenantError(Trouble.UNREACHABLE, "away"), "unreachable"),
        (TenantError(Trouble.INTERCEPTED, "odd"), "intercepted"),
        (TenantError(Trouble.SERVER, "broken"), "error"),
        (KeyError("x"), "error"),
    ],
)
def test_what_the_connector_lets_through_concerns_the_rest(session: TenantSession, error: Any, finding: str) -> None:
    found = examine("main", Failing(error), session)
    assert findings(found) == {"grants": "ok", "*": finding, "apps": finding} and not found.fine


def test_a_signal_that_was_not_probed_is_not_fine(session: TenantSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Toy, "doctor", lambda self, session: iter(()))
    found = examine("main", Toy(), session)
    assert findings(found) == {"apps": "error", "grants": "error"} and not found.fine
    assert found.probes[0].remedy == "grant Apps.Read"


class Tiered(Toy):
    """Whose grants are of a tier that was not asked for."""

    signals = (Toy.signals[0], replace(Toy.signals[1], tier="deep", licence="a premium plan"))

    def wanted(self, settings: Mapping[str, str]) -> Sequence[Signal]:
        return self.signals[:1]

    def doctor(self, session: Session) -> Iterator[Probe]:
        yield Probe("apps", "ok")


def test_what_is_not_asked_for_is_not_needed(session: TenantSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tiered, "permissions", ("Apps.Read",))
    found = examine("main", Tiered(), session)
    assert found.probes == (
        Probe("apps", "ok"),
        Probe(
            "grants",
            "unasked",
            'tier = "deep" asks for it, and needs Grants.Read or Grants.ReadAll, and a premium plan',
        ),
    )
    assert found.fine


def test_a_permission_of_a_tier_that_is_not_asked_for_is_too_much(session: TenantSession) -> None:
    session.get(f"{session.settings['root']}/apps", quota=QUOTA)
    found = examine("main", Tiered(), session)
    assert [probe.detail for probe in found.probes if probe.finding == "excess"] == [
        'Grants.Read is not needed before tier = "deep"'
    ]


def test_what_is_required_and_not_asked_for_is_not_fine(
    session: TenantSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tiered, "signals", (Toy.signals[0], replace(Toy.signals[1], required=True)))
    assert not examine("main", Tiered(), session).fine
