"""A hash chain in a file of JSON lines: each holds the hash of the one before, so that changed, removed or moved lines are detected.

A chain alone cannot show that its end was cut off, or written anew from some line on. So the number of lines and the hash of the last
one, the *head*, stand in a file beside it, and are told to the person at each event, to be kept where nobody can write both.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from shadowai.errors import UsageError
from shadowai.model import Origin

GENESIS: Final = "0" * 64
"""The previous hash of the first line."""
VERSION: Final = 1
_KEYS: Final = ("body", "by", "event", "hash", "login", "prev", "seq", "time", "v")
_HEAD = re.compile(r"([0-9]{1,12})[: ]([0-9a-f]{64})")
_LONGEST: Final = 1 << 20
"""The longest line that is read or written, in bytes."""


class Head(NamedTuple):
    """The number of lines, and the hash of the last one."""

    lines: int
    hash: str

    def __str__(self) -> str:
        return f"{self.lines}:{self.hash}"


EMPTY: Final = Head(0, GENESIS)
"""The head of an empty log."""


class Line(NamedTuple):
    """One event. ``seq`` counts from 1, ``time`` is ISO 8601 in UTC, ``by`` is the name that the person gave, ``login`` the account of the
    operating system."""

    seq: int
    prev: str
    time: str
    by: str
    login: str
    event: str
    body: Mapping[str, Any]
    hash: str


def following(head: Head, *, time: str, by: str, login: str, event: str, body: Mapping[str, Any]) -> Line:
    """The line that comes after ``head``."""
    line = Line(head.lines + 1, head.hash, time, by, login, event, body, "")
    return line._replace(hash=_hash(_plain(line)))


def text(line: Line) -> str:
    """The line as it stands in the file, without its end: ASCII, keys sorted, no blanks."""
    return _dump({**_plain(line), "hash": line.hash})


def lines(data: bytes, path: Path) -> tuple[Line, ...]:
    """Every line of a log. Raises :class:`UsageError` with the first one that does not follow from those before it."""
    if data and not data.endswith(b"\n"):
        number = data.count(b"\n") + 1
        raise refused(
            path, number, "the last line is cut off", f"nobody was told that line {number} is recorded: remove it"
        )
    found: list[Line] = []
    head = EMPTY
    for number, raw in enumerate(data.splitlines(keepends=True), 1):
        line = _line(raw, path, number)
        _check_follows(line, head, found, path)
        found.append(line)
        head = Head(number, line.hash)
    return tuple(found)


def head_of(found: Sequence[Line]) -> Head:
    """The head of these lines."""
    return Head(found[-1].seq, found[-1].hash) if found else EMPTY


def check_head(found: Sequence[Line], known: Head, path: Path) -> None:
    """Raises :class:`UsageError` where ``known``, a head printed earlier, is not on the chain: lines were removed or replaced since."""
    if known.lines > len(found):
        missing = f"{known.lines} lines were recorded, and {len(found)} are there: the end was cut off"
        raise refused(path, len(found) + 1, missing)
    there = head_of(found[: known.lines])
    if there.hash != known.hash:
        raise refused(
            path, known.lines, "this is not the line that was recorded here: the log was forked, or written anew"
        )


def check_same(found: Sequence[Line], others: Sequence[Line], path: Path) -> None:
    """Raises :class:`UsageError` unless one of two copies of a log begins with all of the other."""
    for mine, theirs in zip(found, others, strict=False):
        if mine.hash != theirs.hash:
            raise refused(path, mine.seq, "the two logs part here: one of them was forked")


def read_head(words: str, where: str) -> Head:
    """Parses a head as it is printed, ``12:<64 hex digits>``. Raises :class:`UsageError` for anything else."""
    told = _HEAD.fullmatch(words.strip())
    if told is None:
        raise UsageError(
            "is no head of a log", origin=Origin(where), remedy="a head is N:HASH, as `decisions verify` prints it"
        )
    return Head(int(told[1]), told[2])


def refused(path: Path, number: int, why: str, remedy: str = "") -> UsageError:
    """The error of a log that was changed."""
    return UsageError(
        why, origin=Origin(str(path), number), remedy=remedy or "restore the log from a copy that verifies"
    )


def append(path: Path, line: Line) -> None:
    """Put ``line`` at the end of the file and onto the disk, or leave the file as it was. Raises :class:`UsageError` for one that is
    longer than :func:`lines` reads: behind it, nothing could be read any more."""
    data = f"{text(line)}\n".encode("ascii")
    if len(data) > _LONGEST:
        what = f"the event takes {len(data):,} bytes, and a line of the log has no more than {_LONGEST:,}"
        raise UsageError(what, origin=Origin(str(path)), remedy="say it in fewer words, or in several events")
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        try:
            written = os.write(descriptor, data)
        except OSError:
            os.ftruncate(descriptor, size)
            raise
        if written != len(data):
            os.ftruncate(descriptor, size)
            raise UsageError("the disk is full", origin=Origin(str(path)), remedy="make room, and decide again")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _line(raw: bytes, path: Path, number: int) -> Line:
    try:
        found = json.loads(raw.decode("ascii")) if len(raw) <= _LONGEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or tuple(sorted(found)) != _KEYS or not _typed(found):
        raise refused(path, number, "is no line of a decision log")
    if found["v"] != VERSION:
        raise refused(
            path, number, f"is of version {found['v']}, which this program does not know", "use a newer shadowai"
        )
    line = Line(*(found[key] for key in Line._fields))
    if line.hash != _hash(_plain(line)) or f"{text(line)}\n".encode("ascii") != raw:
        raise refused(path, number, "was changed: what it says does not give its hash")
    return line


def _typed(found: Mapping[str, Any]) -> bool:
    words = all(isinstance(found[key], str) for key in ("prev", "time", "by", "login", "event", "hash"))
    numbers = all(type(found[key]) is int for key in ("seq", "v"))
    return words and numbers and isinstance(found["body"], dict)


def _check_follows(line: Line, head: Head, found: Sequence[Line], path: Path) -> None:
    if line.prev == head.hash and line.seq == head.lines + 1:
        return
    number = head.lines + 1
    if any(line.prev == earlier.prev for earlier in found):
        raise refused(path, number, f"says to follow line {line.seq - 1}, as another line does: the log was forked")
    raise refused(path, number, f"is line {line.seq} and does not follow the one before: lines were removed or moved")


def _plain(line: Line) -> dict[str, Any]:
    return {**{key: value for key, value in line._asdict().items() if key != "hash"}, "v": VERSION}


def _hash(found: Mapping[str, Any]) -> str:
    return hashlib.sha256(_dump(found).encode("ascii")).hexdigest()


def _dump(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
