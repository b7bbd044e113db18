"""What the configuration says of decisions and of privacy, and by which account of the system the log is written."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from shadowai.errors import UsageError
from shadowai.history.place import folder
from shadowai.model import Origin

KEYS = ("log",)
"""Keys of the table ``[decisions]``."""
PRIVACY_KEYS = ("pseudonym_key", "k")
"""Keys of the table ``[privacy]``."""


class Deciding(NamedTuple):
    """What the configuration says of decisions: the file of the ``log``, ``None`` for the user's own."""

    log: Path | None = None


UNSAID = Deciding()
"""What holds where the configuration says nothing."""


def read_decisions(path: Path, table: object) -> Deciding:
    """The table ``decisions`` of the configuration at ``path``. Raises :class:`~shadowai.errors.UsageError`."""
    origin = Origin(str(path))
    if not isinstance(table, dict):
        raise UsageError(
            "decisions is not a table", origin=origin, remedy='write [decisions] and log = "PATH" below it'
        )
    for key, value in table.items():
        if key not in KEYS:
            raise UsageError(
                f"unknown key {key!r} in [decisions]", origin=origin, remedy=f"known keys: {', '.join(KEYS)}"
            )
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise UsageError(
                f"{key} in [decisions] is not a path", origin=origin, remedy='write log = "decisions.jsonl"'
            )
    return Deciding(path.parent / Path(table["log"]).expanduser() if "log" in table else None)


class Privacy(NamedTuple):
    """What the configuration says: where the key is (a reference to a secret), and the least people that a group is shown with."""

    pseudonym_key: str | None = None
    k: int | None = None


OPEN = Privacy()
"""What holds where the configuration says nothing."""


def read_privacy(path: Path, table: object) -> Privacy:
    """The table ``privacy`` of the configuration at ``path``. Raises :class:`~shadowai.errors.UsageError`."""
    from shadowai.sweep.secrets import REMEDY, is_reference

    origin = Origin(str(path))
    if not isinstance(table, dict):
        raise UsageError(
            "privacy is not a table", origin=origin, remedy=f"write [privacy] and its keys: {', '.join(PRIVACY_KEYS)}"
        )
    for key in table:
        if key not in PRIVACY_KEYS:
            raise UsageError(
                f"unknown key {key!r} in [privacy]", origin=origin, remedy=f"known keys: {', '.join(PRIVACY_KEYS)}"
            )
    key, k = table.get("pseudonym_key"), table.get("k")
    if key is not None and (not isinstance(key, str) or not is_reference(key)):
        raise UsageError("pseudonym_key in [privacy] is not a reference to a secret", origin=origin, remedy=REMEDY)
    if k is not None and (type(k) is not int or not 1 <= k <= 1000):
        raise UsageError("k in [privacy] is no whole number from 1 to 1000", origin=origin, remedy="write k = 5")
    return Privacy(key, k)


def place(asked: str | None, settings: Deciding, environ: Mapping[str, str] | None = None) -> Path:
    """The log's file: what was asked for, else what the configuration says, else the user's own, beside the history."""
    if asked is not None:
        return Path(asked)
    return settings.log if settings.log is not None else folder(environ) / "decisions.jsonl"


def login() -> str:
    """The account of the system that this process runs as; ``unknown`` where the system has no name for it.

    Where there are user ids, the system is asked: :func:`getpass.getuser` believes the environment first, which is the user's to set.
    """
    try:
        if sys.platform == "win32":
            import getpass

            return getpass.getuser()
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (OSError, KeyError, ImportError):  # no such user id; on Windows, no name in the environment
        return "unknown"
