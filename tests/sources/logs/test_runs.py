"""Lines, rows and runs: what is left out for its name is counted, and nothing else is left out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from shadowai.sources import framing
from shadowai.sources.logs import formats
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.logs.runs import Items, Line, Run, Sifter
from shadowai.sources.logs.tally import Tally
from shadowai.sources.syslog import NO_HEADER
from shadowai.sources.timestamps import Clock
from tests.sources.logs.test_recognise import SQUID

OTHER = SQUID.replace("chatgpt.com", "www.example.com")


def _block(*lines: str) -> framing.Block:
    return framing.Block(range(11, 11 + len(lines)), list(lines), 0, "\n".join(lines))


@pytest.fixture
def reader() -> FormatReader:
    return FormatReader(formats()["squid_native"], Clock())


def _is_example(name: str) -> bool:
    return "example.com" in name


def test_records_whose_name_is_passed_over_are_counted_and_left_out(reader: FormatReader) -> None:
    tally = Tally()
    sifter = Sifter(reader, _is_example, tally, None)
    [run] = sifter.sift(_block(OTHER, SQUID, OTHER, SQUID, OTHER))
    assert isinstance(run, Run)
    assert (list(run.numbers), list(run.lines)) == ([12, 14], [SQUID, SQUID])
    assert (tally.records, tally.named) == (3, 3)
    row = run.row(1)
    assert (row.line, row.header, row.text) == (14, NO_HEADER, SQUID)
    assert row.name is not None and "chatgpt.com" in row.name


def test_lines_of_which_no_name_is_sure_are_given_by_themselves_in_their_order(reader: FormatReader) -> None:
    tally = Tally()
    found = list(Sifter(reader, _is_example, tally, None).sift(_block(SQUID, "no record", OTHER, SQUID)))
    assert [item if not isinstance(item, Run) else list(item.numbers) for item in found] == [
        [11], (12, "no record"), [14],
    ]  # fmt: skip
    assert tally.records == 1


def test_what_is_left_out_is_handed_on_in_its_place(reader: FormatReader) -> None:
    told: list[int] = []

    def passed(of: FormatReader, tokens: Sequence[object]) -> None:
        assert of is reader
        told.append(len(tokens))

    sifter = Sifter(reader, _is_example, Tally(), passed)
    given = [list(item.numbers) for item in sifter.sift(_block(OTHER, OTHER, SQUID, OTHER)) if isinstance(item, Run)]
    assert given == [[13]] and told == [2, 1]


def test_a_format_without_a_shortcut_gives_every_line() -> None:
    reader = FormatReader(formats()["generic_kv"], Clock())
    tally = Tally()
    found = list(Sifter(reader, _is_example, tally, None).sift(_block("host=www.example.com a=b", "x")))
    assert found == [(11, "host=www.example.com a=b"), (12, "x")] and tally.records == 0


def test_what_was_put_back_comes_next_in_its_order() -> None:
    lines: list[Line] = [(number, str(number)) for number in range(1, 5)]
    items = Items(iter(lines))
    first, second = next(items), next(items)
    items.put_back([first, second])
    assert list(items) == lines
