"""An interface, with scapy's socket replaced: no privilege is needed, and no traffic."""

from __future__ import annotations

import errno
import socket
import struct
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from scapy.error import Scapy_Exception

from shadowai.errors import SourceError, UsageError
from shadowai.sources import live
from shadowai.sources.live import Interface

AT = 1_767_225_600.25
PACKET = 17
"""AF_PACKET of Linux."""


class PacketSocket(socket.socket):
    """Says that it is a packet socket, and answers what Linux answers: hardware, and frames dropped since last asked."""

    family = PACKET  # type: ignore[assignment]
    hardware = 1
    drops: list[int]
    set_options: dict[tuple[int, int], int]

    def getsockname(self) -> tuple[str, int, int, int, bytes]:
        return ("eth0", 3, 0, self.hardware, b"")

    def getsockopt(self, level: int, name: int, length: int = 0) -> bytes:  # type: ignore[override]
        assert (level, name, length) == (263, 6, 8)
        return struct.pack("II", 100, self.drops.pop(0) if self.drops else 0)

    def setsockopt(self, level: int, name: int, value: int) -> None:  # type: ignore[override]
        if (level, name) == (socket.SOL_SOCKET, 33):
            raise PermissionError(errno.EPERM, "Operation not permitted")
        self.set_options[level, name] = value


class Listener:
    """Takes the place of scapy's ``L2ListenSocket``."""

    packet_socket = True
    hardware = 1
    drops: Sequence[int] = ()
    breaks: OSError | None = None
    made: list[Listener]

    def __init__(self, *, iface: str, filter: str | None) -> None:
        near, self.far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.ins: socket.socket = near
        if self.packet_socket:
            ours = self.ins = PacketSocket(fileno=near.detach())
            ours.hardware, ours.drops, ours.set_options = self.hardware, list(self.drops), {}
        self.iface, self.filter, self.closed = iface, filter, False
        self.made.append(self)

    def fileno(self) -> int:
        return self.ins.fileno()

    def recv_raw(self, size: int) -> tuple[None, bytes, float]:
        try:
            return None, self.ins.recv(size), AT
        except BlockingIOError:
            if self.breaks is not None:
                raise self.breaks from None
            raise

    def close(self) -> None:
        self.ins.close()
        self.far.close()
        self.closed = True


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> type[Listener]:
    """What scapy opens; its class attributes say how it behaves, ``made`` holds those that were opened."""

    from scapy.all import conf  # what sets up its sockets

    class Ours(Listener):
        made: list[Listener] = []  # noqa: RUF012 - one of each test

    monkeypatch.setattr(socket, "if_nameindex", lambda: [(1, "lo"), (2, "eth0")])
    monkeypatch.setattr(socket, "AF_PACKET", PACKET, raising=False)
    monkeypatch.setattr(conf, "L2listen", Ours)
    return Ours


def times(number: int) -> Callable[[], bool]:
    """Asks to stop when it is asked for the ``number``-th time."""
    left = iter(range(number))
    return lambda: next(left, None) is None


def opened(name: str = "eth0", bpf: str | None = None) -> tuple[Interface, Any]:
    """An interface, and the other end of what it reads."""
    interface = Interface(name, bpf=bpf)
    return interface, interface._socket.far


@pytest.mark.parametrize("packet_socket", [True, False])
def test_frames_come_in_batches_numbered_from_1(packet_socket: bool, listener: type[Listener]) -> None:
    listener.packet_socket = packet_socket
    interface, far = opened()
    with interface:
        far.send(b"one")
        far.send(b"second")
        batches = interface.batches(times(3), wait=0.01)
        micros = int(AT * 1e6)
        assert next(batches) == [(1, micros, 1, b"one", 3), (2, micros, 1, b"second", 6)]
        assert next(batches) == []
        far.send(b"third")
        assert next(batches) == [(3, micros, 1, b"third", 5)]
        assert next(batches, None) is None
    assert listener.made[0].closed


def test_a_batch_has_an_end_however_much_comes(listener: type[Listener], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_MOST", 2)
    interface, far = opened()
    with interface:
        for data in (b"a", b"b", b"c"):
            far.send(data)
        assert [[data for _, _, _, data, _ in batch] for batch in interface.batches(times(2), wait=0.01)] == [
            [b"a", b"b"],
            [b"c"],
        ]


def test_a_stop_that_was_asked_for_before_gives_nothing(listener: type[Listener]) -> None:
    interface, far = opened()
    with interface:
        far.send(b"one")
        assert list(interface.batches(lambda: True)) == []


def test_the_interface_and_the_filter_reach_scapy(listener: type[Listener]) -> None:
    interface, _ = opened("eth0", "tcp port 443")
    with interface:
        assert (listener.made[0].iface, listener.made[0].filter) == ("eth0", "tcp port 443")


def test_what_the_kernel_dropped_is_added_up_from_the_beginning_of_the_watch(listener: type[Listener]) -> None:
    listener.drops = [7, 0, 2, 40]
    interface, far = opened()
    with interface:
        assert interface.dropped == 0
        far.send(b"one")
        list(interface.batches(times(2), wait=0.01))
        assert interface.dropped == 2
    assert interface.dropped == 42


def test_without_a_packet_socket_nothing_is_said_of_drops(listener: type[Listener]) -> None:
    listener.packet_socket = False
    interface, _ = opened()
    with interface:
        list(interface.batches(times(1), wait=0.01))
    assert interface.dropped == 0


@pytest.mark.parametrize(
    ("hardware", "link_type"), [(1, 1), (772, 1), (65534, 101), (776, 101), (512, 101), (803, 127), (824, -824)]
)
def test_link_types(hardware: int, link_type: int, listener: type[Listener]) -> None:
    listener.hardware = hardware
    interface, far = opened()
    with interface:
        far.send(b"x")
        assert next(interface.batches(times(1), wait=0.01))[0][2] == link_type


def test_loopback_shows_every_frame_once(listener: type[Listener]) -> None:
    for name, asked in (("lo", 1), ("eth0", None)):
        with Interface(name) as interface:
            assert interface._socket.ins.set_options.get((263, 23)) == asked


def test_a_larger_buffer_is_asked_for_as_far_as_one_may(listener: type[Listener]) -> None:
    interface, _ = opened()
    with interface:
        assert interface._socket.ins.set_options[socket.SOL_SOCKET, socket.SO_RCVBUF] >= 1 << 20


def test_an_interface_that_went_away_gives_what_came_before(listener: type[Listener]) -> None:
    listener.breaks = OSError(errno.ENETDOWN, "Network is down")
    interface, far = opened()
    with interface:
        far.send(b"one")
        batches = interface.batches(times(9), wait=0.01)
        assert [data for _, _, _, data, _ in next(batches)] == [b"one"]
        with pytest.raises(SourceError, match="Network is down") as raised:
            next(batches)
    assert str(raised.value.origin) == "eth0"


def test_an_unknown_interface_is_named_with_the_known(listener: type[Listener]) -> None:
    with pytest.raises(UsageError, match="no such interface") as raised:
        Interface("eth\x1b[2J")
    assert raised.value.remedy == "one of: eth0, lo"
    assert listener.made == []


@pytest.mark.parametrize(
    ("wrong", "message", "remedy"),
    [
        (PermissionError(errno.EPERM, "Operation not permitted"), "may not be read", "CAP_NET_RAW"),
        (Scapy_Exception("Cannot set filter: syntax error"), "filter cannot be used: Cannot set filter", "pcap-filter"),
        (ImportError("libpcap is not available"), "filter cannot be used: libpcap is not available", "libpcap"),
        (OSError(errno.ENODEV, "No such device"), "cannot be opened: No such device", ""),
    ],
)
def test_what_cannot_be_opened(
    wrong: Exception, message: str, remedy: str, listener: type[Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*, iface: str, filter: str | None) -> None:
        raise wrong

    monkeypatch.setattr("scapy.config.conf.L2listen", refuse)
    with pytest.raises(UsageError, match=message) as raised:
        Interface("eth0", bpf="tcp prot")
    assert remedy in raised.value.remedy
    assert raised.value.exit_code == 2


def test_without_scapy_one_is_told_how_to_get_it(listener: type[Listener], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scapy.all", None)
    with pytest.raises(UsageError, match="needs scapy") as raised:
        Interface("eth0")
    assert raised.value.remedy == "pip install 'shadowai[live]'"
