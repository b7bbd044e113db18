"""The lines of every sender as a log of its own, recognised as a file is: by how it begins.

Until a sender has sent enough to tell by, what it sent is read again for every report; from then on each line is read once.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import BinaryIO, Final, cast

from shadowai import inputs
from shadowai.inventory import Inventory
from shadowai.listen.mailbox import Message
from shadowai.names import Names
from shadowai.pipeline import Outcome, ScanOptions
from shadowai.sources.container import Content
from shadowai.sources.logs.logfile import LogFile

SENDERS: Final = 1000
"""Senders that are told apart; the addresses of datagrams can be invented, and those beyond share one log."""
ENOUGH: Final = 16 << 10
"""Bytes by which it is told what a sender sends."""
OTHERS: Final = "others"


class Senders:
    """What was sent so far, by whom, folded into an inventory. Memory grows with senders, and users of AI services; not with lines."""

    def __init__(self, options: ScanOptions, names: Names) -> None:
        self._options, self._names = options, names
        self._known: dict[str, _Sender] = {}
        self._total = Inventory()

    def take(self, messages: Iterable[Message]) -> None:
        """Read messages, in the order in which they came."""
        lines: dict[str, list[bytes]] = {}
        for sender, line in messages:
            name = sender if sender in self._known or len(self._known) < SENDERS else OTHERS
            if name not in self._known:
                self._known[name] = _Sender(name, self._options, self._names)
            lines.setdefault(name, []).append(as_one_line(line))
        for name, some in lines.items():
            self._known[name].take(some, self._total)

    def outcome(self) -> Outcome:
        """Everything so far; may be asked for again and again."""
        found = Outcome()
        found.inventory.merge(self._total)
        for sender in self._known.values():
            found.merge(sender.outcome())
        return found


def as_one_line(message: bytes) -> bytes:
    """A message with the line breaks in it as rsyslog writes them (``#012``), so that nobody forges lines."""
    return message.replace(b"\r\n", b"\n").replace(b"\n", b"#012").replace(b"\r", b"#015")


class _Sender:
    """One sender's lines."""

    def __init__(self, name: str, options: ScanOptions, names: Names) -> None:
        self._path, self._options, self._names = f"syslog:{name}", options, names
        self._head: list[bytes] | None = []
        self._size = 0
        self._line = 1
        self._log: LogFile | None = None

    def take(self, lines: list[bytes], total: Inventory) -> None:
        if self._head is None:
            self._read(lines, total)
            return
        self._head += lines
        self._size += sum(map(len, lines))
        if self._size >= ENOUGH:
            begun, self._head = self._head, None
            self._log = self._recognised(begun)
            self._read(begun, total)

    def outcome(self) -> Outcome:
        inventory, log = Inventory(), self._log
        if self._head is not None:
            log = self._recognised(self._head)
            self._fold(log, self._head, inventory)
        if log is None:
            return Outcome()
        return Outcome(inventory, list(log.gaps()), list(log.notes()), [log.summary()])

    def _read(self, lines: list[bytes], total: Inventory) -> None:
        if self._log is not None:
            inventory = Inventory()
            self._fold(self._log, lines, inventory)
            total.merge(inventory)
            self._line += len(lines)

    def _fold(self, log: LogFile, lines: list[bytes], inventory: Inventory) -> None:
        text = b"\n".join(lines) + b"\n"
        log.resume(cast(BinaryIO, io.BytesIO(text)), self._line)
        options = self._options
        inputs.scan_log(log, self._names, inventory, since=options.since, until=options.until)

    def _recognised(self, lines: list[bytes]) -> LogFile:
        content = Content(self._path, io.BytesIO(b"\n".join(lines) + b"\n"))
        options = self._options
        return inputs.log_file(content, options.settings, options.forced(), options.zone())
