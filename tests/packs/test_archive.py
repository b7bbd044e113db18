"""The archive: one way to write it, and nothing else is read."""

from __future__ import annotations

import io
import tarfile
import zlib

import pytest

from shadowai.errors import SignatureError
from shadowai.packs import archive
from tests.packs.making import ORIGIN, gzipped, tarred

FILES = {"signatures/b.yaml": b"b" * 513, "pack.json": b"{}", "signatures/a-1.yaml": b""}


def _file(name: str, **about: object) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    for key, value in about.items():
        setattr(member, key, value)
    return member


def _end(tar: bytes) -> bytes:
    """A tar with the short end of a pack, so that its end is not what is refused."""
    return tar.rstrip(b"\0") + b"\0" * (-len(tar.rstrip(b"\0")) % 512) + b"\0" * 1024


def _packed(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.USTAR_FORMAT) -> bytes:
    return gzipped(_end(tarred((_file("pack.json"), b"{}"), *members, form=form)))


def test_packed_and_unpacked() -> None:
    data = archive.pack(FILES)
    assert archive.unpack(data, ORIGIN) == FILES
    assert list(archive.unpack(data, ORIGIN)) == ["pack.json", "signatures/a-1.yaml", "signatures/b.yaml"]


def test_the_same_files_make_the_same_bytes() -> None:
    assert archive.pack(dict(reversed(FILES.items()))) == archive.pack(FILES)


def test_it_is_a_tar_in_gzip_to_everybody_else() -> None:
    with tarfile.open(fileobj=io.BytesIO(archive.pack(FILES)), mode="r:gz") as found:
        members = found.getmembers()
        assert {m.name: found.extractfile(m).read() for m in members} == FILES  # type: ignore[union-attr]
    assert {(m.mtime, m.mode, m.uid, m.gid, m.uname, m.gname) for m in members} == {(0, 0o644, 0, 0, "", "")}


def test_what_tar_makes_of_plain_files_alike_is_read() -> None:
    assert archive.unpack(_packed((_file("signatures/a.yaml"), b"a")), ORIGIN)["signatures/a.yaml"] == b"a"


@pytest.mark.parametrize(
    ("member", "says"),
    [
        (_file("signatures/../../a.yaml"), "no file of a pack is named"),
        (_file("/etc/cron.d/a.yaml"), "no file of a pack is named"),
        (_file("signatures/a.py"), "no file of a pack is named"),
        (_file("signatures/deep/a.yaml"), "no file of a pack is named"),
        (_file("signatures/A.yaml"), "no file of a pack is named"),
        (_file("signatures/a.yaml/"), "no file of a pack is named"),
        (_file("signatures/" + "a" * 70 + ".yaml"), "no file of a pack is named"),
        (_file("signatures/a.yaml", type=tarfile.SYMTYPE, linkname="/etc/passwd"), "is a link"),
        (_file("signatures/a.yaml", type=tarfile.LNKTYPE, linkname="pack.json"), "is a link"),
        (_file("signatures", type=tarfile.DIRTYPE), "is a link or something else"),
        (_file("signatures/a.yaml", type=tarfile.FIFOTYPE), "is a link or something else"),
        (_file("signatures/a.yaml", type=tarfile.CHRTYPE), "is a link or something else"),
        (_file("signatures/a.yaml", mode=0o4755), "not canonical"),
        (_file("signatures/a.yaml", uid=1000), "not canonical"),
        (_file("signatures/a.yaml", uname="root"), "not canonical"),
        (_file("signatures/a.yaml", mtime=1), "not canonical"),
    ],
)
def test_members_that_no_pack_has(member: tarfile.TarInfo, says: str) -> None:
    with pytest.raises(SignatureError, match=says) as caught:
        archive.unpack(_packed((member, b"")), ORIGIN)
    assert caught.value.origin == ORIGIN and "refused" in caught.value.message


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_extensions_of_the_format_are_refused(form: int) -> None:
    with pytest.raises(SignatureError):
        archive.unpack(_packed((_file("signatures/" + "a" * 120 + ".yaml"), b""), form=form), ORIGIN)


def test_order_and_repetition() -> None:
    a, b = (_file("signatures/a.yaml"), b"1"), (_file("signatures/b.yaml"), b"2")
    for members in ((b, a), (a, a), (a, (_file("pack.json"), b"{}"))):
        with pytest.raises(SignatureError, match="repeated or out of order"):
            archive.unpack(_packed(*members), ORIGIN)
    with pytest.raises(SignatureError, match="no manifest"):
        archive.unpack(gzipped(_end(tarred(a))), ORIGIN)


def test_every_cut_is_refused() -> None:
    data = archive.pack(FILES)
    for length in range(len(data)):
        with pytest.raises(SignatureError):
            archive.unpack(data[:length], ORIGIN)


def test_every_cut_of_the_tar_is_refused() -> None:
    tar = zlib.decompress(archive.pack(FILES), 31)
    for length in range(0, len(tar), 64):
        with pytest.raises(SignatureError):
            archive.unpack(gzipped(tar[:length]), ORIGIN)


def test_every_changed_byte_of_a_header_is_refused() -> None:
    tar = zlib.decompress(archive.pack({"pack.json": b"{}"}), 31)
    for place in range(512):
        for value in (0, 0x37, 0xFF):
            if tar[place] != value:
                changed = tar[:place] + bytes([value]) + tar[place + 1 :]
                with pytest.raises(SignatureError):
                    archive.unpack(gzipped(changed), ORIGIN)


def test_what_stands_behind_the_end() -> None:
    data = archive.pack(FILES)
    for more in (b"\0", data, b"x"):
        with pytest.raises(SignatureError, match="behind its end"):
            archive.unpack(data + more, ORIGIN)
    with pytest.raises(SignatureError, match="does not end as it must"):
        archive.unpack(gzipped(zlib.decompress(data, 31) + b"\0" * 512), ORIGIN)
    with pytest.raises(SignatureError, match="truncated"):  # something hidden in the padding
        archive.unpack(gzipped(zlib.decompress(data, 31).replace(b"{}\0\0", b"{}\0x")), ORIGIN)


def test_a_bomb_is_stopped_before_it_goes_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1 << 20)
    bomb = gzipped(b"\0" * (16 << 20))
    assert len(bomb) < 20_000
    with pytest.raises(SignatureError, match="unpacks to more than 1 MiB"):
        archive.unpack(bomb, ORIGIN)


def test_too_large_and_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SignatureError, match=r"a\.yaml is larger than 64 KiB"):
        archive.unpack(_packed((_file("signatures/a.yaml"), b"x" * ((64 << 10) + 1))), ORIGIN)
    with pytest.raises(SignatureError, match="larger than 64 KiB"):
        archive.pack({"pack.json": b"", "signatures/a.yaml": b"x" * ((64 << 10) + 1)})
    with pytest.raises(SignatureError, match="larger than 16 MiB"):
        archive.unpack(b"\x1f" * ((16 << 20) + 1), ORIGIN)
    data = archive.pack(FILES)
    monkeypatch.setattr(archive, "MAX_FILES", 2)
    with pytest.raises(SignatureError, match="more than 2 files"):
        archive.unpack(data, ORIGIN)
    with pytest.raises(SignatureError, match="larger than 2 files"):
        archive.pack(FILES)


def test_a_size_that_lies() -> None:
    tar = bytearray(zlib.decompress(archive.pack({"pack.json": b"{}"}), 31))
    for size in (b"77777777777", b"-0000000001", b"\x80\0\0\0\0\0\0\0\0\0\1"):
        tar[124:135] = size
        with pytest.raises(SignatureError):
            archive.unpack(gzipped(bytes(tar)), ORIGIN)


def test_the_largest_file_is_the_catalogue_s() -> None:
    from shadowai import catalog

    assert archive.MAX_FILE == catalog.MAX_FILE
