"""``shadowai signatures build, keygen, update, rollback, status``."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from shadowai import catalog
from shadowai.cli import main
from tests.packs.making import folder, text

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> Path:
    """A folder with a key that the configuration in force trusts, and one packaged signature."""
    packaged = folder(tmp_path / "packaged", "zero")
    monkeypatch.setattr(catalog, "packaged_dir", lambda: packaged)
    for name in ("CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    monkeypatch.setenv("SHADOWAI_CONFIG", str(tmp_path / "shadowai.toml"))
    assert main(["signatures", "keygen", "-o", str(tmp_path / "key.pem")]) == 0
    key = capsys.readouterr().out.strip()
    (tmp_path / "shadowai.toml").write_text(f'[signatures]\nkeys = ["{key}"]\n')
    return tmp_path


def build(place: Path, name: str, *ids: str, serial: int) -> Path:
    made = place / f"{name}.pack"
    key = str(place / "key.pem")
    command = ["build", str(folder(place / name, *ids)), "-o", str(made), "--key", key, "--serial", str(serial)]
    assert main(["signatures", *command]) == 0
    return made


def update(pack: Path) -> int:
    return main(["signatures", "update", str(pack)])


def test_from_key_to_rollback(place: Path, capsys: Captured) -> None:
    first, second = build(place, "first", "one", serial=1), build(place, "second", "one", "two", serial=2)
    assert "shadowai 2: 2 signatures, 2 indicators" in capsys.readouterr().err
    assert update(first) == update(second) == 0
    said = capsys.readouterr().err
    assert "shadowai 2 is in force; it expires on" in said
    assert "1 signatures in place of" in said and "2 signatures in place of" in said
    assert main(["signatures", "match", "--json", "two.example"]) == 0
    assert [m["id"] for m in json.loads(capsys.readouterr().out)["matches"]] == ["two"]
    assert main(["signatures", "rollback"]) == 0
    assert "shadowai 1 in force again" in capsys.readouterr().err
    assert main(["signatures", "match", "two.example"]) == 0
    assert "no AI service" in capsys.readouterr().out


def test_the_same_again(place: Path, capsys: Captured) -> None:
    pack = build(place, "first", "one", serial=1)
    assert update(pack) == update(pack) == 0
    assert "in force already" in capsys.readouterr().err


def test_status(place: Path, capsys: Captured) -> None:
    assert main(["signatures", "status"]) == 0
    assert capsys.readouterr().out.startswith("in force: packaged, 1 signatures, version ")
    update(build(place, "first", "one", "two", serial=1))
    assert main(["signatures", "status"]) == 0
    said = capsys.readouterr().out
    assert (
        said.startswith("in force: shadowai 1, 2 signatures") and "signed by" in said and "before:   packaged" in said
    )


def test_a_refused_pack_is_wrong_usage_with_its_reason(place: Path, capsys: Captured) -> None:
    pack = build(place, "first", "one", serial=1)
    pack.write_bytes(pack.read_bytes()[:-1])
    assert update(pack) == 2
    said = capsys.readouterr().err
    assert str(pack) in said and "the pack is refused: its signature does not fit" in said
    assert main(["signatures", "rollback"]) == 2


def test_without_a_key_nothing_is_even_fetched(place: Path, capsys: Captured) -> None:
    (place / "shadowai.toml").write_text("")
    assert main(["signatures", "update", "https://packs.example/a.pack"]) == 2
    assert "no key is trusted" in capsys.readouterr().err


def test_a_pack_that_is_not_there(place: Path, capsys: Captured) -> None:
    assert update(place / "nowhere.pack") == 3
    assert "is not there" in capsys.readouterr().err


def test_what_does_not_prove_itself_is_not_written(place: Path, capsys: Captured) -> None:
    (folder(place / "bad") / "one.yaml").write_bytes(text("one", strength="weak"))
    command = [
        "signatures",
        "build",
        str(place / "bad"),
        "-o",
        str(place / "bad.pack"),
        "--key",
        str(place / "key.pem"),
    ]
    assert main(command) == 2
    assert not (place / "bad.pack").exists() and "is strong, not weak" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--key", "nowhere.pem"], "the key cannot be read"),
        (["--key", "k", "--key", "k", "--key", "k"], "at most 2 keys"),
        ([], "Missing option '--key'"),
    ],
)
def test_building_wrongly(place: Path, more: list[str], says: str, capsys: Captured) -> None:
    assert main(["signatures", "build", str(place / "packaged"), "-o", str(place / "x.pack"), *more]) == 2
    assert says in capsys.readouterr().err


def test_a_pack_is_replaced_whole_or_not_at_all(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    made = build(place, "x", "one", serial=1)
    before = {path.name: path.read_bytes() for path in place.glob("x.pack*")}

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    command = [
        "signatures",
        "build",
        str(folder(place / "y", "one", "two")),
        "-o",
        str(made),
        "--key",
        str(place / "key.pem"),
    ]
    assert main(command) == 2
    assert f"{made}: cannot write: No space left" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in place.glob("*x.pack*")} == before and len(before) == 2


def test_two_signers(place: Path, capsys: Captured) -> None:
    assert main(["signatures", "keygen", "-o", str(place / "next.pem")]) == 0
    (place / "shadowai.toml").write_text(f'[signatures]\nkeys = ["{capsys.readouterr().out.strip()}"]\n')
    keys = ["--key", str(place / "key.pem"), "--key", str(place / "next.pem")]
    made = place / "x.pack"
    assert main(["signatures", "build", str(place / "packaged"), "-o", str(made), *keys]) == 0
    assert update(made) == 0


def test_a_finding_names_its_pack_and_signature(place: Path, capsys: Captured) -> None:
    update(build(place, "first", "one", serial=1))
    log = place / "access.log"
    line = "1795244400.000 12 10.0.0.1 TCP_TUNNEL/200 900 CONNECT one.example:443 ann HIER_DIRECT/203.0.113.1 -\n"
    log.write_text(line * 3)
    capsys.readouterr()
    main(["scan", str(log), "--format", "json", "--no-progress"])
    report = json.loads(capsys.readouterr().out)
    (entry,) = report["entries"]
    assert entry["signature_pack"] == "shadowai 1"
    assert entry["signature_sha256"] == catalog.read(place / "first" / "one.yaml").sha256
    assert report["signatures"]


def test_a_report_says_that_its_signatures_expired(place: Path, capsys: Captured) -> None:
    from shadowai.packs.store import Store

    update(build(place, "first", "one", serial=1))
    state = Store().root / "state.json"
    state.write_text(state.read_text().replace('"expires": "', '"expires": "2001-01-01", "was": "'))
    (place / "a.log").write_text(
        "1795244400.000 12 10.0.0.1 TCP_TUNNEL/200 9 CONNECT x.example:443 - HIER_DIRECT/- -\n" * 3
    )
    capsys.readouterr()
    main(["scan", str(place / "a.log"), "--format", "json", "--no-progress"])
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert notes[0]["kind"] == "signatures_expired"
