"""What a person reads on stderr: messages, gaps and notes, free of control bytes."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable

import click

from shadowai.model import Gap, Note
from shadowai.normalize import printable


def prepare() -> None:
    """Make stdout and stderr take any text: what their encoding lacks is written as an escape, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """``text`` on stderr as one line."""
    print(printable(text), file=sys.stderr, flush=True)


def usage(error: click.ClickException) -> None:
    """What is wrong with the command line; the help itself where a command was given nothing at all."""
    text = f"Error: {error.format_message()}"
    if isinstance(error, click.UsageError) and error.ctx is not None:
        asked_nothing = isinstance(error, click.exceptions.NoArgsIsHelpError)
        text = error.ctx.get_help() if asked_nothing else f"{error.ctx.get_usage()}\n{text}"
    for line in text.splitlines():
        say(line)


def gap(item: Gap) -> None:
    """A gap as one line: where, why, how often, and where else."""
    others = [str(place) for place in item.examples if place != item.origin]
    where = f" (also {', '.join(others)})" if others else ""
    say(f"gap: {item.origin}: {item.reason}{_times(item.count)}{where}")


def note(item: Note) -> None:
    """A note as one line."""
    say(f"note: {item.origin}: {item.text}{_times(item.count)}")


def lines(several: Iterable[str]) -> None:
    """Each of ``several`` as one line."""
    for text in several:
        say(text)


def _times(count: int) -> str:
    return f" [{count:,} times]" if count > 1 else ""
