"""Checks of a policy that could be read: unknown names, rules that never apply, rules that disagree, unsuitable alternatives."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from shadowai.model import Origin, Signature, Verdict
from shadowai.policy.deciding import Policy
from shadowai.policy.disputes import Problem, Rulebook
from shadowai.policy.model import fold

_APPROVED = (Verdict.SANCTIONED, Verdict.TOLERATED, Verdict.RISK_ACCEPTED)


def problems(policy: Policy, signatures: Iterable[Signature], sources: Collection[str], today: date) -> list[Problem]:
    """The problems of a policy in the order of the file. ``sources`` are the names of all formats and platforms; ``today`` decides which
    rules have expired."""
    known = {signature.id: signature for signature in signatures}
    wrong = policy.check(known, {one.vendor for one in known.values()}, {one.category for one in known.values()})
    found = [
        Problem("error", error.origin or Origin(policy.path), f"{error.message}: {error.remedy}") for error in wrong
    ]
    found += Rulebook(policy, known.values()).problems()
    found += unknown_sources(policy, sources)
    found += _alternatives(policy, known, today)
    found += _expired(policy, today)
    return sorted(found, key=lambda problem: (problem.origin.position, problem.text))


def unknown_sources(policy: Policy, sources: Collection[str]) -> Iterator[Problem]:
    """A problem for each source of a rule that is neither a format nor a platform: such a rule never applies."""
    folded = {fold(source) for source in sources}
    for rule in policy.rules:
        for word in rule.sources:
            if fold(word.text) not in folded:
                text = f"no format and no platform is called {word.text!r}: see shadowai formats"
                yield Problem("error", Origin(policy.path, word.line), text)


def _expired(policy: Policy, today: date) -> Iterator[Problem]:
    for rule in policy.rules:
        if rule.expires is not None and rule.expires < today:
            text = f"expired on {rule.expires.isoformat()}: what it selects is in review"
            yield Problem("warning", Origin(policy.path, rule.line), text)


def _alternatives(policy: Policy, known: dict[str, Signature], today: date) -> Iterator[Problem]:
    """Alternatives that the policy does not approve of itself: they would replace one breach by another."""
    for rule in policy.rules:
        chosen = known.get(rule.alternative.text) if rule.alternative else None
        if rule.alternative is None or chosen is None:
            continue
        told = policy.decide(chosen, today)
        if told.verdict not in _APPROVED and not set(told.may_be) & set(_APPROVED):
            text = f"the alternative {chosen.id} is {told.verdict.value} itself"
            yield Problem("warning", Origin(policy.path, rule.alternative.line), text)
