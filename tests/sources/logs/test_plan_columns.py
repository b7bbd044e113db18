"""Columns of a plan: numbered as they are asked for, cut out of others, held to patterns; what cannot be kept is refused."""

from __future__ import annotations

import pytest

from shadowai.sources.logs import formats
from shadowai.sources.logs.description import Part
from shadowai.sources.logs.line_plan import FORMAT, OBJECT, QUOTED, NoPlanError, Plan
from shadowai.sources.logs.plan_columns import (
    add_search,
    add_test,
    hold,
    hold_shape,
    keys_of,
    sequence_of,
    slots_of,
    slots_of_piece,
    slots_taken,
    slots_under,
)
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.timestamps import Clock
from tests.sources.logs.test_fold_plan import _reading, _table

HEADER = "time,user,host,sent"


@pytest.fixture
def table() -> FormatReader:
    return _reading(_table(), HEADER)


@pytest.fixture
def objects() -> FormatReader:
    return FormatReader(formats()["suricata_eve"], Clock())


def test_columns_are_numbered_as_they_are_asked_for(table: FormatReader) -> None:
    plan = Plan(QUOTED)
    assert [slots_under(plan, table, key) for key in ("host", "user", "host", "no such column")] == [[0], [1], [0], []]
    assert plan.columns == [2, 1]
    assert slots_of(plan, table, ["user", "host", "user", "time"]) == [1, 0, 2]


def test_of_objects_each_spelling_is_a_column(objects: FormatReader) -> None:
    plan = Plan(OBJECT)
    assert slots_under(plan, objects, "dns.rrname|dns.answers.0.rrname") == [0, 1]
    assert plan.columns == [b"dns.rrname", b"dns.answers.0.rrname"]


def test_a_piece_of_a_column_is_a_column_of_its_own_once(table: FormatReader) -> None:
    plan, take = Plan(QUOTED), Part("host", "^([a-z]+)", only=(("user", "^jo"),))
    assert slots_of_piece(plan, table, take) == slots_of_piece(plan, table, take) == [2]
    assert plan.columns == [2, 1, None]
    [cut] = plan.cuts
    assert (cut.slots, cut.into, [slots for slots, _ in cut.only]) == ((0,), 2, [(1,)])


def test_a_piece_whose_condition_can_never_hold_is_never_there(table: FormatReader) -> None:
    assert slots_of_piece(Plan(QUOTED), table, Part("host", "^([a-z]+)", only=(("no such column", "x"),))) == []


def test_all_of_a_column_is_the_column(table: FormatReader) -> None:
    assert slots_of_piece(Plan(QUOTED), table, Part("host", "(.+)")) == [0]


@pytest.mark.parametrize(
    "take", [Part("host", "(a)", into="x{}"), Part("host", r"(?<=a)(b)\1"), Part("no such column", "(a)")]
)
def test_a_piece_that_cannot_be_cut_here(take: Part, table: FormatReader) -> None:
    plan = Plan(QUOTED)
    assert slots_of_piece(plan, table, take) is None
    assert slots_taken(plan, table, ["user", take]) is None and not plan.cuts


def test_a_check_says_how_many_alternatives_follow_it(table: FormatReader) -> None:
    plan = Plan(QUOTED)
    hold(plan, table, ["sent"], "^(?:[0-9]+|-)$")
    assert [(check.slots, check.more) for check in plan.checks] == [((0,), 1), ((0,), 0)]


def test_a_pattern_that_cannot_be_held_to_lets_the_column_decide_with_the_name(table: FormatReader) -> None:
    plan = Plan(QUOTED)
    hold(plan, table, ["user"], r"(a)\1")
    assert (plan.checks, plan.host) == ([], [(0, True, FORMAT)])
    with pytest.raises(NoPlanError):
        hold_shape(plan, table, "user", r"(a)\1")


def test_quotes_are_part_of_a_shape_unless_it_says_that_there_may_be_none(table: FormatReader) -> None:
    plan = Plan(QUOTED)
    hold_shape(plan, table, "sent", '^"[0-9]+"$')
    hold_shape(plan, table, "sent", '^"?[0-9]+"?$')
    assert [check.raw for check in plan.checks] == [True, False]


def test_conditions_are_tests_or_searches(table: FormatReader) -> None:
    plan = Plan(QUOTED)
    add_test(plan, table, "sent", "^[0-9]")
    assert [check.slots for check in plan.tests] == [(0,)]
    assert add_search(plan, table, "user", "jo(?:e|n)$") and [slots for slots, _ in plan.searches] == [(1,)]
    assert not add_search(plan, table, "user", r"(a)\1")


def test_any_text_is_one_byte_of_any_kind() -> None:
    found = sequence_of(".")
    assert found is not None and not found.whole and [len(one.members) for one in found.elements] == [256]


def test_what_takes_look_at() -> None:
    assert keys_of(["a", Part("b", "(x)", only=(("c", "y"), ("d", "z")))]) == ["a", "b", "c", "d"]
