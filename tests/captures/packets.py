"""Ethernet, IPv4, IPv6, TCP and UDP with right lengths and checksums."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Sequence

TCP, UDP = 6, 17
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10

_MACS = bytes.fromhex("02005e100002 02005e100001")
_IPV6_FRAGMENT = 44


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def packed(address: str) -> bytes:
    """4 or 16 bytes in network order."""
    return ipaddress.ip_address(address).packed


def ethernet(packet: bytes, vlans: Sequence[int] = ()) -> bytes:
    """An IP packet in an Ethernet frame; of several VLAN ids the outer ones are service tags (IEEE 802.1ad)."""
    tags = b"".join(
        struct.pack(">HH", 0x8100 if place == len(vlans) - 1 else 0x88A8, vlan) for place, vlan in enumerate(vlans)
    )
    return _MACS + tags + (b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00") + packet


def ip(source: str, destination: str, protocol: int, payload: bytes, *, identification: int = 1) -> bytes:
    """An IPv4 or IPv6 packet (RFC 791, RFC 8200), by the addresses."""
    ends = packed(source) + packed(destination)
    if len(ends) == 32:
        return struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + ends + payload
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), identification & 0xFFFF, 0, 64, protocol, 0) + ends
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def _pseudo(source: str, destination: str, protocol: int, length: int) -> bytes:
    """What a checksum covers besides the segment (RFC 9293, section 3.1; RFC 8200, section 8.1)."""
    ends = packed(source) + packed(destination)
    return ends + (struct.pack(">II", length, protocol) if len(ends) == 32 else struct.pack(">HH", protocol, length))


def tcp_segment(
    ends: tuple[str, int, str, int],
    sequence: int,
    acknowledged: int,
    flags: int,
    data: bytes = b"",
    options: bytes = b"",
) -> bytes:
    """A TCP segment from ``ends`` (source, port, destination, port) in an IP packet; ``options`` are a multiple of 4 bytes."""
    source, source_port, destination, destination_port = ends
    offset = (20 + len(options)) // 4
    head = struct.pack(
        ">HHIIBBHHH",
        source_port,
        destination_port,
        sequence % (1 << 32),
        acknowledged % (1 << 32),
        offset << 4,
        flags,
        64240,
        0,
        0,
    )
    segment = head + options + data
    check = checksum(_pseudo(source, destination, TCP, len(segment)) + segment)
    return ip(source, destination, TCP, segment[:16] + struct.pack(">H", check) + segment[18:])


def udp_datagram(ends: tuple[str, int, str, int], data: bytes) -> bytes:
    """A UDP datagram from ``ends`` (source, port, destination, port) in an IP packet."""
    source, source_port, destination, destination_port = ends
    head = struct.pack(">HHHH", source_port, destination_port, 8 + len(data), 0)
    check = checksum(_pseudo(source, destination, UDP, 8 + len(data)) + head + data) or 0xFFFF
    return ip(source, destination, UDP, head[:6] + struct.pack(">H", check) + data)


def fragments(packet: bytes, size: int, *, identification: int = 7) -> list[bytes]:
    """An IP packet without options in fragments of at most ``size`` bytes of payload, a multiple of 8."""
    six = packet[0] >> 4 == 6
    head, payload = (packet[:40], packet[40:]) if six else (packet[:20], packet[20:])
    pieces = [(place, payload[place : place + size]) for place in range(0, len(payload), size)]
    found = []
    for place, piece in pieces:
        more = place + size < len(payload)
        if six:
            extension = struct.pack(">BBHI", head[6], 0, place | more, identification)
            length = struct.pack(">H", len(extension) + len(piece))
            found.append(head[:4] + length + bytes([_IPV6_FRAGMENT]) + head[7:] + extension + piece)
        else:
            fields = struct.pack(">HHH", 20 + len(piece), identification, place // 8 | more << 13)
            bare = head[:2] + fields + head[8:10] + b"\0\0" + head[12:]
            found.append(bare[:10] + struct.pack(">H", checksum(bare)) + bare[12:] + piece)
    return found
