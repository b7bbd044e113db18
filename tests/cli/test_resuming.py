"""``scan --state`` and ``scan --follow`` from the command line."""

from __future__ import annotations

import csv
import signal
import threading
import time
from pathlib import Path
from typing import NoReturn

import pytest

from shadowai.cli import main, resuming
from shadowai.errors import UsageError
from shadowai.model import Origin
from shadowai.sweep.lock import only_one
from tests.cli.conftest import full_disk
from tests.incremental.logs import GrowingLog


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GrowingLog:
    monkeypatch.chdir(tmp_path)
    return GrowingLog(tmp_path / "access.log")


def _events(path: Path) -> list[int]:
    with path.open(newline="", encoding="utf-8") as file:
        return [int(row["events"]) for row in csv.DictReader(file)]


def test_the_next_run_reads_what_is_new_and_reports_everything(log: GrowingLog, tmp_path: Path) -> None:
    for total in (3, 7):
        log.write(total - log.written)
        assert main(["scan", "access.log", "--state", "state", "-o", "out.csv"]) == 0
        assert _events(tmp_path / "out.csv") == [total]
    log.path.unlink()
    log.path.touch()
    assert (
        main(["scan", "access.log", "--state", "state", "-o", "out.csv", "--by", "user"]) == 3
    )  # what was in it is gone
    assert _events(tmp_path / "out.csv") == [1] * 7


@pytest.mark.parametrize(
    "more", [["--since", "7d"], ["--jobs", "2"], ["--cluster", "tcp://x:1"], ["--table", "duckdb:///x#y"]]
)
def test_what_does_not_go_together_is_refused(
    log: GrowingLog, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    assert main(["scan", "access.log", "--state", "state", *more]) == 2
    assert "cannot be used with it" in capsys.readouterr().err
    assert not Path("state").exists()


@pytest.mark.parametrize("more", [[], ["--state", "state"]])
def test_a_pace_without_going_on_is_refused(
    log: GrowingLog, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    assert main(["scan", "access.log", "--every", "60", *more]) == 2
    assert "add --follow" in capsys.readouterr().err
    assert not Path("state").exists()


def test_a_foreign_state_is_refused_and_left_as_it_is(log: GrowingLog, capsys: pytest.CaptureFixture[str]) -> None:
    Path("state").write_text("mine")
    assert main(["scan", "access.log", "--state", "state"]) == 2
    assert "is no state file of this program" in capsys.readouterr().err
    assert Path("state").read_text() == "mine"


def test_two_at_once_are_refused(log: GrowingLog, capsys: pytest.CaptureFixture[str]) -> None:
    with only_one(Path("state.lock")):
        assert main(["scan", "access.log", "--state", "state"]) == 3
    assert "another scan with this state is running" in capsys.readouterr().err


def test_a_full_disk_ends_no_following(
    log: GrowingLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What could not be written on the way is written later; nothing that was read is given up."""
    monkeypatch.setattr(resuming, "POLL", 0.02)
    room = full_disk(monkeypatch)
    log.write(2)

    def work() -> None:
        time.sleep(1.0)
        room.set()
        log.write(3)
        time.sleep(0.3)
        signal.raise_signal(signal.SIGINT)

    threading.Thread(target=work).start()
    assert main(["scan", "access.log", "--follow", "-o", "out.csv"]) == 0
    assert _events(tmp_path / "out.csv") == [5]
    assert "tried again later" in capsys.readouterr().err


def test_a_state_that_cannot_be_written_keeps_the_inventory(
    log: GrowingLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was read is given, with the gap; the next run begins at the state before, and counts nothing twice."""

    def full(path: Path) -> NoReturn:
        raise UsageError("cannot write: No space left on device", origin=Origin(str(path)))

    for total, fails in ((2, False), (5, True), (9, False)):
        log.write(total - log.written)
        with pytest.MonkeyPatch.context() as patched:
            if fails:
                patched.setattr("shadowai.incremental.state.whole_file", full)
            assert main(["scan", "access.log", "--state", "state", "-o", "out.csv"]) == (3 if fails else 0)
        assert _events(tmp_path / "out.csv") == [total]
        told = capsys.readouterr().err
        assert ("shadowai: state: cannot write: No space left on device" in told) == fails
        assert ("the state was not written" in told.partition("INCOMPLETE")[2]) == fails


def test_a_state_in_a_folder_that_is_not_there_is_refused(log: GrowingLog, capsys: pytest.CaptureFixture[str]) -> None:
    """As any output's: a folder that is made for a slip of the pen would hold a second state."""
    assert main(["scan", "access.log", "--state", "nowhere/state"]) == 2
    assert "nowhere: no such folder" in capsys.readouterr().err
    assert not Path("nowhere").exists()


def test_two_names_of_one_state_are_one(log: GrowingLog, capsys: pytest.CaptureFixture[str]) -> None:
    Path("link").symlink_to("state")
    with only_one(Path("state.lock")):
        assert main(["scan", "access.log", "--state", "link"]) == 3
    assert "another scan with this state is running" in capsys.readouterr().err


@pytest.mark.parametrize("state", [[], ["--state", "state"]])
def test_it_follows_until_it_is_told_to_end(
    log: GrowingLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: list[str]
) -> None:
    monkeypatch.setattr(resuming, "POLL", 0.02)
    log.write(2)
    seen: list[int] = []

    def work() -> None:
        deadline = time.monotonic() + 30
        while not (tmp_path / "out.csv").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        seen.extend(_events(tmp_path / "out.csv"))
        log.write(3)
        log.rename(late=1)
        log.write(4)
        time.sleep(0.3)
        signal.raise_signal(signal.SIGINT)

    threading.Thread(target=work).start()
    assert main(["scan", "access.log", "--follow", *state, "-o", "out.csv"]) == 0
    assert (seen, _events(tmp_path / "out.csv")) == ([2], [10])
