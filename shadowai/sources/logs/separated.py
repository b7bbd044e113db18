"""Lines of values with a delimiter between them."""

from __future__ import annotations

import csv
import re
from functools import lru_cache

from shadowai.sources.logs.aliases import KNOWN, flat, in_english, is_header
from shadowai.sources.logs.description import CsvHeader, CsvPositional
from shadowai.sources.logs.tokens import HEADER, LONGEST_NAME, MORE, Listed, Row, Word

_PREAMBLE = 40
_MOST_COLUMNS = 4096
"""Columns of the widest table; what goes beyond is no header, and no row of one."""
_DIGIT = re.compile("[0-9]")


class CsvTokenizer(Listed):
    """Delimiter separated values, with or without a header row (RFC 4180, and what products make of it).

    ``header`` is the header row once it was met, ``delimiter`` what parts the fields. Lines before the header (titles,
    "sep=;") are passed over, as far as :data:`_PREAMBLE` lines.
    """

    as_they_stand = True

    def __init__(self, family: CsvHeader | CsvPositional) -> None:
        super().__init__()
        self.header: list[str] | None = None
        self.delimiter = ""
        self._choices = ""
        self._wanted: frozenset[str] = frozenset()
        self._at_least = 2
        self._names: frozenset[str] = frozenset()  # what a column may be called
        self.most_digits = 0
        """How many digits (ASCII) the first cell of a header may have."""
        self._before = 0  # lines passed over before the header
        self.positional = isinstance(family, CsvPositional)
        self._by_name = _flat
        if isinstance(family, CsvPositional):
            self.delimiter, self._at_least = family.delimiter, family.at_least
        else:
            self._choices, self._wanted = family.delimiters, frozenset(flat(name) for name in family.columns)
            self._by_name = _flat if self._wanted else _in_english

    def read(self, line: str) -> Row:
        if self.header is None and not self.positional:
            return self._take_header(line)
        tokens = self._split(line)
        if isinstance(tokens, Word):
            return MORE
        if self.header is not None:
            if tokens == self.header:
                return HEADER
            if self.is_another_header(tokens):
                self._adopt(tokens)
                return HEADER
            return tokens if len(tokens) == len(self.header) or self._ragged(tokens) else None
        return tokens if len(tokens) >= self._at_least else None

    def may_begin_header(self, cell: str) -> bool:
        """Whether a row under the header that begins with ``cell`` may be a header itself."""
        return cell[:1].isalpha() and _digits(cell) <= self.most_digits and self._by_name(cell) in self._names

    @property
    def all_named(self) -> bool:
        """Whether every cell of a header under the header must be the name of a column."""
        return not self._wanted

    def is_another_header(self, tokens: list[str]) -> bool:
        """Whether a row under the header is a header itself: that of a table put behind the first one. Every cell must be a
        column's name, so that no cell that a stranger can write makes a row one, and no two stray quotes make one of the rows
        between them."""
        if not tokens or not self.may_begin_header(tokens[0]):
            return False
        names = {self._by_name(name) for name in tokens if name}
        if self._wanted and not any("\n" in name for name in tokens):
            return names >= self._wanted
        return names <= self._names and (names >= self._wanted if self._wanted else is_header(names))

    @property
    def headless(self) -> int:
        """How many lines were passed over for a header that never came."""
        return 0 if self.positional or self.header is not None else min(self._before, _PREAMBLE)

    def _split(self, line: str) -> list[str] | Word:
        if '"' not in line and self.delimiter + " " not in line:
            return line.split(self.delimiter, _MOST_COLUMNS)
        if line.count('"') & 1:
            return MORE
        lines = (line,) if "\n" not in line else [part + "\n" for part in line.split("\n")]
        try:
            return next(csv.reader(lines, delimiter=self.delimiter, skipinitialspace=True))
        except (csv.Error, StopIteration):
            return []

    def _ragged(self, tokens: list[str]) -> bool:
        """A trailing delimiter more or less is common and harmless; anything else means another table."""
        width = len(self.header or ())
        return (len(tokens) == width + 1 and not tokens[-1].strip()) or len(tokens) == width - 1

    def cells(self, line: str) -> list[str] | Word:
        """The cells of a line that may be the header, parted by what parts it best."""
        self.delimiter = delimiter_of(line, self._choices)
        return self._split(line)

    def _take_header(self, line: str) -> Row:
        names = self.cells(line)
        if isinstance(names, Word):
            return MORE
        columns = {self._by_name(name) for name in names}
        telling = columns >= self._wanted if self._wanted else is_header(columns)
        if not self._at_least <= len(names) <= _MOST_COLUMNS or not telling:
            if "\n" in line:
                return MORE  # an open quote above the header; each of these lines is one by itself
            self._before += 1
            return HEADER if self._before <= _PREAMBLE else None
        self._adopt(names)
        return HEADER

    def _adopt(self, names: list[str]) -> None:
        self.header = names
        self.columns = {self._by_name(names[place]): place for place in reversed(range(len(names)))}
        self._names = KNOWN | self.columns.keys()
        self.most_digits = max(_most_known_digits(), *map(_digits, self.columns), *map(_digits, names[:1]))
        self._put_in_force(self.delimiter, *names)

    def named(self, key: str) -> str:
        return self._by_name(key)


@lru_cache(maxsize=64)
def flat_cells(line: str, delimiters: str) -> frozenset[str]:
    """The cells of a line as names of columns without case, blanks and punctuation, for whoever looks for the headers of many formats;
    empty where a quote is open."""
    return _flat_cells(line, delimiter_of(line, delimiters))


@lru_cache(maxsize=64)
def _flat_cells(line: str, delimiter: str) -> frozenset[str]:
    cells = CsvTokenizer(CsvHeader(delimiters=delimiter)).cells(line)
    return frozenset() if isinstance(cells, Word) else frozenset(map(_flat, cells))


def delimiter_of(line: str, choices: str) -> str:
    """The delimiter that a header row uses most, outside quotes; the first of ``choices`` where none occurs."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max(choices, key=bare.count)


def _flat(cell: str) -> str:
    """The flat name of a column; a long cell is none, and is not looked through."""
    return flat(cell[:LONGEST_NAME])


def _digits(name: str) -> int:
    return len(_DIGIT.findall(name, 0, LONGEST_NAME))


@lru_cache(maxsize=1)
def _most_known_digits() -> int:
    return max(map(_digits, KNOWN))


def _in_english(cell: str) -> str:
    return in_english(cell[:LONGEST_NAME])
