from __future__ import annotations

import ast
import inspect
import textwrap
from pathlib import Path

import pytest

from shadowai import blind_hosts
from shadowai.export.html.blind_spots import KINDS, OBSERVATIONS, BlindSpot, blind_spots, observations
from shadowai.model import Gap, Note, Origin, Report, SourceSummary
from shadowai.sources.capture import records
from tests.export.html.pages import FULL

LOG = SourceSummary("a.log", "squid", 9, 9, 9)
CAPTURE = SourceSummary("a.pcap", "pcap", 9, 9, 9)
TENANT = SourceSummary("entra:contoso.example", "entra", 9, 9, 9)


def _spots(
    *gaps: Gap, notes: tuple[Note, ...] = (), sources: tuple[SourceSummary, ...] = (LOG,)
) -> dict[str, BlindSpot]:
    return {spot.kind.key: spot for spot in blind_spots(Report((), gaps, notes, sources))}


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("line is not JSON", "lines"),
        ("no line understood: tried squid", "lines"),
        ("line longer than 1 MiB", "lines"),
        ("quote is never closed", "lines"),
        ("carriage return within the line", "lines"),
        ("frames not read: link type 147 is not read", "truncated"),
        ("the file ends within a packet", "truncated"),
        ("no connection tells a name: AI use cannot show in this capture", "nameless"),
        ("no record names a host (read as squid): AI use cannot show in them", "nameless"),
        ("no packet is one of TCP or UDP: what the others carry tells no name", "nameless"),
        ("binary data: not a log in any known encoding", "files"),
        ("corrupt zip archive: bad magic", "files"),
        ("no frame arrived: nothing can be said of this interface", "silent_source"),
        ("a packet capture that ends within its header: nothing of it can be read", "truncated"),
        ("something that nobody thought of", "files"),
    ],
)
def test_a_gap_has_the_place_that_its_reason_says(reason: str, kind: str) -> None:
    spots = _spots(Gap(Origin("a.log"), reason, 3, (Origin("a.log", 7),)))
    assert [key for key, spot in spots.items() if spot.details] == [kind]
    assert (spots[kind].total, spots[kind].details[0].text, spots[kind].details[0].places) == (3, reason, ("a.log:7",))


def test_a_task_of_a_tenant_that_did_not_end_is_half_finished() -> None:
    spots = _spots(Gap(Origin("entra:x", "grants", "object"), "sign-ins: the line was cut off", 2))
    assert spots["tenant"].total == 2 and spots["tenant"].state == "seen"


@pytest.mark.parametrize(
    ("note", "kind"),
    [("encrypted_hello", "ech"), ("quic_incomplete", "quic"), ("encrypted_dns", "doh"), ("attributed", "nameless"),
     ("snap_length", "truncated"), ("sessions_limit", "limits"), ("zone", "assumed"), ("time", "assumed"), ("never heard of", "other"),
     ("vpn", "tunnels"), ("candidates_limit", "limits")],
)  # fmt: skip
def test_a_note_has_the_place_of_its_kind(note: str, kind: str) -> None:
    spots = _spots(notes=(Note(Origin("a.pcap"), note, "text", 5),), sources=(CAPTURE,))
    assert {key: spot.total for key, spot in spots.items() if spot.details} == {kind: 5}


def test_nothing_is_lost() -> None:
    spots, noticed = blind_spots(FULL), observations(FULL.notes)
    computed = 1 + 3  # the silent log, and the records of the other that name no host
    given = sum(gap.count for gap in FULL.gaps) + sum(note.count for note in FULL.notes)
    assert sum(spot.total for spot in spots) + sum(detail.times for detail in noticed) == given + computed


TOLD_BY_TABLES = {
    "shadowai/blind_hosts.py": set(blind_hosts._TEXTS),
    "shadowai/grants.py": {"impersonation", "wired"},
    "shadowai/sources/capture/records.py": {kind for kind, _ in records._COUNTED},
    "shadowai/sources/logs/logfile.py": {"zone", "year", "day_order", "time"},
    "shadowai/warehouse.py": {"zone", "year", "day_order"},
}
"""Modules that make notes of a kind that is not written where the note is made, and the kinds."""


def test_every_kind_of_note_that_is_made_has_its_place(source: Path) -> None:
    """A new kind that tells of something seen, not missed, must not be called an assumption in silence."""
    made: set[str] = set()
    elsewhere: set[str] = set()
    for path in (source / "shadowai").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Note" and node.args:
                kind = node.args[1]
                if isinstance(kind, ast.Constant):
                    made.add(str(kind.value))
                else:
                    elsewhere.add(path.relative_to(source).as_posix())
    assert elsewhere == set(TOLD_BY_TABLES)
    counted = ast.parse(textwrap.dedent(inspect.getsource(records.Records._own_counts)))
    made |= {str(one.value.elts[0].value) for one in ast.walk(counted) if isinstance(one, ast.Yield)}  # type: ignore[union-attr]
    placed = [kind for spot in KINDS for kind in spot.notes] + [*OBSERVATIONS]
    assert len(placed) == len(set(placed)), "a kind has two places"
    assert len(made) > 20 and made.union(*TOLD_BY_TABLES.values()) - set(placed) == set()


def test_none_is_not_claimed_where_nothing_could_have_shown_it() -> None:
    def states(*sources: SourceSummary) -> list[str]:
        spots = _spots(sources=sources)
        return [spots[key].state for key in ("ech", "quic", "doh", "tenant", "lines")]

    assert states(LOG) == ["unknown", "unknown", "unknown", "unknown", "none"]
    assert states(LOG, CAPTURE) == ["none", "none", "none", "unknown", "none"]
    assert states(TENANT) == ["unknown", "unknown", "unknown", "none", "none"]


def test_counts_of_a_log_show_silence_and_records_without_a_name() -> None:
    silent = SourceSummary("s.log", "squid", 5, 5, 0)
    some = SourceSummary("f.log", "fortigate_kv", 74, 74, 37)
    spots = _spots(sources=(silent, some, CAPTURE, TENANT))
    assert (spots["silent_source"].details[0].places, spots["silent_source"].total) == (("s.log",), 1)
    assert (spots["nameless"].details[0].places, spots["nameless"].total) == (("f.log",), 37)


def test_the_same_reason_in_many_places_is_one_with_its_first_places() -> None:
    gaps = [Gap(Origin(f"{i}.log"), "line is not JSON", 2) for i in range(9)]
    (detail,) = _spots(*gaps)["lines"].details
    assert detail == ("line is not JSON", 18, ("0.log", "1.log", "2.log"))


def test_what_was_noticed_is_no_blind_spot() -> None:
    notes = (Note(Origin("a", 3), "clear_key", "a key was sent in clear", 2), Note(None, "zone", "UTC"))
    assert observations(notes) == (("a key was sent in clear", 2, ("a:3",)),)
