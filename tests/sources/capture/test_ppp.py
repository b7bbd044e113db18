"""PPP with everything compressed away, and Cisco's HDLC."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.sources.capture.layers import CUT, ETHERNET, IPV4, IPV6, MPLS, NOT_IP, PPP, Inner
from shadowai.sources.capture.link import dissect
from shadowai.sources.capture.packet import Packet, Undecoded
from shadowai.sources.capture.ppp import cisco_hdlc, ppp, ppp_or_cisco
from tests.sources.capture.packets import ethernet, ipv4, tcp


@pytest.mark.parametrize("framing", [b"", b"\xff\3"])
@pytest.mark.parametrize(
    ("protocol", "kind"),
    [
        (b"\0\x21", IPV4),
        (b"\x21", IPV4),
        (b"\0\x57", IPV6),
        (b"\x57", IPV6),
        (b"\2\x81", MPLS),
        (b"\2\x83", MPLS),
    ],
)
def test_address_control_and_protocol_may_be_compressed(framing: bytes, protocol: bytes, kind: int) -> None:
    data = framing + protocol + b"packet"
    assert ppp(data, 0, len(data)) == Inner(kind, len(data) - 6, len(data))


def test_bridging_and_whole_multilink_frames_are_opened() -> None:
    assert ppp(b"\0\x31\0\1frame", 0, 9) == Inner(ETHERNET, 4, 9)
    assert ppp(b"\0\x3d\xc0\0\0\1\0\x21packet", 0, 14) == Inner(PPP, 6, 14)
    data = b"\xff\3\0\x3d\xc0\0\0\1\x31\0\1" + ethernet(ipv4(tcp()))
    assert isinstance(dissect(9, data), Packet)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\0\x3d\x80\0\0\1\0\x21packet", "fragment of a PPP multilink frame"),
        (b"\0\x3d\xc0\0", "fragment of a PPP multilink frame"),
        (b"\0\x2dpacket", "compressed PPP frame"),
        (b"\0\xfdpacket", "compressed PPP frame"),
        (b"\x53packet", "encrypted PPP frame"),
        (b"\0\x6fpacket", "PPP protocol 0x006f is not read"),
    ],
)
def test_what_cannot_be_read_is_a_gap(data: bytes, reason: str) -> None:
    assert ppp(data, 0, len(data)) == Undecoded(reason, True)


@pytest.mark.parametrize("protocol", [b"\xc0\x21", b"\x80\x21", b"\xc2\x23", b"\x2b", b"\0\x31\0\2"])
def test_control_protocols_and_other_networks_are_no_gap(protocol: bytes) -> None:
    assert ppp(protocol + b"\1\1\0\4", 0, len(protocol) + 4) == NOT_IP


@pytest.mark.parametrize("data", [b"", b"\xff\3", b"\0", b"\xff\3\0"])
def test_a_cut_frame_is_lost(data: bytes) -> None:
    assert ppp(data, 0, len(data)) == CUT


def test_multilink_within_multilink_comes_to_an_end() -> None:
    assert dissect(9, b"\x3d\xc0\0\0\1" * 10_000) == Undecoded("more than 16 headers before IP", True)


def test_cisco_frames_are_told_by_their_first_byte() -> None:
    assert ppp_or_cisco(b"\x0f\0\x08\0packet", 0, 10) == Inner(IPV4, 4, 10)
    assert ppp_or_cisco(b"\xff\3\0\x21packet", 0, 10) == Inner(IPV4, 4, 10)
    assert ppp_or_cisco(b"", 0, 0) == CUT
    assert cisco_hdlc(b"\x8f\0\0\1", 0, 4) == NOT_IP
    assert cisco_hdlc(b"\x8f\0\x08", 0, 3) == CUT


@given(st.binary(max_size=40))
def test_no_bytes_raise(data: bytes) -> None:
    for step in (ppp, ppp_or_cisco, cisco_hdlc):
        found = step(data, 0, len(data))
        assert isinstance(found, Undecoded) or found.start <= len(data)
