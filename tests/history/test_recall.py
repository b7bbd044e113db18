"""Assets as the history remembers them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.history import gather
from shadowai.history.recall import recall
from shadowai.history.remember import remember
from shadowai.history.store import History
from shadowai.inventory import asset_id
from shadowai.model import Actor, Entry, Report, Usage
from tests.history.making import DAY, NOON, entry

WHOLE = entry("chat", users=4, scopes=("Mail.Read",), facts=("content", "content_app_only", "dated_api", "grant"))
ANN = entry("chat", "ann@example.com")


def kept(history: History, *rows: Entry, at: int = NOON) -> None:
    """Remember a scan that found ``rows``."""
    of_user = tuple(row for row in rows if row.actor)
    reports = [Report(tuple(row for row in rows if not row.actor)), Report(of_user, by="user")]
    remember(history, gather.of_scan(reports, began=at, ended=at + 1), explains=lambda name: ())


@pytest.fixture
def past(tmp_path: Path) -> History:
    return History(f"sqlite:///{tmp_path / 'history.db'}")


def test_by_service_id_asset_id_and_its_beginning(past: History) -> None:
    kept(past, WHOLE, ANN)
    for asset in ("chat", asset_id("chat"), asset_id("chat")[:6]):
        found = recall(past, asset)
        assert (found.entry.asset_id, found.entry.actor, found.entry.users) == (asset_id("chat"), None, 4)
        assert found.run is not None and found.run.id == 1
    assert recall(past, ANN.asset_id).entry.actor == Actor("ann@example.com")


def test_what_the_risk_hangs_on_is_kept_and_figures_are_not(past: History) -> None:
    kept(past, WHOLE)
    found = recall(past, "chat").entry
    assert found.facts == ("content_app_only", "grant")
    assert (found.usage, found.scopes, found.sources) == (Usage.INTERACTIVE, ("Mail.Read",), WHOLE.sources)
    assert (found.bytes_up, found.evidence, found.active_days) == (None, (), None)
    assert (found.first_seen, found.last_seen) == (WHOLE.first_seen, WHOLE.last_seen)


def test_as_it_was_last(past: History) -> None:
    kept(past, WHOLE)
    kept(past, replace(WHOLE, users=9, usage=Usage.BULK), at=NOON + DAY)
    found = recall(past, "chat")
    assert (found.entry.users, found.entry.usage) == (9, Usage.BULK) and found.run is not None and found.run.id == 2


def test_a_row_that_was_blocked_is_not_used(past: History) -> None:
    kept(past, replace(WHOLE, usage=None, events=0, blocked=3))
    assert (recall(past, "chat").entry.usage, recall(past, "chat").entry.events) == (None, 0)


@pytest.mark.parametrize("asset", ["other", "", "%", "____", "a" * 5000, "\x00", "\udc80", "chat%"])
def test_what_is_not_remembered_is_an_error(past: History, asset: str) -> None:
    kept(past, WHOLE)
    with pytest.raises(UsageError, match="no asset of that id is remembered"):
        recall(past, asset)


def test_three_characters_are_no_beginning(past: History) -> None:
    kept(past, WHOLE)
    with pytest.raises(UsageError, match="no asset of that id is remembered"):
        recall(past, asset_id("chat")[:3])
    assert recall(past, asset_id("chat")[:4]).entry.service_id == "chat"


def test_several_that_begin_so_are_an_error(past: History) -> None:
    rows = [replace(entry("chat"), asset_id=f"abcd{number:012x}", service_id=f"s{number}") for number in range(2)]
    kept(past, *rows)
    with pytest.raises(UsageError, match="2 assets begin so"):
        recall(past, "abcd")
    assert recall(past, "abcd000000000001").entry.service_id == "s1"
