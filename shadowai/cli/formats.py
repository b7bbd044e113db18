"""``shadowai formats``: what the program recognises, and what each format tells; and a first description of one it does not know."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from shadowai.cli import INCOMPLETE, WITHIN_POLICY, options, terminal
from shadowai.normalize import printable

if TYPE_CHECKING:
    from shadowai.sources.container import Content, Source


@click.group("formats", invoke_without_command=True, short_help="List the recognised inputs and the fields each gives.")
@options.config_option
@click.pass_context
def command(context: click.Context, config_file: Path | None) -> None:
    """List what is recognised by its content: log formats, each with its name for --log-format, and packet captures; with the
    fields that each gives. `guess` writes a first description of a format that is not among them."""
    if context.invoked_subcommand is not None:
        if config_file is not None:
            told = f"give it behind `{context.invoked_subcommand}`"
            raise click.BadParameter(told, param_hint="--config")
        return
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


@command.command("guess", short_help="Print a description of an unknown log, ready to edit and to use.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", default="", help="Name of the format; by default from the file's.")
@options.config_option
def guess(file: Path, name: str, config_file: Path | None) -> int:
    """Print what FILE seems to be as a TOML description, with the reason beside each field: read it, correct it, and put it
    into a folder that `formats_dir` of the configuration names.

    Exit code: 0, or 3 where no field could be found that tells where to.
    """
    from shadowai.config import load
    from shadowai.errors import SourceError
    from shadowai.model import Origin
    from shadowai.sources import container
    from shadowai.sources.logs import formats_with
    from shadowai.sources.logs.first_records import columns_of
    from shadowai.sources.logs.guess import fields_of, toml
    from shadowai.sources.logs.logfile import LogFile

    container.check_exist([str(file)])
    known = formats_with(load(config_file).formats_dir)
    source = next((one for one in container.expand([str(file)]) if isinstance(one, container.Source)), None)
    if source is None:
        raise SourceError("holds no file", origin=Origin(str(file)), remedy="name one log")
    with container.opened(source) as stream:
        content = _text(source, stream)
        found = LogFile(content, known).format
    if found is not None and found.rank >= _SPECIFIC:
        terminal.say(
            f"{printable(source.path)} is read as {found.name} already; a description of your own would replace that"
        )
    with container.opened(source) as stream:
        table = columns_of(_text(source, stream))
    if table is None:
        raise SourceError(
            "is no table, no JSON and no key=value",
            origin=Origin(source.path),
            remedy="describe its lines with family = 'blank' or 'pattern', see docs/sources.md",
        )
    fields = fields_of(table.columns)
    print(toml(name or _name(file), table, fields), end="")
    return WITHIN_POLICY if "host" in fields or "server_ip" in fields else INCOMPLETE


_SPECIFIC = 5
"""The rank from which a format is a product's own."""


def _name(file: Path) -> str:
    """A name that a format may have, from the file's."""
    found = re.sub(r"[^a-z0-9]+", "_", file.name.partition(".")[0].lower()).strip("_")
    return found if re.fullmatch(r"[a-z][a-z0-9_]{1,63}", found) else "my_format"


def _text(source: Source, stream: BinaryIO) -> Content:
    from shadowai.errors import SourceError
    from shadowai.model import Gap, Origin
    from shadowai.sources import container

    first = next(iter(container.contents(source, stream)), None)
    if first is None or isinstance(first, Gap) or first.capture:
        why = first.reason if isinstance(first, Gap) else "is no text"
        raise SourceError(why, origin=Origin(source.path), remedy="name one log")
    return first
