"""The tables of the history, as the newest migration leaves them (:mod:`shadowai.history.migrations`).

A thing is stored once for as long as it stays as it is: a row of ``version`` holds from the run ``begins`` until before the run
``ends``. So a run that finds what the last one found adds no rows, however many grants there are. Text is ASCII JSON or escaped.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

METADATA = MetaData()

SCHEMA = Table("schema_version", METADATA, Column("version", Integer, nullable=False))

RUN = Table(
    "run",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("began", BigInteger, nullable=False),
    Column("ended", BigInteger, nullable=False),
    Column("complete", Integer, nullable=False),
    Column("baseline", Integer, nullable=False),
    Column("signatures", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("program", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("gaps", BigInteger, nullable=False),
    Column("services", BigInteger, nullable=False),
    Column("users", BigInteger, nullable=False),
)
"""``id`` counts up in the order in which runs were remembered; a number is not given twice."""

LINEAGE = Table(
    "lineage",
    METADATA,
    Column("lineage", Text, primary_key=True),
    Column("run", BigInteger, primary_key=True),
)
"""What a run speaks about: its series, and its tenants."""

LOOK = Table(
    "look",
    METADATA,
    Column("run", BigInteger, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("complete", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

CATALOGUE = Table(
    "catalogue",
    METADATA,
    Column("version", Text, primary_key=True),
    Column("signature", Text, primary_key=True),
    Column("digest", Text, nullable=False),
)

VERSION = Table(
    "version",
    METADATA,
    Column("lineage", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("ident", Text, primary_key=True),
    Column("begins", BigInteger, primary_key=True),
    Column("ends", BigInteger),
    Column("unseen", Text, nullable=False),
    Column("seen_run", BigInteger, nullable=False),
    Column("cause", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("shown", Text, nullable=False, server_default=""),
)
"""``shown`` are the tasks that showed it when it was seen last, where that is known. ``seen_run`` is the last run that saw it where
``unseen`` says why later ones did not, else 0: every run since ``begins`` has."""

THING = Table(
    "thing",
    METADATA,
    Column("lineage", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("ident", Text, primary_key=True),
    Column("first_run", BigInteger, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
)
"""When a thing was first and last seen, over all of its versions."""

MEASURE = Table(
    "measure",
    METADATA,
    Column("run", BigInteger, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("least", BigInteger, nullable=False),
    Column("most", BigInteger),
)
"""Figures that budgets measured of a run; ``most`` is absent where there is no upper end."""

CANDIDATE = Table(
    "candidate",
    METADATA,
    Column("ident", Text, primary_key=True),
    Column("last_run", BigInteger, nullable=False),
    Column("first_seen", BigInteger),
    Column("last_seen", BigInteger),
    Column("users", BigInteger, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)
"""Names that look like AI and that no signature explained."""

NOTIFIED = Table(
    "notified",
    METADATA,
    Column("finding", Text, primary_key=True),
    Column("time", BigInteger, nullable=False),
)
"""When somebody was last told about a finding."""

Index("version_open", VERSION.c.lineage, VERSION.c.kind, VERSION.c.ends)
Index("version_begins", VERSION.c.lineage, VERSION.c.begins)
