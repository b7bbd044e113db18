from __future__ import annotations

import pytest

from shadowai.export.html.wording import counted, day, interval, kept, number, per, person, short_day, span, word
from shadowai.model import Actor, Dossier

JAN_5 = 1_767_571_200_000_000
DAY = 86_400_000_000


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (JAN_5, JAN_5, "5 Jan 2026"),
        (JAN_5, JAN_5 + 3 * DAY, "5 to 8 Jan 2026"),
        (JAN_5, JAN_5 + 30 * DAY, "5 Jan to 4 Feb 2026"),
        (JAN_5 - 10 * DAY, JAN_5, "26 Dec 2025 to 5 Jan 2026"),
        (None, JAN_5, "5 Jan 2026"),
        (JAN_5, None, "5 Jan 2026"),
        (None, None, ""),
    ],
)
def test_a_span_says_each_part_of_a_date_once(first: int | None, last: int | None, shown: str) -> None:
    assert span(first, last) == shown


def test_a_time_that_no_log_can_have_is_not_known() -> None:
    assert (day(10**30), short_day(None), day(JAN_5), short_day(JAN_5)) == ("", "", "5 Jan 2026", "5 Jan")


def test_figures_have_separators_and_their_noun() -> None:
    assert (number(1234), number(None)) == ("1,234", "")
    assert (counted(1, "person", "people"), counted(2, "person", "people"), counted(0, "log")) == (
        "1 person",
        "2 people",
        "0 logs",
    )


def test_an_interval_is_one_figure_where_it_is_known() -> None:
    assert [interval(*pair) for pair in ((None, 70), (70, 70), (40, 70), (0, 70), (None, None))] == [
        "70",
        "70",
        "40 to 70",
        "0 to 70",
        "",
    ]


def test_who_is_named_by_the_best_that_is_known() -> None:
    assert person(Actor("ann", "nb", "192.0.2.1")) == "ann"
    assert person(Actor(None, "nb", "192.0.2.1")) == "nb"
    assert person(Actor(None, None, "192.0.2.1")) == "192.0.2.1"
    assert person(None) == person(Actor()) == "not named"
    assert word("in_review") == "in review"


def test_what_is_on_file_is_titled_and_what_nobody_said_is_left_out() -> None:
    assert kept(None) == kept(Dossier()) == []
    file = Dossier(
        owner="Ann Example", data_categories=("mail", "files"), dpia="DPIA-7", decided_by="bob", review=("due",)
    )
    assert kept(file) == [
        ("Asset owner", "Ann Example"),
        ("Data categories", "mail; files"),
        ("DPIA", "DPIA-7"),
        ("Decided by", "bob"),
        ("To be looked at again", "due"),
    ]


def test_figures_by_a_unit_of_time_have_its_name() -> None:
    assert [per(unit) for unit in ("day", "week")] == ["Day by day", "Week by week"]


def test_an_interval_has_the_smaller_figure_first() -> None:
    assert (interval(35, 11), interval(11, 35), interval(5, 5), interval(None, 7)) == ("11 to 35", "11 to 35", "5", "7")
