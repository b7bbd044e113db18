"""The list of formats, and which of them a file name asks for."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.export import EXPORTERS, format_for, write_report
from tests.export.reports import SMALL

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("path", "forced", "expected"),
    [
        (None, None, "table"),
        ("-", None, "table"),
        (None, "json", "json"),
        ("a.csv", None, "csv"),
        ("A.CSV", None, "csv"),
        ("a.json", None, "json"),
        ("a.txt", None, "table"),
        ("a.parquet", None, "parquet"),
        ("a.xlsx", None, "xlsx"),
        ("a.csv", "json", "json"),
        ("a.unknown", "csv", "csv"),
    ],
)
def test_the_format_of_a_file(path: str | None, forced: str | None, expected: str) -> None:
    assert format_for(None if path is None else Path(path), forced) is EXPORTERS[expected]


@pytest.mark.parametrize(
    ("path", "forced", "says"),
    [
        (
            "a.doc",
            None,
            "a.doc: no format has the suffix '.doc' (use one of .txt, .csv, .json, .parquet, .xlsx, .html, .htm, .ocsf.jsonl",
        ),
        ("csv", None, "csv: the file name has no suffix (use one of"),
        (
            "a.csv",
            "CSV",
            "unknown format 'CSV' (known formats: table, csv, json, parquet, xlsx, html, ocsf, ecs, cef, cyclonedx, sarif)",
        ),
        (None, "", "unknown format ''"),
    ],
)
def test_an_unknown_format_names_the_known_ones(path: str | None, forced: str | None, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        format_for(None if path is None else Path(path), forced)
    assert str(caught.value).startswith(says)


def test_the_list_is_consistent() -> None:
    suffixes = [suffix for exporter in EXPORTERS.values() for suffix in exporter.suffixes]
    assert len(suffixes) == len(set(suffixes)) and all(s.startswith(".") and s.islower() for s in suffixes)
    assert all(name == exporter.name and exporter.about for name, exporter in EXPORTERS.items())


@pytest.mark.parametrize("name", ["table", "csv", "json"])
def test_a_file_and_the_standard_output_get_the_same(tmp_path: Path, name: str) -> None:
    stdout, path = io.BytesIO(), tmp_path / "out"
    write_report(SMALL, EXPORTERS[name], None, stdout)
    write_report(SMALL, EXPORTERS[name], path)
    assert path.read_bytes() == stdout.getvalue() != b""
    write_report(SMALL, EXPORTERS[name], Path("-"), stdout)
    assert stdout.getvalue() == path.read_bytes() * 2


def test_without_a_stream_the_standard_output_is_used(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write_report(SMALL, EXPORTERS["csv"], None)
    assert capfdbinary.readouterr().out.startswith(b"asset_id,")


def test_a_binary_format_does_not_go_to_a_terminal() -> None:
    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    stdout = Terminal()
    with pytest.raises(UsageError, match="not for a terminal"):
        write_report(SMALL, EXPORTERS["parquet"], None, stdout)
    assert stdout.getvalue() == b""


def test_importing_the_list_imports_no_format() -> None:
    code = (
        "import sys, shadowai.export; wrong = {'csv', 'pandas', 'rich', 'pyarrow', 'openpyxl'} & set(sys.modules);"
        "sys.exit(', '.join(wrong) or 0)"
    )
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_exporter_has_its_file_in_the_list() -> None:
    from shadowai import export

    rooms = {"ascii_json", "columns", "events", "inert", "manifest", "relates", "summary", "times", "whole"}
    files = {path.stem for path in Path(export.__file__).parent.glob("*.py")} - {"__init__"} - rooms
    source = Path(export.__file__).read_text(encoding="utf-8")
    assert files and all(f"from shadowai.export import {name}\n" in source for name in files)
