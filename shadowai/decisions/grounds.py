"""What a decision was made on, what is known now, and whether the difference asks a person to look again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from shadowai.decisions.nouns import APPROVALS, Grounds, Standing
from shadowai.model import Entry, Verdict
from shadowai.policy.nouns import SCOPE_CLASSES
from shadowai.policy.uses import scope_class
from shadowai.privacy import SMALL
from shadowai.signature_file import DataHandling, SignatureFile

JUMP: Final = 15
"""Points by which a risk must have grown to be looked at again: more than a step of any one factor of exposure."""
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
    """What is known of an asset by its row, or of a service by its rows by user; of several rows no risk is known, for theirs
    do not add up to the service's. Where departments are not named, theirs are not known."""
    departments = {name for row in rows for name in row.departments}
    classes = [scope_class(row.scopes, row.facts) for row in rows]
    return Grounds(
        risk=rows[0].risk if len(rows) == 1 else None,
        scope_class=max(classes, key=SCOPE_CLASSES.index, default="none"),
        departments=() if SMALL in departments else tuple(sorted(departments)),
        facts=facts,
    )


def facts_of(file: SignatureFile) -> tuple[str, ...]:
    """What the signature says of a service that a decision may hang on, as ``name: value``. Dates on which somebody looked, names and
    indicators are no part of it: they change without the service changing."""
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
    """Why what is known now asks for another look. What was not known then, or is not now, is no change."""
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
    """Every reason to look at an asset again, the gravest first; ``today`` is a day."""
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
    """Whether the last day of the decision is over."""
    return standing.decision is not None and bool(standing.decision.until) and standing.decision.until < today


def holds(standing: Standing, now: Grounds, today: str) -> bool:
    """Whether the decision decides the verdict: it has not expired and, where it lets something be, is about what is still so."""
    decision = standing.decision
    if decision is None or decision.verdict in (None, Verdict.UNREVIEWED) or is_expired(standing, today):
        return False
    return decision.verdict not in APPROVALS or not changes(decision.grounds, now)
