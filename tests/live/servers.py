"""Servers that answer whatever they are asked, in the role of any service: ``python -m tests.live.servers ADDRESS FOLDER``.

``FOLDER`` holds ``key.pem`` and ``cert.pem``; what the hellos on TCP said is added to ``hellos.jsonl`` in it.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

PAGE = b"<html><body>" + b"made up. " * 500 + b"</body></html>"
ECH = 0xFE0D
"""The extension of encrypted hellos, real or greased (RFC 9849, section 5)."""


def extensions(record: bytes) -> dict[int, bytes]:
    """The extensions of a ClientHello that is the first record of ``record`` (RFC 8446, section 4.1.2)."""
    at = 5 + 4 + 2 + 32
    at += 1 + record[at]
    at += 2 + int.from_bytes(record[at : at + 2], "big")
    at += 1 + record[at]
    end = min(len(record), at + 2 + int.from_bytes(record[at : at + 2], "big"))
    at += 2
    found: dict[int, bytes] = {}
    while at + 4 <= end:
        kind, size = struct.unpack_from(">HH", record, at)
        found[kind] = record[at + 4 : at + 4 + size]
        at += 4 + size
    return found


def _over_tcp(address: str, port: int, serve: Callable[[socket.socket], None]) -> None:
    listener = socket.create_server((address, port))
    while True:
        connection, _ = listener.accept()
        Thread(target=serve, args=(connection,), daemon=True).start()


def _request(connection: socket.socket) -> bytes:
    """A request with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    sizes = [int(line[15:]) for line in head.splitlines() if line.lower().startswith(b"content-length:")]
    while sizes and len(body) < sizes[0]:
        body += connection.recv(65536)
    return head


def _answer(connection: socket.socket, body: bytes, kind: str) -> None:
    if _request(connection):
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)


def _tls(context: ssl.SSLContext, log: Path, connection: socket.socket) -> None:
    connection.settimeout(10)
    hello = connection.recv(65536, socket.MSG_PEEK)
    while len(hello) < 5 or len(hello) < 5 + int.from_bytes(hello[3:5], "big"):
        hello = connection.recv(65536, socket.MSG_PEEK)
    said = extensions(hello)
    with log.open("a") as file:
        file.write(json.dumps({"name": said.get(0, b"")[5:].decode(), "ech": ECH in said}) + "\n")
    try:
        with context.wrap_socket(connection, server_side=True) as secure:
            _answer(secure, PAGE, "text/html")
    except OSError:
        connection.close()  # the client went away


def _model(connection: socket.socket) -> None:
    """As a server of models in the house answers."""
    with connection:
        reply = {"model": "made-up", "message": {"role": "assistant", "content": "hello"}, "done": True}
        _answer(connection, json.dumps(reply).encode(), "application/json")


def _dns(address: str) -> None:
    """Every name is at ``address`` (RFC 1035, section 4)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as resolver:
        resolver.bind((address, 53))
        while True:
            query, client = resolver.recvfrom(4096)
            end = query.index(b"\0", 12) + 5
            head = query[:2] + struct.pack(">5H", 0x8180, 1, 1, 0, 0)
            answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton(address)
            resolver.sendto(head + query[12:end] + answer, client)


async def _quic(address: str, folder: Path) -> None:
    """HTTP/3, where aioquic is installed."""
    try:
        from aioquic.asyncio import QuicConnectionProtocol, serve
        from aioquic.h3.connection import H3Connection
        from aioquic.h3.events import HeadersReceived
        from aioquic.quic.configuration import QuicConfiguration
    except ImportError:
        return

    class Http3(QuicConnectionProtocol):  # type: ignore[misc,unused-ignore]
        http: Any = None

        def quic_event_received(self, event: Any) -> None:
            if self.http is None:
                self.http = H3Connection(self._quic)
            for one in self.http.handle_event(event):
                if isinstance(one, HeadersReceived):
                    self.http.send_headers(one.stream_id, [(b":status", b"200"), (b"content-type", b"text/html")])
                    self.http.send_data(one.stream_id, PAGE, end_stream=True)
            self.transmit()

    configuration = QuicConfiguration(is_client=False, alpn_protocols=["h3"])
    configuration.load_cert_chain(str(folder / "cert.pem"), str(folder / "key.pem"))
    await serve(address, 443, configuration=configuration, create_protocol=Http3)
    await asyncio.Event().wait()


def main(address: str, folder: Path) -> None:
    """Serve until the end."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    work: tuple[tuple[Callable[..., None], tuple[object, ...]], ...] = (
        (_over_tcp, (address, 443, lambda connection: _tls(context, folder / "hellos.jsonl", connection))),
        (_over_tcp, (address, 11434, _model)),
        (_dns, (address,)),
    )
    threads = [Thread(target=target, args=arguments, daemon=True) for target, arguments in work]
    for thread in threads:
        thread.start()
    asyncio.run(_quic(address, folder))
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
