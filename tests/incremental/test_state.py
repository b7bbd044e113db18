"""The state file: whole or not at all, and nothing foreign is believed."""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections import Counter
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.incremental.known import File, Seen
from shadowai.incremental.run import Incremental
from shadowai.incremental.state import MAGIC, State, layout, load, lock_of, save
from shadowai.pipeline import ScanOptions
from tests.incremental.logs import line

SAMPLES = Path(__file__).parents[2] / "samples"


def _signed(body: bytes, *, written_under: bytes | None = None) -> bytes:
    sum_ = hashlib.sha256(body).hexdigest().encode()
    return b" ".join((MAGIC, written_under or layout(), sum_)) + b"\n" + body


def _pickled(value: object) -> bytes:
    return zlib.compress(pickle.dumps(value))


def test_a_new_state_is_for_its_owner_only_and_an_old_one_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "state"
    save(State(), path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    save(State(), path)
    assert path.stat().st_mode & 0o777 == 0o640


def test_one_state_has_one_lock_by_whatever_name(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("state")
    assert lock_of(tmp_path / "link") == lock_of(tmp_path / "state") == tmp_path.resolve() / "state.lock"


def test_a_state_in_no_folder_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        save(State(), tmp_path / "none" / "state")


def test_no_file_is_no_state(tmp_path: Path) -> None:
    assert load(tmp_path / "none") is None
    (tmp_path / "empty").touch()
    assert load(tmp_path / "empty") is None


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    save(State("v", ("a", "b"), [File(1, "x", Seen("1:2", 3, 4))]), tmp_path / "state")
    found = load(tmp_path / "state")
    assert found is not None
    assert (found.signatures, found.reading, found.files[0].path, found.files[0].seen) == (
        "v",
        ("a", "b"),
        "x",
        ("1:2", 3, 4),
    )


def test_everything_that_a_scan_meets_can_be_kept(tmp_path: Path) -> None:
    """All samples together: sessions, answers, candidates, captures."""
    formats = Path(__file__).parents[1] / "formats"
    paths = [
        str(SAMPLES),
        *(str(formats / name) for name in ("zeek_ssl_tsv", "zeek_conn_tsv", "zeek_dns_tsv", "suricata_eve")),
    ]
    first = Incremental(paths, ScanOptions(), tmp_path / "state")
    first.step()
    first.save()
    second = Incremental(paths, ScanOptions(), tmp_path / "state")
    second.step()
    assert second.reports(("user", "service")) == first.reports(("user", "service"))
    assert len(first.reports(("service",))[0].entries) > 5


@pytest.mark.parametrize("place", [0, 20, 60, 100, -1])
def test_a_changed_byte_is_told_with_the_remedy(tmp_path: Path, place: int) -> None:
    path = tmp_path / "state"
    save(State("v"), path)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(UsageError, match=r"is damaged|is no state file|keeps other things") as told:
        load(path)
    assert told.value.remedy


@pytest.mark.parametrize("data", [b"x", b"\n", line(1).encode(), MAGIC, MAGIC + b" a\n", b"\0" * 100])
def test_another_file_is_not_taken_for_one(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "state").write_bytes(data)
    with pytest.raises(UsageError, match="is no state file"):
        load(tmp_path / "state")


def test_another_layout_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(_signed(_pickled(State()), written_under=b"0" * 16))
    with pytest.raises(UsageError, match="keeps other things"):
        load(tmp_path / "state")


class _Runs:
    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (Path("ran"),)


@pytest.mark.parametrize("value", [_Runs(), Counter(a=1), [1], Path("x")])
def test_a_file_made_to_run_something_runs_nothing(
    tmp_path: Path, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "state").write_bytes(_signed(_pickled(value)))
    with pytest.raises(UsageError, match=r"is damaged|is no state file"):
        load(tmp_path / "state")
    assert not (tmp_path / "ran").exists()


def test_a_truncated_stream_is_told(tmp_path: Path) -> None:
    for body in (
        b"",
        b"no zlib",
        zlib.compress(b""),
        zlib.compress(b"\x80\x05"),
        zlib.compress(pickle.dumps(State())[:-3]),
    ):
        (tmp_path / "state").write_bytes(_signed(body))
        with pytest.raises(UsageError, match="is damaged"):
            load(tmp_path / "state")


def test_a_state_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state"
    save(State("old"), path)
    monkeypatch.setattr(pickle, "dumps", lambda *_, **__: (_ for _ in ()).throw(MemoryError))
    with pytest.raises(MemoryError):
        save(State("new"), path)
    monkeypatch.undo()
    found = load(path)
    assert found is not None and found.signatures == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["state"]


def test_the_layout_tells_of_every_field(monkeypatch: pytest.MonkeyPatch) -> None:
    before = layout()
    layout.cache_clear()
    monkeypatch.setattr(File, "__slots__", (*File.__slots__, "one_more"))
    assert layout() != before
    layout.cache_clear()
