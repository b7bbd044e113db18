"""The names that a log gets when it is rotated (logrotate(8): numbers or dates behind its name, or before its suffix)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

_ROTATED = re.compile(r"[.\-_]?\d[\dT:.\-_]*")
_TURN = re.compile(r"\.(\d{1,6})")
_PACKED = re.compile(r"\.(?:gz|bz2|xz|zst|zstd|lz4|Z)$", re.IGNORECASE)


def siblings(path: str) -> Iterator[os.DirEntry[str]]:
    """The files beside ``path`` that have its name as rotation changes it, in name order; none where the folder cannot be listed."""
    folder, name = os.path.split(path)
    try:
        with os.scandir(folder or os.curdir) as entries:
            found = sorted((entry for entry in entries if is_rotated(entry.name, name)), key=lambda entry: entry.name)
    except OSError:
        return
    yield from found


def is_rotated(name: str, of: str) -> bool:
    """Whether ``name`` is what rotation makes of the name ``of``: ``access.log.1``, ``access.log-20260105.gz``, ``access-20260105.log``."""
    plain = _PACKED.sub("", name)
    if plain == of:
        return name != of
    if plain.startswith(of):
        return _ROTATED.fullmatch(plain, len(of)) is not None
    stem, suffix = os.path.splitext(of)  # noqa: PTH122 - a name, and no path
    inside = plain.startswith(stem) and suffix and plain.endswith(suffix) and len(plain) > len(of)
    return bool(inside) and _ROTATED.fullmatch(plain, len(stem), len(plain) - len(suffix)) is not None


def turns(name: str, of: str) -> int | None:
    """How often a log was rotated since it was called ``of``, where rotation counts: 2 for ``access.log.2.gz``; ``None`` for others."""
    plain = _PACKED.sub("", name)
    found = _TURN.fullmatch(plain, len(of)) if plain.startswith(of) else None
    return int(found[1]) if found is not None else None
