"""What is joined is told; what is a connection by address, and what is not."""

from __future__ import annotations

from dataclasses import replace

from shadowai.joins import Joins, by_address
from shadowai.model import Record, Session


def test_only_what_tells_two_addresses_is_a_connection_by_address() -> None:
    whole = Record("x", 1, "aws_vpcflow", "connection", 1, client_ip="10.0.0.1", server_ip="203.0.113.9")
    assert by_address(whole)
    assert by_address(replace(whole, session=Session("cisco:7", whole=True)))
    for other in (
        Record("x", 1, "y", "dns_query", 1, client_ip="10.0.0.1", server_ip="203.0.113.9"),
        Record("x", 1, "y", "connection", 1, server_ip="203.0.113.9"),
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


def test_nothing_known_is_nothing_told() -> None:
    joins = Joins()
    joins.merge(Joins())
    joins.settle(lambda sighting, matches: None)
    assert list(joins.notes()) == []
