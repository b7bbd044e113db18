"""Tables, objects and key=value lines of no known product: what is the destination, and what only looks like it."""

from __future__ import annotations

import time
from typing import Any

import orjson
import pytest

from shadowai.model import Record
from shadowai.sources.logs import formats
from shadowai.sources.logs.families import flatten
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


@pytest.mark.parametrize("word", ["blocked", "Denied by policy", "TCP_DENIED", "drop", "action: Reset", "quarantined"])
def test_words_for_blocked(word: str) -> None:
    assert _row("url,action", f"https://chatgpt.com/,{word}").blocked is True


@pytest.mark.parametrize("word", ["unblockable", "dropbox", "passive", "-", "monitor"])
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
    "junk", ["a=" * 100_000, '"' * 50_000, " " * 200_000, "a" * 200_000, "user=a url=" + "a-" * 90_000]
)
def test_hostile_lines_do_not_stall(junk: str) -> None:
    started = time.monotonic()
    for name in ("generic_kv", "generic_json", "generic_csv"):
        FormatReader(formats()[name], Clock()).tokens(junk)
    Recogniser({"generic_kv": formats()["generic_kv"]}).line(junk)
    assert time.monotonic() - started < 5
