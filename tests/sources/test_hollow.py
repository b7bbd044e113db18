"""Files that have bytes and say nothing are not taken for empty ones."""

from __future__ import annotations

import gzip
import io
import os
from pathlib import Path

import pytest

from shadowai import pipeline
from shadowai.incremental.run import Incremental
from shadowai.model import Gap, Record
from shadowai.pipeline import ScanOptions
from shadowai.sources import container
from shadowai.sources.container import Source
from shadowai.sources.framing import LONGEST
from shadowai.sources.hollow import may_be_hollow

NULS, LIST = "nothing but NUL bytes", "ends where it begins"
LINE = b"1772409600.000 120 192.0.2.5 TCP_TUNNEL/200 900 CONNECT claude.ai:443 jdoe HIER_DIRECT/160.79.104.10 -\n"
HOLLOW = [
    (b"\0", NULS),
    (b"\0\0\r\n\0", NULS),
    (bytes(5000), NULS),
    (bytes(3 << 20), NULS),
    (gzip.compress(bytes(5000), mtime=0), NULS),
    (b"[", LIST),
    (b" [\n\0", LIST),
    (b"\xef\xbb\xbf[\n", LIST),
    ("[\n".encode("utf-16"), LIST),
    (b"[]\n[", LIST),
    (b"[ ]\r\n[]\r\n[\r\n", LIST),
    (gzip.compress(b"[\n", mtime=0), LIST),
]


@pytest.mark.parametrize(("data", "reason"), HOLLOW)
def test_what_says_nothing_is_a_gap_whichever_way_it_is_read(data: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / "proxy.log").write_bytes(data)
    paths = [str(tmp_path / "proxy.log")]
    report = pipeline.scan(paths, options=ScanOptions())
    assert [reason in gap.reason for gap in report.gaps] == [True] and not report.complete
    assert [reason in item.reason for item in pipeline.read(paths, options=ScanOptions()) if isinstance(item, Gap)] == [
        True
    ]
    assert [reason in gap.reason for gap in pipeline.scan(paths, options=ScanOptions(jobs=2)).gaps] == [True]
    os.utime(paths[0], (1_772_409_600, 1_772_409_600))  # one that was written to a moment ago may become more
    run = Incremental(paths, ScanOptions())
    run.step()
    assert [reason in gap.reason for gap in run.reports(("service",))[0].gaps] == [True]


def test_more_nuls_than_the_longest_line_has_bytes_are_said_to_be_too_long(tmp_path: Path) -> None:
    (tmp_path / "proxy.log").write_bytes(bytes(LONGEST + (1 << 20)))
    report = pipeline.scan([str(tmp_path / "proxy.log")], options=ScanOptions())
    assert len(report.gaps) == 1 and not report.complete


@pytest.mark.parametrize("data", [b"", b"\n \r\n", b"[]", b"[\n]\n", b"\0[]\0", b"[]\n[ ]\n", "\n".encode("utf-16")])
def test_what_is_empty_is_complete(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "proxy.log").write_bytes(data)
    assert pipeline.scan([str(tmp_path / "proxy.log")], options=ScanOptions()).gaps == ()


@pytest.mark.parametrize("nuls", [3, 9000, 70_000])
def test_lines_behind_nuls_are_read(nuls: int, tmp_path: Path) -> None:
    """What is cut off under its writer goes on where the writer was."""
    path = tmp_path / "proxy.log"
    path.write_bytes(bytes(nuls) + LINE * 3)
    assert sum(isinstance(item, Record) for item in pipeline.read([str(path)], options=ScanOptions())) == 3
    report = pipeline.scan([str(path)], options=ScanOptions())
    assert report.gaps == () and [entry.events for entry in report.entries] == [3]


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (b"\0" * 100, LINE),
        (b"\0" * 10_000, LINE),
        (b"[\n", b'{"time":"2026-03-02T00:00:00Z","user":"jdoe","host":"claude.ai","action":"allowed"}]\n'),
    ],
)
def test_a_file_that_is_written_on_is_read_then(begin: bytes, more: bytes, tmp_path: Path) -> None:
    path = tmp_path / "proxy.log"
    path.write_bytes(begin)
    run = Incremental([str(path)], ScanOptions())
    run.step()
    assert len(run.reports(("service",))[0].gaps) == 1
    with path.open("ab") as log:
        log.write(more)
    run.step()
    (report,) = run.reports(("service",))
    assert report.gaps == () and [(entry.service_id, entry.events) for entry in report.entries] == [
        ("anthropic-claude", 1)
    ]


def test_only_a_whole_text_tells() -> None:
    assert may_be_hollow(b"\0\n") and may_be_hollow(b"\0[") and not may_be_hollow(b"\n") and not may_be_hollow(b"[]")
    for data, plain in (
        (bytes(20_000) + LINE, True),
        (bytes(20_000), False),
        (LINE + bytes(20_000), True),
        (b"[\n", False),
    ):
        raw = io.BytesIO(data)
        content = container.plain(Source("x", lambda raw=raw: raw), raw)  # type: ignore[misc]
        assert (content is not None) is plain
        assert content is None or content.stream.read() == data
