"""What is asked, in which order, and what is let stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from shadowai.connector import Mode, Scope
from shadowai.tenant import App, Grant, Person, Task
from shadowai_connectors.entra_clients import Asked
from shadowai_connectors.entra_plan import tasks
from shadowai_connectors.entra_work import DAY, Mark
from tests.connectors.entra_tenant import GRAPH_APP, TENANT, guid

NOW = 100 * DAY


@dataclass
class Seen:
    """A sweep so far."""

    mode: Mode = "targeted"
    scope: Scope = "ai"
    settings: Mapping[str, str] = field(default_factory=dict)
    now: int = NOW
    found: list[App] = field(default_factory=list)
    held: list[Grant] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    marks: dict[str, str] = field(default_factory=dict)
    met: list[Person] = field(default_factory=list)

    def apps(self) -> Iterator[App]:
        return iter(self.found)

    def grants(self) -> Iterator[Grant]:
        return iter(self.held)

    def is_ai(self, app: App) -> bool:
        return app.name.startswith("AI")

    def is_complete(self, task: str) -> bool:
        return task in self.done

    def mark(self, task: str) -> str | None:
        return self.marks.get(task)

    def principals(self) -> Iterator[str]:
        return iter(sorted({grant.principal for grant in self.held if grant.principal and grant.principal != "*"}))

    def people(self) -> Iterator[Person]:
        return iter(self.met)


def app(number: int, name: str, app_id: str | None = None) -> App:
    """An app."""
    return App("entra", TENANT, app_id or guid(2, number), name, object_id=guid(1, number))


def planned(view: Seen) -> dict[str, Task]:
    """Tasks by name; each name once."""
    found = tasks(view)
    assert len({task.name for task in found}) == len(found)
    return {task.name: task for task in found}


def whole(time: int = NOW - DAY, link: str = "https://graph.example/d") -> str:
    """What a whole listing left."""
    return str(Mark(link, time, whole=True))


@pytest.fixture
def view() -> Seen:
    """Apps are known: Graph, one that is AI, one that is not."""
    return Seen(found=[app(0, "Graph", GRAPH_APP), app(1, "AI one"), app(2, "Other")], done={"apps"})


def test_nothing_hangs_on_apps_before_all_are_known(view: Seen) -> None:
    view.done = set()
    assert set(planned(view)) == {"apps", "grants/everyone", "consents", "requests", "teams-apps"}


def test_only_apps_that_are_ai_are_asked_about(view: Seen) -> None:
    found = planned(view)
    (grants,) = (task for name, task in found.items() if name.startswith("grants/of-apps/"))
    assert grants.arguments == (f"{guid(1, 1)}={guid(2, 1)}",)
    assert found["roles"].arguments == (f"{guid(1, 0)}={GRAPH_APP}",)


def test_an_app_is_always_in_the_same_task(view: Seen) -> None:
    before = {
        argument: name for name, task in planned(view).items() if "/of-apps/" in name for argument in task.arguments
    }
    view.found += [app(number, f"AI {number}") for number in range(10, 400)]
    after = {
        argument: name for name, task in planned(view).items() if "/of-apps/" in name for argument in task.arguments
    }
    assert before.items() <= after.items() and len(set(after.values())) == 8


@pytest.mark.parametrize(
    ("mode", "scope", "name"),
    [
        ("targeted", "ai", "grants/everyone"),
        ("targeted", "consented", "grants/all"),
        ("targeted", "all", "grants/all"),
        ("full", "ai", "grants/all"),
    ],
)
def test_how_much_is_listed_follows_from_what_is_wanted(view: Seen, mode: Mode, scope: Scope, name: str) -> None:
    view.mode, view.scope = mode, scope
    assert {task for task in planned(view) if task in ("grants/all", "grants/everyone")} == {name}
    assert not any(task.changes for task in planned(view).values())
    assert any(task.startswith("grants/of-apps/") for task in planned(view)), "the list may have lost rows"


def test_changes_are_told_under_the_name_of_what_they_change(view: Seen) -> None:
    view.mode, view.marks = "delta", {"apps": whole(), "grants/all": whole()}
    found = planned(view)
    assert found["apps"].changes and found["grants/all"].changes and "grants/everyone" not in found
    assert found["apps"].arguments == ("https://graph.example/d",)
    view.marks = {"apps": whole(), "grants/everyone": whole()}
    assert planned(view)["grants/everyone"].changes and "grants/all" not in planned(view)


@pytest.mark.parametrize("mark", [whole(NOW - 7 * DAY), whole(link=""), whole(NOW + DAY)])
def test_a_mark_that_cannot_be_used_is_read_whole(view: Seen, mark: str) -> None:
    view.mode, view.marks = "delta", {"apps": mark, "grants/everyone": mark}
    found = planned(view)
    assert not found["apps"].changes and not found["grants/everyone"].changes and found["apps"].arguments == ()


def test_without_any_mark_everything_is_read(view: Seen) -> None:
    view.mode = "delta"
    assert {"grants/all", "grants/everyone"} <= set(planned(view))


def test_apps_asked_before_stand_where_changes_are_told(view: Seen) -> None:
    view.mode, view.done, shard = "delta", {"apps", "grants/everyone"}, "grants/of-apps/3"
    told, asked = str(Mark("https://graph.example/d", NOW, whole=False)), str(Asked.of([guid(1, 1)], NOW - DAY))
    view.marks = {"grants/everyone": told, shard: asked, shard.replace("grants/of-apps", "assignments"): asked}
    assert not [name for name in planned(view) if "of-apps" in name or "assignments" in name]
    for name in (shard, shard.replace("grants/of-apps", "assignments")):
        kept = view.marks[name]
        view.marks[name] = str(Asked.of([guid(1, 1)], NOW - 7 * DAY))
        assert name in planned(view), "what was gathered so long ago is not carried on"
        view.marks[name] = kept
    view.done = {"apps"}
    assert shard in planned(view), "the changes could not be had"
    view.done, view.marks["grants/everyone"] = {"apps", "grants/everyone"}, whole()
    assert shard in planned(view), "everyone's grants were read whole: nothing tells what users changed"
    view.marks["grants/everyone"] = told
    view.found.append(app(8, "AI that a signature explains since today"))
    names = {name: task.arguments for name, task in planned(view).items() if "of-apps" in name or "assign" in name}
    assert names == {"grants/of-apps/new": (f"{guid(1, 8)}={guid(2, 8)}",)}, "the others are not asked for again"


def standing(view: Seen, *numbers: int) -> None:
    """A sweep for changes after one that has asked for these apps; what has changed in grants is told."""
    view.mode, view.done = "delta", {"apps", "grants/everyone"}
    view.marks = {"grants/everyone": str(Mark("https://graph.example/d", NOW, whole=False))}
    for name in ("grants/of-apps/3", "assignments/3"):
        view.marks[name] = str(Asked.of([guid(1, number) for number in numbers], NOW - DAY))


def about(view: Seen) -> dict[str, tuple[str, ...]]:
    """The arguments of what is planned about single apps."""
    found = planned(view)
    return {name: task.arguments for name, task in found.items() if "/of-apps/" in name or "assign" in name}


def test_new_apps_are_asked_for_together_and_their_people_with_what_apps_may_do_themselves(view: Seen) -> None:
    standing(view, 1)
    view.found += [app(number, f"AI {number}") for number in (20, 21, 22)]
    new = tuple(f"{guid(1, number)}={guid(2, number)}" for number in (20, 21, 22))
    assert about(view) == {"grants/of-apps/new": new}
    assert planned(view)["roles"].arguments == (f"{guid(1, 0)}={GRAPH_APP}", *new)
    view.marks["grants/of-apps/new"] = str(Asked.of([guid(1, number) for number in (20, 21, 22)], NOW - DAY))
    assert about(view) == {} and planned(view)["roles"].arguments[1:] == new, "until the next full sweep"


def test_an_app_that_is_gone_takes_its_assignments_with_it(view: Seen) -> None:
    standing(view, 1, 5)
    assert about(view) == {"assignments/3": (f"{guid(1, 1)}={guid(2, 1)}",)}, "changes tell of grants alone"
    view.found = [one for one in view.found if one.id != guid(2, 1)]
    assert about(view) == {"assignments/3": ()}, "nothing is asked, and nothing stands"


@pytest.mark.parametrize("mark", ["", "0f3b 12x", f"{'a' * 32} {NOW - DAY}"])
def test_a_mark_of_another_make_is_no_excuse_not_to_ask(view: Seen, mark: str) -> None:
    standing(view)
    view.marks |= {"grants/of-apps/3": mark, "assignments/3": mark}
    found = planned(view)
    asked = f"{guid(1, 1)}={guid(2, 1)}"
    assert asked in found["grants/of-apps/new"].arguments and asked in found["roles"].arguments


def test_the_log_is_read_from_where_it_was_left(view: Seen) -> None:
    view.mode, view.marks = "delta", {"consents": str(NOW - DAY)}
    task = planned(view)["consents"]
    assert task.changes and task.arguments == (str(NOW - 3 * DAY), str(NOW))
    view.mode = "full"
    assert not planned(view)["consents"].changes


def test_what_rarely_changes_is_asked_once_a_day(view: Seen) -> None:
    view.mode, view.marks = "delta", {"teams-apps": str(NOW - 6 * DAY // 24)}
    assert "teams-apps" not in planned(view)
    view.marks = {"teams-apps": str(NOW - DAY)}
    assert "teams-apps" in planned(view)
    view.mode, view.marks = "targeted", {"teams-apps": str(NOW)}
    assert "teams-apps" in planned(view)


@pytest.mark.parametrize(("tier", "there"), [("minimal", False), ("standard", False), ("deep", True)])
def test_the_tier_says_what_is_asked(view: Seen, tier: str, there: bool) -> None:
    view.settings = {"tier": tier}
    assert ("copilot-packages" in planned(view)) is there
    assert ("consents" in planned(view)) is (tier != "minimal")


def people(view: Seen) -> dict[str, tuple[str, ...]]:
    """The people who are asked about, by task."""
    return {name: task.arguments for name, task in planned(view).items() if task.signal == "people"}


def test_the_people_of_ai_apps_are_asked_about_and_nobody_else(view: Seen) -> None:
    for number, client in enumerate([1, 2, 1, 1]):
        view.held.append(Grant("entra", TENANT, f"g{number}", guid(2, client), "delegated", guid(3, number)))
    view.held.append(Grant("entra", TENANT, "g9", guid(2, 1), "delegated", "*"))
    assert sorted(one for some in people(view).values() for one in some) == [guid(3, 0), guid(3, 2), guid(3, 3)]
    view.scope = "consented"
    assert sum(len(some) for some in people(view).values()) == 4


def test_only_people_who_are_not_known_are_looked_up(view: Seen) -> None:
    view.held = [Grant("entra", TENANT, f"g{n}", guid(2, 1), "delegated", guid(3, n)) for n in range(4_500)]
    before = people(view)
    assert sorted(map(len, before.values())) == [500, 1000, 1000, 1000, 1000]
    assert sorted(one for some in before.values() for one in some) == [guid(3, n) for n in range(4_500)]
    view.mode, view.met = "delta", [Person("entra", TENANT, guid(3, n)) for n in range(4_500)]
    assert people(view) == {}
    view.held += [Grant("entra", TENANT, f"new{n}", guid(2, 1), "delegated", guid(3, n)) for n in (5_000, 5_001)]
    assert list(people(view).values()) == [(guid(3, 5_000), guid(3, 5_001))]


def test_whoever_was_not_found_is_not_asked_for_every_day(view: Seen) -> None:
    view.mode, view.held = "delta", [Grant("entra", TENANT, "g", guid(2, 1), "delegated", guid(3, 1))]
    (name,) = people(view)
    view.marks[name] = str(NOW - DAY)
    assert people(view) == {}
    view.marks[name] = str(NOW - 7 * DAY)
    assert list(people(view)) == [name], "what was gathered so long ago is not carried on"
    view.mode, view.marks[name] = "targeted", str(NOW)
    assert list(people(view)) == [name]


def test_what_changes_are_told_to_is_believed_before_what_stands(view: Seen) -> None:
    view.settings = {"tier": "deep"}
    modes: tuple[Mode, ...] = ("targeted", "full")
    for view.mode in modes:
        names = sorted(
            task.name for task in planned(view).values() if task.signal in ("grants", "apps", "agent-identities")
        )
        assert (
            names[0] == "apps"
            and names[2] in ("grants/all", "grants/everyone")
            and names[3].startswith("grants/of-apps/")
        )
