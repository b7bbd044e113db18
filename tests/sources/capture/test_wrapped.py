"""Frames behind a header of whoever captured them."""

from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.sources.capture.link import dissect
from shadowai.sources.capture.packet import Packet, Undecoded
from shadowai.sources.capture.wrapped import WRAPPERS, Wrapped, unread
from tests.sources.capture.packets import CLIENT, CLIENT6, PAYLOAD, ethernet, ipv4, ipv6, tag, tcp

FOUR, SIX = ipv4(tcp()), ipv6(tcp())


def erf(kind: int, *extensions: int) -> bytes:
    """A header of Endace's, with extension headers of these types."""
    more = [0x80 * (number + 1 < len(extensions)) | type for number, type in enumerate(extensions)]
    head = bytes(8) + bytes((kind | (0x80 if extensions else 0), 4)) + pack(">HHH", 96, 0, 60)
    return head + b"".join(bytes((type,)) + bytes(7) for type in more)


KNOWN = {
    "per-packet information": (192, b"\0\0\x08\0\1\0\0\0" + ethernet(FOUR)),
    "packet tap": (258, pack("<III", 12, 1, 12) + SIX),
    "packet tap of old": (149, pack("<III", 20, 1, 1) + bytes(8) + ethernet(FOUR)),
    "Junos": (178, b"MGC\1" + ethernet(FOUR)),
    "Junos, extensions": (178, b"MGC\x80\0\4\1\2\0\1" + ethernet(tag(0x86DD) + SIX, 0x8100)),
    "Junos, no link header": (178, b"MGC\x83\0\4\1\2\0\1" + bytes(4) + FOUR),
    "Junos, PPP": (179, b"MGC\0\xff\3\0\x57" + SIX),
    "Junos, frame relay": (180, b"MGC\1\x18\x41\3\xcc" + FOUR),
    "Junos, Cisco HDLC": (181, b"MGC\1\x0f\0\x08\0" + FOUR),
    "Endace": (197, erf(2) + bytes(2) + ethernet(FOUR)),
    "Endace, extensions": (197, erf(20, 3, 4, 5) + bytes(2) + ethernet(SIX, 0x86DD)),
    "Endace, SONET": (197, erf(1) + b"\xff\3\0\x21" + FOUR),
    "Endace, SONET, Cisco": (197, erf(10) + b"\x0f\0\x86\xdd" + SIX),
    "Endace, IPv4": (197, erf(22) + FOUR),
    "Endace, IPv6": (197, erf(23, 12) + SIX),
}


@pytest.mark.parametrize("name", KNOWN)
def test_every_header_leads_to_the_packet_behind_it(name: str) -> None:
    link_type, data = KNOWN[name]
    found = dissect(link_type, data)
    assert isinstance(found, Packet), found
    assert data[found.start : found.end] == PAYLOAD and found.source in (CLIENT, CLIENT6)


@pytest.mark.parametrize("name", KNOWN)
def test_a_frame_cut_within_its_header_is_a_gap(name: str) -> None:
    link_type, data = KNOWN[name]
    whole = WRAPPERS[link_type](data)
    assert isinstance(whole, Wrapped)
    for size in range(whole.start):
        found = dissect(link_type, data[:size])
        assert isinstance(found, Undecoded) and found.lost, size


@pytest.mark.parametrize(
    ("link_type", "data", "reason"),
    [
        (178, b"MGB\1" + ethernet(FOUR), "Juniper frame without its magic number"),
        (197, erf(27) + bytes(40), "ERF record of type 27 is not read"),
        (197, erf(21, 3, 4) + bytes(40), "ERF record of type 21 is not read"),
        (197, erf(2) + bytes(2) + bytes(12), "frame ends inside its headers"),
        (197, erf(2, *[3] * 40) + bytes(2) + ethernet(FOUR), "frame ends inside its headers"),
        (258, pack("<III", 108, 0, 1) + bytes(200), "packet tap record without a packet"),
    ],
)
def test_what_cannot_be_read_is_a_gap_with_its_reason(link_type: int, data: bytes, reason: str) -> None:
    assert dissect(link_type, data) == Undecoded(reason, True)


def test_only_a_packet_tap_is_believed_where_anybody_may_use_the_number() -> None:
    assert dissect(149, pack("<III", 5_000, 1, 1) + bytes(6_000)) == unread(149)


@given(st.sampled_from(sorted(WRAPPERS)), st.binary(max_size=80))
def test_a_header_ends_within_the_frame(link_type: int, data: bytes) -> None:
    found = WRAPPERS[link_type](data)
    assert isinstance(found, Undecoded) or 0 < found.start <= len(data)
