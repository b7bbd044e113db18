"""The chain: whatever is done to the file shows."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from shadowai.decisions import chain
from shadowai.decisions.chain import EMPTY, Head, Line
from shadowai.errors import UsageError

PATH = Path("decisions.jsonl")


def made(count: int, *, after: tuple[Line, ...] = (), say: str = "yes") -> tuple[Line, ...]:
    found = list(after)
    for number in range(count):
        head = chain.head_of(found)
        time = f"2026-01-05T12:00:{number:02}Z"
        found.append(
            chain.following(head, time=time, by="ann", login="ann", event="decision", body={"say": say, "n": number})
        )
    return tuple(found)


def data(lines: tuple[Line, ...]) -> bytes:
    return b"".join(f"{chain.text(line)}\n".encode() for line in lines)


THREE = made(3)


def test_what_was_written_is_read() -> None:
    assert chain.lines(data(THREE), PATH) == THREE
    assert chain.lines(b"", PATH) == ()
    assert chain.head_of(()) == EMPTY and chain.head_of(THREE) == Head(3, THREE[2].hash)
    assert THREE[0].prev == chain.GENESIS and THREE[1].prev == THREE[0].hash


def _edited(raw: bytes) -> bytes:
    return raw.replace(b'"say":"yes"', b'"say":"no!"', 1)


def _hash_only(raw: bytes) -> bytes:
    return raw.replace(THREE[1].hash.encode(), b"f" * 64, 1)


def _without_second(raw: bytes) -> bytes:
    first, _, third = raw.splitlines(keepends=True)
    return first + third


def _without_first(raw: bytes) -> bytes:
    return b"".join(raw.splitlines(keepends=True)[1:])


def _swapped(raw: bytes) -> bytes:
    first, second, third = raw.splitlines(keepends=True)
    return first + third + second


def _twice(raw: bytes) -> bytes:
    return raw + raw.splitlines(keepends=True)[-1]


def _forked(raw: bytes) -> bytes:
    other = made(1, after=THREE[:2], say="another")[2]
    return raw + f"{chain.text(other)}\n".encode()


def _numbered_on(raw: bytes) -> bytes:
    """With a line that has the right hashes and another number."""
    head = chain.head_of(THREE)
    line = chain.following(
        head._replace(lines=head.lines + 1), time="x", by="eve", login="eve", event="decision", body={}
    )
    return raw + f"{chain.text(line)}\n".encode()


def _of_another_log(raw: bytes) -> bytes:
    """With the second line of another log, whose number is right."""
    first, _, third = raw.splitlines(keepends=True)
    return first + data(made(2, say="no")[1:]) + third


def _longer_than_is_read(raw: bytes) -> bytes:
    line = chain.following(
        chain.head_of(THREE), time="x", by="ann", login="ann", event="decision", body={"say": "x" * chain._LONGEST}
    )
    return raw + f"{chain.text(line)}\n".encode()


def _cut(raw: bytes) -> bytes:
    return raw[:-20]


def _no_line_end(raw: bytes) -> bytes:
    return raw[:-1]


def _blank_line(raw: bytes) -> bytes:
    return raw + b"\n"


def _spaced(raw: bytes) -> bytes:
    return raw.replace(b'"by":"ann"', b'"by": "ann"', 1)


def _double_key(raw: bytes) -> bytes:
    return raw.replace(b'"by":"ann"', b'"by":"eve","by":"ann"', 1)


def _more_keys(raw: bytes) -> bytes:
    return raw.replace(b'{"body"', b'{"a":1,"body"', 1)


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        (_edited, 1, "was changed"),
        (_hash_only, 2, "was changed"),
        (_without_second, 2, "lines were removed or moved"),
        (_without_first, 1, "lines were removed or moved"),
        (_swapped, 2, "lines were removed or moved"),
        (_twice, 4, "forked"),
        (_forked, 4, "forked"),
        (_numbered_on, 4, "lines were removed or moved"),
        (_of_another_log, 2, "lines were removed or moved"),
        (_longer_than_is_read, 4, "no line of a decision log"),
        (_cut, 3, "cut off"),
        (_no_line_end, 3, "cut off"),
        (_blank_line, 4, "no line of a decision log"),
        (_spaced, 1, "was changed"),
        (_double_key, 1, "was changed"),
        (_more_keys, 1, "no line of a decision log"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_was_done_to_the_file_is_refused(change: Callable[[bytes], bytes], place: int, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        chain.lines(change(data(THREE)), PATH)
    assert caught.value.origin is not None and caught.value.origin.position == place
    cut = "nobody was told that line 3 is recorded: remove it"
    assert caught.value.remedy == (cut if said == "cut off" else "restore the log from a copy that verifies")


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe\n", b"[]\n", b"null\n", b"{}\n", b"[" * 200_000 + b"\n", b'{"v":1e999}\n', b"\0\n"]
)
def test_hostile_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(UsageError, match="no line of a decision log"):
        chain.lines(raw, PATH)


@pytest.mark.parametrize(
    ("key", "value"), [("seq", True), ("seq", "1"), ("by", 1), ("body", []), ("v", 1.0), ("hash", None)]
)
def test_values_have_their_types(key: str, value: object) -> None:
    told = json.loads(chain.text(THREE[0])) | {key: value}
    with pytest.raises(UsageError, match="no line"):
        chain.lines(json.dumps(told, sort_keys=True, separators=(",", ":")).encode() + b"\n", PATH)


def test_a_later_version_is_told_as_one() -> None:
    told = json.loads(chain.text(THREE[0])) | {"v": 2}
    with pytest.raises(UsageError, match="version 2"):
        chain.lines(json.dumps(told).encode() + b"\n", PATH)


def test_a_head_that_was_told_proves_the_end() -> None:
    for known in (EMPTY, Head(2, THREE[1].hash), Head(3, THREE[2].hash)):
        chain.check_head(THREE, known, PATH)  # what came later is no change
    with pytest.raises(UsageError, match="3 lines were recorded, and 2 are there: the end was cut off"):
        chain.check_head(THREE[:2], chain.head_of(THREE), PATH)
    anew = made(1, after=THREE[:2], say="another")
    assert chain.lines(data(anew), PATH) == anew  # in itself it is whole
    with pytest.raises(UsageError, match="forked, or written anew"):
        chain.check_head(anew, chain.head_of(THREE), PATH)


def test_two_copies_of_a_log() -> None:
    chain.check_same(THREE, THREE[:1], PATH)
    chain.check_same(THREE[:2], made(2, after=THREE[:2]), PATH)
    with pytest.raises(UsageError, match="part here"):
        chain.check_same(THREE, made(1, after=THREE[:2], say="another"), PATH)


def test_a_head_as_text() -> None:
    head = chain.head_of(THREE)
    assert chain.read_head(f"{head}\n", "x") == head
    for wrong in ("", "3", "3:abc", f"-1:{head.hash}", f"x:{head.hash}", f"{head}0"):
        with pytest.raises(UsageError, match="no head"):
            chain.read_head(wrong, "x")


def test_a_line_is_put_behind_the_others(tmp_path: Path) -> None:
    path = tmp_path / "log"
    for line in THREE:
        chain.append(path, line)
    assert path.read_bytes() == data(THREE)
    assert path.stat().st_mode & 0o077 == 0


def test_a_line_is_on_the_disk_when_it_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, synced = tmp_path / "log", list[int]()

    def sync(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_size)

    monkeypatch.setattr(os, "fsync", sync)
    for line in THREE[:2]:
        chain.append(path, line)
    assert synced == [len(data(THREE[:1])), len(data(THREE[:2]))]


def test_a_full_disk_leaves_the_log_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log"
    chain.append(path, THREE[0])
    before = path.read_bytes()
    write = os.write
    monkeypatch.setattr(os, "write", lambda to, some: write(to, some[:10]))
    with pytest.raises(UsageError, match="full"):
        chain.append(path, THREE[1])
    monkeypatch.undo()
    assert path.read_bytes() == before


def test_what_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "log"
    chain.append(path, THREE[0])
    spare = (1 << 20) - len(data(made(1, after=THREE[:1], say="")[1:]))
    longest, longer = (made(1, after=THREE[:1], say="x" * (spare + more))[1] for more in (0, 1))
    with pytest.raises(UsageError, match="1,048,577 bytes"):
        chain.append(path, longer)
    chain.append(path, longest)
    assert chain.lines(path.read_bytes(), path) == (THREE[0], longest)


def test_names_of_any_kind_stand_in_a_line() -> None:
    line = chain.following(
        EMPTY, time="t", by="\ud800\x1b[31m\u2028Ann\n", login="", event="decision", body={"k": ["\x00", "ü"]}
    )
    assert chain.lines(data((line,)), PATH) == (line,)
    assert chain.text(line).isascii() and "\n" not in chain.text(line)
