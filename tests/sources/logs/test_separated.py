"""Tables tell their delimiter and their header, and know a header that comes again."""

from __future__ import annotations

import pytest

from shadowai.sources.logs.description import (
    CsvHeader,
    CsvPositional,
)
from shadowai.sources.logs.families import tokenizer
from shadowai.sources.logs.separated import CsvTokenizer, delimiter_of
from shadowai.sources.logs.tokens import HEADER, MORE
from tests.sources.logs.test_families import values


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_tells_its_delimiter(delimiter: str) -> None:
    head, line = (delimiter.join(cells) for cells in (("Time", "Dest Host", "User"), ("t", "chatgpt.com", "jdoe")))
    assert values(CsvHeader(), line, "dest_host", "USER", before=(head,)) == ["chatgpt.com", "jdoe"]


def test_a_table_with_quotes_and_preamble() -> None:
    head = ("Report of June", "sep=,", 'Time,"Dest, Host",User')
    assert values(CsvHeader(columns=("Dest, Host",)), 't,"a ""b"", c",x', "desthost", before=head) == ['a "b", c']


def test_a_table_knows_its_header_when_it_comes_again_and_other_widths() -> None:
    reads = tokenizer(CsvHeader())
    assert reads.read("host,user,time") is HEADER
    assert reads.read("host,user,time") is HEADER
    assert reads.read("a,b,c,") == ["a", "b", "c", ""]
    assert reads.read("a,b") == ["a", "b"]
    assert reads.read("a,b,c,d") is None
    assert reads.read("a") is None


def test_a_header_may_be_wide_but_not_without_end() -> None:
    reads = CsvTokenizer(CsvHeader())
    wide = "host,user,time" + "".join(f",c{number}" for number in range(4_093))
    assert reads.read(wide + ",more") is HEADER and reads.header is None, "passed over as what stands above a header"
    assert reads.read(wide) is HEADER and reads.header is not None
    assert reads.read(wide.replace("host", "a", 1)) is not None
    assert reads.read(wide + ",more") is None
    assert reads.read("," * (1 << 20)) is None


def test_a_quoted_line_break_goes_on_in_the_next_line() -> None:
    reads = tokenizer(CsvHeader())
    reads.read("host,user,note")
    assert reads.read('a,b,"x') is MORE
    assert reads.read('a,b,"x\ny"') == ["a", "b", "x\ny"]


def test_a_table_without_header_in_the_first_lines_is_none() -> None:
    reads = tokenizer(CsvHeader())
    rows = [reads.read(f"line {number}") for number in range(60)]
    assert rows[0] is HEADER and rows[-1] is None


def test_positional_values() -> None:
    assert values(CsvPositional(at_least=3), '1,"a,b",c', 2, 3) == ["a,b", "c"]
    assert values(CsvPositional(at_least=3), "1,2", 1) is None
    assert values(CsvPositional(at_least=2, delimiter="|"), "1|x", 2) == ["x"]


@pytest.mark.parametrize("text", ["", "a,b;c;d", '"a,b,c";d', "plain"])
def test_the_delimiter_used_most_outside_quotes(text: str) -> None:
    assert delimiter_of(text, ",;") == (";" if ";" in text else ",")


def test_a_second_table_in_a_file_has_columns_of_its_own() -> None:
    reads = tokenizer(CsvHeader())
    assert reads.read("time,user,host") is HEADER
    assert reads.read("1,jdoe,chatgpt.com") == ["1", "jdoe", "chatgpt.com"]
    version = reads.version
    assert reads.read("user,host,time") is HEADER
    assert reads.version > version
    take = reads.getter("host")
    assert take(reads.read("jdoe,claude.ai,2")) == "claude.ai"


def test_a_row_is_no_header_for_the_words_that_a_stranger_can_put_into_it() -> None:
    reads = tokenizer(CsvHeader())
    reads.read("time,user,host")
    assert reads.read("user,host,evil.example") == ["user", "host", "evil.example"]
    assert reads.read("2026-01-05 08:00:00,user,host") == ["2026-01-05 08:00:00", "user", "host"]
