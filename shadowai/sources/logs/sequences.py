"""Patterns that can be matched without ever going back: so many of these characters, then so many of those.

What the compiled fold can test by itself (:mod:`shadowai.fast.lines`). Most patterns of formats are such; the others give ``None``,
and whoever asked asks :mod:`re`.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

MANY = 1 << 30
"""Stands for no upper bound."""
_ELEMENTS = 24
_PIECE = re.compile(
    r"(\\[dwsS.\-/]|\[[^\]\\^]+\]|\[(?:[^\]\\]|\\[dw.\-/])+\]|[^\\^$.|?*+()\[\]{}])(\{\d+(?:,\d*)?\}|[+*?])?\+?"
)
_ALTERNATIVES = 32
_PLAIN = r"(?:\\.|\[(?:[^\]\\]|\\.)+\]|[^\\\[\]()|])"
_GROUP = re.compile(rf"((?:{_PLAIN}|\(\?:|[|)])*?)\(\?:((?:{_PLAIN}|\|)+)\)(\?(?![?+]))?(?![*+?{{])")
"""What stands before the first group that has none within it, what is in it, and whether it may be absent."""
_BAR = re.compile(rf"(?:^|(?<=\|)){_PLAIN}*")
_CLASS = {"d": frozenset(b"0123456789")}
_CLASS["w"] = frozenset(byte for byte in range(128) if chr(byte).isalnum()) | {95}
_CLASS["s"] = frozenset(b"\t\n\v\f\r\x1c\x1d\x1e\x1f ")
_CLASS["S"] = frozenset(range(128)) - _CLASS["s"]


class Element(NamedTuple):
    """``least`` to ``most`` bytes out of ``members``, as many as there are."""

    members: bytes
    least: int
    most: int


class Sequence(NamedTuple):
    """Elements from the beginning of a text on; ``whole`` where nothing may follow."""

    elements: tuple[Element, ...]
    whole: bool


def sequence(pattern: str) -> Sequence | None:
    """What matches as ``re.search(pattern, text)`` does on ASCII text without line breaks; ``None`` where it is not sure to be the same.

    Taking as many as there are is right where the next element begins with something else.
    """
    if not pattern.startswith("^"):
        return None
    body = pattern[1:]
    whole = body.endswith("$") and not body.endswith("\\$")
    body = body[:-1] if whole else body
    found: list[Element] = []
    at = 0
    while at < len(body):
        piece = _PIECE.match(body, at)
        members = _members(piece[1]) if piece is not None else None
        if piece is None or members is None:
            return None
        found.append(Element(bytes(sorted(members)), *_times(piece[2] or "")))
        at = piece.end()
    if len(found) > _ELEMENTS or not all(_parted(*pair) for pair in pairwise(found)):
        return None
    return Sequence(tuple(found), whole)


def alternatives(pattern: str) -> tuple[Sequence, ...]:
    """Sequences of which one matches where ``pattern`` does: groups of alternatives, with ``?`` behind them or not, are multiplied out.
    None where that gives something else than sequences, or very many."""
    found = [sequence(text) for text in dict.fromkeys(_multiplied(pattern))]
    return tuple(one for one in found if one is not None) if None not in found else ()


def _multiplied(pattern: str) -> list[str]:
    texts, done = [pattern], False
    while not done and len(texts) <= _ALTERNATIVES:
        groups = [_GROUP.match(text) for text in texts]
        done = not any(groups)
        texts = [
            f"{group[1]}{option}{text[group.end() :]}" if group is not None else text
            for text, group in zip(texts, groups, strict=True)
            for option in (_options(group) if group is not None else ("",))
        ]
    return texts if done else [""]


def _options(group: re.Match[str]) -> list[str]:
    return [*_BAR.findall(group[2]), *([""] if group[3] else [])]


def _parted(one: Element, other: Element) -> bool:
    """Whether ``one`` cannot take what belongs to ``other``. What may be absent does not part its neighbours: it is refused."""
    if one.least == one.most:
        return True
    return other.least > 0 and not set(one.members) & set(other.members)


def _members(text: str) -> frozenset[int] | None:
    if text.startswith("["):
        return _set(text[1:-1])
    if text.startswith("\\"):
        return _CLASS.get(text[1]) or frozenset(text[1].encode())
    return frozenset(text.encode()) if text.isascii() else None


def _set(text: str) -> frozenset[int] | None:
    if not text.isascii() or text.startswith("^"):
        return None
    found: set[int] = set()
    at = 0
    while at < len(text):
        if text[at] == "\\":
            known = _CLASS.get(text[at + 1])
            found |= known or {ord(text[at + 1])}
            at += 2
        elif text[at + 1 : at + 2] == "-" and at + 2 < len(text):
            found |= set(range(ord(text[at]), ord(text[at + 2]) + 1))
            at += 3
        else:
            found.add(ord(text[at]))
            at += 1
    return frozenset(found)


def _times(text: str) -> tuple[int, int]:
    if text in ("", "?", "+", "*"):
        return {"": (1, 1), "?": (0, 1), "+": (1, MANY), "*": (0, MANY)}[text]
    least, comma, most = text[1:-1].partition(",")
    return int(least), int(most) if most else MANY if comma else int(least)
