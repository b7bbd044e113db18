"""The command line. One module per command, imported when that command is asked for and nothing heavy with it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from shadowai import __version__
from shadowai.cli import terminal
from shadowai.errors import ShadowaiError

COMMANDS = (
    "scan", "watch", "listen", "sweep", "explain", "policy", "plan", "triage", "decide", "decisions", "departments",
    "reidentify", "diff", "history", "rescan", "export", "doctor", "read", "signatures", "formats",
)  # fmt: skip
"""The commands in the order in which ``--help`` lists them; each is ``command`` in the module of its name."""

WITHIN_POLICY, BREACHED, WRONG_USAGE, INCOMPLETE = range(4)
"""The exit codes of the contract, docs/inventory.md."""
INTERRUPTED = 130
PIPE_CLOSED = 141
"""128 and the signal's number, as a shell reports a program that SIGINT or SIGPIPE ended."""
GONE = "the working directory is gone (change to one that is there, or write whole paths)"
"""What the system says only as "No such file or directory", of nothing."""
_GARBAGE = 100_000
"""Objects made and kept between two looks for garbage in circles, of which there is little: looking costs a tenth of a scan."""
CRASHED = 70
"""A mistake of the program (``EX_SOFTWARE`` of sysexits.h); Python's own code for it, 1, would be read as a breach."""


class Commands(click.Group):
    """A group that imports a command's module when the command is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of :data:`COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or ``None``."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"shadowai.cli.{cmd_name}").command
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
def group() -> None:
    """Find the use of AI services in logs, captures and tenants, and write it down as an inventory.

    Exit codes: 0 within policy, 1 policy breached, 2 wrong usage, 3 something could not be looked at.
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (the process's own by default) and return the exit code of the contract.

    Errors that a user can do something about become one message on stderr; a reader that closed the pipe (``| head``)
    ends the program quietly. That stderr takes nothing changes no code.
    """
    terminal.prepare()
    gc.set_threshold(_GARBAGE, 20, 100)
    try:
        return _told(list(sys.argv[1:] if argv is None else argv))
    finally:
        terminal.finish()


def program() -> int:
    """:func:`main`, for a process that ends with it."""
    try:
        return main()
    finally:
        gc.freeze()  # what is left goes with the process: looking for garbage in it takes longer than many a scan


def _told(argv: list[str]) -> int:
    """The exit code of the contract, with what went wrong said."""
    try:
        code = _run(argv)
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        terminal.say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        terminal.forget(sys.stdout)
        return PIPE_CLOSED
    except click.ClickException as error:
        terminal.usage(error)
        return WRONG_USAGE
    except ShadowaiError as error:
        terminal.say(f"shadowai: {error}")
        return error.exit_code
    except OSError as error:
        terminal.say(f"shadowai: {error if _has_folder() else GONE}")
        return WRONG_USAGE
    except Exception:  # a crash shows its traceback, and must not end with the code of a breach
        terminal.crash()
        return CRASHED
    return code


def _has_folder() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return False
    return True


def _run(argv: list[str]) -> int:
    """The code that the command returned. Not ``group.main``: it turns a closed pipe into exit code 1, a breach."""
    try:
        with group.make_context("shadowai", argv) as context:
            code = group.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    return code if isinstance(code, int) else WITHIN_POLICY
