"""What a text is encoded in, and a text of any of these as UTF-8."""

from __future__ import annotations

import codecs
import io


def encoding_of(head: bytes) -> str | None:
    """``utf-8``, ``utf-16-le`` or ``utf-16-be`` by BOM or by where the zero bytes are; ``None`` for binary data.

    Single-byte text is ``utf-8`` too: lines that are not are read as Latin-1 later, each for itself.
    """
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    sample = head[:2048]
    zeros = sample.count(0)
    if zeros > len(sample) // 4 and len(sample) > 8:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > 4 * even and even < len(sample) // 16:
            return "utf-16-le"
        if even > 4 * odd and odd < len(sample) // 16:
            return "utf-16-be"
    control = sum(sample.count(code) for code in (*range(1, 7), *range(14, 27), 28, 29, 30, 31))
    return "utf-8" if control <= len(sample) // 20 else None


class Recoded(io.RawIOBase):
    """A UTF-16 stream as UTF-8 bytes; broken pairs become U+FFFD."""

    def __init__(self, inner: io.BufferedReader, codec: str) -> None:
        super().__init__()
        self._inner = inner
        self._decoder = codecs.getincrementaldecoder(codec)("replace")
        self._ready = b""
        self._first = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            raw = self._inner.read1(1 << 16)
            text = self._decoder.decode(raw, final=not raw)
            if self._first and text:
                text, self._first = text.removeprefix("\ufeff"), False
            self._ready = text.encode("utf-8", "replace")
            if not raw:
                break
        taken = self._ready[: len(buffer)]
        self._ready = self._ready[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)
