"""When packets belong to a connection that is known, when to another one, and what is let go."""

from __future__ import annotations

import pytest

from shadowai.sources.capture.limits import Limits
from shadowai.sources.capture.pieces import (
    BOTH_DONE,
)
from tests.captures import tls
from tests.captures.conversations import START, merged, tcp, udp
from tests.captures.packets import ACK, RST, SYN, ethernet, packed, tcp_segment
from tests.sources.capture.reading import CLIENT, OTHER, SERVER
from tests.sources.capture.walking import walk

HELLO = tls.hello("chatgpt.com")


def test_who_opened_the_connection() -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO).receive(b"x")
    assert [walk(talk.frames[begin:])[0][0].opener for begin in (0, 1, 2)] == [0, 1, -1]


def test_the_same_ports_again_are_another_connection() -> None:
    first = tcp(CLIENT, SERVER, 443, sequence=1000).syn().send(HELLO)
    second = tcp(CLIENT, SERVER, 443, sequence=9_000_000, time=START + 10**6).syn().send(HELLO)
    flows, pieces, _ = walk(merged(first, second), verdict=BOTH_DONE)
    assert [flow.number for flow in flows] == [1, 2] and len(pieces) == 2
    assert flows[0].bytes == flows[1].bytes


@pytest.mark.parametrize("away", [0x30000000, 0xD0000000])
@pytest.mark.parametrize("closed", ["fin", "rst"])
def test_the_same_ports_again_without_the_opening_are_another_connection_too(away: int, closed: str) -> None:
    first = tcp(CLIENT, SERVER, 443).syn().send(HELLO).receive(bytes(4000))
    first = first.fin() if closed == "fin" else first.rst()
    second = tcp(CLIENT, SERVER, 443, sequence=1_001 + away, time=START + 10**6).send(HELLO).receive(bytes(700))
    flows, pieces, _ = walk(merged(first, second), verdict=BOTH_DONE)
    assert [(flow.payload, flow.lost) for flow in flows] == [((len(HELLO), 4000), False), ((len(HELLO), 700), False)]
    assert [piece[1] for piece in pieces] == [1, 2]


def test_what_comes_late_or_in_spite_of_a_reset_is_no_other_connection() -> None:
    ends = (CLIENT, 40_000, SERVER, 443)
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO).receive(bytes(4000)).fin()
    again = [ethernet(tcp_segment(ends, number, 5_000, ACK, b"x")) for number in (1_001, 1_000, 1_001 + len(HELLO))]
    stray = ethernet(tcp_segment(ends, 0x70000000, 0, RST))
    flows, _, _ = walk([*talk.frames, *((START + 10**6, frame) for frame in (*again, stray))])
    assert len(flows) == 1
    unheeded = tcp(CLIENT, SERVER, 443).syn().send(HELLO).rst().send(bytes(90_000)).receive(bytes(4000))
    assert [flow.payload for flow in walk(unheeded.frames)[0]] == [(len(HELLO) + 90_000, 4000)]


def test_a_connection_that_nobody_closed_goes_on_wherever_its_segments_are() -> None:
    far = ethernet(tcp_segment((CLIENT, 40_000, SERVER, 443), 0x70000000, 5_000, ACK, HELLO))
    flows, _, _ = walk([*tcp(CLIENT, SERVER, 443).syn().send(HELLO).frames, (START + 10**6, far)])
    assert [flow.lost for flow in flows] == [True]


def test_an_opening_that_is_sent_again_opens_nothing() -> None:
    frames = tcp(CLIENT, SERVER, 443).syn().send(HELLO).frames
    flows, _, _ = walk([frames[0], *frames, frames[1]])
    assert len(flows) == 1


@pytest.mark.parametrize("place", [2, 3, 4])
def test_an_opening_that_is_answered_again_with_another_number_opens_nothing(place: int) -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO).receive(bytes(900)).fin()
    cookie = ethernet(tcp_segment((SERVER, 443, CLIENT, 40_000), 7_777_776, 1_001, SYN | ACK))
    (flow,), _, _ = walk([*talk.frames[:place], (START + 2_000, cookie), *talk.frames[place:]])
    assert (flow.payload, flow.opener, flow.lost) == ((len(HELLO), 900), 0, False)
    late = [*talk.frames, (START + 10**6, cookie)]
    assert [sum(flow.packets) for flow in walk(late)[0]] == [len(talk.frames), 1]
    assert len(walk([(START, cookie), *talk.frames[1:2]])[0]) == 2  # of the way back alone: two connections


@pytest.mark.parametrize("sent", [1, 2])
def test_an_opening_captured_behind_the_first_bytes_of_its_stream_opens_nothing(sent: int) -> None:
    frames = tcp(CLIENT, SERVER, 443).syn().send(HELLO, mss=100).receive(b"x" * 50).frames
    opening, *rest = frames
    (late,), _, _ = walk([*rest[:2], *rest[2 : 2 + sent], opening, *rest[2 + sent :]])
    (usual,), _, _ = walk(frames)
    assert {*late.packets} == {*usual.packets} and {*late.payload} == {*usual.payload}
    assert not late.lost and (late.a, late.opener) == (packed(SERVER), 1)
    other = ethernet(tcp_segment((CLIENT, 40_000, SERVER, 443), 7_777_777, 0, SYN))
    assert len(walk([*rest, (START, other)])[0]) == 2


def test_at_the_limit_the_flows_that_were_silent_longest_are_let_go() -> None:
    talks = [udp(CLIENT, SERVER, 4000, client_port=1000 + n, time=START + n * 10).send(b"x") for n in range(20)]
    flows, _, table = walk(merged(*talks), limits=Limits(flows=8))
    assert sorted(flow.a_port for flow in flows) == list(range(1000, 1020))
    assert table.let_go == 15 and flows[0].a_port == 1000


def test_a_flood_of_openings_is_bounded() -> None:
    frames = [(START, ethernet(tcp_segment((OTHER, port, SERVER, 443), 1, 0, SYN))) for port in range(1, 3000)]
    flows, _, table = walk(frames, limits=Limits(flows=100))
    assert len(flows) == 2999 == table.flows and table.let_go > 2800
