"""``shadowai sweep``: SaaS tenants in, inventory out."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from shadowai.cli import deciding, judging, kept, manifesting, options, remembering, sweeping, tenants, terminal
from shadowai.cli.sweeping import Chosen
from shadowai.errors import SourceError, UsageError

if TYPE_CHECKING:
    import threading

    from shadowai.connector import Scope

JITTER = 0.1
"""Part of the interval by which each sweep of ``--every`` may be later, so that many machines do not ask at once."""


@click.command("sweep", short_help="Sweep SaaS tenants, and write the inventory of the AI apps with a grant in them.")
@tenants.names_argument
@click.option("--full", is_flag=True, help="Look at everything, not only at what matters or has changed.")
@click.option("--delta", is_flag=True, help="Look only at what has changed since the last sweep.")
@click.option(
    "--scope",
    type=click.Choice(["ai", "consented", "all"]),
    default="ai",
    show_default=True,
    help="Apps that are or may be AI, apps with a consent, or every app.",
)
@click.option(
    "--dry-run", is_flag=True, help="Print the calls that a sweep would make, as far as they are known before."
)
@click.option("--every", metavar="TIME", help="Sweep again and again: 30m, 6h, 1d after the last one.")
@click.option("--resume/--no-resume", default=True, help="Go on with a sweep that was interrupted (the default).")
@click.option(
    "--network",
    multiple=True,
    metavar="PATH",
    help="Logs or captures of the same time, to be joined with what the tenants say. May be given again.",
)
@options.identities_option
@remembering.history_option
@remembering.no_history_option
@click.option("-o", "--output", metavar="FILE", help="Write the inventory to FILE instead of stdout.")
@click.option("--format", "layout", metavar="NAME", help="table, csv, json, …; by default what FILE's suffix says.")
@click.option(
    "--by", type=click.Choice(["service", "user"]), default="service", show_default=True, help="One row each."
)
@click.option("--policy", "policy_file", metavar="FILE", help="Policy, YAML: what is sanctioned, and what prohibited.")
@click.option("--fail-on", metavar="LIST", help="Verdicts that are a breach, with commas between them.")
@judging.budget_option
@judging.verdict_option
@manifesting.manifest_option
@deciding.decisions_option
@deciding.no_decisions_option
@deciding.pseudonymise_option
@options.config_option
@click.option("--no-progress", is_flag=True, help="No progress line.")
def command(
    names: tuple[str, ...],
    full: bool,
    delta: bool,
    scope: Scope,
    dry_run: bool,
    every: str | None,
    resume: bool,
    network: tuple[str, ...],
    identities: str | None,
    history_url: str | None,
    no_history: bool,
    output: str | None,
    layout: str | None,
    by: Literal["service", "user"],
    policy_file: str | None,
    fail_on: str | None,
    budget_file: str | None,
    verdict_file: str | None,
    manifest_file: str | None,
    decisions_file: str | None,
    no_decisions: bool,
    pseudonymise: bool,
    config_file: Path | None,
    no_progress: bool,
) -> int:
    """Find the AI apps that have a grant in the tenants NAME... of the configuration (all of them by default).

    The first sweep looks at what matters, later ones at what has changed, and at everything once a week. What could
    not be looked at is listed on stderr, and never taken for "no grants". With --network, grants without traffic
    (dormant, or used from server to server) and traffic without a grant (private accounts) are told, too.
    """
    from shadowai import config, export, policy

    _check_agree(full and delta, history_url is not None and no_history, pseudonymise and not no_history)
    target = Path(output) if output is not None else None
    exporter = export.format_for(target, layout)
    options.check_file(target)
    written = {"output": target, "manifest": manifest_file, "verdict": verdict_file}
    options.keep_apart((*network, policy_file, budget_file, identities, decisions_file, config_file), **written)
    beside = manifesting.checked(manifest_file, target)
    breach = options.verdicts(fail_on) if fail_on is not None else policy.FAIL_ON
    seconds = tenants.interval(every) if every is not None else None
    settings = config.load(config_file)
    kept.keep(settings, history_url, **written)
    chosen = Chosen(
        tenants=tenants.chosen(settings, names),
        mode="full" if full else "delta" if delta else None,
        scope=scope,
        resume=resume,
        history=not no_history,
        target=target,
        exporter=exporter,
        by=by,
        policy=policy_file,
        breach=breach,
        settings=settings,
        progress=not no_progress,
        history_url=history_url,
        network=network,
        identities=identities,
        budget=budget_file,
        verdict=verdict_file,
        decisions=deciding.applied(decisions_file, no_decisions, settings),
        pseudonymise=pseudonymise,
        manifest=beside,
    )
    if "-" in network and seconds is not None:
        raise click.BadParameter("stdin can be read once only", param_hint="--network")
    if dry_run:
        return _print_calls(chosen)
    with tenants.stopping() as event:
        return sweeping.once(chosen, event) if seconds is None else _again(chosen, event, seconds)


def _check_agree(two_modes: bool, two_histories: bool, names_kept: bool) -> None:
    """Raises :class:`click.BadParameter` for options that contradict each other."""
    if two_modes:
        raise click.BadParameter("--full and --delta exclude each other", param_hint="--full")
    if two_histories:
        raise click.BadParameter("--history and --no-history exclude each other", param_hint="--history")
    if names_kept:
        told = "the history keeps people by their names: give --no-history with it"
        raise click.BadParameter(told, param_hint="--pseudonymise")


def _print_calls(chosen: Chosen) -> int:
    """The calls of each tenant's sweep, as far as they are known."""
    from shadowai.normalize import printable
    from shadowai.sweep.dry_run import calls
    from shadowai.sweep.visit import connector_of

    now = time.time_ns() // 1000
    for tenant in chosen.tenants:
        connector = connector_of(tenant)
        for call in calls(connector, tenant.settings, mode=chosen.mode or "targeted", scope=chosen.scope, now=now):
            asked = f"{call.method} {call.url}" if call.method else "(known only when the sweep is under way)"
            print(*map(printable, (tenant.name, call.task or call.signal, call.quota or "-", asked)), sep="\t")
    terminal.say("note: further pages, and the tasks that are planned on what these find, are not known before")
    return 0


def _again(chosen: Chosen, event: threading.Event, seconds: float) -> int:
    """Sweep every so often until stopped; gives the last sweep's exit code. A sweep that fails is not the last, nor is one that finds
    the configuration wrong (a policy that is being edited, a secret that is being renewed), but for the first."""
    code, first = 0, True
    while not event.is_set():
        try:
            code = sweeping.once(chosen, event)
        except (SourceError, UsageError) as error:
            if first and isinstance(error, UsageError):
                raise
            terminal.say(f"shadowai: {error}")
            code = error.exit_code
        first = False
        event.wait(seconds * (1 + random.random() * JITTER))
    return code
