"""The compiled fold of a log's lines and the reference: the same inventory, counts, gaps and notes, however the log is cut."""

from __future__ import annotations

import io
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from shadowai import fast, inputs, pipeline
from shadowai.inventory import Inventory
from shadowai.names import Names
from shadowai.names_first import scan_file
from shadowai.sources.container import Content
from shadowai.sources.logs import bulk, formats
from shadowai.sources.logs.logfile import LogFile
from tests.formats.expected import MODIFIED
from tests.fuzz import engines
from tests.fuzz.engines import DifferError

BLOCK = 1 << 20
_HOUR = 3_600_000_000
_ABOUT = 1_767_600_000_000_000
"""A time (µs) near those that changed numbers have."""


class Way(NamedTuple):
    """How a log is read: its format where it is said, the bytes read at once, the window, and whether its records are joined."""

    forced: str | None = None
    block: int = BLOCK
    since: int | None = None
    until: int | None = None
    joined: bool = False


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
    return Way(name if rng.random() < 0.8 else None, rng.choice(blocks), since, until, rng.random() < 0.3)


def has_plan(name: str) -> bool:
    """Whether logs of the format can be folded by the compiled part, under some columns."""
    return bulk.may_fold(formats()[name])


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
    scan = inputs.scan_log if way.joined else scan_file
    with engines.in_time(len(data)):
        scan(log, Names(catalog), inventory, since=way.since, until=way.until)
    return {
        "rows": engines.rows(inventory, catalog),
        "candidates": list(inventory.candidates()),
        "inventory's notes": list(inventory.notes("service")),
        "tally": replace(log.tally),
        "gaps": list(log.gaps()),
        "notes": list(log.notes()),
        "summary": log.summary(),
    }


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
