"""What a sweep was made of: rows of the history by their hash, and the end of every task."""

from __future__ import annotations

from pathlib import Path

from shadowai.cli import collected
from shadowai.export.html.context import InputFile
from shadowai.export.manifest import Ended, SweptTenant
from shadowai.history.remember import remember
from shadowai.history.store import History
from shadowai.tenant import Completeness, Outcome, Trouble
from shadowai.tenants import Tenant
from tests.history.making import app, grant, made_sweep, sweep

FAILED = Outcome("grants/1", "grants", Completeness.FAILED, Trouble.SCOPE, "403 for ann@example.com", "ask", 0, 0)
SWEPT = made_sweep("contoso.example", 0, [app("a")], [grant("a", "p1")], ends=(FAILED,))


def test_what_is_remembered_has_hashes_and_what_is_not_says_so(tmp_path: Path) -> None:
    with History(f"sqlite:///{tmp_path / 'h.db'}") as history:
        run = remember(history, sweep(apps=[app("a")], grants=[grant("a", "p1")]))
        found = collected.inputs([SWEPT], (history, run))
    assert [one.path for one in found] == [
        "entra:contoso.example/apps: 1 rows",
        "entra:contoso.example/grants: 1 rows",
        "entra:contoso.example/persons: 0 rows",
    ]
    assert all(len(one.sha256) == 64 and one.size is not None and not one.why for one in found)
    assert collected.inputs([SWEPT], None) == (InputFile("entra:contoso.example", why="the sweep is not remembered"),)


def test_every_task_has_its_end_and_every_tenant_its_place() -> None:
    """The service's own words are left out: they may name people."""
    asked = [Tenant("other", "okta", {}), Tenant("main", "entra", {})]
    found = collected.of_manifest(asked, [SWEPT], None)
    task = Ended("grants/1", "grants", "failed", "a permission is missing", 0, 0)
    assert found.run is None and found.tenants == (
        SweptTenant("other", "okta"),
        SweptTenant("main", "entra", "contoso.example", "full", "ai", False, (task,)),
    )
