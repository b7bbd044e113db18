"""What is remembered of a file between two runs: what it began with, how far it was read, and what must be known to go on there.

A file is known by its content: by a fingerprint of everything up to where it was read. So a file that was renamed, copied or
compressed is the same file, and one that was cut off or written anew is another, whatever it is called.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from shadowai.inventory import Inventory
from shadowai.model import Gap, Note, SourceSummary

PIECE: Final = 1 << 16
"""Bytes that are hashed together; to go on with a fingerprint, less than that has to be read again."""
TOKEN: Final = re.compile("\x1f([0-9]+)\x1f/[^\x1f]*\x1f")
"""What stands for a file in the path of a place: its number, and the name that it had first."""
HEAD: Final = 4096
"""Bytes of a file's beginning that tell which known files it may be."""


class Fingerprint(NamedTuple):
    """Of the first ``length`` bytes: SHA-256 over the digests of their whole pieces, one after the other, and of what is left."""

    length: int = 0
    pieces: bytes = b""
    rest: bytes = b""

    @property
    def start(self) -> int:
        """Where the bytes begin that are needed to go on from here."""
        return self.length - self.length % PIECE


NOTHING: Final = Fingerprint(rest=hashlib.sha256().digest())


class Fingerprinter:
    """Takes the bytes of a text, and gives the fingerprint of all so far. Begins at :attr:`Fingerprint.start` of ``known``."""

    def __init__(self, known: Fingerprint | None = None) -> None:
        self._pieces = known.pieces if known is not None else b""
        self._held = bytearray()
        self.length = known.start if known is not None else 0

    def feed(self, data: bytes) -> None:
        """The next bytes."""
        self._held += data
        self.length += len(data)
        whole = len(self._held) - len(self._held) % PIECE
        with memoryview(self._held) as view:
            for at in range(0, whole, PIECE):
                self._pieces = _digest(self._pieces + _digest(view[at : at + PIECE]))
        del self._held[:whole]

    def now(self) -> Fingerprint:
        """Of all that was taken."""
        return Fingerprint(self.length, self._pieces, _digest(self._held))


class Head(NamedTuple):
    """The digest of a file's first ``length`` bytes."""

    length: int
    digest: bytes

    def fits(self, text: bytes) -> bool:
        """Whether a file that begins with ``text`` may be the same."""
        return len(text) >= self.length and _digest(text[: self.length]) == self.digest


NO_HEAD: Final = Head(0, hashlib.sha256().digest())


def head_of(text: bytes, read: int) -> Head:
    """The head of a file that begins with ``text`` and was read up to byte ``read``."""
    length = min(HEAD, read, len(text))
    return Head(length, _digest(text[:length]))


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where a log is settled: counted for good. ``line`` is the number of the line that follows, ``headers`` are the header lines
    in force and ``day_first`` the order of dates; ``tally`` (:class:`~shadowai.sources.logs.tally.Tally`, ``None`` for none) and
    ``assumed`` are the counts so far."""

    print: Fingerprint = NOTHING
    line: int = 1
    headers: tuple[str, ...] = ()
    day_first: bool | None = None
    tally: Any = None
    assumed: tuple[tuple[str, int], ...] = ()

    def counted(self) -> Counter[str]:
        """What times had to assume so far."""
        return Counter(dict(self.assumed))


class Seen(NamedTuple):
    """A file as the system tells of it: ``key`` is its device and inode, or its address; ``modified`` in nanoseconds."""

    key: str
    size: int | None
    modified: int | None


@dataclass(slots=True)
class File:
    """One file by its content. ``number`` stands for it in places of evidence, so that these follow it to another name.

    ``reached`` is up to where it was read; what lies between that and ``mark`` is not settled: it is in ``own``, and read again when the
    file has changed. ``whole`` where there is never a mark. ``rest`` tells what became of a last line without an end: ``"read"``, or
    ``"left"`` for later. ``given`` is the name under which it was given; ``rotated`` where it has another by now, ``closed`` where it is
    not there any more under any, and ``lost`` where more may have been written to it before that. ``shared`` are the bytes at its
    beginning that another file counts.
    """

    number: int
    path: str
    seen: Seen
    head: Head = NO_HEAD
    mark: Mark = field(default_factory=Mark)
    reached: Mark = field(default_factory=Mark)
    own: Inventory = field(default_factory=Inventory)
    gaps: tuple[Gap, ...] = ()
    notes: tuple[Note, ...] = ()
    sources: tuple[SourceSummary, ...] = ()
    whole: bool = False
    rest: str = ""
    given: str = ""
    rotated: bool = False
    closed: bool = False
    lost: bool = False
    shared: int = 0
    token: str = ""
    """The path that its records are read under, which :data:`TOKEN` matches; its name is in it, for the date that may be in that."""

    def __post_init__(self) -> None:
        name = self.path.rpartition("/")[2].replace("\x1f", "_")
        self.token = self.token or f"\x1f{self.number}\x1f/{name}\x1f"

    @property
    def read(self) -> Fingerprint:
        """Of all that was read."""
        return self.reached.print

    def settle(self, total: Inventory) -> None:
        """Count what was read for good in ``total``; not what is read as a whole."""
        if not self.whole:
            total.merge(self.own)
            self.own, self.mark = Inventory(), self.reached


def _digest(data: bytes | bytearray | memoryview) -> bytes:
    return hashlib.sha256(data).digest()
