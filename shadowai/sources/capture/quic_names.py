"""The ClientHellos of QUIC connections: Initial packets opened, their CRYPTO frames put in order (RFC 9001, RFC 9000 section 17.2.2)."""

from __future__ import annotations

from collections.abc import Iterator

from shadowai.wire import quic

_FAILURES = 32
"""Initial packets of one flow that do not open before no more are tried: each costs two decryptions."""
_CONNECTIONS = 8
_SMALLEST = 1200
"""Bytes of the smallest datagram in which a client may send an Initial packet; servers drop smaller ones (RFC 9000, section 14.1)."""
_WRONG = 2
"""Initial packets of one datagram that do not open before the rest of it is left: they are one connection's."""


class _Flow:
    __slots__ = ("done", "failures", "first", "streams")

    def __init__(self) -> None:
        self.failures = 0
        self.first: list[tuple[int, bytes]] = []
        """Version and connection id from which the keys of each connection on this flow come."""
        self.streams: dict[bytes, quic.CryptoStream] = {}
        self.done: set[bytes] = set()


class QuicNames:
    """Collects hellos of at most ``most`` flows at once; the oldest are given up first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._opener = quic.Opener()
        self._flows: dict[int, _Flow] = {}
        self.given_up = 0
        """Connections whose hello was not waited for any longer, and flows whose packets were not tried any more."""

    def messages(self, flow: int, datagram: bytes) -> Iterator[bytes]:
        """The handshake messages that ``datagram`` makes whole."""
        if len(datagram) < _SMALLEST:
            return
        wrong = 0
        for initial in quic.initials(datagram):
            if wrong >= _WRONG:
                return
            state = self._flows.get(flow)
            if state is None:
                if len(self._flows) >= self._most:
                    self.given_up += self.forget(next(iter(self._flows)))
                state = self._flows[flow] = _Flow()
            failed = state.failures
            message = self._message(state, initial)
            wrong += state.failures - failed
            if message is not None:
                yield message

    def forget(self, flow: int) -> bool:
        """The flow ended; true where a hello of it was begun and never became whole."""
        state = self._flows.pop(flow, None)
        return state is not None and bool(state.streams.keys() - state.done)

    def _message(self, state: _Flow, initial: quic.Initial) -> bytes | None:
        if state.failures >= _FAILURES:
            return None
        for dcid in dict.fromkeys((initial.dcid, *[cid for version, cid in state.first if version == initial.version])):
            frames = self._opener.frames(initial, dcid)
            if frames is None:
                continue
            if dcid in state.done:
                return None
            stream = state.streams.get(dcid)
            if stream is None:
                if len(state.streams) >= _CONNECTIONS:
                    oldest = next(iter(state.streams))
                    del state.streams[oldest]
                    self.given_up += oldest not in state.done
                    state.done.discard(oldest)
                    state.first = [each for each in state.first if each[1] != oldest]
                stream = state.streams[dcid] = quic.CryptoStream()
                state.first.append((initial.version, dcid))
            for offset, data in frames:
                stream.add(offset, data)
            message = stream.message()
            if message is not None:
                state.done.add(dcid)
            return message
        state.failures += 1
        self.given_up += state.failures == _FAILURES
        return None
