"""A made Google Workspace is found as it is: at first, on the next days, and whatever goes wrong on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tenants.faults import ANY, GOOGLE, Faults
from tests.tenants.google_sweeps import google_tenant
from tests.tenants.test_entra_tenant import exact
from tests.tenants.workspace import Size

SMALL = Size().by(400)
OWN = ("503", "401", "html 200", "duplicate page")
"""Faults that happen everywhere and mean something of their own here; the others are tried on Entra, and all of them together."""
TINY = Size().by(1000)


def test_a_tenant_is_found_as_it_is_and_so_is_what_comes_later(tmp_path: Path) -> None:
    with google_tenant(SMALL, tmp_path, largest=200) as made:
        first = made.sweep()
        exact(first)
        assert first.mode == "targeted" and first.difference.found["event"] > 2_500
        for _ in range(2):
            made.next_day()
            later = made.sweep()
            exact(later)
            assert later.mode == "delta" and later.calls.total() <= 10


@pytest.mark.parametrize("fault", [fault for fault in GOOGLE if fault not in ANY or fault in OWN])
def test_a_fault_loses_and_invents_nothing(tmp_path: Path, fault: str) -> None:
    faults = Faults((fault,), 0.3, seed=5)
    with google_tenant(TINY, tmp_path, faults=faults, limited=False, largest=100) as made:
        exact(made.sweep())
    assert faults.struck[fault] > 0


def test_all_faults_together(tmp_path: Path) -> None:
    faults = Faults(GOOGLE, 0.3, seed=11)
    with google_tenant(TINY, tmp_path, faults=faults, limited=False, largest=100) as made:
        exact(made.sweep())
        made.next_day()
        exact(made.sweep())
    assert len(faults.struck) > len(GOOGLE) // 2
