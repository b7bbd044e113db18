"""Sockets, and what hostile senders can do to them: nothing but be counted."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.listen import receivers
from shadowai.listen.frames import LONGEST
from shadowai.listen.mailbox import Mailbox
from shadowai.listen.receivers import Port, Receivers, server_context

HOME = "127.0.0.1"


def _with(
    work: Callable[[Receivers], Awaitable[None]],
    *ports: Port,
    context: ssl.SSLContext | None = None,
    room: int = 1 << 20,
    **bounds: float,
) -> tuple[list[bytes], Receivers]:
    """What arrived while ``work`` was done."""
    found = Receivers(Mailbox(room), **bounds)  # type: ignore[arg-type]

    async def run() -> None:
        await found.start(ports, context)
        await work(found)
        await asyncio.sleep(0.2)
        await found.stop()

    asyncio.run(run())
    return [message.line for message in found.mailbox.take()], found


async def _send(port: int, *pieces: bytes, tls: ssl.SSLContext | None = None) -> None:
    _, writer = await asyncio.open_connection(HOME, port, ssl=tls, server_hostname="localhost" if tls else None)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def _is_closed(reader: asyncio.StreamReader) -> bool:
    try:
        return await asyncio.wait_for(reader.read(), 5) == b""
    except (ConnectionResetError, BrokenPipeError):  # a broken pipe where a byte was sent after the reset
        return True


def test_datagrams_and_connections_of_every_kind() -> None:
    async def work(one: Receivers) -> None:
        udp, tcp = one.ports
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"<1>datagram\n", (HOME, udp.port))
        await _send(tcp.port, b"<1>li", b"ne\n8 <1>count")
        await _send(tcp.port, b"<1>last")

    found, one = _with(work, Port("udp", 0), Port("tcp", 0))
    assert sorted(found) == [b"<1>count", b"<1>datagram", b"<1>last", b"<1>line"]
    assert one.counts.connections == 2


def test_the_sender_is_the_address() -> None:
    box = Mailbox()

    async def run() -> None:
        one = Receivers(box)
        await one.start([Port("tcp", 0)])
        await _send(one.ports[0].port, b"<1>x\n")
        await asyncio.sleep(0.1)
        await one.stop()

    asyncio.run(run())
    assert [message.sender for message in box.take()] == [HOME]


def test_one_bad_line_never_ends_a_connection() -> None:
    async def work(one: Receivers) -> None:
        await _send(one.ports[0].port, b"\xff\xfe\0\0\n", b"9999999 <", b"x" * 9999998, b"<1>after\n")

    found, one = _with(work, Port("tcp", 0, HOME))
    assert found == [b"\xff\xfe", b"<1>after"]
    assert one.counts.overlong == 1


def test_where_there_are_too_many_the_one_silent_for_the_longest_goes() -> None:
    async def work(one: Receivers) -> None:
        port, several = one.ports[0].port, []
        for number in range(8):
            several.append(await asyncio.open_connection(HOME, port))
            several[-1][1].write(b"<1>%d\n" % number)
            await asyncio.sleep(0.02)
            assert one.open <= 5
        several[-1][1].write(b"<1>still\n")
        assert await _is_closed(several[0][0])
        for _, writer in several:
            writer.close()

    found, one = _with(work, Port("tcp", 0, HOME), connections=5)
    assert len(found) == 9
    assert (one.counts.connections, one.counts.closed) == (8, 3)


def test_where_no_more_files_may_be_open_the_one_silent_for_the_longest_goes() -> None:
    """Who holds connections open must not keep the others out, and nobody is said to be refused who only waits."""

    async def work(one: Receivers) -> None:
        loop = asyncio.get_running_loop()
        reader, writer = await asyncio.open_connection(HOME, one.ports[0].port)
        while not one.open:
            await asyncio.sleep(0.01)
        accept, full = loop.sock_accept, [OSError(errno.EMFILE, "Too many open files")]

        async def once(sock: socket.socket) -> tuple[socket.socket, object]:
            found = await accept(sock)
            if full:
                found[0].close()
                raise full.pop()
            return found

        loop.sock_accept = once  # type: ignore[method-assign]
        await _send(one.ports[0].port, b"")  # the accept that is under way is still the old one
        await _send(one.ports[0].port, b"")
        await _send(one.ports[0].port, b"<1>later\n")
        assert await _is_closed(reader)
        writer.close()

    found, one = _with(work, Port("tcp", 0))
    assert found == [b"<1>later"]
    assert (one.counts.closed, one.counts.refused) == (1, 0)


@pytest.mark.parametrize(
    ("limits", "raised", "room"),
    [((4096, 4096), None, 1024), ((1024, 9999), 1408, 1024), ((256, 1000), 1000, 616), ((64, 64), 64, 1)],
)
def test_connections_leave_files_for_the_rest_of_the_program(
    limits: tuple[int, int], raised: int | None, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource

    told: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda kind: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda kind, pair: told.append(pair))
    assert receivers._room_for(1024) == room
    assert told == ([] if raised is None else [(raised, limits[1])])


def test_what_is_too_long_is_told_also_where_it_had_to_wait() -> None:
    """The sender is gone before there is room again."""

    class Quiet(asyncio.Transport):
        def pause_reading(self) -> None:
            """Nothing more comes anyway."""

    mailbox = Mailbox(1000)
    one = Receivers(mailbox)
    connection = receivers.Connection(one)
    connection._transport = Quiet()

    async def come_and_go() -> None:
        lines = [b"x" * 400, b"y" * 400, b"z" * (LONGEST + 1), b"last"]
        connection.data_received(b"\n".join(lines))
        connection.connection_lost(None)

    asyncio.run(come_and_go())
    assert one.counts.overlong == 1
    assert [len(message.line) for message in mailbox.take()] == [400, 4] and mailbox.dropped == 1


def test_many_connections_at_once_are_all_welcomed(monkeypatch: pytest.MonkeyPatch) -> None:
    """They wait in the system while the program does something else, and are then there together."""
    monkeypatch.setattr(receivers, "COMING", 20)

    async def work(one: Receivers) -> None:
        senders = [socket.create_connection((HOME, one.ports[0].port), 10) for _ in range(100)]
        for number, sender in enumerate(senders):
            sender.sendall(b"<1>line %d\n" % number)
            sender.close()

    found, one = _with(work, Port("tcp", 0))
    assert sorted(found) == sorted(b"<1>line %d" % number for number in range(100))
    assert one.counts.refused == 0


def test_a_message_that_never_ends_costs_its_connection() -> None:
    async def work(one: Receivers) -> None:
        reader, writer = await asyncio.open_connection(HOME, one.ports[0].port)
        for _ in range(6):
            writer.write(b"s")
            await asyncio.sleep(0.1)
        assert await _is_closed(reader)
        writer.close()

    found, one = _with(work, Port("tcp", 0, HOME), patience=0.3)
    assert (found, one.counts.closed, one.counts.cut) == ([], 1, 1)


def test_a_silent_connection_is_left_alone() -> None:
    async def work(one: Receivers) -> None:
        _, writer = await asyncio.open_connection(HOME, one.ports[0].port)
        writer.write(b"<1>first\n")
        await asyncio.sleep(0.6)
        writer.write(b"<1>second\n")
        await asyncio.sleep(0.1)
        writer.close()

    assert _with(work, Port("tcp", 0, HOME), patience=0.2)[0] == [b"<1>first", b"<1>second"]


def test_connections_wait_where_nobody_reads_and_lose_nothing() -> None:
    taken: list[bytes] = []
    lines = 3000

    async def work(one: Receivers) -> None:
        sending = asyncio.create_task(_send(one.ports[0].port, b"".join(b"<1>%0200d\n" % n for n in range(lines))))
        while len(taken) < lines:
            await asyncio.sleep(0.05)
            taken.extend(message.line for message in one.mailbox.take())
        await sending

    _, one = _with(work, Port("tcp", 0, HOME), room=400_000)
    assert taken == [b"<1>%0200d" % n for n in range(lines)]
    assert one.mailbox.dropped == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of one's own for localhost, with its key in the same file."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


def test_tls(certificate: Path) -> None:
    async def work(one: Receivers) -> None:
        client = ssl.create_default_context(cafile=str(certificate))
        await _send(one.ports[0].port, b"8 <1>count", tls=client)

    found, _ = _with(work, Port("tls", 0, HOME), context=server_context(str(certificate), None, None))
    assert found == [b"<1>count"]


def test_whoever_speaks_no_tls_is_refused_and_hinders_nobody(certificate: Path) -> None:
    async def work(one: Receivers) -> None:
        silent = await asyncio.open_connection(HOME, one.ports[0].port)
        await _send(one.ports[0].port, b"<1>in the clear, at some length\n")
        client = ssl.create_default_context(cafile=str(certificate))
        await _send(one.ports[0].port, b"8 <1>count", tls=client)
        silent[1].close()

    found, one = _with(work, Port("tls", 0, HOME), context=server_context(str(certificate), None, None))
    assert found == [b"<1>count"]
    assert one.counts.refused >= 1


def test_a_client_without_a_certificate_is_refused_where_one_is_asked_for(certificate: Path) -> None:
    async def work(one: Receivers) -> None:
        client = ssl.create_default_context(cafile=str(certificate))
        with suppress(OSError):
            await _send(one.ports[0].port, b"8 <1>count", tls=client)
        client.load_cert_chain(str(certificate))
        await _send(one.ports[0].port, b"7 <1>mine", tls=client)

    context = server_context(str(certificate), None, str(certificate))
    assert _with(work, Port("tls", 0, HOME), context=context)[0] == [b"<1>mine"]


def test_more_handshakes_than_are_allowed_are_refused(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receivers, "COMING", 3)

    async def work(one: Receivers) -> None:
        several = [await asyncio.open_connection(HOME, one.ports[0].port) for _ in range(6)]
        await asyncio.sleep(0.1)
        for _, writer in several:
            writer.close()

    _, one = _with(work, Port("tls", 0, HOME), context=server_context(str(certificate), None, None))
    assert one.counts.refused >= 3


def test_who_says_nothing_keeps_nobody_out(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receivers, "COMING", 3)

    async def work(one: Receivers) -> None:
        silent = [await asyncio.open_connection(HOME, one.ports[0].port) for _ in range(6)]
        await asyncio.sleep(0.1)
        client = ssl.create_default_context(cafile=str(certificate))
        await _send(one.ports[0].port, b"7 <1>mine", tls=client)
        assert await _is_closed(silent[0][0])
        for _, writer in silent:
            writer.close()

    found, one = _with(work, Port("tls", 0, HOME), context=server_context(str(certificate), None, None))
    assert found == [b"<1>mine"] and one.counts.refused >= 4


def test_a_port_that_is_taken_is_wrong_usage() -> None:
    async def work(one: Receivers) -> None:
        other = Receivers(Mailbox())
        with pytest.raises(UsageError, match="cannot listen on tcp port"):
            await other.start([Port("tcp", one.ports[0].port, HOME)])

    _with(work, Port("tcp", 0, HOME))


def test_a_certificate_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("no certificate")
    for path in (tmp_path / "no.pem", tmp_path / "nowhere.pem"):
        with pytest.raises(UsageError, match="cannot use the certificate"):
            server_context(str(path), None, None)
