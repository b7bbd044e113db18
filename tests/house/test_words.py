"""Words that must not be in the project: work left undone, and places on somebody's machine."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.conftest import SOURCE

HERE = Path(__file__).name
FOLDERS = ("shadowai", "connectors", "tests", "docs", "signatures", "bench", ".ci")
SUFFIXES = {".py", ".pyx", ".md", ".toml", ".yaml", ".json", ""}
UNDONE = re.compile(
    r"\b(?:TODO|FIXME|XXX|HACK)\b|NotImplementedError|mark\.(?:skip|xfail)|pytest\.(?:skip|xfail|importorskip)\b"
)
ELSEWHERE = re.compile(r"(?<![\w.])/(?:work|tmp|root|Users)/|[A-Z]:\\Users\\|\bpypi\.|pythonhosted\.")


def _texts() -> list[Path]:
    inside = [path for folder in FOLDERS for path in (SOURCE / folder).rglob("*")]
    found = [path for path in [*SOURCE.glob("*"), *inside] if path.is_file() and path.suffix in SUFFIXES]
    data = ("formats", "__pycache__")
    return [path for path in found if path.name != HERE and not set(data) & set(path.relative_to(SOURCE).parts)]


def _lines(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(SOURCE)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_there_is_text_to_look_at() -> None:
    assert {"model.py", "README.md", "Makefile", "conftest.py"} <= {path.name for path in _texts()}


def test_nothing_is_left_undone_or_skipped() -> None:
    assert _lines(UNDONE, _texts()) == []


def test_no_place_on_a_machine_and_no_index() -> None:
    signatures = SOURCE / "signatures"
    assert _lines(ELSEWHERE, [path for path in _texts() if path.parent != signatures]) == []


@pytest.mark.parametrize("path", sorted((SOURCE / "shadowai").rglob("*.py")), ids=lambda path: path.stem)
def test_no_error_is_swallowed_whole(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    kinds = [("bare" if node.type is None else ast.unparse(node.type), node.lineno) for node in handlers]
    assert [(kind, line) for kind, line in kinds if kind in ("bare", "Exception", "BaseException")] == []


def test_the_patterns_find_what_they_are_for() -> None:
    for text in ("# TODO: later", "raise NotImplementedError", "@pytest.mark.skipif(x)", "pytest.importorskip('a')"):
        assert UNDONE.search(text)
    for text in ('open("/tmp/x")', "cd /work/main", "see https://pypi.org/"):
        assert ELSEWHERE.search(text)
    for text in ("https://example.com/tmp/x", "homework/x", "todo"):
        assert not ELSEWHERE.search(text) and not UNDONE.search(text)
