"""What a line is cut into: tokens, and the base of all that cut.

A tokenizer belongs to one file and may learn from it (header lines). It gives a list (positional and header families) or
a dict (key and JSON families) of text tokens, or one of three words: :data:`HEADER` for lines that are no records,
:data:`MORE` for a record that goes on in the next line, ``None`` for a line that is not of the format.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from enum import Enum
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal

from shadowai.sources.logs.description import Key

if TYPE_CHECKING:
    from shadowai.sources.logs.flat_names import Layout

Tokens = list[str] | dict[str, Any]
Getter = Callable[[Any], str | None]
Column = Callable[[Sequence[Any]], list[Any]]
"""From the tokens of many records to what each has under one key: text, or a JSON scalar that the getter would make text of."""


class Word(Enum):
    """What a line can be besides tokens."""

    HEADER = "header"
    MORE = "more"


HEADER = Word.HEADER
MORE = Word.MORE
Row = Tokens | Literal[Word.HEADER, Word.MORE] | None
LONGEST_NAME = 256
"""Characters of a name that are looked at."""
_SHAPES = 256


class Tokenizer:
    """Base: ``read`` a line, and ``getter`` for a key under the columns in force. ``version`` is another where these are others."""

    layout: Layout | None = None
    """Where the names stand by which values go, as far as it is kept."""

    def __init__(self) -> None:
        self.version = 0
        self._versions: dict[tuple[Hashable, ...], int] = {}
        self._newest = 0

    def _put_in_force(self, *columns: Hashable) -> None:
        """Columns are in force that differ from all others in ``columns``. Some that were in force before have their version again, as
        long as it is remembered: what was made for them need not be made anew."""
        known = self._versions.get(columns)
        if known is None:
            if len(self._versions) >= _SHAPES:
                self._versions.clear()
            self._newest += 1
            known = self._versions[columns] = self._newest
        self.version = known

    def read(self, line: str) -> Row:
        """The tokens of one line."""
        raise TypeError(f"{type(self).__name__} reads no lines")

    def value(self, text: str | None) -> object:
        """What a column is that is written as ``text``."""
        return text

    def read_all(self, lines: Sequence[str]) -> list[Row] | None:
        """The tokens of many lines; ``None`` where they have not all the same columns."""
        versions, found = set(), []
        for line in lines:
            found.append(self.read(line))
            versions.add(self.version)
        return found if len(versions) < 2 else None

    def getter(self, key: Key) -> Getter:
        """A function from tokens to the text under ``key``; ``None`` where there is none."""
        return _dict_getter(key)

    def column(self, key: Key) -> Column:
        """``getter`` for many records at once."""
        take = self.getter(key)
        return lambda rows: [take(tokens) for tokens in rows]

    as_they_stand = False
    """Whether ``getter`` gives the tokens of a list unchanged, so that ``place`` is all there is to them."""

    def place(self, key: Key) -> int | None:
        """Where ``key`` stands in the tokens as a list, -1 for nowhere; ``None`` where tokens are no list."""
        return None


class Listed(Tokenizer):
    """Tokens in a list, addressed by 1-based position or by column name."""

    columns: Mapping[str, int] = {}

    def place(self, key: Key) -> int | None:
        return key - 1 if isinstance(key, int) else self.columns.get(self.named(key), -1)

    def named(self, key: str) -> str:
        """The spelling under which ``columns`` knows a key."""
        return key

    def getter(self, key: Key) -> Getter:
        index = key - 1 if isinstance(key, int) else self.columns.get(self.named(key), -1)
        if index < 0:
            return nothing

        def take(tokens: list[str]) -> str | None:
            return tokens[index] if index < len(tokens) else None

        return take

    def column(self, key: Key) -> Column:
        otherwise, place = super().column(key), self.place(key)
        if not self.as_they_stand or place is None or place < 0:
            return otherwise
        pick = itemgetter(place)

        def values(rows: Sequence[list[str]]) -> list[str | None]:
            try:
                return list(map(pick, rows))
            except IndexError:
                return otherwise(rows)

        return values


class Keyed(Tokenizer):
    """Tokens in a dict. Where keys go by aliases, ``version`` is another with each name that a file shows for the first time, of those
    that are asked for: nobody looks for the hundred names that no record had."""

    def __init__(self) -> None:
        super().__init__()
        self._present: set[str] | None = None
        self._asked: set[str] = set()
        self._missing: set[str] = set()

    def keep_layout(self) -> Layout:
        """Where the names stand by which values go, from now on learnt from every line that is read."""
        if self.layout is None:
            from shadowai.sources.logs.flat_names import Layout

            self.layout = Layout()
        return self.layout

    def _adopt(self, names: Collection[str]) -> None:
        """Know ``names`` to be there."""
        if self._present is None:
            self._present = set(names)
            self.version += 1
        elif not self._missing.isdisjoint(names):
            found = self._missing.intersection(names)
            self._present |= found
            self._missing -= found
            self.version += 1

    def _learn(self, names: Collection[str]) -> None:
        """Know that values go by ``names`` at places that were not known."""
        if self._present is not None:
            self._present.update(names)
            self._missing.difference_update(names)
        if not self._asked.isdisjoint(names):
            self.version += 1

    def _is_absent(self, name: str) -> bool:
        self._asked.add(name)
        if self._present is None or name in self._present:
            return False
        self._missing.add(name)
        return True


def _dict_getter(key: Key) -> Getter:
    name = str(key)
    return lambda tokens: tokens.get(name)


def nothing(tokens: Any) -> str | None:
    """The getter of what is not there: no column, no key of that name."""
    return None
