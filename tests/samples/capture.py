"""The branch office's mirror port: events as connections in a capture, made with the builders of ``tests/captures``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from tests.captures import files, messages, quic, tls
from tests.captures.conversations import Timed, tcp, udp
from tests.samples.story import Event

RESOLVER = "10.2.0.53"


def pack(events: Iterable[Event]) -> bytes:
    """A pcap file of everything, in the order of time."""
    every = [frame for event in events for frame in frames(event)]
    return files.pcap(sorted(every, key=lambda frame: frame[0]))


def frames(event: Event) -> list[Timed]:
    """The frames of one event."""
    begin = event.time * 1_000_000
    port = 30_000 + int.from_bytes(_digest(event)[:2], "big") % 30_000
    if event.log == "span_dns":
        asked = messages.dns_query(event.host)
        return udp(event.who.address, RESOLVER, 53, client_port=port, time=begin).send(asked).frames
    server = event.host if event.host[0].isdigit() else f"203.0.113.{_digest(event)[2] % 250 + 1}"
    if event.method == "QUIC":
        return _quic(event, server, port, begin)
    if event.host[0].isdigit():
        return _clear(event, server, port, begin)
    # A hello of today's browsers does not fit into one segment: its key share is post-quantum.
    hello = tls.hello(event.host, size=1_750, ech=True)
    talk = tcp(event.who.address, server, 443, client_port=port, time=begin).syn().send(hello)
    up, down = (event.up, event.down) if event.service else (300, 700)  # what is no AI need not fill the sample
    return talk.receive(tls.application(down)).send(tls.application(up)).fin().frames


def sizes(event: Event) -> tuple[int, int]:
    """Bytes up and down as they were on the wire, headers and all."""
    source = bytes(int(part) for part in event.who.address.split("."))
    every = [data for _, data in frames(event)]
    up = sum(len(data) for data in every if data[26:30] == source)
    return up, sum(map(len, every)) - up


def _quic(event: Event, server: str, port: int, begin: int) -> list[Timed]:
    message = tls.client_hello(event.host, alpn=("h3",), size=1_500, session=0)
    first, second = quic.crypto_frames(message, (900,))
    ids = _digest(event)[:8]
    talk = udp(event.who.address, server, 443, client_port=port, time=begin)
    talk.send(quic.initial(ids, first), quic.initial(ids, second, number=1))
    pieces = [quic.short(ids, 1_200)] * (event.down // 1_200)
    return talk.receive(*pieces).send(*[quic.short(ids, 1_200)] * (event.up // 1_200)).frames


def _clear(event: Event, server: str, port: int, begin: int) -> list[Timed]:
    question = b'{"model":"llama3.2:3b","messages":[{"role":"user","content":"' + b"x" * event.up + b'"}]}'
    answer = b'{"model":"llama3.2:3b","created_at":"2026-03-04T11:02:09Z","message":{"role":"assistant"},"done":true}'
    asked = messages.request(f"{server}:11434", event.path, method="POST", body=question)
    talk = tcp(event.who.address, server, 11_434, client_port=port, time=begin).syn().send(asked)
    return talk.receive(messages.response(answer + b" " * event.down)).fin().frames


def _digest(event: Event) -> bytes:
    return hashlib.sha256(f"{event.who.address} {event.host} {event.time}".encode()).digest()
