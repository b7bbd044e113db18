"""``shadowai formats``: what the program recognises, and what each format tells."""

from __future__ import annotations

import textwrap
from pathlib import Path

import click

from shadowai.cli import options
from shadowai.normalize import printable


@click.command("formats", short_help="List the recognised inputs and the fields each gives.")
@options.config_option
def command(config_file: Path | None) -> None:
    """List what is recognised by its content: log formats, each with its name for --log-format, and packet captures; with the
    fields that each gives."""
    from shadowai.config import load
    from shadowai.sources.capture.capture_file import FIELDS, FORMATS
    from shadowai.sources.logs import formats_with

    logs = formats_with(load(config_file).formats_dir)
    known = {name: (log_format.title, log_format.fields_given) for name, log_format in logs.items()}
    known |= {name: (title, FIELDS) for name, title in FORMATS.items()}
    width = max(map(len, known)) + 2
    for name, (title, fields) in sorted(known.items()):
        print(printable(f"{name:{width}}{title}"))
        told = ", ".join(fields)
        print(textwrap.fill(told, 100, initial_indent=" " * width, subsequent_indent=" " * width))
