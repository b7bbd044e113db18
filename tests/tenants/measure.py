"""How a sweep does on a tenant of a large company, beside what it should: ``python -m tests.tenants.measure [--scale N] [--kills N]``.

``--scale 100`` makes the tenants a hundred times smaller. All time is the sweep's own (see :class:`~tests.tenants.clock.IdleClock`):
waiting counts, computing hardly.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.tenants import microsoft, workspace
from tests.tenants.entra_sweeps import Measured, entra_tenant, is_sign_in
from tests.tenants.faults import GOOGLE, GRAPH, Faults
from tests.tenants.google_sweeps import google_tenant

MEGABYTES = 300
RATIO = 1.5
DAILY = 10
"""The most calls of a day's changes, signing in apart. A batch is one call; what is in it counts against the quota, and does so here."""
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what was measured, the figure, what it should be, and whether it is."""

    what: str
    figure: str
    wanted: str
    fine: bool


def entra_lines(scale: int, failing: float) -> list[Line]:
    """A first sweep of Entra, and the next two days'."""
    size = microsoft.Size() if scale == 1 else microsoft.Size().by(scale)
    faults = Faults(GRAPH, failing) if failing else Faults()
    with TemporaryDirectory() as folder, entra_tenant(size, Path(folder), faults=faults) as made:
        first = made.sweep()
        lines = [*_sweep("Entra, targeted", first, 100, failing), _memory("Entra, targeted", first.done.peak)]
        made.next_day(new=False)
        lines += _sweep("Entra, changes of a day", made.sweep(), DAILY, failing, ratio=False)
        made.next_day()
        lines += _sweep("Entra, changes of a day with a new AI app", made.sweep(), DAILY, failing, ratio=False)
        return [*lines, *_struck(faults)]


def workspace_lines(scale: int, failing: float) -> list[Line]:
    """A first sweep of Google Workspace with its 180 days, and the next two days'."""
    size = workspace.Size() if scale == 1 else workspace.Size().by(scale)
    faults = Faults(GOOGLE, failing) if failing else Faults()
    with TemporaryDirectory() as folder, google_tenant(size, Path(folder), faults=faults) as made:
        first = made.sweep()
        log = first.calls["token authorize"] + first.calls["token revoke"]
        pages = size.events / 1000 * 1.02
        lines = [*_sweep("Google, first", first, 0, failing)]
        wanted, enough = ("-", True) if failing else (f"about {pages:,.0f}", log <= pages * 1.2 + 20)
        lines.append(Line("Google, first: calls for 180 days of consents", f"{log:,}", wanted, enough))
        lines.append(_memory("Google, first", first.done.peak))
        for day in (1, 2):
            made.next_day()
            lines += _sweep(f"Google, changes of day {day}", made.sweep(), DAILY, failing, ratio=False)
        return [*lines, *_struck(faults)]


def _sweep(name: str, found: Measured, most: int, failing: float, *, ratio: bool = True) -> Iterator[Line]:
    calls = found.asked
    often = ", ".join(f"{count:,} {_short(path)}" for path, count in found.calls.most_common() if not is_sign_in(path))
    often += f"; and {found.calls.total() - calls} to sign in"
    enough = failing > 0 or most == 0 or calls <= most
    yield Line(f"{name}: calls", f"{calls:,} ({often})", f"<= {most}" if most and not failing else "-", enough)
    if ratio:
        floor = max(found.floor, found.least)
        slowest = max(found.spent.values(), key=lambda spent: spent.floor)
        figure = f"{found.done.lasted:,.1f} s / {floor:,.1f} s = {found.done.lasted / floor:.2f} ({slowest.limit.name})"
        fine = failing > 0 or found.done.lasted <= RATIO * floor
        yield Line(f"{name}: duration / quota floor", figure, f"<= {RATIO}" if not failing else "-", fine)
    yield Line(f"{name}: computing", f"{found.done.took:,.1f} s by the wall", "-", True)
    fine = found.difference.none and not found.incomplete
    yield Line(f"{name}: against the truth", str(found.difference), "lost 0, invented 0", fine)
    for outcome in found.incomplete[:5]:
        yield Line(f"{name}: incomplete", f"{outcome.task}: {outcome.detail}", "none", False)
    for example in found.difference.examples[:3]:
        yield Line(f"{name}: for example", example, "-", False)


def _memory(name: str, peak: float) -> Line:
    return Line(f"{name}: peak memory, server included", f"{peak:,.0f} MB", f"< {MEGABYTES} MB", peak < MEGABYTES)


def _struck(faults: Faults) -> Iterator[Line]:
    if faults.struck:
        several = ", ".join(f"{count} {kind}" for kind, count in faults.struck.most_common())
        yield Line("faults", several, "-", True)


def _short(path: str) -> str:
    return path.removeprefix("/v1.0/").rpartition("/v2.0/")[2]


def fault_table(scale: int) -> list[Row]:
    """Every fault alone, at 30 % of the requests: how often it was tried, and what was lost and invented."""
    rows: list[Row] = [("tenant", "fault", "tries", "lost", "invented")]
    for fault in GRAPH:
        faults, size = Faults((fault,), 0.3, seed=5), microsoft.Size().by(scale)
        with TemporaryDirectory() as folder, entra_tenant(size, Path(folder), faults=faults, largest=15) as made:
            rows.append(_row("Entra", fault, faults, made.sweep()))
    for fault in GOOGLE:
        faults, other = Faults((fault,), 0.3, seed=5), workspace.Size().by(scale)
        with TemporaryDirectory() as folder, google_tenant(other, Path(folder), faults=faults, largest=100) as google:
            rows.append(_row("Google", fault, faults, google.sweep()))
    return rows


def _row(tenant: str, fault: str, faults: Faults, found: Measured) -> Row:
    difference = found.difference
    lost, invented = sum(difference.lost.values()), sum(difference.invented.values())
    return tenant, fault, str(faults.struck[fault]), f"{lost}{' (incomplete)' * bool(found.incomplete)}", str(invented)


def _apart(measure: Callable[..., Any], *arguments: Any) -> Any:
    """Run in a process of its own, whose peak memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, arguments)


def _print(title: str, lines: list[Line]) -> bool:
    print(f"\n{title}")
    for line in lines:
        print(f"  {'ok ' if line.fine else 'NOT'} {line.what:<48} {line.figure}   [{line.wanted}]", flush=True)
    return all(line.fine for line in lines)


def main(argv: list[str] | None = None) -> int:
    """Measure, and print; 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.tenants.measure", description=__doc__)
    parser.add_argument("--scale", type=int, default=1, help="how many times smaller the tenants are")
    parser.add_argument("--kills", type=int, default=200, help="kills at random points, of each tenant")
    asked = parser.parse_args(argv)
    began = time.monotonic()
    fine, small = True, max(asked.scale, 10)
    for name, lines in (("Entra", entra_lines), ("Google", workspace_lines)):
        fine &= _print(f"{name} at rest", _apart(lines, asked.scale, 0.0))
        failing = _apart(lines, small, 0.3)
        fine &= _print(f"{name}, 30 % of the requests fail (a tenant {small} times smaller)", failing)
    print("\nEach fault alone, 30 % of the requests")
    for row in _apart(fault_table, 1000):
        print(f"  {row[0]:<8} {row[1]:<24} {row[2]:>6} {row[3]:>6} {row[4]:>9}", flush=True)
        fine &= row[0] == "tenant" or row[3:] == ("0", "0")
    if asked.kills:
        from tests.tenants.killed import killed

        for name in ("entra", "google"):
            done = killed(name, asked.kills, seed=3)
            fine &= _print(f"kill -9, {name}", [Line("kills", str(done), "lost 0, invented 0", done.fine)])
    print(f"\n{'all as it should be' if fine else 'NOT as it should be'}, in {time.monotonic() - began:,.0f} s")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
