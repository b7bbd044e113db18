"""The last steps of every report: decisions are applied, small departments hidden, people replaced by pseudonyms."""

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
"""Suffixes of the log's file and of the file of its head (:func:`shadowai.decisions.log.head_path`): a head without a log means that the
log was removed."""


def finishing(options: ScanOptions, known: Catalog, people: Identities | None) -> Finish:
    """The function that finishes a report as ``options`` ask: decisions are applied, the names of departments that are too small hidden,
    and people replaced by pseudonyms. Raises :class:`~shadowai.errors.UsageError` for a log that was changed and for an unusable key."""
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
    """The function that applies decisions to rows that are in no report, in their order. Raises as :func:`finishing`."""
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
    """The decision log that ``options`` name; ``None`` where decisions are switched off, or there is no log yet."""
    if options.decisions is None:
        return None
    path = Path(options.decisions)
    if not any(os.path.lexists(f"{path}{ending}") for ending in _ENDINGS):
        return None
    from shadowai.decisions import log

    return log.read(path)


def _facts(known: Catalog) -> Facts:
    """The function from a service's id to the facts that its signature states."""
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
