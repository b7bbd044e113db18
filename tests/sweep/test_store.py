"""The working store: private, transactional, thrown away without loss."""

from __future__ import annotations

import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from shadowai.errors import SourceError
from shadowai.sweep.store import CARRIED, Store
from shadowai.tenant import EVERYONE, Activity, App, Event, Grant, Missed, Page, Person, Removed, Task, Trouble, traced

ONE = Task("one", "apps", ("x", "y"), weight=1)
TWO = Task("two", "apps", weight=9)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with two tasks."""
    made = Store(tmp_path / "inner" / "t.sqlite")
    made.begin({"began": "1"})
    made.add([ONE, TWO])
    return made


def grant(name: str, principal: str | None = None) -> Grant:
    return Grant("p", "t", name, "a", "delegated", principal)


def test_it_is_private(store: Store) -> None:
    for path in store.path.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700


def test_tasks_are_added_once_and_heavy_ones_first(store: Store) -> None:
    assert store.add([ONE, Task("three", "apps")]) == 1
    assert [saved.task.name for saved in store.open_tasks()] == ["two", "one", "three"]
    assert next(saved.task for saved in store.open_tasks() if saved.task.name == "one") == ONE


def test_a_page_and_its_cursor_are_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert store.commit("one", Page((grant("a"),), "c1"), 5)

    def fail(*args: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr("shadowai.sweep.store.rows.other_key", fail)
        store.commit("one", Page((grant("b"),), "c2"), 5)
    (one,) = [saved for saved in store.open_tasks() if saved.task.name == "one"]
    assert (one.cursor, one.pages, one.items) == ("c1", 1, 1) and "c1" not in repr(one)
    assert [g.id for g in store.gathered("grant", delta=False, now=9)] == ["a"]


def test_a_circle_is_seen_and_nothing_of_it_kept(store: Store) -> None:
    assert store.commit("one", Page((grant("a"),), "c1"), 5) and store.commit("two", Page((), "c1"), 5)
    assert not store.commit("one", Page((grant("b"),), "c1"), 5)
    assert len(store.gathered("grant", delta=False, now=9)) == 1


def test_the_last_page_ends_the_task(store: Store) -> None:
    store.commit("one", Page((), mark="m"), 5)
    store.commit("two", Page((), missed=(Missed(Trouble.ROLE, "d", "r"), Missed(Trouble.SCOPE, "e"))), 6)
    assert (store.state("one"), store.state("two"), store.state("three")) == ("complete", "partial", None)
    _, two = store.tasks()
    assert (two.trouble, two.detail, two.remedy, two.ended) == ("ROLE", "d", "r", 6)
    assert store.mark("one") == "m" and store.open_tasks() == []


def test_a_failure_is_partial_after_a_page(store: Store) -> None:
    store.commit("one", Page((), "c"), 5)
    for name in ("one", "two"):
        store.fail(name, 7, Missed(Trouble.SERVER, "d"))
    assert (store.state("one"), store.state("two")) == ("partial", "failed")


def test_a_mark_counts_only_from_a_complete_task(store: Store) -> None:
    store.commit("one", Page((), "c", mark="m"), 5)
    assert store.mark("one") is None
    store.fail("one", 7, Missed(Trouble.SERVER, "d"))
    assert store.mark("one") is None


def test_a_restart_forgets(store: Store) -> None:
    store.commit("one", Page((grant("a"),), "c", mark="m"), 5)
    assert [store.restart("one"), store.restart("one")] == [1, 2]
    store.replan(Task("one", "grants", ("z",), 3, True))
    (saved,) = [saved for saved in store.open_tasks() if saved.task.name == "one"]
    assert saved.task == Task("one", "grants", ("z",), 3, True) and (saved.cursor, saved.pages) == (None, 0)
    assert store.commit("one", Page((), "c"), 5)  # the same cursor again, after a restart, is no circle
    assert len(store.gathered("grant", delta=False, now=9)) == 0


def test_what_is_gathered_can_be_read_again_and_while_writing(store: Store) -> None:
    store.commit("one", Page((grant("b"), grant("a")), "c"), 5)
    found = store.gathered("grant", delta=False, now=9)
    reading = iter(found)
    assert next(reading).id == "a"
    store.commit("two", Page((grant("c"),)), 5)
    assert [g.id for g in found] == ["a", "b", "c"] and len(found) == 3
    assert grant("b") in found and grant("z") not in found
    assert [g.id for g in reading] == ["b"]


def test_principals_are_people_each_once(store: Store) -> None:
    items = (grant("a", "u2"), grant("b", EVERYONE), grant("c"), Event("p", "t", "e", "a", "granted", 1, "u1"))
    store.commit("one", Page((*items, Activity("p", "t", "a", "u2", 1, 2, 3), App("p", "t", "a", "A"))), 5)
    assert store.principals(delta=False, now=9) == ["u1", "u2"]


def test_old_ground_is_given_up(store: Store) -> None:
    store.commit("one", Page((grant("a"),), mark="m"), 5)
    store.commit("two", Page((grant("b"),)), CARRIED)
    store.finish(delta=False, now=1)
    assert store.under_way() == {} and store.reconciled() == 1
    assert [name for name, _, _ in store.carried(now=CARRIED + 6)] == ["two"]
    assert [g.id for g in store.gathered("grant", delta=True, now=CARRIED + 6)] == ["b"]
    store.begin({})
    store.finish(delta=True, now=CARRIED + 6)
    assert store.mark("one") is None and [name for name, _, _ in store.carried(now=6)] == ["two"]


def test_a_file_that_is_no_store(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(SourceError, match="cannot be opened: file is not a database") as caught:
        Store(path)
    assert "remove it" in caught.value.remedy
    with pytest.raises(SourceError, match="cannot be opened"):
        Store(tmp_path / "t.sqlite" / "below")


def test_a_full_disk_is_told_and_keeps_what_was_there(store: Store) -> None:
    store.commit("one", Page((grant("a"),), "next"), 5)
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(SourceError, match="cannot be written: database or disk is full") as caught:
        store.commit("one", Page(tuple(grant(f"{number:0500}") for number in range(200)), "end"), 6)
    assert caught.value.origin is not None and caught.value.origin.path == str(store.path) and caught.value.remedy
    store._db.execute(f"PRAGMA max_page_count = {pages + 1000}")
    assert [saved.cursor for saved in store.open_tasks() if saved.task.name == "one"] == ["next"]
    assert [g.id for g in store.gathered("grant", delta=False, now=7)] == ["a"]
    assert store.commit("one", Page((grant("b"),)), 8)


def test_a_store_of_another_version_is_begun_anew(store: Store) -> None:
    store.commit("one", Page((grant("a"),)), 5)
    store.close()
    with sqlite3.connect(store.path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    again = Store(store.path)
    assert again.under_way() == {} and again.tasks() == []
    again.begin({"a": "b"})
    again.close()
    assert Store(store.path).under_way() == {"a": "b"}


def test_a_removed_grant_is_not_taken_for_its_principal(store: Store) -> None:
    store.commit("one", Page((grant("a", "x"), Removed("p", "t", "grant", "x"), grant("b", "x"))), 5)
    assert [g.id for g in store.gathered("grant", delta=False, now=9)] == ["a", "b"]


def again(store: Store, *tasks: Task) -> None:
    """The sweep is remembered, and one for changes begins with these tasks."""
    store.finish(delta=True, now=9)
    store.begin({})
    store.add(tasks)


def scoped(name: str, *scopes: str) -> Grant:
    return Grant("p", "t", name, "a", "delegated", "u", scopes)


def kept(store: Store) -> dict[str, tuple[str, ...]]:
    return {grant.id: grant.scopes for grant in store.gathered("grant", delta=True, now=9)}


@pytest.mark.parametrize("names", [("a", "z"), ("z", "a")])
def test_what_a_change_says_supersedes_what_other_tasks_of_its_signal_said(
    store: Store, names: tuple[str, str]
) -> None:
    listing, other = names
    store.add([Task(listing, "grants"), Task(other, "grants"), Task("users", "people")])
    for task in (listing, other, "one", "two"):
        store.commit(task, Page((scoped("g", "x", "y"), scoped("h", "x")) if task in names else ()), 5)
    store.commit("users", Page((Person("p", "t", "u", department="Legal"),)), 5)
    again(store, Task(listing, "grants", changes=True))
    store.commit(listing, Page((scoped("g", "x"),)), 6)
    assert kept(store) == {"g": ("x",), "h": ("x",)}
    assert {grant.id: tasks for grant, tasks in traced(store.gathered("grant", delta=True, now=9))} == {
        "g": (listing,),
        "h": tuple(sorted(names)),
    }
    again(store, Task(listing, "grants", changes=True))
    assert kept(store) == {"g": ("x",), "h": ("x",)}  # the older version does not come back with the next sweep


@pytest.mark.parametrize("changes", [False, True])
def test_a_list_that_became_empty_stays_empty(store: Store, changes: bool) -> None:
    app = App("p", "t", "a", "A", reply_urls=("u",), permissions=("x",))
    store.commit("one", Page((scoped("g", "x"), app)), 5)
    store.commit("two", Page((scoped("g", "x"), app)), 5)
    again(store, replace(TWO, changes=changes))
    bare = App("p", "t", "a", "A")
    store.commit("two", Page((scoped("g"), bare)), 6)
    for _ in range(2):
        assert kept(store) == {"g": ()} and list(store.gathered("app", delta=True, now=9)) == [bare]
        again(store, replace(TWO, changes=True))


def test_what_other_signals_know_is_filled_in(store: Store) -> None:
    store.add([Task("people", "people"), Task("log", "log")])
    store.commit("people", Page((Person("p", "t", "u", "u@example.com", department="Legal"),)), 5)
    for task in ("one", "two", "log"):
        store.commit(task, Page(()), 5)
    again(store, Task("log", "log", changes=True))
    store.commit("log", Page((Person("p", "t", "u", "u@example.com"),)), 6)
    for _ in range(2):
        assert [person.department for person in store.gathered("person", delta=True, now=9)] == ["Legal"]
        again(store, Task("log", "log", changes=True))


def test_a_task_that_failed_supersedes_nothing_that_is_kept(store: Store) -> None:
    store.commit("one", Page((scoped("g", "x"),)), 5)
    store.commit("two", Page((scoped("g", "x"),)), 5)
    again(store, replace(TWO, changes=True))
    store.commit("two", Page((scoped("g"),), "c"), 6)
    store.fail("two", 7, Missed(Trouble.SERVER, "d"))
    assert kept(store) == {"g": ()}
    again(store)
    assert kept(store) == {"g": ("x",)}
