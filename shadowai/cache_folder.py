"""The user's cache folder: files that are only ever a short cut, trusted where nobody else can have written them.

Whatever is odd about one (owner, mode, size, sum) makes it absent, and nothing here ever raises for it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path

MAX_FILE = 256 * 1024 * 1024
"""The largest file that is read, in bytes."""


def folder() -> Path | None:
    """The user's cache folder: XDG Base Directory Specification, or the platform's own place for such files; ``None`` for a user
    without a home."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if Path(given).is_absolute():
        return Path(given) / "shadowai"
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "shadowai" / "Cache"
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "shadowai"


def read(file: Path) -> bytes | None:
    """What :func:`write` put into ``file``; ``None`` where there is none, or none that can be trusted."""
    try:
        with file.open("rb") as stream:
            state = os.fstat(stream.fileno())
            if state.st_size > MAX_FILE or not _is_ours(state):
                return None
            found, _, data = stream.read().partition(b"\n")
    except OSError:
        return None
    return data if found.decode("ascii", "replace") == hashlib.sha256(data).hexdigest() else None


def write(file: Path, data: bytes, *, keep: int) -> None:
    """Put ``data`` into ``file``, whole or not at all, and drop all but ``keep`` of its kind (what its name has before the last hyphen);
    a folder that refuses is left alone."""
    draft = file.with_suffix(f".{os.getpid()}.draft")
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(hashlib.sha256(data).hexdigest().encode() + b"\n" + data)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
        kind = file.name.rpartition("-")[0]
        others = sorted(file.parent.glob(f"{kind}-*{file.suffix}"), key=lambda p: p.stat().st_mtime, reverse=True)
        for old in others[keep:]:
            old.unlink(missing_ok=True)


def _is_ours(state: os.stat_result) -> bool:
    """False for a file that somebody else owns or may write: on POSIX only, as Windows keeps profiles apart."""
    return not hasattr(os, "geteuid") or (state.st_uid == os.geteuid() and not state.st_mode & 0o022)
