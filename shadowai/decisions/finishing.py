"""The last steps of a report: what people have decided, then who may be named in it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from shadowai.model import Entry, Report

if TYPE_CHECKING:
    from shadowai.catalog import Catalog
    from shadowai.decisions.applying import Facts
    from shadowai.decisions.log import DecisionLog
    from shadowai.identities import Identities
    from shadowai.pipeline import ScanOptions
    from shadowai.privacy import Pseudonyms

Finish = Callable[[Report], Report]
Decide = Callable[[Sequence[Entry]], tuple[Entry, ...]]
_ENDINGS = ("", ".head")
"""Of the log's file and of its head's (:func:`shadowai.decisions.log.head_path`): a head alone tells that the log was taken away."""


def finishing(options: ScanOptions, known: Catalog, people: Identities | None) -> Finish:
    """What is done to every report that ``options`` ask for: decisions are applied, departments that are too small are not named, and
    people stand under pseudonyms. Raises :class:`~shadowai.errors.UsageError` for a log that was changed, and for a key that is none."""
    names = _pseudonyms(options)
    steps = [*_decisions(options, known, names), *_departments(options, people), *_hidden(names)]

    def finish(report: Report) -> Report:
        for step in steps:
            report = step(report)
        return report

    return finish


def _pseudonyms(options: ScanOptions) -> Pseudonyms | None:
    if not options.pseudonymise:
        return None
    from shadowai.privacy import Pseudonyms

    return Pseudonyms.of(options.settings.privacy.pseudonym_key)


def deciding(options: ScanOptions, known: Catalog) -> Decide:
    """What makes of rows, in their order, what people have decided about them: for rows that no report has. Raises as :func:`finishing`."""
    found = _log(options)
    if found is None:
        return tuple
    from shadowai.decisions import applying

    today, facts = datetime.now(UTC).date(), _facts(known)
    return lambda rows: applying.decided(rows, found, today=today, facts=facts)


def _decisions(options: ScanOptions, known: Catalog, names: Pseudonyms | None) -> list[Finish]:
    found = _log(options)
    if found is None:
        return []
    from shadowai.decisions import applying

    alias = names.asset if names is not None else None
    today, facts = datetime.now(UTC).date(), _facts(known)
    return [lambda report: applying.applied(report, found, today=today, facts=facts, alias=alias)]


def _log(options: ScanOptions) -> DecisionLog | None:
    """The log of decisions that ``options`` name; ``None`` where they are left out, or nobody has decided anything yet."""
    if options.decisions is None:
        return None
    path = Path(options.decisions)
    if not any(os.path.lexists(f"{path}{ending}") for ending in _ENDINGS):
        return None
    from shadowai.decisions import log

    return log.read(path)


def _facts(known: Catalog) -> Facts:
    """What the signatures say of services, by their ids."""
    from shadowai.decisions.grounds import facts_of

    def facts(service: str) -> tuple[str, ...]:
        file = known.files.get(service)
        return facts_of(file) if file is not None else ()

    return facts


def _departments(options: ScanOptions, people: Identities | None) -> list[Finish]:
    if people is None:
        return []
    from shadowai.privacy import K, small_hidden, too_small

    k = options.settings.privacy.k or (K if options.pseudonymise else 1)
    if k < 2:
        return []
    small = too_small(Counter(filter(None, people.people.values())), k)
    return [lambda report: replace(report, entries=small_hidden(report.entries, small))]


def _hidden(names: Pseudonyms | None) -> list[Finish]:
    if names is None:
        return []
    from shadowai.privacy import pseudonymised

    return [lambda report: pseudonymised(report, names)]
