"""Compact lists of the first places at which something was seen: there is one for each row, hundreds of thousands in all.

Places of one file that have numbers, each behind the one before, are held as ``(path, unit, number, …)``; others as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from shadowai.model import Origin, Unit

KEPT: Final = 5
"""Places that are held, the first in input order."""

Places = tuple[Any, ...]
"""At most :data:`KEPT` origins, or the path, the unit and as many numbers."""
_HEAD: Final = 2  # what stands before the numbers
_FULL: Final = _HEAD + KEPT


def of_lines(path: str, numbers: Iterable[int]) -> Places:
    """Lines of a file, by numbers that rise."""
    return (path, "line", *numbers)


def held(every: Iterable[Origin]) -> Places:
    """The first of ``every``: by file as they come, within a file by number; as they come where one has none."""
    found = list(dict.fromkeys(every))
    if all(type(origin.position) is int for origin in found):
        paths: dict[str, int] = {}
        for origin in found:
            paths.setdefault(origin.path, len(paths))
        found.sort(key=lambda origin: (paths[origin.path], origin.position))
        if len(paths) == 1 and len({origin.unit for origin in found}) == 1:
            return (found[0].path, found[0].unit, *[origin.position for origin in found[:KEPT]])
    return tuple(found[:KEPT])


def origins(places: Places) -> tuple[Origin, ...]:
    """The places as origins."""
    if not _has_numbers(places):
        return places
    path, unit, *numbers = places
    return tuple([Origin(path, number, unit) for number in numbers])


def _has_numbers(places: Places) -> bool:
    return bool(places) and type(places[0]) is str


def first_number(places: Places) -> int:
    """The number of the first; 0 where it has none."""
    if _has_numbers(places):
        return int(places[_HEAD])
    place = places[0].position if places else None
    return place if isinstance(place, int) else 0


def moved(places: Places, lines: int) -> Places:
    """Every place with a number so many lines further on."""
    if _has_numbers(places):
        path, unit, *numbers = places
        return (path, unit, *[number + lines for number in numbers])
    return tuple(Origin(path, place + lines if isinstance(place, int) else place, unit) for path, place, unit in places)


def added(places: Places, path: str, unit: Unit, number: int) -> Places:
    """The places and one more, which comes later in the input."""
    if len(places) >= KEPT + (_HEAD if _has_numbers(places) else 0):
        return places
    return earliest(places, (path, unit, number))


def earliest(mine: Places, theirs: Places) -> Places:
    """The first of all of them in input order: by file as they come, within a file by number; however the input was cut."""
    if not theirs or mine is theirs:
        return mine
    if not mine:
        return theirs
    if (
        len(mine) == _FULL
        and type(theirs[0]) is str
        and (mine[0] != theirs[0] or (mine[1] == theirs[1] and theirs[_HEAD] > mine[-1]))
    ):
        return mine
    if _has_numbers(mine) and mine[:_HEAD] == theirs[:_HEAD]:
        if theirs[_HEAD] > mine[-1]:
            return (*mine, *theirs[_HEAD:])[:_FULL]
        return (*mine[:_HEAD], *sorted({*mine[_HEAD:], *theirs[_HEAD:]})[:KEPT])
    return held((*origins(mine), *origins(theirs)))
