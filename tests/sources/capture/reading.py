"""Captures in memory, read: for tests of everything behind the containers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import NamedTuple

from shadowai.model import Gap, Record, SourceSummary
from shadowai.sources.capture.capture_file import CaptureFile
from shadowai.sources.capture.ledger import Wanted
from shadowai.sources.capture.limits import DEFAULT, Limits
from tests.captures import files
from tests.captures.conversations import Timed

SECRET = b"a secret of the tests"
CLIENT, OTHER, SERVER, RESOLVER = "192.0.2.7", "192.0.2.8", "198.51.100.9", "203.0.113.53"


class Outcome(NamedTuple):
    """What came of a capture; ``notes`` are counts by kind, ``texts`` everything that is said in notes and gaps."""

    records: list[Record]
    notes: dict[str, int]
    gaps: list[Gap]
    summary: SourceSummary
    texts: str

    @property
    def names(self) -> list[tuple[str | None, str | None]]:
        """Kind and host of the records that count, but for connections without a name."""
        return [(one.kind, one.host) for one in self.records if one.counted and one.kind != "connection"]

    @property
    def hosts(self) -> list[str | None]:
        """The hosts of the records that count."""
        return [host for _, host in self.names]


def outcome(capture: CaptureFile, wanted: Wanted | None = None) -> Outcome:
    """Everything that a capture gives."""
    records = list(capture.records(wanted))
    notes, gaps = list(capture.notes()), list(capture.gaps())
    counts: dict[str, int] = {}
    for note in notes:
        counts[note.kind] = counts.get(note.kind, 0) + note.count
    texts = "\n".join([*(note.text for note in notes), *(gap.reason for gap in gaps)])
    return Outcome(records, counts, gaps, capture.summary(), texts)


def read(
    frames: Sequence[Timed],
    *,
    limits: Limits = DEFAULT,
    wanted: Wanted | None = None,
    snaplen: int = 262_144,
    link_type: int = files.ETHERNET,
) -> Outcome:
    """What a capture of ``frames`` gives."""
    data = files.pcap(frames, snaplen=snaplen, link_type=link_type)
    return outcome(CaptureFile("x.pcap", io.BytesIO(data), limits=limits, secret=SECRET), wanted)
