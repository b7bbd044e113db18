"""``shadowai plan``: what a person may do about breaches, written down with what it would hit. Nothing is blocked or revoked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shadowai.cli import INCOMPLETE, WITHIN_POLICY, deciding, kept, options, remembering, terminal
from shadowai.export.times import as_iso

if TYPE_CHECKING:
    from shadowai.model import Signature, Verdict
    from shadowai.plans.revoking import Revocation

policy_option = click.option(
    "--policy", "policy_file", metavar="FILE", help="Policy, YAML; by default that of the configuration."
)
status_option = click.option(
    "--status",
    "statuses",
    metavar="LIST",
    default="prohibited,unsanctioned",
    show_default=True,
    help="Verdicts to act on.",
)


@click.group("plan", short_help="Write plans to block or revoke, for a person to apply.")
def command() -> None:
    """Write plans to block or revoke, with what they would hit, for a person to apply: nothing is done."""


@command.command()
@options.paths_argument
@policy_option
@status_option
@click.option("-o", "--output", "folder", type=Path, metavar="FOLDER", help="Write the lists and the plan into FOLDER.")
@click.option(
    "--appliance",
    "appliances",
    multiple=True,
    metavar="NAME",
    help="hosts, rpz, squid, fortigate, panos; all by default.",
)
@options.log_format_option
@options.timezone_option
@options.identities_option
@options.config_option
def blocklist(
    paths: tuple[str, ...],
    policy_file: str | None,
    statuses: str,
    folder: Path | None,
    appliances: tuple[str, ...],
    log_format: str | None,
    timezone: str | None,
    identities: str | None,
    config_file: Path | None,
) -> int:
    """Plan what to block to end the use, seen in PATH..., of services that the policy does not allow.

    Hosts that an approved service needs as well are held back. Exit code 3 where not everything could be looked at: the plan may then
    hit more than it says.
    """
    from shadowai import config, pipeline
    from shadowai.decisions.remembered import Judge, Remembered
    from shadowai.model import Verdict
    from shadowai.plans import blocking, writing
    from shadowai.plans.appliances import APPLIANCES

    chosen = _statuses(statuses)
    for name in appliances:
        if name not in APPLIANCES:
            raise click.BadParameter(f"{name!r} is not one of {', '.join(APPLIANCES)}", param_hint="--appliance")
    options.check_of_use(
        "--output: without a folder no lists are written", folder is not None, appliance=bool(appliances)
    )
    if folder is not None and folder.exists() and not folder.is_dir():
        raise click.BadParameter(f"{folder} is no folder", param_hint="--output")
    settings = config.load(config_file)
    asked = pipeline.ScanOptions(
        log_format=log_format,
        timezone=timezone,
        by="user",
        policy=policy_file,
        identities=identities,
        settings=settings,
        decisions=deciding.applied(None, False, settings),
    )
    known = asked.load_catalog()
    judge = Judge.of(asked, known, pipeline.rules_of(asked, known))
    report = pipeline.scan(paths, options=asked)
    allowed = {entry.service_id for entry in report.entries if entry.verdict in blocking.APPROVED}
    services = {entry.service_id for entry in report.entries if entry.verdict in chosen and entry.is_use}

    def verdict(signature: Signature) -> Verdict:
        """The best that policy or a decision of people says of a service."""
        if signature.id in allowed:
            return Verdict.SANCTIONED
        (row,) = judge.rows([Remembered(signature)])
        return blocking.at_best(row)

    plan = blocking.plan(services, report.entries, known.signatures.values(), verdict)
    for line in writing.block_lines(plan):
        print(line)
    if folder is not None:
        about = {appliance.file: f" ({appliance.about})" for appliance in APPLIANCES.values()}
        for path in writing.write_block_plan(plan, folder, appliances or tuple(APPLIANCES)):
            terminal.say(f"written: {path}{about.get(path.name, '')}")
    for gap in report.gaps:
        terminal.gap(gap)
    return WITHIN_POLICY if report.complete else INCOMPLETE


@command.command()
@policy_option
@status_option
@click.option("-o", "--output", metavar="FILE", help="Write the plan to FILE (.csv, .json or text) instead of stdout.")
@options.identities_option
@remembering.history_option
@options.config_option
def revoke(
    policy_file: str | None,
    statuses: str,
    output: str | None,
    identities: str | None,
    history_url: str | None,
    config_file: Path | None,
) -> int:
    """Plan which grants in the tenants to take back: those, at the last sweep, of apps that neither the policy nor a decision allows.

    Exit code 3 where a tenant was not looked at completely: there may be more.
    """
    from shadowai import config, pipeline
    from shadowai.decisions.remembered import Judge
    from shadowai.plans import revoking

    chosen, target = _statuses(statuses), options.output_file(output)
    settings = config.load(config_file)
    options.keep_apart((policy_file, identities), output=target)
    kept.keep(settings, history_url, output=target)
    asked = pipeline.ScanOptions(
        policy=policy_file,
        identities=identities,
        settings=settings,
        decisions=deciding.applied(None, False, settings),
    )
    known = asked.load_catalog()
    judge, people = Judge.of(asked, known, pipeline.rules_of(asked, known)), asked.people()
    with remembering.opened(history_url, settings) as history:
        from shadowai.history import standing

        with history.reading() as db:
            tenants = standing.tenants(db)
    looked = [
        revoking.Known(one.source, [(app.app, app.services) for app in one.apps], one.grants, one.people, one.seen)
        for one in tenants
    ]
    plan = revoking.plan(looked, judge, known.signatures, chosen, people)
    _write_revocations(plan, target)
    for one in tenants:
        terminal.say(f"{one.source}: as of {as_iso(one.seen)}{'' if one.complete else ', not looked at completely'}")
    terminal.say(f"{len(plan)} grants to take back in {len(tenants)} tenants")
    return WITHIN_POLICY if tenants and all(one.complete for one in tenants) else INCOMPLETE


def _write_revocations(grants: Sequence[Revocation], target: Path | None) -> None:
    """The plan as lines, or in the format that the file's suffix asks for."""
    from shadowai.plans import writing

    made = {".csv": writing.revocations_csv, ".json": writing.revocations_json}
    make = made.get(target.suffix.lower()) if target is not None else None
    terminal.put(make(grants) if make else "".join(f"{line}\n" for line in writing.revocation_lines(grants)), target)


def _statuses(text: str) -> frozenset[Verdict]:
    """The verdicts of ``--status``; raises :class:`click.BadParameter`."""
    from shadowai.model import Verdict

    try:
        return frozenset(Verdict(word.strip()) for word in text.split(","))
    except ValueError as error:
        known = ", ".join(verdict.value for verdict in Verdict)
        raise click.BadParameter(f"{text!r} is not a list of {known}", param_hint="--status") from error
