"""Plans are numbered as the compiled fold numbers them."""

from __future__ import annotations

import re

import pytest

from shadowai import fold_answers
from shadowai.sources.logs import bulk, line_plan
from tests.conftest import SOURCE

NUMBERS = {
    name: int(number)
    for name, number in re.findall(
        r"^    ([A-Z0-9_]+) = (\d+)", (SOURCE / "shadowai/fast/line_fold/layout.pxi").read_text(), re.M
    )
}


@pytest.mark.parametrize(
    "name",
    ["BLANKS", "QUOTED", "TABS", "OBJECT", "W3C", "PAIRS", "CEF", "PATTERN", "PAIRED", "LEEF", "NAME", "SURE_NAME", "CONDITION", "FORMAT"],
)  # fmt: skip
def test_ways_to_cut_a_line_and_what_columns_are(name: str) -> None:
    assert getattr(line_plan, name) == NUMBERS[name]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        (fold_answers.REFUSED, "REFUSED"), (fold_answers.AI, "KNOWN"), (fold_answers.BY_URL, "BY_URL"),
        (fold_answers.SHOWN_NAME, "READ"), (fold_answers.BY_SHAPE, "BY_SHAPE"), (fold_answers.NAMELESS, "NAMELESS"),
        (fold_answers.PASS, "PASS"), (fold_answers.COUNT, "COUNT"), (fold_answers.LEAVE_OUT, "LEAVE_OUT"),
        (fold_answers.SHOW, "SHOW"), (fold_answers.LOOKED_AT, "LOOKED_AT"), (fold_answers.PASSED_BY, "PASSED_BY"),
        (fold_answers.SET_ASIDE, "SET_ASIDE"), (bulk.BY_ADDRESS, "BY_ADDRESS"), (bulk.SIZED, "SIZED"),
        (bulk.SHOWN, "SHOWN"), (bulk.COUNTED, "COUNTED"), (bulk.STOPPED, "STOPPED"),
    ],
)  # fmt: skip
def test_what_the_compiled_fold_is_told(name: int, number: str) -> None:
    assert name == NUMBERS[number]


def test_a_plan_fits_into_what_the_compiled_fold_has_room_for() -> None:
    assert NUMBERS["MOST_SLOTS"] >= line_plan.MOST_COLUMNS
    assert NUMBERS["MOST_SPELLINGS"] == line_plan.MOST_SPELLINGS
