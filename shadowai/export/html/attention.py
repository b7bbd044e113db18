"""What deserves attention first, and why: in words that the figures of the row bear out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from shadowai.export.html.context import Reason
from shadowai.export.html.wording import counted, day, number, people
from shadowai.export.table import size
from shadowai.model import Entry, Usage, Verdict

BREACHES: Final = frozenset({Verdict.PROHIBITED, Verdict.UNSANCTIONED})
"""Verdicts whose use somebody has to act on."""
OPEN: Final = frozenset({Verdict.UNREVIEWED, Verdict.IN_REVIEW})
"""Verdicts that somebody has yet to reach."""
_SCOPES_NAMED: Final = 3

_USED = {
    Usage.INTERACTIVE: "Something was sent to it, not only fetched",
    Usage.BULK: "One person sent more than 10 MB to it in a day",
    Usage.INTEGRATED: "Programs use it, not only people",
    Usage.AUTONOMOUS: "Software acts through it by itself (an agent or an MCP server)",
}


class Concern(NamedTuple):
    """A row that deserves attention, with its reasons, the weightiest first."""

    entry: Entry
    reasons: tuple[Reason, ...]


def in_use(entry: Entry) -> bool:
    """Whether use is proven: confirmed, let through, and more than a look-up. Nothing less is held against anybody."""
    used = entry.usage is not None and entry.usage.rung > Usage.RESOLVED.rung
    return entry.confidence == "confirmed" and entry.events > 0 and used


def concerns(entries: Iterable[Entry], risks: Mapping[str, tuple[Reason, ...]]) -> tuple[Concern, ...]:
    """What is in use and not settled, in the order in which to look at it: breaches, then risk where it is known, then the manner of use,
    what was sent, and people."""
    chosen = [entry for entry in entries if in_use(entry) and entry.verdict in BREACHES | OPEN]
    return tuple(Concern(entry, _reasons(entry, risks)) for entry in sorted(chosen, key=_place))


def _place(entry: Entry) -> tuple[int, int, int, int, int, str]:
    rung = entry.usage.rung if entry.usage is not None else -1
    verdicts = (Verdict.PROHIBITED, Verdict.UNSANCTIONED)
    urgency = verdicts.index(entry.verdict) if entry.verdict in verdicts else len(verdicts)
    return urgency, -(entry.risk or 0), -rung, -(entry.bytes_up or 0), -entry.users, entry.asset_id


def _reasons(entry: Entry, risks: Mapping[str, tuple[Reason, ...]]) -> tuple[Reason, ...]:
    """What the policy gives as its reason, then the contributions of the risk model; where there are none, what the row itself shows."""
    return (*_decided(entry), *(risks.get(entry.asset_id) or _shown(entry)))


def _decided(entry: Entry) -> Iterator[Reason]:
    if entry.verdict_reason:
        yield Reason(f"The policy says: {entry.verdict_reason}")
    if entry.ruling is not None and entry.ruling.alternative:
        yield Reason(f"To be used instead: {entry.ruling.alternative}")


def _shown(entry: Entry) -> Iterator[Reason]:
    if entry.usage in _USED:
        yield Reason(_USED[entry.usage])
    if entry.scopes:
        named = ", ".join(entry.scopes[:_SCOPES_NAMED])
        more = f" and {number(len(entry.scopes) - _SCOPES_NAMED)} more" if len(entry.scopes) > _SCOPES_NAMED else ""
        yield Reason(f"It was granted {named}{more}")
    if entry.bytes_up:
        yield Reason(f"At least {size(entry.bytes_up)} were sent")
    since = f", since {day(entry.first_seen)}" if entry.first_seen is not None else ""
    if entry.users:
        yield Reason(f"{people(entry.users)} used it{since}")
    elif entry.devices:
        yield Reason(f"{counted(entry.devices, 'device')} used it{since}; no source names a person")
    else:
        yield Reason(f"No source says who used it{since}")
    if entry.blocked:
        yield Reason(
            f"{counted(entry.blocked, 'attempt was', 'attempts were')} blocked, {number(entry.events)} let through"
        )
