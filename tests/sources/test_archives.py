"""Members of archives, given to a reader one by one; what is broken is a gap with its place."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

import pytest

from shadowai.errors import SourceError
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


def test_of_zip_archives_behind_one_another_the_last_is_read_and_that_is_said() -> None:
    data = zipped(("a.log", b"one")) + zipped(("b.log", b"two"))
    gap, found = archives.unzipped("x.zip", io.BytesIO(data), read)
    assert isinstance(gap, Gap) and gap.origin.path == "x.zip" and "begins with what its directory" in gap.reason
    assert found == ("x.zip!b.log", b"two", 3, None)


@pytest.mark.parametrize("behind", [tarred(("b.log", b"two")), b"\0" * 70_000 + b"x"])
def test_what_stands_behind_the_end_of_a_tar_archive_is_said(behind: bytes) -> None:
    found, gap = archives.untarred("x.tar", io.BytesIO(tarred(("a.log", b"one")) + behind), read)
    assert found == ("x.tar!a.log", b"one", 3, 1_700_000_000.0)
    assert isinstance(gap, Gap) and gap.origin.path == "x.tar" and "behind its end mark" in gap.reason


def test_zeros_behind_the_end_of_a_tar_archive_are_padding() -> None:
    found = list(archives.untarred("x.tar", io.BytesIO(tarred(("a.log", b"one")) + b"\0" * 100_000), read))
    assert found == [("x.tar!a.log", b"one", 3, 1_700_000_000.0)]


def test_a_zip_whose_directory_is_damaged_is_a_gap_and_no_end_of_the_scan() -> None:
    whole = zipped(("a.log", b"one" * 100), ("b.log", b"two" * 100))
    at = whole.index(b"PK\1\2")
    damaged = (
        whole[:40] + whole[60:],  # what the directory says is then behind where it is
        whole[: at + 6] + b"\xff" + whole[at + 7 :],  # needs a version that nobody has
        whole[: at + 46] + b"\0" + whole[at + 47 :],  # a name of no letters
    )
    for data in damaged:
        found = list(archives.unzipped("x.zip", io.BytesIO(data), read))
        assert any(isinstance(one, Gap) for one in found)


def test_a_tar_whose_numbers_are_none_is_a_gap() -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("a.log")
        member.pax_headers = {"GNU.sparse.size": "many", "GNU.sparse.name": "a.log"}
        archive.addfile(member)
    (gap,) = archives.untarred("x.tar", io.BytesIO(made.getvalue()), read)
    assert isinstance(gap, Gap) and gap.reason.startswith("corrupt tar archive: damaged: ")


def test_a_zip_from_a_pipe_that_no_disk_has_room_for_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(SourceError, match="no room to unpack: No space left"), archives.seekable(Pipe(b"PK")):
        pass
