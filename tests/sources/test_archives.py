"""Members of archives, given to a reader one by one; what is broken is a gap with its place."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

import pytest

from shadowai.model import Gap
from shadowai.sources import archives


def read(
    path: str, stream: BinaryIO, size: int, modified: float | None
) -> Iterator[tuple[str, bytes, int, float | None]]:
    yield path, stream.read(), size, modified


def zipped(*files: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files:
            archive.writestr(name, data)
    return made.getvalue()


def tarred(*files: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, data in files:
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(data), 1_700_000_000
            archive.addfile(member, io.BytesIO(data))
    return made.getvalue()


def test_a_zip_s_files_without_what_a_mac_adds() -> None:
    data = zipped(("a.log", b"one"), ("__MACOSX/a.log", b"no"), ("folder/", b""), ("b.log", b"two"))
    found = list(archives.unzipped("x.zip", io.BytesIO(data), read))
    assert found == [("x.zip!a.log", b"one", 3, None), ("x.zip!b.log", b"two", 3, None)]


def test_a_tar_s_files_with_their_times() -> None:
    found = list(archives.untarred("x.tar", io.BytesIO(tarred(("a.log", b"one"))), read))
    assert found == [("x.tar!a.log", b"one", 3, 1_700_000_000.0)]


def test_nothing_in_it_is_said() -> None:
    for found in (
        list(archives.unzipped("x.zip", io.BytesIO(zipped()), read)),
        list(archives.untarred("x.tar", io.BytesIO(tarred()), read)),
    ):
        (gap,) = found
        assert isinstance(gap, Gap) and gap.reason == "archive holds no file to read"


def test_a_zip_without_its_directory_is_a_gap() -> None:
    (gap,) = archives.unzipped("x.zip", io.BytesIO(zipped(("a.log", b"one"))[:40]), read)
    assert isinstance(gap, Gap) and gap.reason.startswith("corrupt zip archive")


def test_a_broken_member_does_not_take_the_others_with_it() -> None:
    data = bytearray(zipped(("a.log", b"one one one"), ("b.log", b"two")))
    data[data.index(b"one")] ^= 1  # its checksum is wrong now
    first, second = archives.unzipped("x.zip", io.BytesIO(bytes(data)), read)
    assert isinstance(first, Gap) and first.origin.path == "x.zip!a.log"
    assert second == ("x.zip!b.log", b"two", 3, None)


def test_a_tar_that_is_cut_is_a_gap_behind_what_was_whole() -> None:
    data = tarred(("a.log", b"one"), ("b.log", b"two"))
    found = list(archives.untarred("x.tar", io.BytesIO(data[: 1024 + 300]), read))
    assert found[0] == ("x.tar!a.log", b"one", 3, 1_700_000_000.0)
    assert isinstance(found[1], Gap) and found[1].reason.startswith("corrupt tar archive")


class Pipe(io.BytesIO):
    """Bytes that cannot be gone back in."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation("seek")


def test_a_pipe_is_copied_to_where_it_can_seek() -> None:
    with archives.seekable(Pipe(b"abc")) as stream:
        assert stream.seekable() and stream.read() == b"abc"
    whole = io.BytesIO(b"abc")
    with archives.seekable(whole) as stream:
        assert stream is whole


@pytest.mark.parametrize("error", [EOFError, tarfile.ReadError, zipfile.BadZipFile, OSError, ValueError])
def test_errors_that_mean_a_corrupt_file(error: type[Exception]) -> None:
    assert issubclass(error, archives.CORRUPT)
