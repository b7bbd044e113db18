"""A file's text through the compiled fold: what that does not count comes out, in its order."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Generator, Iterator
from typing import cast

from shadowai.sources import framing
from shadowai.sources.logs import bulk
from shadowai.sources.logs.bulk import LineFold
from shadowai.sources.logs.file_head import HEADLESS
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.logs.runs import Line, Run
from shadowai.sources.logs.tally import Tally

Sift = Callable[[framing.Block], Iterator[Line | Run]]
"""Gives the lines of a block that have to be read where nothing is folded."""


class Folding:
    """The lines of one file under the format of ``reader``; ``tally`` counts them all. ``said`` is handed what lines that are not given say
    to others, before the next that is."""

    def __init__(
        self, reader: FormatReader, fold: LineFold, sift: Sift, tally: Tally, said: Callable[[bulk.Said], None] | None
    ) -> None:
        self._reader, self._fold, self._sift = reader, fold, sift
        self._tally, self._said = tally, said
        self._begun = 0  # the line in which the last of the objects began

    def lines(
        self, piece: framing.Piece, number: int, numbers: array[int] | None = None
    ) -> Generator[Line | Run, None, int]:
        """The lines of ``piece`` that the fold does not count; where it cannot (above a table's header, say), what is sifted out. Returns
        the number of the next line; where ``numbers`` are given, it is a place in these."""
        raw, at, whole = cast(bytearray, piece.raw), piece.begin, piece.end
        shown = 0
        while at <= whole:
            if self._fold.fits(self._reader):
                kept = self._fold.fold(raw, at, whole, number, numbers)
                at, count = kept.at, kept.looked_at
                given = self._in_order(kept)
                yield from given if numbers is None else ((numbers[place], line) for place, line in given)
            else:  # what comes next may be a header, or else there is none for long
                end = raw.find(b"\n", at, whole) if shown < HEADLESS else whole
                end = whole if end < 0 else end
                lines, text = framing.split(bytes(raw[at:end]))
                self._fold.pass_over(lines)
                at, count, shown = end + 1, len(lines), shown + 1
                where = range(number, number + count) if numbers is None else numbers[number : number + count]
                yield from self._sift(framing.Block(where, lines, 0, text))
            self._tally.lines += count
            number += count
        return number

    def objects(self, block: framing.Block) -> Iterator[Line | Run]:
        """The same of objects, which are lines unless they are broken. Where several begin in one line, their numbers do not tell
        which came first, as sums must: they are sifted."""
        raw = bytearray(block.text.encode())
        begun = self._begun
        self._begun = max(block.numbers, default=begun)
        apart = len({begun, *block.numbers}) == len(block.lines) + 1
        if apart and raw.count(b"\n") < len(block.lines):
            piece = framing.Piece(raw, 0, len(raw), 0)
            yield from self.lines(piece, 0, array("q", block.numbers))
        else:
            self._fold.drain()  # what was counted so far came first
            self._tally.lines += len(block.lines)
            yield from self._sift(block)

    def _in_order(self, kept: bulk.Kept) -> Iterator[Line]:
        """The lines that were kept, and before each what the lines above it said."""
        said, at = kept.said if self._said is not None else [], 0
        for line in kept.lines:
            if at < len(said) and said[at].line <= line[0]:
                self._hand_on(said[at])
                at += 1
            yield line
        for one in said[at:]:
            self._hand_on(one)

    def _hand_on(self, said: bulk.Said) -> None:
        if self._said is not None:
            self._said(said)
