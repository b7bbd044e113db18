"""The data types of the program: records, sightings, signatures, inventory rows, reports. Immutable, standard library only.

Times are integers, microseconds since 1970-01-01T00:00:00Z. Sizes are bytes. ``None`` always means "not known",
never "none" or zero. ``bytes_up`` is client to service, whatever the device that wrote the log calls it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal, NamedTuple

Unit = Literal["line", "frame", "object"]
Strength = Literal["strong", "weak", "shared"]
NameKind = Literal[
    "domain", "url", "user_agent", "ip", "oauth_client", "app_name", "publisher", "reply_host", "redirect_url", "github_app",
    "extension",
]  # fmt: skip
MatchType = Literal["suffix", "exact", "glob", "prefix", "contains", "regex", "cidr", "equals"]

ACCOUNT = "account:"
"""The prefix of facts that say which kind of account was used: ``account:personal`` (:mod:`shadowai.accounts`)."""

_SEPARATOR: dict[Unit, str] = {"line": ":", "frame": "#", "object": "/"}


class Origin(NamedTuple):
    """The exact place something was seen: ``access.log:17``, ``dump.pcapng#42``, ``entra:servicePrincipals/…``.

    ``position`` is 1-based and counts what ``unit`` says; ``None`` means the whole of ``path``.
    """

    path: str
    position: int | str | None = None
    unit: Unit = "line"

    def __str__(self) -> str:
        return self.path if self.position is None else f"{self.path}{_SEPARATOR[self.unit]}{self.position}"


_WINDOWS_OWN = ("system", "local service", "network service")
BUILT_IN = frozenset(
    {
        *_WINDOWS_OWN,
        *(f"nt authority\\{account}" for account in _WINDOWS_OWN),
        "s-1-5-18",
        "s-1-5-19",
        "s-1-5-20",
        "root",
    }
)
"""Accounts that every machine has (Microsoft: Well-known SIDs; ``root``), as :func:`shadowai.normalize.user` writes them. An account of
the same name in a domain, ``corp\\root``, may be a person's and is not one of them."""


class Actor(NamedTuple):
    """Who used a service: a user, a device, an IP address; each ``None`` where the source does not name it."""

    user: str | None = None
    device: str | None = None
    address: str | None = None

    @property
    def person(self) -> str | None:
        """The user; ``None`` for a built-in account (:data:`BUILT_IN`) on a machine that is known: no person, and another account on each
        machine."""
        here = self.device or self.address
        return None if here and self.user in BUILT_IN else self.user


class Name(NamedTuple):
    """What a service was used by, as the source names it: a domain, a URL without its query, an IP address, a client id…"""

    kind: NameKind
    value: str


class Usage(Enum):
    """How intensely a service was used, as far as metadata shows it, in ascending order: from a DNS look-up alone to an agent that acts
    without a person (``docs/inventory.md``)."""

    RESOLVED = "resolved"
    CONNECTED = "connected"
    INTERACTIVE = "interactive"
    BULK = "bulk"
    INTEGRATED = "integrated"
    AUTONOMOUS = "autonomous"

    rung: int
    """Position in the ascending order, from 0."""

    def __init__(self, value: str) -> None:
        self.rung = len(type(self).__members__)  # those before it


class Answer(NamedTuple):
    """The addresses that a DNS answer gave ``client`` for the name it asked for; valid for ``ttl`` seconds, ``None`` where not known."""

    client: str
    addresses: tuple[str, ...]
    ttl: int | None = None


class Session(NamedTuple):
    """One connection that several records may describe. ``id`` is the one that the product logs, prefixed with the product's name.

    ``whole``: the record describes the connection itself (its start, its end, a report in between), not a request within it.
    ``up`` and ``down`` are the bytes of the connection from its start until the record; ``None`` where it does not say. ``named``: the
    host of the connection is to be expected in other records of it.
    """

    id: str
    whole: bool = False
    up: int | None = None
    down: int | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One log record or captured event, as the reference path understands it; fields that it does not have are ``None``.

    ``line`` counts what ``unit`` says: lines of a log, frames of a capture.
    ``counted`` is false for records that are printed by ``shadowai read`` but are no use of a service (an authentication leg, an
    answer beside its query); ``uncounted_because`` then says why. ``inferred`` is true where the host is not in the traffic
    itself but was concluded from other traffic. ``payload_up`` are the bytes sent up without packet headers and retransmissions;
    where it is ``None``, ``bytes_up`` is taken for it. ``facts`` are words about the manner of use (``"upload"``, ``"post"``).
    ``proof`` is the id of the signature that the protocol within the traffic proves, whatever the host is called.
    ``time_assumed`` names what had to be assumed about ``time``: ``"zone"``, ``"year"`` or ``"zone,year"``.
    ``began`` is when the connection began, where the record was written at its end and tells how long it lasted. ``session`` is the
    connection that the record is one of several about. ``answer`` is what a DNS record says about addresses.
    """

    path: str
    line: int
    format: str
    kind: str | None = None
    time: int | None = None
    user: str | None = None
    device: str | None = None
    client_ip: str | None = None
    server_ip: str | None = None
    server_port: int | None = None
    host: str | None = None
    url: str | None = None
    method: str | None = None
    action: str | None = None
    blocked: bool | None = None
    bytes_up: int | None = None
    bytes_down: int | None = None
    user_agent: str | None = None
    counted: bool = True
    uncounted_because: str | None = None
    time_assumed: str | None = None
    unit: Unit = "line"
    inferred: bool = False
    payload_up: int | None = None
    facts: frozenset[str] = frozenset()
    proof: str | None = None
    began: int | None = None
    session: Session | None = None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read, and why: not the same as "found nothing".

    ``count`` is the number of records (or files, where ``origin`` is a whole file); ``examples`` are the places of up to five of them.
    """

    origin: Origin
    reason: str
    count: int = 1
    examples: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was assumed or left out on purpose and that the reader of a report must know.

    ``origin`` is the input that it is about; ``None``: the inventory as a whole, or the services whose ids are in ``services``.
    """

    origin: Origin | None
    kind: str
    text: str
    count: int = 1
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """One way to recognise a service. A ``strong`` indicator identifies it alone; a ``weak`` one gives an unconfirmed row unless a strong
    one was seen as well; a ``shared`` one is infrastructure of many products: never evidence, and listed so that nobody adds it again."""

    kind: str
    match: MatchType
    value: str
    strength: Strength
    role: str = ""
    id: str = ""
    requires: tuple[str, ...] = ()
    ref: int | None = None
    since: str = ""
    until: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """An AI service and what identifies it; one YAML file each (docs/signatures.md).

    ``pack`` is the name of the pack that the file was read from and ``sha256`` the SHA-256 of its bytes (hex); both are empty for files
    of no pack.
    """

    id: str
    name: str
    vendor: str
    category: str
    country: str = ""
    scope: str = "ai-native"
    status: str = "stable"
    tags: tuple[str, ...] = ()
    description: str = ""
    indicators: tuple[Indicator, ...] = ()
    exclude: tuple[str, ...] = ()
    source: str = ""
    pack: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The signature that explains a name. ``pattern`` is the value of the most specific indicator, ``role`` its role.

    ``ambiguous`` is true where another signature claims the same name with an equally specific indicator. ``account`` is the kind of
    account that the name belongs to, where it tells: ``corporate``, ``personal``, ``anonymous``.
    """

    signature: str
    service: str
    name: Name
    strength: Strength
    role: str = ""
    pattern: str = ""
    ambiguous: bool = False
    account: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """Who used which name, how often, how much and when, summed over one source; ``origins`` are the first places it was seen.

    ``events`` does not include the ``blocked`` attempts. ``days`` are pairs of a day (days since the epoch, UTC) and the bytes sent up
    on it. ``facts`` are short words that a verdict may depend on (``"upload"``, ``"post"``). ``scopes`` are the permissions that were
    granted.
    """

    actor: Actor
    name: Name
    channel: str
    events: int = 0
    blocked: int = 0
    bytes_up: int | None = None
    bytes_down: int | None = None
    first_seen: int | None = None
    last_seen: int | None = None
    days: tuple[tuple[int, int], ...] = ()
    origins: tuple[Origin, ...] = ()
    source: str = ""
    facts: frozenset[str] = frozenset()
    scopes: tuple[str, ...] = ()


class Verdict(Enum):
    """What an organisation has decided about the use of a service (docs/policy.md)."""

    UNREVIEWED = "unreviewed"
    IN_REVIEW = "in_review"
    SANCTIONED = "sanctioned"
    TOLERATED = "tolerated"
    RISK_ACCEPTED = "risk_accepted"
    UNSANCTIONED = "unsanctioned"
    PROHIBITED = "prohibited"
    NOT_AI = "not_ai"


SEVERITY = (
    Verdict.PROHIBITED,
    Verdict.UNSANCTIONED,
    Verdict.UNREVIEWED,
    Verdict.IN_REVIEW,
    Verdict.RISK_ACCEPTED,
    Verdict.TOLERATED,
    Verdict.SANCTIONED,
    Verdict.NOT_AI,
)
"""Verdicts, the most severe first: the order of the rows of a report. A row that sums up several people has the most severe verdict of
theirs."""
FORBIDDEN = frozenset({Verdict.PROHIBITED, Verdict.UNSANCTIONED})
"""Verdicts that do not allow use: use with such a verdict breaches the policy."""
CONFIDENCES = ("confirmed", "ambiguous", "unconfirmed")
"""The values of :attr:`Entry.confidence`, the surest first. The figures of a row are summed over its sightings of the surest one alone."""
UNDECIDED = frozenset({Verdict.UNREVIEWED, Verdict.IN_REVIEW})
"""Verdicts that are no decision yet."""


class Ruling(NamedTuple):
    """What a policy says about a row beside its verdict: the line of the rule that applies (``None``: no rule does), and the id of the
    service to use instead (empty: none).

    ``may_be`` are other verdicts that the row would have if a condition were met of which it is not known whether it is; ``disputed``
    is the line of a later rule that applies too and has another verdict. A breach counts for the exit code only where ``enforced``.
    """

    rule: int | None = None
    alternative: str = ""
    may_be: tuple[Verdict, ...] = ()
    disputed: int | None = None
    enforced: bool = True


class Dossier(NamedTuple):
    """What people have recorded about an asset: the columns that only a person can fill in, and the decision in force.

    Dates are texts (``YYYY-MM-DD``); whatever nobody recorded is empty. ``review`` are the reasons to review the decision.
    """

    owner: str = ""
    purpose: str = ""
    data_categories: tuple[str, ...] = ()
    dpia: str = ""
    contract: str = ""
    oversight_owner: str = ""
    next_review: str = ""
    decided_on: str = ""
    decided_by: str = ""
    decided_until: str = ""
    review: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the inventory: a service, or a service and who used it (``docs/inventory.md`` has the columns).

    ``confidence`` is ``confirmed`` (a strong indicator), ``unconfirmed`` (weak ones only) or ``ambiguous``.
    ``signature_pack`` and ``signature_sha256`` identify the file of the signature (:class:`Signature`). ``facts`` are those of its
    sightings (:class:`Sighting`), ``departments`` those of its users as far as known. ``risk`` is the highest score that what is known
    allows, ``risk_low`` the lowest. ``dossier`` is what people have recorded about the asset. ``days`` are the last days on which
    the service was used (days since the epoch, UTC, ascending), each with the bytes sent up on it; empty in rows by user and where no
    day is known.
    """

    asset_id: str
    service_id: str
    service: str
    vendor: str
    category: str
    actor: Actor | None
    verdict: Verdict
    confidence: str
    usage: Usage | None
    users: int
    devices: int
    events: int
    blocked: int
    bytes_up: int | None
    bytes_down: int | None
    first_seen: int | None
    last_seen: int | None
    active_days: int | None
    sources: tuple[str, ...]
    names: tuple[str, ...]
    evidence: tuple[Origin, ...]
    risk: int | None = None
    risk_level: str = ""
    scopes: tuple[str, ...] = ()
    verdict_reason: str = ""
    verdict_owner: str = ""
    signature_pack: str = ""
    signature_sha256: str = ""
    risk_low: int | None = None
    facts: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    ruling: Ruling | None = None
    dossier: Dossier | None = None
    days: tuple[tuple[int, int], ...] = ()

    @property
    def accounts(self) -> tuple[str, ...]:
        """The kinds of account that were seen in use: ``anonymous``, ``corporate``, ``personal``; and ``enforced`` where a proxy enforces
        tenant restrictions."""
        return tuple(fact.removeprefix(ACCOUNT) for fact in self.facts if fact.startswith(ACCOUNT))

    @property
    def is_use(self) -> bool:
        """Whether use is proven: confirmed, not only blocked, and more than a DNS look-up. Nothing less breaches a policy."""
        used = self.usage is not None and self.usage.rung > Usage.RESOLVED.rung
        return self.confidence == "confirmed" and self.events > 0 and used

    @property
    def certainty(self) -> int:
        """Sort key by confidence: 0 is the surest."""
        return CONFIDENCES.index(self.confidence) if self.confidence in CONFIDENCES else len(CONFIDENCES)

    @property
    def is_enforced(self) -> bool:
        """Whether the verdict counts for the exit code: false for one by a rule on trial (``mode: audit``)."""
        return self.ruling is None or self.ruling.enforced

    @property
    def is_breach(self) -> bool:
        """Whether it breaches the policy: use of what an enforced rule, or a decision, forbids."""
        return self.verdict in FORBIDDEN and self.is_use and self.is_enforced


@dataclass(frozen=True, slots=True)
class Candidate:
    """A host, or an application of a tenant, that looks like AI and that no signature explains: no finding, and without a verdict.

    ``evidence`` are the kinds of evidence, a detail behind a colon (``api_path:openai``); ``score`` is the sum of their weights, and
    ``level`` is ``likely``, ``unconfirmed``, or ``name`` where the name is all there is. ``new``: whether the history does not know it
    (``None``: there is no history).
    """

    name: str
    evidence: tuple[str, ...]
    score: int = 0
    level: str = "name"
    new: bool | None = None
    users: int = 0
    devices: int = 0
    events: int = 0
    blocked: int = 0
    bytes_up: int | None = None
    bytes_down: int | None = None
    first_seen: int | None = None
    last_seen: int | None = None
    sources: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """What was read of one input: its format, and how many records it had of which kind.

    ``lines`` counts physical lines, frames or, for tenants, requests; ``records`` are those understood, ``named`` those with a host or an
    address that a signature could match, ``uncounted`` those that are no activity, ``outside`` those out of the time window,
    ``unreadable`` those that could not be understood, ``ai`` those of AI services.
    """

    path: str
    format: str
    lines: int = 0
    records: int = 0
    named: int = 0
    uncounted: int = 0
    outside: int = 0
    unreadable: int = 0
    ai: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a scan or a sweep: the inventory, and what could not be read.

    ``by``: whether an entry is a service, or a service and one of its users. ``signatures`` identifies the catalogue that was used.
    """

    entries: tuple[Entry, ...]
    gaps: tuple[Gap, ...] = ()
    notes: tuple[Note, ...] = ()
    sources: tuple[SourceSummary, ...] = ()
    by: Literal["service", "user"] = "service"
    signatures: str = ""
    candidates: tuple[Candidate, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for could be read."""
        return not self.gaps
