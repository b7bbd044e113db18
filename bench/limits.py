"""``python -m bench --limits [--share F]``: what floods cost. Captures made to exhaust memory, through both engines, at the defaults.

Every flood is generated while it is read: none is stored. Each runs in a process of its own, whose peak memory and processor
time without that of the generator are printed, with what was given up. ``--share 0.1`` makes a tenth of each.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from shadowai import fast, pipeline
from shadowai.sources.capture.capture_file import CaptureFile

BOUNDS = {"compiled": 640, "reference": 640}
"""MB that a capture may make a scan take at the defaults."""

_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)
_RECORD = struct.Struct("<IIII").pack
_START = 1_767_225_600
_MACS = bytes.fromhex("02005e10000202005e100001")
_SYN, _ACK = 2, 16
_TOGETHER = 2_000

Frames = Iterator[bytes]


def _ip(source: int, destination: int, protocol: int, payload: bytes, *, number: int = 1, fragment: int = 0) -> bytes:
    head = struct.pack(
        ">BBHHHBBHII", 0x45, 0, 20 + len(payload), number & 0xFFFF, fragment, 64, protocol, 0, source, destination
    )
    return head + payload


def _tcp(source: int, port: int, sequence: int, flags: int, data: bytes = b"", destination: int = 0xCB007114) -> bytes:
    segment = struct.pack(">HHIIBBHHH", port, 443, sequence & 0xFFFFFFFF, 1, 0x50, flags, 64_240, 0, 0) + data
    return _MACS + b"\x08\x00" + _ip(source, destination, 6, segment)


def _udp(source: int, port: int, to: int, data: bytes) -> bytes:
    return _MACS + b"\x08\x00" + _ip(source, 0xCB007114, 17, struct.pack(">HHHH", port, to, 8 + len(data), 0) + data)


def _hello(name: bytes) -> bytes:
    entry = b"\0" + struct.pack(">H", len(name)) + name
    extension = struct.pack(">HHH", 0, len(entry) + 2, len(entry)) + entry
    body = b"\x03\x03" + bytes(32) + b"\0\0\x02\x13\x01\x01\0" + struct.pack(">H", len(extension)) + extension
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack(">H", len(message)) + message


def syn_flood(count: int) -> Frames:
    """Every packet opens a connection of its own."""
    for number in range(count):
        yield _tcp(0x0A000000 + number, 1_024 + number % 60_000, number, _SYN)


def one_byte_flood(count: int) -> Frames:
    """Every packet begins a connection with one byte of application data."""
    for number in range(count):
        yield _tcp(0x0A000000 + number, 40_000, number, _ACK, b"\x16")


def half_hellos(count: int) -> Frames:
    """Connections that send all of a hello but the end."""
    hello = _hello(b"www.example.com")
    whole = hello[:5] + hello[5:9] + hello[9:] + bytes(900)
    half = struct.pack(">BHH", 22, 0x0301, 1_500) + b"\x01\x00\x05\xd8" + whole[9:]
    for number in range(count):
        yield _tcp(0x0A000000 + number, 40_000, 0, _SYN)
        yield _tcp(0x0A000000 + number, 40_000, 1, _ACK, half)


def whole_hellos(count: int) -> Frames:
    """Connections that tell a long name each, and never end."""
    for number in range(count):
        name = b"%08d.%s.example.com" % (number, b".".join([b"a" * 60] * 3))
        yield _tcp(0x0A000000 + number, 40_000, 1, _ACK, _hello(name))


def quic_garbage(count: int) -> Frames:
    """Datagrams that look like the first of a QUIC connection and cannot be opened."""
    source = random.Random(1)
    noise = source.randbytes(1_200 + count % 4_096)
    for number in range(count):
        head = b"\xc3\0\0\0\x01\x08" + number.to_bytes(8, "big") + b"\0\0" + struct.pack(">H", 0x4000 | 1_190)
        yield _udp(0x0A000000 + number, 40_000, 443, head + noise[:1_190])


def dtls_pieces(count: int) -> Frames:
    """The first piece of a DTLS hello, of which no more comes."""
    message = b"\x01\x00\x40\x00\x00\x00\x00\x00\x00\x00\x02\x00" + bytes(512)
    record = b"\x16\xfe\xff" + bytes(8) + struct.pack(">H", len(message)) + message
    for number in range(count):
        yield _udp(0x0A000000 + number, 40_000, 443, record)


def dns_answers(count: int) -> Frames:
    """Questions and their answers, each of another client and address."""
    for number in range(count):
        name = b"\x08%08d\x07example\x03com\0\0\x01\0\x01" % number
        client, port = 0x0A000000 + number, 40_000
        yield _udp(client, port, 53, b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0" + name)
        answer = b"\x12\x34\x81\x80\0\x01\0\x01\0\0\0\0" + name + b"\xc0\x0c\0\x01\0\x01\0\0\x01\x2c\0\x04"
        datagram = struct.pack(">HHHH", 53, port, 8 + len(answer) + 4, 0) + answer + client.to_bytes(4, "big")
        yield _MACS + b"\x08\x00" + _ip(0xCB007114, client, 17, datagram)


def fragments(count: int) -> Frames:
    """First pieces of datagrams that never become whole, of every length and place."""
    for number in range(count):
        at = number % 8_000
        piece = _ip(0x0A000000 + number // 50, 0xCB007114, 17, bytes(1_400), number=number // 3, fragment=0x2000 | at)
        yield _MACS + b"\x08\x00" + piece


def nested(count: int) -> Frames:
    """Tags, labels, extension headers and tunnels in one another, as deep as a frame can hold."""
    inner = _tcp(0x0A000001, 40_000, 1, _ACK, _hello(b"www.example.com"))
    tags = inner[:12] + b"\x81\x00\x00\x07" * 2_000 + inner[12:]
    labels = _MACS + b"\x88\x47" + b"\x00\x01\x00\x40" * 2_000 + b"\x00\x01\x01\x40" + inner[14:]
    packet = inner[14:]
    for _ in range(400):
        packet = _ip(0x0A000001, 0xCB007114, 4, packet)
    extensions = b"".join(b"\x3c\0" + bytes(6) for _ in range(1_000)) + b"\x06\0" + bytes(6)
    six = _MACS + b"\x86\xdd" + struct.pack(">IHBB", 6 << 28, len(extensions), 60, 64) + bytes(32) + extensions
    tunnel = inner
    for _ in range(40):
        datagram = struct.pack(">HHHH", 9_999, 4_789, 16 + len(tunnel), 0) + b"\x08" + bytes(7) + tunnel
        tunnel = _MACS + b"\x08\x00" + _ip(0x0A000001, 0xCB007114, 17, datagram)
    kinds = (tags, labels, _MACS + b"\x08\x00" + packet, six, tunnel)
    for number in range(count):
        yield kinds[number % len(kinds)]


def one_byte_segments(count: int) -> Frames:
    """Hellos a byte at a time, backwards, on many connections."""
    hello = _hello(b"www.example.com")
    for number in range(count):
        flow, place = number // len(hello), number % len(hello)
        at = len(hello) - 1 - place if flow % 2 else place
        yield _tcp(0x0A000000 + flow, 40_000, 1 + at, _ACK, hello[at : at + 1])


def requests(count: int) -> Frames:
    """Requests with long addresses on connections that never end."""
    source = 0x0A000000
    for number in range(count):
        path = b"/%08d/" % number + b"a" * 1_200
        head = b"GET %s HTTP/1.1\r\nHost: chatgpt.com\r\n\r\n" % path
        yield _tcp(source + number // 200, 40_000, 1 + number % 200 * len(head), _ACK, head)


FLOODS: dict[str, tuple[Callable[[int], Frames], int]] = {
    "SYN flood": (syn_flood, 8_000_000),
    "connections of one byte": (one_byte_flood, 2_000_000),
    "half hellos": (half_hellos, 100_000),
    "hellos of long names": (whole_hellos, 400_000),
    "QUIC garbage": (quic_garbage, 200_000),
    "DTLS pieces": (dtls_pieces, 200_000),
    "DNS answers": (dns_answers, 500_000),
    "fragments without end": (fragments, 500_000),
    "nested headers": (nested, 20_000),
    "segments of one byte": (one_byte_segments, 2_000_000),
    "requests without end": (requests, 400_000),
}
"""What is sent, and how many packets or pairs of them."""


class Flood(io.RawIOBase):
    """A capture of ``frames`` as a stream; ``seconds`` is the processor time that making it took."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self._number = 0
        self._held = _HEADER
        self.seconds = 0.0
        self.size = 0

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1) -> bytes:
        began = time.process_time()
        if not self._held:
            parts = []
            for frame in islice(self._frames, _TOGETHER):
                second, micro = divmod(self._number * 10, 1_000_000)
                parts += [_RECORD(_START + second, micro, len(frame), len(frame)), frame]
                self._number += 1
            self._held = b"".join(parts)
        found, self._held = self._held, b""
        self.size += len(found)
        self.seconds += time.process_time() - began
        return found


def limits(share: float) -> int:
    """Run everything and print the table; 1 where a bound was passed."""
    engines = ["compiled", "reference"] if fast._module() is not None else ["reference"]
    print(f"{'':26} {'engine':10} {'packets':>10} {'MB':>7} {'seconds':>8} {'peak MB':>8}  given up")
    passed = 0
    for name in [*FLOODS, *BOMBS]:
        for engine in engines:
            command = [sys.executable, "-m", "bench.limits", name, engine, str(share)]
            environment = {**os.environ, **({} if engine == "compiled" else {fast.PURE: "1"})}
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            print(done.stdout.rstrip(), flush=True)
            passed += float(done.stdout.split("|")[1]) > BOUNDS[engine]
    print("within the bounds" if not passed else f"{passed} beyond the bound of {BOUNDS} MB")
    return int(passed > 0)


def _row(name: str, engine: str, packets: int, size: int, seconds: float, gave_up: dict[str, int]) -> None:
    peak = _peak()
    given = ", ".join(f"{kind} {count:,}" for kind, count in gave_up.items() if count) or "nothing"
    print(f"{name:26} {engine:10} {packets:10,} {size / 1e6:7,.0f} {seconds:8.1f} |{peak:7.0f}|  {given}")


def flooded(frames: Frames, *, compiled: bool) -> tuple[CaptureFile, Flood, int]:
    """Read a flood to its end, forgetting its records: the capture, the stream, how many records there were."""
    stream = Flood(frames)
    capture = CaptureFile("flood.pcap", cast(BinaryIO, stream))
    return capture, stream, sum(1 for _ in capture.records(compiled=compiled))


def _one(name: str, engine: str, share: float) -> None:
    if name in BOMBS:
        _bomb(name, engine, share)
        return
    make, count = FLOODS[name]
    began = time.process_time()
    capture, stream, _ = flooded(make(max(int(count * share), 10)), compiled=engine == "compiled")
    seconds = time.process_time() - began - stream.seconds
    notes = {note.kind: note.count for note in capture.notes() if note.kind not in ("nameless", "lower_bound")}
    gaps = {gap.reason[:60]: gap.count for gap in capture.gaps()}
    _row(name, engine, capture.summary().lines, stream.size, seconds, {**notes, **gaps})


def _squeezed(data: Iterator[bytes], kind: str, path: Path) -> None:
    if kind == "gz":
        with gzip.open(path, "wb", 6) as stream:
            for piece in data:
                stream.write(piece)
        return
    if kind == "xz":
        import lzma

        with lzma.open(path, "wb", preset=1) as squeezed:
            for piece in data:
                squeezed.write(piece)
        return
    import lz4.frame  # type: ignore[import-untyped]
    import zstandard

    made = zstandard.ZstdCompressor().stream_writer if kind == "zst" else lambda raw: lz4.frame.open(raw, "wb")
    with path.open("wb") as raw, made(raw) as into:
        for piece in data:
            into.write(piece)


def _zeros(size: int) -> Iterator[bytes]:
    """A capture of one frame, then zeros."""
    frame = _tcp(0x0A000001, 40_000, 1, _ACK, _hello(b"www.example.com"))
    yield _HEADER + _RECORD(_START, 0, len(frame), len(frame)) + frame
    piece = bytes(1 << 20)
    for _ in range(size >> 20):
        yield piece


BOMBS = {f"bomb of zeros, {kind}": kind for kind in ("gz", "zst", "xz", "lz4", "gz.gz")}
_BOMB = 4 << 30


def _bomb(name: str, engine: str, share: float) -> None:
    kind, *outer = BOMBS[name].split(".")
    with tempfile.TemporaryDirectory(prefix="shadowai-bench-") as folder:
        path = Path(folder, f"bomb.pcap.{kind}")
        _squeezed(_zeros(int(_BOMB * share)), kind, path)
        if outer:
            twice = path.with_name(path.name + ".gz")
            _squeezed(iter([path.read_bytes()]), "gz", twice)
            path = twice
        began = time.process_time()
        report = pipeline.scan([str(path)], options=pipeline.ScanOptions())
        packets = sum(source.lines for source in report.sources)
        given = {gap.reason[:70]: gap.count for gap in report.gaps}
        _row(name, engine, packets, path.stat().st_size, time.process_time() - began, given)


def _peak() -> float:
    """Peak resident MB of this process alone: what ``getrusage`` says of a child begins with its parent's memory."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1_000_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1_000_000 if sys.platform == "darwin" else 1000)


def main() -> None:
    """One flood in this process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=[*FLOODS, *BOMBS])
    parser.add_argument("engine", choices=list(BOUNDS))
    parser.add_argument("share", type=float)
    chosen = parser.parse_args()
    _one(chosen.name, chosen.engine, chosen.share)


if __name__ == "__main__":
    main()
