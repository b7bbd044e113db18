"""How each product would have logged an event: one function per log, text in, text out, nothing of services.

Formats follow the vendors' documentation that ``shadowai/sources/logs`` names; addresses of servers are documentation
addresses (RFC 5737), whatever the host.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

from tests.samples.story import Event

PARIS = timezone(timedelta(hours=1))
"""Central European Time, in force until the end of March."""


def server(host: str) -> str:
    """An address for a host: the host itself where it is one, else one in 203.0.113.0/24."""
    return host if host.replace(".", "").isdigit() else f"203.0.113.{zlib.crc32(host.encode()) % 250 + 1}"


def squid(event: Event) -> Iterator[str]:
    """Squid's native format, users of Active Directory; the first try without credentials is answered with 407."""
    tunnel = event.method == "CONNECT" or event.path == "/"
    method, url = ("CONNECT", f"{event.host}:443") if tunnel else (event.method, f"http://{event.host}{event.path}")
    mark = zlib.crc32(f"{event.time}{event.host}".encode())
    stamp, client = f"{event.time}.{mark % 500 + 400:03d}", f"{event.who.address}"
    if mark % 3 == 0 or method == "CONNECT":
        yield f"{event.time}.{mark % 300:03d}      0 {client} TCP_DENIED/407 4021 {method} {url} - HIER_NONE/- text/html"
    if event.blocked:
        code, way = "TCP_DENIED/403", "HIER_NONE/- text/html"
    else:
        code, way = (
            ("TCP_TUNNEL/200" if tunnel else "TCP_MISS/200"),
            f"HIER_DIRECT/{server(event.host)} {'-' if tunnel else 'text/html'}",
        )
    yield f"{stamp} {mark % 900 + 30:6d} {client} {code} {event.down} {method} {url} EXAMPLE%5C{event.who.login} {way}"


def ms_dns(event: Event) -> Iterator[str]:
    """The debug log of Windows DNS: the question received, and the answer sent. Times in the American order."""
    labels = "".join(f"({len(label)}){label}" for label in event.host.split(".")) + "(0)"
    now = datetime.fromtimestamp(event.time, UTC)
    stamp = f"{now.month}/{now.day}/{now.year} {now.hour % 12 or 12}:{now:%M:%S} {now:%p}"
    mark = f"{zlib.crc32(event.host.encode()) & 0xFFFF:04x}"
    yield f"{stamp} 0E6C PACKET  000001D8C1A2B3C0 UDP Rcv {event.who.address:<15} {mark}   Q [0001   D   NOERROR] A      {labels}"
    yield f"{stamp} 0E6C PACKET  000001D8C1A2B3C0 UDP Snd {event.who.address:<15} {mark} R Q [8081   DR  NOERROR] A      {labels}"


def zscaler(event: Event) -> Iterator[str]:
    """The default CSV feed of Zscaler's Nanolog Streaming Service for web logs, 34 columns, no zone."""
    now, action, code = (
        datetime.fromtimestamp(event.time, UTC),
        *(("Blocked", "403") if event.blocked else ("Allowed", "200")),
    )
    login, agent = event.who.login, event.agent.replace(" ", "%20")
    cells = (
        f"{now:%a %b} {now.day:2d} {now:%H:%M:%S %Y}|{login}@example.com|HTTPS|{event.host}{event.path}|{action}|General Browsing|"
        f"General Browsing|{event.up}|{event.down}|12|30|Business Use|Internet Services|Any|None|None|0|None|None|Road%20Warrior|Sales|"
        f"{event.who.address}|{server(event.host)}|{event.method}|{code}|{agent}|{event.referer or 'None'}|None|None|Other|None|"
        f"{login}|{event.who.device}|N/A"
    )
    yield ",".join(f'"{cell}"' for cell in cells.split("|"))


def fortigate(event: Event) -> Iterator[str]:
    """FortiOS key=value: the web filter's record with the first bytes of the session, and all of it in the traffic log, which names no
    host."""
    now = datetime.fromtimestamp(event.time, PARIS)
    session = event.time % 900_000
    head = f'<189>date={now:%Y-%m-%d} time={now:%H:%M:%S} devname="FG-BRANCH" devid="FG100E0000000001" tz="+0100"'
    ends = (
        f'eventtime={event.time}000000000 srcip={event.who.address} srcname="{event.who.device}" srcport={session % 20000 + 40000} '
        f'dstip={server(event.host)} dstport=443 sessionid={session} proto=6 user="{event.who.login}"'
    )
    level, action = ("warning", "blocked") if event.blocked else ("notice", "passthrough")
    yield (
        f'{head} logid="0317013312" type="utm" subtype="webfilter" eventtype="ftgd_allow" level="{level}" vd="root" policyid=7 {ends} '
        f'service="HTTPS" hostname="{event.host}" action="{action}" reqtype="direct" url="https://{event.host}{event.path}" '
        f'sentbyte={min(event.up, 517)} rcvdbyte=0 direction="outgoing" catdesc="Information Technology"'
    )
    yield (
        f'{head} logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" policyid=7 {ends} action="close" '
        f"duration=30 sentbyte={event.up} rcvdbyte={event.down}"
    )


def panos(event: Event) -> Iterator[str]:
    """PAN-OS URL filtering, positions of the vendor's syslog field descriptions; no sizes."""
    head = _panos(event, "THREAT", "url", "block-url" if event.blocked else "alert")
    agent = f'"{event.agent}"' if event.agent else ""
    yield (
        f'{head},"{event.host}{event.path}",(9999),any,informational,client-to-server,{_mark(event)},0x0,10.0.0.0-10.255.255.255,'
        f"United States,,,0,,,1,{agent},,,{event.referer},,,,0,0,0,0,0,vsys1,PA-DC,,,,{event.method.lower()},0"
    )


def panos_traffic(event: Event) -> Iterator[str]:
    """PAN-OS sessions, logged at their start and at their end."""
    stamp = f"{datetime.fromtimestamp(event.time, UTC):%Y/%m/%d %H:%M:%S}"
    for subtype, up, down, reason in (("start", 78, 0, "n/a"), ("end", event.up, event.down, "tcp-fin")):
        head = _panos(event, "TRAFFIC", subtype, "allow")
        yield (
            f"{head},{up + down},{up},{down},60,{stamp},30,any,0,{_mark(event)},0x0,10.0.0.0-10.255.255.255,United States,0,30,30,{reason}"
        )


def _panos(event: Event, kind: str, subtype: str, action: str) -> str:
    """The 31 fields that the log types have in common."""
    stamp = f"{datetime.fromtimestamp(event.time, UTC):%Y/%m/%d %H:%M:%S}"
    address = server(event.host)
    return (
        f"<14>1,{stamp},012801000001,{kind},{subtype},2561,{stamp},{event.who.address},{address},198.51.100.3,{address},out,"
        f"example\\{event.who.login},,ssl,vsys1,trust,untrust,ethernet1/2,ethernet1/1,collector,{stamp},{_mark(event)},1,"
        f"{_mark(event) % 20_000 + 40_000},443,0,443,0x400000,tcp,{action}"
    )


def _mark(event: Event) -> int:
    """A number for an event, as products number sessions."""
    return zlib.crc32(f"{event.time}{event.host}".encode()) % 100_000


def defender(event: Event) -> Iterator[str]:
    """Microsoft Defender for Endpoint, DeviceNetworkEvents as they are streamed to storage."""
    stamp = f"{datetime.fromtimestamp(event.time, UTC):%Y-%m-%dT%H:%M:%S}.1234567Z"
    yield _object({
        "category": "AdvancedHunting-DeviceNetworkEvents", "operationName": "Publish", "Tenant": "DefaultTenant",
        "properties": {
            "ActionType": "ConnectionFailed" if event.blocked else "ConnectionSuccess", "DeviceName": f"{event.who.device}.example.com",
            "InitiatingProcessAccountName": event.who.login, "InitiatingProcessAccountUpn": f"{event.who.login}@example.com",
            "InitiatingProcessFileName": "firefox.exe", "LocalIP": event.who.address, "RemoteIP": server(event.host), "RemotePort": 443,
            "RemoteUrl": event.host, "Timestamp": stamp,
        },
        "time": stamp,
    })  # fmt: skip


def cloudflare(event: Event) -> Iterator[str]:
    """Cloudflare Gateway HTTP by Logpush; the dataset has no sizes."""
    yield _object({
        "Action": "block" if event.blocked else "allow", "Datetime": f"{datetime.fromtimestamp(event.time, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "DestinationIP": server(event.host), "DestinationPort": 443, "DeviceName": event.who.device,
        "Email": f"{event.who.login}@example.com",
        "HTTPHost": event.host, "HTTPMethod": event.method, "HTTPStatusCode": 200, "Referer": event.referer,
        "SourceIP": event.who.address,
        "URL": f"https://{event.host}{event.path}", "UserAgent": event.agent,
    })  # fmt: skip


def umbrella(event: Event) -> Iterator[str]:
    """Cisco Umbrella's DNS log without header, roaming users by their directory name."""
    user, action, category = (
        f"{event.who.login}@example.com",
        *(("Blocked", "Chat") if event.blocked else ("Allowed", "")),
    )
    cells = (
        f"{datetime.fromtimestamp(event.time, UTC):%Y-%m-%d %H:%M:%S}|{user}|{user},{event.who.device}|{event.who.address}|198.51.100.7|"
        f"{action}|1 (A)|NOERROR|{event.host}.|Online Tools|AD Users|AD Users,Anyconnect Roaming Client|{category}"
    )
    yield ",".join(f'"{cell}"' for cell in cells.split("|"))


def bind(event: Event) -> Iterator[str]:
    """BIND's query log on the guest network."""
    stamp = f"{datetime.fromtimestamp(event.time, UTC):%d-%b-%Y %H:%M:%S}.{event.time % 1000:03d}"
    port = event.time % 20_000 + 40_000
    yield f"{stamp} queries: info: client @0x7f3a5c0 {event.who.address}#{port} ({event.host}): query: {event.host} IN A +E(0)K (10.99.0.1)"


def route53(event: Event) -> Iterator[str]:
    """The query log of Route 53 Resolver, from a private cloud."""
    yield _object({
        "version": "1.100000", "account_id": "123456789012", "region": "eu-west-1", "vpc_id": "vpc-01e31a7c",
        "query_timestamp": f"{datetime.fromtimestamp(event.time, UTC):%Y-%m-%dT%H:%M:%SZ}", "query_name": f"{event.host}.",
        "query_type": "A",
        "query_class": "IN", "rcode": "NOERROR", "answers": [], "srcaddr": event.who.address, "srcport": "48701", "transport": "UDP",
        "srcids": {"instance": event.who.device},
    })  # fmt: skip


def zeek(event: Event) -> Iterator[str]:
    """Zeek's ssl.log as JSON."""
    yield _object({
        "ts": event.time + 0.25, "uid": f"C{zlib.crc32(f'{event.time}{event.host}'.encode()):08x}", "id.orig_h": event.who.address,
        "id.orig_p": event.time % 20_000 + 40_000, "id.resp_h": server(event.host), "id.resp_p": 443, "version": "TLSv13",
        "server_name": event.host,
        "resumed": False, "established": True,
    })  # fmt: skip


def suricata(event: Event) -> Iterator[str]:
    """Suricata's EVE: TLS seen by a sensor in local time, and the answer that the resolver gave before."""
    stamp = f"{datetime.fromtimestamp(event.time, PARIS):%Y-%m-%dT%H:%M:%S}.000000+0100"
    flow = zlib.crc32(f"{event.time}{event.host}".encode())
    answer = {
        "type": "answer",
        "id": flow % 65536,
        "rcode": "NOERROR",
        "rrname": event.host,
        "rrtype": "A",
        "rdata": server(event.host),
    }
    yield _object({
        "timestamp": stamp, "flow_id": flow + 1, "event_type": "dns", "src_ip": "10.3.0.2", "src_port": 53, "dest_ip": event.who.address,
        "dest_port": 51_000, "proto": "UDP", "dns": answer,
    })  # fmt: skip
    yield _object({
        "timestamp": stamp, "flow_id": flow, "event_type": "tls", "src_ip": event.who.address, "src_port": 51_001,
        "dest_ip": server(event.host),
        "dest_port": 443, "proto": "TCP", "tls": {"sni": event.host, "version": "TLS 1.3"},
    })  # fmt: skip


def partner(event: Event) -> Iterator[str]:
    """The report of a contact centre's proxy, as a spreadsheet saved it: semicolons, and a proxy in the column ``Host``."""
    now, action = datetime.fromtimestamp(event.time, UTC), "Blocked by policy" if event.blocked else "Allowed"
    url = f"https://{event.host}{event.path.partition('?')[0]}"
    yield (
        f"{now:%Y-%m-%d};{now:%H:%M:%S};proxy01.example.net;{event.who.login};{event.who.address};{event.host};{url};{action};"
        f"{event.up};{event.down}"
    )


PARTNER_HEADER = "Date;Time;Host;User Name;Source IP;Destination Host;URL;Action;Bytes Sent;Bytes Received"


def gateway(event: Event) -> Iterator[str]:
    """A CEF feed of a web gateway that no description knows by name; ``out`` is what the client sent."""
    stamp = f"{datetime.fromtimestamp(event.time, UTC):%Y-%m-%dT%H:%M:%SZ}"
    path = event.path.replace("\\", "\\\\").replace("=", "\\=")
    referer = f" requestContext={event.referer}" if event.referer else ""
    yield (
        f"<134>1 {stamp} gw01.example.com swg - - - CEF:0|Example|Web Gateway|4.2|100|web access|3|rt={event.time}000 "
        f"suser=EXAMPLE\\\\{event.who.login} shost={event.who.device} src={event.who.address} dst={server(event.host)} "
        f"dpt=443 dhost={event.host} request=https://{event.host}{path} requestMethod={event.method} "
        f"requestClientApplication={event.agent}{referer} act={'blocked' if event.blocked else 'allowed'} out={event.up} in={event.down}"
    )


def _object(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def none(event: Event) -> Iterator[str]:
    """No lines: for files that are no text."""
    yield from ()
