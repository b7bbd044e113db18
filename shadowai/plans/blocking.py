"""Plans to block hosts: those that end the use of services, and which people and other services that would affect.

Listed are the hosts that identify a service for certain. One that an approved service needs as well, or somebody who may use it, is
held back: that an appliance blocks it is for a person to decide, who knows what that is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from shadowai.index import tail
from shadowai.model import Entry, Signature, Verdict
from shadowai.normalize import host as canonical

APPROVED: Final = frozenset({Verdict.SANCTIONED, Verdict.TOLERATED, Verdict.RISK_ACCEPTED})
_KINDS = ("host", "dns_only")


def at_best(row: Entry) -> Verdict:
    """The verdict that speaks most for a row of those that it may have: an approval on conditions is one, where it is not known whether
    they are met."""
    may_be = row.ruling.may_be if row.ruling is not None else ()
    return next((verdict for verdict in (row.verdict, *may_be) if verdict in APPROVED), row.verdict)


class Host(NamedTuple):
    """A host, with all below it where ``below`` is true."""

    name: str
    below: bool

    def covers(self, name: str) -> bool:
        """Whether blocking it blocks ``name``."""
        return name == self.name or (self.below and name.endswith(f".{self.name}"))

    def meets(self, other: Host) -> bool:
        """Whether some host is in both."""
        return self.covers(other.name) or other.covers(self.name)


class Shared(NamedTuple):
    """Another service that needs the host, and what is said of it."""

    service_id: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Target:
    """A host to block for the sake of services, the people and nameless devices that were seen to use it (for whichever service), and the
    other services that need it. ``allowed`` are those whose use of it, or of one of the services, is approved or may be. ``names`` are
    the hosts below it that were seen."""

    host: Host
    services: tuple[str, ...]
    users: tuple[str, ...]
    allowed: tuple[str, ...]
    nameless: int
    names: tuple[str, ...]
    shared: tuple[Shared, ...]

    @property
    def held(self) -> bool:
        """Whether an approved service needs it, or approved use."""
        return bool(self.allowed) or any(one.verdict in APPROVED for one in self.shared)


class Left(NamedTuple):
    """What of a service no list of hosts can block, and why."""

    service_id: str
    what: str
    why: Literal["a pattern within a host's name", "no host identifies it for certain", "no host name"]


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """What would end the use of ``services``: the hosts, in order, and what no list of hosts can do."""

    services: tuple[str, ...]
    targets: tuple[Target, ...] = ()
    left: tuple[Left, ...] = ()

    @property
    def listed(self) -> tuple[Host, ...]:
        """The hosts for the lists: those that are not held back, and that no other one of them covers."""
        free = [target.host for target in self.targets if not target.held]
        return tuple(one for one in free if not any(o != one and o.below and o.covers(one.name) for o in free))


def plan(
    services: Collection[str],
    users: Iterable[Entry],
    signatures: Iterable[Signature],
    verdict: Callable[[Signature], Verdict],
) -> BlockPlan:
    """The plan for the ``services`` (ids). ``users`` are the rows by user of what was seen; ``verdict`` says what is said of a service
    as a whole (:func:`at_best`)."""
    known = {signature.id: signature for signature in signatures}
    needs = {id: frozenset(_needed(one)) for id, one in known.items() if id not in services}
    seen: dict[str, list[Entry]] = {}
    approved: dict[str, set[str]] = {}
    for entry in filter(lambda entry: entry.is_use, users):
        if at_best(entry) in APPROVED:
            approved.setdefault(entry.service_id, set()).add(_who(entry))
        for name in entry.names:
            seen.setdefault(name.partition("/")[0], []).append(entry)  # of a URL the host
    wanted: dict[Host, list[str]] = {}
    left: list[Left] = []
    for id in sorted(services):
        left += _left(known[id])
        for one in _sure(known[id]):
            wanted.setdefault(one, []).append(id)
    targets = (
        _target(one, ids, seen, approved, _sharing(one, needs, known, verdict)) for one, ids in sorted(wanted.items())
    )
    return BlockPlan(tuple(sorted(services)), tuple(targets), tuple(left))


def _sharing(
    one: Host,
    needs: dict[str, frozenset[Host]],
    known: dict[str, Signature],
    verdict: Callable[[Signature], Verdict],
) -> tuple[Shared, ...]:
    ids = sorted(id for id, hosts in needs.items() if any(one.meets(other) for other in hosts))
    return tuple(Shared(id, verdict(known[id])) for id in ids)


def _target(
    one: Host,
    ids: list[str],
    seen: Mapping[str, list[Entry]],
    approved: Mapping[str, set[str]],
    shared: tuple[Shared, ...],
) -> Target:
    """The host with all that were seen to use it. ``seen`` has the rows by their hosts, ``approved`` who may use a service: they need all
    of its hosts, those that they were not seen to use, too."""
    names = sorted(name for name in seen if one.covers(name))
    hit = [row for name in names for row in seen[name]]
    allowed = {_who(row) for row in hit if at_best(row) in APPROVED}.union(*(approved.get(id, ()) for id in ids))
    return Target(
        host=one,
        services=tuple(dict.fromkeys(ids)),
        users=tuple(sorted({row.actor.user for row in hit if row.actor is not None and row.actor.user})),
        allowed=tuple(sorted(allowed)),
        nameless=len({row.actor for row in hit if row.actor is None or not row.actor.user}),
        names=tuple(names),
        shared=shared,
    )


def _who(row: Entry) -> str:
    """A person, else the device or the address."""
    return next((part for part in row.actor or () if part), "")


def _sure(signature: Signature) -> Iterator[Host]:
    """The hosts that identify a service for certain, as far as a list can name them."""
    for indicator in signature.indicators:
        if indicator.kind in _KINDS and indicator.strength == "strong" and indicator.match in ("suffix", "exact"):
            yield from _host(indicator.value, indicator.match == "suffix")


def _needed(signature: Signature) -> Iterator[Host]:
    """All hosts that a signature speaks of, sure or not: those that the service may not do without. Of a pattern within a host's name
    it is what stands behind its last star."""
    for indicator in signature.indicators:
        if indicator.kind == "url":
            yield from _host(indicator.value.partition("/")[0], False)
        elif indicator.kind in _KINDS and indicator.match == "glob":
            yield from _host(tail(indicator.value), True)
        elif indicator.kind in _KINDS:
            yield from _host(indicator.value, indicator.match == "suffix")


def _host(name: str, below: bool) -> Iterator[Host]:
    """The host, where ``name`` is one: nothing else gets into a list."""
    if canonical(name) == name:
        yield Host(name, below)


def _left(signature: Signature) -> Iterator[Left]:
    if not any(_sure(signature)):
        yield Left(signature.id, signature.name, "no host identifies it for certain")
    for indicator in signature.indicators:
        if indicator.strength == "strong" and indicator.kind in (*_KINDS, "url", "ip_net"):
            if indicator.match == "glob":
                yield Left(signature.id, indicator.value, "a pattern within a host's name")
            elif indicator.kind in ("url", "ip_net"):
                yield Left(signature.id, indicator.value, "no host name")
