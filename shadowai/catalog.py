"""Find and load the signatures: the packaged ones or an installed pack's, and the user's own.

Reading YAML is slow, so what was read is kept compiled in the user's cache folder, under a name made of the content
of every file and of the code that compiles them: a cache that is stale, foreign, damaged or unwritable is no cache,
and the files are read again. Files that have not changed since they were hashed are not even read
(:mod:`shadowai.file_hashes`), and objects are made only when somebody asks for them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import shadowai
from shadowai import compiled_catalog, file_hashes, signature_file
from shadowai import index as indexes
from shadowai.errors import SignatureError, UsageError
from shadowai.index import Index
from shadowai.model import Note, Origin, Signature
from shadowai.overrides import Overrides
from shadowai.signature_file import Account, SignatureFile
from shadowai.strict_yaml import Plain

MAX_FILE = 64 * 1024
"""The largest signature file, in bytes."""

LOCAL = "local-"
"""What the ids in a user's own folder start with, so that they can never meet a packaged one."""

OWN = "local"
"""What stands for the pack of a user's own signatures; a pack's name has a serial in it and is never this."""


class Source(NamedTuple):
    """One signature file as found: its path, its bytes, and whether it is the user's own."""

    path: Path
    data: bytes
    local: bool

    @property
    def origin(self) -> Origin:
        """The file as an :class:`Origin`."""
        return Origin(str(self.path))

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


class Pack(NamedTuple):
    """A pack that is installed: its folder, how reports name it, and the :func:`~shadowai.packs.manifest.content` it must have."""

    folder: Path
    name: str
    content: str


class Service(NamedTuple):
    """What a policy asks of a service, without what it is recognised by; ``country`` is empty where nobody says."""

    id: str
    vendor: str
    category: str
    country: str


@dataclass(frozen=True)
class Catalog:
    """The signatures of one run. ``version`` is a short hash of the content of them all and of what is changed in them, for reports.
    ``notes`` say what the reader of a report must know of them."""

    files: Mapping[str, SignatureFile]
    index: Index
    version: str
    notes: tuple[Note, ...] = ()

    @property
    def signatures(self) -> Mapping[str, Signature]:
        """The signatures by id, in the order of their ids."""
        return _Signatures(self.files)

    def services(self) -> Iterator[Service]:
        """Every service, in the order of their ids: a tenth of the time that all the signatures take to make."""
        if isinstance(self.files, _Files):
            yield from map(self.files.service, self.files)
        else:
            yield from (_service(file.signature) for file in self.files.values())

    def accounts(self, id: str) -> tuple[Account, ...]:
        """What tells the kind of account that a service is used with; the signature is not made for it where nothing does.

        Raises :class:`KeyError` where no signature has that id.
        """
        if isinstance(self.files, _Files) and not self.files.may_tell_accounts(id):
            return ()
        return self.files[id].account

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
        cls,
        *,
        extra_dirs: Iterable[Path] = (),
        disable: Iterable[str] = (),
        overrides: Path | None = None,
        pack: Pack | None = None,
        notes: tuple[Note, ...] = (),
        cache_dir: Path | None = None,
    ) -> Catalog:
        """The packaged signatures, or those of ``pack``, and those in ``extra_dirs``, without the ids in ``disable`` and changed as the
        file ``overrides`` says.

        ``cache_dir`` overrides the user's cache folder. Raises :class:`SignatureError` for a malformed file or a pack that is no longer
        what was installed, and :class:`UsageError` for a folder, an id or a pattern that is not there.
        """
        folders = _Folders(pack, tuple(map(Path, extra_dirs)))
        changes = Changes(tuple(sorted(set(disable))), Overrides.load(overrides) if overrides else None)
        found = folders.known(cache_dir)
        version = _digest(found, changes)
        cache = compiled_catalog.path(cache_dir, version)
        compiled = compiled_catalog.read(cache) if cache else None
        if compiled is None:
            sources = folders.read()
            found = folders.found((source.local, str(source.path), source.sha256) for source in sources)
            compiled = _compile(sources, changes)
            version = _digest(found, changes)
            cache = compiled_catalog.path(cache_dir, version)
            if cache:
                compiled_catalog.write(cache, compiled)
        files = _Files(compiled.documents, {one.name[: -len(".yaml")]: one for one in found}, changes)
        return cls(files, compiled.index, version[:12], notes)


class Found(NamedTuple):
    """Where a signature was found: its file, the file's SHA-256, and what pack it is of."""

    path: str
    sha256: str
    pack: str

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.rpartition(os.sep)[2]


class _Folders(NamedTuple):
    """The folders that signatures come from: of the ``pack`` (or packaged), and the user's ``own``."""

    pack: Pack | None
    own: tuple[Path, ...]

    def read(self) -> list[Source]:
        """The bytes of all."""
        published = find(self.pack.folder if self.pack else packaged_dir())
        return [*published, *(source for folder in self.own for source in find(folder, local=True))]

    def known(self, cache_dir: Path | None) -> list[Found]:
        """What all are, without reading those that were hashed before and have not changed since."""
        listed: list[tuple[bool, str, str]] = []
        published = self.pack.folder if self.pack else packaged_dir()
        for own, folder in ((False, published), *((True, folder) for folder in self.own)):
            entries = _entries(folder)
            hashes = file_hashes.sha256_of(entries, folder, lambda path: read(Path(path)).data, cache_dir)
            listed += [(own, entry.path, hashes[entry.name]) for entry in entries]
        return self.found(listed)

    def found(self, listed: Iterable[tuple[bool, str, str]]) -> list[Found]:
        """What is told of each: whether it is the user's own, its path and its hash."""
        of_pack = self.pack.name if self.pack else f"packaged with shadowai {shadowai.__version__}"
        every = [(own, Found(path, sha256, OWN if own else of_pack)) for own, path, sha256 in listed]
        if self.pack is not None:
            _check_content(self.pack, [one for own, one in every if not own])
        return [one for _, one in every]


class Changes(NamedTuple):
    """What is changed in what was found: ids left out, and the user's overrides."""

    disable: tuple[str, ...]
    overrides: Overrides | None


def packaged_dir() -> Path:
    """The folder of the packaged signatures: in the installed package, or beside it in a checkout."""
    here = Path(__file__).parent
    return next((p for p in (here / "signatures", here.parent / "signatures") if p.is_dir()), here / "signatures")


def find(folder: Path, *, local: bool = False) -> list[Source]:
    """The signature files directly in ``folder``, by name. Hidden files and other suffixes are left alone."""
    return [read(Path(entry.path), local=local) for entry in _entries(folder)]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as wrong:
        message = f"cannot read signatures: {wrong.strerror}"
        raise UsageError(message, origin=Origin(str(folder)), remedy="name a folder of YAML files") from None
    return [entry for entry in entries if entry.name.endswith((".yaml", ".yml")) and not entry.name.startswith(".")]


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


def _check_content(pack: Pack, found: Iterable[Found]) -> None:
    from shadowai.packs import manifest

    if manifest.content((one.name, one.sha256) for one in found) != pack.content:
        remedy = "return to the one before with `shadowai signatures rollback`, then update"
        message = "the files of the installed pack are not those that were verified"
        raise SignatureError(message, origin=Origin(str(pack.folder)), remedy=remedy)


def _digest(found: Iterable[Found], changes: Changes) -> str:
    """SHA-256 over what decides the content of a catalogue: names, content, origin and what is changed."""
    lines = "".join([f"{one.pack == OWN:d} {one.name} {one.sha256}\n" for one in found])
    made = hashlib.sha256(lines.encode(errors="surrogateescape"))
    made.update("\n".join(("", *changes.disable)).encode(errors="surrogateescape"))
    if changes.overrides is not None:
        made.update(b"\noverrides\n" + changes.overrides.data)
    return made.hexdigest()


def _compile(sources: Iterable[Source], changes: Changes) -> compiled_catalog.Compiled:
    files: dict[str, SignatureFile] = {}
    documents: dict[str, Plain] = {}
    for source in sources:
        file, document = signature_file.parse(source.data, source.origin)
        problem, remedy = _identity(file, source, files)
        if problem:
            raise SignatureError(problem, origin=source.origin, remedy=remedy)
        files[file.id], documents[file.id] = file, document
    off = [_named(name, files) for name in changes.disable]
    if changes.overrides is not None:
        off += _overridden(changes.overrides, files, documents)
    kept = sorted(files.keys() - set(off))
    return compiled_catalog.Compiled(
        indexes.build(files[key].signature for key in kept), {key: documents[key] for key in kept}
    )


def _overridden(overrides: Overrides, files: dict[str, SignatureFile], documents: dict[str, Plain]) -> tuple[str, ...]:
    """Weaken what the overrides weaken, and give the ids that they leave out."""
    rules = overrides.rules()
    ids = {past: file.id for file in files.values() for past in (*file.previous_ids, file.id)}
    off = overrides.check(rules, ids | {key: key for key in files}, documents.values())
    for key, document in documents.items():
        changed = rules.applied(document)
        if changed is not document:
            documents[key], files[key] = changed, signature_file.from_plain(changed, files[key].origin)
    return off


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
        import difflib

        close = difflib.get_close_matches(name, files, 1)
        remedy = f"did you mean {close[0]}?" if close else "see `shadowai signatures list`"
        raise UsageError(f"there is no signature {name!r} to disable", remedy=remedy)
    return renamed


def _service(signature: Signature) -> Service:
    return Service(signature.id, signature.vendor, signature.category, signature.country)


class _Files(Mapping[str, SignatureFile]):
    """Signature files by id, made from the compiled documents when asked for."""

    def __init__(self, documents: Mapping[str, Plain], found: Mapping[str, Found], changes: Changes) -> None:
        self._documents, self._found, self._changes = documents, found, changes
        self._made: dict[str, SignatureFile] = {}
        self._marked: dict[str, bool] = {}

    def __getitem__(self, key: str) -> SignatureFile:
        if key not in self._made:
            document, found = self._documents[key], self._found[key]
            origin = Origin(found.path)
            try:
                file = signature_file.from_plain(document, origin)
            except SignatureError:  # a damaged cache: the file itself is the truth
                file = self._read(Path(found.path), origin)
            self._made[key] = replace(file, signature=replace(file.signature, pack=found.pack, sha256=found.sha256))
        return self._made[key]

    def service(self, key: str) -> Service:
        """What the document says of its service; what the signature says, where that cannot be told from it."""
        document = self._documents[key]
        vendor = document.get("vendor") if isinstance(document, dict) else None
        if isinstance(document, dict) and isinstance(vendor, dict):
            told = (key, vendor.get("name"), document.get("category"), vendor.get("hq_country", ""))
            if all(isinstance(one, str) for one in told):
                return Service(*map(str, told))
        return _service(self[key].signature)

    def may_tell_accounts(self, key: str) -> bool:
        """Whether the signature may hold markers of accounts; one whose document is damaged may."""
        if key not in self._marked:
            document = self._documents[key]
            self._marked[key] = not isinstance(document, dict) or "account" in document
        return self._marked[key]

    def _read(self, path: Path, origin: Origin) -> SignatureFile:
        file, document = signature_file.parse(read(path).data, origin)
        overrides = self._changes.overrides
        return file if overrides is None else signature_file.from_plain(overrides.rules().applied(document), origin)

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
