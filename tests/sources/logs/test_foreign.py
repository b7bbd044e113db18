"""Records whose meaning an unknown log's names, or what carries it, could hide."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from shadowai.model import Gap, Record
from shadowai.sources import container
from shadowai.sources.container import Content
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile
from shadowai.sources.timestamps import Clock


def _read(text: str) -> list[Record]:
    log = LogFile(Content("x.log", cast(BinaryIO, io.BytesIO(text.encode()))), formats())
    return [log.record(row) for row in log.rows()]


def _one(found: Mapping[str, object]) -> Record:
    (record,) = _read(json.dumps(found) + "\n")
    return record


def test_typed_columns_of_a_custom_table_are_read_by_their_plain_names() -> None:
    row = {"TimeGenerated": "2026-01-05T08:00:05Z", "Computer": "collector1", "user_s": "jdoe", "src_ip_s": "10.0.0.5",
           "dest_host_s": "chatgpt.com", "action_s": "blocked", "bytes_sent_d": 1200, "Type": "Acme_CL"}  # fmt: skip
    record = _one(row)
    assert (record.user, record.client_ip, record.host) == ("jdoe", "10.0.0.5", "chatgpt.com")
    assert (record.device, record.blocked, record.bytes_up) == (None, True, 1200)


def test_a_value_in_an_object_of_its_own_is_that_of_the_object() -> None:
    row = {
        "time": "2026-01-05T08:00:05Z",
        "source_ip": {"value": "10.0.0.5"},
        "url_domain": "chatgpt.com",
        "action": {"value": "block-url"},
    }
    record = _one(row)
    assert (record.client_ip, record.blocked) == ("10.0.0.5", True)


@pytest.mark.parametrize(
    ("identity", "kind", "user", "device"),
    [
        ("NB-1", "Roaming Computers", None, "nb-1"),
        ("Berlin office", "Networks", None, None),
        ("Jane Doe (jdoe@example.com)", "AD Users", "jdoe@example.com", None),
        ("jdoe", "AD Users", "jdoe", None),
        ("NB-1", "", None, None),
        ("CORP\\jdoe", "", "corp\\jdoe", None),
    ],
)
def test_an_identity_is_no_person_unless_it_says_so(
    identity: str, kind: str, user: str | None, device: str | None
) -> None:
    header = "Time,Identity,Identity Type,Internal IP,Domain,Action"
    (record,) = _read(f"{header}\n2026-01-05T08:00:05Z,{identity},{kind},10.0.0.5,chatgpt.com,Allowed\n")
    assert (record.user, record.device, record.host) == (user, device, "chatgpt.com")


def test_the_name_of_a_saved_search_is_no_host() -> None:
    row = {"timestamp": "2026-01-05T08:00:05Z", "meta_hostname": "PC17", "meta_ip_address": "10.0.0.5", "meta_username": "jdoe",
           "query_name": "dns_lookups", "domain": "chatgpt.com"}  # fmt: skip
    record = _one(row)
    assert (record.host, record.device, record.user, record.client_ip) == ("chatgpt.com", "pc17", "jdoe", "10.0.0.5")


@pytest.mark.parametrize(
    ("text", "size"), [("1,900", 1900), ("12,345,678", 12345678), ("1,90", None), ("01,900", None), ("1,9000", None)]
)
def test_sizes_in_groups_of_thousands(text: str, size: int | None) -> None:
    (record,) = _read(f'Time,User,Host,Bytes Sent\n2026-01-05T08:00:05Z,jdoe,chatgpt.com,"{text}"\n')
    assert record.bytes_up == size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1.2 MB", 1_200_000), ("12K", 12_000), ("1.25 MiB", 1_310_720), ("1,5 Mo", 1_500_000), ("1,234.5 KB", 1_234_500),
        ("512 bytes", 512), ("0 B", 0), ("999999999999 TB", None), ("1.234 MB", None), ("5 Mb", None), ("3 MB/s", None), ("MB", None),
    ],
)  # fmt: skip
def test_sizes_with_units(text: str, size: int | None) -> None:
    (record,) = _read(f'Time,User,Host,Bytes Sent\n2026-01-05T08:00:05Z,jdoe,chatgpt.com,"{text}"\n')
    assert record.bytes_up == size


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026/1/5 下午 03:05:07", 15), ("2026-01-05 오전 12:05:07", 0), ("2026. 1. 5. 오후 3:05:07", 15),
        ("2026/1/5 午前 3:05:07", 3), ("2026/1/5 上午3:05:07", 3), ("2026/1/5 午後 12:05:07", 12),
    ],
)  # fmt: skip
def test_the_half_of_the_day_stands_before_the_clock(text: str, hour: int) -> None:
    assert Clock().parse(text) == (1767571200 + hour * 3600 + 307) * 1_000_000


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_table_in_utf_16_is_one(codec: str, tmp_path: Path) -> None:
    header = "TenantId\tTimeGenerated [UTC]\tComputer\tuser_s\tdest_host_s\tType"
    path = tmp_path / "x.csv"
    path.write_bytes(
        f"\ufeff{header}\r\nx\t1/5/2026, 8:00:05.000 AM\tcol\tjdoe\tchatgpt.com\tAcme_CL\r\n".encode(codec)
    )
    (source,) = container.expand([str(path)])
    assert not isinstance(source, Gap)
    with container.opened(source) as stream:
        (content,) = container.contents(source, stream)
        assert not isinstance(content, Gap)
        log = LogFile(content, formats())
        (record,) = [log.record(row) for row in log.rows()]
    assert (record.user, record.host, record.time, record.time_assumed) == (
        "jdoe",
        "chatgpt.com",
        1767600005000000,
        None,
    )


_SQUID = "1767600005.123    120 10.0.0.5 TCP_DENIED/403 3900 CONNECT chatgpt.com:443 jdoe HIER_NONE/- text/html"
_ANSWERS = {
    "graylog": {
        "query": "*", "built_query": '{ "a": {} }', "used_indices": [{"index_name": "g_0"}],
        "messages": [{"highlight_ranges": {}, "message": {"source": "relay", "message": _SQUID}, "index": "g_0"}] * 2,
        "fields": [], "total_results": 2,
    },
    "splunk": {
        "preview": False, "init_offset": 0, "messages": [], "fields": [{"name": f"field_{at}"} for at in range(60)],
        "results": [{"_raw": _SQUID}] * 2, "highlighted": {},
    },
    "elasticsearch": {
        "took": 1, "timed_out": False, "_shards": {"total": 1}, "hits": {
            "total": {"value": 2}, "max_score": None, "hits": [{"_index": "x", "_id": "1", "fields": {"message": [_SQUID]}}] * 2,
        },
    },
}  # fmt: skip


@pytest.mark.parametrize("answer", _ANSWERS)
@pytest.mark.parametrize("indent", [None, 1])
def test_answers_of_searches(answer: str, indent: int | None) -> None:
    found = _read(json.dumps(_ANSWERS[answer], indent=indent))
    assert [(record.host, record.user, record.blocked) for record in found] == [("chatgpt.com", "jdoe", True)] * 2
