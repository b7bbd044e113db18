"""Syslog messages out of a stream of bytes: RFC 6587, both ways of framing, and RFC 5425 (TLS), which is the first of them.

Octet counting (section 3.4.1) says how long a message is: ``MSG-LEN SP SYSLOG-MSG``. Non-transparent framing (3.4.2) ends it with LF,
or NUL as some senders do. Which it is, is told anew for every message: one that begins with a number, a blank and ``<`` is counted, for
a message itself begins with ``<``; whatever else there is ends with its line. So a sender of bare lines is understood, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 256 << 10
"""Bytes of the longest message that is taken; RFC 5425 asks for 8192 at most."""
BELIEVED: Final = 16 << 20
"""Bytes up to which a length is one; what is beyond is no message's, and its line is garbage."""
_COUNTED = re.compile(rb"([1-9][0-9]{0,9}) <")
_MAY_BE_COUNTED = re.compile(rb"[1-9][0-9]{0,9} ?")
_ENDS = re.compile(rb"[\n\0]")


class Framer:
    """One connection's bytes to messages. Holds less than :data:`LONGEST` of them; ``overlong`` counts messages that were left out."""

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._held = bytearray()
        self._skip = 0  # bytes of a counted message that is left out
        self._dropping = False  # within a line that is left out
        self._searched = 0  # bytes held in which no line ends
        self.overlong = 0

    @property
    def held(self) -> int:
        """Bytes of a message that has begun."""
        return len(self._held)

    @property
    def begun(self) -> bool:
        """Whether a message has begun and not ended."""
        return bool(self._held) or self._skip > 0 or self._dropping

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The messages that ``data`` completes."""
        self._held += data
        at = 0
        try:
            while at < len(self._held):
                found = self._message(at)
                if found is None:
                    break
                message, at = found
                if message:
                    yield message
        finally:
            del self._held[:at]
            self._searched = max(self._searched - at, 0)

    def end(self) -> bytes:
        """The connection was closed: a last line without an end, ``b""`` for none. A counted message that is cut off is left out."""
        rest, self._held, self._searched = bytes(self._held), bytearray(), 0
        if self._dropping or self._skip:
            return b""
        if _COUNTED.match(rest):
            self.overlong += 1
            return b""
        return rest.rstrip(b"\r")

    def _message(self, at: int) -> tuple[bytes, int] | None:
        """The next message and where it ends; empty for what is left out, ``None`` where more has to come."""
        held = self._held
        if self._skip:
            gone = min(self._skip, len(held) - at)
            self._skip -= gone
            return b"", at + gone
        counted = None if self._dropping else _COUNTED.match(held, at)
        if counted is not None and int(counted[1]) <= BELIEVED:
            return self._counted(int(counted[1]), counted.end(1) + 1)
        if not self._dropping and _MAY_BE_COUNTED.fullmatch(held, at):
            return None
        return self._line(at)

    def _counted(self, length: int, begin: int) -> tuple[bytes, int] | None:
        if length > self._longest:
            self.overlong += 1
            self._skip = length
            return b"", begin
        end = begin + length
        return (bytes(self._held[begin:end]).rstrip(b"\r\n\0"), end) if end <= len(self._held) else None

    def _line(self, at: int) -> tuple[bytes, int] | None:
        end = _ENDS.search(self._held, max(at, self._searched))
        if end is not None:
            dropped, self._dropping = self._dropping, False
            too_long = not dropped and end.start() - at > self._longest
            self.overlong += too_long
            line = b"" if dropped or too_long else bytes(self._held[at : end.start()]).rstrip(b"\r")
            return line, end.end()
        self._searched = len(self._held)
        if len(self._held) - at <= self._longest and not self._dropping:
            return None
        self.overlong += not self._dropping
        self._dropping = True
        return b"", len(self._held)
