"""What holds a value together, quotes, brackets and lists: folded where it is plain, and read as the reference reads it where not."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

from shadowai.catalog import Catalog
from tests.fast.test_lines import _both as both
from tests.fast.test_pairs import folded, same

BALANCER = (
    'https 2026-01-05T08:00:{second:02}.186641Z app/lb/50dc6c495c0c9188 10.1.2.3:2817 192.0.2.7:443 0.086 0.048 0.037 200 200 120 8178 '
    '"GET https://{host}:443/c/1?x=2 HTTP/1.1" "Mozilla/5.0 (X11; Linux x86_64)" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 '
    'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/t/1 "Root=1-58337281" "{host}" "-" 0 '
    '2026-01-05T08:00:00.186641Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"'
)  # fmt: skip
ECS: dict[str, Any] = {
    "@timestamp": "2026-03-12T10:22:33.123Z",
    "ecs": {"version": "8.11.0"},
    "event": {"kind": "event", "category": ["web"], "action": "allowed"},
    "host": {"name": "pc1", "ip": ["10.1.2.3", "2001:db8::3"]},
    "source": {"ip": "10.1.2.3", "bytes": 4000},
    "destination": {"ip": "192.0.2.7", "domain": "chatgpt.com", "bytes": 90},
    "user": {"name": "jdoe"},
    "user_agent": {"original": ["curl/8.0"]},
    "url": {"domain": "chatgpt.com"},
}
CADDY: dict[str, Any] = {
    "level": "info", "ts": 1770720000.5, "logger": "http.log.access.log0", "msg": "handled request",
    "request": {"remote_ip": "10.0.1.51", "client_ip": "10.0.1.51", "proto": "HTTP/2.0", "method": "POST", "host": "chatgpt.com",
                "uri": "/c", "headers": {"User-Agent": ["curl/8.0"]}},
    "bytes_read": 10, "user_id": "jdoe", "duration": 0.1, "size": 2000, "status": 200,
}  # fmt: skip
FIREWALL: dict[str, Any] = {
    "Datetime": 1767600000123456789, "ClientRequestHost": "chatgpt.com", "ClientIP": "10.0.0.5", "EdgeStartTimestamp": 1767600000123456789,
    "ClientRequestMethod": "POST", "ClientRequestURI": "/c", "ClientRequestBytes": 4000, "EdgeResponseBytes": 90,
    "EdgeResponseStatus": 200, "ClientRequestUserAgent": "curl/8.0", "RayID": "1", "ZoneName": "example.com",
}  # fmt: skip
CEF = (
    "<134>Jan 05 09:00:00 192.0.2.1 CEF:0|SonicWall|NSa 4700|7.0.1|97|Syslog Website Accessed|4|cat=1024 rt=1767600000000 "
    'src=10.0.0.5 dst=192.0.2.7 dpt=443 susr="jdoe" request=chatgpt.com/c out=742 in=5120 fw_action="NA"'
)
GENERIC_CEF = (
    "CEF:0|Example|Web Gateway|1.0|100|Request|3|rt=1767600000000 src=10.0.0.5 shost=PC17 suser=jdoe dst=192.0.2.7 dhost=chatgpt.com "
    "request=https://chatgpt.com/c requestMethod=POST act=allowed in=900 out=5210"
)
GENERIC_LEEF = (
    "LEEF:1.0|Example|Web Gateway|1.0|allowed|devTime=1767600000000\tsrc=10.0.0.5\tdst=192.0.2.7\tusrName=jdoe\tidentHostName=PC17"
    "\turl=https://chatgpt.com/c\tmethod=POST\taction=allowed\tsrcBytes=5210\tdstBytes=900"
)
TABLE = (
    "num;date;time;orig;type;action;alert;i/f_name;i/f_dir;product;log_sys_message;src;dst;proto;rule;rule_uid;service;s_port;user;"
    "src_user_name;src_machine_name;resource;appi_name;method;client_outbound_bytes;client_inbound_bytes;administrator;Operation;user_agent"
)
ROW = (
    "1;5Jan2026; 8:00:01;192.0.2.1;log;accept;;eth1;inbound;URL Filtering;;10.1.2.4;192.0.2.7;tcp;5;;443;50001;;Jane Doe (jdoe);pc-17;"
    "https://chatgpt.com/;;GET;10;20;;;curl/8.0"
)
SQUID = "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -"
HOSTS = ("chatgpt.com", "www.example.com", "claude.ai")
PLAIN = {
    "aws_alb": (BALANCER.replace("{second:02}", "01").replace("{host}", "chatgpt.com"), 0),
    "caddy": (json.dumps(CADDY), 0),
    "sonicwall_cef": (CEF, 0),
    "cef_generic": (GENERIC_CEF, 0),
    "leef_generic": (GENERIC_LEEF, 0),
    "checkpoint_logexport": (f"{TABLE}\n{ROW}", 1),
    "ecs_json": (json.dumps(ECS), 0),
    "squid_native": (SQUID, 0),
}
"""By the format, a log of one line, and how many lines stand before that."""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


@pytest.mark.parametrize("name", PLAIN)
def test_lines_are_folded(name: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    text, head = PLAIN[name]
    *header, line = text.split("\n")
    lines = [line.replace("chatgpt.com", host) for host in HOSTS * 5]
    assert len(header) == head
    assert folded([*header, *lines], name, catalog, monkeypatch) >= len(lines) - 1
    same([*header, *lines], name, catalog, monkeypatch)


def test_nanoseconds_since_the_epoch_are_whole_numbers(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = (
        "1767600000123456789",
        "-1767600000123456789",
        "9999999999999999999",
        "99999999999999999999",
        "0",
        "-0",
        "01",
    )
    line = json.dumps(FIREWALL)
    for key, number in product(("Datetime", "ClientRequestBytes", "RayID"), numbers):
        odd = json.dumps(FIREWALL | {key: 0}).replace(f'"{key}": 0', f'"{key}": {number}')
        both("\n".join([line, odd, line, odd]).encode(), catalog, monkeypatch)
    assert (
        folded(
            [line.replace("chatgpt.com", host) for host in HOSTS * 5], "cloudflare_http_request", catalog, monkeypatch
        )
        >= 14
    )


HELD = [
    '"', '""', '" "', '"a" ', '"a"b ', 'a"b ', 'a"b c" ', '"a\\"b" ', '"a\\\\" ', "[", "]", "[]", "[a b] ", "[a [b] c] ", "[a]b ",
    "a[b c] ", '["a b"] ', '"[a" ', "\\", "  ", "\t", "\x0b", "\u00a0", "é ", "{a b} ", "- ", '"-" ', '"chatgpt.com" ', "[chatgpt.com] ",
    "'a b' ",
]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["aws_alb", "sonicwall_cef", "cef_generic", "leef_generic", "checkpoint_logexport", "squid_native"]
)
@pytest.mark.parametrize("odd", HELD)
def test_what_is_odd_is_read_alike(name: str, odd: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    *header, line = PLAIN[name][0].split("\n")
    places = [0, len(line), *(at for at, text in enumerate(line) if text in ' |=\t";')]
    lines = [line]
    for at in places:
        lines += [
            line[:at] + odd + line[at:],
            line[: at + 1] + odd + line[at + 1 :],
            line.replace("chatgpt.com", "claude.ai"),
        ]
    same([*header, *lines], name, catalog, monkeypatch)


VALUES = [
    "[]", "[null]", '["x"]', '["claude.ai"]', '["claude.ai", "chatgpt.com"]', '[null, "claude.ai"]', '[["claude.ai"]]',
    '[{"a": "claude.ai"}]', "[1]", "[-1.5]", "[1e5]", "[true, 2]", '[ "claude.ai" ]', '["claude\\u002eai"]', '["a\\"b"]', '[""]',
    '["", "claude.ai"]', "[12345678901234567890]", "{}", '{"a": 1}', "null", '"x"', '"[1]"', '"[\\"claude.ai\\"]"', '[[], "claude.ai"]',
]  # fmt: skip


EVE: dict[str, Any] = {
    "timestamp": "2026-02-10T09:00:00.123456+0100", "flow_id": 1, "event_type": "dns", "src_ip": "10.1.2.3", "src_port": 51000,
    "dest_ip": "10.0.0.53", "dest_port": 53, "proto": "UDP",
    "dns": {"version": 3, "type": "request", "tx_id": 0, "id": 1, "queries": [{"rrname": "chatgpt.com", "rrtype": "A"}]},
}  # fmt: skip
KONG: dict[str, Any] = {
    "response": {"size": 9982, "status": 200}, "service": {"host": "localhost", "port": 443}, "client_ip": "10.0.0.141",
    "started_at": 1770760000082, "upstream_uri": "/v1/chat/completions", "route": {"name": "r"},
    "request": {"method": "POST", "uri": "/v1", "url": "http://chatgpt.com/v1", "size": 900, "headers": {"host": "chatgpt.com"}},
    "tries": [{"ip": "192.0.2.7", "port": 443, "balancer_latency": 0}], "latencies": {"request": 1},
}  # fmt: skip
HUBBLE: dict[str, Any] = {
    "flow": {
        "time": "2026-02-10T12:30:00.1Z", "verdict": "FORWARDED", "IP": {"source": "10.0.1.1", "destination": "192.0.2.7"},
        "l4": {"TCP": {"source_port": 40000, "destination_port": 443}}, "source": {"namespace": "n", "pod_name": "p"},
        "destination": {"identity": 2}, "destination_names": ["chatgpt.com"], "Type": "L3_L4", "traffic_direction": "EGRESS",
    },
    "node_name": "n1", "time": "2026-02-10T12:30:00.1Z",
}  # fmt: skip
PLACES = [
    *VALUES, '[{"rrname": "claude.ai"}, {"rrname": "chatgpt.com"}]', '[{}, {"rrname": "claude.ai"}]', '[{"rrname": ["claude.ai"]}]',
    '[{"rrname": {"a": "claude.ai"}}]', '[["claude.ai"], "chatgpt.com"]', '{"0": {"rrname": "claude.ai"}}', '{"0": "claude.ai"}',
    '[{"rrname": "claude.ai", "rrname": "chatgpt.com"}]', '["{\\"rrname\\": \\"claude.ai\\"}"]', '[{"rrname": "claude.ai"', "[1,]",
    "[,1]", "[" + "0, " * 1200 + "1]", '[{"rrname": "claude.ai"}', "[ ]", '[{"ip": "192.0.2.9", "port": 1}]',
    '[{"name": "rrname", "value": "claude.ai"}]',
]  # fmt: skip


@pytest.mark.parametrize("value", PLACES)
def test_places_of_lists_are_looked_for_as_the_reference_does(
    value: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    for whole, path in ((EVE, ("dns", "queries")), (KONG, ("tries",)), (HUBBLE, ("flow", "destination_names"))):
        line = json.dumps(whole)
        both(
            "\n".join([line, _with(whole, path, value), line, _with(whole, path, value)]).encode(), catalog, monkeypatch
        )
    flat = json.dumps(EVE | {"dns.queries.0.rrname": "claude.ai"})
    both(
        "\n".join([json.dumps(EVE), flat, json.dumps({**EVE, "dns": {"queries.0.rrname": "claude.ai"}})]).encode(),
        catalog,
        monkeypatch,
    )


@pytest.mark.parametrize(("name", "whole"), [("suricata_eve", EVE), ("kong", KONG), ("cilium_hubble", HUBBLE)])
def test_objects_with_lists_of_which_places_are_asked_for_are_folded(
    name: str, whole: dict[str, Any], catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [json.dumps(whole).replace("chatgpt.com", f"www{number}.example.com") for number in range(15)]
    assert folded(lines, name, catalog, monkeypatch) >= 14


@pytest.mark.parametrize("value", VALUES)
def test_of_a_list_the_first_value_counts(value: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    for whole in (ECS, CADDY):
        paths: list[tuple[str, ...]] = [(key,) for key in whole]
        paths += [(key, inner) for key in whole for inner in _of(whole[key])]
        paths += [("request", "headers", "User-Agent")] if whole is CADDY else []
        lines = [json.dumps(whole)]
        for path in paths:
            lines += [_with(whole, path, value), lines[0]]
        both("\n".join(lines).encode(), catalog, monkeypatch)


def _of(value: object) -> list[str]:
    return list(value) if isinstance(value, dict) else []


def _with(whole: dict[str, Any], path: tuple[str, ...], value: str) -> str:
    """The object as text, with ``value``, written as it is, under ``path``."""
    changed = json.loads(json.dumps(whole))
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = "HERE"
    return json.dumps(changed).replace('"HERE"', value)
