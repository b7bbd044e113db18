"""Applies the decision log to a report: verdicts, the columns that people fill in, and reasons for a review."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from shadowai.decisions.grounds import grounds_of, holds, review
from shadowai.decisions.log import DecisionLog
from shadowai.decisions.model import APPROVALS, Grounds, Standing
from shadowai.inventory import asset_id, ordered
from shadowai.model import FORBIDDEN, Dossier, Entry, Note, Origin, Report, Ruling, Verdict

Facts = Callable[[str], tuple[str, ...]]
"""What the signature of a service says of it (:func:`shadowai.decisions.grounds.facts_of`), by the service's id."""


def applied(
    report: Report, log: DecisionLog, *, today: date, facts: Facts, alias: Callable[[Entry], str] | None = None
) -> Report:
    """The report with the decisions applied: one about the row takes precedence over one about its service, and both over the policy.

    ``alias`` gives the id that a row has under pseudonyms, by which it may have been decided upon, too.
    """
    if not log.standing:
        return report
    entries = decided(report.entries, log, today=today, facts=facts, alias=alias)
    return replace(report, entries=ordered(entries), notes=(*report.notes, *_notes(report, entries, log)))


def decided(
    rows: Sequence[Entry],
    log: DecisionLog,
    *,
    today: date,
    facts: Facts,
    alias: Callable[[Entry], str] | None = None,
) -> tuple[Entry, ...]:
    """The rows with the decisions applied, as by :func:`applied`, in their order."""
    made = _Applying(log.standing, today.isoformat(), facts, alias, _together(rows))
    return tuple(map(made.entry, rows))


class _Applying:
    """Decisions, and what is known of each service now."""

    def __init__(
        self,
        standing: Mapping[str, Standing],
        today: str,
        facts: Facts,
        alias: Callable[[Entry], str] | None,
        rows: Mapping[str, list[Entry]],
    ) -> None:
        self._standing, self._today, self._facts, self._alias, self._rows = standing, today, facts, alias, rows

    def entry(self, entry: Entry) -> Entry:
        """The entry as decided; its columns are the row's own where it has such, else the service's."""
        own, service = self._own(entry), None if entry.actor is None else self._standing.get(asset_id(entry.service_id))
        deciding = own if own is not None and own.decision is not None else service
        deciding = deciding or own
        if deciding is None:
            return entry
        rows = [entry] if deciding is own else self._rows[entry.service_id]
        now = grounds_of(rows, self._facts(entry.service_id))
        if service is not None and own is not None:
            deciding = replace(deciding, columns=own.columns.over(service.columns))
        return _judged(entry, deciding, now, self._today)

    def _own(self, entry: Entry) -> Standing | None:
        found = self._standing.get(entry.asset_id)
        if found is None and self._alias is not None:
            found = self._standing.get(self._alias(entry))
        return found


def _together(entries: Iterable[Entry]) -> Mapping[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.service_id, []).append(entry)
    return found


def _judged(entry: Entry, standing: Standing, now: Grounds, today: str) -> Entry:
    why = review(standing, now, today)
    filed = replace(entry, dossier=_dossier(standing, why))
    decision = standing.decision
    if decision is None or decision.verdict is None:
        return filed
    said = f"decided on {standing.day} by {standing.by}: {decision.reason}"
    if not holds(standing, now, today):
        if entry.verdict in FORBIDDEN:  # where a decision stands no more, what the policy forbids comes back
            return filed
        verdict, said = Verdict.IN_REVIEW, f"{decision.verdict.value} no longer ({why[0]}); {said}"
    else:
        verdict = decision.verdict
    return replace(
        filed,
        verdict=verdict,
        verdict_reason=said,
        verdict_owner=standing.columns.owner or standing.by,
        ruling=_ruling(entry.ruling),
    )


def _ruling(policy: Ruling | None) -> Ruling | None:
    """What is kept of the policy's ruling under a decision: the alternative, and whether a breach counts for the exit code."""
    if policy is None:
        return None
    left = Ruling(alternative=policy.alternative, enforced=policy.enforced)
    return None if left == Ruling() else left


def _dossier(standing: Standing, why: tuple[str, ...]) -> Dossier:
    columns, decision = standing.columns, standing.decision
    return Dossier(
        owner=columns.owner or "",
        purpose=columns.purpose or "",
        data_categories=columns.data_categories or (),
        dpia=columns.dpia or "",
        contract=columns.contract or "",
        oversight_owner=columns.oversight_owner or "",
        next_review=columns.next_review or "",
        decided_on=standing.day if decision else "",
        decided_by=standing.by if decision else "",
        decided_until=decision.until if decision else "",
        review=why,
    )


def _notes(report: Report, entries: tuple[Entry, ...], log: DecisionLog) -> Iterator[Note]:
    where = Origin(str(log.path))
    count = sum(entry.dossier is not None and bool(entry.dossier.decided_on) for entry in entries)
    if count:
        yield Note(where, "decisions", f"rows with a decision (head {log.head.lines}:{log.head.hash[:12]})", count)
    over = [
        entry.service_id
        for was, entry in zip(report.entries, entries, strict=True)
        if was.verdict in FORBIDDEN and entry.verdict in APPROVALS
    ]
    if over:
        services = tuple(sorted(set(over)))
        told = "rows that the policy forbids are let be by a decision"
        yield Note(where, "decision_over_policy", told, len(over), services)
    due = sum(entry.dossier is not None and bool(entry.dossier.review) for entry in entries)
    if due:
        yield Note(where, "review", "rows decided upon are to be looked at again: `shadowai triage` says why", due)
    if report.by == "service":
        alone = sum(standing.person and standing.decision is not None for standing in log.standing.values())
        if alone:
            yield Note(
                where,
                "decisions_by_user",
                "decisions are about one person's use, and show in rows by user alone",
                alone,
            )
