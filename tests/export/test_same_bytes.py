"""The same input gives the same bytes in every format, whatever the day, the zone, the folder and the order of sets are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shadowai.export import EXPORTERS
from tests.conftest import ROOT

LOG = "".join(
    f"17676{day}0000.000     10 192.0.2.{user} TCP_TUNNEL/200 51200{user} CONNECT {host}:443 user{user} HIER_DIRECT/203.0.113.5 -\n"
    for day in range(5)
    for user in range(1, 6)
    for host in ("chatgpt.com", "claude.ai", "gemini.google.com", "gpt.example.org")
)
WRITER = """
import sys
from pathlib import Path
from shadowai import pipeline
from shadowai.cli.manifesting import inputs
from shadowai.export import EXPORTERS, html, manifest, write_report
from shadowai.export.html.context import Context
folder, log = map(Path, sys.argv[1:])
files = inputs([str(log)])
reports = pipeline.scan_by([str(log)], ("service", "user"), options=pipeline.ScanOptions())
for report in reports:
    for name, exporter in EXPORTERS.items():
        write_report(report, exporter, folder / f"{report.by}.{name}")
    (folder / f"{report.by}.manifest").write_bytes(manifest.render(report, files, {"by": report.by}))
with (folder / "page").open("wb") as stream:
    html.write(reports[0], stream, Context(people=reports[1], inputs=files))
"""
"""Every format of one look, its manifest, and the page with all that stands beside it."""


def written(folder: Path, log: Path, **environ: str) -> dict[str, bytes]:
    """What :data:`WRITER` writes, run as a program of its own."""
    folder.mkdir()
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    subprocess.run(
        [sys.executable, "-c", WRITER, str(folder), str(log)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path} | environ,
        check=True,
        capture_output=True,
        timeout=300,
    )
    return {file.name: file.read_bytes().replace(str(folder).encode(), b"") for file in folder.iterdir()}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, bytes]]:
    place = tmp_path_factory.mktemp("same")
    log = place / "proxy.log"
    log.write_text(LOG)
    return (
        written(place / "a", log, PYTHONHASHSEED="1", TZ="UTC"),
        written(place / "b", log, PYTHONHASHSEED="2", TZ="Asia/Kathmandu"),
    )


@pytest.mark.parametrize("by", ["service", "user"])
@pytest.mark.parametrize("name", [*EXPORTERS, "manifest"])
def test_a_format_has_the_same_bytes(both: tuple[dict[str, bytes], dict[str, bytes]], name: str, by: str) -> None:
    one, two = (each[f"{by}.{name}"] for each in both)
    assert len(one) > 100
    assert one == two


def test_the_page_with_people_and_hashes_has_the_same_bytes(both: tuple[dict[str, bytes], dict[str, bytes]]) -> None:
    one, two = (each["page"] for each in both)
    assert b"user3" in one and one == two


def test_no_file_was_forgotten(both: tuple[dict[str, bytes], dict[str, bytes]]) -> None:
    assert set(both[0]) == set(both[1]) and len(both[0]) == 2 * len(EXPORTERS) + 3
