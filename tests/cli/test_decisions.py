"""``shadowai decisions``: the list, the proof, the export."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from shadowai.cli import main
from tests.decisions.making import decided, written


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log of three decisions, the user's own."""
    monkeypatch.setenv("SHADOWAI_STATE", str(tmp_path))
    path = tmp_path / "decisions.jsonl"
    written(path, decided(), decided("gemini", reason="\x1b[31m"), decided("mistral"))
    return path


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def test_the_list(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decisions"]) == 0
    out = capsys.readouterr().out
    assert [line.split()[1] for line in out.splitlines()] == ["claude", "gemini", "mistral"] and "\x1b" not in out


def test_nothing_decided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SHADOWAI_STATE", str(tmp_path / "none"))
    assert main(["decisions"]) == 0
    assert "nothing was decided" in capsys.readouterr().err
    assert main(["decisions", "verify"]) == 0
    assert not (tmp_path / "none").exists()


def test_a_whole_log_verifies(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decisions", "verify"]) == 0
    head = json.loads(lines(log)[-1])["hash"]
    assert capsys.readouterr().out == f"3 lines verify; head 3:{head}\n"
    assert main(["decisions", "verify", "--head", f"3:{head}"]) == 0
    assert main(["decisions", "verify", str(log), "--against", str(log)]) == 0


def test_a_copy_that_is_not_there_proves_nothing(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    none = log.with_name("none.jsonl")
    for words in ([str(none)], ["--against", str(none)]):
        assert main(["decisions", "verify", *words]) == 2
        told = capsys.readouterr()
        assert told.out == "" and f"{none}: no such file" in told.err


def _edited(raw: list[bytes]) -> list[bytes]:
    return (
        [raw[0], raw[1].replace(b"a contract", b"a favour"), raw[2]]
        if b"a contract" in raw[1]
        else [raw[0][:-3] + b"0}\n", *raw[1:]]
    )


TAMPERED: list[Callable[[list[bytes]], list[bytes]]] = [
    _edited,
    lambda raw: [raw[0], raw[2]],
    lambda raw: [raw[0], raw[2], raw[1]],
    lambda raw: raw[:2],
    lambda raw: [*raw[:2], raw[2][:-9]],
    lambda raw: [*raw, raw[2]],
    lambda raw: [],
]


@pytest.mark.parametrize(
    "change", TAMPERED, ids=["edited", "removed", "moved", "truncated", "cut", "doubled", "emptied"]
)
def test_a_changed_log_is_refused(
    log: Path, change: Callable[[list[bytes]], list[bytes]], capsys: pytest.CaptureFixture[str]
) -> None:
    log.write_bytes(b"".join(change(lines(log))))
    for words in (["decisions"], ["decisions", "verify"], ["decisions", "export"]):
        assert main(words) == 2
        told = capsys.readouterr()
        assert told.out == "" and f"shadowai: {log}:" in told.err


def test_a_fork_is_refused(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.jsonl"
    other.write_bytes(b"".join(lines(log)[:2]))
    head = json.loads(lines(log)[1])["hash"]
    (tmp_path / "other.jsonl.head").write_text(f"2:{head}\n")
    assert main(["decisions", "verify", str(other), "--against", str(log)]) == 0  # it goes on where this ends
    written(other, decided("perplexity"))
    assert main(["decisions", "verify", str(other)]) == 0  # in itself it is whole
    assert main(["decisions", "verify", str(other), "--against", str(log)]) == 2
    assert ":3: the two logs part here" in capsys.readouterr().err
    told = json.loads(lines(log)[2])["hash"]
    assert main(["decisions", "verify", str(other), "--head", f"3:{told}"]) == 2
    assert main(["decisions", "verify", str(other), "--head", "nonsense"]) == 2


def test_a_copy_without_its_head_is_not_proven_to_its_end(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(b"".join(lines(log)[:2]))
    assert main(["decisions", "verify", str(copy)]) == 3
    assert "may be missing at its end" in capsys.readouterr().err
    head = json.loads(lines(log)[2])["hash"]
    assert main(["decisions", "verify", str(copy), "--head", f"3:{head}"]) == 2
    assert main(["decisions", "verify", str(tmp_path / "none")]) == 2


def test_exports(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decisions", "export"]) == 0
    assert len(json.loads(capsys.readouterr().out)["events"]) == 3
    assert main(["decisions", "export", "--format", "csv", "-o", str(tmp_path / "log.csv")]) == 0
    assert (tmp_path / "log.csv").read_text().count("\n") == 4
    assert main(["decisions", "--decisions", str(tmp_path / "none"), "export"]) == 2
    assert "no such file" in capsys.readouterr().err


def test_where_nobody_has_decided_the_export_is_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shadowai.toml").write_text('[decisions]\nlog = "none.jsonl"\n')
    assert main(["decisions", "--config", str(tmp_path / "shadowai.toml"), "export"]) == 0
    assert json.loads(capsys.readouterr().out)["events"] == []
