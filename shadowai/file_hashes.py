"""What the files of a folder hash to, without reading those that have not changed since they were hashed.

A file is known by its size, its inode, and the times of its last change and of its inode's (which nobody can set). One that was changed
within the last seconds before it was read is not remembered: it could change once more within the same tick of the clock.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import orjson

from shadowai import cache_folder

_KEEP = 16
_SETTLED = 2_000_000_000
"""Nanoseconds: the coarsest clock of a file system (FAT)."""

Stamp = list[int]
"""Size in bytes, change of content and change of the inode in nanoseconds, inode, device."""


def sha256_of(
    entries: Iterable[os.DirEntry[str]], folder: Path, read: Callable[[str], bytes], cache: Path | None = None
) -> Mapping[str, str]:
    """The SHA-256, in hexadecimal, of each of the files ``entries`` of ``folder``, by name. ``read`` reads a file that is not known, and
    raises what it will; ``cache`` overrides the user's cache folder."""
    place = _place(folder, cache or cache_folder.folder())
    known = _known(place)
    now, learned = time.time_ns(), False
    hashes: dict[str, str] = {}
    stamps: dict[str, tuple[Stamp, str]] = {}
    for entry in entries:
        stamp = _stamp(entry)
        before = known.get(entry.name)
        if before is not None and stamp is not None and before[0] == stamp:
            hashes[entry.name] = before[1]
            stamps[entry.name] = stamp, before[1]
            continue
        hashes[entry.name] = hashlib.sha256(read(entry.path)).hexdigest()
        if stamp is not None and max(stamp[1], stamp[2]) < now - _SETTLED:
            stamps[entry.name], learned = (stamp, hashes[entry.name]), True
    if place is not None and learned:
        cache_folder.write(place, orjson.dumps(stamps), keep=_KEEP)
    return hashes


def _place(folder: Path, cache: Path | None) -> Path | None:
    key = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()
    return cache / f"hashes-{key[:32]}.json" if cache else None


def _known(place: Path | None) -> Mapping[str, tuple[Stamp, str]]:
    data = cache_folder.read(place) if place is not None else None
    try:
        found = orjson.loads(data) if data is not None else None
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    """``None`` for what is no regular file itself (a link's own stamp says nothing of what it leads to)."""
    try:
        if not entry.is_file(follow_symlinks=False):
            return None
        state = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    return [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino, state.st_dev]
