"""``shadowai history``: the remembered runs, one of them, and how to forget them."""

from __future__ import annotations

import time
from pathlib import Path

import click

from shadowai.cli import options, remembering, terminal
from shadowai.errors import UsageError


@click.group("history", invoke_without_command=True, short_help="List the remembered runs; show one, forget old ones.")
@click.option("--format", "layout", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@remembering.history_option
@options.config_option
@click.pass_context
def command(context: click.Context, layout: str, history_url: str | None, config_file: Path | None) -> int:
    """List the runs that are remembered, the latest first."""
    from shadowai import config

    if context.invoked_subcommand is not None and options.is_given("layout"):
        told = f"it is of the list of runs, and not of `{context.invoked_subcommand}`"
        raise click.BadParameter(told, param_hint="--format")
    settings = config.load(config_file)
    context.obj = (settings, remembering.place(history_url, settings))
    if context.invoked_subcommand is not None:
        return 0
    from shadowai.history import listing, place

    with place.opened(context.obj[1], make=False) as history:
        from shadowai.history import store

        with history.reading() as db:
            found = [store.run(db, run.id) for run in store.runs(db)]
    chosen = next(name for name in listing.LAYOUTS if name == layout)
    for line in listing.runs(found, chosen):
        print(line)
    if not found:
        terminal.say("note: no run is remembered")
    return 0


@command.command("show")
@click.argument("run", type=click.IntRange(1, options.RUNS))
@click.option("--format", "layout", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_context
def show(context: click.Context, run: int, layout: str) -> int:
    """Show what the run RUN looked at, with what, and how much it found."""
    import json

    from shadowai.history import listing, place

    with place.opened(context.obj[1], make=False) as history:
        from shadowai.history import store

        with history.reading() as db:
            found = store.run(db, run)
    if layout == "json":
        print(json.dumps(listing.run_object(found), ensure_ascii=True))
        return 0
    for line in listing.run_lines(found):
        print(line)
    return 0


@command.command("forget")
@click.option("--before", required=True, metavar="TIME", help="A date (that day stays), a time, or an age like 90d.")
@click.pass_context
def forget(context: click.Context, before: str) -> int:
    """Forget the runs that ended before TIME, and the people and grants that no later run has."""
    from shadowai.history import place

    moment = options.moment(before, option="--before")
    with place.opened(context.obj[1], make=False) as history:
        from shadowai.history import store

        with history.writing() as db:
            number = store.forget(db, moment)
    terminal.say(f"{number:,} runs forgotten")
    return 0


@command.command("notify")
@click.option("--dry-run", is_flag=True, help="Print the message instead of sending it.")
@click.pass_context
def notify_command(context: click.Context, dry_run: bool) -> int:
    """Tell the webhook of [notify] what is new since it was last told; sweeps do that by themselves."""
    from shadowai import notify
    from shadowai.history import place

    settings = context.obj[0]
    if settings.notify is None:
        raise UsageError(
            "no webhook is configured", remedy='write [notify] and url = "env:NAME" into the configuration'
        )
    with place.opened(context.obj[1], make=False) as history:
        from shadowai.history.compare import last_two

        after = last_two(history)[1]
        if dry_run:
            what = notify.pending(history, after, settings.notify, now=time.time_ns() // 1000)
            print(notify.body(what, settings.notify.style).decode("ascii"))
            return 0
        from shadowai import webhook

        def send(data: bytes) -> None:
            webhook.post(settings.notify.url, data, ca_file=settings.notify.ca_file)

        what = notify.tell(history, after, settings.notify, now=time.time_ns() // 1000, send=send)
    terminal.say(f"told of {len(what.changes) + what.more:,} changes, {what.held_back:,} held back")
    return 0
