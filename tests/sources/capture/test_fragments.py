"""IP reassembly: in any order, with overlaps, and without ever holding more than it may."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowai.sources.capture import internet
from shadowai.sources.capture.fragments import Fragments
from shadowai.sources.capture.packet import Fragment, Packet
from tests.sources.capture.packets import CLIENT, CLIENT6, SERVER, SERVER6

SECOND = 1_000_000
WHOLE = bytes(range(256)) * 8


def piece(
    offset: int, content: bytes, *, last: bool = False, number: int = 1, cut: bool = False, protocol: int = 17
) -> tuple[Fragment, bytes]:
    """A fragment and the frame it is in, which has other bytes around it."""
    frame = b"head" + content + b"tail"
    found = Fragment(protocol, CLIENT, SERVER, number, offset, not last, 4, 4 + len(content), cut)
    return found, frame


def pieces(whole: bytes, size: int, number: int = 1) -> list[tuple[Fragment, bytes]]:
    starts = range(0, len(whole), size)
    return [piece(n, whole[n : n + size], last=n + size >= len(whole), number=number) for n in starts]


def put(fragments: Fragments, parts: list[tuple[Fragment, bytes]], time: int = 0) -> list[bytes | None]:
    return [fragments.add(fragment, frame, time) for fragment, frame in parts]


@pytest.mark.parametrize("seed", range(8))
def test_pieces_in_any_order_make_the_whole(seed: int) -> None:
    parts = pieces(WHOLE, 200)
    random.Random(seed).shuffle(parts)
    fragments = Fragments()
    assert put(fragments, parts) == [None] * (len(parts) - 1) + [WHOLE]
    assert (len(fragments), fragments.limited, fragments.overlaps, fragments.refused) == (0, 0, 0, 0)


def test_repeated_pieces_change_nothing() -> None:
    parts = pieces(WHOLE, 512)
    fragments = Fragments()
    assert put(fragments, [parts[1], parts[1], parts[0], parts[0], parts[3], parts[3], parts[2]])[-1] == WHOLE
    assert fragments.overlaps == 0


def test_a_hole_keeps_a_datagram_waiting() -> None:
    parts = pieces(WHOLE, 512)
    fragments = Fragments()
    assert put(fragments, [parts[0], parts[2], parts[3]]) == [None, None, None]
    assert len(fragments) == 1


def test_datagrams_do_not_mix() -> None:
    one, two = pieces(WHOLE, 1024, number=1), pieces(WHOLE[::-1], 1024, number=2)
    assert put(Fragments(), [one[0], two[1], two[0], one[1]]) == [None, None, WHOLE[::-1], WHOLE]
    tcp, udp = piece(0, b"a" * 8, protocol=6), piece(8, b"b" * 8, last=True, protocol=17)
    assert put(Fragments(), [tcp, udp]) == [None, None]


def test_ipv6_does_not_look_at_the_protocol_of_later_pieces() -> None:
    first = Fragment(17, CLIENT6, SERVER6, 9, 0, True, 0, 8, False)
    last = Fragment(0, CLIENT6, SERVER6, 9, 8, False, 0, 3, False)
    fragments = Fragments()
    assert fragments.add(first, b"12345678", 0) is None
    assert fragments.add(last, b"abc", 0) == b"12345678abc"


def test_overlaps_that_agree_are_not_counted() -> None:
    fragments = Fragments()
    parts = [piece(0, WHOLE[:16]), piece(32, WHOLE[32:48], last=True), piece(8, WHOLE[8:40])]
    assert put(fragments, parts)[-1] == WHOLE[:48]
    assert fragments.overlaps == 0


def test_of_overlaps_that_differ_the_first_wins() -> None:
    fragments = Fragments()
    parts = [piece(8, b"B" * 8), piece(0, b"A" * 24), piece(16, b"x" * 8), piece(24, b"C" * 5, last=True)]
    assert put(fragments, parts)[-1] == b"A" * 8 + b"B" * 8 + b"A" * 8 + b"C" * 5
    assert fragments.overlaps == 2


def test_a_second_end_is_refused() -> None:
    fragments = Fragments()
    parts = [piece(8, b"B" * 8, last=True), piece(16, b"C" * 8, last=True), piece(16, b"C" * 8), piece(0, b"A" * 8)]
    assert put(fragments, parts) == [None, None, None, b"A" * 8 + b"B" * 8]
    assert fragments.overlaps == 2
    fragments = Fragments()
    assert put(fragments, [piece(16, b"C" * 8), piece(8, b"B" * 8, last=True)]) == [None, None]
    assert fragments.overlaps == 1


@pytest.mark.parametrize(
    "part",
    [
        piece(0, b""),
        piece(8, b"", last=True),
        piece(0, b"1234567"),
        piece(0, b"12345678", cut=True),
        piece(65528, b"123456789", last=True),
        piece(65528, b"12345678"),
    ],
)
def test_what_cannot_be_part_of_a_whole_is_refused(part: tuple[Fragment, bytes]) -> None:
    fragments = Fragments()
    assert put(fragments, [part]) == [None]
    assert (fragments.refused, len(fragments)) == (1, 0)


def test_the_largest_datagram_fits() -> None:
    whole = b"x" * 65535
    assert put(Fragments(), pieces(whole, 1480))[-1] == whole


def test_the_oldest_goes_when_there_are_too_many() -> None:
    fragments = Fragments(datagrams=10)
    for number in range(25):
        put(fragments, [piece(0, b"12345678", number=number)])
    assert (len(fragments), fragments.limited) == (10, 15)
    assert put(fragments, [piece(8, b"end", last=True, number=24)]) == [b"12345678end"]
    assert put(fragments, [piece(8, b"end", last=True, number=14)]) == [None]


def test_age_ends_a_datagram() -> None:
    first, last = pieces(b"12345678end", 8)
    fragments = Fragments(age=30 * SECOND)
    assert fragments.add(*first, 0) is None
    assert fragments.add(*last, 30 * SECOND) == b"12345678end"
    assert fragments.add(*first, 0) is None
    assert fragments.add(*last, 30 * SECOND + 1) is None
    assert fragments.limited == 1


def test_a_clock_that_jumps_back_does_not_keep_datagrams_for_ever() -> None:
    fragments = Fragments(age=30 * SECOND)
    put(fragments, [piece(0, b"12345678", number=1)], time=10**15)
    put(fragments, [piece(0, b"12345678", number=2)], time=0)
    assert (len(fragments), fragments.limited) == (1, 1)


def test_fragments_without_end_stay_within_memory() -> None:
    import tracemalloc

    limit = 1 << 20
    fragments = Fragments(memory=limit, datagrams=1 << 30)
    tracemalloc.start()
    for number in range(1500):
        for offset in range(0, 65528, 8192):
            fragments.add(*piece(offset, b"12345678", number=number), number)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fragments.limited > 1400
    assert peak < 3 * limit


def test_many_holes_in_one_datagram_stay_within_memory() -> None:
    fragments = Fragments(memory=1 << 18)
    for offset in range(0, 65520, 16):
        fragments.add(*piece(offset, b"12345678"), 0)
    assert fragments.limited >= 1
    assert len(fragments) <= 1


@given(st.integers(1, 120), st.integers(1, 6), st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_any_cut_shuffled_and_repeated_makes_the_whole(eights: int, step: int, chance: random.Random) -> None:
    whole = bytes(chance.randrange(256) for _ in range(eights * 8 + chance.randrange(8)))
    parts = pieces(whole, step * 8)
    parts += [piece(n, whole[n : n + 24], last=n + 24 >= len(whole)) for n in range(0, len(whole), 16)]
    chance.shuffle(parts)
    fragments = Fragments()
    found = [out for out in put(fragments, parts) if out is not None]
    assert found
    assert set(found) == {whole}
    assert fragments.overlaps == 0


@given(st.lists(st.tuples(st.integers(0, 8191), st.binary(max_size=40), st.booleans(), st.integers(0, 3)), max_size=60))
def test_no_fragments_raise(parts: list[tuple[int, bytes, bool, int]]) -> None:
    fragments = Fragments(datagrams=2, memory=100_000)
    for offset, content, last, number in parts:
        out = fragments.add(*piece(offset * 8, content, last=last, number=number), number)
        assert out is None or 0 < len(out) <= 65535
    assert len(fragments) <= 2


@pytest.fixture(scope="module")
def scapy() -> Any:
    from scapy.layers import inet

    return inet


def test_what_scapy_cuts_comes_back(scapy: Any) -> None:
    payload = b"x" * 3000
    datagram = scapy.IP(src="192.0.2.1", dst="198.51.100.7", id=5) / scapy.UDP(sport=1, dport=2) / payload
    fragments = Fragments()
    whole = None
    for part in scapy.fragment(datagram, fragsize=600):
        data = bytes(part)
        found = internet.ip(data, 0, len(data), 0)
        assert isinstance(found, Fragment)
        whole = fragments.add(found, data, 0)
    assert whole is not None
    packet = internet.transport(17, CLIENT, SERVER, whole, 0, len(whole), len(whole), 0)
    assert isinstance(packet, Packet)
    assert whole[packet.start : packet.end] == payload
