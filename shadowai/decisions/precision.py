"""The precision of each signature, from decisions of people: a row that they called ``not_ai`` was a false finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from shadowai.decisions.model import Standing
from shadowai.model import UNDECIDED, Verdict
from shadowai.signature_report import Precision


def precision(several: Iterable[Standing]) -> tuple[Precision, ...]:
    """For each signature that somebody has judged a row of, how many of those rows were AI. Rows in review say nothing yet.

    Services are judged where somebody looked, and people look where they doubt: the figure is no estimate for other rows.
    """
    right, answered = Counter[str](), Counter[str]()
    for standing in several:
        verdict = standing.decision.verdict if standing.decision is not None else None
        if verdict is not None and verdict not in UNDECIDED:
            answered[standing.service] += 1
            right[standing.service] += verdict is not Verdict.NOT_AI
    return tuple(Precision(id, right[id], answered[id]) for id in sorted(answered))
