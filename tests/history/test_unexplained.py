"""Names that no signature explained, kept within bounds."""

from __future__ import annotations

import pytest

from shadowai.history import store, unexplained
from shadowai.history.store import History
from shadowai.model import Candidate, Origin
from tests.history.making import DAY, NOON

ONE = Candidate(
    "new-ai.example", ("token",), users=2, events=5, first_seen=NOON, last_seen=NOON, origins=(Origin("proxy.log", 3),)
)


def test_first_and_last_and_most_are_kept(history: History) -> None:
    later = Candidate("new-ai.example", (), users=1, events=9, first_seen=NOON + DAY, last_seen=NOON + DAY)
    with history.writing() as db:
        unexplained.keep(db, 1, [ONE])
        unexplained.keep(db, 2, [later])
    with history.reading() as db:
        (found,) = unexplained.remembered(db)
    assert (found.users, found.events, found.run) == (2, 9, 2)
    assert (found.first_seen, found.last_seen, found.places) == (NOON, NOON + DAY, ())


def test_a_name_without_a_time_loses_none_that_is_known(history: History) -> None:
    with history.writing() as db:
        unexplained.keep(db, 1, [ONE])
        unexplained.keep(db, 2, [Candidate("new-ai.example", ())])
    with history.reading() as db:
        (found,) = unexplained.remembered(db)
    assert (found.first_seen, found.last_seen) == (NOON, NOON)


def test_devices_count_where_no_users_are_named_and_what_was_blocked_is_an_event(history: History) -> None:
    with history.writing() as db:
        unexplained.keep(db, 1, [Candidate("a.example", (), devices=4, events=2, blocked=3)])
        unexplained.keep(db, 1, [Candidate("b.example", (), users=1, devices=4, blocked=1)])
    with history.reading() as db:
        assert [(one.users, one.events) for one in unexplained.remembered(db)] == [(4, 5), (1, 1)]


def test_hostile_names_come_back(history: History) -> None:
    names = ["a\x00b.example", "\udc80.example", "x" * 5000, "'; DROP TABLE candidate; --"]
    with history.writing() as db:
        unexplained.keep(db, 1, [Candidate(name, ()) for name in names])
    with history.reading() as db:
        assert {one.name for one in unexplained.remembered(db)} == set(names)


def test_what_was_not_seen_for_the_longest_time_goes_first(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unexplained, "MOST", 2)
    with history.writing() as db:
        unexplained.keep(db, 1, [Candidate("old.example", ())])
        unexplained.keep(db, 2, [Candidate("b.example", ()), Candidate("a.example", ())])
    with history.reading() as db:
        assert [one.name for one in unexplained.remembered(db)] == ["a.example", "b.example"]


def test_forgetting_runs_forgets_their_names(history: History) -> None:
    from shadowai.history import gather
    from shadowai.history.remember import remember
    from shadowai.model import Report

    reports = [Report((), candidates=(ONE,)), Report((), by="user")]
    remember(history, gather.of_scan(reports, began=NOON, ended=NOON + 1))
    with history.reading() as db:
        assert [one.name for one in unexplained.remembered(db)] == ["new-ai.example"]
    with history.writing() as db:
        store.forget(db, NOON + DAY)
    with history.reading() as db:
        assert list(unexplained.remembered(db)) == []
