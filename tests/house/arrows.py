"""Reads who imports what from the program's text, without importing it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Import(NamedTuple):
    """``importer`` imports ``target`` (a dotted module); ``early`` where that happens when ``importer`` is imported."""

    importer: str
    target: str
    line: int
    early: bool

    @property
    def root(self) -> str:
        """The distribution-level name: ``rich`` for ``rich.table``."""
        return self.target.partition(".")[0]


def modules(source: Path) -> dict[str, Path]:
    """The program's modules by dotted name, those of ``connectors`` by the name they are installed under."""
    found: dict[str, Path] = {}
    for folder, package in (("shadowai", "shadowai"), ("connectors", "shadowai_connectors")):
        for path in sorted((source / folder).rglob("*.py")):
            parts = [package, *path.relative_to(source / folder).with_suffix("").parts]
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(source: Path) -> list[Import]:
    """Every import of every module; those for type checking alone are left out, for they never happen."""
    known = modules(source)
    return [found for name, path in known.items() for found in _of(name, path, known)]


def third_party(found: list[Import]) -> list[Import]:
    """The imports of what is neither ours nor in the standard library."""
    ours = ("shadowai", "shadowai_connectors")
    return [item for item in found if item.root not in sys.stdlib_module_names and item.root not in ours]


def _of(name: str, path: Path, known: dict[str, Path]) -> Iterator[Import]:
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node, early in _walk(tree, early=True):
        for target in _targets(node, package, known):
            yield Import(name, target, node.lineno, early)


def _walk(node: ast.AST, *, early: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, early
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield from _walk(ast.Module([other], []), early=early)
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _walk(child, early=early and not inside)


def _targets(node: ast.Import | ast.ImportFrom, package: str, known: dict[str, Path]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        parent = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = ".".join([*parent, *([node.module] if node.module else [])])
    named = [f"{base}.{alias.name}" for alias in node.names]
    return sorted({name if name in known else base for name in named})
