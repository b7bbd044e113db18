"""The few tokenizers that every log format is read with: a line in, its tokens out; which one a family of formats has."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

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
from shadowai.sources.logs.json_objects import JsonTokenizer
from shadowai.sources.logs.pairs import CefTokenizer, KeyValueTokenizer, LeefTokenizer
from shadowai.sources.logs.separated import CsvTokenizer
from shadowai.sources.logs.tokens import HEADER, Getter, Listed, Row, Tokenizer, nothing


class BlankTokenizer(Listed):
    """Fields parted by blanks, with ``"…"`` and ``[…]``."""

    as_they_stand = True

    _field = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"|\[([^\[\]]*)\](?!\S)|(\S+)', re.ASCII)

    def __init__(self, family: Blank) -> None:
        super().__init__()
        self._at_least = family.at_least
        self._quotes = family.quotes

    def read(self, line: str) -> Row:
        held = self._quotes and _may_hold(line)
        tokens = [a or b or c for a, b, c in self._field.findall(line)] if held else _parted(line)
        return tokens if len(tokens) >= self._at_least else None

    def read_all(self, lines: Sequence[str]) -> list[Row] | None:
        if not all(map(str.isascii, lines)):
            return super().read_all(lines)
        rows: list[Row] = list(map(str.split, lines))
        wide = min(map(len, rows), default=0) >= self._at_least  # type: ignore[arg-type]
        return rows if wide and not (self._quotes and _may_hold("".join(lines))) else super().read_all(lines)


_NO_BLANKS = re.compile(r"[^\s\x1c-\x1f]+", re.ASCII)


def _parted(line: str) -> list[str]:
    """The fields between blanks of ASCII. Whoever made a request may have put others into it, such as that of U+00A0, which would make of
    one field two."""
    return line.split() if line.isascii() else _NO_BLANKS.findall(line)


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
        "date": r"\d{4}-\d\d-\d\d",
        "time": r"\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?",
    }.items()
}
"""Columns of the W3C extended format that tell one layout from another."""
_FEW_ADDRESSES = r"^(?:-|\d{1,3}\.[\d.]*|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f.:]*)$"
SURE_SHAPES = {
    "c-ip": _FEW_ADDRESSES,
    "s-ip": _FEW_ADDRESSES,
    "s-sitename": r"^(?:-|[A-Za-z][\w-]*)$",
    "cs-method": r"^(?:-|[A-Za-z_-]{2,24})$",
    "s-port": r"^(?:-|\d{1,5})$",
    "sc-status": r"^(?:-|0|\d{3})$",
    "date": r"^\d{4}-\d\d-\d\d$",
    "time": r"^\d\d:\d\d:\d\d$",
}
"""What most of them look like that have the shape, in terms of the compiled fold (``sequences``)."""


class W3cTokenizer(Listed):
    """W3C extended format: ``#Fields`` may come again with other fields (W3C WD-logfile-960323)."""

    _field = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"(?=\s|$)|(\S+)', re.ASCII)

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
            if self._headed and len(tokens) != len(self._names) == len(by_blanks := _parted(line)):
                tokens = by_blanks  # tabs that became blanks, or came twice
        elif '"' in line:
            tokens = [quoted.replace('""', '"') if quoted else plain for quoted, plain in self._field.findall(line)]
        else:
            tokens = _parted(line)
        if self._headed:
            at_most = len(self._names)
            return (
                tokens if len(tokens) == at_most or (at_most - 1 == len(tokens) > 3 and self._begins(tokens)) else None
            )
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

    def _begins(self, tokens: list[str]) -> bool:
        """Whether a row that lacks a value lacks the last: what was taken for a syslog header, and for the sender behind it, may have been
        its date and its time, and then all others stand where they do not belong."""
        shapes = map(_W3C_SHAPES.get, map(str.lower, self._names))
        return all(shape(token) for token, shape in zip(tokens, shapes, strict=False) if shape)

    @property
    def width(self) -> int:
        """How many columns a ``#Fields`` line told; 0 where there was none."""
        return len(self._names) if self._headed else 0

    @property
    def unheaded(self) -> tuple[str, ...]:
        """The columns that lines have in a file without a header; none where there is one, or nothing was read."""
        return () if self._headed else self._names

    @property
    def by_blanks(self) -> bool:
        """Whether blanks part the columns, and not tabs."""
        return not self._tabs

    def _directive(self, line: str) -> Row:
        name, _, value = line[1:].partition(":")
        if name.strip().lower() == "fields":
            tabs = "\t" in value.strip()
            names = tuple(value.split("\t") if tabs else value.split())
            self._tabs = tabs or self._family.delimiter == "tab"
            self._headed = bool(names)
            self._adopt(tuple(name.strip() for name in names if name.strip()))
        return HEADER

    def _adopt(self, names: tuple[str, ...]) -> None:
        if names != self._names:
            self._names = names
            self.columns = {names[place].lower(): place for place in reversed(range(len(names)))}
        self._put_in_force(names, self._tabs, self._headed)

    def named(self, key: str) -> str:
        return key.lower()

    def getter(self, key: Key) -> Getter:
        take = super().getter(key)
        if not self._family.decode_plus or take is nothing:
            return take
        return lambda tokens: None if (text := take(tokens)) is None else text.replace("+", " ")


class ZeekTokenizer(Listed):
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
        elif name == "path":
            self._here = not self._path or value.strip() == self._path
        elif name == "fields":
            names = value.split(self._separator)
            self._width = len(names)
            self.columns = {field: place for place, field in enumerate(names)}
        else:
            return HEADER
        self._put_in_force(self._separator, self._here, self._width, *self.columns.items())
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


def tokenizer(family: Family) -> Tokenizer:
    """A fresh tokenizer for one file."""
    return _TOKENIZERS[type(family)](family)
