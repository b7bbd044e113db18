"""Every packet is counted to its connection, and what may hold a name is handed on."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowai.sources.capture.flows import Table
from shadowai.sources.capture.frames import Container
from shadowai.sources.capture.limits import Limits
from shadowai.sources.capture.pieces import (
    BOTH_DONE,
    COLLECT,
    DNS_PIECE,
    DONE,
    DUE,
    LOOK,
)
from shadowai.sources.capture.sides import Flow
from tests.captures import files, messages, packets, tls
from tests.captures.conversations import START, Timed, tcp, udp
from tests.captures.packets import ACK, ethernet, fragments, ip, packed, tcp_segment, udp_datagram
from tests.captures.scene import scene
from tests.sources.capture.reading import CLIENT, RESOLVER, SERVER
from tests.sources.capture.walking import raw, walk

HELLO = tls.hello("chatgpt.com")


def test_what_follows_bytes_that_were_sent_before_is_looked_at() -> None:
    ends = (CLIENT, 40_000, SERVER, 80)
    asked, further = messages.request("a.example.com", "/"), messages.request("b.example.com", "/")
    talk = tcp(CLIENT, SERVER, 80).syn().send(asked, mss=10)
    both = ethernet(tcp_segment(ends, 1_001 + len(asked) - 15, 5_000, ACK, asked[-15:] + further))
    _, pieces, _ = walk([*talk.frames, (START + 10**6, both)])
    assert pieces[-1][3:] == (len(asked), further)


def test_a_segment_in_which_something_is_due_is_handed_on() -> None:
    talk = tcp(CLIENT, SERVER, 80).syn().send(messages.request("a.example", "/")).send(b"x" * 4000, mss=1000)
    due = 1_001 + len(messages.request("a.example", "/")) + 2500
    assert [piece[4] for piece in walk(talk.frames, verdict=DUE + due)[1][1:]] == [b"x" * 1000]
    begun = 1_001 + len(messages.request("a.example", "/"))
    for place in (begun + 1000, begun + 3000):
        assert [piece[3] for piece in walk(talk.frames, verdict=DUE + place)[1][1:]] == [place - 1_001]
    assert walk(talk.frames, verdict=DUE + due + 1500)[1][1:] == []  # behind all that was captured


def test_payloads_captured_before_the_first_say_how_far_behind_it_they_are() -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO, mss=100, order=[1, 2, 0])
    assert [piece[3] for piece in walk(talk.frames, verdict=COLLECT)[1]] == [100, 200, 0]


def test_a_piece_says_what_its_sender_had_got() -> None:
    """Behind options, behind what was sent before, and in fragments."""
    up, got = (CLIENT, 40_000, SERVER, 80), []
    first = tcp_segment(up, 1_001, 5_000, ACK, b"GET / HT")
    again = tcp_segment(up, 1_001, 5_700, ACK, b"GET / HTTP/1.1\r\n", options=b"\1" * 8)
    late = tcp_segment(up, 1_017, 0xFFFFFFF0, ACK, b"Host: a.example\r\n\r\n")

    def take(*piece: object) -> int:
        got.append(piece[11])
        return LOOK if len(got) < 2 else COLLECT

    frames = [ethernet(one) for one in (first, again, *fragments(late, 16))]
    Table(take, lambda flow: None).walk(raw((START, one) for one in frames))
    assert got == [5_000, 5_700, 0xFFFFFFF0]


def test_what_is_done_is_not_handed_on() -> None:
    talk = (
        tcp(CLIENT, SERVER, 80)
        .syn()
        .send(messages.request("a.example"))
        .receive(messages.response())
        .send(messages.request("b.example"))
    )
    counts = {verdict: len(walk(talk.frames, verdict=verdict)[1]) for verdict in (LOOK, COLLECT, DONE, BOTH_DONE)}
    assert counts == {LOOK: 3, COLLECT: 3, DONE: 2, BOTH_DONE: 1}


def test_bulk_is_not_handed_on() -> None:
    talk = tcp(CLIENT, SERVER, 22).syn().send(b"SSH-2.0-x\r\n").receive(b"SSH-2.0-y\r\n").send(b"\0\0\5" * 5000)
    assert walk(talk.frames)[1] == []


def test_without_the_opening_the_first_payloads_are_handed_on() -> None:
    assert len(walk(tcp(CLIENT, SERVER, 22).send(b"x" * 90, mss=10).frames)[1]) == 4


def test_a_frame_that_was_cut_is_counted_as_it_was() -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO)
    (flow,), pieces, _ = walk(talk.frames, cut=100)
    assert flow.bytes[0] == sum(len(data) for _, data in talk.frames if data[26:30] == packed(CLIENT))
    assert flow.cut == 1 and pieces[0][4] == HELLO[:46] and flow.payload[0] == len(HELLO)


@pytest.mark.parametrize("version", [4, 6])
def test_fragments_are_put_together_and_counted_once(version: int) -> None:
    ends_ = (CLIENT, 50_000, RESOLVER, 53) if version == 4 else ("2001:db8::1", 50_000, "2001:db8::53", 53)
    packet = udp_datagram(ends_, messages.dns_query("a" * 60 + ".chatgpt.com"))
    pieces = [(START + n, ethernet(piece)) for n, piece in enumerate(fragments(packet, 40))]
    for frames in (pieces, pieces[::-1]):
        flows, handed, table = walk(frames)
        assert [piece[0] for piece in handed] == [DNS_PIECE] and handed[0][4][12:13] == b"\x3c"
        assert len(flows) == 1 and table.fragments == len(pieces) and table.fragments_limited() == 0


def test_too_many_fragments_at_once_are_counted() -> None:
    packet = udp_datagram((CLIENT, 50_000, RESOLVER, 53), b"x" * 100)
    frames = [(START, ethernet(fragments(packet, 40, identification=n)[0])) for n in range(10)]
    assert walk(frames, limits=Limits(fragments=3))[2].fragments_limited() == 10  # seven let go, three never whole


def _gre(packet: bytes) -> bytes:
    return ip("10.0.0.1", "10.0.0.2", 47, b"\0\0\x08\0" + packet)


def _vxlan(frame: bytes) -> bytes:
    return udp_datagram(("10.0.0.1", 9999, "10.0.0.2", 4789), b"\x08\0\0\0\0\0\1\0" + frame)


@pytest.mark.parametrize("tunnel", ["vlan", "qinq", "gre", "vxlan", "ipip"])
def test_the_innermost_addresses_count(tunnel: str) -> None:
    plain = tcp(CLIENT, SERVER, 443).syn().send(HELLO)
    wrapped: Callable[[bytes], bytes] = {
        "vlan": lambda packet: ethernet(packet, [7]),
        "qinq": lambda packet: ethernet(packet, [7, 8]),
        "gre": lambda packet: ethernet(_gre(packet)),
        "vxlan": lambda packet: ethernet(_vxlan(ethernet(packet))),
        "ipip": lambda packet: ethernet(ip("10.0.0.1", "10.0.0.2", 4, packet)),
    }[tunnel]
    frames = [(time, wrapped(packet)) for time, packet in plain.packets]
    (flow,), pieces, _ = walk(frames)
    assert (flow.a, flow.b, flow.b_port) == (packed(CLIENT), packed(SERVER), 443)
    assert [piece[4] for piece in pieces] == [HELLO]
    assert sum(flow.bytes) == sum(len(data) for _, data in frames)


@pytest.mark.parametrize("link_type", [101, 12, 228])
def test_other_link_types(link_type: int) -> None:
    assert len(walk(tcp(CLIENT, SERVER, 443).syn().send(HELLO).packets, link_type=link_type)[1]) == 1


def test_what_cannot_be_read_is_counted_with_its_frames() -> None:
    table = walk([(START, b"\0" * 12 + b"\x08\0" + b"\x43" + bytes(30))] * 9)[2]
    ((count, *frames),) = table.undecoded.values()
    assert count == 9 and frames == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("size", range(0, 70))
def test_frames_of_any_length_do_no_harm(size: int) -> None:
    for frames in (
        tcp(CLIENT, SERVER, 443).send(HELLO).frames,
        udp("2001:db8::1", "2001:db8::2", 53).send(b"x" * 30).frames,
    ):
        walk([(START, data[:size]) for _, data in frames])
        walk(frames, cut=size)


def test_protocols_without_ports_are_no_flows() -> None:
    flows, pieces, table = walk([(START, ethernet(ip(CLIENT, SERVER, 1, b"\x08\0" + bytes(20))))])
    assert not flows and not pieces and table.others == 1


@pytest.mark.parametrize("data", [b"\x16", b"G", b"PO", b"HTT", b"\x16\3", b"\x05\1"])
def test_the_padding_behind_a_few_bytes_is_no_part_of_them(data: bytes) -> None:
    frames = [(time, frame.ljust(60, b"\0")) for time, frame in tcp(CLIENT, SERVER, 443).syn().send(data).frames]
    assert [piece[4] for piece in walk(frames)[1]] == [data]


def test_a_first_fragment_that_was_cut_is_handed_on_for_it_never_becomes_whole() -> None:
    datagram = udp_datagram((CLIENT, 5000, RESOLVER, 53), bytes(range(200)))
    frames = [(START, ethernet(piece)) for piece in fragments(datagram, 104)]
    (flow,), pieces, table = walk(frames, cut=100)
    assert [piece[4] for piece in pieces] == [bytes(range(100 - 14 - 20 - 8))]
    assert flow.payload == (96, 0) and flow.cut == 1 and table.fragments_refused() == 2
    assert [len(piece[4]) for piece in walk(frames)[1]] == [200]


def test_all_packets_of_an_aggregate_are_counted() -> None:
    snap = b"\xaa\xaa\3\0\0\0\x08\0"
    bodies = [snap + udp_datagram((CLIENT, port, RESOLVER, 53), bytes(33)) for port in (5000, 5001)]
    subframes = [bytes(12) + len(body).to_bytes(2, "big") + body for body in bodies]
    head = b"\x88\1" + bytes(22) + b"\x80\0"
    frame = head + subframes[0] + bytes(-len(subframes[0]) % 4) + subframes[1]
    flows, pieces, _ = walk([(START, frame)], link_type=105)
    assert [(flow.a_port, flow.packets, flow.payload) for flow in flows] == [
        (5000, (1, 0), (33, 0)),
        (5001, (1, 0), (33, 0)),
    ]
    assert sum(flow.bytes[0] for flow in flows) == len(frame) and len(pieces) == 2


def test_a_padded_frame_holds_no_more_than_its_packet() -> None:
    frame = ethernet(tcp_segment((CLIENT, 40_000, SERVER, 443), 1, 0, ACK)) + bytes(6)
    (flow,), pieces, _ = walk([(START, frame)])
    assert flow.payload == (0, 0) and pieces == [] and flow.protocol == packets.TCP


def test_a_packet_whose_length_the_card_was_to_fill_in() -> None:
    """Captured before the segmentation was done: the total length is 0."""
    frame = bytearray(ethernet(tcp_segment((CLIENT, 40_000, SERVER, 443), 1, 0, ACK, HELLO)))
    frame[16:18] = b"\0\0"
    (flow,), pieces, _ = walk([(START, bytes(frame))])
    assert flow.payload[0] == len(HELLO) and pieces[0][4] == HELLO


@pytest.mark.parametrize("cut", [54, 60, 400])
def test_of_a_packet_whose_length_the_card_was_to_fill_in_the_frame_tells_what_was_not_captured(cut: int) -> None:
    both = (CLIENT, 40_000, SERVER, 443)
    frames = []
    for number in range(3):
        frame = bytearray(ethernet(tcp_segment(both, 1 + 9000 * number, 0, ACK, bytes(9000))))
        frame[16:18] = b"\0\0"
        frames.append((START + number, bytes(frame)))
    (flow,), _, _ = walk(frames, cut=cut)
    assert flow.payload == (27_000, 0) and not flow.lost and flow.cut == 3


def _tunnelled(frames: Iterable[Timed]) -> list[Timed]:
    """The IP packets of frames within VXLAN, and within two VLANs and one."""
    found: list[Timed] = []
    for number, (time, data) in enumerate(frames):
        inner = ((CLIENT, 50_000, SERVER, 4789), b"\x08\0\0\0\0\0\7\0" + data)
        found.append(
            (
                time,
                (data, ethernet(udp_datagram(*inner)), ethernet(data[14:], [5]), ethernet(data[14:], [6, 5]))[
                    number % 4
                ],
            )
        )
    return found


def _sixth() -> list[Timed]:
    talk = tcp("2001:db8::1", "2001:db8::2", 443).syn().send(HELLO, mss=60, order="reversed").receive(b"x" * 3000).fin()
    return talk.frames + udp("2001:db8::1", "2001:db8::53", 53).send(messages.dns_query("chatgpt.com")).frames


IN_PLACE = _tunnelled(scene()) + scene() + _sixth()


def _counted(data: bytes, verdict: int, chunk: int, *, in_place: bool, most: int = 1 << 16) -> tuple[object, ...]:
    flows: list[Flow] = []
    pieces: list[tuple[object, ...]] = []

    def take(*piece: object) -> int:
        pieces.append(piece)
        return verdict

    table = Table(take, flows.append)
    container = Container(io.BytesIO(data), chunk=chunk)
    reader, frames, turns = container.in_place, container.frames(), 1
    assert reader is not None
    while table.read(reader, most) if in_place else table.walk(frames, most):
        turns += 1
    table.close()
    told = (container.frames_seen, container.snapped, container.bytes_done, container.ended_at, container.problems)
    return flows, pieces, turns, table.packets, table.others, table.fragments, table.undecoded, told


def _same_in_place(data: bytes, verdict: int = LOOK, chunk: int = 1 << 17, most: int = 1 << 16) -> None:
    either = [_counted(data, verdict, chunk, in_place=way, most=most) for way in (True, False)]
    assert either[0] == either[1]


@pytest.mark.parametrize("verdict", [LOOK, COLLECT, DONE, BOTH_DONE])
@pytest.mark.parametrize("chunk", [1, 7, 4096, 1 << 17])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nanoseconds", [False, True])
def test_records_are_read_where_they_lie(verdict: int, chunk: int, order: files.Order, nanoseconds: bool) -> None:
    _same_in_place(files.pcap(IN_PLACE, order=order, nanoseconds=nanoseconds), verdict, chunk)


@pytest.mark.parametrize("snaplen", [14, 40, 42, 50, 54, 58, 60, 74, 77, 78, 90, 128])
def test_frames_captured_in_part_are_read_where_they_lie(snaplen: int) -> None:
    _same_in_place(files.pcap(IN_PLACE, snaplen=snaplen))


@pytest.mark.parametrize("most", [1, 3, len(IN_PLACE), len(IN_PLACE) + 1])
def test_no_more_records_are_read_than_were_asked_for(most: int) -> None:
    _same_in_place(files.pcap(IN_PLACE), most=most)


SOME = files.pcap(IN_PLACE[:40])


@given(st.lists(st.tuples(st.integers(24, len(SOME) - 1), st.integers(0, 255)), max_size=6), st.integers(24, len(SOME)))
@settings(max_examples=60)
def test_broken_records_are_read_the_same_where_they_lie(changes: list[tuple[int, int]], end: int) -> None:
    data = bytearray(SOME)
    for place, value in changes:
        data[place] = value
    _same_in_place(bytes(data[:end]), COLLECT, 512)


def test_only_plain_captures_of_ethernet_are_read_in_place() -> None:
    for data in (files.pcap(IN_PLACE, link_type=113), files.section(files.Interface(IN_PLACE)), b""):
        assert Container(io.BytesIO(data)).in_place is None
