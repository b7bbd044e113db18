"""What is said on stderr."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import click
import pytest

from shadowai.cli import terminal
from shadowai.model import Gap, Note, Origin

Captured = pytest.CaptureFixture[str]


def test_a_message_is_one_line_whatever_is_in_it(capsys: Captured) -> None:
    terminal.say("a\nb\x1b[31m\x9b\u202e")
    assert capsys.readouterr() == ("", "a\\nb\\x1b[31m\\x9b\\u202e\n")


def test_lines(capsys: Captured) -> None:
    terminal.lines(["one", "t\two"])
    assert capsys.readouterr().err == "one\nt\\two\n"


def test_what_is_set_in_within_help_is_shown_so(capsys: Captured) -> None:
    terminal.usage(click.ClickException("Choose from:\n\tsigma,\n\tzeek\x1b"))
    assert capsys.readouterr().err == "Error: Choose from:\n  sigma,\n  zeek\\x1b\n"


def test_a_gap_says_where_why_and_how_often(capsys: Captured) -> None:
    first = Origin("a.log", 4)
    terminal.gap(Gap(first, "not JSON", 1200, (first, Origin("a.log", 9))))
    assert capsys.readouterr().err == "gap: a.log:4: not JSON [1,200 times] (also a.log:9)\n"


def test_a_note(capsys: Captured) -> None:
    terminal.note(Note(Origin("a.log"), "zone", "taken for UTC"))
    assert capsys.readouterr().err == "note: a.log: taken for UTC\n"


def test_streams_take_what_their_encoding_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = io.BytesIO(), io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, "ascii"))
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(err, "ascii"))
    terminal.prepare()
    print("é\udc80", flush=True)
    terminal.say("é")
    assert (out.getvalue(), err.getvalue()) == (b"\\xe9\\udc80\n", b"\\xe9\n")


def test_a_text_goes_to_its_file_or_to_stdout(tmp_path: Path, capsys: Captured) -> None:
    terminal.put("é\n", None)
    assert capsys.readouterr().out == "é\n"
    terminal.put("é\n", tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_bytes() == "é\n".encode() and capsys.readouterr().out == ""
