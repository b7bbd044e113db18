"""Which container a capture has, and its frames.

A capture is told by its first bytes, never by its name. Reading takes a window of the stream at a time: memory does not
grow with the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from shadowai.sources.capture import pcapng, snoop
from shadowai.sources.capture.pcap import VARIANTS, FileHeader, PcapReader, parse_header, split_points
from shadowai.sources.capture.pcapng import PcapngReader
from shadowai.sources.capture.snoop import SnoopReader
from shadowai.sources.capture.window import CHUNK, Problem, RawFrame, Readable, Window

__all__ = [
    "HEAD", "Container", "FileHeader", "Problem", "RawFrame", "is_capture", "is_cut", "parse_header", "split_points",
]  # fmt: skip

_ORDERS: Final = ("little", "big")
HEAD = 24
"""Bytes that :func:`is_capture` wants to see."""
_TOLD_BY = {pcapng.MAGIC: 12} | {number.to_bytes(4, order): HEAD for number in VARIANTS for order in _ORDERS}
"""The first four bytes of captures, and how many bytes tell that it is one."""


def is_capture(head: bytes) -> bool:
    """True where ``head``, the first :data:`HEAD` bytes or more of a file, is the beginning of a capture that is read here."""
    return parse_header(head) is not None or pcapng.begins(head) or snoop.begins(head)


def is_cut(head: bytes) -> bool:
    """True where ``head``, the first :data:`HEAD` bytes of a file or all there are, ends within what tells a capture of packets. A line
    feed alone, with which one of them begins, is text."""
    return any(1 < len(head) < size and magic.startswith(head[:4]) for magic, size in _TOLD_BY.items())


class Container:
    """A stream of a capture file, from its first byte; iterate :meth:`frames` once, the other attributes tell of it.

    ``follow`` is asked at the end of the stream whether to wait for more and try again. With ``header`` (of
    :func:`parse_header`) the stream, which must be able to seek, is read from ``start`` only, where a record must begin, and
    up to the last record that begins before ``stop``; both are offsets in the file.
    """

    def __init__(
        self,
        stream: Readable,
        *,
        chunk: int = CHUNK,
        follow: Callable[[], bool] | None = None,
        header: FileHeader | None = None,
        start: int | None = None,
        stop: int | None = None,
        first_number: int = 1,
    ) -> None:
        self.header = header
        base = 0
        if header is not None:
            base = header.start if start is None else start
            stream.seek(base)  # type: ignore[attr-defined]
        window = Window(stream, chunk, follow, base)
        if header is None:
            head = window.slide(0, HEAD)
            self.header = parse_header(head)
        self._reader: PcapReader | PcapngReader | SnoopReader
        self.format = ""
        if self.header is not None:
            self.format = "pcap"
            if header is None:
                window.slide(self.header.start, 0) if window.reach(self.header.start) else window.slide(HEAD, 0)
            self._reader = PcapReader(window, self.header, stop=stop, first_number=first_number)
        elif snoop.begins(window.data):
            self.format = "snoop"
            self._reader = SnoopReader(window, first_number=first_number)
        else:
            self.format = "pcapng" if pcapng.begins(window.data) else ""
            self._reader = PcapngReader(window, first_number=first_number)

    def frames(self) -> Iterator[RawFrame]:
        """Every frame that can be read, as a plain tuple in the order of :class:`~shadowai.sources.capture.packet.Frame`.

        Raises what the stream raised (:class:`~shadowai.errors.SourceError` of a corrupt compressed file) after the last.
        """
        return self._reader.frames()

    @property
    def in_place(self) -> PcapReader | None:
        """The reader of what may be walked over in place: the classic format, Ethernet frames."""
        plain = self.header is not None and self.header.link_type == 1 and isinstance(self._reader, PcapReader)
        return self._reader if plain else None  # type: ignore[return-value]

    @property
    def problems(self) -> list[Problem]:
        """The first places that could not be read; :attr:`problem_count` is the number of all."""
        return self._reader.problems

    @property
    def problem_count(self) -> int:
        return self._reader.problem_count

    @property
    def bytes_skipped(self) -> int:
        """Bytes that were passed over because no record could be read in them."""
        return self._reader.bytes_skipped

    @property
    def frames_seen(self) -> int:
        """Frames given so far, counted at the end of every window."""
        return self._reader.frames_seen

    @property
    def bytes_done(self) -> int:
        """Bytes of the (decompressed) file that were read so far."""
        return self._reader.bytes_done

    @property
    def ended_at(self) -> int | None:
        """Offset of the first byte that was not taken. A cut of the file at an offset was right where the part before ends
        exactly there; otherwise the part behind it must be read from here."""
        return self._reader.ended_at

    @property
    def truncated_tail(self) -> bool:
        """True where the file ends within a record."""
        return self._reader.truncated_tail

    @property
    def snapped(self) -> int:
        """Frames of which the capture holds less than was on the wire."""
        return self._reader.snapped

    @property
    def secrets(self) -> bool:
        """True where the file brings keys for decryption (a Decryption Secrets Block)."""
        return self._reader.secrets
