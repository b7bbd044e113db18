"""The two directions of a connection: what is counted of each, when a connection between the same ports is another one, and what is said of
it once it is over."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from shadowai.sources.capture.packet import ACK, FIN, RST, SYN, UDP
from shadowai.sources.capture.pieces import LOOK, key_is_dns
from shadowai.sources.capture.tunnels import UDP_PORTS

_UNSEEN = 4
"""Payloads of a connection whose start was not captured that are handed on whatever they look like."""
_SEQUENCES = 0xFFFFFFFF
_HALF = 0x80000000
_WINDOW = 1 << 24
"""Bytes that a connection may have under way, with some to spare: what is further from its end is of another one."""
TURNS = SYN | FIN | RST
"""Flags of the segments that open or close a connection."""
_TUNNEL_PORTS = frozenset(port.to_bytes(2, "big") for port in UDP_PORTS)
_PORTS = Struct(">HH").unpack_from


class Side:
    """One direction of a flow; ``other`` is the way back, once something came back."""

    __slots__ = (
        "bytes",
        "closed",
        "cut",
        "dns",
        "due",
        "first",
        "flow",
        "frame",
        "high",
        "isn",
        "key",
        "last",
        "opened",
        "other",
        "packets",
        "payload",
        "protocol",
        "refused",
        "skew",
        "state",
        "syn",
        "tunnels",
        "unseen",
        "which",
    )

    def __init__(self, flow: int, which: int, protocol: int, key: bytes, time: int, frame: int) -> None:
        self.flow = flow
        self.which = which
        self.protocol = protocol
        self.key = key
        self.other: Side | None = None
        self.packets = self.bytes = self.payload = self.cut = 0
        self.first = self.last = time
        self.frame = frame
        self.isn = -1
        self.high = -1
        """Behind the furthest byte of the stream."""
        self.skew = 0
        """Bytes that were passed over on the way to ``high``, less those that were sent again."""
        self.state = LOOK
        self.due = -1
        """Sequence number at which something may begin within a segment."""
        self.syn = False
        """Its SYN was captured: ``isn`` is where its stream begins."""
        self.opened = False
        """Its SYN asked for the connection, rather than answered."""
        self.closed = False
        """It has sent all that it will send, or the connection was reset."""
        self.refused = False
        """It reset the connection at the number at which its stream begins: it had sent nothing."""
        self.unseen = _UNSEEN
        self.dns = key_is_dns(key)
        self.tunnels = protocol == UDP and may_tunnel(key)
        """Its datagrams may hold packets: only :func:`~shadowai.sources.capture.link.dissect` can tell."""


class Flow(NamedTuple):
    """A finished connection. ``a`` sent the first packet that was captured, ``b`` is the other end.

    ``packets`` and ``bytes`` are whole frames on the wire; ``payload`` is application data on the wire, each byte of a TCP
    stream once. ``opener`` is 0 where ``a`` opened the connection, 1 where ``b`` did, -1 where the opening was not captured.
    ``cut`` is the frames of which the capture holds only the beginning; ``lost`` is true where packets are missing, so that
    all sizes are lower bounds. ``refused`` is the end (0 or 1) that reset the connection after it had opened its stream and
    sent nothing on it, by its own sequence numbers, whatever the capture lacks; -1 neither.
    """

    number: int
    protocol: int
    a: bytes
    b: bytes
    a_port: int
    b_port: int
    packets: tuple[int, int]
    bytes: tuple[int, int]
    payload: tuple[int, int]
    first: int
    last: int
    frame: int
    opener: int
    cut: int
    lost: bool
    refused: int = -1


def ends(key: bytes) -> tuple[bytes, bytes, int, int]:
    """Source, destination and their ports of a flow's key."""
    half = (len(key) - 4) // 2
    source_port, destination_port = _PORTS(key, 2 * half)
    return key[:half], key[half : 2 * half], source_port, destination_port


def reverse(key: bytes) -> bytes:
    """The key of the way back."""
    half = (len(key) - 4) // 2
    return key[half : 2 * half] + key[:half] + key[-2:] + key[-4:-2]


def reopens(side: Side, sequence: int, flags: int) -> bool:
    """True for the opening of a new connection between the same ports; a repeated SYN opens nothing, nor one that was captured
    behind the first bytes of its stream."""
    if not flags & SYN or _answers_again(side, flags):
        return False
    begin = side.isn if side.syn else (side.high - side.payload - side.skew) & _SEQUENCES
    return begin != ((sequence + 1) & _SEQUENCES) and (side.syn or side.payload > 0)


def _answers_again(side: Side, flags: int) -> bool:
    """True for an answer to the opening of a connection in which the answering end has said nothing yet. A repeated SYN may be answered
    with another number: by another server behind one address, or with a later cookie (RFC 4987, section 3.6)."""
    other = side.other
    if not flags & ACK or other is None or not other.opened:
        return False
    return not (side.payload or side.closed or other.closed)


def is_of_another(side: Side, sequence: int, flags: int) -> bool:
    """True for a segment far from where a connection was closed: of another one between the same ports, whose SYN was not captured.
    A segment that comes late, or past a reset that nobody heeded, is nearer than the largest windows in use."""
    if flags & (SYN | RST) or side.high < 0 or not is_closed(side):
        return False
    return _WINDOW < (sequence - side.high) & _SEQUENCES < _SEQUENCES + 1 - _WINDOW


def may_tunnel(key: bytes) -> bool:
    """True for UDP ports that tunnels use: only :func:`~shadowai.sources.capture.link.dissect` can tell."""
    return key[-2:] in _TUNNEL_PORTS or key[-4:-2] in _TUNNEL_PORTS


def flow_of(a: Side) -> Flow:
    b = a.other
    source, destination, source_port, destination_port = ends(a.key)
    opener = -1
    if a.syn:
        opener = 0 if a.opened else 1
    elif b is not None and b.syn:
        opener = 1 if b.opened else 0  # only the answer to the opening was captured
    nothing = (0, 0, 0, 0, 0)
    back = nothing if b is None else (b.packets, b.bytes, _once(b), b.cut, b.last)
    lost = _incomplete(a) or (b is not None and _incomplete(b))
    return Flow(
        a.flow,
        a.protocol,
        source,
        destination,
        source_port,
        destination_port,
        (a.packets, back[0]),
        (a.bytes, back[1]),
        (_once(a), back[2]),
        a.first if b is None else min(a.first, b.first),
        max(a.last, back[4]),
        a.frame,
        opener,
        a.cut + back[3],
        lost,
        _refused(a),
    )


def _once(side: Side) -> int:
    """Application bytes, each byte of a TCP stream once however often it was sent."""
    return side.payload + min(side.skew, 0)


def _refused(a: Side) -> int:
    if a.refused and not a.payload:
        return 0
    return 1 if a.other is not None and a.other.refused and not a.other.payload else -1


def last_heard(side: Side) -> int:
    """When either direction of the flow was last heard."""
    return side.last if side.other is None else max(side.last, side.other.last)


def is_closed(side: Side) -> bool:
    return side.closed and (side.other is None or side.other.closed)


def is_over(side: Side, silent: int, closed: int) -> bool:
    """True for a TCP flow that was silent since before ``silent``, or is closed and was silent since before ``closed``."""
    last = last_heard(side)
    return last < silent or (last < closed and is_closed(side))


def _incomplete(side: Side) -> bool:
    return side.skew > 0
