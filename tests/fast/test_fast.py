"""Which engine walks over a capture, and what is said where the compiled one is missing."""

from __future__ import annotations

import io

import pytest

from shadowai import fast
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
