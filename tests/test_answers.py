"""Connections by address get the name that the client was told before; shared and late ones get none."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shadowai import answers, fast
from shadowai.catalog import Catalog
from shadowai.inventory import Inventory
from shadowai.model import Actor
from shadowai.sources.logs import bulk
from tests.test_sessions import entries, folded, scanned

AT = 1_770_710_400
CHATGPT, CLAUDE, SHARED = "203.0.113.10", "203.0.113.20", "203.0.113.30"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def dns(at: int, client: str, host: str, *told: str, ttl: float = 60.0) -> str:
    """A look-up in Zeek's dns.log."""
    ends = {"id.orig_h": client, "id.orig_p": 50123, "id.resp_h": "10.0.0.53", "id.resp_p": 53, "proto": "udp"}
    answer = {"answers": ["cdn.example.net", *told], "TTLs": [ttl] * (len(told) + 1), "RA": True, "rejected": False}
    return json.dumps({"ts": AT + at, "uid": "CsgtQe4AikDZBsIM6k", **ends, "query": host, **answer})


def flow(at: int, client: str, server: str, action: str = "ACCEPT", up: int = 4000) -> str:
    """A record of an Amazon VPC flow log: addresses only."""
    start = AT + at
    return f"2 123456789012 eni-0a1b2c3d {client} {server} 50000 443 6 10 {up} {start} {start + 20} {action} OK"


def both(folder: Path, looked_up: list[str], flows: list[str]) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / "dns.log", folder / "flow.log"]
    for path, lines in zip(paths, (looked_up, flows), strict=True):
        path.write_text("\n".join([*lines, ""]), "utf-8")
    return paths


Seen = dict[tuple[str | None, str, str], tuple[int, int, int | None]]


def connections(inventory: Inventory, catalog: Catalog) -> Seen:
    """What rows beyond look-ups say, by client, service and confidence."""
    rows = [row for row in entries(inventory, catalog) if row.actor is not None and row.usage is not None]
    return {
        (row.actor.address, row.service_id, row.confidence): (row.events, row.blocked, row.bytes_up)  # type: ignore[union-attr]
        for row in rows
        if any("flow" in source for source in row.sources)
    }


def every_way(paths: list[Path], catalog: Catalog) -> list[Inventory]:
    """The reference and the scan, in both orders, whole and in parts."""
    ways: list[Callable[[list[Path]], Inventory]] = [
        lambda order: folded(order, catalog),
        lambda order: scanned(order, catalog),
        lambda order: scanned(order, catalog, apart=True),
    ]
    return [way(order) for way in ways for order in (paths, paths[::-1])]


def test_an_answer_names_a_connection_by_address(catalog: Catalog, tmp_path: Path) -> None:
    looked_up = [dns(0, "10.1.2.3", "chatgpt.com", CHATGPT), dns(0, "10.1.2.9", "www.example.com", CLAUDE)]
    flows = [
        flow(5, "10.1.2.3", CHATGPT),
        flow(250, "10.1.2.3", CHATGPT, up=1000),
        flow(301, "10.1.2.3", CHATGPT, up=7),  # the answer is too old
        flow(-9, "10.1.2.3", CHATGPT, up=9),  # before the answer
        flow(5, "10.1.2.4", CHATGPT),  # another client
        flow(5, "10.1.2.3", CLAUDE),  # never told
    ]
    paths = both(tmp_path, looked_up, flows)
    for inventory in every_way(paths, catalog):
        rows = {row.actor: row for row in entries(inventory, catalog)}
        ((actor, row),) = rows.items()
        assert actor is not None
        assert actor.address == "10.1.2.3"
        assert (row.service_id, row.confidence) == ("openai-chatgpt", "confirmed")  # by the look-up, which stays one
        assert (row.events, row.bytes_up) == (1, None)
        assert [note.count for note in inventory.notes("user") if note.kind == "inferred"] == [2]


def test_what_is_inferred_alone_is_never_confirmed(catalog: Catalog, tmp_path: Path) -> None:
    answered = json.dumps(
        {"timestamp": "2026-02-10T08:00:00.0+0000", "flow_id": 7, "event_type": "dns", "src_ip": "10.0.0.53", "src_port": 53,
         "dest_ip": "10.1.2.3", "dest_port": 50123, "proto": "UDP",
         "dns": {"type": "answer", "rrname": "claude.ai", "grouped": {"A": [CLAUDE]}, "rcode": "NOERROR"}}
    )  # fmt: skip
    paths = both(tmp_path, [answered], [flow(5, "10.1.2.3", CLAUDE), flow(6, "10.1.2.3", CLAUDE, "REJECT")])
    for inventory in every_way(paths, catalog):
        assert connections(inventory, catalog) == {("10.1.2.3", "anthropic-claude", "unconfirmed"): (1, 1, 4000)}


@pytest.mark.parametrize(
    ("others", "named"),
    [
        ([("www.example.com", 0)], 0),
        ([("claude.ai", 0)], 0),
        ([("www.example.com", -4000)], 0),
        ([("chat.acme-example.ai", -4000)], 0),  # looked at more closely, and no service
        ([("ab.chatgpt.com", 2)], 1),
    ],
)
def test_a_shared_address_names_nothing(
    others: list[tuple[str, int]], named: int, catalog: Catalog, tmp_path: Path
) -> None:
    looked_up = [dns(1, "10.1.2.3", "chatgpt.com", SHARED), *(dns(at, "10.1.2.3", host, SHARED) for host, at in others)]
    paths = both(tmp_path, looked_up, [flow(9, "10.1.2.3", SHARED)])
    for inventory in every_way(paths, catalog):
        entries(inventory, catalog)
        assert sum(note.count for note in inventory.notes("user") if note.kind == "inferred") == named


def test_a_long_time_to_live_is_believed_for_a_day_at_most(catalog: Catalog, tmp_path: Path) -> None:
    looked_up = [dns(0, "10.1.2.3", "chatgpt.com", CHATGPT, ttl=10_000_000.0)]
    flows = [flow(86_000, "10.1.2.3", CHATGPT), flow(87_000, "10.1.2.3", CHATGPT)]
    (inventory, *_) = every_way(both(tmp_path, looked_up, flows), catalog)
    entries(inventory, catalog)
    assert [note.count for note in inventory.notes("user") if note.kind == "inferred"] == [1]


def inferred(paths: list[Path], catalog: Catalog) -> int:
    """How many connections have a name by an answer, in whatever way they are read."""
    counts = set()
    for inventory in every_way(paths, catalog):
        entries(inventory, catalog)
        counts.add(sum(note.count for note in inventory.notes("user") if note.kind == "inferred"))
    (count,) = counts
    return count


def chain(*ttls: float) -> str:
    """An answer by way of two other names, with the time to live of each step."""
    looked_up = json.loads(dns(0, "10.1.2.3", "chatgpt.com", CHATGPT))
    looked_up |= {"answers": ["a.cdn.example.net", "b.cdn.example.net", CHATGPT], "TTLs": list(ttls)}
    return json.dumps(looked_up)


@pytest.mark.parametrize(
    ("ttls", "after", "named"),
    [
        ((86400.0, 3600.0, 1000.0), 990, 1),
        ((86400.0, 3600.0, 1000.0), 1001, 0),  # what holds longest is an alias, and no address
        ((20.0, 86400.0, 86400.0), 301, 0),
        ((20.0, 20.0, 20.0), 299, 1),  # programs keep addresses for some minutes
        ((), 299, 1),
        ((), 301, 0),
    ],
)
def test_a_chain_of_aliases_holds_as_long_as_its_shortest_step(
    ttls: tuple[float, ...], after: int, named: int, catalog: Catalog, tmp_path: Path
) -> None:
    assert inferred(both(tmp_path, [chain(*ttls)], [flow(after, "10.1.2.3", CHATGPT)]), catalog) == named


@pytest.mark.parametrize(
    ("second", "after", "named"),
    [
        (("10.1.2.3", "claude.ai", 200), 250, 0),  # the address led to both, and both still hold
        (("10.1.2.3", "claude.ai", 200), 100, 1),  # to one of them at that time
        (("10.1.2.3", "claude.ai", 200), 400, 1),  # to the other
        (("10.1.2.9", "claude.ai", 200), 250, 1),  # somebody else was told the other
        (("10.1.2.9", "www.example.com", 200), 250, 1),
        (("10.1.2.3", "www.example.com", 9000), 250, 0),  # an address of a network that serves others, too
    ],
)
def test_what_an_address_leads_to_is_a_matter_of_client_and_time(
    second: tuple[str, str, int], after: int, named: int, catalog: Catalog, tmp_path: Path
) -> None:
    client, host, at = second
    looked_up = [dns(0, "10.1.2.3", "chatgpt.com", SHARED), dns(at, client, host, SHARED)]
    assert inferred(both(tmp_path, looked_up, [flow(after, "10.1.2.3", SHARED)]), catalog) == named


def closed(at: int, lasted: int, server: str = CHATGPT) -> str:
    """A record of SonicWall at the end of a connection: milliseconds that it lasted."""
    time = datetime.fromtimestamp(AT + at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return (
        f'<134>  id=firewall sn=0040103CE114 time="{time}" fw=192.0.2.1 pri=6 c=1024 m=537 msg="Connection Closed" n=1 '
        f"src=10.1.2.3:50001:X0 dst={server}:443:X1 proto=tcp/https sent=4941 rcvd=7294 cdur={lasted * 1000}"
    )


@pytest.mark.parametrize(
    ("at", "lasted", "named"),
    [
        (5000, 4990, 1),  # it began when the answer held, and ended much later
        (5000, 10, 0),
        (60, 90, 0),  # it had begun before the answer came
        (60, 60, 1),
    ],
)
def test_when_a_connection_began_counts_and_not_when_it_was_written_down(
    at: int, lasted: int, named: int, catalog: Catalog, tmp_path: Path
) -> None:
    looked_up = [dns(0, "10.1.2.3", "chatgpt.com", CHATGPT)]
    assert inferred(both(tmp_path, looked_up, [closed(at, lasted)]), catalog) == named


def test_scan_is_the_fold_of_read(catalog: Catalog, tmp_path: Path) -> None:
    rng = random.Random(11)
    hosts = ("chatgpt.com", "claude.ai", "www.example.com", "gemini.google.com")
    for turn in range(8):
        clients, servers = [f"10.1.2.{n}" for n in range(4)], [f"203.0.113.{n}" for n in range(6)]
        looked_up = [
            dns(rng.randrange(900), rng.choice(clients), rng.choice(hosts), rng.choice(servers)) for _ in range(30)
        ]
        flows = [flow(rng.randrange(1200), rng.choice(clients), rng.choice(servers)) for _ in range(60)]
        paths = both(tmp_path / str(turn), looked_up, flows)
        first, *others = every_way(paths, catalog)
        for other in others:
            assert {row.actor: (row.events, row.bytes_up, row.confidence) for row in entries(other, catalog)} == {
                row.actor: (row.events, row.bytes_up, row.confidence) for row in entries(first, catalog)
            }


def test_memory_is_bounded_and_that_is_told(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "CONNECTIONS", 4)
    monkeypatch.setattr(answers, "ANSWERS", 3)
    looked_up = [dns(0, f"10.1.2.{n}", "chatgpt.com", CHATGPT) for n in range(9)]
    flows = [flow(5, f"10.1.2.{n}", CHATGPT) for n in range(9)]
    paths = both(tmp_path, looked_up, flows)
    inventory = scanned(paths[::-1], catalog)
    entries(inventory, catalog)
    counts = {note.text.partition(" ")[0] + note.kind: note.count for note in inventory.notes("user")}
    del counts["3weaker"]  # the look-ups are surer
    assert counts == {"usesinferred": 3, "connectionsanswers_limit": 5, "DNSanswers_limit": 6}


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("alone", [True, False])
def test_connections_beyond_what_is_remembered_are_passed_by_in_compiled_code_too(
    told: bool, alone: bool, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ways give the same rows, notes and counts: of services' own ranges, of addresses in every form, and of what has none."""
    monkeypatch.setattr(answers, "CONNECTIONS", 30)
    monkeypatch.setattr(bulk, "BLOCK", 900)
    odd = [
        "160.79.104.10",
        "2607:6bc0::10",
        "-",
        "1.1.1.1",
        "203.0.113.256",
        "010.1.1.1",
        "10.1.1",
        "10.1.1.1.1",
        "203.0.113.9",
    ]
    servers = ["203.0.113.7"] * 40 + odd + ["203.0.113.8"] * 20 + odd
    flows = [
        flow(place, client, server)
        for place, (client, server) in enumerate(
            zip(["10.1.2.3", "10.1.2.4", "-", "2001:db8::9", "10.1.2.300"] * 20, servers, strict=False)
        )
    ]
    paths = both(tmp_path, [dns(5, "10.1.2.3", "chatgpt.com", "203.0.113.8")], flows)
    order = paths[1:] if alone else paths if told else paths[::-1]
    found = []
    for pure in (False, True):
        monkeypatch.delenv(fast.PURE, raising=False)
        if pure:
            monkeypatch.setenv(fast.PURE, "1")
        inventory = scanned(order, catalog)
        found.append((entries(inventory, catalog), list(inventory.notes("user"))))
    assert found[0] == found[1]
    assert any(row.service_id == "claude" or "anthropic" in row.service_id for row in found[0][0])


def test_once_connections_are_settled_others_are_remembered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a log that is followed, what waited is counted or forgotten now and then: what comes later may wait again."""
    monkeypatch.setattr(answers, "CONNECTIONS", 2)
    kept = answers.Answers()
    for line in range(3):
        if kept.wants("10.0.0.7", "192.0.2.1"):
            actor = Actor(None, None, "10.0.0.7")
            kept.wait("192.0.2.1", answers.Connection(actor, "firewall", "x", "x", line, 1, None, False, 1, 1, None))
    assert kept.heard == set() and not kept.wants("10.0.0.7", "192.0.2.1")
    kept.settle(lambda _, __: None, ())
    assert kept.heard is None and kept.wants("10.0.0.7", "192.0.2.1")
