"""The compiled fold of a log's lines and the reference: the same inventory, counts, gaps and notes, however the log is cut."""

from __future__ import annotations

import io
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from shadowai import answers, fast, inputs, pipeline, sessions
from shadowai.inventory import Inventory
from shadowai.names import Names
from shadowai.names_first import scan_file
from shadowai.sources.container import Content
from shadowai.sources.logs import fold_plan, formats
from shadowai.sources.logs.logfile import LogFile
from tests.formats.expected import MODIFIED
from tests.fuzz import engines
from tests.fuzz.engines import DifferError

BLOCK = 1 << 20
_HOUR = 3_600_000_000
_ABOUT = 1_767_600_000_000_000
"""A time (µs) near those that changed numbers have."""


class Way(NamedTuple):
    """How a log is read: its format where it is said, the bytes read at once, the window, whether its records are joined, with nothing
    beside them (``alone``), and how many connections may wait for a name; 0: as many as ever."""

    forced: str | None = None
    block: int = BLOCK
    since: int | None = None
    until: int | None = None
    joined: bool = False
    alone: bool = False
    waiting: int = 0


def some_way(name: str, size: int, rng: random.Random) -> Way:
    """One of many ways to read a log of ``size`` bytes; blocks of a few bytes only where it is short."""
    blocks: tuple[int, ...] = (997, 4_096, 1 << 17, BLOCK)
    if size < 8_000:
        blocks = (1, 2, 7, 64, 997, BLOCK)
    elif size > 300_000:  # the program reads 128 KiB at once; an object is looked through anew with each piece
        blocks = (1 << 17, BLOCK)
    since = until = None
    if rng.random() < 0.2:
        since = _ABOUT + rng.randrange(-10_000, 10_000) * _HOUR
        until = since + rng.randrange(0, 20_000) * _HOUR if rng.random() < 0.5 else None
    joined = rng.random() < 0.5
    waiting = rng.choice((0, 1, 3, 20)) if joined else 0
    forced = name if rng.random() < 0.8 else None
    return Way(forced, rng.choice(blocks), since, until, joined, joined and rng.random() < 0.5, waiting)


def has_plan(name: str) -> bool:
    """Whether logs of the format can be folded by the compiled part, under some columns."""
    return fold_plan.may_fold(formats()[name])


def check(name: str, data: bytes, rng: random.Random) -> int:
    """Judge one log, of the format ``name`` before it was changed, in one way of many; gives how often it was read."""
    way = some_way(name, len(data), rng)
    same(data, way)
    if rng.random() < 0.25:
        lawful(data, way)
        return 4
    return 2


def same(data: bytes, way: Way) -> None:
    """Raises :class:`DifferError` where the compiled fold and the reference do not find the same."""
    with _pure():
        reference = found(data, way._replace(block=BLOCK))
    compiled = found(data, way)
    for what, value in reference.items():
        if compiled[what] != value:
            raise DifferError(f"{what}: {engines.first(value, compiled[what])} ({way})")


def lawful(data: bytes, way: Way) -> None:
    """Raises :class:`DifferError` where the inventory is not the fold of the matched records that are read."""
    catalog, _ = engines.known_names()
    read = Inventory()
    log = _log(data, way._replace(block=BLOCK))
    with engines.in_time(len(data)):
        pipeline.fold(map(log.record, log.rows()), Names(catalog), read, since=way.since, until=way.until)
    theirs = engines.rows(read, catalog)
    ours = found(data, way._replace(joined=True))["rows"]
    if ours != theirs:
        raise DifferError(f"the law: {engines.first(theirs, ours)} ({way})")


def found(data: bytes, way: Way) -> dict[str, Any]:
    """All that a scan gives of a log."""
    catalog, _ = engines.known_names()
    log, inventory = _log(data, way), Inventory()
    with engines.in_time(len(data)), _waiting(way.waiting):
        if way.joined:
            inputs.scan_log(log, Names(catalog), inventory, since=way.since, until=way.until, alone=way.alone)
        else:
            scan_file(log, Names(catalog), inventory, since=way.since, until=way.until)
    joins = inventory.joins
    waiting = [(kind, str(getattr(kept, kind))) for kept in (joins.sessions, joins.answers) for kind in kept.__slots__]
    return {
        "rows": engines.rows(inventory, catalog),
        "candidates": list(inventory.candidates()),
        "inventory's notes": list(inventory.notes("service")),
        "what waits": sorted(waiting),
        "tally": replace(log.tally),
        "gaps": list(log.gaps()),
        "notes": list(log.notes()),
        "summary": log.summary(),
    }


@contextmanager
def _waiting(most: int) -> Iterator[None]:
    """As few connections as that may wait for a name, or for their size."""
    kept = sessions.SIZES, answers.CONNECTIONS
    if most:
        vars(sessions)["SIZES"] = vars(answers)["CONNECTIONS"] = most
    try:
        yield
    finally:
        vars(sessions)["SIZES"], vars(answers)["CONNECTIONS"] = kept


def _log(data: bytes, way: Way) -> LogFile:
    forced = formats()[way.forced] if way.forced is not None else None
    content = Content("x", io.BytesIO(data), modified=MODIFIED)
    return LogFile(content, formats(), forced=forced, block_size=way.block)


@contextmanager
def _pure() -> Iterator[None]:
    before = os.environ.get(fast.PURE)
    os.environ[fast.PURE] = "1"
    try:
        yield
    finally:
        os.environ.pop(fast.PURE)
        if before is not None:
            os.environ[fast.PURE] = before
