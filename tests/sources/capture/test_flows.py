"""Every packet is counted to its connection, and what may hold a name is handed on."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowai.sources.capture.flows import (
    BOTH_DONE,
    COLLECT,
    DNS_PIECE,
    DONE,
    DTLS_PIECE,
    DUE,
    GQUIC_PIECE,
    LOOK,
    QUIC_PIECE,
    RDP_PIECE,
    Flow,
    RawFrame,
    Table,
    ends,
    key_is_dns,
    reverse,
    udp_kind,
)
from shadowai.sources.capture.frames import Container
from shadowai.sources.capture.limits import Limits
from shadowai.wire import http
from tests.captures import files, messages, packets, tls
from tests.captures.conversations import START, Timed, merged, tcp, udp
from tests.captures.packets import ACK, RST, SYN, ethernet, fragments, ip, packed, tcp_segment, udp_datagram
from tests.captures.scene import scene
from tests.sources.capture.reading import CLIENT, OTHER, RESOLVER, SERVER

Piece = tuple[int, int, int, int, bytes]
HELLO = tls.hello("chatgpt.com")


def _raw(frames: Iterable[Timed], cut: int = 1 << 20, link_type: int = 1) -> list[RawFrame]:
    return [(number, time, link_type, data[:cut], len(data)) for number, (time, data) in enumerate(frames, 1)]


def _walk(
    frames: Iterable[Timed],
    *,
    verdict: int = LOOK,
    limits: Limits | None = None,
    cut: int = 1 << 20,
    link_type: int = 1,
) -> tuple[list[Flow], list[Piece], Table]:
    flows: list[Flow] = []
    pieces: list[Piece] = []

    def take(kind: int, flow: int, which: int, isn: int, sequence: int, *rest: object) -> int:
        assert isinstance(rest[2], bytes)
        pieces.append((kind, flow, which, sequence - isn if isn >= 0 else -1, rest[2]))
        return verdict

    table = Table(take, flows.append, limits or Limits())
    while table.walk(iter(_raw(frames, cut, link_type)), 1 << 16):
        raise AssertionError("all frames fit into one walk")
    table.close()
    return flows, pieces, table


def test_sizes_both_ways() -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO).receive(b"x" * 3000).fin()
    (flow,), _, table = _walk(talk.frames)
    up = [len(data) for _, data in talk.frames if data[26:30] == packed(CLIENT)]
    down = [len(data) for _, data in talk.frames if data[26:30] == packed(SERVER)]
    assert flow.bytes == (sum(up), sum(down)) and flow.packets == (len(up), len(down))
    assert flow.payload == (len(HELLO), 3000)
    assert (flow.first, flow.last) == (START, talk.frames[-1][0])
    assert (flow.a, flow.b, flow.a_port, flow.b_port) == (packed(CLIENT), packed(SERVER), 40_000, 443)
    assert flow.opener == 0 and not flow.lost and not flow.cut and table.packets == len(talk.frames)


def test_what_is_sent_again_is_no_further_payload() -> None:
    (flow,), _, _ = _walk(tcp(CLIENT, SERVER, 443).syn().send(HELLO, retransmit=True, mss=50, overlap=10).frames)
    assert flow.payload[0] == len(HELLO) and not flow.lost
    assert flow.bytes[0] > 2 * len(HELLO)


@pytest.mark.parametrize("sequence", [1, 0xFFFFFFF0])
def test_what_is_missing_is_known(sequence: int) -> None:
    whole, partly = (
        tcp(CLIENT, SERVER, 443, sequence=sequence).syn().send(b"x" * 100, mss=20, order=order)
        for order in (None, [0, 1, 3, 4])
    )
    assert not _walk(whole.frames)[0][0].lost
    flow = _walk(partly.frames)[0][0]
    assert flow.lost and flow.payload[0] == 80


def test_who_opened_the_connection() -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO).receive(b"x")
    assert [_walk(talk.frames[begin:])[0][0].opener for begin in (0, 1, 2)] == [0, 1, -1]


def test_the_same_ports_again_are_another_connection() -> None:
    first = tcp(CLIENT, SERVER, 443, sequence=1000).syn().send(HELLO)
    second = tcp(CLIENT, SERVER, 443, sequence=9_000_000, time=START + 10**6).syn().send(HELLO)
    flows, pieces, _ = _walk(merged(first, second), verdict=BOTH_DONE)
    assert [flow.number for flow in flows] == [1, 2] and len(pieces) == 2
    assert flows[0].bytes == flows[1].bytes


@pytest.mark.parametrize("away", [0x30000000, 0xD0000000])
@pytest.mark.parametrize("closed", ["fin", "rst"])
def test_the_same_ports_again_without_the_opening_are_another_connection_too(away: int, closed: str) -> None:
    first = tcp(CLIENT, SERVER, 443).syn().send(HELLO).receive(bytes(4000))
    first = first.fin() if closed == "fin" else first.rst()
    second = tcp(CLIENT, SERVER, 443, sequence=1_001 + away, time=START + 10**6).send(HELLO).receive(bytes(700))
    flows, pieces, _ = _walk(merged(first, second), verdict=BOTH_DONE)
    assert [(flow.payload, flow.lost) for flow in flows] == [((len(HELLO), 4000), False), ((len(HELLO), 700), False)]
    assert [piece[1] for piece in pieces] == [1, 2]


def test_what_comes_late_or_in_spite_of_a_reset_is_no_other_connection() -> None:
    ends = (CLIENT, 40_000, SERVER, 443)
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO).receive(bytes(4000)).fin()
    again = [ethernet(tcp_segment(ends, number, 5_000, ACK, b"x")) for number in (1_001, 1_000, 1_001 + len(HELLO))]
    stray = ethernet(tcp_segment(ends, 0x70000000, 0, RST))
    flows, _, _ = _walk([*talk.frames, *((START + 10**6, frame) for frame in (*again, stray))])
    assert len(flows) == 1
    unheeded = tcp(CLIENT, SERVER, 443).syn().send(HELLO).rst().send(bytes(90_000)).receive(bytes(4000))
    assert [flow.payload for flow in _walk(unheeded.frames)[0]] == [(len(HELLO) + 90_000, 4000)]


def test_a_connection_that_nobody_closed_goes_on_wherever_its_segments_are() -> None:
    far = ethernet(tcp_segment((CLIENT, 40_000, SERVER, 443), 0x70000000, 5_000, ACK, HELLO))
    flows, _, _ = _walk([*tcp(CLIENT, SERVER, 443).syn().send(HELLO).frames, (START + 10**6, far)])
    assert [flow.lost for flow in flows] == [True]


def test_what_follows_bytes_that_were_sent_before_is_looked_at() -> None:
    ends = (CLIENT, 40_000, SERVER, 80)
    asked, further = messages.request("a.example.com", "/"), messages.request("b.example.com", "/")
    talk = tcp(CLIENT, SERVER, 80).syn().send(asked, mss=10)
    both = ethernet(tcp_segment(ends, 1_001 + len(asked) - 15, 5_000, ACK, asked[-15:] + further))
    _, pieces, _ = _walk([*talk.frames, (START + 10**6, both)])
    assert pieces[-1][3:] == (len(asked), further)


def test_a_segment_in_which_something_is_due_is_handed_on() -> None:
    talk = tcp(CLIENT, SERVER, 80).syn().send(messages.request("a.example", "/")).send(b"x" * 4000, mss=1000)
    due = 1_001 + len(messages.request("a.example", "/")) + 2500
    assert [piece[4] for piece in _walk(talk.frames, verdict=DUE + due)[1][1:]] == [b"x" * 1000]
    begun = 1_001 + len(messages.request("a.example", "/"))
    for place in (begun + 1000, begun + 3000):
        assert [piece[3] for piece in _walk(talk.frames, verdict=DUE + place)[1][1:]] == [place - 1_001]
    assert _walk(talk.frames, verdict=DUE + due + 1500)[1][1:] == []  # behind all that was captured


def test_the_first_payload_captured_says_that_others_are_missing_before_it() -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO, mss=100, order=[1, 2, 0])
    assert [piece[3] for piece in _walk(talk.frames, verdict=COLLECT)[1]] == [-1, 200, 0]


def test_an_opening_that_is_sent_again_opens_nothing() -> None:
    frames = tcp(CLIENT, SERVER, 443).syn().send(HELLO).frames
    flows, _, _ = _walk([frames[0], *frames, frames[1]])
    assert len(flows) == 1


@pytest.mark.parametrize("place", [2, 3, 4])
def test_an_opening_that_is_answered_again_with_another_number_opens_nothing(place: int) -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO).receive(bytes(900)).fin()
    cookie = ethernet(tcp_segment((SERVER, 443, CLIENT, 40_000), 7_777_776, 1_001, SYN | ACK))
    (flow,), _, _ = _walk([*talk.frames[:place], (START + 2_000, cookie), *talk.frames[place:]])
    assert (flow.payload, flow.opener, flow.lost) == ((len(HELLO), 900), 0, False)
    late = [*talk.frames, (START + 10**6, cookie)]
    assert [sum(flow.packets) for flow in _walk(late)[0]] == [len(talk.frames), 1]
    assert len(_walk([(START, cookie), *talk.frames[1:2]])[0]) == 2  # of the way back alone: two connections


@pytest.mark.parametrize("sent", [1, 2])
def test_an_opening_captured_behind_the_first_bytes_of_its_stream_opens_nothing(sent: int) -> None:
    frames = tcp(CLIENT, SERVER, 443).syn().send(HELLO, mss=100).receive(b"x" * 50).frames
    opening, *rest = frames
    (late,), _, _ = _walk([*rest[:2], *rest[2 : 2 + sent], opening, *rest[2 + sent :]])
    (usual,), _, _ = _walk(frames)
    assert {*late.packets} == {*usual.packets} and {*late.payload} == {*usual.payload}
    assert not late.lost and (late.a, late.opener) == (packed(SERVER), 1)
    other = ethernet(tcp_segment((CLIENT, 40_000, SERVER, 443), 7_777_777, 0, SYN))
    assert len(_walk([*rest, (START, other)])[0]) == 2


def test_what_is_done_is_not_handed_on() -> None:
    talk = (
        tcp(CLIENT, SERVER, 80)
        .syn()
        .send(messages.request("a.example"))
        .receive(messages.response())
        .send(messages.request("b.example"))
    )
    counts = {verdict: len(_walk(talk.frames, verdict=verdict)[1]) for verdict in (LOOK, COLLECT, DONE, BOTH_DONE)}
    assert counts == {LOOK: 3, COLLECT: 3, DONE: 2, BOTH_DONE: 1}


@pytest.mark.parametrize(
    "data",
    [
        HELLO,
        messages.request("x.example"),
        messages.proxy_v1(CLIENT, SERVER, 1, 2),
        messages.SOCKS5_GREETING,
        b"GE",
        messages.response(),
    ],
)
def test_beginnings_are_handed_on(data: bytes) -> None:
    assert [piece[3:] for piece in _walk(tcp(CLIENT, SERVER, 4000).syn().send(data).frames)[1]] == [(0, data)]


def test_bulk_is_not_handed_on() -> None:
    talk = tcp(CLIENT, SERVER, 22).syn().send(b"SSH-2.0-x\r\n").receive(b"SSH-2.0-y\r\n").send(b"\0\0\5" * 5000)
    assert _walk(talk.frames)[1] == []


def test_without_the_opening_the_first_payloads_are_handed_on() -> None:
    assert len(_walk(tcp(CLIENT, SERVER, 22).send(b"x" * 90, mss=10).frames)[1]) == 4


def test_a_frame_that_was_cut_is_counted_as_it_was() -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO)
    (flow,), pieces, _ = _walk(talk.frames, cut=100)
    assert flow.bytes[0] == sum(len(data) for _, data in talk.frames if data[26:30] == packed(CLIENT))
    assert flow.cut == 1 and pieces[0][4] == HELLO[:46] and flow.payload[0] == len(HELLO)


@pytest.mark.parametrize("version", [4, 6])
def test_fragments_are_put_together_and_counted_once(version: int) -> None:
    ends_ = (CLIENT, 50_000, RESOLVER, 53) if version == 4 else ("2001:db8::1", 50_000, "2001:db8::53", 53)
    packet = udp_datagram(ends_, messages.dns_query("a" * 60 + ".chatgpt.com"))
    pieces = [(START + n, ethernet(piece)) for n, piece in enumerate(fragments(packet, 40))]
    for frames in (pieces, pieces[::-1]):
        flows, handed, table = _walk(frames)
        assert [piece[0] for piece in handed] == [DNS_PIECE] and handed[0][4][12:13] == b"\x3c"
        assert len(flows) == 1 and table.fragments == len(pieces) and table.fragments_limited() == 0


def test_too_many_fragments_at_once_are_counted() -> None:
    packet = udp_datagram((CLIENT, 50_000, RESOLVER, 53), b"x" * 100)
    frames = [(START, ethernet(fragments(packet, 40, identification=n)[0])) for n in range(10)]
    assert _walk(frames, limits=Limits(fragments=3))[2].fragments_limited() == 10  # seven let go, three never whole


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
    (flow,), pieces, _ = _walk(frames)
    assert (flow.a, flow.b, flow.b_port) == (packed(CLIENT), packed(SERVER), 443)
    assert [piece[4] for piece in pieces] == [HELLO]
    assert sum(flow.bytes) == sum(len(data) for _, data in frames)


@pytest.mark.parametrize("link_type", [101, 12, 228])
def test_other_link_types(link_type: int) -> None:
    assert len(_walk(tcp(CLIENT, SERVER, 443).syn().send(HELLO).packets, link_type=link_type)[1]) == 1


def test_what_cannot_be_read_is_counted_with_its_frames() -> None:
    table = _walk([(START, b"\0" * 12 + b"\x08\0" + b"\x43" + bytes(30))] * 9)[2]
    ((count, *frames),) = table.undecoded.values()
    assert count == 9 and frames == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("size", range(0, 70))
def test_frames_of_any_length_do_no_harm(size: int) -> None:
    for frames in (
        tcp(CLIENT, SERVER, 443).send(HELLO).frames,
        udp("2001:db8::1", "2001:db8::2", 53).send(b"x" * 30).frames,
    ):
        _walk([(START, data[:size]) for _, data in frames])
        _walk(frames, cut=size)


def test_at_the_limit_the_flows_that_were_silent_longest_are_let_go() -> None:
    talks = [udp(CLIENT, SERVER, 4000, client_port=1000 + n, time=START + n * 10).send(b"x") for n in range(20)]
    flows, _, table = _walk(merged(*talks), limits=Limits(flows=8))
    assert sorted(flow.a_port for flow in flows) == list(range(1000, 1020))
    assert table.let_go == 15 and flows[0].a_port == 1000


def test_a_flood_of_openings_is_bounded() -> None:
    frames = [(START, ethernet(tcp_segment((OTHER, port, SERVER, 443), 1, 0, SYN))) for port in range(1, 3000)]
    flows, _, table = _walk(frames, limits=Limits(flows=100))
    assert len(flows) == 2999 == table.flows and table.let_go > 2800


def test_a_segment_far_away_changes_no_sizes() -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO)
    far = ethernet(tcp_segment((CLIENT, 40_000, SERVER, 443), 0x40000000, 0, ACK, b"x" * 50))
    (flow,), _, _ = _walk([*talk.frames, (START + 9999, far)])
    assert flow.payload[0] == len(HELLO) + 50 and flow.lost
    reset = ethernet(tcp_segment((SERVER, 443, CLIENT, 40_000), 5000, 0, RST))
    assert len(_walk([*talk.frames, (START + 9999, reset), *tcp(CLIENT, SERVER, 443).frames])[0]) == 1


def test_keys() -> None:
    key = packed(CLIENT) + packed(RESOLVER) + b"\x12\x34\0\x35"
    assert ends(key) == (packed(CLIENT), packed(RESOLVER), 0x1234, 53)
    assert ends(reverse(key)) == (packed(RESOLVER), packed(CLIENT), 53, 0x1234)
    assert key_is_dns(key) and key_is_dns(reverse(key)) and not key_is_dns(key[:-2] + b"\1\xbb")


@pytest.mark.parametrize(
    ("payload", "port", "kind"),
    [
        (b"x", 53, DNS_PIECE),
        (b"\xc0\0\0\0\1" + bytes(20), 443, QUIC_PIECE),
        (b"\xc0\0\0\0\0" + bytes(20), 443, -1),
        (b"\xc0Q046" + bytes(20), 443, GQUIC_PIECE),
        (tls.dtls_hello("a.example"), 4433, DTLS_PIECE),
        (bytes(20), 3389, RDP_PIECE),
        (b"\x40" + bytes(20), 443, -1),
        (b"\xc0\0\0\0\1", 443, -1),
        (b"", 443, -1),
    ],
)
def test_kinds_of_datagrams(payload: bytes, port: int, kind: int) -> None:
    assert udp_kind(payload, packed(CLIENT) + packed(SERVER) + b"\xc0\0" + port.to_bytes(2, "big")) == kind


def test_protocols_without_ports_are_no_flows() -> None:
    flows, pieces, table = _walk([(START, ethernet(ip(CLIENT, SERVER, 1, b"\x08\0" + bytes(20))))])
    assert not flows and not pieces and table.others == 1


@pytest.mark.parametrize("data", [b"\x16", b"G", b"PO", b"HTT", b"\x16\3", b"\x05\1"])
def test_the_padding_behind_a_few_bytes_is_no_part_of_them(data: bytes) -> None:
    frames = [(time, frame.ljust(60, b"\0")) for time, frame in tcp(CLIENT, SERVER, 443).syn().send(data).frames]
    assert [piece[4] for piece in _walk(frames)[1]] == [data]


def test_every_method_of_a_request_is_handed_on() -> None:
    for shape in http._SHAPES:
        frames = tcp(CLIENT, SERVER, 80).syn().send(b"?" * 9).send(shape + b"/ HTTP/1.1\r\n\r\n").frames
        assert [piece[4][: len(shape)] for piece in _walk(frames)[1]] == [shape]


def test_a_first_fragment_that_was_cut_is_handed_on_for_it_never_becomes_whole() -> None:
    datagram = udp_datagram((CLIENT, 5000, RESOLVER, 53), bytes(range(200)))
    frames = [(START, ethernet(piece)) for piece in fragments(datagram, 104)]
    (flow,), pieces, table = _walk(frames, cut=100)
    assert [piece[4] for piece in pieces] == [bytes(range(100 - 14 - 20 - 8))]
    assert flow.payload == (96, 0) and flow.cut == 1 and table.fragments_refused() == 2
    assert [len(piece[4]) for piece in _walk(frames)[1]] == [200]


def test_all_packets_of_an_aggregate_are_counted() -> None:
    snap = b"\xaa\xaa\3\0\0\0\x08\0"
    bodies = [snap + udp_datagram((CLIENT, port, RESOLVER, 53), bytes(33)) for port in (5000, 5001)]
    subframes = [bytes(12) + len(body).to_bytes(2, "big") + body for body in bodies]
    head = b"\x88\1" + bytes(22) + b"\x80\0"
    frame = head + subframes[0] + bytes(-len(subframes[0]) % 4) + subframes[1]
    flows, pieces, _ = _walk([(START, frame)], link_type=105)
    assert [(flow.a_port, flow.packets, flow.payload) for flow in flows] == [
        (5000, (1, 0), (33, 0)),
        (5001, (1, 0), (33, 0)),
    ]
    assert sum(flow.bytes[0] for flow in flows) == len(frame) and len(pieces) == 2


def test_a_padded_frame_holds_no_more_than_its_packet() -> None:
    frame = ethernet(tcp_segment((CLIENT, 40_000, SERVER, 443), 1, 0, ACK)) + bytes(6)
    (flow,), pieces, _ = _walk([(START, frame)])
    assert flow.payload == (0, 0) and pieces == [] and flow.protocol == packets.TCP


def test_a_packet_whose_length_the_card_was_to_fill_in() -> None:
    """Captured before the segmentation was done: the total length is 0."""
    frame = bytearray(ethernet(tcp_segment((CLIENT, 40_000, SERVER, 443), 1, 0, ACK, HELLO)))
    frame[16:18] = b"\0\0"
    (flow,), pieces, _ = _walk([(START, bytes(frame))])
    assert flow.payload[0] == len(HELLO) and pieces[0][4] == HELLO


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


def test_flows_that_ended_are_no_garbage() -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO).receive(b"x").fin()
    before = gc.get_threshold()
    gc.collect()
    _walk(talk.frames)
    assert gc.get_threshold() == before
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        assert not [each for each in gc.garbage if type(each).__name__ == "Side"]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
