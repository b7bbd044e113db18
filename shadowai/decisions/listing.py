"""The decision log for people and auditors: the decisions in force, and every event, as text, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, Final

from shadowai.decisions.log import DECISION, DecisionLog
from shadowai.decisions.model import Columns, Standing
from shadowai.export.inert import cell, joined

SCHEMA: Final = 1
"""The version of the JSON: increased when a key changes its meaning or is removed."""
_EVENT: Final = ("seq", "time", "by", "login", "event")
_BODY: Final = ("asset", "service", "person", "status", "until", "reason")
_HASHES: Final = ("evidence_row", "evidence_inventory", "hash")


def standing_lines(log: DecisionLog) -> Iterator[str]:
    """The decisions in force, one asset a line."""
    for found in sorted(log.standing.values(), key=lambda one: (one.service, one.asset)):
        yield "  ".join(part for part in (found.asset, found.service, _said(found)) if part)


def _said(found: Standing) -> str:
    if found.decision is None or found.decision.verdict is None:
        return "no decision, columns only"
    until = f" until {found.decision.until}" if found.decision.until else ""
    who = " (one person's use)" if found.person else ""
    return f"{found.decision.verdict.value}{until}{who}, {found.day} by {found.by}: {found.decision.reason}"


def as_json(log: DecisionLog) -> str:
    """One object: ``schema``, ``head``, and ``events`` as they stand in the log, hashes included; ASCII, one event a line."""
    events = ",\n    ".join(json.dumps(line._asdict(), sort_keys=True, ensure_ascii=True) for line in log.lines)
    inside = f"[\n    {events}\n  ]" if events else "[]"
    return f'{{\n  "schema": {SCHEMA},\n  "head": {json.dumps(str(log.head))},\n  "events": {inside}\n}}\n'


def as_csv(log: DecisionLog) -> str:
    """One event a line, inert in spreadsheets; what is no decision has its body as JSON in ``reason``'s place where it has no reason."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow([*_EVENT, *_BODY, *Columns._fields, *_HASHES])
    for line in log.lines:
        told = line._asdict()
        body = dict(line.body) if line.event == DECISION else {"reason": line.body.get("reason", "")}
        columns, seen = body.get("columns", {}), body.get("evidence") or {}
        cells = [told[key] for key in _EVENT] + [body.get(key) for key in _BODY]
        cells += [columns.get(key) for key in Columns._fields]
        rows.writerow([*map(_cell, cells), seen.get("row", ""), seen.get("inventory", ""), line.hash])
    return out.getvalue()


def _cell(value: Any) -> str | int:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return value
    return joined(tuple(value)) if isinstance(value, list | tuple) else cell(str(value or ""))
