"""SARIF by Microsoft's validator, which knows the rules of the standard that no schema can say."""

from __future__ import annotations

import io
import json
import os
import subprocess
from pathlib import Path
from typing import Any

from shadowai.export import sarif
from tests.export.validators.install import module
from tests.export.validators.reports import REPORTS

PROGRAM = module("@microsoft/sarif-multitool-linux") / "Sarif.Multitool"
ADVICE = {"SARIF2005", "SARIF2017"}
"""Warnings that are let be: that the program names no web page, and that frames of captures are no lines."""


def found(log: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    """What the validator says of a log, errors and warnings."""
    given, said = folder / "given.sarif", folder / "said.sarif"
    given.write_text(json.dumps(log))
    PROGRAM.chmod(0o755)
    quiet = {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1", "DOTNET_BUNDLE_EXTRACT_BASE_DIR": str(folder / "net")}
    words = [str(PROGRAM), "validate", str(given), "--output", str(said), "--log", "ForceOverwrite"]
    subprocess.run(words, capture_output=True, env=os.environ | quiet, timeout=120, check=False)
    results: list[dict[str, Any]] = json.loads(said.read_bytes().decode("utf-8-sig"))["runs"][0].get("results", [])
    return results


def document(*names: str) -> dict[str, Any]:
    """The logs of several reports as one, of several runs."""
    runs: list[Any] = []
    made: dict[str, Any] = {}
    for name in names:
        stream = io.BytesIO()
        sarif.write(REPORTS[name], stream)
        made = json.loads(stream.getvalue())
        runs += made["runs"]
    return made | {"runs": runs}


def test_it_finds_no_error(tmp_path: Path) -> None:
    told = {(one["ruleId"], one.get("level", "warning")) for one in found(document(*REPORTS), tmp_path)}
    assert {rule for rule, _ in told} <= ADVICE and "error" not in {level for _, level in told}


def test_it_finds_what_is_wrong(tmp_path: Path) -> None:
    wrong = document("small")
    wrong["runs"][0]["results"][0]["ruleIndex"] = 99
    assert {one["level"] for one in found(wrong, tmp_path) if "level" in one} == {"error"}
