"""Pieces are read by what they were taken for, and nothing is kept of a flow that has ended."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.sources.capture.naming import Naming
from shadowai.sources.capture.pieces import (
    BOTH_DONE,
    COLLECT,
    DNS_PIECE,
    DTLS_PIECE,
    GQUIC_PIECE,
    LOOK,
    QUIC_PIECE,
    RDP_PIECE,
    TCP_PIECE,
)
from tests.captures import messages, quic, tls
from tests.captures.packets import packed
from tests.sources.capture.reading import CLIENT, SERVER

KINDS = (TCP_PIECE, DNS_PIECE, QUIC_PIECE, DTLS_PIECE, GQUIC_PIECE, RDP_PIECE)


def _key(port: int) -> bytes:
    return packed(CLIENT) + packed(SERVER) + b"\x99\x99" + port.to_bytes(2, "big")


def _take(
    naming: Naming, kind: int, payload: bytes, port: int = 443, *, flow: int = 1, isn: int = 0, sequence: int = 0
) -> int:
    protocol = 6 if kind == TCP_PIECE else 17
    return naming.take(kind, flow, 0, isn, sequence, 5, 7, payload, len(payload), _key(port), protocol, -1)


@pytest.mark.parametrize(
    ("kind", "payload", "port", "verdict", "host"),
    [
        (TCP_PIECE, tls.hello("chatgpt.com"), 443, BOTH_DONE, "chatgpt.com"),
        (TCP_PIECE, tls.hello("chatgpt.com")[:50], 443, COLLECT, None),
        (TCP_PIECE, messages.request("chatgpt.com"), 80, LOOK, "chatgpt.com"),
        (TCP_PIECE, messages.connect("chatgpt.com:443"), 3128, COLLECT, "chatgpt.com"),
        (TCP_PIECE, b"\x16\x03\x01junk", 443, LOOK, None),
        (QUIC_PIECE, quic.initial(bytes(8), quic.crypto(tls.client_hello("chatgpt.com"))), 443, LOOK, "chatgpt.com"),
        (DTLS_PIECE, tls.dtls_hello("chatgpt.com"), 443, LOOK, "chatgpt.com"),
        (RDP_PIECE, bytes(8) + tls.hello("chatgpt.com"), 3389, 2, "chatgpt.com"),
        (DNS_PIECE, b"junk", 53, COLLECT, None),
        (GQUIC_PIECE, b"junk" * 5, 443, LOOK, None),
    ],
)
def test_kinds_and_verdicts(kind: int, payload: bytes, port: int, verdict: int, host: str | None) -> None:
    naming = Naming()
    assert _take(naming, kind, payload, port) == verdict
    told = naming.finish(1)
    assert ([seen.host for seen in told.names] if told else []) == ([host] if host else [])


def test_questions_are_told_at_once() -> None:
    naming = Naming()
    assert _take(naming, DNS_PIECE, messages.dns_query("chatgpt.com"), 53) == COLLECT
    assert [query.host for query in naming.queries] == ["chatgpt.com"]
    assert Naming(wanted=lambda host, url: False).queries == []


def test_nothing_is_left_of_flows_that_ended() -> None:
    naming = Naming()
    rng = random.Random(5)
    starts = [
        tls.hello("a.example"),
        messages.request("b.example"),
        messages.dns_query("c.example"),
        messages.SOCKS5_GREETING,
    ]
    for flow in range(400):
        payload = rng.choice(starts)[: rng.randrange(1, 300)]
        for isn in (0, -1):
            _take(
                naming,
                rng.choice(KINDS),
                payload,
                rng.choice((53, 80, 443)),
                flow=flow,
                isn=isn,
                sequence=rng.randrange(9),
            )
    for flow in range(400):
        naming.finish(flow)
    held = (
        naming._told,
        naming._streams,
        naming.asked,
        naming._tcp._starts,
        naming._tcp.requests.due,
        naming._udp._hellos,
    )
    assert [len(each) for each in held] == [0] * 6 and not naming._udp.quic._flows


@given(
    st.lists(
        st.tuples(
            st.sampled_from(KINDS), st.binary(min_size=1, max_size=200), st.integers(-1, 300), st.integers(0, 400)
        ),
        max_size=8,
    )
)
def test_any_bytes_do_no_harm(pieces: list[tuple[int, bytes, int, int]]) -> None:
    naming = Naming()
    for kind, payload, isn, sequence in pieces:
        assert _take(naming, kind, payload, 53 if len(payload) % 3 else 443, isn=isn, sequence=sequence) in range(4)
    naming.finish(1)


@given(st.data())
def test_mutated_beginnings_do_no_harm(data: st.DataObject) -> None:
    base = data.draw(
        st.sampled_from(
            [
                tls.hello("chatgpt.com", ech=True),
                tls.server_flight("chatgpt.com"),
                messages.request("chatgpt.com", headers={"Transfer-Encoding": "chunked"}) + b"3\r\nabc\r\n0\r\n\r\n",
                messages.proxy_v2(CLIENT, SERVER, 1, 2) + tls.hello("chatgpt.com"),
                messages.socks5("chatgpt.com", 443),
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(40),
                messages.dns_over_tcp(messages.dns_answer("chatgpt.com", [SERVER], chain=("a.example",))),
            ]
        )
    )
    changed = bytearray(base)
    for place, value in data.draw(st.lists(st.tuples(st.integers(0, len(base) - 1), st.integers(0, 255)), max_size=6)):
        changed[place] = value
    cut = data.draw(st.integers(1, len(changed)))
    naming, port = Naming(), data.draw(st.sampled_from([53, 80, 443]))
    _take(naming, TCP_PIECE, bytes(changed[:cut]), port)
    if cut < len(changed):
        _take(naming, TCP_PIECE, bytes(changed[cut:]), port, sequence=cut)
    naming.finish(1)
