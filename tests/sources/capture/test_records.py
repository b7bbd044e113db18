"""Connections and questions as records, without a capture around them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from shadowai.model import Record
from shadowai.sources.capture.flows import Table
from shadowai.sources.capture.ledger import Query, Seen, Told
from shadowai.sources.capture.naming import Naming
from shadowai.sources.capture.packet import TCP, UDP
from shadowai.sources.capture.records import Records, Tally
from shadowai.sources.capture.sides import Flow

A, B = bytes([192, 0, 2, 7]), bytes([198, 51, 100, 9])
AT = 1_767_225_600_000_000


def _records(tally: Tally | None = None, wanted: bool = True) -> Records:
    naming = Naming()
    return Records("x", "made", naming, Table(naming.take, lambda flow: None), lambda host, url: wanted, tally)


def _flow(
    *,
    opener: int = 0,
    ports: tuple[int, int] = (40_000, 443),
    protocol: int = TCP,
    lost: bool = False,
    payload: tuple[int, int] = (100, 3_500),
    refused: int = -1,
) -> Flow:
    return Flow(1, protocol, A, B, *ports, (3, 4), (300, 4_000), payload, AT, AT + 5, 17, opener, 0, lost, refused)


def _told(*names: Seen, client: int = 0, mixed: bool = False) -> Told:
    told = Told()
    told.names, told.client, told.mixed = list(names), client, mixed
    told.host = names[0].host if names else None
    return told


def _seen(host: str, kind: str = "tls_sni", frame: int = 18, **more: object) -> Seen:
    return Seen(kind, host, frame, AT + 1, 0, **more)  # type: ignore[arg-type]


def _sizes(found: Sequence[Record]) -> list[tuple[str | None, int | None, int | None, int | None]]:
    return [(one.host, one.bytes_up, one.bytes_down, one.payload_up) for one in found]


def test_a_question() -> None:
    query = Query("dns_query", "chatgpt.com", 3, AT, A, B, 53)
    assert _records().of_query(query) == Record(
        path="x", line=3, unit="frame", format="made", kind="dns_query", time=AT, client_ip="192.0.2.7",
        server_ip="198.51.100.9", server_port=53, host="chatgpt.com",
    )  # fmt: skip


def test_a_time_of_zero_is_not_known() -> None:
    assert _records().of_query(Query("dns_query", "chatgpt.com", 3, 0, A, B, 53)).time is None


def test_a_name_has_the_bytes_of_its_connection() -> None:
    (found,) = _records().of_flow(_flow(), _told(_seen("chatgpt.com")))
    assert (found.client_ip, found.server_ip, found.server_port, found.line) == ("192.0.2.7", "198.51.100.9", 443, 18)
    assert _sizes([found]) == [("chatgpt.com", 300, 4_000, 100)]


def test_the_client_is_who_told_the_name_and_up_is_what_it_sent() -> None:
    (found,) = _records().of_flow(_flow(ports=(443, 40_000)), _told(_seen("chatgpt.com"), client=1))
    assert (found.client_ip, found.server_ip, found.server_port) == ("198.51.100.9", "192.0.2.7", 443)
    assert _sizes([found]) == [("chatgpt.com", 4_000, 300, 3_500)]


def test_a_proxy_header_names_the_client() -> None:
    told = _told(_seen("chatgpt.com"))
    told.address = bytes([203, 0, 113, 5])
    (found,) = _records().of_flow(_flow(), told)
    assert found.client_ip == "203.0.113.5"


def test_bytes_are_counted_once() -> None:
    names = (_seen("chatgpt.com", "socks_host", 17), _seen("chatgpt.com", "tls_sni", 18))
    found = list(_records().of_flow(_flow(), _told(*names)))
    assert [size is not None for _, size, _, _ in _sizes(found)].count(True) == 1
    assert [one.counted for one in found] == [True, False]


def test_bytes_of_several_hosts_are_nobodys() -> None:
    names = (_seen("chatgpt.com", "http_host"), _seen("claude.ai", "http_host"))
    found = list(_records().of_flow(_flow(), _told(*names, mixed=True)))
    assert {size for _, size, _, _ in _sizes(found)} == {None}
    assert [one.counted for one in found] == [True, True]


@pytest.mark.parametrize(
    ("opener", "ports", "client"),
    [(0, (443, 443), "192.0.2.7"), (1, (40_000, 443), "198.51.100.9"), (-1, (443, 40_000), "198.51.100.9")],
)
def test_who_connected_where_no_name_was_told(opener: int, ports: tuple[int, int], client: str) -> None:
    (found,) = _records().of_flow(_flow(opener=opener, ports=ports), None)
    assert (found.kind, found.host, found.inferred, found.client_ip) == ("connection", None, True, client)


def test_who_connected_over_udp_where_the_beginning_is_missing() -> None:
    (found,) = _records().of_flow(_flow(opener=-1, ports=(443, 40_000), protocol=UDP), None)
    assert (found.client_ip, found.server_ip, found.server_port) == ("198.51.100.9", "192.0.2.7", 443)


def test_a_connection_without_a_name_is_counted_wanted_or_not() -> None:
    tally = Tally()
    assert list(_records(tally, wanted=False).of_flow(_flow(), None)) == []
    assert (tally.nameless, tally.attributed, tally.lost) == (1, 0, 0)


@pytest.mark.parametrize("ports", [(50_000, 53), (123, 123), (50_000, 1900)])
def test_ports_that_need_no_name(ports: tuple[int, int]) -> None:
    tally = Tally()
    assert list(_records(tally).of_flow(_flow(ports=ports, protocol=UDP), None)) == []
    assert tally.nameless == 0


def test_what_a_client_was_told_by_dns_names_its_connection() -> None:
    tally = Tally()
    records = _records(tally)
    records.naming.answers.add(A, "chatgpt.com", B, AT - 1_000, 60)
    (found,) = records.of_flow(_flow(), None)
    assert (found.kind, found.host, found.inferred, found.bytes_up) == ("dns_answer", "chatgpt.com", True, 300)
    assert (tally.nameless, tally.attributed) == (1, 1)


def test_two_names_of_one_address_name_nothing() -> None:
    records = _records()
    for name in ("chatgpt.com", "www.example.com"):
        records.naming.answers.add(A, name, B, AT - 1_000, 60)
    assert [one.host for one in records.of_flow(_flow(), None)] == [None]


def test_missing_packets_of_named_connections_are_counted() -> None:
    tally = Tally()
    records = _records(tally)
    list(records.of_flow(_flow(lost=True), _told(_seen("chatgpt.com"))))
    list(records.of_flow(_flow(lost=True), None))
    assert tally.lost == 1
    assert [note.count for note in records.notes(snapped=4) if note.kind in ("lower_bound", "snap_length")] == [1, 4]


def test_nothing_named_at_all_is_a_gap() -> None:
    records = _records()
    assert list(records.gaps()) == []
    list(records.of_flow(_flow(), None))
    assert [gap.count for gap in records.gaps()] == [1]
    assert "no connection tells a name" in next(records.gaps()).reason


def test_the_summary_counts_names_and_connections_without() -> None:
    records = _records()
    list(records.of_flow(_flow(), None))
    told = records.summary()
    assert (told.path, told.format, told.records, told.named, told.unreadable) == ("x", "made", 1, 0, 0)


@pytest.mark.parametrize(
    ("flow", "blocked"),
    [
        (_flow(payload=(100, 0), refused=1), True),
        (_flow(payload=(100, 0)), None),  # silence: the way back may not have been captured
        (_flow(payload=(100, 0), refused=0), None),  # the client gave up
        (_flow(payload=(100, 5), refused=1), None),
    ],
)
def test_a_connection_that_was_reset_without_a_word_is_blocked(flow: Flow, blocked: bool | None) -> None:
    (named,) = _records().of_flow(flow, _told(_seen("chatgpt.com")))
    (nameless,) = _records().of_flow(flow, None)
    assert (named.blocked, nameless.blocked, nameless.kind) == (blocked, blocked, "connection")


def test_the_end_that_resets_is_told_from_the_client() -> None:
    flow = _flow(opener=1, ports=(443, 40_000), payload=(0, 100), refused=0)
    (found,) = _records().of_flow(flow, _told(_seen("chatgpt.com"), client=1))
    assert found.blocked is True and found.server_port == 443
