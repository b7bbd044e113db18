"""Windows events as XML over many lines (python-evtx, editors, ``wevtutil`` through a formatter), as one event a line.

Every line of an event goes into the first; the others stay as empty lines, so that line numbers hold. Structure is not looked at: what
begins with ``<Event`` ends with ``</Event>`` (https://learn.microsoft.com/en-us/windows/win32/wes/eventschema-schema).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

_BEGINS = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s{0,64}(?:<\?xml[^<>]{0,200}>\s{0,64})?(?:<Events\b[^<>]{0,200}>\s{0,64})?<Event[\s>]"
)
_AROUND = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]*>\s*)?(?:</?Events\b[^<>]*>\s*)?\Z")
_OPENS = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]*>\s*)?(?:<Events\b[^<>]*>\s*)?<Event[\s>]")
_CLOSES: Final = b"</Event>"
_LONGEST: Final = 1 << 20
"""Bytes that one line, and one event, may have."""


def is_laid_out(head: bytes) -> bool:
    """Whether a text that begins with ``head`` is of events of which the first is not on one line."""
    begin = _BEGINS.match(head)
    if begin is None:
        return False
    broken = head.find(b"\n", begin.end())
    closed = head.find(_CLOSES, begin.end())
    return broken >= 0 and (closed < 0 or broken < closed)


def lines(stream: BinaryIO) -> Iterator[bytes]:
    """The events, one a line; what is no event, or has no end, as it stands."""
    held: list[bytes] = []
    size = 0
    for line in iter(lambda: stream.readline(_LONGEST), b""):
        if not held and not _OPENS.match(line):
            yield b"\n" if _AROUND.match(line) else line
            continue
        held.append(line)
        size += len(line)
        if _CLOSES in line:
            yield b" ".join(one.strip() for one in held) + b"\n" * len(held)
        if _CLOSES in line or size > _LONGEST:
            yield from held if _CLOSES not in line else ()
            held, size = [], 0
    yield from held
