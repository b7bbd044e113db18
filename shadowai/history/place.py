"""Where the history is: a SQLite file of the user's own by default, or a PostgreSQL database by URL. Imports no library."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from shadowai.errors import UsageError
from shadowai.model import Origin

if TYPE_CHECKING:
    from shadowai.history.store import History

VARIABLE = "SHADOWAI_STATE"
"""The folder of everything that the program keeps; sweeps go by it too."""
KEYS = ("url", "scans", "keep_days")
"""Keys of the table ``[history]``."""
LONGEST_KEPT = 36_500
"""Days of a hundred years."""

_REFERENCE = re.compile(r"(?:env:|file:(?!/{2,})|keyring:)\S")
_PASSWORD = re.compile(r"://[^/@]*:[^/@]+@|[?&](?:ssl)?password=", re.IGNORECASE)


class Remembering(NamedTuple):
    """What the configuration says of the history: ``url`` (a URL, a path, or a reference to a secret that is one; ``None`` for the
    user's own file), whether ``scans`` are remembered without being asked for, as sweeps are, and for how many days runs are kept
    (``None``: until somebody forgets them)."""

    url: str | None = None
    scans: bool = False
    keep_days: int | None = None


UNSAID = Remembering()
"""What holds where the configuration says nothing."""


def read_history(path: Path, table: object) -> Remembering:
    """The table ``history`` of the configuration at ``path``. Raises :class:`~shadowai.errors.UsageError`."""
    if not isinstance(table, dict):
        raise _wrong(path, "history is not a table", "write [history] and its keys below: " + ", ".join(KEYS))
    for key in table:
        if key not in KEYS:
            raise _wrong(path, f"unknown key {key!r} in [history]", f"known keys: {', '.join(KEYS)}")
    url, scans = table.get("url"), table.get("scans", False)
    if not isinstance(scans, bool):
        raise _wrong(path, "scans in [history] is neither true nor false", "write scans = true")
    keep = table.get("keep_days")
    if keep is not None and (type(keep) is not int or not 1 <= keep <= LONGEST_KEPT):
        raise _wrong(path, "keep_days in [history] is no whole number of days from 1 on", "write keep_days = 180")
    if url is not None and (not isinstance(url, str) or not url.strip() or "\0" in url):
        raise _wrong(path, "url in [history] is not a text", 'write url = "postgresql+psycopg://…", or a path')
    if url is not None and "://" not in url:
        url = _anchored(path, url)
    if url is not None:
        check(url)
    return Remembering(url, scans, keep)


def check(url: str) -> None:
    """Raises :class:`~shadowai.errors.UsageError` where a password is written in the URL itself: others read command lines and
    configurations."""
    if _PASSWORD.search(url):
        remedy = "write env:NAME or file:PATH and put the whole URL there, or use PGPASSFILE"
        raise UsageError("the history's URL has a password in it", remedy=remedy)


def url_of(setting: str | None, *, environ: Mapping[str, str] | None = None) -> str:
    """The database's URL for what ``--history`` or the configuration says: a URL, a path, or a reference to a secret that is a URL.

    Raises :class:`~shadowai.errors.UsageError`.
    """
    if setting is None:
        return f"sqlite:///{folder(environ) / 'history.db'}"
    if _REFERENCE.match(setting):
        from shadowai.sweep.secrets import resolve

        return _normal(resolve(setting, key="the history's URL", environ=environ).strip())
    check(setting)
    return _normal(setting)


def _normal(url: str) -> str:
    scheme, found, rest = url.partition("://")
    if not found:
        return f"sqlite:///{_whole(Path(url).expanduser())}"
    if scheme in ("postgresql", "postgres"):
        return f"postgresql+psycopg://{rest}"
    if scheme not in ("sqlite", "postgresql+psycopg"):
        remedy = "use a path, sqlite:///PATH or postgresql+psycopg://HOST/DATABASE"
        raise UsageError("the history's URL is of no database that this program knows", remedy=remedy)
    return url


def _whole(path: Path) -> Path:
    try:
        return path.absolute()
    except FileNotFoundError:  # the system does not say of what
        raise _wrong(
            path, "the working directory is gone", "change to one that is there, or write the whole path"
        ) from None


def folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where the program keeps what it must not forget: ``$SHADOWAI_STATE``, else ``$XDG_STATE_HOME/shadowai`` (``~/.local/state`` where
    that is not set; XDG Base Directory Specification 0.8)."""
    surroundings = os.environ if environ is None else environ
    if surroundings.get(VARIABLE):
        return Path(surroundings[VARIABLE]).expanduser().absolute()
    home = surroundings.get("XDG_STATE_HOME", "")
    base = Path(home) if Path(home).is_absolute() else Path("~/.local/state").expanduser()
    return base / "shadowai"


def opened(setting: str | None, *, make: bool = True) -> History:
    """The history, made or migrated where needed; to be used as a context. Raises :class:`~shadowai.errors.UsageError` where a library
    is missing or the URL is wrong, :class:`~shadowai.errors.SourceError` where the database cannot be opened.

    Without ``make``, a file that somebody named and that is not there is an error: whoever only asks made a mistake in writing."""
    url = url_of(setting)
    path = Path(url.removeprefix("sqlite:///"))
    if not make and setting is not None and url.startswith("sqlite:///") and not path.exists():
        raise _wrong(path, "there is no history", "name the file that a scan or sweep with --history has written")
    try:
        from shadowai.history.store import History
    except ImportError as error:
        raise UsageError("the history needs SQLAlchemy", remedy="pip install 'shadowai[history]'") from error
    return History(url)


def _anchored(path: Path, text: str) -> str:
    """Paths, also of references to files, are relative to the configuration's folder."""
    if text.startswith("file:"):
        return f"file:{path.parent / Path(text[5:]).expanduser()}"
    return text if _REFERENCE.match(text) else str(path.parent / Path(text).expanduser())


def _wrong(path: Path, message: str, remedy: str) -> UsageError:
    return UsageError(message, origin=Origin(str(path)), remedy=remedy)
