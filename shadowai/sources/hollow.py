"""Files that have bytes and say nothing: NULs alone, or a list that is only begun."""

from __future__ import annotations

import io
import re
from typing import BinaryIO, Final

from shadowai.errors import SourceError
from shadowai.model import Origin

_AROUND: Final = b"\0 \t\r\n"
_EMPTY: Final = re.compile(rb"(?:\[[\0 \t\r\n]*+\][\0 \t\r\n]*+)+")
_TAIL: Final = 4096
_PIECE: Final = 1 << 18
_MOST: Final = 16 << 20
"""Bytes of the longest line that is read."""
_REASONS: Final = {
    b"": ("nothing but NUL bytes: what was to be in it was not written", "a crash leaves such files, or a full disk; look for a copy"),
    b"[": ("a JSON list that ends where it begins: nothing of it can be read", "get a whole copy"),
}  # fmt: skip


def may_be_hollow(head: bytes) -> bool:
    """Whether a text that begins with ``head`` may have nothing in it. What a writer appends whose file was cut off under it stands behind
    NULs, so that only its end tells."""
    within = _told(head)
    return within == b"[" or (not within and b"\0" in head)


def _told(text: bytes) -> bytes:
    """The first characters of ``text`` that say something: neither white space does, nor NULs, nor an empty list before others."""
    within = text.strip(_AROUND)
    empty = _EMPTY.match(within)
    return (within[empty.end() :] or b"[]")[:2] if empty is not None else within[:2]


def ends_in_text(stream: BinaryIO) -> bool:
    """Whether the end of a stream, which can be read from any byte on, shows that it is not hollow; it stands where it stood afterwards."""
    at = stream.tell()
    stream.seek(max(stream.seek(0, io.SEEK_END) - _TAIL, 0))
    within = _told(stream.read(_TAIL))
    stream.seek(at)
    return within not in _REASONS


class Hollow(io.RawIOBase):
    """A text that :func:`may_be_hollow`, as it is; one that is raises :class:`SourceError` when it is read. What is looked at to tell is
    no more than the longest line: more of it without a line break is said to be too long by those who read lines."""

    def __init__(self, inner: BinaryIO, path: str) -> None:
        super().__init__()
        self._some = getattr(inner, "read1", inner.read)
        self._path = path
        self._ahead: bytes | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._ahead is None:
            self._ahead = self._look()
        data = self._ahead[: len(buffer)] or self._some(len(buffer))
        self._ahead = self._ahead[len(data) :]
        buffer[: len(data)] = data
        return len(data)

    def _look(self) -> bytes:
        """The text's beginning, up to where it is seen that there is something in it."""
        parts, have, within = [], 0, b""
        while within in _REASONS and have <= _MOST:
            piece = self._some(_PIECE)
            if not piece:
                reason, remedy = _REASONS[within]
                raise SourceError(reason, origin=Origin(self._path), remedy=remedy)
            within = _told(within + piece)
            parts.append(piece)
            have += len(piece)
        return b"".join(parts)
