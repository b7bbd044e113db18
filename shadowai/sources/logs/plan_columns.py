"""Columns put into a plan: by their names and places, as pieces of others, and held to patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from shadowai.sources.logs import sequences
from shadowai.sources.logs.aliases import flat
from shadowai.sources.logs.description import Key, Part, Take
from shadowai.sources.logs.line_plan import (
    CEF,
    FORMAT,
    LEEF,
    MOST_ORDERS,
    MOST_SPELLINGS,
    OBJECT,
    PAIRED,
    PAIRS,
    PATTERN,
    TESTING,
    Check,
    Cut,
    NoPlanError,
    Plan,
)
from shadowai.sources.logs.programs import Program, program
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.logs.sequences import Element, sequence
from shadowai.sources.logs.tokens import nothing


def slots_taken(plan: Plan, reader: FormatReader, takes: Iterable[Take]) -> list[int] | None:
    """Where what is taken stands, in order of preference; ``None`` where the compiled fold cannot take it."""
    found: list[int] = []
    for take in takes:
        slots = slots_of_piece(plan, reader, take) if isinstance(take, Part) else slots_under(plan, reader, take)
        if slots is None:
            return None
        found += slots
    return list(dict.fromkeys(found))


def slots_of_pieces(plan: Plan, reader: FormatReader, takes: Iterable[Take]) -> list[int]:
    """The columns of their own that pieces of others are, where they can be."""
    there = [take for take in takes if isinstance(take, Part) and reader.getter(take) is not nothing]
    return list(dict.fromkeys(slot for take in there for slot in slots_of_piece(plan, reader, take) or ()))


def slots_of_piece(plan: Plan, reader: FormatReader, take: Part) -> list[int] | None:
    """The column of its own that a piece of another is; none where it is never there."""
    if take in plan.pieces:
        return [plan.pieces[take]]
    of, cut = tuple(slots_under(plan, reader, take.key)), program(take.pattern, {1: 0})
    if take.into != "{}" or cut is None or not 0 < len(of) <= MOST_SPELLINGS:
        return None
    only: list[tuple[tuple[int, ...], Program]] = []
    for key, pattern in take.only:
        slots, held = tuple(slots_under(plan, reader, key)), program(pattern, {})
        if not slots:
            if re.search(pattern, "") is None:
                return []
        elif held is None or not 0 < len(slots) <= MOST_SPELLINGS:
            return None
        else:
            only.append((slots, held))
    if take.pattern == "(.+)" and not only:
        return list(of)
    plan.columns.append(None)
    plan.pieces[take] = len(plan.columns) - 1
    plan.cuts.append(Cut(of, cut, plan.pieces[take], only))
    return [plan.pieces[take]]


def slots_of(plan: Plan, reader: FormatReader, keys: Iterable[Key]) -> list[int]:
    """:func:`slots_under` each of ``keys``, each once."""
    return list(dict.fromkeys(slot for key in keys for slot in slots_under(plan, reader, key)))


def slots_under(plan: Plan, reader: FormatReader, key: Key) -> list[int]:
    """The numbers of the columns under ``key``, made known to the plan; none where the file has no such column."""
    if plan.closed and reader.tokenizer.layout is not None:
        return _first_of(plan, reader.tokenizer.layout.claims(flat(str(key))))
    if plan.family == OBJECT:
        names: list[Any] = [path.encode() for path in str(key).split("|")]
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


def _first_of(plan: Plan, claims: list[list[str]]) -> list[int]:
    """The number of a column that is the first that is there of the values at some paths."""
    found: list[int] = []
    for paths in claims:
        slots = [_column(plan, path.encode()) for path in paths]
        orders = [pair for pair in combinations(slots, 2) if pair not in plan.orders]
        plan.orders += orders
        found += slots
    if len(plan.orders) > MOST_ORDERS or len(found) > MOST_SPELLINGS:
        raise NoPlanError
    return [_column(plan, tuple(found))] if len(found) > 1 else found


def show(plan: Plan, reader: FormatReader) -> None:
    """Say which pairs of those that the file has show that a line matches the format's pattern, where that can be said."""
    shown, layout = reader.description.shown, reader.tokenizer.layout
    opening = program(shown.opening, {}) if shown is not None else None
    if shown is None or layout is None or opening is None or plan.line is None:
        return
    for key, behind in shown.pairs:
        is_key, held = re.compile(f"(?i:{key})").fullmatch, program(f"(?i)^(?:{key}){behind}", {})
        slots = [_column(plan, leaf.path.encode()) for leaf in layout.leaves if is_key(leaf.path) is not None]
        if held is None or not slots:
            plan.shown = []
            return
        plan.shown.append((tuple(slots[:MOST_SPELLINGS]), held))
    plan.opening, plan.before = opening, shown.before.encode()


def pass_others(plan: Plan, reader: FormatReader) -> None:
    """Let values that nobody asks for be where the file was seen to have them."""
    layout = reader.tokenizer.layout
    leaves = layout.leaves if layout is not None else []
    plan.passed, plan.learnt = [leaf for leaf in leaves if leaf.path.encode() not in plan.columns], len(leaves)


def keys_of(takes: Iterable[Take]) -> list[Key]:
    """What the takes look at, conditions too."""
    return [key for take in takes for key in (key_of(take), *(key for key, _ in only_of(take)))]


def key_of(take: Take) -> Key:
    """What ``take`` looks at, conditions aside."""
    return take.key if isinstance(take, Part) else take


def only_of(take: Take) -> tuple[tuple[Key, str], ...]:
    """The conditions of ``take``."""
    return take.only if isinstance(take, Part) else ()


def hold_shape(plan: Plan, reader: FormatReader, key: Key, pattern: str) -> None:
    """Hold a column to a pattern for what stands there with its quotes; ``"?`` at both ends stands for quotes or none."""
    either = pattern.startswith('^"?') and pattern.endswith('"?$')
    found = sequences.alternatives(f"^{pattern[3:-3]}$" if either else pattern or "^")
    if not found:
        raise NoPlanError
    for slot in slots_under(plan, reader, key):
        plan.checks += [Check((slot,), *one, raw=not either, more=len(found) - at) for at, one in enumerate(found, 1)]


def hold(plan: Plan, reader: FormatReader, keys: Sequence[Key], pattern: str) -> None:
    """Hold a column to a pattern; where that cannot be done here, the column decides with the name, so that the reference is asked."""
    slots = [slot for key in keys for slot in slots_under(plan, reader, key)]
    found = sequences.alternatives(pattern or "^")
    if slots and found and len(slots) <= MOST_SPELLINGS:
        plan.checks += [Check(tuple(slots), *one, more=len(found) - at) for at, one in enumerate(found, 1)]
    else:
        plan.host += [(slot, True, FORMAT) for slot in slots]


def sequence_of(pattern: str) -> sequences.Sequence | None:
    """What the compiled fold can look for, ``.`` being any text."""
    return sequences.Sequence((Element(bytes(range(256)), 1, 1),), False) if pattern == "." else sequence(pattern)


def add_test(plan: Plan, reader: FormatReader, key: Key, pattern: str) -> None:
    """Ask of a column whether a pattern holds there."""
    found = sequence_of(pattern)
    slots = slots_under(plan, reader, key)
    if found is not None and slots:
        if len(slots) > MOST_SPELLINGS:
            raise NoPlanError
        plan.tests.append(Check(tuple(slots), *found))


def add_search(plan: Plan, reader: FormatReader, key: Key, pattern: str) -> bool:
    """Look for a pattern in a column, in the first of its spellings that is there, where that can be done."""
    found = program(pattern, {}) if plan.family in TESTING else None
    slots = slots_under(plan, reader, key) if found is not None else []
    if found is None or len(slots) > MOST_SPELLINGS:
        return False
    if slots:
        plan.searches.append((tuple(slots), found))
    return True
