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
    r"\b(?:TODO|FIXME|XXX|HACK)\b|raise NotImplementedError|mark\.(?:skip|xfail)|pytest\.(?:skip|xfail|importorskip)\b"
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


LAST_RESORT = {"shadowai/cli/__init__.py": 1}
"""Where a handler may catch everything: it prints what happened, and ends the program with a code of its own."""


def _swallowing(text: str) -> list[int]:
    """The lines of handlers that catch everything and do not raise it again."""
    handlers = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ExceptHandler)]
    broad = [h for h in handlers if h.type is None or ast.unparse(h.type) in ("Exception", "BaseException")]
    return [h.lineno for h in broad if not any(isinstance(node, ast.Raise) for node in h.body)]


@pytest.mark.parametrize("path", sorted((SOURCE / "shadowai").rglob("*.py")), ids=lambda path: path.stem)
def test_no_error_is_swallowed_whole(path: Path) -> None:
    allowed = LAST_RESORT.get(path.relative_to(SOURCE).as_posix(), 0)
    assert len(_swallowing(path.read_text(encoding="utf-8"))) == allowed


def test_a_swallowed_error_is_found() -> None:
    assert _swallowing("try:\n    f()\nexcept Exception:\n    pass\n") == [3]
    assert _swallowing("try:\n    f()\nexcept:\n    pass\n") == [3]
    assert _swallowing("try:\n    f()\nexcept Exception:\n    tidy()\n    raise\n") == []


def test_the_patterns_find_what_they_are_for() -> None:
    for text in ("# TODO: later", "raise NotImplementedError", "@pytest.mark.skipif(x)", "pytest.importorskip('a')"):
        assert UNDONE.search(text)
    for text in ('open("/tmp/x")', "cd /" + "work/main", "see https://pypi.org/"):
        assert ELSEWHERE.search(text)
    for text in ("https://example.com/tmp/x", "homework/x", "todo"):
        assert not ELSEWHERE.search(text) and not UNDONE.search(text)
