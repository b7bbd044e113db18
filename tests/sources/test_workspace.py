"""Exports of a Log Analytics workspace: objects of what a row holds, under the names that a vendor gave."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path

import pytest

from shadowai.sources import container, workspace
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile

_HEAD = ["TenantId", "TimeGenerated [UTC]", "Computer", "RawData", "URL_s", "requestSize_d", "Seen_t [UTC]", "Type"]
_ROW = [
    "t",
    "11/20/2026, 10:00:00.123 AM",
    "collector1",
    "",
    "https://chatgpt.com/",
    "12",
    "11/20/2026, 9:59:00.000 AM",
    "A_CL",
]


def _table(*rows: list[str], delimiter: str = ",", end: str = "\r\n") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue().encode()


def _lines(raw: bytes) -> list[bytes]:
    table = workspace.table(raw)
    assert table is not None
    return b"".join(workspace.lines(io.BytesIO(raw), table)).split(b"\n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_row_is_an_object_under_typed_and_plain_names(delimiter: str) -> None:
    header, first, last = _lines(_table(_HEAD, _ROW, delimiter=delimiter))
    assert (header, last) == (b"", b"")
    assert json.loads(first) == {
        "TenantId": "t",
        "TimeGenerated": "11/20/2026, 10:00:00.123 AM UTC",
        "URL_s": "https://chatgpt.com/",
        "URL": "https://chatgpt.com/",
        "requestSize_d": "12",
        "requestSize": "12",
        "Seen_t": "11/20/2026, 9:59:00.000 AM UTC",
        "Seen": "11/20/2026, 9:59:00.000 AM UTC",
        "Type": "A_CL",
    }


def test_machine_that_collected_a_custom_log_is_not_told() -> None:
    assert b"collector1" not in b"".join(_lines(_table(_HEAD, _ROW)))
    kept = _lines(_table(["TimeGenerated", "Computer", "Type"], ["2026-11-20T10:00:00Z", "nb1", "VMConnection"]))
    assert json.loads(kept[1])["Computer"] == "nb1"


def test_line_that_a_custom_log_holds_is_read_as_what_it_is(tmp_path: Path) -> None:
    line = "1763632800.123    120 10.0.0.5 TCP_TUNNEL/200 53211 CONNECT chatgpt.com:443 jdoe HIER_DIRECT/203.0.113.9 -"
    export = tmp_path / "export.csv"
    export.write_bytes(
        _table(["TimeGenerated", "Computer", "RawData", "note_s", "Type"], ["now", "relay", line, "", "P_CL"])
    )
    source = next(iter(container.expand([str(export)])))
    assert isinstance(source, container.Source)
    with container.opened(source) as stream:
        content = next(iter(container.contents(source, stream)))
        assert isinstance(content, container.Content)
        log = LogFile(content, formats())
        (record,) = [log.record(row) for row in log.rows()]
    assert (record.format, record.line, record.host, record.user) == ("squid_native", 2, "chatgpt.com", "jdoe")


def test_time_in_the_users_own_zone_keeps_the_name_that_says_so() -> None:
    name = "TimeGenerated [Local Time]"
    found = json.loads(_lines(_table([name, "URL_s", "Type"], ["11/20/2026, 10:00:00 AM", "a", "A_CL"]))[1])
    assert name in found
    assert "TimeGenerated" not in found


@pytest.mark.parametrize(
    "columns",
    [
        ["TimeGenerated [UTC]", "DeviceVendor", "DeviceProduct", "DeviceEventClassID", "Type"],
        ["TimeGenerated [UTC]", "DeviceName", "RemoteUrl", "Type"],
        ["TimeGenerated [UTC]", "ResourceId", "Category", "msg_s", "Type"],
        ["TimeGenerated [UTC]", "FirewallName_s", "ident_s", "Message", "Type"],
        ["TimeGenerated", "url", "user"],
        ["time", "URL_s", "Type"],
        ["TimeGeneratedBy", "URL_s", "Type"],
    ],
)
def test_other_tables_stay_as_they_are(columns: list[str]) -> None:
    assert workspace.table(_table(columns, ["1"] * len(columns))) is None


def test_text_that_only_names_the_column_is_none() -> None:
    assert workspace.table(b'{"TimeGenerated": "now", "Type": "A", "URL_s": "b"}\n') is None
    assert workspace.table(b"TimeGenerated,Type,URL_s") is None


def test_lines_keep_their_numbers() -> None:
    raw = _table(_HEAD, ["t", "", "", "", "one\ntwo", "", "", "A_CL"], _ROW, end="\n")
    found = _lines(raw)
    assert [place for place, line in enumerate(found) if line] == [1, 3]
    assert json.loads(found[1])["URL"] == "one\ntwo"


def test_quote_that_is_never_closed_loses_its_line_only() -> None:
    found = _lines(_table(_HEAD, end="\n") + b'x,"never closed\n' + _table(_ROW, end="\n"))
    assert json.loads(found[2])["URL"] == "https://chatgpt.com/"


def test_row_with_more_fields_than_the_header_is_handed_on_as_it_stands() -> None:
    assert _lines(_table(["TimeGenerated", "URL_s", "Type"], ["1", "2", "3", "4"]))[1].rstrip(b"\r") == b"1,2,3,4"


def test_hostile_header_is_told_fast() -> None:
    begun = time.process_time()
    assert workspace.table(b"TimeGenerated,Type," + b"a_s," * 250_000 + b"\n") is None
    assert workspace.table(b"TimeGenerated,Type," + b"_" * 1_000_000 + b"\n") is None
    assert time.process_time() - begun < 1
