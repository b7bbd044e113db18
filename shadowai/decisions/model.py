"""Data types of decisions: immutable, standard library only. Days are texts, ``YYYY-MM-DD``, empty where not recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from shadowai.model import Verdict

APPROVALS: Final = frozenset({Verdict.SANCTIONED, Verdict.TOLERATED, Verdict.RISK_ACCEPTED, Verdict.NOT_AI})
"""Verdicts that allow use. They are based on what was known on that day: a review is due where that has changed."""


class Grounds(NamedTuple):
    """What was known of an asset at the time of a decision, as far as a change of it calls for a review.

    ``risk`` is the upper end of the score (0 to 100), ``None`` where it was not rated; ``scope_class`` one of
    :data:`shadowai.policy.model.SCOPE_CLASSES`; ``departments`` those of its users, empty where none is known; ``facts`` what the
    signature says of the service, each as ``name: value``, empty where that was not at hand.
    """

    risk: int | None = None
    scope_class: str = "none"
    departments: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


class Columns(NamedTuple):
    """The columns of an asset that people fill in. ``None``: this event leaves the column as it was; an empty text clears it.

    EU AI Act (Regulation (EU) 2024/1689) article 26: purpose, input data, human oversight, and the reference to the data protection
    impact assessment; ISO/IEC 42001 A.4.2 and NIST AI RMF GOVERN 1.6: an inventory with owners and reviews.
    """

    owner: str | None = None
    purpose: str | None = None
    data_categories: tuple[str, ...] | None = None
    dpia: str | None = None
    contract: str | None = None
    oversight_owner: str | None = None
    next_review: str | None = None

    def over(self, earlier: Columns) -> Columns:
        """These columns, and those of ``earlier`` where these are ``None``."""
        return earlier._replace(**{key: value for key, value in self._asdict().items() if value is not None})


class Evidence(NamedTuple):
    """What the person saw: SHA-256 of the row as it was shown, and of the inventory file that it stood in (empty: the history)."""

    row: str
    inventory: str = ""


_UNWRITTEN: Final = Columns()
_UNKNOWN: Final = Grounds()


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision. ``asset`` is the row's id, ``service`` the signature's; a ``person``'s row is one by user.

    ``verdict`` is ``None`` where only columns were written, and ``UNREVIEWED`` where a decision was taken back. ``until`` is the last
    day (UTC) on which it holds.
    """

    asset: str
    service: str
    person: bool
    verdict: Verdict | None
    reason: str
    until: str = ""
    columns: Columns = _UNWRITTEN
    grounds: Grounds = _UNKNOWN
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of an asset after all events: the last decision with a verdict (``None``: there is none), the day on which and the person
    by whom it was made, its line in the log, and the columns of all events together."""

    asset: str
    service: str
    person: bool
    decision: Decided | None
    day: str
    by: str
    line: int
    columns: Columns = _UNWRITTEN
