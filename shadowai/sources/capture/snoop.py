"""The capture format of Solaris (RFC 1761): a file header, then packet records that tell their own length with padding."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

from shadowai.sources.capture.window import ENDS_WITHIN, LARGEST, Progress, RawFrame, Window

HEADER_SIZE = 16
_MAGIC = b"snoop\0\0\0"
_RECORD = Struct(">IIIIII")
LINK_TYPES = {0: 1, 2: 6, 4: 1, 8: 10}
"""Data link types of RFC 1761 (802.3, token ring, Ethernet, FDDI) as link types of pcap; others are none of ours."""
_UNKNOWN = 0xFFFF


def begins(head: bytes) -> bool:
    """True where ``head`` is the beginning of a snoop file of version 2."""
    return head[:12] == _MAGIC + b"\0\0\0\2" and len(head) >= HEADER_SIZE


class SnoopReader(Progress):
    """The frames of a stream; ``window`` begins at the file's header. Nothing is looked for behind a corrupt record: the format
    is no longer written, and its records are not searched for."""

    def __init__(self, window: Window, *, first_number: int = 1) -> None:
        super().__init__()
        self._window = window
        self._first = self._number = first_number - 1

    def frames(self) -> Iterator[RawFrame]:
        """Every frame up to the end, or to a record that cannot be right. Raises what the stream raised, at the end."""
        window = self._window
        link = LINK_TYPES.get(int.from_bytes(window.slide(0, HEADER_SIZE)[12:16], "big"), _UNKNOWN)
        window.slide(HEADER_SIZE, 0)
        while window.reach(_RECORD.size):
            length, captured, total, _, second, micro = _RECORD.unpack_from(window.data)
            if not _RECORD.size + captured <= total <= LARGEST:
                self._stop(f"corrupt record (length {total}, captured {captured}): nothing behind it is read")
                break
            if not window.reach(total):
                break
            data = window.data[_RECORD.size : _RECORD.size + captured]
            window.slide(total, 0)
            self._number += 1
            self.frames_seen = self._number - self._first
            self.snapped += length > captured
            self.bytes_done = self.ended_at = window.base
            yield self._number, second * 1_000_000 + micro, link, data, length
        if window.data:
            self.truncated_tail = True
            if window.error is None:
                self._stop(ENDS_WITHIN)
        self.bytes_done = self.ended_at = window.base
        if window.error is not None:
            raise window.error

    def _stop(self, reason: str) -> None:
        window = self._window
        offset, skipped = window.base, 0
        while window.reach(1):
            skipped += window.skip(len(window.data))
        self.problem(self._number, offset, reason, skipped)
