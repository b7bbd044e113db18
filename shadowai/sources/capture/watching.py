"""Frames of an interface, batch by batch, to records: what a capture file's reader does, without an end in sight.

A connection becomes a record when it ends. Nobody says that on an interface: a connection ends when it was closed, when it
was silent for long, or with the watch. So memory is bounded by what goes on at once, not by how long the watch lasts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shadowai.model import Note, Origin, Record
from shadowai.sources.capture.flows import RawFrame, Table
from shadowai.sources.capture.ledger import Wanted
from shadowai.sources.capture.limits import DEFAULT, Limits
from shadowai.sources.capture.naming import Naming
from shadowai.sources.capture.records import Records
from shadowai.sources.capture.sides import Flow

FORMAT = "live"
"""What the inventory names as the source's format."""
SECOND = 1_000_000


class Silence(NamedTuple):
    """For how long (µs, by the frames' clock) a connection may be silent before it counts as ended."""

    tcp: int = 300 * SECOND
    closed: int = 10 * SECOND
    """A TCP connection that both ends closed, or one reset: what may still come are repeated segments."""
    udp: int = 60 * SECOND


_PACE = 5 * SECOND
"""Between two looks for connections that ended."""


class UnderWay(NamedTuple):
    """A name on a connection that has not ended, with what went over it so far; ``closed`` where nothing more will."""

    record: Record
    closed: bool


class Watching(Records):
    """What passes on ``interface``; names that are not ``wanted`` are dropped where they are met (``None`` keeps all)."""

    def __init__(
        self,
        interface: str,
        *,
        wanted: Wanted | None = None,
        limits: Limits = DEFAULT,
        silence: Silence = Silence(),  # noqa: B008 - it cannot be changed
        secret: bytes | None = None,
    ) -> None:
        naming = Naming(limits, wanted, secret)
        self._ended: list[Flow] = []
        self._table = Table(self._take, self._ended.append, limits)
        super().__init__(interface, FORMAT, naming, self._table, wanted)
        self._silence = silence
        self._named: dict[int, tuple[int, bytes]] = {}
        """Connections that told a wanted name, and are open."""
        self._next_look: int | None = None
        self._silent = 0

    @property
    def frames(self) -> int:
        """Frames taken so far."""
        return self.table.packets

    @property
    def connections(self) -> int:
        """Connections that are open now, whatever they are for."""
        return self._table.open

    def take(self, frames: Sequence[RawFrame]) -> Iterator[Record]:
        """The records that ``frames`` complete: questions at once, connections that ended."""
        if not frames:
            return
        self._table.walk(frames, len(frames))
        now = frames[-1][1]
        if self._next_look is None or not self._next_look - _PACE <= now < self._next_look:
            if self._next_look is not None:
                self._silent += self._table.end_silent(
                    now - self._silence.tcp, now - self._silence.closed, now - self._silence.udp
                )
            self._next_look = now + _PACE
        yield from self._told()

    def under_way(self) -> list[UnderWay]:
        """The names of connections that have not ended, as far as they are wanted; nothing is counted."""
        counted, self.tally = self.tally, type(self.tally)()
        found: list[UnderWay] = []
        for number, (protocol, key) in self._named.items():
            flow = self._table.flow(protocol, key)
            if flow is not None and flow.number == number:
                closed = self._table.is_closed(protocol, key)
                found += [UnderWay(record, closed) for record in self.of_flow(flow, self.naming.told(number))]
        self.tally = counted
        return found

    def close(self) -> Iterator[Record]:
        """The watch is over: every connection is taken for ended."""
        self.table.close()
        yield from self._told()

    def notes(self, snapped: int = 0) -> Iterator[Note]:
        """As of a capture, and how many connections were taken for ended without having been closed."""
        yield from super().notes(snapped)
        if self._silent:
            minutes = self._silence.tcp // SECOND // 60
            text = (
                f"connections were silent for {minutes} minutes and taken for ended; what they sent after that counts as of "
                "connections without a name"
            )
            yield Note(Origin(self.path), "silent", text, self._silent)

    def _told(self) -> Iterator[Record]:
        yield from self.of_queries()
        for flow in self._ended:
            self._named.pop(flow.number, None)
            yield from self.of_flow(flow, self.naming.finish(flow.number))
        self._ended.clear()
        yield from self.of_queries()  # of streams that were left at their end

    def _take(
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
        verdict = self.naming.take(
            kind, flow, which, isn, sequence, time, frame, payload, length, key, protocol, acknowledged
        )
        told = self.naming.told(flow)
        if told is not None and (told.names or told.ech):
            self._named[flow] = (protocol, key)
        return verdict
