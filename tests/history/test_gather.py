"""What is kept of reports and sweeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.history import gather
from shadowai.history.model import Finding, Shower
from shadowai.model import Gap, Origin, Report, Usage
from tests.history.making import By, app, entry, grant, made_sweep, scan, sweep, together


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


def test_a_row_hangs_on_what_showed_everything_under_its_service() -> None:
    """Of the tenants that have a part in it; nothing is said where that is not known of each of them."""
    grants = By({"grants/1": [grant("chatgpt", "p1")], "grants/2": [grant("chatgpt", "p2"), grant("other", "p1")]})
    ours = made_sweep("a.example", 0, By({"apps/1": [app("chatgpt"), app("other")]}), grants)
    theirs = made_sweep("b.example", 0, [app("chatgpt")], [])
    for rows, tasks in (
        ({"a.example": ["chatgpt"]}, {"apps/1", "grants/1", "grants/2"}),
        ({"a.example": ["chatgpt"], "b.example": ["chatgpt"]}, set()),
    ):
        (item,) = together(ours, theirs, rows=rows).entries
        assert item.shown == {Shower("entra:a.example", task) for task in tasks}
    (item,) = together(ours, theirs, rows={"a.example": ["other"]}).entries
    assert {shower.task for shower in item.shown} == {"apps/1", "grants/2"}
