"""Texts without which a pattern cannot match: looking for one of them is many times faster than the pattern.

They are read off the parsed pattern, which Python keeps to itself (``re._parser``). Where that is not there, or says nothing that is
understood, nothing is known to be needed, and the pattern alone decides.

Reading it off takes nearly as long as compiling the pattern, so what was found out is kept in the user's cache folder: a log of few
lines then waits for the patterns that may match them, and for no others.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson

from shadowai import cache_folder

_MOST = 24
"""Alternatives that are still faster to look for than most patterns."""
_KEEP = 4

Search = Callable[[str], re.Match[str] | None]


@cache
def searched(pattern: str) -> Search:
    """``re.compile(pattern).search``, compiled when it is first asked."""
    search: Search | None = None

    def found(text: str) -> re.Match[str] | None:
        nonlocal search
        if search is None:
            search = re.compile(pattern).search
        return search(text)

    return found


def searcher(pattern: str, needed: Iterable[str] | None = None) -> Search:
    """``re.compile(pattern).search``, which looks for what it needs first, and compiles it where that is there. ``needed`` is what it
    :func:`needs`, where that is known."""
    search, texts = searched(pattern), sorted(needs(pattern) if needed is None else needed, key=len)
    if not texts:
        return search
    if len(texts) == 1:
        (one,) = texts
        return lambda text: search(text) if one in text else None

    def found(text: str) -> re.Match[str] | None:
        for each in texts:
            if each in text:
                return search(text)
        return None

    return found


def needs_of(patterns: Iterable[str], folder: Path | None = None) -> Mapping[str, Iterable[str]]:
    """What each of ``patterns`` :func:`needs`, as it was kept; ``folder`` overrides the user's cache folder."""
    every = sorted(set(patterns))
    place = _place(every, folder or cache_folder.folder())
    data = cache_folder.read(place) if place is not None else None
    if data is not None:
        with suppress(orjson.JSONDecodeError):
            known = orjson.loads(data)
            if _is_sound(known, every):
                return dict(zip(every, known, strict=True))
    found = [sorted(needs(pattern)) for pattern in every]
    if place is not None:
        with suppress(orjson.JSONEncodeError):  # half of a surrogate pair, which JSON has no way to write
            cache_folder.write(place, orjson.dumps(found), keep=_KEEP)
    return dict(zip(every, found, strict=True))


def _place(patterns: Iterable[str], folder: Path | None) -> Path | None:
    """Where it is kept what ``patterns`` need, by this code and this version of Python's own parser."""
    try:
        made = hashlib.sha256(Path(__file__).read_bytes() + sys.version.encode())
    except OSError:
        return None
    for pattern in patterns:
        made.update(b"\0" + pattern.encode("utf-8", "surrogatepass"))
    return folder / f"patterns-{made.hexdigest()[:32]}.json" if folder else None


def _is_sound(known: object, patterns: list[str]) -> bool:
    return (
        isinstance(known, list)
        and len(known) == len(patterns)
        and all(isinstance(texts, list) and all(type(text) is str and text for text in texts) for texts in known)
    )


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
