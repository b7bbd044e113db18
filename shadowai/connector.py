"""What a connector to a SaaS product must be, how one is found by its name, and what it is handed.

A connector knows the product's interface and nothing else: which requests give which items, how they are paged, what they need
to be allowed. Requests go through the :class:`Session` it is handed, which alone holds sockets: it retries, keeps to quotas,
and refuses whatever could change something. What could not be looked at is a :class:`~shadowai.tenant.TenantError` or a page that was
never reached, never an empty answer. Connectors live outside the program, ours in ``shadowai_connectors``; each is one entry
point of the group :data:`GROUP`, and nothing is imported before it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal, Protocol, runtime_checkable

from shadowai.errors import UsageError
from shadowai.tenant import App, Grant, Page, Person, Signal, Task, TenantError, Trouble

GROUP = "shadowai.connectors"
"""The entry-point group; other people's connectors register under the same one."""

Mode = Literal["targeted", "delta", "full"]
Scope = Literal["ai", "consented", "all"]


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit that some requests share. ``per_second`` with bursts of ``burst`` is where the session begins; it goes slower by itself
    when the service says so. ``cost`` of a request is 1 unless the request says otherwise."""

    name: str
    per_second: float
    burst: float = 1.0
    concurrent: int = 8


@dataclass(frozen=True, slots=True)
class Allowed:
    """A request that a connector may make: ``method``, and the path at ``host`` (``graph.microsoft.com``, ``127.0.0.1:4206``).

    A GET may go to ``path`` and, on whole segments, to what is below it; a POST to exactly ``path``. A segment ``*`` stands for any
    one segment. Only reading is allowed: ``POST`` needs ``why``, the sentence that says why it changes nothing. ``token`` marks the
    endpoints that give tokens: they are asked without one. ``plain`` allows ``http``, and only to a loopback or link-local address:
    where a managed identity's tokens come from. ``batch`` marks a POST that carries requests of its own, as Microsoft Graph's
    ``$batch`` does: each of them must be a GET that is allowed beside it.
    """

    host: str
    path: str
    method: Literal["GET", "POST"] = "GET"
    why: str = ""
    token: bool = False
    plain: bool = False
    batch: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """What authorises a request, sent as ``header: scheme value`` (``header: value`` where ``scheme`` is empty).

    ``expires`` in microseconds since 1970, ``None`` for never; it is asked for anew shortly before. ``permissions`` are those that
    it carries, where it can be read: ``doctor`` warns of what is not needed. Its text never shows the value.
    """

    value: str = field(repr=False)
    expires: int | None = None
    scheme: str = "Bearer"
    header: str = "Authorization"
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said: only answers below 400 get here. ``body`` is decoded JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any
    url: str


class Session(Protocol):
    """How a connector reaches its service. Every method may raise :class:`~shadowai.tenant.TenantError`.

    ``audience`` says which of the connector's tokens a request carries (see :meth:`Connector.token`); ``None`` sends none.
    """

    @property
    def settings(self) -> Mapping[str, str]:
        """The tenant's settings, secrets as references."""
        ...

    @property
    def now(self) -> int:
        """The time of day, microseconds since 1970."""
        ...

    def secret(self, key: str) -> str:
        """The secret that the setting ``key`` refers to (``env:NAME``, ``file:PATH``, ``keyring:SERVICE/NAME``)."""
        ...

    def get(
        self,
        url: str,
        *,
        quota: Quota,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        cost: float = 1.0,
        audience: str | None = "",
    ) -> Answer:
        """Ask; waits for the quota, retries what may be retried. A status of 400 or more that stays is a
        :class:`~shadowai.tenant.TenantError` with ``status``, ``code`` and ``body``."""
        ...

    def post(
        self,
        url: str,
        *,
        quota: Quota,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        cost: float = 1.0,
        audience: str | None = "",
    ) -> Answer:
        """Ask by one of the allowed reading POSTs."""
        ...

    def next_link(self, answer: Answer, link: object) -> str | None:
        """The address of the page after ``answer``, as the service gives it in ``link``: ``None`` where there is none (``None`` or
        an empty text). A link that is no text, that leads to another scheme or host than ``answer`` came from, or to what is not
        allowed is refused: it would be handed the token."""
        ...

    def pause(self, quota: Quota, headers: Mapping[str, str] | None = None) -> None:
        """One part of a batch was refused for load: waits for as long as ``headers`` (its own) say, slows the quota down, and counts
        as a retry. Raises ``THROTTLED`` when there have been too many."""
        ...

    def http(self) -> Any:
        """A ``requests.Session`` for the client libraries that get tokens: msal's ``http_client``, the ``session`` of
        ``google.auth.transport.requests.Request``. It keeps to the allowed requests, the proxies and the certificates."""
        ...

    def httplib2(self, quota: Quota, *, audience: str | None = "") -> Any:
        """What ``googleapiclient`` takes for ``http``: its requests go through :meth:`get` and :meth:`post`, as do their retries."""
        ...


class View(Protocol):
    """What a sweep has gathered so far, for the planning of what comes next."""

    @property
    def mode(self) -> Mode:
        """How much is looked at: what matters, what has changed, or everything."""
        ...

    @property
    def scope(self) -> Scope:
        """Which apps are wanted: those that are AI, those that were consented to, or all."""
        ...

    @property
    def settings(self) -> Mapping[str, str]:
        """The tenant's settings, secrets as references."""
        ...

    @property
    def now(self) -> int:
        """When the sweep began, microseconds since 1970: the same after a restart, so that windows stay what they were."""
        ...

    def grants(self) -> Iterator[Grant]:
        """The grants found so far."""
        ...

    def apps(self) -> Iterator[App]:
        """The apps found so far."""
        ...

    def is_ai(self, app: App) -> bool:
        """Whether a signature explains the app."""
        ...

    def is_complete(self, task: str) -> bool:
        """Whether the task of this name has ended and saw everything."""
        ...

    def mark(self, task: str) -> str | None:
        """What the last complete run of the task, in this or an earlier sweep, left for the next."""
        ...

    def principals(self) -> Iterator[str]:
        """The ids of people named in grants and events so far."""
        ...

    def people(self) -> Iterator[Person]:
        """The people found so far."""
        ...


Finding = Literal[
    "ok", "scope", "role", "licence", "credentials", "unreachable", "intercepted", "clock", "error", "excess", "unasked"
]
"""``excess`` is a permission that is not needed; ``unasked`` a signal that the settings leave out, whose ``remedy`` is the setting that
asks for it."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What ``doctor`` found out about one signal: ``finding``, in the service's words, and what to do."""

    signal: str
    finding: Finding
    detail: str = ""
    remedy: str = ""


FINDINGS: dict[Trouble, Finding] = {
    Trouble.SCOPE: "scope",
    Trouble.ROLE: "role",
    Trouble.LICENCE: "licence",
    Trouble.CREDENTIALS: "credentials",
    Trouble.UNREACHABLE: "unreachable",
    Trouble.INTERCEPTED: "intercepted",
    Trouble.CLOCK: "clock",
}
"""What a probe that met a trouble has found; ``error`` for the others."""


def probe_of(signal: str, error: TenantError) -> Probe:
    """What an error found out about a signal."""
    return Probe(signal, FINDINGS.get(error.trouble, "error"), error.detail, error.remedy)


@runtime_checkable
class Connector(Protocol):
    """One SaaS product. An implementation is a class that is constructed without arguments and does nothing then.

    ``secrets`` are the keys of its settings that hold credentials: their values are references, never the credential.
    """

    @property
    def name(self) -> str:
        """What it is called in the configuration."""
        ...

    @property
    def title(self) -> str:
        """What people call the product."""
        ...

    @property
    def settings(self) -> Mapping[str, str]:
        """Its settings and what each means, required ones first; those that end in ``?`` may be left out. ``ca_file`` and
        ``insecure_localhost`` are the session's and need not be named."""
        ...

    @property
    def secrets(self) -> tuple[str, ...]:
        """The keys of the settings that hold references to credentials."""
        ...

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What it can gather."""
        ...

    def wanted(self, settings: Mapping[str, str]) -> Sequence[Signal]:
        """Those of its signals that these settings ask for: the ones of a tier, or all where there is nothing to choose. Raises
        :class:`~shadowai.errors.UsageError`."""
        ...

    def allowed(self, settings: Mapping[str, str]) -> Sequence[Allowed]:
        """Every request that it may make, those for tokens too."""
        ...

    def token(self, session: Session, audience: str) -> Token:
        """What authorises the requests of that ``audience``: ``""`` unless the connector itself asks with another one (a person to
        act for, one vendor of several). Called when the first such request is made, shortly before the token expires, and once when
        a request was answered 401: the session keeps it, so a new one is given each time. Requests made here say
        ``audience=None``. Refused credentials are a :class:`~shadowai.tenant.TenantError` with ``CREDENTIALS``."""
        ...

    def tenant(self, settings: Mapping[str, str]) -> str:
        """The tenant's own name for itself. Raises :class:`~shadowai.errors.UsageError` where a setting is missing or wrong."""
        ...

    def plan(self, view: View) -> Sequence[Task]:
        """The tasks that are known by now. Is asked again whenever all of them have ended, until nothing new is named."""
        ...

    def run(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
        """The pages of a task, from ``cursor`` on. Raises :class:`~shadowai.tenant.TenantError` or
        :class:`~shadowai.tenant.CursorExpired`."""
        ...

    def doctor(self, session: Session) -> Iterator[Probe]:
        """The smallest request for each signal, and what came of it."""
        ...


def connectors() -> dict[str, EntryPoint]:
    """The installed connectors by name, in order of their names; none of them is imported.

    Two distributions that claim one name are a :class:`~shadowai.errors.UsageError`: which of them would be handed
    the credentials must not be a matter of chance.
    """
    found: dict[str, EntryPoint] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        other = found.setdefault(entry.name, entry)
        if other.value != entry.value:
            message = f"two connectors are called {entry.name!r}: {other.value} and {entry.value}"
            raise UsageError(message, remedy="uninstall one of them")
    return found


def load(name: str) -> Connector:
    """The connector called ``name``, imported and constructed.

    Raises :class:`~shadowai.errors.UsageError` where there is none of that name, where a library that it needs is not
    installed, and where what the entry point names is not a connector.
    """
    known = connectors()
    if name not in known:
        names = ", ".join(known) or "none"
        raise UsageError(f"no connector is called {name!r}", remedy=f"installed: {names}")
    entry = known[name]
    try:
        made = entry.load()()
    except ImportError as error:
        raise UsageError(f"connector {name!r} cannot be imported: {error}", remedy="install what it needs") from error
    except (AttributeError, TypeError) as error:
        raise UsageError(f"connector {name!r}: {entry.value} is not a connector: {error}") from error
    if not isinstance(made, Connector):
        raise UsageError(f"connector {name!r}: {entry.value} is not a connector", remedy="see docs/connectors.md")
    return made
