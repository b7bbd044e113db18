"""The sums behind rows: they add up in input order, however it was cut, and hold once what many say alike."""

from __future__ import annotations

import random
import tracemalloc
from itertools import pairwise

import pytest

from shadowai.inventory_tally import (
    NAMES_KEPT,
    Actors,
    Days,
    Footing,
    Tally,
    count,
    first,
    of_sighting,
    on,
    packed,
    tally_of,
)
from shadowai.model import ACCOUNT, Actor, Match, Name, Origin, Sighting
from shadowai.places import held
from shadowai.sightings import Sum, Way
from shadowai.sightings import sighting as sighting_of

SURE, LOOKUP = Footing("confirmed", False), Footing("confirmed", True)
ANN, BOB = Actor("ann"), Actor("bob")
ROLES = frozenset({"web"})


def _sighting(number: int, days: Days = ((1, 10),)) -> Sighting:
    return Sighting(
        Actor(f"u{number}", None, f"10.0.{number >> 8 & 255}.{number & 255}"),
        Name("domain", "chatgpt.com"),
        "proxy",
        events=1,
        bytes_up=1000 + number,
        first_seen=(1 << 50) + number,
        last_seen=(1 << 50) + number,
        days=days,
        origins=(Origin("access.log", number + 1),),
        source="squid_native",
        facts=frozenset({"post"}),
    )


@pytest.mark.parametrize(("days", "most"), [((), 0), (((3, 7),), 7), (((1, 5), (2, 9), (4, 0)), 9)])
def test_the_day_with_the_most_bytes_sent(days: Days, most: int) -> None:
    assert Tally(SURE, by_day=packed(days)).most_sent == most


@pytest.mark.parametrize("days", [{}, {3: 7}, {4: 1, 2: 9}, {1: 1 << 70}])
def test_days_of_a_sum_are_held_as_those_of_a_sighting(days: dict[int, int]) -> None:
    way, found = (
        Way((Match("a", "A", Name("domain", "a.example"), "strong", "", "a.example"),), "proxy", "x"),
        Sum(1, days=days),
    )
    assert tally_of(way, SURE, ROLES)(found) == of_sighting(sighting_of(ANN, way, found), SURE, ROLES)


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ((), ((3, 1),), ((3, 1),)),
        (((3, 1),), (), ((3, 1),)),
        (((1, 1), (2, 2)), ((3, 3),), ((1, 1), (2, 2), (3, 3))),
        (((1, 1), (2, 2)), ((2, 5), (4, 1)), ((1, 1), (2, 7), (4, 1))),
        (((5, 1),), ((1, 1), (9, 9)), ((1, 1), (5, 1), (9, 9))),
    ],
)
def test_days_add_up_in_their_order(mine: Days, theirs: Days, both: Days) -> None:
    tally = Tally(SURE, by_day=packed(mine))
    tally.merge(Tally(SURE, by_day=packed(theirs)))
    assert tally.days == both


def test_days_of_a_sighting_may_come_in_any_order_and_twice() -> None:
    assert of_sighting(_sighting(1, ((5, 1), (2, 2), (5, 3))), SURE, ROLES).days == ((2, 2), (5, 4))


def test_absurd_sizes_of_a_day_are_cut_to_what_fits() -> None:
    tally = of_sighting(_sighting(1, ((5, 1 << 80),)), SURE, ROLES)
    tally.merge(tally)
    assert tally.days == ((5, (1 << 63) - 1),)


def test_a_year_of_days_is_small() -> None:
    tally = of_sighting(_sighting(1, tuple((day, 1000) for day in range(365))), SURE, ROLES)
    assert len(tally.by_day) < 6000


def test_however_it_is_cut_the_sums_are_the_same() -> None:
    draw = random.Random(4)
    seen = [of_sighting(_sighting(n, ((draw.randrange(9), n),)), SURE, ROLES) for n in range(40)]
    whole: Actors = {}
    for one in seen:
        count(whole, ANN, one)
    for _ in range(20):
        cuts = [0, *sorted(draw.randrange(41) for _ in range(3)), 40]
        total: Actors = {}
        for begin, end in pairwise(cuts):
            part: Actors = {}
            for one in seen[begin:end]:
                count(part, ANN, one)
            for tally in part.get(ANN, ()):
                count(total, ANN, tally)
        assert total == whole


def test_footings_are_kept_apart_and_what_is_counted_is_left_as_it_was() -> None:
    actors: Actors = {}
    one = Tally(SURE, events=2, by_day=packed([(1, 1)]))
    assert count(actors, ANN, one) and count(actors, ANN, Tally(LOOKUP, events=5)) and count(actors, BOB, one)
    assert not count(actors, ANN, one)
    assert [tally.events for tally in actors[ANN]] == [4, 5]
    assert (one.events, on(actors[BOB], SURE).events) == (2, 2)  # type: ignore[union-attr]
    assert on(actors[BOB], LOOKUP) is None


def test_merging_adds_every_figure() -> None:
    one = Tally(
        SURE, 2, 1, 10, 20, 300, 400, packed([(1, 10)]), frozenset({"post"}), frozenset({"ui"}), ("a.example",), ("squid",),
        (Origin("a.log", 1),), ("Mail.Read",),
    )  # fmt: skip
    other = Tally(
        SURE, 5, 3, 40, 50, 200, 500, packed([(2, 40)]), frozenset({"sdk"}), frozenset({"api"}), ("b.example",), ("zeek",),
        (Origin("b.log", 2),), ("Chat.Read",),
    )  # fmt: skip
    both = Tally(
        SURE, 7, 4, 50, 70, 200, 500, packed([(1, 10), (2, 40)]), frozenset({"post", "sdk"}), frozenset({"ui", "api"}),
        ("a.example", "b.example"), ("squid", "zeek"), (Origin("a.log", 1), Origin("b.log", 2)), ("Chat.Read", "Mail.Read"),
    )  # fmt: skip
    before = one.copy()
    one.merge(other)
    assert one == both and one.origins == both.origins
    one.merge(Tally(SURE))
    assert one == both
    empty = Tally(SURE)
    empty.merge(before)
    assert empty == before


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ((None, None), (5, 9), (5, 9)),
        ((5, 9), (None, None), (5, 9)),
        ((5, 9), (6, 8), (5, 9)),
        ((6, 8), (5, 9), (5, 9)),
        ((5, 6), (7, 9), (5, 9)),
        ((7, 9), (5, 6), (5, 9)),
    ],
)
def test_the_times_of_a_merge_are_the_first_and_the_last(
    mine: tuple[int | None, int | None], theirs: tuple[int | None, int | None], both: tuple[int, int]
) -> None:
    tally = Tally(SURE, first_seen=mine[0], last_seen=mine[1])
    tally.merge(Tally(SURE, first_seen=theirs[0], last_seen=theirs[1]))
    assert (tally.first_seen, tally.last_seen) == both


def test_one_name_more_than_is_shown_is_held() -> None:
    several, more = Tally(SURE, names=("0",), sources=("0",)), NAMES_KEPT + 5
    for number in map(str, range(more)):
        several.merge(Tally(SURE, names=(number,), sources=(number,)))
    kept = tuple(map(str, range(NAMES_KEPT + 1)))
    assert several.names == several.sources == kept
    late = Tally(SURE)
    late.merge(Tally(SURE, names=tuple(map(str, range(more)))))
    assert late.names == kept


@pytest.mark.parametrize("source", ["squid_native", ""])
@pytest.mark.parametrize("channel", ["proxy", "dns"])
@pytest.mark.parametrize(
    "found",
    [
        Sum(3, 1, 10, 20, 5, 9, {2: 7, 1: 3}, held((Origin("a.log", 1),)), frozenset({"post"})),
        Sum(0, 4, None, None, 5, 9, {}, held((Origin("a.log", 1),))),
        Sum(2, 0),
    ],
)
def test_a_sum_becomes_the_tally_of_its_sighting(found: Sum, channel: str, source: str) -> None:
    name = Name("domain", "chatgpt.com")
    way = Way((Match("openai-chatgpt", "ChatGPT", name, "strong", "ui", name.value),), channel, source)
    roles = frozenset({"ui", f"{ACCOUNT}personal", f"no-{ACCOUNT}"})
    made = tally_of(way, LOOKUP, roles)(found)
    assert made == of_sighting(sighting_of(ANN, way, found), LOOKUP, roles)
    assert made.sources == ((source,) if source else ())
    used = found.events > 0
    assert made.roles == (frozenset({"ui", f"no-{ACCOUNT}"}) if used else frozenset())
    assert (f"{ACCOUNT}personal" in made.facts) is used


def test_places_are_moved() -> None:
    tally = Tally(SURE, places=(Origin("a", 3), Origin("a"), Origin("b", "x", "object")))
    tally.move(10)
    assert tally.origins == (Origin("a", 13), Origin("a"), Origin("b", "x", "object"))


def test_the_first_of_several_lists() -> None:
    assert first(3, "ab", "bcd") == ("a", "b", "c")


def test_a_row_is_small() -> None:
    """Bytes for each user of a service, with the user's name and address; there may be a hundred thousand."""
    rows = 2000
    tracemalloc.start()
    actors: Actors = {}
    for sighting in map(_sighting, range(rows)):
        count(actors, sighting.actor, of_sighting(sighting, SURE, ROLES))
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert size / rows < 760
