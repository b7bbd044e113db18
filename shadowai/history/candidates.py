"""Which candidates are new in the organisation: those that no run before has listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from shadowai.candidates import ranked
from shadowai.history import bodies
from shadowai.history.store import History
from shadowai.history.tables import CANDIDATE, RUN
from shadowai.model import Candidate, Report

_CHUNK = 200


def told_apart(history: History, reports: Sequence[Report]) -> tuple[Report, ...]:
    """``reports`` with what is new among their candidates, which then stands first. To be asked for before the run is remembered.

    In a history without a run before this one nothing is said to be new, for everything would be. Raises
    :class:`~shadowai.errors.SourceError` where the database cannot be read.
    """
    found = {one.name for report in reports for one in report.candidates}
    if not found:
        return tuple(reports)
    with history.reading() as db:
        first = db.execute(select(RUN.c.id).limit(1)).first() is None
        known = _known(db, sorted(found))
    return tuple(_told(report, known, first=first) for report in reports)


def _known(db: Connection, names: Sequence[str]) -> set[str]:
    """Those of the names that a run has listed."""
    by_ident = {bodies.key(name): name for name in names}
    idents, found = list(by_ident), set[str]()
    for begin in range(0, len(idents), _CHUNK):
        part = CANDIDATE.c.ident.in_(idents[begin : begin + _CHUNK])
        found |= {by_ident[ident] for ident in db.execute(select(CANDIDATE.c.ident).where(part)).scalars()}
    return found


def _told(report: Report, known: set[str], *, first: bool) -> Report:
    def one(candidate: Candidate) -> Candidate:
        return replace(candidate, new=None if first else candidate.name not in known)

    return replace(report, candidates=ranked(map(one, report.candidates)))
