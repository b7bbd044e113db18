"""Each tokenizer reads the dialects of its family, says what it does not read, and is quick with hostile lines."""

from __future__ import annotations

import json
from typing import Any, get_args, get_type_hints

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
from shadowai.sources.logs.families import (
    HEADER,
    MORE,
    CsvTokenizer,
    Tokenizer,
    delimiter_of,
    flatten,
    parse_object,
    path_getter,
    tokenizer,
)


def values(family: Family, line: str, *keys: Key, before: tuple[str, ...] = ()) -> list[str | None] | None:
    """The texts of ``keys`` in ``line``; ``None`` for a line that is no record."""
    reads = tokenizer(family)
    for header in before:
        assert reads.read(header) is HEADER
    row = reads.read(line)
    return [reads.getter(key)(row) for key in keys] if isinstance(row, (list, dict)) else None


def test_the_base_reads_no_lines() -> None:
    with pytest.raises(TypeError):
        Tokenizer().read("x")


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


@pytest.mark.parametrize(
    ("dialect", "line", "expected"),
    [
        (
            "equals",
            'time=1 host="chat gpt" user=jdoe empty= last=x',
            {"host": "chat gpt", "user": "jdoe", "empty": "", "last": "x"},
        ),
        ("equals", 'host="a \\"b\\" c" user=\'d e\'', {"host": 'a "b" c', "user": "d e"}),
        ("equals", "host=first host=forged", {"host": "first"}),
        ("equals_blanks", "host=a b c user=jdoe  x=1", {"host": "a b c", "user": "jdoe", "x": "1"}),
        ("equals_blanks", 'host="a x=1" user=j', {"host": "a x=1", "user": "j"}),
        ("comma", 'host=a b,user="j,d",x=', {"host": "a b", "user": "j,d", "x": ""}),
        ("colon_quoted", 'host:"a b"; user:"j"; x::"y"', {"host": "a b", "user": "j", "x": "y"}),
        ("colon_comma", "%FTD-1: Host: a b, User: j, d, X: 1", {"Host": "a b", "User": "j, d", "X": "1"}),
        ("tab", "host=a b\tuser=j=d\tx=", {"host": "a b", "user": "j=d", "x": ""}),
    ],
)
def test_key_value_dialects(dialect: Any, line: str, expected: dict[str, str]) -> None:
    assert values(KeyValue(dialect), line, *expected) == list(expected.values())


def test_key_value_wants_its_keys() -> None:
    assert values(KeyValue(requires=("srcip",)), "a=1", "a") is None
    assert values(KeyValue(requires=("srcip",)), "a=1 srcip=2", "a") == ["1"]
    assert values(KeyValue(), "no pairs here", "a") is None
    assert values(KeyValue(aliases=True), "Dst_Host=x", "dsthost") == ["x"]


CEF = "CEF:0|Acme \\| Co|Proxy|1.0|100|web access|5|"


def test_cef() -> None:
    line = CEF + "src=10.0.0.1 request=https://chatgpt.com/?a\\=b suser=Jane Doe cs1=x y cs1Label=Category msg=a\\\\b"
    keys = ("src", "request", "suser", "label.Category", "msg", "cef.name", "cef.product", "dst")
    assert values(Cef("proxy"), line, *keys) == [
        "10.0.0.1",
        "https://chatgpt.com/?a=b",
        "Jane Doe",
        "x y",
        "a\\b",
        "web access",
        "Proxy",
        None,
    ]
    assert values(Cef("other"), line, "src") is None
    assert values(Cef(), "CEF:0|too|few", "src") is None
    assert values(Cef(), CEF + "src=1 src=2", "src") == ["1"]


@pytest.mark.parametrize("before", ["", "   ", "<134>relay "])
def test_cef_of_which_a_syslog_reader_took_the_beginning(before: str) -> None:
    line = before + ("CEF:" if before.endswith("relay ") else "") + CEF.partition("CEF:")[2] + "src=10.0.0.1"
    assert values(Cef("proxy"), line, "src") == ["10.0.0.1"]
    assert values(Cef("proxy"), " " * 9 + CEF.partition("CEF:")[2] + "src=10.0.0.1", "src") is None


def test_leef_without_its_beginning_and_parted_by_bars() -> None:
    assert values(Leef("acme"), "1.0|Acme|Proxy|1|200|src=10.0.0.1\tusrName=jdoe", "usrName") == ["jdoe"]
    assert values(
        Leef("acme"), "LEEF:1.0|Acme|Proxy|1|200|src=10.0.0.1|usrName=Jane Doe|url=/a|b", "src", "usrName"
    ) == [
        "10.0.0.1",
        "Jane Doe",
    ]
    assert values(Leef("acme"), "LEEF:1.0|Acme|Proxy|1|200|url=/a|b=c\tusrName=jdoe", "url", "usrName") == [
        "/a|b=c",
        "jdoe",
    ]


def test_leef() -> None:
    assert values(
        Leef("acme"), "LEEF:1.0|Acme|Proxy|1|200|src=10.0.0.1\tusrName=Jane Doe\tx=a=b", "src", "usrName", "x"
    ) == ["10.0.0.1", "Jane Doe", "a=b"]
    for mark in ("^", "x5E", "0x5e"):
        assert values(
            Leef(), f"LEEF:2.0|Acme|Proxy|1|200|{mark}|src=10.0.0.1^usrName=Jane Doe", "usrName", "leef.id"
        ) == ["Jane Doe", "200"]
    assert values(Leef(), "LEEF:1.0|Acme|Proxy|1|200|src=10.0.0.1 usrName=Jane", "usrName") == ["Jane"]
    assert values(Leef("other"), "LEEF:1.0|Acme|Proxy|1|200|src=1", "src") is None


def test_json_paths() -> None:
    line = json.dumps(
        {
            "a": {"b": {"c": 1}},
            "d.e": True,
            "l": [{"x": "y"}, 2],
            "s": '{"in": {"k": "v"}}',
            "n": None,
            "f": 1.5,
            "m": {"g.h": "i"},
        }
    )
    keys = ("a.b.c", "d.e", "l.0.x", "l.1", "l.7.x", "s.in.k", "n", "f", "m.g.h", "no|a.b.c", "a.b.c.d", "l")
    assert values(Json(), line, *keys) == ["1", "true", "y", "2", None, "v", None, "1.5", "i", "1", None, "2"]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "plain",
        "[1]",
        '"a"',
        "{",
        "}",
        '{"a":',
        "{" * 5000,
        '{"a":' * 5000,
        "[" * 9000 + "{}",
        "{} {",
        '{"a": 1} {"b": 2}',
        '{"a":1}{"b":2}',
    ],
)
def test_what_is_no_object_is_none(line: str) -> None:
    assert parse_object(line) in (None, {})


def test_objects_that_exporters_break_are_read() -> None:
    assert parse_object('{"a": 1},') == {"a": 1}
    assert parse_object('<134>Jun 3 10:00:00 h app: {"a": 1}') == {"a": 1}
    assert parse_object('{"a": "x\ty"}') == {"a": "x\ty"}
    assert parse_object('{"a": NaN} # end') is not None


def test_half_a_character_cannot_get_out() -> None:
    """An escaped lone surrogate is no text: nothing could print it."""
    found = parse_object('{"host": "a\\ud800b.example", "l": [{"\\udfff": "\\ud83d\\ude00"}]}')
    assert json.dumps(found, ensure_ascii=False).encode("utf-8")


def test_flat_keys_do_not_lose_whose_they_are() -> None:
    found = flatten(
        {
            "user": {"name": "jdoe"},
            "url": {"domain": "chatgpt.com"},
            "agent": {"hostname": "collector"},
            "source.ip": "10.0.0.1",
            "name": "x",
        }
    )
    assert found["username"] == "jdoe" and found["name"] == "x"
    assert found["domain"] == found["urldomain"] == "chatgpt.com"
    assert found["sourceip"] == "10.0.0.1" and "ip" not in found
    assert "hostname" not in found and "agenthostname" not in found


def test_keys_of_many_steps_are_left_out() -> None:
    """Each end of a path is a name: the time for one grows with the square of its length."""
    found = flatten(
        {
            "a." * 31 + "host": "x.example",
            "b." * 32 + "host": "y.example",
            "c." * 100_000: "z",
            "d" * 257: "w",
            "e": "v",
        }
    )
    assert found["host"] == "x.example" and found["e"] == "v"
    assert "z" not in found.values() and "w" not in found.values() and "y.example" not in found.values()


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
HEADS = ("", CEF, "LEEF:2.0|a|b|c|d|^|", "LEEF:1.0|a|b|c|d|", 'a="', "CEF:0|")


SIZE = 1 << 18
"""Bytes of a hostile line: enough for quadratic work to take hours."""


def test_a_long_line_of_anything_is_tokenized_in_time() -> None:
    for family in FAMILIES:
        if not isinstance(family, Pattern):
            for unit in HOSTILE:
                for head in HEADS if isinstance(family, (Cef, Leef)) else ("",):
                    tokenizer(family).read(head + unit * (SIZE // len(unit)))


def test_paths_of_a_megabyte_or_a_thousand_steps() -> None:
    assert path_getter(".".join("a" * 1000))({"a": {"a": 1}}) is None
    assert path_getter("a.b")({"a": "{" * (1 << 20)}) is None


def test_a_name_in_a_list_of_names_and_values() -> None:
    headers = [
        {"name": "Host", "value": "a.example"},
        5,
        {"Name": "x-y", "Value": 7},
        {"name": "host", "value": "b.example"},
        {"value": 1},
    ]
    for path, value in {
        "h.host": "a.example",
        "h.X-Y": "7",
        "h.none": None,
        "h.cookie": None,
        "h.1": "5",
        "h.9": None,
    }.items():
        assert path_getter(path)({"h": headers}) == value


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
