"""``key=value`` in its dialects, CEF and LEEF."""

from __future__ import annotations

from typing import Any

import pytest

from shadowai.sources.logs.description import (
    Cef,
    KeyValue,
    Leef,
)
from tests.sources.logs.test_families import values


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
        (
            "colon_words",
            'User Name: j, d, Source IP: 1, empty:, Client IP address: 2, Quoted: "a, User Name: b", X: ',
            {
                "User Name": "j, d",
                "Source IP": "1",
                "empty": "",
                "Client IP address": "2",
                "Quoted": "a, User Name: b",
                "X": "",
            },
        ),
        ("colon_words", "User: first, User: forged, see also a User: z", {"User": "first"}),
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


def test_leef_whose_tabs_were_escaped_on_the_way_and_one_in_which_somebody_wrote_so() -> None:
    escaped = "LEEF:1.0|Acme|Proxy|1|200|src=10.0.0.1#011usrName=Jane Doe#011url=/a|b=c"
    assert values(Leef(), escaped, "src", "usrName", "url") == ["10.0.0.1", "Jane Doe", "/a|b=c"]
    for mark in ("|", "\t"):
        line = mark.join(("LEEF:1.0|Acme|Proxy|1|200|src=10.0.0.1", "ua=x#011usrName=ceo#011y", "usrName=jdoe"))
        assert values(Leef(), line, "src", "usrName") == ["10.0.0.1", "jdoe"]


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
