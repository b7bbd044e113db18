"""Find and load the signatures: the packaged ones and the user's own.

Reading YAML is slow, so what was read is kept compiled in the user's cache folder, under a name made of the content
of every file and of the code that compiles them: a cache that is stale, foreign, damaged or unwritable is no cache,
and the files are read again. Objects are made from it only when somebody asks for them.
"""

from __future__ import annotations

import difflib
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from shadowai import compiled_catalog, signature_file
from shadowai import index as indexes
from shadowai.errors import SignatureError, UsageError
from shadowai.index import Index
from shadowai.model import Origin, Signature
from shadowai.signature_file import SignatureFile
from shadowai.strict_yaml import Plain

MAX_FILE = 64 * 1024
"""The largest signature file, in bytes."""

LOCAL = "local-"
"""What the ids in a user's own folder start with, so that they can never meet a packaged one."""


class Source(NamedTuple):
    """One signature file as found: its path, its bytes, and whether it is the user's own."""

    path: Path
    data: bytes
    local: bool

    @property
    def origin(self) -> Origin:
        """The file as an :class:`Origin`."""
        return Origin(str(self.path))


@dataclass(frozen=True)
class Catalog:
    """The signatures of one run. ``version`` is a short hash of the content of them all, for reports."""

    files: Mapping[str, SignatureFile]
    index: Index
    version: str

    @property
    def signatures(self) -> Mapping[str, Signature]:
        """The signatures by id, in the order of their ids."""
        return _Signatures(self.files)

    def get(self, id: str) -> Signature | None:
        """The signature with this id, if there is one."""
        found = self.files.get(id)
        return found.signature if found else None

    @classmethod
    def of(cls, files: Iterable[SignatureFile], version: str = "") -> Catalog:
        """A catalogue of signatures that are in memory already."""
        found = {file.id: file for file in sorted(files, key=lambda file: file.id)}
        return cls(found, indexes.build(file.signature for file in found.values()), version)

    @classmethod
    def load(
        cls, *, extra_dirs: Iterable[Path] = (), disable: Iterable[str] = (), cache_dir: Path | None = None
    ) -> Catalog:
        """The packaged signatures and those in ``extra_dirs``, without the ids in ``disable``.

        ``cache_dir`` overrides the user's cache folder. Raises :class:`SignatureError` for a malformed file and
        :class:`UsageError` for a folder or an id that is not there.
        """
        sources = [*find(packaged_dir()), *(s for folder in extra_dirs for s in find(Path(folder), local=True))]
        off = tuple(sorted(set(disable)))
        version = _digest(sources, off)
        cache = compiled_catalog.path(cache_dir, version)
        compiled = compiled_catalog.read(cache) if cache else None
        if compiled is None:
            compiled = _compile(sources, off)
            if cache:
                compiled_catalog.write(cache, compiled)
        paths = {source.path.stem: source.path for source in sources}
        return cls(_Files(compiled.documents, paths), compiled.index, version[:12])


def packaged_dir() -> Path:
    """The folder of the packaged signatures: in the installed package, or beside it in a checkout."""
    here = Path(__file__).parent
    return next((p for p in (here / "signatures", here.parent / "signatures") if p.is_dir()), here / "signatures")


def find(folder: Path, *, local: bool = False) -> list[Source]:
    """The signature files directly in ``folder``, by name. Hidden files and other suffixes are left alone."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as wrong:
        message = f"cannot read signatures: {wrong.strerror}"
        raise UsageError(message, origin=Origin(str(folder)), remedy="name a folder of YAML files") from None
    wanted = [entry for entry in entries if entry.name.endswith((".yaml", ".yml")) and not entry.name.startswith(".")]
    return [read(Path(entry.path), local=local) for entry in wanted]


def read(path: Path, *, local: bool = False) -> Source:
    """One signature file's bytes; raises :class:`SignatureError` where it is no regular file of a sensible size."""
    origin = Origin(str(path))
    if path.suffix != ".yaml":
        raise SignatureError("is not named .yaml", origin=origin, remedy=f"rename it to {path.stem}.yaml")
    try:
        if not path.is_file():
            raise SignatureError("is not a regular file", origin=origin, remedy="remove it or put the file itself here")
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except OSError as wrong:
        message = f"cannot be read: {wrong.strerror}"
        raise SignatureError(message, origin=origin, remedy="check its permissions") from None
    if len(data) > MAX_FILE:
        message = f"is larger than {MAX_FILE // 1024} KiB"
        raise SignatureError(message, origin=origin, remedy="one file describes one service; split it")
    return Source(path, data, local)


def _digest(sources: Sequence[Source], disable: tuple[str, ...]) -> str:
    """SHA-256 over what decides the content of a catalogue: names, bytes, origin and what is switched off."""
    found = hashlib.sha256()
    for source in sources:
        found.update(f"{source.local:d} {source.path.name} {len(source.data)}\n".encode(errors="surrogateescape"))
        found.update(source.data)
    found.update("\n".join(("", *disable)).encode(errors="surrogateescape"))
    return found.hexdigest()


def _compile(sources: Iterable[Source], disable: tuple[str, ...]) -> compiled_catalog.Compiled:
    files: dict[str, SignatureFile] = {}
    documents: dict[str, Plain] = {}
    for source in sources:
        file, document = signature_file.parse(source.data, source.origin)
        problem, remedy = _identity(file, source, files)
        if problem:
            raise SignatureError(problem, origin=source.origin, remedy=remedy)
        files[file.id], documents[file.id] = file, document
    for name in disable:
        found = _named(name, files)
        del files[found], documents[found]
    ordered = {key: documents[key] for key in sorted(documents)}
    return compiled_catalog.Compiled(indexes.build(file.signature for file in files.values()), ordered)


def _identity(file: SignatureFile, source: Source, known: Mapping[str, SignatureFile]) -> tuple[str, str]:
    """What is wrong with a file's id, and the remedy; empty texts where nothing is."""
    if file.id != source.path.stem:
        return f"has the id {file.id!r}, which is not its file name", f"rename it to {file.id}.yaml, or correct the id"
    if file.id in known:
        return f"repeats the id {file.id!r} of {known[file.id].origin}", "give it an id of its own"
    if source.local and not file.id.startswith(LOCAL):
        return f"has the id {file.id!r} of a packaged signature", f"rename it to {LOCAL}{file.id}"
    if not source.local and file.id.startswith(LOCAL):
        return f"has the id {file.id!r} of a user's own signature", f"drop {LOCAL!r}"
    return "", ""


def _named(name: str, files: Mapping[str, SignatureFile]) -> str:
    """The id that ``name`` stands for: itself, or what replaced it."""
    if name in files:
        return name
    renamed = next((file.id for file in files.values() if name in file.previous_ids), None)
    if renamed is None:
        close = difflib.get_close_matches(name, files, 1)
        remedy = f"did you mean {close[0]}?" if close else "see `shadowai signatures list`"
        raise UsageError(f"there is no signature {name!r} to disable", remedy=remedy)
    return renamed


class _Files(Mapping[str, SignatureFile]):
    """Signature files by id, made from the compiled documents when asked for."""

    def __init__(self, documents: Mapping[str, Plain], paths: Mapping[str, Path]) -> None:
        self._documents, self._paths = documents, paths
        self._made: dict[str, SignatureFile] = {}

    def __getitem__(self, key: str) -> SignatureFile:
        if key not in self._made:
            document, origin = self._documents[key], Origin(str(self._paths[key]))
            try:
                self._made[key] = signature_file.from_plain(document, origin)
            except SignatureError:  # a damaged cache: the file itself is the truth
                self._made[key] = signature_file.parse(read(self._paths[key]).data, origin)[0]
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)


class _Signatures(Mapping[str, Signature]):
    def __init__(self, files: Mapping[str, SignatureFile]) -> None:
        self._files = files

    def __getitem__(self, key: str) -> Signature:
        return self._files[key].signature

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)
