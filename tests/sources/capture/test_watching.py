"""Frames as they come: connections shown before they end, ended by silence, and in the end the same as from a file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shadowai.model import Record
from shadowai.sources.capture.limits import Limits
from shadowai.sources.capture.watching import SECOND, Silence, Watching
from tests.captures.conversations import START, Timed, merged, tcp, udp
from tests.captures.messages import dns_answer, dns_query
from tests.captures.scene import raw, scene
from tests.captures.tls import application, hello
from tests.sources.capture.reading import CLIENT, OTHER, RESOLVER, SECRET, SERVER, read


def _watched(frames: list[Timed], size: int, watching: Watching | None = None) -> list[Record]:
    """All records of ``frames`` that come ``size`` at a time."""
    ours = watching or Watching("eth0", secret=SECRET)
    found: list[Record] = []
    for start in range(0, len(frames), size):
        found += ours.take(raw(frames[start : start + size], start + 1))
    return [*found, *ours.close()]


def _tick(seconds: int) -> list[tuple[int, int, int, bytes, int]]:
    """Somebody else's packets at that time, so that the clock goes on."""
    return raw(udp(OTHER, RESOLVER, 123, time=START + seconds * SECOND).send(b"tick").frames, 1000 + seconds)


def _key(record: Record) -> tuple[int, str, str]:
    return record.line, record.kind or "", record.host or ""


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_the_same_records_as_from_a_file(size: int) -> None:
    frames = scene()
    from_file = [replace(record, path="eth0", format="live") for record in read(frames).records]
    assert len(from_file) > 5
    assert sorted(_watched(frames, size), key=_key) == sorted(from_file, key=_key)


def test_the_same_counts_gaps_and_notes_as_from_a_file() -> None:
    frames = [*scene(), (START + 70 * SECOND, b"\0" * 12 + b"\x08\x00" + b"\x45")]
    file = read(frames)
    watching = Watching("eth0", secret=SECRET)
    _watched(frames, 5, watching)
    assert replace(watching.summary(), path="x.pcap", format="pcap") == file.summary
    assert {note.kind: note.count for note in watching.notes()} == file.notes
    assert [(gap.reason, gap.count) for gap in watching.gaps()] == [(gap.reason, gap.count) for gap in file.gaps]
    assert [str(gap.examples[0]) for gap in watching.gaps()] == [f"eth0#{len(frames)}"]


def test_a_connection_shows_while_it_lasts_and_is_a_record_when_it_ends() -> None:
    watching = Watching("eth0")
    talk = tcp(CLIENT, SERVER, 443).syn().send(hello("chatgpt.com"))
    assert list(watching.take(raw(talk.frames))) == []
    before = len(talk.frames)
    ((early, closed),) = watching.under_way()
    assert not closed
    assert (early.host, early.client_ip, early.counted) == ("chatgpt.com", CLIENT, True)
    talk.send(application(5_000)).receive(application(9_000))
    assert list(watching.take(raw(talk.frames[before:], before + 1))) == []
    ((late, _),) = watching.under_way()
    assert early.bytes_up is not None and late.bytes_up is not None and late.bytes_up > early.bytes_up + 5_000
    assert watching.tally.nameless == watching.tally.lost == 0
    assert list(watching.close()) == [late]
    assert watching.under_way() == []


def test_questions_are_told_at_once() -> None:
    watching = Watching("eth0")
    (asked,) = watching.take(raw(udp(CLIENT, RESOLVER, 53).send(dns_query("claude.ai")).frames))
    assert (asked.kind, asked.host, asked.client_ip) == ("dns_query", "claude.ai", CLIENT)


def test_only_what_is_wanted_shows() -> None:
    watching = Watching("eth0", wanted=lambda host, url: host == "chatgpt.com")
    one = tcp(CLIENT, SERVER, 443, client_port=40_001).syn().send(hello("chatgpt.com"))
    other = tcp(CLIENT, SERVER, 443, client_port=40_002).syn().send(hello("www.example.com"))
    assert list(watching.take(raw(merged(one, other)))) == []
    assert watching.connections == 2
    assert [way.record.host for way in watching.under_way()] == ["chatgpt.com"]
    assert [record.host for record in watching.close()] == ["chatgpt.com"]


@pytest.mark.parametrize(
    ("how", "silent", "ended"),
    [("open", 299, False), ("open", 306, True), ("fin", 9, False), ("fin", 16, True), ("rst", 16, True)],
)
def test_a_tcp_connection_ends_when_it_is_closed_or_silent_for_long(how: str, silent: int, ended: bool) -> None:
    watching = Watching("eth0")
    talk = tcp(CLIENT, SERVER, 443).syn().send(hello("chatgpt.com"))
    talk = {"open": talk, "fin": talk.fin() if how == "fin" else talk, "rst": talk.rst() if how == "rst" else talk}[how]
    found = [*watching.take(raw(talk.frames)), *watching.take(_tick(0)), *watching.take(_tick(silent))]
    assert [record.host for record in found] == (["chatgpt.com"] if ended else [])
    assert [way.closed for way in watching.under_way()] == ([] if ended else [how != "open"])
    assert [note.count for note in watching.notes() if note.kind == "silent"] == (
        [1] if ended and how == "open" else []
    )


def test_one_end_closing_is_no_end() -> None:
    watching = Watching("eth0")
    talk = tcp(CLIENT, SERVER, 443).syn().send(hello("chatgpt.com")).fin()
    half = raw(talk.frames[:-2])
    assert [*watching.take(half), *watching.take(_tick(0)), *watching.take(_tick(30))] == []


@pytest.mark.parametrize(("silent", "ended"), [(59, False), (66, True)])
def test_datagrams_end_by_silence(silent: int, ended: bool) -> None:
    watching = Watching("eth0")
    list(watching.take(raw(udp(CLIENT, SERVER, 4500).send(b"x" * 20).frames)))
    list(watching.take(_tick(0)))
    list(watching.take(_tick(silent)))
    assert watching.connections == (1 if ended else 2)


def test_what_is_heard_from_time_to_time_does_not_end() -> None:
    watching = Watching("eth0")
    talk = tcp(CLIENT, SERVER, 443).syn().send(hello("chatgpt.com"))
    for _ in range(20):
        talk.wait(200 * SECOND).send(b"ping")
    records = []
    for number, frame in enumerate(raw(talk.frames)):
        assert list(watching.take([frame])) == [], number
    records = list(watching.close())
    assert [record.host for record in records] == ["chatgpt.com"]


def test_ports_that_are_used_again_are_another_connection() -> None:
    watching = Watching("eth0")
    first = tcp(CLIENT, SERVER, 443, sequence=1_000).syn().send(hello("chatgpt.com"))
    again = tcp(CLIENT, SERVER, 443, sequence=90_000, time=START + SECOND).syn().send(hello("claude.ai"))
    found = list(watching.take(raw(merged(first, again))))
    assert [record.host for record in found] == ["chatgpt.com"]
    assert [way.record.host for way in watching.under_way()] == ["claude.ai"]


def test_a_clock_that_is_put_back_stops_nothing() -> None:
    watching = Watching("eth0")
    list(watching.take(_tick(100_000)))
    talk = tcp(CLIENT, SERVER, 443).syn().send(hello("chatgpt.com")).fin()
    found = [*watching.take(raw(talk.frames)), *watching.take(_tick(0)), *watching.take(_tick(20))]
    assert [record.host for record in found] == ["chatgpt.com"]


def test_days_of_short_connections_leave_nothing_behind() -> None:
    watching = Watching("eth0", limits=Limits(flows=64), silence=Silence(closed=SECOND))
    for number in range(300):
        time = START + number * 10 * SECOND
        talk = tcp(CLIENT, SERVER, 443, client_port=20_000 + number, time=time).syn().send(hello("chatgpt.com")).fin()
        list(watching.take(raw(talk.frames)))
    assert watching.connections <= 2
    assert len(watching._named) <= 2
    assert [note.kind for note in watching.notes()] == []


def test_a_flood_is_bounded_and_said() -> None:
    watching = Watching("eth0", limits=Limits(flows=64))
    for number in range(500):
        talk = (
            tcp(f"10.9.{number >> 8}.{number & 255}", SERVER, 443, time=START + number).syn().send(hello("chatgpt.com"))
        )
        list(watching.take(raw(talk.frames)))
    assert watching.connections <= 64
    assert len(watching._named) <= 64
    assert next(note.count for note in watching.notes() if note.kind == "flows_limit") > 400


def test_a_name_that_only_dns_told_shows_when_the_connection_ends() -> None:
    watching = Watching("eth0")
    ask = udp(CLIENT, RESOLVER, 53).send(dns_query("chatgpt.com")).receive(dns_answer("chatgpt.com", [SERVER]))
    talk = tcp(CLIENT, SERVER, 443, time=START + SECOND).syn().send(application(500)).receive(application(500))
    assert [record.kind for record in watching.take(raw(merged(ask, talk)))] == ["dns_query"]
    assert watching.under_way() == []
    assert [(record.kind, record.host, record.inferred) for record in watching.close()] == [
        ("dns_answer", "chatgpt.com", True)
    ]


def test_nothing_is_no_batch() -> None:
    watching = Watching("eth0")
    assert list(watching.take([])) == []
    assert (watching.frames, watching.connections) == (0, 0)
    assert list(watching.gaps()) == []
