"""YAML as plain data, read strictly: the same text means the same thing to everybody, and hostile text ends early.

Only mappings, lists, text and whole numbers exist. Plain words stay text, so that ``NO`` is Norway and ``2026-11-21``
a date as written (YAML 1.1 makes ``False`` and a date object of them). Anchors, aliases, tags, repeated keys, several
documents and deep nesting are refused: aliases are how a few bytes become gigabytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from shadowai.errors import ShadowaiError, SignatureError
from shadowai.model import Origin

if TYPE_CHECKING:
    import yaml

Plain = str | int | list["Plain"] | dict[str, "Plain"]
"""What a document may hold."""

MAX_DEPTH = 12
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,8})")


def load(data: bytes, origin: Origin, *, error: type[ShadowaiError] = SignatureError) -> Plain:
    """The one document in ``data`` (UTF-8); raises ``error`` with the line where it is not strict YAML."""
    return _Builder(data, origin, error).document()


def line_of(data: bytes, path: tuple[str | int, ...], origin: Origin) -> int | None:
    """The 1-based line of the value at ``path`` (keys and list positions), or of the nearest value around it.

    ``None`` where ``data`` cannot be read.
    """
    builder = _Builder(data, origin, SignatureError, lines={})
    try:
        builder.document()
    except SignatureError:
        return None
    lines = builder.lines or {}
    return next((lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in lines), None)


class _Builder:
    """Builds plain data from the parser's events; positions are kept only when ``lines`` is given."""

    def __init__(
        self,
        data: bytes,
        origin: Origin,
        error: type[ShadowaiError],
        lines: dict[tuple[str | int, ...], int] | None = None,
    ) -> None:
        self.data, self.origin, self.error, self.lines = data, origin, error, lines

    def document(self) -> Plain:
        import yaml

        try:
            text = self.data.decode("utf-8-sig")
        except UnicodeDecodeError as wrong:
            line = self.data.count(b"\n", 0, wrong.start)
            raise self._wrong(line, "is not UTF-8 text", "save the file as UTF-8") from None
        loader: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            return self._whole(iter(yaml.parse(text, Loader=loader)))
        except yaml.MarkedYAMLError as wrong:
            mark = wrong.problem_mark or wrong.context_mark
            raise self._wrong(mark.line if mark else 0, f"is not YAML: {wrong.problem or wrong.context}") from None
        except yaml.YAMLError as wrong:  # a character that YAML forbids; its message holds the input, so not shown
            raise self._wrong(0, f"is not YAML: {type(wrong).__name__}", "remove control characters") from None

    def _whole(self, events: Iterator[yaml.Event]) -> Plain:
        import yaml

        found: list[Plain] = []
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and found:
                raise self._wrong(_line(event), "holds more than one document", "keep one document a file")
            if isinstance(event, yaml.NodeEvent):
                found.append(self._value(event, events, ()))
        if not found:
            raise self._wrong(0, "is empty")
        return found[0]

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event], path: tuple[str | int, ...]) -> Plain:
        import yaml

        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._wrong(line, "uses an anchor or alias", "write the value out where it is needed")
        if getattr(event, "tag", None):
            raise self._wrong(line, "uses a tag", "remove the word that starts with '!'")
        if len(path) > MAX_DEPTH:
            raise self._wrong(line, f"is nested more than {MAX_DEPTH} deep")
        if self.lines is not None:
            self.lines[path] = line + 1
        if isinstance(event, yaml.ScalarEvent):
            plain = not event.style and _WHOLE.fullmatch(event.value)
            return int(event.value) if plain else str(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(events, path)
        return self._mapping(events, path)

    def _list(self, events: Iterator[yaml.Event], path: tuple[str | int, ...]) -> list[Plain]:
        import yaml

        found: list[Plain] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self._value(event, events, (*path, len(found))))
        return found

    def _mapping(self, events: Iterator[yaml.Event], path: tuple[str | int, ...]) -> dict[str, Plain]:
        import yaml

        found: dict[str, Plain] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key, line = self._value(event, events, (*path, "")), _line(event)
            if not isinstance(key, str):
                raise self._wrong(line, "has a key that is not text", "put the key in quotes")
            if key in found:
                raise self._wrong(line, f"has the key {key!r} twice", "keep one of them")
            found[key] = self._value(next(events), events, (*path, key))
        return found

    def _wrong(self, line: int, message: str, remedy: str = "correct the YAML") -> ShadowaiError:
        return self.error(message, origin=Origin(self.origin.path, line + 1), remedy=remedy)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line if event.start_mark else 0
