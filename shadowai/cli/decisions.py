"""``shadowai decisions``: what was decided, whether the log is whole, and the log for those who audit it."""

from __future__ import annotations

from pathlib import Path

import click

from shadowai.cli import INCOMPLETE, deciding, options, terminal
from shadowai.errors import UsageError
from shadowai.model import Origin
from shadowai.normalize import printable


@click.group("decisions", invoke_without_command=True, short_help="List what was decided; verify and export the log.")
@deciding.decisions_option
@options.config_option
@click.pass_context
def command(context: click.Context, decisions_file: str | None, config_file: Path | None) -> int:
    """List what stands about each asset. The log is verified each time it is read: one that was changed is refused."""
    from shadowai import config

    context.obj = deciding.to_read(decisions_file, config.load(config_file))
    if context.invoked_subcommand is not None:
        return 0
    from shadowai.decisions import listing, log

    found = log.read(context.obj)
    for line in listing.standing_lines(found):
        print(printable(line))
    if not found.standing:
        terminal.say("note: nothing was decided")
    return 0


@command.command("verify")
@click.argument("file", required=False, type=Path)
@click.option("--head", "told", metavar="N:HASH", help="A head that was told earlier: it must be on the chain.")
@click.option(
    "--against", metavar="FILE", type=Path, help="Another copy of the log: one must go on where the other ends."
)
@click.pass_context
def verify(context: click.Context, file: Path | None, told: str | None, against: Path | None) -> int:
    """Verify the log (or the one in FILE): every line's hash, their order, and that the end is the one that was recorded.

    Ends with 2 where the log was changed, with the first line that is wrong; with 3 where its end cannot be proven.
    """
    from shadowai.decisions import chain, log

    if file is not None and context.parent is not None and options.is_given("decisions_file", context.parent):
        raise click.BadParameter("--decisions and FILE exclude each other", param_hint="FILE")
    path: Path = file or context.obj
    for named in (file, against):
        if named is not None and not named.exists():
            raise UsageError("no such file", origin=Origin(str(named)), remedy="name a decision log")
    found = log.read(path, sealed=False)
    if told is not None:
        chain.check_head(found.lines, chain.read_head(told, "--head"), path)
    if against is not None:
        chain.check_same(found.lines, log.read(against, sealed=False).lines, path)
    print(f"{len(found.lines):,} lines verify; head {found.head}")
    if found.sealed or told is not None:
        return 0
    terminal.say(f"gap: {path}: no head is beside it and none was given with --head: lines may be missing at its end")
    return INCOMPLETE


@command.command("export")
@click.option("--format", "layout", type=click.Choice(["json", "csv"]), default="json", show_default=True)
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of stdout.")
@click.pass_obj
def export(place: Path, layout: str, output: str | None) -> int:
    """Write every event of the log, verified, with the hashes that prove it."""
    from shadowai.decisions import listing, log

    target = options.output_file(output)
    options.keep_apart((place, log.head_path(place)), output=target)
    found = log.read(place)
    terminal.put(listing.as_json(found) if layout == "json" else listing.as_csv(found), target)
    return 0
