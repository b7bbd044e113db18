"""The documentation shows what the program prints, and the samples give the inventories that are kept for them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.house import readme

EXPECTED = ROOT / "tests" / "samples"
"""``NAME.csv`` is what ``shadowai scan samples/NAME --format csv`` prints. Not in ``samples``: that is all scanned."""

BLOCKS = [
    (path, command) for path in readme.documents() for command in readme.commands(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("path", "command"), BLOCKS, ids=lambda value: value if isinstance(value, str) else value.name)
def test_a_block_is_what_the_program_prints(path: Path, command: str) -> None:
    text = path.read_text(encoding="utf-8")
    shown = next(found.group() for found in readme.BLOCK.finditer(text) if found["command"] == command)
    assert shown == readme.refreshed(shown), "run: make docs"


def test_the_documentation_shows_the_help_of_every_command() -> None:
    from shadowai.cli import COMMANDS

    assert "shadowai --help" in readme.commands((ROOT / "README.md").read_text(encoding="utf-8"))
    shown = readme.commands((ROOT / "docs" / "commands.md").read_text(encoding="utf-8"))
    assert {f"shadowai {name} --help" for name in COMMANDS} == set(shown)


def test_every_marker_has_its_other_half() -> None:
    for path in readme.documents():
        text = path.read_text(encoding="utf-8")
        halves = (text.count("<!-- begin:"), text.count("<!-- end -->"))
        assert halves == (len(readme.commands(text)),) * 2, path.name


def test_links_within_the_project_lead_somewhere() -> None:
    pages = [*readme.documents(), *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"))]
    dead = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?![a-z]+:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert dead == []


def _folders() -> list[str]:
    return sorted(path.name for path in (ROOT / "samples").glob("*") if path.is_dir() and path.name[0] not in "._")


def test_every_sample_is_in_a_folder_with_its_expected_inventory() -> None:
    """Nothing else lies in ``samples``: what is no log would be a gap when all of it is scanned."""
    loose = [path.name for path in (ROOT / "samples").iterdir() if path.is_file()]
    assert loose == []
    assert _folders()
    assert sorted(path.stem for path in EXPECTED.glob("*.csv")) == _folders()


def test_every_sample_gives_its_expected_inventory(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    from shadowai.cli import main

    monkeypatch.chdir(ROOT)
    other = []
    for name in _folders():
        assert main(["scan", f"samples/{name}", "--format", "csv"]) in (0, 1, 3)
        if capfdbinary.readouterr().out != (EXPECTED / f"{name}.csv").read_bytes():
            other.append(name)
    assert other == []


def test_blocks_are_found_and_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readme, "run", lambda command: f"out of {command}  \n\nend\n")
    text = "a\n<!-- begin: shadowai x -->\nold\n<!-- end -->\nb\n"
    new = "a\n<!-- begin: shadowai x -->\n```console\n$ shadowai x\nout of shadowai x\n\nend\n```\n<!-- end -->\nb\n"
    assert readme.refreshed(text) == new
    assert readme.refreshed(new) == new


def test_a_block_runs_this_program_and_no_other() -> None:
    assert readme.run("shadowai --version").startswith("shadowai ")
    with pytest.raises(ValueError, match="not a command"):
        readme.run("rm -rf samples")
