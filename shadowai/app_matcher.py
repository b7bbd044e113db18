"""Matches the applications of a tenant with AI services: what each one is, or which service it lets in.

In this order, the first that speaks decides: its id; the Google project that the id begins with; its reply addresses, which whoever
owns the application must control to get its tokens; the publisher that the platform has verified. One of these is enough. What the
owner types in (homepage, publisher, name) proves nothing alone: two such signs that agree open an unconfirmed finding, one alone is
a candidate. Signs that speak for different vendors are told, never settled in silence.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from shadowai import normalize
from shadowai.catalog import Catalog
from shadowai.matcher import Matcher, reply_address
from shadowai.model import Match, Name, NameKind
from shadowai.shared_hosts import SIGN_IN
from shadowai.tenant import App

SignalKind = Literal["id", "project", "held", "reply", "verified", "homepage", "publisher", "name"]
ORDER: tuple[SignalKind, ...] = ("id", "project", "held", "reply", "verified", "homepage", "publisher", "name")
"""The kinds of signals in order of precedence."""
TYPED = frozenset({"homepage", "publisher", "name"})
"""Signals that the owner of an application has typed in."""
MAX_NAME = 200

_STRANGERS = frozenset({"content", "published-site", "widget", "cdn", "telemetry", "download"})
"""Roles of hosts that serve what customers put there, or what everybody loads: an address there is not the vendor's own."""
_LOCAL = re.compile(r"(?:.*\.)?(?:localhost|local|internal|test|invalid|home\.arpa)|[^.]+")
_NEUTRAL = frozenset(SIGN_IN) | {"login.microsoftonline.us", "login.windows.net", "oauth.pstmn.io", "jwt.ms"}


@dataclass(frozen=True, slots=True)
class AppSignal:
    """One thing about an application that speaks for a signature. ``vendors`` are the vendor and its parent; ``brand`` is true for
    the whole of a coined name."""

    kind: SignalKind
    match: Match
    vendors: frozenset[str]
    brand: bool = False

    @property
    def strong(self) -> bool:
        """Whether it is enough alone."""
        return self.match.strength == "strong" and self.kind not in TYPED


@dataclass(frozen=True, slots=True)
class AppMatch:
    """What an application is. ``matches`` explain it; ``wired`` are services that an application of somebody else lets in by its reply
    addresses; ``impersonation`` says in a sentence what contradicts what, and is empty where nothing does."""

    matches: tuple[Match, ...] = ()
    signals: tuple[AppSignal, ...] = ()
    impersonation: str = ""
    wired: tuple[Match, ...] = ()

    @property
    def candidate(self) -> bool:
        """Whether something speaks for AI, and not enough to say so."""
        return bool(self.signals) and not self.matches and not self.wired


NOTHING = AppMatch()


class AppMatcher:
    """Explains applications with the signatures of ``catalog``. The order in which things are said makes no difference."""

    def __init__(self, catalog: Catalog) -> None:
        self._matcher = Matcher(catalog)
        self._catalog = catalog
        self._vendors: dict[str, frozenset[str]] = {}

    def match(self, app: App) -> AppMatch:
        """What the application is; empty where nothing speaks for any AI service."""
        signals = tuple(sorted(set(self._signals(app)), key=_place))
        if not signals:
            return NOTHING
        foreign = _foreign(app, signals)
        false = "" if _is_own(app) else _impersonation(app, signals, foreign)
        matches, wired = _explained(app, signals, foreign)
        if false and all(match.strength == "weak" for match in matches):
            matches = ()  # borrowed signs are no proof of what they were borrowed from
        return AppMatch(matches, signals, false, wired)

    def is_worth_a_look(self, app: App) -> bool:
        """Whether anything at all speaks for AI: a sweep that asks for few applications' grants must ask for this one's."""
        return bool(self.match(app).signals) or app.kind in ("agent_package", "agent_identity")

    def _signals(self, app: App) -> Iterator[AppSignal]:
        if app.kind == "vendor_org":  # the vendor's own interface says so, and the connector gives the address
            found = self._found("homepage", "redirect_url", app.homepage or "")
            for signal in found or self._found("verified", "publisher", app.verified_publisher or ""):
                yield replace(signal, kind="id", match=replace(signal.match, strength="strong"))
            return
        yield from self._by_id(app)
        for url in set(app.reply_urls):
            yield from self._vendors_own("reply", url)
        yield from self._found("verified", "publisher", app.verified_publisher or "")
        yield from self._vendors_own("homepage", _with_scheme(app.homepage or ""))
        yield from self._found("publisher", "publisher", _typed(app.publisher or ""))
        yield from self._found("name", "app_name", _typed(app.name))

    def _by_id(self, app: App) -> Iterator[AppSignal]:
        kind: NameKind = "oauth_client"
        if app.kind == "extension":
            kind = "extension"
        elif app.platform == "github":
            kind = "github_app"
        for signal in self._found("id", kind, app.id):
            project = kind == "oauth_client" and signal.match.pattern.endswith("-")
            yield replace(signal, kind="project") if project else signal
        if app.kind in ("teams_app", "agent_package"):
            for held in set(app.holds):
                yield from self._found("held", "oauth_client", held)

    def _vendors_own(self, kind: SignalKind, url: str) -> Iterator[AppSignal]:
        """The signals of an address, those left out that lie where a vendor's customers publish."""
        return (signal for signal in self._found(kind, "redirect_url", url) if signal.match.role not in _STRANGERS)

    def _found(self, kind: SignalKind, name: NameKind, value: str) -> list[AppSignal]:
        if not value.strip():
            return []
        matches = self._matcher.match(Name(name, value))
        return [AppSignal(kind, m, self._family(m.signature), kind == "name" and m.role == "brand") for m in matches]

    def _family(self, signature: str) -> frozenset[str]:
        """The vendor of a signature, and the company it belongs to."""
        known = self._vendors.get(signature)
        if known is None:
            file = self._catalog.files[signature]
            known = self._vendors[signature] = frozenset({file.signature.vendor, file.parent} - {""})
        return known


def _explained(
    app: App, signals: tuple[AppSignal, ...], foreign: frozenset[str]
) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
    """The matches of an application, and what it is wired to."""
    strong = [signal for signal in signals if signal.strong]
    first = next((kind for kind in ORDER if any(signal.kind == kind for signal in strong)), None)
    if first is None:
        return _agreeing(signals), ()
    chosen = [signal for signal in strong if signal.kind == first]
    if first != "reply":
        return _matches(chosen), ()
    meant = [s for s in chosen if any(o.vendors & s.vendors for o in signals if o.kind != "reply")]
    if app.in_house and "gallery" not in app.tags:
        return (), _matches(chosen)
    if meant:
        return _matches(meant), ()
    # An application with addresses of its own beside an assistant's is somebody's, and lets the assistant in.
    return ((), _matches(chosen)) if foreign else (_matches(chosen), ())


def _agreeing(signals: Iterable[AppSignal]) -> tuple[Match, ...]:
    """The services for whose vendor two different kinds of weak signals speak, those with the most first."""
    found = tuple(signals)
    kinds: dict[str, set[SignalKind]] = {}
    for signal in found:
        for other in found:
            if signal.vendors & other.vendors:
                kinds.setdefault(signal.match.signature, set()).add(other.kind)
    meant = [signal for signal in found if len(kinds[signal.match.signature]) > 1]
    own = {s.match.signature: len({o.kind for o in meant if o.match.signature == s.match.signature}) for s in meant}
    most = max(own.values(), default=0)
    best = [signal for signal in meant if own[signal.match.signature] == most]
    named = [signal for signal in best if signal.kind == "name"]
    return tuple(replace(match, strength="weak") for match in _matches(named or best))


def _matches(signals: Iterable[AppSignal]) -> tuple[Match, ...]:
    """One match for each service, ambiguous where vendors differ or a name is claimed by several."""
    first: dict[str, AppSignal] = {}
    for signal in signals:
        first.setdefault(signal.match.signature, signal)
    several = len({signal.vendors for signal in first.values()}) > 1
    return tuple(replace(signal.match, ambiguous=signal.match.ambiguous or several) for signal in first.values())


def _impersonation(app: App, signals: tuple[AppSignal, ...], foreign: frozenset[str]) -> str:
    """Which signals contradict each other, as a sentence; empty where none do."""
    proven = [signal for signal in signals if signal.strong and signal.kind != "reply"]
    replies = [signal for signal in signals if signal.kind == "reply"]
    led = [signal for signal in replies if signal.strong]
    for one in proven:
        others = [other for other in proven if other.kind != one.kind] or led
        if others and not any(one.vendors & other.vendors for other in (*others, *replies)):
            return f"{_said(one)} stands for {one.match.service}, {_said(others[0])} for {others[0].match.service}"
    brands = [signal for signal in signals if signal.brand]
    supported = frozenset().union(*(signal.vendors for signal in (*proven, *replies)))
    for brand in brands:
        if brand.vendors & supported:
            return ""
    if brands and led and not proven:
        return f"the name is {brands[0].match.service}'s, and its users are sent to {led[0].match.service}"
    if brands and foreign and not replies and not app.verified_publisher:
        where = normalize.printable(min(foreign))
        return f"the name is {brands[0].match.service}'s, the publisher is not verified, and users are sent to {where}"
    return ""


_WORDS: dict[SignalKind, str] = {
    "id": "the id",
    "project": "the Google project",
    "held": "an application that acts for it",
    "reply": "the reply address",
    "verified": "the verified publisher",
    "homepage": "the homepage",
    "publisher": "the publisher",
    "name": "the name",
}


def _said(signal: AppSignal) -> str:
    return _WORDS[signal.kind]


def _is_own(app: App) -> bool:
    """Whether the tenant or its platform has made the application, or an administrator taken it from the gallery."""
    return app.in_house or app.first_party or app.kind == "vendor_org" or "gallery" in app.tags


def _foreign(app: App, signals: Iterable[AppSignal]) -> frozenset[str]:
    """Hosts on the web that users are sent to and that are nobody's of the catalogue: not this machine, not a sign-in service."""
    explained = {signal.match.name.value for signal in signals if signal.kind == "reply"}
    hosts = set()
    for url in app.reply_urls:
        found = reply_address(url)
        if url not in explained and found is not None and "://" not in found.key and not found.address:
            hosts.add(found.key)
    return frozenset(host for host in hosts if not _is_neutral(host))


@functools.lru_cache(maxsize=65536)
def _is_neutral(host: str) -> bool:
    labels = host.split(".")
    return _LOCAL.fullmatch(host) is not None or any(".".join(labels[n:]) in _NEUTRAL for n in range(len(labels)))


def _typed(text: str) -> str:
    """Text that somebody typed in as it is compared: compatibility forms folded (NFKC, UAX #15), nothing invisible, single blanks."""
    folded = unicodedata.normalize("NFKC", text[: 4 * MAX_NAME])
    seen = "".join(c for c in folded if not unicodedata.category(c).startswith("C") or c.isspace())
    return " ".join(seen.split())[:MAX_NAME]


def _with_scheme(text: str) -> str:
    """An address that people type without its scheme, with one."""
    return text if "://" in text or not text.strip() else f"https://{text.strip()}"


def _place(signal: AppSignal) -> tuple[int, bool, str, str, str]:
    match = signal.match
    return ORDER.index(signal.kind), not signal.brand, match.signature, match.pattern, match.name.value
