"""Files as they are compared and read on."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from shadowai.errors import SourceError
from shadowai.incremental import texts
from shadowai.incremental.known import NOTHING, Fingerprint, Fingerprinter
from shadowai.incremental.texts import Lines, begins_with, check_same, fingerprint, is_whole, look, text_from
from shadowai.sources.container import Source
from tests.incremental.logs import line

TEXT = "".join(line(n) for n in range(2000)).encode()


def _source(path: Path) -> Source:
    return Source(str(path), lambda: path.open("rb"))


def _print(data: bytes) -> Fingerprint:
    found = Fingerprinter()
    found.feed(data)
    return found.now()


def _lines(data: bytes, size: int, known: Fingerprint = NOTHING, **how: object) -> tuple[list[bytes], Lines]:
    stop = cast("int | None", how.pop("stop", None))
    lines = Lines(cast(BinaryIO, io.BytesIO(data[known.start :])), known, stop, tail=bool(how.get("tail")))
    found = []
    while piece := lines.read(size):
        found.append(piece)
    return found, lines


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_only_whole_lines_are_given(size: int) -> None:
    found, lines = _lines(b"a\nbb\n\nccc", size)
    assert b"".join(found) == b"a\nbb\n\n"
    assert (lines.given, lines.breaks, lines.rest) == (_print(b"a\nbb\n\n"), 3, True)


def test_the_rest_is_given_where_it_is_asked_for_and_is_not_in_the_fingerprint() -> None:
    found, lines = _lines(b"a\nbb", 100, tail=True)
    assert b"".join(found) == b"a\nbb"
    assert (lines.given, lines.breaks, lines.rest) == (_print(b"a\n"), 1, True)


def test_it_goes_on_behind_what_is_known_and_stops_where_it_is_told() -> None:
    known = _print(TEXT[: TEXT.index(b"\n", 70_000) + 1])
    found, lines = _lines(TEXT, 4096, known, stop=100_000)
    end = TEXT.rindex(b"\n", 0, 100_000) + 1
    assert b"".join(found) == TEXT[known.length : end]
    assert lines.given == _print(TEXT[:end])


def test_a_line_too_long_is_given_and_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LONGEST", 100)
    found, lines = _lines(b"a\n" + b"x" * 1000, 30)
    assert (b"".join(found)[:2], lines.given, lines.rest) == (b"a\n", _print(b"a\n"), True)
    found, lines = _lines(b"a\n" + b"x" * 1000 + b"\nb\n", 30)
    assert (b"".join(found), lines.given) == (b"a\n" + b"x" * 1000 + b"\nb\n", _print(b"a\n" + b"x" * 1000 + b"\nb\n"))


@pytest.mark.parametrize("packed", [False, True])
def test_a_text_is_the_same_packed_or_not(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "log"
    path.write_bytes(gzip.compress(TEXT) if packed else TEXT)
    with look(_source(path)) as text:
        assert (text.lines, text.end) == (True, None if packed else len(TEXT))
        for length in (0, 100, 70_000, len(TEXT)):
            assert begins_with(text, _print(TEXT[:length]))
            with text_from(text, length) as stream:
                assert stream.read(50) == TEXT[length : length + 50]
        assert not begins_with(text, _print(TEXT[:70_000] + b"x"))
        assert not begins_with(text, _print(TEXT + b"x"))
        assert begins_with(text, _print(TEXT[:90_000]), _print(TEXT[:80_000]))
        assert fingerprint(text) == _print(TEXT[: -texts.ENDING])
        assert is_whole(text)


def test_a_file_stays_the_one_that_was_opened(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(TEXT)
    with look(_source(path)) as text:
        path.rename(tmp_path / "moved")
        path.write_bytes(b"another\n")
        with text_from(text, 0) as stream:
            assert stream.read() == TEXT
        check_same(text)
        (tmp_path / "moved").write_bytes(b"cut off, and written anew\n")
        with pytest.raises(SourceError, match="changed while it was read"):
            check_same(text)


def test_captures_and_archives_have_no_lines(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        archive.writestr("a.log", TEXT)
    with look(_source(tmp_path / "logs.zip")) as text:
        assert not text.lines and text.end is not None


def test_what_is_not_there_or_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        texts.seen_of(_source(tmp_path / "none"))
    with pytest.raises(SourceError, match="no regular file"):
        texts.seen_of(_source(tmp_path))
