"""Which engine walks over a capture, and what is said where the compiled one is missing."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from shadowai import fast
from shadowai.cli import main
from shadowai.sources.capture.capture_file import CaptureFile
from shadowai.sources.capture.limits import DEFAULT
from shadowai.sources.capture.naming import Naming
from tests.captures import conversations, files, messages


def _table() -> fast.CompiledTable | None:
    return fast.table(Naming(), lambda flow: None, DEFAULT, ())


def test_the_reference_engine_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fast.PURE, "1")
    assert _table() is None
    assert not fast.is_missing()


def test_there_is_a_table_unless_the_compiled_part_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(fast.PURE, raising=False)
    assert (_table() is None) is fast.is_missing()


def test_without_the_compiled_part_a_capture_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(fast.PURE, raising=False)
    monkeypatch.setattr(fast, "find_spec", lambda name: None)
    assert fast.is_missing()
    assert "compiler" in fast.MISSING
    talk = conversations.udp("192.0.2.1", "192.0.2.53", 53).send(messages.dns_query("chatgpt.com"))
    records = list(CaptureFile("a.pcap", io.BytesIO(files.pcap(talk.frames))).records(compiled=True))
    assert [record.host for record in records] == ["chatgpt.com"]


def test_a_scan_of_captures_says_once_that_it_is_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(fast.PURE, raising=False)
    talk = conversations.udp("192.0.2.1", "192.0.2.53", 53).send(messages.dns_query("www.example.com"))
    paths = [str(files.write_pcap(tmp_path / name, talk.frames)) for name in ("a.pcap", "b.pcap")]
    for missing in (True, False):
        monkeypatch.setattr(fast, "find_spec", lambda name, missing=missing: None if missing else object())
        monkeypatch.setattr(fast, "_module", lambda: None)
        main(["scan", *paths, "--no-progress"])
        assert capsys.readouterr().err.count(fast.MISSING) == missing


@pytest.mark.parametrize("missing", [True, False])
def test_line_feeds_are_counted(missing: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(fast.PURE, raising=False)
    if missing:
        monkeypatch.setenv(fast.PURE, "1")
    fast._breaks.cache_clear()
    every = bytes(range(256)) * 40 + b"\n" * 9000
    for size in (*range(70), 4079, 4080, 4081, 4096, 10_000, len(every)):
        assert fast.breaks(every[:size]) == every[:size].count(b"\n")
        assert fast.breaks(every[-size:]) == every[-size:].count(b"\n")
    fast._breaks.cache_clear()
