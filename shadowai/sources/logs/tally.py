"""What is counted while a log is read, and what of it could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field

EXAMPLES = 5
"""Places that are kept of the lines that could not be read for the same reason."""


@dataclass(slots=True)
class Tally:
    """Counts of one file, as they come."""

    lines: int = 0
    records: int = 0
    named: int = 0
    uncounted: int = 0
    outside: int = 0
    ai: int = 0
    unreadable: dict[str, list[int]] = field(default_factory=dict)
    """By the reason, how many lines could not be read, and the numbers of the first of them."""
    fresh: list[tuple[int, str]] | None = None
    """Where a list, every unread line is put into it, for whoever prints them all."""

    def merge(self, other: Tally) -> None:
        """Add the counts of a later part of the same file."""
        self.lines += other.lines
        self.records += other.records
        self.named += other.named
        self.uncounted += other.uncounted
        self.outside += other.outside
        self.ai += other.ai
        for reason, (count, *lines) in other.unreadable.items():
            found = self.unreadable.setdefault(reason, [0])
            found[0] += count
            found += lines[: EXAMPLES + 1 - len(found)]

    def unread(self, reason: str, line: int) -> None:
        """Count a line that could not be read; the first places are kept."""
        found = self.unreadable.setdefault(reason, [0])
        found[0] += 1
        if len(found) <= EXAMPLES:
            found.append(line)
        if self.fresh is not None:
            self.fresh.append((line, reason))

    @property
    def unread_lines(self) -> int:
        """How many lines could not be read, for whatever reason."""
        return sum(found[0] for found in self.unreadable.values())

    @property
    def examples(self) -> list[int]:
        """The numbers of the first lines that could not be read."""
        return sorted(line for found in self.unreadable.values() for line in found[1:])[:EXAMPLES]
