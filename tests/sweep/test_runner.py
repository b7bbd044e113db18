"""A sweep ends with everything, or says what it could not look at."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from shadowai.connector import Session, View
from shadowai.sweep.clock import WallClock
from shadowai.sweep.runner import DAY, WEEK, Runner, Wanted
from shadowai.sweep.session import TenantSession, open_session
from shadowai.sweep.store import Store
from shadowai.tenant import (
    Activity,
    App,
    Completeness,
    CursorExpired,
    Grant,
    Item,
    Missed,
    Page,
    Removed,
    Swept,
    Task,
    TenantError,
    Trouble,
)
from tests.conftest import ROOT
from tests.sweep.service import SECRET, Service, Toy, VirtualClock, reply, settings

APPS = [f"app{n:05d}" for n in range(10)]
GRANTS = sorted(f"{app}-{n}" for app in APPS for n in range(5))


def runner(session: TenantSession, folder: Path, connector: Any = None, **wanted: Any) -> Runner:
    store = Store(folder / "toy.sqlite")
    return Runner(connector or Toy(), session, store, Wanted("toy", **wanted), is_ai=lambda app: True, workers=4)


def sweep(session: TenantSession, folder: Path, connector: Any = None, **wanted: Any) -> Swept:
    return runner(session, folder, connector, **wanted).run()


def ids(items: Any) -> list[str]:
    return [item.id for item in items]


def troubles(found: Swept) -> dict[str, tuple[Completeness, Trouble | None]]:
    return {o.task: (o.completeness, o.trouble) for o in found.outcomes if o.completeness is not Completeness.COMPLETE}


def test_everything_is_found(session: TenantSession, service: Service, tmp_path: Path) -> None:
    found = sweep(session, tmp_path)
    assert found.complete and found.requests == 4 + 30 + 1
    assert ids(found.apps) == APPS and ids(found.grants) == GRANTS and len(found.grants) == 50
    assert len(found.outcomes) == 11 and {outcome.completeness for outcome in found.outcomes} == {Completeness.COMPLETE}
    assert (found.mode, found.scope, found.platform, found.tenant) == ("targeted", "ai", "toy", "toys.example")
    assert service.tokens == 1


def test_a_third_of_all_answers_fail_and_nothing_is_lost(
    session: TenantSession, service: Service, tmp_path: Path
) -> None:
    service.apps, service.failing = 40, 0.3
    found = sweep(session, tmp_path)
    assert troubles(found) == {}
    assert len(found.apps) == 40 and len(found.grants) == 200 and found.retries > 40 and found.throttled > 10


def test_a_task_that_fails_leaves_the_others_alone(session: TenantSession, service: Service, tmp_path: Path) -> None:
    service.always["/grants/app00003"] = reply(403, {"error": {"code": "denied", "message": f"no for {SECRET}"}})
    found = sweep(session, tmp_path)
    assert troubles(found) == {"grants/app00003": (Completeness.FAILED, Trouble.SCOPE)}
    (outcome,) = [outcome for outcome in found.outcomes if outcome.trouble]
    assert outcome.detail == "403 denied: no for [hidden]"
    assert outcome.remedy == "needs Grants.Read or Grants.ReadAll"
    assert ids(found.grants) == [grant for grant in GRANTS if not grant.startswith("app00003")]


def test_a_task_that_fails_midway_is_partial(session: TenantSession, service: Service, tmp_path: Path) -> None:
    page = reply(200, {"value": [{"id": "app00003-0"}], "next": f"{service.root}/grants/app00003?from=2"})
    service.put["/grants/app00003"] = [page, *[reply(500, {})] * 12]
    found = sweep(session, tmp_path)
    assert troubles(found) == {"grants/app00003": (Completeness.PARTIAL, Trouble.SERVER)}
    assert "app00003-0" in ids(found.grants) and "app00003-1" not in ids(found.grants)


def test_without_apps_nothing_is_planned_on_them(session: TenantSession, service: Service, tmp_path: Path) -> None:
    service.always["/apps"] = reply(403, {})
    found = sweep(session, tmp_path)
    assert troubles(found) == {"apps": (Completeness.FAILED, Trouble.SCOPE)} and not found.complete


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"value": [{"id": "a"}], "next": "{root}/apps"}, "already given"),
        ({"value": [{"id": "a"}], "next": "string"}, "no address"),
        ({"value": [{"id": "a"}], "next": "https://elsewhere.example/apps"}, "refused"),
        ({"value": [{"nid": "a"}]}, "not as documented (KeyError in "),
        ({"value": None}, "not as documented (TypeError in "),
        ([], "not as documented (AttributeError in "),
        (None, "not as documented (AttributeError in "),
    ],
)
def test_answers_that_mislead(session: TenantSession, service: Service, tmp_path: Path, body: Any, says: str) -> None:
    text = json.dumps(body).replace("{root}", service.root)
    service.always["/apps"] = reply(200, text.encode())
    found = sweep(session, tmp_path)
    (outcome,) = found.outcomes
    assert outcome.trouble is Trouble.UNEXPECTED and says in outcome.detail
    assert outcome.completeness is not Completeness.COMPLETE


def test_pages_without_end(
    session: TenantSession, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shadowai.sweep.runner.PAGES", 5)
    service.apps = 1000
    found = sweep(session, tmp_path)
    (outcome,) = found.outcomes
    assert (outcome.completeness, outcome.pages) == (Completeness.PARTIAL, 5) and "no end after" in outcome.detail


def test_an_expired_cursor_starts_the_task_again(session: TenantSession, service: Service, tmp_path: Path) -> None:
    first = reply(200, {"value": [{"id": "ghost"}], "next": f"{service.root}/apps?from=3"})
    service.put["/apps"] = [first, reply(410, {"error": {"code": "expired"}})]
    found = sweep(session, tmp_path)
    assert found.complete and ids(found.apps) == APPS  # what was gathered before is forgotten, not kept beside


def test_cursors_that_always_expire(session: TenantSession, service: Service, tmp_path: Path) -> None:
    service.always["/apps"] = reply(410, {"error": {"code": "expired"}})
    found = sweep(session, tmp_path)
    assert troubles(found) == {"apps": (Completeness.FAILED, Trouble.UNEXPECTED)}
    assert service.paths()["/apps"] == 5


def test_a_stop_keeps_what_there_is_and_the_next_sweep_goes_on(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY_SECRET", SECRET)
    stop = threading.Event()

    class Stopping(Toy):
        def run(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
            for page in super().run(task, session, cursor):
                if task.name == "grants/app00004" and not stop.is_set():
                    stop.set()
                yield page

    with open_session(Toy(), settings(service), clock=WallClock(stop)) as session:
        made = runner(session, tmp_path, Stopping())
        found = made.run()
        made.remembered()
    assert not found.complete and {trouble for _, trouble in troubles(found).values()} == {Trouble.STOPPED}
    asked = len(service.asked)
    with open_session(Toy(), settings(service)) as session:
        again = sweep(session, tmp_path)
    assert again.complete and ids(again.grants) == GRANTS and again.began == found.began
    assert len(service.asked) - asked < 35 - 5


def test_what_is_planned_on_a_half_is_not_asked_for_twice(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sweep that goes on ends what is open before it plans on it, as one that was never stopped."""
    monkeypatch.setenv("TOY_SECRET", SECRET)
    stop = threading.Event()

    class Together(Toy):
        def plan(self, view: View) -> Sequence[Task]:
            several = [app.id for app in view.apps()]
            together = [Task(f"grants/of {len(several)}", "grants", (one,)) for one in several[:1]]
            return [Task("apps", "apps", weight=10), *together]

        def run(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
            for page in super().run(task, session, cursor):
                yield page
                if task.name == "apps":
                    stop.set()

    with open_session(Together(), settings(service), clock=WallClock(stop)) as session:
        assert not sweep(session, tmp_path, Together()).complete
    with open_session(Together(), settings(service)) as session:
        found = sweep(session, tmp_path, Together())
    assert found.complete and {one.task for one in found.outcomes} == {"apps", "grants/of 10"}


def test_a_finished_sweep_that_was_not_remembered_asks_nothing_again(
    session: TenantSession, service: Service, tmp_path: Path
) -> None:
    first = sweep(session, tmp_path)
    asked = len(service.asked)
    again = sweep(session, tmp_path)
    assert len(service.asked) == asked
    assert ids(again.apps) == ids(first.apps) and again.outcomes == first.outcomes


@pytest.mark.parametrize("change", [{"resume": False}, {"scope": "all"}, {"mode": "full"}, {"age": DAY}])
def test_another_sweep_is_begun_anew(
    session: TenantSession, service: Service, tmp_path: Path, clock: VirtualClock, change: Mapping[str, Any]
) -> None:
    sweep(session, tmp_path)
    asked = len(service.asked)
    clock.passed += change.get("age", 0) / 1e6
    sweep(session, tmp_path, **{key: value for key, value in change.items() if key != "age"})
    assert len(service.asked) - asked >= 34


def test_killed_at_any_point_the_result_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill -9, over and over, then let it end: everything is there once, and no page was asked for much more than once."""
    service = Service(apps=30)
    environ = {**os.environ, "TOY_SECRET": SECRET, "PYTHONPATH": str(ROOT)}
    draw = random.Random(4)
    command = [sys.executable, "-m", "tests.sweep.killed", service.root, str(tmp_path / "toy.sqlite"), "0.02"]
    kills, output = 0, b""
    while not output:
        process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, cwd=ROOT)
        try:
            output, _ = process.communicate(timeout=0.35 + draw.random() * 0.3 if kills < 5 else 60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
    service.close()
    complete, apps, grants = json.loads(output)
    assert complete and kills >= 2
    assert apps == [f"app{n:05d}" for n in range(30)]
    assert grants == sorted(f"{app}-{n}" for app in apps for n in range(5))
    pages = {path: count for path, count in service.paths().items() if path != "/token"}
    assert len(pages) == 10 + 90
    assert sum(pages.values()) - len(pages) <= 4 * kills  # at most what was under way in each of the four workers


class Ledger:
    """A connector whose pages are put down in advance: per task, in order; an exception is raised."""

    name, title = "ledger", "Ledger"
    settings: Mapping[str, str] = {"root": "where"}
    secrets: tuple[str, ...] = ()
    signals = Toy.signals
    allowed, tenant, token, doctor, wanted = Toy.allowed, Toy.tenant, Toy.token, Toy.doctor, Toy.wanted

    def __init__(self, tasks: Mapping[Task, Sequence[Page | BaseException]]) -> None:
        self.tasks = tasks

    def plan(self, view: View) -> Sequence[Task]:
        return [replace(t, arguments=(view.mark(t.name) or "",)) for t in self.tasks]

    def run(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
        for page in self.tasks[replace(task, arguments=())]:
            if isinstance(page, BaseException):
                raise page
            yield page


def app(id: str, **more: Any) -> App:
    return App("ledger", "t", id, more.pop("name", id), **more)


def grant(id: str, **more: Any) -> Grant:
    return Grant("ledger", "t", id, "app", "delegated", **more)


def page(*items: Item, **more: Any) -> Page:
    return Page(items, **more)


def ledger(
    session: TenantSession, folder: Path, tasks: Mapping[Task, Sequence[Page | BaseException]], **wanted: Any
) -> Swept:
    """A whole sweep, remembered."""
    made = runner(session, folder, Ledger(tasks), **wanted)
    found = made.run()
    kept = replace(found, apps=tuple(found.apps), grants=tuple(found.grants), activity=tuple(found.activity))
    made.remembered()
    return kept


def test_a_delta_changes_what_earlier_sweeps_gathered(session: TenantSession, tmp_path: Path) -> None:
    task, delta = Task("grants", "grants"), Task("grants", "grants", changes=True)
    ledger(session, tmp_path, {task: [page(grant("a", scopes=("x", "y")), grant("b"), grant("c"), mark="link-1")]})
    changes = [
        page(Removed("ledger", "t", "grant", "b"), grant("c", scopes=("new",)), cursor="next"),
        page(Removed("ledger", "t", "grant", "d"), grant("d"), grant("a", scopes=("x",)), mark="link-2"),
    ]
    found = ledger(session, tmp_path, {delta: changes}, mode="delta")
    assert found.complete and [(g.id, g.scopes) for g in found.grants] == [("a", ("x",)), ("c", ("new",)), ("d", ())]
    later = ledger(session, tmp_path, {delta: [page(mark="link-3")]}, mode="delta")
    assert ids(later.grants) == ["a", "c", "d"]


@pytest.mark.parametrize(("days", "mode"), [(-400, "delta"), (-1, "delta"), (-8, "full"), (30, "full")])
def test_nothing_is_built_on_a_sweep_that_is_to_come(
    session: TenantSession, tmp_path: Path, days: int, mode: str
) -> None:
    made = runner(session, tmp_path, Ledger({}))
    last = session.now + days * 86_400_000_000 if days != -400 else session.now
    with patch.object(Store, "reconciled", lambda store: last):
        assert made._usual_mode() == mode


def test_a_delta_that_ends_early_keeps_its_mark_and_its_ground(session: TenantSession, tmp_path: Path) -> None:
    task, delta = Task("grants", "grants"), Task("grants", "grants", changes=True)
    ledger(session, tmp_path, {task: [page(grant("a"), grant("b"), mark="link-1")]})
    broken: list[Page | BaseException] = [
        page(Removed("ledger", "t", "grant", "a"), cursor="n"),
        TenantError(Trouble.SERVER, "gone"),
    ]
    found = ledger(session, tmp_path, {delta: broken}, mode="delta")
    assert not found.complete and ids(found.grants) == ["b"]
    made = runner(session, tmp_path, Ledger({delta: []}), mode="delta")
    assert made._view.mark("grants") == "link-1" and ids(made._view.grants()) == ["a", "b"]
    made.run()
    assert ids(made._view.grants()) == ["a", "b"]


def test_an_expired_mark_becomes_a_whole_collection(session: TenantSession, tmp_path: Path) -> None:
    whole, delta = Task("grants", "grants"), Task("grants", "grants", changes=True)
    ledger(session, tmp_path, {whole: [page(grant("a"), grant("b"), mark="link-1")]})

    class Expiring(Ledger):
        def plan(self, view: View) -> Sequence[Task]:
            mark = view.mark("grants")
            return [replace(delta, arguments=(mark,)) if mark else whole]

        def run(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
            if task.changes:
                yield page(grant("half"), cursor="half")
                raise CursorExpired
            yield page(grant("b"), grant("c"), mark="link-2")

    found = runner(session, tmp_path, Expiring({}), mode="delta").run()
    assert found.complete and ids(found.grants) == ["b", "c"]


def test_a_delta_sweep_carries_what_it_does_not_ask_for(
    session: TenantSession, tmp_path: Path, clock: VirtualClock
) -> None:
    one, two = Task("apps/1", "apps"), Task("apps/2", "apps")
    ledger(session, tmp_path, {one: [page(app("a"))], two: [page(app("b"))]})
    clock.passed += 86_400
    found = ledger(session, tmp_path, {one: [page(app("a2"))]}, mode="delta")
    assert ids(found.apps) == ["a2", "b"]
    told = [(o.task, o.as_of < found.began) for o in found.outcomes if o.signal == "apps"]
    assert told == [("apps/1", False), ("apps/2", True)]
    clock.passed += 9 * 86_400
    assert ids(ledger(session, tmp_path, {one: [page(app("a3"))]}, mode="delta").apps) == ["a3"]
    assert ids(ledger(session, tmp_path, {two: [page(app("b"))]}, mode="full").apps) == ["b"]


def test_modes_take_turns(session: TenantSession, tmp_path: Path, clock: VirtualClock) -> None:
    task = Task("apps", "apps")
    failing: dict[Task, Sequence[Page | BaseException]] = {task: [TenantError(Trouble.SERVER, "no")]}
    fine: dict[Task, Sequence[Page | BaseException]] = {task: [page(app("a"))]}
    seen = []
    for tasks, days in ((failing, 1), (fine, 1), (fine, 1), (fine, 6), (failing, 1), (fine, 1), (fine, 1)):
        seen.append(ledger(session, tmp_path, tasks).mode)
        clock.passed += days * 86_400
    assert seen == ["targeted", "targeted", "delta", "delta", "full", "full", "delta"]
    assert WEEK == 7 * DAY


def test_one_thing_met_by_several_tasks_is_one(session: TenantSession, tmp_path: Path) -> None:
    tasks: dict[Task, Sequence[Page | BaseException]] = {
        Task("a", "apps"): [page(app("x", publisher="P", reply_urls=("u1",)), Activity("l", "t", "x", None, 1, 2, 3))],
        Task("b", "apps"): [page(app("x", homepage="H", reply_urls=("u1", "u2"), name=""), cursor="c"), page(app("y"))],
        Task("c", "apps"): [page(Activity("l", "t", "x", None, 3, 4, 5), Activity("l", "t", "x", None, 3, 4, 5))],
    }
    found = ledger(session, tmp_path, tasks)
    assert found.apps == (app("x", publisher="P", homepage="H", reply_urls=("u1", "u2")), app("y"))
    assert sum(activity.events for activity in found.activity) == 8


def test_a_part_that_was_missed_makes_the_task_partial(session: TenantSession, tmp_path: Path) -> None:
    missed = (Missed(Trouble.SCOPE, "one of the batch", "ask for more"),)
    tasks: dict[Task, Sequence[Page | BaseException]] = {Task("a", "apps"): [page(app("x"), missed=missed)]}
    (outcome,) = ledger(session, tmp_path, tasks).outcomes
    assert (outcome.completeness, outcome.trouble) == (Completeness.PARTIAL, Trouble.SCOPE)
    assert (outcome.detail, outcome.remedy) == ("one of the batch", "ask for more")


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (TenantError(Trouble.SCOPE, "no"), "needs Apps.Read"),
        (TenantError(Trouble.ROLE, "no"), "grant Apps.Read"),
        (TenantError(Trouble.LICENCE, "no"), "grant Apps.Read"),
        (TenantError(Trouble.SCOPE, "no", remedy="as the service says"), "as the service says"),
        (TenantError(Trouble.SERVER, "no"), ""),
    ],
)
def test_a_gap_says_what_would_close_it(
    session: TenantSession, tmp_path: Path, error: TenantError, remedy: str
) -> None:
    (outcome,) = ledger(session, tmp_path, {Task("a", "apps"): [error]}).outcomes
    assert (outcome.completeness, outcome.remedy) == (Completeness.FAILED, remedy)


@pytest.mark.parametrize("pages", [[], [page(app("x"), cursor="c")]])
def test_a_task_without_a_last_page_is_not_complete(
    session: TenantSession, tmp_path: Path, pages: Sequence[Page | BaseException]
) -> None:
    (outcome,) = ledger(session, tmp_path, {Task("a", "apps"): pages}).outcomes
    assert outcome.completeness is not Completeness.COMPLETE and "no last page" in outcome.detail


def test_a_connector_that_plans_nothing_has_not_looked(session: TenantSession, tmp_path: Path) -> None:
    (outcome,) = ledger(session, tmp_path, {}).outcomes
    assert outcome.completeness is Completeness.FAILED and outcome.detail == "the connector planned nothing"


def test_a_plan_that_fails(session: TenantSession, tmp_path: Path) -> None:
    class Broken(Toy):
        def plan(self, view: View) -> Sequence[Task]:
            return [Task("a", dict[str, str]()["absent"])]

    (outcome,) = sweep(session, tmp_path, Broken()).outcomes
    assert outcome.completeness is Completeness.FAILED and "KeyError in plan" in outcome.detail


def test_a_mistake_that_is_not_the_services_ends_the_sweep(session: TenantSession, tmp_path: Path) -> None:
    class MistakeError(Exception):
        pass

    with pytest.raises(MistakeError):
        ledger(session, tmp_path, {Task("a", "apps"): [MistakeError()]})


def test_nothing_to_ask_is_complete(session: TenantSession, tmp_path: Path, service: Service) -> None:
    service.apps = 0
    found = sweep(session, tmp_path)
    assert [(o.task, o.signal, o.completeness, o.detail) for o in found.outcomes] == [
        ("apps", "apps", Completeness.COMPLETE, ""),
        ("grants/none", "grants", Completeness.COMPLETE, "there was nothing to ask"),
    ]
    assert found.complete


@pytest.mark.parametrize("status", [403, 500])
def test_what_could_not_be_looked_at_leaves_nothing_complete(
    session: TenantSession, tmp_path: Path, service: Service, status: int
) -> None:
    service.always["/apps"] = reply(status, {})
    found = sweep(session, tmp_path)
    assert [(o.signal, o.completeness) for o in found.outcomes] == [("apps", Completeness.FAILED)]


def test_a_sweep_that_was_stopped_or_whose_plan_failed_calls_nothing_complete(
    session: TenantSession, tmp_path: Path, service: Service, clock: VirtualClock
) -> None:
    class Lost(Toy):
        def plan(self, view: View) -> Sequence[Task]:
            if view.is_complete("apps"):
                raise TenantError(Trouble.UNEXPECTED, "lost")
            return [Task("apps", "apps")]

    service.apps = 0
    found = sweep(session, tmp_path, Lost())
    assert [(o.signal, o.completeness) for o in found.outcomes] == [
        ("apps", Completeness.COMPLETE),
        ("*", Completeness.FAILED),
    ]
    clock.stopped = True
    stopped = sweep(session, tmp_path / "stopped")
    assert "grants" not in {o.signal for o in stopped.outcomes}
