"""The listener: receives until it is stopped, reads what came, and gives the inventory at any moment.

Sockets have one thread and reading has another, so that what is sent while lines are read waits in the mailbox, and not in the
system's buffers, which overflow without a word.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from shadowai import pipeline
from shadowai.inventory import By
from shadowai.listen.mailbox import ROOM, Mailbox
from shadowai.listen.receivers import Port, Receivers
from shadowai.listen.senders import Senders
from shadowai.model import Gap, Note, Origin, Report
from shadowai.names import Names
from shadowai.pipeline import Outcome, ScanOptions

PACE: Final = 0.5
"""Seconds between two times of reading what came."""
GRACE: Final = 2.0
"""Seconds for which, when it is told to end, what is on its way is still taken."""
_TABLES: Final = ("/proc/net/udp", "/proc/net/udp6")


class Listener:
    """Receives on ``ports``. Raises :class:`~shadowai.errors.UsageError` for a policy that is wrong, and for ports that cannot be had."""

    def __init__(
        self, ports: Sequence[Port], options: ScanOptions, context: ssl.SSLContext | None = None, *, room: int = ROOM
    ) -> None:
        self._wanted, self._context = ports, context
        known = options.load_catalog()
        self._report = pipeline.reporting(options, known)
        self._senders = Senders(options, Names(known))
        self.mailbox = Mailbox(room)
        self._receivers = Receivers(self.mailbox)
        self._lost = 0

    @property
    def ports(self) -> Sequence[Port]:
        """Those that are open."""
        return self._receivers.ports

    @property
    def open(self) -> int:
        """Connections that are open."""
        return self._receivers.open

    def run(
        self, stop: Callable[[], bool], *, every: float, opened: Callable[[], None], due: Callable[[], None]
    ) -> None:
        """Receive until ``stop``; call ``opened`` once it has begun, and ``due`` every so many seconds."""
        asyncio.run(self._run(stop, every, opened, due))

    async def _run(
        self, stop: Callable[[], bool], every: float, opened: Callable[[], None], due: Callable[[], None]
    ) -> None:
        await self._receivers.start(self._wanted, self._context)
        opened()
        last = time.monotonic()
        while not stop():
            await asyncio.sleep(PACE)
            await asyncio.to_thread(self._read)
            if time.monotonic() - last >= every:
                last = time.monotonic()
                await asyncio.to_thread(due)
        await self._take_the_rest()
        self._look_for_losses()
        await self._receivers.stop()
        await asyncio.sleep(0)
        self._read()

    async def _take_the_rest(self) -> None:
        """What has arrived and waits in the system's buffers: until nothing comes, or time is up."""
        before, until = -1, time.monotonic() + GRACE
        while self.mailbox.received != before and time.monotonic() < until:
            before = self.mailbox.received
            await asyncio.sleep(min(PACE, GRACE / 8))
            await asyncio.to_thread(self._read)

    def _look_for_losses(self) -> None:
        udp = [port.port for port in self.ports if port.kind == "udp"]
        self._lost = max(self._lost, _dropped_by_system(udp))

    def reports(self, ways: Sequence[By]) -> tuple[Report, ...]:
        """The inventory of everything read so far, in several ``ways``."""
        return tuple(self._report(self._outcome(), by) for by in ways)

    def _read(self) -> None:
        self._senders.take(self.mailbox.take())

    def _outcome(self) -> Outcome:
        found = self._senders.outcome()
        found.gaps += self._gaps()
        if not self.mailbox.received:
            text = "no message arrived: nothing can be said of those who were to send (are they given this address and port?)"
            found.notes.append(Note(Origin("syslog"), "no_messages", text))
        return found

    def _gaps(self) -> Iterator[Gap]:
        counts = self._receivers.counts
        self._look_for_losses()
        told = {
            "messages were dropped: they came faster than they could be read": self.mailbox.dropped,
            "datagrams were dropped by the system: they came faster than they could be taken": self._lost,
            "messages were too long and left out": counts.overlong,
            "messages were cut off: their connection ended, or they took too long": counts.cut,
            "connections were closed: there were too many, or they kept a message open": counts.closed,
            "connections were refused: their TLS handshake failed, or too many came at once": counts.refused,
        }
        yield from (Gap(Origin("syslog"), reason, count) for reason, count in told.items() if count)


def _dropped_by_system(ports: Sequence[int]) -> int:
    """Datagrams that Linux dropped at sockets of these ports (proc(5): the last column of ``/proc/net/udp``); 0 where it does not say."""
    lost = 0
    for table in _TABLES:
        try:
            lines = Path(table).read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for columns in map(str.split, lines):
            lost += int(columns[-1]) if int(columns[1].rpartition(":")[2], 16) in ports else 0
    return lost
