"""Which lines are records of a format: the check that a line is of this very format, and not of one with the same shape."""

from __future__ import annotations

import re
from collections.abc import Callable

from shadowai.sources.logs.description import CsvHeader, Json, LogFormat, W3c, ZeekTsv
from shadowai.sources.logs.json_objects import SCALARS
from shadowai.sources.logs.tokens import HEADER, Row, Tokenizer

_SHAPES = 1024
"""Sets of keys of objects for which it is remembered where that stands which the format requires."""

Matches = Callable[[str], object] | None


def acceptance(description: LogFormat, reads: Tokenizer) -> Callable[[str], Row]:
    """Tokenizing, and the check that a line is of this very format and not of one with the same shape."""
    family = description.family
    if isinstance(family, Json) and family.requires:
        return _object_acceptance(family, reads)
    if not description.line or isinstance(family, (W3c, CsvHeader, ZeekTsv)):
        return reads.read
    is_line = re.compile(description.line).search
    if description.ignored:
        is_ignored = re.compile(description.ignored).search
        return lambda line: (
            reads.read(line) if is_line(line) is not None else HEADER if is_ignored(line) is not None else None
        )
    return lambda line: reads.read(line) if is_line(line) is not None else None


def _object_acceptance(family: Json, reads: Tokenizer) -> Callable[[str], Row]:
    """Objects that have what the format requires. Where that stands at the top of objects with the same keys is looked up
    once."""
    required: list[tuple[str, Matches]] = [
        (path, re.compile(pattern).search if pattern else None) for path, pattern in family.requires
    ]
    tests = [(reads.getter(path), matches) for path, matches in required]
    at_top: dict[tuple[str, ...], list[tuple[str, Matches]]] = {}

    read = reads.read
    last: tuple[str, ...] = ()
    top: list[tuple[str, Matches]] | None = []

    def accept(line: str) -> Row:
        nonlocal last, top
        row = read(line)
        if type(row) is not dict:
            return row
        shape = tuple(row)
        if shape != last or top is None:
            last, top = shape, at_top.get(shape)
        if top is None:
            found = [(next((key for key in path.split("|") if key in row), ""), matches) for path, matches in required]
            top = found if all(key for key, _ in found) else []
            if len(at_top) < _SHAPES:
                at_top[shape] = top
        for key, matches in top:
            value = row[key]
            kind = type(value)
            if kind not in SCALARS or (matches is not None and matches(value if kind is str else str(value)) is None):
                break
        else:
            if top:
                return row
        return row if all(_holds(take(row), matches) for take, matches in tests) else None

    return accept


def _holds(text: str | None, matches: Matches) -> bool:
    return text is not None and (matches is None or matches(text) is not None)
