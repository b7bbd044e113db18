"""The listener as a whole: what is sent is in the report, and what was lost is told."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.listen import listener as module
from shadowai.listen.listener import Listener
from shadowai.listen.receivers import Port
from shadowai.model import Report
from shadowai.pipeline import ScanOptions
from tests.incremental.logs import line

HOME = "127.0.0.1"


def _run(listener: Listener, send: object, *, every: float = 60.0) -> list[Report]:
    """What the reports said on the way, and the last."""
    over = threading.Event()
    reports: list[Report] = []

    def begun() -> None:
        def work() -> None:
            send(listener)  # type: ignore[operator]
            time.sleep(0.2)
            over.set()

        threading.Thread(target=work).start()

    listener.run(over.is_set, every=every, opened=begun, due=lambda: reports.extend(listener.reports(("service",))))
    return [*reports, *listener.reports(("service",))]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PACE", 0.05)


def test_what_is_sent_is_in_the_report() -> None:
    def send(one: Listener) -> None:
        udp, tcp = one.ports
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for n in range(5):
                sender.sendto(b"<134>Jan  5 08:00:00 proxy squid[1]: " + line(n).encode(), (HOME, udp.port))
        with socket.create_connection((HOME, tcp.port)) as sender:
            sender.sendall("".join(map(line, range(5, 400))).encode())

    *between, report = _run(Listener([Port("udp", 0), Port("tcp", 0)], ScanOptions()), send, every=0.05)
    assert [(entry.service_id, entry.events) for entry in report.entries] == [("openai-chatgpt", 400)]
    assert (report.gaps, report.sources[0].path) == ((), f"syslog:{HOME}")
    assert between


def test_what_had_no_room_is_a_gap() -> None:
    def send(one: Listener) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for n in range(50):
                sender.sendto(line(n).encode(), (HOME, one.ports[0].port))

    listener = Listener([Port("udp", 0, HOME)], ScanOptions(), room=1000)
    report = _run(listener, send)[-1]
    lost = [gap.count for gap in report.gaps if gap.reason.startswith("messages were dropped")]
    assert lost == [listener.mailbox.dropped] and lost[0] > 0
    assert report.entries[0].events + lost[0] == 50


def test_what_is_on_its_way_when_it_is_told_to_end_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Datagrams and bytes of connections that the system holds for us."""
    listener = Listener([Port("udp", 0, HOME), Port("tcp", 0, HOME)], ScanOptions())
    asked: list[socket.socket] = []

    def stop() -> bool:
        """Told to end, while more than is read at once has just been sent."""
        if not asked:
            udp, tcp = listener.ports
            asked.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            for n in range(300):
                asked[0].sendto(line(n).encode(), (HOME, udp.port))
            asked.append(socket.create_connection((HOME, tcp.port)))
            asked[1].sendall("".join(map(line, range(300, 3000))).encode())
        return True

    listener.run(stop, every=60.0, opened=lambda: None, due=lambda: None)
    for one in asked:
        one.close()
    report = listener.reports(("service",))[0]
    assert [entry.events for entry in report.entries] == [3000]
    assert report.gaps == ()


def test_who_never_stops_sending_does_not_keep_it_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GRACE", 0.3)
    listener = Listener([Port("udp", 0, HOME)], ScanOptions())
    monkeypatch.setattr(listener, "_read", lambda: listener.mailbox.put(HOME, b"one more"))
    began = time.monotonic()
    listener.run(lambda: True, every=60.0, opened=lambda: None, due=lambda: None)
    assert time.monotonic() - began < 20


def test_silence_is_told() -> None:
    report = _run(Listener([Port("udp", 0, HOME)], ScanOptions()), lambda one: None)[-1]
    assert [note.kind for note in report.notes if note.kind == "no_messages"] == ["no_messages"]


def test_a_port_that_cannot_be_had_is_wrong_usage() -> None:
    with socket.create_server((HOME, 0)) as taken:
        listener = Listener([Port("tcp", taken.getsockname()[1], HOME)], ScanOptions())
        with pytest.raises(UsageError, match="cannot listen"):
            _run(listener, lambda one: None)


def test_what_the_system_dropped_is_read_from_its_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n"
    row = "  {n}: 00000000:{port:04X} 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 30 2 0 {drops}\n"
    table = tmp_path / "udp"
    table.write_text(head + row.format(n=1, port=5514, drops=7) + row.format(n=2, port=53, drops=9))
    monkeypatch.setattr(module, "_TABLES", (str(table), str(tmp_path / "none")))
    assert module._dropped_by_system([5514]) == 7
    assert module._dropped_by_system([1]) == 0
    listener = Listener([], ScanOptions())
    for lost in (3, 9, 0):
        monkeypatch.setattr(module, "_dropped_by_system", lambda ports, lost=lost: lost)
        list(listener._gaps())
    assert listener._lost == 9
