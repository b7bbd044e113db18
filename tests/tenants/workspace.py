"""A made Google Workspace of any size, worked out by arithmetic, and what a sweep must find in it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from shadowai.tenant import Activity, App, Event, Grant, Person
from tests.tenants.clock import BEGINS
from tests.tenants.compare import Truth

DOMAIN = "example.com"
DAY = 86_400
KEPT = 180 * DAY
LATE = 5 * 3600
"""Seconds: how late the latest records come into the log. They do so in the night."""
PROJECTS = (("77377267392", "ChatGPT"), ("1062961139910", "Claude"), ("681255809395", "Gemini CLI"))
"""Projects whose clients are AI."""
AUTH = "https://www.googleapis.com/auth/"
SCOPES = (
    (f"{AUTH}drive.readonly",),
    (f"{AUTH}gmail.readonly", f"{AUTH}calendar"),
    ("openid", f"{AUTH}userinfo.email"),
)
USES_APART = 6 * 3600
"""Seconds between two calls that an AI app makes for one of its users."""
SAMPLES_APART = 1800
"""Seconds between two uses of each of Google's own AI products."""
PRODUCTS = (
    ("gemini_in_workspace_apps", "Gemini in Workspace apps", "https://gemini.google.com/"),
    ("workspace_studio", "Google Workspace Studio", "https://studio.workspace.google.com/"),
    ("gemini_notebook", "NotebookLM", "https://notebooklm.google.com/"),
)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """How large it is; ``given`` are grants, met in ``events`` consents of 180 days; one in 50 of as many was withdrawn."""

    users: int = 50_000
    apps: int = 2_000
    ai: int = 300
    given: int = 250_000
    events: int = 1_000_000

    def by(self, divisor: int) -> Size:
        """Smaller by that factor, with something of everything in it."""
        numbers = (self.users, self.apps, self.ai, self.given, self.events)
        return Size(*(max(least, n // divisor) for n, least in zip(numbers, (120, 20, 4, 300, 1000), strict=True)))


@dataclass(frozen=True, slots=True)
class Workspace:
    """The tenant. Its log is as large as it says until ``begins``, seconds since 1970, and goes on from there."""

    size: Size = field(default_factory=Size)
    begins: float = BEGINS

    # --- apps, users, grants -------------------------------------------------------------------------------------------

    def client(self, n: int) -> tuple[str, str]:
        """An app's client id and name; the first ones are AI."""
        project, name = PROJECTS[n % len(PROJECTS)] if n < self.size.ai else (f"5550{n:08d}", f"Workflow {n}")
        return f"{project}-{n:032x}.apps.googleusercontent.com", name

    def app(self, n: int) -> App:
        """The app as it must come out."""
        client, name = self.client(n)
        return App("google", DOMAIN, client, name, tags=("web",))

    def user(self, n: int) -> tuple[str, str]:
        """A user's profile and address."""
        return f"1{n:020d}", f"user{n}@{DOMAIN}"

    def grant(self, g: int) -> tuple[int, int, tuple[str, ...]]:
        """The app, the user and the scopes of a grant; a tenth of the grants are AI's."""
        size = self.size
        ai = g % 10 == 0
        n = (g // 10) % size.ai if ai else size.ai + g % (size.apps - size.ai)
        user = (g * 7919 + g // size.apps) % size.users
        return n, user, SCOPES[g % len(SCOPES)]

    # --- the log of consents -------------------------------------------------------------------------------------------

    def moment(self, kind: str, k: int) -> tuple[float, float]:
        """When the k-th consent or withdrawal happened, and when the log knew."""
        apart = KEPT / self._count(kind)
        when = self.begins - KEPT + math.floor((k + 0.5) * apart * 1000) / 1000
        nights = math.ceil((when + LATE - self.begins) / DAY) - 0.5
        return when, max(when, self.begins + nights * DAY) if k % 97 == 0 and (
            when - self.begins
        ) % DAY >= 20 * 3600 else when

    def _count(self, kind: str) -> int:
        return self.size.events // (1 if kind == "authorize" else 50)

    def logged(self, kind: str, start: float, end: float, now: float, before: int | None = None) -> Iterator[int]:
        """The numbers of the events between two times that the log knows by ``now``, newest first, from ``before`` on down."""
        apart = KEPT / self._count(kind)
        last = math.ceil((min(end, now) - self.begins + KEPT) / apart) + 1
        for k in range(last if before is None else before - 1, -1, -1):
            when, known = self.moment(kind, k)
            if when < start:
                return
            if when <= end and known <= now and when <= now:
                yield k

    def event_grant(self, kind: str, k: int) -> int:
        """The grant that an event is about."""
        return (k * 2_654_435_761 + (0 if kind == "authorize" else 17)) % 4_294_967_291 % self.size.given

    def event_row(self, kind: str, k: int) -> Row:
        """An event as the log tells it."""
        n, user, scopes = self.grant(self.event_grant(kind, k))
        client, name = self.client(n)
        profile, address = self.user(user)
        parameters: list[Row] = [
            {"name": "client_id", "value": client},
            {"name": "app_name", "value": name},
            {"name": "client_type", "value": "WEB"},
            {"name": "scope", "multiValue": list(scopes)},
        ]
        about = {"time": _stamp(self.moment(kind, k)[0]), "uniqueQualifier": str(-k), "applicationName": "token"}
        actor = {"email": address, "profileId": profile, "callerType": "USER"}
        return {"id": about, "actor": actor, "events": [{"type": "auth", "name": kind, "parameters": parameters}]}

    # --- use -----------------------------------------------------------------------------------------------------------

    def uses(self, n: int, start: float, end: float) -> Iterator[tuple[float, int]]:
        """When an AI app made calls, the newest first, and for which user."""
        last = math.floor((end - n) / USES_APART)
        for k in range(last, math.ceil((start - n) / USES_APART) - 1, -1):
            yield float(k * USES_APART + n), (n * 31 + k % 2) % self.size.users

    def use_row(self, n: int, when: float, user: int) -> Row:
        """A call as the log tells it."""
        client, name = self.client(n)
        profile, address = self.user(user)
        parameters = [
            {"name": "client_id", "value": client},
            {"name": "app_name", "value": name},
            {"name": "client_type", "value": "WEB"},
            {"name": "num_response_bytes", "intValue": "1000"},
        ]
        about = {"time": _stamp(when), "uniqueQualifier": str(int(when)), "applicationName": "token"}
        actor = {"email": address, "profileId": profile}
        return {"id": about, "actor": actor, "events": [{"name": "activity", "parameters": parameters}]}

    def samples(self, start: float, end: float) -> Iterator[tuple[float, int]]:
        """When Google's own AI products were used, the newest first, and by whom."""
        for k in range(math.floor(end / SAMPLES_APART), math.ceil(start / SAMPLES_APART) - 1, -1):
            yield float(k * SAMPLES_APART), k % 5

    def sample_row(self, when: float, user: int) -> Row:
        """One use as the log tells it."""
        profile, address = self.user(user)
        about = {"time": _stamp(when), "uniqueQualifier": str(int(when))}
        return {
            "id": about,
            "actor": {"email": address, "profileId": profile},
            "events": [{"name": "feature_utilization"}],
        }

    # --- users and extensions --------------------------------------------------------------------------------------------

    def user_row(self, n: int) -> Row:
        """A user of the directory."""
        profile, address = self.user(n)
        about = {"organizations": [{"department": f"D{n % 7}", "primary": True}], "suspended": n % 101 == 0}
        return {"id": profile, "primaryEmail": address, "name": {"fullName": f"User {n}"}, **about}

    def person(self, n: int) -> Person:
        """The same user as a person."""
        profile, address = self.user(n)
        return Person("google", DOMAIN, profile, address, f"User {n}", f"D{n % 7}", n % 101 != 0)

    def extension_row(self, n: int) -> Row:
        """An installed extension."""
        return {"appId": _extension(n), "displayName": f"Ruler {n}", "appType": "EXTENSION", "browserDeviceCount": "3"}

    def extension(self, n: int) -> App:
        """The same extension as an app."""
        name = f"Ruler {n}"
        return App("google", DOMAIN, _extension(n), name, kind="extension", enabled=True, tags=("extension",), users=3)

    @property
    def extensions(self) -> int:
        """How many there are."""
        return self.size.apps // 8

    # --- what must come out ------------------------------------------------------------------------------------------------

    def truth(self, now: float, sampled: float, *, revoked: bool = True) -> Truth:
        """All that a sweep at ``now`` must have found, where use was looked at ``sampled``."""
        grants: dict[int, float] = {}
        met: dict[int, None] = {}
        for k in self.logged("authorize", self.begins - KEPT, now, now):
            g = self.event_grant("authorize", k)
            grants.setdefault(g, self.moment("authorize", k)[0])
        for kind in ("authorize", "revoke"):
            for k in self.logged(kind, self.begins - KEPT, now, now):
                met[self.grant(self.event_grant(kind, k))[0]] = None
        return Truth(
            apps=[*map(self.app, sorted(met)), *map(self.extension, range(self.extensions)), *map(_product, PRODUCTS)],
            grants=self._granted(grants),
            people=map(self.person, range(self.size.users)),
            events=self._events(now),
            activity=self._activity(sampled, [n for n in sorted(met) if n < self.size.ai]),
        )

    def _granted(self, grants: dict[int, float]) -> list[Grant]:
        """Several numbers may stand for one grant: the latest counts."""
        made: dict[str, Grant] = {}
        for g, when in sorted(grants.items(), key=lambda pair: pair[1]):
            n, user, scopes = self.grant(g)
            client, principal, ordered = self.client(n)[0], self.user(user)[0], tuple(sorted(scopes))
            digest = hashlib.sha256(" ".join(ordered).encode()).hexdigest()[:16]
            key = f"{client}/{principal}/{digest}"
            dated: Any = {"granted": round(when * 1_000_000), "date_source": "audit_log"}
            made[key] = Grant("google", DOMAIN, key, client, "delegated", principal, ordered, **dated)
        return list(made.values())

    def _events(self, now: float) -> Iterator[Event]:
        for kind, what in (("authorize", "granted"), ("revoke", "revoked")):
            for k in self.logged(kind, self.begins - KEPT, now, now):
                n, user, scopes = self.grant(self.event_grant(kind, k))
                time = round(self.moment(kind, k)[0] * 1_000_000)
                about: Any = what
                key = f"{time}/{-k}/0"
                yield Event("google", DOMAIN, key, self.client(n)[0], about, time, self.user(user)[0], scopes)

    def _activity(self, now: float, apps: list[int]) -> Iterator[Activity]:
        for n in apps:
            yield from _summed(self, self.client(n)[0], self.uses(n, now - 7 * DAY, now), 1000)
        for name, *_ in PRODUCTS:
            yield from _summed(self, name, self.samples(now - DAY, now), None)


def _summed(tenant: Workspace, app: str, uses: Iterator[tuple[float, int]], size: int | None) -> Iterator[Activity]:
    by_user: dict[int, list[float]] = {}
    for when, user in uses:
        by_user.setdefault(user, []).append(when)
    for user, times in by_user.items():
        first, last = (round(each(times) * 1_000_000) for each in (min, max))
        bytes_down = size * len(times) if size else None
        yield Activity("google", DOMAIN, app, tenant.user(user)[0], first, last, len(times), bytes_down)


def _product(product: tuple[str, str, str]) -> App:
    id, name, homepage = product
    about: Any = {"kind": "vendor_org", "verified_publisher": "Google", "homepage": homepage, "tags": ("embedded",)}
    return App("google", DOMAIN, id, name, first_party=True, **about)


def _extension(n: int) -> str:
    return hashlib.sha256(str(n).encode()).hexdigest()[:32].translate(str.maketrans("0123456789", "ghijklmnop"))


def _stamp(seconds: float) -> str:
    found = datetime.fromtimestamp(round(seconds, 3), tz=UTC)
    return found.strftime("%Y-%m-%dT%H:%M:%S.") + f"{found.microsecond // 1000:03d}Z"
