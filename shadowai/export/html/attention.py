"""What deserves attention first, what the highest risks are, and why: in words that the figures of the row bear out.

Risks are ordered by their level, which is that of the upper end: what is not known is not taken for harmless. Within a level comes first
what is known to be the worse, by the lower end. Verdict and confidence have no part in a risk; the verdict orders the queue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from shadowai.export.events import LEVELS
from shadowai.export.html.context import Reason
from shadowai.export.html.wording import counted, day, number, people
from shadowai.export.table import size
from shadowai.model import FORBIDDEN, SEVERITY, UNDECIDED, Entry, Usage, Verdict

_BASE: Final = 1_000
"""More than any score."""
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


def concerns(entries: Iterable[Entry], risks: Mapping[str, tuple[Reason, ...]]) -> tuple[Concern, ...]:
    """What is in use and not settled, in the order in which to look at it: breaches, then risk where it is known, then the manner of use,
    what was sent, and people."""
    chosen = [entry for entry in entries if entry.is_use and entry.verdict in FORBIDDEN | UNDECIDED]
    return tuple(Concern(entry, _reasons(entry, risks)) for entry in sorted(chosen, key=_place))


def top_risks(entries: Iterable[Entry], risks: Mapping[str, tuple[Reason, ...]]) -> tuple[Concern, ...]:
    """Every row whose risk's contributions are given, the highest first, whatever has been decided about it, but that it is no AI; of the
    same risk, what is confirmed comes first."""
    rated = (entry for entry in entries if entry.verdict is not Verdict.NOT_AI and risks.get(entry.asset_id))
    return tuple(Concern(entry, risks[entry.asset_id]) for entry in sorted(rated, key=_risk_place))


def _place(entry: Entry) -> tuple[int, int, int, int, int, str]:
    rung = entry.usage.rung if entry.usage is not None else -1
    urgency = SEVERITY.index(entry.verdict) if entry.verdict in FORBIDDEN else len(SEVERITY)
    return urgency, -height(entry), -rung, -(entry.bytes_up or 0), -entry.users, entry.asset_id


def _risk_place(entry: Entry) -> tuple[int, int, str]:
    return -height(entry), entry.certainty, entry.asset_id


def height(entry: Entry) -> int:
    """A number that orders risks: by level, then by what is known of it, then by what it may be; -1 for what nobody rated."""
    if entry.risk is None:
        return -1
    level = LEVELS.index(entry.risk_level) + 1 if entry.risk_level in LEVELS else 0
    low = entry.risk if entry.risk_low is None else entry.risk_low
    return (level * _BASE + low) * _BASE + entry.risk


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
