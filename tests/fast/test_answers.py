"""DNS answers that the compiled fold hands on by itself: who was told which address, as the reference finds it."""

from __future__ import annotations

import ipaddress
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from shadowai import answers, fast
from shadowai.catalog import Catalog
from shadowai.inventory import Inventory
from shadowai.names import Names
from shadowai.sources.logs import bulk
from shadowai.sources.logs.reader import FormatReader
from tests.test_answers import AT, flow
from tests.test_sessions import entries, folded, scanned

HOSTS = ("chatgpt.com", "claude.ai", "gemini.google.com", "www.example.org", "cdn.example.net", "Mail.Example.ORG")
CLIENTS = ("10.1.2.3", "10.1.2.4", "2001:0db8:0000:0000:0000:0000:0000:0007")
SERVERS = ("203.0.113.10", "203.0.113.20", "203.0.113.30", "2001:0db8:0000:0000:00a0:0000:0000:0001", "192.0.2.9")
STEPS = (0, 1, 5, 59, 60, 61, 299, 300, 301, 4000)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def _stamp(at: float) -> str:
    seconds, micros = divmod(round(at * 1_000_000), 1_000_000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"2026-02-10T{8 + hours:02}:{minute:02}:{second:02}.{micros:06}+0000"


def eve(
    at: float, client: str, host: str, *told: str, ttl: int = 60, more: Mapping[str, object] = MappingProxyType({})
) -> str:
    """An answer in Suricata's EVE, as its packet went: from the resolver to who asked."""
    found = [{"rrname": host, "rrtype": "A", "ttl": ttl, "rdata": one} for one in told]
    dns = {
        "version": 2,
        "type": "answer",
        "rrname": host,
        "rcode": "NOERROR",
        "answers": found,
        "grouped": {"A": told},
        **more,
    }
    ends = {"src_ip": "10.0.0.53", "src_port": 53, "dest_ip": client, "dest_port": 50123, "proto": "UDP"}
    line = {"timestamp": _stamp(at), "flow_id": 7, "event_type": "dns", **ends, "dns": dns}
    return json.dumps(line, separators=(",", ":"))


def _seen(inventory: Inventory, catalog: Catalog) -> tuple[Any, ...]:
    known = inventory.joins.answers
    rows = sorted(map(repr, entries(inventory, catalog)))
    return known._others, known._told, rows, list(inventory.joins.notes())


def _written(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def _same(paths: Sequence[Path], catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a scan finds, which the reference finds, too."""
    monkeypatch.delenv(fast.PURE, raising=False)
    found = _seen(scanned(paths, catalog), catalog)
    assert found == _seen(folded(paths, catalog), catalog)
    monkeypatch.setenv(fast.PURE, "1")
    assert found == _seen(scanned(paths, catalog), catalog)
    monkeypatch.delenv(fast.PURE)
    return found


def _mixed(chance: random.Random) -> tuple[list[str], list[str]]:
    """Answers and connections of several clients to few servers, at the edges of what an answer is believed for."""
    looked_up, flows, at = [], [], 0
    for _ in range(60):
        at += chance.choice((0, 0, 1, 7, 60))
        client, host = chance.choice(CLIENTS), chance.choice(HOSTS)
        told = [SERVERS[HOSTS.index(host) % 5]] * (chance.random() < 0.9)
        told += chance.sample(SERVERS, chance.choice((0, 0, 0, 0, 0, 0, 1, 2)))
        kind = chance.random()
        if kind < 0.1:
            query = {"type": "query", "answers": None, "grouped": None}
            looked_up.append(eve(at, client, host, more=query))
        elif kind < 0.2:
            looked_up.append(eve(at, client, host, *told, more={"rdata": "a\\b"}))  # is left to the reference
        else:
            looked_up.append(eve(at, client, host, *told, ttl=chance.choice((0, 60, 300, 301, 4000))))
    for _ in range(100):
        server = ipaddress.ip_address(chance.choice(SERVERS)).compressed
        client = ipaddress.ip_address(chance.choice(CLIENTS)).compressed
        flows.append(flow(chance.randrange(at + 1) + chance.choice(STEPS), client, server))
    return looked_up, flows


@pytest.mark.parametrize("seed", range(12))
def test_mixes_of_answers_and_connections_in_both_orders(
    seed: int, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    monkeypatch.setattr(bulk, "BLOCK", chance.choice((1, 700, 5_000, 1 << 18)))
    monkeypatch.setattr(answers, "OTHERS", chance.choice((0, 3, 6, 1 << 18)))
    looked_up, flows = _mixed(chance)
    paths = [_written(tmp_path / "eve.json", looked_up), _written(tmp_path / "flow.log", flows)]
    others, told, _, notes = _same(paths, catalog, monkeypatch)
    assert told and others
    assert any(note.kind == "inferred" for note in notes)
    _same(paths[::-1], catalog, monkeypatch)


ODD: tuple[object, ...] = (
    *("7.2.0.192.in-addr.arpa", "172.888.1.2", "01.2.3.4", "10.1.2.x", "1.2.3.4.5.6.7.8", "1.2.3.4567", "1.2.3.4-5", "x1.2.3.4"),
    *("10.0.0.1:53", "[2001:db8::1]", "2001:DB8::A", "2001:db8::1%eth0", "::", "::1", "::ffff:192.0.2.1", "::ffff:c000:201"),
    *("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:8", "1:0:0:4:0:0:0:8", "1::2::3", ":1", "1:", "12345::1", "a:b", "ab:cd.xyz", "1:2:3:4:5:6:7:8:9"),
    *("12:34:56", "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 a:mail.example ~all", "include:_spf.example"),
    *("", " 192.0.2.1 ", "'192.0.2.1'"),
    *("192.0.2.1,192.0.2.2;2001:db8::2", "a\tb", "a\\b", "é 192.0.2.1", "192.0.2.1é", "\x7f192.0.2.1", '"192.0.2.1"', "[]", "[192.0.2.1]"),
    *(None, True, 3, 1.5, {}, [], {"a": []}, {"192.0.2.1": 1}, ["192.0.2.1", "a.example", "2001:DB8::1", "10.1.2.x"]),
    *(["192.0.2.1", 5], ["192.0.2.1", ["192.0.2.2"]], [["192.0.2.3"]], [{"a": {"b": ["192.0.2.4"]}}], ["192.0.2.1", "", "7.example"]),
    *([f"192.0.2.{n}" for n in range(64)], [f"192.0.2.{n}" for n in range(65)], {"A": [f"192.0.2.{n}" for n in range(70)]}),
    *(["192.0.2.1"] * 64 + ["192.0.2.2"], ["a.example"] * 64 + ["192.0.2.2"], {"A": ["192.0.2.1"] * 64 + ["192.0.2.2"]}),
)  # fmt: skip


@pytest.mark.parametrize("place", ["answers", "grouped", "rdata"])
def test_addresses_in_whatever_writers_put_there(
    place: str, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, value in enumerate(ODD):
        told = {"answers": None, "grouped": None, place: value}
        text = eve(0, "10.1.2.3", "www.example.org", more=told)
        spaced = json.dumps(json.loads(text))  # other white space
        _same([_written(tmp_path / f"{number}.json", [text, spaced] * 2)], catalog, monkeypatch)


def test_of_what_is_said_twice_the_last_counts(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = eve(0, "10.1.2.3", "www.example.org", "192.0.2.1").replace('"ttl"', '"rdata":"192.0.2.77","ttl"')
    others, *_ = _same([_written(tmp_path / "eve.json", [text] * 3)], catalog, monkeypatch)
    assert others == {"10.1.2.3 192.0.2.1"}


def _spelt(chance: random.Random) -> tuple[str, str]:
    """An IPv6 address as some program might write it, and its one form."""
    groups = [chance.choice((0, 0, 0, 1, 0xAB, 0xF00D, chance.randrange(65_536))) for _ in range(8)]
    shape = chance.choice(("{:x}", "{:04x}", "{:X}", "{:03x}"))
    written = ":".join(map(shape.format, groups))
    found = ipaddress.IPv6Address(":".join(f"{group:x}" for group in groups))
    text = chance.choice((written, written, found.compressed, found.exploded))
    return text, str(found.ipv4_mapped or found)


def test_every_spelling_of_an_address_is_the_same(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(6)
    several = [(_spelt(chance), _spelt(chance)) for _ in range(400)]
    lines = [eve(0, client, "www.example.org", told) for (client, _), (told, _) in several]
    others, *_ = _same([_written(tmp_path / "eve.json", lines)], catalog, monkeypatch)
    assert others == {f"{client} {told}" for (_, client), (_, told) in several}


def test_plain_answers_are_not_read(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if fast.lines_module() is None:
        return
    lines = [eve(n, CLIENTS[n % 3], "www.example.org", *SERVERS[: n % 5]) for n in range(90)]
    path = _written(tmp_path / "eve.json", lines)
    expected = _seen(folded([path], catalog), catalog)
    monkeypatch.delenv(fast.PURE, raising=False)
    monkeypatch.setattr(FormatReader, "answer", None)
    assert _seen(scanned([path], catalog), catalog) == expected
    assert len(expected[0]) == 12


def test_connections_to_ipv6_addresses_are_not_read_but_those_of_services(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A catalogue with networks of services leaves the lines of all other addresses to the compiled fold."""
    sixes = Names(catalog).sixes
    assert sixes
    edges = [edge + step for both in sixes for edge in both for step in (-1, 0, 1)]
    servers = [ipaddress.IPv6Address(edge % (1 << 128)) for edge in edges]
    lines = []
    for number, server in enumerate(servers * 4):
        size = {"bytes_toserver": number, "bytes_toclient": 5, "state": "closed"}
        ends = {"src_ip": CLIENTS[2], "src_port": 50123, "dest_ip": server.exploded, "dest_port": 443, "proto": "TCP"}
        line = {"timestamp": _stamp(number), "flow_id": number, "event_type": "flow", **ends, "flow": size}
        lines.append(json.dumps(line))
    path = _written(tmp_path / "eve.json", lines)
    _same([path], catalog, monkeypatch)
    if fast.lines_module() is None:
        return
    read: list[str | None] = []
    server_of = FormatReader.session

    def session(reader: FormatReader, tokens: Any) -> Any:
        read.append(reader.server(tokens))
        return server_of(reader, tokens)

    monkeypatch.setattr(FormatReader, "session", session)
    scanned([path], catalog)
    within = {str(server) for server in servers if any(first <= int(server) <= last for first, last in sixes)}
    assert set(read) == within


def test_the_time_of_an_answer_is_when_it_was_told() -> None:
    assert _stamp(0) == "2026-02-10T08:00:00.000000+0000" and AT == 1_770_710_400
