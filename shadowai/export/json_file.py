"""The report as one JSON object (RFC 8259): entries, gaps, notes and sources, in ASCII, one row a line.

Numbers are numbers, ``null`` is unknown, lists are lists. Everything outside of printable ASCII is escaped, so that
the output can be shown on a terminal as it is. ``schema`` counts up when a key changes its meaning or goes away.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import BinaryIO, Final

from shadowai.export.ascii_json import safe
from shadowai.export.columns import Column, columns
from shadowai.export.times import as_iso
from shadowai.model import Candidate, Dossier, Entry, Gap, Note, Report

SCHEMA: Final = 1
DAY: Final = 86_400_000_000
"""Microseconds of a day."""

Plain = str | int | bool | None | list[str] | dict[str, str | int | list[str] | None]


def write(report: Report, stream: BinaryIO) -> None:
    """Write ``report``; the keys stand in a fixed order, so that two reports can be compared line by line."""
    chosen = columns(report.by)
    head: dict[str, Plain] = {
        "schema": SCHEMA,
        "by": report.by,
        "complete": report.complete,
        "signatures": report.signatures,
    }
    lists = {
        "entries": (_entry(entry, chosen) for entry in report.entries),
        "gaps": (_gap(gap) for gap in report.gaps),
        "notes": (_note(note) for note in report.notes),
        "candidates": (_candidate(one) for one in report.candidates),
        "sources": (asdict(source) for source in report.sources),
    }
    parts = [f"  {_dump(key)}: {_dump(value)}" for key, value in head.items()]
    stream.write(("{\n" + ",\n".join(parts)).encode("ascii"))
    for key, rows in lists.items():
        stream.write(f",\n  {_dump(key)}: ".encode("ascii"))
        _write_rows(rows, stream)
    stream.write(b"\n}\n")


def _write_rows(rows: Iterable[Mapping[str, Plain]], stream: BinaryIO) -> None:
    before = "["
    for row in rows:
        stream.write(f"{before}\n    {_dump(row)}".encode("ascii"))
        before = ","
    stream.write(b"[]" if before == "[" else b"\n  ]")


def _dump(value: Plain | Mapping[str, Plain]) -> str:
    return json.dumps(safe(value), ensure_ascii=True)  # escapes DEL and the C1 controls too


def _entry(entry: Entry, chosen: tuple[Column, ...]) -> dict[str, Plain]:
    row = {column.name: _value(column, entry) for column in chosen}
    return row | {
        "verdict_reason": entry.verdict_reason or None,
        "verdict_owner": entry.verdict_owner or None,
        "signature_pack": entry.signature_pack or None,
        "signature_sha256": entry.signature_sha256 or None,
        "risk_low": entry.risk_low,
        "alternative": (entry.ruling.alternative or None) if entry.ruling is not None else None,
        "departments": list(entry.departments),
        "facts": list(entry.facts),
        "dossier": None if entry.dossier is None else _dossier(entry.dossier),
        "days": _days(entry),
    }


def _days(entry: Entry) -> dict[str, str | int | list[str] | None]:
    """The bytes sent up on each day of use; ``null`` where no record of the row says a size. Days outside of the calendar are left out."""
    known = ((as_iso(day * DAY)[:10], sent) for day, sent in entry.days)
    return {day: None if entry.bytes_up is None else sent for day, sent in known if day}


def _dossier(kept: Dossier) -> dict[str, str | int | list[str] | None]:
    """What people keep on file; what nobody said is empty."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in kept._asdict().items()}


def _value(column: Column, entry: Entry) -> Plain:
    value = column.value(entry)
    if isinstance(value, tuple):
        return list(value)
    if column.kind == "time" and not isinstance(value, str):
        return as_iso(value) or None
    return None if value == "" else value


def _gap(gap: Gap) -> dict[str, Plain]:
    examples = [str(origin) for origin in gap.examples]
    return {"origin": str(gap.origin), "reason": gap.reason, "count": gap.count, "examples": examples}


def _candidate(one: Candidate) -> dict[str, Plain]:
    """Figures as in an entry; ``new`` is null where there is no history to say it."""
    times = {"first_seen": as_iso(one.first_seen) or None, "last_seen": as_iso(one.last_seen) or None}
    origins = [str(origin) for origin in one.origins]
    return asdict(one) | times | {"evidence": list(one.evidence), "sources": list(one.sources), "origins": origins}


def _note(note: Note) -> dict[str, Plain]:
    return {
        "origin": None if note.origin is None else str(note.origin),
        "kind": note.kind,
        "text": note.text,
        "count": note.count,
    }
