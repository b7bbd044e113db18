"""Texts without which a pattern cannot match: looking for one of them is many times faster than the pattern.

They are read off the parsed pattern, which Python keeps to itself (``re._parser``). Where that is not there, or says nothing that is
understood, nothing is known to be needed, and the pattern alone decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any

_MOST = 24
"""Alternatives that are still faster to look for than most patterns."""


Search = Callable[[str], re.Match[str] | None]


def searcher(pattern: str) -> Search:
    """``re.compile(pattern).search``, which looks for what it needs first."""
    search, needed = re.compile(pattern).search, sorted(needs(pattern), key=len)
    if not needed:
        return search
    if len(needed) == 1:
        (one,) = needed
        return lambda text: search(text) if one in text else None

    def found(text: str) -> re.Match[str] | None:
        for each in needed:
            if each in text:
                return search(text)
        return None

    return found


def needs(pattern: str) -> frozenset[str]:
    """Texts of which one stands in whatever ``pattern`` matches; empty where none are known."""
    try:
        parsed = import_module("re._parser").parse(pattern)
        if parsed.state.flags & re.IGNORECASE:
            return frozenset()
        found = _best(_needed(parsed))
    except (ImportError, AttributeError, TypeError, ValueError):
        return frozenset()
    # what contains another of them is found by that one
    return frozenset(one for one in found if not any(other in one for other in found - {one}))


def _best(all_needed: Iterable[frozenset[str]]) -> frozenset[str]:
    """Of several sets, from each of which one text is needed, the one that tells most."""
    known = [found for found in all_needed if found and len(found) <= _MOST]
    return max(known, key=lambda found: (min(map(len, found)), -len(found)), default=frozenset())


def _needed(steps: Iterable[tuple[Any, Any]]) -> Iterator[frozenset[str]]:
    """From each of these sets one text is needed by what is made of ``steps``, one behind the other."""
    run = ""
    for kind, rest in steps:
        if str(kind) == "LITERAL":
            run += chr(rest)
            continue
        if run:
            yield frozenset({run})
        run = ""
        yield from _within(str(kind), rest)
    if run:
        yield frozenset({run})


def _within(kind: str, rest: Any) -> Iterator[frozenset[str]]:
    """What a step needs that holds others; nothing of a step that may be passed over."""
    if kind == "SUBPATTERN":
        _, added, _, inner = rest
        if not added & re.IGNORECASE:
            yield from _needed(inner)
    elif kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, _, inner = rest
        if least:
            yield from _needed(inner)
    elif kind == "ASSERT":  # looking ahead or behind; a refusal is another kind
        yield from _needed(rest[1])
    elif kind == "ATOMIC_GROUP":
        yield from _needed(rest)
    elif kind == "BRANCH":
        ways = [_best(_needed(way)) for way in rest[1]]
        if all(ways):
            yield frozenset().union(*ways)
