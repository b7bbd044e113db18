"""The catalogue as compiled JSON in the user's cache folder.

Three lines: the SHA-256 of the other two; the index; the documents, which are decoded only when one is asked for.
Whatever is odd about the file (owner, mode, sum, shape) makes it absent, and nothing here ever raises for it.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import orjson

import shadowai
from shadowai import index as indexes
from shadowai import normalize, overrides, signature_file, strict_yaml
from shadowai.index import Index
from shadowai.strict_yaml import Plain

_KEEP = 4
_MAX_FILE = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Compiled:
    """An index, and the plain documents it was built from, by id."""

    index: Index
    documents: Mapping[str, Plain]


def path(folder: Path | None, version: str) -> Path | None:
    """Where the catalogue with this content, compiled by this code, belongs; ``None`` where there is no such folder."""
    folder = folder or _cache_dir()
    key = hashlib.sha256(f"{version} {_code()}".encode()).hexdigest()
    return folder / f"signatures-{key[:32]}.json" if folder else None


def read(file: Path) -> Compiled | None:
    """The compiled catalogue in ``file``; ``None`` where there is none, or none that can be trusted."""
    try:
        with file.open("rb") as stream:
            state = os.fstat(stream.fileno())
            if state.st_size > _MAX_FILE or not _is_ours(state):
                return None
            found, _, body = stream.read().partition(b"\n")
        if found.decode("ascii", "replace") != hashlib.sha256(body).hexdigest():
            return None
        first, _, second = body.partition(b"\n")
        index = indexes.from_json(orjson.loads(first))
    except (OSError, orjson.JSONDecodeError):
        return None
    return Compiled(index, _Documents(index.services, second)) if index else None


def write(file: Path, compiled: Compiled) -> None:
    """Keep ``compiled`` in ``file``, whole or not at all, and drop older ones; a folder that refuses is left alone."""
    body = orjson.dumps(list(compiled.index)) + b"\n" + orjson.dumps(dict(compiled.documents))
    draft = file.with_suffix(f".{os.getpid()}.draft")
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
        others = sorted(file.parent.glob("signatures-*.json"), key=lambda p: p.stat().st_mtime, reverse=True)
        for old in others[_KEEP:]:
            old.unlink(missing_ok=True)


class _Documents(Mapping[str, Plain]):
    """The documents by id; the ids are known at once, the rest is decoded at the first question."""

    def __init__(self, ids: Mapping[str, str], data: bytes) -> None:
        self._ids, self._data = ids, data

    @functools.cached_property
    def _decoded(self) -> dict[str, Plain]:
        with suppress(orjson.JSONDecodeError):
            found = orjson.loads(self._data)
            if isinstance(found, dict):
                return cast("dict[str, Plain]", found)
        return {}

    def __getitem__(self, key: str) -> Plain:
        if key not in self._ids:
            raise KeyError(key)
        return self._decoded.get(key, "")

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def _cache_dir() -> Path | None:
    """The user's cache folder: XDG Base Directory Specification, or the platform's own place for such files."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if Path(given).is_absolute():
        return Path(given) / "shadowai"
    try:
        home = Path.home()
    except RuntimeError:  # a user without a home
        return None
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "shadowai" / "Cache"
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "shadowai"


def _is_ours(state: os.stat_result) -> bool:
    """False for a file that somebody else owns or may write: on POSIX only, as Windows keeps profiles apart."""
    return not hasattr(os, "geteuid") or (state.st_uid == os.geteuid() and not state.st_mode & 0o022)


@functools.cache
def _code() -> str:
    """A hash of the code that decides what a compiled catalogue holds: other code means another cache."""
    found = hashlib.sha256(shadowai.__version__.encode())
    for module in (indexes, signature_file, strict_yaml, normalize, overrides):
        with suppress(OSError, TypeError):
            found.update(Path(cast(str, module.__file__)).read_bytes())
    return found.hexdigest()
