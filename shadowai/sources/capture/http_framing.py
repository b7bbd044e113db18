"""Where the body of a request ends, and so where the next request may begin (RFC 9112, section 6).

What is sent within a body is no request, whatever it looks like: somebody who uploads a capture or a log of requests has
not sent them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from shadowai.wire.http import Request

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,256})?\r?\n")
_BEGUN_SIZE = re.compile(rb"[0-9A-Fa-f]{0,8}[ \t]*(?:;[^\r\n]{0,256})?\r?")
_DIGITS = re.compile(rb"[0-9]{1,10}")
_MOST_CHUNKS = 1024
_TRAILER = 4096
"""Bytes of the longest trailer that is waited for."""
_MOST = 1 << 31  # half of the sequence numbers: beyond it before and after cannot be told apart


def body_length(request: Request, data: bytes, at: int) -> int | None:
    """Length in bytes of the body that begins at ``data[at]``; ``None`` where it cannot be told."""
    if not request.complete or request.upgrade is not None:
        return None
    if request.method == b"CONNECT":
        return 0
    if _is_chunked(request):
        found = chunks(data, at)
        return found.place - at if found is not None and found.over else None
    lengths = {value for name, value in request.headers if name == b"content-length"}
    if not lengths:
        return 0
    value = lengths.pop()
    if lengths or _DIGITS.fullmatch(value) is None or int(value) >= _MOST:
        return None
    return int(value)


class Chunks(NamedTuple):
    """How far the chunks of a body are known: ``place`` is where it ends if it is ``over``, else where the next chunk begins, which may
    be behind all that is there. If it is not, only a part of what begins there is."""

    place: int
    over: bool


def open_chunks(request: Request, data: bytes, at: int) -> Chunks | None:
    """The chunks of the body that begins at ``data[at]`` and goes on behind ``data``; ``None`` where it has none."""
    framed = request.complete and request.upgrade is None and request.method != b"CONNECT" and _is_chunked(request)
    return chunks(data, at) if framed else None


def chunks(data: bytes, place: int) -> Chunks | None:
    """The chunks from ``place`` on (section 7.1), trailers included; ``None`` where something else stands where one is due."""
    for _ in range(_MOST_CHUNKS):
        head = _SIZE.match(data, place)
        if head is None:
            begun = place >= len(data) or _BEGUN_SIZE.fullmatch(data, place) is not None
            return Chunks(place, False) if begun else None
        size = int(head[1], 16)
        if not size:
            end = data.find(b"\r\n\r\n", head.end() - 2)
            if end >= 0:
                return Chunks(end + 4, True)
            return Chunks(place, False) if len(data) - place <= _TRAILER else None
        place = head.end() + size + 2
    return None


def _is_chunked(request: Request) -> bool:
    return any(name == b"transfer-encoding" for name, _ in request.headers)
