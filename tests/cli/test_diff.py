"""``shadowai diff``: formats and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shadowai.cli import main
from shadowai.history.model import Memory
from shadowai.history.place import opened
from shadowai.history.remember import remember
from shadowai.model import Verdict
from tests.history.making import entry, scan

BAD = Verdict.PROHIBITED


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHADOWAI_STATE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(*memories: Memory) -> None:
    with opened(None) as history:
        for memory in memories:
            remember(history, memory)


@pytest.mark.parametrize(
    ("memories", "code"),
    [
        ([scan(entry("claude", verdict=BAD))], 0),
        ([scan(), scan(entry("claude"), day=1)], 0),
        ([scan(), scan(entry("claude", verdict=BAD), day=1)], 1),
        ([scan(entry("claude", verdict=BAD)), scan(entry("claude", verdict=BAD), day=1)], 0),
        ([scan(entry("claude")), scan(entry("claude"), day=1, gaps=["proxy.log"])], 3),
        ([scan(entry("claude")), scan(entry("gemini", verdict=BAD), day=1, gaps=["proxy.log"])], 1),
        ([scan(entry("claude"), gaps=["proxy.log"])], 3),
    ],
)
def test_exit_codes(memories: list[Memory], code: int) -> None:
    put(*memories)
    assert main(["diff"]) == code


def test_fail_on_narrows() -> None:
    put(scan(), scan(entry("claude", verdict=BAD), day=1))
    assert main(["diff", "--fail-on", "unsanctioned"]) == 0
    assert main(["diff", "--fail-on", "tolerated"]) == 2


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        (["a", "2"], "'A': 'a' is not a valid number of a run"),
        (["1", "0"], "'B': 0 is not in the range"),
        ([str(1 << 63), "2"], f"'A': {1 << 63} is not in the range"),
    ],
)
def test_what_is_no_run_is_called_as_the_help_calls_it(
    runs: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", *runs]) == 2
    told = capsys.readouterr().err
    assert f"Invalid value for {said}" in told and "[A B]" in told


def test_nothing_and_nonsense(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff"]) == 2 and "no run is remembered" in capsys.readouterr().err
    put(scan(), scan(day=1))
    assert main(["diff", "1"]) == 2
    assert main(["diff", "2", "1"]) == 2
    assert main(["diff", "1", "9"]) == 2
    assert main(["diff", "1", "2"]) == 0


def test_formats(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(scan(), scan(entry("claude"), day=1))
    assert main(["diff"]) == 0
    assert "new     service  Claude" in capsys.readouterr().out
    assert main(["diff", "--format", "json"]) == 0
    shown = capsys.readouterr()
    assert [row["service_id"] for row in json.loads(shown.out)["changes"]] == ["claude"] and "From run 1" in shown.err
    assert main(["diff", "--format", "csv", "-o", "d.csv"]) == 0
    assert (state / "d.csv").read_text().splitlines()[1].startswith("new,service,Claude,claude,")
    assert main(["diff", "-o", "none/d.csv"]) == 2


def test_another_history(state: Path) -> None:
    put(scan(), scan(entry("claude", verdict=BAD), day=1))
    assert main(["diff", "--history", "other.db"]) == 2
    assert main(["diff", "--history", "history.db"]) == 1
    (state / "c.toml").write_text('[history]\nurl = "other.db"\n')
    assert main(["diff", "--config", "c.toml"]) == 2
    assert main(["diff", "--config", "c.toml", "--history", str(state / "history.db")]) == 1


def test_audit_mode_is_shown_and_never_fails(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.cli.test_remembering import log

    argv = ["scan", "proxy.log", "--policy", "p.yaml", "--history", "default"]
    text = "version: 1\nmode: {0}\nrules: [{{vendor: OpenAI, status: prohibited}}]\n"
    Path("p.yaml").write_text(text.format("audit"))
    log(("claude.ai", "bob"))
    assert main(argv) == 0
    log(("claude.ai", "bob"), ("chatgpt.com", "ann"))
    assert main(argv) == 0
    capsys.readouterr()
    assert main(["diff"]) == 0
    said = capsys.readouterr().out
    assert "prohibited (audit)" in said and "in audit mode, which alert nobody: 2" in said
    Path("p.yaml").write_text(text.format("enforce"))
    assert main(argv) == 1
    capsys.readouterr()
    assert main(["diff", "--format", "json"]) == 1
    rows = json.loads(capsys.readouterr().out)["changes"]
    assert {(row["field"], row["before"], row["after"], row["breach"]) for row in rows} == {
        ("mode", "audit", "enforce", True)
    }
