"""JSON lines, many at once: read, and told to be of one format by what it requires of every object.

A faster way to :attr:`FormatReader.accept <shadowai.sources.logs.reader.FormatReader.accept>` for the usual file, in which every
line is such an object. Where one is not, the answer is ``None``, and each line is looked at by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import orjson

from shadowai.sources.logs.description import Json
from shadowai.sources.logs.json_objects import SCALARS

Objects = Callable[[Sequence[str]], list[dict[str, Any]] | None]
"""From lines to their objects; ``None`` where it is not sure of one of them."""

_DIGIT_FIRST = r"^\d"
_TEXTS = {str}
_NUMBERS = {int, float}
_UNSET = {type(None)}


def objects_of(family: Json) -> Objects:
    """Reads lines that all hold one object of ``family``, which has no aliases."""
    tests = [(path.split("|"), pattern, re.compile(pattern).search) for path, pattern in family.requires]

    def read(lines: Sequence[str]) -> list[dict[str, Any]] | None:
        try:
            rows = list(map(orjson.loads, lines))
        except orjson.JSONDecodeError:
            return None
        if set(map(type, rows)) != {dict}:
            return None
        for paths, pattern, search in tests:
            if not _all_hold(_values(rows, paths), pattern, search):
                return None
        return rows

    return read


def _values(rows: list[dict[str, Any]], paths: list[str]) -> list[Any]:
    """What stands at the top of all objects under the first of ``paths`` that any has; a later one counts only where those before
    cannot be within inner objects either."""
    values: list[Any] = []
    for path in paths:
        try:
            values = list(map(itemgetter(path), rows))
        except KeyError:
            values = [row.get(path) for row in rows]
        if "." in path or set(map(type, values)) != _UNSET:
            break
    return values


def _all_hold(values: list[Any], pattern: str, search: Callable[[str], object]) -> bool:
    """Whether all are there and match."""
    kinds = set(map(type, values))
    if not pattern:
        return kinds <= SCALARS
    if kinds == _TEXTS:
        return None not in map(search, values)
    if not kinds <= _NUMBERS:
        return False
    if (
        pattern == _DIGIT_FIRST and min(values) > 0
    ):  # so that no text is made of a number that is sure to begin with a digit
        return True
    return None not in map(search, map(str, values))
