from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from shadowai import pipeline
from shadowai.cli import main, page
from tests.conftest import ROOT

LINE = "1772442600.000    120 192.0.2.{host} TCP_TUNNEL/200 5000 CONNECT chatgpt.com:443 {user} HIER_DIRECT/198.51.100.7 -\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A proxy's log with two people in it."""
    path = tmp_path / "access.log"
    path.write_text("".join(LINE.format(host=i, user=user) for i, user in ((7, "ann"), (8, "bob"))))
    return path


def _told(path: Path) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8")))


def test_a_page_has_who_and_the_hashes_whatever_the_rows(log: Path, tmp_path: Path) -> None:
    pages = [tmp_path / "service.html", tmp_path / "user.htm"]
    for target, by in zip(pages, ("service", "user"), strict=True):
        assert main(["scan", str(log), "-o", str(target), "--by", by, "--no-progress"]) == 0
    assert pages[0].read_bytes() == pages[1].read_bytes()
    told = _told(pages[0])
    assert "1 AI service was seen; 2 people are named with it, for use, an attempt, a look-up or a seat." in told
    assert hashlib.sha256(log.read_bytes()).hexdigest() in told
    assert "ann" in told and "bob" in told


def test_with_a_history_it_tells_what_has_changed(log: Path, tmp_path: Path) -> None:
    target, remembered = tmp_path / "r.html", str(tmp_path / "h.db")
    assert main(["scan", str(log), "-o", str(target), "--history", remembered, "--no-progress"]) == 0
    assert "a baseline, with nothing to compare" in _told(target)
    log.write_text(log.read_text() + LINE.format(host=9, user="eve").replace("chatgpt.com", "claude.ai"))
    assert main(["scan", str(log), "-o", str(target), "--history", remembered, "--no-progress"]) == 0
    told = _told(target)
    assert "From run 1" in told and "new Claude" in told and "Since the last look" in told


def test_where_a_log_is_silent_is_a_blind_spot(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "r.html"
    assert main(["scan", str(log), "-o", str(target), "--no-progress"]) == 0
    assert "nothing for" not in _told(target)
    log.write_text(log.read_text() + LINE.format(host=9, user="eve").replace("1772442600", str(1772442600 + 72 * 3600)))
    assert main(["scan", str(log), "-o", str(target), "--no-progress"]) == 0
    assert "squid_native: nothing for 72 hours from 2026-03-02T09:10:00Z on" in _told(target)
    monkeypatch.setattr(page, "READ_AGAIN", 10)
    assert main(["scan", str(log), "-o", str(target), "--no-progress"]) == 0
    assert "gaps in time were not looked for" in _told(target) and "nothing for" not in _told(target)


def test_a_capture_is_not_silent(tmp_path: Path) -> None:
    found = page.silences([str(next((ROOT / "samples").rglob("*.pcap")))], pipeline.ScanOptions())
    assert found == ()
    assert [note.kind for note in page.silences(["-"], pipeline.ScanOptions())] == ["silence_unlooked"]


def test_what_has_no_hash_says_why(tmp_path: Path) -> None:
    small, large = tmp_path / "a.log", tmp_path / "b.log"
    small.write_bytes(b"x" * 10)
    large.write_bytes(b"y" * 100)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found = list(
        page.hashes([str(small), str(large), str(pipe), "-", "https://user:secret@example.com/a.log"], limit=20)
    )
    assert [(Path(file.path).name, file.size, file.why) for file in found] == [
        ("a.log", None, "read from elsewhere"),
        ("a.log", 10, ""),
        ("b.log", 100, "too large to be read twice"),
        ("pipe", None, "a stream can be read only once"),
        ("-", None, "a stream can be read only once"),
    ]
    assert "secret" not in found[0].path
    assert found[1].sha256 == hashlib.sha256(b"x" * 10).hexdigest()


def test_the_limit_is_for_all_files_together(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).write_bytes(b"x" * 10)
    assert [bool(file.sha256) for file in page.hashes([str(tmp_path)], limit=25)] == [True, True, False]


def test_a_file_that_is_gone_costs_its_hash_and_not_the_page(tmp_path: Path) -> None:
    (file,) = page.hashes([str(tmp_path / "gone.log")])
    assert (file.sha256, file.why) == ("", "no such file or folder")


def test_the_reasons_of_a_risk_are_its_contributions_and_add_up() -> None:
    options = pipeline.ScanOptions()
    report = pipeline.scan([str(ROOT / "samples")], options=options)
    rater = options.rater(options.load_catalog())
    found = page.reasons(report, rater)
    assert found.keys() == {entry.asset_id for entry in report.entries}
    for entry in report.entries:
        several = found[entry.asset_id]
        assert sum(reason.points or 0 for reason in several) == entry.risk
        assert sum(reason.low or 0 for reason in several) == entry.risk_low
        assert [reason.points for reason in several] == sorted((r.points for r in several), key=lambda p: -(p or 0))
    assert page.reasons(replace(report, entries=(replace(report.entries[0], risk=None),)), rater) == {}


def test_a_pipe_is_not_read_again_for_silences(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    found = page.silences([str(tmp_path / "pipe")], pipeline.ScanOptions())
    assert [note.kind for note in found] == ["silence_unlooked"]
