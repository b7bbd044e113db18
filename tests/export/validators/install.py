"""Installs the published validators into a cache folder, once; nothing of them is copied elsewhere.

``python -m tests.export.validators.install`` prints the folder. $SHADOWAI_VALIDATORS names another one than the usual
``~/.cache/shadowai-validators``.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

NPM = {
    "@elastic/ecs": "9.4.0",
    "ecs-before": "npm:@elastic/ecs@8.11.5",
    "@kusto/language-service-next": "12.4.1",
    "@microsoft/jest-sarif": "1.0.0-beta.0",
}
"""Elastic's field lists on both sides of ours, Microsoft's parser of KQL, and the schema of SARIF 2.1.0."""
MULTITOOL = {"@microsoft/sarif-multitool-linux": "5.7.0"}
"""Microsoft's validator of SARIF, a program for this one kind of machine."""
PYPI = ("pySigma-backend-elasticsearch==2.1.1", "pySigma-backend-kusto==1.0.1", "pySigma-backend-splunk==2.1.0")
"""What turns Sigma rules into searches. They need another pySigma than the newest, so they are kept apart."""
_ENVIRON = "SHADOWAI_VALIDATORS"
_MARK = "installed"
"""A file that tells what is in a folder, written last."""


def _folder() -> Path:
    named = os.environ.get(_ENVIRON)
    base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return Path(named).expanduser() if named else base / "shadowai-validators"


FOLDER = _folder()
"""Where everything is; looked up before any test is given a home of its own."""
PYTHON = FOLDER / "python-{}.{}".format(*sys.version_info)
"""What comes from PyPI: compiled for this Python, others have their own."""


def missing() -> list[str]:
    """The programs that are needed to install them and are not there."""
    return [name for name in ("node", "npm") if shutil.which(name) is None]


def has_multitool() -> bool:
    """Whether Microsoft's validator runs on this machine."""
    return sys.platform == "linux" and platform.machine() == "x86_64"


def installed() -> bool:
    """Whether all of this is there already, and what runs it."""
    return shutil.which("node") is not None and _is_marked(FOLDER, _wanted()) and _is_marked(PYTHON, json.dumps(PYPI))


def install() -> Path:
    """The folder, with everything in it. What is there is not fetched again; scripts of packages are not run."""
    place = FOLDER
    if installed():
        return place
    PYTHON.mkdir(parents=True, exist_ok=True)
    if not _is_marked(place, _wanted()):
        packages = NPM | (MULTITOOL if has_multitool() else {})
        (place / "package.json").write_text(json.dumps({"private": True, "dependencies": packages}))
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        _run("npm", "install", *quiet, cwd=place)
        (place / _MARK).write_text(_wanted())
    target = ("--upgrade", "--target", str(PYTHON))
    _run(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *target, *PYPI, cwd=place)
    (PYTHON / _MARK).write_text(json.dumps(PYPI))
    return place


def module(name: str) -> Path:
    """The folder of a package from npm."""
    return FOLDER / "node_modules" / name


def _wanted() -> str:
    return json.dumps([NPM, MULTITOOL if has_multitool() else {}])


def _is_marked(place: Path, wanted: str) -> bool:
    mark = place / _MARK
    return mark.exists() and mark.read_text() == wanted


def _run(*words: str, cwd: Path) -> None:
    subprocess.run(words, cwd=cwd, check=True, stdout=subprocess.DEVNULL, timeout=600)


if __name__ == "__main__":
    if missing():
        sys.exit(f"the validators need {', '.join(missing())}")
    print(install())
