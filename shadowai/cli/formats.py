"""``shadowai formats``: what the program recognises, and what each format tells."""

from __future__ import annotations

import textwrap
from pathlib import Path

import click

from shadowai.cli import options
from shadowai.normalize import printable


@click.command("formats", short_help="List the recognised log formats and the fields each gives.")
@options.config_option
def command(config_file: Path | None) -> None:
    """List the log formats that are recognised by their content, each with its name for --log-format and its fields."""
    from shadowai.config import load
    from shadowai.sources.logs import formats_with

    known = formats_with(load(config_file).formats_dir)
    width = max((len(name) for name in known), default=0) + 2
    for name, log_format in sorted(known.items()):
        print(printable(f"{name:{width}}{log_format.title}"))
        told = ", ".join(log_format.fields_given)
        print(textwrap.fill(told, 100, initial_indent=" " * width, subsequent_indent=" " * width))
