"""From tokens to a record: the first usable value, nothing guessed, and shortcuts that agree with the whole."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.model import Actor, Answer, Record, Session
from shadowai.sources.logs import formats
from shadowai.sources.logs.description import Blank, Json, LogFormat, Part, TimeOf, Told, When, Whole
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.syslog import NO_HEADER, Header
from shadowai.sources.timestamps import Clock, iso

FMT = LogFormat(
    name="own",
    title="",
    vendor="",
    doc="",
    kind="http_request",
    family=Json(),
    fields={
        "host": ("host", Part("msg", r"to=(\S+)")),
        "url": ("url",),
        "path": ("path",),
        "user": ("user", "login"),
        "device": ("device",),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("port",),
        "method": ("method",),
        "action": ("action",),
        "bytes_up": ("up",),
        "bytes_down": ("down",),
        "user_agent": ("ua",),
    },
    time=(TimeOf(("date", "clock"), "tz"), TimeOf(("time",))),
    kinds=((When((("type", "^dns$"),)), "dns_query"),),
    blocked=(When((("action", "(?i)^deny"),)),),
    allowed=(When((("action", "(?i)^allow"),)),),
    uncounted=(When((("status", "^407$"), ("user", "^$")), "an authentication leg"),),
    nulls=frozenset({"nobody"}),
)


def record(fmt: LogFormat = FMT, header: Header = NO_HEADER, **values: Any) -> Record:
    reader = FormatReader(fmt, Clock(modified=1720000000.0))
    tokens = reader.tokens(json.dumps(values))
    assert isinstance(tokens, dict)
    return reader.record("x.log", 7, tokens, header)


def test_a_whole_record() -> None:
    found = record(
        host="ChatGPT.com.",
        url="https://chatgpt.com:8443/c?q=secret",
        user="EX\\JDoe",
        device="PC17.",
        src="10.0.0.1",
        dst="192.0.2.7",
        method="post",
        action=" Deny ",
        up=1834,
        down="12.0",
        ua="curl/8",
        time="2024-06-03T12:00:00Z",
    )
    assert found == Record(
        path="x.log",
        line=7,
        format="own",
        kind="http_request",
        time=1717416000000000,
        user="ex\\jdoe",
        device="pc17",
        client_ip="10.0.0.1",
        server_ip="192.0.2.7",
        server_port=8443,
        host="chatgpt.com",
        url="https://chatgpt.com:8443/c",
        method="POST",
        action="Deny",
        blocked=None,
        bytes_up=1834,
        bytes_down=12,
        user_agent="curl/8",
    )


@pytest.mark.parametrize(
    ("values", "field", "value"),
    [
        ({"host": "-", "msg": "to=chatgpt.com ok"}, "host", "chatgpt.com"),
        ({"host": "not a host", "msg": "to=chatgpt.com"}, "host", "chatgpt.com"),
        ({"user": "unknown", "login": "jdoe"}, "user", "jdoe"),
        ({"user": "Nobody"}, "user", None),
        ({"user": "PC17$"}, "device", "pc17"),
        ({"user": "PC17$"}, "user", None),
        ({"user": "PC17$", "login": "jdoe"}, "device", None),
        ({"src": "not an address"}, "client_ip", None),
        ({"port": "443"}, "server_port", 443),
        ({"port": "0"}, "server_port", None),
        ({"port": "70000"}, "server_port", None),
        ({"port": "9" * 5000}, "server_port", None),
        ({"port": "https"}, "server_port", None),
        ({"host": "chatgpt.com:8443"}, "server_port", 8443),
        ({"up": "-5"}, "bytes_up", None),
        ({"up": "1e3"}, "bytes_up", None),
        ({"up": "5.5"}, "bytes_up", None),
        ({"up": " 5 "}, "bytes_up", 5),
        ({"up": "9" * 5000}, "bytes_up", None),
        ({"up": "٣"}, "bytes_up", None),
        ({"up": 0}, "bytes_up", 0),
        ({}, "bytes_up", None),
        ({"method": "GET /x"}, "method", None),
        ({"method": "version-control"}, "method", "VERSION-CONTROL"),
        ({"host": "chatgpt.com", "path": "/c/1?q=secret"}, "url", "chatgpt.com/c/1"),
        ({"host": "2001:db8::1", "path": "/c"}, "url", "[2001:db8::1]/c"),
        ({"host": "chatgpt.com", "path": "c/1"}, "url", None),
        ({"path": "/c/1"}, "url", None),
        ({"host": "chatgpt.com", "url": "https://example.com/"}, "url", None),
        ({"url": "https://example.com/x"}, "url", "https://example.com/x"),
        ({"type": "dns"}, "kind", "dns_query"),
        ({"action": "DENY"}, "blocked", True),
        ({"action": "Allowed"}, "blocked", False),
        ({"action": "other"}, "blocked", None),
        ({"status": "407"}, "counted", False),
        ({"status": "407"}, "uncounted_because", "an authentication leg"),
        ({"status": "407", "user": "jdoe"}, "counted", True),
    ],
)
def test_a_field(values: dict[str, Any], field: str, value: object) -> None:
    assert getattr(record(**values), field) == value


@pytest.mark.parametrize(
    ("values", "header", "time", "assumed"),
    [
        ({"date": "2024-06-03", "clock": "14:00:00", "tz": "+0200"}, NO_HEADER, "2024-06-03T12:00:00Z", None),
        ({"date": "2024-06-03", "clock": "12:00:00"}, NO_HEADER, "2024-06-03T12:00:00Z", "zone"),
        ({"date": "2024-06-03", "time": "1717416000"}, NO_HEADER, "2024-06-03T12:00:00Z", None),
        ({"date": "junk", "clock": "x", "time": "1717416000"}, NO_HEADER, "2024-06-03T12:00:00Z", None),
        ({}, Header("Jun  3 12:00:00"), "2024-06-03T12:00:00Z", "year,zone"),
        ({"time": "1717416000"}, Header("Jun  4 12:00:00"), "2024-06-03T12:00:00Z", None),
        ({"time": "junk"}, NO_HEADER, None, None),
    ],
)
def test_the_time(values: dict[str, Any], header: Header, time: str | None, assumed: str | None) -> None:
    found = record(header=header, **values)
    assert (None if found.time is None else iso(found.time), found.time_assumed) == (time, assumed)


def test_a_line_of_another_format_of_the_same_shape_is_refused() -> None:
    blank = replace(
        FMT,
        family=Blank(2),
        fields={"host": (1,)},
        line="^chat",
        ignored="^note",
        time=(),
        kinds=(),
        blocked=(),
        allowed=(),
        uncounted=(),
    )
    reader = FormatReader(blank, Clock())
    assert reader.tokens("chatgpt.com x") == ["chatgpt.com", "x"]
    assert reader.tokens("claude.ai x") is None
    assert reader.tokens("note to self") is not None
    required = FormatReader(replace(FMT, family=Json(requires=(("kind", "^web$"),))), Clock())
    assert required.tokens('{"kind": "web"}') == {"kind": "web"}
    assert required.tokens('{"kind": "dns"}') is None and required.tokens("{}") is None


def test_percent_encoding_is_undone_where_the_writer_did_it() -> None:
    assert record(replace(FMT, percent_encoded=True), user="EX%5CJDoe").user == "ex\\jdoe"
    assert record(replace(FMT, percent_encoded=("user",)), user="j%20d", ua="a%20b").user_agent == "a%20b"
    assert record(user="EX%5CJDoe").user == "ex%5cjdoe"


VALUES = st.dictionaries(
    st.sampled_from(
        [
            "host",
            "msg",
            "url",
            "path",
            "user",
            "login",
            "device",
            "src",
            "dst",
            "port",
            "method",
            "action",
            "up",
            "down",
            "ua",
            "date",
            "clock",
            "tz",
            "time",
        ]
    ),
    st.text()
    | st.integers()
    | st.sampled_from(
        [
            "-",
            "PC17$",
            "EX\\j",
            "10.0.0.1",
            "chatgpt.com:443",
            "https://chatgpt.com/c",
            "2024-06-03",
            "12:00:00",
            "1717416000",
        ]
    )
    | st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.lists(st.text(max_size=3), max_size=2),
)


@given(VALUES)
def test_shortcuts_agree_with_the_record(values: dict[str, Any]) -> None:
    reader = FormatReader(FMT, Clock(modified=1720000000.0))
    tokens = reader.tokens(json.dumps(values))
    assert isinstance(tokens, dict)
    whole = reader.record("x", 1, tokens)
    assert reader.amounts(tokens) == (whole.time, whole.bytes_up, whole.bytes_down)
    assert reader.actor(tokens) == Actor(whole.user, whole.device, whole.client_ip)
    assert reader.server(tokens) == whole.server_ip
    assert reader.counts(tokens) == whole.counted
    assert reader.url(tokens, whole.host) == whole.url
    assert whole.host is None or list(reader.candidates(tokens))
    assert whole.user is None or whole.user == whole.user.strip() != ""


@pytest.mark.parametrize("null", ["N/A", " n/a ", "-", '"None"', "nowhere", "(null)"])
def test_a_word_for_no_value_is_no_candidate_for_the_host(null: str) -> None:
    """A scan looks at candidates only: one that the record passes over must not stand for its host."""
    reader = FormatReader(replace(FMT, nulls=frozenset({"Nowhere"})), Clock())
    tokens = reader.tokens(json.dumps({"host": null, "msg": "to=chatgpt.com"}))
    assert isinstance(tokens, dict)
    assert list(reader.candidates(tokens)) == ["chatgpt.com"]
    assert reader.record("x", 1, tokens).host == "chatgpt.com"


def test_a_dotted_word_for_no_value_is_no_candidate_either() -> None:
    reader = FormatReader(replace(FMT, nulls=frozenset({"0.0.0.0"})), Clock())
    tokens = reader.tokens(json.dumps({"host": "0.0.0.0", "msg": "to=chatgpt.com"}))
    assert isinstance(tokens, dict)
    assert list(reader.candidates(tokens)) == ["chatgpt.com"]


SESSIONS = replace(
    FMT,
    kind="connection",
    session=("serial", ("id", Part("log", "id=([1-9][0-9]*)"))),
    whole=Whole((When((("type", "^traffic$"),)),), ("sent",), ("rcvd",), (When((("web", "^[1-9]"),)),)),
    lasted=("took",),
    product="acme",
)


@pytest.mark.parametrize(
    ("values", "session"),
    [
        ({"serial": "A", "id": 7}, Session("acme:A|7", True)),
        ({"serial": "A", "log": "x id=7"}, Session("acme:A|7", True)),
        ({"serial": "A", "log": "x id=0"}, None),
        ({"serial": "A"}, None),
        ({"serial": "nobody", "id": 7}, None),
        ({"serial": "A", "id": "-"}, None),
        ({"serial": "A", "id": 7, "host": "example.com"}, Session("acme:A|7")),
        ({"serial": "A", "id": 7, "host": "example.com", "type": "traffic"}, Session("acme:A|7", True)),
        ({"serial": "A", "id": 7, "type": "dns"}, Session("acme:A|7")),
        ({"serial": "A", "id": 7, "sent": 900, "rcvd": "80", "up": 5}, Session("acme:A|7", True, 900, 80)),
        ({"serial": "A", "id": 7, "host": "example.com", "sent": "many"}, Session("acme:A|7")),
        ({"serial": "A", "id": 7, "web": 2}, Session("acme:A|7", True, named=True)),
    ],
)
def test_of_which_connection_a_record_tells(values: dict[str, Any], session: Session | None) -> None:
    assert record(SESSIONS, **values).session == session


def test_a_whole_record_s_own_sizes_are_the_connection_s_where_nothing_else_is_said() -> None:
    plain = replace(SESSIONS, whole=Whole())
    assert record(plain, serial="A", id=7, up=5, down=6).session == Session("acme:A|7", True, 5, 6)
    assert record(plain, serial="A", id=7, up=5, host="example.com").session == Session("acme:A|7")


@pytest.mark.parametrize(
    ("took", "before"),
    [("30", 30), ("0", 0), ("1.5", 1.5), ("0:01:07", 67), ("25:00:00", 90_000), ("-", None), ("", None), ("soon", None), ("1:2", None)],
)  # fmt: skip
def test_when_a_connection_began(took: str, before: float | None) -> None:
    found = record(SESSIONS, time="2026-01-05T09:00:00Z", took=took)
    assert found.time is not None
    assert found.began == (None if before is None else found.time - int(before * 1_000_000))
    assert record(SESSIONS, took=took).began is None
    if before is not None:
        thousandth = record(replace(SESSIONS, lasted_ms=True), time="2026-01-05T09:00:00Z", took=took)
        assert thousandth.began == found.time - int(before * 1000)


@pytest.mark.parametrize(
    ("ttls", "least"),
    [([86400.0, 60.5], 60), ("86400.000000,60.000000", 60), (30, 30), ([], None), ("-", None), ({"a": 1}, None)],
)
def test_an_answer_holds_as_long_as_the_least_that_it_tells(ttls: object, least: int | None) -> None:
    dns = replace(FMT, told=Told(("answers",), ("ttls",)))
    assert record(dns, src="10.0.0.5", answers=["a.example.net", "203.0.113.9"], ttls=ttls).answer == Answer(
        "10.0.0.5", ("203.0.113.9",), least
    )


def test_what_gives_each_field_is_not_remembered_for_columns_without_end() -> None:
    reader = FormatReader(formats()["w3c_generic"], Clock())
    for number in range(700):
        reader.tokens(f"#Fields: date time cs-host c{number}")
        tokens = reader.tokens("2026-01-05 08:00:00 chatgpt.com x")
        assert isinstance(tokens, list) and reader.record("x", 1, tokens).host == "chatgpt.com"
    assert len(reader._plans) <= 256
