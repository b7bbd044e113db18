"""The inventory as CSV: RFC 4180, UTF-8, one line per row that ends in a line feed, unknown values empty.

Only the entries: what could not be looked at has no row in a table, and is said beside it.
"""

from __future__ import annotations

import csv
import io
from typing import BinaryIO

from shadowai.export.columns import Column, columns
from shadowai.export.inert import cell, joined
from shadowai.export.times import as_iso
from shadowai.model import Entry, Report


def write(report: Report, stream: BinaryIO) -> None:
    """Write the rows of ``report`` with a header; lists are joined with ``"; "``, text cells are inert."""
    chosen = columns(report.by)
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    try:
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow([column.name for column in chosen])
        rows.writerows([_cell(column, entry) for column in chosen] for entry in report.entries)
    finally:
        text.detach()


def _cell(column: Column, entry: Entry) -> str | int | None:
    value = column.value(entry)
    if isinstance(value, tuple):
        return joined(value)
    if isinstance(value, str):
        return cell(value)
    return as_iso(value) if column.kind == "time" else value
