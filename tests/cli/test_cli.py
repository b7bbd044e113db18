"""The command line as a whole: help, exit codes, errors, interruptions, and how fast it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

import shadowai
from shadowai import cli
from shadowai.errors import ShadowaiError, SignatureError, SourceError, UsageError
from shadowai.model import Origin
from tests.cli.conftest import FakePipeline, environment, program

Captured = pytest.CaptureFixture[str]


def _raising(error: BaseException) -> click.Command:
    @click.command("formats")
    def command() -> None:
        raise error

    return command


def _run_raising(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("shadowai.cli.formats.command", _raising(error))
    return cli.main(["formats"])


def test_help_lists_the_commands_that_work_and_no_other(capsys: Captured) -> None:
    assert cli.main(["--help"]) == 0
    listed = capsys.readouterr().out.partition("Commands:\n")[2]
    assert [line.split()[0] for line in listed.splitlines()] == list(cli.COMMANDS)


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_explains_itself(command: str, capsys: Captured) -> None:
    assert cli.main([command, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: shadowai {command} ")


def test_version(capsys: Captured) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"shadowai {shadowai.__version__}\n"


def test_nothing_asked_shows_the_help_and_is_wrong_usage(capsys: Captured) -> None:
    assert cli.main([]) == 2
    assert "Commands:" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [
        ["nope"],
        ["scan"],
        ["scan", "--nope", "x"],
        ["scan", "--jobs", "0", "x"],
        ["scan", "--jobs", "99999", "x"],
        ["sweeps"],
    ],
)
def test_wrong_usage_is_said_on_stderr(argv: list[str], capsys: Captured) -> None:
    assert cli.main(argv) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Usage: shadowai" in said.err and "Error: " in said.err


@pytest.mark.parametrize(
    ("error", "code"),
    [(ShadowaiError("x"), 2), (UsageError("x"), 2), (SignatureError("x"), 2), (SourceError("x"), 3)],
)
def test_an_error_has_its_exit_code(error: ShadowaiError, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run_raising(error, monkeypatch) == code


def test_an_error_says_where_what_and_the_remedy(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    error = UsageError("unknown key 'x'", origin=Origin("policy.yaml", 3), remedy="remove it")
    assert _run_raising(error, monkeypatch) == 2
    assert capsys.readouterr().err == "shadowai: policy.yaml:3: unknown key 'x' (remove it)\n"


def test_an_error_cannot_speak_to_the_terminal(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    assert _run_raising(UsageError("\x1b]0;owned\x07\n\u202egnp.exe\udcff"), monkeypatch) == 2
    assert capsys.readouterr().err == "shadowai: \\x1b]0;owned\\x07\\n\\u202egnp.exe\\udcff\n"


def test_a_wrong_option_cannot_speak_to_the_terminal(capsys: Captured) -> None:
    assert cli.main(["scan", "--\x1b[2J", "x"]) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_the_system_refusing_is_a_message(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    assert _run_raising(PermissionError(13, "Permission denied", "a\nb"), monkeypatch) == 2
    said = capsys.readouterr().err
    assert "Permission denied" in said and said.count("\n") == 1


@pytest.mark.parametrize(
    "error", [KeyError("\x1b[2J"), MemoryError(), RecursionError(), AssertionError("\x1b]0;x\x07")]
)
def test_a_mistake_of_the_program_is_shown_and_is_no_breach(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert _run_raising(error, monkeypatch) == 70
    said = capsys.readouterr().err
    assert "Traceback" in said and type(error).__name__ in said and "\x1b" not in said


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_interrupted(error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    assert _run_raising(error, monkeypatch) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_a_closed_pipe_ends_it_quietly_and_is_no_breach() -> None:
    command = [sys.executable, "-c", "import shadowai.cli, sys; sys.exit(shadowai.cli.main(['formats']))"]
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), said) == (141, b"")


@pytest.mark.parametrize(("paths", "code"), [(["absent"], 2), (["use.log", "-o", "use.csv"], 0)])
def test_stderr_that_takes_nothing_changes_neither_code_nor_inventory(
    paths: list[str], code: int, tmp_path: Path
) -> None:
    """1, with which Python itself ends, is a breach."""
    line = "1767225600.000 9 192.0.2.1 TCP_TUNNEL/200 900 CONNECT chatgpt.com:443 ann@example.com HIER_DIRECT/- -\n"
    (tmp_path / "use.log").write_text(line, "ascii")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "shadowai", "scan", *paths]
    done = subprocess.run(command, env=environment(), cwd=tmp_path, stderr=writing)
    os.close(writing)
    assert (done.returncode, (tmp_path / "use.csv").exists()) == (code, code == 0)


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_stream_that_is_closed_from_the_start_is_no_mistake(closed: str, tmp_path: Path) -> None:
    start = f"import sys; sys.{closed} = None; from shadowai.cli import main; sys.exit(main(['scan', 'absent']))"
    done = subprocess.run([sys.executable, "-c", start], env=environment(), cwd=tmp_path, capture_output=True)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_runs_as_a_module_anywhere(tmp_path: Path) -> None:
    done = program("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout.decode().strip()) == (0, f"shadowai {shadowai.__version__}")


def test_exit_code_leaves_the_process(tmp_path: Path) -> None:
    assert program("scan", "absent.log", cwd=tmp_path).returncode == 2


def test_output_that_the_terminal_cannot_encode_is_escaped(tmp_path: Path) -> None:
    (tmp_path / "é.toml").write_text("")
    ascii_only = {**environment(), "PYTHONIOENCODING": "ascii:strict"}
    command = [sys.executable, "-m", "shadowai", "formats", "--config", "é.toml", "--nope-é"]
    done = subprocess.run(command, env=ascii_only, cwd=tmp_path, capture_output=True)
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)


def test_help_needs_nothing_heavy(tmp_path: Path) -> None:
    """Start-up time is what is imported; the benchmark shows the seconds."""
    code = "import sys; from shadowai.cli import main; main(['--help']); print(*sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), cwd=tmp_path, capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.split())
    heavy = {
        "pandas",
        "yaml",
        "rich",
        "orjson",
        "zstandard",
        "idna",
        "jsonschema",
        "concurrent.futures",
        "multiprocessing",
    }
    assert "click" in loaded and "Commands:" in done.stdout
    assert not heavy & loaded
    assert not {name for name in loaded if name.startswith("shadowai.sources")}


def test_a_scan_imports_nothing_for_what_nobody_asked_for(tmp_path: Path) -> None:
    line = "1767603600.123 120 192.0.2.5 TCP_TUNNEL/200 5000 CONNECT chatgpt.com:443 ann HIER_DIRECT/198.51.100.7 -\n"
    (tmp_path / "access.log").write_text(line)
    code = (
        "import sys; from shadowai.cli import main; main(['scan', 'access.log', '-o', 'found.csv']);"
        "print(*sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), cwd=tmp_path, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "ChatGPT" in (tmp_path / "found.csv").read_text() and "shadowai.risk.rating" in loaded
    unasked = {
        "shadowai.budgets.model",
        "shadowai.decisions.log",
        "shadowai.history.store",
        "shadowai.packs.manifest",
        "shadowai.packs.signing",
        "shadowai.permissions",
        "shadowai.policy.reading",
        "shadowai.policy.rules",
        "shadowai.privacy",
    }
    assert not unasked & loaded


def test_the_end_of_the_process_looks_for_no_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[bool] = []
    monkeypatch.setattr(cli, "main", lambda: 3)
    monkeypatch.setattr("gc.freeze", lambda: frozen.append(True))
    assert cli.program() == 3 and frozen == [True]


def test_the_code_of_a_command_is_the_code_of_the_program(fake: FakePipeline) -> None:
    from tests.cli.conftest import GAP

    assert cli.main(["read", "proxy.log"]) == 0
    fake.items = [GAP]
    assert cli.main(["read", "proxy.log"]) == 3
