"""One rule of a policy: the uses that it selects, and its decision about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

from shadowai.model import Signature, Verdict
from shadowai.policy.model import SCOPE_CLASSES, Decision, Use, Word, fold

SELECTORS: Final = (
    "service", "vendor", "category", "country", "account", "scope_class", "department", "group", "source",
)  # fmt: skip
OF_SERVICE: Final = SELECTORS[:4]
"""Selectors that depend on the service alone; the others depend on the use of it."""
SINGLE: Final = frozenset({"service", "vendor", "category", "country", "scope_class", "department"})
"""Selectors for which a use has one value; for the others it may have several."""
ASKED: Final = {
    "country": "the country of the vendor",
    "account": "the kind of account",
    "scope_class": "what was granted",
    "department": "the department",
    "group": "who it is",
    "source": "the source",
}
"""What is not known where a selector cannot be judged, in words."""

Groups = Mapping[str, frozenset[str]]
"""The users of each group by its name, all folded."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of an approval: ``departments`` that it is for, the bytes that a person may send up in a calendar month (UTC), the
    highest class of permissions, and whether a platform must have verified the publisher."""

    departments: tuple[Word, ...] = ()
    max_upload: int | None = None
    max_scope_class: str = ""
    verified_publisher: bool = False

    def outside(self, use: Use) -> Iterator[tuple[bool | None, str]]:
        """For each condition that is given, whether ``use`` violates it (``None``: not known), and a description of what it is about."""
        if self.departments:
            known = use.department is not None
            allowed = {fold(word.text) for word in self.departments}
            out = fold(use.department) not in allowed if use.department is not None else None
            yield out, f"department {use.department}" if known else "the department"
        if self.max_upload is not None:
            out = None if use.upload is None else use.upload > self.max_upload
            amount = "what was sent up in a month" if use.upload is None else f"{use.upload:,} bytes up in a month"
            yield out, f"{amount} (allowed: {self.max_upload:,})" if out else amount
        if self.max_scope_class:
            most = SCOPE_CLASSES.index(self.max_scope_class)
            out = None if use.scope_class is None else SCOPE_CLASSES.index(use.scope_class) > most
            yield out, f"permissions of the class {use.scope_class}" if use.scope_class else "what was granted"
        if self.verified_publisher:
            yield None if use.verified is None else not use.verified, "a publisher that is not verified"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: every selector that is given must hold; within one, any of its values."""

    line: int
    status: Verdict
    services: tuple[Word, ...] = ()
    vendors: tuple[Word, ...] = ()
    categories: tuple[Word, ...] = ()
    countries: tuple[Word, ...] = ()
    accounts: tuple[Word, ...] = ()
    scope_classes: tuple[Word, ...] = ()
    departments: tuple[Word, ...] = ()
    groups: tuple[Word, ...] = ()
    sources: tuple[Word, ...] = ()
    owner: str = ""
    reason: str = ""
    expires: date | None = None
    conditions: Conditions | None = None
    alternative: Word | None = None
    enforced: bool = True
    selects: tuple[tuple[str, frozenset[str]], ...] = field(init=False, repr=False, compare=False)
    """The selectors that are given, with their values folded."""

    def __post_init__(self) -> None:
        every = (
            self.services, self.vendors, self.categories, self.countries, self.accounts, self.scope_classes, self.departments,
            self.groups, self.sources,
        )  # fmt: skip
        given = ((name, words) for name, words in zip(SELECTORS, every, strict=True) if words)
        chosen = tuple((name, frozenset(fold(word.text) for word in words)) for name, words in given)
        object.__setattr__(self, "selects", chosen)  # asked for with every use of a service

    @property
    def looks_at_use(self) -> bool:
        """Whether its decision depends on more than the service."""
        return self.conditions is not None or any(name not in OF_SERVICE for name, _ in self.selects)

    def applies(self, signature: Signature, use: Use, groups: Groups) -> bool | None:
        """Whether the rule applies to that use; ``None`` where a selector cannot be judged and no other one excludes it."""
        found = [holds(name, chosen, signature, use, groups) for name, chosen in self.selects]
        return False if False in found else None if None in found else True

    def wanting(self, signature: Signature, use: Use, groups: Groups) -> list[str]:
        """What is not known and decides whether the rule applies, in words."""
        return [ASKED[name] for name, chosen in self.selects if holds(name, chosen, signature, use, groups) is None]

    def decision(self, today: date, use: Use) -> Decision:
        """The decision of the rule as of ``today``: its status until the end of the day on which it expires, ``in_review`` after it;
        ``unsanctioned`` where a condition is violated, ``in_review`` where one cannot be judged."""
        said = self._said(self.status, self.reason)
        if self.expires is not None and today > self.expires:
            return self._said(
                Verdict.IN_REVIEW, self._with_reason(f"{self.status.value} expired on {self.expires.isoformat()}")
            )
        if self.conditions is None:
            return said
        found = list(self.conditions.outside(use))
        broken = [words for outside, words in found if outside]
        unknown = [words for outside, words in found if outside is None]
        if broken:
            words = f"{self.status.value} on conditions, and outside of them: {', '.join(broken)}"
            return self._said(Verdict.UNSANCTIONED, self._with_reason(words))
        if unknown:
            words = f"{self.status.value} on conditions that cannot be judged: not known is {', '.join(unknown)}"
            may_be = (self.status, Verdict.UNSANCTIONED)
            return self._said(Verdict.IN_REVIEW, self._with_reason(words))._replace(may_be=may_be)
        return said

    def _said(self, verdict: Verdict, reason: str) -> Decision:
        alternative = self.alternative.text if self.alternative else ""
        return Decision(verdict, reason, self.owner, self.line, alternative, enforced=self.enforced)

    def _with_reason(self, words: str) -> str:
        return f"{words}: {self.reason}" if self.reason else words


def holds(name: str, chosen: frozenset[str], signature: Signature, use: Use, groups: Groups) -> bool | None:
    """Whether the use has any of the ``chosen`` values (folded) for the selector ``name``; ``None`` where its value is not known."""
    if name == "group":
        return None if use.user is None else any(fold(use.user) in groups[group] for group in chosen)
    found = values(name, signature, use)
    return None if found is None else any(fold(value) in chosen for value in found)


class Service(Protocol):
    """The attributes of a service that selectors compare: a signature, or what the catalogue knows without loading one."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def vendor(self) -> str:
        """The vendor's name."""
        ...

    @property
    def category(self) -> str:
        """The category, one of :data:`shadowai.signature_file.CATEGORIES`."""
        ...

    @property
    def country(self) -> str:
        """The country of its vendor (ISO 3166-1 alpha-2); empty where it is not known."""
        ...


def values(name: str, signature: Service, use: Use) -> frozenset[str] | None:
    """The values of a use for the selector ``name``; ``None`` where they are not known."""
    if name == "account":
        return use.account
    if name == "source":
        return use.sources
    single = {
        "service": signature.id,
        "vendor": signature.vendor,
        "category": signature.category,
        "country": signature.country or None,
        "scope_class": use.scope_class,
        "department": use.department,
    }[name]
    return None if single is None else frozenset({single})
