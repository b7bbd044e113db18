"""Which format a line, or a file, is in: told by content alone.

Every line is put to every format that recognises lines; the one with the highest rank has it. A file is read as what
most of its sampled lines are, and header lines (``#Fields``, a CSV header) speak for the whole file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple

from shadowai.sources.logs.aliases import flat, is_header, is_log, is_table_of_use
from shadowai.sources.logs.description import (
    Cef,
    CsvHeader,
    Family,
    Json,
    KeyValue,
    Leef,
    LogFormat,
    Part,
    W3c,
    ZeekTsv,
)
from shadowai.sources.logs.families import tokenizer
from shadowai.sources.logs.json_objects import flatten, parse_object, path_getter
from shadowai.sources.logs.literals import Search, needs_of, searched, searcher
from shadowai.sources.logs.separated import CsvTokenizer, flat_cells
from shadowai.sources.logs.tokens import Tokenizer
from shadowai.sources.syslog import Payload, innermost_object, layers, unwrap

SAMPLE = 200
"""Lines looked at to tell the format of a file."""
_TELLING = 1 << 16
"""Characters of a line by which its format is told: what a hundred formats look through may not be without end."""
_HEADER_WITHIN = 40
_GENERIC = 5
_AMONG = 16
"""Lines of no known product beside which one of a known product's is no stray one: what a stranger may have written into one of them
does not say what all of them are."""
_MOST_SHAPES, _LONGEST_SHAPE = 256, 4096
"""Sets of keys of objects for which the tests that these may pass are remembered, and the characters of the longest."""

_Test = Callable[[str, dict[str, Any] | None], bool]
"""Whether a text, or the object that it is, is of a format."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """A file's format, how many wrappings lie around it, and which formats its sampled lines were taken for."""

    format: LogFormat
    depth: int
    seen: tuple[tuple[str, int], ...] = ()


_RECOGNISERS: dict[int, tuple[Mapping[str, LogFormat], Recogniser]] = {}


def recogniser(formats: Mapping[str, LogFormat]) -> Recogniser:
    """The recogniser of ``formats``, made once for each set of them: it compiles a pattern for every format."""
    known = _RECOGNISERS.get(id(formats))
    if known is None or known[0] is not formats:
        known = _RECOGNISERS[id(formats)] = (formats, Recogniser(formats))
    return known[1]


class Recogniser:
    """Recognises lines and files among ``formats``."""

    def __init__(self, formats: Mapping[str, LogFormat]) -> None:
        self._formats = formats
        self._fitting: dict[tuple[tuple[str, ...], bool], list[tuple[LogFormat, _Test]]] = {}

    def file(self, lines: Sequence[str]) -> Recognition | None:
        """The format of a file by its first lines; ``None`` where none fits."""
        sample = [line for line in lines[: 4 * SAMPLE] if line.strip()][:SAMPLE]
        found = self._by_header(sample)
        if found is not None:
            return found
        votes: Counter[tuple[str, int]] = Counter()
        for line in sample:
            vote = self.line(line)
            if vote is not None:
                votes[vote[0].name, vote[1]] += 1
        if not votes:
            return None
        names: Counter[str] = Counter()
        for (name, _), count in votes.items():
            names[name] += count
        enough = max((count for name, count in names.items() if not self._is_product(name)), default=0) / _AMONG
        best = max(
            names,
            key=lambda name: (
                self._is_product(name) and names[name] >= enough,
                names[name],
                self._formats[name].rank,
            ),
        )
        depth = max((count, depth) for (name, depth), count in votes.items() if name == best)[1]
        return Recognition(self._formats[best], depth, tuple(names.most_common()))

    def _is_product(self, name: str) -> bool:
        return self._formats[name].rank >= _GENERIC

    def line(self, line: str) -> tuple[LogFormat, int, Payload] | None:
        """The format of one line, at how many wrappings below the surface, and the payload there.

        Of an object within another it is the inner one that is read by its names: beside it stands what carried it.
        """
        best: tuple[LogFormat, int, Payload] | None = None
        payloads = list(layers(line))
        escaped = innermost_object(payloads)
        for depth, payload in enumerate(payloads):
            found = self._text(payload.text, as_object=depth < escaped)
            least = 0 if best is None else best[0].rank + (payload.layer != "object" or best[0].rank >= _GENERIC)
            if found is not None and found.rank >= least:
                best = (found, depth, payload)
        return best

    def _text(self, text: str, *, as_object: bool) -> LogFormat | None:
        """The format of a text; with ``as_object`` of those only that read JSON: in it, other records are escaped."""
        obj: dict[str, Any] | None = None
        if "{" in text and "}" in text:
            obj = parse_object(text)
        beginning = text[:_TELLING]
        tests = (
            self._tests_of_text if obj is None and not as_object else self._tests_fitting(tuple(obj or ()), as_object)
        )
        for fmt, is_one in tests:
            if is_one(beginning, obj):
                return fmt
        return None

    def _tests_fitting(self, keys: tuple[str, ...], as_object: bool) -> list[tuple[LogFormat, _Test]]:
        """The tests that an object with ``keys`` may pass: the objects of a file have few sets of keys, and there are many formats."""
        known = self._fitting.get((keys, as_object))
        if known is not None:
            return known
        has = frozenset(keys)
        fitting = [one for one in (self._tests_of_objects if as_object else self._tests) if _may_be(one[0].family, has)]
        if sum(map(len, keys)) <= _LONGEST_SHAPE:
            if len(self._fitting) >= _MOST_SHAPES:
                self._fitting.clear()
            self._fitting[keys, as_object] = fitting
        return fitting

    @cached_property
    def _tests(self) -> list[tuple[LogFormat, _Test]]:
        """Formats that recognise a line, the highest rank first."""
        made = {fmt.name: test for fmt, test in (*self._tests_of_objects, *self._tests_of_text)}
        return [(fmt, made[fmt.name]) for fmt in self._ranked if fmt.name in made]

    @cached_property
    def _tests_of_objects(self) -> list[tuple[LogFormat, _Test]]:
        return [(fmt, _json_test(fmt.family)) for fmt in self._ranked if isinstance(fmt.family, Json)]

    @cached_property
    def _tests_of_text(self) -> list[tuple[LogFormat, _Test]]:
        """What is no object is of no format that reads JSON."""
        needed = needs_of(fmt.line for fmt in self._ranked if fmt.line)

        def searching(pattern: str) -> Search:
            return searcher(pattern, needed[pattern])

        tests = [(fmt, _line_test(fmt, searching)) for fmt in self._ranked]
        return [(fmt, test) for fmt, test in tests if test is not None]

    @cached_property
    def _ranked(self) -> list[LogFormat]:
        return sorted(self._formats.values(), key=lambda fmt: -fmt.rank)

    def _by_header(self, sample: Sequence[str]) -> Recognition | None:
        """A format whose header stands in the first lines: W3C, Zeek or CSV; syslog may be around it."""
        found: list[tuple[int, int, int, int, LogFormat]] = []
        for place, line in enumerate(sample[:_HEADER_WITHIN]):
            for depth, payload in enumerate(layers(line)):
                text = payload.text.lstrip()
                heads = [fmt for fmt in self._may_head(text) if _is_header(fmt, text)]
                found += [(fmt.rank, -place, _known(fmt, text), depth, fmt) for fmt in heads]
        if not found:
            return None
        rank, place, _, depth, fmt = max(found, key=lambda item: item[:3])
        if rank < _GENERIC and any(self._is_specific(line) for line in sample[: 2 - place]):
            return None  # a line that reads like a header and is a record of a known format
        return Recognition(fmt, depth, ((fmt.name, len(sample)),))

    def _is_specific(self, line: str) -> bool:
        vote = self.line(line)
        return vote is not None and vote[0].rank >= _GENERIC

    def _may_head(self, text: str) -> Iterator[LogFormat]:
        """The formats that ``text`` may be a header of, in their order: of a table only where a column stands in it that it must have."""
        if text.startswith("#"):
            yield from self._headed
            return
        for table in self._tables:
            if not table.column or table.column in flat_cells(text, table.delimiters):
                yield table.fmt

    @cached_property
    def _headed(self) -> list[LogFormat]:
        return [fmt for fmt in self._formats.values() if isinstance(fmt.family, (W3c, ZeekTsv, CsvHeader))]

    @cached_property
    def _tables(self) -> list[_Table]:
        tables = ((fmt, fmt.family) for fmt in self._formats.values())
        return [
            _Table(max(map(flat, family.columns), key=len, default=""), family.delimiters, fmt)
            for fmt, family in tables
            if isinstance(family, CsvHeader)
        ]


class _Table(NamedTuple):
    """A format with a header row, and one of the columns that it must have: the longest, which few others have. Empty for any."""

    column: str
    delimiters: str
    fmt: LogFormat


def _is_header(fmt: LogFormat, text: str) -> bool:
    family = fmt.family
    if isinstance(family, ZeekTsv):
        return bool(re.fullmatch(rf"#path\s+{re.escape(family.path) or '[a-z][a-z0-9_-]{0,40}'}", text))
    if isinstance(family, W3c):
        if not text.startswith("#"):
            return False
        if fmt.line and re.search(fmt.line, text):
            return True
        names = (
            {name.lower() for name in text.partition(":")[2].split()} if text.lower().startswith("#fields:") else set()
        )
        return bool(names) and bool(family.columns) and names >= {name.lower() for name in family.columns}
    if isinstance(family, CsvHeader) and text[:1] not in "{[<" and '{"' not in text:
        columns = header_columns(text, family)
        wanted = {flat(name) for name in family.columns}
        return columns >= wanted if wanted else is_header(columns) and is_table_of_use(columns)
    return False


def _known(fmt: LogFormat, text: str) -> int:
    """How many of a table's columns are read: with a syslog header before it, the first of them has another name."""
    return len(_read_by(fmt) & header_columns(text, fmt.family)) if isinstance(fmt.family, CsvHeader) else 0


def _read_by(fmt: LogFormat) -> frozenset[str]:
    takes = (take for some in fmt.fields.values() for take in some)
    keys = [take.key if isinstance(take, Part) else take for take in takes]
    return frozenset(flat(str(key)) for key in (*keys, *(key for times in fmt.time for key in times.keys)))


def header_columns(text: str, family: CsvHeader) -> frozenset[str]:
    """The flat column names of a header row; empty for a line that is none."""
    reader = CsvTokenizer(family)
    reader.read(text)
    return frozenset(reader.columns)


def _line_test(fmt: LogFormat, searching: Callable[[str], Search]) -> _Test | None:
    family = fmt.family
    if isinstance(family, (Cef, Leef)):
        reads = _tokenizer(family)
        marked = _marks_cef if isinstance(family, Cef) else _marks_leef
        is_line = searching(fmt.line) if fmt.line else None
        return lambda text, obj: (
            marked(text) and reads().read(text) is not None and (is_line is None or is_line(text) is not None)
        )
    if isinstance(family, (Json, CsvHeader, ZeekTsv)) or not fmt.line:
        return None
    search = searching(fmt.line)
    if isinstance(family, W3c):
        return lambda text, obj: not text.startswith("#") and search(text) is not None
    if isinstance(family, KeyValue) and family.requires:
        reads = _tokenizer(family)
        return lambda text, obj: search(text) is not None and reads().read(text) is not None
    return lambda text, obj: search(text) is not None


def _tokenizer(family: Family) -> Callable[[], Tokenizer]:
    """What gives the tokenizer of a family, which is made when it is first asked for: it compiles patterns."""
    return cache(lambda: tokenizer(family))


_BEFORE = r"(?:[^={}\"|]{0,512}[\s>])?(?:ASM:|CEF:)?"
"""What may stand before a mark: the header of a syslog server or of a program, and no value of somebody's in another format. F5 has a mark
of its own before it; some have it twice."""
_CEF = re.compile(rf"{_BEFORE}CEF:|\s{{0,8}}\d\d?\|")
_LEEF = re.compile(rf"{_BEFORE}LEEF:|\s{{0,8}}\d\.\d\|")
"""A syslog reader may have eaten ``CEF:`` and ``LEEF:``."""


@lru_cache(maxsize=1)
def _marks_cef(text: str) -> bool:
    """Whether a text may be CEF; every format of CEF asks."""
    return "|" in text and (_CEF.match(text) is not None or ("CEF:" in text and _begins_with(_CEF, text)))


@lru_cache(maxsize=1)
def _marks_leef(text: str) -> bool:
    return "|" in text and (_LEEF.match(text) is not None or ("LEEF:" in text and _begins_with(_LEEF, text)))


def _begins_with(mark: re.Pattern[str], text: str) -> bool:
    """Whether the mark stands behind a syslog header, in whose structured data there may be anything (RFC 5424, section 6.3)."""
    payload = unwrap(text)
    return payload is not None and mark.match(payload.text) is not None


def _may_be(family: Family, keys: frozenset[str]) -> bool:
    """Whether an object with ``keys`` at its top can have what a format of JSON requires; that of other families is not asked for."""
    if not isinstance(family, Json):
        return True
    return all(
        any(path in keys or path.partition(".")[0] in keys for path in paths.split("|")) for paths, _ in family.requires
    )


def _json_test(family: Json) -> _Test:
    tests = [(path_getter(path), searched(pattern)) for path, pattern in family.requires]

    def test(text: str, obj: dict[str, Any] | None) -> bool:
        if obj is None:
            return False
        if family.aliases:
            return is_log(flatten(obj).keys())
        for take, search in tests:
            found = take(obj)
            if found is None or search(found) is None:
                return False
        return True

    return test
