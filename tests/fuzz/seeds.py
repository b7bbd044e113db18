"""What is altered: captures made by hand and the payloads in them, samples of logs, and the captures and logs of a folder."""

from __future__ import annotations

import functools
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shadowai.sources.capture.flows import Table
from shadowai.sources.capture.frames import Container, is_capture
from shadowai.sources.capture.limits import Limits
from shadowai.sources.capture.pieces import COLLECT
from shadowai.sources.container import Content
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile
from tests.captures import files, messages, quic, tls
from tests.captures.conversations import START, Timed, merged, tcp, udp
from tests.captures.packets import ethernet, fragments, udp_datagram
from tests.captures.scene import scene
from tests.formats import expected
from tests.fuzz import folds
from tests.fuzz.frames import Frame, parsed
from tests.fuzz.logs import Log

HERE, THERE, RESOLVER = "192.0.2.10", "203.0.113.20", "192.0.2.53"
HERE6, THERE6 = "2001:db8::10", "2001:db8:1::20"
_LARGEST = 1 << 20
_PAYLOADS = 4_000


@dataclass
class Seeds:
    """Whole captures, their first frames, single frames with their link types, payloads of flows; logs of formats that can be folded."""

    captures: list[bytes] = field(default_factory=list)
    parsed: list[list[Frame]] = field(default_factory=list)
    frames: list[tuple[int, bytes]] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)
    logs: list[Log] = field(default_factory=list)


def seeds(corpus: Path | None = None) -> Seeds:
    """Our own captures, messages and samples of logs, and the captures and logs below ``corpus``."""
    found = Seeds(captures=list(_made()), payloads=list(_messages()), logs=list(_samples()))
    for data in _of_folder(corpus) if corpus is not None else ():
        if is_capture(data):
            found.captures.append(data)
        else:
            found.logs += _logs(data)
    for capture in found.captures:
        frames = parsed(capture)
        found.parsed.append(frames)
        # one frame of a length is like another
        distinct = {(frame.link_type, len(frame.data)): frame.data for frame in frames}
        found.frames += [(kind, data) for (kind, _), data in sorted(distinct.items())][:30]
        found.payloads += _payloads(capture)
    found.payloads = sorted(set(found.payloads))
    return found


def _of_folder(corpus: Path) -> Iterator[bytes]:
    for path in sorted(corpus.rglob("*")):
        if path.is_file():
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
                yield stream.read(_LARGEST)


def _samples() -> Iterator[Log]:
    """The samples of every format that can be folded."""
    for name in sorted(formats()):
        if folds.has_plan(name):
            yield from (Log(name, sample.read_bytes()) for sample in expected.samples(name))


def _logs(data: bytes) -> Iterator[Log]:
    """``data`` as a log, where it is one of a format that can be folded."""
    found = LogFile(Content("x", io.BytesIO(data)), formats()).format
    if found is not None and folds.has_plan(found.name):
        yield Log(found.name, data)


def _payloads(capture: bytes) -> list[bytes]:
    """What flows of the capture carry, the first of each length."""
    found: dict[int, bytes] = {}

    def take(*piece: Any) -> int:
        found.setdefault(len(piece[7]), piece[7])
        return COLLECT

    table = Table(take, lambda flow: None, Limits())
    table.walk(Container(io.BytesIO(capture)).frames(), 2_000)
    return list(found.values())[: _PAYLOADS // 100]


def _messages() -> Iterator[bytes]:
    """One of each message that has a reader."""
    hello = tls.client_hello("chatgpt.com", alpn=("h2", "http/1.1"))
    yield from (hello, tls.client_hello("a.example", size=1_500), tls.hello("claude.ai", ech=True), tls.hello(None))
    yield from (tls.server_flight("a.example", "b.example"), tls.certificate("a.example"), tls.dtls_hello("a.example"))
    yield from (messages.dns_query("chatgpt.com"), messages.dns_query("_x.local", flags=0, number=0))
    answer = messages.dns_answer("chatgpt.com", ["203.0.113.1", "203.0.113.2"], chain=["a.example", "b.example"])
    yield from (answer, messages.dns_over_tcp(answer, messages.dns_query("a.example")))
    body = b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}'
    yield messages.request("10.1.1.1:8080", "/mcp?x=1", method="POST", body=body, headers={"Mcp-Session-Id": "1"})
    chat = b'{"model":"m","messages":[{"role":"user","content":"hi"}],"key":"sk-ant-REDACTED"}'
    yield messages.request("a.example", "/v1/chat/completions", method="POST", body=chat)
    yield from (
        messages.response(b'{"models":[{"name":"llama3:latest"}]}'),
        messages.connect("claude.ai:443"),
        chat,
        body,
    )
    yield (
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        + bytes(3)
        + b"\x04"
        + bytes(5)
        + b"\x00\x00\x0d\x01\x05\0\0\0\x01"
        + (b"\x82\x86\x84\x41\x88\x35\x23\x98\xac\x57\x54\xdf")
    )
    yield from (messages.socks5("a.example", 443), messages.socks4a("a.example", 443))
    yield messages.proxy_v1("192.0.2.1", "192.0.2.2", 1, 443) + messages.request("a.example")
    yield messages.proxy_v2("192.0.2.1", "192.0.2.2", 1, 443) + hello
    yield from (quic.initial(b"12345678", quic.crypto(hello)), quic.initial(b"1", quic.crypto(hello), version=2))
    yield quic.crypto(hello[:40]) + b"\x02\x05\x00\x01\x00\x00\x03" + quic.crypto(hello[40:], 40)
    yield b"Q043" + b"\x01" * 30 + b"CHLO\x02\0\0\0SNI\0\x09\0\0\0UAID\x0c\0\0\0a.exampleabc"
    yield b"\x0d12345678Q043\x01" + bytes(12) + b"\xa0\x01\0\0\x04CHLO\x01\0\0\0SNI\0\x09\0\0\0a.example"


@functools.cache
def _made() -> tuple[bytes, ...]:
    """Captures of our own: a bit of all, in both containers."""
    frames = _everything()
    raw = [(time, data[14:]) for time, data in frames if data[12:14] in (b"\x08\x00", b"\x86\xdd")]
    both = files.section(files.Interface(frames[:60]), files.Interface(raw[60:90], link_type=files.RAW, resolution=9))
    return (
        files.pcap(frames),
        files.pcap(scene()),
        files.pcap(frames[:40], order=">", nanoseconds=True),
        files.section(files.Interface(frames)),
        both + files.section(files.Interface(frames[60:]), order=">", simple=True),
        files.pcap(raw, link_type=files.RAW),
        *(files.pcap(talk) for talk in _conversations()),
    )


def _conversations() -> list[list[Timed]]:
    """Short captures, of one thing each: most of what is changed in them matters."""
    web = tcp(HERE, THERE, 443).syn().send(tls.hello("chatgpt.com")).receive(tls.server_flight("chatgpt.com"))
    web.send(tls.application(4_000)).receive(tls.application(9_000)).fin()
    parts = tcp(HERE6, THERE6, 443).syn().send(tls.hello("a.example", size=1_800), mss=300).receive(tls.application(90))
    looks = udp(HERE, RESOLVER, 53).send(messages.dns_query("chatgpt.com"))
    looks.receive(messages.dns_answer("chatgpt.com", [THERE], chain=["b.example"]))
    later = tcp(HERE, THERE, 443, client_port=2, time=START + 90_000).syn().send(tls.application(40)).receive(b"x" * 90)
    proxied = tcp(HERE, THERE, 3128).syn()
    for host in ("chatgpt.com", "shop.example"):
        proxied.send(messages.request(host)).receive(messages.response(b"{}"))
    tunnel = tcp(HERE, THERE, 1080).syn().send(messages.connect("claude.ai:443")).receive(messages.ESTABLISHED)
    tunnel.send(tls.hello("claude.ai"))
    body = b'{"model":"m","messages":[{"role":"user","content":"hi"}]}'
    local = (
        tcp(HERE, THERE, 8000)
        .syn()
        .send(messages.request("10.1.1.1", "/v1/chat/completions", method="POST", body=body))
    )
    local.receive(messages.response(b'{"object":"chat.completion","choices":[]}'))
    hello = tls.client_hello("claude.ai", alpn=("h3",), size=700)
    quicks = udp(HERE, THERE, 443)
    for number, piece in enumerate(quic.crypto_frames(hello, (100, 400))):
        quicks.send(quic.initial(b"\x01" * 8, piece, number=number))
    quicks.receive(quic.short(b"\x09" * 8)).send(quic.short(b"\x08" * 8))
    datagrams = udp(HERE, THERE, 4433).send(tls.dtls_hello("a.example"), tls.dtls_hello("a.example", cookie=b"x"))
    over_tcp = tcp(HERE, RESOLVER, 53).syn().send(messages.dns_over_tcp(messages.dns_query("a.example")))
    socks = (
        tcp(HERE, THERE, 1080).syn().send(b"\x05\x01\x00").receive(b"\x05\x00").send(messages.socks5("a.example", 443))
    )
    middle = tcp(HERE, THERE, 443).send(tls.application(500)).receive(tls.application(900))
    talks = [web, parts, proxied, tunnel, local, quicks, datagrams, over_tcp, socks, middle]
    return [merged(looks, later), *(talk.frames for talk in talks)]


def _everything() -> list[Timed]:
    big = udp_datagram((HERE, 51_002, RESOLVER, 53), messages.dns_query("fragmented.example.net") + bytes(64))
    odd = [ethernet(piece) for piece in fragments(big, 32)] + [b"\xff" * 12 + b"\x08\x06" + bytes(28), b"", bytes(9)]
    frames = [frame for talk in _conversations() for frame in talk]
    return sorted(frames, key=lambda frame: frame[0]) + [(START + 2_000_000 + n, data) for n, data in enumerate(odd)]
