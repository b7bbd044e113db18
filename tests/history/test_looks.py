"""What was looked at, and what a later look covers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shadowai.history.looks import (
    UNBOUNDED,
    identity,
    lacking,
    of_report,
    of_sweep,
    relevant,
    source_of,
    unknown_before,
    unseen,
)
from shadowai.history.model import Look, Shower
from shadowai.model import Gap, Origin, SourceSummary
from shadowai.tenant import Completeness, Outcome, Swept, Trouble
from tests.history.making import outcomes

WHOLE = Look("a", "", frozenset({"x"}), Completeness.COMPLETE, True, (5,))


@pytest.mark.parametrize(
    ("path", "same"),
    [
        ("logs/proxy-2026-11-20.log.gz", "logs/proxy-2026-11-21.log"),
        ("proxy_20261120.log", "proxy_20261121.log"),
        ("x/2026.11.20/fw.log", "x/2026.11.21/fw.log"),
        ("dns-2026-11-20T1200.log", "dns-2026-11-20T1300.log"),
        ("access.log", "access.log.1"),
        ("access.log.2.gz", "access.log.14.zst"),
    ],
)
def test_rotated_logs_are_one(path: str, same: str) -> None:
    assert identity(path) == identity(same)


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("fw1.log", "fw2.log"),
        ("site-10/fw.log", "site-11/fw.log"),
        ("a.log", "b.log"),
        ("id-20269999.log", "id-20268888.log"),
    ],
)
def test_other_numbers_tell_logs_apart(path: str, other: str) -> None:
    assert identity(path) != identity(other)


def test_a_scan_s_looks() -> None:
    sources = (
        SourceSummary("a.log", "squid_native", 5, 5, 5),
        SourceSummary("b.log", "bind", 5, 4, 4, unreadable=1),
        SourceSummary("c.log.1", "x", 1, 1, 1),
        SourceSummary("c.log", "y", 1, 1, 1),
    )
    gaps = (Gap(Origin("c.log", 3), "torn"), Gap(Origin("d.log"), "no permission"))
    found = {look.source: look for look in of_report(gaps, sources)}
    assert {name: look.completeness.value for name, look in found.items()} == {
        "a.log": "complete",
        "b.log": "partial",
        "c.log": "partial",
        "d.log": "failed",
    }
    assert found["c.log"].labels == {"x", "y"} and found["c.log"].files == 2 and found["c.log"].reason == "torn"
    assert not found["d.log"].gave and found["a.log"].reach == (UNBOUNDED,)


def _swept(*ends: Outcome, mode: str = "full", scope: str = "ai") -> Swept:
    made = Swept("main", "entra", "Entra", "t", 0, 1, "full", "ai", (), (), (), (), (), ends)
    return replace(made, mode=mode, scope=scope)  # type: ignore[arg-type]


def test_a_sweep_s_looks() -> None:
    ends = (*outcomes(apps="complete", audit="failed"), Outcome("g/1", "grants", Completeness.COMPLETE, pages=1))
    found = {look.part: look for look in of_sweep(_swept(*ends, Outcome("g/2", "grants", Completeness.FAILED)))}
    assert {part: (look.completeness.value, look.gave) for part, look in found.items()} == {
        "apps": ("complete", True),
        "audit": ("failed", False),
        "grants": ("partial", True),
    }
    assert found["apps"].labels == {"entra", "main", "entra:main", "entra:t"} and found["apps"].reach == (0, 1)


def test_a_sweep_of_nothing_has_looked_at_nothing() -> None:
    (look,) = of_sweep(_swept())
    assert look.completeness is Completeness.FAILED and not look.gave


def test_a_sweep_of_changes_is_as_whole_as_what_it_builds_on() -> None:
    ends = outcomes(apps="complete")
    full = of_sweep(_swept(*ends))
    assert of_sweep(_swept(*ends, mode="delta"), before=full)[0].reach == (0, 1)
    assert of_sweep(_swept(*ends, mode="delta"))[0].reach == (0, 0)
    assert source_of(_swept()) == "entra:t"


@pytest.mark.parametrize(
    ("later", "says"),
    [
        (WHOLE, ""),
        (replace(WHOLE, reach=(6,)), ""),
        (replace(WHOLE, reach=(4,)), "less widely"),
        (replace(WHOLE, reach=(5, 5)), "less widely"),
        (replace(WHOLE, files=0), "less widely"),
        (replace(WHOLE, source="b"), "not looked at"),
        (replace(WHOLE, completeness=Completeness.PARTIAL, reason="torn"), "torn"),
    ],
)
def test_what_a_later_look_lacks(later: Look, says: str) -> None:
    found = lacking([WHOLE], [later])
    assert (says in found[0]) if says else found == []


def test_without_any_look_nothing_can_be_told() -> None:
    assert lacking([], [WHOLE]) == ["it is not known what had shown it"]


def test_relevant_looks() -> None:
    other = replace(WHOLE, source="b", labels=frozenset({"y"}))
    failed = replace(WHOLE, source="c", gave=False)
    assert relevant([WHOLE, other, failed], {"y"}) == [other]
    assert relevant([WHOLE, other, failed], {"z"}) == [WHOLE, other]


def test_what_was_not_known_before() -> None:
    assert unknown_before([WHOLE], [replace(WHOLE, reach=(9,))]) == []
    assert unknown_before([WHOLE], [replace(WHOLE, reach=(1,))]) == ["a"]


def test_what_a_narrower_sweep_does_not_show_may_be_there_still() -> None:
    shower = Shower("entra:t", "grants/1")
    wide = Look("entra:t", "grants", frozenset(), Completeness.COMPLETE, True, (2, 1), done=("grants/1",))
    narrow, other = replace(wide, reach=(0, 1)), replace(wide, part="more")
    assert unseen(frozenset({shower}), [wide], [wide]) == {}
    assert unseen(frozenset({shower}), [wide], [narrow]) == {shower: "entra:t/grants was looked at less widely"}
    assert unseen(frozenset({shower}), [replace(wide, part="apps", done=())], [other]) == {}
    less = unseen(frozenset({shower}), [replace(wide, part="apps", done=())], [replace(other, reach=(0, 1))])
    assert less == {shower: "entra:t/more was looked at less widely"}


@pytest.mark.parametrize(
    ("more", "gave"),
    [({}, False), ({"pages": 1}, True), ({"items": 3}, True), ({"completeness": Completeness.PARTIAL}, True)],
)
def test_a_task_that_failed_may_have_given_something(more: dict[str, Any], gave: bool) -> None:
    outcome = replace(Outcome("grants/1", "grants", Completeness.FAILED, Trouble.THROTTLED), **more)
    (look,) = of_sweep(_swept(outcome))
    assert look.gave is gave


def test_tasks_of_a_look_stand_in_order() -> None:
    names = [f"grants/{letter}" for letter in "qwertyuiop"]
    (look,) = of_sweep(_swept(*(Outcome(n, "grants", Completeness.COMPLETE) for n in names)))
    assert look.done == tuple(sorted(names))
