"""The flat names that values of nested objects go by, where keys go by aliases; and where in a log's objects these names stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from shadowai.sources.logs.aliases import KNOWN, PARTIES, REPORTERS, flat, in_english
from shadowai.sources.logs.tokens import LONGEST_NAME

DEEPEST = 8
"""Steps of a path from which on objects are not gone into."""
_MOST_STEPS = 32
"""Steps of the longest path of an object's value that names it."""
_MOST_LEAVES = 384
"""Paths of values of which a layout knows."""
_TYPED = re.compile(r"^(.{0,255}[^_])_[sdtbg]$")
_BESIDE_TYPED = "TimeGenerated"

Steps = tuple[str, ...]
"""The keys that lead to a value; a dotted key is several."""


@lru_cache(maxsize=4096)
def path_of(outer: Steps, key: str) -> Steps:
    """The path of a key within ``outer``; empty for what speaks of the log's writer, and for what is no log's name any more: each end
    of a path is a name, so that the time for one grows with the square of its length."""
    steps = (*outer, *key.split(".", _MOST_STEPS))
    if len(steps) > _MOST_STEPS or len(key) > LONGEST_NAME:
        return ()
    return () if len(steps) > 1 and not REPORTERS.isdisjoint(step.lower() for step in steps[:-1]) else steps


@lru_cache(maxsize=1024)
def flat_keys(keys: tuple[str, ...], absent: tuple[int, ...]) -> tuple[tuple[str, int], ...]:
    """:func:`flat_names` of an object without inner ones, by the places of its keys; those at ``absent`` have no value."""
    known = [(place, path) for place, key in enumerate(keys) if place not in absent and (path := path_of((), key))]
    return tuple((name, known[leaf][0]) for name, leaf in flat_names(tuple(path for _, path in known)))


@lru_cache(maxsize=1024)
def flat_names(paths: tuple[Steps, ...]) -> tuple[tuple[str, int], ...]:
    """The flat names that the values at ``paths`` go by, each with the place of the path it stands for."""
    found: dict[str, int] = {}
    for leaf, steps in sorted(enumerate(paths), key=lambda item: len(item[1])):
        for name in _own(steps):
            found.setdefault(name, leaf)
    for leaf, steps in enumerate(paths):
        for name in _in_english(steps):
            found.setdefault(name, leaf)
    if any(steps[0].startswith(_BESIDE_TYPED) for steps in paths):
        _add_plain(found, paths)
    for leaf, steps in enumerate(paths):
        for name in _of_value(steps):
            found.setdefault(name, leaf)
    return tuple(found.items())


def _ends(steps: Steps) -> Iterator[str]:
    """A path, and each end of it that does not lose whose key it is."""
    for place in range(len(steps)):
        yield ".".join(steps[place:])
        if steps[place].lower() in PARTIES:
            break


def _own(steps: Steps) -> list[str]:
    """The names of a value by its own path."""
    return [flat(end) for end in _ends(steps)]


def _in_english(steps: Steps) -> list[str]:
    """The known names that a value goes by in other languages, and by the words of its own."""
    return [name for end in _ends(steps) if (name := in_english(end)) in KNOWN]


def _of_value(steps: Steps) -> list[str]:
    """The name of the object of which this is the value: ``{"source_ip": {"value": "192.0.2.7"}}``."""
    return [flat(steps[-2])] if len(steps) > 1 and steps[-1].lower() == "value" else []


def _add_plain(found: dict[str, int], paths: tuple[Steps, ...]) -> None:
    """The plain names of a custom log's columns in a Log Analytics workspace, which have their type behind them (``URL_s``). Beside them,
    ``Computer`` is the machine that collected the log."""
    plain = [
        (typed[1], leaf) for leaf, steps in enumerate(paths) if len(steps) == 1 and (typed := _TYPED.match(steps[0]))
    ]
    if plain:
        found.pop("computer", None)
    for name, leaf in plain:
        found.setdefault(flat(name), leaf)


VALUE, UNENTERED, PASSED = range(3)
"""What stands at a path: a value, an object that is not gone into, something that nobody looks at or into."""


class Leaf(NamedTuple):
    """What stands at a dotted path."""

    path: str
    kind: int = VALUE


class _Claim(NamedTuple):
    """A path that goes by some name: before those of a later ``rank``; of one rank, the one that stands first in its object."""

    rank: tuple[int, int]
    path: str


_Ranked = tuple[tuple[tuple[int, int], list[str]], ...]


class Layout:
    """The paths of all values that a log's objects were seen to have (of pairs, the keys), in the order in which they stand there, and by
    which names they go: :func:`flat_names` of an object that has only such paths is found here."""

    def __init__(self) -> None:
        self.leaves: list[Leaf] = []
        """All that is known, in the order in which it was learnt."""
        self.typed = False
        """Whether names depend on what stands beside them (Log Analytics): nothing is told by paths alone then."""
        self._known: set[Leaf] = set()
        self._order: list[str] = []
        self._claims: dict[str, list[_Claim]] = {}

    def learn(self, tokens: dict[str, Any]) -> set[str]:
        """The names of values at paths that were not known."""
        return self._learn(_all(tokens, ()), _ranked)

    def learn_keys(self, keys: Iterable[str]) -> set[str]:
        """The names of pairs with keys that were not known: the first of a name is its value, English ones come before others."""
        return self._learn((((key,), Leaf(key)) for key in keys), _ranked_key)

    def claims(self, name: str) -> list[list[str]]:
        """The paths that go by a name, those that come before others first; of those that stand together, the one does that stands first
        in its object, which they do in this order as a rule."""
        place = {path: at for at, path in enumerate(self._order)}
        claims = sorted(self._claims.get(name, ()), key=lambda claim: (claim.rank, place[claim.path]))
        found: dict[tuple[int, int], list[str]] = {}
        known: set[str] = set()
        for claim in claims:
            if claim.path not in known:
                known.add(claim.path)
                found.setdefault(claim.rank, []).append(claim.path)
        return list(found.values())

    def _learn(self, leaves: Iterable[tuple[Steps, Leaf]], ranked: Callable[[Steps], _Ranked]) -> set[str]:
        found: set[str] = set()
        before: str | None = None
        for steps, leaf in leaves:
            if leaf not in self._known and len(self.leaves) < _MOST_LEAVES:
                self._known.add(leaf)
                self.leaves.append(leaf)
                if leaf.kind == VALUE:
                    self._order.insert(0 if before is None else self._order.index(before) + 1, leaf.path)
                    self.typed = self.typed or steps[0].startswith(_BESIDE_TYPED)
                    for rank, names in ranked(steps):
                        found.update(names)
                        for name in names:
                            self._claims.setdefault(name, []).append(_Claim(rank, leaf.path))
            if leaf.kind == VALUE and leaf in self._known:
                before = leaf.path
        return found


def _ranked(steps: Steps) -> _Ranked:
    """The names of a value in an object, with what comes before what."""
    return ((0, len(steps)), _own(steps)), ((1, 0), _in_english(steps)), ((2, 0), _of_value(steps))


def _ranked_key(steps: Steps) -> _Ranked:
    """The same of a pair."""
    return ((0, 0), [flat(steps[0])]), ((1, 0), [in_english(steps[0])])


def _all(tokens: dict[str, Any], outer: Steps) -> Iterator[tuple[Steps, Leaf]]:
    """Where values stand in nested objects, lists too; ``null`` is none."""
    for key, value in tokens.items():
        steps = path_of(outer, key)
        if not steps:
            yield steps, Leaf(".".join((*outer, key)), PASSED)
        elif isinstance(value, dict):
            if len(steps) < DEEPEST:
                yield from _all(value, steps)
            else:
                yield steps, Leaf(".".join(steps), UNENTERED)
        elif value is not None:
            yield steps, Leaf(".".join(steps))
