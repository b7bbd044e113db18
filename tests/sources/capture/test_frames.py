"""Which files are captures, and what every container has in common."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.errors import SourceError
from shadowai.sources.capture.frames import Container, is_capture, is_cut
from shadowai.sources.capture.packet import Frame
from tests.sources.capture.capture_files import enhanced, interface, many, opened, payload, pcap_header, section


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("magic", [0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34, 0xA1E2CB12, 0xA12B3C4D, 0x1C0001AC, 0x1C0001AB])
def test_pcap_is_told_by_its_magic(magic: int, order: str) -> None:
    head = pcap_header(order, magic)
    assert is_capture(head) and not is_capture(head[:23]) and not is_capture(b"\0" + head)


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_is_told_by_its_first_block(order: str) -> None:
    head = section(order)[:24]
    assert is_capture(head) and not is_capture(head[:8] + b"\0\0\0\0" + head[12:]) and not is_capture(head[:11])


@pytest.mark.parametrize("head", [b"", b"10.0.0.1 - - [01/Jan/2024", b"\x1f\x8b\x08" + bytes(30), b"\n\r\r\n" * 8])
def test_other_files_are_no_captures(head: bytes) -> None:
    assert not is_capture(head)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_to_their_end(data: bytes) -> None:
    container = opened(data)
    found = list(container.frames())
    if is_capture(data):
        assert container.format in ("pcap", "pcapng", "snoop")
    else:
        assert container.format == "" and not found and (container.problem_count > 0) == (len(data) > 0)


def test_frames_have_the_order_of_the_noun() -> None:
    number, time, link, data, length = Frame(*next(opened(pcap_header() + many(1)[0]).frames()))
    assert (number, link, data, length) == (1, 1, payload(0), 60) and time > 0


@pytest.mark.parametrize("head", [pcap_header(), section() + interface()])
def test_a_reader_that_stops_early_has_counted_what_it_took(head: bytes) -> None:
    records = many(9) if len(head) == 24 else [enhanced(payload(number)) for number in range(9)]
    container = opened(head + b"".join(records), 4096)
    taken = container.frames()
    for _ in range(3):
        next(taken)
    taken.close()  # type: ignore[attr-defined]
    assert container.frames_seen == 3 and container.bytes_done == len(head) + sum(map(len, records[:3]))


@pytest.mark.parametrize("head", [pcap_header(), section() + interface()])
def test_a_frame_of_a_growing_file_is_given_before_the_next_is_waited_for(head: bytes) -> None:
    records = many(4) if len(head) == 24 else [enhanced(payload(number)) for number in range(4)]
    rest = list(records)
    stream = io.BytesIO(head)

    def more() -> bool:
        at = stream.tell()
        if rest:
            stream.seek(0, io.SEEK_END)
            stream.write(rest.pop(0))
            stream.seek(at)
        return stream.getbuffer().nbytes > at

    for count, frame in enumerate(Container(stream, follow=more).frames(), start=1):
        assert frame[3] == payload(count - 1) and len(rest) == 4 - count


class Breaking:
    """A stream that fails in the middle, as a corrupt compressed file does."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    def read(self, size: int, /) -> bytes:
        if self._pieces:
            return self._pieces.pop(0)
        raise SourceError("corrupt")


@pytest.mark.parametrize("rest", [many(6)[5][:-1], many(6)[5][:3], struct.pack("<IIII", 0, 0, 0x7FFFFFFF, 0)])
def test_what_came_before_an_error_of_the_stream_is_given_first(rest: bytes) -> None:
    container = Container(Breaking(pcap_header() + b"".join(many(5)), rest))
    found = []
    with pytest.raises(SourceError, match="corrupt"):
        for frame in container.frames():
            found.append(frame[3])
    assert found == [payload(number) for number in range(5)]


def test_an_error_before_the_first_block_of_a_section_is_raised_too() -> None:
    container = Container(Breaking(section()[:20]))
    with pytest.raises(SourceError):
        list(container.frames())


@pytest.mark.parametrize(
    "whole", [section("<")[:12], section(">")[:12], pcap_header("<"), pcap_header(">", 0xA1B23C4D)]
)
def test_a_beginning_of_what_tells_a_capture_is_cut(whole: bytes) -> None:
    assert all(is_cut(whole[:size]) for size in range(2, len(whole))) and not is_cut(whole)
    assert not is_cut(whole[:1]) and not is_cut(b"") and not is_cut(b"\n\r\nx") and not is_cut(b"\n\r\r\nhello world")
