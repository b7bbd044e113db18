"""What a run has in the history of each tenant, as a hash: whoever has the history can show later that it is still the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from sqlalchemy import or_, select

from shadowai.history.looks import tenant_lineage
from shadowai.history.model import Run, ThingKind
from shadowai.history.store import History
from shadowai.history.tables import VERSION

KINDS: Final[tuple[ThingKind, ...]] = ("app", "grant", "person")


class Rows(NamedTuple):
    """The rows of one kind in a tenant (``source`` as of its looks): how many, their bytes, and the SHA-256 in hex over the sorted
    SHA-256 of each, so that no database's order has a part in it."""

    source: str
    kind: ThingKind
    number: int
    size: int
    sha256: str


def of_run(history: History, run: Run) -> Iterator[Rows]:
    """The rows that stood after ``run`` in each tenant that it looked at, in the order of tenants and kinds. A row is its key, its
    fields as JSON, and why it stands unseen, with NUL between; what stands from earlier runs is among them."""
    prefix = tenant_lineage("")
    for lineage in run.lineages:
        if lineage.startswith(prefix):
            for kind in KINDS:
                yield _rows(history, lineage, lineage.removeprefix(prefix), kind, run.id)


def _rows(history: History, lineage: str, source: str, kind: ThingKind, run: int) -> Rows:
    query = select(VERSION.c.ident, VERSION.c.body, VERSION.c.unseen).where(
        VERSION.c.lineage == lineage,
        VERSION.c.kind == kind,
        VERSION.c.begins <= run,
        or_(VERSION.c.ends.is_(None), VERSION.c.ends > run),
    )
    digests: list[bytes] = []
    size = 0
    with history.reading() as db:
        for row in db.execute(query):
            line = "\0".join(row).encode("utf-8", "surrogatepass")
            size += len(line)
            digests.append(hashlib.sha256(line).digest())
    return Rows(source, kind, len(digests), size, hashlib.sha256(b"".join(sorted(digests))).hexdigest())
