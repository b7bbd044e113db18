"""What the configuration says of signatures: whose packs are trusted, and what lies beside the configuration file.

The folder ``signatures.d`` and the file ``overrides.yaml`` beside the configuration (or in the user's own configuration folder, where
there is none) belong to the organisation: they are used where they are there, and nothing of the program ever writes to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from shadowai import overrides
from shadowai.errors import UsageError
from shadowai.model import Origin

KEYS = ("keys", "overrides")
"""Keys of the table ``[signatures]``."""
FOLDER: Final = "signatures.d"


class Choice(NamedTuple):
    """``keys`` are the public keys whose packs are trusted, instead of the project's own; ``overrides`` is the file that changes
    signatures, ``None`` where there is none."""

    keys: tuple[str, ...] = ()
    overrides: Path | None = None


UNSAID = Choice()
"""What holds where the configuration says nothing."""


def read_signatures(path: Path, table: object) -> Choice:
    """The table ``signatures`` of the configuration at ``path``. Raises :class:`~shadowai.errors.UsageError`."""
    if not isinstance(table, dict):
        raise _wrong(path, "signatures is not a table", "write [signatures] and its keys below: " + ", ".join(KEYS))
    for key in table:
        if key not in KEYS:
            raise _wrong(path, f"unknown key {key!r} in [signatures]", f"known keys: {', '.join(KEYS)}")
    return Choice(_keys(path, table.get("keys", [])), _overrides(path, table))


def folders_beside(folder: Path) -> tuple[Path, ...]:
    """The organisation's own signatures in a configuration's folder, where there are any."""
    found = folder / FOLDER
    return (found,) if found.is_dir() else ()


def overrides_beside(folder: Path) -> Path | None:
    """The organisation's overrides in a configuration's folder, where there are any."""
    found = folder / overrides.NAME
    return found if found.exists() else None


def _keys(path: Path, value: object) -> tuple[str, ...]:
    from shadowai.packs.signing import MOST_KEYS, public_key

    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _wrong(path, "keys in [signatures] is no list of texts", 'write keys = ["ed25519:…"]')
    if len(value) > MOST_KEYS:
        remedy = "keep the one in use and the one that follows it"
        raise _wrong(path, f"keys in [signatures] has more than {MOST_KEYS} keys", remedy)
    for text in value:
        try:
            public_key(text)
        except UsageError as wrong:
            raise _wrong(path, f"keys in [signatures]: {wrong.message}", wrong.remedy) from None
    return tuple(value)


def _overrides(path: Path, table: Mapping[str, object]) -> Path | None:
    if "overrides" not in table:
        return overrides_beside(path.parent)
    text = table["overrides"]
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise _wrong(
            path, f"overrides in [signatures]: {text!r:.80} is not a text", 'write overrides = "overrides.yaml"'
        )
    return path.parent / Path(text).expanduser()


def _wrong(path: Path, message: str, remedy: str) -> UsageError:
    return UsageError(message, origin=Origin(str(path)), remedy=remedy)
