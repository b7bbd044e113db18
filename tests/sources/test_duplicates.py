"""A log that is there twice is read once, and that is said; logs that only begin alike are both read."""

from __future__ import annotations

import bz2
import gzip
import os
import zipfile
from pathlib import Path

import pytest

from shadowai.model import Gap, Origin
from shadowai.sources import container, duplicates

LINE = b"1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 - HIER_DIRECT/203.0.113.9 -\n"
LOG = b"".join(LINE.replace(b"0.0.7", b"0.%d.%d" % (n >> 8, n & 255)) for n in range(2000))


def left(folder: Path) -> tuple[list[str], dict[str, str]]:
    """The names that are read, and for each left out what the note says."""
    kept, notes = duplicates.distinct(list(container.expand([str(folder)])))
    paths = [os.path.relpath(one.path, folder) for one in kept if isinstance(one, container.Source)]
    assert all(note.kind == "duplicate" for note in notes)
    return paths, {os.path.relpath(note.origin.path, folder): note.text for note in notes if note.origin is not None}


def test_a_plain_and_a_compressed_copy_are_one(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_bytes(LOG)
    (tmp_path / "access.log.1.gz").write_bytes(gzip.compress(LOG[:9000]) + gzip.compress(LOG[9000:]))
    (tmp_path / "access.log.2.bz2").write_bytes(bz2.compress(LOG))
    kept, notes = left(tmp_path)
    assert kept == ["access.log"]
    assert set(notes) == {"access.log.1.gz", "access.log.2.bz2"}
    assert str(tmp_path / "access.log") in notes["access.log.1.gz"]


def test_a_copy_of_the_beginning_holds_nothing_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a-early").write_bytes(LOG[: LOG.index(b"\n", 100_000) + 1])
    (tmp_path / "b-whole").write_bytes(LOG)
    assert left(tmp_path)[0] == ["b-whole"]


@pytest.mark.parametrize("other", [LOG[:-3] + b"x\n\n", LOG[: 1 << 16] + LINE * 3, LINE])
def test_what_only_begins_alike_is_read(other: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(LOG)
    (tmp_path / "b").write_bytes(other)
    assert left(tmp_path) == (["a", "b"], {})


def test_empty_damaged_and_packed_files_stay(tmp_path: Path) -> None:
    for name, data in {"e1": b"", "e2": b"", "d1": gzip.compress(LOG)[:-40], "d2": gzip.compress(LOG)[:-40]}.items():
        (tmp_path / name).write_bytes(data)
    for name in ("z1.zip", "z2.zip"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("access.log", LOG)
    assert left(tmp_path) == (["d1", "d2", "e1", "e2", "z1.zip", "z2.zip"], {})


def test_gaps_and_standard_input_pass(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(LOG)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a").write_bytes(LOG)
    gap = Gap(Origin("unreadable"), "no permission")
    kept, notes = duplicates.distinct([gap, *container.expand(["-", str(tmp_path)])])
    assert kept[0] is gap
    assert [one.path for one in kept if isinstance(one, container.Source)] == ["-", str(tmp_path / "a")]
    assert len(notes) == 1
