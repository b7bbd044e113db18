"""A stream that was looked at gives the same bytes as one that was not, and its errors where they stand."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast

import pytest

from shadowai.errors import SourceError
from shadowai.sources.replay import Replay

DATA = bytes(range(256)) * 4


class _Pieces:
    """A stream that only reads, and gives what it likes; an exception among the pieces is raised."""

    def __init__(self, pieces: Iterable[bytes | Exception]) -> None:
        self._pieces: Iterator[bytes | Exception] = iter(pieces)

    def read(self, size: int = -1) -> bytes:
        piece = next(self._pieces, b"")
        if isinstance(piece, Exception):
            raise piece
        return piece


def _replay(*pieces: bytes | Exception) -> Replay:
    return Replay(cast(BinaryIO, _Pieces(pieces)))


def _rest(stream: Replay, size: int, *, into: bool) -> bytes:
    found = bytearray()
    while True:
        if into:
            room = bytearray(size)
            data = bytes(room[: stream.readinto1(memoryview(room))])
        else:
            data = stream.read(size)
        if not data:
            return bytes(found)
        found += data


@pytest.mark.parametrize("into", [False, True])
@pytest.mark.parametrize("looked_at", [0, 1, 100, 5000])
@pytest.mark.parametrize("size", [1, 7, 256, 4096])
def test_everything_comes_once(into: bool, looked_at: int, size: int) -> None:
    for stream in (Replay(io.BytesIO(DATA)), _replay(DATA[:3], DATA[3:700], DATA[700:])):
        if looked_at:
            assert DATA.startswith(stream.head(looked_at))
        assert _rest(stream, size, into=into) == DATA
        assert stream.ended


def test_what_was_looked_at_is_not_gone() -> None:
    stream = Replay(io.BytesIO(DATA))
    assert stream.head(10) == stream.ahead == DATA[:10]
    assert stream.read(4) == DATA[:4]
    assert stream.ahead == DATA[4:10]


@pytest.mark.parametrize("into", [False, True])
@pytest.mark.parametrize("wrong", [SourceError("it is corrupt"), OSError("it is gone")])
def test_an_error_comes_where_it_stands(into: bool, wrong: Exception) -> None:
    stream = _replay(b"abc", b"def", wrong)
    assert stream.head(100) == b"abcdef"
    room = bytearray(100)
    if into:
        assert stream.readinto1(memoryview(room)) == 6 and room[:6] == b"abcdef"
    else:
        assert stream.read(100) == b"abcdef"
    for _ in range(2):
        with pytest.raises(type(wrong), match="it is"):
            stream.readinto1(memoryview(room)) if into else stream.read(100)


def test_what_a_stream_gives_beyond_what_was_asked_for_comes_next() -> None:
    stream = _replay(b"abcdefgh", b"ij")
    room = bytearray(3)
    found = [bytes(room[: stream.readinto1(memoryview(room))]) for _ in range(5)]
    assert found == [b"abc", b"def", b"gh", b"ij", b""]
