"""The records at the beginning of an unknown log as columns: of objects, of a table with a header or without, of pairs. What a guess is
made from (see ``guess``).
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

from shadowai.sources import framing
from shadowai.sources.container import Content
from shadowai.sources.logs.aliases import KNOWN, in_english, is_header
from shadowai.sources.logs.description import Dialect, Key, KeyValue
from shadowai.sources.logs.families import tokenizer
from shadowai.sources.logs.json_objects import parse_object
from shadowai.sources.logs.shapes import Values
from shadowai.sources.syslog import layers

LINES: Final = 500
"""Records that a guess is made from."""
_HEAD: Final = 1 << 20
_SURE, _MOSTLY = 0.8, 0.5
_DELIMITERS: Final = ",;\t|"
_PREAMBLE: Final = 40
"""Lines that may stand above a table's header."""
_DIALECTS: Final[tuple[Dialect, ...]] = (
    "equals", "tab", "comma", "parted", "colon_quoted", "colon_comma", "colon_words", "equals_blanks",
)  # fmt: skip
_VALUES: Final = ("host", "address", "time", "url")
"""Shapes that the names of columns do not have."""
_PAIR = re.compile(r"\s*[A-Za-z_][\w.\-/]{0,63}(?:=|: )")


class Table(NamedTuple):
    """Records as columns: the family they were read with, its options, and how a line is recognised."""

    family: str
    options: Mapping[str, object]
    columns: Mapping[Key, Values]
    line: str = ""


def columns_of(content: Content) -> Table | None:
    """The records at the beginning of a log as columns; ``None`` where they are of no family that has names or positions."""
    lines = _lines(content)
    bare = [list(layers(line))[-1].text for line in lines]
    as_they_stand = ((read, lines) for read in (_headed, _pairs, _positions))
    unwrapped = ((read, bare) for read in (_headed, _pairs, _positions))
    as_objects = [(_objects, bare)]
    if lines and lines[0].lstrip()[:1] == "{":  # an object's text may be a record, or what somebody wrote
        as_objects += [(_pairs, bare), (_objects, lines)]
    found = (read(some) for read, some in (*as_objects, *as_they_stand, *unwrapped))
    return next((table for table in found if table is not None), None)


def _lines(content: Content) -> list[str]:
    """The first records."""
    text = framing.decode(_head(content))
    whole = len(text) < _HEAD
    if framing.needs_json_framing(text, whole=whole):
        framer = framing.JsonFramer()
        found = list(framer.feed(text).lines)
        found += [line for block in framer.finish() for line in block.lines] if whole else []
    else:
        found = text.split("\n")
        found = found if whole else found[:-1]
    records = (line for line in found if line.strip() and (not line.startswith("#") or _names_columns(line)))
    return [line.rstrip("\r") for line in islice(records, LINES)]


def _names_columns(line: str, *, only: bool = False) -> bool:
    """Whether a line is a table's header, be it behind a ``#``; with ``only``, one of nothing but known names."""
    rows = ({in_english(cell) for cell in line.split(delimiter)} for delimiter in _DELIMITERS)
    return any(is_header(names) and (not only or names <= KNOWN) for names in rows)


def _head(content: Content) -> bytes:
    parts, have = [], 0
    while have < _HEAD and (part := content.stream.read(_HEAD - have)):
        parts.append(part)
        have += len(part)
    return b"".join(parts)


def _objects(lines: Sequence[str]) -> Table | None:
    objects = [found for line in lines if line.lstrip()[:1] == "{" and (found := parse_object(line)) is not None]
    if not objects or len(objects) < _MOSTLY * len(lines):
        return None
    columns: dict[Key, list[str]] = {}
    for one in objects:
        for path, value in _leaves(one, ""):
            columns.setdefault(path, []).append(value)
    return Table("json", {}, {key: Values(texts) for key, texts in columns.items()})


def _leaves(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key and "|" not in key:
                yield from _leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        yield from _leaves(value[0], path if not isinstance(value[0], dict | list) else f"{path}.0") if value else ()
    elif isinstance(value, bool):
        yield path, "true" if value else "false"
    elif value is not None:
        yield path, str(value)


def _headed(lines: Sequence[str]) -> Table | None:
    """A table with a row that names its columns: the first, or one below a title."""
    above = next((place for place, line in enumerate(lines[:_PREAMBLE]) if _names_columns(line)), 0)
    while above + 1 < len(lines) and _names_columns(lines[above + 1], only=True):
        above += 1
    rows = _rows(lines[above:])
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    header = rows[0]
    body = [row for row in rows[1:] if row != header]
    named = [in_english(cell) for cell in header]
    if any(name.isdigit() for name in named) or sum(map(bool, map(_PAIR.match, header))) * 2 > len(header):
        return None
    if KNOWN.isdisjoint(named) and (
        len(set(named)) < len(named)
        or "" in named
        or any(Values([cell]).share(shape) for cell in header for shape in _VALUES)
    ):
        return None
    first = {name: place for place, name in reversed(list(enumerate(header))) if named[place]}
    columns = {name: [row[place] for row in body if place < len(row)] for name, place in first.items()}
    return Table("csv", {}, {name: Values(texts) for name, texts in columns.items()})


def _positions(lines: Sequence[str]) -> Table | None:
    """A table without header."""
    rows = _rows(lines)
    widths = Counter(map(len, rows))
    if not rows or (width := widths.most_common(1)[0][0]) < 3 or widths[width] < _SURE * len(rows):
        return None
    delimiter = _delimiter(lines)
    cell = rf'(?:"(?:[^"]|"")*"|[^"{re.escape(delimiter)}]*)'
    columns: dict[Key, Values] = {
        place + 1: Values([row[place] for row in rows if len(row) == width]) for place in range(width)
    }
    line = f"^{cell}(?:{re.escape(delimiter)}{cell}){{{width - 1}}}$"
    return Table("csv_positional", {"at_least": width, "delimiter": delimiter}, columns, line)


def _delimiter(lines: Sequence[str]) -> str:
    def steady(delimiter: str) -> tuple[int, int]:
        counts = Counter(count for line in lines[:50] if (count := line.count(delimiter)))
        count, often = counts.most_common(1)[0] if counts else (0, 0)
        return often, count

    return max(_DELIMITERS, key=steady)


def _rows(lines: Sequence[str]) -> list[list[str]]:
    if not lines:
        return []
    try:
        return list(csv.reader(lines, delimiter=_delimiter(lines), skipinitialspace=True))
    except csv.Error:
        return []


def _pairs(lines: Sequence[str]) -> Table | None:
    """Lines of ``key=value`` in the dialect that finds most keys whose values are short."""
    best: tuple[int, str, dict[Key, list[str]]] | None = None
    for dialect in _DIALECTS:
        columns: dict[Key, list[str]] = {}
        reads = tokenizer(KeyValue(dialect))
        for line in lines:
            tokens = reads.read(line)
            for key in tokens if isinstance(tokens, dict) else ():
                columns.setdefault(key, []).append(reads.getter(key)(tokens) or "")
        found = sum(
            sum(not value.endswith((",", ";", "|")) for value in values)
            for values in columns.values()
            if len(values) >= _MOSTLY * len(lines)
        )
        if best is None or found > best[0]:
            best = (found, dialect, columns)
    if best is None or best[0] < 3 * len(lines):
        return None
    steady = [str(key) for key, values in best[2].items() if len(values) >= len(lines)]
    if not steady:
        return None
    sign = "[:=]" if best[1].startswith("colon") else "="
    line = "^" + "".join(rf"(?=(?:.*[\s,;|\[(])?{re.escape(key)}{sign})" for key in steady[:6])
    return Table("key_value", {"dialect": best[1]}, {key: Values(texts) for key, texts in best[2].items()}, line)
