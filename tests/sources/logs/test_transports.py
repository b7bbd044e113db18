"""A record says the same whatever carried it here: shippers' objects, container runtimes, relays, envelopes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from shadowai.sources.container import Content
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile
from tests.formats import expected

RELAY = "<134>Jan  5 07:00:00 relay1 fwd[1]: "
TIME = "2026-01-05T07:00:00Z"
WRAPPINGS: dict[str, Callable[[Sequence[str]], str]] = {
    "shipper": lambda lines: "\n".join(json.dumps({"message": line}) for line in lines),
    "docker": lambda lines: "\n".join(
        json.dumps({"log": line + "\n", "stream": "stdout", "time": TIME}) for line in lines
    ),
    "kubernetes": lambda lines: "\n".join(f"2026-01-05T07:00:00.123456789Z stdout F {line}" for line in lines),
    "gelf": lambda lines: "\n".join(
        json.dumps({"version": "1.1", "host": "relay1", "short_message": line}) for line in lines
    ),
    "relayed object": lambda lines: "\n".join(RELAY + json.dumps({"message": line}) for line in lines),
    "object of a relay": lambda lines: "\n".join(json.dumps({"message": RELAY + line}) for line in lines),
    "envelope": lambda lines: json.dumps({"records": [{"message": line} for line in lines]}),
    "list": lambda lines: json.dumps([{"message": line} for line in lines], indent=1),
}
NAMES = (
    "bind_query", "bluecoat_edge_swg_kv", "cef_generic", "checkpoint_cef", "checkpoint_leef", "checkpoint_syslog_kv",
    "dnsmasq_pihole", "fortigate_cef", "fortigate_kv", "generic_csv", "generic_kv", "leef_generic", "panos_csv",
    "prisma_access_cef", "prisma_access_leef", "skyhigh_swg", "sonicwall_kv", "sophos_xg", "squid_native", "unbound",
    "w3c_generic", "zeek_ssl_tsv",
)  # fmt: skip
TEXTS = sorted(sample for name in NAMES for sample in expected.samples(name))


def _read(text: str) -> list[dict[str, Any]]:
    log = LogFile(Content("x.log", cast(BinaryIO, io.BytesIO(text.encode())), expected.MODIFIED), formats())
    return [asdict(log.record(row)) for row in log.rows()]


def _told(record: dict[str, Any]) -> dict[str, Any]:
    """All but where it stood, and its time: a line without one of its own has that of the transport."""
    return {key: value for key, value in record.items() if key not in ("line", "time", "time_assumed")}


def _text(sample: Path) -> str | None:
    try:
        return sample.read_bytes().decode("utf-8").replace("\r\n", "\n").lstrip("\ufeff")
    except UnicodeDecodeError:
        return None


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("sample", TEXTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_record_is_the_same_in_every_transport(sample: Path, wrapping: str) -> None:
    text = _text(sample)
    if text is None:  # compressed samples and other encodings are none of the transport's business
        return
    wanted = [_told(record) for record in _read(text)]
    wrapped = WRAPPINGS[wrapping]([line for line in text.split("\n") if line.strip()])
    assert wanted
    assert [_told(record) for record in _read(wrapped)] == wanted


def test_a_blocked_attempt_stays_blocked_where_the_last_value_ends_the_object() -> None:
    cef = "CEF:0|Acme|Proxy|1|1|web|5|src=10.0.0.5 dhost=chatgpt.com act=blocked"
    (record,) = _read(json.dumps({"message": cef}))
    assert (record["host"], record["action"], record["blocked"]) == ("chatgpt.com", "blocked", True)


def test_the_first_of_two_kinds_of_record_is_not_lost_in_a_small_envelope() -> None:
    """What stands beside what is learnt from all of a small file, not from its first object."""
    lines = [
        "[1767600001] unbound[7:0] info: 10.0.0.5 chatgpt.com. A IN NOERROR 0.01 0 45",
        "[1767600000] unbound[7:0] info: 10.0.0.5 chatgpt.com. A IN",
    ]
    records = _read(json.dumps({"records": [{"message": line} for line in lines]}))
    assert [record["counted"] for record in records] == [False, True]


def test_the_writers_own_time_wins_over_the_relays() -> None:
    line = "Jan  5 08:00:01 ns1 named[3]: client 10.0.0.5#50001 (chatgpt.com): query: chatgpt.com IN A + (192.0.2.1)"
    (plain,), (relayed,) = _read(line), _read("<134>Jan  5 09:30:00 relay1 " + line)
    assert relayed["time"] == plain["time"] == 1_767_600_001_000_000


def test_marked_events_are_read_in_a_file_of_another_format() -> None:
    squid = "1767600000.123 55 10.0.0.7 TCP_MISS/200 4000 GET https://chatgpt.com/ jdoe HIER_DIRECT/203.0.113.9 -"
    cef = "CEF:0|Acme|Proxy|1|1|web|5|src=10.0.0.5 dhost=claude.ai act=blocked"
    leef = "LEEF:1.0|Acme|Proxy|1|web|src=10.0.0.5\turl=https://gemini.google.com/"
    records = _read("\n".join([squid, squid, squid, cef, leef, squid]))
    assert [record["format"] for record in records] == ["squid_native"] * 3 + [
        "cef_generic",
        "leef_generic",
        "squid_native",
    ]


def test_a_products_events_among_many_of_others_are_read_as_the_product_writes_them() -> None:
    """The events of products without a format of their own are the most in this file, which another can read, but not rightly."""
    known = "CEF:0|UserGate|NGFW|7|webaccess|log|2|rt=1767600000000 src=10.0.0.5 dhost=chatgpt.com in=52000 out=1400 act=accept"
    named = "CEF:0|Zscaler|NSSDNSlog|5.7|REQ_ALLOW|Default|3|act=REQ_ALLOW src=10.0.0.6 cs1=claude.ai cs1Label=dns_req"
    unknown = (
        "CEF:0|Acme|Proxy|1|1|web|5|rt=1767600000000 src=10.0.0.7 dhost=www.example.org in=52000 out=1400 act=allowed"
    )
    marked = "LEEF:1.0|Zscaler|ZPA|4.1|active|src=10.0.0.8\tusrName=jdoe@example.com"
    leef = "LEEF:1.0|Acme|Proxy|1|web|src=10.0.0.9\turl=https://www.example.org/"
    alone = [_told(_read(line)[0]) for line in (known, named, unknown)]
    assert [record["format"] for record in alone] == ["usergate_cef", "zscaler_nss_cef", "cef_generic"]
    assert (alone[0]["bytes_up"], alone[2]["bytes_up"]) == (52000, 1400)
    together = [_told(record) for record in _read("\n".join([*[unknown] * 5, known, named, unknown]))]
    assert together[5:] == alone
    assert {record["format"] for record in _read("\n".join([leef, leef, leef, marked]))} == {
        "leef_generic",
        "zscaler_zpa_leef",
    }
