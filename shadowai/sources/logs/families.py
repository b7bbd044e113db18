"""The few tokenizers that every log format is read with: a line in, its tokens out.

A tokenizer belongs to one file and may learn from it (header lines). It gives a list (positional and header families) or
a dict (key and JSON families) of text tokens, or one of three words: :data:`HEADER` for lines that are no records,
:data:`MORE` for a record that goes on in the next line, ``None`` for a line that is not of the format.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from operator import itemgetter
from typing import Any, ClassVar, Literal

import orjson

from shadowai.sources.logs.aliases import KNOWN, PARTIES, REPORTERS, flat, in_english, is_header
from shadowai.sources.logs.description import (
    Blank,
    Cef,
    CsvHeader,
    CsvPositional,
    Family,
    Json,
    Key,
    KeyValue,
    Leef,
    Pattern,
    W3c,
    ZeekTsv,
)

Tokens = list[str] | dict[str, Any]
Getter = Callable[[Any], str | None]
Column = Callable[[Sequence[Any]], list[Any]]
"""From the tokens of many records to what each has under one key: text, or a JSON scalar that the getter would make text of."""


class Word(Enum):
    """What a line can be besides tokens."""

    HEADER = "header"
    MORE = "more"


HEADER = Word.HEADER
MORE = Word.MORE

Row = Tokens | Literal[Word.HEADER, Word.MORE] | None

_PREAMBLE = 40
_LONGEST_NAME = 256
_MOST_COLUMNS = 4096
"""Columns of the widest table; what goes beyond is no header, and no row of one."""
_SHAPES = 256
SCALARS = frozenset({str, int, float, bool})
"""Types of JSON values that are text."""
_DEEPEST = 8


class Tokenizer:
    """Base: ``read`` a line, and ``getter`` for a key under the columns in force. ``version`` rises when these change."""

    def __init__(self) -> None:
        self.version = 0

    def read(self, line: str) -> Row:
        """The tokens of one line."""
        raise TypeError(f"{type(self).__name__} reads no lines")

    def value(self, text: str | None) -> object:
        """What a column is that is written as ``text``."""
        return text

    def read_all(self, lines: Sequence[str]) -> list[Row] | None:
        """The tokens of many lines; ``None`` where they have not all the same columns."""
        versions, found = set(), []
        for line in lines:
            found.append(self.read(line))
            versions.add(self.version)
        return found if len(versions) < 2 else None

    def getter(self, key: Key) -> Getter:
        """A function from tokens to the text under ``key``; ``None`` where there is none."""
        return _dict_getter(key)

    def column(self, key: Key) -> Column:
        """``getter`` for many records at once."""
        take = self.getter(key)
        return lambda rows: [take(tokens) for tokens in rows]

    as_they_stand = False
    """Whether ``getter`` gives the tokens of a list unchanged, so that ``place`` is all there is to them."""

    def place(self, key: Key) -> int | None:
        """Where ``key`` stands in the tokens as a list, -1 for nowhere; ``None`` where tokens are no list."""
        return None


class _Listed(Tokenizer):
    """Tokens in a list, addressed by 1-based position or by column name."""

    columns: Mapping[str, int] = {}

    def place(self, key: Key) -> int | None:
        return key - 1 if isinstance(key, int) else self.columns.get(self.named(key), -1)

    def named(self, key: str) -> str:
        """The spelling under which ``columns`` knows a key."""
        return key

    def getter(self, key: Key) -> Getter:
        index = key - 1 if isinstance(key, int) else self.columns.get(self.named(key), -1)
        if index < 0:
            return nothing

        def take(tokens: list[str]) -> str | None:
            return tokens[index] if index < len(tokens) else None

        return take

    def column(self, key: Key) -> Column:
        otherwise, place = super().column(key), self.place(key)
        if not self.as_they_stand or place is None or place < 0:
            return otherwise
        pick = itemgetter(place)

        def values(rows: Sequence[list[str]]) -> list[str | None]:
            try:
                return list(map(pick, rows))
            except IndexError:
                return otherwise(rows)

        return values


class BlankTokenizer(_Listed):
    """Fields parted by blanks, with ``"…"`` and ``[…]``."""

    as_they_stand = True

    _field = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"|\[([^\[\]]*)\](?!\S)|(\S+)')

    def __init__(self, family: Blank) -> None:
        super().__init__()
        self._at_least = family.at_least
        self._quotes = family.quotes

    def read(self, line: str) -> Row:
        held = self._quotes and _may_hold(line)
        tokens = [a or b or c for a, b, c in self._field.findall(line)] if held else line.split()
        return tokens if len(tokens) >= self._at_least else None

    def read_all(self, lines: Sequence[str]) -> list[Row] | None:
        rows: list[Row] = list(map(str.split, lines))
        wide = min(map(len, rows), default=0) >= self._at_least  # type: ignore[arg-type]
        return rows if wide and not (self._quotes and _may_hold("".join(lines))) else super().read_all(lines)


def _may_hold(text: str) -> bool:
    """Whether there may be a field in ``text`` that holds blanks."""
    return '"' in text or "[" in text


_SOME_ADDRESS = r"-|\[?[0-9A-Fa-f.:]*[.:][0-9A-Fa-f.:]*(?:%\w+)?(?:\].*)?"
_W3C_SHAPES = {
    name: re.compile(shape).fullmatch
    for name, shape in {
        "c-ip": _SOME_ADDRESS,
        "s-ip": _SOME_ADDRESS,
        "s-sitename": r"-|[A-Za-z][\w-]*",
        "cs-method": r"-|[A-Za-z_-]{2,24}",
        "s-port": r"-|\d{1,5}",
        "sc-status": r"-|0|\d{3}",
    }.items()
}
"""Columns of the W3C extended format that tell one layout from another."""


class W3cTokenizer(_Listed):
    """W3C extended format: ``#Fields`` may come again with other fields (W3C WD-logfile-960323)."""

    _field = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"(?=\s|$)|(\S+)')

    def __init__(self, family: W3c) -> None:
        super().__init__()
        self._family = family
        self._layouts: dict[int, list[tuple[str, ...]]] = {}
        for layout in family.layouts:
            self._layouts.setdefault(len(layout), []).append(layout)
        self._headed = False
        self._tabs = family.delimiter == "tab"
        self._names: tuple[str, ...] = ()

    def read(self, line: str) -> Row:
        if line.startswith("#"):
            return self._directive(line)
        if self._tabs and "\t" in line:
            tokens = [token.strip('"') for token in line.split("\t")]
            if self._headed and len(tokens) != len(self._names) == len(by_blanks := line.split()):
                tokens = by_blanks  # tabs that became blanks, or came twice
        elif '"' in line:
            tokens = [quoted.replace('""', '"') if quoted else plain for quoted, plain in self._field.findall(line)]
        else:
            tokens = line.split()
        if self._headed:
            at_most = len(self._names)
            return tokens if len(tokens) == at_most or (at_most - 1 == len(tokens) > 3) else None
        if not self._fits(tokens, self._names):
            layout = next((layout for layout in self._layouts.get(len(tokens), ()) if self._fits(tokens, layout)), None)
            if layout is None:
                return None
            self._adopt(layout)
        return tokens

    def _fits(self, tokens: list[str], layout: tuple[str, ...]) -> bool:
        """Whether the columns whose shape is known have it, in a file without a header: several layouts are of one length."""
        return len(tokens) == len(layout) and all(
            shape(token) for token, shape in zip(tokens, map(_W3C_SHAPES.get, layout), strict=True) if shape
        )

    @property
    def width(self) -> int:
        """How many columns a ``#Fields`` line told; 0 where there was none."""
        return len(self._names) if self._headed else 0

    @property
    def by_blanks(self) -> bool:
        """Whether blanks part the columns, and not tabs."""
        return not self._tabs

    def _directive(self, line: str) -> Row:
        name, _, value = line[1:].partition(":")
        if name.strip().lower() == "fields":
            tabs = "\t" in value.strip()
            names = tuple(value.split("\t") if tabs else value.split())
            before, self._tabs = self._tabs, tabs or self._family.delimiter == "tab"
            self.version += before is not self._tabs
            self._headed = bool(names)
            self._adopt(tuple(name.strip() for name in names if name.strip()))
        return HEADER

    def _adopt(self, names: tuple[str, ...]) -> None:
        if names != self._names:
            self._names = names
            self.columns = {names[place].lower(): place for place in reversed(range(len(names)))}
            self.version += 1

    def named(self, key: str) -> str:
        return key.lower()

    def getter(self, key: Key) -> Getter:
        take = super().getter(key)
        if not self._family.decode_plus or take is nothing:
            return take
        return lambda tokens: None if (text := take(tokens)) is None else text.replace("+", " ")


class ZeekTokenizer(_Listed):
    """Zeek's TSV: ``#separator``, ``#unset_field``, ``#fields``, ``#path`` lines, and ``\\xHH`` escapes in values."""

    _escape = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")

    def __init__(self, family: ZeekTsv) -> None:
        super().__init__()
        self._path = family.path
        self._separator = "\t"
        self._here = True
        self._width = 0

    def read(self, line: str) -> Row:
        if line.startswith("#"):
            return self._directive(line)
        tokens = line.split(self._separator)
        return tokens if self._here and self._width and len(tokens) == self._width else None

    @property
    def width(self) -> int:
        """How many columns the log at hand has; 0 where it is another log."""
        return self._width if self._here else 0

    @property
    def separator(self) -> str:
        """What parts the columns."""
        return self._separator

    def _directive(self, line: str) -> Row:
        name, _, value = line[1:].replace("\t", " ", 1).partition(" ") if "\t" in line else line[1:].partition(" ")
        if name == "separator":
            self._separator = _zeek_bytes(self._escape, value.strip()) or "\t"
            self.version += 1
        elif name == "path":
            self._here = not self._path or value.strip() == self._path
            self.version += 1
        elif name == "fields":
            names = value.split(self._separator)
            self._width = len(names)
            self.columns = {field: place for place, field in enumerate(names)}
            self.version += 1
        return HEADER

    def getter(self, key: Key) -> Getter:
        take = super().getter(key)

        def unescape(tokens: list[str]) -> str | None:
            text = take(tokens)
            if text is not None and "\\x" in text:
                return _zeek_bytes(self._escape, text)
            return text

        return take if take is nothing else unescape


def _zeek_bytes(escape: re.Pattern[str], text: str) -> str:
    """``text`` with its ``\\xHH`` bytes put back: UTF-8, or Latin-1 where they are none."""

    def put(found: re.Match[str]) -> str:
        raw = bytes.fromhex(found[0].replace("\\x", ""))
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("latin-1")

    return escape.sub(put, text)


class CsvTokenizer(_Listed):
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
        self.version += 1

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


class _Keyed(Tokenizer):
    """Tokens in a dict. Where keys go by aliases, each set of keys that a file shows is a version of its own, so that
    nobody looks for the hundred names that a record does not have."""

    def __init__(self) -> None:
        super().__init__()
        self._shapes: dict[tuple[str, ...], int] = {}
        self._present: frozenset[str] | None = None

    def _adopt(self, tokens: dict[str, Any]) -> None:
        shape = tuple(tokens)
        version = self._shapes.get(shape)
        if version is None:
            version = len(self._shapes) + 1 if len(self._shapes) < _SHAPES else 0
            if version:
                self._shapes[shape] = version
        if version != self.version:
            self.version = version
            self._present = frozenset(shape) if version else None

    def _is_absent(self, name: str) -> bool:
        return self._present is not None and name not in self._present


class KeyValueTokenizer(_Keyed):
    """``key=value`` dialects. The first of a repeated key wins: what comes later in a line is easier to forge.

    Keys and runs of blanks are bounded, so that the time to read a hostile line grows with its length alone.
    """

    dialects: ClassVar[dict[str, str]] = {
        "equals": r'([A-Za-z_][\w.\-/]{0,63})=("[^"\\]*+(?:\\.[^"\\]*+)*+"|\'[^\']*\'|[^\s"]*)',
        "equals_blanks": r'([A-Za-z_][\w.\-/]{0,63})=("[^"\\]*+(?:\\.[^"\\]*+)*+"|.*?)(?=\s{1,16}[A-Za-z_][\w.\-/]{0,63}=|\s{0,16}$)',
        "comma": r'([A-Za-z_][\w.\-/]{0,63})=("[^"\\]*+(?:\\.[^"\\]*+)*+"|[^,"]*)',
        "colon_quoted": r'([A-Za-z_][\w.\-]{0,63}):{1,16}"([^"\\]*+(?:\\.[^"\\]*+)*+)"',
        "colon_comma": r"(?:^|,\s|:\s)([A-Z]\w{0,63}(?: Policy)?): (.*?)(?=, [A-Z]\w{0,63}(?: Policy)?: |\s{0,16}$)",
        "tab": r"([A-Za-z_][\w.\-/]{0,63})=([^\t]*)",
        "parted": r"(?:^|[;|]\s{0,8}|\s)([A-Za-z_][\w.\-/]{0,63})=(\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"|[^;|\"]*)",
    }
    """What a pair is: the key, and the value with its quotes."""

    def __init__(self, family: KeyValue) -> None:
        super().__init__()
        self._pairs = re.compile(self.dialects[family.dialect])
        self._requires = family.requires
        self._aliases = family.aliases

    def read(self, line: str) -> Row:
        pairs = self._pairs.findall(line)
        tokens: dict[str, Any] = _under_aliases(pairs) if self._aliases else dict(reversed(pairs))
        for key in self._requires:
            if key not in tokens:
                return None
        if self._aliases:
            self._adopt(tokens)
        return tokens or None

    def getter(self, key: Key) -> Getter:
        name = flat(str(key)) if self._aliases else str(key)
        if self._is_absent(name):
            return nothing

        def take(tokens: dict[str, Any]) -> str | None:
            text: str | None = tokens.get(name)
            if text and text[0] in "\"'" and text[-1] == text[0] and len(text) > 1:
                text = text[1:-1]
                return _UNESCAPE.sub(r"\1", text) if "\\" in text else text
            return text

        return take


class CefTokenizer(Tokenizer):
    """CEF: seven header fields parted by ``|``, then ``key=value`` (ArcSight CEF implementation standard, version 25)."""

    _head = re.compile(r"(?:CEF:\s?|^\s{0,8})\d{1,2}" + r"\|([^|\\]*+(?:\\.[^|\\]*+)*+)" * 6 + r"(?:\||$)")
    _extension = re.compile(
        r"(?:^|\s)([\w][\w.\-\[\]]*)=(.*?)(?=\s{1,16}[A-Za-z][\w.\-\[\]]{0,63}=|\s{0,16}$)", re.DOTALL
    )
    _shifted = re.compile(r"[^|=]{0,64}\|")
    _names = ("vendor", "product", "version", "class", "name", "severity")

    def __init__(self, family: Cef) -> None:
        super().__init__()
        self._device = re.compile(family.device, re.IGNORECASE)

    def is_of(self, device: str) -> bool:
        """Whether ``vendor|product`` is the format's."""
        return self._device.search(device) is not None

    def read(self, line: str) -> Row:
        head = self._head.search(line)
        if head is None or not self.is_of(f"{head[1]}|{head[2]}"):
            return None
        begin = head.end()
        # an empty field before the vendor's leaves one more before the pairs
        if not head[1] and (shifted := self._shifted.match(line, begin)) is not None:
            begin = shifted.end()
        pairs = self._extension.findall(line[begin:])
        pairs.reverse()
        tokens: dict[str, Any] = dict(pairs)
        for name, text in zip(self._names, head.groups(), strict=True):
            tokens[f"cef.{name}"] = text
        for key, text in pairs:
            if key.endswith("Label") and key[:-5] in tokens:
                tokens.setdefault(f"label.{text.strip()}", tokens[key[:-5]])
        return tokens

    def getter(self, key: Key) -> Getter:
        name = str(key)

        def take(tokens: dict[str, Any]) -> str | None:
            text: str | None = tokens.get(name)
            return _UNESCAPE.sub(r"\1", text) if text and "\\" in text else text

        return take


class LeefTokenizer(CefTokenizer):
    """LEEF 1.0 (tab) and 2.0 (delimiter in the sixth header field, as itself or as ``x09``); IBM QRadar LEEF guide."""

    _leef = re.compile(
        r"(?:LEEF:\s?|^\s{0,8})(\d)\.\d\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|(?:(0?x[0-9a-fA-F]{1,4}|[^|\w])?\|)?"
    )

    _piped = re.compile(r"\|\w{1,64}=")

    def __init__(self, family: Leef) -> None:
        super().__init__(Cef(device=family.device))

    def read(self, line: str) -> Row:
        if "#011" in line:  # a tab as rsyslog writes it
            line = line.replace("#011", "\t")
        head = self._leef.search(line)
        if head is None or not self._device.search(f"{head[2]}|{head[3]}"):
            return None
        rest = line[head.end() :]
        mark = head[6] or "\t"
        delimiter = chr(int(mark.lower().rpartition("x")[2], 16)) if "x" in mark.lower() and len(mark) > 1 else mark
        if (
            delimiter not in rest and self._piped.search(rest) is not None
        ):  # McAfee Web Gateway parts its pairs like the head
            delimiter = "|"
        if delimiter in rest:
            pairs = [
                (key.strip(), text)
                for key, found, text in (part.partition("=") for part in rest.split(delimiter))
                if found
            ]
        else:  # one pair only, or tabs that became blanks on the way
            pairs = self._extension.findall(rest)
        tokens: dict[str, Any] = dict(reversed(pairs))
        tokens |= {"leef.vendor": head[2], "leef.product": head[3], "leef.version": head[4], "leef.id": head[5]}
        return tokens


class JsonTokenizer(_Keyed):
    """JSON objects. What stands before the first brace (a syslog header) is not looked at."""

    def __init__(self, family: Json) -> None:
        super().__init__()
        self._aliases = family.aliases

    def read(self, line: str) -> Row:
        if not self._aliases and line[:1] == "{":
            try:
                return orjson.loads(line)  # type: ignore[no-any-return]  # what begins with a brace is an object
            except orjson.JSONDecodeError:
                return parse_object(line)
        tokens = parse_object(line)
        if tokens is not None and self._aliases:
            found = flatten(tokens)
            self._adopt(found)
            return found
        return tokens

    def value(self, text: str | None) -> object:
        """A list or an object where ``text`` is one."""
        if not text or text[0] not in "[{":
            return text
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text

    def getter(self, key: Key) -> Getter:
        if not self._aliases:
            return path_getter(str(key))
        name = flat(str(key))
        return nothing if self._is_absent(name) else _scalar_getter(name)

    def column(self, key: Key) -> Column:
        otherwise, name = super().column(key), flat(str(key)) if self._aliases else str(key)
        if "|" in name:
            return otherwise

        pick = itemgetter(name)

        def values(rows: Sequence[dict[str, Any]]) -> list[Any]:
            try:
                found = list(map(pick, rows))
            except KeyError:
                return otherwise(rows)
            return found if set(map(type, found)) <= SCALARS else otherwise(rows)

        return values


class PatternTokenizer(Tokenizer):
    """Regular expressions with named groups; the first that matches."""

    def __init__(self, family: Pattern) -> None:
        super().__init__()
        self._patterns = [re.compile(text) for text in family.patterns]

    def read(self, line: str) -> Row:
        for pattern in self._patterns:
            found = pattern.search(line)
            if found is not None:
                return found.groupdict()
        return None


_TYPED = re.compile(r"^(.{0,255}[^_])_[sdtbg]$")
_MOST_STEPS = 32
"""Steps of the longest path of an object's value that names it."""
_DIGIT = re.compile("[0-9]")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_ANOTHER = re.compile(r"[\s,;]*+\{")
_UNESCAPE = re.compile(r"\\([\\=|\"'])")

_TOKENIZERS: dict[type, Callable[[Any], Tokenizer]] = {
    Blank: BlankTokenizer,
    W3c: W3cTokenizer,
    ZeekTsv: ZeekTokenizer,
    CsvHeader: CsvTokenizer,
    CsvPositional: CsvTokenizer,
    KeyValue: KeyValueTokenizer,
    Cef: CefTokenizer,
    Leef: LeefTokenizer,
    Json: JsonTokenizer,
    Pattern: PatternTokenizer,
}


def _under_aliases(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """The values by the flat names of their keys, the first of each; and by what these are in English, where that is another name."""
    values = [_bare(text) for _, text in pairs]
    return {name: values[place] for name, place in _places_of(tuple(key for key, _ in pairs))}


@lru_cache(maxsize=64)
def _places_of(keys: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """The names in lines with these keys, each with the number of its pair."""
    found: dict[str, int] = {}
    for names in (map(flat, keys), map(in_english, keys)):
        for place, name in enumerate(names):
            found.setdefault(name, place)
    return tuple(found.items())


def _bare(text: str) -> str:
    """A value without what parts it from the next pair, and without the bracket that was opened before its key."""
    text = text.rstrip(",; ")
    return text[:-1] if text.endswith("]") and "[" not in text else text


def _flat(cell: str) -> str:
    """The flat name of a column; a long cell is none, and is not looked through."""
    return flat(cell[:_LONGEST_NAME])


def _digits(name: str) -> int:
    return len(_DIGIT.findall(name, 0, _LONGEST_NAME))


@lru_cache(maxsize=1)
def _most_known_digits() -> int:
    return max(map(_digits, KNOWN))


def _in_english(cell: str) -> str:
    return in_english(cell[:_LONGEST_NAME])


def tokenizer(family: Family) -> Tokenizer:
    """A fresh tokenizer for one file."""
    return _TOKENIZERS[type(family)](family)


def delimiter_of(line: str, choices: str) -> str:
    """The delimiter that a header row uses most, outside quotes; the first of ``choices`` where none occurs."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max(choices, key=bare.count)


def parse_object(line: str) -> dict[str, Any] | None:
    """The JSON object in a line, or ``None``. Text before the first brace is passed over."""
    start = 0 if line[:1] == "{" else line.find("{")
    if start < 0:
        return None
    text = line[start:] if start else line
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _lenient(text)
    return found if isinstance(found, dict) else None


def path_getter(path: str) -> Getter:
    """A function that finds ``a.b.c`` in an object, be it nested, a dotted flat key, or JSON within a string.

    ``a|b`` are spellings of one thing: the first that is there.
    """
    if "|" in path:
        takes = tuple(map(path_getter, path.split("|")))

        def either(tokens: dict[str, Any]) -> str | None:
            for take in takes:
                text = take(tokens)
                if text is not None:
                    return text
            return None

        return either
    steps = tuple(path.split("."))

    def take(tokens: dict[str, Any]) -> str | None:
        found = tokens.get(path)
        if found is None and len(steps) > 1:
            found = _walk(tokens, steps)
        return found if found is None or type(found) is str else _text(found)

    return take


def raw_value(tokens: dict[str, Any], path: str) -> Any:
    """What stands at ``path`` in an object, be it a list or an object; ``None`` where nothing does."""
    found = tokens.get(path)
    return _walk(tokens, tuple(path.split("."))) if found is None else found


def flatten(tokens: dict[str, Any]) -> dict[str, Any]:
    """Nested objects as one level: flat keys by their whole path and by each end of it, the outermost first; scalars as they are.

    An end that would lose whose key it is (``name`` of ``user.name``) is left out, and so is all that speaks of the log's writer
    and not of its content (``agent.hostname``).
    """
    values = list(tokens.values())
    kinds = set(map(type, values))
    if dict not in kinds:
        absent = (
            ()
            if kinds <= SCALARS
            else tuple(
                [place for place, value in enumerate(values) if type(value) not in SCALARS and _text(value) is None]
            )
        )
        return {name: values[place] for name, place in _flat_keys(tuple(tokens), absent)}
    leaves = list(_leaves(tokens, ()))
    names = _flat_names(tuple([steps for steps, _ in leaves]))
    return {name: leaves[place][1] for name, place in names}


@lru_cache(maxsize=1024)
def _flat_keys(keys: tuple[str, ...], absent: tuple[int, ...]) -> tuple[tuple[str, int], ...]:
    """:func:`_flat_names` of an object without inner ones, by the places of its keys; those at ``absent`` have no value."""
    known = [(place, path) for place, key in enumerate(keys) if place not in absent and (path := _path((), key))]
    return tuple((name, known[leaf][0]) for name, leaf in _flat_names(tuple(path for _, path in known)))


@lru_cache(maxsize=1024)
def _flat_names(paths: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, int], ...]:
    """The flat names that the leaves at ``paths`` go by, each with the place of the leaf it stands for."""
    found: dict[str, int] = {}
    for leaf, steps in sorted(enumerate(paths), key=lambda item: len(item[1])):
        for place in range(len(steps)):
            found.setdefault(flat(".".join(steps[place:])), leaf)
            if steps[place].lower() in PARTIES:
                break
    for leaf, steps in enumerate(paths):
        for place in range(len(steps)):
            if (name := in_english(".".join(steps[place:]))) in KNOWN:
                found.setdefault(name, leaf)
            if steps[place].lower() in PARTIES:
                break
    if any(steps[0].startswith("TimeGenerated") for steps in paths):
        _add_plain(found, paths)
    for leaf, steps in enumerate(paths):
        if len(steps) > 1 and steps[-1].lower() == "value":  # {"source_ip": {"value": "192.0.2.7"}}
            found.setdefault(flat(steps[-2]), leaf)
    return tuple(found.items())


def _add_plain(found: dict[str, int], paths: tuple[tuple[str, ...], ...]) -> None:
    """The plain names of a custom log's columns in a Log Analytics workspace, which have their type behind them (``URL_s``). Beside them,
    ``Computer`` is the machine that collected the log."""
    plain = [
        (typed[1], leaf) for leaf, steps in enumerate(paths) if len(steps) == 1 and (typed := _TYPED.match(steps[0]))
    ]
    if plain:
        found.pop("computer", None)
    for name, leaf in plain:
        found.setdefault(flat(name), leaf)


def _leaves(tokens: dict[str, Any], outer: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The scalars of nested objects with their paths; a dotted key is a path."""
    for key, value in tokens.items():
        steps = _path(outer, key)
        if not steps:
            continue
        if isinstance(value, dict):
            if len(steps) < _DEEPEST:
                yield from _leaves(value, steps)
            continue
        text = value if type(value) is str else _text(value)
        if text is not None:
            yield steps, text


@lru_cache(maxsize=4096)
def _path(outer: tuple[str, ...], key: str) -> tuple[str, ...]:
    """The path of a key within ``outer``; empty for what speaks of the log's writer, and for what is no log's name any more: each end
    of a path is a name, so that the time for one grows with the square of its length."""
    steps = (*outer, *key.split(".", _MOST_STEPS))
    if len(steps) > _MOST_STEPS or len(key) > _LONGEST_NAME:
        return ()
    return () if len(steps) > 1 and not REPORTERS.isdisjoint(step.lower() for step in steps[:-1]) else steps


def _lenient(text: str) -> dict[str, Any] | None:
    """Objects that exporters break: a trailing comma or text behind the object; ``None`` for anything else, and for two objects
    in one line, of which one would be lost."""
    import json

    try:
        found, end = json.JSONDecoder(strict=False).raw_decode(text)
        if _SURROGATE.search(text):
            found = _whole(found)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and not _ANOTHER.match(text, end) else None


def _whole(value: Any) -> Any:
    """``value`` with U+FFFD for every half of a surrogate pair, which no encoder takes."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return {_whole(key): _whole(one) for key, one in value.items()} if isinstance(value, dict) else value


def _walk(tokens: Any, steps: tuple[str, ...]) -> Any:
    current = tokens
    for place, step in enumerate(steps):
        if isinstance(current, str) and current[:1] in "{[":
            current = _embedded(current)
        if isinstance(current, dict):
            rest = ".".join(steps[place:])
            if rest in current:
                return current[rest]
            current = current.get(step)
        elif isinstance(current, list):
            current = _of_list(current, step)
        else:
            return None
    return current


def _of_list(items: list[Any], step: str) -> Any:
    """What stands at a place of a list; or the value of a name, in a list of names and values, in capitals or not."""
    if step.isdigit():
        return items[int(step)] if int(step) < len(items) else None
    name = step.lower()
    for one in items:
        known = one.get("name", one.get("Name")) if isinstance(one, dict) else None
        if isinstance(known, str) and known.lower() == name:
            return one.get("value", one.get("Value"))
    return None


@lru_cache(maxsize=256)
def _embedded(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _text(value: Any) -> str | None:
    """A JSON scalar as text; of a list its first scalar."""
    if isinstance(value, str):
        return value
    if type(value) is int:
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        return next((text for text in map(_text, value) if text is not None), None)
    return None


def _scalar_getter(name: str) -> Getter:
    def take(tokens: dict[str, Any]) -> str | None:
        value = tokens.get(name)
        return value if value is None or type(value) is str else _text(value)

    return take


def _dict_getter(key: Key) -> Getter:
    name = str(key)
    return lambda tokens: tokens.get(name)


def nothing(tokens: Any) -> str | None:
    """The getter of what is not there: no column, no key of that name."""
    return None
