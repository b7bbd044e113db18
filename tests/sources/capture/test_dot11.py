"""802.11 data frames in all their header lengths."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.sources.capture.dot11 import dot11, in_capwap, prism, radiotap
from shadowai.sources.capture.layers import CUT, LLC, NOT_IP, Inner
from shadowai.sources.capture.link import dissect
from shadowai.sources.capture.packet import Packet, Undecoded
from tests.sources.capture.packets import PAYLOAD, ipv4, tcp

BODY = b"\xaa\xaa\3\0\0\0\x08\0" + ipv4(tcp())
TO, FROM, MORE, PROTECTED, ORDER = 1, 2, 4, 0x40, 0x80
DATA, QOS = 0x08, 0x88
ADDRESSES = bytes(2 + 18)


def frame(control: int, flags: int, *, qos: int = 0, sequence: int = 0x10) -> bytes:
    head = bytes([control, flags]) + ADDRESSES + pack("<H", sequence)
    head += bytes(6) if flags & 3 == 3 else b""
    if control & 0x80:
        head += pack("<H", qos) + (bytes(4) if flags & ORDER else b"")
    return head + BODY


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (frame(DATA, 0), 24),
        (frame(DATA, TO), 24),
        (frame(DATA, FROM), 24),
        (frame(DATA, TO | FROM), 30),
        (frame(QOS, TO), 26),
        (frame(QOS, TO | FROM), 32),
        (frame(QOS, TO | ORDER), 30),
        (frame(DATA, TO | ORDER), 24),
        (frame(0x18, TO), 24),
    ],
)
def test_the_header_has_the_length_that_its_flags_tell(data: bytes, size: int) -> None:
    assert dot11(data, 0, len(data)) == Inner(LLC, size, len(data))
    found = dissect(105, data)
    assert isinstance(found, Packet)
    assert data[found.start : found.end] == PAYLOAD


@pytest.mark.parametrize("control", [0x80, 0x40, 0xB0, 0x94, 0xC4, 0x48, 0xC8, 0x09])
def test_frames_without_data_are_no_gap(control: int) -> None:
    data = frame(control, 0)
    assert dot11(data, 0, len(data)) == NOT_IP


def test_ciphertext_and_pieces_are_gaps() -> None:
    data = frame(QOS, TO | PROTECTED)
    assert dot11(data, 0, len(data)) == Undecoded("encrypted 802.11 frame", True)
    for data in (frame(DATA, TO | MORE), frame(DATA, TO, sequence=0x11)):
        assert dot11(data, 0, len(data)) == Undecoded("fragment of an 802.11 frame", True)


def test_an_aggregate_has_its_other_subframes_beside_the_first() -> None:
    head, body = frame(QOS, TO, qos=0x80)[:26], BODY + bytes(601)
    sub = bytes(12) + pack(">H", len(body)) + body
    filled = sub + bytes(-len(sub) % 4)
    assert len(filled) > len(sub)
    places = [40 + number * len(filled) for number in range(3)]
    inner = [Inner(LLC, place, place + len(body)) for place in places]
    assert dot11(head + sub, 0, 26 + len(sub)) == inner[0]
    data = head + filled * 2 + sub
    assert dot11(data, 0, len(data)) == inner[0]._replace(beside=(inner[1], inner[2]))
    assert dot11(data[:-9], 0, len(data) - 9) == inner[0]._replace(
        beside=(inner[1], inner[2]._replace(end=inner[2].end - 9))
    )
    many = head + (bytes(13) + b"\2" + b"ab") * 500
    found = dot11(many, 0, len(many))
    assert isinstance(found, Inner) and len(found.beside) == 63
    assert dot11(head + bytes(200), 0, 226) == CUT


def test_cisco_swaps_bytes_in_capwap_alone() -> None:
    data = frame(DATA, TO, sequence=0x3076)
    swapped = data[1::-1] + data[2:]
    assert in_capwap(swapped, 0, len(swapped)) == Inner(LLC, 24, len(swapped))
    assert dot11(swapped, 0, len(swapped)) == NOT_IP
    plain = frame(DATA, TO)
    assert in_capwap(plain, 0, len(plain)) == Inner(LLC, 24, len(plain))


def tapped(data: bytes, *fields: bytes, present: int) -> bytes:
    body = pack("<I", present) + b"".join(fields)
    return pack("<BBH", 0, 0, 4 + len(body)) + body + data


FCS, PAD = 0x10, 0x20


@pytest.mark.parametrize(
    ("fields", "present"),
    [
        ([bytes([FCS])], 2),
        ([bytes(8), bytes([FCS])], 3),
        ([pack("<I", 0), bytes([FCS])], 0x80000002),
        ([pack("<I", 0), bytes(4), bytes(8), bytes([FCS])], 0x80000003),
    ],
)
def test_radiotap_tells_of_a_check_sequence(fields: list[bytes], present: int) -> None:
    data = tapped(frame(DATA, TO) + b"FCS!", *fields, present=present)
    found = radiotap(data, 0, len(data))
    assert isinstance(found, Inner)
    assert data[found.start : found.end] == BODY


def test_a_frame_that_failed_its_check_says_nothing() -> None:
    data = tapped(frame(DATA, TO) + b"FCS!", bytes([FCS | 0x40]), present=2)
    found = radiotap(data, 0, len(data))
    assert isinstance(found, Undecoded) and found.lost


def test_radiotap_without_flags_tells_nothing() -> None:
    data = tapped(frame(DATA, TO), b"\xff", present=4)
    assert radiotap(data, 0, len(data)) == Inner(LLC, 9 + 24, len(data))


def test_radiotap_tells_of_padding() -> None:
    padded = frame(QOS, TO)[:26] + bytes(2) + BODY
    data = tapped(padded, bytes([PAD]), present=2)
    found = radiotap(data, 0, len(data))
    assert isinstance(found, Inner)
    assert data[found.start : found.end] == BODY


@pytest.mark.parametrize(
    "data",
    [b"", bytes(7), b"\0\0\7\0\0\0\0\0", b"\0\0\xff\0\0\0\0\0", b"\0\0\x08\0\0\0\0\0\x08", b"\0\0\x09\0\2\0\0\0\x10"],
)
def test_a_cut_radiotap_frame_is_lost(data: bytes) -> None:
    assert radiotap(data, 0, len(data)) == CUT


@pytest.mark.parametrize("size", [0, 1, 2, 23, 24, 25])
def test_a_cut_frame_is_lost(size: int) -> None:
    data = frame(DATA, TO)[:size]
    assert dot11(data, 0, size) == CUT
    assert in_capwap(data, 0, size) == CUT


def test_prism_lengths_come_in_either_order() -> None:
    for head in (pack("<II", 0x44, 144), pack(">II", 0x44, 144)):
        data = head + bytes(136) + frame(DATA, TO)
        assert prism(data, 0, len(data)) == Inner(LLC, 168, len(data))
    assert prism(pack("<II", 0x44, 7) + bytes(60), 0, 68) == CUT


@pytest.fixture(scope="module")
def scapy() -> Any:
    from scapy.layers import dot11, inet, l2

    return dot11, inet, l2


def test_scapy_builds_what_is_read(scapy: Any) -> None:
    wireless, inet, l2 = scapy
    carried = inet.IP(src="192.0.2.1", dst="198.51.100.7") / inet.TCP(sport=50000, dport=443) / PAYLOAD
    body = l2.LLC() / l2.SNAP() / carried
    for head in (
        wireless.Dot11(type=2, subtype=0, FCfield=1),
        wireless.Dot11(type=2, subtype=8, FCfield=2) / wireless.Dot11QoS(TID=5),
        wireless.Dot11(type=2, subtype=8, FCfield=3) / wireless.Dot11QoS(),
    ):
        data = bytes(wireless.RadioTap(present="Flags+Rate", Flags=0, Rate=12) / head / body)
        found = dissect(127, data)
        assert isinstance(found, Packet), found
        assert data[found.start : found.end] == PAYLOAD


@given(st.binary(max_size=80))
def test_no_bytes_raise(data: bytes) -> None:
    for step in (dot11, in_capwap, radiotap, prism):
        found = step(data, 0, len(data))
        assert isinstance(found, Undecoded) or found.start <= len(data)
