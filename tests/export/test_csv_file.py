"""CSV: whole outputs, and cells that are inert whatever is in them."""

from __future__ import annotations

import csv
import io
import re

import pytest

from shadowai.export import csv_file
from shadowai.model import Report
from tests.export.reports import BY_USER, EMPTY, HOSTILE, NUMBERS, SMALL, hostile

RUNS = re.compile(r"[\s\"`\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def written(report: Report) -> str:
    stream = io.BytesIO()
    csv_file.write(report, stream)
    assert not stream.closed
    return stream.getvalue().decode("utf-8")


def test_a_whole_file_by_service() -> None:
    assert written(SMALL) == (
        "asset_id,service_id,service,vendor,category,verdict,risk,risk_level,confidence,usage,users,devices,events,"
        "blocked,bytes_up,bytes_down,first_seen,last_seen,active_days,sources,names,scopes,evidence\n"
        "00000000000000a1,openai-chatgpt,ChatGPT,OpenAI,assistant,prohibited,70,high,confirmed,bulk,2,1,1200,3,"
        "12345678,,2026-01-05T08:00:00Z,2026-01-06T08:00:00Z,2,dns.log; proxy.log,"
        "chatgpt.com; oaiusercontent.com; chat.openai.com,files.read,proxy.log:17; dump.pcapng#42\n"
        '00000000000000b2,other,"Other, the",,,unreviewed,,,unconfirmed,,0,0,0,1,,,,,,,,,\n'
    )


def test_a_whole_file_by_user() -> None:
    assert written(BY_USER) == (
        "asset_id,service_id,service,vendor,user,device,address,category,verdict,risk,risk_level,confidence,usage,users,"
        "devices,events,blocked,bytes_up,bytes_down,first_seen,last_seen,active_days,sources,names,scopes,evidence\n"
        "00000000000000a1,openai-chatgpt,ChatGPT,OpenAI,ann,,192.0.2.7,assistant,prohibited,70,high,confirmed,bulk,1,1,"
        "1200,3,12345678,,2026-01-05T08:00:00Z,2026-01-06T08:00:00Z,2,dns.log; proxy.log,"
        "chatgpt.com; oaiusercontent.com; chat.openai.com,files.read,proxy.log:17; dump.pcapng#42\n"
    )


def test_nothing_found_is_a_header() -> None:
    assert written(EMPTY).splitlines() == [written(SMALL).splitlines()[0]]


@pytest.mark.parametrize("text", HOSTILE, ids=NUMBERS)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_hostile_cells(text: str, delimiter: str) -> None:
    out = written(hostile(text))
    assert len(out.splitlines()) == 3 == out.count("\n")
    assert all(c.isprintable() for c in out.replace("\n", ""))
    rows = list(csv.reader(io.StringIO(out), delimiter=delimiter))
    for row in rows[1:]:
        for value in row:
            for part in value.split("; "):
                assert not RUNS.match(part), part
    if delimiter == ",":
        assert {len(row) for row in rows} == {26}
        assert rows[1][15] == "1200" and rows[1][17] == "12345678"
