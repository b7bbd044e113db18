"""Connections and questions as records, with what could not be read and what was assumed: what a capture file and an interface
under watch have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shadowai.model import Gap, Note, Origin, Record, SourceSummary
from shadowai.sources.capture import hosts
from shadowai.sources.capture.ledger import Query, Seen, Told, Wanted
from shadowai.sources.capture.naming import Naming
from shadowai.sources.capture.pieces import DNS_PORTS
from shadowai.sources.capture.sides import Flow

if TYPE_CHECKING:
    from shadowai.fast import FlowTable

SILENT_PORTS = DNS_PORTS | {67, 68, 123, 137, 138, 546, 547, 1900}
"""Ports whose traffic never carries a service's name, and needs none: DNS, DHCP, NTP, NetBIOS, SSDP."""


@dataclass(slots=True)
class Tally:
    """Counts of one capture, as they come."""

    uncounted: int = 0
    outside: int = 0
    ai: int = 0
    nameless: int = 0
    """Connections with application data and no name of their own."""
    attributed: int = 0
    """Those of them that a DNS answer named."""
    lost: int = 0
    """Connections with a name of which packets are missing."""


_COUNTED = (
    ("encrypted_hello", "hellos hide the server's name (ECH); only their provider's name shows"),
    (
        "encrypted_dns",
        "connections to resolvers are encrypted, or hidden in HTTP: the look-ups of their clients do not show",
    ),
    ("hello_incomplete", "hellos are not wholly in the capture, and tell no name"),
    ("hello_cut_but_named", "hellos are cut off, by the snap length or by loss; the name was before the cut"),
    ("quic_incomplete", "QUIC hellos are not wholly in the capture, and tell no name"),
    ("certificate_of_many", "server certificates hold names of several owners, or of none, and name nobody"),
    ("overlaps", "connections repeat bytes with other content; what was in order first is taken"),
    (
        "misplaced",
        "what looks like a hello or a request stands where none is expected, or comes from the server: not counted",
    ),
    ("http2", "HTTP/2 connections in clear are read up to their first requests"),
    ("proxy_header", "connections name their client in a PROXY header, which is believed"),
    ("unasked", "DNS answers are to questions that are not in the capture, and name no connection"),
    ("dns_unreadable", "messages at ports of DNS could not be read"),
    ("streams_limit", "beginnings of connections were given up, for there were too many at once"),
    ("stream_limit", "beginnings of connections were longer than is remembered"),
    ("names_limit", "names on connections that had told too many already were passed over"),
    ("public_names_limit", "outer names of encrypted hellos were not remembered, for there were too many"),
)
"""Kind of a note, which is what was counted, and its text."""


class Records:
    """Makes the records of one source: ``path`` and ``format`` are what they say of it. ``wanted`` spares what nobody asks for."""

    def __init__(
        self,
        path: str,
        format: str,
        naming: Naming,
        table: FlowTable,
        wanted: Wanted | None = None,
        tally: Tally | None = None,
    ) -> None:
        self.path = path
        self.format = format
        self.naming = naming
        self.table = table
        self.tally = Tally() if tally is None else tally
        self._wanted = wanted

    def of_queries(self) -> Iterator[Record]:
        """The questions to resolvers since they were last taken away."""
        queries, self.naming.queries = self.naming.queries, []
        yield from map(self.of_query, queries)

    def of_query(self, query: Query) -> Record:
        """A question to a resolver."""
        return Record(
            path=self.path,
            line=query.frame,
            unit="frame",
            format=self.format,
            kind=query.kind,
            time=query.time or None,
            client_ip=hosts.address(query.client),
            server_ip=hosts.address(query.server),
            server_port=query.server_port,
            host=query.host,
        )

    def gaps(self) -> Iterator[Gap]:
        """What could not be read, after the records have been taken."""
        for reason, (count, *frames) in sorted(self.table.undecoded.items()):
            yield Gap(Origin(self.path), f"frames not read: {reason}", count, tuple(map(self.origin, frames)))
        if not self.naming.named and self.tally.nameless:
            yield Gap(
                Origin(self.path),
                "no connection tells a name: AI use cannot show in this capture; capture where connections begin, with their "
                "first packets whole, or with the DNS traffic of the same clients",
                self.tally.nameless,
            )
        if self.table.others and not self.table.flows:
            reason = "no packet is one of TCP or UDP: what the others carry (IPsec, SCTP, ICMP …) tells no name"
            yield Gap(Origin(self.path), reason, self.table.others)

    def notes(self, snapped: int = 0) -> Iterator[Note]:
        """What was given up, assumed or cannot be seen, with how often; ``snapped`` frames were captured in part."""
        naming, where = self.naming, Origin(self.path)
        for kind, text, count in (*self._own_counts(snapped), *((k, t, naming.counts[k]) for k, t in _COUNTED)):
            if count > 0:
                yield Note(where, kind, text, count)
        for key, frame, count in naming.keys.sent:
            shown = f"{key.prefix}...{key.last_four}, hash {key.digest}"
            yield Note(self.origin(frame), "clear_key", f"a key was sent in clear: {key.kind} ({shown})", count)
        if naming.keys.further:
            yield Note(where, "clear_key", "further keys were sent in clear", naming.keys.further)

    def _own_counts(self, snapped: int) -> Iterator[tuple[str, str, int]]:
        tally, naming, table = self.tally, self.naming, self.table
        nameless = tally.nameless - tally.attributed
        yield "nameless", "connections tell no name; what they were for is not known", nameless
        told = "connections were named by the client's own DNS answers only: unconfirmed"
        yield "attributed", told, tally.attributed
        missing = "connections with a name have packets missing from the capture: their sizes are lower bounds"
        yield "lower_bound", missing, tally.lost
        yield "snap_length", "frames are captured in part; sizes are those on the wire", snapped
        yield "quic_limit", "QUIC connections were given up, for there were too many", naming.given_up()
        others = "packets are neither TCP nor UDP; what they carry (IPsec, SCTP, ICMP …) is not known"
        yield "others", others, table.others
        yield "flows_limit", "connections were let go before their end, for there were too many at once", table.let_go
        pieces = "datagrams in pieces were given up, for there were too many at once or they never became whole"
        yield "fragments_limit", pieces, table.fragments_limited()
        refused = (
            "pieces of datagrams cannot be part of a whole (captured in part, empty, too long), and were passed over"
        )
        yield "fragments_refused", refused, table.fragments_refused()
        yield "answers_limit", "DNS answers were forgotten, for there were too many", naming.answers.forgotten

    def summary(self) -> SourceSummary:
        """Counts of the whole source; ``lines`` are frames, ``records`` names and connections without one."""
        tally, named = self.tally, self.naming.named
        return SourceSummary(
            path=self.path,
            format=self.format,
            lines=self.table.packets,
            records=named + tally.nameless,
            named=named,
            uncounted=tally.uncounted,
            outside=tally.outside,
            unreadable=sum(found[0] for found in self.table.undecoded.values()),
            ai=tally.ai,
        )

    def origin(self, frame: int) -> Origin:
        """The place of a frame."""
        return Origin(self.path, frame, "frame")

    def of_flow(self, flow: Flow, told: Told | None) -> Iterator[Record]:
        """The names of a connection, and what went over it; ``told`` is what :class:`Naming` knows of it."""
        names = told.names if told is not None else []
        self.tally.lost += flow.lost and told is not None and told.host is not None
        if told is None or told.host is None or told.ech:
            inferred = self._inferred(flow, told)
            if inferred is not None:
                names = [*names, inferred]
        if not names:
            return
        client = names[-1].which if names[-1].inferred and (told is None or told.client < 0) else _client(flow, told)
        if _is_refused(flow, client):
            names = [seen._replace(blocked=True) if seen.blocked is None else seen for seen in names]
        carrier = None if told is not None and told.mixed else _carrier(names, told)
        met: set[str | None] = set()
        for number, seen in enumerate(names):
            because = seen.because
            if because is None and seen.kind != "http_host" and seen.host in met:
                because = "the same connection under the same name"
            met.add(seen.host)
            yield self._record(flow, told, client, seen, because, sized=number == carrier)

    def _record(
        self, flow: Flow, told: Told | None, client: int, seen: Seen, because: str | None, *, sized: bool
    ) -> Record:
        source, server = (flow.a, flow.b) if client == 0 else (flow.b, flow.a)
        if told is not None and told.address is not None:
            source = told.address
        return Record(
            path=self.path,
            line=seen.frame,
            unit="frame",
            format=self.format,
            kind=seen.kind,
            time=seen.time or None,
            client_ip=hosts.address(source),
            server_ip=hosts.address(server),
            server_port=flow.b_port if client == 0 else flow.a_port,
            host=seen.host,
            url=seen.url,
            method=seen.method,
            blocked=seen.blocked,
            user_agent=seen.user_agent,
            bytes_up=flow.bytes[client] if sized else None,
            bytes_down=flow.bytes[1 - client] if sized else None,
            payload_up=flow.payload[client] if sized else None,
            counted=because is None,
            uncounted_because=because,
            inferred=seen.inferred,
            facts=seen.facts,
            proof=seen.proof,
        )

    def _inferred(self, flow: Flow, told: Told | None) -> Seen | None:
        """The name that the client had asked for before it connected, where that was one only."""
        if not any(flow.payload) or flow.a_port in SILENT_PORTS or flow.b_port in SILENT_PORTS:
            return None
        self.tally.nameless += 1
        client = _client(flow, told)
        orders = (client,) if (told is not None and told.client >= 0) or flow.opener >= 0 else (client, 1 - client)
        for which in orders:
            source, server = (flow.a, flow.b) if which == 0 else (flow.b, flow.a)
            found = self.naming.answers.names(source, server, flow.first)
            if len(found) == 1 and found[0] not in self.naming.ech_names:
                self.tally.attributed += 1
                if self._wanted is not None and not self._wanted(found[0], None):
                    return None
                return Seen("dns_answer", found[0], flow.frame, flow.first, which, inferred=True)
        server = flow.b if client == 0 else flow.a
        if self._wanted is not None and not self._wanted(hosts.address(server), None):
            return None
        return Seen("connection", None, flow.frame, flow.first, client, inferred=True)


def _carrier(names: list[Seen], told: Told | None) -> int | None:
    """Which of the names of one host has the bytes of the connection: what proves most, else the first that is a use. An address
    that stood for a host has none where the host is known.

    A scan leaves out names that nobody asks for, and must come to the same choice without them.
    """
    assumed = told.assumed if told is not None and told.assumed != told.host else None
    ranked = [
        (seen.proof is None, seen.because is not None or bool(seen.blocked), number)
        for number, seen in enumerate(names)
        if assumed is None or seen.host != assumed
    ]
    return min(ranked)[2] if ranked else None


def _is_refused(flow: Flow, client: int) -> bool:
    """True where the client asked, and the other end, or somebody in its name, reset the connection without a word.

    Silence alone is no refusal: the answer may not have been captured. The reset tells by its sequence number that there was
    none.
    """
    return flow.refused == 1 - client and flow.payload[client] > 0 and flow.payload[1 - client] == 0


def _client(flow: Flow, told: Told | None) -> int:
    """Which end connected: who sent the hello or the request, else who sent the SYN, else who is not at a server's port."""
    if told is not None and told.client >= 0:
        return told.client
    if flow.opener >= 0:
        return flow.opener
    return int(flow.a_port < 1024 <= flow.b_port)
