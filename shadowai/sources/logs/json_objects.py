"""Lines that are JSON objects: their values by a path, or all of them under flat names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson

from shadowai.sources.logs.aliases import flat
from shadowai.sources.logs.description import Json, Key
from shadowai.sources.logs.flat_names import DEEPEST, Steps, flat_keys, flat_names, path_of
from shadowai.sources.logs.tokens import Column, Getter, Keyed, Row, nothing

SCALARS = frozenset({str, int, float, bool})
"""Types of JSON values that are text."""
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_ANOTHER = re.compile(r"[\s,;]*+\{")


class JsonTokenizer(Keyed):
    """JSON objects. What stands before the first brace (a syslog header) is not looked at."""

    def __init__(self, family: Json) -> None:
        super().__init__()
        self._aliases = family.aliases

    def read(self, line: str) -> Row:
        if not self._aliases and line[:1] == "{":
            try:
                return orjson.loads(line)  # type: ignore[no-any-return]  # what begins with a brace is an object
            except orjson.JSONDecodeError:
                return parse_object(line)
        tokens = parse_object(line)
        if tokens is not None and self._aliases:
            found = flatten(tokens)
            self._adopt(found)
            if self.layout is not None:
                self._learn(self.layout.learn(tokens))
            return found
        return tokens

    def value(self, text: str | None) -> object:
        """A list or an object where ``text`` is one."""
        if not text or text[0] not in "[{":
            return text
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text

    def getter(self, key: Key) -> Getter:
        if not self._aliases:
            return path_getter(str(key))
        name = flat(str(key))
        return nothing if self._is_absent(name) else scalar_getter(name)

    def column(self, key: Key) -> Column:
        otherwise, name = super().column(key), flat(str(key)) if self._aliases else str(key)
        if "|" in name:
            return otherwise

        pick = itemgetter(name)

        def values(rows: Sequence[dict[str, Any]]) -> list[Any]:
            try:
                found = list(map(pick, rows))
            except KeyError:
                return otherwise(rows)
            return found if set(map(type, found)) <= SCALARS else otherwise(rows)

        return values


def parse_object(line: str) -> dict[str, Any] | None:
    """The JSON object in a line, or ``None``. Text before the first brace is passed over."""
    start = 0 if line[:1] == "{" else line.find("{")
    if start < 0:
        return None
    text = line[start:] if start else line
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _lenient(text)
    return found if isinstance(found, dict) else None


def path_getter(path: str) -> Getter:
    """A function that finds ``a.b.c`` in an object, be it nested, a dotted flat key, or JSON within a string.

    ``a|b`` are spellings of one thing: the first that is there.
    """
    if "|" in path:
        takes = tuple(map(path_getter, path.split("|")))

        def either(tokens: dict[str, Any]) -> str | None:
            for take in takes:
                text = take(tokens)
                if text is not None:
                    return text
            return None

        return either
    steps = tuple(path.split("."))

    def take(tokens: dict[str, Any]) -> str | None:
        found = tokens.get(path)
        if found is None and len(steps) > 1:
            found = _walk(tokens, steps)
        return found if found is None or type(found) is str else _text(found)

    return take


def raw_value(tokens: dict[str, Any], path: str) -> Any:
    """What stands at ``path`` in an object, be it a list or an object; ``None`` where nothing does."""
    found = tokens.get(path)
    return _walk(tokens, tuple(path.split("."))) if found is None else found


def flatten(tokens: dict[str, Any]) -> dict[str, Any]:
    """Nested objects as one level: flat keys by their whole path and by each end of it, the outermost first; scalars as they are.

    An end that would lose whose key it is (``name`` of ``user.name``) is left out, and so is all that speaks of the log's writer
    and not of its content (``agent.hostname``).
    """
    values = list(tokens.values())
    kinds = set(map(type, values))
    if dict not in kinds:
        absent = (
            ()
            if kinds <= SCALARS
            else tuple(
                [place for place, value in enumerate(values) if type(value) not in SCALARS and _text(value) is None]
            )
        )
        return {name: values[place] for name, place in flat_keys(tuple(tokens), absent)}
    leaves = list(_leaves(tokens, ()))
    names = flat_names(tuple([steps for steps, _ in leaves]))
    return {name: leaves[place][1] for name, place in names}


def _leaves(tokens: dict[str, Any], outer: Steps) -> Iterator[tuple[Steps, str]]:
    """The scalars of nested objects with their paths; a dotted key is a path."""
    for key, value in tokens.items():
        steps = path_of(outer, key)
        if not steps:
            continue
        if isinstance(value, dict):
            if len(steps) < DEEPEST:
                yield from _leaves(value, steps)
            continue
        text = value if type(value) is str else _text(value)
        if text is not None:
            yield steps, text


def _lenient(text: str) -> dict[str, Any] | None:
    """Objects that exporters break: a trailing comma or text behind the object; ``None`` for anything else, and for two objects
    in one line, of which one would be lost."""
    import json

    try:
        found, end = json.JSONDecoder(strict=False).raw_decode(text)
        if _SURROGATE.search(text):
            found = _whole(found)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and not _ANOTHER.match(text, end) else None


def _whole(value: Any) -> Any:
    """``value`` with U+FFFD for every half of a surrogate pair, which no encoder takes."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return {_whole(key): _whole(one) for key, one in value.items()} if isinstance(value, dict) else value


def _walk(tokens: Any, steps: tuple[str, ...]) -> Any:
    current = tokens
    for place, step in enumerate(steps):
        if isinstance(current, str) and current[:1] in "{[":
            current = _embedded(current)
        if isinstance(current, dict):
            rest = ".".join(steps[place:])
            if rest in current:
                return current[rest]
            current = current.get(step)
        elif isinstance(current, list):
            current = _of_list(current, step)
        else:
            return None
    return current


def _of_list(items: list[Any], step: str) -> Any:
    """What stands at a place of a list; or the value of a name, in a list of names and values, in capitals or not."""
    if step.isdigit():
        return items[int(step)] if int(step) < len(items) else None
    name = step.lower()
    for one in items:
        known = one.get("name", one.get("Name")) if isinstance(one, dict) else None
        if isinstance(known, str) and known.lower() == name:
            return one.get("value", one.get("Value"))
    return None


@lru_cache(maxsize=256)
def _embedded(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _text(value: Any) -> str | None:
    """A JSON scalar as text; of a list its first scalar."""
    if isinstance(value, str):
        return value
    if type(value) is int:
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        return next((text for text in map(_text, value) if text is not None), None)
    return None


def scalar_getter(name: str) -> Getter:
    def take(tokens: dict[str, Any]) -> str | None:
        value = tokens.get(name)
        return value if value is None or type(value) is str else _text(value)

    return take
