"""Records that stand as elements of a list within one JSON object, as lines of their own with what stands around the list.

An osquery snapshot is an object with a list of rows, OpenTelemetry's OTLP one of lists within lists. Each element takes the place of its
list, so that ``columns.url`` or ``resourceSpans.scopeSpans.spans.name`` is its path. Attributes as OTLP writes them
(``[{"key": "k", "value": {"stringValue": "v"}}]``, https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding) become objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson

from shadowai.sources.logs.json_objects import parse_object
from shadowai.sources.syslog import layers

AROUND: Final = 4096
"""Bytes of what stands around a list that each of its elements is given; what is longer, and what follows it, is left out."""
_MOST: Final = 1 << 26
"""Bytes that the elements of one object may be given of what stands around them; beyond, they are given none."""


def rows(line: str, paths: Sequence[str]) -> list[str]:
    """The elements of the lists at ``paths`` as objects, written as JSON, whatever is wrapped around them; ``line`` itself where there
    are none."""
    for payload in layers(line):
        found = parse_object(payload.text)
        if found is not None:
            most = _Most()
            texts = [orjson.dumps(one).decode() for path in paths for one in _spread(found, path.split("."), most)]
            if texts:
                return texts
    return [line]


class _Most:
    """Counts down what may still be given to elements."""

    def __init__(self) -> None:
        self._left = _MOST

    def give(self, around: dict[str, Any], size: int) -> dict[str, Any]:
        self._left -= size
        return around if self._left > 0 else {}


def _spread(holder: dict[str, Any], steps: Sequence[str], most: _Most) -> Iterator[dict[str, Any]]:
    name, *others = steps
    inner = holder.get(name)
    elements = inner if isinstance(inner, list) else [inner] if isinstance(inner, dict) and others else []
    around, size = _around(holder, name)
    for element in elements:
        if isinstance(element, dict):
            for one in _spread(element, others, most) if others else (_plain(element),):
                yield {**most.give(around, size), name: one}


def _around(holder: dict[str, Any], name: str) -> tuple[dict[str, Any], int]:
    """What stands beside the list ``name``, as far as it is short, and how long that is."""
    found: dict[str, Any] = {}
    size = 0
    for key, value in holder.items():
        if key == name:
            continue
        size += len(key) + len(orjson.dumps(value))
        if size > AROUND:
            break
        found[key] = value
    return _plain(found), min(size, AROUND)


def _plain(holder: dict[str, Any]) -> dict[str, Any]:
    """``holder`` with OTLP's attributes as objects, its own and those of an inner one (``resource``, ``body``)."""
    return {key: _value(value) for key, value in holder.items()}


def _value(value: Any) -> Any:
    if isinstance(value, list) and value and all(map(_is_attribute, value)):
        return {one["key"]: _scalar(one.get("value")) for one in value}
    if isinstance(value, dict):
        return {key: _value(inner) if isinstance(inner, list) else inner for key, inner in value.items()}
    return value


def _is_attribute(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("key"), str) and one.keys() <= {"key", "value"}


def _scalar(value: Any) -> Any:
    return next(iter(value.values()), None) if isinstance(value, dict) and len(value) == 1 else value
