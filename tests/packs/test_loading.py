"""What is in force, and what must be known of it."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from shadowai import catalog
from shadowai.errors import SignatureError
from shadowai.packs import installing, loading
from shadowai.packs.store import State, Store
from tests.packs.making import SETTINGS, TODAY, Packed, install, known, own, text

pytestmark = pytest.mark.usefixtures("small")


def test_what_has_expired_since_is_used_and_said(store: Store, one: Packed) -> None:
    install(one, store)
    assert loading.in_force(SETTINGS, store, today=date(2027, 1, 31)).notes == ()
    (note,) = loading.in_force(SETTINGS, store, today=date(2027, 2, 1)).notes
    assert note.kind == "signatures_expired" and "shadowai 1" in note.text and "2027-01-31" in note.text


def test_a_pack_older_than_the_program_is_said(store: Store, one: Packed, monkeypatch: pytest.MonkeyPatch) -> None:
    install(one, store)
    monkeypatch.setattr("shadowai.__version__", "99.0")
    (note,) = loading.in_force(SETTINGS, store, today=TODAY).notes
    assert note.kind == "signatures_behind"


def test_a_pack_of_another_schema_than_the_program_s_is_not_guessed_at(store: Store, one: Packed) -> None:
    install(one, store)
    current = store.read().current
    assert current is not None
    store.write(State(dataclasses.replace(current, schema=2)))
    with pytest.raises(SignatureError, match="is of schema 2"):
        loading.in_force(SETTINGS, store)
    installing.rollback(SETTINGS, store)
    assert known(store) == ["zero"]


@pytest.mark.parametrize("damage", ["change", "add", "remove"])
def test_files_changed_behind_our_back_are_noticed(store: Store, one: Packed, damage: str) -> None:
    install(one, store)
    current = store.read().current
    assert current is not None
    inside = store.pack(current).folder
    if damage == "change":
        (inside / "alpha.yaml").write_bytes(text("alpha", host="evil.example"))
    elif damage == "add":
        (inside / "omega.yaml").write_bytes(text("omega"))
    else:
        (inside / "alpha.yaml").unlink()
    with pytest.raises(SignatureError, match="not those that were verified"):
        known(store)
    installing.rollback(SETTINGS, store)
    assert known(store) == ["zero"]


def test_findings_name_pack_and_signature(store: Store, one: Packed, tmp_path: Path) -> None:
    settings = own(tmp_path)
    zero = loading.in_force(settings, store).get("zero")
    assert zero is not None and zero.pack.startswith("packaged with shadowai ")
    install(one, store, settings)
    found = loading.in_force(settings, store)
    alpha, mine = found.get("alpha"), found.get("local-mine")
    assert alpha is not None and mine is not None
    assert (alpha.pack, mine.pack) == ("shadowai 1", "local")
    assert alpha.sha256 == catalog.read(tmp_path / "one" / "alpha.yaml").sha256


def test_the_day_is_that_of_greenwich() -> None:
    assert abs((loading.today_utc() - date.today()).days) <= 1
