"""What one would write in ten minutes with dpkt: ``python -m bench.naive_dpkt FILE`` prints how many packets and names it saw.

It reads Ethernet and IP, takes the name of a hello that fits one segment, of a query and of a Host field, on the usual ports, and
adds up bytes per pair of addresses. No split hello, no QUIC, no VLAN within a VLAN, no other link type: the floor that a careful
reader is measured against.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import dpkt  # type: ignore[import-untyped]

_UNREADABLE = (dpkt.dpkt.Error, dpkt.ssl.SSL3Exception, IndexError, ValueError)


def name_of(transport: Any) -> str | None:
    """The name in one packet, if it is whole."""
    data = transport.data
    if isinstance(transport, dpkt.udp.UDP):
        if transport.dport == 53:
            return str(dpkt.dns.DNS(data).qd[0].name)
    elif transport.dport == 443 and data[:1] == b"\x16":
        for kind, body in dpkt.ssl.TLSHandshake(data[5:]).data.extensions:
            if kind == 0:
                return bytes(body[5:]).decode()
    elif transport.dport == 80 and data:
        return str(dpkt.http.Request(data).headers["host"])
    return None


def main(path: str) -> None:
    """Read the capture and print what was counted."""
    volumes: Counter[tuple[bytes, bytes]] = Counter()
    names: Counter[tuple[bytes, str]] = Counter()
    packets = 0
    with Path(path).open("rb") as stream:
        for _, raw in dpkt.pcap.Reader(stream):
            packets += 1
            packet = dpkt.ethernet.Ethernet(raw).data
            if not isinstance(packet, dpkt.ip.IP | dpkt.ip6.IP6):
                continue
            volumes[packet.src, packet.dst] += len(raw)
            if isinstance(packet.data, dpkt.tcp.TCP | dpkt.udp.UDP):
                try:
                    name = name_of(packet.data)
                except (*_UNREADABLE, KeyError, AttributeError):
                    continue
                if name:
                    names[packet.src, name.lower()] += 1
    print(packets, len(volumes), len(names))


if __name__ == "__main__":
    main(sys.argv[1])
