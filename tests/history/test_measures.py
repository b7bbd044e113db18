"""Figures that budgets measured."""

from __future__ import annotations

from shadowai.history import measures, store
from shadowai.history.remember import remember
from shadowai.history.store import History
from tests.history.making import DAY, NOON, entry, scan


def test_figures_of_complete_runs_of_the_series_before_are_told(history: History) -> None:
    runs = [
        remember(history, scan(entry("chat"), day=0)),
        remember(history, scan(entry("chat"), day=1, gaps=["proxy.log"])),
        remember(history, scan(entry("chat"), day=2, logs=["other.log"])),
        remember(history, scan(entry("chat"), day=3)),
    ]
    with history.writing() as db:
        for run in runs:
            measures.put(db, run.id, {"a": (run.id, None), "b": (0, 2**62)})
        measures.put(db, runs[0].id, {})
        found = measures.before(db, runs[3].id)
        assert found == {"a": [(NOON + 1, runs[0].id, None)], "b": [(NOON + 1, 0, 2**62)]}
        assert measures.before(db, runs[0].id) == {}


def test_figures_of_forgotten_runs_are_forgotten(history: History) -> None:
    first, second = (remember(history, scan(entry("chat"), day=day)) for day in (0, 9))
    with history.writing() as db:
        measures.put(db, first.id, {"a": (1, 1)})
        measures.put(db, second.id, {"a": (2, 2)})
        assert store.forget(db, NOON + DAY) == 1
        measures.put(db, first.id, {"a": (3, 3)})  # there is nothing of that number any more
        assert measures.before(db, second.id) == {}
