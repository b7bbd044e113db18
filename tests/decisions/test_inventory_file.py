"""An inventory written and read again."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from shadowai.decisions import inventory_file
from shadowai.errors import UsageError
from shadowai.export import json_file
from shadowai.model import Dossier, Entry, Gap, Origin, Report, Ruling
from tests.history.making import entry

DOSSIER = Dossier(
    "Ann", "drafts", ("mail",), "D-1", "C-1", "Bob", "2027-01-01", "2026-01-05", "Ann", "", ("risk 1, now 20",)
)


def put(path: Path, *entries: Entry, by_user: bool = False, gaps: tuple[Gap, ...] = ()) -> Path:
    stream = io.BytesIO()
    json_file.write(Report(entries, gaps, by="user" if by_user else "service"), stream)
    path.write_bytes(stream.getvalue())
    return path


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    full = entry(
        "claude", risk=60, risk_low=20, risk_level="high", scopes=("Mail.Read",), departments=("IT",), facts=("grant",),
        evidence=(Origin("a:b.log", 17), Origin("x.pcap", 4, "frame"), Origin("stdin")), verdict_reason="why", verdict_owner="Ann",
        ruling=Ruling(alternative="gemini"), dossier=DOSSIER, signature_pack="p", signature_sha256="0" * 64,
    )  # fmt: skip
    path = put(tmp_path / "i.json", full, entry("gemini", usage=None, bytes_up=None, first_seen=None))
    found = inventory_file.read(path)
    assert found.rows[0].entry == full
    assert found.rows[1].entry == entry("gemini", usage=None, bytes_up=None, first_seen=None)
    assert found.complete and found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert not inventory_file.read(put(path, full, gaps=(Gap(Origin("x"), "lost"),))).complete


@pytest.mark.parametrize("key", ["events", "blocked", "users", "devices", "bytes_up", "active_days", "risk"])
def test_a_count_below_zero_was_written_by_something_else(tmp_path: Path, key: str) -> None:
    path = put(tmp_path / "i.json", entry("claude"))
    told = json.loads(path.read_text())
    told["entries"][0][key] = -5
    path.write_text(json.dumps(told))
    with pytest.raises(UsageError, match="is no inventory"):
        inventory_file.read(path)


def test_rows_by_user_have_their_actor(tmp_path: Path) -> None:
    rows = inventory_file.read(put(tmp_path / "i.json", entry("claude", "ann"), by_user=True)).rows
    assert rows[0].entry == entry("claude", "ann")


def test_the_hash_of_a_row_is_of_all_that_was_shown(tmp_path: Path) -> None:
    first = inventory_file.read(put(tmp_path / "a.json", entry("claude"), entry("gemini"))).rows[0]
    again = inventory_file.read(put(tmp_path / "b.json", entry("claude"))).rows[0]
    other = inventory_file.read(put(tmp_path / "c.json", entry("claude", events=4))).rows[0]
    assert first.sha256 == again.sha256 != other.sha256
    told = json.loads((tmp_path / "b.json").read_text())["entries"][0]
    assert hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest() == again.sha256


def test_a_row_is_found_by_its_id_its_beginning_or_the_service(tmp_path: Path) -> None:
    claude, gemini = entry("claude"), entry("gemini")
    found = inventory_file.read(put(tmp_path / "i.json", claude, gemini))
    for asked in (claude.asset_id, claude.asset_id[:6], "claude"):
        assert found.row(asked).entry == claude
    for wrong in ("", "abc", "claud", claude.asset_id[:3], "\x1b[31m"):
        with pytest.raises(UsageError, match="no asset"):
            found.row(wrong)
    twice = inventory_file.read(
        put(tmp_path / "i.json", replace(claude, asset_id="abcd1"), replace(gemini, asset_id="abcd2"))
    )
    with pytest.raises(UsageError, match="begins 2 assets"):
        twice.row("abcd")


def test_a_service_whose_rows_are_by_user_is_told_apart_from_what_is_not_there(tmp_path: Path) -> None:
    found = inventory_file.read(put(tmp_path / "i.json", entry("claude", "ann"), by_user=True))
    with pytest.raises(UsageError, match="'claude' is a service, and the inventory has its rows by user"):
        found.row("claude")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"entries": 3, "complete": true}',
        '{"entries": [3], "complete": true}',
        "[" * 100_000,
        "\xff",
    ],
)
def test_what_is_no_inventory_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "i.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match="no inventory"):
        inventory_file.read(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("verdict", "fine"), ("usage", "often"), ("asset_id", 3), ("names", "a"), ("names", [1]), ("events", "3"), ("events", True),
        ("first_seen", "soon"), ("first_seen", "2026-01-01"), ("dossier", []), ("dossier", {"owner": 3}), ("risk", 1.5),
    ],
)  # fmt: skip
def test_rows_with_wrong_values_are_refused(tmp_path: Path, key: str, value: object) -> None:
    path = put(tmp_path / "i.json", entry("claude"))
    found = json.loads(path.read_text())
    found["entries"][0][key] = value
    path.write_text(json.dumps(found))
    with pytest.raises(UsageError, match="no inventory"):
        inventory_file.read(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        inventory_file.read(tmp_path / "none.json")


def test_a_row_of_the_history_has_a_hash_of_what_is_kept() -> None:
    row = inventory_file.row_of(entry("claude"))
    assert row.sha256 == inventory_file.row_of(entry("claude", events=9)).sha256
    assert row.sha256 != inventory_file.row_of(entry("claude", scopes=("Mail.Read",))).sha256


def test_what_a_dossier_does_not_tell_is_empty(tmp_path: Path) -> None:
    path = put(tmp_path / "i.json", entry("claude"))
    told = json.loads(path.read_text())
    told["entries"][0]["dossier"] = {"owner": "Ann", "review": None}
    path.write_text(json.dumps(told))
    dossier = inventory_file.read(path).rows[0].entry.dossier
    assert dossier is not None and (dossier.owner, dossier.review, dossier.data_categories) == ("Ann", (), ())
