"""Names on TCP connections: hellos, requests, proxies' headers, certificates, DNS messages.

A name counts where a message may begin, and nowhere else. Where the beginning of a connection was captured, a request may
stand at its beginning, behind the request before it, or within a tunnel that a proxy was asked for; a hello within its first
64 KiB, for many protocols ask for TLS in their own words first (STARTTLS). What only looks like one in the midst of an upload or
of another protocol is counted and passed over.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from shadowai.sources.capture import dns_streams, hosts, http_evidence
from shadowai.sources.capture.clear_keys import ClearKeys, masked
from shadowai.sources.capture.flows import BOTH_DONE, COLLECT, DONE, DUE, LOOK, ends, key_is_dns
from shadowai.sources.capture.http_evidence import BODY
from shadowai.sources.capture.http_framing import body_length, chunks, open_chunks
from shadowai.sources.capture.ledger import At, Ledger, Seen, proven
from shadowai.sources.capture.limits import Limits
from shadowai.sources.capture.stream import Stream
from shadowai.sources.capture.udp_names import UdpNames
from shadowai.wire import ai_protocols, http, proxy_protocol, socks, tls, x509

_SEQUENCES = 0xFFFFFFFF
_HALF = 0x80000000
_WAIT = 8
"""Segments for which the one before them is waited for."""
_FAR = 1 << 16
"""Bytes of another protocol after which no hello is expected any more."""
_TRIED = 16
"""Requests that are looked for behind a gap."""
_REMEMBERED = 4096
"""Bytes of the longest certificate whose host is remembered: servers send the same again and again."""
_UNKNOWN, _OVER, _UPGRADED = -1, -2, -3
"""Where the next request may begin: not known; not known, but the one before is over, for it was answered or has no body; behind one
that asked for another protocol."""
_WITHOUTBODY = frozenset({b"GET", b"HEAD", b"OPTIONS", b"TRACE"})
_KEY = frozenset({"key", "clear_key"})


class _Chunked:
    """A body in chunks that goes on."""

    __slots__ = ("answered", "begun")

    def __init__(self, begun: bytes) -> None:
        self.begun = begun
        """What is there of the line with the next chunk's size."""
        self.answered = False


class TcpNames:
    """Puts the beginnings of messages together and reads them; tells the ``ledger``."""

    def __init__(self, ledger: Ledger, datagrams: UdpNames, keys: ClearKeys, limits: Limits) -> None:
        self._ledger = ledger
        self._datagrams = datagrams
        self._keys = keys
        self._limits = limits
        self.streams: dict[int, Stream] = {}
        self._starts: dict[int, int] = {}
        """Of directions whose beginning was not captured, or not first: the first sequence number that was."""
        self._next: dict[int, int] = {}
        """Of directions that hold HTTP requests: where the next may begin, or one of ``_UNKNOWN``, ``_OVER``, ``_UPGRADED``."""
        self._chunked: dict[int, _Chunked] = {}
        """Of those in the midst of a body in chunks, of which the next is where a request may else begin."""

    def take(
        self,
        flow: int,
        which: int,
        isn: int,
        sequence: int,
        time: int,
        frame: int,
        payload: bytes,
        length: int,
        key: bytes,
    ) -> int:
        """A segment: see :data:`~shadowai.sources.capture.flows.Take`."""
        id = flow * 2 + which
        at = At(flow, which, key, time, frame)
        stream = self.streams.get(id)
        if stream is None:
            if sequence == isn and payload[0] == 0x16 and len(payload) == length:  # the usual case: a whole hello
                message = tls.handshake(payload)
                name = tls.server_name(message) if isinstance(message, bytes) else None
                if name is not None:
                    return BOTH_DONE if self._ledger.hello(at, name, "tls_sni", message) else LOOK  # type: ignore[arg-type]
            sequence, payload, length = self._behind_what_was_read(id, sequence, payload, length)
            if sequence == self._next.get(id):
                if id in self._chunked:
                    sequence, payload, length = self._behind_chunks(id, sequence, payload, length)
                if not payload or not _may_begin(payload):
                    return self._looking(id, sequence, length)
            stream = self._begun(id, isn, sequence, payload, at)
            if stream is None:
                return LOOK
        elif stream.base < 0 and _may_begin(payload):
            offset = (sequence - (isn if isn >= 0 else self._starts.get(id, sequence))) & _SEQUENCES
            if not self._is_expected(id, offset if offset < _HALF else 0, sequence, payload):
                self._ledger.counts["misplaced"] += not self._within_body(id, sequence)
                self._close(id)
                return LOOK
            stream.doubtful = self._is_doubtful(id, payload)
            stream.begin(sequence)
        elif stream.base < 0 and self._waits(flow, isn, sequence):
            stream.begin(isn)
        elif self._is_earlier(id, stream, sequence, payload, length):
            return self._earlier(id, stream, isn, sequence, payload, at)
        stream.key = key
        stream.add(sequence, payload, length)
        verdict = self._verdict(stream, at)
        if verdict != COLLECT:
            self._close(id)
            if verdict == BOTH_DONE:
                self._close(id ^ 1)
        return self._looking(id, sequence, length) if verdict == LOOK else verdict

    def remembers(self, flow: int) -> bool:
        """True where something is kept of either direction of the flow."""
        ids = (2 * flow, 2 * flow + 1)
        return any(id in kept for id in ids for kept in (self.streams, self._starts, self._next))

    def finish(self, flow: int) -> None:
        """The flow ended: read what is left of beginnings that never became whole."""
        for id in (flow * 2, flow * 2 + 1):
            if id in self.streams:
                stream = self._close(id)
                if stream is not None:
                    self._leave(stream, flow, id & 1)
            self._starts.pop(id, None)
            self._next.pop(id, None)
            self._chunked.pop(id, None)

    def _looking(self, id: int, sequence: int, length: int) -> int:
        """The verdict where nothing is collected: something may begin behind this segment."""
        due = self._next.get(id, _UNKNOWN)
        behind = (due - sequence - length) & _SEQUENCES
        return DUE + due if due >= 0 and behind < _HALF and (behind or id in self._chunked) else LOOK

    def _verdict(self, stream: Stream, at: At) -> int:
        if stream.base < 0:
            verdict = COLLECT if stream.pieces < _WAIT else LOOK
        elif len(stream.data) < stream.need and not stream.cut:
            verdict = COLLECT
        else:
            verdict = self._parse(stream, at)
            if verdict == COLLECT and stream.at:
                _drop_what_was_read(stream)
        too_long = stream.handed > self._limits.stream_bytes or stream.pieces > self._limits.stream_pieces
        if verdict == COLLECT and (stream.cut or too_long):
            self._ledger.counts["stream_limit"] += bool(stream.data) and not stream.cut
            verdict = self._leave(stream, at.flow, at.which, final=stream.cut)
            return LOOK if stream.cut and verdict == COLLECT else verdict
        return verdict

    def _close(self, id: int) -> Stream | None:
        stream = self.streams.pop(id, None)
        if stream is not None:
            self._ledger.counts["overlaps"] += bool(stream.conflicts)
        return stream

    # --- where a stream begins ---------------------------------------------------------------------------------------

    def _begun(self, id: int, isn: int, sequence: int, payload: bytes, at: At) -> Stream | None:
        """A new stream, where this segment may begin something or wait for what does."""
        start = isn if isn >= 0 else self._starts.setdefault(id, sequence)
        offset = (sequence - start) & _SEQUENCES
        if offset >= _HALF:
            if isn >= 0:
                return None  # before the beginning: a keep-alive probe
            offset = 0
        early = (sequence - self._starts.get(id, sequence)) & _SEQUENCES >= _HALF
        if early and isn < 0:
            self._starts[id] = sequence
        if (
            not offset
            and not early
            and (self._within_body(id, sequence) or (id in self._next and not key_is_dns(at.key)))
        ):
            return None  # the first request, sent again
        stream = Stream(sequence, at.time, at.frame)
        if key_is_dns(at.key):
            if id in self._next:  # some were read already
                stream.doubtful = True
            elif isn >= 0:
                stream.base = isn if offset < self._limits.stream_bytes else sequence
            elif not _may_begin(payload) and (place := dns_streams.beginning(payload, at)):
                self._ledger.counts["dns_unreadable"] += 1
                if place < 0:
                    return None
                stream.doubtful = True
        elif offset and _may_begin(payload):
            if not self._is_expected(id, offset, sequence, payload):
                self._ledger.counts["misplaced"] += not self._within_body(id, sequence)
                return None
            stream.doubtful = self._is_doubtful(id, payload)
        elif offset:
            if self._within_body(id, sequence):
                return None
            stream.base = isn if self._waits(at.flow, isn, sequence) else -1
        elif isn < 0 and not (_may_begin(payload) or _asks_proxy(payload)):
            stream.base = -1
        if len(self.streams) >= self._limits.streams:
            self._drop_oldest()
        self.streams[id] = stream
        return stream

    def _waits(self, flow: int, isn: int, sequence: int) -> bool:
        """True where the connection's beginning, which told nothing yet, may still come before ``sequence``."""
        near = isn >= 0 and (sequence - isn) & _SEQUENCES < self._limits.stream_bytes
        return near and self._ledger.told(flow) is None

    def _is_expected(self, id: int, offset: int, sequence: int, payload: bytes) -> bool:
        """True where a message may begin at ``sequence``, ``offset`` bytes into the connection."""
        if self._within_body(id, sequence):
            return False
        if payload[0] == 0x16 or tls.in_prelogin(payload):
            return offset <= _FAR and self._next.get(id) != _UNKNOWN and id not in self._chunked
        if payload.startswith(b"HTTP"):
            return True
        return id in self._next or (id in self._starts and offset <= _FAR)

    def _is_doubtful(self, id: int, payload: bytes) -> bool:
        """True for a request where the one before it may not have ended yet."""
        chunked = self._chunked.get(id)
        is_open = self._next.get(id) in (_UNKNOWN, _UPGRADED) if chunked is None else not chunked.answered
        return is_open and payload[0] != 0x16

    def _behind_what_was_read(self, id: int, sequence: int, payload: bytes, length: int) -> tuple[int, bytes, int]:
        """A segment without the request that was read already: it may be sent again together with the one behind it."""
        due = self._next.get(id, _UNKNOWN)
        known = (due - sequence) & _SEQUENCES
        return (
            (due, payload[known:], length - known)
            if due >= 0 and 0 < known < len(payload)
            else (sequence, payload, length)
        )

    def _behind_chunks(self, id: int, sequence: int, payload: bytes, length: int) -> tuple[int, bytes, int]:
        """A segment that begins where a chunk is due, without what of it belongs to the body."""
        chunked = self._chunked[id]
        data, before = chunked.begun + payload, len(chunked.begun)
        found = chunks(data, 0)
        if found is None or (found.place < len(data) and not found.over and len(payload) < length):
            del self._chunked[id]
            self._next[id] = _UNKNOWN
            return sequence, payload, length
        if found.over:
            del self._chunked[id]
        self._next[id] = (sequence - before + (found.place if found.over else max(found.place, len(data)))) & _SEQUENCES
        chunked.begun = data[found.place :]
        used = min(found.place - before, length) if found.over else length
        return (sequence + used) & _SEQUENCES, payload[used:], length - used

    def _is_earlier(self, id: int, stream: Stream, sequence: int, payload: bytes, length: int) -> bool:
        """True for a segment with a request, or with questions, that was captured later than all of the stream, and sent before."""
        start = self._starts.get(id)
        if start is None or stream.base < 0 or (start - sequence - 1) & _SEQUENCES >= _HALF:
            return False
        apart = all((place - sequence - length) & _SEQUENCES < _HALF for place in (start, stream.base))
        return apart and (key_is_dns(stream.key) or isinstance(http.request(payload), http.Request))

    def _earlier(self, id: int, stream: Stream, isn: int, sequence: int, payload: bytes, at: At) -> int:
        """Read it; the stream stays what it is, unless it is the body."""
        found = Stream(sequence, at.time, at.frame)
        found.key = at.key
        found.add(sequence, payload, len(payload))
        self._starts[id] = sequence
        if key_is_dns(at.key):
            found.doubtful = isn < 0
            dns_streams.read(found, payload, at, self._dns_messages)
            dns_streams.go_on(found, at, self._dns_messages, final=True)
            return COLLECT
        due, chunked = self._next.pop(id, None), self._chunked.pop(id, None)
        self._parse(found, at, final=True)
        if self._within_body(id, stream.base):
            self._close(id)
            return LOOK
        if due is not None:
            self._next[id] = due
        if chunked is not None:
            self._chunked[id] = chunked
        return COLLECT

    def _within_body(self, id: int, sequence: int) -> bool:
        """True for what lies before the place where the next request may begin."""
        due = self._next.get(id, _UNKNOWN)
        return due >= 0 and (sequence - due) & _SEQUENCES >= _HALF

    # --- what a stream holds -----------------------------------------------------------------------------------------

    def _parse(self, stream: Stream, at: At, *, final: bool = False) -> int:
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
        if not self._request(found, data[place : used + BODY], found.used, at, doubtful=stream.doubtful):
            return LOOK
        end = None if length is None else used + length
        chunked = open_chunks(found, data, used) if end is None else None
        if chunked is not None:
            self._goes_on(at, stream.sequence(max(chunked.place, len(data))), _Chunked(data[chunked.place :]))
        else:
            self._goes_on(at, _open_end(found) if end is None else stream.sequence(end))
        if found.method == b"CONNECT":
            stream.tunnel = True
        elif end is None or end >= len(data):
            return LOOK
        stream.at = used if end is None else end
        return None

    def _goes_on(self, at: At, due: int, chunked: _Chunked | None = None) -> None:
        """The next request is ``due``, or the next chunk of the body; one that was captured behind later ones says nothing of that."""
        id = at.flow * 2 + at.which
        known = self._next.get(id, _UNKNOWN)
        if known >= 0 <= due and (due - known) & _SEQUENCES >= _HALF:
            return
        self._next[id] = due
        self._chunked.pop(id, None)
        if chunked is not None:
            self._chunked[id] = chunked

    def _http2(self, stream: Stream, data: bytes, at: At, final: bool) -> int:
        if len(data) - stream.at < len(http.PREFACE) and not final:
            stream.need = stream.at + len(http.PREFACE)
            return COLLECT
        requests = http.h2_requests(data[stream.at :])
        for request in requests:
            self._request(request, b"", 0, at, doubtful=stream.doubtful)
        if requests or final:
            self._ledger.counts["http2"] += bool(requests)
            return DONE
        stream.need = len(data) + len(data) // 4  # each look is at the whole stream
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
        asks = self.streams.get(at.flow * 2 + 1 - at.which)
        if asks is not None and asks.waiting and asks.base >= 0:  # to a request of which a part is missing
            known = http.response(data, stream.at)
            if isinstance(known, http.Response) and known.status >= 200 and asks.pieces not in asks.answers[-1:]:
                asks.answers.append(asks.pieces)
            return LOOK
        told = self._ledger.told(at.flow)
        if told is None or told.last is None or told.client == at.which or told.last.kind != "http_host":
            return LOOK
        found = http.response(data, stream.at)
        if found is None or (final and isinstance(found, http.NeedMore)):
            return LOOK
        if isinstance(found, http.NeedMore):
            stream.need = found.at_least
            return COLLECT
        used = stream.at + found.used
        if 100 <= found.status < 200 and found.status != 101:  # RFC 9110, section 15.2: the answer is still to come
            stream.at = used
            return None
        asked = at.flow * 2 + 1 - at.which
        if found.status != 101 and self._next.get(asked) in (_UNKNOWN, _UPGRADED):
            self._next[asked] = _OVER
        if asked in self._chunked:
            self._chunked[asked].answered = True
        proof = ai_protocols.of_response(found, data[used : used + BODY])
        if (
            proof is None
            and not final
            and len(data) < used + http_evidence.answer_awaited(found)
            and told.last.proof is None
        ):
            stream.need = used + http_evidence.answer_awaited(found)
            return COLLECT
        self._ledger.amend(
            told, http_evidence.refused(http_evidence.streamed(proven(told.last, proof), found), found.status)
        )
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
                _drop_what_was_read(stream)
                return self._dns_stream(stream, bytes(stream.data), at)
            return verdict
        if dns_streams.read(stream, data, at, self._dns_messages):
            self._next[at.flow * 2 + at.which] = _UNKNOWN
        return COLLECT

    def _dns_messages(self, messages: Iterable[bytes], at: At) -> None:
        told = self._ledger.told(at.flow)
        client = told.address if told is not None and told.client == at.which else None
        for message in messages:
            self._datagrams.message(message, at, over_tcp=True, client=client)

    # --- what never became whole -------------------------------------------------------------------------------------

    def _leave(self, stream: Stream, flow: int, which: int, *, final: bool = True) -> int:
        """A beginning that will not become whole: the name may lie in what is there, or behind what is missing. ``final``: nothing more
        will come, else only messages of DNS may."""
        at = At(flow, which, stream.key, stream.time, stream.frame)
        data = bytes(stream.data[stream.at :])
        if data[:1] == b"\x16" and tls.hello_start(data):
            name = tls.partial_server_name(data)
            if name is None:
                self._ledger.counts["hello_incomplete"] += 1
            elif self._ledger.hello(at, name, "tls_sni"):
                self._ledger.counts["hello_cut_but_named"] += 1
                return BOTH_DONE
        elif http.request_start(data) or data.startswith(b"HTTP"):
            verdict = self._parse(stream, at, final=True)
            return verdict if data.startswith(b"HTTP") else self._behind_the_gap(stream, at, verdict)
        elif key_is_dns(stream.key) and stream.base >= 0:
            self._ledger.counts["dns_unreadable"] += dns_streams.go_on(stream, at, self._dns_messages, final=final)
            self._next[flow * 2 + which] = _UNKNOWN
            return COLLECT
        elif not data and stream.waiting:
            return self._rescue(stream, at)
        return LOOK

    def _behind_the_gap(self, stream: Stream, at: At, verdict: int) -> int:
        """Read the requests that wait behind what is missing: where the next is due, or, if that is not known or not there, in segments
        that begin as requests do. ``verdict`` is given back where there are none."""
        id, tried, asked, waiting = at.flow * 2 + at.which, 0, 0, sorted(stream.waiting)
        read = stream.sequence(stream.at) if stream.base >= 0 else -1
        for number, (_, arrival, sequence, payload) in enumerate(waiting):
            due = self._next.get(id, _UNKNOWN)
            within = due >= 0 and id not in self._chunked and (due - sequence) & _SEQUENCES < len(payload)
            begin = due if within else sequence
            if tried == _TRIED or not (within or _begins_request(payload)) or self._within_body(id, begin):
                continue
            if read >= 0 and not 0 < (begin - read) & _SEQUENCES < _HALF:
                continue
            found = _run(waiting[number:], begin, at)
            answered = any(asked <= answer < arrival for answer in stream.answers)
            found.doubtful = self._is_doubtful(id, payload) and not answered
            verdict = self._parse(found, at, final=True)
            tried, read, asked = tried + 1, found.sequence(found.at), arrival
        return verdict

    def _rescue(self, stream: Stream, at: At) -> int:
        """A hello among segments that wait for one which was not captured; requests where that was the first of all."""
        waiting = sorted(stream.waiting)
        for number, (place, _, sequence, payload) in enumerate(waiting):
            if place - waiting[0][0] <= _FAR and len(payload) > 5 and tls.hello_start(payload):
                found = _run(waiting[number : number + _WAIT * 2], sequence, at)
                name = tls.partial_server_name(bytes(found.data))
                if name is not None:
                    message = tls.handshake(bytes(found.data))
                    whole = message if isinstance(message, bytes) else None
                    return BOTH_DONE if self._ledger.hello(at, name, "tls_sni", whole) else LOOK
        return self._behind_the_gap(stream, at, LOOK) if at.flow * 2 + at.which in self._starts else LOOK

    def _drop_oldest(self) -> None:
        id = next(iter(self.streams))
        stream = self._close(id)
        self._ledger.counts["streams_limit"] += 1
        if stream is not None:
            self._leave(stream, id // 2, id % 2)


def owner(certificate: bytes) -> str | None:
    """The host that a certificate (DER) is about."""
    return hosts.one_owner(x509.names(certificate))


_known_owner = functools.lru_cache(maxsize=1 << 10)(owner)


def _run(waiting: Sequence[tuple[int, int, int, bytes]], sequence: int, at: At) -> Stream:
    """What begins at ``sequence`` in the first of these segments, as far as it hangs together."""
    found = Stream(sequence, at.time, at.frame)
    found.key = at.key
    for _, _, number, payload in waiting:
        found.add(number, payload, len(payload))
        if found.waiting:
            break
    return found


def _open_end(request: http.Request) -> int:
    """What is known of where a request ends whose length does not tell it."""
    if request.upgrade is not None:
        return _UPGRADED
    return _OVER if not request.complete and request.method in _WITHOUTBODY else _UNKNOWN


def _drop_what_was_read(stream: Stream) -> None:
    """Make room for what follows: a connection may hold any number of messages one behind the other."""
    need = stream.need - stream.at
    stream.consume(stream.at)
    stream.at, stream.need = 0, max(need, 0)
    stream.handed = len(stream.data) + sum(len(payload) for *_, payload in stream.waiting)
    stream.pieces = len(stream.waiting)


def _may_begin(payload: bytes) -> bool:
    if payload[0] == 0x16:
        return tls.hello_start(payload) or (len(payload) > 5 and payload[1] == 3 and payload[5] == tls.SERVER_HELLO)
    plain = payload.startswith((b"HTTP", b"PROXY ", b"\r\n\r\n\x00\r\nQUIT\n"))
    return plain or tls.in_prelogin(payload) or http.request_start(payload)


def _begins_request(payload: bytes) -> bool:
    """True where a segment begins with a request, rather than with the end of what was before it."""
    return payload[0] not in b"\r\n" and http.request_start(payload)


def _asks_proxy(payload: bytes) -> bool:
    """True for a whole message with which a SOCKS client begins: its methods alone, or a request that names a host."""
    found = socks.connect(payload)
    if isinstance(found, socks.Connect):
        return found.host is not None and found.used == len(payload)
    return found is not None and payload[0] == 5 and len(payload) > 2 and len(payload) == 2 + payload[1]
