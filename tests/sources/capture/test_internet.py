"""IPv4, IPv6 and transport headers, whole, cut and wrong."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shadowai.sources.capture import internet
from shadowai.sources.capture.layers import CUT
from shadowai.sources.capture.packet import Dissected, Fragment, Packet, Undecoded
from tests.sources.capture.packets import CLIENT, CLIENT6, PAYLOAD, SERVER, SERVER6, ipv4, ipv6, tcp, udp


def read(data: bytes) -> Dissected:
    return internet.ip(data, 0, len(data), 0)


def packet(data: bytes) -> Packet:
    found = read(data)
    assert isinstance(found, Packet), found
    return found


def payload(data: bytes) -> bytes:
    found = packet(data)
    return data[found.start : found.end]


def test_tcp_over_ipv4_gives_every_field() -> None:
    data = ipv4(tcp(options=b"\1\1\1\0"))
    assert read(data) == Packet(6, CLIENT, SERVER, 50000, 443, 1000, 0x18, 44, 44 + len(PAYLOAD), len(PAYLOAD), 0, 24)


def test_udp_over_ipv6_gives_every_field() -> None:
    data = ipv6(udp(), 17)
    assert read(data) == Packet(17, CLIENT6, SERVER6, 50000, 443, 0, 0, 48, 48 + len(PAYLOAD), len(PAYLOAD), 0)


def test_padding_behind_the_datagram_is_no_payload() -> None:
    assert payload(ipv4(tcp()) + b"\0" * 6) == PAYLOAD
    assert payload(ipv6(tcp()) + b"\0" * 6) == PAYLOAD


def test_options_are_stepped_over() -> None:
    assert payload(ipv4(tcp(), options=b"\1" * 8)) == PAYLOAD


def test_a_length_of_zero_means_the_rest_of_the_frame() -> None:
    assert payload(ipv4(tcp(), total=0)) == PAYLOAD
    assert payload(ipv6(tcp(), total=0)) == PAYLOAD
    assert payload(ipv6(bytes([6, 0, 1, 4, 0, 0, 0, 0]) + tcp(), 0, total=0)) == PAYLOAD


def test_where_ip_tells_no_length_the_packet_says_so() -> None:
    assert packet(ipv4(tcp(), total=0)).open and packet(ipv6(tcp(), total=0)).open
    assert not packet(
        ipv4(tcp(options=b"\1" * 8), total=0)[:44]
    ).open  # the header is not wholly there: nor is it known what is behind it
    assert not packet(ipv4(tcp())).open and not packet(ipv6(tcp())).open and not packet(ipv4(udp(), 17, total=0)).open


def test_what_the_capture_cut_still_counts_as_length() -> None:
    found = packet(ipv4(tcp(b"x" * 1000))[:60])
    assert (found.start, found.end, found.length) == (40, 60, 1000)
    found = packet(ipv6(udp(b"x" * 1000), 17)[:60])
    assert (found.start, found.end, found.length) == (48, 60, 1000)


def test_options_cut_by_the_capture_leave_an_empty_payload_of_the_right_length() -> None:
    found = packet(ipv4(tcp(b"x" * 100, options=b"\1" * 12))[:42])
    assert (found.start, found.end, found.length, found.destination_port) == (42, 42, 100, 443)


@pytest.mark.parametrize(
    "data",
    [
        ipv4(tcp())[:19],
        ipv4(tcp(), options=b"\1" * 8)[:24],
        ipv6(tcp())[:39],
        ipv6(b"\6\1" + bytes(14) + tcp(), 0)[:44],
        ipv6(bytes(8), 44)[:43],
        b"",
    ],
)
def test_a_header_cut_by_the_capture_is_lost(data: bytes) -> None:
    assert read(data) is CUT
    assert CUT.lost


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x44" + ipv4(tcp())[1:], "bad IPv4 header"),
        (ipv4(tcp(), total=19), "bad IPv4 header"),
        (ipv6(b"\6\x20" + bytes(30), 0), "bad IPv6 header"),
        (b"\x50" + bytes(60), "neither IPv4 nor IPv6"),
    ],
)
def test_a_wrong_header_is_said_to_be_wrong(data: bytes, reason: str) -> None:
    assert read(data) == Undecoded(reason, True)


@pytest.mark.parametrize("version", [4, 6])
def test_the_version_must_be_the_announced_one(version: int) -> None:
    other = ipv6(tcp()) if version == 4 else ipv4(tcp())
    reader = internet.ipv4 if version == 4 else internet.ipv6
    assert reader(other, 0, len(other), 0) == Undecoded(f"bad IPv{version} header", True)


@pytest.mark.parametrize("kind", [0, 43, 60, 135, 139, 140])
def test_extension_headers_are_stepped_over(kind: int) -> None:
    data = ipv6(bytes([6, 1]) + bytes(14) + tcp(), kind)
    assert payload(data) == PAYLOAD
    assert packet(data).source == CLIENT6


def test_an_authentication_header_counts_in_words() -> None:
    header = bytes([6, 4]) + bytes(22)
    assert payload(ipv6(header + tcp(), 51)) == PAYLOAD
    assert payload(ipv4(header + tcp(), 51)) == PAYLOAD


def test_extension_headers_mean_nothing_in_ipv4() -> None:
    assert packet(ipv4(bytes([6, 0]) + bytes(6) + tcp(), 60)).protocol == 60


def test_extension_headers_behind_a_fragment_header_are_stepped_over() -> None:
    options = bytes([17, 0]) + bytes(6)
    found = read(ipv6(bytes([60, 0]) + pack(">HI", 1, 7) + options + udp(b"x" * 40), 44))
    assert isinstance(found, Fragment)
    assert found.first is not None
    assert (found.first.protocol, found.first.destination_port) == (17, 443)
    whole = options + udp()
    again = internet.transport(60, CLIENT6, SERVER6, whole, 0, len(whole), len(whole), 0)
    assert isinstance(again, Packet)
    assert whole[again.start : again.end] == PAYLOAD


def test_an_extension_header_behind_the_end_is_wrong() -> None:
    assert read(ipv6(bytes([60, 0, 0, 0]), 60)) == Undecoded("bad IPv6 header", True)


def test_ten_extension_headers_are_followed_and_no_more() -> None:
    def stacked(count: int) -> bytes:
        return ipv6(bytes([60, 0, 0, 0, 0, 0, 0, 0]) * (count - 1) + bytes([6, 0, 0, 0, 0, 0, 0, 0]) + tcp(), 60)

    assert payload(stacked(10)) == PAYLOAD
    assert read(stacked(11)) == Undecoded("more than 10 IPv6 extension headers", True)


def test_ciphertext_is_a_packet_without_ports() -> None:
    assert read(ipv6(b"x" * 40, 50)) == Packet(50, CLIENT6, SERVER6, 0, 0, 0, 0, 40, 80, 40, 0)


def test_a_jumbogram_takes_its_length_from_the_option() -> None:
    size = 70_000
    body = tcp(b"x" * (size - 28))
    data = ipv6(bytes([6, 0, 0xC2, 4]) + pack(">I", size) + body, 0, total=0)
    assert packet(data).length == size - 28
    assert packet(data + bytes(8)).end == len(data)


@pytest.mark.parametrize("protocol", [1, 2, 58, 89, 103])
def test_other_protocols_have_no_ports(protocol: int) -> None:
    inner = ipv4(tcp())
    found = packet(ipv4(bytes(8) + inner, protocol))
    assert (found.protocol, found.source_port, found.destination_port, found.depth) == (protocol, 0, 0, 0)


@pytest.mark.parametrize("protocol", [132, 33])
def test_sctp_and_dccp_have_ports(protocol: int) -> None:
    data = ipv4(pack(">HHII", 2905, 2944, 1, 0) + PAYLOAD, protocol)
    found = packet(data)
    assert data[found.start : found.end] == PAYLOAD
    assert (found.sequence, found.flags) == (0, 0)
    assert (found.source_port, found.destination_port, found.length) == (2905, 2944, len(PAYLOAD))


@pytest.mark.parametrize("offset", [0, 4, 15])
def test_a_tcp_header_of_impossible_length_has_no_payload(offset: int) -> None:
    header = bytearray(tcp(b"x" * 8))
    header[12] = offset << 4
    found = packet(ipv4(bytes(header)))
    assert (found.source_port, found.destination_port, found.length) == (50000, 443, 0)
    assert found.start == found.end


@pytest.mark.parametrize(("length", "expected"), [(0, PAYLOAD), (9999, PAYLOAD), (12, PAYLOAD[:4]), (3, b"")])
def test_a_udp_length_never_reaches_beyond_the_datagram(length: int, expected: bytes) -> None:
    data = ipv4(udp(length=length), 17) + b"padding"
    assert payload(data) == expected
    assert packet(data).length == len(expected)


@pytest.mark.parametrize(("size", "ports"), [(19, (50000, 443)), (4, (50000, 443)), (3, (0, 0)), (0, (0, 0))])
def test_a_cut_transport_header_counts_for_the_ports_it_shows(size: int, ports: tuple[int, int]) -> None:
    found = packet(ipv4(tcp())[: 20 + size])
    assert (found.source_port, found.destination_port) == ports
    assert (found.length, found.start) == (0, found.end)


def test_a_first_fragment_shows_its_transport_header() -> None:
    body = udp(b"x" * 100)
    data = ipv4(body[:64], 17, identification=77, more=True)
    found = read(data)
    assert isinstance(found, Fragment)
    assert found[:9] == (17, CLIENT, SERVER, 77, 0, True, 20, 84, False)
    assert found.first == Packet(17, CLIENT, SERVER, 50000, 443, 0, 0, 28, 84, 56, 0)


def test_a_later_fragment_shows_none() -> None:
    found = read(ipv4(b"x" * 44, 17, offset=64))
    assert isinstance(found, Fragment)
    assert (found.offset, found.more, found.first) == (64, False, None)


def test_a_cut_fragment_says_so() -> None:
    found = read(ipv4(b"x" * 44, 17, offset=64)[:50])
    assert isinstance(found, Fragment)
    assert found.cut
    assert (found.start, found.end) == (20, 50)


def test_ipv6_fragments_and_atomic_ones() -> None:
    def fragment(place: int, body: bytes) -> Dissected:
        return read(ipv6(bytes([6, 0]) + pack(">HI", place, 0xABCDEF01) + body, 44))

    first, last = fragment(1, tcp(b"x" * 44)), fragment(64, b"x" * 10)
    assert isinstance(first, Fragment)
    assert isinstance(last, Fragment)
    assert (first.identification, first.offset, first.more) == (0xABCDEF01, 0, True)
    assert first.first is not None
    assert first.first.destination_port == 443
    assert (last.offset, last.more, last.first, last.start, last.end) == (64, False, None, 48, 58)
    atomic = fragment(0, tcp())
    assert isinstance(atomic, Packet)
    assert atomic.length == len(PAYLOAD)


def test_the_first_fragment_of_a_tunnel_is_not_opened() -> None:
    found = read(ipv4(ipv4(tcp(b"x" * 100)), 4, more=True))
    assert isinstance(found, Fragment)
    assert found.first is not None
    assert (found.first.protocol, found.first.depth) == (4, 0)


def test_a_datagram_put_together_is_read_like_any_other() -> None:
    whole = udp(b"x" * 3000)
    found = internet.transport(17, CLIENT, SERVER, whole, 0, len(whole), len(whole), 1)
    assert found == Packet(17, CLIENT, SERVER, 50000, 443, 0, 0, 8, 3008, 3000, 1)


@pytest.fixture(scope="module")
def scapy() -> Any:
    from scapy.layers import inet, inet6

    return inet, inet6


def test_scapy_builds_what_is_read(scapy: Any) -> None:
    inet, inet6 = scapy
    options = [("MSS", 1460), ("SAckOK", b""), ("Timestamp", (1, 2)), ("NOP", None), ("WScale", 7)]
    four = inet.IP(src="192.0.2.1", dst="198.51.100.7", options=[inet.IPOption_Router_Alert()])
    six = inet6.IPv6(src="2001:db8::1", dst="2001:db8:0:1::7") / inet6.IPv6ExtHdrHopByHop(options=[inet6.RouterAlert()])
    for network in (four, six / inet6.IPv6ExtHdrDestOpt(options=[inet6.HAO(hoa="2001:db8::9")])):
        data = bytes(network / inet.TCP(sport=50000, dport=443, seq=9, flags="PA", options=options) / PAYLOAD)
        found = packet(data)
        assert data[found.start : found.end] == PAYLOAD
        assert (found.source_port, found.destination_port, found.sequence, found.flags) == (50000, 443, 9, 0x18)


def test_scapy_fragments_what_is_read(scapy: Any) -> None:
    inet, inet6 = scapy
    datagram = inet.IP(src="192.0.2.1", dst="198.51.100.7", id=5) / inet.UDP(sport=1, dport=2) / (b"x" * 2000)
    found = [read(bytes(piece)) for piece in inet.fragment(datagram, fragsize=800)]
    assert [(f.offset, f.more) for f in found if isinstance(f, Fragment)] == [(0, True), (800, True), (1600, False)]
    six = inet6.IPv6(src="2001:db8::1", dst="2001:db8::2") / inet6.IPv6ExtHdrFragment(id=9)
    pieces = inet6.fragment6(six / inet.UDP(sport=1, dport=2) / (b"x" * 2000), 1000)
    seen = [read(bytes(piece)) for piece in pieces]
    assert [f.identification for f in seen if isinstance(f, Fragment)] == [9] * len(pieces)


def check(found: Dissected, size: int) -> None:
    """What every answer promises, whatever the bytes were."""
    if isinstance(found, Fragment):
        assert 0 <= found.start <= found.end <= size
        if found.first is not None:
            check(found.first, size)
    elif isinstance(found, Packet):
        assert 0 <= found.start <= found.end <= size
        assert found.end - found.start <= found.length
        assert len(found.source) == len(found.destination)
        assert found.depth <= internet.MAX_TUNNELS


@given(st.binary(max_size=200), st.sampled_from([0, 4, 6]), st.integers(0, 255))
@example(b"", 4, 6)
def test_no_bytes_raise(data: bytes, version: int, protocol: int) -> None:
    wrapped = {0: data, 4: ipv4(data, protocol), 6: ipv6(data, protocol)}[version]
    check(read(wrapped), len(wrapped))
