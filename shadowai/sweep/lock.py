"""One sweep of a tenant at a time: two would spend its quota twice and write one file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shadowai.errors import SourceError
from shadowai.model import Origin


@contextmanager
def only_one(path: Path, busy: str = "another sweep of this tenant is running") -> Iterator[None]:
    """Hold the lock file ``path`` while inside; the system lets go of it whatever becomes of the process. ``busy`` says who holds it.

    Raises :class:`~shadowai.errors.SourceError` where another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        if not _locked(descriptor):
            remedy = "wait for it to end, or stop it"
            raise SourceError(busy, origin=Origin(str(path)), remedy=remedy)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
