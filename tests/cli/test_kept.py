"""No command writes its output over what the configuration is made of, nor over what the program remembers by."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from shadowai.cli import kept, main
from shadowai.config import load

CONFIG = """\
formats_dir = ["formats"]
signatures_dir = ["own"]
policy = "policy.yaml"
risk = "weights.yaml"
leases = ["dhcpd.leases"]

[history]
url = "runs.db"

[decisions]
log = "decided.jsonl"

[signatures]
overrides = "changes.yaml"

[tenants.github]
connector = "github"
organization = "example-org"
token = "file:token.txt"
ca_file = "ca.pem"
"""
KEPT = (
    "shadowai.toml",
    "formats/acme.toml",
    "own/claude.yaml",
    "policy.yaml",
    "weights.yaml",
    "dhcpd.leases",
    "runs.db",
    "decided.jsonl",
    "decided.jsonl.head",
    "changes.yaml",
    "token.txt",
    "ca.pem",
    "state/history.db",
    "state/sweeps/github.sqlite",
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHADOWAI_STATE", str(tmp_path / "state"))
    for name in KEPT:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("kept\n")
    Path("shadowai.toml").write_text(CONFIG)


@pytest.mark.parametrize("name", KEPT)
def test_each_file_is_kept(name: str) -> None:
    with pytest.raises(click.BadParameter, match="would be replaced") as wrong:
        kept.keep(load(), verdict=name)
    assert wrong.value.param_hint == "--verdict"


@pytest.mark.parametrize("url", ["named.db", "sqlite:///named.db"])
def test_so_is_the_history_that_is_asked_for(url: str) -> None:
    Path("named.db").write_text("kept\n")
    with pytest.raises(click.BadParameter, match="would be replaced"):
        kept.keep(load(), url, output="named.db")
    kept.keep(load(), output="named.db")


@pytest.mark.parametrize("url", ["env:NAMED", "postgresql+psycopg://db.example/runs", "default"])
def test_a_history_that_is_no_file_keeps_none(url: str) -> None:
    kept.keep(load(), url, output="new.csv", manifest=None)
    for name in ("formats/notes.txt", "github", "example-org"):
        Path(name).write_text("")
        kept.keep(load(), url, output=name)


@pytest.mark.parametrize(
    "line",
    [
        "sweep -o formats/acme.toml --format csv",
        "sweep --verdict runs.db",
        "watch -i lo -o formats/acme.toml --format csv",
        "listen --udp 127.0.0.1:0 -o formats/acme.toml --format csv",
        "diff -o runs.db",
        "plan revoke -o runs.db",
        "plan revoke --policy p.yaml -o p.yaml",
        "export sigma -o own/claude.yaml",
        "signatures build own -o own/claude.yaml --key key.pem",
        "signatures build own -o key.pem --key key.pem",
        "departments inventory.json -o inventory.json",
        "departments inventory.json -o shadowai.toml",
        "decisions export -o decided.jsonl",
        "decisions export -o decided.jsonl.head",
    ],
)
def test_the_commands_keep_to_it(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("p.yaml", "inventory.json", "key.pem"):
        Path(name).write_text("kept\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert main(line.split()) == 2
    assert "is read, and would be replaced" in " ".join(capsys.readouterr().err.split())
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
