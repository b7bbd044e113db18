"""How commands judge what they found: ``--budget`` and ``--verdict``, and the exit code of policy and budgets together."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from shadowai.cli import options, remembering, terminal
from shadowai.errors import SourceError, UsageError

if TYPE_CHECKING:
    from shadowai.budgets.coverage import Silence
    from shadowai.budgets.judging import Past
    from shadowai.budgets.measuring import Inventories
    from shadowai.budgets.model import Budgets, Judged
    from shadowai.config import Settings
    from shadowai.history.model import Run
    from shadowai.history.store import History
    from shadowai.model import Report
    from shadowai.pipeline import ScanOptions

budget_option = click.option(
    "--budget", "budget_file", metavar="FILE", help="Budgets, YAML: how much use, risk and ignorance is put up with."
)
verdict_option = click.option(
    "--verdict", "verdict_file", metavar="FILE", help="Write the verdict on policy and budgets to FILE, as JSON."
)


class Judging(NamedTuple):
    """What a command is to judge by. ``several`` are the budgets of the policy file and of ``--budget``."""

    several: tuple[Budgets, ...]
    target: Path | None
    policy: Path | None
    fail_on: frozenset[str]

    @property
    def wants_both(self) -> bool:
        """Whether the reports by service and by user are needed."""
        return any(found.budgets for found in self.several)

    def ended(
        self,
        reports: Sequence[Report],
        chosen: Report,
        *,
        paths: Sequence[str] = (),
        asked: ScanOptions | None = None,
        remembered: tuple[History, Run] | None = None,
    ) -> int:
        """The exit code; what is judged is told on stderr, and written to the file of ``--verdict``.

        ``reports`` are the look's by service and by user, ``chosen`` the one that was asked for. ``paths`` are read once more, as
        ``asked``, where the largest gap in logs is limited. Where the run is ``remembered``, growth can be told, and is from now on.
        """
        if not self.several and self.target is None:
            from shadowai.policy import exit_code

            return exit_code(chosen, self.fail_on)
        from shadowai.budgets import verdict_file

        now = time.time_ns() // 1000
        try:
            spent = tuple(self._spent(reports, now, remembered))
        except SourceError as error:  # of the history, whose figures only growth is held against
            terminal.say(f"shadowai: {error}")
            chosen = remembering.without_history(chosen, error)
            spent = tuple(self._spent(reports, now, None))
        found = (*spent, *self._covered(chosen, paths, asked))
        today = datetime.now(UTC).date()
        outcome = verdict_file.Outcome(chosen, found, self.fail_on, today, self._digest())
        for one in found:
            if one.state != "within":
                audit = "" if one.enforced else ", audit only"
                terminal.say(f"{one.what} {one.state} ({one.name}{audit}): {one.why}")
        if self.target is not None:
            from shadowai.export.whole import whole_file

            with whole_file(self.target) as stream:
                verdict_file.write(outcome, stream)
        return outcome.exit_code

    def _digest(self) -> str:
        """The hash of the policy, for the file of ``--verdict``."""
        if self.target is None:
            return ""
        from shadowai.history.gather import policy_digest

        return policy_digest(self.policy)

    def _spent(self, reports: Sequence[Report], now: int, remembered: tuple[History, Run] | None) -> Iterator[Judged]:
        """What became of the budgets."""
        if not self.wants_both:
            return
        from shadowai.budgets import judging, measuring
        from shadowai.connector import connectors

        rows = measuring.inventories(reports, connectors())
        past = None if remembered is None else _past(self.several, rows, now, remembered)
        for budgets in self.several:
            yield from judging.judged(budgets, rows, now=now, past=past)

    def _covered(self, report: Report, paths: Sequence[str], asked: ScanOptions | None) -> Iterator[Judged]:
        """What became of the requirements of coverage."""
        from shadowai.budgets import coverage

        for budgets in self.several:
            if budgets.coverage is not None:
                silent = None if budgets.coverage.max_gap is None else _silences(paths, asked)
                yield from coverage.covered(budgets.path, budgets.coverage, report, silent)


def prepared(
    budget: str | None,
    verdict: str | None,
    policy: Path | None,
    fail_on: frozenset[str],
    settings: Settings | None = None,
) -> Judging:
    """What the command line says of judging, read before the work. A verdict of an earlier run is removed: whatever happens, it is not
    taken for one of this run. What budgets and rules are of must be there, as ``settings`` have it. Raises
    :class:`~shadowai.errors.UsageError`, and :class:`click.BadParameter` for a verdict in place of what is read."""
    target = None if verdict is None else Path(verdict)
    options.check_file(target, "--verdict")
    options.keep_apart((policy, budget), verdict=target)  # the configuration's policy, too
    several: list[Budgets] = []
    if policy is not None or budget is not None:
        from shadowai.budgets.reading import load

        if policy is not None and policy.exists():  # that it is not is said where its rules are read
            several.append(load(policy, "policy"))
        if budget is not None:
            several.append(load(Path(budget)))
    if settings is not None:
        _check_names(several, policy, settings)
    options.remove_earlier(target, "--verdict")
    return Judging(tuple(found for found in several if found), target, policy, fail_on)


def sources(settings: Settings) -> frozenset[str]:
    """The formats and platforms that rows can be seen in."""
    from shadowai.connector import connectors
    from shadowai.sources.capture.capture_file import FORMATS
    from shadowai.sources.capture.watching import FORMAT as LIVE
    from shadowai.sources.logs import formats_with
    from shadowai.warehouse import FORMAT as TABLE

    return frozenset({*formats_with(settings.formats_dir), *connectors(), *FORMATS, "snoop", LIVE, TABLE})


def _check_names(several: Sequence[Budgets], policy: Path | None, settings: Settings) -> None:
    """Raises :class:`~shadowai.errors.UsageError` for a service, a category or a source that there is not: what is of it would pass in
    silence. (Services and categories of rules are looked up where the policy is put to use.)"""
    scoped = [one for found in several for one in found.budgets if one.services or one.categories or one.sources]
    ruled = policy is not None and policy.exists() and "source" in policy.read_text("utf-8", "replace")
    if not scoped and not ruled:
        return
    from shadowai.budgets import scopes
    from shadowai.packs.loading import in_force

    known = tuple(in_force(settings).services())
    names = scopes.Known({one.id for one in known}, {one.category for one in known}, sources(settings))
    for found in several:
        scopes.check(found, names)
    if ruled and policy is not None:
        from shadowai.policy import Policy, checks

        for problem in checks.unknown_sources(Policy.load(policy), names.sources):
            raise UsageError(problem.text, origin=problem.origin)


def _past(
    several: Sequence[Budgets], rows: Inventories, now: int, remembered: tuple[History, Run]
) -> dict[str, list[Past]]:
    """The figures of earlier runs of the series; this run's are remembered beside them."""
    from shadowai.budgets import judging, measuring
    from shadowai.budgets.model import Amount
    from shadowai.history import measures

    history, run = remembered
    amounts = {one.key: measuring.measure(one, rows, now).amount for found in several for one in found.budgets}
    with history.writing() as db:
        measures.put(db, run.id, amounts)
        found = measures.before(db, run.id)
    return {
        name: [judging.Past(one.time, Amount(one.least, one.most)) for one in figures]
        for name, figures in found.items()
    }


def _silences(paths: Sequence[str], asked: ScanOptions | None) -> dict[str, Silence] | None:
    """The longest silences of the logs, which are read once more for it; ``None`` where that cannot be."""
    from shadowai import pipeline
    from shadowai.budgets import coverage
    from shadowai.sources import container

    if asked is None or not paths or any(map(container.is_read_once, paths)):
        return None
    return coverage.silences(pipeline.read(paths, options=asked), since=asked.since, until=asked.until)
