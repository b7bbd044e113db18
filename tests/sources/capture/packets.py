"""Packets for tests, built field by field."""

from __future__ import annotations

from struct import pack

CLIENT, SERVER = bytes([192, 0, 2, 1]), bytes([198, 51, 100, 7])
CLIENT6 = bytes.fromhex("20010db8000000000000000000000001")
SERVER6 = bytes.fromhex("20010db8000000010000000000000007")
PAYLOAD = b"hello, world"


def tcp(
    payload: bytes = PAYLOAD, *, ports: tuple[int, int] = (50000, 443), options: bytes = b"", flags: int = 0x18
) -> bytes:
    offset = (20 + len(options)) // 4 << 4
    return pack(">HHIIBBHHH", *ports, 1000, 2000, offset, flags, 512, 0, 0) + options + payload


def udp(payload: bytes = PAYLOAD, *, ports: tuple[int, int] = (50000, 443), length: int | None = None) -> bytes:
    return pack(">HHHH", *ports, 8 + len(payload) if length is None else length, 0) + payload


def ipv4(
    payload: bytes,
    protocol: int = 6,
    *,
    options: bytes = b"",
    total: int | None = None,
    identification: int = 1,
    offset: int = 0,
    more: bool = False,
    source: bytes = CLIENT,
    destination: bytes = SERVER,
) -> bytes:
    size = 20 + len(options)
    total = size + len(payload) if total is None else total
    place = offset >> 3 | (0x2000 if more else 0)
    head = pack(">BBHHHBBH", 0x40 | size >> 2, 0, total, identification, place, 64, protocol, 0)
    return head + source + destination + options + payload


def ipv6(
    payload: bytes,
    following: int = 6,
    *,
    total: int | None = None,
    source: bytes = CLIENT6,
    destination: bytes = SERVER6,
) -> bytes:
    total = len(payload) if total is None else total
    return pack(">IHBB", 0x60000000, total, following, 64) + source + destination + payload


def ethernet(payload: bytes, ethertype: int = 0x0800) -> bytes:
    return bytes.fromhex("020000000002 020000000001") + pack(">H", ethertype) + payload


def tag(ethertype: int, identifier: int = 5) -> bytes:
    """A VLAN tag behind whose EtherType field it stands, with the EtherType that follows."""
    return pack(">HH", identifier, ethertype)


def label(number: int, *, bottom: bool) -> bytes:
    return pack(">I", number << 12 | bottom << 8 | 64)
