"""How the compiled fold is to read a format: which columns decide about a line, and what lines must look like.

A plan is made from a description under the columns that a file has. Formats that a plan cannot say everything about have none, and
are read by the reference alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

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
from shadowai.sources.logs.families import SURE_SHAPES, W3cTokenizer
from shadowai.sources.logs.json_objects import JsonTokenizer
from shadowai.sources.logs.line_plan import (
    BLANKS,
    CEF,
    CONDITION,
    LEEF,
    MOST_COLUMNS,
    MOST_SPELLINGS,
    NAME,
    OBJECT,
    PAIRED,
    PAIRS,
    PATTERN,
    QUOTED,
    SURE_NAME,
    TABS,
    TESTING,
    W3C,
    Aside,
    Check,
    NoPlanError,
    Plan,
)
from shadowai.sources.logs.pairs import KeyValueTokenizer
from shadowai.sources.logs.plan_columns import (
    add_search,
    add_test,
    hold,
    hold_shape,
    key_of,
    keys_of,
    only_of,
    pass_others,
    sequence_of,
    show,
    slots_of,
    slots_of_piece,
    slots_of_pieces,
    slots_taken,
    slots_under,
)
from shadowai.sources.logs.programs import Program, program
from shadowai.sources.logs.quick import ACTOR, MANNER
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.logs.separated import CsvTokenizer
from shadowai.sources.logs.sequences import sequence
from shadowai.sources.logs.tokens import nothing

_ADDRESS = "192.0.2.7"


def may_fold(description: LogFormat) -> bool:
    """Whether there can be a plan for the format, under some columns."""
    family = description.family
    if description.each or description.rows:
        return False
    if isinstance(family, (Blank, CsvPositional, KeyValue)):
        return bool(description.shapes or description.line)
    return isinstance(family, (W3c, ZeekTsv, CsvHeader, Pattern, Cef, Leef, Json))


def may_unwrap(description: LogFormat) -> bool:
    """Whether lines of the format can be folded behind a syslog header, too."""
    family = description.family
    alone = isinstance(family, W3c) and bool(family.layouts)  # without a header
    return (
        alone
        or isinstance(family, (Blank, CsvPositional, Pattern))
        or (isinstance(family, Json) and not family.aliases)
    )


def plan_of(reader: FormatReader, *, wrapped: bool = False, joined: bool = False) -> Plan | None:
    """The plan of a format under the columns in force, ``wrapped`` where lines stand behind a syslog header, ``joined`` where DNS answers
    are asked for; ``None`` where it has none, or no columns yet."""
    maker = _MAKERS.get(type(reader.description.family))
    if maker is None:
        return None
    try:
        plan = maker(reader)
        if (
            wrapped and isinstance(reader.tokenizer, W3cTokenizer) and reader.tokenizer.width
        ):  # its header is wrapped, too
            return None
        _fill(plan, reader)
        used = _used(plan)
        told = reader.description.told if joined else None
        plan.told = slots_of(plan, reader, told.addresses) if told is not None else []
        asked = (
            slots_taken(plan, reader, [take for take in told.client if reader.getter(take) is not nothing])
            if told is not None
            else None
        )
        if asked is not None and plan.client is not None and not used.intersection(plan.told):
            plan.askers = list(dict.fromkeys((*asked, *plan.client)))
        _write_programs(plan, reader.description)
        if plan.closed:
            show(plan, reader)
            pass_others(plan, reader)
        plan.wrapped = wrapped and plan.family != OBJECT  # the first brace is found anyway
    except NoPlanError:
        return None
    return plan


def _of_blanks(reader: FormatReader) -> Plan:
    family = reader.description.family
    shapes = reader.description.shapes
    if not isinstance(family, Blank):
        raise NoPlanError
    widths = [family.at_least, *(place for place, _ in shapes if isinstance(place, int))]
    plan = Plan(BLANKS, width=max(widths), exact=False, holds=family.quotes)
    for key, pattern in shapes:
        hold(plan, reader, [key], pattern)
    if plan.holds and shapes:
        line = reader.description.line  # a shape is of a column between blanks, whatever stands around it
        plan.held = program(line, {}) if line else None
        plan.holds = plan.held is not None
    return plan


def _of_w3c(reader: FormatReader) -> Plan:
    family, table = reader.description.family, reader.tokenizer
    if not isinstance(family, W3c) or not isinstance(table, W3cTokenizer) or not (table.width or table.unheaded):
        raise NoPlanError
    if table.unheaded and not table.by_blanks:
        raise NoPlanError
    if table.unheaded:
        plan = Plan(W3C, width=len(table.unheaded))
        for name in table.unheaded:
            if name in SURE_SHAPES:
                hold(plan, reader, [name], SURE_SHAPES[name])
        return plan
    if table.by_blanks:
        return Plan(W3C, width=table.width)
    if family.decode_plus or table.width == 1:  # without a tab the reference parts a line at its blanks
        raise NoPlanError
    return Plan(TABS, delimiter=ord("\t"), width=table.width)


def _of_tabs(reader: FormatReader) -> Plan:
    width, separator = getattr(reader.tokenizer, "width", 0), getattr(reader.tokenizer, "separator", "")
    if not width or len(separator.encode()) != 1:
        raise NoPlanError
    return Plan(TABS, delimiter=ord(separator), width=width)


def _of_table(reader: FormatReader) -> Plan:
    table = reader.tokenizer
    if not isinstance(table, CsvTokenizer) or table.header is None or not table.delimiter.isascii():
        raise NoPlanError
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
        raise NoPlanError
    plan = Plan(QUOTED, delimiter=ord(family.delimiter), width=family.at_least, exact=False)
    for key, pattern in shapes:
        hold_shape(plan, reader, key, pattern)
    return plan


def _of_objects(reader: FormatReader) -> Plan:
    family, reads = reader.description.family, reader.tokenizer
    if not isinstance(family, Json) or not isinstance(reads, JsonTokenizer):
        raise NoPlanError
    if family.aliases and (not reads.keep_layout().leaves or reads.keep_layout().typed):
        raise NoPlanError
    plan = Plan(OBJECT, closed=family.aliases)
    for path, pattern in family.requires:
        hold(plan, reader, [path], pattern)
    return plan


def _of_pairs(reader: FormatReader) -> Plan:
    family, shapes, reads = reader.description.family, reader.description.shapes, reader.tokenizer
    if not isinstance(family, KeyValue) or not isinstance(reads, KeyValueTokenizer):
        raise NoPlanError
    if family.aliases and not reads.keep_layout().leaves:
        raise NoPlanError
    known = bool(shapes) or family.aliases
    plan = Plan(PAIRS if family.dialect == "equals" and known else PAIRED, closed=family.aliases)
    for required in family.requires:
        hold(plan, reader, [required], "")
    for key, pattern in shapes:
        hold_shape(plan, reader, key, pattern)
    for row in reader.description.in_a_row:
        plan.row += [*slots_of(plan, reader, row), -1]
    return plan


def _of_cef(reader: FormatReader) -> Plan:
    if not isinstance(reader.description.family, Cef):
        raise NoPlanError
    return Plan(CEF)


def _of_leef(reader: FormatReader) -> Plan:
    if not isinstance(reader.description.family, Leef):
        raise NoPlanError
    return Plan(LEEF)


def _of_patterns(reader: FormatReader) -> Plan:
    if not isinstance(reader.description.family, Pattern):
        raise NoPlanError
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
    elif not plan.closed and (description.shapes or not isinstance(family, (Blank, CsvPositional, Cef, Leef))):
        return
    plan.programs = [one for one in made if one is not None]
    plan.line = program(line, {}) if line else None
    if len(plan.programs) < len(made) or (line and plan.line is None):
        raise NoPlanError


def _used(plan: Plan) -> set[int]:
    """The columns whose text is asked for."""
    found = {slot for slot, _, _ in plan.host}
    found.update(slot for slots, _ in plan.searches for slot in slots)
    found.update(*(check.slots for check in (*plan.checks, *plan.tests)))
    found.update(plan.manner, plan.actor, plan.url, plan.time, plan.bytes_up, plan.bytes_down)
    found.update(plan.server or (), plan.client or (), *(cut.slots for cut in plan.cuts))
    found.update(*(slots for cut in plan.cuts for slots, _ in cut.only))
    if plan.aside is not None:
        aside = plan.aside
        found.update(aside.port, aside.bytes_up, aside.bytes_down, aside.lasted, *aside.id)
        found.update(*(check.slots for check in aside.tests), (slot for slots, _ in aside.searches for slot in slots))
    return found


def _fill(plan: Plan, reader: FormatReader) -> None:
    """Put into ``plan`` where the name, the manner, the URL, the time and the sizes are."""
    description = reader.description
    fields = description.fields
    _decide_name(plan, reader)
    volatile = {
        key_of(take) for name in ("host", "url", "path", "bytes_up", "bytes_down") for take in fields.get(name, ())
    }
    volatile |= {key for time in description.time for key in time.keys}
    varying = {key_of(take) for takes in (fields.get("server_port", ()), *description.session_takes) for take in takes}
    conditions = [
        *description.blocked,
        *description.allowed,
        *description.uncounted,
        *(when for when, _ in description.kinds),
    ]
    manner = [take for name in MANNER for take in fields.get(name, ())]
    pieces = slots_of_pieces(plan, reader, manner)
    deciding = dict.fromkeys(keys_of(take for take in manner if take not in plan.pieces))
    tested: dict[tuple[Key, str], None] = {}
    for when in conditions:
        for key, pattern in when.all:
            if key in volatile and not (plan.family in TESTING and sequence_of(pattern) is not None):
                if not add_search(plan, reader, key, pattern):
                    _told_by_name(plan, reader, key, pattern)
            elif key in varying and sequence_of(pattern) is None and add_search(plan, reader, key, pattern):
                continue
            elif key not in deciding:
                if (  # what is the same in many lines decides as it stands in these, escapes and all
                    (key in volatile or key in varying or plan.family not in (OBJECT, TABS))
                    and plan.family in TESTING
                    and sequence_of(pattern) is not None
                ):
                    tested[key, pattern] = None
                else:
                    deciding[key] = None
    for key, pattern in tested:
        add_test(plan, reader, key, pattern)
    plan.manner = [*pieces, *slots_of(plan, reader, deciding)]
    actor = [take for name in ACTOR for take in fields.get(name, ()) if reader.getter(take) is not nothing]
    pieces = slots_of_pieces(plan, reader, actor)
    plan.actor = [*pieces, *slots_of(plan, reader, keys_of(take for take in actor if take not in plan.pieces))]
    plan.url = slots_of(plan, reader, keys_of(take for name in ("url", "path") for take in fields.get(name, ())))
    plan.bytes_up = _sizes(plan, reader, fields.get("bytes_up", ()))
    plan.bytes_down = _sizes(plan, reader, fields.get("bytes_down", ()))
    plan.server, plan.client = _whole(plan, reader, "server_ip"), _whole(plan, reader, "client_ip")
    if plan.server is not None and plan.client is not None:
        plan.aside = _aside(plan, reader)
    times = [key for time in description.time for key in (*time.keys, *((time.zone,) if time.zone is not None else ()))]
    plan.time = slots_of(plan, reader, times) if plan.counts else []
    if plan.time:
        first = [slots_under(plan, reader, key) for key in description.time[0].keys]
        plan.first_time = first[0][0] if len(first) == len(first[0]) == 1 and description.time[0].zone is None else -1
    if not plan.time and plan.family != PATTERN:
        plan.counts = False  # the reference asks the syslog header
    if len(plan.columns) > MOST_COLUMNS or not (plan.host or plan.server is not None):
        raise NoPlanError


def _decide_name(plan: Plan, reader: FormatReader) -> None:
    """Every column in which the name is looked for, and what it is looked for under."""
    whole: dict[int, bool] = {}
    part: dict[int, int] = {}
    addressed: set[int] = set()
    for take in reader.description.fields.get("host", ()):
        if reader.getter(take) is nothing:
            continue
        piece = (
            slots_of_piece(plan, reader, take)
            if isinstance(take, Part) and not (take.by_head or take.any_name)
            else None
        )
        if piece is not None:
            plan.host += [(slot, False, SURE_NAME) for slot in piece]
            continue
        by_head = not isinstance(take, Part) or take.by_head
        sure = SURE_NAME if not isinstance(take, Part) or (take.any_name and not take.only) else NAME
        for slot in slots_under(plan, reader, key_of(take)):
            whole[slot] = whole.get(slot, False) or not by_head
            if not isinstance(take, Part) or re.search(take.pattern, _ADDRESS) is not None:
                addressed.add(slot)
            part[slot] = sure if part.get(slot, CONDITION) == CONDITION else max(sure, part[slot])
        for key, _ in only_of(take):
            for slot in slots_under(plan, reader, key):
                whole[slot], part[slot] = True, part.get(slot, CONDITION)
    plan.host += [(slot, whole[slot], part[slot]) for slot in whole]
    plan.nameless = [slot for slot in whole if slot not in addressed]
    plan.name_cuts = len(plan.cuts)


def _told_by_name(plan: Plan, reader: FormatReader, key: Key, pattern: str) -> None:
    """A condition on what changes with each line can be kept only where the texts that decide the name tell it: by how they begin."""
    hosts = {
        key_of(take) for take in reader.description.fields.get("host", ()) if not isinstance(take, Part) or take.by_head
    }
    if reader.plain_getter(key) is nothing:
        return
    found = sequence(pattern)
    begins = found is not None and not found.whole and not any(b"/" in one.members for one in found.elements)
    if key not in hosts or not begins:
        raise NoPlanError
    plan.apart = False


def _sizes(plan: Plan, reader: FormatReader, takes: Iterable[Take]) -> list[int]:
    takes = [take for take in takes if reader.getter(take) is not nothing]
    found = slots_taken(plan, reader, takes)
    if found is None:
        plan.counts = False
        return slots_of(plan, reader, map(key_of, takes))
    return found


def _whole(plan: Plan, reader: FormatReader, field: str) -> list[int] | None:
    """Where a field stands; ``None`` where the compiled fold cannot take it, or an address may stand for none."""
    if any("." in null for null in reader.description.nulls):
        return None
    takes = reader.description.fields.get(field, ())
    return slots_taken(plan, reader, [take for take in takes if reader.getter(take) is not nothing])


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
        slots_taken(plan, reader, [take for take in takes if reader.getter(take) is not nothing])
        for takes in (*reader.totals, ports, description.lasted, *ids)
    ]
    known = [slots for slots in found if slots is not None]
    if len(known) < len(found):
        return None
    up, down, port, lasted, *parts = known
    name = f"{description.product or description.name}:".encode()
    aside = Aside(-1, name, parts, port, up, down, lasted, description.lasted_ms)
    for key, pattern in dict.fromkeys(one for when in description.whole.named for one in when.all):
        check, searched = sequence_of(pattern), program(pattern, {})
        slots = slots_under(plan, reader, key)
        if check is not None and 0 < len(slots) <= MOST_SPELLINGS:
            aside.tests.append(Check(tuple(slots), *check))
        elif searched is not None and 0 < len(slots) <= MOST_SPELLINGS:
            aside.searches.append((tuple(slots), searched))
        elif slots:
            return None
    return aside
