"""The data frame and what is written from it."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.export import EXPORTERS, frame, write_report
from shadowai.export.columns import columns
from shadowai.model import Report
from tests.export.reports import BY_USER, CHAT, EMPTY, HOSTILE, NUMBERS, SMALL, hostile

DTYPES = {"text": "string", "list": "string", "number": "Int64", "time": "datetime64[us, UTC]"}
RUNS = re.compile(r"[\s\"`\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20]")


@pytest.mark.parametrize("report", [SMALL, BY_USER, EMPTY, replace(EMPTY, by="user")])
def test_columns_and_types_are_the_same_whatever_was_found(report: Report) -> None:
    made = frame.to_frame(report)
    assert {name: str(kind) for name, kind in made.dtypes.items()} == {
        column.name: DTYPES[column.kind] for column in columns(report.by)
    }
    assert list(made.columns) == [column.name for column in columns(report.by)]
    assert len(made) == len(report.entries)


def test_values_and_what_is_not_known() -> None:
    import pandas as pd

    first, second = frame.to_frame(SMALL).to_dict("records")
    assert first["first_seen"] == pd.Timestamp("2026-01-05T08:00:00.999999Z")
    assert (first["events"], first["bytes_up"], first["names"]) == (
        1200,
        12_345_678,
        "chatgpt.com; oaiusercontent.com; chat.openai.com",
    )
    assert pd.isna(first["bytes_down"]) and pd.isna(second["risk"]) and pd.isna(second["first_seen"])
    assert (second["vendor"], second["names"]) == ("", "")


def test_the_frame_says_what_its_rows_cannot() -> None:
    assert frame.to_frame(SMALL).attrs == {"by": "service", "complete": False, "signatures": "2026.11.21"}


def test_parquet_comes_back_as_it_was() -> None:
    import pandas as pd

    stream = io.BytesIO()
    frame.write_parquet(SMALL, stream)
    back = pd.read_parquet(io.BytesIO(stream.getvalue()))
    pd.testing.assert_frame_equal(back, frame.to_frame(SMALL))
    assert back.attrs["complete"] is False


def workbook(report: Report) -> dict[str, list[list[str]]]:
    """The cells of each sheet as text; none of them may be a formula."""
    import pandas as pd

    stream = io.BytesIO()
    frame.write_xlsx(report, stream)
    with zipfile.ZipFile(stream) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert len(sheets) == 2 and not any(re.search(rb"<f[ />]", sheet) for sheet in sheets)
    book = pd.read_excel(stream, sheet_name=None, header=None, dtype=str, keep_default_na=False)
    return {str(title): sheet.values.tolist() for title, sheet in book.items()}


def test_a_workbook_has_the_rows_and_what_they_cannot_say() -> None:
    book = workbook(SMALL)
    head, first, second = book["inventory"]
    row = dict(zip(head, first, strict=True))
    assert head == [column.name for column in columns("service")]
    assert (row["asset_id"], row["events"], row["bytes_down"]) == ("00000000000000a1", "1200", "")
    assert (row["first_seen"], row["evidence"]) == ("2026-01-05T08:00:00Z", "proxy.log:17; dump.pcapng#42")
    assert dict(zip(head, second, strict=True))["last_seen"] == ""
    assert ["INCOMPLETE: 2 could not be looked at."] in book["about"]


@pytest.mark.parametrize("text", HOSTILE, ids=NUMBERS)
def test_hostile_texts_in_every_output(text: str) -> None:
    import pandas as pd

    stream = io.BytesIO()
    frame.write_parquet(hostile(text), stream)
    back = pd.read_parquet(io.BytesIO(stream.getvalue()))
    texts = [value for name in back for value in back[name] if isinstance(value, str)]
    assert len(texts) > 20 and all(value.isprintable() for value in texts)
    for rows in workbook(hostile(text)).values():
        for value in (value for row in rows for value in row):
            assert value.isprintable() and not RUNS.match(value) and len(value) <= frame.MAX_CELL


def test_a_cell_longer_than_excel_takes_is_cut_with_a_sign() -> None:
    long = replace(CHAT, names=tuple("n" * 1000 for _ in range(50)))
    (head, row) = workbook(replace(EMPTY, entries=(long,)))["inventory"]
    cell = row[head.index("names")]
    assert (len(cell), cell[-1]) == (frame.MAX_CELL, "…")


def test_more_rows_than_a_sheet_takes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "MAX_ROWS", 2)
    with pytest.raises(UsageError, match="2 rows do not fit into a sheet"):
        frame.write_xlsx(SMALL, io.BytesIO())


def test_figures_beyond_64_bits_are_refused_and_times_beyond_the_calendar_not_known() -> None:
    with pytest.raises(UsageError, match="bytes_up does not fit into 64 bits"):
        frame.to_frame(replace(EMPTY, entries=(replace(CHAT, bytes_up=2**64),)))
    made = frame.to_frame(replace(EMPTY, entries=(replace(CHAT, last_seen=10**30),)))
    assert made["last_seen"].isna().all()


@pytest.mark.parametrize(("name", "library"), [("parquet", "pyarrow"), ("parquet", "pandas"), ("xlsx", "openpyxl")])
def test_a_missing_library_is_named_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(
        UsageError, match=rf"needs {library}, which is not installed \(pip install 'shadowai\[frame\]'\)"
    ):
        write_report(SMALL, EXPORTERS[name], tmp_path / f"out.{name}")
    assert list(tmp_path.iterdir()) == []
