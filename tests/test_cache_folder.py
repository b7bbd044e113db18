"""Files that are only a short cut: written whole, and read back only where nobody else can have written them."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai import cache_folder


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    file = tmp_path / "cache" / "thing-1.json"
    cache_folder.write(file, b"one\ntwo", keep=2)
    return file


def test_written_and_read_back(kept: Path) -> None:
    assert cache_folder.read(kept) == b"one\ntwo"
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_changed_byte_makes_it_absent(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes().replace(b"two", b"tw0"))
    assert cache_folder.read(kept) is None


def test_what_others_may_write_is_absent(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.chmod(0o620)
    assert cache_folder.read(kept) is None
    kept.chmod(0o600)
    assert cache_folder.read(kept) is not None
    monkeypatch.setattr("os.geteuid", lambda: kept.stat().st_uid + 1)
    assert cache_folder.read(kept) is None


def test_what_is_too_large_is_absent(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_folder, "MAX_FILE", 8)
    assert cache_folder.read(kept) is None


def test_only_the_newest_of_a_kind_stay(kept: Path) -> None:
    other = kept.with_name("other-1.json")
    cache_folder.write(other, b"", keep=1)
    for number in range(2, 6):
        cache_folder.write(kept.with_name(f"thing-{number}.json"), b"", keep=2)
    left = {file.name for file in kept.parent.iterdir()}
    assert other.name in left
    assert len(left) == 3 and "thing-5.json" in left


def test_a_folder_that_refuses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    cache_folder.write(tmp_path / "cache" / "thing-1.json", b"x", keep=1)
    assert cache_folder.read(tmp_path / "cache" / "thing-1.json") is None


def test_the_folder_is_the_user_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder.folder() == tmp_path / "shadowai"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    found = cache_folder.folder()
    assert found is not None and found.is_absolute() and "relative" not in found.parts
