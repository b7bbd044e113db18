"""A watch: the inventory at any moment, and in the end the one that a scan of the same frames gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shadowai import pipeline
from shadowai.errors import SourceError, UsageError
from shadowai.model import Actor, Entry, Origin, Report, Usage
from shadowai.pipeline import ScanOptions
from shadowai.watch import Watch
from tests.captures.conversations import START, tcp, udp
from tests.captures.files import write_pcap
from tests.captures.messages import dns_query
from tests.captures.scene import ANN, BOB, EXPECTED, OPENAI, RESOLVER, SECOND, raw, scene
from tests.captures.tls import application, hello


def _bare(entries: tuple[Entry, ...]) -> list[Entry]:
    """Rows without what differs between a file and an interface: where, and in which order evidence came."""
    return [
        replace(row, sources=(), names=tuple(sorted(row.names)), evidence=(), first_seen=row.first_seen)
        for row in entries
    ]


def _evidence(entries: tuple[Entry, ...]) -> list[list[tuple[int, str]]]:
    return [sorted((int(origin.position or 0), origin.unit) for origin in row.evidence) for row in entries]


def _scanned(tmp_path: Path, options: ScanOptions) -> Report:
    path = write_pcap(tmp_path / "same.pcap", scene())
    return pipeline.scan([str(path)], options=options)


@pytest.mark.parametrize("by", ["service", "user"])
@pytest.mark.parametrize("size", [1, 9, 1000])
@pytest.mark.parametrize("looked_at", [False, True])
def test_the_report_is_that_of_a_scan(by: str, size: int, looked_at: bool, tmp_path: Path) -> None:
    options = ScanOptions(by=by)  # type: ignore[arg-type]
    scanned = _scanned(tmp_path, options)
    watch = Watch("eth0", options)
    frames = raw(scene())
    for start in range(0, len(frames), size):
        watch.take(frames[start : start + size])
        if looked_at:
            watch.standing()
    report = watch.report()
    assert len(report.entries) == 4
    assert _bare(report.entries) == _bare(scanned.entries)
    assert _evidence(report.entries) == _evidence(scanned.entries)
    assert {(note.kind, note.count) for note in report.notes} == {(note.kind, note.count) for note in scanned.notes}
    assert (report.gaps, report.by, report.signatures) == (scanned.gaps, by, scanned.signatures)
    assert replace(report.sources[0], path="", format="") == replace(scanned.sources[0], path="", format="")
    assert {row.sources for row in report.entries} == {("live",)}
    assert report.entries[0].evidence[0].path == "eth0"


def test_who_uses_what() -> None:
    watch = Watch("eth0", ScanOptions(by="user"))
    watch.take(raw(scene()))
    found = watch.report().entries
    assert {(row.service_id, (row.actor or Actor()).address): (row.usage or Usage.RESOLVED).value for row in found} == {
        **EXPECTED
    }


def test_a_look_up_then_a_connection_then_its_end() -> None:
    watch = Watch("eth0", ScanOptions())
    assert watch.standing() == ()
    watch.take(raw(udp(ANN, RESOLVER, 53).send(dns_query("chatgpt.com")).frames))
    (row,) = watch.standing()
    assert (row.entry.usage, row.open, row.entry.actor) == (Usage.RESOLVED, False, Actor(None, None, ANN))
    talk = tcp(ANN, OPENAI, 443, time=START + SECOND).syn().send(hello("chatgpt.com"))
    watch.take(raw(talk.frames, 2))
    (row,) = watch.standing()
    assert (row.entry.usage, row.open, row.entry.events) == (Usage.CONNECTED, True, 1)
    before = len(talk.frames)
    talk.send(application(20_000))
    watch.take(raw(talk.frames[before:], 2 + before))
    (row,) = watch.standing()
    assert (row.entry.usage, row.open) == (Usage.INTERACTIVE, True)
    before = len(talk.frames)
    watch.take(raw(talk.fin().frames[before:], 2 + before))
    (row,) = watch.standing()
    assert (row.entry.usage, row.open) == (Usage.INTERACTIVE, False)
    watch.take(raw(udp(BOB, RESOLVER, 123, time=START + 2 * SECOND).send(b"tick").frames, 100))
    watch.take(raw(udp(BOB, RESOLVER, 123, time=START + 60 * SECOND).send(b"tick").frames, 101))
    (last,) = watch.standing()
    assert (last.entry, last.open) == (row.entry, False)
    assert (watch.frames, watch.connections) == (3 + len(talk.frames), 2)


def test_looking_counts_nothing_twice() -> None:
    watch = Watch("eth0", ScanOptions(by="user"))
    watch.take(raw(scene()))
    assert watch.standing() == watch.standing()
    assert sorted(row.entry.asset_id for row in watch.standing()) == sorted(
        row.asset_id for row in watch.report().entries
    )


def test_the_policy_decides(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("version: 1\nrules:\n  - status: prohibited\n    service: openai-chatgpt\n")
    watch = Watch("eth0", ScanOptions(policy=str(path)))
    watch.take(raw(scene()))
    assert {row.entry.verdict.value for row in watch.standing() if row.entry.service_id == "openai-chatgpt"} == {
        "prohibited"
    }


def test_what_people_have_decided_goes_before_it(tmp_path: Path) -> None:
    from shadowai.model import Verdict
    from tests.decisions.making import decided, written

    written(tmp_path / "log", decided("openai-chatgpt", verdict=Verdict.TOLERATED))
    watch = Watch("eth0", ScanOptions(decisions=str(tmp_path / "log")))
    watch.take(raw(scene()))
    verdicts = {row.service_id: row.verdict for row in watch.report().entries}
    assert verdicts["openai-chatgpt"] is Verdict.TOLERATED and Verdict.UNREVIEWED in verdicts.values()


def test_a_wrong_policy_is_said_before_anything_is_watched(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("rules: 7\n")
    with pytest.raises(UsageError):
        Watch("eth0", ScanOptions(policy=str(tmp_path / "policy.yaml")))


def test_what_was_dropped_and_what_went_away_are_gaps() -> None:
    watch = Watch("eth0", ScanOptions())
    watch.take(raw(scene()))
    gaps = watch.report(12, SourceError("the interface stopped: Network is down", origin=Origin("eth0"))).gaps
    assert [(str(gap.origin), gap.count) for gap in gaps] == [("eth0", 1), ("eth0", 12)]
    assert "Network is down" in gaps[0].reason and "dropped by the kernel" in gaps[1].reason


def test_a_silent_interface_is_said_to_be_silent() -> None:
    report = Watch("eth0", ScanOptions()).report()
    (gap,) = report.gaps
    assert (report.entries, report.notes, str(gap.origin)) == ((), (), "eth0") and "no frame arrived" in gap.reason


def test_connections_that_began_before_the_watch_are_not_nothing() -> None:
    watch = Watch("eth0", ScanOptions())
    watch.take(raw(tcp(ANN, OPENAI, 443).send(application(2_000)).receive(application(2_000)).frames))
    report = watch.report()
    assert report.entries == ()
    assert not report.complete
