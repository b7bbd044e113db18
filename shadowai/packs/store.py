"""The folder of installed packs: a folder for each, and one small file that names the one in use.

That file alone decides, and is replaced as a whole: whatever is interrupted leaves the old pack in force or the new one. A folder
that it does not name is a leftover of such an interruption, and is cleared away by the next update.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from shadowai.catalog import Pack
from shadowai.errors import SignatureError, UsageError
from shadowai.history import place
from shadowai.model import Origin

FORMAT: Final = 1
MAX_FILE: Final = 1 << 20
"""The largest state file, in bytes."""
_FOLDER = re.compile(r"[0-9]{1,16}-[0-9a-f]{16}")
_SUM = re.compile(r"[0-9a-f]{64}")
_POSIX = os.name == "posix"
_SIGNER = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Installed:
    """An installed pack: what its manifest says, the id of the key that signed it, the SHA-256 of its archive, and
    :func:`~shadowai.packs.manifest.content` of its files."""

    pack: str
    serial: int
    created: str
    expires: str
    schema: int
    engine: str
    key: str
    archive: str
    content: str

    @property
    def name(self) -> str:
        """How reports name it: ``shadowai 202611210700``."""
        return f"{self.pack} {self.serial}"

    @property
    def folder(self) -> str:
        """The name of its folder."""
        return f"{self.serial}-{self.archive[:16]}"


@dataclass(frozen=True, slots=True)
class State:
    """Which pack is in force and which was before; ``None`` stands for the packaged signatures. ``serials`` has the highest serial ever
    installed of each pack, so that an older one, however well signed, stays out."""

    current: Installed | None = None
    previous: Installed | None = None
    serials: Mapping[str, int] = field(default_factory=dict)


class Store:
    """The installed packs under one folder, by default in the one of everything that the program keeps."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or place.folder() / "signatures"
        self._file = self.root / "state.json"

    def read(self) -> State:
        """What is in force; nothing installed where there is no file. Raises :class:`SignatureError` where the file is damaged."""
        try:
            with self._file.open("rb") as stream:
                data = stream.read(MAX_FILE + 1)
        except FileNotFoundError:
            return State()
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            return _state(json.loads(data))
        except (ValueError, TypeError, KeyError, RecursionError):
            remedy = f"remove {self._file}: the packaged signatures are then in force until the next update"
            raise SignatureError("is damaged", origin=Origin(str(self._file)), remedy=remedy) from None

    def write(self, state: State) -> None:
        """Put ``state`` in force, in one step. Raises :class:`UsageError` where it cannot be written."""
        draft = self.root / "state.json.draft"
        data = json.dumps({"format": FORMAT, **asdict(state)}, sort_keys=True, indent=1) + "\n"
        try:
            _write(draft, data.encode("ascii"), wait=True)
            draft.replace(self._file)
            _settle(self.root)
        except OSError as error:
            raise self._unwritable(error) from None

    def put(self, installed: Installed, files: Mapping[str, bytes]) -> None:
        """Lay down the files of a pack, given by bare name, under its folder: the whole of them, on the disk, or no such folder."""
        import shutil

        draft, final = self.root / "draft", self.root / installed.folder
        try:
            for leftover in (draft, final):
                if leftover.exists():
                    shutil.rmtree(leftover)
            draft.mkdir(mode=0o700, parents=True)
            for name, data in files.items():
                _write(draft / name, data, wait=not _POSIX)
            if _POSIX:
                os.sync()  # once for all: waiting for each of a thousand files takes minutes on a busy disk
            draft.rename(final)
            _settle(self.root)
        except OSError as error:
            raise self._unwritable(error) from None

    def tidy(self, state: State) -> None:
        """Clear away the folders that ``state`` does not name; one that refuses is left to the next update."""
        import shutil

        kept = {one.folder for one in (state.current, state.previous) if one}
        for entry in self.root.iterdir():
            if entry.name == "draft" or (_FOLDER.fullmatch(entry.name) and entry.name not in kept):
                with suppress(OSError):
                    shutil.rmtree(entry)

    def only_one(self) -> AbstractContextManager[None]:
        """Held while something is changed; raises :class:`~shadowai.errors.SourceError` where another process holds it."""
        from shadowai.sweep.lock import only_one

        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from None
        return only_one(self.root / "lock", "another update of the signatures is running")

    def pack(self, installed: Installed) -> Pack:
        """The pack as a catalogue is loaded from it."""
        return Pack(self.root / installed.folder, installed.name, installed.content)

    def _unwritable(self, error: OSError) -> UsageError:
        message = f"the installed signatures cannot be kept or read: {error.strerror}"
        remedy = f"check the folder's permissions and its disk, or set ${place.VARIABLE}"
        return UsageError(message, origin=Origin(str(error.filename or self.root)), remedy=remedy)


def _state(found: Any) -> State:
    """The state in decoded JSON; raises an error of :meth:`Store.read` where it is none."""
    if found["format"] != FORMAT or not isinstance(found["serials"], dict):
        raise ValueError
    serials = {str(key): _whole(value) for key, value in found["serials"].items()}
    return State(_installed(found["current"]), _installed(found["previous"]), serials)


def _installed(found: Any) -> Installed | None:
    if found is None:
        return None
    from shadowai.packs import manifest

    made = Installed(**{part.name: found[part.name] for part in fields(Installed)})
    sound = (
        manifest.is_pack_id(made.pack)
        and all(manifest.is_date(day) for day in (made.created, made.expires))
        and manifest.is_version(made.engine)
        and all(_SUM.fullmatch(sum_) for sum_ in (made.archive, made.content))
        and _SIGNER.fullmatch(made.key)
    )
    if not sound or _whole(made.serial) > manifest.MAX_SERIAL or _whole(made.schema) > manifest.MAX_SERIAL:
        raise ValueError
    return made


def _whole(value: object) -> int:
    if type(value) is not int or value < 1:
        raise ValueError
    return value


def _write(path: Path, data: bytes, *, wait: bool) -> None:
    """Write a file anew, and ``wait`` until the disk has it."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(data)
        if wait:
            stream.flush()
            os.fsync(stream.fileno())


def _settle(folder: Path) -> None:
    """Wait until the disk has the names in a folder (POSIX alone has a way to ask)."""
    if _POSIX:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
