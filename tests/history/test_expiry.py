"""An exception that has run out is drift, with the policy as its cause."""

from __future__ import annotations

from shadowai.history.compare import compare
from shadowai.history.remember import remember
from shadowai.history.store import History
from shadowai.model import Verdict
from tests.history.making import entry, scan


def test_an_expired_exception_is_a_change_of_verdict_that_the_policy_made(history: History) -> None:
    accepted = entry("chatgpt", verdict=Verdict.RISK_ACCEPTED)
    first = remember(history, scan(accepted, day=0, policy="same"))
    second = remember(history, scan(entry("chatgpt", verdict=Verdict.IN_REVIEW), day=1, policy="same"))
    (found,) = compare(history, first.id, second.id).changes
    assert (found.what, found.field, found.before, found.after) == ("changed", "verdict", "risk_accepted", "in_review")
    assert (found.cause, found.detail) == ("policy", "a rule or a decision has begun or ceased to hold")
