"""What is joined is told; what is a connection by address, and what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shadowai import sessions
from shadowai.joins import Joins, by_address
from shadowai.model import Answer, Match, Name, Note, Record, Session, Sighting
from shadowai.sightings import Way


def test_only_what_tells_two_addresses_is_a_connection_by_address() -> None:
    whole = Record("x", 1, "aws_vpcflow", "connection", 1, client_ip="10.0.0.1", server_ip="203.0.113.9")
    assert by_address(whole)
    assert by_address(replace(whole, session=Session("cisco:7", whole=True)))
    for other in (
        Record("x", 1, "y", "dns_query", 1, client_ip="10.0.0.1", server_ip="203.0.113.9"),
        Record("x", 1, "y", "connection", 1, server_ip="203.0.113.9"),
        Record("x", 1, "y", "connection", 1, client_ip="10.0.0.1"),
        replace(whole, host="chat.example"),
        Record(
            "x",
            1,
            "y",
            "connection",
            1,
            client_ip="10.0.0.1",
            server_ip="203.0.113.9",
            session=Session("zeek:C1", named=True),
        ),
        Record("x", 1, "y", "connection", 1, client_ip="10.0.0.1", server_ip="203.0.113.9", unit="frame"),
    ):
        assert not by_address(other)


def test_a_connection_that_was_counted_under_its_name_is_not_counted_by_its_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions, "USES", 2)
    joins, counted = Joins(), list[Sighting]()
    way = Way((Match("chat", "Chat", Name("domain", "chat.example"), "strong"),), "network", "zeek")
    answer = Answer("192.0.2.1", ("203.0.113.9",), 60)
    joins.answers.learn(Record("dns.log", 1, "zeek", "dns_query", 1_000_000, answer=answer), way.matches)
    for number in range(1, 4):
        ends = {"client_ip": "192.0.2.1", "server_ip": "203.0.113.9", "session": Session(f"zeek:{number}", whole=True)}
        named = Record("ssl.log", number, "zeek", "tls_connection", 2_000_000, host="chat.example", **ends)  # type: ignore[arg-type]
        joins.sessions.use(named, way, frozenset())
        joins.answers.connect(Record("flow.log", number, "x", "connection", 2_000_000, **ends), "firewall")  # type: ignore[arg-type]
    joins.make_room(lambda one, matches: counted.append(one))
    assert sum(one.events for one in counted) == 1
    joins.settle(lambda one, matches: counted.append(one))
    assert sum(one.events for one in counted) == 3


def _connected(number: int) -> Joins:
    """What one part of the input has of a use and of an answer with a connection to it."""
    joins = Joins()
    way = Way((Match("chat", "Chat", Name("domain", "chat.example"), "strong"),), "network", "zeek")
    answer = Answer("192.0.2.1", ("203.0.113.9",), 60)
    joins.answers.learn(Record("dns.log", number, "zeek", "dns_query", 1_000_000, answer=answer), way.matches)
    named = Record("ssl.log", number, "zeek", "tls_connection", 2_000_000, host="chat.example", client_ip="192.0.2.1")
    joins.sessions.use(replace(named, session=Session(f"zeek:{number}", whole=True)), way, frozenset())
    flow = Record("flow.log", number, "x", "connection", 2_000_000, client_ip="192.0.2.1", server_ip="203.0.113.9")
    joins.answers.connect(flow, "firewall")
    joins.say([Note(None, "leases", "text")])
    return joins


def _settled(joins: Joins) -> list[Sighting]:
    counted = list[Sighting]()
    joins.settle(lambda one, matches: counted.append(one))
    return counted


def test_parts_of_an_input_are_put_together_each_in_its_place() -> None:
    first, second = _connected(1), _connected(2)
    alone = _settled(_connected(1))
    second.move(10)
    first.merge(second)
    counted = _settled(first)
    assert sum(one.events for one in counted) == 2 * sum(one.events for one in alone) > 0
    places = {str(origin) for one in counted for origin in one.origins}
    assert {"ssl.log:1", "ssl.log:12", "flow.log:1", "flow.log:12"} <= places
    assert [note.kind for note in first.notes()].count("leases") == 1


def test_nothing_known_is_nothing_told() -> None:
    joins = Joins()
    joins.merge(Joins())
    joins.settle(lambda sighting, matches: None)
    assert list(joins.notes()) == []
