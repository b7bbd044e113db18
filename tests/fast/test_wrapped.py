"""Lines behind syslog headers: folded like those without where the header is plain, and read alike whatever it is."""

from __future__ import annotations

import pytest

from shadowai.catalog import Catalog
from tests.fast.test_pairs import HOSTS, folded, same

SQUID = "17676000{n:02}.123     55 10.0.0.{n} TCP_TUNNEL/200 4000 CONNECT {host}:443 user{m} HIER_DIRECT/203.0.113.9 -"
PANOS = (
    "1,2026/01/05 08:00:{n:02},007051000000001,THREAT,url,2816,2026/01/05 08:00:{n:02},10.0.0.{n},203.0.113.10,0.0.0.0,0.0.0.0,allow-web,"
    'example\\user{m},,ssl,vsys1,trust,untrust,,,,,,,50001,443,,,,tcp,alert,"{host}/path?a=1,2",(9999),ai,informational'
)
ZEEK = (
    '{{"ts":17676000{n:02}.5,"uid":"C0680{n:02}d6896c0d2b0","id.orig_h":"10.0.0.{n}","id.resp_h":"203.0.113.9","id.resp_p":443,'
    '"trans_depth":1,"method":"GET","host":"{host}","uri":"/x","request_body_len":10,"response_body_len":20,"username":"user{m}"}}'
)
ZSCALER = (
    '"Mon Jan  5 08:00:{n:02} 2026","user{m}@example.com","HTTPS","{host}/a%20b","Allowed","General","x","100","200",'
    + ",".join(['"None"'] * 12) + ',"10.0.0.{n}","203.0.113.9","GET","200","curl/8"'
)  # fmt: skip
HAPROXY = (
    "10.0.0.{n}:50001 [05/Jan/2026:08:00:{n:02}.123] fe~ be/srv 0/0/1/20/21 200 4000 - - ---- 1/1/0/0/0 0/0 {{{host}|user{m}}} "
    '"GET / HTTP/1.1"'
)
DNSTAP = "12-Mar-2026 10:22:{n:02}.125 {what} 10.0.0.{n}:53211 -> 10.1.1.1:53 UDP 40b {host}/IN/A"
LINES = {
    "squid_native": SQUID,
    "panos_threat_url": PANOS,
    "zeek_http_json": ZEEK,
    "zscaler_nss_web_csv": ZSCALER,
    "haproxy": HAPROXY,
}
PLAIN = [
    "<134>Jan  5 09:00:00 proxy-1 squid[123]: ",
    "<14>Jan 15 09:00:00 proxy1 ",
    "Jan 5 09:00:00 proxy.example.com tag: ",
    "2026-01-05T09:00:00Z proxy tag: ",
    "<1>2026-01-05T09:00:00.123456+02:00 proxy tag/x(y)[a:b]:",
]
NO_HOST = "Jan  5 09:00:00 "
"""A header that may do without a host, where what follows could not be one."""
ODD = [
    "<134>Jan  5 09:00:00 FWL-1 a: ",
    "<134>Jan  5 09:00:00 GMT a: ",
    "<134>Jan  5 09:00:00 2026 a: ",
    "<134>Jan  5 2026 09:00:00 h a: ",
    "<134>Jan  5 09:00:00.123 h a: ",
    "<134>1 2026-01-05T09:00:00Z h a b c - ",
    "2026-01-05T09:00:00Z stdout F ",
    "2026-01-05 09:00:00 h a: ",
    "Jan  5 09:00:00 h tag#011x: ",
    "Jan  5 09:00:00 h #011",
    "Jan  5 09:00:00 h ::1 a: ",
    "Jan  5 09:00:00 h:1 a: ",
    "Jan  5 09:00:00 h " + "x" * 64 + ": ",
    "Jan  5 09:00:00 h " + "x" * 65 + ": ",
    "Jan  5 09:00:00 h tag[1: ",
    "Jan  5 09:00:00 h tag[1] ",
    "Jan  5 09:00:00 h tag[\u00e91]: ",
    "Jan  5 09:00:00 h\u00e9 tag: ",
    "Jan  5 09:00:00  h tag: ",
    "Jan  5 09:00:00 ",
    "Jan  5 09:00:00 h: ",
    "Jan  5 09:00:00 h a: b: ",
    "Jan 5 09:00:00 h tag:\t",
    "<1234>Jan  5 09:00:00 h a: ",
    "<>Jan  5 09:00:00 h a: ",
    "<134> Jan  5 09:00:00 h a: ",
    "<134>",
    "JAN  5 09:00:00 h a: ",
    "{",
    '{"message": "',
    "x",
    " ",
    "Jan  5 09:00:00 h a: Jan  5 09:00:00 h a: ",
]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def _log(name: str) -> list[str]:
    return [LINES[name].format(n=n, m=n % 4, host=HOSTS[n % len(HOSTS)]) for n in range(1, 19)]


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("header", ["", *PLAIN])
def test_plain_headers_do_not_keep_lines_from_being_folded(
    name: str, header: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [header + line for line in _log(name)]
    for size in (1, 64, 1 << 20):
        same(lines, name, catalog, monkeypatch, size)
    like_a_tag = name == "haproxy" and header == PLAIN[1]  # an address before a colon
    assert folded(lines, name, catalog, monkeypatch) == (0 if like_a_tag else 18)


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("header", PLAIN)
def test_other_headers_between_are_read_alike(
    name: str, header: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = _log(name)
    mixed = [one + line for one, line in zip((*ODD, *PLAIN, ""), lines * 3, strict=False)]
    same([*(header + line for line in lines), *mixed], name, catalog, monkeypatch)


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("header", ODD)
def test_a_file_of_odd_headers(name: str, header: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    same([header + line for line in _log(name)], name, catalog, monkeypatch)


@pytest.mark.parametrize("odd", ['"', '""', ",", ", ", "\\", "\t", "[", "{", "\u00e9", "#011", "#", "\x00", "\r"])
@pytest.mark.parametrize("name", LINES)
def test_what_is_odd_behind_a_header_is_read_alike(
    name: str, odd: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    for header in ("", PLAIN[0]):
        lines = [header + line for line in _log(name)]
        line = lines[0]
        places = [0, *(at for at, text in enumerate(line) if text in ' ,":[/'), len(line)]
        lines += [line[:at] + odd + line[at:] for at in places]
        same(lines, name, catalog, monkeypatch)


def test_a_header_without_a_host_before_what_is_none(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "panos_threat_url"
    for header in (NO_HOST, "<14>" + NO_HOST, "2026-01-05T09:00:00Z ", NO_HOST + "  ", NO_HOST + "\u00e9"):
        same([header + line for line in _log(name)], name, catalog, monkeypatch)
        same([header + "2" * n + line for n, line in enumerate(_log(name))], name, catalog, monkeypatch)


@pytest.mark.parametrize("size", [131_000, 131_071, 131_072, 131_073, 140_000])
@pytest.mark.parametrize("name", ["panos_threat_url", "zscaler_nss_web_csv"])
def test_values_too_long_for_the_reader_of_quoted_ones(
    name: str, size: int, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = _log(name)
    long = [f'{line},"{"x" * size}"' for line in lines[:6]] + [f"{line},{'x' * size}" for line in lines[:6]]
    same([*lines, *long], name, catalog, monkeypatch)


@pytest.mark.parametrize("head", ["", *PLAIN])
def test_what_is_no_activity_has_a_time_too(head: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has to be assumed of times is counted alike, whoever leaves the line out."""
    lines = [
        head + DNSTAP.format(n=n, what=("CQ", "RQ", "CR")[n % 3], host=HOSTS[n % len(HOSTS)]) for n in range(1, 19)
    ]
    same(lines, "dnstap_text", catalog, monkeypatch)
