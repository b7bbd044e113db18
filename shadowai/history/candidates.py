"""Which candidates are new in the organisation: those that no run before has listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from shadowai.candidates import ranked
from shadowai.history.store import History
from shadowai.history.tables import CANDIDATE, RUN
from shadowai.model import Candidate, Report

_CHUNK = 200


def told_apart(history: History, reports: Sequence[Report], *, now: int) -> tuple[Report, ...]:
    """``reports`` with what is new among their candidates, which then stand first; they are remembered as met at ``now`` (µs).

    In a history without a run before this one nothing is said to be new, for everything would be. Raises
    :class:`~shadowai.errors.SourceError` where the database cannot be written.
    """
    found = {one.name for report in reports for one in report.candidates}
    if not found:
        return tuple(reports)
    with history.writing() as db:
        first = db.execute(select(RUN.c.id).limit(1)).first() is None
        known = _known(db, sorted(found))
        fresh = [{"name": name, "first_met": now} for name in sorted(found - known)]
        if fresh:
            db.execute(CANDIDATE.insert(), fresh)
    return tuple(_told(report, known, first=first) for report in reports)


def _known(db: Connection, names: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for begin in range(0, len(names), _CHUNK):
        part = names[begin : begin + _CHUNK]
        found |= {row.name for row in db.execute(select(CANDIDATE.c.name).where(CANDIDATE.c.name.in_(part)))}
    return found


def _told(report: Report, known: set[str], *, first: bool) -> Report:
    def one(candidate: Candidate) -> Candidate:
        return replace(candidate, new=None if first else candidate.name not in known)

    return replace(report, candidates=ranked(map(one, report.candidates)))
