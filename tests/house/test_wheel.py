"""The wheel holds the packages and their data, all of them, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

import shadowai
from shadowai import fast
from tests.conftest import ROOT, SOURCE
from tests.house.arrows import modules

GIVEN = os.environ.get("SHADOWAI_WHEEL")
"""The wheel that is installed and tested; in a checkout there is none, and one is built."""


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, opened."""
    return zipfile.ZipFile(Path(GIVEN) if GIVEN else _built(tmp_path_factory.mktemp("wheel")))


def _built(folder: Path, *, compiler: bool = True) -> Path:
    """Build the wheel of a copy: a build leaves files behind, and two at a time in one folder get into the wheel."""
    copy = folder / "copy"
    for name in ("shadowai", "connectors", "signatures"):
        shutil.copytree(SOURCE / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(SOURCE / name, copy)
    build = "from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
    if not compiler:  # nor what writes C for it, which takes long
        build = f"sys.modules['Cython'] = None; {build}"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {build}", str(folder)],
        cwd=copy,
        env=os.environ | ({} if compiler else {"CC": "no-such-compiler"}),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def _expected() -> set[str]:
    files = {
        name.replace(".", "/") + "/__init__.py" for name, path in modules(SOURCE).items() if path.stem == "__init__"
    }
    files |= {name.replace(".", "/") + ".py" for name, path in modules(SOURCE).items() if path.stem != "__init__"}
    files |= {f"shadowai/signatures/{path.name}" for path in (SOURCE / "signatures").glob("*.yaml")}
    page = (SOURCE / "shadowai" / "export" / "html").iterdir()
    files |= {f"shadowai/export/html/{path.name}" for path in page if path.suffix in (".css", ".j2", ".js")}
    schemas = {"shadowai/signature.schema.json", "shadowai/export/report.schema.json"}
    return files | schemas | {"shadowai/py.typed", "shadowai/risk/weights.yaml"}


def test_holds_exactly_the_packages_and_their_data(wheel: zipfile.ZipFile) -> None:
    names = {name for name in wheel.namelist() if not name.partition("/")[0].endswith(".dist-info")}
    expected = _expected()
    built = {name for name in names if re.fullmatch(r"shadowai/fast/(?:packets|lines)\..*(so|pyd)", name)}
    assert (sorted(names - expected - built), sorted(expected - names)) == ([], [])
    assert len(built) == 2 * (not fast.is_missing())


def test_without_a_compiler_the_rest_is_built(tmp_path: Path) -> None:
    wheel = zipfile.ZipFile(_built(tmp_path, compiler=False))
    names = {name for name in wheel.namelist() if not name.partition("/")[0].endswith(".dist-info")}
    assert names == _expected()


def test_says_what_it_is(wheel: zipfile.ZipFile) -> None:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = message_from_string(wheel.read(name).decode())
    assert metadata["Name"] == "shadowai"
    assert metadata["Version"] == shadowai.__version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert any(name.endswith("/licenses/LICENSE") for name in wheel.namelist())


def test_no_dependency_has_an_upper_bound(wheel: zipfile.ZipFile) -> None:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    wanted = message_from_string(wheel.read(name).decode()).get_all("Requires-Dist", [])
    assert wanted
    assert [line for line in wanted if any(sign in line.partition(";")[0] for sign in ("<", "==", "~="))] == []


def test_the_installed_program_is_the_one_under_test() -> None:
    """With a wheel given, the suite must not have found the sources by accident."""
    here = Path(shadowai.__file__).resolve()
    sources = [SOURCE / "shadowai", ROOT / "shadowai"]
    assert any(here.is_relative_to(folder) for folder in sources) is (GIVEN is None)
