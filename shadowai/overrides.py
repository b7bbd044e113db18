"""What an organisation changes in signatures that are not its own: ``overrides.yaml``, which no update ever touches.

``disable`` lists ids of signatures that are not used; ``strength`` maps patterns, as the signatures write them, to ``weak``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from shadowai import strict_yaml
from shadowai.errors import UsageError
from shadowai.model import Origin
from shadowai.strict_yaml import Plain

NAME: Final = "overrides.yaml"
KEYS = ("disable", "strength")
MAX_FILE: Final = 1 << 20
"""The largest file, in bytes."""


class Rules(NamedTuple):
    """What a file of overrides says: the ids not used, and the patterns that are only weak."""

    disable: tuple[str, ...] = ()
    weak: frozenset[str] = frozenset()

    def applied(self, document: Plain) -> Plain:
        """A signature's plain document with the patterns weakened; the same object where none of them is in it."""
        if not isinstance(document, dict) or not any(self._weakens(item) for item in _indicators(document)):
            return document
        changed: list[Plain] = [
            {**item, "strength": "weak"} if self._weakens(item) and isinstance(item, dict) else item
            for item in _indicators(document)
        ]
        return {**document, "indicators": changed}

    def _weakens(self, item: Plain) -> bool:
        return isinstance(item, dict) and item.get("strength") == "strong" and item.get("value") in self.weak


class Overrides(NamedTuple):
    """A file of overrides as found; its YAML is read when somebody asks for the rules."""

    origin: Origin
    data: bytes

    @classmethod
    def load(cls, path: Path) -> Overrides:
        """The file at ``path``; raises :class:`UsageError` where it cannot be read or is too large."""
        origin = Origin(str(path))
        try:
            with path.open("rb") as stream:
                data = stream.read(MAX_FILE + 1)
        except OSError as error:
            message = f"cannot read the overrides: {error.strerror}"
            raise UsageError(message, origin=origin, remedy="correct its name or its permissions") from None
        if len(data) > MAX_FILE:
            raise UsageError(f"is larger than {MAX_FILE >> 10} KiB", origin=origin, remedy="shorten it")
        return cls(origin, data)

    def rules(self) -> Rules:
        """What the file says; raises :class:`UsageError` with the line of what is wrong."""
        found = strict_yaml.load(self.data, self.origin, error=UsageError)
        if not isinstance(found, dict):
            raise self._wrong((), "is no mapping", f"write one of the keys {', '.join(KEYS)}")
        for key in found:
            if key not in KEYS:
                raise self._wrong((key,), f"has the unknown key {key!r:.80}", f"known keys: {', '.join(KEYS)}")
        return Rules(self._disabled(found.get("disable", [])), self._weakened(found.get("strength", {})))

    def check(self, rules: Rules, ids: Mapping[str, str], documents: Iterable[Plain]) -> tuple[str, ...]:
        """The ids to leave out; ``ids`` maps every id, past ones too, to that of today. Raises :class:`UsageError` with the line of an
        entry that no signature answers to: it would protect nobody, and nobody would know."""
        for number, name in enumerate(rules.disable):
            if name not in ids:
                raise self._wrong(
                    ("disable", number), f"there is no signature {name!r:.80} to disable", _near(name, ids)
                )
        known = {value for document in documents for value in _patterns(document)}
        for pattern in sorted(rules.weak):
            if pattern not in known:
                message = f"no signature has the pattern {pattern!r:.80}"
                raise self._wrong(("strength", pattern), message, _near(pattern, known))
        return tuple(ids[name] for name in rules.disable)

    def _disabled(self, value: Plain) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self._wrong(("disable",), "disable is no list", "write disable: [id, id]")
        for number, item in enumerate(value):
            if not isinstance(item, str):
                raise self._wrong(("disable", number), f"{item!r:.80} is no id", "write the id of a signature")
        return tuple(item for item in value if isinstance(item, str))

    def _weakened(self, value: Plain) -> frozenset[str]:
        if not isinstance(value, dict):
            raise self._wrong(("strength",), "strength is no mapping", "write strength: {example.com: weak}")
        for pattern, strength in value.items():
            if strength != "weak":
                message = f"the strength of {pattern!r:.80} is {strength!r:.80}"
                raise self._wrong(("strength", pattern), message, "a pattern can only be made weak")
        return frozenset(value)

    def _wrong(self, place: tuple[str | int, ...], message: str, remedy: str) -> UsageError:
        line = strict_yaml.line_of(self.data, place, self.origin)
        return UsageError(message, origin=Origin(self.origin.path, line), remedy=remedy)


def _indicators(document: dict[str, Plain]) -> Sequence[Plain]:
    found = document.get("indicators")
    return found if isinstance(found, list) else ()


def _patterns(document: Plain) -> Iterable[Plain]:
    """The values of a signature's indicators that count at all."""
    found = _indicators(document) if isinstance(document, dict) else ()
    return (item.get("value", "") for item in found if isinstance(item, dict) and item.get("strength") != "shared")


def _near(name: str, known: Collection[Plain]) -> str:
    import difflib

    close = difflib.get_close_matches(name, [word for word in known if isinstance(word, str)], 1)
    return f"did you mean {close[0]}?" if close else "see `shadowai signatures list`, and `show` for the patterns"
