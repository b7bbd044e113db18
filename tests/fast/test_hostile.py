"""What machine-made hostile captures have found to differ between the engines."""

from __future__ import annotations

import io

import pytest

from tests.captures import files, tls
from tests.captures.conversations import tcp
from tests.fuzz import engines


class _Blocks(io.RawIOBase):
    """A stream that gives one block at a time, as a pipe does whose writer flushes after each."""

    def __init__(self, *blocks: bytes) -> None:
        self._blocks = list(blocks)

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1) -> bytes:
        return self._blocks.pop(0) if self._blocks else b""


def _blocks(order: files.Order, *, simple: bool) -> list[bytes]:
    talk = tcp("192.0.2.10", "203.0.113.20", 443).syn().send(tls.hello("chatgpt.com")).receive(tls.application(900))
    data = files.section(files.Interface(talk.frames), order=order, simple=simple)
    found, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little" if order == "<" else "big")
        found.append(data[at : at + size])
        at += size
    return found


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("simple", [False, True])
def test_a_window_that_ends_with_a_block_is_not_the_end_of_the_file(order: files.Order, simple: bool) -> None:
    blocks = _blocks(order, simple=simple)
    engines.same(lambda: _Blocks(*blocks))  # type: ignore[arg-type,return-value]
    found = engines.found(_Blocks(*blocks), None, engines.DEFAULT, None, compiled=True)  # type: ignore[arg-type]
    assert found["summary"].lines == len(blocks) - 2
    assert [record.host for record in found["records"]] == ["chatgpt.com"]
