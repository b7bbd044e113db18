"""What is said beside the rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shadowai.export.summary import SHOWN, counted, shortened, summary
from shadowai.model import Gap, Note, Origin, Report, SourceSummary
from tests.export.reports import EMPTY, HOSTILE, NUMBERS, SMALL, hostile


def test_a_whole_summary() -> None:
    assert list(summary(SMALL)) == [
        "Services: 2 (1 confirmed, 1 unconfirmed).",
        "Read: 1 source.",
        "  proxy.log (squid): 43 records, 40 with a name, 5 of AI services, 1 no activity, 2 not readable",
        "INCOMPLETE: 2 could not be looked at.",
        "  truncated line: 2, e.g. fw.log:3, fw.log:9",
        "Note (zone): times taken as UTC: 40, e.g. proxy.log",
    ]


def test_nothing_found_is_not_the_same_as_could_not_look() -> None:
    assert list(summary(EMPTY)) == ["No AI services found.", "Read: 0 sources."]
    gap = Gap(Origin("a.gz"), "not readable")
    assert list(summary(replace(EMPTY, gaps=(gap,)))) == [
        "No AI services found in what could be read.",
        "Read: 0 sources.",
        "INCOMPLETE: 1 could not be looked at.",
        "  not readable: 1, e.g. a.gz",
    ]


def test_an_empty_log_is_told_for_one() -> None:
    """As it is right after its rotation: what was not there to be read is no proof of anything."""
    figures = "0 records, 0 with a name, 0 of AI services"
    empty, other = SourceSummary("access.log", ""), SourceSummary("proxy.log", "squid", lines=1, records=1)
    assert list(summary(Report((), sources=(empty,)))) == [
        "No AI services found: there is nothing in what was read.",
        "Read: 1 source.",
        f"  access.log (empty): {figures}",
    ]
    assert next(summary(Report((), sources=(empty, other)))) == "No AI services found."
    gap = Gap(Origin("access.log"), "not readable")  # then nobody knows what is in it
    assert list(summary(Report((), (gap,), sources=(empty,))))[:3] == [
        "No AI services found in what could be read.",
        "Read: 1 source.",
        f"  access.log (not recognised): {figures}",
    ]


def test_one_reason_is_one_line_with_five_places() -> None:
    gaps = tuple(Gap(Origin("a.log", n), "bad line", 10) for n in range(1, 9))
    assert list(summary(Report((), gaps)))[2:] == [
        "INCOMPLETE: 80 could not be looked at.",
        "  bad line: 80, e.g. a.log:1, a.log:2, a.log:3, a.log:4, a.log:5",
    ]


def test_long_lists_are_counted() -> None:
    many = range(SHOWN + 3)
    gaps = tuple(Gap(Origin("a"), f"reason {n}") for n in many)
    notes = tuple(Note(Origin("a"), "k", f"text {n}") for n in many)
    sources = tuple(SourceSummary(f"{n}.log", "squid") for n in many)
    lines = list(summary(Report((), gaps, notes, sources)))
    assert "  and 3 more" in lines
    assert "  and 3 more reasons; all of them are in --format json" in lines
    assert "  and 3 more notes; all of them are in --format json" in lines


@pytest.mark.parametrize("text", HOSTILE, ids=NUMBERS)
def test_every_line_is_safe_to_show(text: str) -> None:
    for line in summary(hostile(text)):
        assert line.isprintable() and len(line) < 2000


def test_shortened_and_counted() -> None:
    assert (shortened("abc", 3), shortened("abcd", 3), shortened("\x1bcd", 4)) == ("abc", "ab…", "\\x1…")
    assert (counted(1, "gap"), counted(2000, "gap"), counted(0, "entry", "entries")) == (
        "1 gap",
        "2,000 gaps",
        "0 entries",
    )
