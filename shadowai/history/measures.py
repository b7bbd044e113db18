"""Figures that budgets measured of runs, so that their growth can be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select

from shadowai.history.tables import MEASURE, RUN


class Figure(NamedTuple):
    """A figure of a run that ended at ``time`` (µs): at least ``least``, at most ``most`` (``None``: without an upper end)."""

    time: int
    least: int
    most: int | None


def put(db: Connection, run: int, figures: Mapping[str, tuple[int, int | None]]) -> None:
    """Remember the figures of a run by the names that budgets give them."""
    rows = [{"run": run, "name": name, "least": least, "most": most} for name, (least, most) in figures.items()]
    if rows:
        db.execute(MEASURE.insert(), rows)


def before(db: Connection, run: int) -> dict[str, list[Figure]]:
    """The figures of the complete runs of the same series before ``run``, by their names, the oldest first. A run that saw a part of
    what there was has smaller ones, from which nothing grows."""
    series = select(RUN.c.series).where(RUN.c.id == run).scalar_subquery()
    query = (
        select(MEASURE.c.name, RUN.c.ended, MEASURE.c.least, MEASURE.c.most)
        .join(RUN, RUN.c.id == MEASURE.c.run)
        .where(RUN.c.series == series, RUN.c.id < run, RUN.c.complete == 1)
        .order_by(RUN.c.id)
    )
    found: dict[str, list[Figure]] = {}
    for row in db.execute(query):
        found.setdefault(row.name, []).append(Figure(row.ended, row.least, row.most))
    return found
