"""The ClientHellos of QUIC connections: Initial packets opened, their CRYPTO frames put in order (RFC 9001, RFC 9000 section 17.2.2)."""

from __future__ import annotations

from collections.abc import Iterator

from shadowai.sources.capture.ledger import At
from shadowai.wire import quic

_FAILURES = 32
"""Initial packets of one flow that do not open before no more are tried: each costs two decryptions."""
_CONNECTIONS = 8
_WRONG = 2
"""Initial packets of one datagram that do not open before the rest of it is left: they are one connection's."""


class _Flow:
    __slots__ = ("at", "done", "failures", "first", "streams")

    def __init__(self) -> None:
        self.at: At | None = None
        """Of the first Initial that opened."""
        self.failures = 0
        self.first: list[bytes] = []
        """Connection id from which the keys of each connection on this flow come."""
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

    def messages(self, at: At, datagram: bytes) -> Iterator[bytes]:
        """The handshake messages that ``datagram``, met ``at`` a flow, makes whole."""
        wrong, flow = 0, at.flow
        for initial in quic.initials(datagram):
            if wrong >= _WRONG:
                return
            state = self._flows.get(flow)
            if state is None:
                if len(self._flows) >= self._most:
                    self.given_up += self.forget(next(iter(self._flows)))
                state = self._flows[flow] = _Flow()
            failed = state.failures
            message = self._message(state, initial, at)
            wrong += state.failures - failed
            if message is not None:
                yield message

    def forget(self, flow: int) -> bool:
        """The flow ended; true where a hello of it was begun and never became whole."""
        state = self._flows.pop(flow, None)
        if state is None or not state.done:
            return state is not None and bool(state.streams)
        return bool(_left(state))

    def begun(self, flow: int) -> tuple[At, list[bytes]] | None:
        """Where the hellos of a flow were met that never became whole, and what of each is there from its beginning on; ``None``
        where there are none."""
        state = self._flows.get(flow)
        if state is None or state.at is None:
            return None
        found = _left(state)
        return (state.at, found) if found else None

    def _message(self, state: _Flow, initial: quic.Initial, at: At) -> bytes | None:
        """``initial`` may have the keys of any id that a connection on the flow began with: the version may change under way (RFC
        9368, section 2.3), and the keys with it (RFC 9369, section 4.1)."""
        if state.failures >= _FAILURES:
            return None
        for dcid in dict.fromkeys((initial.dcid, *state.first)):
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
                    state.first.remove(oldest)
                stream = state.streams[dcid] = quic.CryptoStream()
                state.first.append(dcid)
                state.at = state.at or at
            for offset, data in frames:
                stream.add(offset, data)
            message = stream.message()
            if message is not None:
                state.done.add(dcid)
            return message
        state.failures += 1
        self.given_up += state.failures == _FAILURES
        return None


def _left(state: _Flow) -> list[bytes]:
    """What is there of each hello that never became whole. One that did later under another id, behind a Retry, is the same (RFC 9000,
    section 17.2.5.2), and not among them."""
    left: list[bytes] = []
    whole: list[bytes] = []
    for dcid, stream in reversed(state.streams.items()):
        hello = stream.contiguous()
        if dcid in state.done:
            whole.append(hello)
        elif not hello or not any(later.startswith(hello) for later in whole):
            left.append(hello)
    return left[::-1]
