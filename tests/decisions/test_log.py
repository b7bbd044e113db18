"""The log: what is recorded stands, and a log that was changed is neither read nor written."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shadowai.decisions import chain, log
from shadowai.decisions.chain import Head
from shadowai.decisions.model import Columns
from shadowai.errors import SourceError, UsageError
from shadowai.inventory import asset_id
from shadowai.model import Verdict
from tests.decisions.making import ANN, GROUNDS, decided, written


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where no log is yet, nor its folder."""
    return tmp_path / "state" / "decisions.jsonl"


def test_no_log_is_an_empty_one(path: Path) -> None:
    found = log.read(path)
    assert found.lines == () and found.standing == {} and found.sealed


def test_a_decision_comes_back_as_it_was_made(path: Path) -> None:
    columns = Columns("Ann", "drafts", ("source code", "mail"), "DPIA-7", "C-1", "Bob", "2027-01-01")
    made = decided(grounds=GROUNDS, columns=columns, until="2026-12-31", reason="\x1b[31m ü \ud800")
    found = written(path, made)
    assert [one for _, one in log.decisions(found)] == [made]
    standing = found.standing[made.asset]
    assert (standing.decision, standing.by, standing.line, standing.columns) == (made, "Ann Example", 1, columns)
    assert found.lines[0].login == "ann" and standing.day == found.lines[0].time[:10]
    assert log.head_path(path).read_text() == f"{found.head}\n"
    assert path.stat().st_mode & 0o077 == 0


def test_the_last_decision_stands_and_columns_add_up(path: Path) -> None:
    found = written(
        path,
        decided(columns=Columns(owner="Ann", purpose="drafts")),
        decided(verdict=None, columns=Columns(purpose="", dpia="DPIA-7")),
        decided(verdict=Verdict.PROHIBITED),
        decided("gemini"),
    )
    standing = found.standing[asset_id("claude")]
    assert standing.decision is not None and standing.decision.verdict is Verdict.PROHIBITED and standing.line == 3
    assert standing.columns == Columns(owner="Ann", purpose="", dpia="DPIA-7")
    assert len(found.standing) == 2


def test_a_decision_taken_back_leaves_its_columns(path: Path) -> None:
    found = written(path, decided(columns=Columns(owner="Ann")), decided(verdict=Verdict.UNREVIEWED))
    standing = found.standing[asset_id("claude")]
    assert standing.decision is None and standing.columns.owner == "Ann"


def test_other_events_decide_nothing(path: Path) -> None:
    written(path, decided())
    head = log.record(path, log.REIDENTIFICATION, {"reason": "an incident"}, ANN)
    found = log.read(path)
    assert found.head == head == Head(2, found.lines[1].hash)
    assert len(found.standing) == 1 and len(list(log.decisions(found))) == 1


def _edited(raw: bytes) -> bytes:
    return raw.replace(b'"status":"prohibited"', b'"status":"sanctioned"')


def _truncated(raw: bytes) -> bytes:
    return b"".join(raw.splitlines(keepends=True)[:-1])


def _emptied(raw: bytes) -> bytes:
    return b""


def _reordered(raw: bytes) -> bytes:
    return b"".join(reversed(raw.splitlines(keepends=True)))


@pytest.mark.parametrize("change", [_edited, _truncated, _emptied, _reordered])
def test_a_changed_log_is_neither_read_nor_written(path: Path, change: object) -> None:
    written(path, decided(), decided(verdict=Verdict.PROHIBITED))
    raw = change(path.read_bytes())  # type: ignore[operator]
    path.write_bytes(raw)
    with pytest.raises(UsageError):
        log.read(path)
    with pytest.raises(UsageError):
        log.decide(path, decided(), ANN)
    assert path.read_bytes() == raw


def test_a_log_that_was_written_anew_is_refused_by_its_head(path: Path, tmp_path: Path) -> None:
    written(path, decided(verdict=Verdict.PROHIBITED))
    other = tmp_path / "other"
    written(other, decided(), decided("gemini"))
    path.write_bytes(other.read_bytes())
    with pytest.raises(UsageError, match="forked, or written anew"):
        log.read(path)


def test_a_log_that_is_gone_is_no_empty_log(path: Path) -> None:
    written(path, decided())
    path.unlink()
    with pytest.raises(UsageError, match="1 lines were recorded, and 0 are there"):
        log.read(path)


def test_without_its_head_the_end_of_a_log_is_not_proven(path: Path) -> None:
    written(path, decided())
    log.head_path(path).unlink()
    with pytest.raises(UsageError, match="head of the log is missing"):
        log.read(path)
    assert not log.read(path, sealed=False).sealed
    log.head_path(path).write_text("gone\n")
    with pytest.raises(UsageError, match="no head"):
        log.read(path)


def test_a_head_that_is_behind_is_brought_up_to_date(path: Path) -> None:
    """As after a power cut between the line and its head."""
    first = written(path, decided()).head
    written(path, decided("gemini"))
    log.head_path(path).write_text(f"{first}\n")
    assert len(log.read(path).lines) == 2
    assert log.decide(path, decided(), ANN).lines == 3
    assert log.read(path).sealed


def test_one_writer_at_a_time(path: Path) -> None:
    def write(number: int) -> int:
        try:
            return log.decide(path, decided(f"service-{number}"), ANN).lines
        except SourceError as error:
            assert "by somebody else" in str(error)
            return 0

    with ThreadPoolExecutor(8) as pool:
        told = [lines for lines in pool.map(write, range(24)) if lines]
    assert sorted(told) == list(range(1, len(log.read(path).lines) + 1)) and told


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("status", "fine"), ("asset", "x"), ("asset", None), ("until", 3), ("columns", {"owner": ["a"]}), ("columns", {"mood": "a"}),
        ("columns", {"data_categories": "a"}), ("grounds", {"risk": "high"}), ("grounds", {"scope_class": "huge"}), ("evidence", []),
        ("columns", []),
    ],
)  # fmt: skip
def test_a_whole_chain_of_nonsense_is_refused(path: Path, key: str, value: object) -> None:
    written(path, decided())
    body = json.loads(path.read_bytes())["body"] | {key: value}
    log.head_path(path).unlink()
    line = chain.following(chain.EMPTY, time="2026-01-05T12:00:00Z", by="a", login="a", event="decision", body=body)
    path.write_text(f"{chain.text(line)}\n")
    with pytest.raises(UsageError, match="no decision that this program understands"):
        log.read(path, sealed=False)


@pytest.mark.parametrize("wrong", [{"asset": "my own id"}, {"grounds": GROUNDS._replace(scope_class="other things")}])
def test_what_could_not_be_read_again_is_not_recorded(path: Path, wrong: dict[str, Any]) -> None:
    written(path, decided())
    before = path.read_bytes()
    with pytest.raises(UsageError, match="cannot be decided upon"):
        written(path, replace(decided(), **wrong))
    assert path.read_bytes() == before and len(log.read(path).standing) == 1


def test_a_folder_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        log.read(tmp_path)


def test_a_decision_without_an_inventory_comes_back_as_one(path: Path) -> None:
    made = decided(evidence=None)
    assert [one for _, one in log.decisions(written(path, made))] == [made]


def test_folders_of_a_log_are_made_and_its_own_is_private(tmp_path: Path) -> None:
    path = tmp_path / "one" / "two" / "decisions.jsonl"
    written(path, decided())
    assert path.parent.stat().st_mode & 0o777 == 0o700
