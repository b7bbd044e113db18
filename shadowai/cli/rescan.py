"""``shadowai rescan``: who used a service before there was a signature of it, as far as the history remembers."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shadowai.cli import deciding, options, remembering, terminal
from shadowai.errors import UsageError

if TYPE_CHECKING:
    from shadowai.catalog import Catalog
    from shadowai.decisions.remembered import Judge
    from shadowai.history.rescan import Explained
    from shadowai.model import Entry

KEYS = ("service", "name", "strength", "how", "was", "who", "users", "first_seen", "last_seen", "places")
NOT_KEPT = (
    "note: names in logs that no signature explained and that did not look like AI are not remembered; to ask them,"
    " scan those logs again"
)


@click.command("rescan", short_help="Ask remembered names again with today's signatures: who used it before?")
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option("--format", "layout", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--policy", "policy_file", metavar="FILE", help="Policy, YAML: what is sanctioned, and what prohibited.")
@remembering.history_option
@options.config_option
def command(
    services: tuple[str, ...],
    layout: str,
    policy_file: str | None,
    history_url: str | None,
    config_file: Path | None,
) -> None:
    """Explain what the history remembers with the signatures in force, and say what is explained now that was not, or was otherwise:
    apps of tenants with the people who granted them, names of rows with their user, and names that looked like AI already.

    Only of SERVICE..., where ids are given. Each has the verdict of the policy, and of what people have decided, on what is remembered.
    Nothing in the history is changed: the next scan or sweep counts by the new signatures.
    """
    from shadowai import config, pipeline
    from shadowai.app_matcher import AppMatcher
    from shadowai.decisions.remembered import Judge
    from shadowai.history.catalogue import matching

    settings = config.load(config_file)
    asked = pipeline.ScanOptions(
        policy=policy_file, settings=settings, decisions=deciding.applied(None, False, settings)
    )
    known = asked.load_catalog()
    judge = Judge.of(asked, known, pipeline.rules_of(asked, known))
    for id in services:
        if known.get(id) is None:
            raise UsageError(f"there is no signature {id!r}", remedy="see `shadowai signatures list`")
    apps = AppMatcher(known)
    with remembering.opened(history_url, settings) as history:
        from shadowai.history.rescan import rescan

        found = rescan(history, matching(known), lambda app: apps.match(app).matches)
    chosen = [one for one in found if not services or one.service in services]
    judged = list(zip(chosen, _verdicts(chosen, judge, known), strict=True))
    for line in itertools.starmap(_json if layout == "json" else _line, judged):
        print(line)
    count = Counter(one.how for one in chosen)
    said = ", ".join(f"{number:,} by {how}" for how, number in sorted(count.items()))
    terminal.say(f"{len(chosen):,} remembered names are explained otherwise now" + (f" ({said})" if said else ""))
    terminal.say(NOT_KEPT)


def _verdicts(found: Sequence[Explained], judge: Judge, known: Catalog) -> list[Entry]:
    """For each, the row with the gravest verdict of those who are known, else that of the service as a whole."""
    from shadowai.decisions.remembered import Remembered
    from shadowai.model import SEVERITY
    from shadowai.policy import Use

    uses = [
        [
            Remembered(known.signatures[one.service], actor, Use(actor.user if actor else None))
            for actor in one.actors or (None,)
        ]
        for one in found
    ]
    rows = iter(judge.rows(use for several in uses for use in several))
    return [min(itertools.islice(rows, len(several)), key=lambda row: SEVERITY.index(row.verdict)) for several in uses]


def _json(one: Explained, row: Entry) -> str:
    """One JSON object."""
    from shadowai.export.ascii_json import Json, dump
    from shadowai.export.times import as_iso

    made: dict[str, Json] = {key: getattr(one, key) for key in KEYS}
    times = {key: as_iso(getattr(one, key)) or None for key in ("first_seen", "last_seen")}
    said: dict[str, Json] = {"verdict": row.verdict.value, "verdict_reason": row.verdict_reason or None}
    return dump(made | times | {"was": one.was or None} | said)


def _line(one: Explained, row: Entry) -> str:
    from shadowai.export.times import as_iso
    from shadowai.normalize import printable

    who = ", ".join(one.who) or ("users not known" if one.users is None else f"{one.users:,} users")
    since = as_iso(one.first_seen)[:10] or "time not known"
    was = f", counted as {one.was} then" if one.was else ""
    places = f" ({'; '.join(one.places)})" if one.places else ""
    verdict = f" {row.verdict.value}: {row.verdict_reason}" if row.verdict_reason else f" {row.verdict.value}"
    return printable(
        f"{one.service}  {one.name}  since {since}: {who}{was} [{one.how}, {one.strength}]{places}{verdict}"
    )
