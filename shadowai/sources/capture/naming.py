"""From pieces of flows to the names that they carry.

A flow table hands on payloads that may begin or continue a name (:data:`~shadowai.sources.capture.pieces.Take`); here they are
put together and read with :mod:`shadowai.wire`. What a flow told is kept until the flow ends, and only then says how much
was sent. DNS messages are told at once.

What a table hands on beyond what is needed is ignored, so that a table may hand on more, never less.
"""

from __future__ import annotations

import os

from shadowai.sources.capture.clear_keys import ClearKeys
from shadowai.sources.capture.ledger import At, Ledger, Told, Wanted
from shadowai.sources.capture.limits import DEFAULT, Limits
from shadowai.sources.capture.pieces import TCP_PIECE
from shadowai.sources.capture.stream import Stream
from shadowai.sources.capture.tcp_names import TcpNames
from shadowai.sources.capture.udp_names import UdpNames


class Naming(Ledger):
    """Names of all flows of one capture. ``wanted`` spares what nobody asks for; ``None`` keeps everything. ``secret`` keys the
    hashes of keys in clear text."""

    def __init__(self, limits: Limits = DEFAULT, wanted: Wanted | None = None, secret: bytes | None = None) -> None:
        super().__init__(limits, wanted)
        self.keys = ClearKeys(os.urandom(32) if secret is None else secret)
        self._udp = UdpNames(self, limits)
        self._tcp = TcpNames(self, self._udp, self.keys, limits)
        self._streams: dict[int, Stream] = self._tcp.streams

    def take(
        self,
        kind: int,
        flow: int,
        which: int,
        isn: int,
        sequence: int,
        time: int,
        frame: int,
        payload: bytes,
        length: int,
        key: bytes,
        protocol: int,
        acknowledged: int,
    ) -> int:
        """A piece of a flow: see :data:`~shadowai.sources.capture.pieces.Take`."""
        if kind == TCP_PIECE:
            return self._tcp.take(flow, which, isn, sequence, time, frame, payload, length, key, acknowledged)
        return self._udp.take(kind, payload, At(flow, which, key, time, frame))

    def remembers(self, flow: int) -> bool:
        """True where something is kept of a TCP flow, so that its end must be told."""
        return self.told(flow) is not None or flow in self.asked or self._tcp.remembers(flow)

    def holds_hello(self, flow: int) -> bool:
        """True where a hello of a DTLS flow was begun and is not whole yet."""
        return self._udp.holds_hello(flow)

    def finish(self, flow: int) -> Told | None:
        """The flow ended: what it told, with what is left of beginnings that never became whole."""
        self._tcp.finish(flow)
        self._udp.finish(flow)
        return self.forget(flow)

    def given_up(self) -> int:
        """QUIC connections and packets that were given up, for there were too many."""
        return self._udp.quic.given_up
