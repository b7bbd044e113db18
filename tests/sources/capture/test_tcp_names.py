"""Names on TCP connections: found however they are sent, and only where they can be meant."""

from __future__ import annotations

import random

import pytest

from shadowai.sources.capture.limits import Limits
from tests.captures import messages, tls
from tests.captures.conversations import START, Tcp, Timed, merged, tcp, udp
from tests.captures.packets import ACK, PSH, SYN, ethernet, tcp_segment
from tests.sources.capture.reading import CLIENT, OTHER, RESOLVER, SERVER, read

HELLO = tls.hello("chatgpt.com")
SNI = [("tls_sni", "chatgpt.com")]
GET = messages.request("chatgpt.com", "/c/1?q=secret")
SECOND = messages.request("chatgpt.com")


def _talk(port: int = 443, **more: int) -> Tcp:
    return tcp(CLIENT, SERVER, port, **more)  # type: ignore[arg-type]


# --- hellos however they are sent ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("port", [443, 25, 1, 65535])
def test_a_hello_on_any_port(port: int) -> None:
    found = read(_talk(port).syn().send(HELLO).receive(tls.application(5000)).fin().frames)
    assert found.names == SNI
    (record,) = found.records
    assert (record.client_ip, record.server_ip, record.server_port, record.unit) == (CLIENT, SERVER, port, "frame")
    assert record.line == 4 and record.time == START + 3000


@pytest.mark.parametrize("mss", [1, 2, 5, 6, 7, 100, 1460])
@pytest.mark.parametrize("record", [16_384, 60, 1])
def test_a_hello_in_segments_and_records_of_any_size(mss: int, record: int) -> None:
    hello = tls.hello("chatgpt.com", record=record)
    assert read(_talk().syn().send(hello, mss=mss).frames).names == SNI


@pytest.mark.parametrize("beginning", [True, False])
@pytest.mark.parametrize("order", ["reversed", [1, 0, 2, 3], [3, 2, 0, 1], [0, 3, 1, 2]])
def test_a_hello_out_of_order(beginning: bool, order: object) -> None:
    talk = _talk().syn() if beginning else _talk()
    size = -(-len(HELLO) // 4)
    assert read(talk.send(HELLO, mss=size, order=order).frames).names == SNI  # type: ignore[arg-type]


def test_a_hello_sent_again_with_other_boundaries_and_overlaps() -> None:
    for overlap in (1, 17, 99):
        assert read(_talk().syn().send(HELLO, mss=100, overlap=overlap, retransmit=True).frames).names == SNI
    twice = _talk().syn().send(HELLO[:200], mss=90)
    twice._sent -= 200
    found = read(twice.send(HELLO, mss=130).frames)
    assert found.names == SNI and "overlaps" not in found.notes


def _segments(*pieces: tuple[int, bytes], first: int = 1001) -> list[Timed]:
    up = (CLIENT, 40_000, SERVER, 443)
    raw = [
        tcp_segment(up, first - 1, 0, SYN),
        *(tcp_segment(up, first + at, 1, ACK | PSH, data) for at, data in pieces),
    ]
    return [(START + number, ethernet(packet)) for number, packet in enumerate(raw)]


def test_of_overlapping_bytes_the_first_count_and_the_difference_is_said() -> None:
    other = HELLO.replace(b"chatgpt.com", b"example.com")
    found = read(_segments((0, HELLO[:150]), (20, other[20:180]), (180, HELLO[180:])))
    assert found.names == SNI and found.notes["overlaps"] == 1


@pytest.mark.parametrize("sequence", [0xFFFFFFFF, 0xFFFFFFF0, 0xFFFFFF00, 0])
def test_sequence_numbers_that_begin_anew(sequence: int) -> None:
    assert read(_talk(sequence=sequence).syn().send(HELLO, mss=50, order="reversed").frames).names == SNI


def test_data_on_the_opening_packet() -> None:
    up = (CLIENT, 40_000, SERVER, 443)
    opening = ethernet(tcp_segment(up, 1000, 0, SYN, HELLO[:60]))
    rest = ethernet(tcp_segment(up, 1061, 1, ACK, HELLO[60:]))
    assert read([(START, opening), (START + 1, rest)]).names == SNI


def test_a_tiny_first_segment_without_the_opening() -> None:
    assert read(_talk().send(HELLO[:1]).send(HELLO[1:]).frames).names == SNI
    assert read(_talk().send(HELLO[:3]).send(HELLO[3:20]).send(HELLO[20:]).frames).names == SNI


def test_a_large_hello() -> None:
    assert read(_talk().syn().send(tls.hello("chatgpt.com", size=9000), order="reversed").frames).names == SNI


def test_any_shuffle_of_any_cut_gives_the_name() -> None:
    rng = random.Random(1)
    for _ in range(60):
        mss = rng.randrange(20, 400)
        order = list(range(-(-len(HELLO) // mss)))
        rng.shuffle(order)
        talk = _talk(sequence=rng.choice((1, 0xFFFFFFB0, 77))).syn()
        found = read(
            talk.send(HELLO, mss=mss, order=order, overlap=rng.randrange(mss), retransmit=rng.random() < 0.5).frames
        )
        assert found.names == SNI, (mss, order)


# --- a tunnel, another protocol, a relay before it -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("port", "before"),
    [
        (
            25,
            [
                (b"", b"220 mail.example ESMTP\r\n"),
                (b"EHLO pc\r\n", b"250 STARTTLS\r\n"),
                (b"STARTTLS\r\n", b"220 go\r\n"),
            ],
        ),
        (389, [(b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037", b"\x30\x0c\x02\x01\x01\x78\x07")]),
        (5432, [(b"\0\0\0\x08\x04\xd2\x16\x2f", b"S")]),
        (3389, [(b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x0b\0\0\0", b"\x03\0\0\x13" + bytes(15))]),
    ],
)
def test_behind_a_protocol_that_asks_for_tls(port: int, before: list[tuple[bytes, bytes]]) -> None:
    for opening in (True, False):
        talk = _talk(port).syn() if opening else _talk(port)
        for said, answered in before:
            talk = (talk.send(said) if said else talk).receive(answered)
        assert read(talk.send(HELLO).frames).names == SNI


def test_a_hello_behind_segments_that_were_not_captured() -> None:
    talk = _talk(25).syn()
    talk._sent += 40
    assert read(talk.send(HELLO).frames).names == SNI
    waiting = _talk(25).syn()
    waiting._sent += 40
    assert read(waiting.send(b"MAIL FROM:<jdoe@example.com>\r\n").send(HELLO, mss=200).frames).names == SNI


# --- requests ------------------------------------------------------------------------------------------------------------


def test_requests_in_one_segment_and_behind_a_body() -> None:
    post = messages.request("claude.ai", method="POST", body=b"x" * 300)
    assert read(_talk(3128).syn().send(GET + post + GET).frames).hosts == ["chatgpt.com", "claude.ai", "chatgpt.com"]
    assert read(_talk(3128).syn().send(post, mss=100).send(GET, mss=9).frames).hosts == ["claude.ai", "chatgpt.com"]


def test_any_number_of_requests_one_behind_the_other() -> None:
    hosts = [f"n{number}.example" for number in range(2000)]
    talk = _talk(3128).syn().send(b"".join(map(messages.request, hosts)), mss=1000)
    found = read(talk.frames, limits=Limits(names_per_flow=5000))
    assert found.hosts == hosts and "stream_limit" not in found.notes


def test_a_request_that_is_sent_again_is_one() -> None:
    assert read(_talk(80).syn().send(GET, retransmit=True).frames).hosts == ["chatgpt.com"]


# --- wrong accusations ---------------------------------------------------------------------------------------------------


def test_a_request_within_another_protocol_is_none() -> None:
    found = read(_talk(21).syn().send(b"STOR capture\r\n").send(GET).frames)
    assert found.names == [] and found.notes["misplaced"] == 1


def test_a_hello_deep_within_another_protocol_is_none() -> None:
    talk = _talk(445).syn()
    for _ in range(60):
        talk.send(b"x" * 1460)
    found = read(talk.send(HELLO).frames)
    assert found.names == [] and found.notes["misplaced"] == 1
    without = _talk(445)
    for _ in range(60):
        without.send(b"x" * 1460)
    assert read(without.send(HELLO).frames).names == []


@pytest.mark.parametrize("back", [GET, HELLO], ids=["request", "hello"])
def test_what_the_server_sends_is_no_use(back: bytes) -> None:
    found = read(
        _talk(80)
        .syn()
        .send(messages.request("blog.example"))
        .receive(messages.response(b"x" * 100))
        .receive(back)
        .frames
    )
    assert found.hosts == ["blog.example"] and found.notes["misplaced"] == 1
    assert {record.client_ip for record in found.records} == {CLIENT}


# --- DNS over TCP --------------------------------------------------------------------------------------------------------


def test_a_long_conversation_over_tcp_goes_on_behind_a_loss() -> None:
    one = messages.dns_over_tcp(messages.dns_query("chatgpt.com"))
    talk = tcp(CLIENT, RESOLVER, 53).syn().send(one)
    talk._sent += 33
    for _ in range(40):
        talk.send(one)
    found = read(talk.frames, limits=Limits(stream_bytes=300))
    assert len(found.names) > 20


# --- limits --------------------------------------------------------------------------------------------------------------


def test_too_many_beginnings_at_once_are_counted() -> None:
    talks = [tcp(CLIENT, SERVER, 443, client_port=port).syn().send(HELLO[:150]) for port in range(1000, 1020)]
    found = read(merged(*talks), limits=Limits(streams=4))
    assert found.notes["streams_limit"] == 16


def test_too_long_a_beginning_is_counted_and_its_name_kept() -> None:
    hello = tls.hello("chatgpt.com", size=20_000)
    found = read(_talk().syn().send(hello).frames, limits=Limits(stream_bytes=4000))
    assert found.names == SNI and found.notes["stream_limit"] == 1
    assert read(_talk().syn().send(hello, mss=20).frames, limits=Limits(stream_pieces=30)).notes["stream_limit"] == 1


def test_a_lossy_connection_without_names_is_no_long_beginning() -> None:
    talk = _talk(22).syn()
    for _ in range(50):
        talk._sent += 100
        talk.send(b"x" * 1400)
    assert "stream_limit" not in read(talk.frames).notes


def test_a_client_is_who_connected_and_not_the_lower_port() -> None:
    talk = tcp(CLIENT, SERVER, 50_000, client_port=443).syn().send(HELLO)
    (record,) = read(talk.frames).records
    assert (record.client_ip, record.server_port) == (CLIENT, 50_000)
    late = read(talk.receive(b"x" * 10).frames[4:] + talk.frames[3:4])
    assert [record.client_ip for record in late.records if record.host] == [CLIENT]


def test_two_clients_stay_apart() -> None:
    one, two = (tcp(client, SERVER, 443).syn().send(HELLO, mss=60) for client in (CLIENT, OTHER))
    assert sorted(str(record.client_ip) for record in read(merged(one, two)).records) == [CLIENT, OTHER]


def test_mail_and_dns_in_one_capture() -> None:
    question = udp(CLIENT, RESOLVER, 53).send(messages.dns_query("claude.ai"))
    assert sorted(read(merged(_talk().syn().send(HELLO), question)).hosts) == ["chatgpt.com", "claude.ai"]  # type: ignore[type-var]


@pytest.mark.parametrize("ports", [(5353, 80), (40_000, 53)])
@pytest.mark.parametrize("mss", [1460, 9])
def test_requests_and_hellos_at_ports_of_dns(ports: tuple[int, int], mss: int) -> None:
    talk = tcp(CLIENT, SERVER, ports[1], client_port=ports[0]).syn()
    assert read(talk.send(GET, mss=mss).receive(messages.response(b"ok")).frames).hosts == ["chatgpt.com"]
    talk = tcp(CLIENT, SERVER, ports[1], client_port=ports[0]).syn()
    assert read(talk.send(HELLO, mss=mss).frames).names == SNI


def test_dns_messages_from_the_middle_of_a_connection() -> None:
    first = messages.dns_over_tcp(messages.dns_query("a.example"), messages.dns_query("claude.ai"))
    asked = messages.dns_over_tcp(messages.dns_query("chatgpt.com"))
    for end in range(1, len(first)):
        found = read(tcp(CLIENT, RESOLVER, 53).send(first[end:]).send(asked).send(asked[:1]).send(asked[1:]).frames)
        assert found.hosts[-2:] == ["chatgpt.com"] * 2, end
        assert set(found.hosts) <= {"claude.ai", "chatgpt.com"}, end
        assert ("claude.ai" in found.hosts) is (end == 29) or found.notes["dns_unreadable"], end
    assert read(tcp(CLIENT, RESOLVER, 53).send(HELLO).frames).names == SNI


@pytest.mark.parametrize("beginning", [True, False])
def test_a_request_captured_behind_the_beginning_of_the_next(beginning: bool) -> None:
    first, second = messages.request("one.example"), messages.request("two.example", headers={"Cookie": "c" * 2000})
    talk = _talk(80).syn() if beginning else _talk(80)
    late, early = ethernet(tcp_segment((CLIENT, 40_000, SERVER, 80), 1_001, 5_000, ACK, first)), second[:1000]
    talk._sent += len(first)
    frames = [*talk.send(early).frames, (START + 10**6, late)]
    again = _talk(80, sequence=talk._sent).wait(2 * 10**6).send(second[1000:] + SECOND)
    assert sorted(map(str, read([*frames, *again.frames]).hosts)) == ["chatgpt.com", "one.example", "two.example"]


def test_of_two_requests_the_second_may_be_captured_first() -> None:
    first = messages.request("one.example")
    found = read(_talk(80).syn().send(first + messages.request("two.example"), mss=len(first), order=[1, 0]).frames)
    assert sorted(map(str, found.hosts)) == ["one.example", "two.example"]


def test_a_question_over_tcp_that_was_cut_and_those_behind_a_loss() -> None:
    one, two, three = (messages.dns_over_tcp(messages.dns_query(name + ".example")) for name in ("one", "two", "three"))
    frames = _talk(53).syn().send(one).frames
    assert read(frames, snaplen=len(frames[3][1]) - 2).hosts == ["one.example"]
    lost = _talk(53).syn().send(one).send(two, order=[]).send(three)
    assert read(lost.frames).names == [("dns_query", "one.example"), ("dns_query", "three.example")]
