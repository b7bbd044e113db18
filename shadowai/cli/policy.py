"""``shadowai policy``: a policy checked, tested by its cases, and tried out before it is in force."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from shadowai.cli import BREACHED, INCOMPLETE, WITHIN_POLICY, deciding, options, terminal
from shadowai.normalize import printable

if TYPE_CHECKING:
    from shadowai.catalog import Catalog
    from shadowai.policy import Policy
    from shadowai.policy.what_if import Difference

file_argument = click.argument("file", type=Path, metavar="FILE")


@click.group("policy", short_help="Check a policy, test it by its cases, try out another one.")
def command() -> None:
    """Check a policy, test it by its cases, try out another one."""


@command.command()
@file_argument
@options.config_option
def check(file: Path, config_file: Path | None) -> int:
    """Check the policy in FILE: rules that never apply, rules that disagree, rules that have expired, names that nothing has.

    Exit code 1 where there is an error, 2 where FILE is no policy; warnings are no error.
    """
    from shadowai.policy import checks

    known = _catalog(config_file)
    today = datetime.now(UTC).date()
    problems = checks.problems(_policy(file), known.signatures.values(), _sources(config_file), today)
    for problem in problems:
        print(printable(str(problem)))
    errors = sum(problem.level == "error" for problem in problems)
    terminal.say(f"{errors} errors, {len(problems) - errors} warnings")
    return BREACHED if errors else WITHIN_POLICY


@command.command()
@file_argument
@click.option(
    "--cases", "cases_file", type=Path, metavar="FILE", help="The cases; by default NAME.cases.yaml beside NAME.yaml."
)
@options.config_option
def test(file: Path, cases_file: Path | None, config_file: Path | None) -> int:
    """Hold the policy in FILE against its cases. Exit code 1 where it says something else than a case expects."""
    from shadowai.policy import cases

    known = _catalog(config_file)
    rules, wanted = _policy(file), cases.load(cases_file or cases.beside(file))
    failed = list(cases.failures(rules, wanted, known.get, datetime.now(UTC).date()))
    for failure in failed:
        print(printable(str(failure)))
    terminal.say(f"{len(wanted.cases)} cases, {len(failed)} failed")
    return BREACHED if failed else WITHIN_POLICY


@command.command("what-if")
@click.argument("file", type=Path, metavar="FILE")
@options.paths_argument
@click.option(
    "--policy", "policy_file", metavar="FILE", help="The policy in force; by default that of the configuration."
)
@click.option(
    "--by", type=click.Choice(["service", "user"]), default="service", show_default=True, help="One row each."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each row that changes.")
@options.log_format_option
@options.timezone_option
@options.identities_option
@options.config_option
def what_if(
    file: Path,
    paths: tuple[str, ...],
    policy_file: str | None,
    by: Literal["service", "user"],
    as_json: bool,
    log_format: str | None,
    timezone: str | None,
    identities: str | None,
    config_file: Path | None,
) -> int:
    """What would change in the report of PATH... were the policy in FILE in force. What people have decided goes before either policy.

    Exit code 1 where a breach would begin, 3 where none would and not everything could be looked at.
    """
    from dataclasses import replace

    from shadowai import config, pipeline
    from shadowai.policy.what_if import differences

    settings = config.load(config_file)
    asked = pipeline.ScanOptions(
        log_format=log_format,
        timezone=timezone,
        by=by,
        policy=policy_file,
        identities=identities,
        settings=settings,
        decisions=deciding.applied(None, False, settings),
    )
    known = asked.load_catalog()
    ways = [pipeline.reporting(one, known) for one in (asked, replace(asked, policy=str(file)))]
    gathered = pipeline.gather(paths, options=asked, known=known)
    before, after = (report(gathered, by) for report in ways)
    found = list(differences(before.entries, after.entries))
    for one in found:
        print(_as_json(one) if as_json else printable(_as_text(one)))
    begins, ends = sum(one.begins for one in found), sum(one.ends for one in found)
    terminal.say(f"{len(found)} of {len(after.entries)} rows change: {begins} breaches begin, {ends} end")
    for gap in after.gaps:
        terminal.gap(gap)
    return BREACHED if begins else WITHIN_POLICY if after.complete else INCOMPLETE


def _as_text(one: Difference) -> str:
    who = f" ({one.user})" if one.user else ""
    breach = ", a breach" if one.begins else ", no breach any more" if one.ends else ""
    why = f": {one.reason}" if one.reason else ""
    instead = f"; instead: {one.alternative}" if one.alternative else ""
    return f"{one.service_id}{who}: {one.before.value} -> {one.after.value}{breach}{why}{instead}"


def _as_json(one: Difference) -> str:
    from shadowai.export.ascii_json import dump

    found = one._asdict() | {"before": one.before.value, "after": one.after.value}
    return dump(found)


def _policy(file: Path) -> Policy:
    """The policy of a file, its budgets read, too: what is wrong with them is said."""
    from shadowai.budgets.reading import load
    from shadowai.policy import Policy

    load(file, "policy")
    return Policy.load(file)


def _sources(config_file: Path | None) -> frozenset[str]:
    """The formats and platforms that rows can be seen in."""
    from shadowai import config
    from shadowai.cli import judging

    return judging.sources(config.load(config_file))


def _catalog(config_file: Path | None) -> Catalog:
    from shadowai import config
    from shadowai.pipeline import ScanOptions

    return ScanOptions(settings=config.load(config_file)).load_catalog()
