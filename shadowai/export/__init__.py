"""The formats of a report: one explicit list, and which of them a file name asks for.

An exporter is handed a :class:`~shadowai.model.Report` and a binary stream. Its module is imported when it is used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from shadowai.errors import UsageError
from shadowai.export.whole import whole_file
from shadowai.model import Origin, Report


class Exporter(NamedTuple):
    """A format: its name, the file suffixes that ask for it, what it is, how it is written.

    ``binary`` formats are not written to a terminal. ``rows_only`` formats hold the entries and nothing about gaps
    and notes, which then have to be said elsewhere (:func:`shadowai.export.summary.summary`).
    """

    name: str
    suffixes: tuple[str, ...]
    about: str
    write: Callable[[Report, BinaryIO], None]
    binary: bool = False
    rows_only: bool = False


def _table(report: Report, stream: BinaryIO) -> None:
    from shadowai.export import table

    table.write(report, stream)


def _csv(report: Report, stream: BinaryIO) -> None:
    from shadowai.export import csv_file

    csv_file.write(report, stream)


def _json(report: Report, stream: BinaryIO) -> None:
    from shadowai.export import json_file

    json_file.write(report, stream)


def _parquet(report: Report, stream: BinaryIO) -> None:
    from shadowai.export import frame

    frame.write_parquet(report, stream)


def _xlsx(report: Report, stream: BinaryIO) -> None:
    from shadowai.export import frame

    frame.write_xlsx(report, stream)


def _ocsf(report: Report, stream: BinaryIO) -> None:
    from shadowai.export import ocsf

    ocsf.write(report, stream)


def _ecs(report: Report, stream: BinaryIO) -> None:
    from shadowai.export import ecs

    ecs.write(report, stream)


def _cef(report: Report, stream: BinaryIO) -> None:
    from shadowai.export import cef

    cef.write(report, stream)


def _cyclonedx(report: Report, stream: BinaryIO) -> None:
    from shadowai.export import cyclonedx

    cyclonedx.write(report, stream)


def _sarif(report: Report, stream: BinaryIO) -> None:
    from shadowai.export import sarif

    sarif.write(report, stream)


def _html(report: Report, stream: BinaryIO) -> None:
    from shadowai.export import html

    html.write(report, stream)


EXPORTERS: Final[dict[str, Exporter]] = {
    exporter.name: exporter
    for exporter in (
        Exporter("table", (".txt",), "aligned text for people, with gaps and notes", _table),
        Exporter("csv", (".csv",), "one line per row, inert in spreadsheets", _csv, rows_only=True),
        Exporter("json", (".json",), "one object: entries, gaps, notes, sources", _json),
        Exporter("parquet", (".parquet",), "typed columns (needs shadowai[frame])", _parquet, True, True),
        Exporter("xlsx", (".xlsx",), "an Excel workbook (needs shadowai[frame])", _xlsx, True),
        Exporter("html", (".html", ".htm"), "one page for reading (needs shadowai[report])", _html),
        Exporter("ocsf", (".ocsf.jsonl",), "OCSF 1.6 events: inventory and findings", _ocsf, rows_only=True),
        Exporter("ecs", (".ecs.jsonl",), "Elastic Common Schema 8.17 documents", _ecs, rows_only=True),
        Exporter("cef", (".cef",), "Common Event Format in syslog lines", _cef, rows_only=True),
        Exporter("cyclonedx", (".cdx.json",), "CycloneDX 1.6 services, without people", _cyclonedx, rows_only=True),
        Exporter("sarif", (".sarif", ".sarif.json"), "SARIF 2.1.0 for CI: what is not settled", _sarif),
    )
}
"""Every format by its name; a new one is a file of its own and a line here."""


def format_for(path: Path | None, forced: str | None) -> Exporter:
    """The exporter called ``forced``, else the one that the suffix of ``path`` asks for, else the table.

    ``None`` and ``-`` are the standard output. Raises :class:`~shadowai.errors.UsageError` for an unknown format or
    suffix.
    """
    known = ", ".join(EXPORTERS)
    if forced is not None:
        if forced not in EXPORTERS:
            raise UsageError(f"unknown format {forced!r}", remedy=f"known formats: {known}")
        return EXPORTERS[forced]
    if path is None or str(path) == "-":
        return EXPORTERS["table"]
    name = path.name.lower()
    fitting = [
        (len(suffix), each) for each in EXPORTERS.values() for suffix in each.suffixes if name[1:].endswith(suffix)
    ]
    if fitting:  # the longest: .cdx.json is no .json
        return max(fitting, key=lambda pair: pair[0])[1]
    suffixes = ", ".join(suffix for exporter in EXPORTERS.values() for suffix in exporter.suffixes)
    message = f"no format has the suffix {path.suffix!r}" if path.suffix else "the file name has no suffix"
    raise UsageError(
        message, origin=Origin(str(path)), remedy=f"use one of {suffixes}, or --format with one of {known}"
    )


def write_report(report: Report, exporter: Exporter, path: Path | None, stdout: BinaryIO | None = None) -> None:
    """Write ``report`` to ``path``, whole or not at all, or to ``stdout`` (the program's own by default).

    Raises :class:`~shadowai.errors.UsageError` where the file cannot be written, where the format needs a library
    that is not installed, and for a binary format on a terminal.
    """
    if path is not None and str(path) != "-":
        with whole_file(path) as stream:
            exporter.write(report, stream)
        return
    out = stdout if stdout is not None else sys.stdout.buffer
    if exporter.binary and out.isatty():
        raise UsageError(f"{exporter.name} is not for a terminal", remedy="name a file with -o")
    exporter.write(report, out)
    out.flush()
