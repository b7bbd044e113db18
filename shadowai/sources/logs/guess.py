"""A first description of an unknown log: which family its lines are of, and which token is which field, by its name and by what its
values look like. A person confirms it: the guess is TOML, with the reason beside each line (``shadowai formats guess``).
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

from shadowai import normalize
from shadowai.sources import framing
from shadowai.sources.container import Content
from shadowai.sources.logs.aliases import FLAT, KNOWN, LIKELY_HOST, REPORTERS, VAGUE_HOST, flat
from shadowai.sources.logs.description import Dialect, Key, KeyValue
from shadowai.sources.logs.families import parse_object, tokenizer
from shadowai.sources.logs.generic import CSV
from shadowai.sources.logs.shapes import Values
from shadowai.sources.syslog import layers

LINES: Final = 500
"""Records that a guess is made from."""
_HEAD: Final = 1 << 20
_SURE, _MOSTLY = 0.8, 0.5
_DELIMITERS: Final = ",;\t|"
_COMMENT: Final = 120
_OURS = re.compile(r"(?i)src|source|client|user|device|computer|local|agent|referr|from|report|sensor|gateway|proxy")
_DIALECTS: Final[tuple[Dialect, ...]] = ("equals", "tab", "comma", "colon_quoted", "colon_comma", "equals_blanks")
_VALUES: Final = ("host", "address", "time", "url")
"""Shapes that the names of columns do not have."""
_SHAPE_OF: Mapping[str, str] = {
    "url": "url", "client_ip": "address", "server_ip": "address", "server_port": "port", "method": "method",
    "action": "action", "bytes_up": "number", "bytes_down": "number", "user_agent": "user_agent",
}  # fmt: skip
"""The shape that values of a field have; of ``user`` and ``device`` none is asked where the name is known."""


_AFTER: Final = (
    "client_ip", "server_ip", "user", "device", "server_port", "method", "action", "bytes_up", "bytes_down", "user_agent",
)  # fmt: skip
"""Fields in the order in which they choose their columns, when time, URL and host have theirs."""


class Table(NamedTuple):
    """Records as columns: the family they were read with, its options, and how a line is recognised."""

    family: str
    options: Mapping[str, object]
    columns: Mapping[Key, Values]
    line: str = ""


class Found(NamedTuple):
    """Where a field is, and why that is thought."""

    keys: tuple[Key, ...]
    why: str


def columns_of(content: Content) -> Table | None:
    """The records at the beginning of a log as columns; ``None`` where they are of no family that has names or positions."""
    lines = _lines(content)
    bare = [list(layers(line))[-1].text for line in lines]
    as_they_stand = ((read, lines) for read in (_headed, _pairs, _positions))
    unwrapped = ((read, bare) for read in (_headed, _pairs, _positions))
    found = (read(some) for read, some in ((_objects, bare), *as_they_stand, *unwrapped))
    return next((table for table in found if table is not None), None)


def fields_of(columns: Mapping[Key, Values]) -> dict[str, Found]:
    """Which column is which field, ``time`` among them."""
    found: dict[str, Found] = {}
    taken: set[Key] = set()

    def choose(field: str, fits: Callable[[Key, Values], tuple[float, str] | None]) -> None:
        ranked = [(fit, key) for key, values in columns.items() if key not in taken and (fit := fits(key, values))]
        if ranked:
            (_, why), key = max(ranked, key=lambda item: item[0][0])
            found[field] = Found((key,), why)
            taken.add(key)

    if (time := _date_and_clock(columns)) is not None:
        found["time"] = time
        taken.update(time.keys)
    else:
        choose("time", _time)
    choose("url", _as("url"))
    choose("host", _host)
    for field in _AFTER:
        choose(field, _as(field))
    if "host" not in found and "url" in found:
        found["host"] = Found(found["url"].keys, "the host of the URL")
    return found


def toml(name: str, table: Table, fields: Mapping[str, Found]) -> str:
    """The description as a TOML file, with the reasons as comments."""
    return "\n".join(_written(name, table, fields)) + "\n"


def _written(name: str, table: Table, fields: Mapping[str, Found]) -> Iterator[str]:
    yield "# A guess, from the names and the values of the first records: read it, correct it, and put it into a folder that"
    yield '# `formats_dir = ["…"]` names in the configuration.'
    yield f"name = {_text(name)}"
    yield f"title = {_text(name)}"
    yield f"family = {_text(table.family)}"
    if table.line:
        yield f"line = {_text(table.line)}"
    yield 'zone = "local"  # of times without one; "utc" where the product says so'
    yield 'kind = "http_request"  # or dns_query, connection, tls_connection, endpoint_event, api_call'
    options = dict(table.options)
    used = [key for found in fields.values() for key in found.keys]
    if table.family == "csv":
        options["columns"] = [str(key) for key in dict.fromkeys(used)]
    if table.family == "json":
        always = _always(table)
        options["requires"] = [[str(key), ""] for key in dict.fromkeys(used) if key in always]
    if options:
        yield "\n[options]"
        yield from (f"{key} = {_text(value)}" for key, value in options.items())
    yield "\n[fields]"
    if "host" not in fields:
        yield '# host = "…"  # no column holds names of hosts: say which one tells where to'
    for field in sorted(fields.keys() - {"time"}, key=list(FLAT).index):
        yield f"{field} = {_text(fields[field].keys[0])}  # {_comment(fields[field].why)}"
    for key, values in table.columns.items():
        if key not in used:
            yield f"# not used: {_comment(str(key))}, such as {_comment(values.example) or 'nothing'}"
    if "time" in fields:
        yield f"\n[[time]]  # {_comment(fields['time'].why)}"
        yield f"keys = {_text(list(fields['time'].keys))}"
    if "action" in fields:
        for outcome, words in (("blocked", CSV.blocked[0].all[0][1]), ("allowed", CSV.allowed[0].all[0][1])):
            yield f"\n[[{outcome}]]"
            yield f"all = {{ {_text(str(fields['action'].keys[0]))} = {_text(words)} }}"


def _always(table: Table) -> set[Key]:
    most = max((len(values.texts) for values in table.columns.values()), default=0)
    return {key for key, values in table.columns.items() if len(values.texts) == most}


def _text(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return normalize.printable(text[:_COMMENT]).replace("\n", " ").replace("\r", " ")


def _names(key: Key) -> Iterator[str]:
    """The flat names that a key goes by: the whole of it, and its ends; none where it speaks of the log's writer."""
    steps = str(key).split(".")
    if len(steps) == 1 or not any(step.lower() in REPORTERS for step in steps[:-1]):
        yield from (flat(".".join(steps[start:])) for start in range(len(steps)))


def _named(field: str, key: Key) -> float:
    """How well a key's name says that it is ``field``: 0 for not at all, more for names that stand first in the list."""
    known = FLAT[field]
    places = [known.index(name) for name in _names(key) if name in known]
    return 3 - min(places) / len(known) if places else 0.0


def _why(key: Key, share: float, shape: str, example: str, *, named: bool) -> str:
    if not share:
        return f"its name is known for it; such as {example}"
    reason = f"{100 * share:.0f} % of the values look like one ({shape}), such as {example}"
    return f"its name is known for it; {reason}" if named else reason


def _as(field: str) -> Callable[[Key, Values], tuple[float, str] | None]:
    """Whether a column is ``field``, how likely, and why."""

    def fits(key: Key, values: Values) -> tuple[float, str] | None:
        named, shape = _named(field, key), _SHAPE_OF.get(field, "user")
        share = values.share(shape)
        if field in ("user", "device"):
            ok = bool(named and values.texts) or (field == "user" and share >= _SURE)
        elif field in ("client_ip", "server_ip"):
            inside = values.share("inside")
            ok = share >= _SURE and (bool(named) or (inside >= _SURE if field == "client_ip" else inside == 0))
        elif field in ("bytes_up", "bytes_down", "server_port"):
            ok = bool(named) and share >= _SURE  # a number alone does not say which way
        elif field in ("action", "user_agent"):
            ok = share >= _MOSTLY or (bool(named) and bool(values.texts))
        else:
            ok = share >= _SURE
        return (named + share, _why(key, share, shape, values.example, named=named > 0)) if ok else None

    return fits


def _host(key: Key, values: Values) -> tuple[float, str] | None:
    named = max(_named("host", key), *(_vague(names, key) for names in ((LIKELY_HOST, 1.5), (VAGUE_HOST, 1.0))))
    share = values.share("host")
    if share < (_MOSTLY if named else _SURE) or (not named and _OURS.search(str(key))):
        return None
    return named + share, _why(key, share, "host", values.example, named=named > 0)


def _vague(names: tuple[Iterable[str], float], key: Key) -> float:
    return names[1] if not set(map(flat, names[0])).isdisjoint(_names(key)) else 0.0


def _time(key: Key, values: Values) -> tuple[float, str] | None:
    named, share = _named("time", key), values.share("time")
    if share < _SURE or (not named and values.share("number") > 0):
        return None
    return named + share, _why(key, share, "time", values.example, named=named > 0)


def _date_and_clock(columns: Mapping[Key, Values]) -> Found | None:
    """Date and time in two columns."""
    for key, values in columns.items():
        if values.share("clock") >= _SURE:
            days = [
                other for other, its in columns.items() if other != key and "date" in flat(str(other)) and its.texts
            ]
            both = [day for day in days if _together(columns[day], values)]
            if both:
                return Found((both[0], key), f"a date and a time, such as {columns[both[0]].example} {values.example}")
    return None


def _together(days: Values, clocks: Values) -> bool:
    pairs = [f"{day} {clock}" for day, clock in zip(days.texts, clocks.texts, strict=False)]
    return Values(pairs).share("time") >= _SURE


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
    records = (line for line in found if line.strip() and not line.startswith("#"))
    return [line.rstrip("\r") for line in islice(records, LINES)]


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
    """A table whose first row names its columns."""
    rows = _rows(lines)
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    header, body = rows[0], rows[1:]
    named = [flat(cell) for cell in header]
    if len(set(named)) < len(named) or "" in named or any(name.isdigit() for name in named):
        return None
    if KNOWN.isdisjoint(named) and any(Values([cell]).share(shape) for cell in header for shape in _VALUES):
        return None
    columns = {name: [row[place] for row in body if place < len(row)] for place, name in enumerate(header)}
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
        counts = Counter(line.count(delimiter) for line in lines[:50])
        count, often = counts.most_common(1)[0]
        return (often if count else 0, count)

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
            for key, value in tokens.items() if isinstance(tokens, dict) else ():
                columns.setdefault(key, []).append(str(value))
        found = sum(len(values) for values in columns.values() if len(values) >= _MOSTLY * len(lines))
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
