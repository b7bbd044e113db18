"""Changes and runs as a table for people, CSV for spreadsheets and JSON for programs; nothing in a name has an effect in any."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from shadowai.export.inert import cell, encodable
from shadowai.export.summary import shortened
from shadowai.export.times import as_iso
from shadowai.history.model import Change, Comparison, Run

Layout = Literal["table", "csv", "json"]
LAYOUTS: Final[tuple[Layout, ...]] = ("table", "csv", "json")
SCHEMA: Final = 1
COLUMNS: Final = (
    "change", "kind", "subject", "service_id", "who", "field", "before", "after", "cause", "verdict", "breach", "detail", "key",
    "audited",
)  # fmt: skip
"""Of a change, in their stable order."""
_SHOWN = ("CHANGE", "KIND", "SUBJECT", "WHO", "WHAT", "CAUSE", "VERDICT")
_RUN_SHOWN = ("RUN", "KIND", "ENDED", "SERVICES", "USERS", "GAPS", "COMPLETE", "SIGNATURES", "LOOKED AT")
_WIDEST = 60
LISTED: Final = 10
"""Tasks of one look that are named to a person."""


def changes(found: Comparison, layout: Layout) -> Iterator[str]:
    """The lines of a comparison."""
    if layout == "json":
        yield from _changes_json(found)
    elif layout == "csv":
        yield from _csv([list(COLUMNS), *([cell(str(value)) for value in _row(c).values()] for c in found.changes)])
    else:
        yield from _aligned([list(_SHOWN), *(_shown(change) for change in found.changes)] if found.changes else [])
        yield from summary(found)


def summary(found: Comparison) -> Iterator[str]:
    """What was compared, how much differs, and what could not be compared: a line each, safe for a terminal."""
    after = f"run {found.after.id} ({found.after.kind}, {as_iso(found.after.ended)})"
    if found.before is None:
        yield f"{after} is a baseline: the first look at these inputs. Nothing is new, and nothing is compared."
    else:
        before = f"run {found.before.id} ({found.before.kind}, {as_iso(found.before.ended)})"
        kinds = Counter(change.what for change in found.changes)
        each = ", ".join(f"{number:,} {what.replace('_', ' ')}" for what, number in sorted(kinds.items()))
        yield f"From {before} to {after}: {each or 'no change'}."
    breaches, audited = (sum(getattr(change, name) for change in found.changes) for name in ("breach", "audited"))
    if breaches:
        yield f"New breaches of the policy: {breaches:,}."
    if audited:
        yield f"New breaches of rules in audit mode, which alert nobody: {audited:,}."
    for place in found.fresh:
        yield f"First look: {shortened(place)}: a baseline, not compared."
    for reason in found.unseen:
        yield f"NOT COMPARABLE: {shortened(reason)}"


def runs(found: Sequence[Run], layout: Layout) -> Iterator[str]:
    """The lines of a list of runs."""
    if layout == "json":
        yield _dump({"schema": SCHEMA, "runs": [run_object(run) for run in found]})
    elif layout == "csv":
        rows = [run_object(run, looks=False) for run in found]
        header = list(rows[0]) if rows else ["run"]
        yield from _csv([header, *([cell(str(_flat(value))) for value in row.values()] for row in rows)])
    else:
        yield from _aligned([list(_RUN_SHOWN), *(_run_shown(run) for run in found)])


def run_object(run: Run, *, looks: bool = True) -> dict[str, Any]:
    """A run as JSON has it."""
    made: dict[str, Any] = {
        "run": run.id,
        "kind": run.kind,
        "series": run.series,
        "baseline": run.baseline,
        "began": as_iso(run.began),
        "ended": as_iso(run.ended),
        "complete": run.complete,
        "gaps": run.gaps,
        "services": run.services,
        "users": run.users,
        "signatures": run.signatures,
        "policy": run.policy,
        "program": run.program,
        "options": dict(run.options),
    }
    if looks:
        made["looks"] = [
            {
                "place": look.place,
                "completeness": look.completeness.value,
                "reason": look.reason,
                "tasks": len(look.done) + len(look.wanting),
                "wanting": dict(look.wanting),
            }
            for look in run.looks
        ]
    return made


def run_lines(run: Run) -> Iterator[str]:
    """One run for a person."""
    for name, value in run_object(run, looks=False).items():
        yield f"{name:<11} {shortened(str(_flat(value)))}"
    for look in run.looks:
        why = f": {shortened(look.reason)}" if look.reason else ""
        part = (
            f" ({len(look.done)} of {len(look.done) + len(look.wanting)} tasks)" if look.done and look.wanting else ""
        )
        yield f"{'looked at':<11} {shortened(look.place)}, {look.completeness.value}{part}{why}"
        for task, _ in look.wanting[:LISTED] if look.done else ():
            yield f"{'':<11}   not {shortened(task)}"


def change_object(change: Change) -> dict[str, Any]:
    """A change as JSON has it: ``null`` is unknown or does not apply."""
    return {name: (None if value == "" else value) for name, value in _row(change).items()}


def _changes_json(found: Comparison) -> Iterator[str]:
    head = {
        "schema": SCHEMA,
        "before": None if found.before is None else found.before.id,
        "after": found.after.id,
        "baseline": found.before is None,
        "not_comparable": list(found.unseen),
        "first_looks": list(found.fresh),
    }
    yield "{"
    for name, value in head.items():
        yield f"  {_dump(name)}: {_dump(value)},"
    rows = [_dump(change_object(change)) for change in found.changes]
    body = "[" + ",".join(f"\n    {row}" for row in rows) + ("\n  ]" if rows else "]")
    yield f'  "changes": {body}'
    yield "}"


def _row(change: Change) -> dict[str, Any]:
    verdict = change.verdict.value if change.verdict else ""
    values = (
        change.what, change.kind, change.subject, change.service, change.who, change.field, change.before, change.after,
        change.cause, verdict, change.breach, change.detail, change.key, change.audited,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def _shown(change: Change) -> list[str]:
    what = change.detail
    if change.field:
        what = f"{change.field}: {_arrow(change)}" + (f" ({change.detail})" if change.detail else "")
    verdict = verdict_of(change)
    cells = (change.what, change.kind, change.subject, change.who, what, change.cause, verdict)
    return [shortened(text, _WIDEST) for text in cells]


def verdict_of(change: Change) -> str:
    """The verdict in words, with ``(audit)`` behind one that breaches nothing because its rule is not enforced."""
    said = change.verdict.value if change.verdict else ""
    return f"{said} (audit)" if change.audited else said


def _arrow(change: Change) -> str:
    if change.field in ("scopes", "permissions", "reply_urls", "holds", "services"):
        return " ".join(
            [*(f"-{word}" for word in change.before.split()), *(f"+{word}" for word in change.after.split())]
        )
    return f"{change.before or '(none)'} -> {change.after or '(none)'}"


def _run_shown(run: Run) -> list[str]:
    sources = list(dict.fromkeys(look.source for look in run.looks))
    rest = f" +{len(sources) - 2}" if len(sources) > 2 else ""
    complete = "yes" if run.complete else "no"
    figures = [f"{number:,}" for number in (run.services, run.users, run.gaps)]
    cells = [
        str(run.id),
        run.kind,
        as_iso(run.ended),
        *figures,
        complete,
        run.signatures,
        ", ".join(sources[:2]) + rest,
    ]
    return [shortened(text, _WIDEST) for text in cells]


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
        for row in rows:
            yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        yield ""


def _csv(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    yield from text.getvalue().splitlines()


def _flat(value: Any) -> Any:
    return " ".join(f"{name}={word}" for name, word in value.items()) if isinstance(value, dict) else value


def _dump(value: Any) -> str:
    return json.dumps(_encodable(value), ensure_ascii=True)


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, list):
        return [_encodable(part) for part in value]
    return {name: _encodable(part) for name, part in value.items()} if isinstance(value, dict) else value
