"""The same log twice: a rotated file and its copy, plain and compressed, or a copy that was taken while the log still grew.

Only files that begin alike are looked at as a whole: what they hold when unpacked is compared by SHA-256, and a file that is the
beginning of another holds nothing of its own. Files of which one ends with what the other begins with (exports of days that overlap) are
both read, and that is said: where the first is plain text, and what both hold lies within the first :data:`SHARED` bytes of the second.
Archives are compared as they stand, and not their members; standard input, pipes and addresses elsewhere are not.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Final, NamedTuple

from shadowai.errors import SourceError
from shadowai.model import Gap, Note, Origin
from shadowai.sources import container, remote

HEAD: Final = 1 << 16
"""Bytes of the unpacked beginning that tell candidates."""
SHARED: Final = 1 << 22
"""Bytes of a file's beginning in which the end of another is looked for."""
_TAIL: Final = 1 << 16
_TELLING: Final = 32
"""Bytes that a line has at least, to be looked for in other files."""
_HEADER: Final = 4
"""Lines above the records of a file that may differ from another's."""
_PIECE: Final = 1 << 20

Sources = list[container.Source | Gap]


class _Whole(NamedTuple):
    """What a file holds when unpacked."""

    length: int
    digest: bytes


def distinct(sources: Sequence[container.Source | Gap]) -> tuple[Sources, list[Note]]:
    """``sources`` without those that hold what an earlier or a longer one holds, in their order; and a note for each left out.

    A file that cannot be read stays, so that the scan says why; so does what can be read only once (a pipe), unread.
    """
    alike: dict[bytes, list[container.Source]] = {}
    for source in sources:
        if isinstance(source, container.Source) and _is_file(source.path):
            alike.setdefault(_head(source) or source.path.encode("utf-8", "surrogateescape"), []).append(source)
    repeated = {
        copy.path: original for several in alike.values() if len(several) > 1 for copy, original in _repeated(several)
    }
    kept = [source for source in sources if isinstance(source, Gap) or source.path not in repeated]
    here = [source for several in alike.values() for source in several if source.path not in repeated]
    return kept, [*(_note(copy, repeated[copy]) for copy in sorted(repeated)), *_overlapping(here)]


def _overlapping(sources: Sequence[container.Source]) -> Iterator[Note]:
    """A note for each file that begins with what another one ends with."""
    ends: dict[bytes, list[container.Source]] = {}
    for source in sources if len(sources) > 1 else ():
        last = _tail(source).rstrip(b"\n").rpartition(b"\n")[2]
        if len(last) >= _TELLING:
            ends.setdefault(last, []).append(source)
    for source in sources if ends else ():
        head = _beginning(source)
        for last in sorted(ends.keys() & set(head.split(b"\n"))):
            for other in ends[last]:
                count = _shared_lines(_tail(other), head, last) if other is not source else 0
                if count:
                    text = f"its first {count:,} lines are the last of {other.path}, too: both are counted; give one without them"
                    yield Note(Origin(source.path), "overlap", text, count)


def _shared_lines(tail: bytes, head: bytes, last: bytes) -> int:
    """How many lines, two at least, the end of a file (``tail``) has in common with the beginning of another (``head``) up to its line
    ``last``, but for header lines above them; 0 where other lines stand between."""
    theirs, mine = head.split(b"\n"), tail.rstrip(b"\n").split(b"\n")
    upto = theirs[: theirs.index(last) + 1]
    same = 0
    while same < min(len(mine), len(upto)) and mine[-1 - same] == upto[-1 - same]:
        same += 1
    whole = len(upto) - same <= _HEADER or same == len(mine)
    return len(upto) if whole and same > 1 else 0


def _tail(source: container.Source) -> bytes:
    """The last lines of a plain file; empty for others."""
    try:
        with container.opened(source) as stream:
            if not stream.seekable() or container.plain(source, stream) is None:
                return b""
            stream.seek(max((source.size or 0) - _TAIL, 0))
            found = _exactly(stream, _TAIL)
    except (OSError, SourceError):
        return b""
    return found if (source.size or 0) <= _TAIL else found.partition(b"\n")[2]


def _beginning(source: container.Source) -> bytes:
    try:
        with _unpacked(source) as stream:
            return b"" if stream is None else _exactly(stream, SHARED)
    except (OSError, SourceError):
        return b""


def _is_file(path: str) -> bool:
    """Whether it is a regular file here: what is taken out of a pipe (``<(zcat old.gz)``) to compare it would be lost to the scan."""
    return path != "-" and not remote.is_url(path) and os.path.isfile(path)  # noqa: PTH113 - its bytes may not be those of a Path


def _note(copy: str, original: container.Source) -> Note:
    return Note(Origin(copy), "duplicate", f"all it holds is in {original.path}, too: read once")


def _repeated(several: Sequence[container.Source]) -> Iterator[tuple[container.Source, container.Source]]:
    """Each file that another one holds, and that other: the longest, and of these the first."""
    known = [(source, whole) for source in several if (whole := _whole(source)) is not None]
    known.sort(key=lambda item: -item[1].length)
    kept: list[tuple[container.Source, _Whole]] = []
    for source, whole in known:
        holder = next((other for other, its in kept if its == whole or _whole(other, whole.length) == whole), None)
        if holder is None:
            kept.append((source, whole))
        else:
            yield source, holder


def _head(source: container.Source) -> bytes:
    """A digest of the unpacked beginning; empty for what is empty or cannot be read."""
    try:
        with _unpacked(source) as stream:
            head = b"" if stream is None else _exactly(stream, HEAD)
    except (OSError, SourceError):
        return b""
    return hashlib.sha256(head).digest() if head else b""


def _whole(source: container.Source, most: int | None = None) -> _Whole | None:
    """The unpacked file, or its first ``most`` bytes; ``None`` where reading fails."""
    digest, length = hashlib.sha256(), 0
    try:
        with _unpacked(source) as stream:
            while stream is not None and (piece := stream.read(_PIECE if most is None else min(_PIECE, most - length))):
                digest.update(piece)
                length += len(piece)
    except (OSError, SourceError):
        return None
    return _Whole(length, digest.digest())


def _exactly(stream: BinaryIO, size: int) -> bytes:
    parts, have = [], 0
    while have < size and (part := stream.read(size - have)):
        parts.append(part)
        have += len(part)
    return b"".join(parts)


@contextmanager
def _unpacked(source: container.Source) -> Iterator[BinaryIO | None]:
    """The text of a file; an archive, and what is not read, as it stands. Nothing of what is empty."""
    with container.opened(source) as stream:
        first = next(iter(container.contents(source, stream)), None)
        if isinstance(first, container.Content) and first.path == source.path:
            yield first.stream
            return
        stream.seek(0)
        yield stream if first is not None else None
