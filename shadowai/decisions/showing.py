"""The queue of rows to decide on, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from shadowai.decisions.queue import Proposal, Waiting
from shadowai.model import Entry

_SHOWN: Final = 8
"""Names and permissions that are listed of a row; the JSON has them all."""


def lines(waiting: Sequence[Waiting], rules: Sequence[Proposal], limit: int) -> Iterator[str]:
    """The first ``limit`` rows of the queue, and the rules; not yet safe for a terminal."""
    yield f"{len(waiting):,} rows wait for a decision"
    for number, one in enumerate(waiting[:limit], 1):
        yield ""
        yield from about(one, number)
    if len(waiting) > limit:
        yield from ("", f"and {len(waiting) - limit:,} more (--limit)")
    yield from rule_lines(rules)


def about(one: Waiting, number: int) -> Iterator[str]:
    """One row: what was found, why it waits, on what evidence, and what could be used instead."""
    entry = one.row.entry
    yield f"{number}. {entry.service} ({entry.vendor}, {entry.category})  {entry.asset_id}"
    yield f"   {', '.join(part for part in (entry.verdict.value, entry.confidence, _risk(entry), *_use(entry)) if part)}"
    if entry.actor is not None:
        yield f"   who: {' '.join(part for part in entry.actor if part) or 'not known'}"
    yield from (f"   why: {why}" for why in one.why)
    yield from _listed("names", entry.names)
    yield from _listed("permissions", entry.scopes)
    yield from _listed("departments", entry.departments)
    yield from _listed("seen", tuple(map(str, entry.evidence)))
    yield from _listed("instead", one.alternatives)


def rule_lines(rules: Sequence[Proposal]) -> Iterator[str]:
    """The rules that would close several rows, as YAML for the end of the policy."""
    if rules:
        yield from ("", "One rule for many rows, for the end of the policy's list (STATUS is yours to choose):")
    for rule in rules:
        yield from ("", f"  # closes {len(rule.assets):,} rows")
        yield from rule.rule("STATUS").splitlines()


def as_json(waiting: Sequence[Waiting], rules: Sequence[Proposal]) -> str:
    """One object: ``waiting``, in the order of the queue, and ``rules``."""
    told = {
        "waiting": [_object(one) for one in waiting],
        "rules": [{"selector": rule.selector, "value": rule.value, "assets": list(rule.assets)} for rule in rules],
    }
    return json.dumps(told, ensure_ascii=True, indent=1)


def _object(one: Waiting) -> dict[str, Any]:
    entry = one.row.entry
    return {
        "asset_id": entry.asset_id,
        "service_id": entry.service_id,
        "service": entry.service,
        **({} if entry.actor is None else entry.actor._asdict()),
        "verdict": entry.verdict.value,
        "why": list(one.why),
        "confidence": entry.confidence,
        "risk": entry.risk,
        "usage": entry.usage.value if entry.usage else None,
        "users": entry.users,
        "events": entry.events,
        "names": list(entry.names),
        "scopes": list(entry.scopes),
        "departments": list(entry.departments),
        "evidence": [str(origin) for origin in entry.evidence],
        "evidence_sha256": one.row.sha256,
        "alternatives": list(one.alternatives),
    }


def _risk(entry: Entry) -> str:
    if entry.risk is None:
        return "risk not rated"
    low = "" if entry.risk_low in (None, entry.risk) else f"{entry.risk_low} to "
    return f"risk {low}{entry.risk}{f' {entry.risk_level}' if entry.risk_level else ''}"


def _use(entry: Entry) -> Iterator[str]:
    yield entry.usage.value if entry.usage else "no use let through"
    if entry.actor is None:
        yield f"{entry.users:,} users"
    yield f"{entry.events:,} events"
    if entry.bytes_up is not None:
        yield f"{entry.bytes_up:,} bytes up"


def _listed(title: str, values: Sequence[str]) -> Iterator[str]:
    if values:
        more = f" and {len(values) - _SHOWN:,} more" if len(values) > _SHOWN else ""
        yield f"   {title}: {'; '.join(values[:_SHOWN])}{more}"
