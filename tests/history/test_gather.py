"""What is kept of reports and sweeps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.history import bodies, gather
from shadowai.history.model import Finding, Shower
from shadowai.model import Actor, Gap, Origin, Report, Usage
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


def test_who_a_row_is_of() -> None:
    rows = {
        Actor("ann", "laptop", "192.0.2.7"): ("ann", "laptop", "192.0.2.7"),
        Actor(None, None, "192.0.2.7"): (None, None, "192.0.2.7"),
        None: (None, None, None),
    }
    for who, parts in rows.items():
        thing = gather.item(replace(entry("claude", "x"), actor=who)).thing
        assert isinstance(thing, Finding) and (thing.user, thing.device, thing.address) == parts


def test_scans_and_sweeps_are_told_apart() -> None:
    assert (scan().kind, sweep().kind) == ("scan", "sweep")


def test_a_grant_that_has_a_date_keeps_it() -> None:
    own, none = grant("a", "p", granted=5, date_source="api"), grant("a", "q")
    times = {bodies.key(one.id): 3 for one in (own, none)}
    assert list(gather.dated([own, none], times)) == [own, replace(none, granted=3, date_source="first_sweep")]
    assert list(gather.dated([none], {})) == [none]


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


def test_a_run_of_several_sweeps_began_with_the_first() -> None:
    first, second = (made_sweep(name, day, [], []) for name, day in (("a.example", 0), ("b.example", 1)))
    for several in ([first, second], [second, first]):
        found = gather.of_sweep([Report((), by="service")], several)
        assert (found.began, found.ended) == (first.began, second.ended)


def test_dated_grants_are_those_that_were_given_with_their_dates() -> None:
    one, two = grant("a", "p"), grant("a", "q", granted=5, date_source="api")
    made = gather.Dated([one, two], {bodies.key(one.id): 3})
    assert len(made) == 2 and list(made) == list(made)
    assert replace(one, granted=3, date_source="first_sweep") in made and two in made
    assert one not in made and gather.Dated([one], {bodies.key(one.id): 3}).__contains__(two) is False
