"""What a person reads on stderr: messages, gaps and notes, free of control bytes; and texts that go to a file or to stdout."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from shadowai.normalize import printable

if TYPE_CHECKING:
    from shadowai.model import Gap, Note


def prepare() -> None:
    """Make stdout and stderr take any text: what their encoding lacks is written as an escape, never an error.

    A stream that was closed (``>&-``) takes everything and keeps nothing.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open until the end
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def put(text: str, target: Path | None) -> None:
    """``text`` to the file ``target``, whole or not at all; to stdout where there is none. Raises
    :class:`~shadowai.errors.UsageError` for a file that cannot be written."""
    from shadowai.export.whole import whole_file

    if target is None:
        print(text, end="")
        return
    with whole_file(target) as stream:
        stream.write(text.encode("utf-8"))


def say(text: str) -> None:
    """``text`` on stderr as one line. Where stderr takes nothing (a full disk, a reader that is gone), what is at work goes on: its
    inventory and its exit code do not hang on what is said beside them."""
    with suppress(OSError):
        print(printable(text), file=sys.stderr, flush=True)


def finish() -> None:
    """Let go of what stderr did not take, lest the interpreter fails on it at its end, with an exit code of its own."""
    try:
        sys.stderr.flush()
    except OSError:
        forget(sys.stderr)


def forget(stream: TextIO) -> None:
    """Point a stream at nothing, so that the interpreter does not fail again when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def usage(error: click.ClickException) -> None:
    """What is wrong with the command line; the help itself where a command was given nothing at all."""
    text = f"Error: {error.format_message()}"
    if isinstance(error, click.UsageError) and error.ctx is not None:
        asked_nothing = isinstance(error, click.exceptions.NoArgsIsHelpError)
        text = error.ctx.get_help() if asked_nothing else f"{error.ctx.get_usage()}\n{text}"
    for line in text.splitlines():
        say(line.expandtabs(2))  # with which choices are set in


def crash() -> None:
    """The exception at hand with its traceback, whose text may come from an input as much as any other."""
    import traceback

    lines(traceback.format_exc().splitlines())
    say("shadowai: this is a mistake in the program; the result, if there is any, must not be relied on")


def gap(item: Gap) -> None:
    """A gap as one line: where, why, how often, and where else."""
    others = [str(place) for place in item.examples if place != item.origin]
    where = f" (also {', '.join(others)})" if others else ""
    say(f"gap: {item.origin}: {item.reason}{_times(item.count)}{where}")


def note(item: Note) -> None:
    """A note as one line."""
    where = f"{item.origin}: " if item.origin is not None else ""
    say(f"note: {where}{item.text}{_times(item.count)}")


def lines(several: Iterable[str]) -> None:
    """Each of ``several`` as one line."""
    for text in several:
        say(text)


def _times(count: int) -> str:
    return f" [{count:,} times]" if count > 1 else ""
