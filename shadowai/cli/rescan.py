"""``shadowai rescan``: who used a service before there was a signature of it, as far as the history remembers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shadowai.cli import options, remembering, terminal
from shadowai.errors import UsageError

if TYPE_CHECKING:
    from shadowai.history.rescan import Explained

KEYS = ("service", "name", "strength", "how", "was", "who", "users", "first_seen", "last_seen", "places")
NOT_KEPT = (
    "note: names in logs that no signature explained and that did not look like AI are not remembered; to ask them,"
    " scan those logs again"
)


@click.command("rescan", short_help="Ask remembered names again with today's signatures: who used it before?")
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option("--format", "layout", type=click.Choice(["table", "json"]), default="table", show_default=True)
@remembering.history_option
@options.config_option
def command(services: tuple[str, ...], layout: str, history_url: str | None, config_file: Path | None) -> None:
    """Explain what the history remembers with the signatures in force, and say what is explained now that was not, or was otherwise:
    apps of tenants with the people who granted them, names of rows with their user, and names that looked like AI already.

    Only of SERVICE..., where ids are given. Nothing in the history is changed: the next scan or sweep counts by the new signatures.
    """
    from shadowai import config
    from shadowai.app_matcher import AppMatcher
    from shadowai.history.catalogue import matching
    from shadowai.packs.loading import in_force

    settings = config.load(config_file)
    known = in_force(settings)
    for id in services:
        if known.get(id) is None:
            raise UsageError(f"there is no signature {id!r}", remedy="see `shadowai signatures list`")
    apps = AppMatcher(known)
    with remembering.opened(history_url, settings) as history:
        from shadowai.history.rescan import rescan

        found = rescan(history, matching(known), lambda app: apps.match(app).matches)
    chosen = [one for one in found if not services or one.service in services]
    for line in _json(chosen) if layout == "json" else map(_line, chosen):
        print(line)
    count = Counter(one.how for one in chosen)
    said = ", ".join(f"{number:,} by {how}" for how, number in sorted(count.items()))
    terminal.say(f"{len(chosen):,} remembered names are explained otherwise now" + (f" ({said})" if said else ""))
    terminal.say(NOT_KEPT)


def _json(found: Sequence[Explained]) -> list[str]:
    """One JSON object a line."""
    from shadowai.export.ascii_json import Json, dump
    from shadowai.export.times import as_iso

    lines = []
    for one in found:
        row: dict[str, Json] = {key: getattr(one, key) for key in KEYS}
        times = {key: as_iso(getattr(one, key)) or None for key in ("first_seen", "last_seen")}
        lines.append(dump(row | times | {"was": one.was or None}))
    return lines


def _line(one: Explained) -> str:
    from shadowai.export.times import as_iso
    from shadowai.normalize import printable

    who = ", ".join(one.who) or ("users not known" if one.users is None else f"{one.users:,} users")
    since = as_iso(one.first_seen)[:10] or "time not known"
    was = f", counted as {one.was} then" if one.was else ""
    places = f" ({'; '.join(one.places)})" if one.places else ""
    return printable(f"{one.service}  {one.name}  since {since}: {who}{was} [{one.how}, {one.strength}]{places}")
