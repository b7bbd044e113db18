"""Two hosts that talk over TCP or UDP: every call adds packets, a millisecond apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self

from tests.captures import packets
from tests.captures.packets import ACK, FIN, PSH, RST, SYN

START = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z in microseconds."""

STEP = 1_000

Timed = tuple[int, bytes]
"""Microseconds since 1970 and bytes."""


class _Conversation:
    """What TCP and UDP share. ``packets`` are IP packets, ``frames`` the same in Ethernet."""

    def __init__(
        self, client: str, server: str, port: int, *, client_port: int, time: int, vlans: Sequence[int]
    ) -> None:
        self.packets: list[Timed] = []
        self._up = (client, client_port, server, port)
        self._down = (server, port, client, client_port)
        self._time = time
        self._vlans = tuple(vlans)

    @property
    def frames(self) -> list[Timed]:
        """Every packet so far as an Ethernet frame."""
        return [(time, packets.ethernet(packet, self._vlans)) for time, packet in self.packets]

    def wait(self, microseconds: int) -> Self:
        """Let time pass before the next packet."""
        self._time += microseconds
        return self

    def _add(self, packet: bytes) -> None:
        self.packets.append((self._time, packet))
        self._time += STEP


class Udp(_Conversation):
    """Datagrams both ways."""

    def send(self, *datagrams: bytes) -> Self:
        """From the client."""
        for data in datagrams:
            self._add(packets.udp_datagram(self._up, data))
        return self

    def receive(self, *datagrams: bytes) -> Self:
        """From the server."""
        for data in datagrams:
            self._add(packets.udp_datagram(self._down, data))
        return self


class Tcp(_Conversation):
    """A TCP connection. Without :meth:`syn` it is one whose beginning the capture has missed."""

    def __init__(
        self, client: str, server: str, port: int, *, client_port: int, time: int, vlans: Sequence[int], sequence: int
    ) -> None:
        super().__init__(client, server, port, client_port=client_port, time=time, vlans=vlans)
        self._sent, self._received = sequence, 5_000

    def syn(self) -> Self:
        """The handshake (RFC 9293, section 3.5)."""
        size = b"\x02\x04\x05\xb4"
        self._add(packets.tcp_segment(self._up, self._sent - 1, 0, SYN, options=size))
        self._add(packets.tcp_segment(self._down, self._received - 1, self._sent, SYN | ACK, options=size))
        self._add(packets.tcp_segment(self._up, self._sent, self._received, ACK))
        return self

    def send(
        self,
        data: bytes,
        *,
        mss: int = 1460,
        order: Sequence[int] | Literal["reversed"] | None = None,
        overlap: int = 0,
        retransmit: bool = False,
    ) -> Self:
        """From the client, in segments of at most ``mss`` bytes. ``order`` are their places in the order of sending, one left out
        is lost to the capture; ``overlap`` bytes of the segment before begin each; ``retransmit`` sends each twice."""
        places = _segments(data, mss, overlap)
        chosen = range(len(places)) if order is None else reversed(range(len(places))) if order == "reversed" else order
        for number in chosen:
            place, piece = places[number]
            segment = packets.tcp_segment(self._up, self._sent + place, self._received, ACK | PSH, piece)
            for _ in range(1 + retransmit):
                self._add(segment)
        self._sent += len(data)
        self._add(packets.tcp_segment(self._down, self._received, self._sent, ACK))
        return self

    def receive(self, data: bytes, *, mss: int = 1460) -> Self:
        """From the server."""
        for place, piece in _segments(data, mss, 0):
            self._add(packets.tcp_segment(self._down, self._received + place, self._sent, ACK | PSH, piece))
        self._received += len(data)
        self._add(packets.tcp_segment(self._up, self._sent, self._received, ACK))
        return self

    def fin(self) -> Self:
        """Both ends close."""
        self._add(packets.tcp_segment(self._up, self._sent, self._received, FIN | ACK))
        self._add(packets.tcp_segment(self._down, self._received, self._sent + 1, FIN | ACK))
        self._add(packets.tcp_segment(self._up, self._sent + 1, self._received + 1, ACK))
        return self

    def rst(self) -> Self:
        """The server refuses or gives up."""
        self._add(packets.tcp_segment(self._down, self._received, self._sent, RST | ACK))
        return self


def _segments(data: bytes, mss: int, overlap: int) -> list[tuple[int, bytes]]:
    begins = range(0, len(data), mss)
    return [(max(0, place - overlap), data[max(0, place - overlap) : place + mss]) for place in begins]


def tcp(
    client: str,
    server: str,
    port: int,
    *,
    client_port: int = 40_000,
    time: int = START,
    vlans: Sequence[int] = (),
    sequence: int = 1_001,
) -> Tcp:
    """A connection to ``server``; ``sequence`` is the number of the client's first byte."""
    return Tcp(client, server, port, client_port=client_port, time=time, vlans=vlans, sequence=sequence)


def udp(
    client: str, server: str, port: int, *, client_port: int = 50_000, time: int = START, vlans: Sequence[int] = ()
) -> Udp:
    """An exchange of datagrams with ``server``."""
    return Udp(client, server, port, client_port=client_port, time=time, vlans=vlans)


def merged(*conversations: _Conversation) -> list[Timed]:
    """The frames of several conversations in the order of time."""
    return sorted((frame for one in conversations for frame in one.frames), key=lambda frame: frame[0])
