"""Conflicts between the rules of a policy: rules that never apply, and rules that overlap and give different verdicts.

The first rule that applies decides, and that is how an exception is written: before the rule that it is an exception from. So the order
of two rules says what is meant where the first is the *narrower* one: where everything that it selects the second selects, too, and not
the other way round (services named one by one are narrower than a vendor, a category or a country). In every other case two rules that
overlap and say different things disagree, and that one of them stands first may be an accident. It still decides (a verdict has to come
from somewhere), and each row that it decides is said to be disputed; a rule before both about what they have in common ends the dispute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal, NamedTuple

from shadowai.model import Origin
from shadowai.policy.deciding import Policy
from shadowai.policy.model import UNKNOWN, fold
from shadowai.policy.rules import OF_SERVICE, SINGLE, Rule, Service, values

EXAMPLES = 3
_APART = SINGLE | {"group"}
"""Selectors for which a use has one value (``group``: one user): rules whose values have nothing in common cannot both apply."""


class Problem(NamedTuple):
    """A finding about a policy. An ``error`` has to be corrected; a ``warning`` may be intended."""

    level: Literal["error", "warning"]
    origin: Origin
    text: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.level}: {self.text}"


class _Reach(NamedTuple):
    """What a rule selects: ids of services, and values (folded) for each selector that asks for a use; a selector without values matches
    any use."""

    rule: Rule
    services: frozenset[str]
    asks: Mapping[str, frozenset[str]]

    def covers(self, other: _Reach) -> bool:
        """Whether every use that the ``other`` selects is selected as well, services not considered."""
        return all(name in other.asks and other.asks[name] <= chosen for name, chosen in self.asks.items())

    def meets(self, other: _Reach) -> bool:
        """Whether both may select the same use, services not considered."""
        return not any(
            name in other.asks and chosen.isdisjoint(other.asks[name])
            for name, chosen in self.asks.items()
            if name in _APART
        )

    def is_exception(self, other: _Reach) -> bool:
        """Whether it is an exception from the ``other``, which stands behind it: it selects a proper part of what that one selects."""
        named, theirs = bool(self.rule.services), bool(other.rule.services)
        if not other.covers(self) or (theirs and not named):
            return False
        narrower = not self.covers(other) and (named or self.services == other.services)
        return named is not theirs or self.services < other.services or narrower


class Overlap(NamedTuple):
    """Two rules that disagree about ``services``."""

    first: Rule
    second: Rule
    services: frozenset[str]


class Rulebook:
    """The rules of a policy, checked against the services of a catalogue."""

    def __init__(self, policy: Policy, services: Iterable[Service]) -> None:
        self._policy = policy
        having = _having(services)
        self._reaches = [_reach(rule, having, policy) for rule in policy.rules]

    def disputes(self) -> tuple[Overlap, ...]:
        """The pairs of rules that disagree, in the order of the file."""
        found = (
            Overlap(one.rule, two.rule, self._disputed(place, one, two))
            for place, one in enumerate(self._reaches)
            for two in self._reaches[place + 1 :]
            if not one.services.isdisjoint(two.services)
        )
        return tuple(overlap for overlap in found if overlap.services)

    def problems(self) -> Iterator[Problem]:
        """Rules that never apply, rules that disagree, and alternatives that the policy does not approve of."""
        hidden: set[int] = set()
        for place, reach in enumerate(self._reaches):
            if not reach.services:
                yield self._problem("warning", reach.rule, "selects no service of the catalogue, and never applies")
            elif before := self._hiding(place):
                hidden.add(reach.rule.line)
                lines = ", ".join(str(line) for line in before)
                yield self._problem("error", reach.rule, f"never applies: what it selects is decided by line {lines}")
        for one, two, services in self.disputes():
            if two.line not in hidden:
                some = ", ".join(sorted(services)[:EXAMPLES]) + (" and others" if len(services) > EXAMPLES else "")
                said = f"{one.status.value} here and {two.status.value} on line {two.line}"
                yield self._problem("error", one, f"two rules apply to {some}, and disagree: {said}")

    def _disputed(self, place: int, one: _Reach, two: _Reach) -> frozenset[str]:
        """The services about which two rules disagree, without those about which a rule before ``place``, the place of ``one``, decides."""
        if (one.rule.status, one.rule.conditions) == (two.rule.status, two.rule.conditions):
            return frozenset()
        if not one.meets(two) or one.is_exception(two):
            return frozenset()
        settled = (r.services for r in self._reaches[:place] if r.covers(one) or r.covers(two))
        return (one.services & two.services).difference(*settled)

    def _hiding(self, place: int) -> tuple[int, ...]:
        """The lines of the earlier rules that together select all that the rule at ``place`` selects; else empty."""
        mine, left, lines = self._reaches[place], self._reaches[place].services, []
        for reach in self._reaches[:place]:
            if not left.isdisjoint(reach.services) and reach.covers(mine):
                left -= reach.services
                lines.append(reach.rule.line)
        return () if left else tuple(lines)

    def _problem(self, level: Literal["error", "warning"], rule: Rule, text: str) -> Problem:
        return Problem(level, Origin(self._policy.path, rule.line), text)


def marked(policy: Policy, services: Iterable[Service]) -> Policy:
    """The policy with :attr:`Policy.disputes` filled in: the rules that disagree about services of a catalogue."""
    found = Rulebook(policy, services).disputes()
    return replace(policy, disputes=frozenset((one.first.line, one.second.line) for one in found))


_Having = Mapping[str, Mapping[str, frozenset[str]]]
"""The ids of the services that have a value (folded), by selector."""


def _having(services: Iterable[Service]) -> _Having:
    found: dict[str, dict[str, set[str]]] = {name: {} for name in OF_SERVICE}
    for service in services:
        for name, table in found.items():
            for value in values(name, service, UNKNOWN) or ():
                table.setdefault(fold(value), set()).add(service.id)
    return {name: {value: frozenset(ids) for value, ids in table.items()} for name, table in found.items()}


def _reach(rule: Rule, having: _Having, policy: Policy) -> _Reach:
    services = frozenset[str]().union(*having["service"].values())
    for name, chosen in rule.selects:
        if name in OF_SERVICE:
            services &= frozenset().union(*(having[name].get(value, ()) for value in chosen))
    asks = {name: chosen for name, chosen in rule.selects if name not in OF_SERVICE}
    if "group" in asks:
        asks["group"] = frozenset().union(*(policy.groups[fold(name)] for name in asks["group"]))
    return _Reach(rule, services, asks)
