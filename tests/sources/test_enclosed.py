"""Log lines in a column of a CSV export: what collected them is not taken for what they tell."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from shadowai.sources import container, enclosed
from shadowai.sources.container import Content

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
    assert enclosed.columns(_table(["timestamp", "src", "dst", "message"])) is None
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
