"""``shadowai departments``: how many people of each department use AI services, without those who are few."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shadowai.cli import INCOMPLETE, WITHIN_POLICY, kept, options, terminal
from shadowai.errors import UsageError

if TYPE_CHECKING:
    from shadowai.decisions.inventory_file import InventoryFile
    from shadowai.privacy import Group

COLUMNS = ("department", "people", "services")


@click.command("departments", short_help="Show how many people of each department use AI services, and which.")
@click.argument("inventory", type=Path)
@click.option("--format", "layout", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of stdout.")
@options.config_option
def command(inventory: Path, layout: str, output: str | None, config_file: Path | None) -> int:
    """Show how many people of each department use AI services, out of INVENTORY: JSON by user, as
    `shadowai scan --by user --identities FILE -o inventory.json` writes it, or sweep.

    Departments with few people (`k` of [privacy], 5 by default) stand together, and so that none of them can be told from the total.
    Exit code 3 where the inventory is of a look that was not complete.
    """
    from shadowai import config
    from shadowai.decisions import inventory_file
    from shadowai.privacy import K, department_view

    target = options.output_file(output)
    settings = config.load(config_file)
    options.keep_apart((inventory,), output=target)
    kept.keep(settings, output=target)
    k = settings.privacy.k or K
    found = inventory_file.read(inventory)
    _check(found, inventory)
    groups = department_view((row.entry for row in found.rows), k)
    text = {"table": _table, "csv": _csv}[layout](groups) if layout != "json" else _json(groups, found, k)
    terminal.put(text, target)
    nameless = sum(row.entry.actor is not None and not row.entry.actor.user for row in found.rows)
    if nameless:
        terminal.say(f"note: {nameless:,} rows are of devices or grants without a person, who are in no department")
    if not found.complete:
        terminal.say("note: the inventory is of a look that was not complete")
    return WITHIN_POLICY if found.complete else INCOMPLETE


def _check(found: InventoryFile, path: Path) -> None:
    """Raises :class:`UsageError` for an inventory that tells nothing of departments."""
    from shadowai.model import Origin

    people = [row.entry for row in found.rows if row.entry.actor is not None]
    if len(people) < len(found.rows):
        raise UsageError("is an inventory by service", origin=Origin(str(path)), remedy="write one with --by user")
    if people and not any(entry.departments for entry in people):
        remedy = "write it with --identities FILE, which has the departments (docs/inventory.md)"
        raise UsageError("nobody's department is in it", origin=Origin(str(path)), remedy=remedy)


def _table(groups: Sequence[Group]) -> str:
    from shadowai.normalize import printable

    rows = [("DEPARTMENT", "PEOPLE", "SERVICES"), *((printable(name), *rest) for name, *rest in map(_cells, groups))]
    wide, number = (max(len(row[place]) for row in rows) for place in (0, 1))
    lines = (
        f"{name.ljust(wide)}  {people.rjust(number)}  {printable(services)}".rstrip() for name, people, services in rows
    )
    return "".join(f"{line}\n" for line in lines)


def _cells(group: Group) -> tuple[str, str, str]:
    people = "few" if group.people is None else f"{group.people:,}"
    return group.department, people, ", ".join(group.services)


def _csv(groups: Sequence[Group]) -> str:
    """Empty is "too few to be told"."""
    from shadowai.export.inert import cell, joined

    text = io.StringIO()
    rows = ((cell(one.department), one.people, joined(one.services)) for one in groups)
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
    return text.getvalue()


def _json(groups: Sequence[Group], found: InventoryFile, k: int) -> str:
    """One object; ``people`` is ``null`` for those who are too few to be told."""
    from shadowai.export.ascii_json import dump

    rows = [dict(zip(COLUMNS, group, strict=True)) for group in groups]
    return dump({"schema": 1, "k": k, "complete": found.complete, "departments": rows}, indent=2) + "\n"
