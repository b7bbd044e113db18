"""Changes of captures that know what frames, headers and segments are."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

from shadowai.sources.capture.frames import Container
from shadowai.sources.capture.window import RawFrame
from tests.captures import files
from tests.fuzz.changes import INTERESTING, changed

LINK_TYPES = (
    0,
    1,
    9,
    12,
    14,
    50,
    51,
    101,
    105,
    107,
    108,
    109,
    113,
    119,
    127,
    147,
    192,
    195,
    228,
    229,
    239,
    258,
    276,
    400,
)
MOST_FRAMES = 400
_FIELDS = (12, 13, 14, 15, 16, 17, 18, 20, 21, 22, 23, 24, 34, 36, 38, 46, 47, 54, 56, 58, 59, 60, 66)
"""Places in an Ethernet frame: types, lengths, offsets, ports, flags of IPv4, IPv6, TCP and UDP, and what comes next."""
_TYPES = (b"\x08\x00", b"\x86\xdd", b"\x81\x00", b"\x88\xa8", b"\x88\x47", b"\x88\x64", b"\x65\x58", b"\x08\x06")
_DAY = 86_400_000_000
_LATEST = 1 << 53


class Frame(NamedTuple):
    """A frame to be written: its time (µs), link type, captured bytes and how many it had on the wire."""

    time: int
    link_type: int
    data: bytes
    wire: int


def parsed(data: bytes) -> list[Frame]:
    """The first frames of a capture."""
    found: list[Frame] = []
    frame: RawFrame
    for frame in Container(io.BytesIO(data)).frames():
        found.append(Frame(frame[1], frame[2], frame[3], frame[4]))
        if len(found) >= MOST_FRAMES:
            break
    return found


def written(frames: Sequence[Frame], rng: random.Random) -> bytes:
    """A capture of ``frames``: classic where they have one link type, in blocks otherwise."""
    types = sorted({frame.link_type for frame in frames})
    if len(types) == 1 and rng.random() < 0.8:
        order = rng.choice("<<<>")
        nanoseconds = rng.random() < 0.2
        head = struct.pack(
            f"{order}IHHiIII", 0xA1B23C4D if nanoseconds else 0xA1B2C3D4, 2, 4, 0, 0, 262_144, types[0] & 0xFFFF
        )
        unit = 1000 if nanoseconds else 1
        record = struct.Struct(f"{order}IIII").pack
        return head + b"".join(
            record(frame.time // 1_000_000 & 0xFFFFFFFF, frame.time % 1_000_000 * unit, len(frame.data), frame.wire)
            + frame.data
            for frame in frames
        )
    timed = [
        files.Interface(
            [(max(frame.time, 0), frame.data) for frame in frames if frame.link_type == kind],
            link_type=kind & 0xFFFF,
            resolution=rng.choice((6, 6, 9, 3)),
        )
        for kind in types
    ]
    return files.section(*timed, order="<" if rng.random() < 0.8 else ">", simple=rng.random() < 0.1)


def mutated(frames: Sequence[Frame], rng: random.Random, others: Sequence[Frame]) -> bytes:
    """A capture made of ``frames`` and, now and then, of ``others``, changed in a few places."""
    found = list(frames)
    if len(found) > 60 and rng.random() < 0.7:
        start = rng.randrange(len(found) - 40)
        found = found[start : start + 60]
    for _ in range(rng.choice((1, 1, 2, 3, 5, 9))):
        if found:
            rng.choice(_CHANGES)(found, rng, others)
    data = written(found or list(others[:1]), rng)
    if rng.random() < 0.25:
        data = (
            data[:24] + changed(data[24:], rng, (), 1 << 22) if rng.random() < 0.8 else changed(data, rng, (), 1 << 22)
        )
    return data


def _pick(frames: list[Frame], rng: random.Random) -> int:
    return rng.randrange(len(frames))


def _bytes(frames: list[Frame], rng: random.Random, others: Sequence[Frame]) -> None:
    at = _pick(frames, rng)
    old = frames[at]
    data = changed(old.data, rng, [frame.data for frame in others[:8]])
    frames[at] = old._replace(data=data, wire=max(len(data), old.wire if len(data) < len(old.data) else 0))


def _field(frames: list[Frame], rng: random.Random, others: Sequence[Frame]) -> None:
    at = _pick(frames, rng)
    data = bytearray(frames[at].data)
    place = rng.choice(_FIELDS)
    if place == 12 and len(data) > 14:
        data[12:14] = rng.choice(_TYPES)
    elif place < len(data):
        data[place] = rng.choice(INTERESTING) if rng.random() < 0.6 else (data[place] + rng.choice((-1, 1, 8))) & 0xFF
    frames[at] = frames[at]._replace(data=bytes(data))


def _swap(frames: list[Frame], rng: random.Random, others: Sequence[Frame]) -> None:
    one, other = _pick(frames, rng), _pick(frames, rng)
    frames[one], frames[other] = frames[other], frames[one]


def _repeat(frames: list[Frame], rng: random.Random, others: Sequence[Frame]) -> None:
    frame = frames[_pick(frames, rng)]
    for _ in range(rng.choice((1, 1, 2, 40))):
        frames.insert(rng.randrange(len(frames) + 1), frame)


def _drop(frames: list[Frame], rng: random.Random, others: Sequence[Frame]) -> None:
    at = _pick(frames, rng)
    del frames[at : at + rng.choice((1, 1, 3))]


def _jump(frames: list[Frame], rng: random.Random, others: Sequence[Frame]) -> None:
    at = _pick(frames, rng)
    step = rng.choice(
        (-_DAY, _DAY, -1_000, 40_000_000, -40_000_000, 400 * 1_000_000, -(1 << 60), 4_000_000_000_000_000)
    )
    for each in range(at, len(frames) if rng.random() < 0.7 else at + 1):
        frames[each] = frames[each]._replace(time=min(max(frames[each].time + step, 0), _LATEST))


def _cut(frames: list[Frame], rng: random.Random, others: Sequence[Frame]) -> None:
    length = rng.choice((0, 1, 14, 33, 34, 54, 60, 66, 74, 96, 128, 300))
    whole = rng.random() < 0.3
    for at in range(len(frames)) if whole else (_pick(frames, rng),):
        frames[at] = frames[at]._replace(data=frames[at].data[:length])


def _wire(frames: list[Frame], rng: random.Random, others: Sequence[Frame]) -> None:
    at = _pick(frames, rng)
    frames[at] = frames[at]._replace(wire=len(frames[at].data) + rng.choice((1, 20, 1400, 70_000, 1 << 31)))


def _link_type(frames: list[Frame], rng: random.Random, others: Sequence[Frame]) -> None:
    kind = rng.choice(LINK_TYPES)
    for at in range(len(frames)) if rng.random() < 0.7 else (_pick(frames, rng),):
        frames[at] = frames[at]._replace(link_type=kind)


def _plain_tcp(frame: Frame) -> tuple[int, int] | None:
    """Where the TCP header and its payload begin in a plain Ethernet frame."""
    data = frame.data
    if frame.link_type != 1 or len(data) < 54:
        return None
    if data[12:15] == b"\x08\x00\x45" and data[23] == 6:
        at = 34
    elif data[12:14] == b"\x86\xdd" and data[20] == 6 and len(data) >= 74:
        at = 54
    else:
        return None
    return at, at + max(data[at + 12] >> 4 << 2, 20)


def _overlap(frames: list[Frame], rng: random.Random, others: Sequence[Frame]) -> None:
    """A second segment over the first, with its sequence number moved and other content."""
    at = _pick(frames, rng)
    places = _plain_tcp(frames[at])
    if places is None:
        return
    data = bytearray(frames[at].data)
    head, payload = places
    (sequence,) = struct.unpack_from(">I", data, head + 4)
    step = rng.choice((-300, -20, -1, 0, 1, 20, 300, 1460, 0x7FFFFFFF, 0x80000000, -0x7FFFFFFF))
    struct.pack_into(">I", data, head + 4, (sequence + step) & 0xFFFFFFFF)
    if len(data) > payload and rng.random() < 0.6:
        data[rng.randrange(payload, len(data))] ^= 1 << rng.randrange(8)
    frames.insert(min(at + rng.randrange(-1, 3), len(frames)) if at else at + 1, frames[at]._replace(data=bytes(data)))


def _split(frames: list[Frame], rng: random.Random, others: Sequence[Frame]) -> None:
    """A segment as two, with lengths that fit; now and then in the wrong order, overlapping, or with a hole."""
    at = _pick(frames, rng)
    places = _plain_tcp(frames[at])
    if places is None or len(frames[at].data) < places[1] + 2:
        return
    data, (head, payload) = frames[at].data, places
    cut = rng.randrange(1, len(data) - payload)
    again = min(max(cut + rng.choice((0, 0, 0, -4, 3)), 0), len(data) - payload)
    (sequence,) = struct.unpack_from(">I", data, head + 4)
    parts = [
        _resized(data[:payload] + data[payload : payload + cut], head, sequence),
        _resized(data[:payload] + data[payload + again :], head, (sequence + again) & 0xFFFFFFFF),
    ]
    if rng.random() < 0.4:
        parts.reverse()
    frames[at : at + 1] = [frames[at]._replace(data=part, wire=len(part)) for part in parts]


def _resized(data: bytes, head: int, sequence: int) -> bytes:
    made = bytearray(data)
    struct.pack_into(">H", made, 16 if head == 34 else 18, len(data) - (14 if head == 34 else 54))
    struct.pack_into(">I", made, head + 4, sequence)
    return bytes(made)


def _turns(frames: list[Frame], rng: random.Random, others: Sequence[Frame]) -> None:
    """Other TCP flags: openings in the middle, resets, answers without a question."""
    at = _pick(frames, rng)
    places = _plain_tcp(frames[at])
    if places is not None:
        data = bytearray(frames[at].data)
        data[places[0] + 13] = rng.choice((0, 2, 4, 16, 17, 18, 20, 24, 0x3F, 0xFF))
        frames[at] = frames[at]._replace(data=bytes(data))


def _wrapped(frames: list[Frame], rng: random.Random, others: Sequence[Frame]) -> None:
    """Another header in front: tags, labels, tunnels, to any depth."""
    at = _pick(frames, rng)
    data = frames[at].data
    if frames[at].link_type != 1 or len(data) < 14:
        return
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        inner = data[14:]
        kind = rng.randrange(6)
        if kind == 0:
            data = data[:12] + b"\x81\x00\x00\x07" + data[12:]
        elif kind == 1:
            data = data[:12] + b"\x88\x47" + rng.choice((b"\x00\x01\x00\x40", b"\x00\x01\x01\x40")) + inner
        else:
            payload, protocol = {
                2: (inner, 4 if data[12:14] == b"\x08\x00" else 41),
                3: (b"\0\0" + data[12:14] + inner, 47),
                4: (b"\0\0\x65\x58" + data, 47),
                5: (struct.pack(">HHHH", 9_999, 4_789, 16 + len(data), 0) + b"\x08" + bytes(7) + data, 17),
            }[kind]
            head = struct.pack(">BBHHHBBH", 0x45, 0, (20 + len(payload)) & 0xFFFF, 1, 0, 64, protocol, 0)
            data = data[:12] + b"\x08\x00" + head + b"\xc0\x00\x02\x01\xc0\x00\x02\x02" + payload
    frames[at] = frames[at]._replace(data=data[:65_000], wire=len(data))


def _fragments(frames: list[Frame], rng: random.Random, others: Sequence[Frame]) -> None:
    """An IPv4 packet in pieces: shuffled, some missing, some overlapping."""
    at = _pick(frames, rng)
    data = frames[at].data
    if frames[at].link_type != 1 or data[12:15] != b"\x08\x00\x45" or len(data) < 50:
        return
    size = rng.choice((8, 16, 24, 64, 512))
    body, pieces = data[34:], []
    for place in range(0, min(len(body), size * 64), size):
        piece = bytearray(data[:34] + body[place : place + size + rng.choice((0, 0, 0, 8))])
        more = place + size < len(body)
        struct.pack_into(">HHH", piece, 16, len(piece) - 14, 0x4242 + at, place // 8 | (0x2000 if more else 0))
        pieces.append(frames[at]._replace(data=bytes(piece), wire=len(piece)))
    if rng.random() < 0.5:
        rng.shuffle(pieces)
    if rng.random() < 0.3:
        del pieces[rng.randrange(len(pieces))]
    frames[at : at + 1] = pieces


def _mixed(frames: list[Frame], rng: random.Random, others: Sequence[Frame]) -> None:
    if others:
        place = _pick(frames, rng)
        start = rng.randrange(len(others))
        frames[place:place] = others[start : start + rng.choice((1, 5, 20))]


_CHANGES: tuple[Callable[[list[Frame], random.Random, Sequence[Frame]], None], ...] = (
    *(_bytes, _bytes, _bytes, _field, _field, _field, _swap, _repeat, _drop, _jump, _cut, _wire, _link_type),
    *(_overlap, _overlap, _split, _split, _turns, _turns, _wrapped, _fragments, _mixed),
)
