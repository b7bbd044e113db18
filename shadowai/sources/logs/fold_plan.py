"""How the compiled fold is to read a format: which columns decide about a line, and what lines must look like.

A plan is made from a description under the columns that a file has. Formats that a plan cannot say everything about have none, and
are read by the reference alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shadowai.sources.logs import sequences
from shadowai.sources.logs.description import (
    Blank,
    Cef,
    CsvHeader,
    CsvPositional,
    Json,
    Key,
    KeyValue,
    Leef,
    LogFormat,
    Part,
    Pattern,
    Take,
    W3c,
    ZeekTsv,
)
from shadowai.sources.logs.families import W3cTokenizer
from shadowai.sources.logs.pairs import KeyValueTokenizer
from shadowai.sources.logs.programs import Program, program
from shadowai.sources.logs.quick import ACTOR, MANNER
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.logs.separated import CsvTokenizer
from shadowai.sources.logs.sequences import Element, sequence
from shadowai.sources.logs.tokens import nothing

BLANKS, QUOTED, TABS, OBJECT, W3C, PAIRS, CEF, PATTERN, PAIRED, LEEF = range(10)
"""Ways to cut a line, as :mod:`shadowai.fast.lines` numbers them."""
_MOST_COLUMNS = 150
_MOST_SPELLINGS = 8
_TESTING = (BLANKS, QUOTED, TABS, OBJECT, PAIRS, CEF, PATTERN, PAIRED, LEEF)
"""Ways to cut a line in which a column's text is known well enough to be held to a pattern."""


NAME, SURE_NAME, CONDITION, FORMAT = range(4)
"""What a column is that decides with others about the name: one that may hold it, one from which every name is taken, one on which it
depends which is taken, one that tells the format."""


class Check(NamedTuple):
    """What a column must be for a line to be surely one of the format: of ``slots`` the first that is there."""

    slots: tuple[int, ...]
    elements: tuple[Element, ...]
    whole: bool
    raw: bool = False
    """Whether the quotes around the column are part of what is held to it."""
    more: int = 0
    """How many checks behind this one are alternatives to it."""


class Cut(NamedTuple):
    """A column ``into`` which the first group goes of what is found in the first of ``slots`` that is there, where in each column of
    ``only`` its pattern is found, too."""

    slots: tuple[int, ...]
    program: Program
    into: int
    only: list[tuple[tuple[int, ...], Program]]


@dataclass(slots=True)
class Aside:
    """What a line that names no host says to others: the ``id`` of its connection, each part of it as the columns it is looked for in,
    behind the ``prefix``, the size of that, and how long it lasted. Whether the line is a connection at all its manner tells, with the
    ``tests`` and ``searches``, or else it is ``always`` the same; -1 there where it is not."""

    always: int
    prefix: bytes = b""
    id: list[list[int]] = field(default_factory=list)
    port: list[int] = field(default_factory=list)
    bytes_up: list[int] = field(default_factory=list)
    bytes_down: list[int] = field(default_factory=list)
    lasted: list[int] = field(default_factory=list)
    lasted_ms: bool = False
    tests: list[Check] = field(default_factory=list)
    searches: list[tuple[int, Program]] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """Columns (places, or JSON paths as bytes), and by their numbers what decides the name, who, the manner, the URL, time and sizes."""

    family: int
    delimiter: int = 0
    width: int = 0
    exact: bool = True
    first: bytes = b""
    """The byte with which the header's first cell begins; none where that is empty."""
    wrapped: bool = False
    """Whether lines stand behind a syslog header."""
    most_digits: int = 0
    """How many digits what a header begins with may have."""
    all_named: bool = False
    """Whether every cell of a header below the first must be a column's name, and have no more digits either."""
    apart: bool = True
    """Whether the manner is the same whatever the name is."""
    columns: list[Any] = field(default_factory=list)
    host: list[tuple[int, bool, int]] = field(default_factory=list)
    actor: list[int] = field(default_factory=list)
    manner: list[int] = field(default_factory=list)
    url: list[int] = field(default_factory=list)
    time: list[int] = field(default_factory=list)
    first_time: int = -1
    """The column of :attr:`time` that counts where it is a time, whatever stands in the others; -1: several do."""
    bytes_up: list[int] = field(default_factory=list)
    bytes_down: list[int] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    tests: list[Check] = field(default_factory=list)
    """Conditions of which only whether they hold decides about the manner, not the text."""
    counts: bool = True
    """Whether lines of AI services are counted under the plan; where not, as without a time, the reference reads each of them."""
    programs: list[Program] = field(default_factory=list)
    """The steps of the patterns of which the first that matches cuts a line."""
    searches: list[tuple[int, Program]] = field(default_factory=list)
    """Conditions of which only whether they hold decides about the manner, which are patterns for a column."""
    line: Program | None = None
    """The steps of a pattern that every line matches."""
    server: list[int] | None = None
    """Where a line without a name tells the server's address, and the client's; ``None`` where the reference has to look."""
    client: list[int] | None = None
    absent: list[int] = field(default_factory=list)
    """Columns that a line must not have."""
    lists: list[int] = field(default_factory=list)
    """Those of them that may be objects: only of lists places are asked for."""
    row: list[int] = field(default_factory=list)
    """Pairs that have to stand behind one another; -1 behind each row."""
    aside: Aside | None = None
    """What lines that name no host say to others; ``None`` where the reference has to look."""
    told: list[int] = field(default_factory=list)
    """Columns with the addresses of a DNS answer."""
    askers: list[int] | None = None
    """Where the address stands of who got it; ``None`` where the reference reads the lines that have any."""
    cuts: list[Cut] = field(default_factory=list)
    """Columns that are pieces of others: ``None`` among :attr:`columns`. The first :attr:`name_cuts` decide the name."""
    name_cuts: int = 0
    pieces: dict[Part, int] = field(default_factory=dict)
    """What is taken as they are."""


class _NoPlanError(Exception):
    """A format about which a plan cannot say everything."""


def may_fold(description: LogFormat) -> bool:
    """Whether there can be a plan for the format, under some columns."""
    family = description.family
    if description.each or description.rows:
        return False
    if isinstance(family, (Blank, CsvPositional, KeyValue)):
        return bool(description.shapes or description.line)
    if isinstance(family, (Cef, Leef)):
        return not description.line
    return isinstance(family, (W3c, ZeekTsv, CsvHeader, Pattern)) or (isinstance(family, Json) and not family.aliases)


def may_unwrap(description: LogFormat) -> bool:
    """Whether lines of the format can be folded behind a syslog header, too."""
    return isinstance(description.family, (Blank, CsvPositional, Json, Pattern))


def plan_of(reader: FormatReader, *, wrapped: bool = False, joined: bool = False) -> Plan | None:
    """The plan of a format under the columns in force, ``wrapped`` where lines stand behind a syslog header, ``joined`` where DNS answers
    are asked for; ``None`` where it has none, or no columns yet."""
    maker = _MAKERS.get(type(reader.description.family))
    if maker is None:
        return None
    try:
        plan = maker(reader)
        _fill(plan, reader)
        used = _used(plan)
        plan.lists = [slot for slot in plan.absent if slot not in used]
        told = reader.description.told if joined else None
        plan.told = _all(plan, reader, told.addresses) if told is not None else []
        asked = (
            _taken(plan, reader, [take for take in told.client if reader.getter(take) is not nothing])
            if told is not None
            else None
        )
        if asked is not None and plan.client is not None and not used.intersection(plan.told):
            plan.askers = list(dict.fromkeys((*asked, *plan.client)))
        _write_programs(plan, reader.description)
        plan.wrapped = wrapped and plan.family != OBJECT  # the first brace is found anyway
    except _NoPlanError:
        return None
    return plan


def _of_blanks(reader: FormatReader) -> Plan:
    family = reader.description.family
    shapes = reader.description.shapes
    if not isinstance(family, Blank):
        raise _NoPlanError
    widths = [family.at_least, *(place for place, _ in shapes if isinstance(place, int))]
    plan = Plan(BLANKS, width=max(widths), exact=False)
    for key, pattern in shapes:
        _check(plan, reader, [key], pattern)
    return plan


def _of_w3c(reader: FormatReader) -> Plan:
    family, table = reader.description.family, reader.tokenizer
    if not isinstance(family, W3c) or not isinstance(table, W3cTokenizer) or not table.width:
        raise _NoPlanError
    if table.by_blanks:
        return Plan(W3C, width=table.width)
    if family.decode_plus or table.width == 1:  # without a tab the reference parts a line at its blanks
        raise _NoPlanError
    return Plan(TABS, delimiter=ord("\t"), width=table.width)


def _of_tabs(reader: FormatReader) -> Plan:
    width, separator = getattr(reader.tokenizer, "width", 0), getattr(reader.tokenizer, "separator", "")
    if not width or len(separator.encode()) != 1:
        raise _NoPlanError
    return Plan(TABS, delimiter=ord(separator), width=width)


def _of_table(reader: FormatReader) -> Plan:
    table = reader.tokenizer
    if not isinstance(table, CsvTokenizer) or table.header is None or not table.delimiter.isascii():
        raise _NoPlanError
    first = table.header[0].encode()[:1]
    width = len(table.header)
    return Plan(
        QUOTED,
        delimiter=ord(table.delimiter),
        width=width,
        first=first,
        most_digits=table.most_digits,
        all_named=table.all_named,
    )


def _of_positions(reader: FormatReader) -> Plan:
    family, shapes = reader.description.family, reader.description.shapes
    if not isinstance(family, CsvPositional) or not family.delimiter.isascii():
        raise _NoPlanError
    plan = Plan(QUOTED, delimiter=ord(family.delimiter), width=family.at_least, exact=False)
    for key, pattern in shapes:
        _shape(plan, reader, key, pattern)
    return plan


def _of_objects(reader: FormatReader) -> Plan:
    family = reader.description.family
    if not isinstance(family, Json) or family.aliases:
        raise _NoPlanError
    plan = Plan(OBJECT)
    for path, pattern in family.requires:
        _check(plan, reader, [path], pattern)
    return plan


def _of_pairs(reader: FormatReader) -> Plan:
    family, shapes = reader.description.family, reader.description.shapes
    if not isinstance(family, KeyValue) or family.aliases:
        raise _NoPlanError
    plan = Plan(PAIRS if family.dialect == "equals" and shapes else PAIRED)
    for required in family.requires:
        _check(plan, reader, [required], "")
    for key, pattern in shapes:
        _shape(plan, reader, key, pattern)
    for row in reader.description.in_a_row:
        plan.row += [*_all(plan, reader, row), -1]
    return plan


def _shape(plan: Plan, reader: FormatReader, key: Key, pattern: str) -> None:
    """Hold a column to a pattern for what stands there with its quotes; ``"?`` at both ends stands for quotes or none."""
    either = pattern.startswith('^"?') and pattern.endswith('"?$')
    found = sequences.alternatives(f"^{pattern[3:-3]}$" if either else pattern or "^")
    if not found:
        raise _NoPlanError
    for slot in _slots(plan, reader, key):
        plan.checks += [Check((slot,), *one, raw=not either, more=len(found) - at) for at, one in enumerate(found, 1)]


def _of_cef(reader: FormatReader) -> Plan:
    if not isinstance(reader.description.family, Cef):
        raise _NoPlanError
    return Plan(CEF)


def _of_leef(reader: FormatReader) -> Plan:
    if not isinstance(reader.description.family, Leef):
        raise _NoPlanError
    return Plan(LEEF)


def _of_patterns(reader: FormatReader) -> Plan:
    if not isinstance(reader.description.family, Pattern):
        raise _NoPlanError
    return Plan(PATTERN)


_MAKERS: dict[type, Callable[[FormatReader], Plan]] = {
    Blank: _of_blanks,
    W3c: _of_w3c,
    ZeekTsv: _of_tabs,
    CsvHeader: _of_table,
    CsvPositional: _of_positions,
    KeyValue: _of_pairs,
    Cef: _of_cef,
    Leef: _of_leef,
    Json: _of_objects,
    Pattern: _of_patterns,
}


def _write_programs(plan: Plan, description: LogFormat) -> None:
    """The patterns as steps, once it is known which of their groups are asked for: those that cut lines, and the one that every line
    of the format matches, where no shapes of its columns say as much."""
    family, line = description.family, description.line
    made: list[Program | None] = []
    if isinstance(family, Pattern):
        groups = {name.decode(): slot for slot, name in enumerate(plan.columns) if name is not None}
        made = [program(pattern, groups) for pattern in family.patterns]
        line = "" if family.patterns == (line,) else line
    elif isinstance(family, KeyValue) and plan.family == PAIRED:
        made = [program(KeyValueTokenizer.dialects[family.dialect], {1: 0, 2: 1})]
    elif description.shapes or not isinstance(family, (Blank, CsvPositional)):
        return
    plan.programs = [one for one in made if one is not None]
    plan.line = program(line, {}) if line else None
    if len(plan.programs) < len(made) or (line and plan.line is None):
        raise _NoPlanError


def _used(plan: Plan) -> set[int]:
    """The columns whose text is asked for."""
    found = {slot for slot, _, _ in plan.host}
    found.update(slot for slot, _ in plan.searches)
    found.update(*(check.slots for check in (*plan.checks, *plan.tests)))
    found.update(plan.manner, plan.actor, plan.url, plan.time, plan.bytes_up, plan.bytes_down)
    found.update(plan.server or (), plan.client or (), *(cut.slots for cut in plan.cuts))
    found.update(*(slots for cut in plan.cuts for slots, _ in cut.only))
    if plan.aside is not None:
        aside = plan.aside
        found.update(aside.port, aside.bytes_up, aside.bytes_down, aside.lasted, *aside.id)
        found.update(*(check.slots for check in aside.tests), (slot for slot, _ in aside.searches))
    return found


def _check(plan: Plan, reader: FormatReader, keys: Sequence[Key], pattern: str) -> None:
    """Hold a column to a pattern; where that cannot be done here, the column decides with the name, so that the reference is asked."""
    slots = [slot for key in keys for slot in _slots(plan, reader, key)]
    found = sequences.alternatives(pattern or "^")
    if slots and found and len(slots) <= _MOST_SPELLINGS:
        plan.checks += [Check(tuple(slots), *one, more=len(found) - at) for at, one in enumerate(found, 1)]
    elif not slots and plan.family == OBJECT:
        raise _NoPlanError  # a place in a list
    else:
        plan.host += [(slot, True, FORMAT) for slot in slots]


def _fill(plan: Plan, reader: FormatReader) -> None:
    """Put into ``plan`` where the name, the manner, the URL, the time and the sizes are."""
    description = reader.description
    fields = description.fields
    _decide_name(plan, reader)
    volatile = {
        _key(take) for name in ("host", "url", "path", "bytes_up", "bytes_down") for take in fields.get(name, ())
    }
    volatile |= {key for time in description.time for key in time.keys}
    varying = {_key(take) for takes in (fields.get("server_port", ()), *description.session_takes) for take in takes}
    conditions = [
        *description.blocked,
        *description.allowed,
        *description.uncounted,
        *(when for when, _ in description.kinds),
    ]
    manner = [take for name in MANNER for take in fields.get(name, ())]
    pieces = _pieces(plan, reader, manner)
    deciding = dict.fromkeys(_keys(take for take in manner if take not in plan.pieces))
    tested: dict[tuple[Key, str], None] = {}
    for when in conditions:
        for key, pattern in when.all:
            if key in volatile and not (plan.family in _TESTING and _tested(pattern) is not None):
                if not _searched(plan, reader, key, pattern):
                    _told_by_name(plan, reader, key, pattern)
            elif key in varying and _tested(pattern) is None and _searched(plan, reader, key, pattern):
                continue
            elif key not in deciding:
                if (  # what is the same in many lines decides as it stands in these, escapes and all
                    (key in volatile or key in varying or plan.family not in (OBJECT, TABS))
                    and plan.family in _TESTING
                    and _tested(pattern) is not None
                ):
                    tested[key, pattern] = None
                else:
                    deciding[key] = None
    for key, pattern in tested:
        _test(plan, reader, key, pattern)
    plan.manner = [*pieces, *_all(plan, reader, deciding)]
    actor = [take for name in ACTOR for take in fields.get(name, ()) if reader.getter(take) is not nothing]
    pieces = _pieces(plan, reader, actor)
    plan.actor = [*pieces, *_all(plan, reader, _keys(take for take in actor if take not in plan.pieces))]
    plan.url = _all(plan, reader, _keys(take for name in ("url", "path") for take in fields.get(name, ())))
    plan.bytes_up = _sizes(plan, reader, fields.get("bytes_up", ()))
    plan.bytes_down = _sizes(plan, reader, fields.get("bytes_down", ()))
    plan.server, plan.client = _whole(plan, reader, "server_ip"), _whole(plan, reader, "client_ip")
    if plan.server is not None and plan.client is not None:
        plan.aside = _aside(plan, reader)
    times = [key for time in description.time for key in (*time.keys, *((time.zone,) if time.zone is not None else ()))]
    plan.time = _all(plan, reader, times) if plan.counts else []
    if plan.time:
        first = [_slots(plan, reader, key) for key in description.time[0].keys]
        plan.first_time = first[0][0] if len(first) == len(first[0]) == 1 and description.time[0].zone is None else -1
    if not plan.time and plan.family != PATTERN:
        plan.counts = False  # the reference asks the syslog header
    if len(plan.columns) > _MOST_COLUMNS or not (plan.host or plan.server is not None):
        raise _NoPlanError


def _tested(pattern: str) -> sequences.Sequence | None:
    """What the compiled fold can look for, ``.`` being any text."""
    return sequences.Sequence((Element(bytes(range(256)), 1, 1),), False) if pattern == "." else sequence(pattern)


def _test(plan: Plan, reader: FormatReader, key: Key, pattern: str) -> None:
    found = _tested(pattern)
    slots = _slots(plan, reader, key)
    if found is not None and slots:
        if len(slots) > _MOST_SPELLINGS:
            raise _NoPlanError
        plan.tests.append(Check(tuple(slots), *found))


def _searched(plan: Plan, reader: FormatReader, key: Key, pattern: str) -> bool:
    """Look for a pattern in a column; of what has several spellings it is not known which one counts."""
    found = program(pattern, {}) if plan.family in _TESTING else None
    slots = _slots(plan, reader, key) if found is not None else []
    if found is None or len(slots) > 1:
        return False
    plan.searches += [(slot, found) for slot in slots]
    return True


def _decide_name(plan: Plan, reader: FormatReader) -> None:
    """Every column in which the name is looked for, and what it is looked for under."""
    whole: dict[int, bool] = {}
    part: dict[int, int] = {}
    for take in reader.description.fields.get("host", ()):
        if reader.getter(take) is nothing:
            continue
        piece = _piece(plan, reader, take) if isinstance(take, Part) and not (take.by_head or take.any_name) else None
        if piece is not None:
            plan.host += [(slot, False, SURE_NAME) for slot in piece]
            continue
        by_head = not isinstance(take, Part) or take.by_head
        sure = SURE_NAME if not isinstance(take, Part) or (take.any_name and not take.only) else NAME
        for slot in _slots(plan, reader, _key(take)):
            whole[slot] = whole.get(slot, False) or not by_head
            part[slot] = sure if part.get(slot, CONDITION) == CONDITION else max(sure, part[slot])
        for key, _ in _only(take):
            for slot in _slots(plan, reader, key):
                whole[slot], part[slot] = True, part.get(slot, CONDITION)
    plan.host += [(slot, whole[slot], part[slot]) for slot in whole]
    plan.name_cuts = len(plan.cuts)


def _told_by_name(plan: Plan, reader: FormatReader, key: Key, pattern: str) -> None:
    """A condition on what changes with each line can be kept only where the texts that decide the name tell it: by how they begin."""
    hosts = {
        _key(take) for take in reader.description.fields.get("host", ()) if not isinstance(take, Part) or take.by_head
    }
    if reader.plain_getter(key) is nothing:
        return
    found = sequence(pattern)
    begins = found is not None and not found.whole and not any(b"/" in one.members for one in found.elements)
    if key not in hosts or not begins:
        raise _NoPlanError
    plan.apart = False


def _sizes(plan: Plan, reader: FormatReader, takes: Iterable[Take]) -> list[int]:
    takes = [take for take in takes if reader.getter(take) is not nothing]
    found = _taken(plan, reader, takes)
    if found is None:
        plan.counts = False
        return _all(plan, reader, map(_key, takes))
    return found


def _whole(plan: Plan, reader: FormatReader, field: str) -> list[int] | None:
    """Where a field stands; ``None`` where the compiled fold cannot take it, or an address may stand for none."""
    if any("." in null for null in reader.description.nulls):
        return None
    takes = reader.description.fields.get(field, ())
    return _taken(plan, reader, [take for take in takes if reader.getter(take) is not nothing])


def _aside(plan: Plan, reader: FormatReader) -> Aside | None:
    """What lines without a name say to others, as far as it can be kept here."""
    description = reader.description
    if description.kind != "connection" and all(kind != "connection" for _, kind in description.kinds):
        return Aside(0)
    if any(digit in null for null in description.nulls for digit in "123456789"):
        return None
    ids = description.session_takes if reader.has_ids else ()
    ports = description.fields.get("server_port", ())
    found = [
        _taken(plan, reader, [take for take in takes if reader.getter(take) is not nothing])
        for takes in (*reader.totals, ports, description.lasted, *ids)
    ]
    known = [slots for slots in found if slots is not None]
    if len(known) < len(found):
        return None
    up, down, port, lasted, *parts = known
    name = f"{description.product or description.name}:".encode()
    aside = Aside(-1, name, parts, port, up, down, lasted, description.lasted_ms)
    for key, pattern in dict.fromkeys(one for when in description.whole.named for one in when.all):
        check, searched = _tested(pattern), program(pattern, {})
        slots = _slots(plan, reader, key)
        if check is not None and 0 < len(slots) <= _MOST_SPELLINGS:
            aside.tests.append(Check(tuple(slots), *check))
        elif searched is not None and len(slots) == 1:
            aside.searches.append((slots[0], searched))
        elif slots:
            return None
    return aside


def _taken(plan: Plan, reader: FormatReader, takes: Iterable[Take]) -> list[int] | None:
    """Where what is taken stands, in order of preference; ``None`` where the compiled fold cannot take it."""
    found: list[int] = []
    for take in takes:
        slots = _piece(plan, reader, take) if isinstance(take, Part) else _slots(plan, reader, take)
        if slots is None:
            return None
        found += slots
    return list(dict.fromkeys(found))


def _pieces(plan: Plan, reader: FormatReader, takes: Iterable[Take]) -> list[int]:
    """The columns of their own that pieces of others are, where they can be."""
    there = [take for take in takes if isinstance(take, Part) and reader.getter(take) is not nothing]
    return list(dict.fromkeys(slot for take in there for slot in _piece(plan, reader, take) or ()))


def _piece(plan: Plan, reader: FormatReader, take: Part) -> list[int] | None:
    """The column of its own that a piece of another is; none where it is never there."""
    if take in plan.pieces:
        return [plan.pieces[take]]
    of, cut = tuple(_slots(plan, reader, take.key)), program(take.pattern, {1: 0})
    if take.into != "{}" or cut is None or not 0 < len(of) <= _MOST_SPELLINGS:
        return None
    only: list[tuple[tuple[int, ...], Program]] = []
    for key, pattern in take.only:
        slots, held = tuple(_slots(plan, reader, key)), program(pattern, {})
        if not slots and plan.family != OBJECT:
            if re.search(pattern, "") is None:
                return []
        elif held is None or not 0 < len(slots) <= _MOST_SPELLINGS:
            return None
        else:
            only.append((slots, held))
    if take.pattern == "(.+)" and not only:
        return list(of)
    plan.columns.append(None)
    plan.pieces[take] = len(plan.columns) - 1
    plan.cuts.append(Cut(of, cut, plan.pieces[take], only))
    return [plan.pieces[take]]


def _all(plan: Plan, reader: FormatReader, keys: Iterable[Key]) -> list[int]:
    return list(dict.fromkeys(slot for key in keys for slot in _slots(plan, reader, key)))


def _slots(plan: Plan, reader: FormatReader, key: Key) -> list[int]:
    """The numbers of the columns under ``key``, made known to the plan; none where the file has no such column."""
    if plan.family == OBJECT:
        paths = str(key).split("|")
        names: list[Any] = [path.encode() for path in paths if not _list_of(path)]
        _keep_out(plan, [path for path in paths if _list_of(path)])
    elif plan.family in (PAIRS, CEF, PATTERN, PAIRED, LEEF):
        names = [str(key).encode()]
    else:
        place = reader.tokenizer.place(key)
        names = [place] if place is not None and place >= 0 else []
    return [_column(plan, name) for name in names]


def _column(plan: Plan, name: Any) -> int:
    """The number of a column, made known to the plan."""
    if name not in plan.columns:
        plan.columns.append(name)
    return plan.columns.index(name)


def _list_of(path: str) -> str:
    """What leads to the list in which ``path`` asks for a place; empty where it asks for none."""
    steps = path.split(".")
    place = next((at for at, step in enumerate(steps) if step.isdecimal()), 0)
    return ".".join(steps[:place])


def _keep_out(plan: Plan, paths: Iterable[str]) -> None:
    """Lists are not gone into: the reference reads the objects that have one of these."""
    names = [name.encode() for path in paths for name in (_list_of(path), path)]
    plan.absent += [slot for name in names if (slot := _column(plan, name)) not in plan.absent]


def _keys(takes: Iterable[Take]) -> list[Key]:
    """What the takes look at, conditions too."""
    return [key for take in takes for key in (_key(take), *(key for key, _ in _only(take)))]


def _key(take: Take) -> Key:
    return take.key if isinstance(take, Part) else take


def _only(take: Take) -> tuple[tuple[Key, str], ...]:
    return take.only if isinstance(take, Part) else ()
