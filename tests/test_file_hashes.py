"""Hashes that are remembered: a file is read once, and again as soon as anything about it may have changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from shadowai import file_hashes


class Folder:
    """A folder whose reads are counted."""

    def __init__(self, place: Path) -> None:
        self.place, self.cache, self.reads = place / "files", place / "cache", list[str]()
        self.place.mkdir()

    def put(self, name: str, text: str, *, age: float = 60) -> Path:
        file = self.place / name
        file.write_text(text)
        then = file.stat().st_mtime - age
        os.utime(file, (then, then))
        return file

    def hashes(self) -> Mapping[str, str]:
        self.reads.clear()
        return file_hashes.sha256_of(os.scandir(self.place), self.place, self._read, self.cache)

    def _read(self, path: str) -> bytes:
        self.reads.append(Path(path).name)
        return Path(path).read_bytes()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setattr(file_hashes, "_SETTLED", -1_000_000_000)  # nothing here is old enough to have settled
    return Folder(tmp_path)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_file_is_read_once(folder: Folder) -> None:
    folder.put("a", "one")
    folder.put("b", "two")
    wanted = {"a": sha("one"), "b": sha("two")}
    assert folder.hashes() == wanted and sorted(folder.reads) == ["a", "b"]
    assert folder.hashes() == wanted and folder.reads == []


def test_a_changed_file_is_read_again_though_its_time_was_set_back(folder: Folder) -> None:
    file = folder.put("a", "one")
    before = file.stat()
    folder.hashes()
    file.write_text("two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert folder.hashes() == {"a": sha("two")}
    assert folder.reads == ["a"]


def test_only_what_is_new_is_read(folder: Folder) -> None:
    folder.put("a", "one")
    folder.hashes()
    folder.put("b", "two")
    assert folder.hashes()["b"] == sha("two") and folder.reads == ["b"]


def test_what_is_gone_is_not_told_of(folder: Folder) -> None:
    file = folder.put("a", "one")
    folder.hashes()
    file.unlink()
    assert folder.hashes() == {}


def test_what_was_changed_a_moment_ago_is_not_remembered(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_hashes, "_SETTLED", 2_000_000_000)
    folder.put("a", "one")
    folder.hashes()
    folder.hashes()
    assert folder.reads == ["a"]


def test_a_link_is_read_each_time(folder: Folder, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("one")
    (folder.place / "a").symlink_to(target)
    folder.hashes()
    target.write_text("two")
    assert folder.hashes() == {"a": sha("two")}


def test_a_damaged_memory_is_none(folder: Folder) -> None:
    folder.put("a", "one")
    folder.hashes()
    (kept,) = folder.cache.iterdir()
    kept.write_bytes(kept.read_bytes()[:-1])
    assert folder.hashes() == {"a": sha("one")}
    assert folder.reads == ["a"]


def test_the_same_names_in_another_folder_are_other_files(folder: Folder, tmp_path: Path) -> None:
    folder.put("a", "one")
    folder.hashes()
    other = tmp_path / "other"
    other.mkdir()
    (other / "a").write_text("two")
    found = file_hashes.sha256_of(os.scandir(other), other, lambda path: Path(path).read_bytes(), folder.cache)
    assert found == {"a": sha("two")}
