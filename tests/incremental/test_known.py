"""Fingerprints of what a file begins with."""

from __future__ import annotations

import random

import pytest

from shadowai.incremental.known import NO_HEAD, NOTHING, PIECE, TOKEN, File, Fingerprinter, Mark, Seen, head_of

DATA = random.Random(1).randbytes(3 * PIECE + 17)


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 17])
@pytest.mark.parametrize("size", [1000, PIECE, 1 << 20])
def test_a_fingerprint_does_not_depend_on_how_the_bytes_came(length: int, size: int) -> None:
    whole, parts = Fingerprinter(), Fingerprinter()
    whole.feed(DATA[:length])
    for at in range(0, length, size):
        parts.feed(DATA[at : min(at + size, length)])
    assert whole.now() == parts.now()
    assert (whole.now() == NOTHING) == (length == 0)


@pytest.mark.parametrize("length", [0, 5, PIECE, 2 * PIECE + 3])
def test_it_goes_on_from_a_known_one(length: int) -> None:
    first = Fingerprinter()
    first.feed(DATA[:length])
    known = first.now()
    second = Fingerprinter(known)
    second.feed(DATA[known.start : length])
    assert second.now() == known
    second.feed(DATA[length:])
    first.feed(DATA[length:])
    assert second.now() == first.now()


def test_every_byte_counts() -> None:
    found = set()
    for at in range(0, len(DATA), 5000):
        one = Fingerprinter()
        one.feed(DATA[:at] + bytes([DATA[at] ^ 1]) + DATA[at + 1 :])
        found.add(one.now())
    assert len(found) == len(range(0, len(DATA), 5000))


def test_heads() -> None:
    head = head_of(DATA, 100)
    assert head.length == 100
    assert head.fits(DATA[:100]) and head.fits(DATA)
    assert not head.fits(DATA[:99]) and not head.fits(b"x" + DATA[1:])
    assert head_of(b"short", 1 << 20).length == 5
    assert NO_HEAD.fits(b"") and NO_HEAD.fits(b"x")


def test_a_token_stands_for_the_file_and_keeps_its_name() -> None:
    file = File(7, "logs/access.log-20260105", Seen("1:2", 3, 4))
    found = TOKEN.match(file.token + "!member")
    assert found is not None and found[1] == "7" and file.token[found.end() :] == ""
    assert "/access.log-20260105" in file.token
    file.path = "elsewhere"
    assert "/access.log-20260105" in file.token
    assert TOKEN.fullmatch(File(8, "a\x1fb", Seen("", None, None)).token)


def test_to_settle_moves_the_mark_to_where_it_was_read() -> None:
    from shadowai.inventory import Inventory

    file = File(1, "a", Seen("", None, None), reached=Mark(line=9))
    whole = File(2, "b", Seen("", None, None), reached=Mark(line=9), whole=True)
    for one in (file, whole):
        one.settle(Inventory())
    assert (file.mark.line, whole.mark.line) == (9, 1)
