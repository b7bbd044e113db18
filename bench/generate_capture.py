"""A large made-up capture, the same every time: ``python -m bench.generate_capture FILE SIZE`` writes pcap and prints its packets.

TLS with large hellos over two segments (some over two records, reversed or sent twice) and small ones, QUIC with one or two Initial
packets, DNS, HTTP, ARP and NTP, over IPv4, IPv6 and some VLANs, with uploads, downloads and a few bulk flows. ``FILE.truth.json``
says what is in it, as ``python -m tests.conformance capture-truth`` reads it.

Packets are made once, with zeros for addresses and for the client's port, and filled in for each flow: what is filled in is added to
the checksums (RFC 1624).
"""

from __future__ import annotations

import functools
import hashlib
import ipaddress
import json
import random
import struct
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.generate import AI
from tests.captures import conversations, messages, quic, tls

HEAD = struct.Struct("<IIII")
START = 1_767_225_600_000_000
ROUND = 30_000_000
"""Microseconds in which a round of flows begins; a round is sorted by time and written at once."""

_FLOWS = 900
_NAMES = 4000
_WORDS = (
    "blue",
    "north",
    "cloud",
    "data",
    "media",
    "shop",
    "news",
    "mail",
    "auto",
    "food",
    "metro",
    "prime",
    "delta",
    "atlas",
)
_ZERO = {False: "0.0.0.0", True: "::"}
_NTP = b"\x23" + b"\0" * 47


class Packet(NamedTuple):
    """A packet of a flow that is not filled in. ``sums`` are its complemented checksums of IPv4 (0 in IPv6) and of TCP or UDP."""

    delay: int
    up: bool
    frame: bytes
    sums: tuple[int, int]


class Flow(NamedTuple):
    """Who talks to whom: packed addresses and the client's port. ``at`` is where IP begins in a frame."""

    client: bytes
    server: bytes
    port: int
    at: int

    @property
    def six(self) -> bool:
        """True for IPv6."""
        return len(self.client) == 16


def _raw(frames: Sequence[conversations.Timed], six: bool, vlan: bool) -> tuple[Packet, ...]:
    """Frames of the builders, with pcap headers, as packets to fill in."""
    at = 18 if vlan else 14
    found = []
    for time, frame in frames:
        transport = at + (40 if six else 20)
        protocol = frame[at + (6 if six else 9)]
        place = transport + (16 if protocol == 6 else 6)
        up = frame[transport : transport + 2] == b"\0\0"
        sums = (0 if six else _sum(frame, at + 10), _sum(frame, place))
        found.append(Packet(time - START, up, HEAD.pack(0, 0, len(frame), len(frame)) + frame, sums))
    return tuple(found)


def _sum(frame: bytes, place: int) -> int:
    return int.from_bytes(frame[place : place + 2], "big") ^ 0xFFFF


def _fold(total: int) -> int:
    total = (total & 0xFFFF) + (total >> 16)
    return ((total & 0xFFFF) + (total >> 16)) ^ 0xFFFF


def filled(packets: Sequence[Packet], flow: Flow, start: int) -> Iterator[tuple[int, bytes]]:
    """Packets of a flow that begins at ``start``, each with its pcap header."""
    addresses = struct.unpack(f">{len(flow.client)}H", flow.client + flow.server)
    more = sum(addresses)
    size, at = len(flow.client), 16 + flow.at
    first, transport = (at + 8, at + 40) if flow.six else (at + 12, at + 20)
    port = flow.port.to_bytes(2, "big")
    for delay, up, frame, (network, check) in packets:
        time = start + delay
        record = bytearray(frame)
        HEAD.pack_into(record, 0, time // 1_000_000, time % 1_000_000, len(frame) - 16, len(frame) - 16)
        record[first : first + 2 * size] = flow.client + flow.server if up else flow.server + flow.client
        place = transport if up else transport + 2
        record[place : place + 2] = port
        if not flow.six:
            record[at + 10 : at + 12] = _fold(network + more).to_bytes(2, "big")
        udp = record[at + (6 if flow.six else 9)] == 17
        place = transport + (6 if udp else 16)
        checksum = _fold(check + more + flow.port) or 0xFFFF * udp  # 0 would be "none" (RFC 768)
        record[place : place + 2] = checksum.to_bytes(2, "big")
        yield time, bytes(record)


def _talk(port: int, six: bool, vlan: bool) -> conversations.Tcp:
    return conversations.tcp(_ZERO[six], _ZERO[six], port, client_port=0, vlans=(7,) if vlan else ())


def _ask(port: int, six: bool, vlan: bool) -> conversations.Udp:
    return conversations.udp(_ZERO[six], _ZERO[six], port, client_port=0, vlans=(7,) if vlan else ())


@functools.lru_cache(20_000)
def _tls_begin(name: str, shape: int, six: bool, vlan: bool) -> tuple[Packet, ...]:
    """Handshake and hello; ``shape`` 0 is a small hello, the others are large and differ in how they are sent."""
    talk = _talk(443, six, vlan).syn()
    hello = tls.hello(name, size=512 if shape == 0 else 1800, record=900 if shape == 2 else 16_384, ech=shape == 3)
    talk.send(hello, mss=1400, order="reversed" if shape == 4 else None, retransmit=shape == 5)
    return _raw(talk.frames, six, vlan)


@functools.lru_cache(600)
def _tls_rest(sent: int, down: int, up: int, six: bool, vlan: bool) -> tuple[Packet, ...]:
    """What follows a hello of ``sent`` bytes: so many segments down and up, and the end."""
    talk = _talk(443, six, vlan).send(b"\0" * sent, mss=sent)
    before = len(talk.packets)
    talk.receive(tls.application(4000))
    if up:
        talk.send(tls.application(up * 1400), mss=1400)
    for _ in range(0, down, 32):
        talk.receive(tls.application(min(down, 32) * 1400), mss=1400)
    return _raw(talk.fin().frames[before:], six, vlan)


@functools.lru_cache(20_000)
def _dns(name: str, server: str, six: bool, vlan: bool) -> tuple[Packet, ...]:
    kind = messages.AAAA if six else messages.A
    answer = messages.dns_answer(name, [server], kind=kind, chain=["edge.example.net"] if len(name) % 3 == 0 else ())
    return _raw(_ask(53, six, vlan).send(messages.dns_query(name, kind=kind)).receive(answer).frames, six, vlan)


@functools.lru_cache(20_000)
def _http(name: str, size: int, six: bool, vlan: bool) -> tuple[Packet, ...]:
    fields = {"User-Agent": "curl/8.5.0", "Accept": "*/*"}
    talk = _talk(80, six, vlan).syn().send(messages.request(name, "/v1/items.json", headers=fields))
    return _raw(talk.receive(messages.response(b"x" * size)).fin().frames, six, vlan)


@functools.lru_cache(20_000)
def _quic_hello(name: str, size: int) -> bytes:
    return tls.client_hello(name, alpn=("h3",), size=size, session=0)


def _quic(name: str, connection: bytes, several: bool, six: bool, vlan: bool) -> tuple[Packet, ...]:
    """Every connection has an id and keys of its own: a reader cannot have seen them before."""
    frames = quic.crypto_frames(_quic_hello(name, 1700 if several else 600), (400, 1000) if several else ())
    groups = [frames[1:2], [frames[2], frames[0]]] if several else [frames]
    sent = [quic.initial(connection, *group, number=number, size=1250) for number, group in enumerate(groups)]
    return _raw(_ask(443, six, vlan).send(*sent).frames, six, vlan)


@functools.lru_cache(600)
def _quic_rest(count: int, six: bool, vlan: bool) -> tuple[Packet, ...]:
    talk = _ask(443, six, vlan).wait(20_000)
    for number in range(count):
        talk.receive(quic.short(b"down", 1230))
        if number % 4 == 3:
            talk.send(quic.short(b"up", 40))
    return _raw(talk.frames, six, vlan)


@functools.cache
def _server(name: str, six: bool) -> bytes:
    """A documentation or benchmarking address (RFC 2544, RFC 3849) that stays with the name."""
    digest = hashlib.sha256(name.encode()).digest()
    return b"\x20\x01\x0d\xb8\x00\x01" + digest[:10] if six else bytes([198, 18 + digest[0] % 2, digest[1], digest[2]])


class Capture:
    """Makes flows and remembers what is in them."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        pick = self._random.choice
        ends = ("example", "example.com", "example.net", "example.org", "test")
        self._names = [f"{pick(_WORDS)}{number}.{pick(_WORDS)}.{pick(ends)}" for number in range(_NAMES)]
        self._connections = 0
        self.records: set[tuple[str, str, str]] = set()
        self.volumes: defaultdict[tuple[str, str, str, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])

    def round(self, begin: int) -> list[bytes]:
        """The packets of flows that begin within :data:`ROUND` of ``begin``, in the order of time."""
        timed: list[tuple[int, bytes]] = []
        for _ in range(_FLOWS):
            timed += self._flow(begin + self._random.randrange(ROUND - 6_000_000))
        for _ in range(5):
            timed += self._tls(begin + self._random.randrange(10_000_000), self._random.randrange(500, 1400), 0)
        timed.sort(key=lambda one: one[0])
        return [record for _, record in timed]

    def _flow(self, start: int) -> Iterator[tuple[int, bytes]]:
        chance, length = self._random.random(), int(self._random.paretovariate(1.1) * 2) % 400
        if chance < 0.50:
            return self._tls(start, length, 0)
        if chance < 0.53:
            return self._tls(start, 6, 3 * length % 500)
        if chance < 0.63:
            return self._udp("quic_sni", start, length)
        if chance < 0.67:
            return self._web(start, length)
        if chance < 0.93:
            return self._udp("dns_query", start, 0)
        return self._noise(start)

    def _name(self) -> str:
        if self._random.random() < 0.05:
            return self._random.choice(AI)
        return self._names[min(int(self._random.paretovariate(0.6)) - 1, _NAMES - 1)]

    def _ends(self, name: str, server: bytes | None = None) -> tuple[Flow, bool, bool]:
        six, vlan = self._random.random() < 0.15, self._random.random() < 0.04
        number = self._random.randrange(2000)
        client = bytes([10, 20, number // 250, number % 250 + 1])
        client = b"\x20\x01\x0d\xb8" + b"\0" * 8 + client if six else client
        port = self._random.randrange(32_768, 61_000)
        return Flow(client, server or _server(name, six), port, 18 if vlan else 14), six, vlan

    def _note(self, flow: Flow, protocol: str, port: int, packets: Sequence[Packet], kind: str, name: str) -> None:
        client, server = (str(ipaddress.ip_address(one)) for one in (flow.client, flow.server))
        if kind:
            self.records.add((kind, client, name))
        sums = self.volumes[protocol, client, server, port]
        for one in packets:
            sums[not one.up] += len(one.frame) - 16
            sums[3 - one.up] += 1

    def _tls(self, start: int, down: int, up: int) -> Iterator[tuple[int, bytes]]:
        name = self._name()
        flow, six, vlan = self._ends(name)
        shape = self._random.choices((0, 1, 2, 3, 4, 5), (10, 75, 1, 10, 2, 2))[0]
        begin = _tls_begin(name, shape, six, vlan)
        sent = {0: 517, 2: 1810}.get(shape, 1805)
        rest = _tls_rest(sent, down & ~7 if down > 32 else down, up & ~7 if up > 32 else up, six, vlan)
        self._note(flow, "tcp", 443, (*begin, *rest), "tls_sni", name)
        yield from filled(begin, flow, start)
        yield from filled(rest, flow, start + 10_000)

    def _udp(self, kind: str, start: int, length: int) -> Iterator[tuple[int, bytes]]:
        name = self._name()
        flow, six, vlan = self._ends(name)
        if kind == "dns_query":
            answer = str(ipaddress.ip_address(flow.server))
            flow = flow._replace(server=_server("resolver.example", six))
            packets, port = _dns(name, answer, six, vlan), 53
        else:
            self._connections += 1
            connection = hashlib.sha256(b"%d" % self._connections).digest()[:8]
            packets = _quic(name, connection, self._random.random() < 0.6, six, vlan) + _quic_rest(length, six, vlan)
            port = 443
        self._note(flow, "udp", port, packets, kind, name)
        return filled(packets, flow, start)

    def _web(self, start: int, length: int) -> Iterator[tuple[int, bytes]]:
        name = self._name()
        flow, six, vlan = self._ends(name)
        packets = _http(name, 200 + 1000 * (length % 16), six, vlan)
        self._note(flow, "tcp", 80, packets, "http_host", name)
        return filled(packets, flow, start)

    def _noise(self, start: int) -> Iterator[tuple[int, bytes]]:
        flow, six, vlan = self._ends("time.example")
        if self._random.random() < 0.5:
            frame = b"\xff" * 6 + b"\x02\x00\x5e\x10\x00\x01\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01" + b"\0" * 38
            return iter([(start, HEAD.pack(start // 1_000_000, start % 1_000_000, len(frame), len(frame)) + frame)])
        packets = _raw(_ask(123, six, vlan).send(_NTP).frames, six, vlan)
        self._note(flow, "udp", 123, packets, "", "")
        return filled(packets, flow, start)


def write(path: Path, size: int) -> int:
    """Write a capture of at least ``size`` bytes, and its truth beside it; returns how many packets it has."""
    capture, count, begin, written = Capture(), 0, START, 24
    with path.open("wb", buffering=1 << 20) as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
        while written < size:
            packets = capture.round(begin)
            written += out.write(b"".join(packets))
            count += len(packets)
            begin += ROUND
    truth = {
        "packets": count,
        "records": sorted(capture.records),
        "bytes_by": [[*key, *sums] for key, sums in sorted(capture.volumes.items())],
    }
    path.with_name(f"{path.name}.truth.json").write_text(json.dumps(truth), "utf-8")
    return count


if __name__ == "__main__":
    print(write(Path(sys.argv[1]), int(sys.argv[2])))
