"""What a look must have covered."""

from __future__ import annotations

import pytest

from shadowai.budgets.coverage import HOUR, MINUTE, Silence, covered, silences
from shadowai.budgets.model import Coverage, Judged
from shadowai.model import Gap, Note, Origin, Record, Report, SourceSummary

LOG = SourceSummary("a.log", "squid_native", 10, 10, 9)
DNS = SourceSummary("b.log", "bind_query", 10, 10, 10)


def states(coverage: Coverage, report: Report, silent: dict[str, Silence] | None = None) -> list[tuple[str, str]]:
    return [(one.name, one.state) for one in covered("p.yaml", coverage, report, silent)]


def one(coverage: Coverage, report: Report, silent: dict[str, Silence] | None = None) -> Judged:
    (found,) = covered("p.yaml", coverage, report, silent)
    return found


def test_a_source_must_have_been_looked_at_and_have_given_something() -> None:
    wanted = Coverage(3, ("squid_native", "bind_query", "entra"))
    empty = SourceSummary("b.log", "bind_query")
    assert states(wanted, Report((), sources=(LOG, empty))) == [
        ("squid_native", "within"), ("bind_query", "exceeded"), ("entra", "exceeded"),
    ]  # fmt: skip


@pytest.mark.parametrize("gap", [Gap(Origin("a.log", 7), "cut"), Gap(Origin("x"), "cut", 2, (Origin("a.log", 9),))])
def test_a_source_with_a_gap_is_not_covered(gap: Gap) -> None:
    found = one(Coverage(3, ("squid_native",)), Report((), (gap,), sources=(LOG,)))
    assert (found.state, found.origin) == ("exceeded", Origin("p.yaml", 3)) and "cut" in found.why
    other = Gap(Origin("b.log", 7), "cut")
    assert one(Coverage(3, ("squid_native",)), Report((), (other,), sources=(LOG, DNS))).state == "within"


def test_of_several_files_of_a_source_each_must_be_whole_and_one_must_have_records() -> None:
    wanted, empty = Coverage(3, ("squid_native",)), SourceSummary("c.log", "squid_native")
    both = one(wanted, Report((), sources=(empty, LOG)))
    assert (both.state, both.why) == ("within", "10 records")
    assert one(wanted, Report((), (Gap(Origin("c.log"), "cut"),), sources=(LOG, empty))).state == "exceeded"


def test_why_a_source_is_not_covered() -> None:
    wanted, empty = Coverage(3, ("squid_native",)), SourceSummary("c.log", "squid_native")
    assert one(wanted, Report((), sources=(DNS,))).why == "it was not looked at"
    assert one(wanted, Report((), sources=(empty,))).why == "it gave no record"


@pytest.mark.parametrize(("least", "state"), [(9500, "within"), (9501, "exceeded")])
def test_the_share_of_names_is_that_of_all_records(least: int, state: str) -> None:
    found = one(Coverage(3, min_named=least), Report((), sources=(LOG, DNS)))
    assert found.state == state and found.why.startswith("95.00% of 20 records")


def test_no_records_are_no_share() -> None:
    assert one(Coverage(3, min_named=0), Report(())).state == "unknown"


def record(minute: int, format: str = "squid_native", path: str = "a.log") -> Record:
    return Record(path, 1, format, time=minute * MINUTE + 17)


def test_the_longest_silence_is_that_of_a_format_over_its_files() -> None:
    records: list[Record | Gap | Note] = [
        record(0),
        record(100, path="b.log"),
        record(40),
        record(7, "x"),
        Gap(Origin("a"), "cut"),
        Note(None, "a", "b"),
    ]
    records.append(Record("a.log", 1, "none"))
    assert silences(records) == {"squid_native": Silence(40 * MINUTE, 60 * MINUTE), "x": Silence(7 * MINUTE, 0)}


def test_of_silences_of_one_length_the_first_is_told() -> None:
    records = [record(0), record(30), record(60), record(90)]
    assert silences(records) == {"squid_native": Silence(0, 30 * MINUTE)}


def test_a_log_without_records_is_silent_about_nothing() -> None:
    empty = SourceSummary("c.log", "cisco_asa")
    found = one(Coverage(3, max_gap=8), Report((), sources=(LOG, empty)), {"squid_native": Silence(0, HOUR)})
    assert (found.state, found.why) == ("within", "at most 1 h 0 min without a record (squid_native), 8 h allowed")


def test_a_window_begins_and_ends_with_a_silence() -> None:
    records = [record(0), record(100), record(140), record(999)]
    found = silences(records, since=50 * MINUTE, until=300 * MINUTE)
    assert found == {"squid_native": Silence(140 * MINUTE, 160 * MINUTE)}


def test_a_gap_of_time_is_judged_by_the_sources_that_are_required() -> None:
    report = Report((), sources=(LOG, DNS))
    silent = {"squid_native": Silence(0, HOUR), "bind_query": Silence(0, 9 * HOUR)}
    assert one(Coverage(3, max_gap=8), report, silent).state == "exceeded"
    assert (
        one(Coverage(3, max_gap=9), report, silent).why
        == "at most 9 h 0 min without a record (bind_query), 9 h allowed"
    )
    assert states(Coverage(3, ("squid_native",), 8), report, silent) == [
        ("squid_native", "within"),
        ("max_gap", "within"),
    ]


def test_a_silence_that_cannot_be_told_is_not_passed_over() -> None:
    report = Report((), sources=(LOG, DNS))
    assert one(Coverage(3, max_gap=8), report).state == "unknown"
    assert one(Coverage(3, max_gap=8), report, {}).state == "unknown"
    assert one(Coverage(3, max_gap=8), report, {"squid_native": Silence(0, 0)}).why.endswith("no times in bind_query")
    assert one(Coverage(3, max_gap=8), report, {"squid_native": Silence(0, 9 * HOUR)}).state == "exceeded"


def test_the_ends_of_a_window_belong_to_it_and_what_is_outside_does_not() -> None:
    assert silences([record(0)], since=17, until=17) == {"squid_native": Silence(0, 0)}
    assert silences([record(0)], since=18, until=99 * MINUTE) == {}
    assert silences([record(0)], since=0, until=16) == {}


def test_sources_without_times_are_told_in_order() -> None:
    names = sorted("qwertyuiopasdfghjkl")
    sources = [SourceSummary(f"{name}.log", name, 9, 9, 9) for name in reversed(names)]
    found = one(Coverage(3, max_gap=8), Report((), sources=(*sources, LOG)), {"squid_native": Silence(0, HOUR)})
    assert found.state == "unknown" and found.why.endswith(f"no times in {', '.join(names)}")
