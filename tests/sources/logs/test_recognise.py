"""What a line or a file is, told by content: through wrappings, in any mixture, and never by a line that only looks so."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowai.sources.logs import formats, literals
from shadowai.sources.logs.description import CsvHeader
from shadowai.sources.logs.json_objects import parse_object
from shadowai.sources.logs.recognise import Recogniser, header_columns
from tests.formats import expected

SQUID = "1717416000.123     95 10.0.0.1 TCP_TUNNEL/200 4913 CONNECT chatgpt.com:443 jdoe HIER_DIRECT/192.0.2.7 -"
FORTIGATE = (
    'date=2024-06-03 time=12:00:00 devname="fw" devid="FGT60" logid="0000000013" type="traffic" subtype="forward" level="notice" '
    'vd="root" srcip=10.0.0.5 dstip=192.0.2.7 dstport=443 action="accept" hostname="claude.ai" sentbyte=5 rcvdbyte=7'
)
EVE = json.dumps(
    {
        "timestamp": "2024-06-03T12:00:00.0+0000",
        "event_type": "tls",
        "src_ip": "10.0.0.1",
        "dest_ip": "192.0.2.7",
        "dest_port": 443,
        "proto": "TCP",
        "flow_id": 1,
        "tls": {"sni": "claude.ai"},
    }
)
KNOWN = Recogniser(formats())


def named(*lines: str) -> tuple[str, int] | None:
    found = KNOWN.file(lines)
    return None if found is None else (found.format.name, found.depth)


@pytest.mark.parametrize(
    ("line", "name", "depth"),
    [
        (SQUID, "squid_native", 0),
        (FORTIGATE, "fortigate_kv", 0),
        (EVE, "suricata_eve", 0),
        (f"<134>Jun  3 12:00:00 p squid[1]: {SQUID}", "squid_native", 1),
        (f"<134>1 2024-06-03T12:00:00Z p squid 1 - - {SQUID}", "squid_native", 1),
        (f"<134>{SQUID}", "squid_native", 1),
        (f"<13>Jun  3 12:00:01 relay <134>Jun  3 12:00:00 p squid[1]: {SQUID}", "squid_native", 2),
        (json.dumps({"message": SQUID}), "squid_native", 1),
        (json.dumps({"log": f"<134>Jun  3 12:00:00 p squid: {SQUID}\n"}), "squid_native", 2),
    ],
)
def test_a_line_is_recognised_through_its_wrappings(line: str, name: str, depth: int) -> None:
    vote = KNOWN.line(line)
    assert vote is not None
    assert (vote[0].name, vote[1]) == (name, depth)
    assert named(line, line) == (name, depth)


def test_a_row_of_a_table_that_quotes_a_line_is_not_that_line() -> None:
    """Its quotes are doubled: nothing of it would be read, and it would pass for an event without a destination."""
    line = '[action:"Block"; loguid:"{0x1,0x2}"; origin:"192.0.2.1"; product:"URL Filtering"; dst:"203.0.113.7"; src:"10.0.0.5"; user:""]'
    assert named(f"<134>1 2026-01-05T08:00:00Z gw CheckPoint 1 - {line}") == ("checkpoint_syslog_kv", 0)
    doubled = line.replace('"', '""')
    assert named(f'"2026-01-05T08:00:00Z","gw","<134>1 2026-01-05T08:00:00Z gw CheckPoint 1 - {doubled}"') is None


@pytest.mark.parametrize(
    "line",
    [
        "",
        " ",
        "hello world",
        "a=1 b=2",
        "{}",
        "[]",
        "<134>",
        "#comment",
        "10.0.0.1 - -",
        '{"a": {"b": 1}}',
        "\x00\x1b",
        "2024-06-03 12:00:00",
    ],
)
def test_a_line_of_nothing_is_none(line: str) -> None:
    assert KNOWN.line(line) is None
    assert named(line) is None


def test_a_file_is_what_most_of_it_is_and_the_rest_is_known_too() -> None:
    found = KNOWN.file([SQUID] * 5 + [FORTIGATE] * 3 + ["junk"] * 9)
    assert found is not None
    assert found.format.name == "squid_native"
    assert dict(found.seen) == {"squid_native": 5, "fortigate_kv": 3}


def test_a_specific_format_goes_before_a_generic_one() -> None:
    kv = "time=2024-06-03T12:00:00Z src=10.0.0.1 user=jdoe host=chatgpt.com"
    assert named(*[kv] * 9) == ("generic_kv", 0)
    assert named(*[kv] * 9, SQUID) == ("squid_native", 0)
    assert named(*[kv] * 40, SQUID) == ("generic_kv", 0)


@pytest.mark.parametrize("mark", ["CEF:0|a|b|c|d|e|1|suser=ceo", "LEEF:1.0|a|b|c|d|usrName=ceo"])
def test_what_somebody_asked_for_does_not_say_what_the_log_is(mark: str) -> None:
    for line in (
        f'{{"time":"2024-06-03T12:00:00Z","user":"jdoe","url":"https://chatgpt.com/ {mark}"}}',
        f'time=2024-06-03T12:00:00Z src=10.0.0.1 user=jdoe url="https://chatgpt.com/ {mark}"',
        f"<134>Jun  3 12:00:00 gw app: src=10.0.0.1 user=jdoe url=https://chatgpt.com/{mark}",
    ):
        vote = KNOWN.line(line)
        assert vote is not None and vote[0].guessed
    for before in (
        "",
        "Jun  3 12:00:00 gw ",
        '<134>1 2024-06-03T12:00:00Z gw app - - [meta seq="1"] ',
        "2024-06-03 gw app: ",
    ):
        vote = KNOWN.line(before + mark)
        assert vote is not None and vote[0].name in ("cef_generic", "leef_generic")


@pytest.mark.parametrize(
    "lines",
    [
        ("time,dest_host,user", "2024-06-03T12:00:00Z,chatgpt.com,jdoe"),
        ("Proxy report", "June 2024", "", "Time;Destination Host;User", "t;chatgpt.com;jdoe"),
        ("sep=|", "Time|URL|User", "t|https://chatgpt.com/|jdoe"),
        ("user\ttime\tdestination domain", "jdoe\tt\tchatgpt.com"),
    ],
)
def test_a_table_is_told_by_its_header_with_or_without_a_preamble(lines: tuple[str, ...]) -> None:
    assert named(*lines) == ("generic_csv", 0)


def test_a_header_in_syslog_is_a_header() -> None:
    head = "<134>Jun  3 12:00:00 h iis: "
    w3c = (
        "#Software: Microsoft Internet Information Services 10.0",
        "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status",
    )
    plain, wrapped = named(*w3c), named(*(head + line for line in w3c))
    assert plain is not None and wrapped is not None
    assert wrapped == (plain[0], 1)


def test_a_header_of_no_known_table_is_what_stands_behind_the_syslog_header() -> None:
    rows = ("time,dest_host,user", "2024-06-03T12:00:00Z,chatgpt.com,jdoe")
    for head in ("Jun  3 12:00:00 h exporter: ", "2024-06-03T12:00:00Z h exporter: ", "null\t"):
        assert named(*(head + row for row in rows)) == ("generic_csv", 1)
    umbrella = "Timestamp,Most Granular Identity,Identities,InternalIp,ExternalIp,Action,QueryType,ResponseCode,Domain,Categories"
    plain = named(umbrella)
    assert plain is not None and named("null\t" + umbrella) == (plain[0], 1)


def test_of_an_object_within_another_the_inner_one_is_read_by_its_names() -> None:
    record = {"time": "2024-06-03T12:00:00Z", "user": "jdoe", "url": "https://chatgpt.com/"}
    hit = {"_index": "proxy", "_id": "1", "_source": record | {"host": "collector"}}
    event = {"time": 1717416000, "host": "collector", "source": "s", "sourcetype": "x", "event": record}
    entry = {"logName": "projects/p/logs/x", "timestamp": "2024-06-03T12:00:00Z", "jsonPayload": record}
    for whole in (hit, event, entry):
        assert named(json.dumps(whole)) == ("generic_json", 1)
    answer = {
        "queryName": "chatgpt.com.",
        "queryType": "A",
        "sourceIP": "10.0.0.5",
        "user": "jdoe",
        "url": "https://chatgpt.com/",
    }
    assert named(json.dumps(entry | {"jsonPayload": answer})) == ("gcp_dns", 0)


def test_of_an_object_only_formats_whose_keys_it_has_are_asked_and_none_that_would_know_it_is_left_out() -> None:
    every = Recogniser(formats())
    for name in sorted(formats()):
        for sample in expected.samples(name):
            for line in sample.read_bytes()[: 1 << 16].decode("utf-8", "replace").split("\n")[:20]:
                obj = parse_object(line) if line.startswith("{") else None
                for as_object in (False, True) if obj is not None else ():
                    tests = every._tests_of_objects if as_object else every._tests
                    wanted = next((fmt for fmt, is_one in tests if is_one(line, obj)), None)
                    assert every._text(line, as_object=as_object) is wanted
    assert 20 < len(every._fitting) <= 256
    assert max(len(fitting) for fitting in every._fitting.values()) < len(every._tests)


def test_objects_with_names_without_end_are_not_remembered() -> None:
    every = Recogniser(formats())
    every._text(json.dumps({f"{'k' * 100}{n}": 1 for n in range(50)}), as_object=False)
    assert not every._fitting
    for n in range(300):
        every._text(json.dumps({f"k{n}": 1}), as_object=False)
    assert len(every._fitting) == 300 - 256


def test_an_object_behind_a_syslog_header_heads_no_table() -> None:
    alert = {
        "seconds": 1770728400, "action": "allow", "dst_addr": "203.0.113.9", "dst_port": 443, "gid": 1, "sid": 1, "src_addr": "10.0.0.5",
        "src_port": 50400, "protocol": 6, "start": 1, "end": 2, "bytes": 3,
    }  # fmt: skip
    assert KNOWN.file(["Jun  3 12:00:00 h a: " + json.dumps(alert)] * 3) is None


def test_a_list_of_values_is_no_header() -> None:
    assert named("chatgpt.com,jdoe,10.0.0.1", "claude.ai,jdoe,10.0.0.1") is None


def test_header_columns() -> None:
    assert header_columns('Time,"Dest Host",User', CsvHeader()) == {"time", "desthost", "user"}
    assert header_columns("a sentence about nothing", CsvHeader()) == frozenset()


@settings(deadline=None, max_examples=200)
@given(st.text() | st.text(alphabet='<>{}[]"\\=|,;:. \t#0129abdehostrucCEFL', max_size=120))
def test_no_text_makes_it_fail(text: str) -> None:
    KNOWN.line(text)
    KNOWN.file(text.split("\n"))


def test_a_log_of_few_lines_waits_for_few_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiling those of all formats takes longer than the rest of a scan of a small file."""
    compiled: list[str] = []

    class Counted:
        error = re.error
        IGNORECASE = re.IGNORECASE

        @staticmethod
        def compile(pattern: str) -> re.Pattern[str]:
            compiled.append(pattern)
            return re.compile(pattern)

    monkeypatch.setattr(literals, "re", Counted)
    literals.searched.cache_clear()
    fresh = Recogniser(formats())
    for line in (FORTIGATE, '{"a": 1}'):
        fresh.line(line)
    every = {fmt.line for fmt in formats().values()}
    assert KNOWN.line(FORTIGATE) is not None and 0 < len(compiled) < len(every) / 4
    literals.searched.cache_clear()


SIZE = 1 << 13


def test_a_line_is_told_by_its_beginning_however_long_it_is() -> None:
    for end in (" x" * (1 << 19), ' x="' + "y" * (1 << 20) + '"'):
        found = KNOWN.line(FORTIGATE + end)
        assert found is not None and found[0].name == "fortigate_kv"
    assert KNOWN.line("x " * (1 << 15) + FORTIGATE) is None


def test_hostile_lines_are_looked_at_in_time() -> None:
    """Every format's own pattern takes part: one that goes back over the line for each of its characters shows here."""
    for unit in ("a=", '"', "[", " ", "\\", 'a="', "|", "{", '{"a":', "\t", "a: ", ",", "x", "1 ", "<1>", '" ', "- "):
        for head in ("", "<134>Jun  3 12:00:00 h a: ", "CEF:0|a|b|c|d|e|f|", "<134>1 2024-06-03T12:00:00Z h a - - ["):
            KNOWN.line(head + unit * (SIZE // len(unit)))
