"""Tunnels: each is opened, and what only has its port stays what it is."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.sources.capture import internet, tunnels
from shadowai.sources.capture.layers import IP, Inner
from shadowai.sources.capture.packet import Dissected, Fragment, Packet, Undecoded
from tests.sources.capture.packets import CLIENT, PAYLOAD, SERVER, ethernet, ipv4, ipv6, label, tag, tcp, udp

A, B = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
TEREDO = bytes.fromhex("20010000c0000201") + bytes(8)
INNER, INNER6, BRIDGED = ipv4(tcp()), ipv6(tcp()), ethernet(ipv4(tcp()))


def read(data: bytes) -> Dissected:
    return internet.ip(data, 0, len(data), 0)


def outer(payload: bytes, protocol: int = 47) -> bytes:
    return ipv4(payload, protocol, source=A, destination=B)


def over_udp(payload: bytes, port: int, *, answer: bool = False) -> bytes:
    return outer(udp(payload, ports=(port, 40000) if answer else (40000, port)), 17)


def opened(data: bytes, depth: int = 1) -> None:
    found = read(data)
    assert isinstance(found, Packet), found
    assert (found.depth, found.destination_port, data[found.start : found.end]) == (depth, 443, PAYLOAD)


def closed(data: bytes, protocol: int = 17) -> None:
    found = read(data)
    assert isinstance(found, Packet), found
    assert (found.protocol, found.depth, found.source) == (protocol, 0, A)


GRE = {
    "plain": pack(">HH", 0, 0x0800) + INNER,
    "IPv6": pack(">HH", 0, 0x86DD) + INNER6,
    "checksum": pack(">HHI", 0x8000, 0x0800, 0) + INNER,
    "key": pack(">HHI", 0x2000, 0x0800, 7) + INNER,
    "sequence": pack(">HHI", 0x1000, 0x0800, 7) + INNER,
    "all three": pack(">HHIII", 0xB000, 0x0800, 0, 7, 1) + INNER,
    "bridged": pack(">HHI", 0x2000, 0x6558, 7) + BRIDGED,
    "labelled": pack(">HH", 0, 0x8847) + label(16, bottom=True) + INNER,
    "ERSPAN I": pack(">HH", 0, 0x88BE) + BRIDGED,
    "ERSPAN II": pack(">HHI", 0x1000, 0x88BE, 1) + bytes(8) + BRIDGED,
    "ERSPAN III": pack(">HHI", 0x1000, 0x22EB, 1) + bytes(12) + BRIDGED,
    "ERSPAN III, 8 more": pack(">HHI", 0x1000, 0x22EB, 1) + bytes(11) + b"\1" + bytes(8) + BRIDGED,
    "WCCP 1": pack(">HH", 0, 0x883E) + INNER,
    "WCCP 2": pack(">HH", 0, 0x883E) + bytes(4) + INNER,
    "PPTP": pack(">HHHHI", 0x3001, 0x880B, 4 + len(INNER), 9, 1) + b"\xff\3\0\x21" + INNER,
    "PPTP, acknowledging": pack(">HHHHII", 0x3081, 0x880B, 1 + len(INNER), 9, 1, 1) + b"\x21" + INNER,
}


@pytest.mark.parametrize("kind", GRE)
def test_gre_is_opened(kind: str) -> None:
    opened(outer(GRE[kind]))


@pytest.mark.parametrize(
    "payload", [b"", bytes(3), pack(">HH", 2, 0x0800) + INNER, pack(">HHHHI", 0x2081, 0x880B, 0, 9, 1)]
)
def test_gre_without_a_packet_stays_gre(payload: bytes) -> None:
    closed(outer(payload), 47)


def test_gre_with_something_else_is_not_a_gap_where_nothing_is_missed() -> None:
    assert read(outer(pack(">HH", 0, 0x0806) + bytes(28))) == Undecoded("not IP", False)
    assert read(outer(pack(">HH", 0, 0x1234) + bytes(28))) == Undecoded("EtherType 0x1234 is not read", True)


@pytest.mark.parametrize(
    ("protocol", "payload"),
    [
        (4, INNER),
        (41, INNER6),
        (97, b"\x30\0" + BRIDGED),
        (137, label(16, bottom=True) + INNER),
        *((115, pack(">I", 7) + b"\x55" * size + BRIDGED) for size in (0, 4, 8, 12)),
    ],
)
def test_ip_protocols_that_carry_packets(protocol: int, payload: bytes) -> None:
    opened(outer(payload, protocol))
    opened(ipv6(payload, protocol))


@pytest.mark.parametrize("payload", [b"\0\0", bytes(4) + BRIDGED, pack(">I", 7) + b"\xff\3\0\x21" + INNER])
def test_an_l2tp_3_session_without_a_frame_stays_closed(payload: bytes) -> None:
    closed(outer(payload, 115), 115)


CAPWAP_BRIDGED = bytes.fromhex("0010000000000000") + BRIDGED
SNAP = b"\xaa\xaa\3\0\0\0\x08\0"
DATA = bytes.fromhex("0801") + bytes(22) + SNAP + INNER
SWAPPED = bytes.fromhex("0108") + bytes(20) + b"\x76\x30" + SNAP + INNER
OVER_UDP = {
    "VXLAN": (4789, b"\x08" + bytes(7) + BRIDGED),
    "VXLAN, group policy": (4789, b"\xff\1\2\3\0\0\1\7" + BRIDGED),
    "VXLAN of Linux": (8472, b"\x08" + bytes(7) + ethernet(tag(0x0800) + INNER, 0x8100)),
    "VXLAN-GPE, IPv4": (4790, b"\x0c\0\0\1" + bytes(4) + INNER),
    "VXLAN-GPE, IPv6": (4790, b"\x0c\0\0\2" + bytes(4) + INNER6),
    "VXLAN-GPE, Ethernet": (4790, b"\x0c\0\0\3" + bytes(4) + BRIDGED),
    "VXLAN-GPE, service chain": (4790, b"\x0c\0\0\4" + bytes(4) + b"\x0f\xc6\1\1\0\0\0\0" + bytes(16) + INNER),
    "VXLAN-GPE, no P": (4790, b"\x08\0\0\0" + bytes(4) + BRIDGED),
    "GENEVE": (6081, b"\0\0\x65\x58" + bytes(4) + BRIDGED),
    "GENEVE, options, IPv6": (6081, b"\2\0\x86\xdd" + bytes(12) + INNER6),
    "GTP-U": (2152, pack(">BBHI", 0x30, 0xFF, len(INNER), 1) + INNER),
    "GTP-U, sequence": (2152, pack(">BBHII", 0x32, 0xFF, 4 + len(INNER), 1, 0) + INNER),
    "GTP-U, extensions": (
        2152,
        pack(">BBHII", 0x34, 0xFF, 16 + len(INNER6), 1, 0x85) + b"\1\0\0\x85\2" + bytes(6) + b"\0" + INNER6,
    ),
    "GRE": (4754, GRE["plain"]),
    "GRE, all three": (4754, GRE["all three"]),
    "GUE": (6080, b"\0\4\0\0" + INNER),
    "GUE, fields, IPv6": (6080, b"\2\x29\x80\0" + bytes(8) + INNER6),
    "GUE, GRE": (6080, b"\0\x2f\0\0" + GRE["all three"]),
    "GUE, no header": (6080, INNER),
    "GUE, no header, IPv6": (6080, INNER6),
    "LISP": (4341, bytes(8) + INNER),
    "MPLS": (6635, label(16, bottom=False) + label(17, bottom=True) + INNER6),
    "Teredo": (3544, ipv6(tcp(), source=TEREDO)),
    "Teredo, origin": (3544, bytes(8) + ipv6(tcp(), destination=TEREDO)),
    "Teredo, authenticated": (3544, b"\0\1\2\3" + bytes(5 + 9) + ipv6(tcp(), source=TEREDO)),
    "Teredo, both": (3544, b"\0\1\0\0" + bytes(9) + bytes(8) + ipv6(tcp(), source=b"\xfe\x80" + bytes(14))),
    "L2TP": (1701, b"\0\2" + bytes(4) + b"\xff\3\0\x21" + INNER),
    "L2TP, all fields": (1701, b"\x4a\2\0\0" + bytes(4) + bytes(4) + b"\0\2" + bytes(2) + b"\0\x57" + INNER6),
    "AYIYA": (5072, b"\x44\x52\x11\x29" + bytes(4) + bytes(16) + bytes(20) + INNER6),
    "TZSP": (37008, b"\1\0\0\1\1" + BRIDGED),
    "TZSP, tags, 802.11": (37008, b"\1\1\0\x12\0\x0a\1\x80\x12\1\6\1" + DATA),
    "CAPWAP, Ethernet": (5247, CAPWAP_BRIDGED),
    "CAPWAP, 802.11": (5247, bytes.fromhex("0010030000000000") + DATA),
    "CAPWAP, 802.11 of Cisco": (5247, bytes.fromhex("0020032000000000 04bf230000000000") + SWAPPED),
}


@pytest.mark.parametrize("kind", OVER_UDP)
def test_udp_tunnels_are_opened(kind: str) -> None:
    port, payload = OVER_UDP[kind]
    opened(over_udp(payload, port))


@pytest.mark.parametrize("kind", OVER_UDP)
def test_answers_are_opened_only_where_a_tunnel_answers_from_its_port(kind: str) -> None:
    port, payload = OVER_UDP[kind]
    data = over_udp(payload, port, answer=True)
    if kind.partition(",")[0] in ("Teredo", "L2TP", "AYIYA", "CAPWAP"):
        opened(data)
    else:
        closed(data)


@pytest.mark.parametrize("port", sorted(tunnels.UDP_PORTS))
@pytest.mark.parametrize("payload", [b"", b"\0", PAYLOAD, bytes(64), b"\xff" * 64, b"\x12\x34\1\0\0\1" + bytes(60)])
def test_other_traffic_on_a_tunnel_port_stays_what_it_is(port: int, payload: bytes) -> None:
    closed(over_udp(payload, port))


@pytest.mark.parametrize("kind", OVER_UDP)
def test_a_cut_tunnel_header_leaves_the_outer_packet(kind: str) -> None:
    port, payload = OVER_UDP[kind]
    whole = over_udp(payload, port)
    closed(whole[:29])
    for size in range(28, len(whole)):
        found = read(whole[:size])
        assert isinstance(found, Packet)
        assert found.depth in (0, 1)


def test_a_carried_packet_must_fit_into_the_datagram() -> None:
    closed(over_udp(b"\x08" + bytes(7) + ethernet(ipv4(tcp(), total=200)), 4789))


def test_a_carried_packet_cut_by_the_capture_is_opened() -> None:
    whole = over_udp(b"\x08" + bytes(7) + ethernet(ipv4(tcp(b"x" * 500))), 4789)
    found = read(whole[:110])
    assert isinstance(found, Packet)
    assert (found.depth, found.length, found.end) == (1, 500, 110)


def test_a_carried_fragment_must_fit_too() -> None:
    inner = ipv4(tcp(b"x" * 44), more=True, total=120)
    closed(over_udp(b"\x08" + bytes(7) + ethernet(inner), 4789))


def test_the_length_of_a_gtp_message_ends_it() -> None:
    data = pack(">BBHI", 0x30, 0xFF, len(INNER), 1) + INNER + bytes(300)
    assert tunnels.by_port(2152, 2152, data, 0, len(data)) == Inner(IP, 8, 8 + len(INNER))


def test_gtp_extensions_count_only_where_the_flag_says_so() -> None:
    opened(over_udp(pack(">BBHII", 0x32, 0xFF, 4 + len(INNER), 1, 0x85) + INNER, 2152))


def test_erspan_with_neither_ethernet_nor_ip_stays_gre() -> None:
    closed(outer(pack(">HHI", 0x1000, 0x22EB, 1) + bytes(10) + b"\x08\0" + BRIDGED), 47)


def test_a_carried_fragment_is_a_fragment() -> None:
    inner = ipv4(tcp(b"x" * 44), more=True)
    found = read(over_udp(b"\x08" + bytes(7) + ethernet(inner), 4789))
    assert isinstance(found, Fragment)
    assert (found.depth, found.source, found.destination) == (1, CLIENT, SERVER)


def test_what_is_not_ip_in_a_tunnel_counts_for_the_tunnel() -> None:
    closed(over_udp(b"\x08" + bytes(7) + ethernet(bytes(28), 0x0806), 4789))


@pytest.mark.parametrize(
    "payload",
    [
        pack(">BBHI", 0x30, 1, 0, 1),  # an echo request
        pack(">BBHI", 0x50, 0xFF, len(INNER), 1) + INNER,  # version 2
        pack(">BBHII", 0x34, 0xFF, 0, 1, 0x85) + bytes(40),  # an extension header of length 0
        pack(">BBHII", 0x34, 0xFF, 100, 1, 0x85) + b"\1\0\0\x85" * 9 + INNER,  # extension headers without end
    ],
)
def test_gtp_that_carries_nothing_stays_udp(payload: bytes) -> None:
    closed(over_udp(payload, 2152))


def test_a_quoted_packet_in_an_icmp_error_is_no_packet() -> None:
    found = read(outer(b"\3\3" + bytes(6) + INNER, 1))
    assert isinstance(found, Packet)
    assert (found.protocol, found.source_port, found.depth) == (1, 0, 0)


def test_ciphertext_in_udp_stays_udp() -> None:
    closed(over_udp(pack(">II", 0x1234, 1) + bytes(80), 4500))


def nested(count: int) -> bytes:
    data = ipv4(tcp())
    for _ in range(count):
        data = ipv4(data, 4, source=A, destination=B)
    return data


def test_four_tunnels_are_opened_and_no_more() -> None:
    opened(nested(4), depth=4)
    assert read(nested(5)) == Undecoded("more than 4 tunnels", True)
    assert read(nested(3000)) == Undecoded("more than 4 tunnels", True)


def test_too_deep_within_udp_is_said_so() -> None:
    assert read(over_udp(bytes(8) + nested(4), 4341)) == Undecoded("more than 4 tunnels", True)


@pytest.fixture(scope="module")
def scapy() -> Any:
    from scapy.contrib import geneve, gtp
    from scapy.layers import inet, l2, vxlan

    return inet, l2, vxlan, geneve, gtp


def test_scapy_builds_what_is_opened(scapy: Any) -> None:
    inet, l2, vxlan, geneve, gtp = scapy
    network = inet.IP(src="10.0.0.1", dst="10.0.0.2")
    carried = inet.IP(src="192.0.2.1", dst="198.51.100.7") / inet.TCP(sport=50000, dport=443) / PAYLOAD
    frame = l2.Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / carried
    datagram = network / inet.UDP(sport=40000)
    for packet in (
        network / l2.GRE(chksum_present=1, key_present=1, seqnum_present=1) / carried,
        network / l2.GRE(proto=0x6558) / frame,
        datagram / vxlan.VXLAN(vni=7) / frame,
        datagram / geneve.GENEVE(vni=7, proto=0x6558, options=[geneve.GeneveOptions(data=b"12345678")]) / frame,
        datagram / gtp.GTP_U_Header(teid=9) / gtp.GTPPDUSessionContainer(type=1, QFI=5) / carried,
    ):
        opened(bytes(packet))


@given(st.sampled_from(sorted(tunnels.UDP_PORTS)), st.booleans(), st.binary(max_size=120))
def test_no_udp_payload_raises(port: int, answer: bool, payload: bytes) -> None:
    assert not isinstance(read(over_udp(payload, port, answer=answer)), Undecoded)


@given(st.sampled_from(sorted(tunnels.PROTOCOLS)), st.binary(max_size=120))
def test_no_ip_payload_raises(protocol: int, payload: bytes) -> None:
    found = read(outer(payload, protocol))
    assert not isinstance(found, Packet) or found.end <= 20 + len(payload)
