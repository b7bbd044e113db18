"""How commands remember: the option ``--history``, and what a scan and a sweep put into the history at their end."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from shadowai.cli import terminal
from shadowai.errors import SourceError, UsageError
from shadowai.model import Gap, Origin

if TYPE_CHECKING:
    from shadowai.app_matcher import AppMatcher
    from shadowai.catalog import Catalog
    from shadowai.config import Settings
    from shadowai.history.model import Memory, Run
    from shadowai.history.store import History
    from shadowai.model import Report
    from shadowai.pipeline import ScanOptions
    from shadowai.swept_report import Joined, Network, SweptReport
    from shadowai.tenant import App, Swept

OWN = "default"
"""What ``--history`` says for the place of the configuration, or the user's own file."""

history_option = click.option(
    "--history",
    "history_url",
    metavar="URL",
    help="The history: a file, postgresql+psycopg://…, env:NAME, or `default`.",
)
no_history_option = click.option("--no-history", is_flag=True, help="Do not remember what was found.")


def place(asked: str | None, settings: Settings) -> str | None:
    """What ``--history`` or else the configuration says; ``None`` for the user's own file."""
    return settings.history.url if asked in (None, OWN) else asked


def opened(asked: str | None, settings: Settings, *, make: bool = False) -> History:
    """The history, to be used as a context; with ``make``, one that is not there is made."""
    from shadowai.history import place as places

    return places.opened(place(asked, settings), make=make)


def scans_remember(asked: str | None, no_history: bool, settings: Settings) -> bool:
    """Whether a scan is to be remembered: only where somebody says so. Raises :class:`click.BadParameter`."""
    if asked is not None and no_history:
        raise click.BadParameter("--history and --no-history exclude each other", param_hint="--history")
    return not no_history and (asked is not None or settings.history.scans)


def with_new_candidates(history: History, reports: Sequence[Report]) -> Sequence[Report]:
    """The reports with what is new among their candidates; to be asked for before the look is remembered."""
    from shadowai.history.candidates import told_apart

    return told_apart(history, reports)


def remember_scan(history: History, reports: Sequence[Report], *, began: int, chosen: ScanOptions) -> Run:
    """Remember a scan by its reports by service and by user, and tell the webhook."""
    from shadowai.history import gather
    from shadowai.history.catalogue import digests

    now = time.time_ns() // 1000
    catalog = chosen.load_catalog()
    memory = gather.of_scan(
        reports,
        began=began,
        ended=now,
        span=None if chosen.since is None else (chosen.until or now) - chosen.since,
        digests=digests(catalog),
        policy=gather.policy_digest(policy_path(chosen.policy, chosen.settings)),
    )
    run = _remember(history, memory, catalog)
    tell(history, run, chosen.settings)
    forget_old(history, chosen.settings)
    return run


def remember_or_say(
    history: History, reports: Sequence[Report], *, began: int, chosen: ScanOptions
) -> tuple[Run | None, Sequence[Report]]:
    """As :func:`remember_scan`; where the history cannot be written after the work, that is said and is a gap of the reports, which are
    judged all the same: a breach stays one."""
    try:
        return remember_scan(history, reports, began=began, chosen=chosen), reports
    except SourceError as error:
        terminal.say(f"shadowai: {error}")
        return None, [without_history(report, error) for report in reports]


def without_history(report: Report, error: SourceError) -> Report:
    """A report where the history failed after the work: that is a gap of it."""
    return replace(report, gaps=(*report.gaps, Gap(error.origin or Origin("history"), error.message)))


def policy_path(asked: str | Path | None, settings: Settings) -> Path | None:
    """The policy file in force."""
    return Path(asked) if asked is not None else settings.policy


class RememberingJoin:
    """The join of sweeps with signatures and policy, which also remembers: grants get the date of the sweep that saw them first where
    they have none of their own, and the webhook is told what is new."""

    def __init__(
        self,
        made: SweptReport,
        history: History,
        by: Literal["service", "user"],
        policy: str | Path | None,
        settings: Settings,
        options: Mapping[str, str],
    ) -> None:
        self._made, self._history, self._by, self._settings, self._options = made, history, by, settings, options
        self._policy = policy_path(policy, settings)
        self.both: tuple[Report, ...] = ()
        """The inventory by service and by user, once it is made."""
        self.remembered: tuple[History, Run] | None = None
        """Where the sweep is remembered, and as what, once it is."""

    def is_ai(self, app: App) -> bool:
        """As :meth:`SweptReport.is_ai`."""
        return self._made.is_ai(app)

    def report(self, sweeps: Sequence[Swept], refused: Sequence[SourceError], network: Network | None = None) -> Report:
        """The inventory; what it was made of is in the history when this returns. Where the history fails, that is said and is a gap of
        the inventory: what an hour of asking has found is written all the same, and the next sweep builds on it."""
        try:
            joined, run = self._remember(sweeps, refused, network)
        except SourceError as error:
            terminal.say(f"shadowai: {error}")
            joined = self._made.joined(sweeps, refused, ("service", "user"), network)
            self.both, self.remembered = tuple(without_history(one, error) for one in joined.reports), None
        else:
            self.both, self.remembered = joined.reports, (self._history, run)
            tell(self._history, run, self._settings)
            try:
                forget_old(self._history, self._settings)
            except SourceError as error:  # the run itself is remembered
                terminal.say(f"shadowai: {error}")
                self.both = tuple(without_history(one, error) for one in self.both)
        return self.both[0 if self._by == "service" else 1]

    def _remember(
        self, sweeps: Sequence[Swept], refused: Sequence[SourceError], network: Network | None
    ) -> tuple[Joined, Run]:
        """The inventory in both ways with what the history knows of it, and the run that it is remembered as."""
        from shadowai.history.gather import with_dates

        dated = [with_dates(self._history, swept) for swept in sweeps]
        joined = self._made.joined(dated, refused, ("service", "user"), network)
        joined = joined._replace(reports=tuple(with_new_candidates(self._history, joined.reports)))
        run = remember_sweep(
            self._history,
            joined,
            sweeps,
            network,
            catalog=self._made.catalog,
            matcher=self._made.matcher,
            policy=self._policy,
            options=self._options,
        )
        return joined, run


class JoinInBothWays:
    """The join of sweeps with signatures and policy without a history, by service and by user, as budgets need it."""

    def __init__(self, made: SweptReport, by: Literal["service", "user"]) -> None:
        self._made, self._by = made, by
        self.both: tuple[Report, ...] = ()
        """The inventory by service and by user, once it is made."""
        self.remembered: tuple[History, Run] | None = None
        """Nothing is."""

    def is_ai(self, app: App) -> bool:
        """As :meth:`SweptReport.is_ai`."""
        return self._made.is_ai(app)

    def report(self, sweeps: Sequence[Swept], refused: Sequence[SourceError], network: Network | None = None) -> Report:
        """The inventory as it was asked for."""
        self.both = self._made.joined(sweeps, refused, ("service", "user"), network).reports
        return self.both[0 if self._by == "service" else 1]


def remember_sweep(
    history: History,
    joined: Joined,
    sweeps: Sequence[Swept],
    network: Network | None = None,
    *,
    catalog: Catalog,
    matcher: AppMatcher,
    policy: Path | None,
    options: Mapping[str, str],
) -> Run:
    """Remember a sweep of several tenants by its reports by service and by user, what was gathered, and which logs were read."""
    from shadowai.history import gather, looks, store
    from shadowai.history.catalogue import digests

    before = {}
    with history.reading() as db:
        for source in map(looks.source_of, sweeps):
            last = store.last_of(db, looks.tenant_lineage(source), store.next_number(db))
            before[source] = store.looks_of(db, last) if last is not None else ()
    services = {
        looks.source_of(swept): {
            app.id: tuple(match.signature for match in found.matches)
            for app in swept.apps
            if (found := matcher.match(app)).matches
        }
        for swept in sweeps
    }
    memory = gather.of_sweep(
        joined.reports,
        sweeps,
        services=services,
        parts=joined.parts,
        logs=None if network is None else (network.gaps, network.sources),
        before=before,
        digests=digests(catalog),
        policy=gather.policy_digest(policy),
        options=options,
        now=time.time_ns() // 1000,
    )
    return _remember(history, memory, catalog)


def _remember(history: History, memory: Memory, catalog: Catalog) -> Run:
    from shadowai.history.catalogue import explainer
    from shadowai.history.remember import remember

    return remember(history, memory, explains=explainer(catalog))


def forget_old(history: History, settings: Settings) -> None:
    """Forget the runs that are older than the configuration lets them be kept, and whom only they know."""
    if settings.history.keep_days is None:
        return
    from shadowai.history import store

    with history.writing() as db:
        number = store.forget(db, time.time_ns() // 1000 - settings.history.keep_days * 86_400_000_000)
    if number:
        terminal.say(f"note: {number:,} runs older than {settings.history.keep_days:,} days were forgotten")


def tell(history: History, run: Run, settings: Settings) -> None:
    """Tell the webhook of the configuration, where there is one, what is new. That it cannot be told is said, and ends nothing."""
    if settings.notify is None:
        return
    from functools import partial

    from shadowai import notify, webhook

    send = partial(webhook.post, settings.notify.url, ca_file=settings.notify.ca_file)
    try:
        what = notify.tell(history, run.id, settings.notify, now=time.time_ns() // 1000, send=send)
    except (SourceError, UsageError) as error:
        terminal.say(f"shadowai: {error}")
        return
    if not what.empty or what.held_back:
        terminal.say(f"note: told of {len(what.changes) + what.more:,} changes, {what.held_back:,} held back")
