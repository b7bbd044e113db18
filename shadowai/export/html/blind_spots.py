"""What this look could not see, by kind. Every gap and every note has one place here or among the observations: nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from shadowai.model import Gap, Note, Origin, Report, SourceSummary

State = Literal["seen", "none", "unknown"]
CAPTURES: Final = frozenset({"pcap", "pcapng", "snoop"})
"""Formats of packet captures."""
OBSERVATIONS: Final = frozenset(
    {"clear_key", "impersonation", "wired", "candidates", "grant_without_traffic", "traffic_without_grant", "duplicate", "own_inventory",
     "policy_alternative", "policy_conflict", "decision_over_policy", "review"}
)  # fmt: skip
"""Kinds of notes that tell of something seen, not of something missed."""
EXAMPLES: Final = 3


class Kind(NamedTuple):
    """A way of not seeing. ``notes`` are the kinds of notes that tell of it, ``gaps`` what its gaps' reasons say. ``needs`` is what must
    have been looked at for it to show at all; where that was not, "none" would be a claim that nobody can make."""

    key: str
    title: str
    means: str
    notes: frozenset[str] = frozenset()
    gaps: str = ""
    needs: Literal["", "capture", "tenant"] = ""


class Detail(NamedTuple):
    """One reason with how often, and the first places."""

    text: str
    times: int
    places: tuple[str, ...] = ()


class BlindSpot(NamedTuple):
    """A kind with what was met of it. ``unknown``: what would show it was not looked at."""

    kind: Kind
    state: State
    details: tuple[Detail, ...] = ()

    @property
    def total(self) -> int:
        """How many records, connections, files or tasks."""
        return sum(detail.times for detail in self.details)


TENANT = Kind(
    "tenant",
    "Half-finished tenant tasks",
    "Parts of a SaaS tenant were not looked at, or not to the end; grants there do not show.",
    needs="tenant",
)
NAMELESS = Kind(
    "nameless",
    "Addresses without a name",
    "Traffic that shows an address and no host name cannot be told apart from any other.",
    frozenset({"nameless", "attributed", "inferred", "answers_limit", "certificate_of_many", "others", "unasked"}),
    r"tells? (a|no) name|names a host|no packet is one of TCP or UDP",
)
SILENT = Kind(
    "silent_source",
    "Silent sources",
    "An input gave no record that names a host: its silence says nothing about AI use.",
    frozenset({"no_messages"}),
    r"no frame arrived",
)
FILES = Kind("files", "Inputs not read", "Files, folders or tables that could not be opened or understood at all.")
ASSUMED = Kind(
    "assumed",
    "Assumed or counted apart",
    "Conventions that the figures rest on.",
    frozenset(
        {"dated_by_sweep", "day_order", "decisions", "decisions_by_user", "identities", "joined", "leases", "overlap", "policy_audit",
         "guess", "policy_open", "proxy_header", "pseudonymised", "secrets", "time", "weaker", "withdrawn", "year",
         "zone"}
    ),
)  # fmt: skip
OTHER = Kind("other", "Said beside it", "Notes of a kind that has no place of its own here.")
KINDS: Final = (
    Kind("ech", "Encrypted client hello (ECH)", "The name of the server is encrypted; only its provider's name shows.",
         frozenset({"encrypted_hello", "public_names_limit"}), needs="capture"),
    Kind("quic", "QUIC without a name", "A QUIC connection whose hello is not wholly in the capture tells no name.",
         frozenset({"quic_incomplete"}), needs="capture"),
    Kind("doh", "Encrypted DNS (DoH, DoT)", "Look-ups inside encrypted connections to resolvers do not show.",
         frozenset({"encrypted_dns", "dns_unreadable"}), needs="capture"),
    Kind("tunnels", "Private tunnels (VPN, Tor)", "What was reached through them does not show.", frozenset({"vpn"})),
    NAMELESS,
    Kind("truncated", "Truncated traffic", "Packets cut short, missing or at odds: names may be lost, and sizes are lower bounds.",
         frozenset({"hello_incomplete", "hello_cut_but_named", "lower_bound", "misplaced", "overlaps", "silent",
                    "snap_length", "fragments_refused"}),
         r"truncat|cut (off|short)|ends (with|in)|unexpected end|frames? (dropped|lost|not read)|dropped"),
    Kind("lines", "Lines not understood", "Lines of a log that no known format explains.",
         gaps=r"\bline\b|quote is never closed|carriage return"),
    SILENT,
    Kind("times", "Gaps in time", "Times of which a log has no record: it may have stopped, or been cut or rotated away.",
         frozenset({"silence", "silence_unlooked"})),
    TENANT,
    Kind("limits", "Limits reached", "There was more at once than the program remembers, or more than a row lists.",
         frozenset({"candidates_limit", "streams_limit", "stream_limit", "names_limit", "sessions_limit", "cut", "http2", "flows_limit",
                    "fragments_limit", "quic_limit"})),
    Kind("signatures", "Signatures out of date", "Services that became known since the signatures were made do not show.",
         frozenset({"signatures", "signatures_behind", "signatures_expired"})),
    FILES,
    OTHER,
    ASSUMED,
)  # fmt: skip
"""In the order in which they are shown."""


def blind_spots(report: Report) -> tuple[BlindSpot, ...]:
    """Every kind, with what was met of it."""
    found: dict[str, dict[str, Detail]] = {kind.key: {} for kind in KINDS}
    for gap in report.gaps:
        _add(found[_of_gap(gap).key], gap.reason, gap.count, gap.examples or (gap.origin,))
    for note in report.notes:
        if note.kind not in OBSERVATIONS:
            _add(found[_of_note(note).key], note.text, note.count, () if note.origin is None else (note.origin,))
    for key, text, count, place in _of_sources(report.sources):
        _add(found[key], text, count, (place,))
    looked = {"": True, "capture": any(s.format in CAPTURES for s in report.sources), "tenant": _swept(report)}
    return tuple(_spot(kind, tuple(found[kind.key].values()), looked[kind.needs]) for kind in KINDS)


def observations(notes: Iterable[Note]) -> tuple[Detail, ...]:
    """What was noticed and has no row in the inventory: keys sent in clear, impersonations, contradictions."""
    found: dict[str, Detail] = {}
    for note in notes:
        if note.kind in OBSERVATIONS:
            _add(found, note.text, note.count, () if note.origin is None else (note.origin,))
    return tuple(found.values())


def _spot(kind: Kind, details: tuple[Detail, ...], looked: bool) -> BlindSpot:
    return BlindSpot(kind, "seen" if details else "none" if looked else "unknown", details)


def _add(details: dict[str, Detail], text: str, count: int, places: Iterable[Origin]) -> None:
    known = details.get(text, Detail(text, 0))
    shown = tuple(dict.fromkeys((*known.places, *map(str, places))))[:EXAMPLES]
    details[text] = Detail(text, known.times + count, shown)


def _of_gap(gap: Gap) -> Kind:
    if gap.origin.unit == "object":
        return TENANT
    return next((kind for kind in KINDS if kind.gaps and re.search(kind.gaps, gap.reason)), FILES)


def _of_note(note: Note) -> Kind:
    if note.origin is not None and note.origin.unit == "object":
        return ASSUMED
    return next((kind for kind in KINDS if note.kind in kind.notes), OTHER)


def _of_sources(sources: Iterable[SourceSummary]) -> Iterator[tuple[str, str, int, Origin]]:
    """What the counts of an input show by themselves. A capture says of its nameless connections in a note, a tenant has none."""
    for source in sources:
        if source.format in CAPTURES or is_tenant(source):
            continue
        if not source.named:
            yield SILENT.key, "inputs without a record that names a host", 1, Origin(source.path)
        elif source.records > source.named:
            missing = source.records - source.named
            yield (
                NAMELESS.key,
                "records of logs name no host; what they were for is not known",
                missing,
                Origin(source.path),
            )


def is_tenant(source: SourceSummary) -> bool:
    """Whether a source is a SaaS tenant: ``entra:contoso.example`` of the format ``entra``."""
    return source.path.startswith(f"{source.format}:") and bool(source.format)


def _swept(report: Report) -> bool:
    return any(map(is_tenant, report.sources)) or any(gap.origin.unit == "object" for gap in report.gaps)
