"""Counts of a log: what cannot be read keeps its first places, and parts of a file add up to the whole."""

from __future__ import annotations

import random

from shadowai.sources.logs.tally import EXAMPLES, Tally


def test_of_lines_that_cannot_be_read_the_first_places_are_kept() -> None:
    tally = Tally()
    for line in range(1, 10):
        tally.unread("odd", line)
    tally.unread("long", 4)
    assert tally.unreadable == {"odd": [9, 1, 2, 3, 4, 5], "long": [1, 4]}
    assert tally.unread_lines == 10
    assert tally.examples == [1, 2, 3, 4, 4]


def test_every_unread_line_is_handed_to_whoever_asks() -> None:
    tally = Tally(fresh=[])
    for line in range(1, 9):
        tally.unread("odd", line)
    assert tally.fresh == [(line, "odd") for line in range(1, 9)]


def test_nothing_unread() -> None:
    assert (Tally().unread_lines, Tally().examples) == (0, [])


def test_parts_add_up_to_the_whole() -> None:
    chance = random.Random(3)
    lines = [(number, chance.choice(["odd", "long", "open"])) for number in range(1, 60) if chance.random() < 0.5]
    whole, parts = Tally(lines=60, records=30), [Tally(lines=20, records=10) for _ in range(3)]
    for number, reason in lines:
        whole.unread(reason, number)
        parts[(number - 1) // 20].unread(reason, number)
    for part in parts[1:]:
        parts[0].merge(part)
    assert parts[0] == whole
    assert all(len(places) <= EXAMPLES for _, *places in whole.unreadable.values())


def test_merging_adds_each_count() -> None:
    one, other = Tally(1, 2, 3, 4, 5, 6), Tally(10, 20, 30, 40, 50, 60)
    one.merge(other)
    assert one == Tally(11, 22, 33, 44, 55, 66)
