"""``shadowai decide``: what a person decides about an asset, put on record."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shadowai.cli import deciding, options, remembering, terminal
from shadowai.model import Verdict

if TYPE_CHECKING:
    from shadowai.config import Settings
    from shadowai.decisions.inventory_file import Row
    from shadowai.decisions.model import Columns


@click.command("decide", short_help="Decide about an asset, and put it on record.")
@click.argument("asset")
@click.option(
    "--status",
    type=click.Choice([verdict.value for verdict in Verdict]),
    help="The verdict from now on; `unreviewed` takes a decision back.",
)
@click.option("--reason", required=True, metavar="TEXT", help="Why: it is shown with the verdict, and stays on record.")
@click.option("--until", metavar="DATE", help="The last day on which the decision holds.")
@click.option("--owner", metavar="NAME", help="Who answers for the use.")
@click.option("--purpose", metavar="TEXT", help="What it is used for.")
@click.option("--data", "data", multiple=True, metavar="NAME", help="A category of data. May be given again.")
@click.option("--dpia", metavar="REF", help="Reference of the data protection impact assessment.")
@click.option("--contract", metavar="REF", help="Reference of the contract.")
@click.option("--oversight", metavar="NAME", help="Who oversees it.")
@click.option("--next-review", metavar="DATE", help="When to look at it again.")
@click.option("--inventory", metavar="FILE", type=Path, help="The inventory that was looked at, as JSON.")
@deciding.by_option
@deciding.decisions_option
@remembering.history_option
@options.config_option
def command(
    asset: str,
    status: str | None,
    reason: str,
    until: str | None,
    owner: str | None,
    purpose: str | None,
    data: tuple[str, ...],
    dpia: str | None,
    contract: str | None,
    oversight: str | None,
    next_review: str | None,
    inventory: Path | None,
    person: str | None,
    decisions_file: str | None,
    history_url: str | None,
    config_file: Path | None,
) -> int:
    """Decide about ASSET: an asset_id of an inventory (or the beginning of one), or a service id.

    Scans and sweeps show the decision from then on, until it expires or what it was made on has changed. Without --status,
    only the columns are written; an empty text takes one back. The asset is looked up in --inventory, else in the history.
    """
    from shadowai import config
    from shadowai.decisions import log
    from shadowai.decisions.model import Columns

    verdict = Verdict(status) if status is not None else None
    columns = Columns(
        owner, purpose, _categories(data), dpia, contract, oversight, _day(next_review, "--next-review", empty=True)
    )
    if inventory is not None and history_url is not None:
        raise click.BadParameter("with --inventory the history is not asked", param_hint="--history")
    last = _day(until, "--until")
    _check(verdict, reason, last, columns)
    settings = config.load(config_file)
    row, digest = _row(asset, inventory, history_url, settings)
    decided = deciding.decision(
        row, digest, settings, verdict=verdict, reason=reason, until=last or "", columns=columns
    )
    head = log.decide(deciding.place(decisions_file, settings), decided, deciding.who(person))
    what = verdict.value if verdict is not None else "columns only"
    terminal.say(f"{row.entry.service} ({row.entry.asset_id}): {what}; head {head}")
    return 0


def _row(asset: str, inventory: Path | None, history_url: str | None, settings: Settings) -> tuple[Row, str]:
    """The row, and the hash of the inventory it stands in; of the history there is none."""
    from shadowai.decisions import inventory_file

    if inventory is not None:
        found = inventory_file.read(inventory)
        return found.row(asset), found.sha256
    with remembering.opened(history_url, settings) as history:
        from shadowai.history.recall import recall

        entry = recall(history, asset).entry
    return inventory_file.row_of(entry), ""


def _check(verdict: Verdict | None, reason: str, until: str | None, columns: Columns) -> None:
    if not reason.strip():
        raise click.BadParameter("say why", param_hint="--reason")
    if verdict is Verdict.RISK_ACCEPTED and until is None:
        raise click.BadParameter("risk_accepted needs a last day", param_hint="--until")
    if until is not None and verdict in (None, Verdict.UNREVIEWED):
        raise click.BadParameter("there is no decision that could end", param_hint="--until")
    today = datetime.now(UTC).date().isoformat()
    if until is not None and until < today:
        raise click.BadParameter(f"{until} is over", param_hint="--until")
    if columns.next_review and columns.next_review <= today:
        raise click.BadParameter(f"{columns.next_review} is not to come", param_hint="--next-review")
    if verdict is None and not any(value is not None for value in columns):
        raise click.UsageError("Missing option '--status', or a column to write.")


def _categories(given: tuple[str, ...]) -> tuple[str, ...] | None:
    """The categories of data; none of them where the only one is empty, ``None`` where nobody said."""
    return tuple(name.strip() for name in given if name.strip()) if given else None


def _day(text: str | None, option: str, *, empty: bool = False) -> str | None:
    """A day as it is kept. Raises :class:`click.BadParameter`."""
    if text is None or (empty and not text):
        return text
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a date (2026-01-31)", param_hint=option) from None
