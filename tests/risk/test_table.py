"""The documented tables are those of the published weights."""

from __future__ import annotations

from tests.risk import table


def test_the_page_has_the_weights_that_are_in_force() -> None:
    text = table.PAGE.read_text("utf-8")
    assert table.page(text) == text, "python -m tests.risk.table --write"


def test_every_table_is_on_the_page_once() -> None:
    text = table.PAGE.read_text("utf-8")
    for name in table.tables():
        assert text.count(f"<!-- table: {name} -->") == text.count(f"<!-- end of table: {name} -->") == 1


def test_a_page_that_lags_behind_is_noticed() -> None:
    text = table.PAGE.read_text("utf-8")
    assert "| `jurisdiction` | 60 |" in text
    assert table.page(text.replace("| `jurisdiction` | 60 |", "| `jurisdiction` | 61 |")) == text
