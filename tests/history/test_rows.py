"""The hash of what a run has in the history: the same as long as that is, on every database."""

from __future__ import annotations

from sqlalchemy import update

from shadowai.history import store
from shadowai.history.remember import remember
from shadowai.history.rows import Rows, of_run
from shadowai.history.store import History
from shadowai.history.tables import VERSION
from tests.history.making import app, entry, grant, scan, sweep

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
GRANT_ROWS = "29e00f1f1a1aceb369922272ed2f1f1d53740b524a52569989d885c58f660f3d"
"""Of the rows below, on every database."""
GRANTS = [grant("a", f"p{n}") for n in range(3)]


def hashes(history: History, run: int) -> dict[str, Rows]:
    with history.reading() as db:
        found = store.run(db, run)
    return {rows.kind: rows for rows in of_run(history, found)}


def test_what_stands_after_a_run(history: History) -> None:
    one = remember(history, sweep(apps=[app("a")], grants=GRANTS))
    found = hashes(history, one.id)
    assert [(rows.source, rows.kind, rows.number) for rows in found.values()] == [
        ("entra:contoso.example", "app", 1),
        ("entra:contoso.example", "grant", 3),
        ("entra:contoso.example", "person", 0),
    ]
    assert found["person"].sha256 == EMPTY and found["person"].size == 0
    assert found["grant"].sha256 == GRANT_ROWS
    two = remember(history, sweep(apps=[app("a")], grants=GRANTS[::-1], day=1))
    assert hashes(history, two.id) == found  # neither the order of rows nor the day is in it
    three = remember(history, sweep(apps=[app("a")], grants=GRANTS[:2], day=2))
    assert hashes(history, three.id)["grant"].sha256 != found["grant"].sha256
    assert hashes(history, one.id) == found  # what was is not rewritten by what comes after


def test_a_row_that_was_changed_shows(history: History) -> None:
    one = remember(history, sweep(apps=[app("a")], grants=GRANTS))
    before = hashes(history, one.id)
    with history.writing() as db:
        db.execute(update(VERSION).where(VERSION.c.ident == "a/p1").values(body='{"id":"a/p1"}'))
    assert hashes(history, one.id)["grant"] != before["grant"] and hashes(history, one.id)["app"] == before["app"]


def test_what_is_not_seen_any_more_and_stands_is_another_row(history: History) -> None:
    from tests.history.making import outcomes

    one = remember(history, sweep(apps=[app("a")], grants=GRANTS))
    partial = sweep(apps=[app("a")], grants=GRANTS[:2], day=1, ends=outcomes(apps="complete", grants="partial"))
    two = remember(history, partial)
    assert hashes(history, two.id)["grant"].number == 3
    assert hashes(history, two.id)["grant"].sha256 != hashes(history, one.id)["grant"].sha256


def test_a_scan_has_none(history: History) -> None:
    run = remember(history, scan(entry("claude")))
    assert hashes(history, run.id) == {}
