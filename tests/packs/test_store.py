"""The store: one file decides, and a damaged one is said to be damaged."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import pytest

from shadowai.errors import SignatureError, SourceError, UsageError
from shadowai.packs.store import Installed, State, Store

ONE = Installed("shadowai", 7, "2026-11-01", "2027-01-31", 1, "0.1.0", "a" * 16, "b" * 64, "c" * 64)
TWO = dataclasses.replace(ONE, serial=8, archive="d" * 64)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    (tmp_path / "s").mkdir()
    monkeypatch.setattr(os, "sync", lambda: None)  # it waits for everybody's writes
    return Store(tmp_path / "s")


def test_nothing_installed(tmp_path: Path) -> None:
    assert Store(tmp_path / "nowhere").read() == State()


def test_the_default_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHADOWAI_STATE", str(tmp_path))
    assert Store().root == tmp_path / "signatures"


def test_written_and_read_back(store: Store) -> None:
    for state in (State(ONE, None, {"shadowai": 7}), State(TWO, ONE, {"shadowai": 8, "ours": 1}), State(None, ONE, {})):
        store.write(state)
        assert store.read() == state


def _without(key: str) -> Any:
    def damage(found: dict[str, Any]) -> None:
        del found[key]

    return damage


def _with(value: object, *keys: str) -> Any:
    def damage(found: dict[str, Any]) -> None:
        for key in keys[:-1]:
            found = found[key]
        found[keys[-1]] = value

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        *(_without(key) for key in ("format", "current", "previous", "serials")),
        _with(2, "format"),
        _with([], "serials"),
        _with({"shadowai": "7"}, "serials"),
        _with({"shadowai": True}, "serials"),
        _with([], "current"),
        _with({}, "current"),
        _with("../../etc", "current", "archive"),
        _with("x", "current", "content"),
        _with(-7, "current", "serial"),
        _with("7", "current", "serial"),
        _with(None, "current", "schema"),
        _with("../..", "current", "pack"),
        _with("later", "current", "expires"),
        _with("\x1b[2J", "current", "key"),
    ],
)
def test_a_damaged_state_is_refused_and_never_guessed(store: Store, damage: Any) -> None:
    store.write(State(ONE, TWO, {"shadowai": 8}))
    file = store.root / "state.json"
    found = json.loads(file.read_bytes())
    damage(found)
    file.write_text(json.dumps(found))
    with pytest.raises(SignatureError, match="is damaged") as caught:
        store.read()
    assert "packaged signatures" in caught.value.remedy


@pytest.mark.parametrize("data", [b"", b"\xff", b"[" * 100_000, b"null", b"[]", b"7"])
def test_what_is_no_state_at_all(store: Store, data: bytes) -> None:
    (store.root / "state.json").write_bytes(data)
    with pytest.raises(SignatureError, match="is damaged"):
        store.read()


def test_folders(store: Store) -> None:
    store.put(ONE, {"one.yaml": b"1", "pack.json": b"{}"})
    store.put(TWO, {"two.yaml": b"2"})
    store.put(TWO, {"three.yaml": b"3"})
    assert store.pack(TWO).folder == store.root / TWO.folder
    assert {path.name: path.read_bytes() for path in store.pack(TWO).folder.iterdir()} == {"three.yaml": b"3"}
    assert store.pack(ONE).name == "shadowai 7"
    (store.root / "draft").mkdir()
    (store.root / "notes").mkdir()
    store.tidy(State(TWO, None))
    assert {path.name for path in store.root.iterdir()} == {TWO.folder, "notes"}


def test_what_is_written_is_for_the_owner_alone(store: Store) -> None:
    store.put(ONE, {"one.yaml": b"1"})
    store.write(State(ONE))
    assert store.pack(ONE).folder.stat().st_mode & 0o777 == 0o700
    for path in (store.root / "state.json", store.pack(ONE).folder / "one.yaml"):
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_left_in_the_way_is_not_followed(store: Store, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (store.root / "state.json.draft").symlink_to(victim)
    store.write(State(ONE))
    assert victim.read_text() == "mine" and store.read() == State(ONE)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file")
    for failing in (lambda: store.write(State()), lambda: store.put(ONE, {}), store.read, store.only_one):
        with pytest.raises(UsageError, match="cannot be kept or read"):
            failing()


def test_one_at_a_time(store: Store) -> None:
    busy = pytest.raises(SourceError, match="another update of the signatures is running")
    with store.only_one(), busy, store.only_one():
        pass
    with store.only_one():
        pass
