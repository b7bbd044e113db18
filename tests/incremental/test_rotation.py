"""Names that rotation gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai.incremental.rotation import is_rotated, siblings, turns


@pytest.mark.parametrize(
    "name",
    [
        *(
            "access.log.1",
            "access.log.12.gz",
            "access.log-20260105",
            "access.log-20260105.gz",
            "access.log.2026-01-05T08:00",
        ),
        *("access-20260105.log", "access.1.log", "access-2026-01-05.log.zst", "access.log.gz"),
    ],
)
def test_rotated(name: str) -> None:
    assert is_rotated(name, "access.log")


@pytest.mark.parametrize(
    "name",
    [
        "access.log",
        "access.log.offset",
        "access.log.swp",
        "error.log.1",
        "access.log2.txt",
        "xaccess.log.1",
        "access.log.",
    ],
)
def test_not_rotated(name: str) -> None:
    assert not is_rotated(name, "access.log")


def test_siblings_are_those_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.log", "a.log.2", "a.log.1", "b.log.1"):
        (tmp_path / name).touch()
    assert [one.name for one in siblings(str(tmp_path / "a.log"))] == ["a.log.1", "a.log.2"]
    monkeypatch.chdir(tmp_path)
    assert [one.name for one in siblings("a.log")] == ["a.log.1", "a.log.2"]
    assert list(siblings(str(tmp_path / "none" / "a.log"))) == []


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("access.log.1", 1),
        ("access.log.12.gz", 12),
        ("access.log", None),
        ("access.log-20260105", None),
        ("access.log.2026-01-05", None),
        ("error.log.1", None),
        ("access.1.log", None),
    ],
)
def test_how_often_a_log_was_rotated(name: str, count: int | None) -> None:
    assert turns(name, "access.log") == count
