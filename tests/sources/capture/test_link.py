"""Link types: each leads to the packet it carries, and none is trusted with its lengths."""

from __future__ import annotations

import io
from struct import pack

import dpkt  # type: ignore[import-untyped]
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shadowai.sources.capture.link import dissect
from shadowai.sources.capture.packet import Dissected, Fragment, Packet, Several, Undecoded
from tests.sources.capture.packets import CLIENT, CLIENT6, PAYLOAD, ethernet, ipv4, ipv6, label, tag, tcp, udp

FOUR, SIX = ipv4(tcp()), ipv6(tcp())
SNAP = b"\xaa\xaa\3\0\0\0\x08\0"
DATA = b"\x08\1" + bytes(22) + SNAP + FOUR
NFLOG_TIME = pack("<HH", 8, 8) + bytes(4)
KNOWN = {
    "null, little-endian": (0, b"\2\0\0\0" + FOUR),
    "null, big-endian": (0, b"\0\0\0\2" + FOUR),
    "null, macOS": (0, b"\x1e\0\0\0" + SIX),
    "loop": (108, b"\0\0\0\x18" + SIX),
    "Ethernet": (1, ethernet(FOUR)),
    "Ethernet, IPv6": (1, ethernet(SIX, 0x86DD)),
    "token ring": (6, b"\x10\x40" + bytes(12) + SNAP + FOUR),
    "token ring, source routed": (6, b"\x10\x40" + bytes(6) + b"\x80" + bytes(5) + b"\6" + bytes(5) + SNAP + FOUR),
    "ARCNET": (7, b"\1\2\xd4\0\0\1" + FOUR),
    "ARCNET, RFC 1051": (7, b"\1\2\xf0" + FOUR),
    "ARCNET, exception": (7, b"\1\2\xd4\xff\xff\xff\xd4\0\0\1" + FOUR),
    "ARCNET of Linux": (129, b"\1\2\0\0\xd4\0\0\1" + FOUR),
    "SLIP": (8, bytes(16) + FOUR),
    "PPP": (9, b"\xff\3\0\x21" + FOUR),
    "PPP that is Cisco's": (9, b"\x0f\0\x08\0" + FOUR),
    "FDDI": (10, b"\x57" + bytes(12) + SNAP + FOUR),
    "ATM": (11, SNAP + FOUR),
    "ATM, routed": (100, b"\xfe\xfe\3\xcc" + FOUR),
    "ATM, IP alone": (106, FOUR),
    "ATM, bridged": (100, b"\xaa\xaa\3\0\x80\xc2\0\7\0\0" + ethernet(FOUR)),
    "SunATM": (123, b"\2\0\0\x20" + SNAP + FOUR),
    "raw 12": (12, FOUR),
    "raw 14": (14, SIX),
    "raw 101": (101, SIX),
    "raw 228": (228, FOUR),
    "raw 229": (229, SIX),
    "PPP, HDLC framing": (50, b"\xff\3\0\x57" + SIX),
    "PPP, HDLC framing, Cisco": (50, b"\x8f\0\x86\xdd" + SIX),
    "PPPoE": (51, pack(">BBHH", 0x11, 0, 1, 2 + len(FOUR)) + b"\0\x21" + FOUR),
    "Cisco HDLC": (104, b"\x0f\0\x08\0" + FOUR),
    "802.11": (105, DATA),
    "Cisco HDLC, direction": (205, b"\1\x0f\0\x08\0" + FOUR),
    "frame relay, direction": (206, b"\0\x18\x41\3\xcc" + FOUR),
    "MPLS": (219, label(16, bottom=False) + label(17, bottom=True) + SIX),
    "switch of Broadcom": (281, ethernet(b"\0\1\x08\0" + FOUR, 0x2000)),
    "switch of Broadcom, before": (282, b"\x20\0\0\1" + ethernet(FOUR)),
    "switch of Marvell": (284, ethernet(b"\0\1\x81\0" + tag(0x0800) + FOUR, 0xC008)),
    "switch of Marvell, type": (285, ethernet(b"\0\0\xc0\x08\0\1\x86\xdd" + SIX, 0xDADA)),
    "frame relay": (107, b"\x18\x41\3\xcc" + FOUR),
    "frame relay, pad, SNAP": (107, b"\x18\x41\3\0\x80\0\0\0\x86\xdd" + SIX),
    "frame relay, bridged": (107, b"\x18\x41\3\0\x80\0\x80\xc2\0\7" + ethernet(FOUR)),
    "frame relay, 4 bytes, Cisco": (107, b"\x18\x40\x40\1\x08\0" + FOUR),
    "Linux cooked": (113, bytes(14) + b"\x08\0" + FOUR),
    "Linux cooked, VLAN": (113, bytes(14) + b"\x81\0" + tag(0x86DD) + SIX),
    "Linux cooked, 802.2": (113, bytes(14) + b"\0\4" + SNAP + FOUR),
    "Linux cooked, 802.11": (113, b"\0\0\3\x21" + bytes(10) + b"\0\0" + DATA),
    "IPsec interface": (109, b"\2\0\0\0" + bytes(8) + FOUR),
    "FireWire": (138, bytes(16) + b"\x86\xdd" + SIX),
    "packet filter log": (117, b"\x3d\2" + bytes(62) + FOUR),
    "Prism": (119, pack("<II", 0x44, 144) + bytes(136) + DATA),
    "AVS": (163, b"\x80\x21\x10\1" + pack(">I", 64) + bytes(56) + DATA),
    "radiotap": (127, b"\0\0\x08\0\0\0\0\0" + DATA),
    "PKTAP as user type": (149, pack("<III", 108, 1, 1) + bytes(96) + ethernet(FOUR)),
    "PKTAP": (258, pack("<III", 108, 1, 12) + bytes(96) + FOUR),
    "PPP with direction, pppd": (166, b"\1\xff\3\0\x21" + FOUR),
    "PPI": (192, b"\0\0\x08\0\x69\0\0\0" + DATA),
    "PPP with direction": (204, b"\0\xff\3\0\x21" + FOUR),
    "IPNET": (226, b"\1\x1a" + bytes(22) + SIX),
    "NFLOG": (239, b"\2\0\0\0" + NFLOG_TIME + pack("<HH", 4 + len(FOUR), 9) + FOUR),
    "NFLOG, big-endian": (239, b"\n\0\0\0" + pack(">HHI", 8, 8, 0) + pack(">HH", 4 + len(SIX), 9) + SIX),
    "Linux cooked 2": (276, b"\x08\0" + bytes(18) + FOUR),
    "Linux cooked 2, radiotap": (276, b"\0\0" + bytes(6) + b"\3\x23" + bytes(10) + b"\0\0\x08\0\0\0\0\0" + DATA),
}


def found_packet(link_type: int, data: bytes) -> Packet:
    found = dissect(link_type, data)
    assert isinstance(found, Packet), found
    return found


@pytest.mark.parametrize("name", KNOWN)
def test_every_link_type_leads_to_its_packet(name: str) -> None:
    link_type, data = KNOWN[name]
    found = found_packet(link_type, data)
    assert data[found.start : found.end] == PAYLOAD
    assert found.source in (CLIENT, CLIENT6)
    assert (found.destination_port, found.sequence, found.depth) == (443, 1000, 0)


@pytest.mark.parametrize("name", KNOWN)
def test_a_frame_cut_anywhere_gives_no_wrong_packet(name: str) -> None:
    link_type, data = KNOWN[name]
    whole = found_packet(link_type, data)
    for size in range(len(data)):
        found = dissect(link_type, data[:size])
        if isinstance(found, Packet):
            assert (found.source, found.protocol) == (whole.source, 6)
            assert found.end <= size
            assert found.destination_port in (443, 0)


@pytest.mark.parametrize("link_type", [149, 160, 177, 189, 195, 227, 230, 271, 99999])
def test_a_link_type_that_is_not_read_is_a_gap(link_type: int) -> None:
    assert dissect(link_type, bytes(64)) == Undecoded(f"link type {link_type} is not read", True)


@pytest.mark.parametrize(
    ("link_type", "data"),
    [
        (0, b"\7\0\0\0" + bytes(40)),
        (6, b"\x10\0" + bytes(40)),
        (7, b"\1\2\xd5" + bytes(40)),
        (10, b"\x41" + bytes(40)),
        (104, b"\x0f\0\x80\x35" + bytes(40)),
        (107, b"\x18\x41\3\x81" + bytes(40)),
        (113, b"\0\0\3\x38" + bytes(40)),
    ],
)
def test_what_is_not_ip_is_no_gap(link_type: int, data: bytes) -> None:
    assert dissect(link_type, data) == Undecoded("not IP", False)


@pytest.mark.parametrize("link_type", [149, 192, 258])
def test_a_wrapper_within_a_wrapper_is_not_opened(link_type: int) -> None:
    taps = {149: 258, 192: 192, 258: 149}
    head = b"\0\0\x08\0" if link_type == 192 else pack("<II", 12, 1)
    assert dissect(link_type, (head + pack("<I", taps[link_type])) * 9 + FOUR) == Undecoded(
        f"link type {taps[link_type]} is not read", True
    )


def test_a_packet_tap_without_a_packet_is_a_gap() -> None:
    assert dissect(258, pack("<III", 108, 0, 1) + bytes(200)) == Undecoded("packet tap record without a packet", True)


def test_a_split_arcnet_frame_is_a_gap() -> None:
    assert dissect(7, b"\1\2\xd4\1\0\1" + FOUR) == Undecoded("fragment of an ARCNET frame", True)


def test_nflog_attributes_have_an_end() -> None:
    assert isinstance(dissect(239, b"\2\0\0\0" + pack("<HH", 4, 3) * 10_000), Undecoded)
    assert isinstance(dissect(239, b"\2\0\0\0" + pack("<HH", 0, 3) * 10), Undecoded)


def test_dpkt_reads_the_same() -> None:
    file = io.BytesIO()
    writer = dpkt.pcap.Writer(file)
    frames = [ethernet(FOUR), ethernet(SIX, 0x86DD), ethernet(ipv4(udp(), 17)), ethernet(tag(0x0800) + FOUR, 0x8100)]
    for data in frames:
        writer.writepkt(data, ts=1)
    file.seek(0)
    for _, data in dpkt.pcap.Reader(file):
        network = dpkt.ethernet.Ethernet(data).data
        found = found_packet(1, data)
        assert (found.source, found.destination) == (network.src, network.dst)
        assert (found.source_port, found.destination_port) == (network.data.sport, network.data.dport)
        assert data[found.start : found.end] == network.data.data


HEADS = st.sampled_from([data for _, data in KNOWN.values()] + [ethernet(label(1, bottom=True) + FOUR, 0x8847)])
TYPES = sorted({link_type for link_type, _ in KNOWN.values()})


def check(found: Dissected | Several, size: int) -> None:
    if isinstance(found, Several):
        for part in found.parts:
            check(part, size)
        return
    if isinstance(found, Undecoded):
        return
    assert 0 <= found.start <= found.end <= size
    if isinstance(found, Fragment):
        if found.first is not None:
            check(found.first, size)
        return
    assert found.end - found.start <= found.length


@given(st.sampled_from(TYPES), st.binary(max_size=120))
@example(127, b"\0\0\xff\xff\xff\xff\xff\xff" * 8)
def test_no_bytes_raise(link_type: int, data: bytes) -> None:
    check(dissect(link_type, data), len(data))


@given(st.sampled_from(TYPES), HEADS, st.lists(st.tuples(st.integers(0, 80), st.integers(0, 255)), max_size=6))
@settings(max_examples=300)
def test_no_damaged_frame_raises(link_type: int, data: bytes, damage: list[tuple[int, int]]) -> None:
    changed = bytearray(data)
    for place, value in damage:
        changed[place % len(changed)] = value
    check(dissect(link_type, bytes(changed)), len(changed))
