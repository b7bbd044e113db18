"""``python -m tests.tenants.demo FOLDER``: a doctor's visit, two sweeps and the difference between them, against made tenants.

Two small tenants, one of Microsoft Entra and one of Google Workspace, are behind the simulator's servers on this machine, TLS and
quotas included; the commands are the program's own, and what they print is what they print anywhere.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from shadowai.sweep.clock import WallClock
from tests.tenants import microsoft, workspace
from tests.tenants.faults import Faults
from tests.tenants.google import Google
from tests.tenants.graph import Graph
from tests.tenants.server import Server
from tests.tenants.sweeps import entra_settings, google_settings, secrets

ENTRA = microsoft.Size(users=240, apps=120, ai=14, given=900, events=150)
GOOGLE = workspace.Size(users=150, apps=24, ai=5, given=200, events=400)
EXPECTED = (0, 1, 3)
"""Exit codes that are no failure of the demonstration: AI was found, or something could not be looked at."""


class Yesterday(WallClock):
    """The machine's clock, so many days back until told otherwise: what the log knows."""

    behind = 86_400.0

    def time(self) -> float:
        """Seconds since 1970."""
        return super().time() - self.behind


def main(folder: Path) -> int:
    """Run it; gives 0 where every command did what it should."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    clock, now = Yesterday(), time.time()
    few = Faults(("429", "inner 429", "502 html", "reset"), 0.05)
    graph = Graph(microsoft.Directory(ENTRA, now), WallClock(), few)
    google = Google(workspace.Workspace(GOOGLE, now), clock, Faults(("403 quotaExceeded", "503"), 0.05))
    google.latency = graph.latency = 0.0
    with secrets(), Server(graph.answer) as one, Server(google.answer) as other:
        graph.root = one.root
        configuration = folder / "shadowai.toml"
        tenants = {"contoso": ("entra", entra_settings(one.root)), "example": ("google", google_settings(other.root))}
        configuration.write_text("\n".join(_table(name, *about) for name, about in tenants.items()))
        codes = [_run(folder, "doctor")]
        codes.append(_run(folder, "sweep", "-o", "first.csv"))
        print("\n# A day passes: an app appears, two people let AI in, one takes it back, and Google's log fills up.")
        graph.tenant.live_on()
        clock.behind = 0.0
        codes.append(_run(folder, "sweep"))
        codes.append(_run(folder, "diff"))
        codes.append(_run(folder, "history"))
    print(
        f"\n# Faults on the way: {dict(few.struck)}; the configuration, the inventory and the history are in {folder}"
    )
    return 0 if all(code in EXPECTED for code in codes) else 1


def _table(name: str, connector: str, settings: Mapping[str, str]) -> str:
    lines = [f"[tenants.{name}]", f'connector = "{connector}"', *(f'{key} = "{settings[key]}"' for key in settings)]
    return "\n".join(lines) + "\n"


def _run(folder: Path, *words: str) -> int:
    """Run a command of the program as somebody would who has it installed."""
    print(f"\n$ shadowai {shlex.join(words)}", flush=True)
    kept = {"SHADOWAI_STATE": str(folder / "state"), "SHADOWAI_CONFIG": str(folder / "shadowai.toml")}
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    environ = {**os.environ, **kept, "PYTHONPATH": path}
    return subprocess.run([sys.executable, "-m", "shadowai", *words], cwd=folder, env=environ).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/demo-sweep").resolve()))
