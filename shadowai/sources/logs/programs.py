"""A regular expression as steps that the compiled fold takes: what ``re.search`` finds in ASCII text, in the same order.

The steps are those of a backtracking matcher (Pike, "Regular Expression Matching: the Virtual Machine Approach"). Python keeps its
parser to itself (``re._parser``); where it is not there, or says something that has no steps here, there is no program, and Python
matches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

STEPS: Final = (
    *("MATCH", "SET", "TEXT", "SPLIT", "JUMP", "SAVE", "BEGIN", "END", "BOUNDARY"),
    *("GREEDY", "LAZY", "POSSESSIVE", "AHEAD", "NOT_AHEAD", "BEHIND", "NOT_BEHIND", "ATOMIC", "MET"),
)
"""Kinds of steps, as :mod:`shadowai.fast.lines` numbers them. ``SET``: a byte of the set ``a``. ``TEXT``: the ``b`` bytes of the text
from ``a`` on. ``SPLIT``: go on at ``a``, or else at ``b``. ``JUMP``: to ``a``. ``SAVE``: remember the place under ``a``. ``GREEDY``,
``LAZY``, ``POSSESSIVE``: from ``b`` to ``c`` (-1: all) bytes of the set ``a``. ``MET``: go on where
the place ``a`` is remembered, else at ``b``. The five before it hold steps of their own up to ``a``, which
end with ``MATCH``; those that look behind do so from ``b`` bytes before."""
_NUMBER: Final = {name: number for number, name in enumerate(STEPS)}
_AT: Final = {
    "AT_BEGINNING": "BEGIN",
    "AT_BEGINNING_STRING": "BEGIN",
    "AT_END": "END",
    "AT_END_STRING": "END",
    "AT_BOUNDARY": "BOUNDARY",
}
_ASCII: Final = frozenset(range(128))
_CLASSES: Final = {
    "CATEGORY_DIGIT": frozenset(b"0123456789"),
    "CATEGORY_SPACE": frozenset(b" \t\n\r\f\v\x1c\x1d\x1e\x1f"),
    "CATEGORY_WORD": frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"),
}
_MOST_STEPS: Final = 4000
_MOST_SETS: Final = 120
_MOST_COPIES: Final = 256
_FEW: Final = 64
"""Bytes of a match before a text that is looked for first."""
_WORTH: Final = 3
"""Bytes of a text that is worth looking for."""

Step = tuple[int, int, int, int]


class _NoProgramError(Exception):
    """A pattern that has no steps here."""


@dataclass(slots=True)
class Program:
    """The steps of one pattern. ``sets`` are the bytes of each set, ``text`` holds all texts."""

    steps: list[Step] = field(default_factory=list)
    sets: list[frozenset[int]] = field(default_factory=list)
    text: bytes = b""
    anchored: bool = False
    """Whether it matches at the beginning, or not at all."""
    needed: tuple[bytes, int] = (b"", -1)
    """A text without which nothing matches, and how many bytes of a match may stand before it at most; -1 where that is not known."""

    def add(self, kind: str, a: int = 0, b: int = 0, c: int = 0) -> int:
        """Add a step; its place."""
        if len(self.steps) >= _MOST_STEPS:
            raise _NoProgramError
        self.steps.append((_NUMBER[kind], a, b, c))
        return len(self.steps) - 1

    def change(self, place: int, kind: str, a: int = 0, b: int = 0) -> None:
        """Put another step to a place, once it is known where it leads."""
        self.steps[place] = (_NUMBER[kind], a, b, 0)

    def set(self, members: frozenset[int]) -> int:
        """The number of a set."""
        if members not in self.sets:
            if len(self.sets) >= _MOST_SETS:
                raise _NoProgramError
            self.sets.append(members)
        return self.sets.index(members)

    def place_of(self, text: bytes) -> int:
        """Where a text stands among all texts."""
        at = self.text.find(text)
        if at < 0:
            at = len(self.text)
            self.text += text
        return at


def program(pattern: str, groups: Mapping[str, int] | Mapping[int, int]) -> Program | None:
    """The steps of ``pattern``, which remember where the named or numbered ``groups`` begin (under twice their number) and end (one more);
    ``None`` where it has none."""
    return _program(pattern, tuple(groups.items()))


@lru_cache(maxsize=1024)
def _program(pattern: str, groups: tuple[tuple[str | int, int], ...]) -> Program | None:
    """Made once for all the files of a format."""
    made = Program()
    try:
        parsed = import_module("re._parser").parse(pattern)
        if parsed.state.flags & ~(re.UNICODE | re.IGNORECASE):
            return None
        numbers = {**parsed.state.groupdict, **{number: number for number in range(1, parsed.state.groups)}}
        places = {numbers[group]: place for group, place in groups if group in numbers}
        steps = list(parsed)
        made.anchored = bool(steps) and _AT.get(str(steps[0][1])) == "BEGIN" and str(steps[0][0]) == "AT"
        any_case = bool(parsed.state.flags & re.IGNORECASE)
        _Writer(made, places, any_case=any_case).sequence(steps)
        made.add("MATCH")
        made.needed = _needed(parsed, any_case=any_case)
    except (ImportError, AttributeError, TypeError, ValueError, _NoProgramError):
        return None
    return made


@lru_cache(maxsize=4096)
def needed(pattern: str) -> tuple[str, int]:
    """A text without which ``pattern`` is found nowhere, and how many characters of a match may stand before it at most; -1 where that is
    not known. An empty text where there is none worth looking for."""
    try:
        parsed = import_module("re._parser").parse(pattern)
        text, before = _needed(parsed, any_case=bool(parsed.state.flags & re.IGNORECASE))
    except (ImportError, AttributeError, TypeError, ValueError):
        return "", -1
    return (text.decode(), before) if len(text) >= _WORTH else ("", -1)


def _needed(parsed: Any, *, any_case: bool) -> tuple[bytes, int]:
    """The text that every match holds: the longest of those before which a match has few bytes, or else of all."""
    found: list[tuple[bytes, int]] = [(b"", -1)]
    text, before = b"", 0
    for kind, width, byte in (*_flat(parsed, parsed.state, any_case), ("end", 0, None)):
        if kind == "byte" and byte is not None:
            text += bytes([byte])
            continue
        if text:
            found.append((text, before if before <= _FEW else -1))
            before, text = before + len(text), b""
        before += width
    near = [one for one in found if one[1] >= 0 and len(one[0]) >= _WORTH]
    return max(near or found, key=lambda one: len(one[0]))


def _flat(steps: Iterable[tuple[Any, Any]], state: Any, any_case: bool) -> Iterator[tuple[str, int, int | None]]:
    """The steps that every match takes: bytes that stand for themselves, and the most bytes that all others may take."""
    parse = import_module("re._parser")
    for kind, rest in steps:
        if str(kind) == "SUBPATTERN" and not rest[1] and not rest[2]:
            yield from _flat(rest[3], state, any_case)
        elif str(kind) == "LITERAL" and rest < 128 and not (any_case and chr(rest).isalpha()):
            yield "byte", 1, rest
        else:
            _, most = parse.SubPattern(state, [(kind, rest)]).getwidth()
            yield "some", min(int(most), _FEW + 1), None


class _Writer:
    """Writes the steps of a parsed pattern. ``places`` are the groups that are remembered, by their numbers; with ``any_case`` small
    letters and capitals are the same."""

    def __init__(self, made: Program, places: Mapping[int, int], *, any_case: bool) -> None:
        self._made = made
        self._places = places
        self._any_case = any_case

    def sequence(self, steps: Iterable[tuple[Any, Any]]) -> None:
        text = b""
        for kind, rest in steps:
            if str(kind) == "LITERAL" and rest < 128 and not (self._any_case and chr(rest).isalpha()):
                text += bytes([rest])
                continue
            self._text(text)
            text = b""
            self._step(str(kind), rest)
        self._text(text)

    def _text(self, text: bytes) -> None:
        if len(text) == 1:
            self._made.add("SET", self._made.set(frozenset(text)))
        elif text:
            self._made.add("TEXT", self._made.place_of(text), len(text))

    def _step(self, kind: str, rest: Any) -> None:
        members = _members(kind, rest, self._any_case)
        if members is not None:
            self._made.add("SET", self._made.set(members))
        elif kind == "AT":
            self._made.add(_AT[str(rest)]) if str(rest) in _AT else self._refuse()
        elif kind == "SUBPATTERN":
            self._group(*rest)
        elif kind == "BRANCH":
            self._branch(rest[1])
        elif kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            self._repeat(kind, *rest)
        elif kind in ("ASSERT", "ASSERT_NOT"):
            self._look(kind, *rest)
        elif kind == "GROUPREF_EXISTS":
            self._if(*rest)
        elif kind == "ATOMIC_GROUP":
            self._apart("ATOMIC", rest)
        else:
            self._refuse()

    def _refuse(self) -> None:
        raise _NoProgramError

    def _group(self, number: int | None, added: int, removed: int, inner: Any) -> None:
        if (added | removed) & ~int(re.IGNORECASE):
            raise _NoProgramError
        place = self._places.get(number) if number is not None else None
        if place is not None:
            self._made.add("SAVE", 2 * place)
        before = self._any_case
        self._any_case = (before or bool(added)) and not removed
        self.sequence(inner)
        self._any_case = before
        if place is not None:
            self._made.add("SAVE", 2 * place + 1)

    def _branch(self, ways: list[Any]) -> None:
        ends = []
        for way in ways[:-1]:
            split = self._made.add("SPLIT")
            self.sequence(way)
            ends.append(self._made.add("JUMP"))
            self._made.change(split, "SPLIT", split + 1, len(self._made.steps))
        self.sequence(ways[-1])
        for end in ends:
            self._made.change(end, "JUMP", len(self._made.steps))

    def _if(self, group: int, then: Any, otherwise: Any) -> None:
        place = self._places.get(group)
        if place is None:
            raise _NoProgramError  # whether the group was met is not remembered
        test = self._made.add("MET")
        self.sequence(then)
        jump = self._made.add("JUMP")
        self._made.change(test, "MET", 2 * place + 1, len(self._made.steps))
        self.sequence(otherwise or ())
        self._made.change(jump, "JUMP", len(self._made.steps))

    def _repeat(self, kind: str, least: int, most: int, inner: Any) -> None:
        endless = most == import_module("re._constants").MAXREPEAT
        steps = list(inner)
        members = _members(str(steps[0][0]), steps[0][1], self._any_case) if len(steps) == 1 else None
        if members is not None:
            how = {"MAX_REPEAT": "GREEDY", "MIN_REPEAT": "LAZY", "POSSESSIVE_REPEAT": "POSSESSIVE"}[kind]
            self._made.add(how, self._made.set(members), int(least), -1 if endless else int(most))
        elif kind == "POSSESSIVE_REPEAT":
            self._apart("ATOMIC", [(_Kind("MAX_REPEAT"), (least, most, inner))])
        else:
            self._copies(kind == "MIN_REPEAT", int(least), None if endless else int(most), inner)

    def _copies(self, lazy: bool, least: int, most: int | None, inner: Any) -> None:
        """So many times what has steps of its own."""
        if (most or least) > _MOST_COPIES or (most != 1 and inner.getwidth()[0] == 0):
            raise _NoProgramError  # what may be empty is tried again in a way of its own
        for _ in range(least):
            self.sequence(inner)
        splits = []
        for _ in range(1 if most is None else most - least):
            splits.append(self._made.add("SPLIT"))
            self.sequence(inner)
        if most is None:
            self._made.add("JUMP", splits[0])
        end = len(self._made.steps)
        for split in splits:
            self._made.change(split, "SPLIT", *((end, split + 1) if lazy else (split + 1, end)))

    def _look(self, kind: str, direction: int, inner: Any) -> None:
        refuses = "NOT_" if kind == "ASSERT_NOT" else ""
        least, most = inner.getwidth() if direction < 0 else (0, 0)
        if least != most:
            raise _NoProgramError
        writer = _Writer(self._made, _Refused(self._places), any_case=self._any_case) if refuses else self
        writer._apart(refuses + ("AHEAD" if direction > 0 else "BEHIND"), inner, int(least))

    def _apart(self, kind: str, inner: Any, behind: int = 0) -> None:
        """Steps that are taken by themselves, and not in another way once they were."""
        place = self._made.add(kind)
        self.sequence(inner)
        self._made.add("MATCH")
        self._made.change(place, kind, len(self._made.steps), behind)


class _Refused(dict[int, int]):
    """Groups of which none may be met: nothing is remembered of what must not be there."""

    def get(self, number: int, default: Any = None) -> Any:
        if number in self:
            raise _NoProgramError
        return default


class _Kind(str):
    """The kind of a step that no pattern was parsed for."""

    __slots__ = ()


def _members(kind: str, rest: Any, any_case: bool) -> frozenset[int] | None:
    """The ASCII bytes that a step takes one of; ``None`` for a step of another kind."""
    if kind == "LITERAL":
        return _ASCII & _cased(frozenset({rest}), any_case)
    if kind == "NOT_LITERAL":
        return _ASCII - _cased(frozenset({rest}), any_case)
    if kind == "ANY":
        return _ASCII - {10}
    if kind != "IN":
        return None
    found: frozenset[int] = frozenset()
    negated = False
    for part, what in rest:
        if str(part) == "NEGATE":
            negated = True
        elif str(part) == "LITERAL":
            found |= {what}
        elif str(part) == "RANGE":
            found |= frozenset(range(what[0], min(what[1], 127) + 1))
        elif str(part) == "CATEGORY":
            name = str(what).replace("CATEGORY_NOT_", "CATEGORY_")
            if name not in _CLASSES:
                raise _NoProgramError
            found |= _CLASSES[name] if name == str(what) else _ASCII - _CLASSES[name]
        else:
            raise _NoProgramError
    found = _cased(found, any_case)
    return _ASCII - found if negated else _ASCII & found


def _cased(members: frozenset[int], any_case: bool) -> frozenset[int]:
    """With the letters of the other case, where that is the same. Letters beyond ASCII that Python takes for one in it (the long s, the
    Kelvin sign) are in no text here, but a set may name them."""
    if not any_case:
        return members
    return members | {
        ord(letter) for byte in members for letter in (chr(byte).lower(), chr(byte).upper()) if len(letter) == 1
    }
