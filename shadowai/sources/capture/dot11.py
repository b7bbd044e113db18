"""IEEE 802.11 data frames, and the headers that captures put before them."""

from __future__ import annotations

from shadowai.sources.capture.layers import CAPWAP_802_11, CUT, LLC, NOT_IP, Inner, Step
from shadowai.sources.capture.packet import Undecoded

_ENCRYPTED = Undecoded("encrypted 802.11 frame", True)
_SUBFRAME, _MOST_SUBFRAMES = 14, 64
_BAD = Undecoded("802.11 frame whose checksum is wrong", True)
_PIECE = Undecoded("fragment of an 802.11 frame", True)


def dot11(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """What an 802.11 frame without its FCS carries (IEEE 802.11, clause 9.2); an A-MSDU has its other subframes beside the first."""
    if end - at < 2:
        return CUT
    return _data(data, at, end, data[at], data[at + 1])


def in_capwap(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """What an 802.11 frame in CAPWAP carries: Cisco's access points send its 16-bit fields in network order."""
    if end - at < 24:
        return CUT
    if data[at] & 0x0F != 0x08 and data[at + 1] & 0x0F == 0x08:
        return _data(data, at, end, data[at + 1], data[at], fragment_at=23)
    return _data(data, at, end, data[at], data[at + 1])


def _data(
    data: bytes, at: int, end: int, control: int, flags: int, *, padded: bool = False, fragment_at: int = 22
) -> Inner | Undecoded:
    """``padded``: the header is filled up to a multiple of four bytes; ``fragment_at``: the place of the fragment number."""
    if control & 0x0F != 0x08 or control & 0x40:  # not a data frame, or one that carries no data
        return NOT_IP
    if flags & 0x40:
        return _ENCRYPTED
    size = 30 if flags & 3 == 3 else 24  # between two access points there is a fourth address
    if end - at < size + 2:
        return CUT
    if flags & 4 or data[at + fragment_at] & 0x0F:
        return _PIECE
    aggregated = False
    if control & 0x80:
        aggregated = bool(data[at + size] & 0x80)
        size += 6 if flags & 0x80 else 2  # QoS control, HT control
    start = at + (size + 3 & ~3 if padded else size)
    if aggregated:
        return _subframes(data, start, end)
    return Inner(LLC, start, end) if start < end else CUT


def _subframes(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """The subframes of an A-MSDU (clause 9.3.2.2): destination, source, length, content, and filling up to a multiple of 4."""
    found: list[Inner] = []
    while end - at > _SUBFRAME and len(found) < _MOST_SUBFRAMES:
        start = at + _SUBFRAME
        stop = start + (data[start - 2] << 8 | data[start - 1])
        if stop > start:
            found.append(Inner(LLC, start, min(stop, end)))
        at += stop - at + 3 & ~3
    return found[0]._replace(beside=tuple(found[1:])) if found else CUT


def radiotap(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """What follows a radiotap header (radiotap.org), whose flags tell of an FCS, of a wrong one, and of padding."""
    if end - at < 8:
        return CUT
    size = int.from_bytes(data[at + 2 : at + 4], "little")
    if size < 8 or size > end - at:
        return CUT
    flags = _radiotap_flags(data, at, at + size)
    at += size
    if flags & 0x40:  # it failed the check: the receiver dropped it, and what it says is not what was sent
        return _BAD
    if flags & 0x10:
        end -= 4
    if end - at < 2:
        return CUT
    return _data(data, at, end, data[at], data[at + 1], padded=bool(flags & 0x20))


def _radiotap_flags(data: bytes, at: int, end: int) -> int:
    """The flags field of a radiotap header, 0 if it has none."""
    place = at + 4
    present = int.from_bytes(data[place : place + 4], "little")
    word = present
    while word & 0x80000000 and place + 8 <= end:
        place += 4
        word = int.from_bytes(data[place : place + 4], "little")
    place += 4
    if not present & 2:
        return 0
    if present & 1:  # the 8-byte timer comes first, aligned to its size
        place = at + ((place - at + 7) & ~7) + 8
    return data[place] if place < end else 0


def prism(data: bytes, at: int, end: int) -> Inner | Undecoded:
    """What follows a Prism header, whose length is in the order of the host, or AVS's, which is big-endian."""
    if end - at < 8:
        return CUT
    size = int.from_bytes(data[at + 4 : at + 8], "big" if data[at : at + 2] == b"\x80\x21" else "little")
    if size > end - at:
        size = int.from_bytes(data[at + 4 : at + 8], "big")
    return dot11(data, at + size, end) if 8 <= size <= end - at else CUT


STEPS: dict[int, Step] = {CAPWAP_802_11: in_capwap}
"""The step for each kind that this module reads."""
