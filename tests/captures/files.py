"""pcap and pcapng files, in every byte order and resolution."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from tests.captures.conversations import Timed

Order = Literal["<", ">"]
"""Byte order, as :mod:`struct` writes it."""

ETHERNET, RAW = 1, 101
"""Link types (the list of the tcpdump group)."""

_SECTION, _INTERFACE, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 3, 6


def pcap(
    frames: Sequence[Timed],
    *,
    link_type: int = ETHERNET,
    order: Order = "<",
    nanoseconds: bool = False,
    snaplen: int = 262_144,
) -> bytes:
    """A classic capture (draft-ietf-opsawg-pcap). Frames longer than ``snaplen`` are cut, and keep their length on the wire."""
    magic, unit = (0xA1B23C4D, 1_000) if nanoseconds else (0xA1B2C3D4, 1)
    parts = [struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, snaplen, link_type)]
    for time, data in frames:
        kept = data[:snaplen]
        parts += [
            struct.pack(f"{order}IIII", time // 1_000_000, time % 1_000_000 * unit, len(kept), len(data)),
            kept,
        ]
    return b"".join(parts)


def write_pcap(
    path: Path,
    frames: Sequence[Timed],
    *,
    link_type: int = ETHERNET,
    order: Order = "<",
    nanoseconds: bool = False,
    snaplen: int = 262_144,
) -> Path:
    """Write :func:`pcap` and give the path back."""
    path.write_bytes(pcap(frames, link_type=link_type, order=order, nanoseconds=nanoseconds, snaplen=snaplen))
    return path


class Interface(NamedTuple):
    """An interface of a section and what was captured on it. Times are written in units of ``10 ** -resolution`` seconds."""

    frames: Sequence[Timed]
    link_type: int = ETHERNET
    resolution: int = 6
    snaplen: int = 262_144


def block(kind: int, body: bytes, order: Order = "<") -> bytes:
    """A pcapng block, padded (draft-ietf-opsawg-pcapng, section 3.1)."""
    body += b"\0" * (-len(body) % 4)
    length = struct.pack(f"{order}I", len(body) + 12)
    return struct.pack(f"{order}I", kind) + length + body + length


def _option(order: Order, code: int, value: bytes) -> bytes:
    return struct.pack(f"{order}HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def section(*interfaces: Interface, order: Order = "<", simple: bool = False, extra: bytes = b"") -> bytes:
    """One section: its header, its interfaces, ``extra`` blocks, and the frames of all interfaces in the order of time.

    ``simple`` writes simple packet blocks, which have no time and belong to the first interface.
    """
    end = _option(order, 0, b"")
    parts = [block(_SECTION, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1) + end, order)]
    for one in interfaces:
        options = _option(order, 9, bytes([one.resolution])) + end
        parts.append(block(_INTERFACE, struct.pack(f"{order}HHI", one.link_type, 0, one.snaplen) + options, order))
    parts.append(extra)
    timed = [(time, number, data) for number, one in enumerate(interfaces) for time, data in one.frames]
    for time, number, data in sorted(timed, key=lambda one: one[0]):
        kept = data[: interfaces[number].snaplen]
        if simple:
            parts.append(block(_SIMPLE, struct.pack(f"{order}I", len(data)) + kept, order))
            continue
        ticks = time * 10 ** interfaces[number].resolution // 1_000_000
        head = struct.pack(f"{order}IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(kept), len(data))
        parts.append(block(_ENHANCED, head + kept, order))
    return b"".join(parts)


def write_pcapng(path: Path, *sections: bytes) -> Path:
    """Write sections one after the other and give the path back."""
    path.write_bytes(b"".join(sections))
    return path
