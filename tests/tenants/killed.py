"""Sweeps that are killed (SIGKILL) at random points, again and again, and gone on with, until they end."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from shadowai.tenant import Completeness, Swept
from tests.conftest import ROOT
from tests.tenants import microsoft, workspace
from tests.tenants.clock import BEGINS, QuickClock
from tests.tenants.compare import Difference, Truth, compare
from tests.tenants.entra_truth import truth
from tests.tenants.faults import Faults
from tests.tenants.google import Google
from tests.tenants.graph import Graph
from tests.tenants.server import Server
from tests.tenants.sweeper import run
from tests.tenants.sweeps import entra_settings, google_settings, secrets


@dataclass(slots=True)
class Killed:
    """How many sweeps there were, how often they were killed, and what was lost and invented in all of them. ``requests`` is what a
    sweep that is left alone asks, ``again`` what was asked beyond that."""

    sweeps: int = 0
    kills: int = 0
    lost: int = 0
    invented: int = 0
    requests: int = 0
    again: int = 0

    @property
    def fine(self) -> bool:
        """Whether there were kills and they did no harm."""
        return self.kills > 0 and self.lost == 0 and self.invented == 0

    def __str__(self) -> str:
        asked = f"{self.again / max(self.kills, 1):.1f} requests asked again for each"
        return f"{self.kills} kills in {self.sweeps} sweeps: lost {self.lost}, invented {self.invented}; {asked}"


@dataclass(slots=True)
class _Place:
    """A tenant behind a server."""

    name: str
    settings: dict[str, str]
    asked: Callable[[], int]
    there: Callable[[], Truth]


def killed(name: str, kills: int, *, seed: int, failing: float = 0.0) -> Killed:
    """Sweep the tenant of that name over and over until there have been so many kills; every sweep ends in the end."""
    done, draw = Killed(), random.Random(seed)
    clock = QuickClock()
    with secrets():
        faults = Faults(("429", "500", "reset", "truncated"), failing)
        if name == "entra":
            graph = Graph(microsoft.Directory(microsoft.Size().by(100)), clock, faults, limited=False, largest=15)
            with Server(graph.answer) as server:
                graph.root = server.root
                place = _Place(
                    name, entra_settings(server.root), graph.calls.total, lambda: truth(graph.tenant, BEGINS)
                )
                _until(place, kills, draw, done)
        else:
            tenant = workspace.Workspace(workspace.Size().by(1000))
            google = Google(tenant, clock, faults, limited=False, largest=50)
            with Server(google.answer) as server:
                about = google_settings(server.root)
                place = _Place(name, about, google.calls.total, lambda: tenant.truth(BEGINS, BEGINS))
                _until(place, kills, draw, done)
    return done


def _until(place: _Place, kills: int, draw: random.Random, done: Killed) -> None:
    command = [sys.executable, "-m", "tests.tenants.sweeper"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as sweeper,
    ):
        for name in ("first", "alone"):  # the first one imports what it needs
            began, before = time.monotonic(), place.asked()
            alone = _sweep(place, Path(folder, f"{name}.sqlite"))
            whole, done.requests = time.monotonic() - began, place.asked() - before
            assert alone.none, (str(alone), alone.examples)
        while done.kills < kills:
            path, before = Path(folder, f"{done.sweeps}.sqlite"), place.asked()
            most = min(kills, done.kills + 40)
            while done.kills < most and _killed(sweeper, place, path, draw.uniform(0.0, whole)):
                done.kills += 1
            found = _sweep(place, path)
            done.sweeps += 1
            done.lost += sum(found.lost.values())
            done.invented += sum(found.invented.values())
            done.again += place.asked() - before - done.requests
        assert sweeper.stdin
        sweeper.stdin.close()


def _killed(sweeper: subprocess.Popen[str], place: _Place, path: Path, delay: float) -> bool:
    """Sweep in a process of its own and kill that after so many seconds; false where it was done before."""
    assert sweeper.stdin and sweeper.stdout
    print(json.dumps([place.name, place.settings, str(path)]), file=sweeper.stdin, flush=True)
    child = int(sweeper.stdout.readline())
    time.sleep(delay)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)  # it is not waited for before the next line, so the number is still its own
    print(file=sweeper.stdin, flush=True)
    return sweeper.stdout.readline().strip() == "1"


def _sweep(place: _Place, path: Path) -> Difference:
    """Go on with the sweep to its end; gives what it lost and invented."""
    found: list[Difference] = []

    def read(swept: Swept) -> None:
        bad = [one for one in swept.outcomes if one.completeness is not Completeness.COMPLETE]
        assert not bad, bad
        found.append(compare(swept, place.there()))

    run(place.name, place.settings, path, read)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    return found[0]


if __name__ == "__main__":
    for tenant in ("entra", "google"):
        print(tenant, killed(tenant, int(sys.argv[1]), seed=3))
