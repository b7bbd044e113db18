"""What the compiled fold is told of a format: the columns that decide about a line, and what lines must look like."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shadowai.sources.logs.description import Part
from shadowai.sources.logs.flat_names import Leaf
from shadowai.sources.logs.programs import Program
from shadowai.sources.logs.sequences import Element

BLANKS, QUOTED, TABS, OBJECT, W3C, PAIRS, CEF, PATTERN, PAIRED, LEEF = range(10)
"""Ways to cut a line, as :mod:`shadowai.fast.lines` numbers them."""
MOST_COLUMNS = 150
MOST_SPELLINGS = 24
"""Columns of which the first that is there counts."""
MOST_ORDERS = 128
"""Pairs of columns that must stand in an order."""
TESTING = (BLANKS, QUOTED, TABS, OBJECT, PAIRS, CEF, PATTERN, PAIRED, LEEF)
"""Ways to cut a line in which a column's text is known well enough to be held to a pattern."""
NAME, SURE_NAME, CONDITION, FORMAT = range(4)
"""What a column is that decides with others about the name: one that may hold it, one from which every name is taken, one on which it
depends which is taken, one that tells the format."""


class Check(NamedTuple):
    """What a column must be for a line to be surely one of the format: of ``slots`` the first that is there."""

    slots: tuple[int, ...]
    elements: tuple[Element, ...]
    whole: bool
    raw: bool = False
    """Whether the quotes around the column are part of what is held to it."""
    more: int = 0
    """How many checks behind this one are alternatives to it."""


class Cut(NamedTuple):
    """A column ``into`` which the first group goes of what is found in the first of ``slots`` that is there, where in each column of
    ``only`` its pattern is found, too."""

    slots: tuple[int, ...]
    program: Program
    into: int
    only: list[tuple[tuple[int, ...], Program]]


@dataclass(slots=True)
class Aside:
    """What a line that names no host says to others: the ``id`` of its connection, each part of it as the columns it is looked for in,
    behind the ``prefix``, the size of that, and how long it lasted. Whether the line is a connection at all its manner tells, with the
    ``tests`` and ``searches``, or else it is ``always`` the same; -1 there where it is not."""

    always: int
    prefix: bytes = b""
    id: list[list[int]] = field(default_factory=list)
    port: list[int] = field(default_factory=list)
    bytes_up: list[int] = field(default_factory=list)
    bytes_down: list[int] = field(default_factory=list)
    lasted: list[int] = field(default_factory=list)
    lasted_ms: bool = False
    tests: list[Check] = field(default_factory=list)
    searches: list[tuple[tuple[int, ...], Program]] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """Columns (places, or JSON paths as bytes), and by their numbers what decides the name, who, the manner, the URL, time and sizes."""

    family: int
    delimiter: int = 0
    width: int = 0
    exact: bool = True
    first: bytes = b""
    """The byte with which the header's first cell begins; none where that is empty."""
    wrapped: bool = False
    """Whether lines stand behind a syslog header."""
    holds: bool = False
    """Whether quotes and brackets around a column between blanks hold it together."""
    held: Program | None = None
    """The steps of a pattern that lines with such columns match, where :attr:`checks` of columns stand for it in others."""
    most_digits: int = 0
    """How many digits what a header begins with may have."""
    all_named: bool = False
    """Whether every cell of a header below the first must be a column's name, and have no more digits either."""
    apart: bool = True
    """Whether the manner is the same whatever the name is."""
    columns: list[Any] = field(default_factory=list)
    """What stands where, by its number: a place or a name in the line; ``None`` for a piece of another, and for the first that is there of
    others their numbers."""
    closed: bool = False
    """Whether lines may have no names but those of :attr:`columns` and of :attr:`passed`."""
    passed: list[Leaf] = field(default_factory=list)
    learnt: int = 0
    """How many of a layout's values are among these."""
    orders: list[tuple[int, int]] = field(default_factory=list)
    """Columns of which the second stands behind the first, where both are there."""
    host: list[tuple[int, bool, int]] = field(default_factory=list)
    nameless: list[int] = field(default_factory=list)
    """Columns out of which no name is taken where they hold an IPv4 address."""
    actor: list[int] = field(default_factory=list)
    manner: list[int] = field(default_factory=list)
    url: list[int] = field(default_factory=list)
    time: list[int] = field(default_factory=list)
    first_time: int = -1
    """The column of :attr:`time` that counts where it is a time, whatever stands in the others; -1: several do."""
    bytes_up: list[int] = field(default_factory=list)
    bytes_down: list[int] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    tests: list[Check] = field(default_factory=list)
    """Conditions of which only whether they hold decides about the manner, not the text."""
    counts: bool = True
    """Whether lines of AI services are counted under the plan; where not, as without a time, the reference reads each of them."""
    programs: list[Program] = field(default_factory=list)
    """The steps of the patterns of which the first that matches cuts a line."""
    searches: list[tuple[tuple[int, ...], Program]] = field(default_factory=list)
    """Conditions of which only whether they hold decides about the manner: patterns for the first of some columns that is there."""
    line: Program | None = None
    """The steps of a pattern that every line matches."""
    opening: Program | None = None
    """What shows with :attr:`shown` that a line matches :attr:`line`: of some columns, that a pattern is found where the key of one of them
    begins, before which one of :attr:`before` stands."""
    shown: list[tuple[tuple[int, ...], Program]] = field(default_factory=list)
    before: bytes = b""
    server: list[int] | None = None
    """Where a line without a name tells the server's address, and the client's; ``None`` where the reference has to look."""
    client: list[int] | None = None
    row: list[int] = field(default_factory=list)
    """Pairs that have to stand behind one another; -1 behind each row."""
    aside: Aside | None = None
    """What lines that name no host say to others; ``None`` where the reference has to look."""
    told: list[int] = field(default_factory=list)
    """Columns with the addresses of a DNS answer."""
    askers: list[int] | None = None
    """Where the address stands of who got it; ``None`` where the reference reads the lines that have any."""
    cuts: list[Cut] = field(default_factory=list)
    """Columns that are pieces of others: ``None`` among :attr:`columns`. The first :attr:`name_cuts` decide the name."""
    name_cuts: int = 0
    pieces: dict[Part, int] = field(default_factory=dict)
    """What is taken as they are."""


class NoPlanError(Exception):
    """A format about which a plan cannot say everything."""
