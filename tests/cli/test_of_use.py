"""Options that would do nothing where they are given are refused before the work begins: who gives one believes in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai.cli import main

WITHOUT = [
    ("scan proxy.log --column user=employee", "--column", "of no use without --table"),
    ("scan --table duckdb:///logs.db#proxy --log-format squid_native", "--log-format", "of no use without PATH"),
    ("scan --table duckdb:///logs.db#proxy --leases dhcpd.leases", "--leases", "of no use without PATH"),
    ("scan --table duckdb:///logs.db#proxy --cluster tcp://192.0.2.1:8786", "--cluster", "of no use without PATH"),
    ("scan proxy.log --every 5", "--every", "of no use without --follow"),
    ("sweep --history runs.db --no-history", "--history", "exclude each other"),
    ("plan blocklist proxy.log --appliance rpz", "--appliance", "of no use without --output"),
    ("triage inventory.json --by ann", "--by", "of no use without --interactive"),
    ("triage inventory.json --format json --limit 3", "--limit", "of no use with --format json"),
    ("triage inventory.json --interactive --limit 3", "--limit", "of no use with --interactive"),
    ("triage inventory.json --decisions nowhere.jsonl", "--decisions", "no such file"),
    ("signatures report --decisions nowhere.jsonl", "--decisions", "no such file"),
    ("decisions --decisions nowhere.jsonl", "--decisions", "no such file"),
    ("decisions --decisions nowhere.jsonl verify", "--decisions", "no such file"),
    ("decisions --decisions proxy.log verify other.jsonl", "FILE", "exclude each other"),
    ("decide claude --status tolerated --reason x --inventory i.json --history runs.db", "--history", "not asked"),
    ("explain claude --input proxy.log --history runs.db", "--history", "not asked"),
    ("explain claude --policy policy.yaml", "--policy", "of no use without --input"),
    ("history --format json show 1", "--format", "not of `show`"),
    ("history --format json forget --before 90d", "--format", "not of `forget`"),
    ("formats --config shadowai.toml guess proxy.log", "--config", "behind `guess`"),
]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "proxy.log").write_text("")


@pytest.mark.parametrize(("line", "option", "why"), WITHOUT)
def test_an_option_that_would_do_nothing_is_refused(
    line: str, option: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line.split()) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert option in said and why in said
    assert [one.name for one in Path().iterdir()] == ["proxy.log"]


@pytest.mark.parametrize(
    "line",
    [
        "scan proxy.log -o folder --format csv",
        "scan proxy.log --state folder",
        "watch -i lo -o folder --format csv",
        "listen --udp 127.0.0.1:0 -o folder --format csv",
        "sweep -o folder --format csv",
        "diff -o folder",
        "export sigma -o folder",
        "signatures build . -o folder --key key.pem",
    ],
)
def test_a_folder_is_no_file_to_write(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "folder").mkdir()
    assert main(line.split()) == 2
    assert "folder is a folder (name a file in it)" in " ".join(capsys.readouterr().err.split())
