"""Plans for the compiled fold: which formats have one, and what decides in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shadowai.sources.logs import fold_plan, formats, line_plan
from shadowai.sources.logs.description import Blank, CsvHeader, Json, LogFormat, Part, TimeOf, W3c, When
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.timestamps import Clock


def _reader(name: str, *lines: str) -> FormatReader:
    return _reading(formats()[name], *lines)


def _reading(description: LogFormat, *lines: str) -> FormatReader:
    reader = FormatReader(description, Clock())
    for line in lines:
        reader.tokens(line)
    return reader


def _table(**changes: object) -> LogFormat:
    given = {
        "name": "x",
        "title": "x",
        "vendor": "",
        "doc": "",
        "kind": "http_request",
        "family": CsvHeader(columns=("host", "user")),
        "fields": {"host": ("host",), "user": ("user",), "bytes_up": ("sent",)},
        "time": (TimeOf(("time",)),),
    }
    return LogFormat(**(given | changes))  # type: ignore[arg-type]


def test_squid_is_cut_at_blanks_and_held_to_its_shapes() -> None:
    plan = fold_plan.plan_of(_reader("squid_native"))
    assert plan is not None
    assert plan.family == line_plan.BLANKS
    assert len(plan.checks) == 5
    assert [plan.columns[slot] for slot, _, _ in plan.host] == [6]
    assert [plan.columns[slot] for slot in plan.time] == [0]


def test_a_table_has_no_plan_before_its_header() -> None:
    assert fold_plan.plan_of(_reading(_table())) is None
    plan = fold_plan.plan_of(_reading(_table(), "time,user,host,sent"))
    assert plan is not None
    assert plan.width == 4
    assert plan.host == [(plan.columns.index(2), False, line_plan.SURE_NAME)]
    assert [plan.columns[slot] for slot in plan.bytes_up] == [3]


def test_a_table_of_one_column_between_tabs_has_no_plan() -> None:
    """A line without a tab is one column between tabs, and many between blanks, which is how the reference reads it."""
    table = _table(family=W3c(columns=("cs-host",), delimiter="tab"), fields={"host": ("cs-host",)})
    assert fold_plan.plan_of(_reading(table, "#Fields: cs-host")) is None
    plan = fold_plan.plan_of(_reading(table, "#Fields: time\tcs-host"))
    assert plan is not None and (plan.family, plan.width) == (line_plan.TABS, 2)


def test_a_condition_on_what_changes_with_each_line_is_tested() -> None:
    def plan(pattern: str) -> line_plan.Plan | None:
        return fold_plan.plan_of(_reading(_table(blocked=(When((("sent", pattern),)),)), "time,user,host,sent"))

    tested, searched = plan("^0$"), plan(r"(?i)\bno(?:ne|thing)\b")
    assert tested is not None and searched is not None
    assert [(tested.columns[check.slots[0]], check.whole) for check in tested.tests] == [(3, True)]
    assert not tested.manner and not tested.searches
    assert [searched.columns[slot] for (slot,), _ in searched.searches] == [3]
    assert plan(r"(0)\1") is None


def test_a_size_that_has_to_be_cut_out_is_a_column_of_its_own_or_left_to_the_reference() -> None:
    fields = {"host": ("host",), "bytes_up": (Part("sent", r"(\d+) bytes"),)}
    plan = fold_plan.plan_of(_reading(_table(fields=fields), "time,user,host,sent"))
    assert plan is not None and plan.counts
    (cut,) = plan.cuts
    assert plan.columns[cut.into] is None and plan.bytes_up == [cut.into]
    assert [plan.columns[slot] for slot in cut.slots] == [3]
    within = {"host": ("host",), "bytes_up": (Part("sent", r"(\d+) bytes", into="{}0"),)}
    plan = fold_plan.plan_of(_reading(_table(fields=within), "time,user,host,sent"))
    assert plan is not None
    assert not plan.counts and not plan.time and plan.host


def test_a_format_without_names_has_a_plan_where_its_addresses_are_columns() -> None:
    whole = _table(fields={"user": ("user",), "server_ip": ("host",)})
    plan = fold_plan.plan_of(_reading(whole, "time,user,host,sent"))
    assert plan is not None and not plan.host
    assert [plan.columns[slot] for slot in plan.server or ()] == [2]
    assert fold_plan.plan_of(_reading(replace(whole, nulls=frozenset({"0.0.0.0"})), "time,user,host,sent")) is None
    cut = _table(fields={"user": ("user",), "server_ip": (Part("host", r"^(.+):\d+$"),)})
    plan = fold_plan.plan_of(_reading(cut, "time,user,host,sent"))
    assert plan is not None and plan.server == [plan.cuts[0].into]
    made = _table(fields={"user": ("user",), "server_ip": (Part("host", r"^(.+):\d+$", into="10.{}"),)})
    assert fold_plan.plan_of(_reading(made, "time,user,host,sent")) is None


def test_what_a_format_requires_is_tested_or_decides_with_the_name() -> None:
    family = Json(requires=(("kind", r"(?i)^web$"), ("time", r"^\d")))
    plan = fold_plan.plan_of(_reading(_table(family=family)))
    assert plan is not None
    assert [plan.columns[slot] for check in plan.checks for slot in check.slots] == [b"time"]
    assert (plan.columns.index(b"kind"), True, line_plan.FORMAT) in plan.host


def test_alternatives_are_tested_one_by_one_under_the_spellings_of_a_path() -> None:
    family = Json(requires=(("kind|type", r"^(?:web|dns(?:6)?)$"), ("time", "")))
    plan = fold_plan.plan_of(_reading(_table(family=family)))
    assert plan is not None
    kind, other = plan.columns.index(b"kind"), plan.columns.index(b"type")
    assert [(check.slots, check.more) for check in plan.checks[:3]] == [
        ((kind, other), 2),
        ((kind, other), 1),
        ((kind, other), 0),
    ]
    assert len(plan.checks) == 4


def test_pairs_are_held_to_their_shapes_and_their_order() -> None:
    plan = fold_plan.plan_of(_reader("fortigate_kv"))
    assert plan is not None
    assert plan.family == line_plan.PAIRS
    assert [plan.columns[slot] for slot in plan.row[:-1]] == [b"type", b"subtype"] and plan.row[-1] == -1
    shapes = {plan.columns[check.slots[0]]: check for check in plan.checks if check.elements}
    assert set(shapes) == {b"type"} and not shapes[b"type"].raw


def test_cef_has_a_plan_whether_its_device_or_the_line_tells_the_format() -> None:
    plan, generic = fold_plan.plan_of(_reader("zscaler_nss_cef")), fold_plan.plan_of(_reader("cef_generic"))
    assert plan is not None and plan.family == line_plan.CEF and plan.line is None
    assert generic is not None and generic.family == line_plan.CEF and generic.line is not None


def test_a_condition_on_one_of_several_spellings_is_looked_for_in_the_first_that_is_there() -> None:
    family = Json(requires=(("host", ""),))
    table = _table(
        family=family,
        blocked=(When((("url|uri", r"(?i)\bno(?:ne|thing)\b"),)),),
        fields={"host": ("host",), "url": ("url|uri",)},
    )
    plan = fold_plan.plan_of(_reading(table))
    assert plan is not None
    assert [[plan.columns[slot] for slot in slots] for slots, _ in plan.searches] == [[b"url", b"uri"]]


@pytest.mark.parametrize("quotes", [True, False])
def test_blanks_within_quotes_part_no_columns_where_the_family_says_so(quotes: bool) -> None:
    """A shape is of what stands between two blanks: where there are any, it is the pattern of the line that speaks for quoted columns."""
    family, fields, shapes = Blank(at_least=2, quotes=quotes), {"host": (2,)}, ((1, "^[0-9]+$"),)
    plain = fold_plan.plan_of(_reading(_table(family=family, line="^[0-9]+ ", fields=fields)))
    shaped = fold_plan.plan_of(_reading(_table(family=family, line="^[0-9]+ ", shapes=shapes, fields=fields)))
    alone = fold_plan.plan_of(_reading(_table(family=family, shapes=shapes, fields=fields)))
    assert plain is not None and shaped is not None and alone is not None
    assert [plan.holds for plan in (plain, shaped, alone)] == [quotes, quotes, False]
    assert [plan.held is not None for plan in (plain, shaped, alone)] == [False, quotes, False]


def test_places_of_lists_are_paths_like_others() -> None:
    family = Json(requires=(("time", ""),))
    plan = fold_plan.plan_of(_reading(_table(family=family, fields={"host": ("dns.name|dns.answers.0.name",)})))
    assert plan is not None
    assert [plan.columns[slot] for slot, _, _ in plan.host] == [b"dns.name", b"dns.answers.0.name"]
    required = Json(requires=(("answers.0.name", ""),))
    plan = fold_plan.plan_of(_reading(_table(family=required, fields={"host": ("name",)})))
    assert plan is not None
    assert [[plan.columns[slot] for slot in check.slots] for check in plan.checks] == [[b"answers.0.name"]]


def test_a_table_whose_tabs_become_blanks_gets_another_plan() -> None:
    names = ("date", "time", "c-ip", "cs-host", "sc-bytes")
    reader = _reader("w3c_generic", "#Fields: " + "\t".join(names))
    tabs, version = fold_plan.plan_of(reader), reader.tokenizer.version
    reader.tokens("#Fields: " + " ".join(names))
    blanks = fold_plan.plan_of(reader)
    assert tabs is not None and (tabs.family, tabs.width) == (line_plan.TABS, 5)
    assert blanks is not None and (blanks.family, blanks.width) == (line_plan.W3C, 5)
    assert reader.tokenizer.version != version


def test_many_formats_have_plans() -> None:
    assert sum(fold_plan.may_fold(one) for one in formats().values()) > 90


def test_a_table_without_a_header_is_folded_under_the_layout_of_its_lines() -> None:
    reader = FormatReader(formats()["iis_w3c"], Clock())
    assert fold_plan.plan_of(reader) is None
    line = "2026-01-05 08:00:00 10.9.0.5 GET / q=100 80 - 10.1.2.3 curl/8.0 - 200 0 0 123"
    assert isinstance(reader.tokens(line), list)
    plan = fold_plan.plan_of(reader, wrapped=True)
    assert plan is not None
    assert (plan.family, plan.width, plan.wrapped) == (line_plan.W3C, len(line.split()), True)
    assert (
        len({check.slots for check in plan.checks}) == 7
    )  # date, time, addresses, method, port and status tell the layout
    reader.tokens("#Fields: date time c-ip cs-host cs-uri-stem")
    assert fold_plan.plan_of(reader) is not None
    assert fold_plan.plan_of(reader, wrapped=True) is None  # its header is wrapped, too
