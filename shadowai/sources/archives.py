"""Archives: the members of zip and tar files as streams. Imported where there is one, for their libraries take time to import."""

from __future__ import annotations

import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, Final, Self, TypeVar, cast

from shadowai.errors import SourceError
from shadowai.model import Gap, Origin
from shadowai.sources import documents

CORRUPT: Final = (
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)
"""Everything that the libraries of compressed files raise for bytes that are wrong."""
_DAMAGED: Final = (*CORRUPT, ArithmeticError, LookupError, struct.error)
"""What those of archives do: a size below zero, a name of no letters."""

T = TypeVar("T")
Read = Callable[[str, BinaryIO, int, float | None], Iterator[T]]
"""Reads a member: its path, its bytes, its size, and when it was changed (epoch seconds) where the archive says."""

_PIECE = 1 << 16
_BEHIND = "begins with what its directory does not name, as archives behind one another do: only the last is read (unpack them)"
_EMPTY = "archive holds no file to read"
_ENCRYPTED = 1
"""The bit of a member's flags that says so (PKWARE's APPNOTE, section 4.4.4)."""


def unzipped(path: str, stream: BinaryIO, read: Read[T]) -> Iterator[T | Gap]:
    """What ``read`` makes of each file in the zip archive ``stream``, which can seek; a member that cannot be read is a gap."""
    try:
        archive = zipfile.ZipFile(stream)
    except _DAMAGED as wrong:
        yield Gap(Origin(path), f"corrupt zip archive: {wrong}")
        return
    named = archive.infolist()
    members = [one for one in named if not one.filename.endswith("/") and "__MACOSX/" not in one.filename]
    document = documents.archived(frozenset(one.filename for one in named))
    if document is not None:
        yield Gap(Origin(path), document)
        return
    if not members:
        yield Gap(Origin(path), _EMPTY)
    if min((one.header_offset for one in named), default=0) > 0:
        yield Gap(Origin(path), _BEHIND)
    for member in members:
        inside = f"{path}!{member.filename}"
        if member.flag_bits & _ENCRYPTED:
            yield Gap(Origin(inside), "encrypted: not read (unpack it with its password first)")
            continue
        try:
            yield from read(inside, cast(BinaryIO, archive.open(member)), member.file_size, None)
        except _DAMAGED as wrong:
            yield Gap(Origin(inside), f"member cannot be read: {wrong}")


def untarred(path: str, stream: BinaryIO, read: Read[T]) -> Iterator[T | Gap]:
    """What ``read`` makes of each regular file in the tar archive ``stream``."""
    empty = True
    try:
        for member, inner in _members(stream):
            empty = False
            yield from read(f"{path}!{member.name}", inner, member.size, float(member.mtime))
    except tarfile.TarError as wrong:
        yield Gap(Origin(path), f"corrupt tar archive: {wrong}")
        return
    if empty:
        yield Gap(Origin(path), _EMPTY)


def _members(stream: BinaryIO) -> Iterator[tuple[tarfile.TarInfo, BinaryIO]]:
    """The regular files of a tar archive. Raises ``TarError`` for whatever is wrong with it, and for what stands behind its end."""
    try:
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as archive:
            for member in archive:
                inner = archive.extractfile(member) if member.isfile() else None
                if inner is not None:
                    yield member, cast(BinaryIO, inner)
            if _is_more(cast(BinaryIO, archive.fileobj)):
                raise tarfile.ReadError(
                    "something stands behind its end mark: not read (tar --ignore-zeros unpacks it)"
                )
    except _DAMAGED as wrong:
        raise wrong if isinstance(wrong, tarfile.TarError) else tarfile.ReadError(f"damaged: {wrong}") from wrong


def _is_more(rest: BinaryIO) -> bool:
    """Whether anything but zeros follows: archives put behind one another have an end mark each."""
    return any(piece.strip(b"\0") for piece in iter(lambda: rest.read(_PIECE), b""))


class _Header(tarfile.TarInfo):
    """A tar header; the library takes a broken one behind the first, and a missing end mark, for the end."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]  # the one that is an end
            raise
        except tarfile.HeaderError as wrong:
            raise tarfile.ReadError(f"cut short or damaged: {wrong}") from wrong


@contextmanager
def seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """``stream`` itself where it can seek, else a temporary copy on disk: a zip's directory is at its end. Raises
    :class:`SourceError` where there is no room for it."""
    if stream.seekable():
        yield stream
        return
    import shutil
    import tempfile

    with tempfile.TemporaryFile() as copy:
        try:
            shutil.copyfileobj(stream, copy)
            copy.seek(0, io.SEEK_SET)
        except OSError as wrong:
            with suppress(OSError):  # which to write the rest of it would raise once more
                copy.close()
            raise SourceError(
                f"is a zip archive for which there is no room to unpack: {wrong.strerror or wrong}",
                remedy="give the file itself, or a TMPDIR with more room",
            ) from wrong
        yield cast(BinaryIO, copy)
