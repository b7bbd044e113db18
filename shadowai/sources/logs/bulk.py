"""The compiled fold of a file: what it is told of the format, what it asks of the reference, and what it hands on."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple, Protocol

from shadowai.fast import lines_module
from shadowai.model import Actor
from shadowai.sources import framing
from shadowai.sources.logs.fold_plan import plan_of
from shadowai.sources.logs.line_plan import QUOTED, Plan
from shadowai.sources.logs.quick import JOINED_LINES
from shadowai.sources.logs.reader import FormatReader

BLOCK = 1 << 18
"""Bytes read at once."""
BY_ADDRESS, SIZED, SHOWN, COUNTED, STOPPED = 1, 2, 4, 8, 16
"""What is said of a manner of lines that name no host: an answer might name their connections, they tell the size of one, the reference
has to read them, they are activity, which was blocked."""
_MOST_CHANGES = 24
"""Headers below which a file is folded, besides one for every thousand lines."""


class Answers(Protocol):
    """Who answers for lines not met before; see :class:`shadowai.fast.lines.Fold`."""

    def nameless(self) -> int: ...
    def heard(self) -> Collection[str] | None: ...
    def aside(self, number: int, line: bytes, /) -> int: ...
    def person(self, place: int, /) -> Actor: ...
    def assumption(self, number: int, /) -> Mapping[str, int]: ...
    def name(self, number: int, line: bytes, place: int, /) -> int: ...
    def url(self, number: int, line: bytes, place: int, /) -> int: ...
    def way(self, number: int, line: bytes, place: int, /) -> tuple[int, bool, int, int]: ...
    def manner(self, number: int, line: bytes, place: int, /) -> int: ...
    def together(self, name: int, manner: int, place: int, /) -> tuple[int, bool, int, int]: ...
    def actor(self, number: int, line: bytes, place: int, /) -> None: ...
    def time(self, number: int, line: bytes, uncounted: bool, /) -> tuple[int | None, int, bool]: ...
    def begins_header(self, cell: bytes, /) -> bool: ...
    def is_foreign(self, cell: bytes, /) -> bool: ...
    def add_up(self, sums: Iterable[Counted], assumed: Mapping[int, int], tallies: Tallies, /) -> None: ...


Counted = tuple[int, int, int, int, int | None, int | None, int, int, list[int], Sequence[tuple[int, int]]]
"""Of one actor and one way: their numbers, the bits of facts, events, bytes up and down, first and last time (µs), the first lines, and
days with the bytes sent on them."""


class Tallies(NamedTuple):
    """How many lines were of no AI service, how many were no activity, how many outside the window; how many named no host, and how many of
    these told who connected to whom."""

    refused: int
    uncounted: int
    outside: int
    nameless: int
    connections: int


class Waits(NamedTuple):
    """A connection by address that an answer might name: the line's number, the connection's id, bytes up and down, who, the server's
    address, the time (µs), when it began, whether it was blocked, whether it is activity, and what its time had to assume, with how
    often."""

    line: int
    session: str | None
    up: int | None
    down: int | None
    actor: Actor
    server: str
    time: int
    began: int | None
    blocked: bool
    counted: bool
    assumed: Mapping[str, int]


class Said(NamedTuple):
    """What lines say to others: those above ``line``, the next that the reference has to read, or behind the last of them."""

    line: int
    others: str
    """Who was told which address for a name of no AI service, ``client address`` with a line feed behind each."""
    sizes: list[tuple[str, int | None, int | None]]
    """Connections without a name: their ids, and bytes up and down."""
    waits: list[Waits]


class Kept(NamedTuple):
    """Lines of a block that the reference has to read, with their numbers; up to where the block was looked at; how many lines that
    were; and what the others say to others."""

    lines: list[tuple[int, str]]
    at: int
    looked_at: int
    said: list[Said]


def fold_of(
    plan: Plan,
    answers: Answers,
    known: frozenset[str],
    since: int | None,
    until: int | None,
    grams: Sequence[bytes] = (),
    words: Sequence[bytes] = (),
    ranges: Sequence[tuple[int, int]] = (),
    sixes: Sequence[tuple[int, int]] = (),
) -> Any:
    """The compiled fold for a plan (:class:`shadowai.fast.lines.Fold`); ``None`` where the plan is wider than it can keep."""
    try:
        return import_module(lines_module() or "").Fold(
            plan, answers, _encoded(known), since, until, grams, words, ranges, sixes
        )
    except ValueError:
        return None


@lru_cache(maxsize=2)
def _encoded(known: frozenset[str]) -> tuple[bytes, ...]:
    """What every file of a scan is told, made once."""
    return tuple(name.encode() for name in known)


class LineFold:
    """The lines of one file, folded under the plan of the columns in force."""

    def __init__(
        self,
        answers: Answers,
        known: frozenset[str],
        since: int | None,
        until: int | None,
        grams: Sequence[bytes] = (),
        words: Sequence[bytes] = (),
        ranges: Sequence[tuple[int, int]] = (),
        sixes: Sequence[tuple[int, int]] = (),
    ) -> None:
        self._answers, self._known, self._since, self._until = answers, known, since, until
        self._hints = grams, words, ranges, sixes
        self._version = -1
        self._fold: Any = None
        self.wrapped = False
        """Whether lines stand behind a syslog header; to be said before the first is folded."""
        self.joined = False
        """Whether DNS answers are asked for; the same."""
        self._doubtful = 0  # lines to come that may belong to a row whose quote is still open
        self._lines = self._changes = 0
        self._heard = self._learnt = 0

    def fits(self, reader: FormatReader) -> bool:
        """Whether lines of the reader's format can be folded as its columns are now."""
        if reader.tokenizer.version != self._version:
            self.drain()
            self._version = reader.tokenizer.version
            self._changes += 1
            # a fold is not made for the few lines between headers without end
            seldom = self._changes <= _MOST_CHANGES + self._lines // 1000
            plan = plan_of(reader, wrapped=self.wrapped, joined=self.joined) if seldom else None
            if self._fold is not None:  # an open quote stays open under other columns
                self._doubtful = self._fold.doubtful
            self._fold = (
                None
                if plan is None
                else fold_of(plan, self._answers, self._known, self._since, self._until, *self._hints)
            )
            self._heard = 0
            self._learnt = plan.learnt if plan is not None else 0
            if self._fold is not None and plan is not None and plan.family == QUOTED:
                self._fold.doubtful = self._doubtful
        layout = reader.tokenizer.layout
        if self._fold is not None and layout is not None and len(layout.leaves) > self._learnt:
            self._fold.pass_over(layout.leaves[self._learnt :])
            self._learnt = len(layout.leaves)
        return self._fold is not None

    def pass_over(self, lines: Sequence[str]) -> None:
        """The next ``lines`` were read under columns that are not folded: a quote may be left open in them."""
        self._lines += len(lines)
        for line in lines[-JOINED_LINES:]:
            self._doubtful = JOINED_LINES if line.count('"') & 1 else max(self._doubtful - 1, 0)

    def fold(self, block: bytes | bytearray, at: int, end: int, number: int, numbers: array[int] | None = None) -> Kept:
        """Fold the lines of ``block`` from byte ``at`` to ``end``, of which the first has ``number``. Where ``numbers`` are given, that is
        its place in these, as are the numbers of lines that are kept."""
        if self._fold.needs_room:
            self.drain()
        self._fold.nameless = self._answers.nameless()
        heard = self._answers.heard()
        self._fold.hearing = heard is None
        if heard is not None and len(heard) != self._heard:
            self._fold.hear(heard)
            self._heard = len(heard)
        lines, at, count, said = self._fold.fold(block, at, end, number, numbers)
        self._lines += count
        kept = [(one, framing.decode_line(block, begin, end)) for one, begin, end in lines]
        return Kept(
            kept,
            at,
            count,
            [Said(one, others, sizes, self._waits(waits, numbers)) for one, others, sizes, waits in said],
        )

    def _waits(self, told: list[tuple[Any, ...]], numbers: array[int] | None) -> list[Waits]:
        person, assumption = self._answers.person, self._answers.assumption
        lines = [one[0] if numbers is None else numbers[one[0]] for one in told]
        return [
            Waits._make((line, *one[1:4], person(one[4]), *one[5:-1], assumption(one[-1])))
            for line, one in zip(lines, told, strict=True)
        ]

    def drain(self) -> None:
        """Hand over what has been added up."""
        if self._fold is not None:
            sums, assumed, *tallies = self._fold.drain()
            self._answers.add_up(_let_go(sums), assumed, Tallies(*tallies))


def _let_go(items: list[Counted]) -> Iterator[Counted]:
    """Each in its order, which is then held no more: what is made of them takes their room."""
    items.reverse()
    while items:
        yield items.pop()
