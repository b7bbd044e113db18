"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import signal
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from shadowai.errors import UsageError
from shadowai.model import Origin

_FATAL = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that end the program at once, where nobody has said otherwise."""


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content is at ``path`` when the block ends well, and nowhere if it does not.

    It is written beside ``path``, flushed to the disk and moved over it, so that a reader sees the old file or the
    new one. An existing file keeps its permissions, a link its place. What is no regular file (``/dev/stdout``, a
    pipe) is written to directly. A folder, and whatever the system refuses, is a :class:`UsageError`.
    """
    try:
        with _device(path) if _special(path) else _replacement(path) as stream:
            yield stream
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"cannot write: {error.strerror or error}"
        raise UsageError(message, origin=Origin(str(path)), remedy="name a file that can be written") from error


def _special(path: Path) -> bool:
    """True for pipes and devices; refuses a folder."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        raise UsageError("is a folder", origin=Origin(str(path)), remedy="name a file in it")
    return not stat.S_ISREG(mode)


@contextmanager
def _device(path: Path) -> Iterator[BinaryIO]:
    with path.open("wb") as stream:
        yield stream


@contextmanager
def _replacement(path: Path) -> Iterator[BinaryIO]:
    target = Path(os.path.realpath(path))  # a link stays a link
    mode = _mode(target)
    beside = target.parent / f".shadowai-{os.urandom(8).hex()}.tmp"
    try:
        with _removed_by_signals(beside), beside.open("xb") as stream:
            if mode is not None:
                beside.chmod(mode)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(target)
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()
    _sync_folder(target.parent)


@contextmanager
def _removed_by_signals(beside: Path) -> Iterator[None]:
    """Let the signals that end the program at once, and no ``finally`` with it, remove the file first. Only the main thread hears of
    signals; whoever takes them already ends the work in an orderly way."""
    writer = os.getpid()

    def end(number: int, frame: FrameType | None) -> None:
        if os.getpid() == writer:
            with suppress(OSError):
                beside.unlink()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    main = threading.current_thread() is threading.main_thread()
    taken = [number for number in _FATAL if main and signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def _mode(target: Path) -> int | None:
    """The permissions of an existing file, ``None`` for a new one (which gets the user's usual ones)."""
    try:
        mode = stat.S_IMODE(target.stat().st_mode) & 0o777
    except FileNotFoundError:
        return None
    if not os.access(target, os.W_OK):
        raise PermissionError(13, "the file is write-protected")
    return mode


def _sync_folder(folder: Path) -> None:
    """Make the move itself last; systems that cannot open a folder have no need of it."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
