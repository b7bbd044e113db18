"""A log that is there twice is read once, and that is said; logs that only begin alike are both read."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import tarfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from shadowai.cli import main
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
            archive.writestr(name, LOG)
    assert left(tmp_path) == (["d1", "d2", "e1", "e2", "z1.zip", "z2.zip"], {})


def test_a_copy_of_an_archive_is_read_once(tmp_path: Path) -> None:
    for name in ("1.zip", "1.tar"):
        kind = zipfile.ZipFile if name.endswith("zip") else tarfile.TarFile
        (tmp_path / "access.log").write_bytes(LOG)
        with kind(tmp_path / name, "w") as archive:
            getattr(archive, "write" if name.endswith("zip") else "add")(tmp_path / "access.log", "access.log")
        (tmp_path / f"copy of {name}").write_bytes((tmp_path / name).read_bytes())
    (tmp_path / "access.log").unlink()
    kept, notes = left(tmp_path)
    assert kept == ["1.tar", "1.zip"] and set(notes) == {"copy of 1.tar", "copy of 1.zip"}


def test_gaps_and_standard_input_pass(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(LOG)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a").write_bytes(LOG)
    gap = Gap(Origin("unreadable"), "no permission")
    kept, notes = duplicates.distinct([gap, *container.expand(["-", str(tmp_path)])])
    assert kept[0] is gap
    assert [one.path for one in kept if isinstance(one, container.Source)] == ["-", str(tmp_path / "a")]
    assert len(notes) == 1


def lines(first: int, last: int) -> bytes:
    """Records of an access log, each at a time of its own."""
    return b"".join(LINE.replace(b"1767600000", b"%d" % (1767600000 + n)) for n in range(first, last))


def overlaps(folder: Path) -> dict[str, int]:
    """How many lines are said to be in two files, by the later one."""
    kept, notes = duplicates.distinct(list(container.expand([str(folder)])))
    assert len(kept) == len(list(folder.iterdir())) - sum(note.kind == "duplicate" for note in notes)
    return {
        os.path.relpath(note.origin.path, folder): note.count
        for note in notes
        if note.kind == "overlap" and note.origin is not None
    }


@pytest.mark.parametrize("packed", [bytes, gzip.compress, zstandard.compress])
def test_files_that_overlap_are_told(packed: Callable[[bytes], bytes], tmp_path: Path) -> None:
    (tmp_path / "access.log.1").write_bytes(lines(0, 1000))
    (tmp_path / "access.log").write_bytes(packed(lines(900, 2000)))
    assert overlaps(tmp_path) == {"access.log": 100}


def test_an_overlap_longer_than_what_is_compared_of_the_first(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(lines(0, 3000))
    (tmp_path / "b").write_bytes(lines(500, 4000))
    assert overlaps(tmp_path) == {"b": 2500}


def test_a_header_above_what_both_hold_is_no_record(tmp_path: Path) -> None:
    header = b"# written by the exporter of the first of January\n"
    (tmp_path / "a").write_bytes(header + lines(0, 50))
    (tmp_path / "b").write_bytes(header + lines(20, 90))
    assert overlaps(tmp_path) == {"b": 31}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lines(0, 50), lines(50, 90)),  # one goes on where the other ends
        (lines(0, 50), lines(60, 70) + lines(49, 50) + lines(70, 80)),  # a line that came again
        (lines(0, 50), lines(49, 90)),  # one line alone tells nothing
        (b"-\n" * 50, b"-\n" * 20 + b"x\n"),  # lines that say too little
        (lines(0, 50), lines(30, 40) + lines(45, 50) + lines(60, 70)),
        (b"", b"\n\n"),
    ],
)
def test_what_does_not_overlap_is_not_said_to(one: bytes, other: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(one)
    (tmp_path / "b").write_bytes(other)
    assert overlaps(tmp_path) == {}


def test_the_command_line_reads_a_log_and_its_copies_once_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rotated file, as it stands and compressed in three ways; and one more that overlaps with it."""
    log, folder = lines(0, 200), tmp_path / "logs"
    folder.mkdir()
    for name, data in {
        "access.log.1": log,
        "access.log.1.gz": gzip.compress(log),
        "access.log.1.zst": zstandard.compress(log),
        "access.log.1.xz": lzma.compress(log),
        "access.log": lines(150, 300),
    }.items():
        (folder / name).write_bytes(data)
    assert main(["scan", str(folder), "--no-progress", "--format", "json", "-o", "-"]) == 0
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert [entry["events"] for entry in report["entries"]] == [
        350
    ]  # 150 more than the overlap leaves: told, not guessed
    notes = [note["kind"] for note in report["notes"]]
    assert (notes.count("duplicate"), notes.count("overlap")) == (3, 1)
    assert "read once" in said.err and "both are counted" in said.err


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_can_be_read_only_once_is_left_to_the_scan(
    jobs: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe, log = tmp_path / "pipe", tmp_path / "access.log"
    os.mkfifo(pipe)
    log.write_bytes(LOG)
    writer = threading.Thread(target=lambda: pipe.write_bytes(LOG.replace(b"10.0", b"10.9")), daemon=True)
    writer.start()
    code = main(["scan", str(pipe), str(log), "--jobs", jobs, "--format", "json", "--no-history", "--no-progress"])
    found = json.loads(capsys.readouterr().out)
    assert (code, [row["events"] for row in found["entries"]], found["gaps"]) == (0, [4000], [])
    writer.join(10)
