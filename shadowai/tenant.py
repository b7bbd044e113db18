"""Data types of a SaaS tenant: apps, grants, people, and the tasks of a sweep. Immutable, standard library only.

Times are integers, microseconds since 1970-01-01T00:00:00Z. ``None`` always means "not known", never "none".
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, TypeVar

T = TypeVar("T")

AppKind = Literal["oauth_app", "extension", "teams_app", "agent_package", "agent_identity", "vendor_org"]
GrantKind = Literal["delegated", "application", "install", "assignment", "seat", "key", "request"]
DateSource = Literal["api", "audit_log", "first_sweep"]
"""Who says when something was given: the product's own record of it, or its audit log, to the moment; or the first sweep that saw it,
which is a bound: it was given then or before."""
Gives = Literal["apps", "offers", "grants", "requests", "people", "events", "use"]
"""What a signal tells of: apps that others ask about, apps that are merely on offer, grants that stand, what was asked for, people,
what happened, use."""
EVERYONE = "*"
"""The principal of a grant that an administrator gave for the whole tenant."""


@dataclass(frozen=True, slots=True)
class App:
    """An application that a tenant knows. ``id`` is what identifies it everywhere (an Entra appId, a Google client id, a GitHub
    app's slug); ``object_id`` what this tenant calls it (an Entra service principal's id).

    ``verified_publisher`` is a name that the platform has checked, ``publisher`` one that the owner typed in, as are ``name``
    and ``homepage``. ``reply_urls`` are where its users are sent back to: whoever owns the app controls them.
    ``first_party`` apps belong to the platform, ``in_house`` ones to the tenant itself. ``holds`` are ids of apps that act for it
    (the on-behalf-of chain).
    """

    platform: str
    tenant: str
    id: str
    name: str
    kind: AppKind = "oauth_app"
    object_id: str | None = None
    publisher: str | None = None
    verified_publisher: str | None = None
    owner_tenant: str | None = None
    homepage: str | None = None
    reply_urls: tuple[str, ...] = ()
    first_party: bool = False
    in_house: bool = False
    enabled: bool | None = None
    created: int | None = None
    tags: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    users: int | None = None
    """How many use it, where the platform tells a number and no names."""
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """What an app may do, for whom. ``id`` is stable: the same grant met twice has the same one.

    ``app`` is the :attr:`App.id`; ``principal`` a person's id, :data:`EVERYONE`, or ``None`` where nobody is named (an application
    acting as itself, an installation). ``resource`` is the id of the app whose data it reaches. ``granted`` is when, with
    ``date_source`` saying who says so. A ``request`` was asked for and not given.
    """

    platform: str
    tenant: str
    id: str
    app: str
    kind: GrantKind
    principal: str | None = None
    scopes: tuple[str, ...] = ()
    resource: str | None = None
    granted: int | None = None
    date_source: DateSource | None = None
    last_used: int | None = None
    by: str | None = None
    """Who consented, where that was somebody else: a person's id."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user of a tenant. ``address`` is the name that other sources know them by: mail address or user principal name. ``enabled`` is
    known of those whom the tenant's own list of users has; ``created`` is since when the account has been there, microseconds."""

    platform: str
    tenant: str
    id: str
    address: str | None = None
    name: str | None = None
    department: str | None = None
    enabled: bool | None = None
    created: int | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """That an app was used (a sign-in, a token, an API call), summed over a time; ``principal`` as in :class:`Grant`."""

    platform: str
    tenant: str
    app: str
    principal: str | None
    first: int
    last: int
    events: int
    bytes_down: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A consent or its withdrawal as an audit log tells it; ``id`` is the log's own, for logs repeat themselves. What was ``changed`` had
    been granted before: its time is no date of a grant."""

    platform: str
    tenant: str
    id: str
    app: str
    what: Literal["granted", "changed", "revoked", "requested", "installed", "removed"]
    time: int
    principal: str | None = None
    scopes: tuple[str, ...] = ()
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """A delta says that something is gone: ``what`` is a grant's or an app's id."""

    platform: str
    tenant: str
    kind: Literal["app", "grant"]
    what: str


Item = App | Grant | Person | Activity | Event | Removed


class Completeness(Enum):
    """Whether a task saw everything there is. Only what is ``complete`` can show that something is gone."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


class Trouble(Enum):
    """Why something could not be looked at."""

    SCOPE = "a permission is missing"
    ROLE = "a role is missing"
    LICENCE = "a licence is missing"
    CREDENTIALS = "the credentials were refused"
    THROTTLED = "the service kept refusing for load"
    UNREACHABLE = "the service cannot be reached"
    INTERCEPTED = "TLS is intercepted by something whose certificate is not trusted"
    CLOCK = "the clock is wrong"
    SERVER = "the service failed"
    UNEXPECTED = "the answer could not be understood"
    STOPPED = "the sweep was stopped"


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that a connector can gather. ``any_of`` are permissions of which one is enough; ``tier`` the smallest set of
    permissions that has it; ``cost`` says in words what it costs of the quota; ``licence`` what must have been bought.

    ``gives`` is what it tells of; where that is not said, anything may hang on it. ``after`` are the signals whose answers decide whether
    there is anything to ask: where these were looked at whole and no task of it was planned, there was nothing. A signal that is always
    asked for something has none.
    """

    name: str
    title: str
    endpoint: str
    any_of: tuple[str, ...]
    tier: Literal["minimal", "standard", "deep"] = "minimal"
    licence: str = ""
    required: bool = False
    cost: str = ""
    remedy: str = ""
    gives: tuple[Gives, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work that is retried, resumed and judged complete or not on its own.

    ``name`` is unique within a sweep and stable over restarts (``grants/3f2a…``, ``audit/2026-11-01``); ``arguments`` are what the
    connector needs to do it. ``changes`` is true where its pages tell only what has changed since the mark that an earlier sweep
    left: what that one gathered under this name then stands, except what is replaced or :class:`Removed`. A long task of
    ``weight`` 100 begins before those of weight 1.
    """

    name: str
    signal: str
    arguments: tuple[str, ...] = field(default=(), repr=False)  # a delta link may be among them
    weight: int = 1
    changes: bool = False


@dataclass(frozen=True, slots=True)
class Missed:
    """A part of a task that could not be looked at while the rest went on: its task ends partial."""

    trouble: Trouble
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What one step of a task gave, and where to go on; ``cursor`` ``None`` ends it.

    ``mark`` is to be remembered for the next sweep (a delta link, the end of an audit window) once the task is complete.
    ``missed`` are parts of this page that could not be had (one item of a batch).
    """

    items: tuple[Item, ...]
    cursor: str | None = field(default=None, repr=False)
    mark: str | None = field(default=None, repr=False)
    missed: tuple[Missed, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a task of a sweep ended. Where it is not complete, ``trouble`` and ``detail`` say what stood in the way and ``remedy``
    what to do. ``as_of`` is when its collection was looked at: earlier than the sweep where a delta sweep let it stand. A signal of which
    there was nothing to ask has one that is complete, of no task."""

    task: str
    signal: str
    completeness: Completeness
    trouble: Trouble | None = None
    detail: str = ""
    remedy: str = ""
    pages: int = 0
    items: int = 0
    as_of: int = 0


class Traced(Collection[T]):
    """A collection that knows which tasks showed each thing in it, of this sweep and of earlier ones whose result it lets stand."""

    @abstractmethod
    def traced(self) -> Iterator[tuple[T, tuple[str, ...]]]:
        """The things in their order, each with the names of the tasks that showed it."""


def traced(things: Collection[T]) -> Iterator[tuple[T, tuple[str, ...]]]:
    """Each thing with the names of the tasks that showed it; without any where the collection does not know."""
    return things.traced() if isinstance(things, Traced) else ((thing, ()) for thing in things)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep of one tenant gave. ``name`` is the tenant's name in the configuration, ``tenant`` the platform's name for it.

    The collections can be read as often as wanted, in order of their ids; each thing is in them once, however many tasks met it.
    They may live in a file: whoever wants them in memory makes a tuple of them. What a delta says is gone is left out.
    """

    name: str
    platform: str
    title: str
    tenant: str
    began: int
    ended: int
    mode: Literal["targeted", "delta", "full"]
    scope: Literal["ai", "consented", "all"]
    apps: Collection[App]
    grants: Collection[Grant]
    people: Collection[Person]
    events: Collection[Event]
    activity: Collection[Activity]
    outcomes: tuple[Outcome, ...]
    requests: int = 0
    retries: int = 0
    throttled: int = 0
    known_since: Mapping[str, int] = field(default_factory=dict)
    """When a sweep saw an app first, by its id, where the history knows it."""

    @property
    def complete(self) -> bool:
        """True where there were tasks and every one saw everything there was."""
        return bool(self.outcomes) and all(outcome.completeness is Completeness.COMPLETE for outcome in self.outcomes)


class TenantError(Exception):
    """A task cannot go on: ``trouble`` says why, ``detail`` in the service's words, ``remedy`` what to do about it.

    Where a service refused, ``status`` is the answer's status, ``code`` the service's own name for the refusal
    (``Authorization_RequestDenied``, ``quotaExceeded``) and ``body`` its decoded JSON; a connector tells by them a missing licence
    from a missing permission, or an expired cursor. The body is never shown.
    """

    def __init__(
        self,
        trouble: Trouble,
        detail: str,
        *,
        remedy: str = "",
        status: int | None = None,
        code: str = "",
        body: Any = None,
    ) -> None:
        super().__init__(f"{trouble.value}: {detail}")
        self.trouble = trouble
        self.detail = detail
        self.remedy = remedy
        self.status = status
        self.code = code
        self.body = body


class CursorExpired(Exception):  # noqa: N818 - not a failure: the task starts again, from its beginning
    """A cursor or a mark is no longer honoured. The sweep forgets the task's items, cursor and mark, asks the connector to plan
    again, and runs what is then planned under the task's name."""
