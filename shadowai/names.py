"""Names first: what a name is, decided once per distinct name and remembered in bounded memory.

This is where the speed comes from. Distinct names are few and records many, so a scan looks a record's name up here and
reads the rest of the record only where the answer is not "no AI".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from typing import Final, Literal, NamedTuple

from shadowai import accounts, blind_hosts, candidates, normalize
from shadowai.catalog import Catalog
from shadowai.matcher import Matcher
from shadowai.model import Match, Name

_MOST = 1 << 18
_MOST_WATCHED = 1 << 15
"""Answers about hosts that are only watched, of which anybody may make as many as they like."""
_SHORT = 20
"""Characters of the longest text in which a spelling of "no value" may hide."""


_PROGRAM: Final = frozenset({"sdk"})
"""What a user agent says whose signature gives it no role: a library, which asks for a program."""
_TOOLS: Final = {"agent": frozenset({"sdk", "agent"}), "app": frozenset({"app"})}
"""The same for the roles that a user agent may have."""


class Word(Enum):
    """The answers that end the reading of a record's name."""

    NOT_AI = "not AI"
    NO_HOST = "no host"


NOT_AI: Final = Word.NOT_AI
NO_HOST: Final = Word.NO_HOST


class Found(NamedTuple):
    """A host that one or more signatures explain, or whose URLs one may (``needs_url``); or one that is watched, or hides others."""

    host: str
    matches: tuple[Match, ...]
    needs_url: bool


Decision = Found | Literal[Word.NOT_AI, Word.NO_HOST]


class Names:
    """Decides about names as logs write them. ``most`` bounds how many answers are remembered; what is forgotten is
    decided again."""

    def __init__(self, catalog: Catalog, most: int = _MOST) -> None:
        self.matcher = Matcher(catalog)
        self.known = candidates.Known(self.matcher.known | blind_hosts.NAMES)
        """Hosts and parent domains: a host that is none of them, and in none of them, need not be asked about, addresses aside."""
        self._catalog = catalog
        self.decided: dict[str, Decision] = {}
        self._by_url: dict[tuple[str, str], tuple[Match, ...]] = {}
        self._most = most
        self._watched = 0
        self._tools: dict[str, frozenset[str]] = {}
        self._weakened: dict[Match, Match] = {}

    @cached_property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """The IPv4 addresses (first and last, as numbers) outside of which none is of a service, or is known for anything else."""
        return self._ranges(_four)

    @cached_property
    def sixes(self) -> tuple[tuple[int, int], ...]:
        """The same of IPv6 addresses."""
        return self._ranges(_six)

    def _ranges(self, network: Callable[[str], IPv4Network | IPv6Network | None]) -> tuple[tuple[int, int], ...]:
        nets = map(network, (*self._catalog.index.tables["net"], *self.known))
        return tuple(sorted((int(net.network_address), int(net.broadcast_address)) for net in nets if net is not None))

    def decide(self, text: str) -> Decision:
        """What the host in ``text`` (a host, ``host:port``, URL, wire name …) is."""
        key = authority(text)
        known = self.decided.get(key)
        if known is not None:
            return known
        if len(self.decided) >= self._most:
            self.decided = {name: found for name, found in self.decided.items() if isinstance(found, Found)}
            if len(self.decided) >= self._most:
                self.decided.clear()
        decision = self._decide(key)
        if _is_watched(decision):
            self._watched += 1
            if self._watched > _MOST_WATCHED:
                self.decided = {name: one for name, one in self.decided.items() if not _is_watched(one)}
                self._watched = 1
        self.decided[key] = decision
        return decision

    def first(self, texts: Iterable[str]) -> Decision:
        """The decision about the first of ``texts`` that holds a host."""
        for text in texts:
            decision = self.decided.get(text) or self.decide(text)
            if decision is not NO_HOST:
                return decision
        return NO_HOST

    def is_refused(self, text: str) -> bool:
        """True where ``text`` holds a host, and it is not AI."""
        return (self.decided.get(text) or self.decide(text)) is NOT_AI

    def matches(self, found: Found, url: str | None) -> tuple[Match, ...]:
        """The signatures of a record: its URL's where one is needed and known, else its host's."""
        if not found.needs_url or url is None:
            return found.matches
        if _is_watched(found):
            taken = normalize.url(url)
            same = taken is not None and taken.host == found.host
            return (candidates.at_path(found.matches[0], taken.path),) if taken and same else found.matches
        key = (found.host, url)
        known = self._by_url.get(key)
        if known is None:
            if len(self._by_url) >= self._most:
                self._by_url.clear()
            known = self._by_url[key] = self._matches(found, url)
        return known

    def proven(self, signature: str, host: str) -> tuple[Match, ...]:
        """The match of a service that its own protocol proves, on ``host``; empty where no signature has that id."""
        found = self._catalog.get(signature)
        return (Match(signature, found.name, Name("domain", host), "strong", "", "protocol"),) if found else ()

    def strengthened(self, matches: tuple[Match, ...]) -> tuple[Match, ...]:
        """Weak matches of a host that has also been seen to speak an AI service's protocol: two signs make a sure one."""
        return tuple(replace(match, strength="strong") if match.strength == "weak" else match for match in matches)

    def weakened(self, match: Match) -> Match:
        """A match of a name that was not in the traffic itself: it cannot be surer than a weak indicator."""
        known = self._weakened.get(match)
        if known is None:
            if len(self._weakened) >= self._most:
                self._weakened.clear()
            known = self._weakened[match] = replace(match, strength="weak") if match.strength == "strong" else match
        return known

    def tool(self, user_agent: str) -> frozenset[str]:
        """What a user agent tells of the client, whoever it talks to: ``sdk`` for a program that asks, ``agent`` too for one
        that acts by itself, ``app`` alone for one in which a person types (role ``app``); empty for all others."""
        known = self._tools.get(user_agent)
        if known is None:
            if len(self._tools) >= self._most:
                self._tools.clear()
            roles = {match.role for match in self.matcher.match(Name("user_agent", user_agent))}
            told = [_TOOLS.get(role, _PROGRAM) for role in roles]
            known = self._tools[user_agent] = frozenset[str]().union(*told)
        return known

    def _matches(self, found: Found, url: str) -> tuple[Match, ...]:
        taken = normalize.url(url)
        if taken is None or taken.host != found.host or not taken.path:
            return found.matches
        return tuple(
            self._of_account(_named(match, found.host), found.host, taken.path)
            for match in self.matcher.url(found.host, taken.path)
        )

    def _of_account(self, match: Match, host: str, path: str = "") -> Match:
        """A match with what the host and the path say of the account; of the path alone where the host is shared by all."""
        account = accounts.of(self._catalog.accounts(match.signature), host, path)
        return replace(match, account=account) if account else match

    def _decide(self, key: str) -> Decision:
        host = normalize.host(key)
        if host is None:
            return NO_HOST
        decision = self.matcher.host(host)
        if decision.matches or decision.needs_url:
            matches = tuple(self._of_account(match, host) for match in decision.matches)
            markers = [marker for match in matches for marker in self._catalog.accounts(match.signature)]
            return Found(host, matches, decision.needs_url or accounts.by_path(markers, host))
        hiding = blind_hosts.blind(host)
        if hiding is not None:
            return Found(host, (hiding,), False)
        watched = candidates.watched(host)
        return Found(host, (watched,), True) if watched is not None else NOT_AI


def _four(text: str) -> IPv4Network | None:
    """The IPv4 addresses that a network, or an address among the names, stands for; ``None`` for a name such as ``gpu3``."""
    if not text[-1:].isdigit():
        return None
    try:
        return IPv4Network(text)
    except ValueError:
        return None


def _six(text: str) -> IPv6Network | None:
    try:
        return IPv6Network(text) if ":" in text else None
    except ValueError:
        return None


def _is_watched(decision: Decision) -> bool:
    """Whether a host is no service's, and is only watched (or hides others)."""
    return isinstance(decision, Found) and bool(decision.matches) and not candidates.is_service(decision.matches[0])


def _named(match: Match, host: str) -> Match:
    """A match named by the pattern that won, or else by its host: paths are many, and not for the inventory."""
    by_url = "/" in match.pattern
    return replace(match, name=Name("url", match.pattern) if by_url else Name("domain", host))


def authority(text: str) -> str:
    """``text`` up to where a path begins: the part that its host is read from, and few in number."""
    if "/" not in text:
        return text
    start = text.find("://") + 3
    if start < 3:
        start = 0
    end = text.find("/", start)
    if end <= start or (
        end < _SHORT and normalize.host(text[:end]) != normalize.host(text)
    ):  # "N/A" is no value, "NA/" is a host
        return text
    return text[:end]
