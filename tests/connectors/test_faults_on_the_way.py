"""Three requests in ten that fail, and sweeps that are stopped again and again, lose and invent nothing; whichever connector it is."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from shadowai.tenant import Swept, TenantError, Trouble
from tests.connectors import test_anthropic, test_github, test_okta, test_openai, test_slack
from tests.connectors.saas_server import START, Saas, failures
from tests.sweep.service import VirtualClock

okta, github, slack = test_okta.tenant, test_github.github, test_slack.slack
openai, anthropic = test_openai.service, test_anthropic.service

WHOLE: dict[str, ModuleType] = {
    "okta": test_okta,
    "github": test_github,
    "slack": test_slack,
    "openai": test_openai,
    "anthropic": test_anthropic,
}
"""Where the fixture of each name, a service as it is, is swept."""


def everything(found: Swept) -> tuple[Any, ...]:
    """All that a sweep gave."""
    return found.apps, found.grants, found.people, found.events, found.activity


@pytest.mark.parametrize("name", WHOLE)
def test_three_faults_in_ten_lose_and_invent_nothing(request: pytest.FixtureRequest, tmp_path: Path, name: str) -> None:
    service: Saas = request.getfixturevalue(name)
    whole = WHOLE[name].swept(service, tmp_path / "whole")
    assert failures(whole) == {} and whole.grants
    service.failing = 0.3
    faulty = WHOLE[name].swept(service, tmp_path / "faulty", tries=12)
    assert failures(faulty) == {} and everything(faulty) == everything(whole)
    assert service.failed > 2 and faulty.retries >= service.failed - 1


class Stopping(VirtualClock):
    """A clock that stops the sweep after so many looks at it."""

    def __init__(self, looks: int) -> None:
        super().__init__(START)
        self.looks = looks

    def check(self) -> None:
        self.looks -= 1
        if self.looks < 0:
            raise TenantError(Trouble.STOPPED, "stopped")


@pytest.mark.parametrize("name", WHOLE)
def test_a_sweep_stopped_again_and_again_ends_with_the_same(
    request: pytest.FixtureRequest, tmp_path: Path, name: str
) -> None:
    service: Saas = request.getfixturevalue(name)
    swept = WHOLE[name].swept
    whole = swept(service, tmp_path / "whole")
    stopped = [swept(service, tmp_path / "stopped", clock=Stopping(looks)) for looks in (2, 5, 9, 14)]
    assert any(one.trouble is Trouble.STOPPED for one in stopped[0].outcomes)
    for found in stopped:
        assert set(found.grants) <= set(whole.grants) and set(found.events) <= set(whole.events)
    ended = swept(service, tmp_path / "stopped")
    assert failures(ended) == {} and everything(ended) == everything(whole)
