"""The compiled walk and the reference engine find the same in every capture, whole or broken, however it is cut to pieces."""

from __future__ import annotations

import io
import random
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowai import fast
from shadowai.errors import SourceError
from shadowai.fast import packets as compiled  # type: ignore[attr-defined]
from shadowai.sources.capture import attribution, flows
from shadowai.sources.capture.capture_file import CaptureFile
from shadowai.sources.capture.frames import Container
from shadowai.sources.capture.ledger import Wanted
from shadowai.sources.capture.limits import DEFAULT, Limits
from shadowai.sources.capture.naming import Naming
from shadowai.sources.capture.pieces import BOTH_DONE, COLLECT, DONE, LOOK
from shadowai.wire import quic as wire
from tests.captures import files, messages, quic, tls
from tests.captures.conversations import START, Timed, merged, tcp, udp
from tests.captures.packets import ACK, FIN, RST, SYN, ethernet, fragments, ip, tcp_segment, udp_datagram

HERE, THERE, RESOLVER = "192.0.2.10", "203.0.113.20", "192.0.2.53"
HERE6, THERE6 = "2001:db8::10", "2001:db8:1::20"


def _ai(host: str | None, url: str | None) -> bool:
    return host is not None and host.endswith("chatgpt.com")


def _nothing(host: str | None, url: str | None) -> bool:
    return False


WANTED: list[Wanted | None] = [None, _ai, _nothing]


@dataclass
class Found:
    """All that a capture gives."""

    records: list[Any] = field(default_factory=list)
    others: tuple[Any, ...] = ()


def _found(stream: BinaryIO, wanted: Wanted | None, limits: Limits, chunk: int, *, with_compiled: bool) -> Found:
    capture = CaptureFile("a.pcap", stream, limits=limits, secret=bytes(32))
    capture._container._reader._window._size = chunk
    found = Found(list(capture.records(wanted, compiled=with_compiled)))
    table, naming = capture._table, capture._naming
    assert table is not None and naming is not None
    assert isinstance(table, compiled.Table) is with_compiled
    counts = {kind: count for kind, count in naming.counts.items() if count}
    found.others = (
        list(capture.gaps()),
        list(capture.notes()),
        capture.summary(),
        capture.tally,
        counts,
        naming.named,
        (table.packets, table.flows, table.let_go, table.undecoded, table.fragments_limited()),
    )
    return found


def _same(
    make: Callable[[], BinaryIO], wanted: Wanted | None = None, limits: Limits = DEFAULT, chunk: int = 1 << 18
) -> list[Any]:
    """The records of both engines, which are the same, as is everything else."""
    with make() as stream:
        pure = _found(stream, wanted, limits, chunk, with_compiled=False)
    with make() as stream:
        quick = _found(stream, wanted, limits, chunk, with_compiled=True)
    assert quick.records == pure.records
    assert quick.others == pure.others
    return pure.records


def _bytes(data: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(data)


def _web(name: str | None, port: int, *, at: int = 0, v6: bool = False, mss: int = 1_400, size: int = 0) -> Any:
    ends = (HERE6, THERE6) if v6 else (HERE, THERE)
    talk = tcp(*ends, 443, client_port=port, time=START + at).syn()
    talk.send(tls.hello(name, size=size), mss=mss)
    return talk.receive(tls.application(4_000)).send(tls.application(9_000)).fin()


def _look_up(name: str, *addresses: str, at: int = 0, port: int = 50_000) -> Any:
    talk = udp(HERE, RESOLVER, 53, client_port=port, time=START + at)
    return talk.send(messages.dns_query(name)).receive(messages.dns_answer(name, addresses))


def _quic(name: str, port: int, *, at: int = 0, cuts: Sequence[int] = ()) -> Any:
    frames = quic.crypto_frames(tls.client_hello(name, alpn=("h3",), size=600), cuts)
    talk = udp(HERE, THERE, 443, client_port=port, time=START + at)
    for number, frame in enumerate(frames):
        talk.send(quic.initial(b"\x01\x02\x03\x04\x05\x06\x07" + bytes([port & 255]), frame, number=number))
    return talk.receive(quic.short(b"\x09" * 8)).send(quic.short(b"\x08" * 8))


def _everything() -> list[Timed]:
    """A bit of all: plain and split hellos, look-ups, requests, QUIC, connections without a name, odd frames."""
    nameless = tcp(HERE, "203.0.113.77", 443, client_port=41_000, time=START + 900).syn()
    nameless.send(tls.hello(None)).receive(tls.server_flight("mail.example.com"))
    web = tcp(HERE, THERE, 80, client_port=41_001, time=START + 950).syn()
    web.send(messages.request("chatgpt.com", "/a", body=b"x" * 3_000)).receive(messages.response(b"{}"))
    middle = tcp(HERE, THERE, 443, client_port=41_002, time=START + 970)
    middle.send(tls.application(3_000)).receive(tls.application(3_000))
    talks = [
        _look_up("Example.ORG", "203.0.113.77", at=100),
        _look_up("chatgpt.com", "203.0.113.20", "203.0.113.21", at=150, port=50_001),
        _web("www.example.com", 40_000, at=200),
        _web("Chatgpt.com", 40_001, at=210),
        _web("long.example.net", 40_002, at=220, size=1_800),
        _web("short.example.net", 40_003, at=230, mss=300, size=1_800),
        _web("six.example.net", 40_004, at=240, v6=True, size=3_000),
        _web(None, 40_005, at=250),
        _quic("quic.example.net", 51_000, at=260),
        _quic("chatgpt.com", 51_001, at=270, cuts=(200, 400)),
        nameless,
        web,
        middle,
    ]
    frames = merged(*talks)
    big = udp_datagram((HERE, 51_002, RESOLVER, 53), messages.dns_query("fragmented.example.net") + bytes(64))
    odd = [ethernet(piece) for piece in fragments(big, 32)]
    odd += [b"\xff" * 12 + b"\x08\x06" + bytes(28), b"", b"\x00" * 9, ethernet(ip(HERE, THERE, 1, b"\x08" + bytes(20)))]
    odd += [ethernet(udp_datagram((HERE, 4789, THERE, 4789), b"\x08" + bytes(7) + frames[3][1]))]
    frames += [(START + 2_000_000 + number, data) for number, data in enumerate(odd)]
    tagged = _web("tagged.example.net", 40_006, at=3_000_000)
    return frames + [(time, ethernet(packet, (7, 9))) for time, packet in tagged.packets]


EVERYTHING = _everything()


@pytest.mark.parametrize("wanted", WANTED)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nanoseconds", [False, True])
def test_classic_files(wanted: Wanted | None, order: files.Order, nanoseconds: bool) -> None:
    records = _same(_bytes(files.pcap(EVERYTHING, order=order, nanoseconds=nanoseconds)), wanted)
    assert bool(records) is (wanted is not _nothing)


@pytest.mark.parametrize("wanted", WANTED)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("resolution", [3, 6, 9, 10])
def test_files_of_blocks(wanted: Wanted | None, order: files.Order, resolution: int) -> None:
    half = len(EVERYTHING) // 2
    first = files.section(files.Interface(EVERYTHING[:half], resolution=resolution), order=order)
    other: files.Order = ">" if order == "<" else "<"
    raw = [(time, data[14:]) for time, data in EVERYTHING[:half] if data[12:14] == b"\x08\x00"]
    second = files.section(
        files.Interface(EVERYTHING[half:]), files.Interface(raw, link_type=files.RAW, resolution=9), order=other
    )
    simple = files.section(files.Interface(EVERYTHING[:20]), simple=True, order=order)
    short = files.section(files.Interface(EVERYTHING[20:60], snaplen=61), simple=True, order=other)
    nowhere = files.section(order=order) + files.block(3, bytes(20), order)
    _same(_bytes(first + second + simple + short + nowhere), wanted)


@pytest.mark.parametrize("chunk", [1, 7, 4_096])
@pytest.mark.parametrize("wanted", [None, _nothing])
def test_any_piece_by_piece(chunk: int, wanted: Wanted | None) -> None:
    some = EVERYTHING[:: 5 if chunk < 100 else 1]
    _same(_bytes(files.pcap(some)), wanted, chunk=chunk)
    _same(_bytes(files.section(files.Interface(some))), wanted, chunk=chunk)


@pytest.mark.parametrize("piece", [1, 7, 4_096])
@pytest.mark.parametrize("threaded", [False, True])
@pytest.mark.parametrize("blocks", [False, True])
def test_a_file_read_ahead(
    piece: int, threaded: bool, blocks: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.pcap"
    data = files.section(files.Interface(EVERYTHING)) if blocks else files.pcap(EVERYTHING)
    path.write_bytes(data)

    def table(naming: Naming, finish: Any, limits: Limits, silent: Any) -> Any:
        start = 0 if threaded else 1 << 40
        found = compiled.Table(naming.take, finish, limits, naming, piece=piece, thread_from=start)
        found.silence(silent)
        return found

    monkeypatch.setattr(fast, "table", table)
    _same(lambda: path.open("rb"), chunk=64)


def test_the_thread_that_reads_ahead_ends(tmp_path: Path) -> None:
    path = files.write_pcap(tmp_path / "a.pcap", EVERYTHING)
    for whole in (True, False):
        for thread in set(threading.enumerate()) - {threading.main_thread()}:  # of what was read before
            thread.join(10)
        before = threading.active_count()
        with path.open("rb") as stream:
            table = compiled.Table(lambda *piece: 2, lambda flow: None, DEFAULT, piece=100, thread_from=0)
            container = Container(stream)
            while table.walk(container, 3) and whole:
                assert threading.active_count() == before + 1
            if whole:
                table.close()
            del table
        for thread in set(threading.enumerate()) - {threading.main_thread()}:
            thread.join(10)
        assert threading.active_count() == before


def test_a_file_that_shrinks_and_one_that_ends_within_a_record(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    data = files.pcap(EVERYTHING)
    for end in (10, 23, 24, 30, 41, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:end])
        _same(lambda: path.open("rb"))
        _same(_bytes(data[:end]))


def test_a_stream_that_breaks_off() -> None:
    class Broken(io.BytesIO):
        def read1(self, size: int | None = -1) -> bytes:
            found = super().read1(4_096)
            if not found:
                raise SourceError("corrupt after all that")
            return found

    _same(lambda: Broken(files.pcap(EVERYTHING)))


@pytest.mark.parametrize("snaplen", [14, 34, 54, 60, 96, 300])
@pytest.mark.parametrize("wanted", [None, _nothing])
def test_frames_captured_in_part(snaplen: int, wanted: Wanted | None) -> None:
    _same(_bytes(files.pcap(EVERYTHING, snaplen=snaplen)), wanted)


@pytest.mark.parametrize(
    "limits",
    [
        *(Limits(flows=number) for number in (1, 2, 3, 5, 9)),
        *(Limits(streams=number) for number in (1, 2)),
        *(Limits(stream_bytes=number) for number in (1, 600, 1_500)),
        *(Limits(stream_pieces=number) for number in (1, 2, 3)),
        *(Limits(dns_answers=number) for number in (1, 2)),
        Limits(quic_connections=1, names_per_flow=1, fragments=1),
    ],
)
@pytest.mark.parametrize("wanted", WANTED)
def test_limits_are_reached_alike(limits: Limits, wanted: Wanted | None) -> None:
    _same(_bytes(files.pcap(EVERYTHING)), wanted, limits)


@pytest.mark.parametrize("link_type", [0, 12, 14, 101, 108, 113, 228, 229, 276, 147])
def test_other_link_types(link_type: int) -> None:
    packets = [(time, data[14:]) for time, data in EVERYTHING if data[12:14] in (b"\x08\x00", b"\x86\xdd")]
    heads = {0: (b"\x02\0\0\0", b"\x0a\0\0\0"), 108: (b"\0\0\0\x02", b"\0\0\0\x1e")}
    heads[113] = (bytes(14) + b"\x08\x00", bytes(14) + b"\x86\xdd")
    heads[276] = (b"\x08\x00" + bytes(18), b"\x86\xdd" + bytes(18))
    four, six = heads.get(link_type, (b"", b""))
    frames = [(time, (six if packet[0] >> 4 == 6 else four) + packet) for time, packet in packets]
    records = _same(_bytes(files.pcap(frames, link_type=link_type)))
    assert bool(records) is (link_type != 147)


def test_ports_used_again_and_both_ends_the_same() -> None:
    first, second = _web("one.example.net", 40_000), _web("two.example.net", 40_000, at=9_000_000)
    mirror = udp(HERE, HERE, 53, client_port=53, time=START + 500).send(messages.dns_query("chatgpt.com"))
    loop = tcp(HERE, HERE, 443, client_port=443, time=START + 600).syn().send(tls.hello("loop.example.net"))
    _same(_bytes(files.pcap(merged(first, second, mirror, loop))))


@pytest.mark.parametrize("wanted", WANTED)
def test_ports_used_again_without_an_opening(wanted: Wanted | None) -> None:
    ends, frames = (HERE, 40_000, THERE, 443), _web("one.example.net", 40_000).frames
    for number, away in enumerate([0x30000000, 0xB0000000, 0xB0000100], 1):
        talk = tcp(HERE, THERE, 443, client_port=40_000, sequence=1_001 + away, time=START + 10**7 * number)
        frames += talk.send(tls.hello(f"n{number}.chatgpt.com")).receive(tls.application(900)).fin().frames
    for flags in (RST, ACK, FIN | ACK, ACK):
        frames.append((frames[-1][0] + 1, ethernet(tcp_segment(ends, 0x70000000, 5_000, flags, b""))))
    records = _same(_bytes(files.pcap(frames)), wanted)
    assert wanted is _nothing or [one.host for one in records if one.host][-2:] == ["n1.chatgpt.com", "n2.chatgpt.com"]


@pytest.mark.parametrize("wanted", WANTED)
@pytest.mark.parametrize("seed", range(12))
def test_openings_and_answers_of_all_kinds(wanted: Wanted | None, seed: int) -> None:
    source, frames = random.Random(seed), []
    data = [b"", b"x" * 10, tls.hello("chatgpt.com"), messages.request("b.example.net"), bytes(5)]
    kinds = [SYN, SYN | ACK, SYN | ACK, ACK, ACK, ACK, FIN | ACK, RST]
    for number in range(300):
        ends = (HERE, 40_000 + source.randrange(3), THERE, 443)
        flags, sent = source.choice(kinds), source.choice(data)
        place = source.choice([1_000, 5_000, 0xFFFFFFF0]) + source.choice([0, 0, 1, 11, 1 << 25])
        packet = tcp_segment(
            source.choice([ends, ends[2:] + ends[:2]]), place, 0, flags, b"" if flags & (SYN | RST) else sent
        )
        frames.append((START + number, ethernet(packet)))
    _same(_bytes(files.pcap(frames)), wanted)
    _same(_bytes(files.pcap(frames)), wanted, Limits(flows=3))


@pytest.mark.parametrize("wanted", WANTED)
@pytest.mark.parametrize("again", [1, 7, 30])
def test_a_beginning_behind_bytes_that_were_sent_before(wanted: Wanted | None, again: int) -> None:
    first, second = messages.request("a.example.net", "/"), messages.request("chatgpt.com", "/")
    talk = tcp(HERE, THERE, 80, client_port=40_000).syn().send(first, mss=9)
    segment = tcp_segment((HERE, 40_000, THERE, 80), 1_001 + len(first) - again, 5_000, ACK, first[-again:] + second)
    records = _same(_bytes(files.pcap([*talk.frames, (START + 10**6, ethernet(segment))])), wanted)
    assert wanted is _nothing or records[-1].host == "chatgpt.com"


def _requests(source: random.Random) -> list[Timed]:
    """Requests to several hosts over one connection, of which segments are missing or out of order, and pipelined ones; with bodies in
    chunks too."""
    talk = tcp(HERE, THERE, 80, client_port=40_000, sequence=source.choice([1_001, 0xFFFFF800]))
    if source.random() < 0.7:
        talk.syn()
    waiting = b""
    for number in range(source.randrange(1, 7)):
        host, chunk = source.choice(["one.example.net", "two.example.net", "chatgpt.com"]), b"GET / HTTP/1.1\r\n"
        body = source.choice([b"", b"x" * 50, (chunk * 200)[: source.choice([400, 3_000])]])
        cookie = {"Cookie": "c" * source.choice([0, 0, 700, 2_500])}
        chunks = b""
        if body and source.random() < 0.5:
            size = source.choice([7, 300, 3_000])
            pieces = [body[place : place + size] for place in range(0, len(body), size)]
            chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
            cookie["Transfer-Encoding"], body = "chunked", b""
        method = "POST" if body or chunks else "GET"
        waiting += messages.request(host, f"/{number}", method=method, headers=cookie, body=body) + chunks
        if source.random() < 0.3:
            continue
        mss = source.choice([1_460, 536, 200])
        order = [place for place in range(-(-len(waiting) // mss)) if source.random() > 0.15]
        if source.random() < 0.2:
            source.shuffle(order)
        talk.send(waiting, mss=mss, order=order)
        waiting = b""
        if source.random() < 0.8:
            talk.receive(messages.response(b"{}", status=source.choice(["200 OK", "403 Forbidden", "100 Continue"])))
    return talk.fin().frames


@pytest.mark.parametrize("seed", range(60))
def test_requests_with_gaps_and_within_segments(seed: int) -> None:
    for wanted in WANTED:
        _same(_bytes(files.pcap(_requests(random.Random(seed)))), wanted)


def test_initials_of_a_client_that_leaves_segmentation_to_the_card() -> None:
    first, second = quic.crypto_frames(tls.client_hello("chatgpt.com", size=1_500), (700,))
    many = b"".join(
        quic.initial(b"\x0a" * 8, piece, number=number, size=1_000) + bytes(200)
        for number, piece in enumerate((first, second))
    )
    (record,) = _same(_bytes(files.pcap(udp(HERE, THERE, 443).send(many).frames)))
    assert record.host == "chatgpt.com"


@pytest.mark.parametrize("snaplen", [58, 60, 70, 400, 262_144])
@pytest.mark.parametrize("v6", [False, True])
def test_segments_that_the_card_was_to_part(snaplen: int, v6: bool) -> None:
    talk = _web("chatgpt.com", 40_000, v6=v6, mss=9_000, size=40_000)
    place = slice(18, 20) if v6 else slice(16, 18)
    frames = [(time, data[: place.start] + bytes(2) + data[place.stop :]) for time, data in talk.frames]
    for tagged in (False, True):
        if tagged:
            frames = [(time, data[:12] + b"\x81\x00\x00\x05" + data[12:]) for time, data in frames]
        (cut,) = _same(_bytes(files.pcap(frames, snaplen=snaplen + 20 * v6)))
        (whole,) = _same(_bytes(files.pcap(frames)))
        assert (cut.bytes_up, cut.bytes_down, cut.payload_up) == (whole.bytes_up, whole.bytes_down, whole.payload_up)


def test_who_connected_over_udp_where_the_beginning_is_missing() -> None:
    talk = udp(HERE, THERE, 443, client_port=50_000).receive(b"\x45" + bytes(90)).send(b"\x45" + bytes(20))

    def its_address(host: str | None, url: str | None) -> bool:
        return host == THERE

    (record,) = _same(_bytes(files.pcap(talk.frames)), its_address)
    assert (record.client_ip, record.server_port) == (HERE, 443)


@pytest.mark.parametrize("wanted", WANTED)
def test_a_relay_before_dns_and_a_tunnel_to_an_address(wanted: Wanted | None) -> None:
    header = messages.proxy_v2("192.0.2.99", RESOLVER, 5555, 53)
    asked = messages.dns_query("chatgpt.com")
    relayed = udp(HERE, RESOLVER, 53).send(header + asked, asked)
    stream = tcp(HERE, RESOLVER, 53, time=START + 50).syn().send(header + messages.dns_over_tcp(asked), mss=9)
    tunnel = (
        tcp(HERE, THERE, 3128, client_port=40_001, time=START + 90).syn().send(messages.connect("198.51.100.77:443"))
    )
    tunnel.receive(messages.ESTABLISHED).send(tls.hello("chatgpt.com"))
    records = _same(_bytes(files.pcap(merged(relayed, stream, tunnel))), wanted)
    assert wanted is _nothing or [one.client_ip for one in records].count("192.0.2.99") == 2


def test_hellos_out_of_order_repeated_and_contradicted() -> None:
    hello = tls.hello("late.example.net", size=3_000)
    pieces = [(place, hello[place : place + 700]) for place in range(0, len(hello), 700)]
    source = random.Random(5)
    frames: list[Timed] = []
    for number in range(60):
        sent = [source.choice(pieces) for _ in range(4)] + source.sample(pieces, len(pieces))
        if number % 3 == 0:
            sent = pieces[: number % 5 + 1] + pieces[:1] + pieces[number % 5 + 1 :]
        if number % 4 == 1:
            sent = [(place, data if source.random() < 0.9 else bytes(len(data))) for place, data in sent]
        talk = tcp(HERE, THERE, 443, client_port=42_000 + number, time=START + number * 37)
        frames += talk.syn().frames if number % 5 else []
        for step, (place, data) in enumerate(sent):
            segment = tcp_segment((HERE, 42_000 + number, THERE, 443), 1_001 + place, 5_000, ACK, data)
            frames.append((START + 10_000 + number * 37 + step * 1_000, ethernet(segment)))
    frames.sort(key=lambda frame: frame[0])
    for wanted in WANTED:
        _same(_bytes(files.pcap(frames)), wanted)
        _same(_bytes(files.pcap(frames)), wanted, Limits(streams=3))
        _same(_bytes(files.pcap(frames)), wanted, Limits(stream_bytes=2_000, stream_pieces=4))


def test_what_is_small_late_cut_or_goes_on_otherwise() -> None:
    """Padding behind few bytes, an opening behind its stream, versions that change, names before a cut, aggregates."""
    hello, half = tls.hello("chatgpt.com"), quic.crypto_frames(tls.client_hello("chatgpt.com", size=900), (400,))
    small = [(at, frame.ljust(60, b"\0")) for at, frame in tcp(HERE, THERE, 443).syn().send(hello, mss=1).frames]
    opening, *rest = tcp(HERE, THERE, 443, client_port=41_000).syn().send(hello, mss=90).receive(b"x" * 99).fin().frames
    first = quic.initial(b"12345678", half[0])
    ends = [quic.initial(b"servers!", half[1], number=1, version=2, keyed_by=b"12345678")]
    ends += [quic.initial(b"servers!", half[1], number=1, keyed_by=b"12345678", size=0), quic.short(b"9" * 8)]
    talks = [udp(HERE, THERE, 443, client_port=42_000 + n).send(first, end) for n, end in enumerate(ends)]
    talks += [udp(HERE, THERE, 443, client_port=53).send(first), udp(HERE, THERE, 443, client_port=5353).send(ends[1])]
    desk = udp(HERE, THERE, 3389, client_port=43_000).send(bytes(12) + tls.dtls_hello("chatgpt.com"))
    datagrams = fragments(
        udp_datagram((HERE, 5_000, RESOLVER, 53), messages.dns_query("chatgpt.com") + bytes(200)), 104
    )
    posted = b"POST /x HTTP/1.1\r\nHost: one.example\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n" + bytes(2048)
    again = tcp(HERE, THERE, 80, client_port=44_000).syn().send(posted + b"\r\n0\r\n\r\n").receive(messages.response())
    frames = [*small, *rest[:4], opening, *rest[4:], *merged(*talks, desk, again.send(messages.request("chatgpt.com")))]
    frames += [(START, ethernet(piece)) for piece in datagrams]
    snap = b"\xaa\xaa\3\0\0\0\x08\0" + udp_datagram((HERE, 5_001, RESOLVER, 53), messages.dns_query("chatgpt.com"))
    part = bytes(12) + len(snap).to_bytes(2, "big") + snap
    air = [(START, b"\x88\1" + bytes(22) + b"\x80\0" + 3 * (part + bytes(-len(part) % 4)))]
    for wanted in WANTED:
        found = _same(_bytes(files.pcap(frames)), wanted)
        assert wanted is _nothing or sum(one.host == "chatgpt.com" for one in found) == 9
        _same(_bytes(files.pcap(frames, snaplen=110)), wanted)
        assert wanted is _nothing or len(_same(_bytes(files.pcap(air, link_type=105)), wanted)) == 3


@pytest.mark.parametrize("wanted", WANTED)
def test_what_is_met_in_the_middle_or_at_another_s_port(wanted: Wanted | None) -> None:
    """Parts of DTLS hellos at ports of DNS, DNS and SOCKS without their opening, headers of who captured, tags of switches."""
    whole = tls.dtls_hello("chatgpt.com")
    body = whole[25:]
    talks: list[Any] = []
    for number, port in enumerate((53, 5353, 5355)):
        halves = [
            struct.pack(">BHHIHH", 22, 0xFEFD, 0, 0, at, 12 + len(part))
            + struct.pack(">IBI", 1 << 24 | len(body), 0, at)  # kind and length; number of the message and offset
            + len(part).to_bytes(3, "big")
            + part
            for at, part in ((0, body[:90]), (90, body[90:]))
        ]
        for end, sent in enumerate(([whole], halves, halves[:1], halves[1:])):
            talks.append(udp(HERE, f"203.0.113.{60 + end}", 4433, client_port=port, time=START + number).send(*sent))
    asked = messages.dns_over_tcp(messages.dns_query("a.example"), messages.dns_query("chatgpt.com"))
    for number in range(0, len(asked), 3):
        talk = tcp(HERE, RESOLVER, 53, client_port=45_000 + number, time=START + number).send(asked[number:])
        talks.append(talk.send(asked).receive(messages.dns_over_tcp(messages.dns_answer("chatgpt.com", [THERE]))))
    socks = tcp(HERE, THERE, 1080, client_port=46_000).send(messages.SOCKS5_GREETING).receive(messages.SOCKS5_CHOICE)
    talks.append(socks.send(messages.socks5("chatgpt.com", 443)).send(tls.hello("chatgpt.com"), mss=90))
    frames = merged(*talks)
    found = _same(_bytes(files.pcap(frames)), wanted)
    assert wanted is _nothing or sum(one.host == "chatgpt.com" and one.counted for one in found) > 20
    for link_type, head in ((178, b"MGC\1"), (197, bytes(8) + b"\2\4" + bytes(8)), (282, bytes(4))):
        behind = [(time, head + data) for time, data in frames]
        assert len(_same(_bytes(files.pcap(behind, link_type=link_type)), wanted)) == len(found)
    for place, tag in ((12, b"\x88\xe5\1\0\0\0\0\7"), (12, b"\xf1\xc1\0\0\0\1"), (12, b"\x89\x3f" + bytes(6))):
        tagged = [(time, data[:place] + tag + data[place:]) for time, data in frames]
        assert len(_same(_bytes(files.pcap(tagged)), wanted)) == len(found)


def _mutated(data: bytes, source: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(source.choice([1, 3, 10, 60])):
        place, kind = source.randrange(len(found)), source.randrange(4)
        if kind == 0:
            found[place] = source.randrange(256)
        elif kind == 1:
            found[place] ^= 1 << source.randrange(8)
        elif kind == 2:
            del found[place : place + source.randrange(1, 30)]
        else:
            found[place:place] = found[source.randrange(len(found)) :][: source.randrange(1, 900)]
    return bytes(found)


@pytest.mark.parametrize("seed", range(12))
def test_broken_captures(seed: int) -> None:
    source = random.Random(seed)
    whole = [files.pcap(EVERYTHING), files.section(files.Interface(EVERYTHING)), files.pcap(EVERYTHING[:30], order=">")]
    for _ in range(12):
        data = _mutated(source.choice(whole), source)
        _same(_bytes(data), source.choice(WANTED), chunk=source.choice([512, 1 << 18]))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(EVERYTHING) - 1), st.integers(0, 120), st.integers(0, 255), st.integers(0, 3)),
        min_size=1,
        max_size=40,
    )
)
def test_frames_with_wrong_bytes(changes: list[tuple[int, int, int, int]]) -> None:
    frames = []
    for number, place, value, cut in changes:
        time, data = EVERYTHING[number]
        changed = data[:place] + bytes([value]) + data[place + 1 :] if place < len(data) else data
        frames.append((time, changed[: len(changed) - cut] if cut else changed))
    _same(_bytes(files.pcap(frames)))
    _same(_bytes(files.pcap(frames)), _nothing, Limits(flows=4))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=120), st.booleans(), st.booleans())
def test_any_dns_message(message: bytes, asked: bool, plain: bool) -> None:
    talk = udp(HERE, RESOLVER, 53)
    if asked:
        talk.send(messages.dns_query("a.example.net"))
    head = messages.dns_answer("a.example.net", ["203.0.113.5"])
    talk.receive(head[: -len(message) or None] + message if plain else message)
    later = tcp(HERE, "203.0.113.5", 443, time=START + 9_000_000).syn().send(tls.application(20))
    for wanted in (None, _nothing):
        _same(_bytes(files.pcap(merged(talk, later))), wanted)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 140), st.binary(min_size=1, max_size=8), st.sampled_from([0, 1, 60, 100]))
def test_any_hello(place: int, change: bytes, cut: int) -> None:
    hello = tls.hello("www.example.net")
    changed = hello[:place] + change + hello[place + len(change) :]
    talk = tcp(HERE, THERE, 443).syn().send(changed[: len(changed) - cut])
    for wanted in (None, _nothing):
        _same(_bytes(files.pcap(talk.frames)), wanted)


def test_a_table_alone_keeps_the_contract_of_the_reference() -> None:
    """Without a naming, over frames that Python reads: the same pieces in the same order, and the same flows."""
    for verdicts in ([LOOK], [COLLECT], [DONE], [BOTH_DONE], [0, 1, 0, 2, 3, 1]):
        told: list[list[Any]] = []
        for make in (flows.Table, compiled.Table):
            pieces: list[Any] = []
            ended: list[Any] = []

            def take(*piece: Any, pieces: list[Any] = pieces, verdicts: list[int] = verdicts) -> int:
                pieces.append(piece)
                return verdicts[len(pieces) % len(verdicts)]

            table = make(take, ended.append, Limits(flows=7))
            frames = Container(io.BytesIO(files.pcap(EVERYTHING))).frames()
            walks = [table.walk(frames, 10)]
            while walks[-1]:
                walks.append(table.walk(frames, 10))
            table.close()
            told.append([walks, pieces, ended, table.packets, table.flows, table.let_go, table.others, table.fragments])
        assert told[0] == told[1]
        assert told[0][1] and told[0][2]


def test_answers_are_remembered_alike() -> None:
    source = random.Random(3)
    for most in (1, 2, 5, 3_000):
        pure, quick = attribution.Answers(most), compiled.Answers(most)
        for _ in range(4_000):
            client, address = (
                bytes([1, 2, 3, source.randrange(4)]),
                bytes([source.randrange(60)]) * source.choice([4, 16]),
            )
            name, time = f"{source.randrange(5)}.example", source.randrange(10**10)
            ttl = source.choice([0, 60, 2**32 - 1])
            for answers in (pure, quick):
                answers.add(client, name, address, time, ttl)
            when = source.randrange(10**10)
            assert quick.names(client, address, when) == pure.names(client, address, when)
        assert quick.forgotten == pure.forgotten


@pytest.mark.parametrize("portable", [False, True])
def test_initials_are_opened_alike(portable: bool) -> None:
    source = random.Random(7)
    opener = wire.Opener()
    for turn in range(400):
        id = source.randbytes(source.choice([0, 1, 8, 16, 20]))
        frames = source.randbytes(source.randrange(20, 900)) if turn % 2 else quic.crypto(source.randbytes(300), turn)
        token = source.randbytes(source.choice([0, 0, 5, 70, 300]))
        made = quic.initial(
            id,
            frames,
            version=source.choice(list(quic.VERSIONS)),
            number=source.randrange(1 << 8),
            number_size=source.randrange(1, 5),
            token=token,
            size=source.choice([0, 300, 1200, 1357]),
        )
        packet = bytearray(made)
        if turn % 3 == 0:
            packet[source.randrange(7 + len(id), len(packet))] ^= 1 << source.randrange(8)
        for initial in wire.initials(bytes(packet)):
            keyed = id if turn % 5 else source.randbytes(8)
            found = compiled.open_initial(initial.packet, keyed, initial.version, initial.number_at, portable)
            assert found == opener.payload(initial, keyed)
            assert turn % 3 == 0 or turn % 5 == 0 or found is not None
    for version in wire.PROFILES:
        made = compiled.open_initial(bytes(60), b"12345678", version, 20, portable)
        assert made is None


@pytest.mark.parametrize("packet", [b"", bytes(7), bytes(26), bytes(27), bytes(600)])
def test_what_is_no_initial_is_not_opened(packet: bytes) -> None:
    assert compiled.open_initial(packet, b"", 1, 7) is None
    with pytest.raises(ValueError, match="Initial"):
        compiled.open_initial(packet, bytes(21), 1, 7)
    with pytest.raises(ValueError, match="Initial"):
        compiled.open_initial(packet, b"", 1, 501)


def _initials(source: random.Random) -> list[Timed]:
    """Initials of a few connections on a few ports: split, shuffled, repeated, contradicted, of changed ids, from both ends."""
    frames: list[Timed] = []
    for number in range(12):
        port, time = 52_000 + source.randrange(6), START + number * 3_000
        name = source.choice(["one.example.net", "two.example.net", "chatgpt.com", None, "three.example.net"])
        hello = tls.client_hello(name, alpn=("h3",), size=source.choice([0, 900, 2_500]))
        cuts = sorted(source.sample(range(1, len(hello)), source.randrange(5)))
        pieces = quic.crypto_frames(hello, cuts)
        source.shuffle(pieces)
        if source.random() < 0.3:
            pieces.append(quic.crypto(b"\x01" + bytes(40), source.randrange(100)))
        if source.random() < 0.3:
            pieces.insert(0, b"\x02\x05\x00\x01\x00\x00\x03" + b"\x03\x05\x00\x00\x00\x00\x00\x01")
        id = source.choice([b"\x0a" * 8, b"\x0b" * 8, source.randbytes(source.choice([0, 8, 20]))])
        version = source.choice([1, 1, 1, 2])
        talk = udp(HERE, THERE, source.choice([443, 443, 443, 853]), client_port=port, time=time)
        while pieces:
            some = [pieces.pop(0) for _ in range(min(len(pieces), source.randrange(1, 3)))]
            made = quic.initial(id, *some, version=version, number=len(pieces), size=source.choice([900, 1_200, 1_300]))
            if source.random() < 0.1:
                made = made[:-1] + bytes([made[-1] ^ 1])
            if source.random() < 0.1:
                made += quic.initial(b"\x0c" * 8, quic.crypto(b"\x01"), size=300)
            (talk.receive if source.random() < 0.1 else talk.send)(made)
            if source.random() < 0.2:
                talk.send(made)
        later = source.choice([id, b"\x0d" * 8])
        talk.send(quic.initial(later, b"\x01", keyed_by=source.choice([id, later]), version=version, size=1_200))
        talk.receive(quic.initial(b"\x0e" * 8, b"\x01", keyed_by=id, side="server", version=version, size=1_200))
        frames += talk.frames
    return sorted(frames, key=lambda frame: frame[0])


@pytest.mark.parametrize("seed", range(25))
def test_quic_connections_of_all_sorts(seed: int) -> None:
    source = random.Random(seed)
    data = files.pcap(_initials(source))
    for wanted in WANTED:
        _same(_bytes(data), wanted)
        _same(
            _bytes(data), wanted, Limits(quic_connections=source.choice([1, 2, 3]), flows=source.choice([4, 1 << 18]))
        )


def test_addresses_have_a_length() -> None:
    with pytest.raises(ValueError, match="4 or 16"):
        compiled.Answers(3).add(b"abc", "a", b"abcd", 0, 0)
    assert compiled.Answers(3).names(b"abc", b"abcd", 0) == ()
