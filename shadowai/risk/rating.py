"""From answers to a score: contributions that add up to it exactly, floors that an average cannot hide, ceilings where nothing was used.

The score is the upper end of the interval: what is not known counts as the worst answer that remains possible, and an answer that
becomes known narrows it. Floors need a fact, never a suspicion, and hold only where the service is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from shadowai.model import Entry
from shadowai.risk.answers import Answer, answers, is_used
from shadowai.risk.weights import Bound, Weights
from shadowai.signature_file import SignatureFile

FLOOR: Final = "floor"
CEILING: Final = "ceiling"
_CACHED = 1 << 16


class Contribution(NamedTuple):
    """The points that one factor, floor or ceiling adds to the lower and to the upper end. ``answers`` are the possible ones, in the
    order of their points; ``why``, ``source`` and ``dated`` as of :class:`~shadowai.risk.answers.Answer`."""

    group: str
    name: str
    low: int
    high: int
    answers: tuple[str, ...]
    why: str
    source: str = ""
    dated: str = ""


class Rating(NamedTuple):
    """What an asset's risk is between, called by ``level``, and what it is the sum of. ``weights`` names the weights."""

    low: int
    high: int
    level: str
    weights: str
    contributions: tuple[Contribution, ...]


def rate(entry: Entry, file: SignatureFile, weights: Weights) -> Rating:
    """The rating of an entry that the signature ``file`` explains. Verdict and confidence have no part in it."""
    found = answers(entry, file, weights)
    parts = [_contribution(answer, weights) for answer in found]
    low, high = sum(part.low for part in parts), sum(part.high for part in parts)
    bound = _bound(entry, {answer.factor: answer.possible for answer in found}, weights)
    if bound is not None:
        kind, limit = bound
        choose = max if kind == FLOOR else min
        parts.append(
            Contribution(
                kind, limit.name, choose(low, limit.score) - low, choose(high, limit.score) - high, (), limit.why
            )
        )
        low, high = choose(low, limit.score), choose(high, limit.score)
    return Rating(low, high, weights.level(high), weights.name, tuple(parts))


def _contribution(answer: Answer, weights: Weights) -> Contribution:
    factor = weights.factors[answer.factor]
    possible = sorted(answer.possible, key=lambda word: (factor.points[word], word))
    low, high = factor.points[possible[0]], factor.points[possible[-1]]
    return Contribution(factor.group, factor.name, low, high, tuple(possible), answer.why, answer.source, answer.dated)


def _bound(entry: Entry, possible: Mapping[str, frozenset[str]], weights: Weights) -> tuple[str, Bound] | None:
    """The ceiling of what is not used, or the highest floor of what is; none where neither holds."""
    if not is_used(entry):
        (usage,) = possible["usage"]
        return CEILING, weights.ceilings[usage if usage in weights.ceilings else "unused"]
    holding = [weights.floors[name] for name in _floors(frozenset(entry.facts), possible)]
    return (FLOOR, max(holding, key=lambda bound: (bound.score, bound.name))) if holding else None


def _floors(facts: frozenset[str], possible: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """The names of the floors whose condition is a known fact."""
    told = {
        "impersonation": "impersonation",
        "content_unverified_publisher": "unverified-content",
        "clear_key": "clear-secret",
        "content_app_only": "app-only-content",
    }
    yield from (floor for fact, floor in told.items() if fact in facts)
    for factor, answer, floor in (("jurisdiction", "concern", "jurisdiction"), ("server", "seen", "open-server")):
        if possible[factor] == {answer}:
            yield floor


class Rater:
    """Rates the rows of a report; what differs in nothing that a rating depends on is rated once."""

    def __init__(self, weights: Weights, file_of: Callable[[str], SignatureFile]) -> None:
        self.weights, self._file_of = weights, file_of
        self._known: dict[tuple[object, ...], tuple[int, int, str]] = {}

    def rating(self, entry: Entry) -> Rating:
        """The rating of one entry, with all that it is made of."""
        return rate(entry, self._file_of(entry.service_id), self.weights)

    def rated(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """The entries, in their order, with ``risk``, ``risk_low`` and ``risk_level``."""
        return tuple(self._rated(entry) for entry in entries)

    def _rated(self, entry: Entry) -> Entry:
        key = self._key(entry)
        found = self._known.get(key)
        if found is None:
            made = self.rating(entry)
            if len(self._known) >= _CACHED:
                self._known.clear()
            found = self._known[key] = made.low, made.high, made.level
        low, high, level = found
        return replace(entry, risk=high, risk_low=low, risk_level=level)

    def _key(self, entry: Entry) -> tuple[object, ...]:
        """All that a score depends on; how much and how many by their steps alone."""
        upload, users, departments = (self.weights.factors[name] for name in ("upload", "users", "departments"))
        return (
            entry.service_id,
            entry.usage,
            entry.events > 0,
            entry.blocked > 0,
            None if entry.bytes_up is None else upload.step(entry.bytes_up),
            users.step(entry.users),
            users.step(entry.devices),
            departments.step(entry.users),
            departments.step(entry.devices),
            departments.step(len(entry.departments)) if entry.departments else None,
            entry.names,
            entry.scopes,
            entry.facts,
        )
