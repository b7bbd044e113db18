"""Joins records of one connection: sizes for connections that other records name, names for connections that have addresses only.

Kept beside an inventory, and counted into it when its rows are asked for; those of parts of the input merge in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shadowai.answers import Answers
from shadowai.model import Note, Record
from shadowai.sessions import Sessions
from shadowai.sightings import Sink


class Joins:
    """Connections not yet counted: by the ids that logs give them, and by the addresses of DNS answers."""

    __slots__ = ("_said", "answers", "sessions")

    def __init__(self) -> None:
        self._said: dict[Note, None] = {}
        self.sessions = Sessions()
        self.answers = Answers()

    def merge(self, other: Joins) -> None:
        """Add those of the part of the input that follows; ``other`` is left as it was."""
        self._said |= other._said
        self.sessions.merge(other.sessions)
        self.answers.merge(other.answers)

    def say(self, notes: Iterable[Note]) -> None:
        """Add notes about data beside the input (lease files); each is given once, however many files it was used for."""
        self._said.update(dict.fromkeys(notes))

    def move(self, lines: int) -> None:
        """Put every record so many lines further on (see :meth:`shadowai.inventory.Inventory.move`)."""
        self.sessions.move(lines)
        self.answers.move(lines)

    def make_room(self, sink: Sink) -> None:
        """Count the earliest connections where too many are remembered."""
        early = self.sessions.make_room(sink)
        if early:
            self.answers.drop(early)
        self.answers.make_room(sink, self.sessions.ids)

    def settle(self, sink: Sink) -> None:
        """Count everything that is remembered."""
        named = frozenset(self.sessions.ids)
        self.sessions.settle(sink)
        self.answers.settle(sink, named)

    def notes(self) -> Iterator[Note]:
        """What was joined and inferred, and what could not be."""
        yield from self._said
        yield from self.sessions.notes()
        yield from self.answers.notes()


def by_address(record: Record) -> bool:
    """Whether a record is about a connection of which it has the addresses only, and no other record of its log will name the host."""
    return (
        record.kind == "connection"
        and record.host is None
        and not (record.session is not None and record.session.named)
        and record.unit == "line"
        and record.client_ip is not None
        and record.server_ip is not None
    )
