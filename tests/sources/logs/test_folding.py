"""What comes out of a text that is folded, and in what order."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any, cast

from shadowai.sources import framing
from shadowai.sources.logs.bulk import Kept, LineFold, Said
from shadowai.sources.logs.folding import Folding
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.logs.runs import Line, Run
from shadowai.sources.logs.tally import Tally


class Keeping:
    """Keeps lines with an ``x``, says something of those with an ``s``, fits no file while ``misfits`` lines are to come."""

    def __init__(self, done: list[Any], misfits: int = 0) -> None:
        self.done, self.misfits = done, misfits

    def fits(self, reader: object) -> bool:
        self.misfits -= 1
        return self.misfits < 0

    def fold(self, raw: bytearray, at: int, end: int, number: int, numbers: array[int] | None) -> Kept:
        lines = list(enumerate(raw[at:end].decode().split("\n"), number))
        said = [Said(place, line, [], []) for place, line in lines if "s" in line]
        return Kept([one for one in lines if "x" in one[1]], end + 1, len(lines), said)

    def pass_over(self, lines: list[str]) -> None:
        self.done.append(("passed over", lines))

    def drain(self) -> None:
        self.done.append("drained")


def folding(done: list[Any], misfits: int = 0) -> tuple[Folding, Tally]:
    def sift(block: framing.Block) -> Iterator[Line | Run]:
        return iter([(number, f"sifted {line}") for number, line in zip(block.numbers, block.lines, strict=True)])

    tally, fold = Tally(), cast(LineFold, Keeping(done, misfits))
    return Folding(cast(FormatReader, None), fold, sift, tally, done.append), tally


def piece(text: str) -> framing.Piece:
    return framing.Piece(bytearray(text.encode()), 0, len(text), len(text))


def all_of(lines: Iterator[Line | Run], done: list[Any]) -> None:
    for line in lines:
        done.append(line)


def test_what_lines_say_comes_before_the_next_that_is_given() -> None:
    done: list[Any] = []
    one, tally = folding(done)
    for line in one.lines(piece("a\ns1\nx\ns2\nb\nx2\ns3"), 10):
        done.append(line)
    assert [item.others if isinstance(item, Said) else item for item in done] == [
        "s1",
        (12, "x"),
        "s2",
        (15, "x2"),
        "s3",
    ]
    assert tally.lines == 7


def test_lines_that_are_not_folded_are_sifted_one_by_one() -> None:
    done: list[Any] = []
    one, tally = folding(done, misfits=2)
    all_of(one.lines(piece("a\nb\nx\nc"), 1), done)
    assert done == [("passed over", ["a"]), (1, "sifted a"), ("passed over", ["b"]), (2, "sifted b"), (3, "x")]
    assert tally.lines == 4


def test_objects_have_the_numbers_of_their_lines() -> None:
    done: list[Any] = []
    one, tally = folding(done, misfits=1)
    all_of(one.objects(framing.Block([3, 9, 12, 20], ["{a}", "{x}", "{b}", "{xx}"])), done)
    assert done == [("passed over", ["{a}"]), (3, "sifted {a}"), (9, "{x}"), (20, "{xx}")]
    assert tally.lines == 4


def test_objects_that_begin_in_one_line_are_sifted_behind_what_was_counted() -> None:
    done: list[Any] = []
    one, _ = folding(done)
    all_of(one.objects(framing.Block([3, 4], ["{a}", "{x}"])), done)
    all_of(one.objects(framing.Block([4, 5], ["{b}", "{c}"])), done)
    all_of(one.objects(framing.Block([6, 6], ["{b}", "{c}"])), done)
    assert done == [
        *[(4, "{x}"), "drained", (4, "sifted {b}"), (5, "sifted {c}")],
        *["drained", (6, "sifted {b}"), (6, "sifted {c}")],
    ]


def test_objects_with_line_breaks_are_sifted() -> None:
    done: list[Any] = []
    one, tally = folding(done)
    all_of(one.objects(framing.Block([1, 4], ['{"a":\n1', "{x}"])), done)
    all_of(one.objects(framing.Block([], [])), done)
    assert done == ["drained", (1, 'sifted {"a":\n1'), (4, "sifted {x}"), "drained"]
    assert tally.lines == 2
