"""The format of RFC 1761, up to its end or to what cannot be right."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.sources.capture.frames import is_capture
from tests.sources.capture.capture_files import NOON, frames, opened, payload

TIME = NOON * 1_000_000


def header(link: int = 4, version: int = 2) -> bytes:
    return b"snoop\0\0\0" + struct.pack(">II", version, link)


def packet(data: bytes, length: int | None = None, total: int | None = None, captured: int | None = None) -> bytes:
    padded = data + bytes(-len(data) % 4)
    return (
        struct.pack(
            ">IIIIII",
            len(data) if length is None else length,
            len(data) if captured is None else captured,
            24 + len(padded) if total is None else total,
            0,
            NOON,
            7,
        )
        + padded
    )


@pytest.mark.parametrize("chunk", [1, 7, 4096])
@pytest.mark.parametrize(("link", "ours"), [(4, 1), (0, 1), (8, 10), (99, 0xFFFF)])
def test_frames_and_link_types(link: int, ours: int, chunk: int) -> None:
    data = header(link) + packet(payload(1)) + packet(b"abcde", length=1500)
    assert is_capture(data)
    assert frames(data, chunk) == [
        (1, TIME + 7, ours, payload(1), len(payload(1))),
        (2, TIME + 7, ours, b"abcde", 1500),
    ]


def test_another_version_is_not_taken_for_it() -> None:
    assert not is_capture(header(version=3) + bytes(20))


def test_every_truncation_gives_the_whole_frames_before_it() -> None:
    whole = header() + packet(b"abcd") + packet(b"efghi")
    for cut in range(16, len(whole)):
        container = opened(whole[:cut])
        found = list(container.frames())
        assert len(found) == (cut >= 44) and container.truncated_tail == (cut not in (16, 44))
        assert container.bytes_done == cut


@pytest.mark.parametrize("wrong", [{"total": 0}, {"total": 0xFFFFFFFF}, {"captured": 99}, {"captured": 0xFFFFFFFF}])
def test_behind_a_record_that_cannot_be_right_nothing_is_read_and_that_is_said(wrong: dict[str, int]) -> None:
    container = opened(header() + packet(b"abcd") + packet(b"efgh", **wrong) + packet(b"ijkl"))
    assert len(list(container.frames())) == 1
    (problem,) = container.problems
    assert (problem.number, problem.offset, problem.skipped) == (1, 44, 56) and "corrupt" in problem.reason


@given(st.binary(max_size=200), st.sampled_from([1, 4096]))
def test_any_bytes_end(rest: bytes, chunk: int) -> None:
    data = header() + packet(b"abcd") + rest
    container = opened(data, chunk)
    assert [frame[3] for frame in container.frames()][:1] == [b"abcd"] and container.bytes_done == len(data)
