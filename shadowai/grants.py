"""The grants, seats and uses of a sweep as sightings for the inventory: which user has let which AI application do what.

A grant counts as one event, and so does each use that the tenant tells of; what was asked for and not given is an attempt. A seat or
an assignment is leave to use, not use. Permissions include those of the applications that act for a grant's application (the
on-behalf-of chain): a client that may only ask a server does what the server may. What could not be looked at becomes a gap.

Every date says where it is from: ``dated_api`` and ``dated_audit_log`` are when it was given, ``dated_first_sweep`` is a bound, for it was
given then or before. A row with a grant of the last kind may be older than it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from shadowai import permissions
from shadowai.app_findings import AppFindings, Candidate, Finding, Sum, is_ai_by_kind, shown
from shadowai.app_matcher import NOTHING, AppMatch, AppMatcher
from shadowai.grant_dates import AuditLog, Pair, Undated
from shadowai.inventory import Inventory
from shadowai.model import Actor, Match, Name, Note, Origin, Sighting
from shadowai.tenant import EVERYONE, Activity, App, DateSource, Grant, Swept
from shadowai.tenant_people import Names

CHANNEL: Final = "grant"
DORMANT: Final = 90 * 86_400_000_000
"""Microseconds without any use after which a grant is dormant."""
VERIFYING: Final = frozenset({"entra"})
"""Platforms that verify publishers, so that one that is not verified means something."""
ORIGINS: Final = 5
LISTED: Final = 10
CHAIN: Final = 64
"""Applications that one may act through: a longer chain is somebody's invention."""
_ACCESS = frozenset({"delegated", "application", "install", "key"})
_NAMED = frozenset({"grant", "licensed", "requested"})
"""Facts of what only a person has: of an assignment it may be a group."""

Explained = tuple[Sighting, tuple[Match, ...]]


@dataclass(frozen=True, slots=True)
class Assessed:
    """What a sweep says beside the inventory."""

    candidates: tuple[Candidate, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[Note, ...] = ()
    services: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The ids of the services that an application's grants are counted under, those that act for another among them."""
    nameless: frozenset[str] = frozenset()
    """The users of its rows who are shown by the tenant's own id, for their address is not known."""


@dataclass(slots=True)
class _Held:
    """The grants of one application by one principal: a person, the whole tenant (``EVERYONE``), or none (``None``)."""

    events: int = 0
    asked: int = 0
    scopes: frozenset[str] = frozenset()
    facts: set[str] = field(default_factory=set)
    first: int | None = None
    last: int | None = None
    ids: list[str] = field(default_factory=list)

    def dated(self, time: int, source: DateSource) -> None:
        """Something of it was given then, as ``source`` says."""
        self.first = time if self.first is None else min(time, self.first)
        self.used(time)
        self.facts.add(f"dated_{source}")

    def used(self, time: int) -> None:
        """It was there, or was used, then."""
        self.last = time if self.last is None else max(time, self.last)


def fold(swept: Swept, matcher: AppMatcher, inventory: Inventory) -> Assessed:
    """Add a sweep's grants to ``inventory``; gives what is to be said beside it. Gaps are :mod:`shadowai.sweep.gaps`'s."""
    tenant = SweptGrants(swept, matcher)
    for sighting, matches in tenant.sightings():
        inventory.add(sighting, matches)
    return tenant.assessed()


class SweptGrants:
    """One sweep, read a few times over: memory grows with AI grants and with applications, not with all grants."""

    def __init__(self, swept: Swept, matcher: AppMatcher) -> None:
        self._swept = swept
        self._apps = {app.id: app for app in swept.apps}
        found = ((app.id, matcher.match(app)) for app in self._apps.values())
        self._found = {id: match for id, match in found if match != NOTHING}
        self._links = self._linked()
        self._second_signs()
        self._chains = {id: self._chain(id) for id, match in self._found.items() if match.matches or match.wired}
        self._wanted = {*self._chains, *(server for chain in self._chains.values() for server in chain)}
        self._revoked = self._withdrawals()
        self._strangers: dict[str, set[str]] = {}
        """The users of applications that the platform calls AI and that no signature explains, by application."""
        self._used = self._activity()
        self._users: dict[str, set[str | None]] = {}
        for app, principal in self._used:
            self._users.setdefault(app, set()).add(principal)
        self._sums: dict[str, Sum] = {}
        self._undated = self._withdrawn = 0
        self._waiting: list[tuple[_Held, Undated]] = []
        self._held = self._gathered()
        self._date_the_rest()
        self._names = Names.of(swept.platform, swept.people, self._holders())

    def sightings(self) -> Iterator[Explained]:
        """Every AI application's grants and uses, each with what explains it; in order of applications and people."""
        for id in sorted(self._chains):
            found = self._found[id]
            if found.wired:
                yield self._wired(self._apps[id]), found.wired
                continue
            for principal in sorted(self._held.get(id, {}), key=lambda who: who or ""):
                yield self._granted(self._apps[id], principal), found.matches
            for principal in sorted(self._users.get(id, ()), key=lambda who: who or ""):
                yield self._active(self._apps[id], principal, self._used[id, principal]), found.matches
            counted, held = self._apps[id].users, self._held.get(id, {}).values()
            if counted and self._apps[id].kind == "vendor_org":
                if not held:
                    yield self._bought(self._apps[id]), found.matches
            elif counted and not any(one.events for one in held):
                yield self._installed(self._apps[id], counted), found.matches

    def assessed(self) -> Assessed:
        """Candidates, findings and notes, those that concern the most people first."""
        about = AppFindings(self._swept.scope, self._apps, self._found, self._sums, self._users.keys(), self._strangers)
        candidates, findings = about.candidates(), about.findings()
        nameless = frozenset(self._nameless().values())
        return Assessed(candidates, findings, tuple(self._notes(candidates, findings)), self._services(), nameless)

    def _services(self) -> dict[str, tuple[str, ...]]:
        counted: dict[str, set[str]] = {}
        for id, chain in self._chains.items():
            found = self._found[id]
            for app in (id, *chain):
                counted.setdefault(app, set()).update(match.signature for match in found.wired or found.matches)
        return {app: tuple(sorted(services)) for app, services in counted.items()}

    def _linked(self) -> dict[str, set[str]]:
        """From an application to those that it was let into, or that act for it."""
        found: dict[str, set[str]] = {app.id: set(app.holds) for app in self._apps.values() if app.holds}
        for grant in self._swept.grants:
            server = self._apps.get(grant.resource or "")
            if server is not None and grant.kind in _ACCESS and grant.app != server.id:
                found.setdefault(grant.app, set()).add(server.id)
        return found

    def _second_signs(self) -> None:
        """Applications with and without AI (an editor) count as AI, weakly, where a grant lets them reach an AI service's server or an
        application that lets one in."""
        found: dict[str, AppMatch] = {}
        for id, match in self._found.items():
            own = [signal.match for signal in match.signals if signal.kind in ("id", "reply")]
            servers = (self._found.get(server, NOTHING) for server in self._links.get(id, ()))
            if match.candidate and own and not match.impersonation and any(s.matches or s.wired for s in servers):
                found[id] = replace(match, matches=(replace(own[0], strength="weak"),))
        self._found.update(found)

    def _chain(self, id: str) -> tuple[str, ...]:
        """The applications that act on behalf of one, directly or through others, without itself and without the platform's own, which are
        what is accessed."""
        seen: dict[str, None] = {}
        waiting = [id]
        while waiting and len(seen) < CHAIN:
            for server in sorted(self._links.get(waiting.pop(), ())):
                known = self._apps.get(server)
                if known is not None and not known.first_party and server != id and server not in seen:
                    seen[server] = None
                    waiting.append(server)
        return tuple(seen)

    def _withdrawals(self) -> dict[Pair, int]:
        """When each person last withdrew what they let an AI application do."""
        revoked: dict[Pair, int] = {}
        for event in self._swept.events:
            if event.app in self._wanted and event.what in ("revoked", "removed"):
                key = event.app, event.principal
                revoked[key] = max(revoked.get(key, 0), event.time)
        return revoked

    def _activity(self) -> dict[Pair, Activity]:
        """The use of AI applications, summed by person."""
        found: dict[Pair, Activity] = {}
        for used in self._swept.activity:
            if used.app in self._chains:
                key = used.app, used.principal
                found[key] = _joined(found[key], used) if key in found else used
            elif used.principal is not None and used.app in self._apps and is_ai_by_kind(self._apps[used.app]):
                self._strangers.setdefault(used.app, set()).add(used.principal)
        return found

    def _gathered(self) -> dict[str, dict[str | None, _Held]]:
        """What AI applications and their servers hold, by person; of the others, sums."""
        held: dict[str, dict[str | None, _Held]] = {}
        known: dict[frozenset[str], frozenset[str]] = {}
        for grant in self._swept.grants:
            if self._is_withdrawn(grant):
                self._withdrawn += 1
                continue
            total = self._sums.setdefault(grant.app, Sum())
            if grant.kind != "request":
                total.scopes.update(grant.scopes)
                total.grants += 1
                if grant.principal not in (None, EVERYONE):
                    total.people.add(str(grant.principal))
            if grant.app in self._wanted:
                one = held.setdefault(grant.app, {}).setdefault(grant.principal, _Held())
                self._hold(one, grant)
                one.scopes = known.setdefault(one.scopes, one.scopes)
        return held

    def _is_withdrawn(self, grant: Grant) -> bool:
        """Whether a grant that only the audit log tells of was withdrawn after it; lists of grants hold what stands."""
        if grant.date_source != "audit_log" or grant.granted is None:
            return False
        return self._revoked.get((grant.app, grant.principal), -1) >= grant.granted

    def _hold(self, held: _Held, grant: Grant) -> None:
        if len(held.ids) < ORIGINS:
            held.ids.append(grant.id)
        self._date(held, grant)
        if grant.last_used is not None:
            held.used(grant.last_used)
        if grant.kind == "request":
            held.asked += 1
            held.facts.add("requested")
            return
        held.scopes |= frozenset(grant.scopes)
        if grant.kind in _ACCESS:
            held.events += 1
            held.facts |= {"grant", *(["key"] if grant.kind == "key" else [])}
        else:
            held.events += grant.last_used is not None
            held.facts.add("licensed" if grant.kind == "seat" else "assigned")
        if grant.principal == EVERYONE:
            held.facts.add("tenant_wide")
        elif grant.principal is None and grant.kind in ("application", "install"):
            held.facts.add("app_only")
        if self._is_dormant(grant):
            held.facts.add("dormant")

    def _date(self, held: _Held, grant: Grant) -> None:
        """When a grant was given, as its platform says; where it does not, the audit log may."""
        if grant.granted is not None and grant.date_source != "first_sweep":
            held.dated(grant.granted, grant.date_source or "api")
            return
        bound = self._swept.began if grant.granted is None else grant.granted
        pair = grant.app, grant.principal
        self._waiting.append((held, Undated(pair, grant.kind, frozenset(grant.scopes), bound)))

    def _date_the_rest(self) -> None:
        """The grants that carry no date, by the audit log or by the first sweep that saw them."""
        log = AuditLog([grant for _, grant in self._waiting], self._swept.events)
        for held, grant in self._waiting:
            told = log.date(grant)
            if told is not None:
                held.dated(told, "audit_log")
                continue
            held.dated(grant.bound, "first_sweep")
            self._undated += grant.kind != "request" and grant.pair[0] in self._chains
        self._waiting.clear()

    def _is_dormant(self, grant: Grant) -> bool:
        """Whether what was given has not been used for long; where nobody tells of uses, nothing can be said."""
        used = self._used.get((grant.app, grant.principal))
        last = max((time for time in (grant.last_used, used.last if used else None) if time is not None), default=None)
        if last is None and not (self._swept.complete and grant.app in self._users):
            return False
        since = last if last is not None else grant.granted
        return since is not None and self._swept.began - since > DORMANT

    def _holders(self) -> set[str]:
        """Those who let AI applications in or used them; they are looked for, so that others need not be remembered."""
        found = {who for id in self._chains for who in self._held.get(id, ()) if who is not None and who != EVERYONE}
        return found | {who for _, who in self._used if who is not None}

    def _actor(self, app: str, principal: str | None, *, named: bool = True) -> Actor:
        """The actor who gave an application access or used it. A person whose address is not known has the tenant's own id; a group
        (``named`` false) is nobody."""
        if principal is None or principal == EVERYONE or not (named or principal in self._names.addresses):
            return Actor()
        both = self._held.get(app, {}).get(principal), self._used.get((app, principal))
        times = [one.first for one in both if one is not None and one.first is not None]
        return Actor(self._names.name(principal, min(times, default=None)))

    def _nameless(self) -> dict[str, str]:
        """Those who are shown by the tenant's own id, and how."""
        holders = ((id, who, held) for id in self._chains for who, held in self._held.get(id, {}).items())
        several = [(who, self._actor(id, who, named=bool(held.facts & _NAMED))) for id, who, held in holders]
        several += [(who, self._actor(app, who)) for app, who in self._used]
        own = f"{self._swept.platform}:"
        return {who: one.user for who, one in several if who is not None and one.user and one.user.startswith(own)}

    def _granted(self, app: App, principal: str | None) -> Sighting:
        held = self._held[app.id][principal]
        scopes = self._effective(app.id, principal)
        facts = _joint(held.facts | self._facts_of(app) | (permissions.facts(scopes) if held.events else set()))
        named = bool(held.facts & _NAMED)
        return replace(
            self._sighting(app, self._actor(app.id, principal, named=named), held.ids),
            events=held.events,
            blocked=held.asked,
            first_seen=held.first,
            last_seen=held.last,
            facts=frozenset(facts),
            scopes=scopes if held.events else (),
        )

    def _effective(self, id: str, principal: str | None) -> tuple[str, ...]:
        """What an application may do for a person, the applications that act for it included."""
        found: set[str] = set()
        for app in (id, *self._chains.get(id, ())):
            held = self._held.get(app, {})
            for who in {principal, *(() if app == id else (EVERYONE, None))}:
                found |= held[who].scopes if who in held else set()
        return tuple(sorted(found))

    def _active(self, app: App, principal: str | None, used: Activity) -> Sighting:
        """The sighting of uses that the tenant reports, by a person or by nobody in particular."""
        return replace(
            self._sighting(app, self._actor(app.id, principal), ("activity",)),
            events=used.events,
            bytes_down=used.bytes_down,
            first_seen=used.first,
            last_seen=used.last,
            facts=frozenset({"used"}),
        )

    def _installed(self, app: App, users: int) -> Sighting:
        """The sighting of installations of which the platform tells the number but no names."""
        return replace(
            self._sighting(app, Actor(), ()),
            events=users,
            first_seen=self._swept.known_since.get(app.id, self._swept.began),
            last_seen=self._swept.began,
            facts=frozenset({"installed", "dated_first_sweep"}) | permissions.facts(app.permissions),
            scopes=tuple(sorted(set(app.permissions))),
        )

    def _bought(self, app: App) -> Sighting:
        """The sighting of seats of which the platform tells the number but no names: permission to use, not use."""
        since = self._swept.known_since.get(app.id, self._swept.began)
        facts = frozenset({"licensed", "dated_first_sweep"})
        return replace(
            self._sighting(app, Actor(), ()), events=0, first_seen=since, last_seen=self._swept.began, facts=facts
        )

    def _wired(self, app: App) -> Sighting:
        """An application that lets an assistant in: what it holds is within the assistant's reach, and nobody is said to use it."""
        held = self._held.get(app.id, {})
        scopes = {scope for server in (app.id, *self._chains[app.id]) for scope in self._scopes_of(server)}
        since = self._swept.known_since.get(app.id, self._swept.began)
        times = [one.first for one in held.values() if one.first is not None] or [since]
        dated = {fact for one in held.values() for fact in one.facts if fact.startswith("dated_")}
        return replace(
            self._sighting(app, Actor(), [id for one in held.values() for id in one.ids]),
            events=1,
            first_seen=min(times),
            last_seen=max([one.last for one in held.values() if one.last is not None] or times),
            facts=frozenset({"grant", "wired", *(dated or {"dated_first_sweep"})})
            | self._facts_of(app)
            | permissions.facts(scopes),
            scopes=tuple(sorted(scopes)),
        )

    def _scopes_of(self, id: str) -> set[str]:
        return self._sums[id].scopes if id in self._sums else set()

    def _facts_of(self, app: App) -> set[str]:
        found = {"impersonation"} if self._found.get(app.id, NOTHING).impersonation else set()
        if app.first_party or app.in_house or app.verified_publisher:
            found.add("verified_publisher")
        elif app.platform in VERIFYING and app.kind == "oauth_app":
            found.add("unverified_publisher")
        return found | ({"in_house"} if app.in_house else set())

    def _sighting(self, app: App, actor: Actor, ids: Iterable[str]) -> Sighting:
        name = shown(app.name)
        place = f"{self._swept.platform}:{self._swept.name}"
        origins = tuple(Origin(place, f"{app.id}/{id}", "object") for id in list(ids)[:ORIGINS])
        return Sighting(
            actor=actor,
            name=Name("app_name", name) if name else Name("oauth_client", app.id),
            channel=CHANNEL,
            origins=origins or (Origin(place, app.id, "object"),),
            source=self._swept.platform,
        )

    def _notes(self, candidates: tuple[Candidate, ...], findings: tuple[Finding, ...]) -> Iterator[Note]:
        place = Origin(f"{self._swept.platform}:{self._swept.name}", None, "object")
        for finding in findings:
            yield Note(place._replace(position=finding.app.id), finding.kind, finding.text, max(1, finding.users))
        if candidates:
            named = ", ".join(shown(one.app.name) or shown(one.app.id) for one in candidates[:LISTED])
            more = " and others" if len(candidates) > LISTED else ""
            text = f"applications that may be AI and are not counted: {named}{more}"
            yield Note(place, "candidates", text, len(candidates))
        if self._undated:
            text = "grants without a date of their own are dated by the first sweep that saw them: they were given then or before"
            yield Note(place, "dated_by_sweep", text, self._undated)
        if self._withdrawn:
            yield Note(
                place, "withdrawn", "grants of the audit log that were withdrawn later are not counted", self._withdrawn
            )
        nameless = len(self._nameless())
        if nameless:
            text = "people whose address is not known are shown by the tenant's own id"
            yield Note(place, "nameless", text, nameless)


def _joint(facts: set[str]) -> set[str]:
    """The facts of one grant, and what reaches content and is ill secured at once: of several grants together, that could not be told."""
    ill = ("app_only", "tenant_wide", "unverified_publisher")
    return facts | {f"content_{fact}" for fact in ill if fact in facts and "content" in facts}


def _joined(one: Activity, other: Activity) -> Activity:
    sizes = [size for size in (one.bytes_down, other.bytes_down) if size is not None]
    return replace(
        one,
        first=min(one.first, other.first),
        last=max(one.last, other.last),
        events=one.events + other.events,
        bytes_down=sum(sizes) if sizes else None,
    )
