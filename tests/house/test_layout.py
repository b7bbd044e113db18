"""One file, one line, one test that fails if you forget: everything is registered, tested, and named for what it is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT, SOURCE
from tests.house.arrows import imports, modules

UNTESTED: dict[str, str] = {}
"""Modules without a test file of their own, each with the reason."""

NAMELESS = {"utils", "util", "helpers", "helper", "core", "engine", "manager", "common", "misc"}
"""Names that say nothing about what is inside."""


def _has_code(path: Path) -> bool:
    """True where a module defines a function or a class; data needs no test, and log formats have their samples."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return not _assigns(path, "FORMATS") and any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in ast.walk(tree)
    )


def _assigns(path: Path, name: str) -> bool:
    """True for a module with a variable of that name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    targets = [t for node in tree.body if isinstance(node, ast.Assign) for t in node.targets]
    targets += [node.target for node in tree.body if isinstance(node, ast.AnnAssign)]
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _tests_of(name: str, path: Path) -> list[Path]:
    """Where the test file of a module may be; ``shadowai.a.b`` has ``tests/a/test_b.py``."""
    parts = name.split(".")
    inside = parts[1:] if parts[0] == "shadowai" else ["connectors", *parts[1:]]
    folder, last = ROOT.joinpath("tests", *inside[:-1]), inside[-1] if inside else "shadowai"
    beside = [folder / f"test_{last}.py"]
    return [*beside, folder / last / f"test_{last}.py"] if path.name == "__init__.py" else beside


@pytest.mark.parametrize(("name", "path"), modules(SOURCE).items())
def test_every_module_with_code_has_its_test_file(name: str, path: Path) -> None:
    wanted = _tests_of(name, path)
    there = name in UNTESTED or any(test.exists() for test in wanted)
    assert there or not _has_code(path), f"missing: {wanted[0].relative_to(ROOT)}"


def test_every_compiled_module_has_its_test_file() -> None:
    compiled = sorted((SOURCE / "shadowai").rglob("*.pyx"))
    assert compiled
    for path in compiled:
        test = ROOT / "tests" / path.parent.relative_to(SOURCE / "shadowai") / f"test_{path.stem}.py"
        assert test.exists(), f"missing: {test.relative_to(ROOT)}"


def test_exceptions_are_needed_and_explained() -> None:
    for name, reason in UNTESTED.items():
        path = modules(SOURCE)[name]
        assert reason and not any(test.exists() for test in _tests_of(name, path)), name


def test_every_test_folder_is_a_package() -> None:
    """Else two test files of one name in two folders are one module to pytest."""
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_every_command_is_listed_and_every_listed_one_is_there() -> None:
    from shadowai.cli import COMMANDS

    files = {path.stem for path in (SOURCE / "shadowai" / "cli").glob("*.py") if "click.command" in path.read_text()}
    files |= {path.stem for path in (SOURCE / "shadowai" / "cli").glob("*.py") if "click.group" in path.read_text()}
    assert files - {"__init__"} == set(COMMANDS)


def test_every_exporter_is_registered() -> None:
    from shadowai.export import EXPORTERS

    names = {name: path for name, path in modules(SOURCE).items() if name.startswith("shadowai.export.")}
    writers = {name for name, path in names.items() if _writes(path)}
    used = {item.target for item in imports(SOURCE) if item.importer == "shadowai.export"}
    assert writers
    assert writers - used == set()
    assert all(name == exporter.name for name, exporter in EXPORTERS.items())


def _writes(path: Path) -> bool:
    """True for a module with a function that writes a report: an exporter."""
    functions = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]
    return any(function.name.startswith("write") for function in functions)


def test_every_log_format_file_is_registered() -> None:
    from shadowai.sources.logs import DESCRIPTIONS

    logs = {name: path for name, path in modules(SOURCE).items() if name.startswith("shadowai.sources.logs.")}
    describing = {name for name, path in logs.items() if _assigns(path, "FORMATS")}
    assert describing == set(DESCRIPTIONS)


def test_every_log_format_has_a_sample_and_its_expected_records() -> None:
    from shadowai.sources.logs import formats

    missing = []
    for name in formats():
        files = [path.name for path in (ROOT / "tests" / "formats" / name).glob("*") if path.is_file()]
        expected = [file for file in files if "expected" in file]
        if not expected or len(files) == len(expected):
            missing.append(name)
    assert missing == []


def test_every_sample_of_a_format_is_of_a_format() -> None:
    from shadowai.sources.logs import formats

    folders = {
        path.name for path in (ROOT / "tests" / "formats").glob("*") if path.is_dir() and path.name[0] not in "._"
    }
    assert folders - set(formats()) == set()


def test_every_signature_file_loads_and_is_named_for_its_id(tmp_path: Path) -> None:
    from shadowai.catalog import Catalog

    files = {path.stem for path in (SOURCE / "signatures").glob("*.yaml")}
    assert files
    assert set(Catalog.load(cache_dir=tmp_path).signatures) == files


def test_signatures_are_flat() -> None:
    """A folder in it would be a package to setuptools, and would not be shipped."""
    inside = [path for path in (SOURCE / "signatures").iterdir() if path.name != "__pycache__"]
    assert [path.name for path in inside if path.is_dir() or path.suffix == ".py"] == []


@pytest.mark.parametrize("name", sorted(modules(SOURCE)))
def test_modules_are_named_for_what_they_are(name: str) -> None:
    assert not NAMELESS & set(name.split("."))
    assert not re.search(r"_(improved|new|old|v\d+|final|fast)$", name)


def test_shadowai_names_are_found_where_they_are(source: Path) -> None:
    """The rule itself: code needs a test, data does not, and a package's test may be beside or inside."""
    assert _has_code(source / "shadowai" / "model.py")
    assert not _has_code(source / "connectors" / "__init__.py")
    assert _tests_of("shadowai.a.b", Path("b.py")) == [ROOT / "tests" / "a" / "test_b.py"]
    assert _tests_of("shadowai_connectors.x", Path("x.py")) == [ROOT / "tests" / "connectors" / "test_x.py"]
    assert _tests_of("shadowai.cli", Path("__init__.py"))[1] == ROOT / "tests" / "cli" / "test_cli.py"
