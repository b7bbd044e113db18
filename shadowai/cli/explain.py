"""``shadowai explain``: why an asset has its risk, with the source and date of each fact and the evidence itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from shadowai.cli import deciding, options, remembering, terminal
from shadowai.errors import UsageError

if TYPE_CHECKING:
    from shadowai.evidence import Evidence
    from shadowai.model import Entry, Origin, Record
    from shadowai.pipeline import ScanOptions
    from shadowai.risk.rating import Rating

SHOWN = 300
"""Characters of a line of evidence that are printed."""
_KEYS = (
    "time", "kind", "user", "device", "client_ip", "server_ip", "host", "url", "method", "action", "blocked", "bytes_up", "bytes_down",
    "user_agent",
)  # fmt: skip
_QUERY = re.compile(r"(://[^\s\"'?]{1,2000}\?)[^\s\"']+")


@click.command("explain", short_help="Say why an asset has its risk: every contribution, and the evidence.")
@click.argument("asset")
@click.option(
    "--input", "paths", multiple=True, metavar="PATH", help="Logs or captures that show it. May be given again."
)
@click.option("--format", "layout", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--policy", "policy_file", metavar="FILE", help="Policy, YAML: what is sanctioned, and what prohibited.")
@options.log_format_option
@options.timezone_option
@options.identities_option
@remembering.history_option
@options.config_option
def command(
    asset: str,
    paths: tuple[str, ...],
    layout: Literal["text", "json"],
    policy_file: str | None,
    log_format: str | None,
    timezone: str | None,
    identities: str | None,
    history_url: str | None,
    config_file: Path | None,
) -> int:
    """Explain the risk of ASSET: an asset_id of the inventory (or the beginning of one), or a service id.

    With --input, the asset is looked up in those logs and captures, and its evidence is read from them once more. Without,
    it is what the history remembers of it, which keeps neither sizes nor evidence: the score may then be an interval where
    that of the scan was none. The verdict is then that of the run, or what people have decided.
    """
    from shadowai import config, pipeline
    from shadowai.sources import container

    if any(map(container.is_read_once, paths)):
        raise click.BadParameter("stdin cannot be read twice, nor can a pipe", param_hint="--input")
    given = {"policy": policy_file, "log_format": log_format, "timezone": timezone, "identities": identities}
    told = {name: value is not None for name, value in given.items()}
    options.check_of_use("--input: the history keeps what its runs said", bool(paths), **told)
    if paths and history_url is not None:
        raise click.BadParameter("with --input the history is not asked", param_hint="--history")
    settings = config.load(config_file)
    chosen = pipeline.ScanOptions(
        log_format=log_format,
        timezone=timezone,
        policy=policy_file,
        identities=identities,
        settings=settings,
        decisions=deciding.applied(None, False, settings),
    )
    entry, remembered = (_in(paths, asset, chosen), "") if paths else _remembered(asset, chosen, history_url)
    known = chosen.load_catalog()
    if known.get(entry.service_id) is None:
        raise UsageError(
            f"no signature {entry.service_id!r} is in the catalogue", remedy="see: shadowai signatures list"
        )
    from shadowai.decisions.finishing import deciding as decided
    from shadowai.evidence import reread

    if remembered:
        (entry,) = decided(chosen, known)([entry])
    rating = chosen.rater(known).rating(entry)
    shown, missing = reread(entry, paths, options=chosen, known=known)
    if layout == "json":
        print(json.dumps(_object(entry, rating, shown, missing, remembered), ensure_ascii=True, indent=2))
    else:
        _print(entry, rating, chosen, [remembered] if remembered else _evidence(shown, missing))
    return 0


def _in(paths: Sequence[str], asset: str, chosen: ScanOptions) -> Entry:
    """The asset in logs and captures. What could not be read is said: the asset may be more than what is shown."""
    from shadowai import pipeline

    by_service, by_user = pipeline.scan_by(paths, ("service", "user"), options=chosen)
    for gap in by_service.gaps:
        terminal.gap(gap)
    rows = (*by_service.entries, *by_user.entries)
    exact = [row for row in rows if row.asset_id == asset or (row.service_id == asset and row.actor is None)]
    found = exact or ([row for row in rows if row.asset_id.startswith(asset)] if len(asset) >= 4 else [])
    if len(found) != 1:
        what = "no asset of that id is in what was given" if not found else f"{len(found)} assets begin so"
        remedy = (
            "name an asset_id of `shadowai scan` over the same paths, or a service id; for a person, one of --by user"
        )
        raise UsageError(f"{asset!r:.80}: {what}", remedy=remedy)
    return found[0]


def _remembered(asset: str, chosen: ScanOptions, history_url: str | None) -> tuple[Entry, str]:
    """The asset as the history has it, and how old that is."""
    from shadowai.risk.answers import day

    with remembering.opened(history_url, chosen.settings) as history:
        from shadowai.history.recall import recall

        found = recall(history, asset)
    since = f"run {found.run.id} of {day(found.run.ended)}" if found.run is not None else "a run that was forgotten"
    words = f"As the history remembers it, unchanged since {since}. It keeps no sizes and no evidence: --input PATH reads them."
    return found.entry, words


def _print(entry: Entry, rating: Rating, chosen: ScanOptions, more: Sequence[str] | Iterator[str]) -> None:
    from shadowai.normalize import printable
    from shadowai.risk import explanation, weights

    for line in (*explanation.lines(entry, rating, weights.load(chosen.settings.risk)), "", *more):
        print(printable(line))


def _evidence(shown: Sequence[Evidence], missing: Sequence[Origin]) -> Iterator[str]:
    yield "EVIDENCE, read once more:" if shown else "EVIDENCE: none could be read once more"
    for one in shown:
        yield f"  {one.origin}"
        yield f"    {' '.join(f'{key}={value}' for key, value in _understood(one.record).items())}"
        if one.text:
            yield f"    > {_cut(one.text)}"
    if missing:
        yield f"  not read: {', '.join(map(str, missing))}"


def _understood(record: Record) -> dict[str, str | int | bool]:
    """What is known of a record, as :data:`_KEYS` name it."""
    from shadowai.export.inert import encodable
    from shadowai.sources.timestamps import iso

    known = {key: getattr(record, key) for key in _KEYS if getattr(record, key) is not None}
    if record.time is not None:
        known["time"] = iso(record.time)
    return {key: encodable(value) if isinstance(value, str) else value for key, value in known.items()}


def _cut(text: str) -> str:
    """A line without what stands behind the ``?`` of its URLs, which is private, and no longer than one can read."""
    found = _QUERY.sub(r"\1...", text.strip())
    return found if len(found) <= SHOWN else f"{found[:SHOWN]}... ({len(found):,} characters)"


def _object(
    entry: Entry, rating: Rating, shown: Sequence[Evidence], missing: Sequence[Origin], remembered: str
) -> dict[str, Any]:
    from shadowai.export.inert import encodable

    return {
        "schema": 1,
        "asset_id": entry.asset_id,
        "service_id": entry.service_id,
        "risk": rating.high,
        "risk_low": rating.low,
        "risk_level": rating.level,
        "weights": rating.weights,
        "contributions": [part._asdict() for part in rating.contributions],
        "evidence": [
            {"origin": encodable(str(one.origin)), "record": _understood(one.record), "text": encodable(_cut(one.text))}
            for one in shown
        ],
        "not_read": [encodable(str(origin)) for origin in missing],
        "remembered": remembered or None,
    }
