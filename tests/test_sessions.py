"""One connection in several records is one use with its size, whatever the order; never twice, and never of a guess."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from shadowai import inputs, sessions, sightings
from shadowai.catalog import Catalog
from shadowai.config import Settings
from shadowai.inventory import Inventory
from shadowai.model import Entry, Gap, Match, Name, Record, Session, Sighting
from shadowai.names import Names
from shadowai.policy import Policy
from shadowai.sources import container
from shadowai.sources.logs.logfile import LogFile

ENDS = {"id.orig_h": "10.1.2.3", "id.orig_p": 51000, "id.resp_h": "203.0.113.10", "id.resp_p": 443}
T0 = 1_770_710_400.0


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


_NAMES: list[Names] = []


def names_of(catalog: Catalog) -> Names:
    """What decides about names; made once, for tests ask the same of it."""
    if not _NAMES:
        _NAMES.append(Names(catalog))
    return _NAMES[0]


def uid(number: int) -> str:
    return f"C{number:017d}"


def conn(number: int, up: int = 1200, down: int = 52000, **more: object) -> dict[str, object]:
    sizes = {"orig_bytes": up, "resp_bytes": down, "conn_state": "SF", "proto": "tcp"}
    return {"ts": T0 + number, "uid": uid(number), **ENDS, **sizes, **more}


def ssl(number: int, host: str = "chatgpt.com") -> dict[str, object]:
    hello = {"server_name": host, "established": True, "resumed": False}
    return {"ts": T0 + number + 0.1, "uid": uid(number), **ENDS, **hello}


def quic(number: int, host: str = "chatgpt.com") -> dict[str, object]:
    return {"ts": T0 + number, "uid": uid(number), **ENDS, "server_name": host, "client_initial_dcid": "ab12"}


def http(number: int, host: str, method: str, up: int, down: int) -> dict[str, object]:
    request = {"host": host, "uri": "/", "method": method, "request_body_len": up, "response_body_len": down}
    return {"ts": T0 + number, "uid": uid(number), **ENDS, "trans_depth": 1, **request}


def eve(kind: str, number: int, **more: object) -> dict[str, object]:
    ends = {"src_ip": "10.1.2.3", "src_port": 51000, "dest_ip": "203.0.113.10", "dest_port": 443, "proto": "TCP"}
    return {"timestamp": "2026-02-10T09:00:00.1+0000", "flow_id": number, "event_type": kind, **ends, **more}


Files = dict[str, Sequence[dict[str, object]]]


def written(folder: Path, files: Files) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / name for name in files]
    for path, lines in zip(paths, files.values(), strict=True):
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return paths


def logs(path: Path) -> Iterator[LogFile]:
    (source,) = container.expand([str(path)])
    assert not isinstance(source, Gap)
    with container.opened(source) as stream:
        for content in container.contents(source, stream):
            assert not isinstance(content, Gap)
            yield inputs.log_file(content, Settings(), None, None)


def scanned(paths: Sequence[Path], catalog: Catalog, *, apart: bool = False) -> Inventory:
    """A scan of the files one after the other; or ``apart``, as in several processes."""
    inventory = Inventory()
    for path in paths:
        part = Inventory() if apart else inventory
        for log in logs(path):
            inputs.scan_log(log, names_of(catalog), part)
        if apart:
            inventory.merge(part)
    return inventory


def folded(paths: Sequence[Path], catalog: Catalog) -> Inventory:
    """The reference: every record read in full, matched and folded."""
    inventory, names = Inventory(), names_of(catalog)
    sums = sightings.Fold(inventory, names, inventory.joins)
    for path in paths:
        for log in logs(path):
            for row in log.rows():
                record = log.record(row)
                sums.take(record, sightings.matches_of(record, names), counts=record.counted)
    sums.flush()
    return inventory


def entries(inventory: Inventory, catalog: Catalog) -> tuple[Entry, ...]:
    def lookup(id: str):  # type: ignore[no-untyped-def]
        return catalog.signatures[id]

    return inventory.entries("user", lookup=lookup, policy=Policy.empty(), today=date(2026, 3, 1))


def figures(inventory: Inventory, catalog: Catalog) -> dict[str, tuple[int, int, int | None, int | None]]:
    found = entries(inventory, catalog)
    return {one.service_id: (one.events, one.blocked, one.bytes_up, one.bytes_down) for one in found}


CASES: dict[str, tuple[Files, dict[str, tuple[int, int, int | None, int | None]]]] = {
    "name and size": (
        {"ssl.log": [ssl(1), ssl(2, "www.example.com")], "conn.log": [conn(1), conn(2, 7, 8)]},
        {"openai-chatgpt": (1, 0, 1200, 52000)},
    ),
    "no size": ({"ssl.log": [ssl(1)], "conn.log": [conn(2)]}, {"openai-chatgpt": (1, 0, None, None)}),
    "two hellos": (
        {"ssl.log": [ssl(1)], "quic.log": [quic(1)], "conn.log": [conn(1)]},
        {"openai-chatgpt": (1, 0, 1200, 52000)},
    ),
    "two hosts": (
        {"ssl.log": [ssl(1)], "quic.log": [quic(1, "claude.ai")], "conn.log": [conn(1)]},
        {"openai-chatgpt": (1, 0, None, None), "anthropic-claude": (1, 0, None, None)},
    ),
    "requests that tell their sizes": (
        {
            "http.log": [http(1, "chatgpt.com", "POST", 500, 10), http(1, "chatgpt.com", "GET", 0, 90)],
            "conn.log": [conn(1)],
        },
        {"openai-chatgpt": (2, 0, 500, 100)},
    ),
    "a tunnel and the hello in it": (
        {"http.log": [http(1, "chatgpt.com", "CONNECT", 0, 0)], "ssl.log": [ssl(1)], "conn.log": [conn(1)]},
        {"openai-chatgpt": (1, 0, 0, 0)},
    ),
    "flow events": (
        {
            "eve.json": [
                eve("tls", 5, tls={"sni": "claude.ai"}),
                eve("tls", 6, tls={"sni": "www.example.org"}),
                eve("flow", 5, flow={"bytes_toserver": 1200, "bytes_toclient": 64000}),
                eve("flow", 6, flow={"bytes_toserver": 1, "bytes_toclient": 2}),
            ]
        },
        {"anthropic-claude": (1, 0, 1200, 64000)},
    ),
    "an alert beside the connection": (
        {
            "eve.json": [
                eve("tls", 5, tls={"sni": "claude.ai"}),
                eve("alert", 5, alert={"action": "allowed"}, tls={"sni": "claude.ai"}, flow={"bytes_toserver": 100}),
                eve("alert", 5, alert={"action": "blocked"}, tls={"sni": "claude.ai"}),
                eve("flow", 5, flow={"bytes_toserver": 1200, "bytes_toclient": 64000}),
            ]
        },
        {"anthropic-claude": (1, 1, 1200, 64000)},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_connection_is_one_use_whatever_the_order(case: str, catalog: Catalog, tmp_path: Path) -> None:
    files, wanted = CASES[case]
    paths = written(tmp_path, files)
    for order in (paths, paths[::-1]):
        assert figures(folded(order, catalog), catalog) == wanted
        assert figures(scanned(order, catalog), catalog) == wanted
        assert entries(scanned(order, catalog, apart=True), catalog) == entries(scanned(order, catalog), catalog)


def test_pan_os_gives_the_url_log_the_sizes_of_the_traffic_log(catalog: Catalog, tmp_path: Path) -> None:
    def line(kind: str, subtype: str, tail: list[str]) -> str:
        head = ["1", "2026/01/05 09:00:01", "007051000000001", kind, subtype, "2816", "2026/01/05 09:00:00"]
        ends = ["10.0.0.5", "203.0.113.10", "0.0.0.0", "0.0.0.0", "rule", "example\\jdoe", "", "ssl", "vsys1"]
        zones = ["trust", "untrust", "e1", "e2", "fwd", "2026/01/05 09:00:01", "4711", "1", "50001", "443"]
        return ",".join([*head, *ends, *zones, "0", "0", "0x0", "tcp", *tail])

    url = line("THREAT", "url", ["alert", '"chatgpt.com/c"', "(9999)", "ai", "informational", "client-to-server"])
    traffic = line("TRAFFIC", "end", ["allow", "6000", "5000", "1000", "12"])
    path = tmp_path / "pan.log"
    path.write_text(f"{url}\n{traffic}\n", "utf-8")
    assert figures(scanned([path], catalog), catalog) == {"openai-chatgpt": (1, 0, 5000, 1000)}
    assert figures(folded([path], catalog), catalog) == {"openai-chatgpt": (1, 0, 5000, 1000)}


def test_scan_is_the_fold_of_read_over_mixed_files(catalog: Catalog, tmp_path: Path) -> None:
    rng = random.Random(5)
    hosts = ("chatgpt.com", "claude.ai", "www.example.com", "gemini.google.com")
    for turn in range(10):
        lines = [
            rng.choice(
                (
                    conn(number, rng.randrange(9999), rng.randrange(9999)),
                    ssl(number, rng.choice(hosts)),
                    quic(number, rng.choice(hosts)),
                    http(number, rng.choice(hosts), "POST", rng.randrange(500), rng.randrange(500)),
                    eve("tls", number, tls={"sni": rng.choice(hosts)}),
                    eve("flow", number, flow={"bytes_toserver": rng.randrange(99), "bytes_toclient": 4}),
                )
            )
            for number in (rng.randrange(40) for _ in range(200))
        ]
        cut = rng.randrange(len(lines))
        paths = written(tmp_path / str(turn), {"a.log": lines[:cut] or [ssl(1)], "b.log": lines[cut:]})
        wanted = folded(paths, catalog)
        found, apart = scanned(paths, catalog), scanned(paths, catalog, apart=True)
        assert entries(found, catalog) == entries(apart, catalog) == entries(wanted, catalog)
        assert found.notes("user") == wanted.notes("user")


def test_limits_are_told(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "SIZES", 3)
    monkeypatch.setattr(sessions, "USES", 4)
    paths = written(
        tmp_path,
        {"conn.log": [conn(n) for n in range(9)], "ssl.log": [ssl(n) for n in range(9)]},
    )
    first = scanned(paths, catalog)
    (row,) = entries(first, catalog)
    assert (row.events, row.bytes_up) == (9, 3 * 1200)
    notes = {note.kind: note for note in first.notes("user")}
    assert notes["sessions_limit"].count == 6
    assert "joined" in notes
    after = scanned(paths[::-1], catalog)
    assert entries(after, catalog)[0].events == 9
    assert any("before the size" in note.text for note in after.notes("user"))


def test_nothing_is_joined_by_a_missing_id(catalog: Catalog, tmp_path: Path) -> None:
    nameless: dict[str, object] = {
        "timestamp": "2026-02-10T09:00:00.1+0000",
        "src_ip": "10.1.2.3",
        "dest_ip": "203.0.113.10",
        "in_iface": "a",
    }
    lines = [
        {**nameless, "event_type": "tls", "tls": {"sni": "claude.ai"}},
        {**nameless, "event_type": "flow", "flow": {"bytes_toserver": 9, "bytes_toclient": 9}},
    ]
    found = scanned(written(tmp_path, {"eve.json": lines}), catalog)
    assert figures(found, catalog) == {"anthropic-claude": (1, 0, None, None)}


def counted(*records: Record) -> tuple[int, int, int | None]:
    """Events, blocked attempts and bytes up of records of one connection, each of which shows the service by itself."""
    match = Match("openai-chatgpt", "ChatGPT", Name("domain", "chatgpt.com"), "strong")
    known, seen = sessions.Sessions(), list[Sighting]()
    for record in records:
        known.use(record, sightings.Way((match,), "firewall", "f"), frozenset())
    known.settle(lambda sighting, matches: seen.append(sighting))
    sent = [one.bytes_up for one in seen if one.bytes_up is not None]
    return sum(one.events for one in seen), sum(one.blocked for one in seen), sum(sent) if sent else None


def part(host: str | None, *, whole: bool, up: int | None = None, time: int = 1, blocked: bool = False) -> Record:
    session = Session("p:7", whole, up if whole else None)
    kind = "connection" if host is None else "http_request"
    return Record("x", 1, "f", kind, time, host=host, blocked=blocked, bytes_up=up, session=session)


@pytest.mark.parametrize(
    ("records", "wanted"),
    [
        # known by its address from beginning to end
        ([part(None, whole=True, up=1), part(None, whole=True, up=900, time=2)], (1, 0, 900)),
        # by its address first, and then by its name
        ([part(None, whole=True, up=1), part("chatgpt.com", whole=True, up=900, time=2)], (1, 0, 900)),
        ([part(None, whole=True, up=900), part("chatgpt.com", whole=False, time=2)], (1, 0, 900)),
        ([part("chatgpt.com", whole=True, up=900), part("chatgpt.com", whole=False, time=2)], (1, 0, 900)),
        # two hosts: the size is neither's
        ([part("chatgpt.com", whole=True, up=900), part("cdn.example.com", whole=False)], (2, 0, None)),
        # stopped in the end, or only at first
        ([part(None, whole=True, up=1), part(None, whole=True, time=2, blocked=True)], (0, 1, None)),
        ([part(None, whole=True, blocked=True), part(None, whole=True, up=9, time=2)], (1, 0, 9)),
        ([part(None, whole=True, up=1), part(None, whole=True, blocked=True)], (0, 1, None)),
        ([part("chatgpt.com", whole=False, blocked=True), part("chatgpt.com", whole=True, up=9)], (0, 1, None)),
    ],
)
def test_what_tells_of_the_whole_is_counted_once(records: list[Record], wanted: tuple[int, int, int | None]) -> None:
    for order in (records, records[::-1]):
        assert counted(*order) == wanted


@pytest.mark.parametrize(
    ("kind", "session", "joined"),
    [
        ("connection", Session("zeek:1"), True),
        ("tls_connection", Session("zeek:1"), True),
        ("connection", None, False),
        ("api_call", Session("zeek:1"), False),
        (None, None, False),
    ],
)
def test_only_a_connection_that_says_which_it_is_joins(kind: str | None, session: Session | None, joined: bool) -> None:
    assert sessions.Sessions().joins(Record("a.log", 1, "zeek", kind, session=session)) is joined


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_connection_told_several_times_is_where_it_was_seen_first(order: tuple[int, ...]) -> None:
    known, counted = sessions.Sessions(), list[Sighting]()
    way = sightings.Way((Match("chat", "Chat", Name("domain", "chat.example"), "strong"),), "firewall", "x")
    whole = Session("asa:1", whole=True)
    records = [
        Record("a.log", 3, "x", "connection", 9_000_000, host="chat.example", blocked=True, session=whole),
        Record("a.log", 2, "x", "connection", 5_000_000, host="chat.example", session=whole),
        Record("a.log", 7, "x", "connection", None, host="chat.example", session=whole),
    ]
    for place in order:
        known.use(records[place], way, frozenset())
    known.settle(lambda one, matches: counted.append(one))
    (one,) = counted
    assert (one.first_seen, one.events, one.blocked) == (5_000_000, 0, 1)
    assert [str(origin) for origin in one.origins] == ["a.log:2"]


@pytest.mark.parametrize(
    ("kind", "port", "up", "expected"),
    [
        ("connection", 443, 900, 900),
        ("connection", 53, 900, None),
        ("http_request", 443, 900, None),
        ("connection", 443, None, None),
    ],
)
def test_only_the_size_of_a_connection_that_is_no_look_up_is_given(
    kind: str, port: int, up: int | None, expected: int | None
) -> None:
    known, seen = sessions.Sessions(), list[Sighting]()
    way = sightings.Way((Match("chat", "Chat", Name("domain", "chat.example"), "strong"),), "firewall", "x")
    known.use(part("chat.example", whole=False), way, frozenset())
    known.size(Session("p:7", up=up), kind, port)
    known.settle(lambda one, matches: seen.append(one))
    assert [one.bytes_up for one in seen] == [expected]
    assert [(note.kind, note.count) for note in known.notes()] == ([("joined", 1)] if expected else [])


def test_a_use_without_an_id_is_a_use() -> None:
    assert counted(Record("x", 1, "f", "http_request", 1, host="chatgpt.com", bytes_up=7)) == (1, 0, 7)


def test_records_that_tell_of_a_connection_again_are_told_of() -> None:
    known = sessions.Sessions()
    way = sightings.Way((Match("chat", "Chat", Name("domain", "chat.example"), "strong"),), "firewall", "x")
    for time in (1, 2, 3):
        known.use(part("chat.example", whole=True, up=9, time=time), way, frozenset())
    known.settle(lambda one, matches: None)
    assert [(note.text, note.count) for note in known.notes() if "repeat" in note.text] == [
        ("records repeat a connection that is counted already, by its id", 2)
    ]
