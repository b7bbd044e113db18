"""Both engines on one capture: they must agree in everything, and a scan must be the fold of what is read."""

from __future__ import annotations

import io
import os
import random
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import cache, partial
from typing import Any, BinaryIO, NamedTuple
from unittest.mock import patch

from shadowai import fast, inputs, pipeline
from shadowai.catalog import Catalog
from shadowai.fast import CompiledTable
from shadowai.inventory import Inventory
from shadowai.model import Entry, Signature
from shadowai.names import Names
from shadowai.policy import Policy
from shadowai.sources.capture import capture_file
from shadowai.sources.capture.capture_file import CaptureFile
from shadowai.sources.capture.frames import Container
from shadowai.sources.capture.ledger import Wanted
from shadowai.sources.capture.limits import DEFAULT, Limits
from shadowai.sources.capture.naming import Naming
from shadowai.sources.capture.sides import Flow

SECRET = bytes(32)
_TODAY = date(2026, 3, 1)
PER_MEGABYTE = 1.0
"""Seconds of processor time that one reading of a megabyte may take."""
_SLACK = 0.5
_SLOWER = 8 if "ASAN_OPTIONS" in os.environ else 1
"""What sanitizers make of a second."""


class DifferError(AssertionError):
    """The engines, or the two ways, do not find the same."""


class SlowError(AssertionError):
    """One reading took longer than it may."""


@contextmanager
def in_time(size: int) -> Iterator[None]:
    """Raises :class:`SlowError` where reading ``size`` bytes takes more than a second of processor time a megabyte, and some."""
    began = time.process_time()
    yield
    took = time.process_time() - began
    if took > (size / 1e6 * PER_MEGABYTE + _SLACK) * _SLOWER:
        raise SlowError(f"took {took:.2f} s of processor time for {size:,} bytes")


def compiled_is_there() -> bool:
    """True where there are two engines to compare."""
    return fast._module() is not None


def _nothing(host: str | None, url: str | None) -> bool:
    return False


def _some(host: str | None, url: str | None) -> bool:
    return host is not None and ("chatgpt" in host or "claude" in host)


class Reading(NamedTuple):
    """How a capture is read: the bytes read at once, the frames after which ended connections are told, and of a file that is read ahead of
    the walk the piece, and whether a thread does."""

    chunk: int | None = None
    batch: int = 1 << 16
    piece: int | None = None
    threaded: bool = False


def found(
    stream: BinaryIO,
    wanted: Wanted | None,
    limits: Limits,
    chunk: int | None,
    *,
    compiled: bool,
    way: Reading | None = None,
) -> dict[str, Any]:
    """All that one engine gives of a capture."""
    way = way or Reading(chunk)
    with _in_pieces(way):
        capture = CaptureFile("a.pcap", stream, limits=limits, secret=SECRET)
        records = list(capture.records(wanted, compiled=compiled))
    table, naming = capture._table, capture._naming
    assert table is not None and naming is not None
    return {
        "records": records,
        "gaps": list(capture.gaps()),
        "notes": list(capture.notes()),
        "summary": capture.summary(),
        "tally": capture.tally,
        "counts": {kind: count for kind, count in naming.counts.items() if count},
        "named": naming.named,
        "packets": (table.packets, table.flows, table.let_go, table.others),
        "undecoded": table.undecoded,
        "fragments": table.fragments_limited(),
    }


def same(
    make: Callable[[], BinaryIO],
    wanted: Wanted | None = None,
    limits: Limits = DEFAULT,
    chunk: int | None = None,
    way: Reading | None = None,
) -> None:
    """Raises :class:`DifferError` where the engines do not find the same."""
    way = way or Reading(chunk)
    with make() as stream:
        pure = found(stream, wanted, limits, None, compiled=False, way=way)
    with make() as stream:
        quick = found(stream, wanted, limits, None, compiled=True, way=way)
    for what, value in pure.items():
        if quick[what] != value:
            raise DifferError(f"{what}: {first(value, quick[what])} (limits {limits}, {way}, wanted {wanted})")


@contextmanager
def _in_pieces(way: Reading) -> Iterator[None]:
    """The program with other sizes of what it does at once."""
    module = fast._module()

    def table(naming: Naming, finish: Callable[[Flow], None], limits: Limits, silent: Collection[int]) -> CompiledTable:
        assert module is not None
        thread_from = 0 if way.threaded else 1 << 62
        made: CompiledTable = module.Table(
            naming.take, finish, limits, naming, piece=way.piece, thread_from=thread_from
        )
        made.silence(silent)
        return made

    with ExitStack() as changes:
        changes.enter_context(patch.object(capture_file, "_BATCH", way.batch))
        if way.chunk is not None:
            changes.enter_context(patch.object(capture_file, "Container", partial(Container, chunk=way.chunk)))
        if way.piece is not None:
            changes.enter_context(patch.object(fast, "table", table))
        yield


def file_of(data: bytes) -> BinaryIO:
    """``data`` as a file of the system, which the compiled engine reads by itself; on Linux one without a disk."""
    place = os.memfd_create("capture") if hasattr(os, "memfd_create") else tempfile.mkstemp()[0]
    raw = io.FileIO(place, "r+")
    raw.write(data)
    raw.seek(0)
    return io.BufferedReader(raw)


def first(pure: Any, quick: Any) -> str:
    """The first in which two answers differ, as text."""
    if isinstance(pure, list) and isinstance(quick, list):
        for number, (one, other) in enumerate(zip(pure, quick, strict=False)):
            if one != other:
                return f"number {number}: reference {one!r}, compiled {other!r}"
        return f"reference {len(pure)}, compiled {len(quick)}; {(pure[len(quick) :] or quick[len(pure) :])[0]!r}"
    return f"reference {pure!r}, compiled {quick!r}"


@cache
def known_names() -> tuple[Catalog, Names]:
    """The signatures in force, and what they say of names."""
    catalog = Catalog.load()
    return catalog, Names(catalog)


def lawful(data: bytes, limits: Limits = DEFAULT) -> None:
    """Raises :class:`DifferError` where ``scan(x)`` is not ``fold(match(read(x)))``."""
    catalog, names = known_names()
    scanned, read = Inventory(), Inventory()
    one = CaptureFile("a.pcap", io.BytesIO(data), limits=limits, secret=SECRET)
    other = CaptureFile("a.pcap", io.BytesIO(data), limits=limits, secret=SECRET)
    with in_time(len(data)):
        inputs.scan_capture(one, names, scanned)
    with in_time(len(data)):
        pipeline.fold(other.records(), names, read)
    for what, ours, theirs in (
        ("rows", rows(scanned, catalog), rows(read, catalog)),
        ("candidates", list(scanned.candidates()), list(read.candidates())),
        ("gaps", list(one.gaps()), list(other.gaps())),
        ("notes", list(one.notes()), list(other.notes())),
    ):
        if ours != theirs:
            raise DifferError(f"the law, {what}: {first(theirs, ours)} (limits {limits})")


def rows(inventory: Inventory, catalog: Catalog) -> list[Entry]:
    """The entries of an inventory, by service and by user."""

    def signature(id: str) -> Signature:
        return catalog.signatures[id]

    return [
        entry
        for by in ("service", "user")
        for entry in inventory.entries(by, lookup=signature, policy=Policy.empty(), today=_TODAY)
    ]


def some_limits(rng: random.Random) -> Limits:
    """The defaults mostly; else small ones, so that they are reached."""
    if rng.random() < 0.6:
        return DEFAULT
    return Limits(
        flows=rng.choice((1, 2, 3, 5, 9, 1 << 18)),
        streams=rng.choice((1, 2, 4096)),
        stream_bytes=rng.choice((1, 100, 600, 1_500, 32_768)),
        stream_pieces=rng.choice((1, 2, 3, 4096)),
        quic_connections=rng.choice((1, 2, 4096)),
        names_per_flow=rng.choice((0, 1, 256)),
        dns_answers=rng.choice((1, 2, 1 << 18)),
        fragments=rng.choice((1, 2, 1024)),
        requests=rng.choice((0, 1, 2, 1 << 20)),
        request_bytes=rng.choice((1, 600, 2_000, 128 << 20)),
    )


def check(data: bytes, rng: random.Random) -> int:
    """Judge one capture in one way of many; gives how often it was read."""
    limits = some_limits(rng)
    if rng.random() < 0.25:
        lawful(data, limits)
        return 2
    wanted = rng.choice((None, None, _some, _nothing))
    small = len(data) < 20_000
    chunk = rng.choice((None, None, 512, 4_096, 7 if small else 65_536))
    batch = rng.choice((1 << 16, 1 << 16, 1 << 16, 1 if small else 700, 7, 50))
    piece = rng.choice((90 if small else 9_000, 333, 2_000, 1 << 15)) if rng.random() < 0.3 else None
    way = Reading(chunk, batch, piece, threaded=piece is not None and rng.random() < 0.5)
    with in_time(2 * len(data)):
        same(lambda: io.BytesIO(data) if piece is None else file_of(data), wanted, limits, way=way)
    return 2
