"""What transport wraps around a line comes off, layer by layer, and nothing of the line with it."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.sources.syslog import NO_HEADER, Header, layers, open_envelope, unwrap

SQUID = "1717400000.123     95 10.0.0.1 TCP_TUNNEL/200 4913 CONNECT chatgpt.com:443 jdoe HIER_DIRECT/192.0.2.7 -"


@pytest.mark.parametrize(
    ("line", "text", "header"),
    [
        (f"<134>Jun  3 10:00:00 proxy1 squid[12]: {SQUID}", SQUID, Header("Jun  3 10:00:00", "proxy1", "squid")),
        (f"Jun  3 10:00:00 proxy1 squid: {SQUID}", SQUID, Header("Jun  3 10:00:00", "proxy1", "squid")),
        (
            f"<134>Jun 13 10:00:00.123 proxy1 (squid-1): {SQUID}",
            SQUID,
            Header("Jun 13 10:00:00.123", "proxy1", "(squid-1)"),
        ),
        (
            f"<134>2024-06-03T10:00:00+02:00 proxy1 squid[12]: {SQUID}",
            SQUID,
            Header("2024-06-03T10:00:00+02:00", "proxy1", "squid"),
        ),
        (
            f"2024-06-03T10:00:00.123456Z proxy1 squid: {SQUID}",
            SQUID,
            Header("2024-06-03T10:00:00.123456Z", "proxy1", "squid"),
        ),
        ("<190>Jun 3 2024 10:00:00 fw1 : %ASA-6-302013: Built", "%ASA-6-302013: Built", None),
        (
            f"<166>:Jun 03 2024 10:00:00 UTC: proxy1 squid: {SQUID}",  # Cisco's EMBLEM format
            SQUID,
            Header("Jun 03 2024 10:00:00 UTC", "proxy1", "squid"),
        ),
        (
            f"<134>1 2024-06-03T10:00:00Z proxy1 squid 12 ID47 - {SQUID}",
            SQUID,
            Header("2024-06-03T10:00:00Z", "proxy1", "squid"),
        ),
        (
            f'<134>1 2024-06-03T10:00:00Z proxy1 squid 12 ID47 [a@1 k="v\\"]" j="]"][b@2] \ufeff{SQUID}',
            SQUID,
            Header("2024-06-03T10:00:00Z", "proxy1", "squid"),
        ),
        (f"<134>1 - - - - - - {SQUID}", SQUID, Header(None, "-", "-")),
        (
            f"250 <134>1 2024-06-03T10:00:00Z proxy1 squid - - - {SQUID}",
            SQUID,
            Header("2024-06-03T10:00:00Z", "proxy1", "squid"),
        ),
        (
            '<14>1 2024-06-03T10:00:00Z fw RT - - [junos@2636 a="b"]',
            '[junos@2636 a="b"]',
            Header("2024-06-03T10:00:00Z", "fw", "RT"),
        ),
        (f"<134>{SQUID}", SQUID, NO_HEADER),
        (
            f"<166>2024 Jun 03 10:00:00 UTC proxy1 squid: {SQUID}",  # Cisco's devices, where asked to say the year
            SQUID,
            Header("2024 Jun 03 10:00:00 UTC", "proxy1", "squid"),
        ),
        ("[2024-06-03 10:00:00] EFW: CONN: prio=1", "CONN: prio=1", Header("2024-06-03 10:00:00", None, "EFW")),
    ],
)
def test_a_syslog_header_comes_off(line: str, text: str, header: Header | None) -> None:
    found = unwrap(line)
    assert found is not None
    assert found.text.endswith(text) if header is None else found.text == text
    if header is not None:
        assert found.header == header


@pytest.mark.parametrize(
    "line",
    [
        SQUID,
        "",
        "plain text",
        '{"a": 1}',
        "#Fields: date time",
        "2024-06-03,10:00:00,chatgpt.com",
        "Jun",
        "<>x",
        "<1234>x",
        "[2024-06-03 10:00:00 EFW: CONN: prio=1",
    ],
)
def test_what_has_no_header_is_left_alone(line: str) -> None:
    assert unwrap(line) is None


def test_escaped_control_characters_are_undone_within_syslog_only() -> None:
    found = unwrap("<134>Jun  3 10:00:00 h dns: a#011b#033[31m#012")
    assert found is not None and found.text == "a\tb\x1b[31m"
    assert unwrap("a#011b") is None
    assert [payload.text for payload in layers("a#011b")] == ["a#011b"]
    kept = unwrap("<134>Jun  3 10:00:00 h dns: #Fields #999 #041 #0112")
    assert kept is not None and kept.text == "#Fields #999 #041 \t2"
    plain = unwrap("<134>Jun  3 10:00:00 h dns: a\tb=x#011user=y")
    assert plain is not None and plain.text == "a\tb=x#011user=y"  # a server that escapes leaves no tab


def test_a_byte_order_mark_within_a_file_is_taken_off() -> None:
    assert [payload.text for payload in layers("\ufeff<134>Jun  3 10:00:00 h dns: a=b")][-1] == "a=b"
    assert [payload.text for payload in layers("\ufeffa=b")] == ["\ufeffa=b", "a=b"]


def texts(line: str, most: int = 4) -> list[str]:
    return [payload.text for payload in layers(line, most)]


def test_wrapped_twice_the_innermost_header_speaks() -> None:
    line = f"<13>Jun  4 11:11:11 relay <134>Jun  3 10:00:00 proxy1 squid[12]: {SQUID}"
    *_, last = layers(line)
    assert last.text == SQUID
    assert last.header == Header("Jun  3 10:00:00", "proxy1", "squid")


@pytest.mark.parametrize(
    "key", ["message", "log", "_raw", "@message", "MESSAGE", "textPayload", "SyslogMessage", "RawData"]
)
def test_a_shippers_object_is_opened(key: str) -> None:
    line = json.dumps({"agent": {"type": "filebeat"}, key: SQUID + "\n"})
    assert open_envelope(line) == SQUID
    assert texts(line) == [line, SQUID]


def test_the_original_of_an_event_is_opened_nested_or_dotted() -> None:
    assert open_envelope(json.dumps({"event": {"original": SQUID}})) == SQUID
    assert open_envelope(json.dumps({"event.original": SQUID})) == SQUID


def test_what_splunk_was_given_is_opened_and_the_name_of_an_event_is_not() -> None:
    assert open_envelope(json.dumps({"time": 1770719400, "sourcetype": "squid", "event": SQUID})) == SQUID
    assert open_envelope(json.dumps({"time": 1770719400, "event": SQUID})) is None
    given = {"time": 1770719400, "sourcetype": "suricata", "host": "sensor1", "event": {"event_type": "tls"}}
    assert open_envelope(json.dumps(given)) == '{"event_type":"tls"}'
    assert open_envelope(json.dumps(given | {"user": "jdoe"})) is None  # a record of a product, not an envelope
    untyped = {
        "time": 1770719400,
        "host": "stream-1",
        "source": "Palo Alto Networks FLS LF",
        "event": {"LogType": "THREAT"},
    }
    assert open_envelope(json.dumps(untyped)) == '{"LogType":"THREAT"}'
    assert open_envelope(json.dumps({"time": 1770719400, "event": {"LogType": "THREAT"}})) is None
    assert open_envelope(json.dumps(untyped | {"time": "2026-02-10T10:30:00Z"})) is None  # the collector takes seconds


def test_the_header_of_proxysg_has_no_blank_behind_its_time() -> None:
    payload = unwrap(
        "2026-01-05T08:00:00PROXY01.example.org bluecoat - splunk_format - c-ip=10.1.2.3 cs-host=chatgpt.com"
    )
    assert payload is not None
    assert payload.text == "c-ip=10.1.2.3 cs-host=chatgpt.com"
    assert payload.header == Header("2026-01-05T08:00:00", "PROXY01.example.org", "bluecoat")
    assert unwrap("2026-01-05T08:00:00PROXY01.example.org squid - c-ip=10.1.2.3") is None


def test_docker_says_the_time_beside_the_line() -> None:
    line = json.dumps({"log": "chatgpt.com was asked for\n", "stream": "stdout", "time": "2024-06-03T10:00:00.5Z"})
    *_, last = layers(line)
    assert (last.text, last.header.time, last.layer) == ("chatgpt.com was asked for", "2024-06-03T10:00:00.5Z", "json")


def test_json_in_syslog_in_json_in_syslog() -> None:
    inner = json.dumps({"message": f"<134>Jun  3 10:00:00 proxy1 squid: {SQUID}"})
    line = json.dumps({"log": f"<13>Jun  4 11:11:11 relay docker: {inner}"})
    found = list(layers(line))
    assert found[-1].text == SQUID and len(found) == 5
    assert found[-1].header.time == "Jun  3 10:00:00"
    assert len(texts(line, most=2)) == 3


@pytest.mark.parametrize(
    "line",
    [
        '{"message": "short"}',
        '{"message": 5}',
        '{"message": null, "a": 1}',
        '{"message": {"a": "bbbbbbbbbbbb"}}',
        '{"event": "bbbbbbbbbbbbb"}',
        '["message", "bbbbbbbbbbbbb"]',
        '{"message": "bbbbbbbbbbbb"',
        '{"a": "bbbbbbbbbbbbbbb"}',
        "{" * 5000 + "}",
        "{}",
    ],
)
def test_what_is_no_envelope_is_not_opened(line: str) -> None:
    assert open_envelope(line) is None


@given(
    st.text()
    | st.text(alphabet='<>0123456789JunT:- []"{}\\=#', max_size=60).map(
        lambda text: f"<134>1 2024-06-03T10:00:00Z {text}"
    )
)
def test_layers_never_fail_and_begin_with_the_line_itself(line: str) -> None:
    found = list(layers(line))
    assert found[0].text == line
    assert 1 <= len(found) <= 5
    assert all(len(later.text) < len(before.text) for before, later in pairwise(found))


def test_what_others_carry_as_an_object_is_opened() -> None:
    hit = {"_index": "logs", "_id": "1", "_source": {"url": {"domain": "chatgpt.com"}}}
    assert open_envelope(json.dumps(hit)) == '{"url":{"domain":"chatgpt.com"}}'
    assert open_envelope(json.dumps({"_source": {"url": {"domain": "chatgpt.com"}}})) is None
    rule = {"detail-type": "AWS API Call via CloudTrail", "detail": {"eventName": "InvokeModel"}}
    assert open_envelope(json.dumps(rule)) == '{"eventName":"InvokeModel"}'
    for name in ("value", "payload"):
        assert open_envelope(json.dumps({"topic": "t", "partition": 0, "offset": 7, name: SQUID})) == SQUID
    assert open_envelope(json.dumps({"topic": "t", "partition": 0, "offset": 7, "value": 5})) is None


def test_a_shipper_may_write_the_time_as_a_number() -> None:
    line = "%ASA-5-304001: 10.1.2.3 Accessed URL 203.0.113.9:http://chatgpt.com/"
    collector = json.dumps({"time": 1767600000.5, "event": line, "sourcetype": "cisco:asa"})
    assert list(layers(collector))[1] == (line, Header(time="1767600000.5"), "json")
    gelf = json.dumps({"version": "1.1", "short_message": line, "timestamp": 1767600000})
    assert list(layers(gelf))[1].header.time == "1767600000"
    assert list(layers(json.dumps({"message": line, "time": True})))[1].header.time is None


def test_an_export_of_splunk_has_the_time_beside_the_line() -> None:
    line = "%ASA-5-304001: 10.1.2.3 Accessed URL 203.0.113.9:http://chatgpt.com/"
    export = json.dumps({"preview": False, "result": {"_raw": line, "_time": "2026-01-05T09:00:00.000+0100"}})
    assert list(layers(export))[1].header.time == "2026-01-05T09:00:00.000+0100"


def test_the_time_of_the_journal_is_taken() -> None:
    line = json.dumps({"MESSAGE": SQUID, "__REALTIME_TIMESTAMP": "1773310953123456"})
    assert list(layers(line))[1].header.time == "1773310953123456"


@pytest.mark.parametrize(
    "message",
    [
        'fd00:1::10 - jo [22/Nov/2026:10:30:45 +0000] "GET http://chatgpt.com/ HTTP/1.1" 200 5',
        "2001:db8::7",
        "[2001:db8::7]:8443 -> x",
        "2001:db8::7, other",
        'ai-gateway.example.com:8443 10.0.0.9, - "GET / HTTP/1.1"',
        "10.0.0.4:22222 [22/Nov/2026:10:30:45.123] front back/server",
        "LEEF:1.0|Example|Web Security|1|allowed|cat=x",
        "10:30:45.123 query chatgpt.com",
        "2026/11/22-10:30:45.123 query chatgpt.com",
        "22/Nov/2026:10:30:45 +0100 query chatgpt.com",
    ],
)
@pytest.mark.parametrize(
    "before", ["<134>Nov 22 10:30:45 relay1 ", "Nov 22 10:30:45 relay1 ", "<134>2026-11-22T10:30:45Z relay1 "]
)
def test_a_message_without_a_tag_keeps_its_beginning(before: str, message: str) -> None:
    payload = unwrap(before + message)
    assert payload is not None and payload.text == message
    assert (payload.header.host, payload.header.tag) == ("relay1", None)


@pytest.mark.parametrize(
    ("message", "tag", "text"),
    [
        ("squid[7]: a b", "squid", "a b"),
        ("squid: 10.0.0.4:22222 b", "squid", "10.0.0.4:22222 b"),
        ("CEF:0|Example|x", "CEF", "0|Example|x"),
        ("%ASA-6-302013: Built", "%ASA-6-302013", "Built"),
        ("dead: a", "dead", "a"),
        ("app:message", "app", "message"),
    ],
)
def test_a_tag_is_still_one(message: str, tag: str, text: str) -> None:
    payload = unwrap(f"<134>Nov 22 10:30:45 relay1 {message}")
    assert payload is not None and (payload.header.tag, payload.text) == (tag, text)


@pytest.mark.parametrize(
    ("before", "header"),
    [
        ("2026-11-26 10:30:45\tLocal7.Info\t192.0.2.9\t", Header("2026-11-26 10:30:45", "192.0.2.9")),
        ('2026-11-26T10:30:45Z {app="proxy", job="a \\"b\\""}   ', Header("2026-11-26T10:30:45Z")),
        ("2026-11-26T10:30:45+01:00 {} ", Header("2026-11-26T10:30:45+01:00")),
        ("CreateTime:1764153045000\t", Header("1764153045000")),
        ("LogAppendTime:1764153045000\tPartition:0\tOffset:7\tNO_HEADERS\tnull\t", Header("1764153045000")),
        ("NO_TIMESTAMP\tnull\t", Header()),
        ("null\t", Header()),
        ("squid-1  | ", Header(tag="squid-1")),
        ("[pod/squid-5f7/proxy] ", Header()),
    ],
)
def test_what_tools_print_before_a_line_comes_off(before: str, header: Header) -> None:
    payload = unwrap(before + SQUID)
    assert payload is not None and (payload.text, payload.header) == (SQUID, header)


@pytest.mark.parametrize(
    "line", ["10.0.0.5 | jdoe | chatgpt.com", "pc1 | jdoe", "null,x", '{app="x"} a', "CreateTime:5\tx"]
)
def test_a_table_is_no_tools_print(line: str) -> None:
    assert unwrap(line) is None


@pytest.mark.parametrize(
    "line",
    [
        SQUID,
        "2026-01-05 08:00:00 120 10.0.0.5 200 TCP_MISS 4000 GET http chatgpt.com 80 / - jdoe",
        '10.0.0.5 - jdoe [05/Jan/2026:08:00:00 +0000] "GET http://chatgpt.com/ HTTP/1.1" 200 5',
        '10.0.0.5 - jdoe [05/01/2026 08:00:00] "GET http://chatgpt.com/ HTTP/1.1" 200 5',
        "10.0.0.5:50001 [05/Jan/2026:08:00:00.123] fe~ be/srv 0/0/1/20/21 200 4000",
        "05/Jan/2026:08:00:00 +0000 452 10.0.0.5 TCP_TUNNEL/200",
        "#Fields: date time c-ip cs-host",
        "<134>Jan  5 08:00:00 proxy1 squid: a",
        "Jan  5 08:00:00 proxy1 squid: a",
    ],
)
def test_what_stands_behind_a_time_alone_is_no_host(line: str) -> None:
    for time in ("2026-11-26T10:30:45.123Z", "2026-11-26T10:30:45+01:00"):
        payload = unwrap(f"{time} {line}")
        assert payload is not None and (payload.text, payload.header.host) == (line, None)
        payload = unwrap(f"{time} relay1 {line}")
        assert payload is not None and (payload.text, payload.header.host) == (line, "relay1")


def test_the_time_of_the_writer_counts_at_every_layer() -> None:
    line = "Jan  5 08:00:00 fw1 %ASA-5-304001: 10.1.2.3 Accessed URL 203.0.113.9:http://chatgpt.com/"
    for around in (
        f"2026-11-26T10:30:45Z relay1 fwd: {line}",
        json.dumps({"@timestamp": "2026-11-26T10:30:45Z", "message": line}),
    ):
        whole, *within = layers(around)
        assert whole.header == NO_HEADER
        assert {payload.header.time for payload in within} == {"Jan  5 08:00:00"}
    docker = json.dumps({"log": "chatgpt.com was asked for\n", "time": "2024-06-03T10:00:00.5Z"})
    assert [payload.header.time for payload in layers(f"Nov 26 10:30:45 relay1 fwd: {docker}")][1:] == [
        "2024-06-03T10:00:00.5Z"
    ] * 2
    timed = json.dumps({"log": "chatgpt.com was asked for\n", "time": 0.25})
    assert [payload.header.time for payload in layers(f"Nov 26 10:30:45 relay1 fwd: {timed}")][1:] == [
        "Nov 26 10:30:45"
    ] * 2


def test_objects_that_logging_services_carry_are_opened() -> None:
    record = {"user": "jdoe", "url": "https://chatgpt.com/"}
    entry = {"logName": "projects/p/logs/stdout", "timestamp": "2026-11-26T10:30:45Z", "jsonPayload": record}
    beat = {"@timestamp": "2026-11-26T10:30:45Z", "agent": {"type": "filebeat"}, "json": record}
    datadog = {"id": "A1", "type": "log", "attributes": record | {"timestamp": "2026-11-26T10:30:45Z"}}
    for whole in (entry, beat, datadog):
        payload = list(layers(json.dumps(whole)))[1]
        assert json.loads(payload.text).items() >= record.items() and payload.layer == "object"
        assert payload.header.time == (None if whole is datadog else "2026-11-26T10:30:45Z")
    for other in ({"jsonPayload": record}, {"json": record}, {"type": "log", "attributes": record}):
        assert open_envelope(json.dumps(other)) is None
