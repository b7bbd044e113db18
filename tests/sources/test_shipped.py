"""What collectors give back becomes one record a line; what is damaged stays to be counted."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest

from shadowai.model import Gap, Record
from shadowai.sources import container, shipped
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile

_SQUID = "1767600005.123    120 10.0.0.5 TCP_DENIED/403 3900 CONNECT {} jdoe HIER_NONE/- text/html"
_LINES = [_SQUID.format("chatgpt.com:443"), _SQUID.format("claude.ai:443")]


def _read(raw: bytes, folder: Path) -> tuple[list[Record], list[Gap]]:
    path = folder / "x.log"
    path.write_bytes(raw)
    (source,) = container.expand([str(path)])
    assert not isinstance(source, Gap)
    with container.opened(source) as stream:
        (content,) = container.contents(source, stream)
        assert not isinstance(content, Gap)
        log = LogFile(content, formats())
        records = [log.record(row) for row in log.rows()]
        log.tally.named = sum(record.host is not None for record in records)
        return records, list(log.gaps())


def _hosts(raw: bytes, folder: Path) -> list[str | None]:
    records, gaps = _read(raw, folder)
    assert not gaps
    return [record.host for record in records]


def _loki(lines: list[str]) -> dict[str, Any]:
    values = [[str(1767600005123000000 + at), line, {"k": 'a["176760000512300000'}] for at, line in enumerate(lines)]
    return {"stream": {"job": 'squid["'}, "values": values}


_LOKI = {
    "pushed": json.dumps({"streams": [_loki(_LINES[:1]), _loki(_LINES[1:])]}),
    "queried": json.dumps(
        {"status": "success", "data": {"resultType": "streams", "result": [_loki(_LINES)], "stats": {}}}
    ),
    "laid out": json.dumps({"streams": [_loki(_LINES)]}, indent=2),
}


@pytest.mark.parametrize("shape", _LOKI)
def test_streams_of_loki(shape: str, tmp_path: Path) -> None:
    assert _hosts(_LOKI[shape].encode(), tmp_path) == ["chatgpt.com", "claude.ai"]


def _otlp(*bodies: Any) -> bytes:
    records = [{"timeUnixNano": "1767600005000000000", "body": body, "attributes": []} for body in bodies]
    logs = {"resource": {"attributes": []}, "scopeLogs": [{"scope": {}, "logRecords": records}]}
    return json.dumps({"resourceLogs": [logs]}).encode() + b"\n"


def test_records_of_opentelemetry_are_the_lines_that_they_carry(tmp_path: Path) -> None:
    text = [{"stringValue": line} for line in _LINES]
    assert _hosts(_otlp(*text) + _otlp(text[0]), tmp_path) == ["chatgpt.com", "claude.ai", "chatgpt.com"]
    pairs: list[tuple[str, dict[str, Any]]] = [
        ("user", {"stringValue": "jdoe"}),
        ("url", {"stringValue": "https://chatgpt.com/"}),
        ("bytes_sent", {"intValue": "1200"}),
        ("blocked", {"boolValue": True}),
        ("tags", {"arrayValue": {"values": [{"stringValue": "a"}]}}),
    ]
    apart = {"kvlistValue": {"values": [{"key": key, "value": value} for key, value in pairs]}}
    (record,), gaps = _read(_otlp(apart), tmp_path)
    assert (record.host, record.user, record.bytes_up, record.blocked, gaps) == ("chatgpt.com", "jdoe", 1200, True, [])
    assert record.time == 1767600005 * 10**6


@pytest.mark.parametrize(
    "body", [{"stringValue": "claude_code.api_request"}, {}, None, {"kvlistValue": 5}, {"intValue": "5"}]
)
def test_a_record_of_opentelemetry_that_carries_no_line_stays(body: object) -> None:
    raw = _otlp(body)
    assert b"".join(shipped.otlp(io.BytesIO(raw))) == raw
    assert b"".join(shipped.otlp(io.BytesIO(raw[:-9]))) == raw[:-9]


def test_a_value_of_loki_that_is_cut_off_is_counted(tmp_path: Path) -> None:
    text = json.dumps({"streams": [_loki(_LINES)]})
    records, gaps = _read(text[: text.index("claude") + 3].encode(), tmp_path)
    assert [record.host for record in records] == ["chatgpt.com"]
    assert [gap.count for gap in gaps] == [1]


def test_a_value_of_loki_across_pieces_is_whole() -> None:
    long = "x" * (1 << 18)
    found = b"".join(shipped.loki(io.BytesIO(json.dumps({"streams": [_loki([long, "y"])]}).encode())))
    assert [len(json.loads(line)["_raw"]) for line in found.splitlines()] == [1 << 18, 1]


def _entry(message: str, *, binary: bool) -> bytes:
    head = b"__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1767600006000001\n_HOSTNAME=relay.example.net\nMESSAGE"
    value = message.encode()
    if binary:
        return head + b"\n" + len(value).to_bytes(8, "little") + value + b"\n\n"
    return head + b"=" + value + b"\n\n"


@pytest.mark.parametrize("binary", [False, True])
def test_export_of_the_journal(binary: bool, tmp_path: Path) -> None:
    records, gaps = _read(b"".join(_entry(line, binary=binary) for line in _LINES), tmp_path)
    assert [(record.host, record.blocked) for record in records] == [("chatgpt.com", True), ("claude.ai", True)]
    assert not gaps
    assert records[0].line == 1


def test_the_journals_time_is_that_of_lines_without_one(tmp_path: Path) -> None:
    line = "query[A] chatgpt.com from 10.0.0.5"
    (record,), _ = _read(_entry("dnsmasq[7]: " + line, binary=False), tmp_path)
    assert record.time == 1767600006000001


def test_a_value_of_the_journal_longer_than_the_file_ends_it() -> None:
    text = b"__REALTIME_TIMESTAMP=1767600006000001\nMESSAGE\n" + b"\xff" * 8 + b"abc"
    assert json.loads(b"".join(shipped.journal(io.BytesIO(text))).strip())["MESSAGE"] == "abc"


_TABLES = {
    "azure": {
        "tables": [
            {
                "name": "PrimaryResult",
                "columns": [{"name": "TimeGenerated", "type": "datetime"}, {"name": "SyslogMessage", "type": "string"}],
                "rows": [["2026-01-05T08:00:05Z", line] for line in _LINES],
            }
        ]
    },
    "splunk": {
        "preview": False,
        "init_offset": 0,
        "messages": [],
        "fields": ["_time", "_raw"],
        "rows": [["1", line] for line in _LINES],
    },
    "insights": {
        "results": [[{"field": "@message", "value": line}, {"field": "@ptr", "value": "x"}] for line in _LINES]
    },
}


@pytest.mark.parametrize("answer", _TABLES)
def test_answers_with_rows_of_values(answer: str, tmp_path: Path) -> None:
    assert _hosts(json.dumps(_TABLES[answer]).encode(), tmp_path) == ["chatgpt.com", "claude.ai"]


def test_custom_columns_of_azure_have_their_plain_names(tmp_path: Path) -> None:
    names = ("TimeGenerated", "Computer", "user_s", "src_ip_s", "dest_host_s", "action_s", "bytes_sent_d")
    row = ["2026-01-05T08:00:05Z", "collector1", "jdoe", "10.0.0.5", "chatgpt.com", "blocked", 1200.0]
    table = {"name": "PrimaryResult", "columns": [{"name": name} for name in names], "rows": [row]}
    (record,), _ = _read(json.dumps({"tables": [table]}).encode(), tmp_path)
    assert (record.user, record.client_ip, record.host) == ("jdoe", "10.0.0.5", "chatgpt.com")
    assert (record.device, record.blocked, record.bytes_up) == (None, True, 1200)


@pytest.mark.parametrize(
    "text", ['{"tables": [{"name": ', '{"results": [[{"field": 1}', '{"tables": [{"name": 1, "rows": {}}]}']
)
def test_a_damaged_answer_is_counted(text: str, tmp_path: Path) -> None:
    records, gaps = _read(text.encode(), tmp_path)
    assert not records
    assert sum(gap.count for gap in gaps) == 1


@pytest.mark.parametrize("end", ["", "\n"])
def test_counted_frames_are_lines_of_their_own(end: str, tmp_path: Path) -> None:
    texts = [f"<134>1 2026-01-05T08:00:05Z proxy1 squid - - - {line}{end}" for line in _LINES]
    assert _hosts("".join(f"{len(text)} {text}" for text in texts).encode(), tmp_path) == ["chatgpt.com", "claude.ai"]


def test_what_follows_a_wrong_count_stays() -> None:
    assert b"".join(shipped.frames(io.BytesIO(b"6 <1>abc7 <2>defgh\nrest\n"))) == b"<1>abc\n<2>defg\nh\nrest\n"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"{}",
        b'{"streams": 1}',
        b'{"results": [{"a": 1}]}',
        b"12 <1>x",
        b"A=1\nB=2\n",
        b'{"status": "success", "data": []}',
    ],
)
def test_other_texts_are_not(head: bytes) -> None:
    assert shipped.reading(head) is None


@pytest.mark.parametrize(
    "text",
    [
        b'{"streams":[{"stream":{' + b'["1' * 300_000,
        b'{"preview":true,' + b'"a":[' * 200_000,
        b"A=" * 500_000,
        b" " * 1_000_000,
    ],
)
def test_hostile_texts_are_quick(text: bytes) -> None:
    begin = time.perf_counter()
    reads = shipped.reading(text[:8192])
    sum(map(len, reads(io.BytesIO(text)))) if reads is not None else None
    assert time.perf_counter() - begin < 1


def test_records_without_a_line_stand_beside_those_that_carry_one() -> None:
    """A word alone is no line; it takes no other record with it."""
    records: list[Any] = [
        {"timeUnixNano": "1767600000000000000", "body": {"stringValue": "src=10.0.0.5 user=jdoe url=https://chatgpt.com/"}},
        {"body": {"stringValue": "restarted"}},
        {"timeUnixNano": "1767600001000000000", "body": {"stringValue": "src=10.0.0.6 user=jane url=https://claude.ai/"}},
    ]  # fmt: skip
    batch = {"resourceLogs": [{"resource": {"a": 1}, "scopeLogs": [{"scope": {"name": "s"}, "logRecords": records}]}]}
    one, alone, other = map(json.loads, shipped.otlp(io.BytesIO(json.dumps(batch).encode())))
    assert (one["_raw"], other["_raw"]) == (records[0]["body"]["stringValue"], records[2]["body"]["stringValue"])
    scope = {"scope": {"name": "s"}, "logRecords": [records[1]]}
    assert alone == {"resourceLogs": [{"resource": {"a": 1}, "scopeLogs": [scope]}]}
    bare = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [records[1]]}]}]}).encode()
    assert list(shipped.otlp(io.BytesIO(bare))) == [bare]
