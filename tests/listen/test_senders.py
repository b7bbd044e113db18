"""Each sender's lines are a log of its own."""

from __future__ import annotations

import pytest

from shadowai.catalog import Catalog
from shadowai.listen import senders
from shadowai.listen.mailbox import Message
from shadowai.listen.senders import Senders, as_one_line
from shadowai.names import Names
from shadowai.pipeline import ScanOptions
from tests.incremental.logs import line

SQUID = "<134>Jan  5 08:00:0{n} proxy squid[12]: {line}"
FORTI = (
    '<189>date=2026-01-05 time=08:00:0{n} devname="fw" logid="0317013312" type="utm" subtype="webfilter" eventtype="ftgd_allow" '
    'level="notice" vd="root" srcip=10.9.9.{n} dstip=203.0.113.9 service="HTTPS" hostname="claude.ai" action="passthrough" '
    'url="https://claude.ai/" sentbyte=100 rcvdbyte=200'
)


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(Catalog.load())


def _squid(number: int) -> bytes:
    return SQUID.format(n=number % 10, line=line(number).rstrip()).encode()


def _found(several: Senders) -> dict[str, int]:
    outcome = several.outcome()
    return {
        service: sum(tally.events for tally in actors[None]) for service, actors in outcome.inventory._services.items()
    }


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_two_senders_of_two_formats(names: Names, batch: int) -> None:
    several = Senders(ScanOptions(), names)
    sent = [
        message
        for n in range(400)
        for message in (Message("192.0.2.1", _squid(n)), Message("192.0.2.2", FORTI.format(n=n % 10).encode()))
    ]
    for at in range(0, len(sent), batch):
        several.take(sent[at : at + batch])
    assert _found(several) == {"openai-chatgpt": 400, "anthropic-claude": 400}
    assert {one.path: (one.format, one.lines) for one in several.outcome().sources} == {
        "syslog:192.0.2.1": ("squid_native", 400),
        "syslog:192.0.2.2": ("fortigate_kv", 400),
    }
    assert _found(several) == {"openai-chatgpt": 400, "anthropic-claude": 400}  # asking changes nothing


def test_one_bad_line_is_one_gap(names: Names) -> None:
    several = Senders(ScanOptions(), names)
    several.take([Message("192.0.2.1", text) for text in (_squid(0), b"\xff\x00 nothing\n<", _squid(1))])
    assert _found(several) == {"openai-chatgpt": 2}
    assert [(gap.count, [str(one) for one in gap.examples]) for gap in several.outcome().gaps] == [
        (1, ["syslog:192.0.2.1:2"])
    ]


def test_line_breaks_in_a_message_forge_no_line() -> None:
    assert as_one_line(b"a\nb\r\nc\rd") == b"a#012b#012c#015d"


def test_invented_senders_share_a_log(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders, "SENDERS", 2)
    several = Senders(ScanOptions(), names)
    several.take([Message(f"192.0.2.{n}", _squid(n)) for n in range(6)])
    assert _found(several) == {"openai-chatgpt": 6}
    assert [one.path for one in several.outcome().sources] == ["syslog:192.0.2.0", "syslog:192.0.2.1", "syslog:others"]


def test_what_a_sender_sends_is_recognised_once_there_is_enough(names: Names) -> None:
    several = Senders(ScanOptions(), names)
    several.take([Message("192.0.2.1", b"<134>Jan  5 08:00:00 proxy squid[12]: starting")])
    assert _found(several) == {}
    several.take([Message("192.0.2.1", _squid(n)) for n in range(300)])
    assert _found(several) == {"openai-chatgpt": 300}
