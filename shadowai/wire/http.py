"""HTTP requests and responses in clear: HTTP/1 (RFC 9110, 9112) and HTTP/2 with prior knowledge (RFC 9113, section 3.3).

Only what names a service is kept, and nothing that authenticates: a header that carries a credential comes back with its
scheme or with nothing, cookies not at all. A ``target`` still has its query string, which may hold a key: for reading, not
for showing. What authenticates in front of a host (``user:password@``) is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from shadowai.wire import header_block

_METHODS = (
    # RFC 9110 and 5789, QUERY (draft-ietf-httpbis-safe-method-w-body)
    b"GET|POST|HEAD|PUT|DELETE|OPTIONS|TRACE|CONNECT|PATCH|QUERY"
    # WebDAV and its family: RFC 4918, 3253, 3648, 3744, 4791, 5323, 5842
    b"|PROPFIND|PROPPATCH|MKCOL|COPY|MOVE|LOCK|UNLOCK|VERSION-CONTROL|REPORT|CHECKOUT|CHECKIN|UNCHECKOUT|MKWORKSPACE"
    b"|UPDATE|LABEL|MERGE|BASELINE-CONTROL|MKACTIVITY|ORDERPATCH|ACL|MKCALENDAR|SEARCH|BIND|UNBIND|REBIND|LINK|UNLINK"
    # UPnP, Exchange, caches
    b"|M-SEARCH|NOTIFY|SUBSCRIBE|UNSUBSCRIBE|POLL|BPROPFIND|BPROPPATCH|BCOPY|BDELETE|BMOVE|RPC_IN_DATA|RPC_OUT_DATA|CCM_POST"
    b"|SSTP_DUPLEX_POST|PURGE"
)
_METHOD = re.compile(rb"[\r\n]{0,4}(" + _METHODS + rb")[ \t]+")
_LINE = re.compile(
    rb"[\r\n]{0,4}(" + _METHODS + rb")[ \t]+([^\x00-\x20\x7f](?:[^\x00-\x08\x0a-\x1f\x7f]*[^\x00-\x20\x7f])?)"
    rb"[ \t]+HTTP/[01]\.[0-9][ \t]*\r?\n"
)
_STATUS = re.compile(rb"HTTP/[01]\.[0-9] ([1-9][0-9][0-9])(?:[ \t][^\r\n]*)?\r?\n")
_BEGUN_STATUS = re.compile(rb"HTTP/[01]\.[0-9] [1-9][0-9][0-9](?:[ \t]|\r?$)")
_OTHER = re.compile(rb"[a-z]*(?:rtsp|rtspu|sips?):", re.IGNORECASE)  # they borrow OPTIONS and the form of the line
_END = re.compile(rb"\n\r?\n")
_ABSOLUTE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]{0,31}://([^/?#]*)")
_CONTROL = re.compile(rb"[\x00-\x20\x7f]")
_BINARY = re.compile(rb"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f]")
_SHAPES = tuple(method + b" " for method in (*_METHODS.split(b"|"), b"PRI"))
_LONGEST = max(map(len, _SHAPES))
_FIRST = frozenset(shape[:1] for shape in _SHAPES) | {b"\r", b"\n"}

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What a client sends first on an HTTP/2 connection (RFC 9113, section 3.4)."""

_MAX_LINES = 256
_MAX_LINE = 16384
_MAX_BLOCK = 32768
_MAX_BLOCKS = 32
_MAX_FRAMES = 1024
_MAX_FIELDS, _FEW_FIELDS, _BYTES_A_FIELD = 640, 48, 8
"""Header fields of a connection that are decoded: as many as a few requests have, and more where so many bytes of its stream are there for
each, but not too many."""
_FIELDS_A_BLOCK = 512
_MAX_TABLE = 1 << 16
"""Bytes that a client's table of header fields may have. The server says how many (SETTINGS_HEADER_TABLE_SIZE, RFC 9113, section 6.5.2),
on the way back; more than the 4,096 of the protocol are announced by the client before it uses them (RFC 7541, section 6.3)."""
_CREDENTIALS = frozenset(
    (b"authorization", b"proxy-authorization", b"x-api-key", b"api-key", b"x-goog-api-key", b"xi-api-key")
)
_SCHEMES = re.compile(rb"(?:Bearer|Basic|Digest|Negotiate|NTLM|Token|Key|AWS4-HMAC-SHA256)(?= |$)", re.IGNORECASE)
TENANT_CONTROLS = frozenset(
    {
        b"chatgpt-allowed-workspace-id",
        b"anthropic-allowed-org-ids",
        b"x-googapps-allowed-domains",
        b"restrict-access-to-tenants",
        b"sec-restrict-tenant-access-policy",
        b"sec-github-allowed-enterprise",
        b"x-slack-allowed-workspaces",
        b"x-slack-allowed-workspaces-requester",
        b"x-dropbox-allowed-team-ids",
    }
)
"""Headers that a company's proxy adds so that a service lets in the company's own accounts only (the vendors' pages on restricting
access: OpenAI, Anthropic, Google Workspace, Microsoft Entra, GitHub, Slack, Dropbox). They are seen behind the proxy alone."""
_INTEREST = (
    _CREDENTIALS
    | TENANT_CONTROLS
    | {
        b"accept",
        b"content-length",
        b"content-type",
        b"transfer-encoding",
        b"www-authenticate",
        b"x-powered-by",
        b"mcp-method",
        b"mcp-name",
        b"mcp-protocol-version",
        b"mcp-session-id",
        b"a2a-version",
        b"anthropic-beta",
        b"anthropic-version",
        b"openai-beta",
        b"openai-organization",
        b"openai-processing-ms",
        b"openai-project",
        b"x-portkey-provider",
        b"x-stainless-lang",
        b"x-stainless-package-version",
        b"x-litellm-call-id",
        b"x-compute-type",
    }
)


class NeedMore(NamedTuple):
    """What is there is right so far, and not enough: ask again when the stream holds ``at_least`` bytes."""

    at_least: int


class Request(NamedTuple):
    """The head of a request. ``path`` has neither query string nor fragment; it is empty for CONNECT.

    ``host`` is as sent, with its port: an absolute target's authority, CONNECT's target, or the Host header; ``None``
    where there is none or where it holds control bytes or blanks. ``used`` counts the bytes read from ``at``.
    ``complete`` is false where the head was cut off or longer than could be read; ``several_hosts`` where Host headers
    differ (the first is given). ``headers`` are those of interest, with lower-case names.
    """

    method: bytes
    target: bytes
    path: bytes
    host: bytes | None
    user_agent: bytes | None
    upgrade: bytes | None
    headers: tuple[tuple[bytes, bytes], ...]
    used: int
    complete: bool = True
    several_hosts: bool = False


class Response(NamedTuple):
    """The head of a response; ``headers``, ``used`` and ``complete`` as in :class:`Request`."""

    status: int
    server: bytes | None
    headers: tuple[tuple[bytes, bytes], ...]
    used: int = 0
    complete: bool = True


def request_start(data: bytes, at: int = 0) -> bool:
    """Could a request line or the HTTP/2 preface begin at ``at``? Data that ends early is believed if nothing in it
    speaks against it."""
    if data[at : at + 1] not in _FIRST:
        return False
    begun = _METHOD.match(data, at)
    if begun is None:
        head = data[at : at + 24].lstrip(b"\r\n")
        if head.startswith(b"PRI "):
            return PREFACE.startswith(head) or head.startswith(PREFACE)
        return 0 < len(head) < _LONGEST and any(shape.startswith(head) for shape in _SHAPES)
    start = begun.end()
    if _OTHER.match(data, start):
        return False
    if data.find(b"\n", start, start + _MAX_LINE) >= 0:
        return _LINE.match(data, at) is not None
    return len(data) - start < _MAX_LINE and _BINARY.search(data, start) is None


def request(stream: bytes, at: int = 0, most: int = 16384) -> Request | NeedMore | None:
    """The request that begins at ``at``; ``None`` where none does. A head longer than ``most`` bytes gives what its whole
    lines up to there say, with ``complete`` false."""
    if not request_start(stream, at):
        return None
    end = _END.search(stream, _first_line(stream, at), at + most)
    if end is None and len(stream) - at < most:
        return NeedMore(len(stream) + 1)
    stop = end.end() if end is not None else min(len(stream), at + most)
    return _request(stream[at:stop], end is not None)


def partial_request(stream: bytes) -> Request | None:
    """What the whole lines of a request say whose head was cut off; of a cut request line, an absolute target's host."""
    if not request_start(stream):
        return None
    found = request(stream)
    return found if isinstance(found, Request) else _request(stream[:16384], False)


def response(stream: bytes, at: int = 0, most: int = 16384) -> Response | NeedMore | None:
    """The response that begins at ``at``; ``None`` where none does. Too long a head as in :func:`request`."""
    if not stream.startswith(b"HTTP/", at):
        return NeedMore(at + 13) if at < len(stream) and b"HTTP/".startswith(stream[at : at + 5]) else None
    line = _STATUS.match(stream, at, at + most)
    if line is None:
        short = len(stream) - at < 13 or (len(stream) - at < most and _BEGUN_STATUS.match(stream, at) is not None)
        return NeedMore(len(stream) + 1) if short and stream.find(b"\n", at) < 0 else None
    end = _END.search(stream, line.end() - 1, at + most)
    if end is None and len(stream) - at < most:
        return NeedMore(len(stream) + 1)
    stop = end.end() if end is not None else min(len(stream), at + most)
    fields, used = _fields(stream[line.end() : stop])
    used += line.end() - at
    server = next((value for name, value in fields if name == b"server"), None)
    return Response(int(line[1]), server, _of_interest(fields), stop - at if end else used, end is not None)


def preface(stream: bytes) -> bool:
    """Does the stream begin with the HTTP/2 preface, whole?"""
    return stream.startswith(PREFACE)


def h2_requests(stream: bytes) -> tuple[Request, ...]:
    """The first requests (up to 32) of a client's HTTP/2 stream from its preface on, as far as it is there.

    ``used`` counts the bytes up to the end of a request's header frames. Ends at the first header block that cannot be
    decoded: the table of header fields is lost with it (RFC 7541, section 2.2).
    """
    if not preface(stream):
        return ()
    from hpack import Decoder, HPACKError  # 9 ms that only this path pays

    decoder = Decoder(max_header_list_size=_MAX_BLOCK)
    decoder.max_allowed_table_size = _MAX_TABLE
    found: list[Request] = []
    left = min(_FEW_FIELDS + len(stream) // _BYTES_A_FIELD, _MAX_FIELDS)
    for block, used in islice(_header_blocks(stream), _MAX_BLOCKS):
        most = min(left, _FIELDS_A_BLOCK)
        size, count = header_block.readable(block, most)
        whole = size == len(block)
        if not whole and count < most:
            break
        try:
            fields = [(bytes(name), bytes(value)) for name, value in decoder.decode(block[:size], raw=True)]
        except HPACKError:
            break
        made = _h2_request(fields, used)
        if made is not None and (whole or made.host is not None):
            found.append(made)
        left -= count
        if not whole or not left:
            break
    return tuple(found)


def _first_line(stream: bytes, at: int) -> int:
    """Where the request line begins behind the empty lines that may precede it (RFC 9112, section 2.2)."""
    begun = _METHOD.match(stream, at)
    return begun.start(1) if begun is not None else at


def _request(head: bytes, complete: bool) -> Request | None:
    line = _LINE.match(head)
    if line is None:
        return _cut_line(head)
    method, target = line[1], line[2]
    fields, used = _fields(head[line.end() :])
    used += line.end()
    hosts = [value for name, value in fields if name == b"host"]
    first = dict(reversed(fields))
    authority = _authority(method, target)
    host = _clean(authority if authority is not None else hosts[0] if hosts else b"")
    return Request(
        method,
        target,
        _path(method, target),
        host,
        first.get(b"user-agent"),
        first.get(b"upgrade"),
        _of_interest(fields),
        len(head) if complete else used,
        complete,
        len(set(hosts)) > 1,
    )


def _cut_line(head: bytes) -> Request | None:
    """A request line that was cut off: what is left of an absolute target may still hold the whole authority."""
    begun = _METHOD.match(head)
    if begun is None or b"\n" in head[begun.end() :]:
        return None
    target = head[begun.end() :]
    absolute = _ABSOLUTE.match(target)
    if absolute is None or absolute.end() == len(target):
        return None
    return Request(begun[1], target, b"", _clean(absolute[1]), None, None, (), 0, False)


def _fields(block: bytes) -> tuple[list[tuple[bytes, bytes]], int]:
    """The header fields of the whole lines of ``block``, names in lower case, and how many bytes those lines take.

    Lines may end in a bare LF, folded ones (RFC 9112, section 5.2) are joined, those without a colon are passed over.
    """
    found: list[tuple[bytes, bytes]] = []
    lines = block.split(b"\n", _MAX_LINES)
    rest = lines.pop()
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if found:
                name, value = found[-1]
                found[-1] = (name, (value + b" " + line.strip(b" \t\r")).strip())
            continue
        name, colon, value = line.partition(b":")
        if colon:
            found.append((name.rstrip(b" \t").lower(), value.strip(b" \t\r")))
    return found, len(block) - len(rest)


def _of_interest(fields: list[tuple[bytes, bytes]]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name, _shown(name, value)) for name, value in fields if name in _INTEREST)


def _shown(name: bytes, value: bytes) -> bytes:
    """A header's value; of one that authenticates the scheme alone."""
    if name not in _CREDENTIALS:
        return value
    scheme = _SCHEMES.match(value) if name.endswith(b"authorization") else None
    return scheme[0] if scheme is not None else b""


def _authority(method: bytes, target: bytes) -> bytes | None:
    """The authority that the target itself names (RFC 9112, section 3.2); ``None`` where the Host header must say it."""
    if method == b"CONNECT" and not target.startswith(b"/"):
        absolute = _ABSOLUTE.match(target)
        return absolute[1] if absolute is not None else target
    absolute = _ABSOLUTE.match(target)
    return absolute[1] if absolute is not None and absolute[1] else None


def _path(method: bytes, target: bytes) -> bytes:
    if method == b"CONNECT":
        return b""
    absolute = _ABSOLUTE.match(target)
    if absolute is not None:
        target = target[absolute.end() :]
    path = target.partition(b"?")[0].partition(b"#")[0]
    return path or b"/"


def _clean(authority: bytes) -> bytes | None:
    """A host as sent, without user and password; ``None`` where it is empty or holds what no host can."""
    host = authority.rpartition(b"@")[2]
    return None if not host or _CONTROL.search(host) else host


_HEADERS, _CONTINUATION = 1, 9
_END_HEADERS, _PADDED, _PRIORITY = 0x4, 0x8, 0x20


def _header_blocks(stream: bytes) -> Iterator[tuple[bytes, int]]:
    """Header blocks in order, CONTINUATION frames joined (RFC 9113, sections 4.3, 6.2 and 6.10), and where each ends."""
    at, open_stream = len(PREFACE), -1
    block: bytes | None = b""
    for _ in range(_MAX_FRAMES):
        stop = at + 9 + int.from_bytes(stream[at : at + 3], "big")
        if at + 9 > len(stream) or stop > len(stream):
            return
        kind, flags, number = (
            stream[at + 3],
            stream[at + 4],
            int.from_bytes(stream[at + 5 : at + 9], "big") & 0x7FFFFFFF,
        )
        payload = stream[at + 9 : stop]
        at = stop
        if open_stream >= 0 and (kind != _CONTINUATION or number != open_stream):
            return
        if kind != _HEADERS and open_stream < 0:
            continue
        block = _unpadded(payload, flags) if kind == _HEADERS else (block or b"") + payload
        if block is None or len(block) > _MAX_BLOCK:
            return
        open_stream = -1 if flags & _END_HEADERS else number
        if flags & _END_HEADERS:
            yield block, stop


def _unpadded(payload: bytes, flags: int) -> bytes | None:
    """The header block in a HEADERS frame; ``None`` where its padding or priority does not fit."""
    start = (1 if flags & _PADDED else 0) + (5 if flags & _PRIORITY else 0)
    stop = len(payload) - (payload[0] if flags & _PADDED and payload else 0)
    return payload[start:stop] if start <= stop else None


def _h2_request(fields: list[tuple[bytes, bytes]], used: int) -> Request | None:
    """A request from its pseudo-header fields (RFC 9113, section 8.3.1); ``None`` for trailers."""
    first = dict(reversed(fields))
    method = first.get(b":method", b"")
    if not method:
        return None
    target = first.get(b":path", b"")
    authority = first.get(b":authority") or first.get(b"host", b"")
    return Request(
        method,
        target if method != b"CONNECT" else authority,
        _path(method, target),
        _clean(authority),
        first.get(b"user-agent"),
        first.get(b"upgrade"),
        _of_interest(fields),
        used,
    )
