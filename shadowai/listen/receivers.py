"""Sockets that receive syslog, on one event loop: datagrams (RFC 5426), TCP (RFC 6587), TLS (RFC 5425).

Nobody can take more than a share: of connections, of memory, of time for a message that has begun. What is refused is counted.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, cast

from shadowai.errors import UsageError
from shadowai.listen.frames import LONGEST, Framer
from shadowai.listen.mailbox import Mailbox

CONNECTIONS: Final = 1024
"""Connections at once. Where there is one more, the one that has been silent for the longest is closed."""
UNFINISHED: Final = 64 << 20
"""Bytes of messages that have begun and not ended, over all connections."""
COMING: Final = 256
"""Connections whose handshake is under way. Where there is one more, the one that is under way for the longest is given up: who says
nothing must not keep the others out."""
PATIENCE: Final = 60.0
"""Seconds within which a message that has begun must end."""
HANDSHAKE: Final = 10.0
"""Seconds for a TLS handshake."""
SPARE: Final = 128
"""Files that the rest of the program may have to open while all connections are there."""
_TICK: Final = 0.1
_BACKLOG: Final = 1024
"""Connections that the system holds for us; beyond these a sender waits for seconds, and what it has sent may never come."""
_FULL: Final = (errno.EMFILE, errno.ENFILE)
_QUEUE: Final = 8 << 20
"""Bytes of datagrams that the system is asked to hold for us."""


@dataclass(frozen=True, slots=True)
class Port:
    """Where to listen; ``port`` 0 lets the system choose. ``kind`` is ``udp``, ``tcp`` or ``tls``."""

    kind: str
    port: int
    host: str = ""


@dataclass(slots=True)
class Counts:
    """What was refused or lost, for the report. ``cut`` counts messages that a connection's end or a time limit cut off, ``refused``
    connections that were never taken: a TLS handshake failed, or too many were under way."""

    connections: int = 0
    closed: int = 0
    refused: int = 0
    overlong: int = 0
    cut: int = 0


class Receivers:
    """The sockets of a listener; use :meth:`start` and :meth:`stop` within a running loop."""

    def __init__(self, mailbox: Mailbox, *, connections: int = CONNECTIONS, patience: float = PATIENCE) -> None:
        self.mailbox, self.counts, self.patience = mailbox, Counts(), patience
        self._most = _room_for(connections)
        self._open: dict[Connection, None] = {}  # the one that has been silent for the longest is first
        self._coming: dict[asyncio.Task[None], None] = {}  # the one that began first is first
        self._listening: list[socket.socket] = []
        self._datagrams: list[asyncio.DatagramTransport] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.ports: list[Port] = []

    async def start(self, ports: Iterable[Port], context: ssl.SSLContext | None = None) -> None:
        """Open the sockets; raises :class:`UsageError` where that cannot be done. :attr:`ports` are then those that were chosen."""
        loop = asyncio.get_running_loop()
        for port in ports:
            try:
                opened = _socket(port)
            except OSError as wrong:
                await self.stop()
                raise UsageError(
                    f"cannot listen on {port.kind} port {port.port}: {wrong.strerror or wrong}",
                    remedy="choose another port; those below 1024 need the right to open them",
                ) from wrong
            self.ports.append(Port(port.kind, opened.getsockname()[1], port.host))
            if port.kind == "udp":
                transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), sock=opened)
                self._datagrams.append(transport)
            else:
                self._listening.append(opened)
                tls = context if port.kind == "tls" else None
                self._tasks.append(loop.create_task(self._accept(opened, tls)))
        self._tasks.append(loop.create_task(self._look_after()))

    async def stop(self) -> None:
        """Close everything; what has arrived is in the mailbox."""
        for task in (*self._tasks, *self._coming):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._coming, return_exceptions=True)
        for opened in self._listening:
            opened.close()
        for transport in self._datagrams:
            transport.close()
        for connection in list(self._open):
            connection.finish(cut=True)
        await asyncio.sleep(0)

    @property
    def open(self) -> int:
        """Connections that are open."""
        return len(self._open)

    def opened(self, connection: Connection) -> None:
        """A connection more; perhaps one less."""
        self.counts.connections += 1
        if len(self._open) >= self._most:
            self._close_the_most_silent()
        self._open[connection] = None

    def _close_the_most_silent(self) -> None:
        self.counts.closed += 1
        next(iter(self._open)).finish(cut=True)

    def heard(self, connection: Connection) -> None:
        """Something came: it is the last to go."""
        if connection in self._open:
            del self._open[connection]
            self._open[connection] = None

    def gone(self, connection: Connection) -> None:
        """A connection less."""
        self._open.pop(connection, None)

    async def _accept(self, listening: socket.socket, tls: ssl.SSLContext | None) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                found, _ = await loop.sock_accept(listening)
            except OSError as wrong:  # it has gone again, or waits: no more files may be open
                if wrong.errno not in _FULL:
                    self.counts.refused += 1
                elif self._open:
                    self._close_the_most_silent()
                elif self._coming:
                    self._give_up_the_first()
                await asyncio.sleep(_TICK)
                continue
            if len(self._coming) >= COMING:
                self._give_up_the_first()
            task = loop.create_task(self._welcome(found, tls))
            self._coming[task] = None
            task.add_done_callback(lambda done: self._coming.pop(done, None))
            await asyncio.sleep(0)  # where many wait, each is welcomed before the next is taken

    def _give_up_the_first(self) -> None:
        self.counts.refused += 1
        first = next(iter(self._coming))
        del self._coming[first]
        first.cancel()

    async def _welcome(self, found: socket.socket, tls: ssl.SSLContext | None) -> None:
        """Take a connection, after its handshake where there is one."""
        loop = asyncio.get_running_loop()
        timeout = HANDSHAKE if tls is not None else None
        try:
            await loop.connect_accepted_socket(lambda: Connection(self), found, ssl=tls, ssl_handshake_timeout=timeout)
        except OSError:  # errors of TLS are of these
            self.counts.refused += 1
            found.close()
        except asyncio.CancelledError:
            found.close()
            raise

    async def _look_after(self) -> None:
        """Close connections that keep messages open for too long, or too much of them; let others go on that had to wait."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_TICK)
            now, held = loop.time(), 0
            for connection in list(self._open):
                held += connection.held
                if connection.is_late(now, self.patience) or held > UNFINISHED:
                    self.counts.closed += 1
                    held -= connection.held
                    connection.finish(cut=True)
                elif not self.mailbox.is_full:
                    connection.go_on()


class Connection(asyncio.Protocol):
    """One TCP or TLS connection. Whatever is in its lines, it goes on."""

    def __init__(self, receivers: Receivers) -> None:
        self._all = receivers
        self._framer = Framer()
        self._transport: asyncio.Transport | None = None
        self._sender = ""
        self._since: float | None = None
        self._waits = self._ended = False

    @property
    def held(self) -> int:
        """Bytes of the message that has begun."""
        return self._framer.held

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast(asyncio.Transport, transport)
        self._sender = _address(transport.get_extra_info("peername"))
        self._all.opened(self)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self._all.heard(self)
        self._take(data)

    def go_on(self) -> None:
        """There is room again."""
        if self._waits and self._transport is not None:
            self._waits = False
            self._take(b"")
            if not self._waits:
                self._transport.resume_reading()

    def _take(self, data: bytes) -> None:
        """Hand over messages, as many as there is room for."""
        before = self._framer.overlong
        for message in self._framer.feed(data):
            self._all.mailbox.put(self._sender, message)
            self._since = None
            if self._all.mailbox.is_full and self._transport is not None:
                self._waits = True
                self._transport.pause_reading()
                break
        self._all.counts.overlong += self._framer.overlong - before
        if not self._framer.begun:
            self._since = None
        elif self._since is None:
            self._since = asyncio.get_running_loop().time()

    def is_late(self, now: float, patience: float) -> bool:
        """Whether a message began long ago and did not end; not where we made it wait."""
        return self._since is not None and not self._waits and now - self._since > patience

    def finish(self, *, cut: bool = False) -> None:
        """Close it from here; with ``cut``, the message that has begun is lost."""
        self._end(cut=cut)
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed; after an error, the message that has begun is lost."""
        self._end(cut=exc is not None)
        self._all.gone(self)

    def _end(self, *, cut: bool) -> None:
        self._all.gone(self)
        if self._ended:
            return
        self._ended = True
        before = self._framer.overlong
        for message in self._framer.feed(b""):  # those that had to wait
            self._all.mailbox.put(self._sender, message)
        self._all.counts.overlong += self._framer.overlong - before
        before, begun = self._framer.overlong, self._framer.begun
        last = self._framer.end()
        if cut:
            self._all.counts.cut += begun
            return
        self._all.counts.cut += self._framer.overlong - before
        if last:
            self._all.mailbox.put(self._sender, last)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, receivers: Receivers) -> None:
        self._all = receivers

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        message = data.rstrip(b"\r\n\0")
        if message:
            self._all.mailbox.put(_address(addr), message[:LONGEST])


def server_context(certificate: str, key: str | None, client_ca: str | None) -> ssl.SSLContext:
    """TLS 1.2 or newer with this certificate; with ``client_ca``, for those only who have one of its certificates (RFC 5425, section
    4.2.1). Raises :class:`UsageError` where a file is wrong."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
        if client_ca is not None:
            context.load_verify_locations(client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as wrong:
        raise UsageError(
            f"cannot use the certificate: {wrong}", remedy="give PEM files that belong together"
        ) from wrong
    return context


def _room_for(connections: int) -> int:
    """How many connections there may be, where each is an open file: the system's limit is raised as far as we may."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + COMING + SPARE
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return connections
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(connections, soft - COMING - SPARE))


def _socket(port: Port) -> socket.socket:
    """A socket that receives, of both versions of IP where no address is named and the system can."""
    family = socket.AF_INET6 if ":" in port.host or (not port.host and socket.has_dualstack_ipv6()) else socket.AF_INET
    found = socket.socket(family, socket.SOCK_DGRAM if port.kind == "udp" else socket.SOCK_STREAM)
    try:
        if family == socket.AF_INET6:
            found.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, bool(port.host))
        if port.kind == "udp":
            found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _QUEUE)
        elif os.name == "posix":
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((port.host, port.port))
        if port.kind != "udp":
            found.listen(_BACKLOG)
    except OSError:
        found.close()
        raise
    found.setblocking(False)
    return found


def _address(peer: object) -> str:
    """The address without its port, and an IPv4 address as one whatever the socket calls it."""
    text = str(peer[0]) if isinstance(peer, tuple) and peer else "unknown"
    return text.partition("%")[0].removeprefix("::ffff:")
