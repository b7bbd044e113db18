"""Where a truth of a capture is wrong or asks for what we deliberately read otherwise: each with the reason.

The same list explains names that are missed and volumes that differ. A list that grows past a few dozen is a sign of a wrong reader.
"""

from __future__ import annotations

from tests.conformance_captures_judge import Seen

ANY = "*"

REVIEWED: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "nDPI__fuzz-2006-09-29-28586.pcap",
        "http_host",
        "172.20.3.13",
        "%s",
        "a format string that nobody filled in is no host name (RFC 3986, section 3.2.2: '%' begins an escape)",
    ),
    (
        "nDPI__fuzz-2006-09-29-28586.pcap",
        "http_host",
        "172.20.3.5",
        "172.20.3.13",
        "of six connections with such a request the truth names the one that could be put together to its end (frame 36); others show "
        "their Host field in the first segment (frame 63), and the fuzzer has damaged what follows",
    ),
    (
        "zeek__methods.pcap",
        "http_host",
        "128.2.6.136",
        "www.google.com",
        "of 27 connections the truth counts 18 whose request line is none (RFC 9112, section 3: 'GET / HTTP/1.', 'PUT /HTTP/1.1'); every "
        "connection's own bytes agree, and the 18 are told without a name",
    ),
)
"""(file, kind, client, name, reason); client and name may be ``ANY``."""


def reason(file: str, seen: Seen) -> str:
    """Why it is right that this name was not found, or its volume is another; empty where nobody has said so."""
    for where, kind, client, name, why in REVIEWED:
        if (where, kind) == (file, seen.kind) and client in (ANY, seen.client) and name in (ANY, seen.name):
            return why
    return ""
