"""What a log is read into: numbered lines, rows (the tokens of one record), and runs of records whose names were found at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from shadowai.sources import framing
from shadowai.sources.logs.quick import Named, names_of
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.logs.tally import Tally
from shadowai.sources.logs.tokens import Tokens
from shadowai.sources.syslog import NO_HEADER, Header

_REFUSED = 1 << 18
"""Names that are passed over, of which it is remembered."""

Line = tuple[int, str]
"""Number and text."""


class Row(NamedTuple):
    """The tokens of one record, with the reader that knows what they mean."""

    line: int
    reader: FormatReader
    tokens: Tokens
    header: Header
    text: str
    name: str | None = None
    """The text that the host is read from, where that is known already."""


class Run(NamedTuple):
    """Records in a row that are sure to be the reader's, each with the text that its host is read from; and their tokens, where these
    had to be made for it."""

    reader: FormatReader
    numbers: Sequence[int]
    lines: Sequence[str]
    names: Sequence[str]
    tokens: Sequence[Tokens] | None

    def row(self, place: int) -> Row:
        """One of them."""
        line = self.lines[place]
        tokens = self.reader.tokens_of_record(line) if self.tokens is None else self.tokens[place]
        return Row(self.numbers[place], self.reader, tokens, NO_HEADER, line, self.names[place])  # type: ignore[arg-type]


class Items:
    """Numbered lines and runs of records, some of which may be put back."""

    def __init__(self, items: Iterator[Line | Run]) -> None:
        self._items = items
        self._back: list[Line | Run] = []

    def __iter__(self) -> Iterator[Line | Run]:
        return self

    def __next__(self) -> Line | Run:
        return self._back.pop() if self._back else next(self._items)

    def put_back(self, items: Sequence[Line | Run]) -> None:
        """``items`` come next, in their order."""
        self._back += reversed(items)


class Sifter:
    """Leaves out of blocks of lines the records whose names need no reading, and counts them.

    ``passed_over`` tells such names. ``passed``, where it is given, is handed the tokens of the records that are left out, in their place
    between the others.
    """

    def __init__(
        self,
        reader: FormatReader,
        passed_over: Callable[[str], bool],
        tally: Tally,
        passed: Callable[[FormatReader, Sequence[Tokens]], None] | None,
    ) -> None:
        self._reader, self._passed_over, self._tally, self._passed = reader, passed_over, tally, passed
        self._find = names_of(reader)
        self._refused: set[str | None] = set()

    def sift(self, block: framing.Block) -> Iterator[Line | Run]:
        """The lines of ``block`` that are not left out; those together whose names were found are runs."""
        found = self._find(block) if self._find is not None else None
        if found is None:
            yield from zip(block.numbers, block.lines, strict=False)
            return
        names, refused = found.names, self._refused
        if len(refused) > _REFUSED:
            refused.clear()
        refused.update([name for name in set(names) - refused if name is not None and self._passed_over(name)])
        kept = [place for place, name in enumerate(names) if name not in refused]
        self._tally.records += len(names) - len(kept)
        self._tally.named += len(names) - len(kept)
        if self._passed is None:
            yield from _kept(self._reader, block, found, kept)
            return
        at = 0
        for place in [*kept, len(names)]:
            tokens = (
                found.tokens[at:place] if found.tokens else map(self._reader.tokens_of_record, block.lines[at:place])
            )
            self._passed(self._reader, list(tokens))  # type: ignore[arg-type]
            yield from _kept(self._reader, block, found, [place] if place < len(names) else ())
            at = place + 1


def _kept(reader: FormatReader, block: framing.Block, found: Named, places: Sequence[int]) -> Iterator[Line | Run]:
    """The lines of a block at ``places``, those together that are sure to be records."""
    names, tokens = found
    runs = groupby(places, key=lambda place: names[place] is not None) if None in names else [(True, places)]
    for sure, some in runs if places else ():
        at = list(some)
        numbers, lines = [block.numbers[place] for place in at], [block.lines[place] for place in at]
        if not sure:
            yield from zip(numbers, lines, strict=True)
        else:
            rows = None if tokens is None else [tokens[place] for place in at]
            yield Run(reader, numbers, lines, [names[place] for place in at], rows)  # type: ignore[misc,arg-type]
