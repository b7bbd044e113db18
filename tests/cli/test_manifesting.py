"""``--manifest``: beside the inventory, of the same run, the same bytes each time."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from shadowai.cli import main, page

LINE = "1767600000.000     10 192.0.2.7 TCP_TUNNEL/200 5120 CONNECT chatgpt.com:443 ann HIER_DIRECT/203.0.113.5 -\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "proxy.log"
    path.write_text(LINE * 3)
    return path


def run(log: Path, *more: str) -> int:
    return main(["scan", str(log), "--no-progress", "-o", str(log.parent / "out.csv"), *more])


def test_it_names_what_went_in_and_came_out(log: Path) -> None:
    target = log.parent / "m.json"
    policy = log.parent / "p.yaml"
    policy.write_text("version: 1\nrules:\n  - service: openai-chatgpt\n    status: sanctioned\n")
    assert run(log, "--manifest", str(target), "--policy", str(policy), "--since", "2026-01-01") == 0
    found = json.loads(target.read_bytes())
    assert found["inputs"] == [
        {"path": str(log), "size": log.stat().st_size, "sha256": hashlib.sha256(log.read_bytes()).hexdigest()}
    ]
    written = hashlib.sha256((log.parent / "out.csv").read_bytes()).hexdigest()
    assert found["outputs"] == [{"path": str(log.parent / "out.csv"), "format": "csv", "sha256": written}]
    asked = hashlib.sha256(policy.read_bytes()).hexdigest()
    assert found["options"] == {
        "by": "service",
        "format": "csv",
        "since": "2026-01-01T00:00:00Z",
        "policy": f"{policy} sha256:{asked}",
    }
    assert found["counts"]["entries"] == 1 and found["counts"]["records"] == 3 and found["complete"] is True
    assert found["signatures"]["used"][0]["id"] == "openai-chatgpt"


@pytest.mark.parametrize("suffix", ["csv", "json", "ocsf.jsonl", "ecs.jsonl", "cef", "cdx.json", "sarif", "parquet"])
def test_the_same_input_gives_the_same_bytes(log: Path, suffix: str) -> None:
    made = []
    for name in ("a", "b"):
        folder = log.parent / name
        folder.mkdir()
        out = folder / f"inventory.{suffix}"
        assert main(["scan", str(log), "--no-progress", "-o", str(out), "--manifest", str(folder / "m.json")]) == 0
        made.append((out.read_bytes(), (folder / "m.json").read_bytes().replace(str(folder).encode(), b"")))
    assert made[0] == made[1] and made[0][0]


def test_it_does_not_replace_the_inventory_nor_start_without_its_folder(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(log, "--manifest", str(log.parent / "out.csv")) == 2
    assert run(log, "--manifest", str(log.parent / "none" / "m.json")) == 2
    assert "--manifest: " in capsys.readouterr().err
    assert run(log, "--verdict", str(log.parent / "none" / "v.json")) == 2
    assert "--verdict: " in capsys.readouterr().err
    assert not (log.parent / "out.csv").exists()


@pytest.mark.parametrize("option", ["--verdict", "--manifest", "--output"])
def test_a_log_is_not_replaced_by_what_is_written_of_it(
    log: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = log.read_bytes()
    assert main(["scan", str(log), "--no-progress", "--format", "csv", option, str(log)]) == 2
    assert f"{option}: {log} is read" in capsys.readouterr().err
    assert log.read_bytes() == before and list(log.parent.iterdir()) == [log]


def test_nothing_is_written_where_nobody_asks(log: Path) -> None:
    assert run(log) == 0
    assert sorted(path.name for path in log.parent.iterdir()) == ["out.csv", "proxy.log"]


def test_a_page_and_the_manifest_name_the_same_hashes_however_large_the_input(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "HASHED", 1)
    target, beside = log.parent / "r.html", log.parent / "m.json"
    asked = ["scan", str(log), "--no-progress", "-o", str(target)]
    assert main([*asked, "--manifest", str(beside)]) == 0
    (named,) = json.loads(beside.read_bytes())["inputs"]
    assert named["sha256"] in target.read_text(encoding="utf-8")
    assert json.loads(beside.read_bytes())["outputs"][0]["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()


def test_the_manifest_of_an_earlier_run_is_not_taken_for_one_that_failed(log: Path) -> None:
    beside, rules = log.parent / "m.json", log.parent / "p.yaml"
    assert run(log, "--manifest", str(beside)) == 0
    assert run(log, "--manifest", str(beside), "--identities", str(log.parent / "no people.csv")) == 2
    assert not beside.exists()
    rules.write_text("version: 1\n")
    settings = log.parent / "c.toml"
    settings.write_text('policy = "p.yaml"\n')
    assert run(log, "--config", str(settings), "--manifest", str(rules)) == 2
    assert rules.read_text() == "version: 1\n"
