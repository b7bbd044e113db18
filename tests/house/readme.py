"""Blocks in the documentation that a program wrote: what a command prints, between two markers.

``<!-- begin: shadowai --help -->`` starts a block, ``<!-- end -->`` ends it. ``python -m tests.house.readme --write``
writes them anew; a test compares them with what the program prints.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conftest import ROOT

BLOCK = re.compile(r"(?P<begin><!-- begin: (?P<command>[^\n]*?) -->\n).*?(?P<end><!-- end -->)", re.DOTALL)
WIDTH = "100"


def documents() -> list[Path]:
    """The files that may hold blocks."""
    return [path for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if path.exists()]


def commands(text: str) -> list[str]:
    """The command of every block in ``text``."""
    return [found["command"] for found in BLOCK.finditer(text)]


def refreshed(text: str) -> str:
    """``text`` with every block as the program prints it now."""
    return BLOCK.sub(lambda found: f"{found['begin']}{block(found['command'])}{found['end']}", text)


def block(command: str) -> str:
    """A command and what it prints, stdout and stderr as a terminal shows them, as a fenced block."""
    printed = "".join(f"{line.rstrip()}\n" for line in run(command).splitlines())
    return f"```console\n$ {command}\n{printed}```\n"


def run(command: str) -> str:
    """What ``command``, which starts with ``shadowai``, prints; it runs beside a copy of the samples."""
    program, *arguments = shlex.split(command)
    if program != "shadowai":
        raise ValueError(f"not a command of this program: {command}")
    with tempfile.TemporaryDirectory() as folder:
        if (ROOT / "samples").exists():
            shutil.copytree(ROOT / "samples", Path(folder, "samples"))
        given = {"PYTHONPATH": os.environ.get("PYTHONPATH", "")} | _sources()
        done = subprocess.run(
            [sys.executable, "-m", "shadowai", *arguments],
            cwd=folder,
            env={**os.environ, **given, "COLUMNS": WIDTH, "NO_COLOR": "1", "TERM": "dumb", "PYTHONUNBUFFERED": "1",
                 "PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )  # fmt: skip
    if "Traceback (most recent call last)" in done.stdout:
        raise RuntimeError(f"{command}:\n{done.stdout}")
    return done.stdout


def _sources() -> dict[str, str]:
    """Where the program is, when it is not installed."""
    return {"PYTHONPATH": str(ROOT)} if (ROOT / "shadowai").exists() else {}


def main() -> int:
    """Print which files are out of date; with ``--write`` bring them up to date."""
    stale = 0
    for path in documents():
        text = path.read_text(encoding="utf-8")
        new = refreshed(text)
        if new == text:
            continue
        stale += 1
        print(f"{path.relative_to(ROOT)}: {'written' if '--write' in sys.argv else 'out of date'}")
        if "--write" in sys.argv:
            path.write_text(new, encoding="utf-8")
    return 0 if "--write" in sys.argv else min(stale, 1)


if __name__ == "__main__":
    sys.exit(main())
