"""Which hosts a service claims for certain, and which below them it does not: what rules in every language are made of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Literal, NamedTuple, cast

from shadowai.errors import UsageError
from shadowai.model import Indicator, Signature
from shadowai.normalize import host

How = Literal["suffix", "exact", "glob"]
_KINDS = ("host", "dns_only")
_LABEL = 80
_GLOB = re.compile(r"[a-z0-9_*-]+(\.[a-z0-9_*-]+)*")


class Pattern(NamedTuple):
    """Hosts: ``suffix`` is a domain and all below it, ``exact`` one host, ``glob`` a host with ``*`` for any part of a label."""

    how: How
    value: str

    @property
    def regex(self) -> str:
        """The pattern as a regular expression over a whole host in lower case. It has no backslash, which languages read differently."""
        inner = self.value.replace(".", "[.]").replace("*", "[^.]*")
        return f"^(.*[.])?{inner}$" if self.how == "suffix" else f"^{inner}$"


class Claim(NamedTuple):
    """A pattern that identifies the service. ``but`` are the patterns below a suffix, or the one host of its name, that are other
    services', or nobody's."""

    pattern: Pattern
    but: tuple[Pattern, ...] = ()


class Claims(NamedTuple):
    """A service, and all that it claims, in order."""

    service: Signature
    sure: tuple[Claim, ...]

    def values(self, how: How, *, whole: bool = True) -> tuple[str, ...]:
        """The values of the patterns of one kind: those that hold as a ``whole``, or those with something taken out."""
        return tuple(one.pattern.value for one in self.sure if one.pattern.how == how and (not one.but) is whole)


def claims(signatures: Collection[Signature], chosen: Collection[str]) -> tuple[Claims, ...]:
    """What those of ``signatures`` claim whose ids are ``chosen``, in the order of the ids; services without a sure host are left out.

    Raises :class:`~shadowai.errors.UsageError` for a host that is none, which could end a rule and begin another.
    """
    below: dict[str, set[tuple[str, Pattern]]] = {}
    for signature in signatures:
        for pattern in _patterns(signature.indicators, ("strong", "weak")):
            for domain in (*_above(pattern.value), *([pattern.value] if pattern.how == "exact" else [])):
                below.setdefault(domain, set()).add((signature.id, pattern))
    found = (_claims(one, below) for one in sorted(signatures, key=lambda one: one.id) if one.id in chosen)
    return tuple(each for each in found if each.sure)


def table(several: Iterable[Claims]) -> dict[Pattern, str]:
    """Each pattern and the ids of the services that claim it, empty for what is taken out: one table for languages that look a host up,
    where the exact host decides, then a glob, then the longest suffix. In the order of the patterns."""
    found: dict[Pattern, list[str]] = {}
    for claimed in several:
        for pattern, but in claimed.sure:
            found.setdefault(pattern, []).append(claimed.service.id)
            for taken in but:
                found.setdefault(taken, [])
    return {pattern: ", ".join(found[pattern]) for pattern in sorted(found)}


def label(text: str) -> str:
    """``text`` of letters, digits and a few signs that no language of rules acts upon, in any place."""
    return re.sub(r"[^A-Za-z0-9 .,_()+-]+", "_", text)[:_LABEL]


def _claims(signature: Signature, below: dict[str, set[tuple[str, Pattern]]]) -> Claims:
    sure = sorted(set(_patterns(signature.indicators, ("strong",))))
    shared = [one.value for one in signature.indicators if one.kind in _KINDS and one.strength == "shared"]
    out = [Pattern("glob" if "*" in value else "suffix", _checked(value)) for value in (*signature.exclude, *shared)]
    mine = {(signature.id, pattern) for pattern in sure}
    found = []
    for pattern in sure:
        if pattern.how != "suffix":
            found.append(Claim(pattern))
        elif pattern not in out:
            others = {each for _, each in below.get(pattern.value, set()) - mine}
            taken = {each for each in out if pattern.value in _above(each.value)}
            found.append(Claim(pattern, tuple(sorted(others | taken))))
    return Claims(signature, tuple(one for one in found if not _said(one.pattern, found)))


def _said(pattern: Pattern, others: Iterable[Claim]) -> bool:
    """Whether a claim of the same service on a domain above says it already: two rules would tell of one connection."""
    above = {*_above(pattern.value)}
    inside = {pattern.value, *above}
    covering = [one for one in others if one.pattern.how == "suffix" and one.pattern.value in above]
    return any(not any(_takes(taken, pattern.value, inside) for taken in one.but) for one in covering)


def _takes(taken: Pattern, value: str, inside: Collection[str]) -> bool:
    """Whether what is taken out may hold hosts of ``value``, which is one of those ``inside``."""
    return "*" in taken.value or (taken.value in inside and (taken.how != "exact" or taken.value == value))


def _patterns(indicators: Iterable[Indicator], strengths: Collection[str]) -> Iterator[Pattern]:
    for one in indicators:
        if one.kind in _KINDS and one.strength in strengths and not one.requires:
            yield Pattern(cast(How, one.match), _checked(one.value))


def _above(value: str) -> Iterator[str]:
    """The domains above a host."""
    rest = value.partition(".")[2]
    while rest:
        yield rest
        rest = rest.partition(".")[2]


def _checked(value: str) -> str:
    plain = value.replace("*", "a")
    if _GLOB.fullmatch(value) and host(plain) == plain:
        return value
    raise UsageError(f"{value!r:.80} is no host", remedy="correct the signature")
