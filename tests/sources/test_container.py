"""Inputs are told by content; every byte that can be read is read, and what cannot be is said."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

import lz4.frame  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowai.errors import SourceError, UsageError
from shadowai.model import Gap
from shadowai.sources import container
from shadowai.sources.container import Content, Source
from shadowai.sources.guarded import Bounds
from tests.sources.capture.capture_files import many, pcap_header, section

TEXT = b"".join(b"10.0.0.%d asked for chatgpt.com %d times\n" % (n % 250, n * 7919 % 10007) for n in range(3000))

COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "lz4": lambda data: bytes(lz4.frame.compress(data, content_checksum=True)),
}


class Trickle(io.RawIOBase):
    """A pipe whose writer is slow: ``step`` bytes at a time, and no seeking."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__()
        self._data = data
        self._step = step

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        taken = self._data[: min(self._step, len(buffer))]
        self._data = self._data[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)


def unpacked(data: bytes, *, step: int = 0, path: str = "x") -> list[tuple[str, bytes, str]]:
    """Path, text and error of every content in ``data``; a gap has no text and its reason for an error."""
    raw = cast(BinaryIO, Trickle(data, step) if step else io.BytesIO(data))
    source = Source(path, lambda: raw)
    found: list[tuple[str, bytes, str]] = []
    try:
        for item in container.contents(source, raw):
            if isinstance(item, Gap):
                found.append((item.origin.path, b"", item.reason))
            else:
                found.append((item.path, *drained(item)))
    except SourceError as wrong:
        found.append((path, b"", wrong.message))
    return found


def drained(content: Content) -> tuple[bytes, str]:
    """All of a content's text, and what stopped it."""
    parts = []
    try:
        while part := content.stream.read1(1 << 16):  # type: ignore[attr-defined]
            parts.append(part)
    except SourceError as wrong:
        return b"".join(parts), wrong.message
    return b"".join(parts), ""


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(data), 1717400000
            archive.addfile(entry, io.BytesIO(data))
    return target.getvalue()


def test_plain_text_is_itself() -> None:
    assert unpacked(TEXT) == [("x", TEXT, "")]


def test_an_empty_file_is_an_empty_text_and_no_gap() -> None:
    assert unpacked(b"") == [("x", b"", "")]


@pytest.mark.parametrize("step", [0, 1, 3, 4096])
@pytest.mark.parametrize("kind", COMPRESSORS)
def test_compressed_text_is_told_by_content(kind: str, step: int) -> None:
    assert unpacked(COMPRESSORS[kind](TEXT), step=step) == [("x", TEXT, "")]


@pytest.mark.parametrize("kind", COMPRESSORS)
def test_members_are_one_text_even_where_they_meet_within_a_line(kind: str) -> None:
    press = COMPRESSORS[kind]
    assert unpacked(press(TEXT[:1000]) + press(b"") + press(TEXT[1000:])) == [("x", TEXT, "")]


@pytest.mark.parametrize("kind", COMPRESSORS)
def test_padding_with_zeros_is_no_gap(kind: str) -> None:
    assert unpacked(COMPRESSORS[kind](TEXT) + bytes(5000)) == [("x", TEXT, "")]


@pytest.mark.parametrize("cut", [1, 5, 9, 500])
@pytest.mark.parametrize("kind", COMPRESSORS)
def test_truncation_is_said_and_what_came_before_is_read(kind: str, cut: int) -> None:
    [(path, text, error)] = unpacked(COMPRESSORS[kind](TEXT)[:-cut])
    assert path == "x"
    assert TEXT.startswith(text)
    assert error.startswith(f"corrupt or truncated after {len(text)} bytes of text")


@pytest.mark.parametrize("kind", COMPRESSORS)
def test_a_second_member_cut_short_loses_nothing_of_the_first(kind: str) -> None:
    press = COMPRESSORS[kind]
    [(_, text, error)] = unpacked(press(TEXT) + press(TEXT)[:-20])
    assert text.startswith(TEXT)
    assert "truncated" in error


@pytest.mark.parametrize("kind", COMPRESSORS)
def test_garbage_behind_is_said_after_all_of_the_text(kind: str) -> None:
    [(_, text, error)] = unpacked(COMPRESSORS[kind](TEXT) + b"garbage, or a damaged second member")
    assert text == TEXT
    assert error.startswith(f"corrupt or truncated after {len(TEXT)} bytes")


def test_a_wrong_checksum_is_said_after_all_of_the_text() -> None:
    packed = gzip.compress(TEXT)
    [(_, text, error)] = unpacked(packed[:-8] + bytes(4) + packed[-4:])
    assert text == TEXT
    assert "CRC" in error


@pytest.mark.parametrize("kind", COMPRESSORS)
def test_a_flipped_bit_is_never_silent(kind: str) -> None:
    packed = bytearray(
        COMPRESSORS[kind](TEXT) if kind != "zstd" else zstandard.ZstdCompressor(write_checksum=True).compress(TEXT)
    )
    packed[len(packed) // 2] ^= 0x10
    [(_, text, error)] = unpacked(bytes(packed))
    assert error or text == TEXT


@pytest.mark.parametrize("compress", [zstandard.compress, lz4.frame.compress])
@pytest.mark.parametrize("times", [1, 3])
def test_zstd_and_lz4_may_begin_with_skippable_frames(compress: Callable[[bytes], bytes], times: int) -> None:
    skippable = b"\x5f\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"note"
    assert unpacked(skippable * times + compress(TEXT)) == [("x", TEXT, "")]
    assert unpacked(skippable * times + compress(TEXT) + skippable + compress(b"more")) == [("x", TEXT + b"more", "")]


def test_a_skippable_frame_longer_than_what_is_looked_at_may_begin_a_zstd_file() -> None:
    skippable = b"\x50\x2a\x4d\x18" + (100_000).to_bytes(4, "little") + bytes(100_000)
    assert unpacked(skippable + zstandard.compress(TEXT)) == [("x", TEXT, "")]


def test_compression_within_compression_ends_somewhere() -> None:
    assert unpacked(gzip.compress(bz2.compress(TEXT))) == [("x", TEXT, "")]
    bomb = TEXT
    for _ in range(8):
        bomb = gzip.compress(bomb)
    [(_, text, reason)] = unpacked(bomb)
    assert text == b"" and reason


def test_archives_within_archives_end_somewhere() -> None:
    nested = {"a.log": TEXT}
    for _ in range(2):
        nested = {"inner.zip": zipped(nested)}
    assert unpacked(zipped(nested)) == [("x!inner.zip!inner.zip!a.log", TEXT, "")]
    for _ in range(6):
        nested = {"inner.zip": zipped(nested)}
    [(_, text, reason)] = unpacked(zipped(nested))
    assert text == b"" and reason


def test_what_unpacks_to_very_much_is_streamed() -> None:
    """Zeros without end, as far as anybody would want to hold them."""
    for name, press in COMPRESSORS.items():
        packed = press(bytes(1 << 24))
        raw = cast(BinaryIO, Trickle(packed * ((1 << 20) // len(packed)), 512))
        (content,) = container.contents(Source("x", io.BytesIO), raw)
        assert isinstance(content, Content)
        assert content.stream.read(1000) == bytes(1000)
        assert len(raw.read()) > 1 << 18, name


@pytest.mark.parametrize("step", [0, 7])
def test_a_zip_gives_each_member(step: int) -> None:
    data = zipped(
        {"a.log": TEXT, "deep/b.log.gz": gzip.compress(TEXT[:500]), "empty/": b"", "__MACOSX/._a.log": b"\0\5\x16\7"}
    )
    assert unpacked(data, step=step, path="l.zip") == [
        ("l.zip!a.log", TEXT, ""),
        ("l.zip!deep/b.log.gz", TEXT[:500], ""),
    ]


def test_a_damaged_member_costs_no_other() -> None:
    data = bytearray(zipped({"a.log": TEXT, "b.log": TEXT}))
    data[60:64] = b"\xff\xff\xff\xff"
    first, second = unpacked(bytes(data))
    assert first[0] == "x!a.log" and first[2]
    assert second == ("x!b.log", TEXT, "")


def test_an_encrypted_member_is_a_gap_of_its_own() -> None:
    data = bytearray(zipped({"a.log": TEXT, "b.log": TEXT}))
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flag] |= 1
    first, second = unpacked(bytes(data))
    assert first[0] == "x!a.log" and "encrypted" in first[2]
    assert second == ("x!b.log", TEXT, "")


def test_a_zip_without_its_directory_is_a_gap() -> None:
    [(path, _, reason)] = unpacked(zipped({"a.log": TEXT})[:-30])
    assert path == "x" and reason.startswith("corrupt zip archive")


@pytest.mark.parametrize(
    "data", [zipped({}), zipped({"folder/": b""}), gzip.compress(zipped({}))], ids=["nothing", "a folder", "packed"]
)
def test_an_archive_without_files_is_a_gap(data: bytes) -> None:
    assert unpacked(data) == [("x", b"", "archive holds no file to read")]


@pytest.mark.parametrize("step", [0, 1000])
def test_a_tar_gives_each_member_packed_or_not(step: int) -> None:
    data = tarred({"a.log": TEXT, "b.log.zst": zstandard.compress(TEXT[:300])})
    for packed in (data, gzip.compress(data), lzma.compress(data)):
        assert unpacked(packed, step=step) == [("x!a.log", TEXT, ""), ("x!b.log.zst", TEXT[:300], "")]


_BODY = 512 + (len(TEXT) + 511) // 512 * 512


@pytest.mark.parametrize(
    ("change", "full"),
    [
        (lambda data: data[:_BODY], 1),  # cut between two members
        (lambda data: data[: _BODY + 100], 1),  # cut within a header
        (lambda data: data[: _BODY + 5000], 1),  # cut within a member
        (lambda data: data[: _BODY + 148] + b"zzzz" + data[_BODY + 152 :], 1),  # a header damaged
        (lambda data: data[: 2 * _BODY], 2),  # the end mark is missing
    ],
    ids=["between", "in header", "in member", "damaged", "no end"],
)
def test_a_tar_that_is_cut_or_damaged_says_so(change: Callable[[bytes], bytes], full: int) -> None:
    found = unpacked(change(tarred({"a.log": TEXT, "b.log": TEXT})))
    assert [text for _, text, error in found if not error] == [TEXT] * full
    assert any("corrupt tar archive" in error for _, _, error in found)


def test_a_tar_gz_cut_short_gives_what_came_before() -> None:
    found = unpacked(gzip.compress(tarred({"a.log": TEXT, "b.log": TEXT}), 0)[: _BODY + 60000])
    assert found[0] == ("x!a.log", TEXT, "")
    assert TEXT.startswith(found[1][1]) and found[1][1] and found[1][2]


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_damage_is_never_anything_but_a_gap_or_an_error_of_the_source(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([*(press(TEXT[:2000]) for press in COMPRESSORS.values()), SMALL_ZIP, SMALL_TAR]))
    damaged = bytearray(whole)
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=4)):
        damaged[place] = data.draw(st.integers(0, 255))
    unpacked(bytes(damaged[: data.draw(st.integers(1, len(whole)))]))


SMALL_ZIP = zipped({"a.log": TEXT[:2000], "b": gzip.compress(TEXT[:500])})
SMALL_TAR = tarred({"a.log": TEXT[:2000], "b": TEXT[:100]})


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfab\r\n", b"ab\r\n"),
        ("\ufeffab cd €\r\n".encode("utf-16-le"), "ab cd €\r\n".encode()),
        ("\ufeffab cd €\r\n".encode("utf-16-be"), "ab cd €\r\n".encode()),
        ("10.0.0.1 chatgpt.com\r\n".encode("utf-16-le"), b"10.0.0.1 chatgpt.com\r\n"),
        ("10.0.0.1 chatgpt.com\r\n".encode("utf-16-be"), b"10.0.0.1 chatgpt.com\r\n"),
        ("\ufeff😀".encode("utf-16-le"), "😀".encode()),
        ("\ufeffab".encode("utf-16-le") + b"\x00\xd8c\x00", "ab\ufffdc".encode()),
        ("\ufeffab".encode("utf-16-le") + b"c", "ab\ufffd".encode()),
        (b"caf\xe9 latin\n", b"caf\xe9 latin\n"),
        (b"\x1b[31mred\x1b[0m text\n", b"\x1b[31mred\x1b[0m text\n"),
    ],
)
def test_text_in_any_encoding_comes_as_utf_8_without_its_mark(data: bytes, text: bytes) -> None:
    assert unpacked(data) == [("x", text, "")]
    assert unpacked(data, step=1) == [("x", text, "")]
    assert unpacked(gzip.compress(data)) == [("x", text, "")]


def test_utf_16_is_the_same_however_it_arrives() -> None:
    text = "Zürich €uro 😀 line\r\n" * 9000
    for codec in ("utf-16-le", "utf-16-be"):
        assert unpacked(("\ufeff" + text).encode(codec), step=4097) == [("x", text.encode(), "")]


@pytest.mark.parametrize(
    ("magic", "what"),
    [
        (b"ElfFile\0", "EVTX"),
        (b"%PDF-1.7", "PDF"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"Rar!\x1a\x07\x01", "RAR"),
        (b"\x02\x21\x4c\x18", "LZ4"),
    ],
)
def test_what_is_known_and_not_read_is_a_gap_with_a_remedy(magic: bytes, what: str) -> None:
    [(_, text, reason)] = unpacked(magic + bytes(100))
    assert text == b"" and what in reason and "(" in reason


CAPTURES = {
    "pcap": pcap_header() + b"".join(many(50)),
    "big-endian pcap": pcap_header(">", 0xA1B23C4D) + b"".join(many(50, order=">")),
    "pcapng": section() + b"\xff\xfe\x00\r\n" * 5000,
}


@pytest.mark.parametrize("step", [0, 1, 4096])
@pytest.mark.parametrize("kind", CAPTURES)
@pytest.mark.parametrize(
    "wrap", [lambda data: data, gzip.compress, lz4.frame.compress, lambda data: zipped({"a": data})]
)
def test_a_capture_comes_as_it_was_written(wrap: Callable[[bytes], bytes], kind: str, step: int) -> None:
    raw = cast(BinaryIO, Trickle(wrap(CAPTURES[kind]), step) if step else io.BytesIO(wrap(CAPTURES[kind])))
    for content in container.contents(Source("x", lambda: raw), raw):
        assert isinstance(content, Content) and content.capture
        assert drained(content) == (CAPTURES[kind], "")
        break
    else:
        pytest.fail("nothing was given")


def test_text_is_no_capture() -> None:
    for data in (TEXT, b"", b"\n\r\r\n" * 9, gzip.compress(TEXT)):
        raw = io.BytesIO(data)
        (content,) = container.contents(Source("x", lambda raw=raw: raw), raw)  # type: ignore[misc]
        assert isinstance(content, Content) and not content.capture


@pytest.mark.parametrize(
    "data", [b"\n\r", b"\n\r\r\n", b"\n\r\r\n\x20\0\0\0", b"\xd4\xc3\xb2\xa1", gzip.compress(b"\n\r\r\n", mtime=0)]
)
def test_a_capture_cut_within_its_magic_is_no_blank_text(data: bytes) -> None:
    raw = io.BytesIO(data)
    (gap,) = container.contents(Source("x", lambda: raw), raw)
    assert isinstance(gap, Gap) and "ends within its header" in gap.reason
    assert container.plain(Source("x", lambda: io.BytesIO(data)), io.BytesIO(data)) is None


ZEROS = b"chatgpt.com\n" * 100_000


def bombed(data: bytes, bounds: Bounds, step: int = 0) -> list[tuple[int, str]]:
    """Bytes of text and the error of every content, with little allowed."""
    raw = cast(BinaryIO, Trickle(data, step) if step else io.BytesIO(data))
    found = []
    try:
        for item in container.contents(Source("x", lambda: raw), raw, bounds):
            text, error = (b"", item.reason) if isinstance(item, Gap) else drained(item)
            found.append((len(text), error))
    except SourceError as wrong:
        found.append((0, str(wrong)))
    return found


@pytest.mark.parametrize("step", [0, 1000])
@pytest.mark.parametrize("kind", COMPRESSORS)
def test_a_bomb_ends_within_its_bounds_with_a_remedy(kind: str, step: int) -> None:
    bomb = COMPRESSORS[kind](ZEROS)
    [(size, error)] = bombed(bomb, Bounds(ratio=3, free=300_000), step)
    assert size <= 300_000 + (1 << 18)
    assert "decompresses to more than 3 times its size" in error


@pytest.mark.parametrize("kind", COMPRESSORS)
def test_what_is_free_or_in_proportion_is_no_bomb(kind: str) -> None:
    bomb = COMPRESSORS[kind](ZEROS)
    assert bombed(bomb, Bounds(ratio=1, free=len(ZEROS))) == [(len(ZEROS), "")]
    assert bombed(bomb, Bounds(ratio=100_000, free=0)) == [(len(ZEROS), "")]


@pytest.mark.parametrize("step", [0, 1000])
def test_a_bomb_within_a_bomb_is_one(step: int) -> None:
    inner = b"".join(gzip.compress(ZEROS) for _ in range(40))
    found = bombed(gzip.compress(inner), Bounds(ratio=500, free=1 << 16), step)
    assert sum(size for size, _ in found) < 5_000_000 and "times its size" in found[-1][1]


@pytest.mark.parametrize("outer", [lambda data: data, gzip.compress])
def test_the_members_of_an_archive_share_its_bounds(outer: Callable[[bytes], bytes]) -> None:
    found = bombed(outer(zipped({f"{n}": ZEROS for n in range(20)})), Bounds(ratio=10, free=3 * len(ZEROS)))
    assert sum(size for size, _ in found) <= 4 * len(ZEROS) and "times its size" in found[-1][1]


def test_a_large_archive_that_is_not_compressed_is_no_bomb() -> None:
    data = tarred({f"{n}": ZEROS for n in range(5)})
    assert [error for _, error in bombed(data, Bounds(ratio=2, free=0))] == [""] * 5


def test_binary_data_is_a_gap() -> None:
    [(_, text, reason)] = unpacked(bytes(range(256)) * 20)
    assert text == b"" and "binary" in reason


def expanded(*paths: Path | str) -> list[tuple[str, str]]:
    """Base name and, for gaps, the reason of everything behind ``paths``."""
    found = container.expand([str(path) for path in paths])
    return [(Path(i.origin.path).name, i.reason) if isinstance(i, Gap) else (Path(i.path).name, "") for i in found]


def test_a_folder_is_walked_in_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.log", "a.log", "sub/c.log", "sub/deeper/d", ".hidden", ".git/e.log"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert expanded(tmp_path) == [("a.log", ""), ("b.log", ""), ("c.log", ""), ("d", "")]


def test_a_folder_without_files_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    assert expanded(tmp_path) == [(tmp_path.name, "folder holds no file to read")]


def test_what_is_no_file_in_a_folder_is_a_gap(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    (tmp_path / "a.log").write_bytes(b"x")
    assert expanded(tmp_path) == [
        ("a.log", ""),
        ("broken", "not a regular file: not read"),
        ("pipe", "not a regular file: not read"),
    ]


def test_a_link_to_what_is_read_anyway_is_not_read_twice(tmp_path: Path) -> None:
    (tmp_path / "access-1.log").write_bytes(b"x")
    (tmp_path / "current.log").symlink_to("access-1.log")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert expanded(tmp_path) == [("access-1.log", "")]


def test_a_link_to_what_lies_elsewhere_is_read_or_said(tmp_path: Path) -> None:
    inside, outside = tmp_path / "logs", tmp_path / "elsewhere"
    inside.mkdir()
    outside.mkdir()
    (outside / "a.log").write_bytes(b"x")
    (inside / ".hidden.log").write_bytes(b"x")
    (inside / "linked.log").symlink_to(outside / "a.log")
    (inside / "shown.log").symlink_to(inside / ".hidden.log")
    (inside / "folder").symlink_to(outside, target_is_directory=True)
    assert expanded(inside) == [
        ("folder", "link to a folder: not followed (give the folder itself)"),
        ("linked.log", ""),
        ("shown.log", ""),
    ]


def test_globs_are_expanded_here_and_names_with_brackets_are_names(tmp_path: Path) -> None:
    for name in ("a.log", "b.log", "c[1].log", "sub/d.log"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert expanded(tmp_path / "*.log") == [("a.log", ""), ("b.log", ""), ("c[1].log", "")]
    assert expanded(tmp_path / "**" / "d.log") == [("d.log", "")]
    assert expanded(tmp_path / "c[1].log") == [("c[1].log", "")]


@pytest.mark.parametrize("name", ["nothing.log", "*.nothing", "[a"])
def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path, name: str) -> None:
    for check in (container.check_exist, lambda paths: list(container.expand(paths))):
        with pytest.raises(UsageError, match="no such file"):
            check([str(tmp_path / name)])


def test_an_empty_path_is_said_to_be_empty() -> None:
    for check in (container.check_exist, lambda paths: list(container.expand(paths))):
        with pytest.raises(UsageError, match=r"^a path is empty \("):
            check([""])


def test_standard_input_is_a_source_of_its_own() -> None:
    container.check_exist(["-"])
    (source,) = container.expand(["-"])
    assert isinstance(source, Source) and (source.path, source.size) == ("-", None)


def test_a_closed_standard_input_is_an_error_of_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    (source,) = container.expand(["-"])
    assert isinstance(source, Source)
    with pytest.raises(SourceError, match="closed"), container.opened(source):
        pass


def test_a_file_reached_in_several_ways_is_read_once(tmp_path: Path) -> None:
    log, other = tmp_path / "a.log", tmp_path / "b.log"
    log.write_text("x")
    other.write_text("x")
    (tmp_path / "link.log").symlink_to(log)
    ways = [
        str(log),
        str(tmp_path / "link.log"),
        str(tmp_path),
        str(tmp_path / "*.log"),
        str(tmp_path / "." / "a.log"),
        "-",
        "-",
    ]
    assert [source.path for source in container.expand(ways) if isinstance(source, Source)] == [
        str(log),
        str(other),
        "-",
    ]


def test_a_file_that_cannot_be_opened_is_an_error_of_the_source(tmp_path: Path) -> None:
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    (source,) = container.expand([str(tmp_path / "broken")])
    assert isinstance(source, Source)
    with pytest.raises(SourceError) as wrong, container.opened(source):
        pass
    assert wrong.value.origin is not None and wrong.value.origin.path.endswith("broken")


def test_a_named_pipe_given_by_name_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(gzip.compress(TEXT),))
    writer.start()
    (source,) = container.expand([str(pipe)])
    assert isinstance(source, Source)
    with container.opened(source) as stream:
        texts = [drained(item) for item in container.contents(source, stream) if isinstance(item, Content)]
    writer.join()
    assert texts == [(TEXT, "")]


def test_a_file_is_closed_afterwards(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(TEXT)
    (source,) = container.expand([str(tmp_path / "a.log")])
    assert isinstance(source, Source)
    with container.opened(source) as stream:
        assert not stream.closed
    assert stream.closed


def test_the_newest_moment_a_file_can_speak_of(tmp_path: Path) -> None:
    """The gzip header's time, else the file's; a tar member's own."""
    path = tmp_path / "a"

    def modified(data: bytes) -> float | None:
        path.write_bytes(data)
        os.utime(path, (1_600_000_000, 1_600_000_000))
        (source,) = container.expand([str(path)])
        assert isinstance(source, Source)
        with container.opened(source) as stream:
            (content,) = container.contents(source, stream)
            assert isinstance(content, Content)
            return content.modified

    assert modified(TEXT) == 1_600_000_000
    assert modified(gzip.compress(TEXT, mtime=1_500_000_000)) == 1_500_000_000
    assert modified(gzip.compress(TEXT, mtime=0)) == 1_600_000_000
    assert modified(tarred({"a.log": TEXT})) == 1_717_400_000


@pytest.mark.parametrize("name", ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"])
def test_every_name_of_standard_input_is_it(name: str) -> None:
    container.check_exist([name])
    (found,) = container.expand([name])
    assert isinstance(found, Source) and found.path == "-"
    assert container.is_stdin(name) and container.is_read_once(name)


def test_a_pipe_has_no_size_and_can_be_read_once(tmp_path: Path) -> None:
    pipe, log = tmp_path / "pipe", tmp_path / "log"
    os.mkfifo(pipe)
    log.write_bytes(b"")
    found = list(container.expand([str(pipe), str(log)]))
    assert [one.size for one in found if isinstance(one, Source)] == [None, 0]
    assert [container.is_read_once(str(one)) for one in (pipe, log, tmp_path, tmp_path / "none")] == [
        True,
        False,
        False,
        False,
    ]
    assert not container.is_read_once("https://example.com/proxy.log")


def test_an_archive_in_an_archive_that_is_damaged_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.log", TEXT)
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.zip.gz", gzip.compress(inner.getvalue())[:-30])
        archive.writestr("2.log", TEXT)
    (source,) = container.expand([str(path)])
    assert isinstance(source, Source)
    with container.opened(source) as stream:
        found = [
            one.reason if isinstance(one, Gap) else one.stream.read() for one in container.contents(source, stream)
        ]
    assert len(found) == 2 and str(found[0]).startswith("corrupt or truncated after") and found[1] == TEXT
