"""The verdict of a run for other programs: one JSON object (RFC 8259), in ASCII, the same for the same findings, policy and day.

``schema`` counts up when a key changes its meaning or goes away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, BinaryIO, Final, NamedTuple

from shadowai.budgets.model import Amount, Judged
from shadowai.export.ascii_json import dump
from shadowai.model import Entry, Report
from shadowai.policy import FAIL_ON, breaches, undecided

SCHEMA: Final = 1
COVERAGE: Final = ("source", "gap", "share")
"""What :attr:`Judged.what` says of requirements of coverage."""
RESULTS: Final = {0: "within", 1: "breached", 3: "incomplete"}


class Outcome(NamedTuple):
    """All that the exit code depends on: the report, the states of budgets and requirements, the verdicts whose use is a breach
    (``fail_on``), and the day as of which rules expire. ``policy`` is the digest of the policy file, empty where there is none."""

    report: Report
    judged: Sequence[Judged] = ()
    fail_on: frozenset[str] = FAIL_ON
    today: date = date.min
    policy: str = ""

    @property
    def exit_code(self) -> int:
        """1 where a rule is breached or a budget exceeded; else 3 where anything could not be read or judged, or a requirement on coverage
        is not met; else 0. Rules and budgets that are not enforced do not count."""
        told = [one for one in self.judged if one.enforced]
        if breaches(self.report.entries, self.fail_on) or any(is_breach(one) for one in told):
            return 1
        open_ = any(one.state in ("unknown", "exceeded") for one in told)
        whole = self.report.complete and not undecided(self.report.entries, self.fail_on)
        return 0 if whole and not open_ else 3


def is_breach(judged: Judged) -> bool:
    """Whether a budget is exceeded; what was not covered is no breach, but keeps a look from being complete."""
    return judged.state == "exceeded" and judged.what not in COVERAGE


def write(outcome: Outcome, stream: BinaryIO) -> None:
    """Write the verdict; the keys stand in a fixed order."""
    report, fail_on = outcome.report, outcome.fail_on
    found: dict[str, Any] = {
        "schema": SCHEMA,
        "result": RESULTS[outcome.exit_code],
        "exit_code": outcome.exit_code,
        "today": outcome.today.isoformat(),
        "policy": outcome.policy or None,
        "signatures": report.signatures,
        "complete": report.complete,
        "gaps": sum(gap.count for gap in report.gaps),
        "fail_on": sorted(fail_on),
        "breaches": _rows(breaches(report.entries, fail_on)),
        "audited": _rows(breaches(report.entries, fail_on, audited=True)),
        "undecided": _rows(undecided(report.entries, fail_on)),
        "disputed": _rows(entry for entry in report.entries if entry.ruling and entry.ruling.disputed is not None),
        "budgets": [_judged(one) for one in outcome.judged if one.what not in COVERAGE],
        "coverage": [_judged(one) for one in outcome.judged if one.what in COVERAGE],
    }
    text = dump(found, indent=2)
    stream.write(text.replace("\x7f", "\\u007f").encode("ascii") + b"\n")


def _rows(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    return [
        {
            "asset_id": entry.asset_id,
            "service_id": entry.service_id,
            "user": (entry.actor.user if entry.actor else None) or None,
            "verdict": entry.verdict.value,
            "reason": entry.verdict_reason or None,
            "owner": entry.verdict_owner or None,
            "rule": entry.ruling.rule if entry.ruling else None,
            "disputed_by": entry.ruling.disputed if entry.ruling else None,
            "may_be": [verdict.value for verdict in entry.ruling.may_be] if entry.ruling else [],
            "alternative": (entry.ruling.alternative if entry.ruling else "") or None,
            "risk": entry.risk,
            "users": entry.users,
            "events": entry.events,
        }
        for entry in entries
    ]


def _judged(one: Judged) -> dict[str, Any]:
    return {
        "name": one.name,
        "what": one.what,
        "state": one.state,
        "enforced": one.enforced,
        "why": one.why,
        "limit": one.limit,
        "amount": _amount(one.amount),
        "per_week": _amount(one.rate),
        "uncounted_rows": one.uncounted,
        "at": str(one.origin),
    }


def _amount(amount: Amount | None) -> dict[str, int | None] | None:
    return None if amount is None else {"least": amount.least, "most": amount.most}
