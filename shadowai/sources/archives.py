"""Archives: the members of zip and tar files as streams. Imported where there is one, for their libraries take time to import."""

from __future__ import annotations

import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final, Self, TypeVar, cast

from shadowai.model import Gap, Origin

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

T = TypeVar("T")
Read = Callable[[str, BinaryIO, int, float | None], Iterator[T]]
"""Reads a member: its path, its bytes, its size, and when it was changed (epoch seconds) where the archive says."""

_EMPTY = "archive holds no file to read"


def unzipped(path: str, stream: BinaryIO, read: Read[T]) -> Iterator[T | Gap]:
    """What ``read`` makes of each file in the zip archive ``stream``, which can seek; a member that cannot be read is a gap."""
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError) as wrong:
        yield Gap(Origin(path), f"corrupt zip archive: {wrong}")
        return
    members = [member for member in archive.infolist() if not member.is_dir() and "__MACOSX/" not in member.filename]
    if not members:
        yield Gap(Origin(path), _EMPTY)
    for member in members:
        inside = f"{path}!{member.filename}"
        try:
            yield from read(inside, cast(BinaryIO, archive.open(member)), member.file_size, None)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as wrong:
            yield Gap(Origin(inside), f"member cannot be read: {wrong}")


def untarred(path: str, stream: BinaryIO, read: Read[T]) -> Iterator[T | Gap]:
    """What ``read`` makes of each regular file in the tar archive ``stream``."""
    empty = True
    try:
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as archive:
            for member in archive:
                inner = archive.extractfile(member) if member.isfile() else None
                if inner is not None:
                    empty = False
                    yield from read(f"{path}!{member.name}", cast(BinaryIO, inner), member.size, float(member.mtime))
    except tarfile.TarError as wrong:
        yield Gap(Origin(path), f"corrupt tar archive: {wrong}")
        return
    if empty:
        yield Gap(Origin(path), _EMPTY)


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
    """``stream`` itself where it can seek, else a temporary copy on disk: a zip's directory is at its end."""
    if stream.seekable():
        yield stream
        return
    import shutil
    import tempfile

    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0, io.SEEK_SET)
        yield cast(BinaryIO, copy)
