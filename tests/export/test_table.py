"""The table: whole outputs, drawn and plain, and names that do nothing in either."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from shadowai.export import table
from shadowai.model import Report
from tests.export.reports import BY_USER, EMPTY, HOSTILE, NUMBERS, SMALL, hostile

STYLE = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.BytesIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def written(report: Report, stream: io.BytesIO | None = None) -> str:
    stream = stream or io.BytesIO()
    table.write(report, stream)
    assert not stream.closed
    return stream.getvalue().decode("utf-8")


def drawn(report: Report, width: int) -> str:
    text = io.StringIO()
    table.drawn(report, text, width)
    return text.getvalue()


def test_a_whole_plain_table() -> None:
    assert written(SMALL) == (
        "SERVICE     VENDOR  CATEGORY   VERDICT     RISK  CONFIDENCE   USAGE  USERS  EVENTS  BLOCKED     SENT"
        "  LAST SEEN   SCOPES      NAMES\n"
        "ChatGPT     OpenAI  assistant  prohibited    70  confirmed    bulk       2   1,200        3  12.3 MB"
        "  2026-01-06  files.read  chatgpt.com, oaiusercontent.… +1\n"
        "Other, the                     unreviewed        unconfirmed             0       0        1\n"
        "\n"
        "Services: 2 (1 confirmed, 1 unconfirmed).\n"
        "Read: 1 source.\n"
        "  proxy.log (squid): 43 records, 40 with a name, 5 of AI services, 1 no activity, 2 not readable\n"
        "INCOMPLETE: 2 could not be looked at.\n"
        "  truncated line: 2, e.g. fw.log:3, fw.log:9\n"
        "Note (zone): times taken as UTC: 40, e.g. proxy.log\n"
    )


def test_permissions_are_shown_where_there_are_any() -> None:
    granted = replace(SMALL.entries[0], scopes=("Files.Read.All", "Mail.Read", "=cmd\x1b"))
    lines = written(replace(SMALL, entries=(granted,))).splitlines()
    assert "SCOPES" in lines[0] and "Files.Read.All, Mail.Read +1" in lines[1]
    assert "SCOPES" not in written(replace(SMALL, entries=(replace(granted, scopes=()),)))


def test_by_user_starts_with_who() -> None:
    first, second, *_ = written(BY_USER).splitlines()
    assert first.split()[:4] == ["USER", "DEVICE", "ADDRESS", "SERVICE"] and "USERS" not in first
    assert second.split()[:3] == ["ann", "192.0.2.7", "ChatGPT"]


def test_nothing_found_has_no_table() -> None:
    assert written(EMPTY) == "No AI services found.\nRead: 0 sources.\n"
    assert drawn(EMPTY, 80) == "No AI services found.\nRead: 0 sources.\n"


def test_columns_line_up_with_wide_characters() -> None:
    lines = written(hostile("ＷＩＤＥ名前")).splitlines()
    wide, narrow = (line.partition("prohibited")[0] for line in lines[1:3])
    assert len(wide) + 6 * len("ＷＩＤＥ名前") == len(narrow)  # six cells, each of whose characters takes two columns


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb", "NO_COLOR": ""}])
def test_plain_on_a_terminal_without_colour(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    assert written(SMALL, Terminal()) == written(SMALL)


def test_drawn_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "xterm-256color")
    out = written(SMALL, Terminal())
    assert "\x1b[1;31mprohibited\x1b[0m" in out
    assert "\x1b[1;31mINCOMPLETE: 2 could not be looked at.\x1b[0m" in out


def test_a_narrow_terminal_drops_columns_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    lines = STYLE.sub("", drawn(SMALL, 88)).splitlines()
    assert " ".join(lines[0].split()) == "SERVICE VERDICT RISK CONFIDENCE USAGE USERS EVENTS BLOCKED SENT"
    assert all(len(line) <= 88 for line in lines[:3])
    assert "Too narrow for: NAMES, SCOPES, LAST SEEN, CATEGORY, VENDOR." in lines
    assert "Too narrow" not in drawn(SMALL, 200)


@pytest.mark.parametrize("text", HOSTILE, ids=NUMBERS)
def test_hostile_names_stay_names(text: str) -> None:
    plain = written(hostile(text))
    assert plain.replace("\n", "").isprintable()
    assert max(map(len, plain.splitlines())) < 2000
    shown = drawn(hostile(text), 400)
    assert STYLE.sub("", shown).replace("\n", "").isprintable()
    assert {match.group() for match in STYLE.finditer(shown)} <= {"\x1b[0m", "\x1b[1m", "\x1b[1;31m"}
    assert "\x1b]8" not in shown


def test_markup_and_emoji_codes_are_shown_as_they_are() -> None:
    assert "[bold red]x[/] :smile:" in STYLE.sub("", drawn(hostile("[bold red]x[/] :smile:"), 400))


@pytest.mark.parametrize(
    ("count", "expected"),
    [(None, ""), (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_960, "1.0 MB"), (10**18, "1000000.0 TB")],
)
def test_sizes(count: int | None, expected: str) -> None:
    assert table.size(count) == expected


@pytest.mark.parametrize(("low", "shown"), [(55, "55-70"), (70, "70"), (None, "70"), (0, "0-70")])
def test_a_risk_is_shown_with_both_ends_where_they_differ(low: int | None, shown: str) -> None:
    lines = written(replace(SMALL, entries=(replace(SMALL.entries[0], risk_low=low),))).splitlines()
    assert lines[1][: lines[0].index("RISK") + 4].split()[-1] == shown


@pytest.mark.parametrize("text", ["plain", "x" * 99, "名" * 99, "a名b" * 20, "e\u0301" * 60, "\x1b[31m" * 9, ""])
def test_fitted_text_takes_no_more_columns_than_it_may(text: str) -> None:
    for room in (1, 2, 7, 40):
        shown = table.fitted(text, room)
        assert table.terminal_width(shown) <= room and shown.isprintable()
        assert shown == text or shown.endswith("…")
