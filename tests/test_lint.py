"""Linting files, folders and catalogues: what is read, what is said, and the packaged signatures have no errors."""

from __future__ import annotations

import builtins
import datetime
import re
from pathlib import Path

import pytest

from shadowai import catalog
from shadowai.catalog import Catalog
from shadowai.errors import UsageError
from shadowai.lint import Finding, lint
from shadowai.model import Origin
from tests.signature_samples import SOUND, put

TODAY = datetime.date(2026, 11, 21)
DOCS = Path(__file__).parents[1] / "docs" / "signatures.md"


@pytest.fixture(autouse=True)
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """An empty folder for the packaged signatures, but where a test is about the real ones."""
    real = catalog.packaged_dir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    if request.node.get_closest_marker("usefixtures"):
        return real
    folder = tmp_path / "signatures"
    folder.mkdir()
    monkeypatch.setattr(catalog, "packaged_dir", lambda: folder)
    return folder


def found(folder: Path, *changes: tuple[str, str]) -> list[Finding]:
    return lint([put(folder, SOUND, *changes)], today=TODAY)


def test_a_sound_file_has_no_findings(packaged: Path) -> None:
    assert found(packaged) == []


def test_findings_name_the_line(packaged: Path) -> None:
    (finding,) = found(
        packaged, ("  - {id: port,", "  - {kind: host, match: glob, strength: weak, value: a-*.com}\n  - {id: port,")
    )
    assert finding.origin == Origin(str(packaged / "example-chat.yaml"), 15)
    assert str(finding).startswith(f"{packaged / 'example-chat.yaml'}:15: error: glob: a-*.com has fewer")


def test_a_file_is_judged_among_the_packaged(packaged: Path, tmp_path: Path) -> None:
    put(packaged)
    elsewhere = tmp_path / "mine"
    elsewhere.mkdir()
    text = SOUND.replace("id: example-chat", "id: local-mine").replace("Example is running", "Mine runs")
    mine = put(elsewhere, text, id="local-mine")
    findings = lint([mine], today=TODAY)
    assert {f.origin.path for f in findings} == {str(mine)}
    assert "also strong in example-chat" in " ".join(f.message for f in findings)


def test_a_file_outside_is_warned_about_its_id(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (finding,) = lint([put(folder)], today=TODAY)
    assert (finding.lint, finding.level) == ("local-id", "warning")


def test_files_that_cannot_be_read(packaged: Path) -> None:
    (packaged / "big.yaml").write_bytes(b"#" * (catalog.MAX_FILE + 1))
    (packaged / "other.yml").write_text("")
    put(packaged)
    found_in = [(f.lint, Path(f.origin.path).name) for f in lint(today=TODAY)]
    assert found_in == [("file", "big.yaml"), ("file", "other.yml")]


def test_a_catalogue(packaged: Path) -> None:
    put(packaged, SOUND, ("strength: shared", "strength: strong"))
    assert {f.lint for f in lint(Catalog.load(), today=TODAY)} == {"shared-host", "own-examples", "popular"}


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        lint([tmp_path / "nowhere.yaml"])


@pytest.mark.parametrize("library", ["jsonschema", "publicsuffixlist"])
def test_a_missing_library(packaged: Path, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    real = builtins.__import__

    def without(name: str, *args: object) -> object:
        if name == library:
            raise ImportError(name)
        return real(name, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=rf"{library}.*shadowai\[lint\]"):
        lint([put(packaged)])


def test_the_documented_example_is_sound(tmp_path: Path) -> None:
    text = re.findall(r"```yaml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)[0]
    folder = tmp_path / "mine"
    folder.mkdir()
    assert lint([put(folder, text, id="local-example-chat")], today=TODAY) == []
    assert "local-example-chat" in Catalog.load(extra_dirs=[folder]).signatures


@pytest.mark.usefixtures("packaged")
def test_the_packaged_signatures_have_no_errors() -> None:
    errors = [str(finding) for finding in lint() if finding.level == "error"]
    assert errors == []
