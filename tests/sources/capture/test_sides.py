"""What is counted of the directions of a connection."""

from __future__ import annotations

import pytest

from shadowai.sources.capture.pieces import (
    key_is_dns,
)
from shadowai.sources.capture.sides import ends, reverse
from tests.captures import tls
from tests.captures.conversations import START, tcp
from tests.captures.packets import ACK, RST, ethernet, packed, tcp_segment
from tests.sources.capture.reading import CLIENT, RESOLVER, SERVER
from tests.sources.capture.walking import walk

HELLO = tls.hello("chatgpt.com")


def test_sizes_both_ways() -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO).receive(b"x" * 3000).fin()
    (flow,), _, table = walk(talk.frames)
    up = [len(data) for _, data in talk.frames if data[26:30] == packed(CLIENT)]
    down = [len(data) for _, data in talk.frames if data[26:30] == packed(SERVER)]
    assert flow.bytes == (sum(up), sum(down)) and flow.packets == (len(up), len(down))
    assert flow.payload == (len(HELLO), 3000)
    assert (flow.first, flow.last) == (START, talk.frames[-1][0])
    assert (flow.a, flow.b, flow.a_port, flow.b_port) == (packed(CLIENT), packed(SERVER), 40_000, 443)
    assert flow.opener == 0 and not flow.lost and not flow.cut and table.packets == len(talk.frames)


def test_what_is_sent_again_is_no_further_payload() -> None:
    (flow,), _, _ = walk(tcp(CLIENT, SERVER, 443).syn().send(HELLO, retransmit=True, mss=50, overlap=10).frames)
    assert flow.payload[0] == len(HELLO) and not flow.lost
    assert flow.bytes[0] > 2 * len(HELLO)


@pytest.mark.parametrize("sequence", [1, 0xFFFFFFF0])
def test_what_is_missing_is_known(sequence: int) -> None:
    whole, partly = (
        tcp(CLIENT, SERVER, 443, sequence=sequence).syn().send(b"x" * 100, mss=20, order=order)
        for order in (None, [0, 1, 3, 4])
    )
    assert not walk(whole.frames)[0][0].lost
    flow = walk(partly.frames)[0][0]
    assert flow.lost and flow.payload[0] == 80


def test_a_segment_far_away_changes_no_sizes() -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO)
    far = ethernet(tcp_segment((CLIENT, 40_000, SERVER, 443), 0x40000000, 0, ACK, b"x" * 50))
    (flow,), _, _ = walk([*talk.frames, (START + 9999, far)])
    assert flow.payload[0] == len(HELLO) + 50 and flow.lost
    reset = ethernet(tcp_segment((SERVER, 443, CLIENT, 40_000), 5000, 0, RST))
    assert len(walk([*talk.frames, (START + 9999, reset), *tcp(CLIENT, SERVER, 443).frames])[0]) == 1


def test_keys() -> None:
    key = packed(CLIENT) + packed(RESOLVER) + b"\x12\x34\0\x35"
    assert ends(key) == (packed(CLIENT), packed(RESOLVER), 0x1234, 53)
    assert ends(reverse(key)) == (packed(RESOLVER), packed(CLIENT), 53, 0x1234)
    assert key_is_dns(key) and key_is_dns(reverse(key)) and not key_is_dns(key[:-2] + b"\1\xbb")
