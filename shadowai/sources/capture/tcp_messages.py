"""What the beginning of a direction of a TCP connection holds: hellos, requests and answers, proxies' headers, certificates, DNS
messages. What is found is told to the ledger; where a stream ends within something, it says how many bytes more are needed."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

from shadowai.sources.capture import dns_streams, hosts, http_evidence
from shadowai.sources.capture.clear_keys import ClearKeys, masked
from shadowai.sources.capture.http_evidence import BODY
from shadowai.sources.capture.http_framing import body_length, open_chunks
from shadowai.sources.capture.ledger import At, Ledger, Seen, proven
from shadowai.sources.capture.limits import Limits
from shadowai.sources.capture.next_requests import UNKNOWN, UPGRADED, NextRequests
from shadowai.sources.capture.pieces import BOTH_DONE, COLLECT, DONE, LOOK, key_is_dns
from shadowai.sources.capture.sides import ends
from shadowai.sources.capture.stream import Stream
from shadowai.sources.capture.udp_names import UdpNames
from shadowai.wire import ai_protocols, http, proxy_protocol, socks, tls, x509

_WAIT = 8
"""Segments for which the one before them is waited for."""
_REMEMBERED = 4096
"""Bytes of the longest certificate whose host is remembered: servers send the same again and again."""
_WITHOUTBODY = frozenset({b"GET", b"HEAD", b"OPTIONS", b"TRACE"})
_KEY = frozenset({"key", "clear_key"})
_FRAMED = b"websocket"
"""The protocol to which no hello is spoken: what follows has frames of its own, masked (RFC 6455, section 5.3)."""


class TcpMessages:
    """Reads streams; ``streams`` are those of all directions, of which an answer's is beside that of its request."""

    def __init__(
        self,
        ledger: Ledger,
        datagrams: UdpNames,
        keys: ClearKeys,
        limits: Limits,
        requests: NextRequests,
        streams: Mapping[int, Stream],
    ) -> None:
        self._ledger = ledger
        self._datagrams = datagrams
        self._keys = keys
        self._limits = limits
        self._requests = requests
        self._streams = streams

    def parse(self, stream: Stream, at: At, *, final: bool = False) -> int:
        """Read on from where the stream was left; every turn gets further or ends. ``final``: nothing more will come."""
        data = bytes(stream.data)
        if key_is_dns(at.key) and not http.request_start(data):
            return self._dns_stream(stream, data, at)
        while stream.at < len(data):
            place = stream.at
            first = data[place]
            if first == 0x16:
                return self._tls(stream, data, at)
            if tls.in_prelogin(data, place):
                stream.at += tls.PRELOGIN_HEADER
                verdict = None
            elif http.request_start(data, place):
                verdict = self._http(stream, data, at, final)
            elif data.startswith(b"HTTP", place):
                verdict = self._http_response(stream, data, at, final)
            elif place == stream.consumed == 0 and first in (4, 5):
                verdict = self._socks(stream, data, at)
            elif place == stream.consumed == 0 and first in (0x0D, 0x50):
                verdict = self._proxy(stream, data, at)
            else:
                # A name may still come behind a protocol that asked for TLS in its own words (STARTTLS): a segment that
                # looks like a beginning is handed on again. Behind a proxy's answer the wait is for the next segment.
                return COLLECT if stream.waiting and len(stream.waiting) < _WAIT and len(data) - place < 6 else LOOK
            if verdict is not None:
                return verdict
        return COLLECT if stream.tunnel or stream.waiting or not data else LOOK

    def _tls(self, stream: Stream, data: bytes, at: At) -> int:
        place = stream.at
        if len(data) > place + 5 and data[place + 5] == tls.SERVER_HELLO:
            return self._server_flight(stream, data, at)
        if not tls.hello_start(data, place):
            return LOOK
        found = tls.handshake(data, place)
        if found is None:
            return LOOK
        if isinstance(found, tls.NeedMore):
            stream.need = len(data) + found.at_least
            return COLLECT
        name = tls.server_name(found)
        if name is not None:
            return BOTH_DONE if self._ledger.hello(at, name, "tls_sni", found) else LOOK
        if tls.client_hello(found) is None:
            return LOOK
        self._ledger.nameless_hello(at)
        return DONE

    def _server_flight(self, stream: Stream, data: bytes, at: At) -> int:
        """The server's certificates, where the client's hello told no name."""
        told = self._ledger.told(at.flow)
        if told is not None and (told.hellos or told.host is not None):
            return DONE
        chain = tls.certificates(data[stream.at :])
        if isinstance(chain, tls.NeedMore):
            stream.need = len(data) + chain.at_least
            return COLLECT
        told = self._ledger.of(at.flow, 1 - at.which)
        if chain and told is not None:
            name = _known_owner(chain[0]) if len(chain[0]) <= _REMEMBERED else owner(chain[0])
            if name is not None:
                self._ledger.see(told, Seen("tls_certificate", name, at.frame, at.time, 1 - at.which, inferred=True))
            else:
                self._ledger.counts["certificate_of_many"] += 1
        return DONE

    def _http(self, stream: Stream, data: bytes, at: At, final: bool) -> int | None:
        place = stream.at
        if data.startswith(b"PRI ", place):
            return self._http2(stream, data, at, final)
        found = http.partial_request(data[place:]) if final else http.request(data, place)
        if found is None:
            return LOOK
        if isinstance(found, http.NeedMore):
            stream.need = place + found.at_least
            return COLLECT
        used = place + found.used
        length = body_length(found, data, used)
        if not final and len(data) < used + http_evidence.awaited(found, length, data[used : used + BODY]):
            stream.need = used + http_evidence.awaited(found, length, b"")
            return COLLECT
        closed = stream.lone and length is not None and found.method != b"CONNECT"
        doubtful = stream.doubtful or (closed and not _may_follow(data, used + (length or 0)))
        if not self._request(found, data[place : used + BODY], found.used, at, doubtful=doubtful):
            if doubtful and length is not None and at.acknowledged >= 0:
                self._requests.doubted(
                    at.flow * 2 + at.which, stream.sequence(place), stream.sequence(used + length), at.acknowledged
                )
            return LOOK
        stream.lone = False
        end = None if length is None else used + length
        chunked = open_chunks(found, data, used) if end is None else None
        if chunked is not None:
            self._requests.goes_on(
                at.flow * 2 + at.which, stream.sequence(max(chunked.place, len(data))), data[chunked.place :]
            )
        elif end is not None:
            self._requests.goes_on(at.flow * 2 + at.which, stream.sequence(end))
        else:
            if found.upgrade is not None:  # the answer that switches is behind it, and so are no requests
                self._requests.answered.pop(at.flow * 2 + at.which, None)
            over = stream.cut and not found.complete and found.method in _WITHOUTBODY
            upgraded = found.upgrade is not None and found.upgrade.lower() != _FRAMED
            self._requests.goes_on(at.flow * 2 + at.which, UPGRADED if upgraded else stream.behind if over else UNKNOWN)
        if found.method == b"CONNECT":
            stream.tunnel = True
        elif end is None or end >= len(data):
            return LOOK
        stream.at = used if end is None else end
        return None

    def _http2(self, stream: Stream, data: bytes, at: At, final: bool) -> int:
        if len(data) - stream.at < len(http.PREFACE) and not final:
            stream.need = stream.at + len(http.PREFACE)
            return COLLECT
        requests = http.h2_requests(data[stream.at :])
        for request in requests:
            self._request(request, b"", 0, at, doubtful=stream.doubtful)
        if requests or final:
            self._ledger.counts["http2"] += http.preface(data[stream.at :])
            return DONE
        stream.need = 2 * len(data)  # each look is at the whole stream
        return COLLECT

    def _request(self, request: http.Request, raw: bytes, used: int, at: At, *, doubtful: bool = False) -> bool:
        """A request; ``raw`` is it with the beginning of its body from ``used`` on. False where it cannot be one."""
        told = self._ledger.told(at.flow)
        host = hosts.text(request.host) if request.host is not None else None
        assumed = host is None and request.method != b"CONNECT" and bool(at.key)
        if assumed:
            host = told.host if told is not None else None
            # the host of a head that was cut off may stand behind the cut: the server's own address only where it says so
            if host is None and (request.complete or ai_protocols.of_request(request, raw[used:]) is not None):
                host = hosts.address(ends(at.key)[1])
        if doubtful and (told is None or told.host != host):
            self._ledger.counts["misplaced"] += 1
            return False
        told = self._ledger.of(at.flow, at.which)
        if told is None:
            return False
        if told.host is None and (assumed or (request.method == b"CONNECT" and hosts.is_address(host))):
            told.assumed = host
        if told.count == 0 or told.host != host:
            self._ledger.resolver(at, host)
        before = told.last
        together = (
            before is not None and before.kind == "http_host" and before.frame == at.frame and at.acknowledged >= 0
        )
        told.ahead = told.ahead + 1 if together else 0
        keys = self._keys.look(raw[:used], at)
        if told.count >= self._limits.names_per_flow:
            self._ledger.see(told, Seen("http_host", host, at.frame, at.time, at.which))
            return True
        method = request.method.decode("ascii", "replace")
        url = None if method == "CONNECT" or host is None else masked(hosts.url(request.host, request.path, host), keys)
        agent = masked(hosts.printable(request.user_agent), keys) if request.user_agent is not None else None
        because = "the request names several hosts" if request.several_hosts else None
        facts = http_evidence.facts(request) | _KEY if keys else http_evidence.facts(request)
        seen = Seen("http_host", host, at.frame, at.time, at.which, url, method, agent, because, facts=facts)
        self._ledger.see(told, proven(seen, ai_protocols.of_request(request, raw[used:])))
        return True

    def _http_response(self, stream: Stream, data: bytes, at: At, final: bool) -> int | None:
        """An answer is evidence of a server that speaks a protocol of AI servers, or of a proxy that refused."""
        found = http.response(data, stream.at)
        if found is None or (final and isinstance(found, http.NeedMore)):
            return LOOK
        asked = at.flow * 2 + 1 - at.which
        asks = self._streams.get(asked)
        is_final = isinstance(found, http.Response) and found.status >= 200
        if is_final and at.acknowledged >= 0:
            self._requests.answered[asked] = at.acknowledged
        if asks is not None and asks.waiting and asks.base >= 0:  # to a request of which a part is missing
            if is_final:
                asks.answers.add(at.acknowledged)
            return LOOK
        told = self._ledger.told(at.flow)
        if told is None or told.last is None or told.client == at.which or told.last.kind != "http_host":
            return LOOK
        if isinstance(found, http.NeedMore):
            stream.need = found.at_least
            return COLLECT
        used = stream.at + found.used
        if 100 <= found.status < 200 and found.status != 101:  # RFC 9110, section 15.2: the answer is still to come
            stream.at = used
            return None
        if told.ahead:
            told.ahead -= 1
            return LOOK
        body = data[used : used + BODY]
        proof = ai_protocols.of_response(found, body)
        asks_alone = proof is None and told.last.proof is not None and not told.answered
        denied = asks_alone and http_evidence.denies(found, told.last, body)
        awaited = http_evidence.answer_awaited(found) if told.last.proof is None or denied else 0
        if proof is None and not final and len(data) < used + awaited:
            stream.need = used + awaited
            return COLLECT
        seen = http_evidence.unproven(told.last) if denied else proven(told.last, proof)
        self._ledger.amend(told, http_evidence.refused(http_evidence.streamed(seen, found), found.status))
        return LOOK

    def _socks(self, stream: Stream, data: bytes, at: At) -> int | None:
        found = socks.connect(data)
        if found is None:
            return LOOK
        if isinstance(found, socks.NeedMore):
            stream.need = found.at_least
            return COLLECT
        told = self._ledger.of(at.flow, at.which) if found.host is not None else None
        if told is not None and found.host is not None:
            host = hosts.text(found.host)
            if told.host is None and hosts.is_address(host):
                told.assumed = host
            self._ledger.see(told, Seen("socks_host", host, at.frame, at.time, at.which))
        stream.at, stream.tunnel = found.used, True
        return None

    def _proxy(self, stream: Stream, data: bytes, at: At) -> int | None:
        found = proxy_protocol.header(data)
        if found is None:
            return LOOK
        if isinstance(found, proxy_protocol.NeedMore):
            stream.need = found.at_least
            return COLLECT
        told = self._ledger.of(at.flow, at.which)
        if told is not None and found.source is not None:
            told.address = found.source
            self._ledger.counts["proxy_header"] += 1
        stream.at, stream.tunnel = found.used, True
        return None

    def _dns_stream(self, stream: Stream, data: bytes, at: At) -> int:
        if not stream.consumed and (verdict := self._proxy(stream, data, at)) != LOOK:
            if verdict is None:
                drop_what_was_read(stream)
                return self._dns_stream(stream, bytes(stream.data), at)
            return verdict
        if dns_streams.read(stream, data, at, self.dns_messages):
            self._requests.due[at.flow * 2 + at.which] = UNKNOWN
        return COLLECT

    def dns_messages(self, messages: Iterable[bytes], at: At) -> None:
        told = self._ledger.told(at.flow)
        client = told.address if told is not None and told.client == at.which else None
        for message in messages:
            self._datagrams.message(message, at, over_tcp=True, client=client)


def _may_follow(data: bytes, place: int) -> bool:
    """True where nothing stands behind a request, or another: a request that was written into an upload is among its other bytes."""
    rest = data[place:].lstrip(b"\r\n")
    return not rest or http.request_start(rest)


def owner(certificate: bytes) -> str | None:
    """The host that a certificate (DER) is about."""
    return hosts.one_owner(x509.names(certificate))


_known_owner = functools.lru_cache(maxsize=1 << 10)(owner)


def drop_what_was_read(stream: Stream) -> None:
    """Make room for what follows: a connection may hold any number of messages one behind the other."""
    need = stream.need - stream.at
    stream.consume(stream.at)
    stream.at, stream.need = 0, max(need, 0)
    stream.handed = len(stream.data) + sum(len(payload) for *_, payload in stream.waiting)
    stream.pieces = len(stream.waiting)
