"""What another policy would change: the same rows under two policies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from shadowai.model import Entry, Verdict
from shadowai.policy.breach import FAIL_ON, breaches


class Difference(NamedTuple):
    """A row on which two policies give different verdicts. ``begins``: it is a breach under the new one only; ``ends``: under the old one
    only."""

    asset_id: str
    service_id: str
    service: str
    user: str
    before: Verdict
    after: Verdict
    reason: str
    alternative: str
    users: int
    events: int
    begins: bool
    ends: bool


def differences(
    before: Collection[Entry], after: Iterable[Entry], fail_on: frozenset[str] = FAIL_ON
) -> Iterator[Difference]:
    """The rows that differ, in the order of ``after``; both are of the same look, in the same way (by service or by user)."""
    rows = {entry.asset_id: entry for entry in before}
    now = list(after)
    then_breached = {entry.asset_id for entry in breaches(before, fail_on)}
    now_breached = {entry.asset_id for entry in breaches(now, fail_on)}
    for entry in now:
        then = rows[entry.asset_id]
        was, is_ = entry.asset_id in then_breached, entry.asset_id in now_breached
        if then.verdict is entry.verdict and was is is_:
            continue
        yield Difference(
            asset_id=entry.asset_id,
            service_id=entry.service_id,
            service=entry.service,
            user=(entry.actor.user or entry.actor.device or entry.actor.address or "") if entry.actor else "",
            before=then.verdict,
            after=entry.verdict,
            reason=entry.verdict_reason,
            alternative=entry.ruling.alternative if entry.ruling else "",
            users=entry.users,
            events=entry.events,
            begins=is_ and not was,
            ends=was and not is_,
        )
