"""What lies between Ethernet and IP: tags, labels, bridges, LLC."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest

from shadowai.sources.capture import ethernet as module
from shadowai.sources.capture import internet
from shadowai.sources.capture.layers import CUT, ETHERNET, LLC, NOT_IP, Inner
from shadowai.sources.capture.link import dissect
from shadowai.sources.capture.packet import Dissected, Packet, Several, Undecoded
from tests.sources.capture.packets import PAYLOAD, ethernet, ipv4, ipv6, label, tag, tcp

FOUR, SIX = ipv4(tcp()), ipv6(tcp())
PLAIN = ethernet(FOUR)
ARP = bytes(28)


def read(data: bytes) -> Dissected:
    found = dissect(1, data)
    assert not isinstance(found, Several)
    return found


def opened(data: bytes) -> None:
    found = read(data)
    assert isinstance(found, Packet), found
    assert (found.destination_port, data[found.start : found.end], found.depth) == (443, PAYLOAD, 0)


KNOWN = {
    "802.1Q": ethernet(tag(0x0800) + FOUR, 0x8100),
    "802.1Q, IPv6": ethernet(tag(0x86DD) + SIX, 0x8100),
    "QinQ": ethernet(tag(0x8100) + tag(0x0800) + FOUR, 0x88A8),
    "old QinQ": ethernet(tag(0x9200) + tag(0x9100) + tag(0x86DD) + SIX, 0x9100),
    "eight tags": ethernet(tag(0x8100) * 7 + tag(0x0800) + FOUR, 0x8100),
    "MetaData": ethernet(bytes(6) + b"\x08\0" + FOUR, 0x8909),
    "VN-Tag": ethernet(bytes(4) + b"\x81\0" + tag(0x0800) + FOUR, 0x8926),
    "HSR": ethernet(bytes(4) + b"\x08\0" + FOUR, 0x892F),
    "E-TAG": ethernet(bytes(6) + b"\x81\0" + tag(0x0800) + FOUR, 0x893F),
    "R-TAG": ethernet(b"\0\0\1\2\x86\xdd" + SIX, 0xF1C1),
    "MACsec, not encrypted": ethernet(b"\1\0\0\0\0\7\x08\0" + FOUR + bytes(16), 0x88E5),
    "MACsec, not encrypted, channel": ethernet(b"\x22\0\0\0\0\7" + bytes(8) + b"\x81\0" + tag(0x86DD) + SIX, 0x88E5),
    "provider bridge": ethernet(tag(0x88E7) + bytes(4) + PLAIN, 0x88A8),
    "FabricPath": ethernet(bytes(2) + PLAIN, 0x8903),
    "TRILL": ethernet(b"\0\x3f" + bytes(4) + PLAIN, 0x22F3),
    "TRILL, options": ethernet(b"\0\x7f" + bytes(8) + PLAIN, 0x22F3),
    "Arista, 64-bit": ethernet(b"\0\1\x10\0" + bytes(8) + b"\x08\0" + FOUR, 0xD28B),
    "Arista, 48-bit": ethernet(b"\0\1\x20\0" + bytes(6) + b"\x81\0" + tag(0x0800) + FOUR, 0xD28B),
    "service chain": ethernet(b"\x0f\xc2\2\3\0\0\0\0" + PLAIN, 0x894F),
    "PPPoE": ethernet(pack(">BBHH", 0x11, 0, 1, 2 + len(FOUR)) + b"\0\x21" + FOUR, 0x8864),
    "PPPoE in VLAN, no length": ethernet(tag(0x8864) + b"\x11\0\0\1\0\0\0\x57" + SIX, 0x8100),
    "PPP": ethernet(b"\0\x21" + FOUR, 0x880B),
    "jumbo": ethernet(b"\xaa\xaa\3\0\0\0\x08\0" + FOUR, 0x8870),
    "802.3 SNAP": ethernet(b"\xaa\xaa\3\0\0\0\x08\0" + FOUR, 8 + len(FOUR)),
    "802.3 SNAP of bridges": ethernet(b"\xaa\xaa\3\0\0\xf8\x86\xdd" + SIX, 8 + len(SIX)),
    "802.3 SNAP in VLAN": ethernet(tag(8 + len(FOUR)) + b"\xaa\xaa\3\0\0\0\x08\0" + FOUR, 0x8100),
    "802.3 LLC": ethernet(b"\6\6\3" + FOUR, 3 + len(FOUR)),
    "ISL": bytes.fromhex("01000c000000 020000000001 0040 aaaaaa 00000c 000a 0001 0000").replace(
        b"\xaa" * 3, b"\xaa\xaa\3"
    )
    + PLAIN,
    "mesh, unicast": ethernet(bytes.fromhex("400f3201 020000000003") + PLAIN, 0x4305),
    "mesh, unicast with sender": ethernet(bytes.fromhex("420f3201 020000000003 020000000004 0100") + PLAIN, 0x4305),
    "mesh, broadcast": ethernet(bytes.fromhex("010f3200 00000007 020000000003") + PLAIN, 0x4305),
    "MPLS": ethernet(label(16, bottom=True) + FOUR, 0x8847),
    "MPLS multicast, IPv6": ethernet(label(16, bottom=False) * 3 + label(2, bottom=True) + SIX, 0x8848),
    "MPLS, eight labels": ethernet(label(16, bottom=False) * 7 + label(2, bottom=True) + SIX, 0x8847),
    "pseudowire": ethernet(label(16, bottom=True) + PLAIN, 0x8847),
    "pseudowire, control word": ethernet(label(16, bottom=True) + bytes(4) + PLAIN, 0x8847),
    "pseudowire, vendor 00": ethernet(label(16, bottom=True) + b"\0" + PLAIN[1:], 0x8847),
    "pseudowire, vendor 4x": ethernet(label(16, bottom=True) + b"\x48\xff\xff" + PLAIN[3:], 0x8847),
    "pseudowire, VLAN": ethernet(label(16, bottom=True) + bytes(4) + ethernet(tag(0x0800) + FOUR, 0x8100), 0x8847),
}


@pytest.mark.parametrize("name", KNOWN)
def test_every_layer_leads_to_the_packet(name: str) -> None:
    opened(KNOWN[name])


@pytest.mark.parametrize("name", KNOWN)
def test_a_frame_cut_before_ip_is_lost(name: str) -> None:
    data = KNOWN[name]
    for size in range(14, len(data) - len(SIX) if b"\x86\xdd" in data[:60] else len(data) - len(FOUR)):
        found = read(data[:size])
        assert isinstance(found, Undecoded), size
        assert size in (14, 17) or found.lost or found == NOT_IP


@pytest.mark.parametrize(
    "data",
    [
        ethernet(ARP, 0x0806),
        ethernet(tag(0x0806) + ARP, 0x8100),
        ethernet(bytes(40), 0x88CC),
        ethernet(b"\x42\x42\3" + bytes(35), 38),
        ethernet(b"\xff\xff" + bytes(40), 42),
        ethernet(b"\xaa\xaa\3\0\0\x0c\x20\0" + bytes(40), 48),
        ethernet(b"\xaa\xaa\3\0\0\0\0\x20" + bytes(40), 48),
        ethernet(b"\xfe\xfe\3\x83" + bytes(40), 44),
        ethernet(b"", 0),
        ethernet(b"\x11\0\0\1\0\6\xc0\x21\1\1\0\4", 0x8864),
        ethernet(label(16, bottom=True) + b"\x10\0\0\x21" + bytes(20), 0x8847),
        ethernet(b"\0\2" + bytes(40), 0xD28B),
        ethernet(b"\0\x0f" + bytes(40), 0x4305),
    ],
)
def test_what_is_not_ip_is_no_gap(data: bytes) -> None:
    assert read(data) == Undecoded("not IP", False)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (ethernet(b"\x2c\0\0\0\0\7" + bytes(8) + b"\x08\0" + FOUR, 0x88E5), "encrypted MACsec frame"),
        (ethernet(b"\x04\0\0\0\0\7\x08\0" + FOUR, 0x88E5), "encrypted MACsec frame"),
        (ethernet(b"\1\0\0\0\0", 0x88E5), CUT.reason),
        (ethernet(bytes(40), 0x1234), "EtherType 0x1234 is not read"),
        (ethernet(b"\x0f\xc2\2\x09" + bytes(40), 0x894F), "network service header is not read"),
        (ethernet(b"\x0f\xc1\2\1" + bytes(40), 0x894F), "network service header is not read"),
        (ethernet(label(16, bottom=True) + b"\xf0" * 30, 0x8847), "MPLS payload is neither IP nor Ethernet"),
        (ethernet(label(16, bottom=False) * 8 + label(2, bottom=True) + SIX, 0x8847), "more than 8 MPLS labels"),
        (ethernet(tag(0x8100) * 16 + FOUR, 0x8100), "more than 16 headers before IP"),
        (PLAIN[:13], CUT.reason),
        (b"", CUT.reason),
    ],
)
def test_what_may_be_missed_is_a_gap_with_its_reason(data: bytes, reason: str) -> None:
    assert read(data) == Undecoded(reason, True)


@pytest.mark.parametrize(
    "data",
    [
        ethernet(tag(0x8100) * 16_000, 0x8100),
        ethernet((bytes(4) + ethernet(b"", 0x88E7)) * 3_000, 0x88E7),
        ethernet((label(16, bottom=True) + ethernet(b"", 0x8847)) * 3_000, 0x8847),
        ethernet(label(16, bottom=False) * 16_000, 0x8847),
    ],
)
def test_headers_without_end_come_to_one(data: bytes) -> None:
    assert internet.MAX_HEADERS == 16
    found = read(data)
    assert isinstance(found, Undecoded)
    assert found.lost


def test_a_length_ends_an_802_3_frame() -> None:
    assert module.ethernet(ethernet(b"\x42\x42\3" + bytes(43), 38), 0, 60) == Inner(LLC, 14, 52)
    assert module.ethernet(ethernet(b"\x42\x42\3", 1500), 0, 17) == Inner(LLC, 14, 17)


def test_a_step_says_where_the_next_header_is() -> None:
    assert module.mpls(label(1, bottom=True) + bytes(4) + PLAIN, 0, 12 + len(PLAIN)) == Inner(
        ETHERNET, 8, 12 + len(PLAIN)
    )


@pytest.fixture(scope="module")
def scapy() -> Any:
    from scapy.contrib import mpls
    from scapy.layers import inet, l2, ppp

    return mpls, inet, l2, ppp


def test_scapy_builds_what_is_read(scapy: Any) -> None:
    mpls, inet, l2, ppp = scapy
    carried = inet.IP(src="192.0.2.1", dst="198.51.100.7") / inet.TCP(sport=50000, dport=443) / PAYLOAD
    frame = l2.Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    for packet in (
        frame / l2.Dot1Q(vlan=5) / carried,
        frame / l2.Dot1AD(vlan=9) / l2.Dot1Q(vlan=5) / carried,
        frame / mpls.MPLS(label=16, s=0) / mpls.MPLS(label=17, s=1) / carried,
        frame / ppp.PPPoE(sessionid=3) / ppp.PPP() / carried,
        l2.Dot3(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / l2.LLC() / l2.SNAP() / carried,
    ):
        opened(bytes(packet))
