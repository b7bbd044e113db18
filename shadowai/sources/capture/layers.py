"""What lies between a frame and IP, as steps: a step reads one header and says what comes next, and where.

No step calls the next one, so nothing that a frame holds can make them nest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from shadowai.sources.capture.packet import Undecoded

IPV4, IPV6, ETHERNET, MPLS, PPP, PPPOE, NSH = 0x0800, 0x86DD, 0x6558, 0x8847, 0x880B, 0x8864, 0x894F
"""EtherTypes (IANA, IEEE 802 Numbers); Ethernet has one as the passenger of GRE."""
IP, LLC, NLPID, CAPWAP_802_11 = 0x10000, 0x10001, 0x10002, 0x10003
"""What no EtherType stands for: IPv4 or IPv6 as the first nibble says; LLC; a network layer protocol identifier; 802.11 as
CAPWAP carries it."""

CUT = Undecoded("frame ends inside its headers", True)
NOT_IP = Undecoded("not IP", False)


class Inner(NamedTuple):
    """What comes next: its kind (an EtherType, or one of the kinds above) and the bytes it may span; ``beside`` is what else the
    frame carries."""

    kind: int
    start: int
    end: int
    beside: tuple[Inner, ...] = ()


Step = Callable[[bytes, int, int], Inner | Undecoded]
"""``step(data, at, end)`` reads the header at ``at`` of a frame captured up to ``end``."""
