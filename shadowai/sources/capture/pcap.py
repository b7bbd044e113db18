"""The classic capture format: a file header, then one record a frame (draft-ietf-opsawg-pcap, libpcap's sf-pcap.c).

Nothing in it says where a record begins but the lengths of those before. A record whose header cannot be right is taken
all the same where three good ones follow it; else the next place is looked for from which three follow one another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from struct import Struct
from typing import NamedTuple

from shadowai.sources.capture.window import ENDS_WITHIN, LARGEST, ORDINARY, Progress, RawFrame, Window

HEADER_SIZE = 24
_DAY = 86400
_WIRE_LIMIT = 1 << 24
"""Bytes of the longest frame on the wire that a search believes in."""
_CHAIN = 3
_CHAIN_ELSEWHEN = 6
"""Records that must follow one another where their time is more than a day off the last one's."""

_CUT_CHAIN = 8
_CUT_SEARCH = 1 << 19
"""Records that must follow a cut of the file, and bytes within which the first is looked for."""


class Variant(NamedTuple):
    """``nano`` where the fraction of a second is in nanoseconds; ``record`` and ``extra`` are the bytes of a record's
    header and of what stands between the file's header and the first record."""

    name: str
    nano: bool = False
    record: int = 16
    extra: int = 0


VARIANTS: dict[int, Variant] = {
    0xA1B2C3D4: Variant("pcap"),
    0xA1B23C4D: Variant("pcap (nanoseconds)", nano=True),
    0xA1B2CD34: Variant("pcap (modified)", record=24),
    0xA1E2CB12: Variant("pcap (netsniff-ng)", nano=True, record=24),
    0xA12B3C4D: Variant("pcap (Navtel)", nano=True),
    0x1C0001AC: Variant("pcap (IXIA)", nano=True, extra=4),
    0x1C0001AB: Variant("pcap (IXIA)", nano=True, extra=4),
}
"""By magic number: libpcap's sf-pcap.c, Wireshark's wiretap/libpcap.h, netsniff-ng's pcap_io.h."""


class FileHeader(NamedTuple):
    """What the file's header says. ``order`` is ``<`` or ``>``; ``start`` the offset of the first record."""

    order: str
    variant: Variant
    snap_length: int
    link_type: int

    @property
    def start(self) -> int:
        return HEADER_SIZE + self.variant.extra


def parse_header(head: bytes) -> FileHeader | None:
    """The file header in the first 24 bytes; ``None`` where they are none. The upper 16 bits of the last field, which hold
    the length of the frame check sequence, are left out."""
    if len(head) < HEADER_SIZE:
        return None
    for order in "<>":
        magic, _, _, _, _, snap_length, network = Struct(order + "IHHIIII").unpack_from(head)
        if magic in VARIANTS:
            return FileHeader(order, VARIANTS[magic], snap_length, network & 0xFFFF)
    return None


class Layout(NamedTuple):
    """A record's header has ``size`` bytes and begins with what ``unpack`` gives: second, fraction (below ``unit``), captured
    length, length on the wire."""

    link_type: int
    size: int
    unit: int
    nano: bool
    unpack: Callable[[bytes, int], tuple[int, ...]]


class Stretch(NamedTuple):
    """What of a window can be walked over in place: ``data[position:]``, which begins with the record behind frame ``number``.

    Records that begin at ``final`` or before have their header in it. One is sure that ends within ``data``, was captured
    within the seconds from ``low`` to ``high``, has from 1 to ``biggest`` bytes, and no more than were on the wire; of any
    other :meth:`PcapReader.step` decides.
    """

    data: bytes
    position: int
    final: int
    number: int
    low: int
    high: int
    biggest: int


class PcapReader(Progress):
    """The records of a stream whose header was read; ``window`` begins at a record.

    Reads the records that begin before ``stop``, an offset in the file; :attr:`ended_at` is then the offset of the first
    byte that was not taken. Frames are numbered from ``first_number``.
    """

    def __init__(self, window: Window, header: FileHeader, *, stop: int | None = None, first_number: int = 1) -> None:
        super().__init__()
        self._window = window
        self._header = header
        self._size = header.variant.record
        self._unit = 1_000_000_000 if header.variant.nano else 1_000_000
        self._unpack = Struct(header.order + "IIII").unpack_from
        self.over = False
        """Nothing more will come."""
        self._limit = min(max(header.snap_length, ORDINARY), LARGEST)
        self._pattern = _plausible(header.order, header.variant.nano)
        self._stop = stop
        self._position = 0
        self._number = first_number - 1
        self._first = self._number
        self._around: int | None = None
        """The time, in seconds, about which those of all frames are: moved only where they leave its day, never with the window."""
        self._biggest = 0

    def frames(self) -> Iterator[RawFrame]:
        """Every frame that can be read. Raises what the stream raised, at the end."""
        size, unpack, unit = self._size, self._unpack, self._unit
        link, nano = self._header.link_type, self._header.variant.nano
        while not self.over:
            data, position, final, number, low, high, biggest = self.stretch()
            snapped, held = self.snapped, len(data)
            try:
                while position <= final:
                    second, fraction, captured, length = unpack(data, position)
                    begin = position + size
                    end = begin + captured
                    if (
                        end > held
                        or not 0 < captured <= biggest
                        or length < captured
                        or fraction >= unit
                        or not low <= second <= high
                    ):
                        break
                    if length != captured:
                        snapped += 1
                    number += 1
                    position = end
                    yield (
                        number,
                        second * 1_000_000 + (fraction // 1000 if nano else fraction),
                        link,
                        data[begin:end],
                        length,
                    )
            finally:
                self.passed(position, number, snapped)
            frame = self.step()
            if frame is not None:
                yield frame

    @property
    def layout(self) -> Layout:
        """What all records have in common."""
        variant = self._header.variant
        return Layout(self._header.link_type, self._size, self._unit, variant.nano, self._unpack)

    def stretch(self) -> Stretch:
        """What of the window can be walked over in place."""
        window = self._window
        held = len(window.data)
        final = held - self._size if self._stop is None else min(held - self._size, self._stop - 1 - window.base)
        low, high = (1, 0) if self._around is None else (self._around - _DAY, self._around + _DAY)
        return Stretch(window.data, self._position, final, self._number, low, high, self._biggest)

    def passed(self, position: int, number: int, snapped: int) -> None:
        """Frames up to ``number`` were taken, the next is at ``position`` in the window; ``snapped`` of all were in part."""
        self._position, self._number, self.snapped = position, number, snapped
        self.frames_seen = number - self._first
        self.bytes_done = self.ended_at = self._window.base + position

    def step(self) -> RawFrame | None:
        """Decide on the record that is next, whatever is odd about it, and go behind it. ``None`` where it gives no frame.

        After the last one :attr:`over` is true, and what the stream raised is raised.
        """
        window = self._window
        if self._stop is not None and window.base + self._position >= self._stop:
            self._end()
            return None
        if self._refilled():
            return None
        kept = self._settle(self._position)
        self._position = 0
        if kept is None:
            if len(window.data) < self._size:
                self._end()
            return None
        data, position, snapped = window.data, self._size + kept, self.snapped
        second, fraction, captured, length = self._unpack(data)
        if kept < captured:
            length -= min(length, captured) - kept
        elif length > captured:
            snapped += 1
        self.passed(position, self._number + 1, snapped)
        time = second * 1_000_000 + (fraction // 1000 if self._header.variant.nano else fraction)
        return self._number, time, self._header.link_type, data[self._size : position], length

    def _refilled(self) -> bool:
        """True where the record that is next was sure but for its end: the window now begins with it, and holds it."""
        data = self._window.slide(self._position, self._size)
        self._position = 0
        if self._around is None or len(data) < self._size:
            return False
        second, fraction, captured, length = self._unpack(data)
        if (
            not 0 < captured <= min(self._biggest, length)
            or fraction >= self._unit
            or abs(second - self._around) > _DAY
        ):
            return False
        return self._window.reach(self._size + captured)

    def _end(self) -> None:
        self.over = True
        self.bytes_done = self.ended_at = self._window.base + self._position
        if self._window.error is not None:
            raise self._window.error

    def _settle(self, position: int) -> int | None:
        """Decide on the record at ``position``, which the window then begins with: how many bytes of its frame to take.

        ``None`` where there is no record: the window then begins at the next good one, or is empty at the end.
        """
        window, size = self._window, self._size
        data = window.slide(position, size)
        if len(data) < size:
            self._tail()
            return None
        captured: int
        second, fraction, captured, length = self._unpack(data)
        near = self._around is None or abs(second - self._around) <= _DAY
        wrong = not near or not 0 < captured <= min(length, self._limit) or fraction >= self._unit
        end = size + captured
        if wrong:
            good = captured <= LARGEST and self._followed(end, second, _CHAIN)
        else:
            good = window.reach(end) and (captured <= self._biggest or self._followed(end, second, 1))
            if not good and (within := self._find(size + 1, min(end, len(window.data)))) is not None:
                reason = f"corrupt record (captured length {captured}): the next begins within it"
                self.problem(self._number, window.base, reason, 0)
                self._around = second if self._around is None else self._around
                return within - size
            good = len(window.data) >= end
        if good:
            if self._around is None or not near:
                self._around = second
            self._biggest = max(self._biggest, min(captured, self._limit))
            return captured
        self._recover(wrong)
        return None

    def _tail(self) -> None:
        window = self._window
        if window.data:
            self.truncated_tail = True
            if window.error is None:
                self.problem(self._number, window.base, ENDS_WITHIN, len(window.data))
            window.slide(len(window.data), 0)

    def _followed(self, at: int, second: int, wanted: int) -> bool:
        """True where ``wanted`` records that may be right follow one another from ``at``, or all up to the stream's end.

        They may have the oddities of their writer. Where one is not near in time to one before it, more are wanted.
        """
        window, size = self._window, self._size
        times = {second} if self._around is None else {second, self._around}
        step = 0
        while step < wanted:
            if not window.reach(at + size, patient=wanted > 1):  # nobody waits for the next frame to be given this one
                return len(window.data) == at or (len(window.data) > at and step > 0)
            then, _, captured, length = self._unpack(window.data, at)
            if captured > self._limit or length > max(_WIRE_LIMIT, self._limit) or not (then or captured or length):
                return False
            if all(abs(then - time) > _DAY for time in times):
                wanted = _CHAIN_ELSEWHEN
            times.add(then)
            at += size + captured
            step += 1
        return True

    def _recover(self, wrong: bool) -> None:
        """Pass over bytes up to the next good record, and note it."""
        window, offset, number = self._window, self._window.base, self._number
        head = window.data[: self._size]
        skipped, found = self._search()
        reason = f"corrupt record (captured length {self._unpack(head)[2]})"
        if not found and not wrong:
            self.truncated_tail = True
            reason = ENDS_WITHIN
        elif not found:
            reason += ": nothing behind it could be read"
        if found or wrong or window.error is None:
            self.problem(number, offset, reason, skipped)

    def _search(self) -> tuple[int, bool]:
        """Slide to the next byte from which good records follow one another; the bytes passed, and whether there is one."""
        window = self._window
        begun, at = window.base, 1
        while True:
            more = window.reach(ORDINARY + self._size)
            until = len(window.data) - self._size + 1
            stop = until if self._stop is None else self._stop - window.base
            here = self._find(at, min(until, stop))
            if here is None and stop < until:
                here = max(stop, 0)
            if here is not None:
                window.slide(here, self._size)
                return window.base - begun, True
            if not more:
                window.slide(len(window.data), 0)
                return window.base - begun, False
            window.slide(until, 0)
            at = 0

    def _find(self, at: int, until: int, least: int = _CHAIN) -> int | None:
        """The first place in the window, from ``at`` and before ``until``, from which good records follow one another."""
        while at < until:
            match = self._pattern.search(self._window.data, at, until + self._size)
            if match is None or match.start() >= until:
                return None
            if self._chains(match.start(), least):
                return match.start()
            at = match.start() + 1
        return None

    def record_within(self, limit: int, wanted: int) -> int | None:
        """Offset of the first place in the next ``limit`` bytes from which ``wanted`` good records follow one another."""
        self._window.reach(limit)
        here = self._find(0, len(self._window.data) - self._size + 1, wanted)
        return None if here is None else self._window.base + here

    def _chains(self, at: int, least: int) -> bool:
        """True where ``least`` strictly right records follow one another from ``at``, or three up to the stream's end."""
        window, size, unit, unpack = self._window, self._size, self._unit, self._unpack
        data, wanted, last, step = window.data, least, self._around, 0
        while step < wanted:
            if at + size > len(data):
                more = window.reach(at + size)
                data = window.data
                if not more:
                    return least == _CHAIN and ((len(data) == at and step > 0) or step > 1)
            second, fraction, captured, length = unpack(data, at)
            if not 0 < captured <= ORDINARY or not captured <= length <= _WIRE_LIMIT or fraction >= unit:
                return False
            if last is None or not -_DAY <= second - last <= _DAY:
                if step:
                    return False
                wanted = least if last is None else max(least, _CHAIN_ELSEWHEN)
            last = second
            at += size + captured
            step += 1
        return True


def split_points(path: str, size: int, parts: int) -> list[int] | None:
    """Offsets that cut the capture at ``path``, of ``size`` bytes, into about equal ``parts`` where records begin.

    There may be fewer than ``parts - 1``. A cut is where many good records follow one another; it was right if the reader of
    the part before ends there (``ended_at``). ``None`` where the file is no pcap, or is compressed. Raises ``OSError``.
    """
    with Path(path).open("rb") as file:
        header = parse_header(file.read(HEADER_SIZE))
        if header is None:
            return None
        cuts: list[int] = []
        for part in range(1, parts):
            target = max(size * part // parts, header.start + 1)
            file.seek(target)
            reader = PcapReader(Window(file, base=target), header)
            cut = reader.record_within(_CUT_SEARCH, _CUT_CHAIN)
            if cut is not None and cut < size and (not cuts or cut > cuts[-1]):
                cuts.append(cut)
        return cuts


def _plausible(order: str, nano: bool) -> re.Pattern[bytes]:
    """Finds, overlapping, where a record header may begin: the upper bytes of the fraction and of the lengths are small, and
    the captured length is not zero."""
    top = b"[\\x00-\\x3b]" if nano else b"\\x00"
    next_top = b"." if nano else b"[\\x00-\\x0f]"
    if order == "<":
        fields = (b"..", next_top, top, b"(?!\\x00\\x00\\x00)..[\\x00-\\x04]\\x00...\\x00")
    else:
        fields = (top, next_top, b"..", b"\\x00(?!\\x00\\x00\\x00)[\\x00-\\x04]..\\x00...")
    return re.compile(b"(?s)....(?=" + b"".join(fields) + b")")
