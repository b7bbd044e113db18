"""The inventory as a pandas DataFrame, and as Parquet and Excel files. Needs the extra ``shadowai[frame]``.

The only place that imports pandas, and only when one of its outputs is asked for.
"""

from __future__ import annotations

import importlib
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, BinaryIO, Final

from shadowai.errors import UsageError
from shadowai.export.columns import Column, columns
from shadowai.export.inert import SEPARATOR, cell, element
from shadowai.export.summary import summary
from shadowai.export.times import as_iso
from shadowai.model import Dossier, Entry, Report
from shadowai.normalize import printable

if TYPE_CHECKING:
    import pandas as pd

MAX_CELL: Final = 32_767
"""Characters of a cell (Microsoft, "Excel specifications and limits")."""
MAX_ROWS: Final = 1_048_576
"""Rows of a sheet, the header among them (the same page)."""


def to_frame(report: Report) -> pd.DataFrame:
    """One row per entry, the columns of the CSV in their order, with types.

    Texts and lists (joined with ``"; "``) are ``string``, empty where not known; numbers are ``Int64`` and times
    ``datetime64[us, UTC]``, both with a missing value where not known. Control characters are escaped. ``attrs``
    say what the rows cannot: ``by``, ``complete`` and ``signatures``.
    """
    _need("pandas")
    import pandas as pd

    series = {column.name: _series(column, report.entries) for column in columns(report.by)}
    frame = pd.DataFrame(series)
    frame.attrs = {"by": report.by, "complete": report.complete, "signatures": printable(report.signatures)}
    return frame


def write_parquet(report: Report, stream: BinaryIO) -> None:
    """Write :func:`to_frame` as Parquet."""
    _need("pandas", "pyarrow")
    to_frame(report).to_parquet(stream, engine="pyarrow", index=False)


def write_xlsx(report: Report, stream: BinaryIO) -> None:
    """Write the workbook: ``inventory`` with inert cells and times as text, ``about`` with gaps and notes, and
    ``dossiers`` with what people keep on file about assets, where they do."""
    _need("pandas", "openpyxl")
    import pandas as pd

    if len(report.entries) >= MAX_ROWS:
        raise UsageError(f"{len(report.entries):,} rows do not fit into a sheet", remedy="use --format csv or parquet")
    sheet = pd.DataFrame({c.name: _excel(c, report.entries) for c in columns(report.by)})
    about = pd.DataFrame({"about": [_short(cell(line)) for line in summary(report)]}, dtype="string")
    made = io.BytesIO()
    with pd.ExcelWriter(made, engine="openpyxl") as writer:
        sheet.to_excel(writer, sheet_name="inventory", index=False, freeze_panes=(1, 0))
        about.to_excel(writer, sheet_name="about", index=False)
        if any(entry.dossier is not None for entry in report.entries):
            _dossiers(report.entries).to_excel(writer, sheet_name="dossiers", index=False, freeze_panes=(1, 0))
    _timeless(made, stream)


def _timeless(workbook: BinaryIO, stream: BinaryIO) -> None:
    """The workbook without the time at which it was written, which stands beside each of its parts and in one of them (ECMA-376, part 2,
    section 8.3)."""
    with zipfile.ZipFile(workbook) as made, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as still:
        for part in made.namelist():
            content = made.read(part)
            if part == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", content)
            still.writestr(
                zipfile.ZipInfo(part), content, zipfile.ZIP_DEFLATED
            )  # of the first day that an archive can name


def _dossiers(entries: Sequence[Entry]) -> pd.DataFrame:
    """A row for each asset that somebody has written about: its id, service and verdict, and the fields of the dossier."""
    import pandas as pd

    names = ("asset_id", "service", "verdict", *Dossier._fields)
    rows = [
        [_short(_text(value, cell)) for value in (entry.asset_id, entry.service, entry.verdict.value, *entry.dossier)]
        for entry in entries
        if entry.dossier is not None
    ]
    return pd.DataFrame(rows, columns=list(names), dtype="string")


def _series(column: Column, entries: Sequence[Entry]) -> pd.Series:
    import pandas as pd

    values = [column.value(entry) for entry in entries]
    if column.kind in ("text", "list"):
        return pd.Series([_text(value, printable) for value in values], dtype="string")
    if column.kind == "time":
        known = [value if isinstance(value, int) and as_iso(value) else None for value in values]
        return pd.to_datetime(_integers(column, known), unit="us", utc=True).astype("datetime64[us, UTC]")
    return _integers(column, values)


def _excel(column: Column, entries: Sequence[Entry]) -> pd.Series:
    """A column for Excel, which knows no time zones: times are ISO 8601 text, as in the CSV."""
    import pandas as pd

    values = [column.value(entry) for entry in entries]
    if column.kind == "number":
        return _integers(column, values)
    if column.kind == "time":
        return pd.Series([as_iso(value) if isinstance(value, int) else "" for value in values], dtype="string")
    return pd.Series([_short(_text(value, cell)) for value in values], dtype="string")


def _integers(column: Column, values: Sequence[object]) -> pd.Series:
    import pandas as pd

    try:
        return pd.Series(values, dtype="Int64")
    except OverflowError as error:
        message = f"a value of {column.name} does not fit into 64 bits"
        raise UsageError(message, remedy="use --format json or csv") from error


def _text(value: object, safe: Callable[[str], str]) -> str:
    if isinstance(value, tuple):
        return SEPARATOR.join(safe(element(part)) for part in value)
    return safe(str(value))


def _short(text: str) -> str:
    return text if len(text) <= MAX_CELL else f"{text[: MAX_CELL - 1]}…"


def _need(*modules: str) -> None:
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            message = f"this format needs {module}, which is not installed"
            raise UsageError(message, remedy="pip install 'shadowai[frame]'") from error
