"""The data types of the history: frozen, slotted, standard library only.

Times are integers, microseconds since 1970-01-01T00:00:00Z.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from shadowai.model import Candidate, Usage, Verdict
from shadowai.tenant import App, Completeness, Grant, Person

RunKind = Literal["scan", "sweep"]
ThingKind = Literal["service", "user", "app", "grant", "person"]
What = Literal["new", "gone", "returned", "changed", "not_observable"]
Cause = Literal["environment", "catalogue", "coverage", "policy"]


class Shower(NamedTuple):
    """A task of a tenant's sweeps, which has shown a thing; ``source`` as in :class:`Look`."""

    source: str
    task: str


Shown = frozenset[Shower]
"""All that showed a thing when it was seen last; empty where it is not known, as of what logs show."""


@dataclass(frozen=True, slots=True)
class Look:
    """One part of what a run looked at: a log (``source``, with ``part`` empty) or a signal of a tenant.

    ``labels`` are what the ``sources`` of an entry may call it. ``gave`` is true where it may have shown something: what failed at once
    has not. ``reach`` is how far it went, larger is further, element by element. ``reason`` says why it is not complete.
    """

    source: str
    part: str
    labels: frozenset[str]
    completeness: Completeness
    gave: bool = True
    reach: tuple[int, ...] = ()
    reason: str = ""
    files: int = 1
    """How many files of a log were read."""
    done: tuple[str, ...] = ()
    """The tasks of a signal that saw everything there was."""
    wanting: tuple[tuple[str, str], ...] = ()
    """Those that did not, each with the reason."""

    @property
    def place(self) -> str:
        """What people call it: ``entra:contoso.example/grants``."""
        return f"{self.source}/{self.part}" if self.part else self.source


@dataclass(frozen=True, slots=True)
class Finding:
    """What is remembered of an entry: what it is and what was decided about it, without the figures that change from day to day.

    ``user``, ``device``, ``address`` are of a row by user. ``used`` is true where something was let through that is more than a
    look-up: only that breaches a policy. ``users`` is known of rows by service alone. ``facts`` are those that the risk hangs on.
    ``audited`` is true of a verdict that forbids by a rule which is not enforced.
    """

    service_id: str
    service: str
    vendor: str
    category: str
    verdict: Verdict
    confidence: str
    usage: Usage | None
    used: bool
    users: int | None = None
    user: str | None = None
    device: str | None = None
    address: str | None = None
    scopes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    audited: bool = False


@dataclass(frozen=True, slots=True)
class KnownApp:
    """An app of a tenant, and the ids of the services that the catalogue of that day explained it with."""

    app: App
    services: tuple[str, ...] = ()


Thing = Finding | KnownApp | Grant | Person


class Item(NamedTuple):
    """A thing and what tells it from others of its kind; ``first`` and ``last`` are when its use was seen, where that is known, and
    ``shown`` what showed it."""

    kind: ThingKind
    key: str
    thing: Thing
    first: int | None = None
    last: int | None = None
    shown: Shown = frozenset()


@dataclass(frozen=True, slots=True)
class TenantMemory:
    """What a sweep gave of one tenant. ``source`` is the one of its looks; the collections may live in a file."""

    source: str
    apps: Collection[App]
    grants: Collection[Grant]
    people: Collection[Person]
    services: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The ids of the services that explain an app, by the app's id."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything about one run that is to be remembered.

    ``entries`` are rows by service and by user. ``signatures`` is the catalogue's version and ``digests`` one for each of its
    signatures; ``policy`` the digest of the policy file; ``program`` the program's version; ``options`` what it was asked for, without
    secrets.
    """

    kind: RunKind
    began: int
    ended: int
    looks: tuple[Look, ...]
    entries: Collection[Item]
    tenants: tuple[TenantMemory, ...] = ()
    signatures: str = ""
    digests: Mapping[str, str] = field(default_factory=dict)
    policy: str = ""
    program: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    gaps: int = 0
    candidates: Collection[Candidate] = ()
    """What looked like AI and no signature explained."""

    @property
    def complete(self) -> bool:
        """True where everything asked for could be looked at."""
        return not self.gaps and all(look.completeness is Completeness.COMPLETE for look in self.looks)


@dataclass(frozen=True, slots=True)
class Run:
    """A remembered run. ``series`` are the runs of one kind that looked at the same things; ``lineages`` what the run speaks about:
    its series and its tenants. A ``baseline`` is the first of its series."""

    id: int
    kind: RunKind
    series: str
    began: int
    ended: int
    complete: bool
    baseline: bool
    signatures: str
    policy: str
    program: str
    options: Mapping[str, str]
    gaps: int
    services: int
    users: int
    looks: tuple[Look, ...] = ()
    lineages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """How a thing was from one run to another. ``unseen`` is empty where the last look at it was whole, else why it stands although it
    was not seen (``coverage: …``, ``catalogue: …``). ``cause`` and ``detail`` say why it appeared, ``first_run`` when it first did."""

    lineage: str
    kind: ThingKind
    key: str
    begins: int
    ends: int | None
    unseen: str
    cause: Cause
    detail: str
    thing: Thing
    first_run: int
    shown: Shown = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two runs. ``subject`` names the thing for people; ``field``, ``before`` and ``after`` are of what
    changed. ``cause`` says why it shows, ``detail`` in words, and of a new row what keeps it from being proven use. ``breach`` is true
    where it breaches the policy now and did not before, or does so in a further way; ``audited`` where it would, were the rule enforced.
    ``baseline`` is true where the first look at a tenant that shares the row may be all there is to it: nobody is told."""

    what: What
    kind: ThingKind
    key: str
    subject: str
    cause: Cause
    service: str = ""
    who: str = ""
    field: str = ""
    before: str = ""
    after: str = ""
    detail: str = ""
    verdict: Verdict | None = None
    breach: bool = False
    audited: bool = False
    baseline: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two runs. ``before`` is ``None`` where ``after`` is the first of its series: a baseline, with nothing to
    compare. ``unseen`` says what of ``before`` the later look could not cover, ``fresh`` what nobody had looked at before."""

    before: Run | None
    after: Run
    changes: tuple[Change, ...] = ()
    unseen: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
