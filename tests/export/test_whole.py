"""Files are written whole or not at all."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.export.whole import whole_file
from shadowai.model import Origin


def write(path: Path, data: bytes = b"new") -> None:
    with whole_file(path) as stream:
        stream.write(data)


def inside(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_gets_the_usual_permissions(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "a.csv")
    finally:
        os.umask(before)
    assert ((tmp_path / "a.csv").read_bytes(), mode(tmp_path / "a.csv")) == (b"new", 0o640)
    assert inside(tmp_path) == ["a.csv"]


def test_an_existing_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old and longer")
    path.chmod(0o600)
    write(path)
    assert (path.read_bytes(), mode(path)) == (b"new", 0o600)


def test_a_reader_sees_the_old_file_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    with whole_file(path) as stream:
        stream.write(b"new")
        stream.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("exists", [True, False])
def test_on_an_error_nothing_is_left_behind(tmp_path: Path, error: type[BaseException], exists: bool) -> None:
    path = tmp_path / "a.csv"
    if exists:
        path.write_bytes(b"old")
    with pytest.raises(error), whole_file(path) as stream:
        stream.write(b"half")
        raise error
    assert inside(tmp_path) == (["a.csv"] if exists else [])
    assert not exists or path.read_bytes() == b"old"


def test_a_full_disk_is_an_error_of_the_user_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write: No space left") as caught, whole_file(tmp_path / "a.csv"):
        raise OSError(28, "No space left on device")
    assert caught.value.origin == Origin(str(tmp_path / "a.csv"))
    assert inside(tmp_path) == []


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        write(tmp_path)


@pytest.mark.parametrize("name", ["missing/a.csv", "n" * 300 + ".csv"])
def test_what_cannot_be_written_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        write(tmp_path / name)
    assert inside(tmp_path) == []


def test_a_file_in_place_of_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(UsageError, match="cannot write"):
        write(tmp_path / "a" / "b.csv")


def test_a_protected_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # the superuser may write everywhere
    with pytest.raises(UsageError, match="write-protected"):
        write(path)
    assert path.read_bytes() == b"old"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "a.csv", tmp_path / "link.csv"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write(link)
    assert link.is_symlink() and target.read_bytes() == b"new"


def test_a_long_name_is_no_obstacle(tmp_path: Path) -> None:
    name = "n" * 251 + ".csv"
    write(tmp_path / name)
    assert inside(tmp_path) == [name]


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write(pipe)
    reader.join(10)
    assert got == [b"new"] and stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_the_program_leaves_nothing_beside(tmp_path: Path, number: signal.Signals) -> None:
    """Nothing of ``finally`` runs where nobody takes it; the program still ends by it."""
    (tmp_path / "a.csv").write_bytes(b"old")
    code = f"""
import os, pathlib
from shadowai.export.whole import whole_file
with whole_file(pathlib.Path("a.csv")) as stream:
    stream.write(b"half")
    os.kill(os.getpid(), {int(number)})
"""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environ, capture_output=True, check=False)
    assert done.returncode == -number and done.stderr == b""
    assert inside(tmp_path) == ["a.csv"] and (tmp_path / "a.csv").read_bytes() == b"old"


def test_who_takes_signals_goes_on_taking_them(tmp_path: Path) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    try:
        with whole_file(tmp_path / "a.csv") as stream:
            stream.write(b"new")
            signal.raise_signal(signal.SIGTERM)
        assert heard == [signal.SIGTERM] and inside(tmp_path) == ["a.csv"]
    finally:
        signal.signal(signal.SIGTERM, before)
    write(tmp_path / "b.csv")
    assert signal.getsignal(signal.SIGTERM) is before
