"""The catalogue as compiled JSON in the user's cache folder.

The first line is the index, each of the others a document, in the order of the ids: a document is decoded when it is asked for.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import orjson

import shadowai
from shadowai import cache_folder, normalize, overrides, signature_file, strict_yaml
from shadowai import index as indexes
from shadowai.index import Index
from shadowai.strict_yaml import Plain

_KEEP = 4


@dataclass(frozen=True, slots=True)
class Compiled:
    """An index, and the plain documents it was built from, by id in the order of the ids."""

    index: Index
    documents: Mapping[str, Plain]


def path(folder: Path | None, version: str) -> Path | None:
    """Where the catalogue with this content, compiled by this code, belongs; ``None`` where there is no such folder."""
    folder = folder or cache_folder.folder()
    key = hashlib.sha256(f"{version} {_code()}".encode()).hexdigest()
    return folder / f"signatures-{key[:32]}.json" if folder else None


def read(file: Path) -> Compiled | None:
    """The compiled catalogue in ``file``; ``None`` where there is none, or none that can be trusted."""
    data = cache_folder.read(file)
    if data is None:
        return None
    first, *documents = data.split(b"\n")
    try:
        index = indexes.from_json(orjson.loads(first))
    except orjson.JSONDecodeError:
        return None
    return Compiled(index, _Documents(index.services, documents)) if index else None


def write(file: Path, compiled: Compiled) -> None:
    """Keep ``compiled`` in ``file``, and drop older ones; a folder that refuses is left alone."""
    lines: list[object] = [list(compiled.index), *(compiled.documents[key] for key in compiled.index.services)]
    cache_folder.write(file, b"\n".join(map(orjson.dumps, lines)), keep=_KEEP)


class _Documents(Mapping[str, Plain]):
    """The documents by id, each decoded when it is asked for; empty where it cannot be."""

    def __init__(self, ids: Mapping[str, str], lines: list[bytes]) -> None:
        self._ids, self._lines = ids, lines

    @functools.cached_property
    def _places(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self._ids)}

    def __getitem__(self, key: str) -> Plain:
        place = self._places[key]
        with suppress(orjson.JSONDecodeError, IndexError):
            return cast("Plain", orjson.loads(self._lines[place]))
        return ""

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


@functools.cache
def _code() -> str:
    """A hash of the code that decides what a compiled catalogue holds: other code means another cache."""
    found = hashlib.sha256(shadowai.__version__.encode() + Path(__file__).read_bytes())
    for module in (cache_folder, indexes, signature_file, strict_yaml, normalize, overrides):
        with suppress(OSError, TypeError):
            found.update(Path(cast(str, module.__file__)).read_bytes())
    return found.hexdigest()
