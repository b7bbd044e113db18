"""Header blocks of HTTP/2 (HPACK, RFC 7541): how far one is read.

A byte may stand for a whole field, or for no field at all: what decoding costs is told by the representations in a block (section 6), not
by its size. They are counted before they are decoded.
"""

from __future__ import annotations

_LONGEST_INTEGER = 6
"""Bytes of an integer behind its prefix; sizes of fields have fewer."""
_INDEXED, _INCREMENTAL, _TABLE_SIZE = 0x80, 0x40, 0x20
_LITERAL_PREFIX, _INCREMENTAL_PREFIX, _TABLE_SIZE_PREFIX = 0x0F, 0x3F, 0x1F
_LENGTH_PREFIX = 0x7F


def readable(block: bytes, most: int) -> tuple[int, int]:
    """How many bytes of ``block`` the first ``most`` representations take, and how many of them there are.

    Ends before one that is not whole, or whose sizes no field can have; whether it can be decoded is not looked at.
    """
    at = 0
    for count in range(most):
        after = _behind(block, at) if at < len(block) else 0
        if not at < after <= len(block):
            return at, count
        at = after
    return at, most


def _behind(block: bytes, at: int) -> int:
    """Where the representation at ``at`` ends, which may be behind all that is there; 0 for one that cannot be."""
    first = block[at]
    if first & _INDEXED:
        return at + 1 if first != 0xFF else _integer(block, at, _LENGTH_PREFIX)[0]
    if first & _INCREMENTAL:
        prefix = _INCREMENTAL_PREFIX
    elif first & _TABLE_SIZE:
        return _integer(block, at, _TABLE_SIZE_PREFIX)[0]
    else:
        prefix = _LITERAL_PREFIX
    after, _ = _integer(block, at, prefix)
    for _ in range(1 if first & prefix else 2):  # the value, and before it the name where no index stands for it
        if not at < after < len(block):
            return 0
        begin, size = _integer(block, after, _LENGTH_PREFIX)
        after = begin + size if begin else 0
    return after


def _integer(block: bytes, at: int, prefix: int) -> tuple[int, int]:
    """Where the integer at ``at`` ends, and its value (section 5.1); 0 and 0 for one that is cut or too long."""
    value = block[at] & prefix
    at += 1
    if value < prefix:
        return at, value
    for shift in range(0, 7 * _LONGEST_INTEGER, 7):
        if at >= len(block):
            break
        value += (block[at] & 0x7F) << shift
        at += 1
        if not block[at - 1] & 0x80:
            return at, value
    return 0, 0
