"""From a capture's bytes to records, gaps and notes."""

from __future__ import annotations

import io
import random

import pytest

from shadowai.errors import SourceError
from shadowai.model import Record
from shadowai.sources.capture.capture_file import FIELDS, FORMATS, CaptureFile
from tests.captures import files, messages, tls
from tests.captures.conversations import START, Timed, merged, tcp, udp
from tests.captures.packets import ethernet, ip, packed
from tests.sources.capture.reading import CLIENT, RESOLVER, SERVER, outcome, read

HELLO = tls.hello("chatgpt.com")


def _talk() -> list[Timed]:
    return tcp(CLIENT, SERVER, 443).syn().send(HELLO).receive(tls.application(4000)).fin().frames


def test_sizes_are_those_of_the_whole_connection() -> None:
    (record,) = read(_talk()).records
    up = sum(len(data) for _, data in _talk() if data[26:30] == packed(CLIENT))
    down = sum(len(data) for _, data in _talk() if data[26:30] == packed(SERVER))
    assert (record.bytes_up, record.bytes_down, record.payload_up) == (up, down, len(HELLO))
    assert record.format == "pcap" and record.counted and not record.inferred and record.action is None


def test_what_is_sent_again_is_no_further_upload() -> None:
    (record,) = read(tcp(CLIENT, SERVER, 443).syn().send(HELLO, retransmit=True).frames).records
    assert record.payload_up == len(HELLO) and (record.bytes_up or 0) > 2 * len(HELLO)


def test_missing_packets_make_sizes_lower_bounds_and_that_is_said() -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO).send(b"x" * 6000, order=[0, 2, 3])
    assert read(talk.frames).notes["lower_bound"] == 1
    nameless = tcp(CLIENT, SERVER, 22).syn().send(b"x" * 6000, order=[0, 2, 3])
    assert "lower_bound" not in read(nameless.frames).notes


@pytest.mark.parametrize("snaplen", [54 + 200, 54 + 90])
def test_a_snap_length_behind_or_before_the_name(snaplen: int) -> None:
    hello = tls.hello("chatgpt.com", size=600)
    found = read(tcp(CLIENT, SERVER, 443).syn().send(hello).frames, snaplen=snaplen)
    assert found.notes["snap_length"] == 1
    if snaplen > 200:
        assert found.names == [("tls_sni", "chatgpt.com")] and found.notes["hello_cut_but_named"] == 1
        assert found.records[0].payload_up == len(hello)
    else:
        assert found.names == [] and found.notes["hello_incomplete"] == found.notes["nameless"] == 1


def test_time_zero_is_unknown_and_the_name_is_found() -> None:
    frames = [(0, data) for _, data in _talk()]
    (record,) = read(frames).records
    assert record.time is None and record.host == "chatgpt.com"
    answered = (
        udp(CLIENT, RESOLVER, 53)
        .send(messages.dns_query("a.example"))
        .receive(messages.dns_answer("a.example", [SERVER]))
    )
    nameless = tcp(CLIENT, SERVER, 443).syn().send(b"x" * 90)
    found = read([(0, data) for _, data in [*answered.frames, *nameless.frames]])
    assert found.hosts == ["a.example", "a.example"]


def test_time_that_runs_backwards_changes_nothing_but_times() -> None:
    frames = [(START - number * 1_000_000, data) for number, (_, data) in enumerate(_talk())]
    (record,) = read(frames).records
    assert record.host == "chatgpt.com" and record.bytes_up


def test_a_capture_without_a_name_is_a_gap_only_where_something_was_said() -> None:
    nothing = read(tcp(CLIENT, SERVER, 443).syn().fin().frames)
    assert nothing.gaps == [] and nothing.records == []
    data = read(tcp(CLIENT, SERVER, 443).send(b"\x17\x03\x03" + bytes(50)).frames)
    assert [gap.count for gap in data.gaps] == [1] and "no connection tells a name" in data.texts
    beside = read(
        merged(
            tcp(CLIENT, SERVER, 443).send(b"\x17\x03\x03" + bytes(50)),
            udp(CLIENT, RESOLVER, 53).send(messages.dns_query("a.example")),
        )
    )
    assert beside.gaps == [] and beside.notes["nameless"] == 1
    silent = read(udp(CLIENT, SERVER, 123).send(bytes(48)).frames)
    assert silent.gaps == [] and silent.notes == {}
    assert read([]).gaps == []


def test_a_nameless_connection_is_a_record_with_its_address() -> None:
    (record,) = read(tcp(CLIENT, SERVER, 443).syn().send(b"x" * 50).frames).records
    assert (record.kind, record.host, record.server_ip, record.inferred) == ("connection", None, SERVER, True)
    assert record.bytes_up


def test_a_scan_keeps_only_what_is_wanted_and_counts_the_rest() -> None:
    frames = merged(
        tcp(CLIENT, SERVER, 443).syn().send(HELLO),
        tcp(CLIENT, SERVER, 443, client_port=2).syn().send(tls.hello("shop.example")),
        udp(CLIENT, RESOLVER, 53).send(messages.dns_query("shop.example"), messages.dns_query("chatgpt.com")),
        tcp(CLIENT, "203.0.113.80", 22).syn().send(b"x" * 30),
    )
    whole, some = read(frames), read(frames, wanted=lambda host, url: host == "chatgpt.com")
    assert {record.host for record in some.records} == {"chatgpt.com"}
    assert whole.summary == some.summary and whole.summary.records == len(whole.records) == 5
    assert whole.notes == some.notes
    assert [record for record in whole.records if record.host == "chatgpt.com"] == some.records


def test_frames_that_cannot_be_read_are_a_gap_with_places() -> None:
    bad = ethernet(b"\x43" + bytes(30))
    found = read([*_talk(), (START, bad), (START, bad)])
    (gap,) = found.gaps
    assert gap.count == 2 and [str(place) for place in gap.examples] == ["x.pcap#13", "x.pcap#14"]
    assert found.summary.unreadable == 2 and found.summary.lines == 14


def test_a_stream_that_breaks_off_is_a_gap_and_what_was_read_counts() -> None:
    class Broken(io.BytesIO):
        def readinto(self, buffer: object) -> int:
            raise SourceError("corrupt gzip", remedy="copy it again")

        read = readinto  # type: ignore[assignment]
        read1 = readinto  # type: ignore[assignment]

    data = files.pcap(_talk())
    stream = io.BufferedReader(_Joined(data, Broken()))
    found = outcome(CaptureFile("x.pcap", stream))
    assert any("corrupt gzip (copy it again)" in gap.reason for gap in found.gaps)
    assert found.hosts == ["chatgpt.com"]


class _Joined(io.RawIOBase):
    """Bytes, then whatever the other stream does."""

    def __init__(self, data: bytes, then: io.BytesIO) -> None:
        self._data = io.BytesIO(data)
        self._then = then

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        return self._data.readinto(buffer) or self._then.readinto(buffer)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [1, 7, 100, 4096])
def test_reads_of_any_size_give_the_same(size: int) -> None:
    class Slow(io.BytesIO):
        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            return super().readinto(buffer[:size])

    data = files.pcap(_talk())
    assert outcome(CaptureFile("x.pcap", Slow(data))).records == read(_talk()).records


def test_pcapng_is_told_as_such_and_its_keys_are_said() -> None:
    secrets = files.block(10, b"TLSK\0\0\0\4" + b"abcd")
    found = outcome(CaptureFile("x.pcapng", io.BytesIO(files.section(files.Interface(_talk()), extra=secrets))))
    assert found.records[0].format == "pcapng" and found.hosts == ["chatgpt.com"] and found.notes["secrets"] == 1


def test_progress_adds_up_to_the_file() -> None:
    data = files.pcap(_talk())
    steps: list[int] = []
    capture = CaptureFile("x.pcap", io.BytesIO(data), on_block=steps.append)
    assert list(capture.records()) and sum(steps) == len(data)


def test_before_it_was_read_there_is_nothing_to_say() -> None:
    capture = CaptureFile("x.pcap", io.BytesIO(files.pcap([])))
    assert not list(capture.gaps()) and not list(capture.notes()) and capture.summary().lines == 0


def test_mutated_captures_do_no_harm() -> None:
    rng = random.Random(9)
    base = files.pcap(
        merged(
            tcp(CLIENT, SERVER, 443).syn().send(HELLO, mss=90),
            udp(CLIENT, RESOLVER, 53).send(messages.dns_query("a.example")),
        )
    )
    for _ in range(300):
        data = bytearray(base)
        for _ in range(rng.randrange(1, 8)):
            data[rng.randrange(24, len(data))] = rng.randrange(256)
        found = outcome(CaptureFile("x.pcap", io.BytesIO(bytes(data[: rng.randrange(24, len(data) + 1)]))))
        assert all(record.client_ip for record in found.records)


def test_the_fields_that_are_promised_are_those_of_records() -> None:
    talk = tcp(CLIENT, SERVER, 3128).syn().send(messages.request("a.example", headers={"User-Agent": "x"}))
    refused = tcp(CLIENT, SERVER, 3128, client_port=2).syn().send(messages.connect("b.example:443"))
    frames = merged(talk, refused.receive(messages.response(status="403 Forbidden")))
    told = {key for record in read(frames).records for key in Record.__slots__ if getattr(record, key) is not None}
    beside = {"path", "line", "format", "kind", "counted", "unit", "inferred", "payload_up", "facts"}
    assert told - beside == set(FIELDS)


def test_formats_are_those_that_records_name() -> None:
    assert set(FORMATS) == {"pcap", "pcapng"}


def test_what_is_neither_tcp_nor_udp_is_counted_and_alone_a_gap() -> None:
    esp = [(START, ethernet(ip(CLIENT, SERVER, 50, bytes(80)))) for _ in range(3)]
    alone = read(esp)
    assert alone.notes == {"others": 3} and [gap.count for gap in alone.gaps] == [3] and "IPsec" in alone.texts
    beside = read([*_talk(), *esp])
    assert beside.notes == {"others": 3} and beside.gaps == []
