"""Options that several commands take, and what turns their text into values."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from shadowai.config import Settings

_OWN_DOCUMENT = re.compile(rb'\{\s*"schema":\s*\d{1,4},\s*"(?:result|program)":')
"""How a verdict and a manifest begin; logs of others may tell a schema, too."""


class Seconds(click.FloatRange):
    """A time in seconds that comes to an end: neither ``inf`` nor ``nan``, which no clock ever reaches."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As :class:`click.FloatRange` does."""
        found = super().convert(value, param, ctx)
        if not math.isfinite(found):
            self.fail(f"{value} is no number of seconds", param, ctx)
        return found


RUNS = (1 << 63) - 1
"""The largest number that a run of the history can have: what a database takes for an integer."""
MOST_JOBS = 256
"""More processes than any machine has use for: each takes memory, and a tenth of a second to begin."""
_AGO = re.compile(r"([0-9]{1,6})([mhdw])")
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)

paths_argument = click.argument("paths", nargs=-1, required=True, metavar="PATH...")
log_format_option = click.option(
    "--log-format", metavar="NAME", help="Read every input as this format instead of recognising it (see `formats`)."
)
timezone_option = click.option(
    "--timezone", metavar="ZONE", help="Zone of log times that carry none: an IANA name or an offset like +02:00."
)
identities_option = click.option(
    "--identities", metavar="FILE", help="CSV, TOML or YAML: which users, hosts and addresses are the same person."
)
leases_option = click.option(
    "--leases",
    multiple=True,
    type=Path,
    metavar="FILE",
    help="Leases of a DHCP server (ISC, Kea, Windows, dnsmasq, Zeek's dhcp.log): which device had an address when.",
)
config_option = click.option("--config", "config_file", metavar="FILE", type=Path, help="Settings, TOML.")


def leased(settings: Settings, leases: tuple[Path, ...], timezone: str | None) -> Settings:
    """The settings with files of leases, and with the zone that the user says; raises :class:`~shadowai.errors.UsageError` for a file
    that is none, before the work."""
    if not (leases or settings.leases):
        return settings
    from shadowai import inputs

    found = replace(settings, leases=(*settings.leases, *leases), timezone=timezone or settings.timezone)
    inputs.leases(found)
    return found


def check_file(target: Path | None, option: str = "--output") -> None:
    """Raises :class:`click.BadParameter` where the folder of a file to be written is not there, and where a folder has its name: before
    the work, not after it."""
    if target is not None and not target.parent.is_dir():
        raise click.BadParameter(f"{target.parent}: no such folder", param_hint=option)
    if target is not None and target.is_dir():
        raise click.BadParameter(f"{target} is a folder (name a file in it)", param_hint=option)


def check_of_use(wanted: str, there: bool, **given: bool) -> None:
    """Raises :class:`click.BadParameter` for the options among ``given``, by their names, that do nothing where what is ``wanted`` is not
    ``there``: whoever gave one believes that it does something."""
    for name in (name for name, told in given.items() if told and not there):
        raise click.BadParameter(f"it is of no use without {wanted}", param_hint=f"--{name.replace('_', '-')}")


def is_given(name: str, context: click.Context | None = None) -> bool:
    """Whether a parameter of the command that runs (or of ``context``) was given, and is not what it is by default."""
    context = context if context is not None else click.get_current_context()
    return context.get_parameter_source(name) is not ParameterSource.DEFAULT


def keep_apart(read: Iterable[str | Path | None], **written: str | Path | None) -> None:
    """Raises :class:`click.BadParameter` where a file to be written, by the name of its option, is one of those that are ``read``, or is
    written twice: what is looked at stays as it is."""
    inputs = [Path(name) for name in read if name is not None]
    targets: set[Path] = set()
    for option, name in written.items():
        target = Path(name).absolute() if name is not None else None
        if target is None or (target.exists() and not target.is_file()):
            continue
        if any(path.exists() and target.exists() and target.samefile(path) for path in inputs):
            raise click.BadParameter(f"{name} is read, and would be replaced", param_hint=f"--{option}")
        if target in targets:
            raise click.BadParameter(f"{name} is written already", param_hint=f"--{option}")
        targets.add(target)


def remove_earlier(target: Path | None, option: str) -> None:
    """Remove what an earlier run wrote to ``target``: whatever happens, it is not taken for this run's. Raises
    :class:`click.BadParameter` where something else is there, a log perhaps that is to be read: it stays."""
    if target is None or not target.is_file():
        return
    with target.open("rb") as stream:
        begin = stream.read(64).strip()
    if begin and _OWN_DOCUMENT.match(begin) is None:
        raise click.BadParameter(f"{target}: another file is there (name a new one, or remove it)", param_hint=option)
    target.unlink()


def output_file(name: str | None) -> Path | None:
    """The file that ``-o`` names; ``None`` for stdout. Raises as :func:`check_file`."""
    target = None if name in (None, "-") else Path(str(name))
    check_file(target)
    return target


def verdicts(text: str) -> frozenset[str]:
    """The verdicts of ``--fail-on``; raises :class:`click.BadParameter` for one that is no breach."""
    from shadowai.policy import FAIL_ON

    named = frozenset(word.strip() for word in text.split(","))
    if not named <= FAIL_ON:
        raise click.BadParameter(f"{text!r} is not a list of {', '.join(sorted(FAIL_ON))}", param_hint="--fail-on")
    return named


def columns(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The fields and columns of ``--column``; raises :class:`click.BadParameter` for what is no pair of a known field and a column."""
    if not texts:
        return ()
    from shadowai.sources.logs.aliases import FLAT

    pairs = []
    for text in texts:
        field, mark, column = text.partition("=")
        if field not in FLAT or not mark or not column:
            raise click.BadParameter(
                f"{text!r} is not FIELD=COLUMN; fields are {', '.join(FLAT)}", param_hint="--column"
            )
        pairs.append((field, column))
    return tuple(pairs)


def window(since: str | None, until: str | None, where: tzinfo) -> tuple[int | None, int | None]:
    """The first and the last microsecond of ``--since`` and ``--until``; ``None`` where there is no such bound.

    Raises :class:`click.BadParameter` for a text that is no time, and for a window that ends before it begins.
    """
    first = None if since is None else moment(since, where=where)
    last = None if until is None else moment(until, where=where, end=True, option="--until")
    if first is not None and last is not None and first > last:
        raise click.BadParameter(f"{until!r} is before --since {since!r}", param_hint="--until")
    return first, last


def moment(text: str, *, where: tzinfo = UTC, end: bool = False, option: str = "--since") -> int:
    """Microseconds since the epoch (UTC) of a date, a date and time, or an age (``90m``, ``12h``, ``7d``, ``2w``).

    A time without an offset is in the zone ``where``. A bare date is its first moment, or with ``end`` its last, so
    that ``--until`` takes in the whole of that day. Raises :class:`click.BadParameter`.
    """
    ago = _AGO.fullmatch(text)
    if ago:
        return (int(time.time()) - int(ago.group(1)) * _SECONDS[ago.group(2)]) * 1_000_000
    try:
        found = _day_or_time(text, _DAY - _MICROSECOND if end else timedelta())
        return ((found if found.tzinfo else found.replace(tzinfo=where)) - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        wanted = "a date (2026-01-31), a time (2026-01-31T18:00+01:00) or an age (7d)"
        raise click.BadParameter(f"{text!r} is not {wanted}", param_hint=option) from None


def _day_or_time(text: str, later: timedelta) -> datetime:
    """The date and time that ``text`` is; a date alone becomes its midnight and that much ``later``."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text)
    return datetime(day.year, day.month, day.day) + later
