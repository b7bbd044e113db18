"""``shadowai signatures report``: what the catalogue holds and what changed in it."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shadowai.cli import deciding, options
from shadowai.normalize import printable

if TYPE_CHECKING:
    from shadowai.signature_report import Counts, SignatureReport

_EXAMPLES = 20
"""How many hosts the text names of each kind of change; the JSON has them all."""


_GROUP = click.Group("report")


def add_to(group: click.Group) -> None:
    """Hook the command of this module into ``group``."""
    group.add_command(report)


@_GROUP.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with every host: what --since takes later.")
@click.option(
    "--since", metavar="FILE-or-DIR", type=Path, help="Compare with an earlier report's JSON or a folder of signatures."
)
@click.option("--labelled", metavar="FILE", type=Path, help="CSV of name,id: how often each signature is right.")
@deciding.decisions_option
@options.config_option
def report(
    as_json: bool, since: Path | None, labelled: Path | None, decisions_file: str | None, config_file: Path | None
) -> None:
    """Count the signatures by category, kind, strength and freshness, and say which hosts came and went."""
    from shadowai.config import load
    from shadowai.decisions import log
    from shadowai.decisions.precision import precision
    from shadowai.packs.loading import in_force
    from shadowai.signature_report import report as report_of

    today = datetime.datetime.now(datetime.UTC).date()
    settings = load(config_file)
    made = report_of(in_force(settings), today=today, since=since, labelled=labelled)
    if decisions := log.read(deciding.to_read(decisions_file, settings)).standing:
        made = dataclasses.replace(made, decided=precision(decisions.values()))
    for line in [_as_json(made)] if as_json else _as_text(made):
        print(line if as_json else printable(line))


def _as_json(made: SignatureReport) -> str:
    counted = {
        field.name: dict(value) if field.name in _TITLES else value
        for field in dataclasses.fields(made)
        for value in [getattr(made, field.name)]
    }
    change = made.change._asdict() if made.change else None
    measured = None if made.precision is None else [precision._asdict() for precision in made.precision]
    decided = None if made.decided is None else [precision._asdict() for precision in made.decided]
    told = {**counted, "change": change, "precision": measured, "decided": decided}
    return json.dumps(told)


_TITLES = {
    "categories": "category",
    "strengths": "strength of indicators",
    "kinds": "kind of indicator",
    "scopes": "scope",
    "statuses": "status",
    "countries": "country of the head office",
    "ages": "last looked at",
    "references": "kind of reference",
}


def _as_text(made: SignatureReport) -> Iterator[str]:
    yield f"{made.services} services, {made.indicators} indicators, signatures {made.version}"
    for field, title in _TITLES.items():
        yield from _table(title, getattr(made, field))
    yield ""
    yield f"country: read on a page that names it for {made.countries_read} services"
    yield f"data handling: {made.data_facts} facts on {made.data_services} services"
    yield from (f"  stale  {fact}" for fact in made.stale_facts)
    if made.change is not None:
        gained, lost, changed = made.change
        yield from _some(f"{len(gained)} hosts gained", [f"+ {h.pattern}  {h.signature}, {h.strength}" for h in gained])
        yield from _some(f"{len(lost)} hosts lost", [f"- {h.pattern}  {h.signature}, {h.strength}" for h in lost])
        yield from _some(
            f"{len(changed)} hosts changed",
            [f"~ {old.pattern}  {old.signature}, {old.strength} to {new.strength}" for old, new in changed],
        )
    yield from _precision(made)


def _table(title: str, counts: Counts) -> Iterator[str]:
    yield from ("", title)
    yield from (f"{count:7}  {word}" for word, count in counts)


def _some(title: str, lines: list[str]) -> Iterator[str]:
    yield from ("", title)
    yield from (f"  {line}" for line in lines[:_EXAMPLES])
    if len(lines) > _EXAMPLES:
        yield f"  and {len(lines) - _EXAMPLES} more (see --json)"


def _precision(made: SignatureReport) -> Iterator[str]:
    from shadowai.signature_report import NOT_MEASURED

    measured = made.precision or ()
    yield ""
    yield f"precision on labelled names: {NOT_MEASURED}{f' for {made.services - len(measured)} services' if measured else ''}"
    yield from (f"  {precision}  {precision.signature}" for precision in measured)
    if made.decided is not None:
        yield from ("", "rows that people have decided upon, and called AI")
        yield from (f"  {precision}  {precision.signature}" for precision in made.decided)
