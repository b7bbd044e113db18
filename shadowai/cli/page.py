"""What the HTML report shows beside the inventory, gathered where it is known: who used what, the inputs' hashes, what has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shadowai.export import Exporter
    from shadowai.export.html.context import InputFile, Reason
    from shadowai.history.model import Comparison
    from shadowai.history.store import History
    from shadowai.model import Note, Report
    from shadowai.pipeline import ScanOptions
    from shadowai.risk.rating import Contribution, Rater
    from shadowai.sources.container import Source

READ_AGAIN: Final = 32 << 20
"""Bytes of logs, in all, that are read a second time to find where they are silent."""
SILENCE_HOURS: Final = 24
"""A log that has no record for so long is said to be silent: shorter ones are nights."""
HASHED: Final = 256 << 20
"""Bytes that are read a second time for their hashes, in all: what is more would make a large scan wait."""


def write(
    reports: Sequence[Report],
    exporter: Exporter,
    target: Path | None,
    *,
    paths: Sequence[str],
    drift: Comparison | None = None,
    risks: Mapping[str, tuple[Reason, ...]] | None = None,
    inputs: Sequence[InputFile] | None = None,
    silent: tuple[Note, ...] = (),
) -> None:
    """Write the page of a look by service and by user (``reports``, in that order) at ``paths``. ``risks`` are what each asset's risk
    is made of, by its id (:class:`~shadowai.export.html.context.Context`); ``inputs`` are the hashes of a manifest, where one is written,
    else files are hashed here, up to :data:`HASHED` bytes; ``silent`` are :func:`silences`. Raises
    :class:`~shadowai.errors.UsageError` as :func:`~shadowai.export.write_report` does."""
    from shadowai import export
    from shadowai.export import html
    from shadowai.export.html.context import Context

    context = Context(
        people=reports[1], drift=drift, risks=risks or {}, inputs=tuple(hashes(paths) if inputs is None else inputs)
    )
    first = replace(reports[0], notes=(*reports[0].notes, *silent))
    export.write_report(first, exporter._replace(write=partial(html.write, context=context)), target)


def reasons(report: Report, rater: Rater) -> Mapping[str, tuple[Reason, ...]]:
    """What the risk of each rated row is made of, the most first."""
    from shadowai.export.html.context import Reason

    found: dict[str, tuple[Reason, ...]] = {}
    for entry in report.entries:
        if entry.risk is not None:
            parts = sorted(rater.rating(entry).contributions, key=lambda part: -part.high)
            found[entry.asset_id] = tuple(
                Reason(f"{_named(part)}: {part.why}", part.high, part.low) for part in parts if part.low or part.high
            )
    return found


def _named(part: Contribution) -> str:
    from shadowai.risk.rating import CEILING, FLOOR

    return f"{part.group} {part.name}" if part.group in (FLOOR, CEILING) else part.name


def silences(paths: Sequence[str], asked: ScanOptions) -> tuple[Note, ...]:
    """The longest time of each log format without a record, where that is :data:`SILENCE_HOURS` or more; or that it was not looked for,
    because the logs are more than :data:`READ_AGAIN` bytes or can be read only once. Captures are none."""
    from shadowai import fast, pipeline
    from shadowai.budgets import coverage
    from shadowai.export.times import as_iso
    from shadowai.model import Note
    from shadowai.sources import container, remote

    again = not any(container.is_read_once(path) or remote.is_url(path) for path in paths)
    sources = list(container.expand(paths)) if again else []
    sizes = [source.size for source in sources if isinstance(source, container.Source)]
    if not sizes or None in sizes or sum(size or 0 for size in sizes) > READ_AGAIN:
        text = (
            "gaps in time were not looked for: that takes reading the logs again; a budget with `max_gap` asks for it"
        )
        return (Note(None, "silence_unlooked", text),)
    found = coverage.silences(pipeline.read(paths, options=asked), since=asked.since, until=asked.until)
    return tuple(
        Note(None, "silence", f"{name}: nothing for {one.length // coverage.HOUR} hours from {as_iso(one.begins)} on")
        for name, one in sorted(found.items())
        if one.length >= SILENCE_HOURS * coverage.HOUR and name not in fast.FORMATS
    )


def drift(history: History, fail_on: frozenset[str]) -> Comparison:
    """What differs between the run that was remembered last and the one before it that looked at some of the same."""
    from shadowai.history.compare import compare, last_two

    return compare(history, *last_two(history), fail_on=fail_on)


def hashes(paths: Sequence[str], limit: int = HASHED) -> Iterator[InputFile]:
    """Every file behind ``paths`` with its size and SHA-256, in the order in which files are read; files beyond ``limit`` bytes in all,
    and what is no file, without a hash."""
    from shadowai.errors import UsageError
    from shadowai.export.html.context import InputFile
    from shadowai.sources import container, remote

    local = [path for path in paths if not remote.is_url(path)]
    for path in (path for path in paths if remote.is_url(path)):
        yield InputFile(remote.shown(path), why="read from elsewhere")
    try:
        for source in container.expand(local):
            if isinstance(source, container.Source):
                found = _hashed(source, limit)
                limit -= (found.size or 0) if found.sha256 else 0
                yield found
    except UsageError as gone:  # it was there when it was read
        yield InputFile(str(gone.origin), why=gone.message)


def _hashed(source: Source, limit: int) -> InputFile:
    from shadowai.export.html.context import InputFile

    if source.size is None or not Path(source.path).is_file():
        return InputFile(source.path, why="a stream can be read only once")
    if source.size > limit:
        return InputFile(source.path, source.size, why="too large to be read twice")
    try:
        with Path(source.path).open("rb") as stream:
            return InputFile(source.path, source.size, hashlib.file_digest(stream, "sha256").hexdigest())
    except OSError as wrong:
        return InputFile(source.path, source.size, why=f"cannot be read: {wrong.strerror}")
