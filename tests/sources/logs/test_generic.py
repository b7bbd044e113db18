"""Tables, objects and key=value lines of no known product: what is the destination, and what only looks like it."""

from __future__ import annotations

import io
import time
from typing import Any

import orjson
import pytest

from shadowai.model import Record
from shadowai.sources.container import Content
from shadowai.sources.logs import formats
from shadowai.sources.logs.json_objects import flatten
from shadowai.sources.logs.logfile import LogFile
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.logs.recognise import Recogniser
from shadowai.sources.timestamps import Clock


def _row(header: str, line: str) -> Record:
    reader = FormatReader(formats()["generic_csv"], Clock())
    reader.tokens(header)
    tokens = reader.tokens(line)
    assert isinstance(tokens, list)
    return reader.record("x.csv", 2, tokens)


def _object(content: dict[str, Any]) -> Record:
    reader = FormatReader(formats()["generic_json"], Clock())
    tokens = reader.tokens(orjson.dumps(content).decode())
    assert isinstance(tokens, dict)
    return reader.record("x.json", 1, tokens)


@pytest.mark.parametrize(
    ("header", "line", "host"),
    [
        ("user,host", "jdoe,chatgpt.com", "chatgpt.com"),
        ("user,Host,Destination Host", "jdoe,proxy01.example.org,chatgpt.com", "chatgpt.com"),
        ("user,host,dest_host", "jdoe,proxy01.example.org,-", "proxy01.example.org"),
        ("user,host,url", "jdoe,proxy01.example.org,https://chatgpt.com/c/1", "chatgpt.com"),
        ("user,host,url", "jdoe,proxy01.example.org,chatgpt.com:443", "chatgpt.com"),
        ("user,host,url", "jdoe,chatgpt.com,/c/index.html", "chatgpt.com"),
        ("user,device,url", "jdoe,pc17,ChatGPT.com.", "chatgpt.com"),
        ("user,host,url", "jdoe,chatgpt.com,index.html", "chatgpt.com"),
        ("client,host,query", "10.1.2.3,resolver01.example.org,chatgpt.com.", "chatgpt.com"),
        ("client,host,query", "10.1.2.3,chatgpt.com,?q=example.com", "chatgpt.com"),
        ("client,host,domain", "10.1.2.3,pihole,chatgpt.com", "chatgpt.com"),
        ("user,host,domain", "jdoe,gemini.google.com,google.com", "gemini.google.com"),
        ("user,domain,host", "jdoe,CORP,chatgpt.com", "chatgpt.com"),
        ("src,dst,host", "10.1.2.3,203.0.113.10,fw01", "203.0.113.10"),
        ("src,dst,host", "10.1.2.3,203.0.113.10,chatgpt.com", "chatgpt.com"),
        ("src,dst,host", "10.1.2.3,chatgpt.com,fw01.example.org", "chatgpt.com"),
        ("src,server_name,url", "10.1.2.3,proxy01,https://chatgpt.com/", "chatgpt.com"),
        ("site,user,destination", "Berlin,jdoe,[2001:db8::5]:443", "2001:db8::5"),
        ("dsthost\tsrc", "CHAT.DeepSeek.com\t10.1.2.3", "chat.deepseek.com"),
    ],
)
def test_destination_is_what_can_only_be_one(header: str, line: str, host: str) -> None:
    assert _row(header, line).host == host


def test_numbers_with_a_decimal_comma_are_left_alone() -> None:
    record = _row("url;bytes_sent;bytes_received;duration", "https://chatgpt.com/;1,5;2000;0,35")
    assert (record.bytes_up, record.bytes_down) == (None, 2000)


@pytest.mark.parametrize(
    ("text", "size"), [("34.000", None), ("1.234.567", 1234567), ("12.0", 12), ("12.00", 12), ("1.234 MB", None)]
)
def test_a_point_may_part_thousands(text: str, size: int | None) -> None:
    assert _row("url;user;bytes_sent", f"https://chatgpt.com/;jdoe;{text}").bytes_up == size


def test_counts_of_uploads_are_no_sizes() -> None:
    record = _row("domain,user,Uploads,Downloads", "chatgpt.com,jdoe,3,1")
    assert (record.bytes_up, record.bytes_down) == (None, None)


@pytest.mark.parametrize(
    "word",
    [
        "blocked", "Denied by policy", "TCP_DENIED", "drop", "action: Reset", "quarantined", "Not allowed", "Disallowed",
        "Blocked (no category)", "Gesperrt", "Bloqu\u00e9", "Bloqueado", "bloccato", "Geblokkeerd",
        "\u62d2\u5426", "\u30d6\u30ed\u30c3\u30af",
    ],
)  # fmt: skip
def test_words_for_blocked(word: str) -> None:
    assert _row("url,action", f"https://chatgpt.com/,{word}").blocked is True


@pytest.mark.parametrize(
    "word", ["Allowed", "PASS", "Allowed - would block", "Zugelassen", "Autoris\u00e9", "Permitido", "\u8a31\u53ef"]
)
def test_words_for_let_through(word: str) -> None:
    assert _row("url,action", f"https://chatgpt.com/,{word}").blocked is False


@pytest.mark.parametrize(
    ("column", "word", "blocked"),
    [
        ("blocked", "1", True), ("is_blocked", "true", True), ("is_blocked", "false", False), ("Blocked", "No", False),
        ("allowed", "false", True), ("allowed", "yes", False), ("allowed", "12", None),
        ("status", "Blocked", True), ("status", "200", None), ("status", "blocked by the vendor", None),
    ],
)  # fmt: skip
def test_columns_that_say_yes_or_no(column: str, word: str, blocked: bool | None) -> None:
    assert _row(f"url,user,{column}", f"https://chatgpt.com/,jdoe,{word}").blocked is blocked


@pytest.mark.parametrize(
    "word",
    [
        "unblockable",
        "dropbox",
        "passive",
        "-",
        "monitor",
        "Not blocked",
        "Unblocked",
        "Block override",
        "blocked: false",
        "No action",
    ],
)
def test_words_that_do_not_say(word: str) -> None:
    assert _row("url,action", f"https://chatgpt.com/,{word}").blocked is None


def test_the_writer_of_a_log_is_never_the_destination() -> None:
    content = {
        "host": {"name": "chatgpt.com", "hostname": "chatgpt.com"},
        "agent.hostname": "chatgpt.com",
        "observer": {"hostname": "chatgpt.com"},
        "threat": {"indicator": {"url": {"domain": "chatgpt.com"}}},
        "user": {"name": "jdoe", "domain": "example"},
        "destination": {"ip": "203.0.113.10"},
    }
    record = _object(content)
    assert (record.host, record.server_ip, record.user) == (None, "203.0.113.10", "jdoe")


@pytest.mark.parametrize(
    "content",
    [
        {"remote_host": "crawler.openai.com", "request": "GET / HTTP/1.1", "remote_addr": "203.0.113.9"},
        {"remote_host": "crawler.openai.com", "referer": "https://chatgpt.com/", "user": "jdoe"},
        {"user": "jdoe", "webhook": {"url": "https://hooks.openai.com/x"}},
        {"user": "jdoe", "link": "https://chatgpt.com/share/1"},
        {"user": "jdoe", "principal": {"hostname": "laptop.openai.com"}},
        {"user": "jdoe", "metadata": {"url": "https://openai.com/x"}},
    ],
)
def test_who_came_and_what_was_written_is_no_destination(content: dict[str, Any]) -> None:
    assert _object(content).host is None


def test_a_remote_host_beside_a_process_is_the_destination() -> None:
    assert _object({"remote_host": "chatgpt.com", "process": "x.exe", "user": "jdoe"}).host == "chatgpt.com"


def test_what_a_server_sent_is_not_taken_for_what_its_client_did() -> None:
    sizes = {"bytes_sent": 512000, "host": "www.example.com"}
    served = _object({"remote_addr": "10.0.0.5", **sizes})
    assert (served.bytes_up, served.bytes_down) == (None, None)
    assert _object({"src_ip": "10.0.0.5", **sizes}).bytes_up == 512000


def test_events_of_a_unified_model() -> None:
    record = _object(
        {
            "metadata": {"event_timestamp": "2026-01-05T09:00:00Z"},
            "principal": {"hostname": "pc17", "ip": ["10.0.0.5"], "user": {"userid": "jdoe"}},
            "target": {"hostname": "chatgpt.com", "url": "https://chatgpt.com/c", "port": 443},
            "network": {"sent_bytes": "120", "received_bytes": "4000"},
        }
    )
    assert (record.host, record.user, record.device, record.client_ip) == ("chatgpt.com", "jdoe", "pc17", "10.0.0.5")
    assert (record.bytes_up, record.bytes_down, record.server_port) == (120, 4000, 443)
    assert record.time is not None


@pytest.mark.parametrize("column", ["qname", "Query Name", "DNS Query", "dns.question.name"])
def test_a_name_that_was_asked_for_is_a_look_up_without_its_type(column: str) -> None:
    record = _row(f"time,client ip,{column}", "2026-01-05T09:00:00Z,10.1.2.3,chatgpt.com")
    assert (record.kind, record.host) == ("dns_query", "chatgpt.com")
    assert _object({"client_ip": "10.1.2.3", column: "chatgpt.com"}).kind == "dns_query"


def test_a_request_beside_a_look_up_is_a_request() -> None:
    record = _row("client ip,dns query,url,method", "10.1.2.3,chatgpt.com,https://chatgpt.com/c,GET")
    assert (record.kind, record.host) == ("http_request", "chatgpt.com")


def test_the_type_of_a_query_in_a_normalized_table() -> None:
    record = _row("SrcIpAddr,DnsQuery,DnsQueryTypeName,UserAgent", "10.1.2.3,chatgpt.com,AAAA,x")
    assert record.kind == "dns_query"


def test_a_table_abroad() -> None:
    record = _row(
        "Datum;Uhrzeit;Benutzer;Webseite;Aktion;Gesendet (Bytes)", "05.01.2026;09:00:00;jdoe;chatgpt.com;Gesperrt;12"
    )
    assert (record.host, record.user, record.blocked, record.bytes_up) == ("chatgpt.com", "jdoe", True, 12)
    assert record.time is not None


def test_kibana_writes_an_at() -> None:
    record = _row('"@timestamp",url.domain,user.name', '"Jan 5, 2026 @ 09:00:00.000",chatgpt.com,jdoe')
    assert record.time == 1767603600000000


@pytest.mark.parametrize("mark", [";", ","])
def test_marks_behind_a_pair_are_none_of_it(mark: str) -> None:
    reader = FormatReader(formats()["generic_kv"], Clock())
    tokens = reader.tokens(
        f'time=2026-01-05T09:00:00Z{mark} user="j;"{mark} src=10.0.0.5{mark} site=chatgpt.com{mark} verdict=drop'
    )
    assert isinstance(tokens, dict)
    record = reader.record("x.log", 1, tokens)
    assert (record.host, record.user, record.client_ip, record.blocked) == ("chatgpt.com", "j;", "10.0.0.5", True)


def test_a_part_of_a_path_keeps_whose_it_is() -> None:
    found = flatten({"event": {"data": {"url": "a", "user": {"name": "b"}, "source": {"ip": "c"}}}})
    assert (found["url"], found["username"], found["sourceip"]) == ("a", "b", "c")
    assert "name" not in found and "ip" not in found


def test_outer_keys_win_over_inner_ones() -> None:
    assert flatten({"inner": {"url": "inner"}, "url": "outer"})["url"] == "outer"


def test_nesting_without_end_is_cut() -> None:
    content: dict[str, Any] = {"url": "x"}
    for _ in range(200):
        content = {"a": content}
    assert "url" not in flatten(content)


def test_key_value_lines_need_a_destination_and_somebody() -> None:
    recogniser = Recogniser(formats())

    def name(line: str) -> str | None:
        found = recogniser.line(line)
        return found[0].name if found else None

    assert name("level=info src=10.1.2.3 url=https://chatgpt.com/") == "generic_kv"
    assert name("level=info url=https://chatgpt.com/ took=3") is None
    assert name("level=info user=jdoe msg=hello") is None
    assert name("GET /?user=jdoe&url=https://chatgpt.com/") is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Time: 2026-01-05 10:00:00, User: jdoe, Source IP: 10.0.0.5, URL: https://chatgpt.com/", "generic_kv_colon"),
        ("Event: login, Account Domain: CORP, User: jdoe, Host: srv1", None),
        ("Subject: hello, Sender: a@example.com, URL: https://chatgpt.com/, User: jdoe", None),
        ("Error: could not reach it, see also, URL: https://chatgpt.com/", None),
        ("it failed, User: jdoe, URL: https://chatgpt.com/", None),
        ("Site: Berlin, User: jdoe, Time: 2026-01-05 10:00:00", None),
        ("Event: DHCPACK, User: jdoe, URL: chatgpt.com", None),
    ],
)
def test_lines_of_colons_need_a_destination_and_somebody(line: str, name: str | None) -> None:
    found = Recogniser(formats()).line(line)
    assert (found[0].name if found else None) == name


@pytest.mark.parametrize(
    "unit", ["A: b, ", ", a a a", ",  ", 'A: "', 'A: "\\", ', ", User: a", "URL: ", ", User: a, URL: .", '\\"']
)
def test_hostile_lines_of_colons_do_not_stall(unit: str) -> None:
    reader, found = (
        FormatReader(formats()["generic_kv_colon"], Clock()),
        Recogniser({"generic_kv_colon": formats()["generic_kv_colon"]}),
    )
    for before in ("", "A: ", "Time: x, User: a, "):
        started = time.process_time()
        line = before + unit * (200_000 // len(unit))
        reader.tokens(line)
        found.line(line)
        assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "junk", ["a=" * 100_000, '"' * 50_000, " " * 200_000, "a" * 200_000, "user=a url=" + "a-" * 90_000]
)
def test_hostile_lines_do_not_stall(junk: str) -> None:
    started = time.monotonic()
    for name in ("generic_kv", "generic_json", "generic_csv"):
        FormatReader(formats()[name], Clock()).tokens(junk)
    Recogniser({"generic_kv": formats()["generic_kv"]}).line(junk)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("mark", [";", "|"])
def test_pairs_that_no_blank_parts_are_not_read_as_one(mark: str) -> None:
    line = mark.join(("url=https://chatgpt.com/c/1", "user=jdoe", "src=10.1.2.3", "action=block"))
    log = LogFile(Content("x.log", io.BytesIO(line.encode())), formats())
    (record,) = [log.record(row) for row in log.rows()]
    assert (record.host, record.user, record.client_ip, record.blocked) == ("chatgpt.com", "jdoe", "10.1.2.3", True)


def test_what_a_server_says_in_a_table_is_not_taken_for_what_its_client_did() -> None:
    record = _row("time,remote_addr,host,bytes_sent", "2026-01-05T09:00:00Z,10.1.2.3,chatgpt.com,52000")
    assert (record.bytes_up, record.client_ip) == (None, "10.1.2.3")


@pytest.mark.parametrize(
    ("user", "known"),
    [
        ("jdoe", ("jdoe", None, None)),
        ("192.0.2.7", (None, None, "192.0.2.7")),
        ("anonymous", (None, None, None)),
        ("N/A", (None, None, None)),
        ("Gast", (None, None, None)),
        ("02-00-00-00-00-01", (None, "02-00-00-00-00-01", None)),
        ("host/pc17.example.com", (None, "pc17.example.com", None)),
    ],
)
def test_who_is_no_person_in_a_users_column(user: str, known: tuple[str | None, ...]) -> None:
    record = _row("Time,User,Website", f"2026-01-05T09:00:00Z,{user},chatgpt.com")
    assert (record.user, record.device, record.client_ip) == known


def test_a_client_that_is_told_is_not_the_users_address() -> None:
    record = _row("Time,User,Client IP,Website", "2026-01-05T09:00:00Z,192.0.2.7,192.0.2.8,chatgpt.com")
    assert record.client_ip == "192.0.2.8"


@pytest.mark.parametrize(
    ("method", "read"), [("Kerberos", None), ("SSO", None), ("Card", None), ("post", "POST"), ("PROPFIND", "PROPFIND")]
)
def test_a_method_is_one_of_http(method: str, read: str | None) -> None:
    assert _row("Time,User,Method,URL", f"2026-01-05T09:00:00Z,jdoe,{method},https://chatgpt.com/").method == read


@pytest.mark.parametrize(
    ("address", "host", "url"),
    [
        ("https://chatgpt.com/c/1", "chatgpt.com", "https://chatgpt.com/c/1"),
        ("chatgpt.com", "chatgpt.com", None),
        ("chatgpt.com/c/1", "chatgpt.com", None),
        ("Hauptstr. 5", None, None),
        ("192.0.2.7", None, None),
    ],
)
def test_a_german_address_is_a_pages_where_it_looks_like_one(address: str, host: str | None, url: str | None) -> None:
    record = _row("Zeit;Nutzer;IP-Adresse;Adresse", f"05.01.2026 09:00;jdoe;192.0.2.8;{address}")
    assert (record.host, record.url, record.client_ip) == (host, url, "192.0.2.8")


@pytest.mark.parametrize(
    ("header", "line", "known"),
    [
        ("Device IP,Client,Website", "192.0.2.1,10.0.0.5,chatgpt.com", (None, "10.0.0.5", None, "chatgpt.com")),
        ("Device IP,Client,Website", "10.0.0.5,Example Ltd,chatgpt.com", (None, "10.0.0.5", None, "chatgpt.com")),
        ("DeviceName,SourceHostName,URL", "fw01,PC17,https://chatgpt.com/", ("pc17", None, None, "chatgpt.com")),
        ("remote_name,remote_addr,user", "chatgpt.com,203.0.113.9,jdoe", (None, None, None, "chatgpt.com")),
        ("remote_addr,host,user", "10.0.0.5,chatgpt.com,jdoe", (None, "10.0.0.5", None, "chatgpt.com")),
        ("Server,Benutzer,Zieladresse", "fw01.example.net,jdoe,chatgpt.com", (None, None, None, "chatgpt.com")),
        (
            "resource,src,dst",
            "https://chatgpt.com/c/1,10.0.0.5,203.0.113.9",
            (None, "10.0.0.5", "203.0.113.9", "chatgpt.com"),
        ),
        ("resource,src,host", "payroll,10.0.0.5,chatgpt.com", (None, "10.0.0.5", None, "chatgpt.com")),
    ],
)
def test_who_reports_and_the_other_end_are_nobody(header: str, line: str, known: tuple[str | None, ...]) -> None:
    record = _row(f"time,{header}", f"2026-01-05T09:00:00Z,{line}")
    assert (record.device, record.client_ip, record.server_ip, record.host) == known


@pytest.mark.parametrize("party", ["dst", "dest", "remote", "nat", "proxy", "upstream"])
def test_an_address_of_another_party_is_not_the_clients(party: str) -> None:
    event = {
        "time": "2026-01-05T09:00:00Z",
        "user": "jdoe",
        "url": "https://chatgpt.com/",
        party: {"ip": "203.0.113.9"},
    }
    assert _object(event).client_ip is None


@pytest.mark.parametrize(
    "line",
    [
        "time=2026-01-05T09:00:00Z,user=jdoe,source=10.0.0.5,destination=chatgpt.com,action=deny",
        "zeit=2026-01-05T09:00:00Z benutzer=jdoe quelle=10.0.0.5 ziel=chatgpt.com aktion=gesperrt",
        "fecha=2026-01-05T09:00:00Z usuario=jdoe ip_origen=10.0.0.5 destino=chatgpt.com accion=bloqueado",
    ],
)
def test_a_destination_that_is_a_name_is_enough_in_pairs(line: str) -> None:
    log = LogFile(Content("x.log", io.BytesIO(line.encode())), formats())
    (record,) = [log.record(row) for row in log.rows()]
    assert (record.host, record.user, record.client_ip, record.blocked) == ("chatgpt.com", "jdoe", "10.0.0.5", True)
    assert Recogniser(formats()).line(line.replace("chatgpt.com", "203.0.113.9")) is None
