"""What records say of each other: sizes of connections that others name, and names of connections that tell addresses only.

Kept beside an inventory, and counted into it when its rows are asked for; those of parts of the input merge in order.
"""

from __future__ import annotations

from collections.abc import Iterator

from shadowai.answers import Answers
from shadowai.model import Note, Record
from shadowai.sessions import Sessions
from shadowai.sightings import Sink


class Joins:
    """Connections under way: by the ids that logs give them, and by the addresses that DNS answers told."""

    __slots__ = ("answers", "sessions")

    def __init__(self) -> None:
        self.sessions = Sessions()
        self.answers = Answers()

    def merge(self, other: Joins) -> None:
        """Add those of the part of the input that follows; ``other`` is left as it was."""
        self.sessions.merge(other.sessions)
        self.answers.merge(other.answers)

    def move(self, lines: int) -> None:
        """Put every record so many lines further on (see :meth:`shadowai.inventory.Inventory.move`)."""
        self.sessions.move(lines)
        self.answers.move(lines)

    def make_room(self, sink: Sink) -> None:
        """Count what came first, where too much is remembered."""
        self.sessions.make_room(sink)
        self.answers.make_room(sink)

    def settle(self, sink: Sink) -> None:
        """Count everything."""
        self.sessions.settle(sink)
        self.answers.settle(sink)

    def notes(self) -> Iterator[Note]:
        """What was joined and inferred, and what could not be."""
        yield from self.sessions.notes()
        yield from self.answers.notes()


def by_address(record: Record) -> bool:
    """Whether a record tells of a connection by its addresses only, with nothing in the log that could name it."""
    known = record.client_ip is not None and record.server_ip is not None and record.time is not None
    return (
        record.kind == "connection"
        and record.host is None
        and record.session is None
        and record.unit == "line"
        and known
    )
