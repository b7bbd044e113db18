"""What is handed on of a flow: payloads that may begin or continue a name, by their ports and first bytes; and what is answered to it."""

from __future__ import annotations

from collections.abc import Callable

from shadowai.wire import tls

LOOK, COLLECT, DONE, BOTH_DONE = 0, 1, 2, 3
"""What to do with a direction's payloads from now on: hand on what looks like a beginning, hand on all of it, nothing; or
nothing for both directions."""

DUE = 4
"""From here on, as :data:`LOOK`; the rest is the sequence number at which something may begin wherever in a segment it is."""

TCP_PIECE, DNS_PIECE, QUIC_PIECE, DTLS_PIECE, GQUIC_PIECE, RDP_PIECE = 0, 1, 2, 3, 4, 5
"""What a piece was taken for by its first bytes and its ports."""

DNS_PORTS = frozenset({53, 5353, 5355})
"""DNS (RFC 1035), multicast DNS (RFC 6762), LLMNR (RFC 4795)."""

_DNS_PORTS = frozenset(port.to_bytes(2, "big") for port in DNS_PORTS)

RDP_PORT = 3389
"""Remote Desktop ([MS-RDPEUDP]): a TLS hello within its own datagrams."""
_METHODS = (
    "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH PRI "
    "MKACTIVITY CHECKOUT MERGE M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE PURGE BIND REBIND UNBIND ACL LINK UNLINK SOURCE QUERY "
    "MKCALENDAR MKWORKSPACE VERSION-CONTROL UPDATE LABEL BASELINE-CONTROL ORDERPATCH UNCHECKOUT POLL RPC_IN_DATA BPROPFIND "
    "BPROPPATCH BCOPY BDELETE BMOVE CCM_POST SSTP_DUPLEX_POST"
)
REQUESTS = frozenset((method + " ").encode()[:4] for method in _METHODS.split()) | {b"PROX"}
"""First four bytes of what may begin a request (IANA HTTP Method Registry), HTTP/2's preface or a PROXY header."""
RESPONSE = b"HTTP"
PROXY_2 = b"\r\n\r\n"
_NEGOTIATION = bytes(4)
TCP_FIRSTS = bytes(byte in {0x16, 0x12, 0x0D, 0x48, *(request[0] for request in REQUESTS)} for byte in range(256))
_PRELOGIN, _IN_PRELOGIN = 0x12, 10
"""What a packet of SQL Server begins with that may hold a hello, and how many of its bytes tell whether it does."""
SOCKS = frozenset({4, 5})
QUIC_FIRSTS = bytes(byte >= 0x80 or byte == 0x16 or byte < 0x40 for byte in range(256))

Take = Callable[[int, int, int, int, int, int, int, bytes, int, bytes, int, int], int]
"""Is handed a piece: kind, flow, direction (0 or 1), first sequence number of the stream (-1 where it is unknown), sequence number,
time, frame number, captured payload, its length on the wire, the flow's key as its sender has it, protocol, acknowledgment number (-1
without TCP). Answers :data:`LOOK` …"""


def key_is_dns(key: bytes) -> bool:
    """True for a flow to or from a port of DNS."""
    return key[-4:-2] in _DNS_PORTS or key[-2:] in _DNS_PORTS


def udp_kind(payload: bytes, key: bytes) -> int:
    """What a UDP payload may be, by ports and first bytes; -1 for none of those that hold a name."""
    if key_is_dns(key):
        return DNS_PIECE
    if len(payload) < 13:
        return -1
    if key[-2] << 8 | key[-1] == RDP_PORT:
        return RDP_PIECE
    first = payload[0]
    if first & 0x80:
        if payload[1] in b"QT" and payload[2] in b"01":
            return GQUIC_PIECE
        return QUIC_PIECE if payload[1:5] != _NEGOTIATION else -1
    if first == 0x16 and payload[1] == 0xFE:
        return DTLS_PIECE
    if first < 0x40 and payload[9:10] == b"Q" and payload[10:11] == b"0":
        return GQUIC_PIECE
    return -1


def begins(data: bytes, start: int, stop: int) -> bool:
    """True where a TLS handshake (SQL Server's too), a request, a response or a PROXY header may begin at ``start``; ``stop`` ends
    the payload."""
    captured = stop - start
    if data[start] == 0x16:
        return captured < 2 or data[start + 1] == 3
    if data[start] == _PRELOGIN:
        return captured >= _IN_PRELOGIN and tls.in_prelogin(data, start)
    word = data[start : min(start + 4, stop)]
    if word in REQUESTS or word in (RESPONSE, PROXY_2):
        return True
    return captured < 4 and any(request.startswith(word) for request in REQUESTS)
