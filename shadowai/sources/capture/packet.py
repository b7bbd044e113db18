"""The data types of a capture: a frame, what it holds at its innermost, and a piece of a flow that may hold a name.

Times are integers, microseconds since 1970-01-01T00:00:00Z. Addresses are packed: 4 or 16 bytes in network order.
"""

from __future__ import annotations

from typing import NamedTuple

TCP, UDP, SCTP = 6, 17, 132
"""IP protocol numbers (IANA, Assigned Internet Protocol Numbers)."""

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
"""TCP flags (RFC 9293, section 3.1)."""


class Frame(NamedTuple):
    """One captured frame. ``number`` counts from 1 as other tools do; ``wire_length`` is its length on the wire, of which
    ``data`` may be only the beginning."""

    number: int
    time: int
    link_type: int
    data: bytes
    wire_length: int


class Packet(NamedTuple):
    """The innermost transport packet of a frame.

    The captured payload is ``data[start:end]``; ``length`` is the payload's length on the wire, which the capture may have
    cut. Ports are 0 for protocols other than TCP, UDP, SCTP and DCCP. ``depth`` counts the tunnels that were opened, ``header``
    the bytes of a TCP header. ``open`` is true where IP left the length to be found out: ``length`` is then that of what was captured.
    """

    protocol: int
    source: bytes
    destination: bytes
    source_port: int
    destination_port: int
    sequence: int
    flags: int
    start: int
    end: int
    length: int
    depth: int = 0
    header: int = 0
    open: bool = False


class Fragment(NamedTuple):
    """A piece of an IP datagram. ``data[start:end]`` are its captured bytes, ``offset`` their place in the datagram in bytes;
    ``more`` is false for the last. ``first`` is the transport packet as far as a first fragment shows it."""

    protocol: int
    source: bytes
    destination: bytes
    identification: int
    offset: int
    more: bool
    start: int
    end: int
    cut: bool
    depth: int = 0
    first: Packet | None = None


class Undecoded(NamedTuple):
    """A frame without a transport packet that could be read. ``lost`` is false where nothing is missed (ARP, spanning tree):
    only the others are a gap."""

    reason: str
    lost: bool


Dissected = Packet | Fragment | Undecoded


class Several(NamedTuple):
    """A frame that carries several packets (IEEE 802.11, A-MSDU). ``sizes`` are the bytes on the wire of each but the first, which
    has the rest of the frame."""

    parts: tuple[Dissected, ...]
    sizes: tuple[int, ...]
