"""ProxySG's main formats beside one another: without a header they have as many columns, and a header may be of the other one."""

from __future__ import annotations

import io
from typing import BinaryIO, cast

from shadowai.model import Record
from shadowai.sources.container import Content
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile

STATUS_FIRST = (
    "2026-01-05 08:00:03 10 10.1.2.3 200 TCP_NC_MISS 7519 611 GET http www.shop.example 80 /cart - jdoe staff - www.shop.example"
    ' image/jpeg https://portal.example/ "Mozilla/5.0" OBSERVED "Shopping" - 198.51.100.7\n'
)
REPORTER = (
    '2026-01-05 08:00:04 79 10.1.2.4 - - - OBSERVED "News" - 200 TCP_NC_MISS GET text/html https chatgpt.com 443 / - -'
    ' "Mozilla/5.0" 198.51.100.7 39420 65 -\n'
)
HEADER = (
    "#Software: SGOS 6.7.5.14\n#Fields: date time time-taken c-ip sc-status s-action sc-bytes cs-bytes cs-method cs-uri-scheme cs-host"
    " cs-uri-port cs-uri-path cs-uri-query cs-username cs-auth-group s-supplier-name rs(Content-Type) cs(Referer) sc-filter-result\n"
)


def _read(text: str) -> list[Record]:
    log = LogFile(Content("proxy.log", cast(BinaryIO, io.BytesIO(text.encode()))), formats())
    return [log.record(row) for row in log.rows()]


def _said(record: Record) -> tuple[object, ...]:
    return record.host, record.client_ip, record.user, record.method, record.bytes_up, record.bytes_down


def test_two_proxies_in_one_file_are_read_each_by_its_own_columns() -> None:
    records = _read((STATUS_FIRST + REPORTER) * 3)
    assert [_said(record) for record in records[:2]] == [
        ("www.shop.example", "10.1.2.3", "jdoe", "GET", 611, 7519),
        ("chatgpt.com", "10.1.2.4", None, "GET", 65, 39420),
    ]
    assert [record.line for record in records] == [1, 2, 3, 4, 5, 6]


def test_a_header_that_is_not_of_the_records_loses_none() -> None:
    (record,) = _read(HEADER + STATUS_FIRST)
    assert _said(record) == ("www.shop.example", "10.1.2.3", "jdoe", "GET", 611, 7519)
