"""Log lines in a column of a CSV export: what collected them is not taken for what they tell."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from shadowai.model import Record
from shadowai.sources import container, enclosed
from shadowai.sources.container import Content
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile

_LINE = '192.0.2.7 - - [10/Feb/2026:10:30:00 +0000] "GET http://chat.example.com/ HTTP/1.1" 200 512 "-" "curl/8.0"'


def _table(names: list[str], *rows: list[str], delimiter: str = ",", end: str = "\r\n") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([names, *rows])
    return text.getvalue().encode()


def _lines(raw: bytes) -> list[bytes]:
    columns = enclosed.columns(raw)
    assert columns is not None
    return b"".join(enclosed.lines(io.BytesIO(raw), columns)).split(b"\n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("names", [["_time", "host", "_raw"], ["TenantId", "Computer", "SyslogMessage"]])
def test_column_of_lines_is_found(names: list[str], delimiter: str) -> None:
    raw = _table(names, ["2026-02-10T10:30:00Z", "relay.example.net", _LINE], delimiter=delimiter)
    header, first, last = _lines(raw)
    assert (header, last) == (b"", b"")
    assert json.loads(first)["_raw"] == _LINE


def test_time_beside_the_line_is_kept_with_its_zone() -> None:
    raw = _table(["TimeGenerated [UTC]", "HostName", "SyslogMessage"], ["2/10/2026, 3:30:00.130 PM", "relay", _LINE])
    assert json.loads(_lines(raw)[1])["_time"] == "2/10/2026, 3:30:00.130 PM UTC"


def test_message_counts_beside_collectors_columns_only() -> None:
    assert enclosed.columns(_table(["timestamp", "source", "message"])) is not None
    assert enclosed.columns(_table(["@timestamp", "host.name", "log.file.path", "message"])) is not None
    assert enclosed.columns(_table(["timestamp", "source", "full_message"])) is not None
    assert enclosed.columns(_table(["timestamp", "src", "dst", "message"])) is None
    assert enclosed.columns(_table(["@timestamp", "source.ip", "message"])) is None
    assert enclosed.columns(_table(["time", "host"])) is None
    assert enclosed.columns(_LINE.encode() + b"\n") is None
    assert enclosed.columns(b'{"time": "now","message": "_raw"}\n') is None
    assert enclosed.columns(b"_time,_raw") is None


def test_lines_keep_their_numbers() -> None:
    raw = _table(["_time", "_raw"], ["1", "one\ntwo"], ["2", _LINE], end="\n")
    found = _lines(raw)
    assert [place for place, line in enumerate(found) if line] == [1, 3]


def test_quote_that_is_never_closed_loses_its_line_only() -> None:
    raw = b'_time,_raw\n1,"never closed\n' + b"".join(b"2,line %d\n" % number for number in range(200))
    found = _lines(raw)
    assert json.loads(found[1]) == {"_raw": "never closed", "_time": "1"}
    assert json.loads(found[200]) == {"_raw": "line 198", "_time": "2"}


def test_endless_line_is_handed_on_in_pieces() -> None:
    raw = b'_time,_raw\n1,"' + b"a" * (3 << 20)
    columns = enclosed.columns(raw[:8192])
    assert columns is not None
    pieces = list(enclosed.lines(io.BytesIO(raw), columns))
    assert max(map(len, pieces)) <= 1 << 20
    assert b"".join(pieces)[1:] == raw[len(b"_time,_raw\n") :]


def test_file_is_read_as_what_its_lines_are(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(_table(["_time", "host", "_raw"], ["2026-02-10T10:30:00Z", "relay.example.net", _LINE]))
    (source,) = container.expand([str(file)])
    assert isinstance(source, container.Source)
    with container.opened(source) as stream:
        assert container.plain(source, stream) is None
    with container.opened(source) as stream:
        (content,) = container.contents(source, stream)
        assert isinstance(content, Content)
        assert b"relay" not in content.stream.read()


def _records(raw: bytes, folder: Path) -> list[Record]:
    path = folder / "x.csv"
    path.write_bytes(raw)
    (source,) = container.expand([str(path)])
    with container.opened(source) as stream:  # type: ignore[arg-type]
        (content,) = container.contents(source, stream)  # type: ignore[arg-type]
        log = LogFile(content, formats())  # type: ignore[arg-type]
        return [log.record(row) for row in log.rows()]


_CIM = ["_time", "_raw", "host", "sourcetype", "src", "user", "url", "action", "bytes_in", "bytes_out", "message"]
_TOLD = ["relay.example.net", "x", "10.0.0.5", "jdoe", "https://chatgpt.com/", "blocked", "5000", "900", "some words"]


def test_columns_beside_a_line_of_no_known_format_tell_what_it_says(tmp_path: Path) -> None:
    (record,) = _records(_table(_CIM, ["2026-01-05T08:00:05.000+0000", "web filter said no to it", *_TOLD]), tmp_path)
    assert (record.user, record.client_ip, record.host, record.blocked) == ("jdoe", "10.0.0.5", "chatgpt.com", True)
    assert (record.bytes_up, record.bytes_down, record.time) == (900, 5000, 1767600005000000)


def test_a_line_of_a_known_format_outweighs_the_columns_beside_it(tmp_path: Path) -> None:
    line = "1767600007.123    120 10.0.0.9 TCP_TUNNEL/200 3900 CONNECT claude.ai:443 asmith HIER_DIRECT/203.0.113.9 -"
    (record,) = _records(_table(_CIM, ["2026-01-05T08:00:05.000+0000", line, *_TOLD]), tmp_path)
    assert (record.format, record.user, record.host, record.blocked) == ("squid_native", "asmith", "claude.ai", False)


def test_splunks_text_of_sysmon_in_a_column_is_its_event(tmp_path: Path) -> None:
    text = "\n".join(
        (
            "01/05/2026 09:00:05 AM", "LogName=Microsoft-Windows-Sysmon/Operational", "EventCode=22", "Message=Dns query:",
            "UtcTime: 2026-01-05 08:00:05.123", "QueryName: chatgpt.com", "User: CORP\\jdoe",
        )
    )  # fmt: skip
    (record,) = _records(_table(["_time", "_raw", "host"], ["1", text, "pc17"]), tmp_path)
    assert (record.host, record.user, record.time) == ("chatgpt.com", "corp\\jdoe", 1767600005123000)
