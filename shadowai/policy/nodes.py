"""A strict YAML file as nodes that know their lines: every value has to fit, and every error says where."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shadowai import strict_yaml
from shadowai.errors import UsageError
from shadowai.model import Origin, Verdict
from shadowai.policy.model import Word, fold

if TYPE_CHECKING:
    from yaml.nodes import Node

MAX_BYTES: Final = 1_000_000
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SIZE = re.compile(r"([0-9]{1,12}) ?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)?")
_UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_UNITS |= {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
_AGE = re.compile(r"([0-9]{1,6})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}


def read(path: Path, what: str) -> bytes:
    """The bytes of a file that is called ``what`` in errors (:class:`~shadowai.errors.UsageError`)."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        message, remedy = f"cannot read the {what}: {error.strerror}", "name one that can be read"
        raise UsageError(message, origin=Origin(str(path)), remedy=remedy) from error
    if len(raw) > MAX_BYTES:
        raise UsageError(f"the {what} is larger than 1 MB", origin=Origin(str(path)), remedy="is it the right file?")
    return raw


def line(node: Node) -> int:
    """The line of a node, from 1."""
    return int(node.start_mark.line) + 1


def suggest(word: str, known: Iterable[str]) -> str:
    """A question that names what ``word`` may have been meant for; empty where nothing is near."""
    import difflib

    near = difflib.get_close_matches(fold(word), sorted(known), n=1)
    return f"did you mean {near[0]!r}?" if near else ""


class Nodes:
    """One file; each method makes a value of a node, or raises :class:`~shadowai.errors.UsageError` with its line."""

    def __init__(self, path: str, what: str) -> None:
        self.path, self._what = path, what

    def root(self, data: bytes, keys: tuple[str, ...]) -> tuple[Node, dict[str, Node]]:
        """The document, which is a mapping of ``keys`` and of version 1."""
        import yaml

        strict_yaml.load(data, Origin(self.path), error=UsageError)
        # Read a second time for the line of every value; to this loader each plain word is text.
        root = yaml.compose(data.decode("utf-8-sig"), Loader=yaml.BaseLoader)
        if root is None:
            raise self.error(f"the {self._what} is empty", 1, "start it with 'version: 1'")
        top = self.mapping(root, keys, f"the {self._what}")
        version = self.word(top["version"], "version") if "version" in top else Word("", line(root))
        if version.text != "1":
            raise self.error("'version: 1' is missing", version.line, "this program reads version 1")
        return root, top

    def mapping(self, node: Node, known: tuple[str, ...] | None, what: str) -> dict[str, Node]:
        """The values by their keys, which are all ``known`` (any where that is ``None``)."""
        from yaml.nodes import MappingNode, ScalarNode

        if not isinstance(node, MappingNode):
            remedy = f"keys: {', '.join(known)}" if known else "write 'name: value'"
            raise self.error(f"{what} is not a mapping of keys", line(node), remedy)
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, ScalarNode) else "a list or mapping"
            if known is not None and name not in known:
                remedy = suggest(name, known) or f"keys of {what}: {', '.join(known)}"
                raise self.error(f"unknown key {name!r}", line(key), remedy)
            found[name] = value
        return found

    def items(self, node: Node, what: str, remedy: str) -> tuple[Node, ...]:
        """The items of a list."""
        from yaml.nodes import SequenceNode

        if not isinstance(node, SequenceNode):
            raise self.error(f"{what!r} is not a list", line(node), remedy)
        return tuple(node.value)

    def words(self, node: Node, what: str) -> tuple[Word, ...]:
        """One value or a list of them."""
        from yaml.nodes import SequenceNode

        words = tuple(self.word(item, what) for item in (node.value if isinstance(node, SequenceNode) else [node]))
        if not words:
            raise self.error(f"{what} is an empty list", line(node), "name at least one, or leave the key out")
        seen: set[str] = set()
        for word in words:
            if fold(word.text) in seen:
                raise self.error(f"{what} {word.text!r} is given twice", word.line, "keep one of them")
            seen.add(fold(word.text))
        return words

    def word(self, node: Node, what: str) -> Word:
        """One text."""
        from yaml.nodes import ScalarNode

        if not isinstance(node, ScalarNode):
            raise self.error(f"{what} is not a text", line(node), "give it one value")
        if not node.value.strip():
            raise self.error(f"{what} is empty", line(node), "give it a value, or leave the key out")
        return Word(node.value.strip(), line(node))

    def one_of(self, node: Node, what: str, allowed: tuple[str, ...]) -> str:
        """One of the ``allowed`` words, as it is written there."""
        word = self.word(node, what)
        if word.text not in allowed:
            raise self.error(f"unknown {what} {word.text!r}", word.line, f"one of {', '.join(allowed)}")
        return word.text

    def some_of(self, node: Node, what: str, allowed: tuple[str, ...]) -> tuple[Word, ...]:
        """One or several of the ``allowed`` words."""
        words = self.words(node, what)
        for word in words:
            if word.text not in allowed:
                raise self.error(f"unknown {what} {word.text!r}", word.line, f"one of {', '.join(allowed)}")
        return words

    def verdict(self, node: Node, allowed: tuple[str, ...]) -> Verdict:
        """A verdict of those ``allowed``."""
        return Verdict(self.one_of(node, "status", allowed))

    def date(self, node: Node, what: str) -> date:
        """A day, ``YYYY-MM-DD``."""
        word = self.word(node, what)
        try:
            return date.fromisoformat(word.text if _DATE.fullmatch(word.text) else "")
        except ValueError as error:
            raise self.error(f"{what} is not a date: {word.text!r}", word.line, "write it as YYYY-MM-DD") from error

    def size(self, node: Node, what: str) -> int:
        """Bytes: ``500MB``, ``2 GiB``, ``0``."""
        word = self.word(node, what)
        found = _SIZE.fullmatch(word.text)
        if not found or (found[2] is None and found[1] != "0"):
            raise self.error(f"{what} is not a size: {word.text!r}", word.line, "write 500MB, 2GiB or 0")
        return int(found[1]) * _UNITS[found[2] or "B"]

    def hours(self, node: Node, what: str) -> int:
        """A length of time in hours: ``36h``, ``7d``, ``2w``."""
        word = self.word(node, what)
        found = _AGE.fullmatch(word.text)
        if not found:
            raise self.error(f"{what} is not a length of time: {word.text!r}", word.line, "write 36h, 7d or 2w")
        return int(found[1]) * _HOURS[found[2]]

    def count(self, node: Node, what: str, most: int = 10**12) -> int:
        """A whole number from 0 on."""
        word = self.word(node, what)
        if not re.fullmatch(r"[0-9]{1,13}", word.text) or int(word.text) > most:
            raise self.error(f"{what} is not a whole number: {word.text!r}", word.line, f"write 0 to {most}")
        return int(word.text)

    def share(self, node: Node, what: str) -> int:
        """Parts of ten thousand of ``95%`` or ``99.5%``."""
        word = self.word(node, what)
        found = re.fullmatch(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?%", word.text)
        parts = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else -1
        if not 0 <= parts <= 10_000:
            raise self.error(f"{what} is not a share: {word.text!r}", word.line, "write 95% or 99.5%")
        return parts

    def truth(self, node: Node, what: str) -> bool:
        """``true`` or ``false``."""
        return self.one_of(node, what, ("true", "false")) == "true"

    def error(self, message: str, line: int, remedy: str) -> UsageError:
        """What is wrong, with its place."""
        return UsageError(message, origin=Origin(self.path, line), remedy=remedy)
