"""``shadowai diff``: what is new, gone, returned or changed between two remembered runs, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from shadowai.cli import kept, options, remembering, terminal

if TYPE_CHECKING:
    from shadowai.history.model import Comparison


class _Number(click.IntRange):
    name = "number of a run"


class _Run(click.Argument):
    """One of two that are given both or not at all: brackets around the pair belong to the usage line, not to a message."""

    def get_error_hint(self, ctx: click.Context | None) -> str:
        return f"'{(self.metavar or '').strip('[]')}'"


@click.command("diff", short_help="Say what is new, gone, returned or changed between two remembered runs, and why.")
@click.argument("before", metavar="[A", cls=_Run, type=_Number(1, options.RUNS), required=False)
@click.argument("after", metavar="B]", cls=_Run, type=_Number(1, options.RUNS), required=False)
@click.option("--format", "layout", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("-o", "--output", metavar="FILE", help="Write the changes to FILE instead of stdout.")
@click.option("--fail-on", metavar="LIST", help="Verdicts that are a breach, with commas between them.")
@remembering.history_option
@options.config_option
def command(
    before: int | None,
    after: int | None,
    layout: str,
    output: str | None,
    fail_on: str | None,
    history_url: str | None,
    config_file: Path | None,
) -> int:
    """Compare the runs A and B; by default the last one, and the one before it that looked at some of the same.

    Each change says its cause: environment (it happened), catalogue (the signatures have changed), coverage (one of the
    looks was not whole) or policy (the policy has changed). What a look did not cover is not_observable, never gone.
    """
    from shadowai import config, policy
    from shadowai.history import listing

    if (before is None) is not (after is None):
        raise click.UsageError("name two runs, or none for the last two")
    target = options.output_file(output)
    breach = options.verdicts(fail_on) if fail_on is not None else policy.FAIL_ON
    settings = config.load(config_file)
    kept.keep(settings, history_url, output=target)
    with remembering.opened(history_url, settings) as history:
        from shadowai.history.compare import compare, last_two

        if after is None:
            before, after = last_two(history)
        found = compare(history, before, after, fail_on=breach)
    chosen = next(name for name in listing.LAYOUTS if name == layout)
    terminal.put("".join(f"{line}\n" for line in listing.changes(found, chosen)), target)
    if chosen != "table" or target is not None:
        terminal.lines(listing.summary(found))
    return exit_code(found)


def exit_code(found: Comparison) -> int:
    """0 nothing new that breaches the policy; 1 something new does; 3 nothing does, and not everything could be compared."""
    if any(change.breach for change in found.changes):
        return 1
    return 3 if found.unseen or any(change.cause == "coverage" for change in found.changes) else 0
