"""Names on TCP connections: hellos, requests, proxies' headers, certificates, DNS messages.

A name counts where a message may begin, and nowhere else. Where the beginning of a connection was captured, a request may
stand at its beginning, behind the request before it, or within a tunnel that a proxy was asked for; a hello within its first
64 KiB, for many protocols ask for TLS in their own words first (STARTTLS). What only looks like one in the midst of an upload or
of another protocol is counted and passed over.
"""

from __future__ import annotations

from collections.abc import Sequence

from shadowai.sources.capture import dns_streams
from shadowai.sources.capture.clear_keys import ClearKeys
from shadowai.sources.capture.ledger import At, Ledger
from shadowai.sources.capture.limits import Limits
from shadowai.sources.capture.next_requests import UNKNOWN, UPGRADED, NextRequests, got_answer
from shadowai.sources.capture.pieces import BOTH_DONE, COLLECT, LOOK, key_is_dns
from shadowai.sources.capture.stream import Stream
from shadowai.sources.capture.tcp_messages import TcpMessages, drop_what_was_read
from shadowai.sources.capture.udp_names import UdpNames
from shadowai.wire import http, socks, tls

_SEQUENCES = 0xFFFFFFFF
_HALF = 0x80000000
_WAIT = 8
"""Segments for which the one before them is waited for."""
_FAR = 1 << 16
"""Bytes of another protocol after which no hello is expected any more."""
_TRIED = 16
"""Requests that are looked for behind a gap."""


class TcpNames:
    """Puts the beginnings of messages together and reads them; tells the ``ledger``."""

    def __init__(self, ledger: Ledger, datagrams: UdpNames, keys: ClearKeys, limits: Limits) -> None:
        self._ledger = ledger
        self._limits = limits
        self.streams: dict[int, Stream] = {}
        self._starts: dict[int, int] = {}
        """Of directions whose beginning was not captured, or not first: the first sequence number that was."""
        self.requests = NextRequests()
        self._messages = TcpMessages(ledger, datagrams, keys, limits, self.requests, self.streams)

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
        acknowledged: int,
    ) -> int:
        """A segment: see :data:`~shadowai.sources.capture.pieces.Take`."""
        id = flow * 2 + which
        at = At(flow, which, key, time, frame, acknowledged)
        stream = self.streams.get(id)
        self.requests.go_on_behind_doubted(id, sequence, acknowledged)
        if stream is None:
            if sequence == isn and payload[0] == 0x16 and len(payload) == length:  # the usual case: a whole hello
                message = tls.handshake(payload)
                name = tls.server_name(message) if isinstance(message, bytes) else None
                if name is not None:
                    return BOTH_DONE if self._ledger.hello(at, name, "tls_sni", message) else LOOK  # type: ignore[arg-type]
            sequence, payload, length = self.requests.behind_what_was_read(id, sequence, payload, length)
            if sequence == self.requests.due.get(id):
                if id in self.requests.chunked:
                    sequence, payload, length = self.requests.behind_chunks(id, sequence, payload, length)
                if not payload or not _may_begin(payload):
                    return self.requests.looking(id, sequence, length)
            stream = self._begun(id, isn, sequence, payload, at)
            if stream is None:
                return LOOK
        elif stream.base < 0 and _may_begin(payload):
            offset = (sequence - (isn if isn >= 0 else self._starts.get(id, sequence))) & _SEQUENCES
            if not self._is_expected(id, offset if offset < _HALF else 0, sequence, payload):
                self._ledger.counts["misplaced"] += not self.requests.within_body(id, sequence)
                self._close(id)
                return LOOK
            stream.doubtful = bool(offset) and not self.requests.is_due(id, sequence)
            stream.lone = (offset > 0 or isn < 0) and not self.requests.is_behind_another(id, sequence)
            stream.begin(sequence)
        elif stream.base < 0 and self._waits(flow, isn, sequence):
            stream.begin(isn)
        elif self._is_earlier(id, stream, sequence, payload, length):
            return self._earlier(id, stream, isn, sequence, payload, at)
        stream.key = key
        stream.add(sequence, payload, length)
        if stream.waiting:
            end, before = stream.latest
            if sequence == end and got_answer(before, acknowledged):
                stream.answers.add(sequence)
            stream.latest = ((sequence + length) & _SEQUENCES, acknowledged)
        verdict = self._verdict(stream, at)
        if verdict != COLLECT:
            self._close(id)
            if verdict == BOTH_DONE:
                self._close(id ^ 1)
        return self.requests.looking(id, sequence, length) if verdict == LOOK else verdict

    def remembers(self, flow: int) -> bool:
        """True where something is kept of either direction of the flow."""
        ids = (2 * flow, 2 * flow + 1)
        return any(id in kept for id in ids for kept in (self.streams, self._starts, self.requests))

    def finish(self, flow: int) -> None:
        """The flow ended: read what is left of beginnings that never became whole."""
        for id in (flow * 2, flow * 2 + 1):
            if id in self.streams:
                stream = self._close(id)
                if stream is not None:
                    self._leave(stream, flow, id & 1)
            self._starts.pop(id, None)
            self.requests.forget(id)

    def _verdict(self, stream: Stream, at: At) -> int:
        if stream.base < 0:
            verdict = COLLECT if stream.pieces < _WAIT else LOOK
        elif len(stream.data) < stream.need and not stream.cut:
            verdict = COLLECT
        else:
            verdict = self._messages.parse(stream, at)
            if verdict == COLLECT and stream.at:
                drop_what_was_read(stream)
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
            and (self.requests.within_body(id, sequence) or (id in self.requests.due and not key_is_dns(at.key)))
        ):
            return None  # the first request, sent again
        stream = Stream(sequence, at.time, at.frame)
        if key_is_dns(at.key):
            if id in self.requests.due:  # some were read already
                stream.doubtful = True
            elif isn >= 0:
                stream.base = isn if offset < self._limits.stream_bytes else sequence
            elif not _may_begin(payload) and (place := dns_streams.beginning(payload, at)):
                self._ledger.counts["dns_unreadable"] += 1
                if place < 0:
                    return None
                stream.doubtful = True
        elif offset and _may_begin(payload):
            if self._is_expected(id, offset, sequence, payload):
                stream.doubtful = not self.requests.is_due(id, sequence)
                stream.lone = not self.requests.is_behind_another(id, sequence)
            elif self._waits(at.flow, isn, sequence):
                stream.base = isn
            else:
                self._ledger.counts["misplaced"] += not self.requests.within_body(id, sequence)
                return None
        elif offset:
            if self.requests.within_body(id, sequence):
                return None
            stream.base = isn if self._waits(at.flow, isn, sequence) else -1
        elif isn < 0:
            stream.lone = True
            if not (_may_begin(payload) or _asks_proxy(payload)):
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
        if self.requests.within_body(id, sequence):
            return False
        if payload[0] == 0x16 or tls.in_prelogin(payload):
            told = self._ledger.told(id // 2)
            asked_for_tunnel = told is not None and told.last is not None and told.last.method == "CONNECT"
            due = self.requests.due.get(id, UPGRADED if id not in self.requests else UNKNOWN)
            return offset <= _FAR and (due == UPGRADED or asked_for_tunnel or self.requests.is_due(id, sequence))
        if payload.startswith(b"HTTP"):
            return True
        return id in self.requests.due or self.requests.is_due(id, sequence) or (id in self._starts and offset <= _FAR)

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
            dns_streams.read(found, payload, at, self._messages.dns_messages)
            dns_streams.go_on(found, at, self._messages.dns_messages, final=True)
            return COLLECT
        due, chunked = self.requests.due.pop(id, None), self.requests.chunked.pop(id, None)
        self._messages.parse(found, at, final=True)
        if self.requests.within_body(id, stream.base):
            self._close(id)
            return LOOK
        if due is not None:
            self.requests.due[id] = due
        if chunked is not None:
            self.requests.chunked[id] = chunked
        return COLLECT

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
            verdict = self._messages.parse(stream, at, final=True)
            return verdict if data.startswith(b"HTTP") else self._behind_the_gap(stream, at, verdict)
        elif key_is_dns(stream.key) and stream.base >= 0:
            self._ledger.counts["dns_unreadable"] += dns_streams.go_on(
                stream, at, self._messages.dns_messages, final=final
            )
            self.requests.due[flow * 2 + which] = UNKNOWN
            return COLLECT
        elif not data and stream.waiting:
            return self._rescue(stream, at)
        return LOOK

    def _behind_the_gap(self, stream: Stream, at: At, verdict: int) -> int:
        """Read the requests that wait behind what is missing: where the next is due, or, if that is not known or not there, in segments
        that begin as requests do. ``verdict`` is given back where there are none."""
        id, tried, waiting = at.flow * 2 + at.which, 0, sorted(stream.waiting)
        read = stream.sequence(stream.at) if stream.base >= 0 else -1
        for number, (*_, sequence, payload) in enumerate(waiting):
            due = self.requests.due.get(id, UNKNOWN)
            within = due >= 0 and id not in self.requests.chunked and (due - sequence) & _SEQUENCES < len(payload)
            begin = due if within else sequence
            if tried == _TRIED or not (within or _begins_request(payload)) or self.requests.within_body(id, begin):
                continue
            if read >= 0 and not 0 < (begin - read) & _SEQUENCES < _HALF:
                continue
            found = _run(waiting[number:], begin, at)
            found.doubtful = begin not in stream.answers and not self.requests.is_due(id, begin)
            found.lone = not self.requests.is_behind_another(id, begin)
            verdict = self._messages.parse(found, at, final=True)
            tried, read = tried + 1, found.sequence(found.at)
        return verdict

    def _rescue(self, stream: Stream, at: At) -> int:
        """A hello, or requests, among segments that wait for the first of all, which was not captured."""
        waiting = sorted(stream.waiting)
        for number, (place, _, sequence, payload) in enumerate(waiting):
            if place - waiting[0][0] <= _FAR and len(payload) > 5 and tls.hello_start(payload):
                found = _run(waiting[number : number + _WAIT * 2], sequence, at)
                name = tls.partial_server_name(bytes(found.data))
                if name is not None:
                    message = tls.handshake(bytes(found.data))
                    whole = message if isinstance(message, bytes) else None
                    return BOTH_DONE if self._ledger.hello(at, name, "tls_sni", whole) else LOOK
        return self._behind_the_gap(stream, at, LOOK)

    def _drop_oldest(self) -> None:
        id = next(iter(self.streams))
        stream = self._close(id)
        self._ledger.counts["streams_limit"] += 1
        if stream is not None:
            self._leave(stream, id // 2, id % 2)


def _run(waiting: Sequence[tuple[int, int, int, bytes]], sequence: int, at: At) -> Stream:
    """What begins at ``sequence`` in the first of these segments, as far as it hangs together."""
    found = Stream(sequence, at.time, at.frame)
    found.key = at.key
    for _, _, number, payload in waiting:
        found.add(number, payload, len(payload))
        if found.waiting:
            break
    return found


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
