"""Imports point downwards only, and every third-party library has its home."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.arrows import Import, imports, modules, third_party

HOMES = {
    "click": ("shadowai.cli",),
    "cryptography": ("shadowai.packs.signing", "shadowai.wire.quic"),
    "hpack": ("shadowai.wire.http",),
    "idna": ("shadowai.normalize",),
    "orjson": ("shadowai.compiled_catalog", "shadowai.compiled_yaml", "shadowai.file_hashes", "shadowai.sources"),
    "jinja2": ("shadowai.export.html",),
    "markupsafe": ("shadowai.export.html",),
    "pandas": ("shadowai.export.frame",),
    "pygal": ("shadowai.export.html",),
    "rich": ("shadowai.cli", "shadowai.export.table"),
    "jsonschema": ("shadowai.lint",),
    "publicsuffixlist": ("shadowai.lint",),
    "yaml": ("shadowai.policy", "shadowai.strict_yaml"),
    "sqlalchemy": ("shadowai.history",),
    "isal": ("shadowai.sources.compression",),
    "lz4": ("shadowai.sources.compression",),
    "distributed": ("shadowai.cluster",),
    "fsspec": ("shadowai.sources.remote",),
    "httplib2": ("shadowai.sweep.adapters",),
    "ibis": ("shadowai.warehouse", "shadowai.warehouse_values"),
    "pyarrow": ("shadowai.sources.tables", "shadowai.warehouse"),
    "keyring": ("shadowai.sweep.secrets",),
    "requests": ("shadowai.sweep",),
    "scapy": ("shadowai.sources.live",),
    "truststore": ("shadowai.sweep.certificates",),
    "urllib3": ("shadowai.sweep",),
    "zstandard": ("shadowai.sources.compression",),
}
"""Where a library may be imported: in that module or package, nowhere else."""

LAZY = (
    "jinja2",
    "markupsafe",
    "pandas",
    "pygal",
    "rich",
    "jsonschema",
    "publicsuffixlist",
    "zstandard",
    "lz4",
    "isal",
    "cryptography",
    "hpack",
    "scapy",
    "distributed",
    "fsspec",
    "httplib2",
    "ibis",
    "keyring",
    "pyarrow",
    "truststore",
)
"""Libraries that are only imported by the function that needs them."""

LIGHT = (*LAZY, "sqlalchemy", "requests", "urllib3", "numpy", "yaml", "orjson", "idna", "asyncio")
"""What ``shadowai --help`` must not wait for."""


@pytest.fixture(scope="module")
def found() -> list[Import]:
    """All imports of the program."""
    from tests.conftest import SOURCE

    return imports(SOURCE)


def _wrong(found: list[Import]) -> list[str]:
    return [f"{item.importer}:{item.line} imports {item.target}" for item in found]


def _ours(found: list[Import], package: str) -> list[Import]:
    """What ``package`` and what is in it import of ours."""
    inside = [item for item in found if item.importer == package or item.importer.startswith(f"{package}.")]
    return [item for item in inside if item.root in ("shadowai", "shadowai_connectors")]


def test_there_are_modules_to_look_at(source: Path, found: list[Import]) -> None:
    assert {"shadowai.model", "shadowai.cli", "shadowai.cli.scan", "shadowai_connectors"} <= set(modules(source))
    assert Import("shadowai.errors", "shadowai.model", 5, True) in found


def test_the_nouns_import_nothing_of_ours_and_no_library(found: list[Import]) -> None:
    assert not _wrong(_ours(found, "shadowai.model"))
    assert not _wrong([item for item in third_party(found) if item.importer == "shadowai.model"])


def test_a_tenant_s_nouns_import_nothing_of_ours_and_no_library(found: list[Import]) -> None:
    assert not _wrong(_ours(found, "shadowai.tenant"))
    assert not _wrong([item for item in third_party(found) if item.importer == "shadowai.tenant"])


def test_what_is_on_the_wire_knows_nothing_of_who_asks(found: list[Import]) -> None:
    assert not _wrong([item for item in _ours(found, "shadowai.wire") if not item.target.startswith("shadowai.wire")])


def test_errors_import_only_the_nouns(found: list[Import]) -> None:
    assert {item.target for item in _ours(found, "shadowai.errors")} == {"shadowai.model"}


def test_normalize_imports_nothing_of_ours(found: list[Import]) -> None:
    assert not _wrong(_ours(found, "shadowai.normalize"))


def test_nobody_imports_the_command_line(found: list[Import]) -> None:
    outside = [item for item in found if not item.importer.startswith("shadowai.cli")]
    wrong = [
        item for item in outside if item.target.startswith("shadowai.cli") and item.importer != "shadowai.__main__"
    ]
    assert not _wrong(wrong)


def test_commands_do_not_import_each_other(found: list[Import]) -> None:
    from shadowai.cli import COMMANDS

    commands = {f"shadowai.cli.{name}" for name in COMMANDS}
    assert not _wrong([item for item in found if item.target in commands])


def test_sources_know_nothing_of_signatures_policy_or_output(found: list[Import]) -> None:
    allowed = (
        "shadowai.model",
        "shadowai.errors",
        "shadowai.normalize",
        "shadowai.cache_folder",
        "shadowai.config",
        "shadowai.sources",
        "shadowai.wire",
        "shadowai.fast",
    )
    assert not _wrong([item for item in _ours(found, "shadowai.sources") if not item.target.startswith(allowed)])


def test_exporters_are_handed_what_they_write(found: list[Import]) -> None:
    allowed = ("shadowai.model", "shadowai.errors", "shadowai.normalize", "shadowai.export")
    wrong = [item for item in _ours(found, "shadowai.export") if not item.target.startswith(allowed)]
    assert not _wrong([item for item in wrong if item.target != "shadowai"])  # the version, from the package itself


JOINERS = (
    "shadowai.incremental.reading",
    "shadowai.incremental.run",
    "shadowai.incremental.texts",
    "shadowai.evidence",
    "shadowai.pipeline",
    "shadowai.inputs",
    "shadowai.listen.senders",
    "shadowai.fold_answers",
    "shadowai.names_first",
    "shadowai.split",
    "shadowai.tasks",
    "shadowai.warehouse",
    "shadowai.watch",
)
"""Where sources and signatures meet."""

BOUNDS = ("shadowai.config", "shadowai.sources.capture.limits")
"""The configuration sets the limits of captures by the names that they have there; that module is data, and imports nothing."""


def test_only_the_pipeline_joins_sources_and_the_rest(found: list[Import]) -> None:
    outside = [item for item in found if not item.importer.startswith(("shadowai.sources", "shadowai.cli"))]
    wrong = [item for item in outside if item.target.startswith("shadowai.sources")]
    wrong = [item for item in wrong if item.importer not in JOINERS]
    assert not _wrong([item for item in wrong if (item.importer, item.target) != BOUNDS])
    assert not _ours(found, BOUNDS[1])


def test_the_program_never_imports_a_connector(found: list[Import]) -> None:
    assert not _wrong([i for i in found if i.root == "shadowai_connectors" and i.importer.startswith("shadowai.")])


def test_a_connector_imports_the_nouns_the_errors_and_the_protocol_alone(found: list[Import]) -> None:
    allowed = {"shadowai.model", "shadowai.errors", "shadowai.connector", "shadowai.tenant"}
    inside = [item for item in _ours(found, "shadowai_connectors") if item.root == "shadowai"]
    assert not _wrong([item for item in inside if item.target not in allowed])


def test_sweeps_know_nothing_of_signatures_policy_or_output(found: list[Import]) -> None:
    nouns = ("model", "errors", "normalize", "connector", "tenant", "tenants", "sweep")
    allowed = {f"shadowai.{name}" for name in nouns}
    inside = [item for item in _ours(found, "shadowai.sweep") if not item.target.startswith("shadowai.sweep.")]
    assert not _wrong([item for item in inside if item.target not in allowed | {"shadowai"}])  # the version, too


def test_every_library_stays_at_home(found: list[Import]) -> None:
    def at_home(item: Import) -> bool:
        return any(item.importer == home or item.importer.startswith(f"{home}.") for home in HOMES.get(item.root, ()))

    core = [item for item in third_party(found) if item.importer.startswith("shadowai.")]
    assert not _wrong([item for item in core if not at_home(item)])


def test_heavy_libraries_are_imported_when_used(found: list[Import]) -> None:
    assert not _wrong([item for item in third_party(found) if item.early and item.root in LAZY])


def test_no_circle_of_imports(found: list[Import]) -> None:
    arrows: dict[str, set[str]] = {}
    for item in found:
        if item.early and item.root == "shadowai" and not item.target.startswith("shadowai.cli"):
            arrows.setdefault(item.importer, set()).add(item.target)

    def reaches(start: str, goal: str, seen: set[str]) -> bool:
        following = arrows.get(start, set()) - seen
        return goal in following or any(reaches(step, goal, seen | following) for step in following)

    assert [name for name in arrows if reaches(name, name, set())] == []


@pytest.mark.parametrize("statement", ["import shadowai.cli", "import shadowai.cli as c; c.main(['--help'])"])
def test_the_command_line_starts_light(statement: str) -> None:
    loaded = f"{statement}; import sys; print(*sys.modules, sep='\\n', file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    names = done.stderr.split()
    assert "shadowai.cli" in names
    assert [name for name in LIGHT if name in names] == []


def test_an_import_in_any_disguise_is_found(tmp_path: Path) -> None:
    package = tmp_path / "shadowai"
    (package / "inner").mkdir(parents=True)
    (package / "inner" / "__init__.py").write_text("from . import one\n")
    text = "from .. import two\ndef f():\n    import rich.table\ntry:\n    import yaml as y\nfinally:\n    pass\n"
    (package / "inner" / "one.py").write_text(text)
    (package / "two.py").write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas\n")
    assert imports(tmp_path) == [
        Import("shadowai.inner", "shadowai.inner.one", 1, True),
        Import("shadowai.inner.one", "shadowai.two", 1, True),
        Import("shadowai.inner.one", "rich.table", 3, False),
        Import("shadowai.inner.one", "yaml", 5, True),
        Import("shadowai.two", "typing", 1, True),
    ]
