"""A made Entra tenant of any size, worked out by arithmetic instead of kept in memory, and what a sweep must find in it.

The rows are written as Graph writes them and the truth as the nouns of :mod:`shadowai.tenant`, each from the same numbers and neither
from the other.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate, islice
from typing import Any

from shadowai.tenant import EVERYONE, App, Event, Grant, Person
from tests.tenants.clock import BEGINS

TENANT = "11111111-2222-4333-8444-555555555555"
MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
ELSEWHERE = "99999999-9999-4999-8999-999999999999"
RESOURCES = (
    ("00000003-0000-0000-c000-000000000000", "Microsoft Graph"),
    ("00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online"),
    ("00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"),
)
CLIENT, ITS_SERVER = 3, 4
"""The numbers of an app that may only ask a server, and of that server: what it may do counts for the client."""
PAIR = (
    ("08ad6f98-a4f8-4635-bb8d-f1a3044760f0", "M365 MCP Client for Claude"),
    ("07c030f6-5743-41b7-ba00-0a6e85f37c17", "M365 MCP Server for Claude"),
)
FIRST = 5
"""The number of the first app after those."""
REPLIES = (
    "https://claude.ai/api/mcp/auth_callback",
    "https://chatgpt.com/connector_platform_oauth_redirect",
)
PUBLISHERS = ("Anthropic", "OpenAI", "DeepSeek", "ElevenLabs")
SCOPES = ("Mail.Read", "Files.Read.All offline_access", "User.Read", "Calendars.Read Mail.ReadWrite")
ROLES = (
    ("810c84a8-4a9e-49e6-bf7d-12d183f40d01", "Mail.Read"),
    ("df85f4d6-205c-4ac5-a5ea-6bf408dba283", "Files.Read.All"),
)
DAY = 86_400
KEPT = 30 * DAY
LATE = 30 * 3600
"""Seconds: how late the latest events come into the log; they do so in the night, half a day from any sweep."""

Row = dict[str, Any]


def guid(kind: int, number: int) -> str:
    """A made identifier."""
    return f"{kind:08x}-0000-4000-8000-{number:012x}"


def stamp(seconds: float) -> str:
    """A time as Graph writes it."""
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Size:
    """How large a tenant is; ``ai`` of the ``apps`` are AI. ``given`` are grants of users, ``events`` consents of 30 days."""

    users: int = 50_000
    apps: int = 10_000
    ai: int = 300
    given: int = 250_000
    events: int = 10_000

    def by(self, divisor: int) -> Size:
        """A tenant smaller by that factor, with something of everything in it."""
        return Size(*(max(least, n // divisor) for n, least in zip(self._all(), (120, 60, 8, 600, 60), strict=True)))

    def _all(self) -> tuple[int, ...]:
        return self.users, self.apps, self.ai, self.given, self.events


@dataclass(slots=True)
class Directory:
    """The tenant. Its log is full until ``begins``, seconds since 1970, and goes on from there; ``journal`` are the changes since: a
    collection's name and an object's identifier."""

    size: Size = field(default_factory=Size)
    begins: float = BEGINS
    journal: list[tuple[str, str]] = field(default_factory=list)
    extra_apps: list[int] = field(default_factory=list)
    extra_grants: dict[str, tuple[int, int, int, str]] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    _sums: tuple[int, list[int]] = (-1, [])

    # --- apps ------------------------------------------------------------------------------------------------------------

    def app_numbers(self) -> Iterator[int]:
        """All apps."""
        yield from range(self.size.apps)
        yield from self.extra_apps

    def is_ai(self, n: int) -> bool:
        """Whether an app is AI: by its identifier, its reply address, or its verified publisher."""
        return n in (CLIENT, ITS_SERVER) or FIRST <= n < FIRST + self.size.ai - 2 or n >= self.size.apps

    def app_id(self, n: int) -> str:
        """What the app is called everywhere."""
        if n < len(RESOURCES):
            return RESOURCES[n][0]
        return PAIR[n - CLIENT][0] if n in (CLIENT, ITS_SERVER) else guid(2, n)

    def number_of(self, object_id: str) -> int | None:
        """The app of that service principal."""
        n = int(object_id[-12:], 16) if object_id.startswith("00000001-") else -1
        return n if 0 <= n < self.size.apps or n in self.extra_apps else None

    def _name(self, n: int) -> str:
        if n < len(RESOURCES):
            return RESOURCES[n][1]
        return PAIR[n - CLIENT][1] if n in (CLIENT, ITS_SERVER) else f"Workflow {n}"

    def _reply(self, n: int) -> str:
        if self.is_ai(n) and n not in (CLIENT, ITS_SERVER) and n % 3:
            return REPLIES[n % len(REPLIES)]
        return f"https://app{n}.example.com/callback"

    def _publisher(self, n: int) -> str | None:
        return PUBLISHERS[n % len(PUBLISHERS)] if self.is_ai(n) and n > ITS_SERVER and n % 3 == 0 else None

    def _owner(self, n: int) -> str:
        return MICROSOFT if n < len(RESOURCES) else TENANT if n % 10 == 9 and not self.is_ai(n) else ELSEWHERE

    def app_row(self, n: int) -> Row:
        """A service principal as Graph tells it."""
        return {
            "id": guid(1, n),
            "appId": self.app_id(n).upper() if n % 5 == 0 else self.app_id(n),
            "displayName": self._name(n),
            "appDisplayName": self._name(n),
            "appOwnerOrganizationId": self._owner(n),
            "servicePrincipalType": "Application",
            "accountEnabled": n % 13 != 0,
            "homepage": None,
            "replyUrls": [self._reply(n)],
            "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
            "verifiedPublisher": {"displayName": self._publisher(n)} if self._publisher(n) else {},
            "info": {},
            "disabledByMicrosoftStatus": None,
        }

    def app(self, n: int) -> App:
        """The same app as it must come out."""
        return App(
            platform="entra",
            tenant=TENANT,
            id=self.app_id(n),
            name=self._name(n),
            object_id=guid(1, n),
            verified_publisher=self._publisher(n),
            owner_tenant=self._owner(n),
            reply_urls=(self._reply(n),),
            first_party=n < len(RESOURCES),
            in_house=self._owner(n) == TENANT,
            enabled=n % 13 != 0,
            tags=("WindowsAzureActiveDirectoryIntegratedApp",),
            holds=(PAIR[1][0],) if n == CLIENT else (),
        )

    # --- delegated grants: app, resource, user (negative for everyone), scope --------------------------------------------

    def grants_of(self, n: int) -> Iterator[tuple[str, int, int, int, str]]:
        """What an app was allowed: the grant's identifier, the app, the resource, the user, the scopes."""
        for key, made in self._made(n):
            if key not in self.revoked:
                yield key, *made
        for key, made in self.extra_grants.items():
            if made[0] == n and key not in self.revoked:
                yield key, *made

    def grants_from(self, start: int) -> Iterator[tuple[str, int, int, int, str]]:
        """All grants but the first so many."""
        if self._sums[0] != len(self.journal):
            counts = (sum(1 for _ in self.grants_of(n)) for n in self.app_numbers())
            self._sums = len(self.journal), list(accumulate(counts, initial=0))
        sums = self._sums[1]
        numbers = list(self.app_numbers())
        place = max(0, bisect_right(sums, start) - 1)
        for index, n in enumerate(numbers[place:]):
            yield from islice(self.grants_of(n), start - sums[place] if index == 0 else 0, None)

    def everyone(self) -> Iterator[tuple[str, int, int, int, str]]:
        """The grants that hold for everyone."""
        numbers = (n for n in self.app_numbers() if n % 25 == 0 or n >= self.size.apps)
        return (grant for n in numbers for grant in self.grants_of(n) if grant[3] < 0)

    def _made(self, n: int) -> Iterator[tuple[str, tuple[int, int, int, str]]]:
        size = self.size
        if n < len(RESOURCES) or n >= size.apps:
            return
        if n % 25 == 0:
            yield f"E-{n}", (n, 0, -1, SCOPES[n % len(SCOPES)])
        if n == CLIENT:
            yield from ((f"C-{n}-{k}", (n, ITS_SERVER, k, "access_as_user")) for k in range(7))
        elif n == ITS_SERVER:
            yield from ((f"S-{n}-{k}", (n, 0, k, "Mail.Read Files.Read.All")) for k in range(7))
        elif self.is_ai(n):
            some = min(40, size.users // 12)
            for k in range(some):
                yield f"A-{n}-{k}", (n, k % 3, self.ai_user(n * 613 + k), SCOPES[(n + k) % len(SCOPES)])
        else:
            ai = FIRST + size.ai - 2
            others = size.apps - ai
            mine = max(0, size.given - 40 * size.ai)
            for k, j in enumerate(range(n - ai, mine, others)):
                yield f"G-{n}-{k}", (n, k % 3, (n * 31 + k * 7919) % size.users, SCOPES[j % len(SCOPES)])

    def ai_user(self, number: int) -> int:
        """One of the twelfth of the users who use AI apps."""
        return number % max(1, self.size.users // 12) * 12

    def grant_row(self, key: str, n: int, resource: int, user: int, scope: str) -> Row:
        """A grant as Graph tells it."""
        return {
            "id": key,
            "clientId": guid(1, n),
            "resourceId": guid(1, resource),
            "consentType": "AllPrincipals" if user < 0 else "Principal",
            "principalId": None if user < 0 else guid(3, user),
            "scope": f" {scope}",
        }

    def grant(self, key: str, n: int, resource: int, user: int, scope: str) -> Grant:
        """The same grant as it must come out."""
        who = EVERYONE if user < 0 else guid(3, user)
        scopes = tuple(sorted(scope.split()))
        return Grant("entra", TENANT, key, self.app_id(n), "delegated", who, scopes, resource=self.app_id(resource))

    # --- assignments: identifier, app, user or app that is assigned, when -------------------------------------------------

    def roles_on(self, resource: int) -> Iterator[tuple[str, int]]:
        """The apps that may do something as themselves on a resource."""
        if resource < len(RESOURCES):
            yield from ((f"R-{resource}-{n}", n) for n in range(resource + CLIENT, self.size.apps, 50))

    def assigned_to(self, n: int) -> Iterator[tuple[str, int]]:
        """The users whom an AI app was assigned to; one has more than a page of them."""
        if FIRST <= n < self.size.apps and self.is_ai(n):
            some = min(1200, self.size.users // 12) if n == FIRST else n % 4
            yield from ((f"U-{n}-{k}", self.ai_user(n * 17 + k)) for k in range(some))

    def assigned_rows(self, n: int) -> Iterator[Row]:
        """What ``appRoleAssignedTo`` tells."""
        role = ROLES[n % len(ROLES)][0]
        when = {"resourceId": guid(1, n), "createdDateTime": "2026-10-01T08:00:00Z"}
        for key, client in self.roles_on(n):
            yield {
                "id": key,
                "principalId": guid(1, client),
                "principalType": "ServicePrincipal",
                "appRoleId": role,
                **when,
            }
        nothing = "00000000-0000-0000-0000-000000000000"
        for key, user in self.assigned_to(n):
            yield {"id": key, "principalId": guid(3, user), "principalType": "User", "appRoleId": nothing, **when}

    def assignments(self) -> Iterator[Grant]:
        """The same as they must come out."""
        about: Any = {"granted": 1_790_841_600_000_000, "date_source": "api"}
        for resource in range(len(RESOURCES)):
            name = ROLES[resource % len(ROLES)][1]
            for key, n in self.roles_on(resource):
                app, on = self.app_id(n), self.app_id(resource)
                yield Grant("entra", TENANT, key, app, "application", None, (name,), resource=on, **about)
        for n in filter(self.is_ai, self.app_numbers()):
            for key, user in self.assigned_to(n):
                yield Grant("entra", TENANT, key, self.app_id(n), "assignment", guid(3, user), **about)

    # --- users and the log -----------------------------------------------------------------------------------------------

    def user_row(self, user: int) -> Row:
        """A user as Graph tells one."""
        name = f"user{user}@example.com"
        return {
            "id": guid(3, user),
            "userPrincipalName": name,
            "displayName": f"User {user}",
            "department": f"D{user % 7}",
        }

    def person(self, user: int) -> Person:
        """The same user as a person."""
        return Person("entra", TENANT, guid(3, user), f"user{user}@example.com", f"User {user}", f"D{user % 7}")

    def event(self, k: int) -> tuple[float, float, int, int]:
        """The k-th consent of the log: when, when the log knew, the app, the user."""
        apart = KEPT / self.size.events
        when = self.begins - KEPT + int((k + 0.5) * apart)
        n = FIRST + k % (self.size.apps - FIRST)
        nights = math.ceil((when + LATE - self.begins) / DAY) - 0.5
        return when, self.begins + nights * DAY if k % 97 == 0 else when, n, self.ai_user(k)

    def events(self, start: float, end: float, now: float) -> Iterator[int]:
        """The consents of a window that the log knows by ``now``, the newest first."""
        apart = KEPT / self.size.events
        last = int((end - self.begins + KEPT) / apart) + 2
        for k in range(last, -2, -1):
            when, known, *_ = self.event(k) if k >= 0 else (0.0, 0.0, 0, 0)
            if k < 0 or when < start:
                return
            if when < end and known <= now:
                yield k

    def event_row(self, k: int) -> Row:
        """A consent as the log tells it."""
        when, _, n, user = self.event(k)
        who, scope = guid(3, user), SCOPES[k % len(SCOPES)]
        given = (
            f"[] => [[Id: x{k}, ClientId: {guid(1, n)}, PrincipalId: {who}, ResourceId: {guid(1, 0)},"
            f" ConsentType: Principal, Scope: {scope}, CreatedDateTime: , LastModifiedDateTime ]]; "
        )
        changes = {"ConsentContext.IsAdminConsent": "False", "ConsentContext.OnBehalfOfAll": "False"}
        changes["ConsentAction.Permissions"] = given
        return {
            "id": f"Directory_{k}",
            "category": "ApplicationManagement",
            "result": "success",
            "activityDisplayName": "Consent to application",
            "activityDateTime": stamp(when),
            "initiatedBy": {"app": None, "user": {"id": who, "userPrincipalName": f"user{user}@example.com"}},
            "targetResources": [
                {
                    "id": guid(1, n),
                    "type": "ServicePrincipal",
                    "displayName": self._name(n),
                    "modifiedProperties": [
                        {"displayName": name, "oldValue": "[]", "newValue": f'"{value}"'}
                        for name, value in changes.items()
                    ],
                }
            ],
            "additionalDetails": [{"key": "AppId", "value": self.app_id(n)}],
        }

    def consent(self, k: int) -> Event:
        """The same consent as it must come out."""
        when, _, n, user = self.event(k)
        scopes = tuple(sorted(SCOPES[k % len(SCOPES)].split()))
        who = guid(3, user)
        micros = int(when) * 1_000_000
        return Event("entra", TENANT, f"Directory_{k}", self.app_id(n), "granted", micros, who, scopes, who)

    # --- what happens from one day to the next -------------------------------------------------------------------------

    def allow(self, n: int, user: int, scope: str) -> None:
        """A user lets an app do something."""
        key = f"X-{n}-{user}"
        self.extra_grants[key] = (n, 0, user, scope)
        self.journal.append(("/oauth2PermissionGrants", key))

    def withdraw(self, key: str) -> None:
        """A grant is taken back."""
        self.revoked.add(key)
        self.journal.append(("/oauth2PermissionGrants", key))

    def appear(self, n: int) -> None:
        """An AI app that was not there before is; its number is beyond all others."""
        self.extra_apps.append(n)
        self.journal.append(("/servicePrincipals", guid(1, n)))

    def live_on(self, *, new: bool = True) -> None:
        """A day's changes: two people let AI in, one takes it back; where something is ``new``, one of the apps was not there before."""
        withdrawn = next(key for key, *_ in self.grants_of(FIRST) if key not in self.revoked)
        self.withdraw(withdrawn)
        self.allow(FIRST + 1, 12 * len(self.journal) + 5, "Files.Read.All")
        n = self.size.apps + len(self.extra_apps)
        if new:
            self.appear(n)
        self.allow(n if new else FIRST + 2, 12 * len(self.journal) + 7, "Mail.Read offline_access")
