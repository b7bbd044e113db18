"""``scan --state`` and ``scan --follow``: scans that go on where they ended, and scans that do not end by themselves."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click
from click.core import ParameterSource

from shadowai.cli import options, terminal
from shadowai.cli.stopping import Stop
from shadowai.errors import UsageError
from shadowai.model import Gap, Origin

if TYPE_CHECKING:
    from shadowai.incremental.run import Incremental
    from shadowai.inventory import By
    from shadowai.model import Report
    from shadowai.pipeline import Progress, ScanOptions

POLL: Final = 1.0
"""Seconds between two looks at the files that are followed."""
SHARE: Final = 4
"""A look that takes long is followed by a pause of so many times as much."""
EVERY: Final = 60.0

Write = Callable[[Sequence["Report"]], None]


def _with_follow(context: click.Context, parameter: click.Parameter, every: float) -> float:
    """Refuses what is given and would be of no use; ``--follow`` is known by then."""
    given = context.get_parameter_source(parameter.name or "") is not ParameterSource.DEFAULT
    if given and not context.params.get("follow"):
        raise click.UsageError("--every is of no use without --follow: add --follow, or leave --every out")
    return every


state_option = click.option(
    "--state",
    "state_file",
    metavar="FILE",
    type=Path,
    help="Remember in FILE what was read: the next run reads only what is new, and reports everything so far.",
)
follow_option = click.option(
    "--follow",
    is_flag=True,
    is_eager=True,
    help="Go on reading as files grow and are rotated, until Ctrl-C (or SIGTERM).",
)
every_option = click.option(
    "--every",
    type=options.Seconds(min=1),
    metavar="SECONDS",
    default=EVERY,
    show_default=True,
    callback=_with_follow,
    help="With --follow: how often the inventory is written.",
)


class Resuming(NamedTuple):
    """What a user asked for: where to remember, whether to go on, and how often to write."""

    state: Path | None
    follow: bool
    every: float = EVERY

    @property
    def asked(self) -> bool:
        """Whether the scan is one of these at all."""
        return self.follow or self.state is not None

    def check(self, chosen: ScanOptions) -> None:
        """Raises :class:`click.BadParameter` for options that cannot be used with these, and where the state's folder is not there."""
        options.check_file(self.state, "--state")
        wrong = {
            "--since and --until": chosen.since is not None or chosen.until is not None,
            "--cluster": chosen.cluster is not None,
            "--table": bool(chosen.tables),
            "--jobs": bool(chosen.jobs),
        }
        for names in (name for name, given in wrong.items() if given):
            mine = "--follow" if self.follow else "--state"
            raise click.BadParameter(f"{names} cannot be used with it", param_hint=mine)


def scan(
    paths: Sequence[str],
    chosen: ScanOptions,
    asked: Resuming,
    ways: Sequence[By],
    *,
    write: Write | None,
    progress: Progress | None,
) -> Sequence[Report]:
    """The reports of everything so far, in ``ways``. ``write`` is handed those on the way."""
    from shadowai.incremental.run import Incremental
    from shadowai.incremental.state import lock_of
    from shadowai.sweep.lock import only_one

    lock = lock_of(asked.state) if asked.state is not None else None
    with nullcontext() if lock is None else only_one(lock, "another scan with this state is running"):
        run = Incremental(paths, chosen, asked.state)
        if asked.follow:
            with Stop() as stop:
                _follow(run, stop, asked.every, ways, write)
        run.step(progress)
        wrong = _unsaved(run)
        return [reported if wrong is None else _with(reported, wrong) for reported in run.reports(ways)]


def _unsaved(run: Incremental) -> Gap | None:
    """Write the state; where that cannot be done after the work, it is said and is a gap of the reports, which are written and judged all
    the same. The state that is there still fits: the next run reads again what it does not know."""
    try:
        run.save()
    except UsageError as error:
        terminal.say(f"shadowai: {error}")
        return Gap(
            error.origin or Origin("state"),
            f"the state was not written, the next run begins at the one before: {error.message}",
        )
    return None


def _with(report: Report, gap: Gap) -> Report:
    return replace(report, gaps=(*report.gaps, gap))


def or_later(write: Callable[[], None]) -> None:
    """Write what will be written again. Where that cannot be done (the disk is full, say) it is said, and nothing that is in memory is
    given up for it."""
    try:
        write()
    except UsageError as wrong:
        terminal.say(f"shadowai: {wrong} (tried again later)")


def _follow(run: Incremental, stop: Stop, every: float, ways: Sequence[By], write: Write | None) -> None:
    due, new = time.monotonic(), 0
    while not stop():
        began = time.monotonic()
        new += run.step(tails=False)
        if new and began >= due:
            or_later(run.save)
            reports = run.reports(ways)
            terminal.say(f"{new:,} times something new; {len(reports[0].entries):,} rows")
            if write is not None:
                or_later(partial(write, reports))
            due, new = time.monotonic() + every, 0
        stop.wait(max(POLL, SHARE * (time.monotonic() - began)))
