"""A PostgreSQL server of the tests' own, where its programs are installed; it listens to a socket in a folder of its own alone."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")


def programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``, the newest version's; ``None`` where there is none."""
    found = [path for place in PLACES for path in Path("/").glob(place.lstrip("/")) if (path / "initdb").exists()]
    named = shutil.which("initdb")
    return max(
        found,
        key=lambda path: [int(p) for p in path.parts if p.isdigit()],
        default=Path(named).parent if named else None,
    )


def absent() -> str:
    """Why there can be no server; empty where there can."""
    if programs() is None:
        return "initdb and pg_ctl are not installed (Debian: postgresql)"
    return "" if os.geteuid() != 0 or _other_user() else "the server refuses root, and there is no other user"


def _other_user() -> str | None:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


@contextmanager
def server() -> Iterator[str]:
    """A server while inside; gives the URL of a database in it."""
    folder = Path(tempfile.mkdtemp(prefix="shadowai-pg-"))
    user = _other_user() if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    binaries = programs()
    assert binaries is not None

    def run(*command: str) -> None:
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
        done = subprocess.run(
            command, cwd=folder, env=environment, user=user, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr

    data = str(folder / "data")
    control = (str(binaries / "pg_ctl"), "-D", data, "-w", "-s")
    try:
        run(str(binaries / "initdb"), "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync")
        settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        run(*control, "-l", str(folder / "log"), "-o", settings, "start")
        try:
            yield f"postgresql+psycopg://tester@/postgres?host={folder}"
        finally:
            run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
