"""Both engines on one capture: they must agree in everything, and a scan must be the fold of what is read."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, BinaryIO

from shadowai import fast, inputs, pipeline
from shadowai.catalog import Catalog
from shadowai.inventory import Inventory
from shadowai.model import Entry, Signature
from shadowai.names import Names
from shadowai.policy import Policy
from shadowai.sources.capture.capture_file import CaptureFile
from shadowai.sources.capture.ledger import Wanted
from shadowai.sources.capture.limits import DEFAULT, Limits

SECRET = bytes(32)
_TODAY = date(2026, 3, 1)


class DifferError(AssertionError):
    """The engines, or the two ways, do not find the same."""


def compiled_is_there() -> bool:
    """True where there are two engines to compare."""
    return fast._module() is not None


def _nothing(host: str | None, url: str | None) -> bool:
    return False


def _some(host: str | None, url: str | None) -> bool:
    return host is not None and ("chatgpt" in host or "claude" in host)


def found(
    stream: BinaryIO, wanted: Wanted | None, limits: Limits, chunk: int | None, *, compiled: bool
) -> dict[str, Any]:
    """All that one engine gives of a capture."""
    capture = CaptureFile("a.pcap", stream, limits=limits, secret=SECRET)
    if chunk is not None:
        capture._container._reader._window._size = chunk
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
    make: Callable[[], BinaryIO], wanted: Wanted | None = None, limits: Limits = DEFAULT, chunk: int | None = None
) -> None:
    """Raises :class:`DifferError` where the engines do not find the same."""
    with make() as stream:
        pure = found(stream, wanted, limits, chunk, compiled=False)
    with make() as stream:
        quick = found(stream, wanted, limits, chunk, compiled=True)
    for what, value in pure.items():
        if quick[what] != value:
            raise DifferError(f"{what}: {first(value, quick[what])} (limits {limits}, chunk {chunk}, wanted {wanted})")


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
    inputs.scan_capture(one, names, scanned)
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
    same(lambda: io.BytesIO(data), wanted, limits, chunk)
    return 2
