"""What breaches a policy, and the exit codes of the contract (docs/inventory.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from shadowai.model import FORBIDDEN, Entry, Report

FAIL_ON: Final = frozenset(verdict.value for verdict in FORBIDDEN)
"""Verdicts whose use breaches the policy."""


def breaches(
    entries: Iterable[Entry], fail_on: frozenset[str] = FAIL_ON, *, audited: bool = False
) -> tuple[Entry, ...]:
    """The entries that breach the policy: confirmed use, not blocked, and more than looking a name up.

    ``audited`` gives those of rules that are not enforced instead.
    """
    return tuple(
        entry
        for entry in entries
        if entry.verdict.value in fail_on and entry.is_use and entry.is_enforced is not audited
    )


def undecided(entries: Iterable[Entry], fail_on: frozenset[str] = FAIL_ON) -> tuple[Entry, ...]:
    """The entries that breach the policy if a condition is met of which it is not known whether it is (:attr:`Ruling.may_be`)."""
    return tuple(
        entry
        for entry in entries
        if entry.ruling is not None
        and any(verdict.value in fail_on for verdict in entry.ruling.may_be)
        and entry.verdict.value not in fail_on
        and entry.is_use
        and entry.is_enforced
    )


def exit_code(report: Report, fail_on: frozenset[str] = FAIL_ON) -> int:
    """The exit code of a scan or sweep: 1 for a breach (whether or not there are gaps), 3 for none found where there are gaps or entries
    that may be breaches, else 0."""
    if breaches(report.entries, fail_on):
        return 1
    return 0 if report.complete and not undecided(report.entries, fail_on) else 3
