"""Shortcuts of a scan: finding the names of many lines at once, and reading of an AI line only what changes.

Everything here is a faster way to what :class:`~shadowai.sources.logs.reader.FormatReader` says, never another opinion:
where a shortcut is not sure, it passes the line on to the reference. Tests hold both together.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Hashable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from shadowai.sources.framing import Block
from shadowai.sources.logs.description import CsvHeader, Json, Key, Part, Take
from shadowai.sources.logs.objects import objects_of
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.logs.separated import CsvTokenizer
from shadowai.sources.logs.tokens import Getter, Row, Tokens, nothing

_VOLATILE = ("host", "url", "path", "bytes_up", "bytes_down")
JOINED_LINES = 64
"""Lines that a record may run over."""
ACTOR = ("user", "device", "client_ip")
"""Fields that say who."""
_WIDTHS = 256
MANNER = ("method", "user_agent")
"""Fields that, with a format's conditions, say how."""


Dimensions = Callable[[Any], tuple[Any, ...]]
"""From tokens to texts that decide something about the record."""


Keys = Callable[[Sequence[Any]], list[Hashable]]
"""From the tokens of many records to what tells apart those that are not counted alike."""

_COMPARABLE = frozenset({str, int, type(None), type(...)})


class Named(NamedTuple):
    """What was found in a block: the text that names each line's host, ``None`` for a line that must be read in full; and the
    lines' tokens, where they had to be made for it."""

    names: Sequence[str | None]
    tokens: Sequence[Tokens | Row] | None = None


Finder = Callable[[Block], Named | None]
"""Finds the names in a block; ``None`` for a block of which it is not sure."""


def names_of(reader: FormatReader) -> Finder | None:
    """The shortcut to the names of a format; ``None`` where it has none."""
    description = reader.description
    if description.name_in:
        return _by_pattern(re.compile(description.name_in, re.MULTILINE))
    if isinstance(description.family, CsvHeader) and not description.percent_encoded:
        return _by_column(reader)
    if isinstance(description.family, Json):
        return _by_alias(reader) if description.family.aliases else _by_object(reader, description.family)
    return None


def _by_pattern(pattern: re.Pattern[str]) -> Finder:
    findall = pattern.findall

    def find(block: Block) -> Named:
        found: list[str] = findall(block.text)
        if len(found) == len(block.lines):
            return Named(found)
        match = pattern.match
        return Named([None if (one := match(line)) is None else one[1] for line in block.lines])

    return find


def _by_object(reader: FormatReader, family: Json) -> Finder:
    """The first text that may hold an object's host."""
    objects = objects_of(family)

    def find(block: Block) -> Named:
        rows = objects(block.lines)
        if rows is not None:
            return Named(reader.first_candidates(rows), rows)
        first, tokens = reader.first_candidate, [reader.tokens(line) for line in block.lines]
        return Named([first(row) if type(row) is dict else None for row in tokens], tokens)

    return find


def _by_alias(reader: FormatReader) -> Finder:
    """As :func:`_by_object` where keys go by aliases: each line is read by itself, for it may show names that were not asked for before."""

    def find(block: Block) -> Named:
        tokens, first = reader.tokens, reader.first_candidate
        return Named([first(row) if type(row := tokens(line)) is dict else None for line in block.lines])

    return find


def _by_column(reader: FormatReader) -> Finder:
    """The first text that may hold a row's host, where every line is one row of the header's width."""
    doubtful = 0  # lines to come that may belong to a row whose quote is still open

    def find(block: Block) -> Named | None:
        nonlocal doubtful
        lines, table = block.lines, reader.tokenizer
        clean = doubtful == 0
        doubtful = max(doubtful - len(lines), 0)
        if any(quotes & 1 for quotes in {line.count('"') for line in lines}):
            doubtful = JOINED_LINES
            return None
        if not clean or not isinstance(table, CsvTokenizer) or (header := table.header) is None:
            return None
        try:
            rows = list(csv.reader(lines, delimiter=table.delimiter, skipinitialspace=True))
        except csv.Error:
            return None
        if len(rows) != len(lines) or _may_hold_header(rows, table):
            return None
        if set(map(len, rows)) == {len(header)} and header not in rows:
            return Named(_without_path(reader.first_candidates(rows)), rows)
        width, first = len(header), reader.first_candidate
        names = [first(row) if len(row) == width and row != header else None for row in rows]
        return Named(_without_path(names), rows)

    return find


def _without_path(names: list[str | None]) -> list[str | None]:
    """Hosts are few, and URLs many: up to its path, a URL without a scheme names the same host."""
    return [name.partition("/")[0] or name if name and "/" in name and "://" not in name else name for name in names]


def _may_hold_header(rows: list[list[str]], table: CsvTokenizer) -> bool:
    """Whether one of ``rows`` is the header of another table."""
    beginnings = {cell for cell in {row[0] for row in rows if row} if table.may_begin_header(cell)}
    return bool(beginnings) and any(row and row[0] in beginnings and table.is_another_header(row) for row in rows)


def dimensions(reader: FormatReader, fields: Sequence[str], *, conditions: bool = False) -> Dimensions:
    """A function from tokens to the raw texts that decide ``fields`` (and, with ``conditions``, whether a record counts, is
    blocked and of what kind): equal texts, equal values. Hosts, times and sizes are not among them."""
    steady, live = _deciding(reader, fields, conditions)
    read = _reader_of([reader.plain_getter(key) for key in steady], [reader.tokenizer.place(key) for key in steady])
    family = reader.description.family
    if isinstance(family, Json) and not family.aliases:
        read = _values_of([str(key) for key in steady], read)
    if not live:
        return read
    return lambda tokens: (read(tokens), *[test(tokens) for test in live])


def _values_of(paths: list[str], otherwise: Dimensions) -> Dimensions:
    """Of JSON objects the values themselves, where all are text, whole numbers or nothing: such are equal only where their texts are.
    What a dotted path leads to is told by the value under it, or else by the one that its first step leads to."""
    spellings = [spelling for path in paths for spelling in path.split("|")]
    names = list(dict.fromkeys([*spellings, *(spelling.partition(".")[0] for spelling in spellings)]))
    absent = [...] * len(names)

    def read(tokens: dict[str, Any]) -> tuple[Any, ...]:
        found = tuple(map(tokens.get, names, absent))
        return found if _COMPARABLE.issuperset(map(type, found)) else (otherwise(tokens),)

    return read


def url_texts(reader: FormatReader) -> Dimensions:
    """A function from tokens to the raw texts that decide what :meth:`FormatReader.url` makes of a record and its host."""
    takes = [take for name in ("url", "path") for take in reader.description.fields.get(name, ())]
    keys = dict.fromkeys(_key(take) for take in takes)
    keys |= dict.fromkeys(key for take in takes if isinstance(take, Part) for key, _ in take.only)
    return _reader_of([reader.plain_getter(key) for key in keys], [reader.tokenizer.place(key) for key in keys])


def keys_of(reader: FormatReader, fields: Sequence[str]) -> Keys:
    """:func:`dimensions` with conditions, of many records at once."""
    read = dimensions(reader, fields, conditions=True)
    if not reader.tokenizer.as_they_stand:
        return lambda rows: list(map(read, rows))
    steady, live = _deciding(reader, fields, conditions=True)
    return _keys_of_lists(read, [reader.tokenizer.place(key) or 0 for key in steady], live)


def _keys_of_lists(read: Dimensions, places: list[int], live: list[Callable[[Any], Any]]) -> Keys:
    """Of lists of one length their texts, picked in one call of the interpreter."""
    known = [place for place in places if place >= 0]

    def keys(rows: Sequence[list[str]]) -> list[Hashable]:
        widths = set(map(len, rows))
        if len(widths) != 1:
            return list(map(read, rows))
        found: list[Hashable] = list(map(_picker([place for place in known if place < max(widths)]), rows))
        return list(zip(found, *[map(test, rows) for test in live], strict=True)) if live else found

    return keys


def _deciding(
    reader: FormatReader, fields: Sequence[str], conditions: bool
) -> tuple[list[Key], list[Callable[[Any], Any]]]:
    """The tokens that decide ``fields`` as they are; and functions for what is decided by tokens that change with each record."""
    description = reader.description
    volatile = {_key(take) for name in _VOLATILE for take in description.fields.get(name, ())}
    volatile |= {key for time in description.time for key in time.keys}
    volatile |= {_key(take) for name in ACTOR if name not in fields for take in description.fields.get(name, ())}
    steady: dict[Key, None] = {}
    live: list[Callable[[Any], Any]] = []
    for take in (take for name in fields for take in description.fields.get(name, ())):
        if _key(take) in volatile or (isinstance(take, Part) and take.only):
            live.append(reader.getter(take))
        else:
            steady[_key(take)] = None
    kinds = tuple(when for when, _ in description.kinds)
    for when in (*description.blocked, *description.allowed, *description.uncounted, *kinds) if conditions else ():
        if any(key in volatile for key, _ in when.all):
            live.append(reader.condition(when))
        else:
            steady.update(dict.fromkeys(key for key, _ in when.all))
    return list(steady), live


def _reader_of(getters: list[Getter], places: list[int | None]) -> Dimensions:
    """All getters at once; where all are places in a list, in one call of the interpreter."""
    careful = tuple(getter for getter in getters if getter is not nothing)
    known = [place for place in places if place is not None and place >= 0]
    if len(known) < len(careful):
        return lambda tokens: tuple([take(tokens) for take in careful])
    pickers: dict[int, Dimensions] = {}

    def read(tokens: list[str]) -> tuple[Any, ...]:
        pick = pickers.get(len(tokens))
        if pick is None:
            pick = _picker([place for place in known if place < len(tokens)])
            if len(pickers) < _WIDTHS:
                pickers[len(tokens)] = pick
        return pick(tokens)

    return read


def _picker(places: list[int]) -> Dimensions:
    """The tokens at ``places``. Rows of different width never give equal texts by having different places: fewer places, a
    shorter tuple."""
    return itemgetter(*places) if len(places) > 1 else lambda tokens: tuple([tokens[place] for place in places])


def _key(take: Take) -> Key:
    return take.key if isinstance(take, Part) else take
