"""One capture from its frames to records: a name with who used it, when, and how much was sent.

A question to a resolver is a record at once; a name on a connection becomes one when the connection ends, for only then is
known how much went over it. :meth:`CaptureFile.records` is iterated once; then ask for gaps, notes and the summary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO

from shadowai import fast
from shadowai.errors import SourceError
from shadowai.fast import FlowTable
from shadowai.model import Gap, Note, Origin, Record, SourceSummary
from shadowai.sources.capture.flows import Table
from shadowai.sources.capture.frames import Container
from shadowai.sources.capture.ledger import Wanted
from shadowai.sources.capture.limits import DEFAULT, Limits
from shadowai.sources.capture.naming import Naming
from shadowai.sources.capture.records import SILENT_PORTS, Records, Tally
from shadowai.sources.capture.sides import Flow

_BATCH = 1 << 16
FORMATS = {
    "pcap": "Packet capture (pcap; tcpdump, Wireshark), no name for --log-format",
    "pcapng": "Packet capture (pcapng; Wireshark, dumpcap), no name for --log-format",
}
"""The kinds of captures, by what records say of their format, and their titles."""
FIELDS = (
    *("time", "client_ip", "server_ip", "server_port", "host", "url", "method", "blocked", "bytes_up", "bytes_down"),
    "user_agent",
)
"""What records of captures may tell."""


class CaptureFile:
    """A capture. ``stream`` gives its bytes from the first, decompressed; ``secret`` keys the hashes of keys in clear text."""

    def __init__(
        self,
        path: str,
        stream: BinaryIO,
        *,
        limits: Limits = DEFAULT,
        secret: bytes | None = None,
        on_block: Callable[[int], None] | None = None,
        follow: Callable[[], bool] | None = None,
    ) -> None:
        self.path = path
        self.tally = Tally()
        self._limits = limits
        self._secret = secret
        self._on_block = on_block
        self._container = Container(stream, follow=follow)
        self._naming: Naming | None = None
        self._table: FlowTable | None = None
        self._made: Records | None = None
        self._failure: SourceError | None = None

    @property
    def format(self) -> str:
        """``pcap`` or ``pcapng``."""
        return self._container.format

    def records(self, wanted: Wanted | None = None, *, compiled: bool = False) -> Iterator[Record]:
        """Every name with its use, or only those of hosts that are ``wanted``. ``compiled`` lets the compiled walk do the work
        where there is one: the records are the same."""
        naming = self._naming = Naming(self._limits, wanted, self._secret)
        ended: list[Flow] = []

        def finish(flow: Flow) -> None:
            # one without application data tells nothing, and there are as many of them as somebody likes to send
            if any(flow.payload) or naming.remembers(flow.number):
                ended.append(flow)

        self._table, walk = self._walk(naming, finish, compiled)
        table = self._table
        made = self._made = Records(self.path, self.format, naming, table, wanted, self.tally)
        more, done = True, 0
        while more:
            try:
                more = walk()
            except SourceError as wrong:
                self._failure, more = wrong, False
            if not more:
                table.close()
            self.tally.nameless += table.nameless
            self.tally.lost += table.lost
            table.nameless = table.lost = 0
            if self._on_block is not None:
                self._on_block(self._container.bytes_done - done)
                done = self._container.bytes_done
            yield from made.of_queries()
            for flow in ended:
                yield from made.of_flow(flow, naming.finish(flow.number))
            ended.clear()
        yield from made.of_queries()  # of streams that were left at their end

    def _walk(
        self, naming: Naming, finish: Callable[[Flow], None], compiled: bool
    ) -> tuple[FlowTable, Callable[[], bool]]:
        """The flow table, and what counts the next frames to it; false once there are no more."""
        found = fast.table(naming, finish, self._limits, SILENT_PORTS) if compiled else None
        if found is not None:
            return found, partial(found.walk, self._container, _BATCH)
        table = Table(naming.take, finish, self._limits)
        plain = self._container.in_place
        if plain is not None:
            return table, partial(table.read, plain, _BATCH)
        return table, partial(table.walk, self._container.frames(), _BATCH)

    def gaps(self) -> Iterator[Gap]:
        """What could not be read, after the records have been taken."""
        container = self._container
        if self._failure is not None:
            remedy = f" ({self._failure.remedy})" if self._failure.remedy else ""
            yield Gap(Origin(self.path), f"{self._failure.message}{remedy}")
        for problem in container.problems:
            yield Gap(self._origin(max(problem.number, 1)), _problem(problem.reason, problem.offset, problem.skipped))
        more = container.problem_count - len(container.problems)
        if more > 0:
            yield Gap(Origin(self.path), "further places that could not be read", more)
        if self._made is not None:
            yield from self._made.gaps()

    def notes(self) -> Iterator[Note]:
        """What was given up, assumed or cannot be seen, with how often."""
        if self._made is None:
            return
        yield from self._made.notes(self._container.snapped)
        if self._container.secrets:
            yield Note(Origin(self.path), "secrets", "the capture brings keys for decryption; they are not used")

    def summary(self) -> SourceSummary:
        """Counts of the whole capture; ``lines`` are frames, ``records`` names and connections without one."""
        return SourceSummary(self.path, self.format) if self._made is None else self._made.summary()

    def _origin(self, frame: int) -> Origin:
        return Origin(self.path, frame, "frame")


def _problem(reason: str, offset: int, skipped: int) -> str:
    passed = f", {skipped:,} bytes passed over" if skipped else ""
    return f"{reason} (at byte {offset:,}{passed})"
