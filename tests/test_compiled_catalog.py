"""The cache file: what was written is read back, and only from a file that nobody else may have written."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai import compiled_catalog, index
from shadowai.compiled_catalog import Compiled
from shadowai.model import Indicator, Signature

SMALL = Compiled(
    index.build([Signature("a", "A", "V", "coding", indicators=(Indicator("host", "suffix", "a.example", "strong"),))]),
    {"a": {"id": "a", "text": "\u00fc\n"}},
)


def kept(tmp_path: Path, version: str = "1") -> Path:
    file = compiled_catalog.path(tmp_path / "cache", version)
    assert file is not None
    compiled_catalog.write(file, SMALL)
    return file


def test_written_and_read_back(tmp_path: Path) -> None:
    found = compiled_catalog.read(kept(tmp_path))
    assert found is not None
    assert found.index == SMALL.index
    assert dict(found.documents) == SMALL.documents
    assert "b" not in found.documents


def test_nobody_else_may_write_it(tmp_path: Path) -> None:
    file = kept(tmp_path)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    for mode in (0o620, 0o602):
        file.chmod(mode)
        assert compiled_catalog.read(file) is None


def test_somebody_else_s_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = kept(tmp_path)
    monkeypatch.setattr("os.geteuid", lambda: file.stat().st_uid + 1)
    assert compiled_catalog.read(file) is None


def test_a_link_left_in_the_way_is_not_followed(tmp_path: Path) -> None:
    file = kept(tmp_path)
    victim = tmp_path / "victim"
    victim.write_text("mine")
    file.unlink()
    file.symlink_to(victim)
    compiled_catalog.write(file, SMALL)
    assert victim.read_text() == "mine"
    assert compiled_catalog.read(file) is not None


def test_nothing_is_there(tmp_path: Path) -> None:
    assert compiled_catalog.read(tmp_path / "none.json") is None
    assert compiled_catalog.read(tmp_path) is None


def test_old_ones_go_and_no_draft_stays(tmp_path: Path) -> None:
    files = [kept(tmp_path, str(n)) for n in range(7)]
    left = list((tmp_path / "cache").iterdir())
    assert len(left) == 4 and files[-1] in left
    assert {file.suffix for file in left} == {".json"}


def test_other_content_or_other_code_is_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = compiled_catalog.path(tmp_path, "1")
    assert compiled_catalog.path(tmp_path, "1") == first
    assert compiled_catalog.path(tmp_path, "2") != first
    monkeypatch.setattr(compiled_catalog, "_code", lambda: "other")
    assert compiled_catalog.path(tmp_path, "1") != first


def test_the_folder_is_the_user_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = compiled_catalog.path(None, "1")
    assert found is not None and found.parent == tmp_path / "shadowai"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    found = compiled_catalog.path(None, "1")
    assert found is not None and found.is_absolute() and "relative" not in found.parts
