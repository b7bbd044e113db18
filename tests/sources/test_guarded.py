"""What comes out of a source is held to its bounds, and whatever is corrupt is one kind of error that says how far it got."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import BinaryIO, cast

import pytest

from shadowai.errors import SourceError
from shadowai.sources.guarded import Bounds, Budget, Counted, Guarded


class Failing(io.RawIOBase):
    """Gives some bytes, then an error."""

    def __init__(self, data: bytes, error: Exception) -> None:
        super().__init__()
        self._data, self._error = data, error

    def read1(self, count: int) -> bytes:
        """Bytes while there are any."""
        taken, self._data = self._data[:count], self._data[count:]
        if not taken:
            raise self._error
        return taken


def test_a_stream_that_cannot_seek_says_how_far_it_was_read() -> None:
    counted = io.BufferedReader(Counted(io.BytesIO(b"x" * 100)), 10)
    assert counted.read(25) == b"x" * 25
    assert counted.raw.tell() >= 25 and counted.read() == b"x" * 75 and counted.raw.tell() == 100


@pytest.mark.parametrize("error", [zlib.error("bad"), EOFError("short"), gzip.BadGzipFile("bad")])
def test_whatever_is_corrupt_is_said_in_one_way(error: Exception) -> None:
    budget = Budget(Bounds(), io.BytesIO(b""))
    guarded = io.BufferedReader(Guarded(cast(BinaryIO, Failing(b"x" * 30, error)), "a.gz", budget), 16)
    assert guarded.read(30) == b"x" * 30
    with pytest.raises(SourceError, match="corrupt or truncated after 30 bytes") as wrong:
        guarded.read(1)
    assert wrong.value.origin is not None and wrong.value.origin.path == "a.gz"


def test_an_error_of_the_program_is_not_one_of_the_file() -> None:
    guarded = Guarded(cast(BinaryIO, Failing(b"", AssertionError("ours"))), "a.gz", Budget(Bounds(), io.BytesIO(b"")))
    with pytest.raises(AssertionError):
        guarded.readinto(bytearray(8))


def test_what_is_free_is_spent_before_the_proportion_counts() -> None:
    outermost = io.BytesIO(b"x" * 10)
    outermost.read(4)
    budget = Budget(Bounds(ratio=5, free=30), outermost)
    budget.spend(30, "a.gz")
    with pytest.raises(SourceError, match="more than 5 times its size"):
        budget.spend(1, "a.gz")
    budget.given = 10
    budget.spend(19, "a.gz")
    with pytest.raises(SourceError):
        budget.spend(1, "a.gz")
