"""Applications of a tenant that may be AI and are not counted as such, and those to be warned of, whether they are AI or not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from shadowai import normalize, permissions
from shadowai.app_matcher import NOTHING, AppMatch
from shadowai.model import Match
from shadowai.tenant import App

_SHOWN: Final = 80
_AI_WORDS = re.compile(
    r"(?i)(?:^|[\W_])(?:ai|gpt|llm|copilot|agents?|assistant|note ?taker|transcri\w+|summari\w+|mcp|chat ?bot|genai)(?:[\W_]|$)"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application that may be AI and is not called so: ``why`` says what speaks for it, ``users`` how many people let it in.
    ``unknown`` is true where no signature says anything about it."""

    app: App
    scopes: tuple[str, ...]
    users: int
    why: str
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about an application that is worth saying whether it is AI or not."""

    kind: Literal["impersonation", "wired"]
    app: App
    scopes: tuple[str, ...]
    users: int
    text: str


@dataclass(slots=True)
class Sum:
    """The permissions of an application over all grants, and the people who gave them."""

    scopes: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    grants: int = 0


@dataclass(frozen=True, slots=True)
class AppFindings:
    """What is to be said of the applications of one sweep beside the inventory; those that concern the most people first.

    ``scope`` is how far the sweep went. By the ids of applications: ``apps``, those that match a signature (``found``), what was granted
    to each (``sums``), those that were ``used``, and the users of those that the platform calls AI and no signature explains
    (``strangers``).
    """

    scope: Literal["ai", "consented", "all"]
    apps: Mapping[str, App]
    found: Mapping[str, AppMatch]
    sums: Mapping[str, Sum]
    used: Collection[str]
    strangers: Mapping[str, Collection[str]]

    def candidates(self) -> tuple[Candidate, ...]:
        """Applications that may be AI and are not counted."""
        return tuple(sorted(self._candidates(), key=_weight))

    def findings(self) -> tuple[Finding, ...]:
        """Applications to be warned of: those that are not what they claim to be, and those that let an assistant in."""
        return tuple(sorted(self._findings(), key=_weight))

    def _candidates(self) -> Iterator[Candidate]:
        for app in self.apps.values():
            match = self.found.get(app.id, NOTHING)
            why = self._why(app, match, self.sums.get(app.id))
            if why:
                total = self.sums.get(app.id, Sum())
                scopes = tuple(sorted({*total.scopes, *app.permissions}))
                unknown = not (match.signals or match.matches or match.wired)
                people = total.people | set(self.strangers.get(app.id, ()))
                yield Candidate(app, scopes, len(people) or app.users or 0, why, unknown)

    def _why(self, app: App, found: AppMatch, total: Sum | None) -> str:
        """Why an application may be AI; empty where nothing speaks for it, or where it is said to be."""
        if found.wired:
            return ""  # counted as what it lets in, whatever was granted
        if found.matches:
            left = total is None and not app.first_party and not app.users and app.id not in self.used
            return f"{_services(found.matches)}: known to the tenant, and nothing is granted to it" if left else ""
        if found.signals:
            kinds = sorted({signal.kind for signal in found.signals})
            services = _services(signal.match for signal in found.signals)
            return found.impersonation or f"only its {' and '.join(kinds)} speaks for {services}"
        if is_ai_by_kind(app):
            what = "an AI product of the platform's own" if app.first_party else "an agent"
            return f"{what} that no signature explains"
        return self._unknown(app, total)

    def _unknown(self, app: App, total: Sum | None) -> str:
        """Why an application that nothing speaks for is still worth a look."""
        if app.first_party:
            return ""
        scope = self.scope
        content = sorted(filter(permissions.is_content, {*(total.scopes if total else ()), *app.permissions}))
        named = speaks_of_ai(app.name)
        if content and (named or (scope != "ai" and not app.in_house)):
            words = "its name speaks of AI and it" if named else "it is unknown and"
            return f"{words} may reach {', '.join(map(shown, content[:3]))}{' and more' if len(content) > 3 else ''}"
        if named and (scope == "all" or (scope == "consented" and total is not None)):
            return "its name speaks of AI"
        return ""

    def _findings(self) -> Iterator[Finding]:
        for id, found in self.found.items():
            app, total = self.apps[id], self.sums.get(id, Sum())
            scopes, name = tuple(sorted(total.scopes)), shown(app.name)
            if found.impersonation:
                text = f"{name}: {found.impersonation}"
                yield Finding("impersonation", app, scopes, len(total.people), text)
            if found.wired:
                what = "an application of the tenant's own" if app.in_house else "an application of somebody else's"
                text = f"{name}: {what} sends its users' tokens to {_services(found.wired)}"
                yield Finding("wired", app, scopes, len(total.people), text)


def is_ai_by_kind(app: App) -> bool:
    """Whether its platform calls it an agent of somebody's, or an AI product of its own that is used within others (``embedded``)."""
    if app.kind == "vendor_org":
        return app.first_party and "embedded" in app.tags
    return app.kind in ("agent_package", "agent_identity") and not app.first_party


def _services(matches: Iterable[Match]) -> str:
    return ", ".join(sorted({match.service for match in matches}))


def speaks_of_ai(name: str) -> bool:
    """Whether the name of an application holds a word that says AI. Anybody may choose such a name."""
    return _AI_WORDS.search(name[:_SHOWN]) is not None


def shown(text: str) -> str:
    """Text of an owner's choosing, on one line, and no more of it than one can read."""
    line = normalize.printable(" ".join(text[: 4 * _SHOWN].split()))
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _weight(one: Candidate | Finding) -> tuple[int, int, str, str]:
    return -one.users, -len(one.scopes), one.app.platform, one.app.id
