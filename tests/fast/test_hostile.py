"""What machine-made hostile captures have found to differ between the engines."""

from __future__ import annotations

import io

import pytest

from shadowai.sources.capture.limits import DEFAULT
from tests.captures import files, tls
from tests.captures.conversations import START, Timed, tcp
from tests.captures.packets import ACK, RST, SYN, ethernet, tcp_segment
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
    found = engines.found(_Blocks(*blocks), None, DEFAULT, None, compiled=True)  # type: ignore[arg-type]
    assert found["summary"].lines == len(blocks) - 2
    assert [record.host for record in found["records"]] == ["chatgpt.com"]


ENDS, BACK = ("192.0.2.10", 40_000, "203.0.113.20", 443), ("203.0.113.20", 443, "192.0.2.10", 40_000)
HELLO = tls.hello("chatgpt.com")


def _talk(*packets: bytes) -> list[Timed]:
    return [(START + number, ethernet(packet)) for number, packet in enumerate(packets)]


_OPENED = (tcp_segment(ENDS, 1_000, 0, SYN), tcp_segment(BACK, 5_000, 1_001, SYN | ACK))
_SENT = tcp_segment(ENDS, 1_001, 5_001, ACK, HELLO)


@pytest.mark.parametrize(
    ("frames", "blocked"),
    [
        (_talk(*_OPENED, _SENT, tcp_segment(BACK, 5_001, 0, RST)), True),
        (_talk(*_OPENED, _SENT, tcp_segment(BACK, 5_001, 0, RST | ACK), tcp_segment(BACK, 9_000, 0, RST)), True),
        (_talk(*_OPENED, _SENT), None),  # the capture ends here
        (_talk(_OPENED[0], _SENT, tcp_segment(ENDS, 2_000, 0, RST)), None),  # only the way there was captured
        (_talk(*_OPENED, _SENT, tcp_segment(ENDS, 1_001 + len(HELLO), 0, RST)), None),  # the client leaves
        (_talk(*_OPENED, _SENT, tcp_segment(BACK, 9_001, 0, RST)), None),  # 4,000 bytes of answer are missing
        (_talk(*_OPENED, _SENT, tcp_segment(BACK, 5_001, 0, ACK, b"x"), tcp_segment(BACK, 5_002, 0, RST)), None),
        (_talk(*_OPENED, _SENT, tcp_segment(BACK, 5_001, 0, RST), tcp_segment(BACK, 5_001, 0, ACK, b"x" * 9)), None),
        (_talk(_SENT, tcp_segment(BACK, 5_001, 0, RST)), None),  # where the server began is not known
    ],
)
def test_a_reset_before_any_answer_is_a_blocked_attempt(frames: list[Timed], blocked: bool | None) -> None:
    data = files.pcap(frames)
    engines.same(lambda: io.BytesIO(data))
    engines.lawful(data)
    for compiled in (False, True):
        (record,) = engines.found(io.BytesIO(data), None, DEFAULT, None, compiled=compiled)["records"]
        assert (record.host, record.blocked) == ("chatgpt.com", blocked)


def test_a_name_in_bytes_from_before_the_stream_is_told_by_both() -> None:
    """Such bytes are no application data of the stream: a connection of nothing else has none, and a name."""
    frames = _talk(*_OPENED, tcp_segment(ENDS, 1_001 - len(HELLO), 5_001, ACK, HELLO))
    engines.same(lambda: io.BytesIO(files.pcap(frames)))
