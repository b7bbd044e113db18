"""The block format of captures (draft-ietf-opsawg-pcapng): sections with a byte order each, interfaces, frames.

Every block begins and ends with its length. Where the two differ and no sound block follows, the next place is looked for
from which two sound blocks follow one another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

from shadowai.sources.capture.window import ENDS_WITHIN, LARGEST, ORDINARY, Progress, RawFrame, Window

MAGIC = b"\x0a\x0d\x0d\x0a"
"""How a file begins: the type of its first block, the same in both byte orders."""
SECTION, INTERFACE, PACKET, SIMPLE, ENHANCED, SECRETS = 0x0A0D0D0A, 1, 2, 3, 6, 10
"""Block types (draft-ietf-opsawg-pcapng, section 11.1)."""
_FRAMES = (ENHANCED, SIMPLE, PACKET)
_READ = (SECTION, INTERFACE, *_FRAMES)
_BYTE_ORDER = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_RESOLUTION, _OFFSET = 9, 14
"""Options of an interface: if_tsresol and if_tsoffset (section 4.2)."""
_INTERFACES = 1 << 16
_HELD = 1 << 20
"""Bytes of the longest block without a frame that is held before it is passed over."""
_NEVER = 253_402_300_800_000_000
"""Microseconds at the end of the year 9999: no clock says more."""

_NONE = (0, 0, 0, 0, 0, 0, 0)


class Interface(NamedTuple):
    """``time = ticks * multiplier // divisor + offset`` in microseconds; ``snap_length`` 0 means no limit."""

    link_type: int
    multiplier: int
    divisor: int
    offset: int
    snap_length: int

    def clock(self, upper: int) -> tuple[int, int, int, int, int] | None:
        """Link type, multiplier, divisor, base and rest for all times that have ``upper`` as their upper 32 bits:
        ``base + (rest + lower * multiplier) // divisor``. ``None`` where such a time is beyond any clock."""
        base, rest = divmod((upper << 32) * self.multiplier, self.divisor)
        base += self.offset
        if base < 0 or base + (self.multiplier << 32) // self.divisor >= _NEVER:
            return None
        return self.link_type, self.multiplier, self.divisor, base, rest


def begins(head: bytes) -> bool:
    """True where ``head``, 12 bytes or more, is the beginning of a section."""
    return head[:4] == MAGIC and head[8:12] in _BYTE_ORDER


class PcapngReader(Progress):
    """The frames of a stream; ``window`` begins at a section header."""

    def __init__(self, window: Window, *, first_number: int = 1) -> None:
        super().__init__()
        self._window = window
        self._first = self._number = first_number - 1
        self._interfaces: list[Interface] = []
        self._time = 0
        self._section("<")

    def _section(self, order: str) -> None:
        self._order = order
        self._interfaces.clear()
        self._word = Struct(order + "I").unpack_from
        self._pair = Struct(order + "II").unpack_from
        self._block = Struct(order + "7I").unpack_from
        self._behind = Struct(order + "8I").unpack_from

    def frames(self) -> Iterator[RawFrame]:
        """Every frame that can be read. Raises what the stream raised, at the end."""
        window, interfaces = self._window, self._interfaces
        position = 0
        while window.reach(1):
            data = window.data
            number, snapped, time = self._number, self.snapped, self._time
            block, final = self._behind, len(data) - 28
            last_upper = last_index = -1
            kind, total, index, upper, lower, captured, length = self._block(data) if final >= 0 else _NONE
            try:
                while kind == 6:
                    end = position + total
                    if end > final or total & 3 or captured > total - 32:
                        break
                    if upper != last_upper or index != last_index:
                        if index >= len(interfaces) or (parts := interfaces[index].clock(upper)) is None:
                            break
                        link, multiplier, divisor, base, rest = parts
                        scaled = multiplier != divisor
                        last_upper, last_index = upper, index
                    then = base + (rest + lower * multiplier) // divisor if scaled else base + lower
                    begin, taken, size, own = position + 28, captured, length, total
                    trailer, kind, total, index, upper, lower, captured, length = block(data, end - 4)
                    if trailer != own:
                        break
                    if size > taken:
                        snapped += 1
                    number += 1
                    position, time = end, then
                    yield number, time, link, data[begin : begin + taken], size
            finally:
                self._number, self.snapped, self._time = number, snapped, time
                self.frames_seen = number - self._first
                self.bytes_done = self.ended_at = window.base + position
            frame = self._next(position)
            position = 0
            if frame is not None:
                self.frames_seen, self.bytes_done = frame[0] - self._first, window.base
                yield frame
        self.bytes_done = self.ended_at = window.base
        if window.error is not None:
            raise window.error

    def _next(self, position: int) -> RawFrame | None:
        """Read one block from ``position`` and slide behind it; its frame, if it holds one."""
        window = self._window
        data = window.slide(position, 12)
        if len(data) < 12:
            self._tail(len(data))
            return None
        if begins(data) and self._order != (order := _BYTE_ORDER[data[8:12]]):
            self._section(order)
        kind, total = self._pair(data)
        if total > _HELD and not total & 3 and kind not in _READ:
            self._pass_over(kind, total)
        elif not self._whole(kind, total):
            self._recover(kind, total)
        else:
            frame = self._read(kind, window.data[:total])
            window.slide(total, 0)  # nobody waits for the next block to be given this one's frame
            return frame
        return None

    def _whole(self, kind: int, total: int) -> bool:
        """True where the window begins with a block that can be believed, and holds it."""
        window = self._window
        if total & 3 or not 12 <= total <= LARGEST or (kind == SECTION and not begins(window.data)):
            return False
        return window.reach(total) and (self._word(window.data, total - 4)[0] == total or self._sound(total))

    def _read(self, kind: int, block: bytes) -> RawFrame | None:
        if kind == SECTION:
            self._interfaces.clear()
        elif kind == INTERFACE:
            if len(block) >= 20 and len(self._interfaces) < _INTERFACES:
                self._interfaces.append(_interface(block, self._order))
        elif kind == SECRETS:
            self.secrets = True
        elif kind == SIMPLE and len(block) >= 16:
            return self._simple(block)
        elif kind in (ENHANCED, PACKET) and len(block) >= 32:
            return self._frame(kind, block)
        elif kind in _FRAMES:
            self.problem(self._number, self._window.base, "block too short for a frame", len(block))
        return None

    def _simple(self, block: bytes) -> RawFrame | None:
        """A frame of the first interface, without a time (section 4.4): it gets that of the frame before."""
        if not self._interfaces:
            self._nowhere(0, len(block))
            return None
        first = self._interfaces[0]
        (length,) = self._word(block, 8)
        captured = min(length, len(block) - 16, first.snap_length or length)
        return self._given(self._time, first.link_type, block[12 : 12 + captured], length)

    def _frame(self, kind: int, block: bytes) -> RawFrame | None:
        _, _, index, upper, lower, captured, length = self._block(block)
        if kind == PACKET:  # 16 bits of interface, 16 of drops (section 4.6 of the first drafts)
            (index,) = Struct(self._order + "H").unpack_from(block, 8)
        if captured > len(block) - 32:
            self.problem(self._number, self._window.base, "captured length is beyond the block's", len(block))
            return None
        if index >= len(self._interfaces):
            self._nowhere(index, len(block))
            return None
        interface = self._interfaces[index]
        then = (upper << 32 | lower) * interface.multiplier // interface.divisor + interface.offset
        time = then if 0 <= then < _NEVER else self._time
        return self._given(time, interface.link_type, block[28 : 28 + captured], length)

    def _given(self, time: int, link: int, data: bytes, length: int) -> RawFrame:
        self._number += 1
        self._time = time
        self.snapped += length > len(data)
        return self._number, time, link, data, length

    def _nowhere(self, index: int, size: int) -> None:
        self.problem(self._number, self._window.base, f"frame of an interface that is not described ({index})", size)

    def _pass_over(self, kind: int, total: int) -> None:
        """Go behind a block that is not needed and too long to hold. Where the stream can seek, its end is looked at first."""
        window, offset = self._window, self._window.base
        end = window.peek(total - 4, 4)
        if end is not None and (len(end) < 4 or self._word(end)[0] != total):
            self._recover(kind, total)
            return
        self.secrets |= kind == SECRETS
        done = window.skip(total - 4)
        window.reach(16)
        if done < total - 4 or len(window.data) < 4:
            window.skip(4)
            self._cut(offset, window.base - offset)
        elif self._word(window.data)[0] != total:
            self._recover(kind, total, done)
        else:
            window.slide(4, 12)

    def _tail(self, size: int) -> None:
        if size:
            self._cut(self._window.base, size)
        self._window.slide(size, 0)

    def _cut(self, offset: int, size: int) -> None:
        self.truncated_tail = True
        if self._window.error is None:
            self.problem(self._number, offset, ENDS_WITHIN, size)

    def _recover(self, kind: int, total: int, passed: int = 0) -> None:
        """Slide to the next place from which sound blocks follow one another, and note what was passed over."""
        window = self._window
        offset = window.base - passed
        found = self._search()
        skipped = window.base - offset
        if not found and not total & 3 and 12 <= total <= LARGEST and skipped < total:
            self._cut(offset, skipped)
            return
        reason = f"corrupt block (type {kind:#x}, length {total})"
        self.problem(self._number, offset, reason if found else reason + ": nothing behind it could be read", skipped)

    def _search(self) -> bool:
        window, pattern, at = self._window, _PLAUSIBLE[self._order], 1
        while True:
            match = pattern.search(window.data, at)
            if match is not None and self._sound(match.start(), twice=True):
                window.slide(match.start(), 12)
                return True
            at = match.start() + 1 if match is not None else max(at, len(window.data) - 11)
            if match is None and not window.reach(len(window.data) + 1):
                window.slide(len(window.data), 0)
                return False
            if at > ORDINARY:
                window.slide(at, 0)
                at = 0

    def _sound(self, at: int, twice: bool = False) -> bool:
        """True where a block that may be right begins at ``at`` (or the stream ends there), and, if ``twice``, another
        behind it. The head of a section is believed by itself."""
        window = self._window
        for step in range(2 if twice else 1):
            if not window.reach(at + 12):
                return step > 0 or len(window.data) == at
            kind, total = self._pair(window.data, at)
            word = self._word
            section = window.data[at + 8 : at + 12] if kind == SECTION else b""
            if section in _BYTE_ORDER:
                word = Struct(_BYTE_ORDER[section] + "I").unpack_from
                (total,) = word(window.data, at + 4)
            if total & 3 or not 12 <= total <= 2 * ORDINARY or not window.reach(at + total):
                return False
            if word(window.data, at + total - 4)[0] != total:
                return False
            if section in _BYTE_ORDER:
                return True
            at += total
        return True


def _interface(block: bytes, order: str) -> Interface:
    """An interface description (section 4.2); the resolution of its clock is 10 or 2 to a negative power of seconds."""
    link_type, snap_length = Struct(order + "H2xI").unpack_from(block, 8)
    divisor, offset = 1_000_000, 0
    option = Struct(order + "HH").unpack_from
    at, end = 16, len(block) - 4
    while at + 4 <= end:
        code, size = option(block, at)
        at += 4
        if not code or at + size > end:
            break
        if code == _RESOLUTION and size:
            divisor = 1 << (block[at] & 0x7F) if block[at] & 0x80 else 10 ** block[at]
        elif code == _OFFSET and size >= 8:
            (offset,) = Struct(order + "q").unpack_from(block, at)
        at += size + 3 & ~3
    multiplier, divisor = (1, divisor // 1_000_000) if divisor % 1_000_000 == 0 else (1_000_000, divisor)
    return Interface(link_type, multiplier, divisor, offset * 1_000_000, snap_length)


def _plausible(order: str) -> re.Pattern[bytes]:
    """Finds, overlapping, where a block of a common type and length, or a section, may begin."""
    quarter = b"[" + b"".join(re.escape(bytes([low])) for low in range(0, 256, 4)) + b"]"
    if order == "<":
        common = b"[\\x01-\\x06\\x0a]\\x00\\x00\\x00" + quarter + b".[\\x00-\\x08]\\x00"
    else:
        common = b"\\x00\\x00\\x00[\\x01-\\x06\\x0a]\\x00[\\x00-\\x08]." + quarter
    section = b"\\x0a\\x0d\\x0d\\x0a....(?:\\x1a\\x2b\\x3c\\x4d|\\x4d\\x3c\\x2b\\x1a)"
    return re.compile(b"(?s)(?=" + common + b"|" + section + b")")


_PLAUSIBLE = {order: _plausible(order) for order in "<>"}
