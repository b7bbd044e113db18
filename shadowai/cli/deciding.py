"""What commands have in common that apply or record decisions: the options, and who is at the keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from shadowai.config import Settings
    from shadowai.decisions.inventory_file import Row
    from shadowai.decisions.log import Person
    from shadowai.decisions.model import Columns, Decided
    from shadowai.model import Verdict

decisions_option = click.option(
    "--decisions",
    "decisions_file",
    metavar="FILE",
    help="The decision log; by default the configuration's, or your own.",
)
no_decisions_option = click.option("--no-decisions", is_flag=True, help="Leave out what people have decided.")
pseudonymise_option = click.option(
    "--pseudonymise", is_flag=True, help="Show pseudonyms for people, devices and addresses (docs/privacy.md)."
)
by_option = click.option("--by", "person", metavar="NAME", help="Who decides; by default the account of the system.")


def place(asked: str | None, settings: Settings) -> Path:
    """The file of the decision log."""
    from shadowai.decisions import settings as places

    return places.place(asked, settings.decisions)


def to_read(asked: str | None, settings: Settings) -> Path:
    """The file of a log that is only read. Raises :class:`click.BadParameter` where the one that was asked for is not there: none was
    decided in that, and so it would seem of the other."""
    path = place(asked, settings)
    if asked is not None and not path.exists():
        raise click.BadParameter(f"{asked}: no such file", param_hint="--decisions")
    return path


def applied(asked: str | None, left_out: bool, settings: Settings) -> str | None:
    """The log that a report goes by; ``None`` where there is none, or it is left out. Raises :class:`click.BadParameter`."""
    if asked is not None and left_out:
        raise click.BadParameter("--decisions and --no-decisions exclude each other", param_hint="--decisions")
    return None if left_out else str(to_read(asked, settings))


def who(named: str | None) -> Person:
    """Who decides, by their own account and the system's."""
    from shadowai.decisions.log import Person
    from shadowai.decisions.settings import login

    account = login()
    return Person(named or account, account)


def decision(
    row: Row, inventory: str, settings: Settings, *, verdict: Verdict | None, reason: str, until: str, columns: Columns
) -> Decided:
    """A decision about a row of the inventory with the hash ``inventory``, and what it is made on."""
    from shadowai.decisions.grounds import facts_of, grounds_of
    from shadowai.decisions.model import Decided, Evidence
    from shadowai.packs.loading import in_force

    entry = row.entry
    file = in_force(settings).files.get(entry.service_id)
    return Decided(
        asset=entry.asset_id,
        service=entry.service_id,
        person=entry.actor is not None,
        verdict=verdict,
        reason=reason.strip(),
        until=until,
        columns=columns,
        grounds=grounds_of([entry], facts_of(file) if file is not None else ()),
        evidence=Evidence(row.sha256, inventory),
    )
