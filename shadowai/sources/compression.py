"""Compressed streams, told by their first bytes: gzip, bz2, xz, zstd, LZ4; as many as follow one another are one.

Every error of the libraries leaves as ``OSError``, ``EOFError``, ``RuntimeError`` or the standard library's own.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable
from struct import Struct
from typing import BinaryIO, Protocol, cast

_PIECE = 1 << 12
_OUT = 1 << 17
"""Bytes that are decompressed at once: what an error in the compressed data can take with it."""
_LITTLE = 64
"""Bytes of zstd that are decompressed at once where much comes out of them."""
_TRAILER = 8
_LONGEST_HEADER = 1 << 20


def decompressor(head: bytes) -> Callable[[BinaryIO], BinaryIO] | None:
    """What opens a stream that begins with ``head``; ``None`` where it is not compressed."""
    if head[:2] == b"\x1f\x8b":
        return _gunzip
    if head[:3] == b"BZh":
        return lambda raw: cast(BinaryIO, _Streams(raw, bz2.BZ2Decompressor))
    if head[:6] == b"\xfd7zXZ\x00":
        return lambda raw: cast(BinaryIO, _Streams(raw, lzma.LZMADecompressor))
    first = _skipped(head)
    if head[first : first + 4] == b"\x04\x22\x4d\x18":
        return lambda raw: cast(BinaryIO, _Streams(raw, _Lz4Frame, piece=1 << 16))
    if first or head[:4] == b"\x28\xb5\x2f\xfd":
        return lambda raw: cast(BinaryIO, _Streams(raw, _ZstdFrame))
    return None


def _skipped(head: bytes) -> int:
    """Where the first frame of zstd or LZ4 with data begins: both may have skippable frames before it, which look alike (RFC 8878,
    section 3.1.2; the LZ4 frame format). Behind the end of ``head`` where that cannot be seen: then it is taken for zstd's, which has more
    uses for them."""
    place = 0
    while head[place + 1 : place + 4] == b"\x2a\x4d\x18" and head[place] >> 4 == 5:
        place += 8 + int.from_bytes(head[place + 4 : place + 8], "little")
    return place


def _gunzip(raw: BinaryIO) -> BinaryIO:
    """Gzip members (RFC 1952), by ISA-L where it is installed: it takes half the time of zlib."""
    try:
        import isal.igzip_lib  # noqa: F401
    except ImportError:
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    return cast(BinaryIO, _Streams(raw, _GzipMember, piece=1 << 14))


class _Decompressor(Protocol):
    """What the decompressors of the standard library have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _GzipMember:
    """One gzip member (RFC 1952, section 2.3): its header and trailer are read here, so that a wrong checksum is said after all
    of the text was given. The library's own error type becomes ``OSError``."""

    def __init__(self) -> None:
        from isal import igzip_lib

        self._body = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP_NO_HDR)
        self._wrong: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]  # declared as an instance
        self._head: bytes | None = b""
        self._tail = b""
        self._size = 0
        self.eof = False
        self.unused_data = b""

    @property
    def needs_input(self) -> bool:
        if self._head is not None:
            return True
        return len(self._tail) < _TRAILER if self._body.eof else self._body.needs_input

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        if self._head is not None:
            self._head += data
            end = _gzip_header(self._head)
            if end is None:
                return b""
            data, self._head = self._head[end:], None
        if self._body.eof:
            self._tail += data
            self._check()
            return b""
        try:
            text = self._body.decompress(data, max_length)
        except self._wrong as wrong:
            raise OSError(str(wrong)) from wrong
        self._size += len(text)
        if self._body.eof:
            self._tail = self._body.unused_data
        return text

    def _check(self) -> None:
        if len(self._tail) < _TRAILER:
            return
        checksum, size = Struct("<II").unpack_from(self._tail)
        if checksum != self._body.crc:
            raise OSError("CRC check failed")
        if size != self._size & 0xFFFFFFFF:
            raise OSError("incorrect length of data produced")
        self.eof, self.unused_data = True, self._tail[_TRAILER:]


def _gzip_header(data: bytes) -> int | None:
    """Where the header that ``data`` begins with ends; ``None`` where there is more of it to come. Raises ``OSError``."""
    if not b"\x1f\x8b\x08".startswith(data[:3]):
        raise OSError("not a gzip member")
    if len(data) < 10:
        return None
    flags, end = data[3], 10
    if flags & 4:  # extra field
        if len(data) < 12:
            return None
        end += 2 + int.from_bytes(data[10:12], "little")
    for text in (8, 16):  # name, comment
        if flags & text:
            end = data.find(0, end) + 1
            if not end:
                if len(data) > _LONGEST_HEADER:
                    raise OSError("gzip header without an end")
                return None
    end += 2 if flags & 2 else 0  # checksum of the header
    return end if end <= len(data) else None


class _Lz4Frame:
    """One LZ4 frame (the LZ4 frame format, version 1.6) as the standard library would give it; the library raises
    ``RuntimeError`` for every damage."""

    def __init__(self) -> None:
        import lz4.frame  # type: ignore[import-untyped]

        self._frame = lz4.frame.LZ4FrameDecompressor()

    @property
    def eof(self) -> bool:
        return bool(self._frame.eof)

    @property
    def needs_input(self) -> bool:
        return bool(self._frame.needs_input)

    @property
    def unused_data(self) -> bytes:
        return self._frame.unused_data or b""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return bytes(self._frame.decompress(data, max_length))


class _ZstdFrame:
    """One zstd frame (RFC 8878) as the standard library would give it; the library's own error type becomes ``OSError``.

    It knows no limit of what comes out, so little goes in at a time, and less where much comes out: four bytes may stand for 128 KiB
    (section 3.1.1.2).
    """

    def __init__(self) -> None:
        import zstandard

        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._wrong = zstandard.ZstdError
        self._left = b""
        self._some = _LITTLE
        self._ready = memoryview(b"")

    @property
    def eof(self) -> bool:
        return self._frame.eof and not self._ready

    @property
    def needs_input(self) -> bool:
        return not self._ready and not self._left

    @property
    def unused_data(self) -> bytes:
        return self._frame.unused_data + self._left

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        self._left += data
        if not self._ready:
            some, self._left = self._left[: self._some], self._left[self._some :]
            try:
                self._ready = memoryview(self._frame.decompress(some))
            except self._wrong as wrong:
                raise OSError(str(wrong)) from wrong
            much = len(self._ready) > _OUT
            self._some = max(self._some // 4, _LITTLE) if much else min(self._some * 2, _PIECE)
        cut = len(self._ready) if max_length < 0 else max_length
        found = bytes(self._ready[:cut])
        self._ready = self._ready[cut:]
        return found


class _Streams(io.RawIOBase):
    """Compressed streams one behind the other (members of gzip, bz2, xz, frames of zstd and LZ4), padded with zeros or not.

    Unlike the readers of the libraries it takes neither an end that is missing nor other data behind for the end.
    """

    def __init__(self, raw: BinaryIO, make: Callable[[], _Decompressor], piece: int = _PIECE) -> None:
        super().__init__()
        self._raw = raw
        self._piece = piece
        self._make = make
        self._inner = make()
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        """At least one byte, ``b""`` at the end. Raises ``EOFError`` where a stream is cut short."""
        while True:
            if self._inner.eof:
                self._left = self._inner.unused_data.lstrip(b"\0")
                while not self._left and (piece := self._raw.read(self._piece)):
                    self._left = piece.lstrip(b"\0")
                if not self._left:
                    return b""
                self._inner = self._make()
            elif self._inner.needs_input and not self._left:
                self._left = self._raw.read(self._piece)
                if not self._left:
                    raise EOFError("compressed data ends before its end mark")
            piece, self._left = self._left, b""
            data = self._inner.decompress(piece, _OUT if size < 0 else min(size, _OUT))
            if data:
                return data


def gzip_time(head: bytes) -> float | None:
    """The modification time in a gzip header (RFC 1952, section 2.3), epoch seconds; zero means none."""
    stamp = int.from_bytes(head[4:8], "little") if head[:2] == b"\x1f\x8b" else 0
    return float(stamp) or None
