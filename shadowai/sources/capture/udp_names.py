"""Names in datagrams: DNS, the hellos of DTLS and QUIC, Remote Desktop's TLS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shadowai.sources.capture import hosts
from shadowai.sources.capture.ledger import At, Ledger, Query
from shadowai.sources.capture.limits import Limits
from shadowai.sources.capture.pieces import (
    COLLECT,
    DNS_PIECE,
    DNS_PORTS,
    DONE,
    DTLS_PIECE,
    GQUIC_PIECE,
    LOOK,
    RDP_PIECE,
)
from shadowai.sources.capture.quic_names import QuicNames
from shadowai.sources.capture.sides import ends
from shadowai.wire import dns, dtls, gquic, proxy_protocol, quic, tls

_DNS_KINDS = {5353: "mdns_query", 5355: "llmnr_query"}
_HELLOS = 2
"""Hellos of a DTLS flow after which no more are looked for (the second answers a cookie)."""
_QUESTIONS = 64
"""Questions of one message that are told: only multicast DNS has more than one (RFC 9619; RFC 6762, section 7)."""
_QUERIES = 1 << 20
"""Questions that wait for the owner to take them away."""
_FURTHEST = 34
"""Bytes of a datagram of Remote Desktop in which its DTLS begins ([MS-RDPEUDP], section 2.2.2)."""
_MOST_PIECES = 64
_MOST_MESSAGES = 4


class _Held(NamedTuple):
    """Pieces of the hellos of a DTLS flow, by their number; ``at`` is of the first."""

    at: At
    pieces: dict[int, list[dtls.HelloFragment]]


class UdpNames:
    """Reads datagrams and tells the ``ledger``."""

    def __init__(self, ledger: Ledger, limits: Limits) -> None:
        self._ledger = ledger
        self._limits = limits
        self._hellos: dict[int, _Held] = {}
        self.quic = QuicNames(limits.quic_connections)

    def take(self, kind: int, payload: bytes, at: At) -> int:
        """A datagram that was taken for ``kind``: see :data:`~shadowai.sources.capture.pieces.Take`."""
        if kind == DNS_PIECE:
            if quic.is_long_header(payload):  # a client, or its address translator, picked a port of DNS by chance
                self._quic_initial(payload, at)
            elif dtls.hello_start(payload):
                self._dtls(payload, at)
            else:
                self.message(payload, at)
            return COLLECT
        if kind == DTLS_PIECE:
            return self._dtls(payload, at)
        if kind == RDP_PIECE:
            return self._rdp(payload, at)
        if kind == GQUIC_PIECE:
            name = gquic.server_name(payload)
            if name is not None:
                self._ledger.hello(at, name, "quic_sni")
        else:
            self._quic_initial(payload, at)
        return LOOK

    def holds_hello(self, flow: int) -> bool:
        """True where pieces of a DTLS hello of the flow wait for others."""
        return flow in self._hellos

    def finish(self, flow: int) -> None:
        """The flow ended: count what never became whole."""
        begun = self.quic.begun(flow)
        if self.quic.forget(flow) and begun is not None and not self._named_before_the_end(*begun, "quic_sni"):
            self._ledger.counts["quic_incomplete"] += 1
        held = self._hellos.pop(flow, None)
        if held is not None and not self._named_before_the_end(held.at, map(dtls.beginning, held.pieces.values())):
            self._ledger.counts["hello_incomplete"] += 1
        self._ledger.asked.discard(flow)

    def _named_before_the_end(self, at: At, hellos: Iterable[bytes], kind: str = "tls_sni") -> bool:
        """True where one of the hellos, of which the end is missing, tells its name before that."""
        for hello in hellos:
            found = tls.client_hello(hello, dtls=kind == "tls_sni")
            if found is not None and found.server_name is not None and self._ledger.hello(at, found.server_name, kind):
                self._ledger.counts["hello_cut_but_named"] += 1
                return True
        return False

    def message(self, payload: bytes, at: At, *, over_tcp: bool = False, client: bytes | None = None) -> None:
        """A DNS message; ``client`` is who sent it where that is not the packet's source. A relay may say so before each datagram
        (the PROXY protocol, as dnsdist speaks it to resolvers)."""
        quick = dns.query(payload)
        if quick is not None:
            self._query(quick[0], at, over_tcp, client)
            return
        relayed = proxy_protocol.header(payload) if not over_tcp and payload.startswith(proxy_protocol.V2) else None
        if isinstance(relayed, proxy_protocol.Header) and not payload.startswith(proxy_protocol.V2, relayed.used):
            self._ledger.counts["proxy_header"] += at.flow not in self._ledger.asked and relayed.source is not None
            self.message(payload[relayed.used :], at, client=relayed.source)
            return
        plain = dns.addresses(payload)
        if plain is not None:
            self._answer(plain.question, plain.addresses, (), at)
            return
        found = dns.message(payload)
        if found is None:
            self._ledger.counts["dns_unreadable"] += 1
        elif found.response and found.question is not None and not found.rcode:
            told = [(answer.address, answer.ttl) for answer in found.answers if answer.address is not None]
            self._answer(found.question, told, found.ech_public_names, at)
        elif found.opcode == 0 and not found.response:
            for name in found.questions[:_QUESTIONS]:
                self._query(name, at, over_tcp, client)
            self._ledger.counts["names_limit"] += len(found.questions[_QUESTIONS:])

    def _query(self, name: bytes, at: At, over_tcp: bool, client: bytes | None = None) -> None:
        ledger = self._ledger
        host = hosts.dns_name(name)
        ledger.named += 1
        ledger.asked.add(at.flow)
        if host is not None and (ledger.wanted is None or ledger.wanted(host, None)):
            source, destination, _, port = ends(at.key)
            kind = "dns_query" if over_tcp else _DNS_KINDS.get(port, "dns_query")
            if len(ledger.queries) < _QUERIES:
                ledger.queries.append(Query(kind, host, at.frame, at.time, client or source, destination, port))
            else:
                ledger.counts["names_limit"] += 1

    def _answer(
        self, question: bytes, addresses: Sequence[tuple[bytes, int]], public_names: Sequence[bytes], at: At
    ) -> None:
        """Addresses for the name that was asked for, whatever chain of aliases led there."""
        _, client, port, _ = ends(at.key)
        if port not in DNS_PORTS:
            return
        name = hosts.dns_name(question)
        if name is None or not (addresses or public_names):
            return
        if at.flow not in self._ledger.asked:
            self._ledger.counts["unasked"] += 1
            return
        for address, ttl in addresses:
            self._ledger.answers.add(client, name, address, at.time, ttl)
        for public in public_names:
            text = hosts.dns_name(public)
            if text is not None:
                self._ledger.learn_public_name(text, name)

    def _dtls(self, payload: bytes, at: At) -> int:
        told = self._ledger.told(at.flow)
        if told is not None and told.hellos >= _HELLOS:
            return LOOK
        fragments = dtls.client_hello_fragments(payload)
        if not fragments:
            return LOOK
        held = self._hellos.setdefault(at.flow, _Held(at, {})).pieces
        if len(self._hellos) > self._limits.quic_connections:
            del self._hellos[next(iter(self._hellos))]
            self._ledger.counts["streams_limit"] += 1
        for fragment in fragments:
            if fragment.message_seq not in held and len(held) >= _MOST_MESSAGES:
                continue
            pieces = held.setdefault(fragment.message_seq, [])
            if len(pieces) < _MOST_PIECES:
                pieces.append(fragment)
            message = dtls.message(pieces)
            hello = tls.client_hello(message, dtls=True) if message is not None else None
            if hello is not None:
                self._hellos.pop(at.flow, None)
                if hello.server_name is not None:
                    self._ledger.hello(at, hello.server_name, "tls_sni")
                else:
                    self._ledger.nameless_hello(at)
                break
        return LOOK

    def _rdp(self, payload: bytes, at: At) -> int:
        if quic.is_long_header(payload):
            self._quic_initial(payload, at)
            return COLLECT
        message = tls.hello_in_datagram(payload)
        if message is None:
            at_hello = payload.find(b"\x16\xfe", 0, _FURTHEST)
            if at_hello >= 0:
                self._dtls(payload[at_hello:], at)
            return COLLECT
        name = tls.server_name(message)
        if name is not None:
            self._ledger.hello(at, name, "tls_sni", message)
        return DONE

    def _quic_initial(self, payload: bytes, at: At) -> None:
        told = self._ledger.told(at.flow)
        if told is not None and told.hellos and told.client != at.which:
            return
        for message in self.quic.messages(at, payload):
            name = tls.server_name(message)
            if name is not None:
                self._ledger.hello(at, name, "quic_sni", message)
            elif tls.client_hello(message) is not None:
                self._ledger.nameless_hello(at)
