from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from shadowai.export.html.timeline import MOST, dateless, scale, stretches
from shadowai.export.html.wording import DAY
from shadowai.model import Usage, Verdict
from tests.export.html.pages import entry

MONDAY = date(2026, 3, 2).toordinal() - date(1970, 1, 1).toordinal()
FAR = date.max.toordinal() - date(1970, 1, 1).toordinal()


@pytest.mark.parametrize(
    ("days", "unit", "count", "first", "last"),
    [
        (1, "day", 1, "2 Mar 2026", "2 Mar 2026"),
        (MOST, "day", MOST, "2 Mar 2026", "2 May 2026"),
        (MOST + 1, "week", 9, "week from 2 Mar 2026", "week from 27 Apr 2026"),
        (7 * MOST, "week", MOST, "week from 2 Mar 2026", "week from 3 May 2027"),
        (7 * MOST + 1, "month", 15, "Mar 2026", "May 2027"),
        (1_900, "year", 6, "2026", "2031"),
    ],
)
def test_the_finest_unit_that_fits(days: int, unit: str, count: int, first: str, last: str) -> None:
    on = scale(MONDAY * DAY + 5, (MONDAY + days) * DAY - 1)
    assert (on.unit, len(on.columns)) == (unit, count)
    assert (on.columns[0].name, on.columns[-1].name) == (first, last)


def test_columns_touch_and_every_day_of_the_time_is_on_one() -> None:
    for days in (1, 30, 100, 1_000, 10_000):
        columns = scale(MONDAY * DAY, (MONDAY + days) * DAY).columns
        assert all(one.after == two.first for one, two in pairwise(columns))
        assert columns[0].first <= MONDAY and columns[-1].after > MONDAY + days


def test_a_week_begins_on_monday() -> None:
    assert scale((MONDAY + 3) * DAY, (MONDAY + 200) * DAY).columns[0].first == MONDAY


@pytest.mark.parametrize(
    ("first", "last"), [(None, 5), (5, None), (9 * DAY, 5 * DAY), (0, FAR * DAY), (-DAY, DAY), (0, 1 << 80)]
)
def test_times_that_cannot_be_true_have_no_scale(first: int | None, last: int | None) -> None:
    assert scale(first, last).columns == ()


def test_the_last_year_of_all_ends() -> None:
    on = scale((FAR - 3_000) * DAY, FAR * DAY)
    assert on.unit == "year" and on.columns[-1].name == "9999" and on.place(FAR) == len(on.columns) - 1


def test_runs_are_columns_in_a_row() -> None:
    on = scale(MONDAY * DAY, (MONDAY + 9) * DAY)
    days = [MONDAY + n for n in (0, 1, 2, 5, 9, 9, -4, 40)]
    assert on.runs(days) == ((0, 3), (5, 6), (9, 10))
    assert on.runs([]) == ()
    weeks = scale(MONDAY * DAY, (MONDAY + 99) * DAY)
    assert weeks.runs([MONDAY, MONDAY + 6, MONDAY + 7, MONDAY + 30]) == ((0, 2), (4, 5))


def test_a_stretch_counts_what_is_in_use_and_adds_up_what_records_say() -> None:
    days = ((MONDAY, 100), (MONDAY + 1, 7))
    rows = [
        entry(asset_id="a", days=days, bytes_up=107),
        entry(asset_id="b", verdict=Verdict.UNREVIEWED, days=days[:1], bytes_up=None),
        entry(asset_id="c", verdict=Verdict.SANCTIONED, days=((MONDAY, 5),), bytes_up=5),
        entry(asset_id="d", usage=Usage.RESOLVED, days=days, bytes_up=107),
        entry(asset_id="e", confidence="unconfirmed", days=days, bytes_up=107),
    ]
    found = stretches(rows, scale(MONDAY * DAY, (MONDAY + 2) * DAY))
    assert [tuple(one)[1:] for one in found] == [(1, 1, 1, 105), (1, 0, 0, 7), (0, 0, 0, None)]
    alone = stretches(rows[1:2], scale(MONDAY * DAY, MONDAY * DAY))
    assert tuple(alone[0])[1:] == (0, 1, 0, None)  # no record says a size: not zero


def test_what_has_several_days_in_a_column_is_one_service_in_it() -> None:
    row = entry(days=((MONDAY, 1), (MONDAY + 1, 2), (MONDAY + 8, 4)), bytes_up=7)
    found = stretches([row], scale(MONDAY * DAY, (MONDAY + 70) * DAY))
    assert [(one.action, one.sent) for one in found[:3]] == [(1, 3), (1, 4), (0, None)]


def test_services_in_use_without_a_day_are_counted_apart() -> None:
    assert dateless([entry(), entry(days=((MONDAY, 0),)), entry(usage=Usage.RESOLVED)]) == 1
