"""``shadowai sweep``: SaaS tenants in, inventory out."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import click

from shadowai.cli import collected, deciding, judging, manifesting, options, page, remembering, tenants, terminal
from shadowai.errors import SourceError, UsageError

if TYPE_CHECKING:
    import threading

    from shadowai.config import Settings
    from shadowai.connector import Mode, Scope
    from shadowai.export import Exporter
    from shadowai.model import Report
    from shadowai.pipeline import ScanOptions
    from shadowai.sweep.visit import Visit
    from shadowai.swept_report import Network
    from shadowai.tenant import App, Swept
    from shadowai.tenants import Tenant

JITTER = 0.1
"""Part of the interval by which each sweep of ``--every`` may be later, so that many machines do not ask at once."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the command line says."""

    tenants: tuple[Tenant, ...]
    mode: Mode | None
    scope: Scope
    resume: bool
    history: bool
    target: Path | None
    exporter: Exporter
    by: Literal["service", "user"]
    policy: str | None
    breach: frozenset[str]
    settings: Settings
    progress: bool
    history_url: str | None = None
    network: tuple[str, ...] = ()
    identities: str | None = None
    budget: str | None = None
    verdict: str | None = None
    decisions: str | None = None
    pseudonymise: bool = False
    manifest: Path | None = None

    @property
    def asked(self) -> ScanOptions:
        """What the inventory is to be made by."""
        from shadowai.pipeline import ScanOptions

        return ScanOptions(
            by=self.by,
            policy=self.policy,
            identities=self.identities,
            decisions=self.decisions,
            pseudonymise=self.pseudonymise,
            settings=self.settings,
        )

    def judges(self) -> judging.Judging:
        """What to judge by, as the files are now."""
        policy = remembering.policy_path(self.policy, self.settings)
        return judging.prepared(self.budget, self.verdict, policy, self.breach, self.settings)


class Join(Protocol):
    """Where sweeps meet signatures and policy."""

    def is_ai(self, app: App) -> bool:
        """Whether a signature explains the app."""
        ...

    def report(self, sweeps: Sequence[Swept], refused: Sequence[SourceError], network: Network | None = None) -> Report:
        """One inventory of all tenants, and of the network's where that is given. Each task of ``sweeps`` that is not complete, and each
        of ``refused``, a tenant that could not be swept at all, is a gap in it. The sweep is in the history when this returns, unless
        :attr:`Chosen.history` is false or the history failed, which is a gap, too."""
        ...


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

    if full and delta:
        raise click.BadParameter("--full and --delta exclude each other", param_hint="--full")
    if history_url is not None and no_history:
        raise click.BadParameter("--history and --no-history exclude each other", param_hint="--history")
    if pseudonymise and not no_history:
        told = "the history keeps people by their names: give --no-history with it"
        raise click.BadParameter(told, param_hint="--pseudonymise")
    target = Path(output) if output is not None else None
    exporter = export.format_for(target, layout)
    options.check_file(target)
    options.keep_apart(
        (*network, policy_file, budget_file, identities, config_file),
        output=target,
        manifest=manifest_file,
        verdict=verdict_file,
    )
    beside = manifesting.checked(manifest_file, target)
    breach = options.verdicts(fail_on) if fail_on is not None else policy.FAIL_ON
    seconds = tenants.interval(every) if every is not None else None
    settings = config.load(config_file)
    mode: Mode | None = "full" if full else "delta" if delta else None
    some = tenants.chosen(settings, names)
    chosen = Chosen(
        some,
        mode,
        scope,
        resume,
        not no_history,
        target,
        exporter,
        by,
        policy_file,
        breach,
        settings,
        not no_progress,
        history_url,
        network,
        identities,
        budget_file,
        verdict_file,
        deciding.applied(decisions_file, no_decisions, settings),
        pseudonymise,
        beside,
    )
    if "-" in network and seconds is not None:
        raise click.BadParameter("stdin can be read once only", param_hint="--network")
    if dry_run:
        return _print_calls(chosen)
    with tenants.stopping() as event:
        return _once(chosen, event) if seconds is None else _again(chosen, event, seconds)


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
            code = _once(chosen, event)
        except (SourceError, UsageError) as error:
            if first and isinstance(error, UsageError):
                raise
            terminal.say(f"shadowai: {error}")
            code = error.exit_code
        first = False
        event.wait(seconds * (1 + random.random() * JITTER))
    return code


def _once(chosen: Chosen, event: threading.Event) -> int:
    """One sweep of each tenant, one inventory of all. What is swept counts as remembered when the inventory is written."""
    from shadowai.export.summary import summary
    from shadowai.pipeline import ScanOptions
    from shadowai.sweep.visit import check_secrets, connector_of

    for tenant in chosen.tenants:
        check_secrets(tenant, connector_of(tenant))
    network, judges = _Network(chosen), chosen.judges()
    manifesting.prepared(chosen.manifest, remembering.policy_path(chosen.policy, chosen.settings))
    join = joined(chosen)
    with ExitStack() as open_stores:
        visits, refused = _visits(chosen, event, join.is_ai, open_stores)
        seen = None if event.is_set() else network.seen()
        sweeps = [visit.swept for visit in visits]
        report = join.report(sweeps, refused, seen)
        made = join if isinstance(join, remembering.RememberingJoin | remembering.JoinInBothWays) else None
        _write(chosen, report, made, sweeps)
        if chosen.exporter.name != "table" or chosen.target not in (None, Path("-")):
            terminal.lines(summary(report))
        for visit in visits:
            visit.remembered()
    asked = ScanOptions(settings=chosen.settings)
    return judges.ended(
        made.both if made else (report,),
        report,
        paths=chosen.network,
        asked=asked,
        remembered=made.remembered if made else None,
    )


def _write(
    chosen: Chosen,
    report: Report,
    made: remembering.RememberingJoin | remembering.JoinInBothWays | None,
    sweeps: Sequence[Swept],
) -> None:
    """The inventory, and its manifest beside it. A page tells what has changed since the sweep before this one, too."""
    from shadowai import export

    remembered = made.remembered if made else None
    html = made is not None and chosen.exporter.name == "html"
    hashed = manifesting.inputs if chosen.manifest is not None else page.hashes
    wanted = html or chosen.manifest is not None
    files = (*hashed(chosen.network), *collected.inputs(sweeps, remembered)) if wanted else ()
    if made is not None and html:
        drift = page.drift(remembered[0], chosen.breach) if remembered else None
        risks = page.reasons(made.both[0], chosen.asked.rater(chosen.asked.load_catalog()))
        page.write(made.both, chosen.exporter, chosen.target, paths=(), drift=drift, risks=risks, inputs=files)
    else:
        export.write_report(report, chosen.exporter, chosen.target)
    if chosen.manifest is not None:
        manifesting.write(
            chosen.manifest,
            report,
            files=files,
            asked=chosen.asked,
            exporter=chosen.exporter,
            target=chosen.target,
            more={"scope": chosen.scope, **({"mode": chosen.mode} if chosen.mode else {})},
            sweep=collected.of_manifest(chosen.tenants, sweeps, remembered),
        )


class _Network:
    """The logs of ``--network``; that they are there is seen to before the sweep, and they are read after it."""

    def __init__(self, chosen: Chosen) -> None:
        self._chosen = chosen
        if chosen.network:
            from shadowai.sources import container

            container.check_exist(chosen.network)

    def seen(self) -> Network | None:
        """What is in them; ``None`` where there are none."""
        if not self._chosen.network:
            return None
        from shadowai import pipeline
        from shadowai.cli.progress import bar_for
        from shadowai.swept_report import Network

        asked = pipeline.ScanOptions(settings=self._chosen.settings)
        bar = bar_for(self._chosen.progress)
        try:
            found = pipeline.gather(self._chosen.network, options=asked, known=asked.load_catalog(), progress=bar)
        finally:
            if bar is not None:
                bar.done()
        return Network(found.inventory, tuple(found.gaps), tuple(found.notes), tuple(found.sources))


def _visits(
    chosen: Chosen, event: threading.Event, is_ai: Callable[[App], bool], stack: ExitStack
) -> tuple[list[Visit], list[SourceError]]:
    """The sweeps, and why there is none of the other tenants: one that cannot be swept does not keep the others from it."""
    from shadowai.history.place import folder
    from shadowai.sweep.clock import WallClock
    from shadowai.sweep.runner import Wanted
    from shadowai.sweep.visit import visited

    visits: list[Visit] = []
    refused: list[SourceError] = []
    for tenant in chosen.tenants:
        wanted = Wanted(tenant.name, chosen.mode, chosen.scope, chosen.resume)
        with tenants.line(tenant.name, chosen.progress) as shown:
            about = visited(tenant, wanted, folder=folder(), clock=WallClock(event), is_ai=is_ai, progress=shown)
            try:
                visits.append(stack.enter_context(about))
            except SourceError as error:
                refused.append(error)
    return visits, refused


def joined(chosen: Chosen) -> Join:
    """The join of this command line's signatures, policy and history."""
    from shadowai.sweep.visit import connector_of
    from shadowai.swept_report import SweptReport

    made = SweptReport(chosen.asked, {tenant.connector: connector_of(tenant).signals for tenant in chosen.tenants})
    if not chosen.history:
        return remembering.JoinInBothWays(made, chosen.by)
    history = remembering.opened(chosen.history_url, chosen.settings, make=True)
    about = {"tenants": " ".join(tenant.name for tenant in chosen.tenants), "scope": chosen.scope}
    return remembering.RememberingJoin(made, history, chosen.by, chosen.policy, chosen.settings, about)
