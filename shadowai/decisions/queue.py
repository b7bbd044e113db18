"""The queue of rows that a person has to decide on, approved alternatives, and policy rules that would decide most of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from shadowai.decisions.inventory_file import Row
from shadowai.model import UNDECIDED, Entry, Verdict

ALTERNATIVES: Final = 3
"""The most alternatives that are named for one row."""
_MANY: Final = 2
"""The fewest rows for which a rule is proposed."""


class Waiting(NamedTuple):
    """A row of the queue: the reasons, and the ids of approved services of its category, the policy's own alternative first."""

    row: Row
    why: tuple[str, ...]
    alternatives: tuple[str, ...] = ()


class Proposal(NamedTuple):
    """A rule of the policy that would speak about several rows that none speaks about yet: what it selects by, the value, and
    the assets."""

    selector: str
    value: str
    assets: tuple[str, ...]

    def rule(self, status: str) -> str:
        """The rule as YAML, for the end of the policy's list."""
        quoted = self.value.replace("'", "''")
        return f"  - {self.selector}: '{quoted}'\n    status: {status}"


def queue(rows: Sequence[Row]) -> tuple[Waiting, ...]:
    """The rows that wait: not decided upon, or to be looked at again. Surest findings first, then the highest risk (what was not
    rated may be the highest), then the most users and events."""
    approved = _approved(rows)
    found = [Waiting(row, why, _alternatives(row.entry, approved)) for row in rows if (why := _why(row.entry))]
    return tuple(sorted(found, key=lambda one: _place(one.row.entry)))


def _why(entry: Entry) -> tuple[str, ...]:
    again = entry.dossier.review if entry.dossier is not None else ()
    if again:
        return again
    if entry.verdict not in UNDECIDED:
        return ()
    return (entry.verdict_reason or "nobody has decided",)


def _place(entry: Entry) -> tuple[int, int, int, int, str]:
    risk = 100 if entry.risk is None else entry.risk
    return entry.certainty, -risk, -entry.users, -entry.events, entry.asset_id


def _approved(rows: Iterable[Row]) -> dict[str, list[str]]:
    """The ids of approved services by their category, most used first."""
    found: dict[str, list[str]] = {}
    for entry in sorted((row.entry for row in rows), key=lambda entry: (-entry.users, entry.service_id)):
        if entry.verdict is Verdict.SANCTIONED and entry.service_id not in found.setdefault(entry.category, []):
            found[entry.category].append(entry.service_id)
    return found


def _alternatives(entry: Entry, approved: dict[str, list[str]]) -> tuple[str, ...]:
    named = [entry.ruling.alternative] if entry.ruling is not None and entry.ruling.alternative else []
    others = [id for id in approved.get(entry.category, ()) if id not in (*named, entry.service_id)]
    return tuple([*named, *others][:ALTERNATIVES])


_SELECTORS: Final[tuple[tuple[str, Callable[[Entry], str]], ...]] = (
    ("service", lambda entry: entry.service_id),
    ("vendor", lambda entry: entry.vendor),
    ("category", lambda entry: entry.category),
)
"""Narrowest first: of two rules that close as many rows, the narrower one is proposed."""


def proposals(waiting: Iterable[Waiting]) -> tuple[Proposal, ...]:
    """Rules that would close several rows each, those that close most first; every one closes some that no earlier one does.

    They count rows alone that no rule and no decision speaks about: another rule cannot close what a decision or an earlier
    rule holds open.
    """
    open_ = [
        one.row.entry
        for one in waiting
        if one.row.entry.verdict is Verdict.UNREVIEWED and one.row.entry.dossier is None
    ]
    found: dict[tuple[int, str], list[str]] = {}
    for entry in open_:
        for rank, (_, select) in enumerate(_SELECTORS):
            if select(entry):
                found.setdefault((rank, select(entry)), []).append(entry.asset_id)
    chosen: list[Proposal] = []
    closed: set[str] = set()
    for (rank, value), assets in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        if len(set(assets) - closed) >= _MANY:
            chosen.append(Proposal(_SELECTORS[rank][0], value, tuple(assets)))
            closed.update(assets)
    return tuple(chosen)
