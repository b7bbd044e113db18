"""How much a capture may make the program remember: every table has a bound, and reaching one is counted and said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds with their defaults; ``[capture]`` in the configuration file changes them.

    ``flows`` are the directions of connections remembered at once: at the bound, the half of the connections that was silent
    longest is let go. ``streams`` are the directions whose beginning is being put together at once, ``stream_bytes`` and
    ``stream_pieces`` what each may hold. ``quic_connections`` are QUIC connections (and DTLS ones) whose first messages are
    being collected. ``names_per_flow`` bounds the requests told apart on one connection, ``requests`` those of all open connections
    together, ``request_bytes`` what is remembered of them. ``dns_answers`` are the remembered
    pairs of client and address. ``fragments`` are IP datagrams being put together at once.
    """

    flows: int = 1 << 18
    streams: int = 4096
    stream_bytes: int = 32 * 1024
    stream_pieces: int = 4096
    quic_connections: int = 4096
    names_per_flow: int = 256
    requests: int = 1 << 20
    request_bytes: int = 128 << 20
    dns_answers: int = 1 << 18
    fragments: int = 1024


DEFAULT = Limits()
