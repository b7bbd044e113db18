"""The nouns of the program: frozen, slotted, standard library only.

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
"""How the facts begin that say whose account a use was of."""

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
"""Accounts of which every machine has its own, as :func:`shadowai.normalize.user` writes them (Microsoft: Well-known SIDs). Those of
another domain, ``corp\\root``, are somebody's."""


class Actor(NamedTuple):
    """Who: a user, a device, an address; each only where the source says so."""

    user: str | None = None
    device: str | None = None
    address: str | None = None

    @property
    def person(self) -> str | None:
        """The user, unless it is an account of which every machine has its own and it is known which machine: that is no person, and
        another one on each."""
        here = self.device or self.address
        return None if here and self.user in BUILT_IN else self.user


class Name(NamedTuple):
    """What was used, as the source names it: a domain, a URL without its query, an address, a client id…"""

    kind: NameKind
    value: str


class Usage(Enum):
    """The ladder of use that metadata can show; a member's order is its rung."""

    RESOLVED = "resolved"
    CONNECTED = "connected"
    INTERACTIVE = "interactive"
    BULK = "bulk"
    INTEGRATED = "integrated"
    AUTONOMOUS = "autonomous"

    rung: int
    """Place on the ladder, from 0."""

    def __init__(self, value: str) -> None:
        self.rung = len(type(self).__members__)  # those before it


class Answer(NamedTuple):
    """What a DNS answer told ``client``: the addresses of the name, for ``ttl`` seconds where that is known."""

    client: str
    addresses: tuple[str, ...]
    ttl: int | None = None


class Session(NamedTuple):
    """One connection of which several records may tell, by the ``id`` that their writer gives it, with the product before it.

    ``whole``: the record tells of the connection as such (its beginning, its end, a report in between), and not of something in it.
    ``up`` and ``down`` are the bytes of all of the connection up to the record, where it tells them. ``named``: other records name
    its host, where they can.
    """

    id: str
    whole: bool = False
    up: int | None = None
    down: int | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One log record as understood by the reference path; absent fields are ``None``.

    ``line`` counts what ``unit`` says: lines of a log, frames of a capture.
    ``counted`` is false for records that are printed and yet are no activity (an authentication leg, an answer
    beside its query); ``uncounted_because`` then says why. ``inferred`` is true where the host is not in the traffic
    itself but was concluded from something beside it. ``payload_up`` is what was sent up without the headers of packets
    and what was sent twice; where it is unknown, ``bytes_up`` stands for it. ``facts`` are words about the manner of use.
    ``proof`` is the id of the signature that the traffic's own protocol proves, whatever the host is called.
    ``time_assumed`` names what had to be assumed about ``time``: ``"zone"``, ``"year"`` or ``"zone,year"``.
    ``began`` is when the connection began, where the record was written later and tells how long it lasted. ``session`` is the
    connection that several records tell of. ``answer`` is what a DNS record tells of addresses.
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
    """What could not be read, and why: never to be confused with "found nothing".

    ``examples`` are up to five places; ``count`` is how many records (or files, where ``origin`` is a whole file).
    """

    origin: Origin
    reason: str
    count: int = 1
    examples: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Something assumed or left out on purpose, which the reader of the result must know. Without ``origin`` it is about
    the inventory as a whole, or about the ``services`` (ids)."""

    origin: Origin | None
    kind: str
    text: str
    count: int = 1
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """One way to recognise a service. ``strong`` identifies it alone; ``weak`` only adds to something else or
    opens an unconfirmed finding; ``shared`` never scores and is there so that nobody adds it again."""

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

    ``pack`` names the pack that the file is of, and ``sha256`` is that of its bytes, where it was read from one.
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
    """A name explained by a signature. ``pattern`` is the indicator's value that won, ``role`` its role.

    ``ambiguous`` is true where another signature claims the same name with a pattern of the same rank. ``account`` says whose account
    the name shows, where it does: ``corporate``, ``personal``, ``anonymous``.
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
    """Who used which name, how often, how much, when, and the first places it was seen.

    An aggregate over one source: ``events`` excludes ``blocked`` attempts. ``days`` maps a day (days since the
    epoch, UTC) to the bytes sent up on it. ``facts`` are short words a verdict may need (``"upload"``, ``"post"``). ``scopes`` are
    the permissions that were granted.
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
    """What the organisation has decided about an asset."""

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
"""Verdicts in the order of what needs action first: a report lists them so, and a row of several people has the first of theirs."""
FORBIDDEN = frozenset({Verdict.PROHIBITED, Verdict.UNSANCTIONED})
"""Verdicts of what is not allowed: use of it breaches the policy."""
CONFIDENCES = ("confirmed", "ambiguous", "unconfirmed")
"""Best first: a row is counted from the sightings of the best one it has, and from no other."""
UNDECIDED = frozenset({Verdict.UNREVIEWED, Verdict.IN_REVIEW})
"""Verdicts that somebody has yet to replace."""


class Ruling(NamedTuple):
    """What a policy says of a row beside its verdict: the line of the rule (``None``: no rule speaks about it) and the id of a service
    to use instead.

    ``may_be`` are the verdicts that it may have as well, where what a rule asks for is not known; ``disputed`` is the line of a later
    rule that applies too and says otherwise. A breach of what is not ``enforced`` has no part in the exit code.
    """

    rule: int | None = None
    alternative: str = ""
    may_be: tuple[Verdict, ...] = ()
    disputed: int | None = None
    enforced: bool = True


class Dossier(NamedTuple):
    """What people keep on file about an asset: the columns that no machine can fill in, and the decision that stands.

    Times are days (``YYYY-MM-DD``), empty where nobody said. ``review`` says why somebody should look at it again.
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
    ``signature_pack`` and ``signature_sha256`` say which text of the signature explains it (:class:`Signature`).
    ``facts`` are the words that its sightings said about the manner of use (:class:`Sighting`), ``departments`` those of its users
    that are known. ``risk`` is the upper end of what the risk can be by what is known, ``risk_low`` the lower one.
    ``dossier`` is what people have written about the asset. ``days`` are the days that a row by service was used on (days since the epoch,
    UTC, ascending), each with the bytes sent up on it as far as records say; empty where no day is known.
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

    @property
    def accounts(self) -> tuple[str, ...]:
        """Whose accounts its uses show, where they do: ``anonymous``, ``corporate``, ``personal``; ``enforced`` where control by tenant was
        seen."""
        return tuple(fact.removeprefix(ACCOUNT) for fact in self.facts if fact.startswith(ACCOUNT))

    @property
    def is_use(self) -> bool:
        """Whether use is proven: confirmed, let through, and more than a look-up. Nothing less breaches a policy."""
        used = self.usage is not None and self.usage.rung > Usage.RESOLVED.rung
        return self.confidence == "confirmed" and self.events > 0 and used

    @property
    def certainty(self) -> int:
        """A number that orders rows by confidence, the surest first."""
        return CONFIDENCES.index(self.confidence) if self.confidence in CONFIDENCES else len(CONFIDENCES)

    @property
    def is_enforced(self) -> bool:
        """Whether what the policy says of it has a part in the exit code: not by a rule that is tried out (``mode: audit``)."""
        return self.ruling is None or self.ruling.enforced

    @property
    def is_breach(self) -> bool:
        """Whether it breaches the policy: use of what an enforced rule, or a decision, forbids."""
        return self.verdict in FORBIDDEN and self.is_use and self.is_enforced

    dossier: Dossier | None = None
    days: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that looks like AI and that no signature explains: a host, or an application of a tenant. No finding, and no verdict.

    ``evidence`` are the classes of what speaks for it, a detail behind a colon (``api_path:openai``); ``score`` is their weight, and
    ``level`` is ``likely``, ``unconfirmed``, or ``name`` where nothing but a name does. ``new`` is ``None`` where no history can say it.
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
    """What became of one input: how it was recognised, how many records it gave, how many carried a name.

    ``lines`` counts physical lines (or frames), ``records`` those understood, ``named`` those with a host or an
    address a signature could match, ``uncounted`` those that are no activity, ``outside`` those out of the window.
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
    """Entries plus gaps: what was found, and what could not be looked at."""

    entries: tuple[Entry, ...]
    gaps: tuple[Gap, ...] = ()
    notes: tuple[Note, ...] = ()
    sources: tuple[SourceSummary, ...] = ()
    by: Literal["service", "user"] = "service"
    signatures: str = ""
    candidates: tuple[Candidate, ...] = ()

    @property
    def complete(self) -> bool:
        """True where everything asked for could be looked at."""
        return not self.gaps
