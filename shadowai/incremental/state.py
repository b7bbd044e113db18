"""The state file: everything that the next run must know, in one file that is written whole.

A first line says what it is, under which layout it was written and what the rest hashes to; the rest is pickled and compressed, and
only the classes in :data:`CLASSES` are ever made of it, so that a foreign file runs nothing.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from shadowai.errors import UsageError
from shadowai.export.whole import whole_file
from shadowai.incremental.known import File
from shadowai.inventory import Inventory
from shadowai.model import Note, Origin

MAGIC: Final = b"shadowai-state"
CLASSES: Final = {
    "shadowai.answers": ("Answers", "Connection", "Told"),
    "shadowai.candidates": ("Room",),
    "shadowai.incremental.known": ("File", "Fingerprint", "Head", "Mark", "Seen"),
    "shadowai.incremental.state": ("State",),
    "shadowai.inventory": ("Inventory",),
    "shadowai.inventory_tally": ("Footing", "Tally"),
    "shadowai.joins": ("Joins",),
    "shadowai.model": ("Actor", "Gap", "Match", "Name", "Note", "Origin", "SourceSummary"),
    "shadowai.sessions": ("Sessions", "Size", "Use"),
    "shadowai.sightings": ("Way",),
    "shadowai.sources.logs.tally": ("Tally",),
}
"""What a state is made of, beside the plain values of the language."""
_AGAIN = "move it away and begin anew: every file that is still there is read again"


@dataclass(slots=True)
class State:
    """What was read so far. ``signatures`` is the version of the catalogue, ``reading`` how logs were to be read; ``total`` is the
    inventory of all that is settled; ``notes`` tell what holds for all later reports."""

    signatures: str = ""
    reading: tuple[str, ...] = ()
    files: list[File] = field(default_factory=list)
    total: Inventory = field(default_factory=Inventory)
    notes: list[Note] = field(default_factory=list)
    next_number: int = 1


def load(path: Path) -> State | None:
    """The state in the file at ``path``; ``None`` where there is no file, or an empty one. Raises :class:`UsageError` for anything that
    is no state, is damaged, or was written by a release that keeps other things."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as wrong:
        raise _wrong(path, f"cannot be read: {wrong.strerror or wrong}", "name a file that can be read") from wrong
    if not data:
        return None
    first, _, body = data.partition(b"\n")
    magic, *told = first.split(b" ")
    if magic != MAGIC or len(told) != 2:
        raise _wrong(path, "is no state file of this program", "name another file")
    if told[1] != _sum(body):
        raise _wrong(path, "is damaged: its check sum is wrong", _AGAIN)
    if told[0] != layout():
        raise _wrong(path, "was written by a release of this program that keeps other things", _AGAIN)
    return _unpacked(path, body)


def lock_of(path: Path) -> Path:
    """The file to hold while the state at ``path`` is used, by whatever name it is reached."""
    real = Path(os.path.realpath(path))
    return real.with_name(f"{real.name}.lock")


def save(state: State, path: Path) -> None:
    """Write ``state`` to ``path``, whole or not at all, and for its owner's eyes only where it is new; raises :class:`UsageError`
    where that cannot be done."""
    with suppress(OSError):  # which the next lines tell
        path.touch(0o600)
    body = zlib.compress(pickle.dumps(state, protocol=5), 1)
    with whole_file(path) as stream:
        stream.write(b" ".join((MAGIC, layout(), _sum(body))) + b"\n")
        stream.write(body)


@cache
def layout() -> bytes:
    """Stands for the names of everything that a state is made of; another one cannot be read."""
    told = [
        f"{module}.{name}:{','.join(_fields(getattr(import_module(module), name)))}"
        for module, names in sorted(CLASSES.items())
        for name in names
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16].encode()


def _fields(made: type[Any]) -> tuple[str, ...]:
    return tuple(getattr(made, "_fields", None) or made.__slots__)


def _sum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def _wrong(path: Path, message: str, remedy: str) -> UsageError:
    return UsageError(message, origin=Origin(str(path)), remedy=remedy)


def _unpacked(path: Path, body: bytes) -> State:
    try:
        found = _Unpickler(io.BytesIO(zlib.decompress(body))).load()
    except (
        pickle.UnpicklingError,
        zlib.error,
        AttributeError,
        EOFError,
        IndexError,
        KeyError,
        TypeError,
        ValueError,
    ) as wrong:
        raise _wrong(path, f"is damaged: {wrong}", _AGAIN) from wrong
    if not isinstance(found, State):
        raise _wrong(path, "is no state file of this program", "name another file")
    return found


class _Unpickler(pickle.Unpickler):
    """Makes nothing but what a state is made of."""

    def find_class(self, module: str, name: str) -> Any:
        if name in CLASSES.get(module, ()):
            return getattr(import_module(module), name)
        raise pickle.UnpicklingError(f"{module}.{name} has no place in it")
