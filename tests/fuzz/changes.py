"""Changes of bytes that know nothing of what they mean."""

from __future__ import annotations

import random
from collections.abc import Sequence

INTERESTING = (0, 1, 2, 3, 4, 7, 8, 15, 16, 19, 20, 21, 31, 32, 40, 59, 60, 63, 64, 127, 128, 252, 253, 254, 255)
"""Bytes at which lengths and types turn over."""
_WORDS = tuple(value.to_bytes(2, "big") for value in (0, 1, 7, 8, 19, 20, 28, 255, 256, 0x3FFF, 0x7FFF, 0x8000, 0xFFFF))
_LONG = tuple(
    value.to_bytes(4, order)
    for value in (0, 1, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 1 << 24, 1 << 18)
    for order in ("big", "little")
)
_MOST = 1 << 16


def changed(data: bytes, rng: random.Random, others: Sequence[bytes] = (), most: int = _MOST) -> bytes:
    """``data`` with one to eight changes; ``others`` are what parts may be taken from. At most ``most`` bytes."""
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        _one(found, rng, others)
    return bytes(found[:most])


def _one(data: bytearray, rng: random.Random, others: Sequence[bytes]) -> None:
    kind = rng.randrange(10)
    if not data or kind == 0:
        place = rng.randrange(len(data) + 1)
        data[place:place] = rng.randbytes(rng.randrange(1, 9))
        return
    size = len(data)
    # where lengths are is where it hurts: most of them stand in front
    place = rng.randrange(min(size, 64)) if rng.random() < 0.5 else rng.randrange(size)
    if kind == 1:
        data[place] ^= 1 << rng.randrange(8)
    elif kind == 2:
        data[place] = rng.choice(INTERESTING)
    elif kind == 3:
        data[place] = (data[place] + rng.choice((-16, -4, -1, 1, 4, 16))) & 0xFF
    elif kind == 4:
        data[place : place + 2] = rng.choice(_WORDS)
    elif kind == 5:
        data[place : place + 4] = rng.choice(_LONG)
    elif kind == 6:
        del data[place : place + rng.randrange(1, rng.choice((4, 30, 400)))]
    elif kind == 7:
        del data[place:]
    elif kind == 8:
        begin = rng.randrange(size)
        data[place:place] = data[begin : begin + rng.randrange(1, 200)]
    else:
        other = rng.choice(others) if others else bytes(data)
        begin = rng.randrange(len(other) + 1)
        data[place : place + rng.choice((0, 8, 100))] = other[begin : begin + rng.randrange(1, 300)]
