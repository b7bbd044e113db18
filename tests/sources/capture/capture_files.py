"""Capture files built byte by byte, and what a reader makes of them."""

from __future__ import annotations

import io
import struct
from functools import cache
from typing import cast

from shadowai.sources.capture.frames import Container
from shadowai.sources.capture.window import RawFrame, Readable

NOON = 1_717_400_000
"""Seconds of the first frame where nothing else is said."""


@cache
def payload(number: int, size: int | None = None) -> bytes:
    """A frame's bytes, different for every number, without zeros and of 60 to 1500 bytes."""
    size = 60 + number * 7919 % 1441 if size is None else size
    return bytes(1 + (number * 31 + place * 7) % 255 for place in range(size))


def pcap_header(order: str = "<", magic: int = 0xA1B2C3D4, snap_length: int = 65535, network: int = 1) -> bytes:
    return struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, snap_length, network)


def record(
    data: bytes,
    *,
    order: str = "<",
    second: int = NOON,
    fraction: int = 0,
    captured: int | None = None,
    length: int | None = None,
    extra: bytes = b"",
) -> bytes:
    captured = len(data) if captured is None else captured
    return (
        struct.pack(order + "IIII", second, fraction, captured, len(data) if length is None else length) + extra + data
    )


def many(count: int, *, order: str = "<", first: int = 0) -> list[bytes]:
    """Records ten milliseconds apart."""
    return [
        record(payload(number), order=order, second=NOON + number // 100, fraction=number % 100 * 10_000)
        for number in range(first, first + count)
    ]


def block(kind: int, body: bytes, *, order: str = "<", total: int | None = None, trailer: int | None = None) -> bytes:
    body += bytes(-len(body) % 4)
    total = 12 + len(body) if total is None else total
    return (
        struct.pack(order + "II", kind, total) + body + struct.pack(order + "I", total if trailer is None else trailer)
    )


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order=order)


def interface(order: str = "<", link: int = 1, snap_length: int = 0, options: bytes = b"") -> bytes:
    return block(1, struct.pack(order + "HHI", link, 0, snap_length) + options, order=order)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def enhanced(
    data: bytes, *, order: str = "<", index: int = 0, ticks: int = NOON * 1_000_000, length: int | None = None
) -> bytes:
    head = struct.pack(
        order + "IIIII", index, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data) if length is None else length
    )
    return block(6, head + data + bytes(-len(data) % 4) + option(0, b"", order), order=order)


def many_blocks(count: int, *, order: str = "<") -> list[bytes]:
    return [enhanced(payload(number), order=order, ticks=NOON * 1_000_000 + number * 10_000) for number in range(count)]


class Pipe:
    """A stream that cannot seek and gives at most ``step`` bytes at a time."""

    def __init__(self, data: bytes, step: int = 1 << 16) -> None:
        self._rest = io.BytesIO(data)
        self._step = step

    def read(self, size: int, /) -> bytes:
        return self._rest.read(min(size, self._step))


def opened(data: bytes, chunk: int = 1 << 17, *, seekable: bool = True) -> Container:
    return Container(cast(Readable, io.BytesIO(data) if seekable else Pipe(data)), chunk=chunk)


def frames(data: bytes, chunk: int = 1 << 17) -> list[RawFrame]:
    return list(opened(data, chunk).frames())
