"""Places held briefly are the places that were met first."""

import pickle
import random

from shadowai import places
from shadowai.model import Origin


def _first(every: list[Origin]) -> tuple[Origin, ...]:
    """The first five by the rule, found the long way."""
    paths = list(dict.fromkeys(origin.path for origin in every))
    once = list(dict.fromkeys(every))
    if all(isinstance(origin.position, int) for origin in once):
        once = [
            one
            for path in paths
            for one in sorted((o for o in once if o.path == path), key=lambda o: int(o.position or 0))
        ]
    return tuple(once[:5])


def test_lines_of_one_file_are_held_as_numbers() -> None:
    found = places.held([Origin("a.log", 3), Origin("a.log", 9)])
    assert found == ("a.log", "line", 3, 9) == places.of_lines("a.log", [3, 9])
    assert places.origins(found) == (Origin("a.log", 3), Origin("a.log", 9))
    assert pickle.loads(pickle.dumps(found)) == found
    assert places.moved(found, 100) == ("a.log", "line", 103, 109)


def test_other_places_are_held_as_they_are() -> None:
    for others in (
        [Origin("entra:main", "a1", "object")],
        [Origin("a.log", 1), Origin("a.log")],
        [Origin("a.log", 1), Origin("b.log", 1)],
        [Origin("x", 1, "line"), Origin("x", 2, "frame")],
    ):
        found = places.held(others)
        assert found == tuple(others) == places.origins(found)
    assert places.held([]) == () == places.origins(())
    assert places.moved((Origin("a", 3), Origin("a"), Origin("b", "x", "object")), 10) == (
        Origin("a", 13),
        Origin("a"),
        Origin("b", "x", "object"),
    )


def test_the_first_number() -> None:
    assert places.first_number(places.held([Origin("a", 7), Origin("a", 9)])) == 7
    assert places.first_number((Origin("a", 7), Origin("b", 2))) == 7
    assert places.first_number((Origin("a"),)) == places.first_number((Origin("a", "x", "object"),)) == 0
    assert places.first_number(()) == 0


def test_one_more_is_taken_while_there_is_room() -> None:
    found: places.Places = ()
    for number in range(1, 9):
        found = places.added(found, "a.log", "line", number)
    assert found == ("a.log", "line", 1, 2, 3, 4, 5)
    mixed = (Origin("b.log", 1), Origin("b.log", 2), Origin("b.log", 3), Origin("b.log", 4))
    found = places.added(places.added(mixed, "a.log", "frame", 1), "a.log", "frame", 2)
    assert places.origins(found) == (*mixed, Origin("a.log", 1, "frame"))


def test_the_earliest_do_not_depend_on_how_the_input_was_cut() -> None:
    draw = random.Random(5)
    for _ in range(3000):
        # files come in their order, and so do the lines of each; a line may be met twice
        every = [
            Origin(path, number)
            for path in "ab"[: draw.randint(1, 2)]
            for number in sorted(draw.choices(range(1, 30), k=draw.randint(0, 12)))
        ]
        cut = draw.randint(0, len(every))
        mine, theirs = places.held(every[:cut]), places.held(every[cut:])
        assert places.origins(places.earliest(mine, theirs)) == _first(every), (mine, theirs)


def test_places_met_out_of_order_are_put_in_order() -> None:
    draw = random.Random(6)
    for _ in range(3000):
        numbers = [[draw.randint(1, 20) for _ in range(draw.randint(0, 7))] for _ in range(2)]
        mine, theirs = (places.held(Origin("a", number) for number in some) for some in numbers)
        kept = [*places.origins(mine), *places.origins(theirs)]
        assert places.origins(places.earliest(mine, theirs)) == _first(kept)
