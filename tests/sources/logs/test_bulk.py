"""The compiled fold of a file: when there is one, and what is handed back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import pytest

from shadowai.model import Actor
from shadowai.sources.logs import bulk, fold_plan, formats
from shadowai.sources.logs.bulk import LineFold, Tallies
from shadowai.sources.logs.description import CsvHeader, LogFormat
from shadowai.sources.logs.line_plan import Plan
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.timestamps import Clock

TABLE = LogFormat(
    name="x",
    title="x",
    vendor="",
    doc="",
    kind="http_request",
    family=CsvHeader(columns=("host", "user")),
    fields={"host": ("host",), "user": ("user",)},
)


class _Reference:
    """Answers that every name is of no AI service, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.refused = 0

    def nameless(self) -> int:
        return 0

    def heard(self) -> Collection[str] | None:
        return ()

    def aside(self, number: int, line: bytes, /) -> int:
        raise AssertionError(line)

    def person(self, place: int, /) -> Actor:
        raise AssertionError(place)

    def assumption(self, number: int, /) -> Mapping[str, int]:
        raise AssertionError(number)

    def name(self, number: int, line: bytes, place: int, /) -> int:
        self.asked.append(line)
        return 0

    def way(self, number: int, line: bytes, place: int, /) -> tuple[int, bool, int, int]:
        raise AssertionError(line)

    def manner(self, number: int, line: bytes, place: int, /) -> int:
        raise AssertionError(line)

    def url(self, number: int, line: bytes, place: int, /) -> int:
        raise AssertionError(line)

    def together(self, name: int, manner: int, place: int, /) -> tuple[int, bool, int, int]:
        raise AssertionError(name)

    def actor(self, number: int, line: bytes, place: int, /) -> None:
        raise AssertionError(line)

    def time(self, number: int, line: bytes, uncounted: bool, /) -> tuple[int | None, int, bool]:
        raise AssertionError(line)

    def begins_header(self, cell: bytes, /) -> bool:
        return False

    def is_foreign(self, cell: bytes, /) -> bool:
        return False

    def add_up(self, sums: Iterable[bulk.Counted], assumed: Mapping[int, int], tallies: Tallies, /) -> None:
        assert not list(sums)
        self.refused += tallies.refused


def _reader(description: LogFormat, *lines: str) -> FormatReader:
    reader = FormatReader(description, Clock())
    for line in lines:
        reader.tokens(line)
    return reader


def _fold(reference: _Reference, *known: str) -> LineFold:
    return LineFold(reference, frozenset(known), None, None)


def test_names_that_may_be_known_are_asked_for_once_and_odd_lines_handed_back() -> None:
    reference = _Reference()
    fold = _fold(reference, "known.example")
    assert fold.fits(_reader(TABLE, "host,user"))
    block = b'www.known.example,ann\nwww.known.example,bea\nother.example,ann\nodd.example,"a'
    kept = fold.fold(block, 0, len(block), 7)
    assert (kept.looked_at, [line for line, _ in kept.lines]) == (4, [10])
    assert reference.asked == [b"www.known.example,ann"]
    fold.drain()
    assert reference.refused == 3


def test_an_open_quote_leaves_the_lines_behind_it_to_the_reference_whatever_read_it() -> None:
    for first in ('x.example,"ann', "x.example,ann"):
        fold = _fold(_Reference())
        reader = _reader(TABLE)
        assert not fold.fits(reader)
        fold.pass_over([first])
        reader.tokens("host,user")
        assert fold.fits(reader)
        kept = fold.fold(b"y.example,bea", 0, 13, 2)
        assert [line for line, _ in kept.lines] == ([2] if '"' in first else [])


def test_headers_without_end_are_not_each_given_a_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0

    def counted(reader: FormatReader, *, wrapped: bool, joined: bool) -> Plan | None:
        nonlocal made
        made += 1
        return fold_plan.plan_of(reader, wrapped=wrapped, joined=joined)

    monkeypatch.setattr(bulk, "plan_of", counted)
    fold, reader = _fold(_Reference()), _reader(TABLE, "host,user")
    fits = []
    for _ in range(60):
        reader.tokenizer.version += 1
        fits.append(fold.fits(reader))
    assert fits[0] and not fits[-1] and made < 30
    fold.pass_over(["a.example,ann"] * 60_000)
    reader.tokenizer.version += 1
    assert fold.fits(reader)


def test_a_plan_that_is_too_wide_and_a_format_without_one_are_left_to_the_reference() -> None:
    reference = _Reference()
    wide = fold_plan.plan_of(_reader(TABLE, "host,user"))
    assert wide is not None
    wide.columns = list(range(5_000))
    assert bulk.fold_of(wide, reference, frozenset(), None, None) is None
    assert not _fold(reference).fits(FormatReader(formats()["generic_json"], Clock()))
