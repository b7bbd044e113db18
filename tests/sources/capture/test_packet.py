"""The nouns of captures mean what the RFCs say."""

from __future__ import annotations

from shadowai.sources.capture import packet
from tests.captures import packets


def test_numbers_are_those_on_the_wire() -> None:
    assert (packet.TCP, packet.UDP) == (packets.TCP, packets.UDP)
    flags = (packet.FIN, packet.SYN, packet.RST, packet.PSH, packet.ACK)
    assert flags == (packets.FIN, packets.SYN, packets.RST, packets.PSH, packets.ACK)


def test_a_frame_is_the_bare_tuple_that_readers_give() -> None:
    assert packet.Frame(1, 2, 3, b"x", 5) == (1, 2, 3, b"x", 5)


def test_what_is_only_passed_over_is_no_loss() -> None:
    assert packet.Undecoded("ARP", lost=False) != packet.Undecoded("ARP", lost=True)
    assert packet.Packet(6, b"", b"", 0, 0, 0, 0, 0, 0, 0).depth == 0
