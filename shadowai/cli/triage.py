"""``shadowai triage``: what waits for a person, and a decision about each on the keyboard."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from shadowai.cli import deciding, options, terminal
from shadowai.model import Verdict
from shadowai.normalize import printable

if TYPE_CHECKING:
    from shadowai.config import Settings
    from shadowai.decisions.inventory_file import InventoryFile, Row
    from shadowai.decisions.log import Person
    from shadowai.decisions.queue import Waiting

ANSWERS: Final = {
    "s": Verdict.SANCTIONED,
    "t": Verdict.TOLERATED,
    "a": Verdict.RISK_ACCEPTED,
    "u": Verdict.UNSANCTIONED,
    "p": Verdict.PROHIBITED,
    "n": Verdict.NOT_AI,
    "r": Verdict.IN_REVIEW,
}
"""The keys of an answer."""
_ASKED: Final = "s sanctioned, t tolerated, a risk accepted, u unsanctioned, p prohibited, n not AI, r in review, Enter later, q quit: "


class _Desk(NamedTuple):
    """Where decisions go, and who makes them on what."""

    log: Path
    person: Person
    settings: Settings
    inventory: str


@click.command("triage", short_help="Show what waits for a decision, and decide row by row.")
@click.argument("inventory", type=Path)
@click.option("--format", "layout", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, metavar="N", help="Rows to show.")
@click.option("--interactive", is_flag=True, help="Ask about each row; answers are read from stdin, a line each.")
@deciding.by_option
@deciding.decisions_option
@options.config_option
def command(
    inventory: Path,
    layout: str,
    limit: int,
    interactive: bool,
    person: str | None,
    decisions_file: str | None,
    config_file: Path | None,
) -> int:
    """Show the rows of INVENTORY (JSON, as `shadowai scan -o inventory.json` writes it) that wait for a decision.

    These are what nobody has decided about, and what was decided and is to be looked at again: the decision has expired, the risk has
    jumped, there is a new department or a wider permission, or facts have changed. Surest findings and highest risks first.
    """
    from shadowai import config
    from shadowai.decisions import inventory_file, showing
    from shadowai.decisions.queue import proposals, queue

    if interactive and layout == "json":
        raise click.BadParameter("--interactive and --format json exclude each other", param_hint="--interactive")
    options.check_of_use("--interactive", interactive, by=person is not None)
    if options.is_given("limit") and (interactive or layout == "json"):
        told = "--interactive" if interactive else "--format json"
        raise click.BadParameter(f"it is of no use with {told}: all rows are shown", param_hint="--limit")
    settings = config.load(config_file)
    place = (deciding.place if interactive else deciding.to_read)(decisions_file, settings)
    found = inventory_file.read(inventory)
    waiting = queue(_as_decided(found, place, settings))
    rules = proposals(waiting)
    if not found.complete:
        terminal.say("note: the inventory is of a look that was not complete")
    if layout == "json":
        print(showing.as_json(waiting, rules))
    elif interactive:
        _ask(waiting, _Desk(place, deciding.who(person), settings, found.sha256))
        _print(tuple(showing.rule_lines(rules)))
    else:
        _print(tuple(showing.lines(waiting, rules, limit)))
    return 0


def _as_decided(found: InventoryFile, place: Path, settings: Settings) -> tuple[Row, ...]:
    """The rows with what was decided since the inventory was written."""
    from shadowai.decisions import finishing
    from shadowai.decisions.inventory_file import Row
    from shadowai.pipeline import ScanOptions

    asked = ScanOptions(settings=settings, decisions=str(place))
    rows = finishing.deciding(asked, asked.load_catalog())([row.entry for row in found.rows])
    return tuple(Row(entry, row.sha256) for entry, row in zip(rows, found.rows, strict=True))


def _ask(waiting: Sequence[Waiting], desk: _Desk) -> None:
    """Ask about row after row until the answers end."""
    from shadowai.decisions import showing

    decided = 0
    for number, one in enumerate(waiting, 1):
        _print(tuple(showing.about(one, number)))
        key = _answer(_ASKED, ("", "q", *ANSWERS))
        if key == "q":
            break
        if key:
            decided += _decide(one, ANSWERS[key], desk)
    terminal.say(f"{decided:,} decided, {len(waiting) - decided:,} wait")


def _decide(one: Waiting, verdict: Verdict, desk: _Desk) -> bool:
    """Ask for what a decision needs, and record it; an empty reason puts it off."""
    from shadowai.decisions import log
    from shadowai.decisions.model import Columns

    reason = _line("reason: ").strip()
    if not reason:
        terminal.say("put off: a decision needs a reason")
        return False
    until = _last_day() if verdict is Verdict.RISK_ACCEPTED else ""
    if until is None:
        terminal.say("put off: a risk is accepted until a day")
        return False
    made = deciding.decision(
        one.row, desk.inventory, desk.settings, verdict=verdict, reason=reason, until=until, columns=Columns()
    )
    terminal.say(f"{verdict.value}; head {log.decide(desk.log, made, desk.person)}")
    return True


def _last_day() -> str | None:
    """A day that is not over; ``None`` where none is given."""
    text = _line("until (2026-01-31): ").strip()
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found.isoformat() if found >= datetime.now(UTC).date() else None


def _answer(prompt: str, known: Sequence[str]) -> str:
    """One of the answers that are ``known``; the end of the input is ``q``."""
    while True:
        line = _line(prompt)
        if not line:
            return "q"
        if line.strip().lower() in known:
            return line.strip().lower()
        terminal.say("not an answer")


def _line(prompt: str) -> str:
    """A line of stdin with its end; empty at the end of the input."""
    print(prompt, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline()


def _print(lines: Sequence[str]) -> None:
    for line in lines:
        print(printable(line))
