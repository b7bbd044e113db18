"""The facts a decision was based on, compared with what is known now: whether the decision still holds, or needs a review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from shadowai.decisions.model import APPROVALS, Grounds, Standing
from shadowai.model import Entry, Verdict
from shadowai.policy.model import SCOPE_CLASSES
from shadowai.policy.uses import scope_class
from shadowai.privacy import SMALL
from shadowai.signature_file import DataHandling, SignatureFile

JUMP: Final = 15
"""Points by which a risk must have grown for a review: more than a step of any one factor of exposure."""
_SHOWN: Final = 3
"""Facts that a reason names; the others are counted."""
_HANDLING: Final = (
    "trains_by_default",
    "opt_out",
    "retention",
    "residency",
    "certifications",
    "sign_in",
    "human_review",
)


def grounds_of(rows: Sequence[Entry], facts: tuple[str, ...] = ()) -> Grounds:
    """What is known of an asset from its row, or of a service from its rows by user. The risk of several rows is ``None``: it is not
    that of the service. Departments are empty where one of them is hidden."""
    departments = {name for row in rows for name in row.departments}
    classes = [scope_class(row.scopes, row.facts) for row in rows]
    return Grounds(
        risk=rows[0].risk if len(rows) == 1 else None,
        scope_class=max(classes, key=SCOPE_CLASSES.index, default="none"),
        departments=() if SMALL in departments else tuple(sorted(departments)),
        facts=facts,
    )


def facts_of(file: SignatureFile) -> tuple[str, ...]:
    """What a signature states about a service and a decision may depend on, each as ``name: value``, sorted. Dates of checks, names and
    indicators are not included: they change without the service changing."""
    signature = file.signature
    told = {
        "vendor": signature.vendor,
        "category": signature.category,
        "country": signature.country,
        "status": signature.status,
    }
    found = [f"{name}: {value}" for name, value in told.items() if value]
    return tuple(sorted([*found, *(fact for handling in file.data_handling for fact in _handling(handling))]))


def _handling(handling: DataHandling) -> Iterator[str]:
    for name in _HANDLING:
        value = getattr(handling, name)
        told = ", ".join(value) if isinstance(value, tuple) else value
        if told:
            yield f"{handling.plan} {name}: {told}"


def changes(then: Grounds, now: Grounds) -> tuple[str, ...]:
    """The changes that call for a review. What was not known then, or is not known now, is no change."""
    return tuple(_changes(then, now))


def _changes(then: Grounds, now: Grounds) -> Iterator[str]:
    if then.risk is not None and now.risk is not None and now.risk - then.risk >= JUMP:
        yield f"risk {then.risk}, now {now.risk}"
    if SCOPE_CLASSES.index(now.scope_class) > SCOPE_CLASSES.index(then.scope_class):
        yield f"new scope class: {then.scope_class}, now {now.scope_class}"
    joined = [name for name in now.departments if name not in then.departments] if then.departments else []
    if joined:
        yield f"new department: {', '.join(joined)}"
    if then.facts and now.facts and then.facts != now.facts:
        differing = [*(f"no longer {fact}" for fact in then.facts if fact not in now.facts)]
        differing += [fact for fact in now.facts if fact not in then.facts]
        more = f" and {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
        yield f"facts have changed: {'; '.join(differing[:_SHOWN])}{more}"


def review(standing: Standing, now: Grounds, today: str) -> tuple[str, ...]:
    """Every reason to review an asset, the most severe first. ``today`` is a day (``YYYY-MM-DD``)."""
    found: list[str] = []
    decision = standing.decision
    if is_expired(standing, today) and decision is not None:
        found.append(f"expired on {decision.until}")
    if decision is not None:
        found += changes(decision.grounds, now)
    if standing.day < (standing.columns.next_review or "") <= today:  # a decision since then was the review
        found.append(f"review planned for {standing.columns.next_review}")
    return tuple(found)


def is_expired(standing: Standing, today: str) -> bool:
    """Whether the decision's last day is before ``today``."""
    return standing.decision is not None and bool(standing.decision.until) and standing.decision.until < today


def holds(standing: Standing, now: Grounds, today: str) -> bool:
    """Whether the decision gives the verdict: it has not expired and, where it is an approval, nothing it was based on has changed."""
    decision = standing.decision
    if decision is None or decision.verdict in (None, Verdict.UNREVIEWED) or is_expired(standing, today):
        return False
    return decision.verdict not in APPROVALS or not changes(decision.grounds, now)
