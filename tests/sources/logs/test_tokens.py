"""The base of all tokenizers reads nothing by itself, and knows columns again that were in force before."""

from __future__ import annotations

import pytest

from shadowai.sources.logs.description import CsvHeader, Family, W3c, ZeekTsv
from shadowai.sources.logs.families import tokenizer
from shadowai.sources.logs.tokens import HEADER, Tokenizer


def test_the_base_reads_no_lines() -> None:
    with pytest.raises(TypeError):
        Tokenizer().read("x")


@pytest.mark.parametrize(
    ("family", "one", "other"),
    [
        (W3c(), "#Fields: date time c-ip", "#Fields: time date c-ip"),
        (W3c(), "#Fields: date time", "#Fields: date\ttime"),
        (ZeekTsv("http"), "#fields\tts\thost\thost", "#fields\tts\tts\thost"),
        (CsvHeader(columns=("time", "host")), "time,user,host", "time,host,user"),
    ],
)
def test_columns_that_come_again_have_their_version_again(family: Family, one: str, other: str) -> None:
    reads, versions = tokenizer(family), []
    for line in (one, other, one, one, other):
        assert reads.read(line) is HEADER
        versions.append(reads.version)
    assert versions[0] != versions[1]
    assert versions[2:] == [versions[0], versions[0], versions[1]]


def test_versions_are_of_one_set_of_columns_however_many_there_are() -> None:
    reads = tokenizer(W3c())
    columns: dict[int, int] = {}
    for number in (*range(600), *range(600)):
        assert reads.read(f"#Fields: date c{number}") is HEADER
        assert columns.setdefault(reads.version, number) == number
