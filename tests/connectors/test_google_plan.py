"""What is asked of Google Workspace, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest

from shadowai.connector import Mode, Scope, View
from shadowai.tenant import App, Grant, Person, Task
from shadowai_connectors.google_logs import KEPT, Mark
from shadowai_connectors.google_plan import LANES, SHARDS, SLICES, lane, plan, slice_of
from shadowai_connectors.rest import DAY, SECOND
from tests.connectors.google_server import ADMINISTRATOR, CHATGPT, NOTES

NOW = 1_790_000_000 * SECOND
LOGS = [lane(event, number) for event in LANES for number in range(LANES[event])]


@dataclass
class Planned:
    """A view of a sweep, as it is told."""

    now: int = NOW
    mode: Mode = "targeted"
    scope: Scope = "ai"
    marks: Mapping[str, str | None] = field(default_factory=dict)
    found: list[App] = field(default_factory=list)
    given: list[Grant] = field(default_factory=list)
    complete: set[str] = field(default_factory=set)
    others: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> Mapping[str, str]:
        return {"administrator": ADMINISTRATOR, "key": "env:X", **self.others}

    def apps(self) -> Iterator[App]:
        return iter(self.found)

    def grants(self) -> Iterator[Grant]:
        return iter(self.given)

    def is_ai(self, app: App) -> bool:
        return app.id == CHATGPT or app.kind == "extension"

    def is_complete(self, task: str) -> bool:
        return task in self.complete

    def mark(self, task: str) -> str | None:
        return self.marks.get(task)

    def principals(self) -> Iterator[str]:
        return iter(())

    def people(self) -> Iterator[Person]:
        return iter(())


def tasks(**told: Any) -> dict[str, Task]:
    view: View = Planned(**told)
    found = list(plan(view))
    assert len({task.name for task in found}) == len(found)
    return {task.name: task for task in found}


def spans(found: Mapping[str, Task], event: str = "authorize") -> list[tuple[int, int]]:
    return [(int(task.arguments[1]), int(task.arguments[2])) for name, task in found.items() if name.startswith(event)]


def read(days: float = 0.0, daily: int = 0) -> dict[str, str | None]:
    """The marks of a sweep so many days ago."""
    parts = spans(tasks(now=NOW - int(days * DAY)))
    marks: dict[str, str | None] = {lane("authorize", n): str(Mark(*parts[n], daily)) for n in range(4)}
    return {**marks, "revoke/1-of-1": str(Mark(parts[-1][0], parts[0][1], daily // 20))}


def test_the_first_sweep_reads_all_that_is_kept_in_four_parts() -> None:
    found = tasks()
    parts = sorted(spans(found))
    assert parts[0][0] == NOW - KEPT and parts[-1][1] == NOW and len(parts) == 4
    assert all(one[1] == other[0] for one, other in pairwise(parts))
    assert spans(found, "revoke") == [(NOW - KEPT, NOW)]
    assert not any(task.changes for task in found.values())
    assert all(found[name].weight > 1 for name in LOGS)


def test_the_plan_is_the_same_after_a_restart() -> None:
    assert tasks(complete=set(LOGS)) == tasks()


def test_a_day_later_only_the_end_is_read_and_the_rest_stands() -> None:
    found = tasks(mode="delta", marks=read(1))
    assert spans(found)[0] == (NOW - 3 * DAY, NOW)
    assert all(start == end for start, end in spans(found)[1:])
    assert all(found[name].changes for name in LOGS)


def test_the_overlap_is_two_days_unless_that_costs_too_much() -> None:
    assert spans(tasks(mode="delta", marks=read(1, daily=1_000)))[0][0] == NOW - 3 * DAY
    busy = NOW - spans(tasks(mode="delta", marks=read(1, daily=5_556)))[0][0]
    assert 1.25 * DAY <= busy <= 7_000 / 5_556 * DAY + SECOND
    very = NOW - spans(tasks(mode="delta", marks=read(1, daily=1_000_000)))[0][0]
    assert very == 1.25 * DAY


@pytest.mark.parametrize("days", [200, 2000])
def test_nothing_older_than_what_is_kept_is_asked_for(days: int) -> None:
    found = tasks(mode="delta", marks=read(days))
    assert spans(found)[0] == (NOW - KEPT, NOW)


def test_a_full_sweep_reads_all_again_and_forgets_nothing() -> None:
    found = tasks(mode="full", marks=read(30))
    assert sorted(spans(found))[0][0] == NOW - KEPT and spans(found)[0][1] == NOW
    assert all(found[name].changes for name in LOGS)


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
@pytest.mark.parametrize("days", [0, 1, 40])
def test_a_part_that_was_not_read_is_read_later_without_a_hole(missing: int, days: int) -> None:
    marks = {**read(days), lane("authorize", missing): None}
    found = tasks(mode="delta", marks=marks)
    covered = [(start, end) for start, end in spans(found) if end > start]
    for name, mark in marks.items():
        if mark is not None and name.startswith("authorize"):
            start, end, _ = map(int, mark.split())
            covered.append((start, end))
    covered.sort()
    reached = NOW - KEPT
    for start, end in covered:
        assert start <= reached or start <= NOW - KEPT
        reached = max(reached, end)
    assert reached == NOW and not found[lane("authorize", missing)].changes


def test_what_changes_slowly_is_read_once_a_week() -> None:
    slow = {"people/all", "extensions/all", "requests/all", "gemini/gemini_notebook"}
    assert slow <= set(tasks())
    young = {**read(1), **dict.fromkeys(slow, str(NOW - 6 * DAY))}
    assert not slow & set(tasks(mode="delta", marks=young))
    old = {**read(1), **dict.fromkeys(slow, str(NOW - 7 * DAY))}
    assert slow <= set(tasks(mode="delta", marks=old))
    assert slow <= set(tasks(mode="full", marks=young))


def app(unique: str, **others: Any) -> App:
    return App("google", "example.com", unique, unique, **others)


def given(who: str, unique: str = CHATGPT, **others: Any) -> Grant:
    return Grant("google", "example.com", f"{unique}/{who}", unique, others.pop("kind", "delegated"), who, **others)


def test_matched_apps_are_followed_and_others_are_not() -> None:
    found = tasks(found=[app(CHATGPT), app(NOTES), app("ext", kind="extension"), app("own", first_party=True)])
    assert f"use/{CHATGPT}" in found and f"use/{NOTES}" not in found and "use/own" not in found
    assert {"profiles/ext", "devices/ext"} <= set(found) and "askers/ext" not in found
    asked = tasks(found=[app("ext", kind="extension")], given=[given("x", "ext", kind="request")])
    assert asked["askers/ext"].arguments == ("ext", str(NOW))


def test_an_id_that_would_be_a_second_filter_is_not_asked_for() -> None:
    class Everything(Planned):
        def is_ai(self, app: App) -> bool:
            return True

    assert not [task for task in plan(Everything(found=[app("a,app_name==b")])) if task.name.startswith("use/")]


def test_tokens_are_planned_only_where_they_are_wanted() -> None:
    ready = {"found": [app(CHATGPT)], "given": [given("1")], "complete": set(LOGS)}
    assert not [name for name in tasks(**ready) if name.startswith("tokens/")]
    found = tasks(**ready, others={"tokens_list": "true"})
    users = [user for name, task in found.items() if name.startswith("tokens/ai-") for user in task.arguments[2:]]
    assert users == ["1"]


def test_users_of_ai_are_known_when_the_log_has_been_read() -> None:
    found = tasks(found=[app(CHATGPT)], given=[given("1")], complete=set(LOGS[1:]), others={"tokens_list": "true"})
    assert not [name for name in found if name.startswith("tokens/ai-")]


def test_a_slice_a_day_and_all_in_a_week() -> None:
    seen: set[str] = set()
    for day in range(SLICES):
        today = {name for name in tasks(now=NOW + day * DAY, others={"tokens_list": "true"}) if "slice" in name}
        assert len(today) == SHARDS and not today & seen
        seen |= today
    assert len(seen) == SLICES * SHARDS
    everything = {name for name in tasks(mode="full", others={"tokens_list": "true"}) if "slice" in name}
    assert everything == seen


def test_a_slice_is_read_once_a_day_and_made_good_when_its_day_was_missed() -> None:
    own = {"tokens_list": "true"}
    today = [name for name in tasks(others=own) if "slice" in name]
    read_now = {**read(0), **dict.fromkeys(today, str(NOW - DAY // 24))}
    assert not [name for name in tasks(mode="delta", marks=read_now, others=own) if "slice" in name]
    missed = {**read(0), "tokens/slice-1-1": str(NOW - 8 * DAY)}
    assert "tokens/slice-1-1" in tasks(mode="delta", marks=missed, others=own)


def test_a_sweep_of_changes_asks_for_those_who_have_consented_since() -> None:
    marks = {**read(1), **{f"tokens/ai-{n}": str(NOW - DAY) for n in range(1, 17)}}
    grants = [given("old", granted=NOW - 9 * DAY), given("new", granted=NOW - DAY // 2), given("undated")]
    found = tasks(
        mode="delta",
        marks=marks,
        found=[app(CHATGPT)],
        given=grants,
        complete=set(LOGS),
        others={"tokens_list": "true"},
    )
    mine = {name: task for name, task in found.items() if name.startswith("tokens/ai-")}
    assert [user for task in mine.values() for user in task.arguments[2:]] == ["new"]
    assert len(mine) == 16 and all(task.changes for task in mine.values())


def test_users_fall_into_slices_evenly_and_for_good() -> None:
    parts = [slice_of(str(number)) for number in range(2800)]
    assert len(set(parts)) == SLICES * SHARDS
    assert max(parts.count(part) for part in set(parts)) < 200
    assert slice_of("1001") == slice_of("1001")


def test_marks_of_a_clock_that_was_ahead_are_not_built_on() -> None:
    later = NOW + 3650 * DAY
    marks: dict[str, str | None] = {name: str(Mark(later - KEPT, later, 5)) for name in LOGS}
    marks |= {name: str(later) for name in ("people/all", "extensions/all", "tokens/slice-1-1")}
    for mode in ("targeted", "delta"):
        tasks = {
            task.name: task
            for task in plan(Planned(mode=mode, marks=marks, others={"tier": "deep", "tokens_list": "true"}))
        }
        read = [tuple(map(int, tasks[lane("authorize", n)].arguments[1:3])) for n in range(LANES["authorize"])]
        assert min(start for start, _ in read) <= NOW - KEPT + DAY and max(end for _, end in read) == NOW
        assert "people/all" in tasks and not tasks[LOGS[0]].changes
