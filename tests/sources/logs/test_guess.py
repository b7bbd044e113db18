"""A guess says what a log's columns are, and used as it stands it gives what the log says."""

from __future__ import annotations

import io
import json
import tomllib
from pathlib import Path

import pytest

from shadowai.sources.container import Content
from shadowai.sources.logs import formats, formats_with
from shadowai.sources.logs.first_records import columns_of
from shadowai.sources.logs.guess import fields_of, toml
from shadowai.sources.logs.logfile import LogFile
from shadowai.sources.logs.toml_file import read

ROWS = (
    ("2026-01-05T09:00:00Z", "jdoe@example.com", "10.0.0.5", "chatgpt.com", "allowed", "1200", "GET"),
    ("2026-01-05T09:00:03Z", "asmith@example.com", "10.0.0.6", "www.example.com", "blocked", "100", "POST"),
    ("2026-01-05T09:00:05Z", "bob@example.com", "10.0.0.7", "claude.ai", "blocked", "7", "CONNECT"),
)
STRANGE = ("When", "Emp", "Station", "Where To", "Outcome", "Sent Bytes", "How")
USUAL = ("timestamp", "user", "src_ip", "dest_host", "action", "bytes_sent", "method")
WANTED = [
    ("2026-01-05", "jdoe@example.com", "10.0.0.5", "chatgpt.com", False, 1200, "GET"),
    ("2026-01-05", "asmith@example.com", "10.0.0.6", "www.example.com", True, 100, "POST"),
    ("2026-01-05", "bob@example.com", "10.0.0.7", "claude.ai", True, 7, "CONNECT"),
]


def table(header: tuple[str, ...] | None, delimiter: str) -> str:
    rows = [*([header] if header else []), *ROWS]
    return "".join(delimiter.join(row) + "\n" for row in rows)


def objects(*, nested: bool) -> str:
    def one(row: tuple[str, ...]) -> dict[str, object]:
        at, user, client, host, action, size, method = row
        if not nested:
            return dict(zip(USUAL, row, strict=True))
        who = {"mail": user, "addr": client}
        return {
            "meta": {"when": at, "agent": {"hostname": "sensor.example.net"}},
            "who": who,
            "net": {"peer": host, "verb": method, "sent": int(size)},
            "decision": action,
        }

    return "".join(json.dumps(one(row)) + "\n" for row in ROWS)


def pairs() -> str:
    keys = ("when", "login", "cli", "site", "act", "sent", "method")
    return "".join(
        "gw1 " + " ".join(f"{key}={value}" for key, value in zip(keys, row, strict=True)) + "\n" for row in ROWS
    )


LOGS = {
    "csv of strange names": table(STRANGE, ","),
    "csv of usual names": table(USUAL, ";"),
    "tabs": table(STRANGE, "\t"),
    "objects": objects(nested=False),
    "nested objects": objects(nested=True),
    "a list of objects": json.dumps([json.loads(line) for line in objects(nested=True).splitlines()], indent=1),
    "pairs": pairs(),
    "no header": table(None, "|"),
}


def content(text: str) -> Content:
    return Content("x.log", io.BytesIO(text.encode()))


def described(text: str, folder: Path) -> str:
    found = columns_of(content(text))
    assert found is not None
    written = toml("acme", found, fields_of(found.columns))
    (folder / "acme.toml").write_text(written, "utf-8")
    return written


@pytest.mark.parametrize("name", LOGS)
def test_a_guess_reads_its_log_as_it_stands(name: str, tmp_path: Path) -> None:
    described(LOGS[name], tmp_path)
    log = LogFile(content(LOGS[name]), formats_with((tmp_path,)))
    records = list(map(log.record, log.rows()))
    assert log.format is not None
    assert log.format.name == "acme"
    sized = (
        [bytes_up for *_, bytes_up, _ in WANTED] if name != "no header" else [None] * 3
    )  # a number says no direction
    assert [record.bytes_up for record in records] == sized
    assert [(r.user, r.client_ip, r.host, r.blocked, r.method) for r in records] == [
        (user, client, host, blocked, method) for _, user, client, host, blocked, _, method in WANTED
    ]
    assert all(record.time is not None for record in records)
    assert sum(found[0] for found in log.tally.unreadable.values()) == 0


@pytest.mark.parametrize("name", ["csv of usual names", "objects"])
def test_a_guess_gives_what_the_aliases_give(name: str, tmp_path: Path) -> None:
    described(LOGS[name], tmp_path)
    mine, generic = LogFile(content(LOGS[name]), formats_with((tmp_path,))), LogFile(content(LOGS[name]), formats())
    for one, other in zip(map(mine.record, mine.rows()), map(generic.record, generic.rows()), strict=True):
        assert (one.host, one.user, one.client_ip, one.time, one.blocked, one.bytes_up) == (
            other.host, other.user, other.client_ip, other.time, other.blocked, other.bytes_up,
        )  # fmt: skip


def test_reasons_stand_beside_the_fields(tmp_path: Path) -> None:
    written = described(LOGS["csv of strange names"], tmp_path)
    assert 'host = "Where To"  # 100 % of the values look like one (host), such as chatgpt.com' in written
    assert 'bytes_up = "Sent Bytes"  # its name is known for it' in written


def test_the_writer_of_a_log_is_not_where_somebody_went(tmp_path: Path) -> None:
    assert "meta.agent.hostname" not in tomllib.loads(described(LOGS["nested objects"], tmp_path))["fields"].values()


def test_date_and_time_in_two_columns(tmp_path: Path) -> None:
    text = "Date,Time,Website,Who\n2026-01-05,09:00:00,chatgpt.com,jdoe@example.com\n2026-01-06,10:00:00,claude.ai,a@example.com\n"
    described(text, tmp_path)
    log = LogFile(content(text), formats_with((tmp_path,)))
    assert [log.record(row).time is not None for row in log.rows()] == [True, True]


@pytest.mark.parametrize("hostile", ["a\x1b]0;x\x07b", 'a"]\nname = "evil', "\u202eabc", "k\\ey", "\x7f"])
def test_hostile_names_and_values_make_no_other_toml(hostile: str, tmp_path: Path) -> None:
    text = "".join(
        json.dumps({hostile: hostile, "site": "chatgpt.com", "user": "jdoe@example.com"}) + "\n" for _ in range(3)
    )
    written = described(text, tmp_path)
    assert read(tmp_path / "acme.toml").name == "acme"
    assert all(char.isprintable() or char == "\n" for char in written)


@pytest.mark.parametrize("text", ["", "\n\n", "once upon a time\nthere was a log\n", "{\n", "\x00\x01", "a,b\n"])
def test_what_is_no_log_is_not_guessed(text: str) -> None:
    assert columns_of(content(text)) is None


def test_what_tells_nowhere_says_so(tmp_path: Path) -> None:
    assert "# host = " in described("a,b,c\nx,1,2\ny,2,3\n", tmp_path)


def _fields(text: str, folder: Path) -> dict[str, object]:
    return tomllib.loads(described(text, folder))["fields"]  # type: ignore[no-any-return]


def test_what_led_there_and_what_a_thing_is_called_is_not_where_somebody_went(tmp_path: Path) -> None:
    rows = "2026-01-05T09:00:00Z,jdoe,Monday.com,com.example.app,https://claude.ai/x,https://chatgpt.com/c\n" * 3
    found = _fields(f"time,user,application,bundle,referer,url\n{rows}", tmp_path)
    assert (found["host"], found["url"]) == ("url", "url")
    rows = "2026-01-05T09:00:00Z,jdoe,Monday.com,com.example.app,https://claude.ai/x\n" * 3
    assert "host" not in _fields(f"time,user,application,bundle,referer\n{rows}", tmp_path)


def test_a_url_tells_more_than_a_column_that_may_be_the_collectors(tmp_path: Path) -> None:
    rows = "2026-01-05T09:00:00Z,jdoe,gw1.example.com,https://chatgpt.com/c\n" * 3
    assert _fields(f"time,user,host,url\n{rows}", tmp_path)["host"] == ["url", "host"]
    assert _fields(f"time,user,host,link\n{rows}", tmp_path)["host"] == "host"


def test_visitors_of_a_server_are_no_destinations(tmp_path: Path) -> None:
    text = '{"time":"2026-01-05T09:00:00Z","remote_host":"crawler.openai.com","request":"GET /","remote_addr":"10.0.0.5","bytes_sent":5}\n'
    assert not {"host", "bytes_up"} & _fields(text * 3, tmp_path).keys()


@pytest.mark.parametrize(
    "text",
    [
        "Weekly report\nof 2026\n\nTime;User;Host\n",
        "sep=;\nTime;User;Host\n",
        "#Time;User;Host\n",
        "Client;;Destination\nTime;User;Host\n",
        "Zeit;Benutzer;Ziel-Host\n",
        "\u65e5\u6642;\u30e6\u30fc\u30b6\u30fc;\u5b9b\u5148\u30db\u30b9\u30c8\n",
        ";Time;User;;Host;Host\n",
    ],
)
def test_headers_below_titles_and_abroad(text: str, tmp_path: Path) -> None:
    row = (
        ";2026-01-05 09:00:00;jdoe;x;chatgpt.com;y\n"
        if text.startswith(";")
        else "2026-01-05 09:00:00;jdoe;chatgpt.com\n"
    )
    described(text + row * 3, tmp_path)
    log = LogFile(content(text + row * 3), formats_with((tmp_path,)))
    records = list(map(log.record, log.rows()))
    assert log.format is not None
    assert log.format.name == "acme"
    assert [(r.host, r.user, r.time is not None) for r in records] == [("chatgpt.com", "jdoe", True)] * 3


def test_other_columns_that_say_who_are_alternatives(tmp_path: Path) -> None:
    text = (
        "time,user,email,domain\n2026-01-05 09:00:00,jdoe,,chatgpt.com\n2026-01-05 09:00:00,-,a@example.com,claude.ai\n"
    )
    assert _fields(text, tmp_path)["user"] == ["user", "email"]
    log = LogFile(content(text), formats_with((tmp_path,)))
    assert [log.record(row).user for row in log.rows()] == ["jdoe", "a@example.com"]


def test_yes_and_no_in_a_column_of_what_was_blocked(tmp_path: Path) -> None:
    text = "time,user,domain,blocked\n2026-01-05 09:00:00,jdoe,chatgpt.com,1\n2026-01-05 09:00:00,b,claude.ai,0\n"
    described(text, tmp_path)
    log = LogFile(content(text), formats_with((tmp_path,)))
    assert [log.record(row).blocked for row in log.rows()] == [True, False]


def test_quoted_values_of_pairs_are_looked_at_without_their_quotes(tmp_path: Path) -> None:
    text = 'time="2026-01-05 09:00:00" who="CORP\\\\jdoe" url="https://chatgpt.com/c" act=blocked\n' * 3
    assert _fields(text, tmp_path)["url"] == "url"


def test_a_list_of_names_is_said_to_be_one(tmp_path: Path) -> None:
    assert "# No column says who, when or how much" in described(
        "domain,category\nchatgpt.com,AI\nclaude.ai,AI\n", tmp_path
    )
    assert "# No column says" not in described(LOGS["csv of usual names"], tmp_path)


def test_a_header_in_between_hides_no_sizes(tmp_path: Path) -> None:
    text = "time,user,url,bytes_sent\n2026-01-05 09:00:00,jdoe,https://chatgpt.com/,12\n"
    assert _fields(text * 2, tmp_path)["bytes_up"] == "bytes_sent"


def test_sizes_that_are_written_in_two_ways_are_still_sizes(tmp_path: Path) -> None:
    rows = "2026-01-05 09:00:00,jdoe,https://chatgpt.com/,{}\n"
    text = "time,user,url,bytes_sent\n" + rows.format('"1,200"') + rows.format("12")
    assert _fields(text, tmp_path)["bytes_up"] == "bytes_sent"


def test_types_of_records_tell_look_ups(tmp_path: Path) -> None:
    text = '{"time":"2026-01-05T09:00:00Z","client":"10.1.2.3","qname":"chatgpt.com","qtype":"AAAA"}\n'
    assert 'kind = "dns_query"' in described(text * 2, tmp_path)
    assert 'kind = "http_request"' in described(text.replace("AAAA", "big") * 2, tmp_path)


def test_what_an_object_says_in_words_is_no_log_by_itself(tmp_path: Path) -> None:
    text = '{"message":"outbound call","timestamp":"2026-01-05T09:00:00Z","userId":"u-1","host":"api.openai.com","path":"/v1/x"}\n'
    found = _fields(text * 2, tmp_path)
    assert (found["host"], found["user"]) == ("host", "userId")


def test_the_collector_is_no_device(tmp_path: Path) -> None:
    text = "Time,Source Host,Source Category,user,url\n2026-01-05 09:00:00,gw1,proxy,jdoe,https://chatgpt.com/\n"
    assert "device" not in _fields(text, tmp_path)


def test_a_status_in_another_language_is_an_action(tmp_path: Path) -> None:
    text = "Zeit;Benutzer;URL;Status\n2026-01-05 09:00:00;jdoe;https://chatgpt.com/;gesperrt\n"
    assert _fields(text, tmp_path)["action"] == "Status"


def test_an_address_of_the_other_end_is_no_alternative_of_the_clients(tmp_path: Path) -> None:
    event = '{"time":"2026-01-05T09:00:00Z","user":"jdoe","src":{"ip":"10.0.0.5"},"dst":{"ip":"203.0.113.9","host":"chatgpt.com"}}\n'
    found = _fields(event * 2, tmp_path)
    assert (found["client_ip"], found["server_ip"], found["host"]) == ("src.ip", "dst.ip", "dst.host")
    text = "Time,Device IP,Client,User,Website\n2026-01-05 09:00:00,192.0.2.1,10.0.0.5,jdoe,chatgpt.com\n"
    assert _fields(text, tmp_path)["client_ip"] == ["Client", "Device IP"]
    text = "time,user,remote_name,remote_addr\n2026-01-05 09:00:00,jdoe,chatgpt.com,203.0.113.9\n"
    assert "client_ip" not in _fields(text, tmp_path)


def test_a_proxys_address_is_not_the_servers_and_a_sender_is_nobody(tmp_path: Path) -> None:
    text = "time,user,url,Proxy IP\n2026-01-05 09:00:00,jdoe,https://chatgpt.com/,192.0.2.1\n"
    assert "server_ip" not in _fields(text, tmp_path)
    text = "time,Sender,url\n2026-01-05 09:00:00,mailer@example.net,https://chatgpt.com/\n"
    assert "user" not in _fields(text, tmp_path)


def test_an_address_or_a_name_of_the_organisation_is_not_the_servers(tmp_path: Path) -> None:
    text = "Time,User,Internal IP Address,{},Domain\n2026-01-05 09:00:00,jdoe,10.0.0.5,198.51.100.7,chatgpt.com\n"
    for column in ("Egress IP", "External IP Address"):
        assert "server_ip" not in _fields(text.format(column), tmp_path)
    text = "time=2026-01-05T09:00:00Z usr=jdoe c_ip=10.0.0.5 s_name=proxy.example.net r_host=chatgpt.com\n"
    assert _fields(text, tmp_path)["host"] == "r_host"


def test_of_two_urls_what_led_there_is_not_where_somebody_went(tmp_path: Path) -> None:
    text = "Zeit;Nutzer;Adresse;Verweis\n2026-01-05 09:00:00;jdoe;https://chatgpt.com/;https://www.example.org/\n"
    assert _fields(text, tmp_path)["url"] == "Adresse"


@pytest.mark.parametrize(
    ("column", "words"), [("Is Allowed", ("1", "0")), ("Permitido", ("S\u00ed", "No")), ("Allowed", ("true", "false"))]
)
def test_a_column_that_says_what_was_let_through(column: str, words: tuple[str, str], tmp_path: Path) -> None:
    text = f"time,user,url,{column}\n" + "".join(
        f"2026-01-05 09:00:00,jdoe,https://chatgpt.com/,{word}\n" for word in words
    )
    described(text, tmp_path)
    log = LogFile(content(text), formats_with((tmp_path,)))
    assert [log.record(row).blocked for row in log.rows()] == [False, True]
