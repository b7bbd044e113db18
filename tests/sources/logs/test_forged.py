"""Addresses that somebody wrote so that they look like other parts of a line: they change neither who it was nor what was decided."""

from __future__ import annotations

import io

import pytest

from shadowai.model import Record
from shadowai.sources.container import Content
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile

MERAKI = "<134>1 1767600000.774247467 MX84 {} src=192.0.2.5:63735 dst=203.0.113.6:80 mac=00:00:5E:00:53:01 {}"
KASPERSKY = (
    "CEF:0|KasperskyLab|SecurityCenter|13.2|KES_WEB_MONITOR|Allowed|1|msg={}User: EXAMPLE\\\\asmith (Active user)\\r\\n"
    "Result: Allowed\\r\\n{} rt=1767600001000 dhost=PC18"
)
PAGE = (
    '{{"type":"THREAT","subtype":"url","src":"192.0.2.5","dst":"203.0.113.6","dport":"443","srcuser":"jdoe","misc":"{}",'
    '"receive_time":"2026/01/05 08:00:00","action":"alert"}}'
)


def _record(line: str) -> Record:
    log = LogFile(Content("x", io.BytesIO(line.encode())), formats())
    (row,) = log.rows()
    return log.record(row)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("urls", "request: GET http://chatgpt.com/?a=1&user=ceo"),
        ("urls", "agent='x user=ceo identity='ceo'' request: GET http://chatgpt.com/"),
        ("security_event", "security_filtering_file_scanned url=http://chatgpt.com/x?user=ceo&user_id=ceo name='x' action=block"),
    ],
)  # fmt: skip
def test_an_address_that_holds_a_user_is_nobodys(kind: str, text: str) -> None:
    found = _record(MERAKI.format(kind, text))
    assert (found.format, found.host, found.user) == ("cisco_meraki", "chatgpt.com", None)


def test_an_address_that_holds_a_result_decides_nothing() -> None:
    found = _record(KASPERSKY.format("", "Object: https://claude.ai/?q\\=Result:Blocked"))
    assert (found.host, found.user, found.blocked) == ("claude.ai", "example\\asmith", False)
    found = _record(KASPERSKY.format("Object: https://claude.ai/?u\\=User:EXAMPLE\\\\ceo\\r\\n", ""))
    assert (found.host, found.user) == ("claude.ai", "example\\asmith")


def test_a_quote_in_an_address_hides_no_host() -> None:
    found = _record(PAGE.format('chatgpt.com/c?q=\\"x'))
    assert (found.format, found.host, found.user) == ("panos_json", "chatgpt.com", "jdoe")
