"""The last steps of a report, in their order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shadowai.catalog import Catalog
from shadowai.config import Settings
from shadowai.decisions.finishing import finishing
from shadowai.decisions.settings import Privacy
from shadowai.errors import UsageError
from shadowai.identities import Identities
from shadowai.inventory import asset_id
from shadowai.model import Actor, Report, Verdict
from shadowai.pipeline import ScanOptions
from shadowai.privacy import SMALL, K, Pseudonyms
from tests.decisions.making import decided, written
from tests.history.making import entry

KEY = "0123456789abcdef0123456789abcdef"
PEOPLE = Identities(people={"ann": "IT", "bob": "IT", "zoe": "Law", "joe": "HR", "kim": ""})
"""Two departments of one, and somebody of whom none is known."""


@pytest.fixture(scope="module")
def known() -> Catalog:
    return Catalog.load()


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> ScanOptions:
    """Options that ask for pseudonyms."""
    monkeypatch.setenv("KEY", KEY)
    return ScanOptions(pseudonymise=True, settings=Settings(privacy=Privacy("env:KEY", 2)))


def test_nothing_is_done_that_nobody_asked_for(known: Catalog) -> None:
    report = Report((entry("claude", departments=("IT", "Law")),))
    assert finishing(ScanOptions(), known, PEOPLE)(report) is report


def test_decisions_are_made_on_names_and_shown_under_pseudonyms(
    known: Catalog, hidden: ScanOptions, tmp_path: Path
) -> None:
    names = Pseudonyms(KEY.encode())
    other = names.actor(Actor("zoe")).user
    written(
        tmp_path / "log",
        decided(user="ann", verdict=Verdict.TOLERATED),
        decided(user=other, verdict=Verdict.PROHIBITED),
    )
    rows = (entry("claude", "ann", departments=("IT",)), entry("claude", "zoe", departments=("Law",)))
    made = finishing(replace(hidden, decisions=str(tmp_path / "log")), known, PEOPLE)(Report(rows, by="user"))
    assert [(row.verdict, row.departments) for row in made.entries] == [
        (Verdict.PROHIBITED, (SMALL,)),
        (Verdict.TOLERATED, ("IT",)),
    ]
    assert made.entries[1].asset_id == asset_id("claude", names.actor(Actor("ann")))
    assert "zoe" not in repr(made) and "'ann'" not in repr(made)


def test_facts_come_from_the_signatures_in_force(known: Catalog, tmp_path: Path) -> None:
    from shadowai.decisions.grounds import facts_of
    from shadowai.decisions.model import Grounds

    facts = facts_of(known.files["openai-chatgpt"])
    same = decided("openai-chatgpt", grounds=Grounds(facts=facts))
    changed = decided("openai-codex", grounds=Grounds(facts=("country: XX",)))
    written(tmp_path / "log", same, changed, decided("no-such-signature"))
    rows = (entry("openai-chatgpt"), entry("openai-codex"), entry("no-such-signature"))
    made = finishing(ScanOptions(decisions=str(tmp_path / "log")), known, None)(Report(rows))
    verdicts = {row.service_id: row.verdict for row in made.entries}
    assert verdicts["openai-chatgpt"] is verdicts["no-such-signature"] is Verdict.SANCTIONED
    assert verdicts["openai-codex"] is Verdict.IN_REVIEW


def test_small_groups_are_hidden_where_that_is_set(known: Catalog) -> None:
    report = Report((entry("claude", departments=("IT", "Law")),))
    asked = ScanOptions(settings=Settings(privacy=Privacy(k=2)))
    assert finishing(asked, known, PEOPLE)(report).entries[0].departments == ("IT", SMALL)


def test_pseudonyms_hide_small_groups_unless_that_is_set_otherwise(
    known: Catalog, hidden: ScanOptions, tmp_path: Path
) -> None:
    report = Report((entry("claude", departments=("IT", "Law")),))
    members = {"IT": K, "Law": 1, "HR": K - 1}
    people = Identities(people={f"{group}{n}": group for group, size in members.items() for n in range(size)})

    def shown(k: int | None) -> tuple[str, ...]:
        asked = replace(hidden, settings=Settings(privacy=Privacy("env:KEY", k)))
        return finishing(asked, known, people)(report).entries[0].departments

    assert shown(None) == ("IT", SMALL)
    assert shown(1) == ("IT", "Law")
    assert shown(K + 1) == (SMALL,)


def test_pseudonyms_need_no_list_of_people(known: Catalog, hidden: ScanOptions) -> None:
    report = Report((entry("claude", "ann", departments=("IT",)),), by="user")
    (row,) = finishing(hidden, known, None)(report).entries
    assert row.actor is not None and row.actor.user not in (None, "ann") and row.departments == ("IT",)


def test_a_changed_log_ends_the_scan_before_it_begins(known: Catalog, tmp_path: Path) -> None:
    written(tmp_path / "log", decided())
    (tmp_path / "log").write_bytes(b"")
    with pytest.raises(UsageError, match="cut off"):
        finishing(ScanOptions(decisions=str(tmp_path / "log")), known, None)


def test_without_a_key_there_are_no_pseudonyms(
    known: Catalog, hidden: ScanOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEY")
    with pytest.raises(UsageError, match="KEY is not set"):
        finishing(hidden, known, None)


def test_a_log_that_was_taken_away_is_not_one_that_never_was(known: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "log"
    asked = ScanOptions(decisions=str(path))
    report = Report((entry("claude"),))
    assert finishing(asked, known, None)(report) is report
    written(path, decided(verdict=Verdict.PROHIBITED))
    (row,) = finishing(asked, known, None)(report).entries
    assert row.verdict is Verdict.PROHIBITED
    path.unlink()
    with pytest.raises(UsageError, match="cut off"):
        finishing(asked, known, None)
