"""``shadowai signatures``: the catalogue of AI services, looked at, checked and asked."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shadowai.cli import BREACHED, WITHIN_POLICY, options, signatures_packs, signatures_report, terminal
from shadowai.normalize import printable

if TYPE_CHECKING:
    from shadowai.catalog import Catalog
    from shadowai.model import Match


@click.group("signatures", short_help="Look at, check and ask the catalogue of AI services.")
def command() -> None:
    """Look at, check and ask the catalogue of AI services."""


signatures_packs.add_to(command)
signatures_report.add_to(command)


@command.command("list")
@options.config_option
def list_(config_file: Path | None) -> None:
    """One line for each signature: id, name, vendor, category."""
    known = list(_catalog(config_file).signatures.values())
    width = max((len(signature.id) for signature in known), default=0)
    for signature in known:
        print(printable(f"{signature.id:{width}}  {signature.name} ({signature.vendor}), {signature.category}"))


@command.command()
@click.argument("id", metavar="ID")
@options.config_option
def show(id: str, config_file: Path | None) -> None:
    """Print the signature file of one service; facts on data handling that nobody has checked lately are named on stderr."""
    from shadowai.catalog import read
    from shadowai.errors import UsageError

    file = _catalog(config_file).files.get(id)
    if file is None:
        raise UsageError(f"there is no signature {id!r}", remedy="see `shadowai signatures list`")
    text = read(Path(file.origin.path)).data.decode("utf-8")
    print("\n".join(printable(line) for line in text.splitlines()))
    today = datetime.datetime.now(datetime.UTC).date()
    for fact in file.data_handling:
        if fact.stale(today):
            terminal.say(f"stale: data handling of {fact.plan}, checked on {fact.checked_on}")


@command.command()
@click.argument("paths", nargs=-1, type=Path, metavar="[PATH]...")
def lint(paths: tuple[Path, ...]) -> int:
    """Check signature files, all packaged ones by default. Exit code 1 where there is an error; warnings are no error.

    Needs the libraries of shadowai[lint].
    """
    from shadowai.lint import lint as findings_of

    findings = findings_of(paths or None)
    for finding in findings:
        print(printable(str(finding)))
    errors = sum(finding.level == "error" for finding in findings)
    terminal.say(f"{errors} errors, {len(findings) - errors} warnings")
    return BREACHED if errors else WITHIN_POLICY


@command.command()
@click.argument("values", nargs=-1, required=True, metavar="VALUE...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each value.")
@options.config_option
def match(values: tuple[str, ...], as_json: bool, config_file: Path | None) -> None:
    """Which signatures explain each VALUE: a host, URL, address, user agent or OAuth client id."""
    from shadowai.matcher import Matcher, guess_name

    matcher = Matcher(_catalog(config_file))
    for value in values:
        found = matcher.match(guess_name(value))
        print(_as_json(value, found) if as_json else printable(_as_text(value, found)))


@command.command()
@click.argument("host", metavar="HOST")
@click.option("--from", "report", metavar="REPORT.json", type=Path, help="The report in which HOST is a candidate.")
@options.config_option
def draft(host: str, report: Path | None, config_file: Path | None) -> None:
    """Print a signature for HOST to begin with, from what a report has found of it; a person has to complete it.

    Save it under its id in a folder of your own (`signatures_dir` in the configuration).
    """
    from shadowai import drafting, normalize
    from shadowai.errors import UsageError
    from shadowai.matcher import Matcher

    known = Matcher(_catalog(config_file)).host(normalize.host(host) or "").matches
    if known:
        remedy = f"see `shadowai signatures show {known[0].signature}`"
        raise UsageError(f"{host} is explained by {known[0].service} already", remedy=remedy)
    found = drafting.evidence_in(report, normalize.host(host) or host) if report is not None else None
    text = drafting.draft(host, found, today=datetime.datetime.now(datetime.UTC).date())
    print("\n".join(printable(line) for line in text.splitlines()))


def _as_json(value: str, found: Sequence[Match]) -> str:
    matches = [{"id": one.signature, "service": one.service, "strength": one.strength} for one in found]
    return json.dumps({"value": value, "matches": matches})


def _as_text(value: str, found: Sequence[Match]) -> str:
    if not found:
        return f"{value}: no AI service"
    unsure = " (ambiguous)" if any(one.ambiguous for one in found) else ""
    return f"{value}: {', '.join(f'{one.service} [{one.signature}, {one.strength}]' for one in found)}{unsure}"


def _catalog(config_file: Path | None) -> Catalog:
    from shadowai.config import load
    from shadowai.packs.loading import in_force

    return in_force(load(config_file))
