"""Where the body of a request ends, and so where the next request may begin (RFC 9112, section 6).

What is sent within a body is no request, whatever it looks like: somebody who uploads a capture or a log of requests has
not sent them.
"""

from __future__ import annotations

import re

from shadowai.wire.http import Request

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,256})?\r?\n")
_DIGITS = re.compile(rb"[0-9]{1,10}")
_MOST_CHUNKS = 1024
_MOST = 1 << 31  # half of the sequence numbers: beyond it before and after cannot be told apart


def body_length(request: Request, data: bytes, at: int) -> int | None:
    """Length in bytes of the body that begins at ``data[at]``; ``None`` where it cannot be told."""
    if not request.complete or request.upgrade is not None:
        return None
    if request.method == b"CONNECT":
        return 0
    codings = [value for name, value in request.headers if name == b"transfer-encoding"]
    if codings:
        return _chunks(data, at)
    lengths = {value for name, value in request.headers if name == b"content-length"}
    if not lengths:
        return 0
    value = lengths.pop()
    if lengths or _DIGITS.fullmatch(value) is None or int(value) >= _MOST:
        return None
    return int(value)


def _chunks(data: bytes, at: int) -> int | None:
    """Length of a chunked body that is wholly there (section 7.1), trailers included."""
    place = at
    for _ in range(_MOST_CHUNKS):
        head = _SIZE.match(data, place)
        if head is None:
            return None
        size = int(head[1], 16)
        if not size:
            end = data.find(b"\r\n\r\n", head.end() - 2)
            return end + 4 - at if end >= 0 else None
        place = head.end() + size + 2
        if place > len(data):
            return None
    return None
