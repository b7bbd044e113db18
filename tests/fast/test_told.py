"""What the compiled walk tells Naming without its seeing the payload: the same as Naming finds in it, and within the same limits."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from shadowai import fast
from shadowai.fast import packets as compiled  # type: ignore[attr-defined]
from shadowai.sources.capture import capture_file
from shadowai.sources.capture.limits import DEFAULT, Limits
from shadowai.sources.capture.naming import Naming
from tests.captures import files, messages, quic, tls
from tests.captures.conversations import START, merged, tcp, udp
from tests.fuzz.engines import found, same

HERE, THERE, RESOLVER = "192.0.2.10", "203.0.113.20", "192.0.2.53"
OUTER = "cloudflare-ech.com"


def _ai(host: str | None, url: str | None) -> bool:
    return host is not None and (host.endswith("chatgpt.com") or host == "203.0.113.20")


def _nothing(host: str | None, url: str | None) -> bool:
    return False


WANTED = [None, _ai, _nothing]


def _web(name: str | bytes | None, port: int = 40_000, *, flight: bytes = b"", mss: int = 1_400, **how: Any) -> Any:
    talk = tcp(HERE, THERE, 443, client_port=port, time=START).syn().send(tls.hello(name, **how), mss=mss)
    if flight:
        talk.receive(flight)
    return talk.receive(tls.application(4_000)).send(tls.application(900)).fin()


def _quic(name: str, cuts: Sequence[int] = (), **how: Any) -> Any:
    talk = udp(HERE, THERE, 443, client_port=40_000, time=START)
    for number, frame in enumerate(quic.crypto_frames(tls.client_hello(name, alpn=("h3",), **how), cuts)):
        talk.send(quic.initial(bytes(8), frame, number=number))
    return talk.receive(quic.short(b"\x09" * 8)).send(quic.short(b"\x08" * 8))


def _look_up(name: str) -> Any:
    talk = udp(HERE, RESOLVER, 53, client_port=50_000, time=START)
    return talk.send(messages.dns_query(name)).receive(messages.dns_answer(name, [THERE]))


PLAIN = {
    "whole": _web("chatgpt.com"),
    "capitals": _web("ChatGPT.com"),
    "dotted": _web("chatgpt.com."),
    "in pieces": _web("chatgpt.com", mss=300, size=1_800),
    "greased": _web("chatgpt.com", ech=True),
    "outer": _web(OUTER, ech=True),
    "outer in pieces": _web(OUTER, ech=True, mss=300),
    "outer name in clear": _web(OUTER),
    "outer name, empty extension": _web(OUTER, extra=(tls.extension(0xFE0D, b""),)),
    "resolver": _web("dns.google"),
    "no name": _web(None),
    "no name, a certificate": _web(None, flight=tls.server_flight("chatgpt.com")),
    "no name, records": _web(None, flight=tls.server_flight("www.example.org", "example.org")),
    "no name, many owners": _web(None, flight=tls.server_flight("a.example.org", "b.example.net")),
    "question": _look_up("chatgpt.com"),
    "no host": _look_up("localhost"),
    "QUIC": _quic("chatgpt.com"),
    "QUIC, outer": _quic(OUTER, ech=True),
    "QUIC in pieces": _quic("chatgpt.com", (90, 200), size=600),
}


@pytest.mark.parametrize("wanted", WANTED)
@pytest.mark.parametrize("kind", PLAIN)
def test_nothing_plain_is_handed_on(kind: str, wanted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    data = files.pcap(PLAIN[kind].frames)
    same(lambda: io.BytesIO(data), wanted)
    taken: list[int] = []

    def take(self: Naming, kind: int, *piece: Any) -> int:
        taken.append(kind)
        return 0

    monkeypatch.setattr(Naming, "take", take)
    found(io.BytesIO(data), wanted, DEFAULT, None, compiled=True)
    assert not taken


@pytest.mark.parametrize("wanted", WANTED)
@pytest.mark.parametrize(
    "talk",
    [
        _web("chatgpt.com", flight=tls.hello("claude.ai")),
        _web(None, flight=tls.server_flight("chatgpt.com", record=100)),
        _web(None, flight=tls.server_flight("chatgpt.com")[:-200]),
        _web(None, flight=tls.records(tls.server_hello()) + tls.server_flight("chatgpt.com")),
        _web(None, flight=tls.records(tls.server_hello()) + tls.application(300)),
        _web("a\0b"),
        _web(b"\xff\xfe"),
        _web("chatgpt.com", extra=(tls.extension(0xFE0D, bytes(9)), tls.extension(0, b""))),
        _quic("chatgpt.com")
        .send(tls.hello("chatgpt.com"))
        .send(quic.initial(b"\x07" * 8, quic.crypto(b"\x01\0\0\x09"))),
        _quic("chatgpt.com").receive(quic.initial(bytes(8), quic.crypto(tls.client_hello("claude.ai")))),
    ],
)
def test_what_is_less_plain(talk: Any, wanted: Any) -> None:
    data = files.pcap(talk.frames)
    same(lambda: io.BytesIO(data), wanted)
    same(lambda: io.BytesIO(data[:-90]), wanted)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "a.b",
            "a.b.",
            "a..b",
            ".a",
            "-a.b",
            "a-.b",
            "a.-b",
            "a.b-",
            "_x.y",
            "a_.b",
            "192.0.2.1",
            "1.a",
            "a.1",
            "x.com9",
        ),
        *(
            "na",
            "none",
            "n-a.na",
            "xn--bcher-kva.example",
            "x" * 63 + ".com",
            "x" * 64 + ".com",
            ".".join(["x" * 61] * 4),
        ),
        *(".".join(["x" * 62] * 4), "ChatGPT.com", "chatgpt.com.", "chatgpt.com-", "www.chatgpt.com", "notchatgpt.com"),
    ],
)
def test_names_of_every_form(name: str) -> None:
    """The compiled walk makes a host of a plain name by itself, and asks nobody about one that cannot be wanted."""

    class Known:
        known = frozenset({"chatgpt.com", "a.b", "com"})

        def __call__(self, host: str | None, url: str | None) -> bool:
            return host in ("chatgpt.com", "www.chatgpt.com", "a.b", "192.0.2.1")

    labels = [label.encode()[:63] for label in name.strip(".").split(".")]
    asked = udp(HERE, RESOLVER, 53, client_port=50_002, time=START).send(messages.dns_query(labels))
    data = files.pcap(merged(asked, _web(name), _web(name, 40_002, mss=200, size=900)))
    for wanted in (*WANTED, Known()):
        same(lambda: io.BytesIO(data), wanted)


def test_a_name_that_a_record_makes_an_outer_one() -> None:
    """What an HTTPS record says comes too late for the first hello, and in time for the second."""
    asked = udp(HERE, RESOLVER, 53, client_port=50_001, time=START + 500_000).send(messages.dns_query("chatgpt.com"))
    asked.receive(messages.dns_answer("chatgpt.com", [THERE])).send(messages.dns_query("chatgpt.com", kind=65))
    asked.receive(messages.https_record("chatgpt.com", "front.example.com"))
    talks = [_web("front.example.com", ech=True), asked]
    later = tcp(HERE, THERE, 443, client_port=40_001, time=START + 900_000).syn()
    talks.append(later.send(tls.hello("front.example.com", ech=True)).receive(tls.application(100)).fin())
    data = files.pcap(merged(*talks))
    for wanted in WANTED:
        same(lambda: io.BytesIO(data), wanted)
    counts = found(io.BytesIO(data), _ai, DEFAULT, None, compiled=True)["counts"]
    assert counts["encrypted_hello"] == 1


@pytest.mark.parametrize("wanted", WANTED)
@pytest.mark.parametrize(
    ("requests", "weight", "per_flow"),
    [(0, 1 << 20, 9), (1, 1 << 20, 9), (9, 700, 9), (9, 1 << 20, 0), (9, 1 << 20, 1)],
)
def test_names_beyond_a_limit_are_counted_alike(wanted: Any, requests: int, weight: int, per_flow: int) -> None:
    """Once there are too many requests, every name of a connection is one too many, a hello's too."""
    talks: list[Any] = []
    for number in range(6):
        plain = tcp(HERE, THERE, 80, client_port=41_000 + number, time=START + 10_000 * number).syn()
        talks.append(plain.send(messages.request(f"www{number}.example.org", "/v1/models")))
        talks.append(tcp(HERE, THERE, 443, client_port=42_000 + number, time=START + 10_000 * number + 5_000).syn())
        talks[-1].send(
            tls.hello(("chatgpt.com", "www.example.com")[number & 1], size=900), mss=(1_400, 500)[number & 1]
        )
    talks.append(_quic("www.example.net").wait(1))
    data = files.pcap(merged(*talks))
    limits = Limits(requests=requests, request_bytes=weight, names_per_flow=per_flow, flows=12)
    same(lambda: io.BytesIO(data), wanted, limits)


@pytest.mark.parametrize("wanted", WANTED)
def test_requests_count_until_what_ended_before_them_was_read(wanted: Any) -> None:
    """A hello that never became whole is read when its connection ends; the requests of later ones still count then."""
    cut = tcp(HERE, THERE, 443, client_port=40_000, time=START).syn().send(tls.hello("www.example.org", size=900)[:400])
    plain = tcp(HERE, THERE, 80, client_port=40_001, time=START + 9_000).syn()
    plain.send(messages.request("www.example.net", "/a"))
    split = tcp(HERE, THERE, 80, client_port=40_002, time=START + 18_000).syn()
    split.send(messages.request("www.example.com", "/b"), mss=20)
    answer = plain.receive(bytes(80), mss=40).frames[-2:-1]  # the second half of it; the first is not in the capture
    seen = [frame for frame in merged(cut, plain, split) if frame not in plain.frames[-3:]]
    data = files.section(files.Interface(seen), files.Interface(answer, snaplen=54))
    limits = Limits(requests=1)
    same(lambda: io.BytesIO(data), wanted, limits)
    whole = found(io.BytesIO(data), wanted, limits, None, compiled=True)
    assert whole["counts"]["names_limit"] == 2
    assert whole["tally"].lost == 1


@pytest.mark.parametrize("streams", [1, 2, 8, 17, 4096])
def test_held_beginnings_count_like_others(streams: int) -> None:
    talks = []
    for number in range(40):
        talk = tcp(HERE, THERE, 443, client_port=40_000 + number, time=START + 100 * number).syn()
        name = ("chatgpt.com", "www.example.org", None)[number % 3]
        pieces = tls.hello(name, size=1_200)
        talk.send(pieces[:300])
        if number % 5:
            talk.wait(50_000).send(pieces[300:700])
        if number % 4:
            talk.wait(50_000).send(pieces[700:])
        talks.append(talk)
    data = files.pcap(merged(*talks))
    for wanted in WANTED:
        same(lambda: io.BytesIO(data), wanted, Limits(streams=streams))


@pytest.mark.parametrize("seed", range(12))
def test_damaged_files_that_are_decoded_ahead(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(seed)
    talks = [*PLAIN.values(), *(_web("www.example.org", 45_000 + number, mss=500) for number in range(9))]
    data = bytearray(files.pcap(merged(*talks)))
    for _ in range(seed):
        data[rng.randrange(24, len(data))] = rng.randrange(256)
    path = tmp_path / "a.pcap"
    path.write_bytes(data)
    for piece in (90, 333, 2_000, 1 << 15):

        def table(naming: Naming, finish: Any, limits: Limits, silent: Any, piece: int = piece) -> Any:
            made = compiled.Table(naming.take, finish, limits, naming, piece=piece, thread_from=0)
            made.silence(silent)
            return made

        monkeypatch.setattr(fast, "table", table)
        monkeypatch.setattr(capture_file, "_BATCH", rng.choice((1, 7, 50, 1 << 16)))
        same(lambda: path.open("rb"), _ai)
