"""``shadowai read``: every record as the program understands it."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

import click

from shadowai.cli import INCOMPLETE, WITHIN_POLICY, options, terminal
from shadowai.export.inert import cell, encodable
from shadowai.model import Gap, Note, Record

KEYS = (
    "path", "line", "format", "time", "user", "device", "client_ip", "server_ip", "server_port", "host", "url",
    "method", "action", "blocked", "bytes_up", "bytes_down", "user_agent", "kind", "counted",
)  # fmt: skip
"""What is printed of a record, in this order; ``counted`` only where it is false. In JSON ``line`` is called ``frame`` where it counts
those of a capture, and ``inferred`` is added where it is true."""

Fields = dict[str, str | int | bool]


@click.command("read", short_help="Print every record as it is understood, one JSON object a line.")
@options.paths_argument
@click.option("--format", "layout", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@options.log_format_option
@options.timezone_option
@options.config_option
def command(
    paths: tuple[str, ...], layout: str, log_format: str | None, timezone: str | None, config_file: Path | None
) -> int:
    """Print every record of the logs and captures in PATH... (files, folders, quoted patterns, - for stdin) as it is
    understood.

    A line that could not be read is printed as {"path", "line", "gap"}, with "frame" for "line" in captures; in CSV,
    which has no room for it, on stderr. Exit code: 0, or 3 where something could not be read.
    """
    from shadowai import pipeline
    from shadowai.config import load
    from shadowai.sources.container import check_exist

    check_exist(paths)
    chosen = pipeline.ScanOptions(log_format=log_format, timezone=timezone, settings=load(config_file))
    write, write_gap = (_jsonl, _jsonl_gap) if layout == "jsonl" else (_csv(), terminal.gap)
    gaps = 0
    for item in pipeline.read(paths, options=chosen):
        if isinstance(item, Record):
            write(item)
        elif isinstance(item, Gap):
            gaps += 1
            write_gap(item)
        else:
            _note(item)
    return INCOMPLETE if gaps else WITHIN_POLICY


def fields(record: Record) -> Fields:
    """What is known of a record, by the names and in the order of :data:`KEYS`; times as ISO 8601 in UTC."""
    from shadowai.sources.timestamps import iso

    known: Fields = {}
    for key in KEYS:
        value = getattr(record, key)
        if key == "time" and value is not None:
            value = iso(value)
        if value is not None:
            known[key] = value
    if record.counted:
        del known["counted"]
    return known


def named(record: Record) -> Fields:
    """:func:`fields` as a JSON object has them: a capture's records have a ``frame``; ``inferred`` where it is true."""
    known = {record.unit if key == "line" else key: value for key, value in fields(record).items()}
    return {**known, "inferred": True} if record.inferred else known


def line(values: Fields) -> str:
    """``values`` as JSON on one line of printable ASCII; a byte of a path that is no text is written ``\\udcXX``."""
    safe = {key: encodable(value) if isinstance(value, str) else value for key, value in values.items()}
    return json.dumps(safe, separators=(",", ":"))


def _jsonl(record: Record) -> None:
    print(line(named(record)))


def _jsonl_gap(gap: Gap) -> None:
    where: Fields = {"path": gap.origin.path}
    if gap.origin.position is not None:
        where[gap.origin.unit] = gap.origin.position
    again = f" [{gap.count:,} times]" if gap.count > 1 else ""
    print(line({**where, "gap": gap.reason + again}))


def _csv() -> Callable[[Record], None]:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(KEYS)

    def write(record: Record) -> None:
        known = fields(record)
        writer.writerow([_cell(known.get(key, "")) for key in KEYS])

    return write


def _cell(value: str | int | bool) -> str | int:
    if isinstance(value, bool):
        return "true" if value else "false"
    return cell(value) if isinstance(value, str) else value


def _note(note: Note) -> None:
    sys.stdout.flush()
    terminal.note(note)
