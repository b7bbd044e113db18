"""Two made tenants in one history: what one lost is gone, whatever the other one looks at."""

from __future__ import annotations

import csv
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from shadowai import connector as protocol
from shadowai.cli import main
from shadowai.sweep.clock import WallClock
from tests.tenants import microsoft, workspace
from tests.tenants.demo import Yesterday
from tests.tenants.faults import Faults
from tests.tenants.google import Google
from tests.tenants.graph import Graph
from tests.tenants.server import Server
from tests.tenants.sweeps import entra_settings, google_settings, secrets

ENTRA = microsoft.Size(users=60, apps=40, ai=10, given=150, events=40)
GOOGLE = workspace.Size(users=40, apps=12, ai=4, given=60, events=100)


def changes() -> set[tuple[str, str, str]]:
    assert main(["diff", "--format", "csv", "-o", "diff.csv"]) in (0, 1, 3)
    with Path("diff.csv").open(encoding="utf-8", newline="") as stream:
        return {(row["change"], row["kind"], row["cause"]) for row in csv.DictReader(stream)}


def test_what_was_withdrawn_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modules = {"entra": "entra:Entra", "google": "google_workspace:GoogleWorkspace"}
    points = [EntryPoint(name, f"shadowai_connectors.{where}", protocol.GROUP) for name, where in modules.items()]
    monkeypatch.setattr(protocol, "entry_points", lambda group: points)
    monkeypatch.chdir(tmp_path)
    clock, wall = Yesterday(), WallClock()
    graph = Graph(microsoft.Directory(ENTRA, wall.time()), wall, Faults())
    google = Google(workspace.Workspace(GOOGLE, wall.time()), clock, Faults())
    google.latency = graph.latency = 0.0
    with secrets(), Server(graph.answer) as one, Server(google.answer) as other:
        monkeypatch.setenv("SHADOWAI_STATE", str(tmp_path / "state"))
        graph.root = one.root
        lines: list[str] = []
        for connector, settings in (("entra", entra_settings(one.root)), ("google", google_settings(other.root))):
            lines += [f"[tenants.{connector}]", f'connector = "{connector}"']
            lines += [f'{key} = "{value}"' for key, value in settings.items()]
        Path("shadowai.toml").write_text("\n".join(lines))
        assert main(["sweep", "-o", "a.csv"]) == 0
        graph.tenant.live_on()
        clock.behind = 0.0
        assert main(["sweep", "-o", "b.csv"]) == 0
        found = changes()
        assert ("gone", "grant", "environment") in found and ("new", "grant", "environment") in found
        assert not {change for change in found if change[0] == "not_observable" or change[2] == "coverage"}
        assert main(["sweep", "--full", "-o", "c.csv"]) == 0
        assert "not_observable" not in {change[0] for change in changes()}
