"""Changes and runs as text: nothing hostile has an effect."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest

from shadowai.history import listing
from shadowai.history.listing import LAYOUTS, Layout
from shadowai.history.model import Change, Comparison, Look, Run
from shadowai.model import Verdict
from shadowai.tenant import Completeness
from tests.history.making import scan

RUN = Run(
    2,
    "scan",
    "scan:1",
    0,
    60_000_000,
    False,
    False,
    "abc",
    "",
    "0.1",
    {"a": "b"},
    3,
    1,
    2,
    scan(gaps=["proxy.log"]).looks,
)
NEW = Change("new", "user", "k1", "Claude", "environment", "claude", "ann", verdict=Verdict.PROHIBITED, breach=True)
WIDER = Change("changed", "grant", "k2", "App", "environment", field="scopes", before="a", after="b c")
HOSTILE = Change("new", "app", "k3", "=cmd()\x1b[2J\n\u202e\ud800", "coverage", who="@x", detail="d")


def text(found: Comparison, layout: Layout) -> str:
    return "\n".join(listing.changes(found, layout))


def test_a_table() -> None:
    shown = text(Comparison(RUN, RUN, (NEW, WIDER), ("proxy.log: torn",), ("entra:t",)), "table").splitlines()
    assert shown[0].split() == ["CHANGE", "KIND", "SUBJECT", "WHO", "WHAT", "CAUSE", "VERDICT"]
    assert shown[1].split() == ["new", "user", "Claude", "ann", "environment", "prohibited"]
    assert "scopes: -a +b +c" in shown[2]
    assert shown[4:] == [
        "From run 2 (scan, 1970-01-01T00:01:00Z) to run 2 (scan, 1970-01-01T00:01:00Z): 1 changed, 1 new.",
        "New breaches of the policy: 1.",
        "First look: entra:t: a baseline, not compared.",
        "NOT COMPARABLE: proxy.log: torn",
    ]


def test_a_baseline() -> None:
    assert "baseline" in text(Comparison(None, RUN), "table")
    assert json.loads(text(Comparison(None, RUN), "json"))["baseline"] is True


def test_csv_and_json() -> None:
    found = Comparison(RUN, RUN, (NEW, WIDER))
    header, first, _ = csv.reader(text(found, "csv").splitlines())
    assert header == list(listing.COLUMNS) and first[:5] == ["new", "user", "Claude", "claude", "ann"]
    loaded = json.loads(text(found, "json"))
    assert [row["change"] for row in loaded["changes"]] == ["new", "changed"]
    assert loaded["changes"][0]["breach"] is True and loaded["changes"][0]["field"] is None
    assert json.loads(text(Comparison(RUN, RUN), "json"))["changes"] == []
    both = json.loads(text(Comparison(replace(RUN, id=1), RUN), "json"))
    assert (both["before"], both["after"], both["baseline"]) == (1, 2, False)
    assert json.loads(text(Comparison(None, RUN), "json"))["before"] is None


def test_a_field_that_was_empty_or_is_now() -> None:
    made = replace(WIDER, field="publisher", before="", after="Acme")
    lost = replace(made, before="Acme", after="", detail="as it is known")
    lines = text(Comparison(RUN, RUN, (made, lost)), "table").splitlines()
    assert "publisher: (none) -> Acme " in lines[1] and "publisher: Acme -> (none) (as it is known) " in lines[2]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_hostile_names(layout: Layout) -> None:
    shown = text(Comparison(RUN, RUN, (HOSTILE,)), layout)
    assert not set(shown) & {"\x1b", "\u202e", "\ud800"}
    if layout == "csv":
        row = next(csv.DictReader(shown.splitlines()))
        assert row["subject"].startswith("'=") and row["who"] == "'@x"
    if layout == "json":
        assert json.loads(shown)["changes"][0]["subject"].startswith("=cmd()")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_runs(layout: Layout) -> None:
    shown = "\n".join(listing.runs([RUN], layout))
    assert "scan" in shown and "1970-01-01T00:01:00Z" in shown
    assert "\n".join(listing.runs([], layout)) is not None


def test_of_many_sources_of_a_run_two_are_named() -> None:
    places = ["a.log", "b.log", "c.log", "d.log"]
    for count, shown in ((1, "a.log"), (2, "a.log, b.log"), (3, "a.log, b.log +1"), (4, "a.log, b.log +2")):
        lines = list(listing.runs([replace(RUN, looks=scan(logs=places[:count]).looks)], "table"))
        assert lines[1].endswith(f"  {shown}")


def test_a_whole_look_has_no_reason_and_one_that_gave_nothing_no_list_of_tasks() -> None:
    whole = Look("entra:t", "apps", frozenset(), Completeness.COMPLETE, True, done=("apps/1",))
    failed = Look(
        "entra:t", "grants", frozenset(), Completeness.FAILED, reason="refused", wanting=(("grants/1", "refused"),)
    )
    lines = list(listing.run_lines(replace(RUN, looks=(whole, failed))))[-2:]
    assert lines == ["looked at   entra:t/apps, complete", "looked at   entra:t/grants, failed: refused"]


def test_the_csv_of_runs_has_no_looks_and_one_line_each() -> None:
    header, first, second = csv.reader(listing.runs([RUN, replace(RUN, id=3)], "csv"))
    assert "looks" not in header and (first[0], second[0]) == ("2", "3")


def test_one_run() -> None:
    shown = list(listing.run_lines(RUN))
    swept = Look(
        "entra:t", "grants", frozenset(), Completeness.PARTIAL, True, reason="refused", done=("grants/1",),
        wanting=(("grants/2", "refused"),),
    )  # fmt: skip
    lines = list(listing.run_lines(replace(RUN, looks=(swept,))))
    assert "looked at   entra:t/grants, partial (1 of 2 tasks): refused" in lines
    assert lines[-1] == "              not grants/2"
    (look,) = listing.run_object(replace(RUN, looks=(swept,)))["looks"]
    assert (look["tasks"], look["wanting"]) == (2, {"grants/2": "refused"})
    assert "options     a=b" in shown and "looked at   proxy.log, partial: could not be read" in shown


def test_what_is_in_audit_mode_is_marked_and_counted_apart() -> None:
    on_trial = replace(NEW, breach=False, audited=True)
    found = Comparison(RUN, RUN, (on_trial,))
    lines = list(listing.changes(found, "table"))
    assert "prohibited (audit)" in lines[1]
    assert lines[-1] == "New breaches of rules in audit mode, which alert nobody: 1."
    assert listing.change_object(on_trial)["audited"] is True and listing.change_object(on_trial)["breach"] is False
    assert listing.COLUMNS[-2:] == ("key", "audited")  # what is new goes to the end
