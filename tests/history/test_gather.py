"""What is kept of reports and sweeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.history import gather
from shadowai.history.nouns import Finding
from shadowai.model import Gap, Origin, Report, Usage
from tests.history.making import entry, scan, sweep


@pytest.mark.parametrize(
    ("more", "used"), [({}, True), ({"events": 0}, False), ({"usage": Usage.RESOLVED}, False), ({"usage": None}, False)]
)
def test_use_is_what_breaches_a_policy(more: dict[str, object], used: bool) -> None:
    thing = gather.item(entry("claude", None, **more)).thing
    assert isinstance(thing, Finding) and thing.used is used


def test_by_service_and_by_user() -> None:
    service, user = gather.item(entry("claude", names=("b", "a"))), gather.item(entry("claude", "ann"))
    assert (service.kind, user.kind) == ("service", "user") and service.key != user.key
    assert isinstance(service.thing, Finding) and isinstance(user.thing, Finding)
    assert service.thing.names == ("a", "b") and (service.thing.users, user.thing.users) == (1, None)


def test_a_memory_is_complete_without_gaps_alone() -> None:
    assert scan().complete and not scan(gaps=["proxy.log"]).complete
    report = Report((), (Gap(Origin("x"), "y", 3),))
    assert gather.of_sweep([report], []).gaps == 3 and sweep().complete


def test_both_reports_are_kept() -> None:
    reports = [Report((entry("claude"),)), Report((entry("claude", "ann"),), by="user")]
    assert [item.kind for item in gather.of_scan(reports, began=0, ended=1).entries] == ["service", "user"]


def test_the_policy_s_digest(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(b"\xff")
    one = gather.policy_digest(path)
    path.write_bytes(b"\xfe")
    assert one and gather.policy_digest(path) != one and gather.policy_digest(None) == ""
    with pytest.raises(UsageError, match="cannot read the policy"):
        gather.policy_digest(tmp_path / "none")
