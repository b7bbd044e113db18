"""Gzip by ISA-L and by zlib are one: the same text, the same end, the same refusals."""

from __future__ import annotations

import gzip
import io
import random
import struct
import sys
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowai.sources.compression import decompressor

TEXT = b"".join(b"10.0.0.%d asked for chatgpt.com %d times\n" % (n % 250, n * 7919 % 10007) for n in range(9000))
MIXED = TEXT[:70_000] + random.Random(3).randbytes(70_000) + bytes(70_000)


@pytest.fixture(params=["isal", "zlib"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Which of the two is used."""
    if request.param == "zlib":
        monkeypatch.setitem(sys.modules, "isal", None)
        monkeypatch.setitem(sys.modules, "isal.igzip_lib", None)
    return str(request.param)


def unzipped(data: bytes, size: int = 1 << 18, *, alone: bool = False) -> tuple[bytes, str]:
    """All text of a gzip file and the class of error that ended it; by the standard library ``alone``, as the oracle."""
    open_it = decompressor(data[:10] + bytes(10))
    assert open_it is not None
    stream = gzip.GzipFile(fileobj=io.BytesIO(data)) if alone else open_it(io.BytesIO(data))
    some = getattr(stream, "read1", stream.read)
    text = b""
    try:
        while piece := some(size):
            text += piece
    except (OSError, EOFError, zlib.error) as wrong:
        return text, type(wrong).__name__
    return text, ""


def member(data: bytes, flags: int = 0, fields: bytes = b"", *, level: int = 6) -> bytes:
    press = zlib.compressobj(level, wbits=-15)
    body = press.compress(data) + press.flush()
    return b"\x1f\x8b\x08" + bytes([flags]) + bytes(6) + fields + body + struct.pack("<II", zlib.crc32(data), len(data))


@pytest.mark.parametrize("size", [1, 100, 1 << 18])
@pytest.mark.parametrize("level", [0, 1, 9])
def test_members_of_every_level(engine: str, level: int, size: int) -> None:
    data = MIXED if size > 1 else MIXED[:3000]
    assert unzipped(member(data, level=level) + member(b"") + member(data, level=1), size) == (data * 2, "")


@pytest.mark.parametrize(
    ("flags", "fields"),
    [
        (1, b""),
        (4, b"\x05\x00abcde"),
        (4, b"\xff\xff" + bytes(65535)),
        (8, b"access.log\0"),
        (16, b"a comment\0"),
        (2, b"\x12\x34"),
        (30, b"\x01\x00xname\0comment\0\x12\x34"),
    ],
)
def test_headers_with_every_field(engine: str, flags: int, fields: bytes) -> None:
    assert unzipped(member(TEXT, flags, fields) + member(TEXT, flags, fields)) == (TEXT * 2, "")


def test_a_header_cut_anywhere_is_an_end_too_early(engine: str) -> None:
    whole = member(b"", 30, b"\x01\x00xname\0comment\0\x12\x34")
    for cut in range(3, len(whole)):
        assert unzipped(member(TEXT) + whole[:cut]) == (TEXT, "EOFError")


def test_a_header_without_an_end_is_refused() -> None:
    assert unzipped(b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * (3 << 20)) == (b"", "OSError")


@pytest.mark.parametrize("place", [-1, -4, -5, -8])
def test_a_wrong_trailer_is_said_after_all_of_the_text(engine: str, place: int) -> None:
    data = bytearray(member(MIXED))
    data[place] ^= 1
    text, error = unzipped(bytes(data))
    assert text == MIXED and error in ("OSError", "BadGzipFile")


def test_other_data_behind_a_member_is_an_error_and_zeros_are_none(engine: str) -> None:
    assert unzipped(member(TEXT) + bytes(9000)) == (TEXT, "")
    text, error = unzipped(member(TEXT) + b"garbage")
    assert text == TEXT and error in ("OSError", "BadGzipFile")


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_damage_gives_what_the_standard_library_gives(data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from([member(TEXT[:5000]), member(MIXED[60_000:80_000]) + member(b"x" * 700, 8, b"a\0")])
    )
    damaged = bytearray(whole)
    for place in data.draw(st.lists(st.integers(3, len(whole) - 1), max_size=2)):
        damaged[place] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(1, len(whole)))])
    if len(cut) < 3:
        return
    text, error = unzipped(cut)
    other, wrong = unzipped(cut, alone=True)
    assert bool(error) == bool(wrong)
    assert text == other or (error and (text.startswith(other) or other.startswith(text)))


def test_what_is_not_compressed_is_not_opened() -> None:
    assert decompressor(TEXT[:100]) is None and decompressor(b"") is None
