"""Each tokenizer reads the dialects of its family, says what it does not read, and is quick with hostile lines."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowai.sources.logs.description import (
    Blank,
    Cef,
    CsvHeader,
    CsvPositional,
    Family,
    Json,
    Key,
    KeyValue,
    Leef,
    Pattern,
    W3c,
    ZeekTsv,
)
from shadowai.sources.logs.families import tokenizer
from shadowai.sources.logs.tokens import HEADER


def values(family: Family, line: str, *keys: Key, before: tuple[str, ...] = ()) -> list[str | None] | None:
    """The texts of ``keys`` in ``line``; ``None`` for a line that is no record."""
    reads = tokenizer(family)
    for header in before:
        assert reads.read(header) is HEADER
    row = reads.read(line)
    return [reads.getter(key)(row) for key in keys] if isinstance(row, (list, dict)) else None


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("a b c", ["a", "b", "c"]),
        ("a   b  c d", ["a", "b", "c"]),
        ('a "b c" d', ["a", "b c", "d"]),
        ('[03/Jun/2024 +0000] "b \\" c" d', ["03/Jun/2024 +0000", 'b \\" c', "d"]),
        ('"" [] c', ["", "", "c"]),
        ("a [2001:db8::1]:443 c", ["a", "[2001:db8::1]:443", "c"]),
        ("a [::1] c", ["a", "::1", "c"]),
        ('a "b c', ["a", '"b', "c"]),
        ("a b\u00a0x\u2028y\x85z c", ["a", "b\u00a0x\u2028y\x85z", "c"]),
        ('a "b c" d\u3000e', ["a", "b c", "d\u3000e"]),
        ("a b", None),
        ("", None),
    ],
)
def test_blanks(line: str, found: list[str] | None) -> None:
    assert values(Blank(at_least=3), line, 1, 2, 3) == found


def test_a_position_beyond_the_line_is_absent() -> None:
    assert values(Blank(at_least=1), "a", 1, 2) == ["a", None]


W3C = W3c(columns=("cs-host",))


def test_w3c_fields_by_name_whatever_their_case() -> None:
    assert values(
        W3C,
        'x "y ""z"" w" -',
        "CS-Host",
        "c-ip",
        "nothing",
        before=("#Version: 1.0", "#Fields: c-ip cs-host sc-status"),
    ) == ['y "z" w', "x", None]


def test_w3c_fields_may_change_within_a_file() -> None:
    reads = tokenizer(W3C)
    reads.read("#Fields: a cs-host")
    first = reads.version
    reads.read("#Fields: cs-host a b c")
    assert reads.version > first
    row = reads.read("chatgpt.com 1 2 3")
    assert reads.getter("cs-host")(row) == "chatgpt.com"


def test_w3c_without_a_header_or_with_another_width_is_no_record() -> None:
    assert values(W3C, "a b c", "cs-host") is None
    assert values(W3C, "a b c d e f g", "cs-host", before=("#Fields: a cs-host",)) is None


def test_w3c_is_parted_by_blanks_of_ascii_alone() -> None:
    before = ("#Fields: date time c-ip cs-username cs(User-Agent) cs-host",)
    for agent in ("x\u00a0y", "x\u2028y", "x\x85y", '"a b\u00a0c"'):
        row = f"2026-02-10 08:00:00 192.0.2.5 jdoe {agent} claude.ai"
        assert values(W3C, row, "cs-username", "cs-host", before=before) == ["jdoe", "claude.ai"]


def test_w3c_a_row_lacks_its_last_value_and_no_other() -> None:
    """Behind what was taken for a syslog header, a row that is too long may be one that is a value too short."""
    before = ("#Fields: date time c-ip cs-username cs-host cs(User-Agent)",)
    assert values(W3C, "2026-02-10 08:00:00 192.0.2.5 jdoe claude.ai", "cs-username", before=before) == ["jdoe"]
    assert values(W3C, "jdoe claude.ai x y z", "cs-username", before=before) is None


def test_w3c_parted_by_tabs_and_blanks_written_as_plus() -> None:
    assert values(W3c(columns=("cs-host",)), "a b\tchatgpt.com", "x", "cs-host", before=("#Fields: x\tcs-host",)) == [
        "a b",
        "chatgpt.com",
    ]
    assert values(W3c(columns=("ua",), decode_plus=True), "Mozilla/5.0+(X11) b", "ua", before=("#Fields: ua b",)) == [
        "Mozilla/5.0 (X11)"
    ]


def test_w3c_layouts_of_one_length_are_told_apart_by_what_their_columns_look_like() -> None:
    native = ("date", "s-sitename", "cs-method", "c-ip", "sc-status")
    other = ("date", "c-ip", "cs-method", "s-sitename", "sc-status")
    family = W3c(layouts=(native, other))
    for line in ("2026-02-10 W3SVC1 GET 10.0.0.1 200", "2026-02-10 10.0.0.1 GET W3SVC1 200"):
        assert values(family, line, "c-ip", "s-sitename", "sc-status") == ["10.0.0.1", "W3SVC1", "200"]
    reads = tokenizer(family)
    for line in ("2026-02-10 W3SVC1 GET 10.0.0.1 200", "2026-02-10 10.0.0.2 GET W3SVC1 200"):
        row = reads.read(line)
        assert isinstance(row, list)
    assert reads.getter("c-ip")(row) == "10.0.0.2"
    assert values(family, "2026-02-10 10.0.0.1 GET 10.0.0.2 200", "c-ip") is None


def test_w3c_parted_by_tabs_of_which_some_became_blanks() -> None:
    head = "#Fields: date cs-host sc-status"
    family = W3c(columns=("cs-host",), delimiter="tab")
    assert values(family, "2026-02-10 chatgpt.com\t200", "cs-host", before=(head,)) == ["chatgpt.com"]


ZEEK_HEAD = ("#separator \\x09", "#set_separator\t,", "#unset_field\t-", "#path\tdns", "#fields\tts\tid.orig_h\tquery")


def test_zeek() -> None:
    assert values(ZeekTsv("dns"), "1.0\t10.0.0.1\tb\\xc3\\xbccher.example", "query", "ts", before=ZEEK_HEAD) == [
        "bücher.example",
        "1.0",
    ]
    assert values(ZeekTsv("dns"), "1.0\t10.0.0.1", "query", before=ZEEK_HEAD) is None
    assert values(ZeekTsv("http"), "1.0\t10.0.0.1\tx", "query", before=ZEEK_HEAD) is None
    assert (
        values(
            ZeekTsv("dns"),
            "1.0,10.0.0.1,x",
            "query",
            before=("#separator \\x2c", "#path,dns", "#fields,ts,id.orig_h,query")[:1],
        )
        is None
    )
    assert values(ZeekTsv("dns"), "1.0\t1\t\\xe9\\xff", "query", before=ZEEK_HEAD) == ["éÿ"]


def test_patterns_are_tried_in_order() -> None:
    family = Pattern((r"^A (?P<x>\S+)", r"(?P<x>\S+)$"))
    assert values(family, "A one two", "x") == ["one"]
    assert values(family, "B one two", "x", "y") == ["two", None]
    assert values(Pattern((r"^A",)), "B", "x") is None


FAMILIES: tuple[Family, ...] = (
    Blank(1),
    W3c(columns=("a",)),
    ZeekTsv("dns"),
    CsvHeader(),
    CsvPositional(1),
    Cef(),
    Leef(),
    Json(),
    Json(aliases=True),
    Pattern((r"(?P<a>\w+)",)),
    *(KeyValue(dialect) for dialect in get_args(get_type_hints(KeyValue)["dialect"])),
)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.text(alphabet="#Fieldsparthx09: =|,;\"'\\{}[]()\t\x00é^0", max_size=50) | st.text(), max_size=4),
    st.sampled_from(FAMILIES),
)
def test_no_text_makes_a_tokenizer_fail(lines: list[str], family: Family) -> None:
    reads = tokenizer(family)
    for line in (*lines, "LEEF:2.0|a|b|c|d|" + "".join(lines), "CEF:0|a|b|c|d|e|f|" + "".join(lines)):
        row = reads.read(line)
        for key in (1, 7, "a", "x.y", "#"):
            if isinstance(row, (list, dict)) and not (
                isinstance(key, str) and isinstance(family, (Blank, CsvPositional))
            ):
                text = reads.getter(key)(row)
                assert text is None or isinstance(text, str)


HOSTILE = (
    "a=",
    '"',
    "[",
    "]",
    " ",
    "\\",
    'a="',
    'a="\\',
    "|",
    "{",
    '{"a":',
    "\t",
    "a: ",
    "A: ",
    "a b=",
    ",",
    "x",
    "1 ",
    "a=1 ",
    "[ ",
    '" ',
    "é",
    ": A: ",
    "=|",
)
HEADS = ("", "CEF:0|Acme|Proxy|1.0|100|web access|5|", "LEEF:2.0|a|b|c|d|^|", "LEEF:1.0|a|b|c|d|", 'a="', "CEF:0|")


SIZE = 1 << 18
"""Bytes of a hostile line: enough for quadratic work to take hours."""


def test_a_long_line_of_anything_is_tokenized_in_time() -> None:
    for family in FAMILIES:
        if not isinstance(family, Pattern):
            for unit in HOSTILE:
                for head in HEADS if isinstance(family, (Cef, Leef)) else ("",):
                    tokenizer(family).read(head + unit * (SIZE // len(unit)))
