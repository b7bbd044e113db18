"""Workbooks and pages are told as what they are, with what to do, and not as lines that are not understood."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from shadowai import pipeline
from shadowai.model import Gap, Record
from shadowai.pipeline import ScanOptions
from shadowai.sources import documents

TABLE = "<table><tr><td>user</td><td>host</td></tr><tr><td>jdoe</td><td>chatgpt.com</td></tr></table>"
XLSX = ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/worksheets/sheet1.xml")
LOG = b"1772409600.000 120 192.0.2.5 TCP_TUNNEL/200 900 CONNECT claude.ai:443 jdoe HIER_DIRECT/160.79.104.10 -\n"


def zipped(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, LOG)
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (zipped(*XLSX), "Excel workbook"),
        (zipped("[Content_Types].xml", "word/document.xml"), "Word document"),
        (zipped("mimetype", "content.xml", "META-INF/manifest.xml"), "OpenDocument file"),
        (zipped("Index/Document.iwa", "Metadata/Properties.plist"), "Numbers"),
        (f"<html xmlns:x='urn:schemas-microsoft-com:office:excel'><body>{TABLE}</body></html>".encode(), "HTML page"),
        (f"\ufeff<!DOCTYPE HTML>\n<HTML>\n{TABLE}\n</HTML>\n".encode(), "HTML page"),
        (f"<html>{TABLE}</html>".encode("utf-16"), "HTML page"),
        (
            b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook><Table/></Workbook>',
            "XML of 2003",
        ),
    ],
)
def test_a_document_is_one_gap_that_says_what_to_do(data: bytes, what: str, tmp_path: Path) -> None:
    (tmp_path / "report.xls").write_bytes(data)
    paths = [str(tmp_path / "report.xls")]
    (gap,) = pipeline.scan(paths, options=ScanOptions()).gaps
    assert what in gap.reason and "not read (" in gap.reason and gap.origin.path == paths[0]
    (read,) = pipeline.read(paths, options=ScanOptions())
    assert isinstance(read, Gap) and read.reason == gap.reason


def test_a_zip_of_logs_is_read_whatever_one_of_them_is_called(tmp_path: Path) -> None:
    (tmp_path / "logs.zip").write_bytes(zipped("[Content_Types].xml", "proxy.log", "mimetype"))
    found = pipeline.read([str(tmp_path / "logs.zip")], options=ScanOptions())
    assert sum(isinstance(item, Record) for item in found) == 3


@pytest.mark.parametrize(
    "text", [b"<html2>", b"2026-02-10 <html>", b"<134>Feb 10 08:00:00 fw <html>", b"<?xml version='1.0'?><Event>"]
)
def test_a_text_that_only_speaks_of_one_is_none(text: bytes) -> None:
    assert documents.written(text) is None
