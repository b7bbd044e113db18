"""Writes ``samples/example-company`` and the inventory that a scan of it must give.

``python -m tests.samples.generate`` writes the logs, byte for byte the same everywhere; with ``--inventory`` it also
writes ``tests/samples/example-company.csv`` as the program gives it now: read the difference before you keep it.
"""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from tests.conftest import ROOT
from tests.samples import capture, writers
from tests.samples.story import MONDAY, Event, events

NAME = "example-company"
FOLDER = ROOT / "samples" / NAME
INVENTORY = ROOT / "tests" / "samples" / f"{NAME}.csv"
ROTATED = MONDAY + 3 * 86400
"""Squid's log is rotated and compressed in the night to Thursday."""

Writer = Callable[[Event], Iterator[str]]


class Log(NamedTuple):
    """A file of the samples: whose events it holds, how they are written, and what becomes of the text."""

    path: str
    format: str
    writers: dict[str, Writer]
    keep: Callable[[Event], bool] = lambda event: True
    header: str = ""
    encode: Callable[[str], bytes] = str.encode
    pack: Callable[[Iterable[Event]], bytes] | None = None
    """Makes the whole file of its events where it is no text."""


def gzipped(text: str) -> bytes:
    """A gzip file (RFC 1952) of stored blocks: what a compressor makes of text differs from one zlib to the next."""
    data = text.encode()
    pieces = [data[at : at + 65_535] for at in range(0, len(data), 65_535)]
    blocks = [
        bytes([place == len(pieces) - 1])
        + len(piece).to_bytes(2, "little")
        + (len(piece) ^ 0xFFFF).to_bytes(2, "little")
        + piece
        for place, piece in enumerate(pieces)
    ]
    head = b"\x1f\x8b\x08\x00" + ROTATED.to_bytes(4, "little") + b"\x00\x03"
    return head + b"".join(blocks) + zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")


def utf16(text: str) -> bytes:
    """UTF-16 with a byte order mark and Windows line ends."""
    return b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")


LOGS = (
    Log(
        "head-office/access.log-20260305.gz",
        "squid_native",
        {"squid": writers.squid},
        lambda event: event.time < ROTATED,
        encode=gzipped,
    ),
    Log("head-office/access.log", "squid_native", {"squid": writers.squid}, lambda event: event.time >= ROTATED),
    Log("head-office/dns.log", "ms_dns_debug", {"ms_dns": writers.ms_dns}, encode=utf16),
    Log("head-office/gateway.cef", "cef_generic", {"gateway": writers.gateway}),
    Log("sales/zscaler-web.csv", "zscaler_nss_web_csv", {"zscaler": writers.zscaler}),
    Log("sales/umbrella-dns.csv", "umbrella_dns", {"umbrella": writers.umbrella}),
    Log("branch/fortigate.log", "fortigate_kv", {"fortigate": writers.fortigate}),
    Log("branch/mirror-port.pcap", "pcap", {"span": writers.none, "span_dns": writers.none}, pack=capture.pack),
    Log("branch/guest-dns.log", "bind_query", {"bind": writers.bind}),
    Log("development/panos.log", "panos_threat_url", {"panos": writers.panos, "panos_traffic": writers.panos_traffic}),
    Log("development/DeviceNetworkEvents.json", "mde_advanced_hunting", {"defender": writers.defender}),
    Log("development/eve.json", "suricata_eve", {"suricata": writers.suricata}),
    Log("development/lab-ssl.log", "zeek_ssl_json", {"zeek": writers.zeek}),
    Log("cloud/route53-resolver.json", "aws_route53_resolver", {"route53": writers.route53}),
    Log("remote/gateway-http.json", "cloudflare_gateway_http", {"cloudflare": writers.cloudflare}),
    Log("partner/web-report.csv", "generic_csv", {"partner": writers.partner}, header=writers.PARTNER_HEADER),
)


def files() -> dict[str, bytes]:
    """Path under :data:`FOLDER` to content."""
    told = events()
    return {log.path: log.pack(_of(log, told)) if log.pack else log.encode(_text(log, told)) for log in LOGS}


def _of(log: Log, told: Iterable[Event]) -> list[Event]:
    return [event for event in told if event.log in log.writers and log.keep(event)]


def _text(log: Log, told: Iterable[Event]) -> str:
    lines = [log.header] if log.header else []
    for event in _of(log, told):
        lines += log.writers[event.log](event)
    return "".join(f"{line}\n" for line in lines)


def main() -> None:
    """Write the samples, and on request what the program makes of them."""
    for path, content in files().items():
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_bytes(content)
    if "--inventory" in sys.argv:
        from shadowai.cli import main as shadowai

        os.chdir(ROOT)
        shadowai(["scan", f"samples/{NAME}", "-o", str(INVENTORY), "--no-progress"])


if __name__ == "__main__":
    main()
