"""Frames from a network interface, with scapy: the only place in the program that imports it.

Reading an interface needs a privilege (``CAP_NET_RAW`` on Linux). What the kernel had to drop is counted, for it was not looked at.
"""

from __future__ import annotations

import select
import socket
import struct
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic, time
from types import TracebackType
from typing import Any, Self

from shadowai.errors import SourceError, UsageError
from shadowai.model import Origin
from shadowai.sources.capture.flows import RawFrame

_LARGEST = 262_144
_MOST = 4096
_BUFFER = 32 << 20
_SO_RCVBUFFORCE = 33  # asm-generic/socket.h: beyond net.core.rmem_max, for who may (CAP_NET_ADMIN)
_SOL_PACKET, _PACKET_STATISTICS, _PACKET_IGNORE_OUTGOING = 263, 6, 23  # linux/if_packet.h
_ETHERNET, _RAW_IP = 1, 101
_LINK_TYPES = {
    1: _ETHERNET,
    772: _ETHERNET,  # loopback
    512: _RAW_IP,  # ppp; a packet socket shows what is in it
    519: _RAW_IP,  # rawip: mobile broadband
    768: _RAW_IP,  # tunnels: ipip
    769: _RAW_IP,  # ip6ip6
    776: _RAW_IP,  # sit
    65534: _RAW_IP,  # none: tun, WireGuard
    801: 105,  # 802.11
    803: 127,  # 802.11 with radiotap
}
"""Linux's kinds of hardware (linux/if_arp.h) to the link types of captures (tcpdump.org), as libpcap has them."""


class Interface:
    """An open interface; use it in a ``with`` block.

    ``bpf`` is a capture filter in the language of pcap-filter(7). Raises :class:`UsageError` for an interface that does not
    exist, a filter that is wrong, a missing privilege, or where scapy is not installed.
    """

    def __init__(self, name: str, *, bpf: str | None = None) -> None:
        origin = Origin(name)
        known = {interface for _, interface in socket.if_nameindex()}
        if name not in known:
            raise UsageError("no such interface", origin=origin, remedy=f"one of: {', '.join(sorted(known))}")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an older scapy says much about a newer cryptography
                from scapy.all import conf  # sets up sockets and link types
                from scapy.error import Scapy_Exception
        except ImportError as wrong:
            remedy = "pip install 'shadowai[live]'"
            raise UsageError("reading an interface needs scapy", origin=origin, remedy=remedy) from wrong
        try:
            self._socket: Any = conf.L2listen(iface=name, filter=bpf)
        except PermissionError as wrong:
            remedy = "run as root, or give the interpreter the capability CAP_NET_RAW"
            raise UsageError("this interface may not be read", origin=origin, remedy=remedy) from wrong
        except (Scapy_Exception, ImportError) as wrong:
            remedy = "see pcap-filter(7); filters are compiled by libpcap, which must be installed"
            raise UsageError(f"the filter cannot be used: {wrong}", origin=origin, remedy=remedy) from wrong
        except OSError as wrong:
            raise UsageError(f"the interface cannot be opened: {wrong.strerror or wrong}", origin=origin) from wrong
        self.name = name
        self.dropped = 0
        """Frames that the kernel had to drop so far, because they came faster than they were read."""
        self.link_type = _ETHERNET
        """Of its frames (tcpdump.org, LINKTYPE values); one that is not known is the negative number of its hardware."""
        self._number = 0
        self._ins = _packet_socket(self._socket)
        if self._ins is not None:
            self._prepare(self._ins)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._count_dropped()
        self._ins = None
        self._socket.close()

    def batches(self, stop: Callable[[], bool], *, wait: float = 0.25) -> Iterator[list[RawFrame]]:
        """The frames that arrived, every ``wait`` seconds or sooner (an empty list where none did), until ``stop`` says so.

        Raises :class:`SourceError` where the interface went away.
        """
        while not stop():
            batch, wrong = self._batch(monotonic() + wait)
            if batch or wrong is None:
                yield batch
            self._count_dropped()
            if wrong is not None:
                message = f"the interface stopped: {wrong.strerror or wrong}"
                raise SourceError(message, origin=Origin(self.name)) from wrong

    def _batch(self, until: float) -> tuple[list[RawFrame], OSError | None]:
        """What arrived until then, and what ended it before."""
        found: list[RawFrame] = []
        receive, link_type = self._socket.recv_raw, self.link_type
        while len(found) < _MOST:
            try:
                if self._ins is None and not self._ready(until):
                    break
                _, data, at = receive(_LARGEST)
            except BlockingIOError:
                if not self._ready(until):
                    break
                continue
            except OSError as wrong:
                return found, wrong
            if data:
                self._number += 1
                found.append((self._number, int((at or time()) * 1e6), link_type, data, len(data)))
            elif monotonic() >= until:
                break
        return found, None

    def _ready(self, until: float) -> bool:
        ready, _, _ = select.select([self._socket], [], [], max(until - monotonic(), 0))
        return bool(ready)

    def _prepare(self, ins: socket.socket) -> None:
        """A larger buffer; on the loopback interface every frame passes twice, and once is enough."""
        self.link_type = _LINK_TYPES.get(ins.getsockname()[3], -ins.getsockname()[3])
        ins.setblocking(False)  # so that nothing has to be asked between two frames
        try:
            ins.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
        except OSError:
            ins.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        if self.name == "lo":
            with suppress(OSError):  # Linux before 4.20 cannot, and counts twice there
                ins.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
        self._count_dropped()
        self.dropped = 0  # what the small buffer of the beginning could not hold was before the watch

    def _count_dropped(self) -> None:
        if self._ins is not None:
            _, dropped = struct.unpack("II", self._ins.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8))
            self.dropped += dropped  # reading them sets them back to zero


def _packet_socket(listener: Any) -> socket.socket | None:
    """The socket within scapy's, where it is one of Linux that tells about itself."""
    ins = getattr(listener, "ins", None)
    family = getattr(socket, "AF_PACKET", None)
    return ins if isinstance(ins, socket.socket) and family is not None and ins.family == family else None
