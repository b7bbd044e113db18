"""Messages of DNS over TCP, of which some were not captured."""

from __future__ import annotations

import random

import pytest

from shadowai.sources.capture import dns_streams
from shadowai.sources.capture.ledger import At
from shadowai.sources.capture.limits import Limits
from shadowai.sources.capture.stream import Stream
from tests.captures import messages
from tests.captures.conversations import tcp
from tests.captures.packets import packed
from tests.sources.capture.reading import CLIENT, RESOLVER, read

ASKS = At(1, 0, packed(CLIENT) + packed(RESOLVER) + b"\x99\x99\0\x35", 5, 7)
ANSWERS = At(1, 1, packed(RESOLVER) + packed(CLIENT) + b"\0\x35\x99\x99", 5, 7)
NAMES = [f"{'n' * (number % 9)}{number}.example.com" for number in range(60)]
WIRE = b"".join(messages.dns_over_tcp(messages.dns_query(name)) for name in NAMES)


def _whole(missing: range) -> list[str]:
    """The names of questions that no missing byte is in."""
    found, at = [], 0
    for name in NAMES:
        end = at + 2 + len(messages.dns_query(name))
        if end <= missing.start or at >= missing.stop:
            found.append(name)
        at = end
    return found


@pytest.mark.parametrize("beginning", [True, False])
@pytest.mark.parametrize("bound", [300, 1 << 15])
def test_questions_go_on_behind_a_gap_wherever_it_is(beginning: bool, bound: int) -> None:
    for lost in range(1, 20):
        talk = tcp(CLIENT, RESOLVER, 53)
        segments = -(-len(WIRE) // 100)
        (talk.syn() if beginning else talk).send(
            WIRE, mss=100, order=[each for each in range(segments) if each != lost]
        )
        hosts = read(talk.fin().frames, limits=Limits(stream_bytes=bound)).hosts
        missing = _whole(range(100 * lost, 100 * lost + 100))
        assert [host for host in hosts if host in missing] == missing, lost
        assert set(hosts) <= set(NAMES)


def test_where_no_message_is_found_it_is_counted() -> None:
    junk = random.Random(5).randbytes(2000)
    talk = tcp(CLIENT, RESOLVER, 53).syn().send(WIRE[:200], mss=50, order=[0, 2, 3]).send(junk, mss=500, order=[1, 3])
    assert read(talk.fin().frames).notes["dns_unreadable"]


def test_behind_too_long_a_message_the_next_begins() -> None:
    long = messages.dns_over_tcp(messages.dns_query("long.example") + bytes(3000))
    talk = (
        tcp(CLIENT, RESOLVER, 53).syn().send(long + messages.dns_over_tcp(messages.dns_query("next.example")), mss=500)
    )
    assert read(talk.frames, limits=Limits(stream_bytes=1000)).hosts == ["long.example", "next.example"]


def test_an_answer_ends_where_its_length_says() -> None:
    told: list[bytes] = []
    first, second = (messages.dns_answer(f"{name}.example", ["192.0.2.1"] * 9) for name in "ab")
    wire = messages.dns_over_tcp(first, second)
    stream = Stream(0, 5, 7)
    stream.add(0, wire[:60], 60)
    stream.add(100, wire[100:], len(wire) - 100)
    assert dns_streams.go_on(stream, ANSWERS, lambda found, at: told.extend(found), final=True) == 0
    assert told == [first[:58], second]


@pytest.mark.parametrize(
    ("payload", "at", "place"),
    [
        (WIRE, ASKS, 0),
        (b"abc" + WIRE, ASKS, 3),
        (b"abc" + WIRE, ANSWERS, -1),
        (messages.dns_over_tcp(messages.dns_answer("a.example", ["192.0.2.1"])), ANSWERS, 0),
        (b"\0\x1d", ASKS, 0),
        (b"\0\x05", ASKS, -1),
        (bytes(40), ASKS, -1),
    ],
)
def test_where_a_message_begins(payload: bytes, at: At, place: int) -> None:
    assert dns_streams.beginning(payload, at) == place
    assert dns_streams.begins(payload) is (place == 0)


def test_two_bytes_that_end_a_name_are_no_length_of_a_question() -> None:
    assert dns_streams.beginning(b"om", ASKS) == -1 and dns_streams.beginning(b"om", ANSWERS) == 0
    cut = len(WIRE) // 2 - 3
    talk = tcp(CLIENT, RESOLVER, 53).syn()
    talk._sent += 900
    tail = messages.dns_query("a.example.com")[-6:]
    hosts = read(talk.send(tail[:2]).send(tail[2:] + WIRE[:cut]).frames).hosts
    assert hosts == [name for name in NAMES if name in hosts] and hosts[:2] == NAMES[:2]


@pytest.mark.parametrize("beginning", [True, False])
def test_questions_whose_first_segment_was_captured_behind_the_second(beginning: bool) -> None:
    first = sum(2 + len(messages.dns_query(name)) for name in NAMES[:10])
    talk = tcp(CLIENT, RESOLVER, 53)
    hosts = read((talk.syn() if beginning else talk).send(WIRE[: 2 * first], mss=first, order=[1, 0]).frames).hosts
    assert sorted(map(str, hosts), key=NAMES.index)[:10] == NAMES[:10] and len(set(hosts)) == len(hosts)


def test_a_doubtful_stream_drops_what_is_before_the_first_message() -> None:
    told: list[bytes] = []
    stream = Stream(0, 5, 7)
    stream.doubtful = True
    stream.add(0, b"\xff" * 2000, 2000)
    assert not dns_streams.read(stream, bytes(stream.data), ASKS, lambda found, at: told.extend(found))
    assert len(stream.data) == stream.handed == 512
    stream.add(2000, WIRE[:300], 300)
    assert dns_streams.read(stream, bytes(stream.data), ASKS, lambda found, at: told.extend(found))
    assert told[0] == messages.dns_query(NAMES[0]) and not stream.doubtful
