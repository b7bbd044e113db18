"""The last steps of a report: what people have decided, then who may be named in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from shadowai.model import Report

if TYPE_CHECKING:
    from shadowai.catalog import Catalog
    from shadowai.identities import Identities
    from shadowai.pipeline import ScanOptions
    from shadowai.privacy import Pseudonyms

Finish = Callable[[Report], Report]


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


def _decisions(options: ScanOptions, known: Catalog, names: Pseudonyms | None) -> list[Finish]:
    if options.decisions is None:
        return []
    path = Path(options.decisions)
    try:
        path.lstat()
    except FileNotFoundError:  # nobody has decided anything yet
        return []
    from shadowai.decisions import applying, log
    from shadowai.decisions.grounds import facts_of

    found = log.read(path)

    def facts(service: str) -> tuple[str, ...]:
        file = known.files.get(service)
        return facts_of(file) if file is not None else ()

    alias = names.asset if names is not None else None
    today = datetime.now(UTC).date()
    return [lambda report: applying.applied(report, found, today=today, facts=facts, alias=alias)]


def _departments(options: ScanOptions, people: Identities | None) -> list[Finish]:
    from shadowai.privacy import K, small_hidden

    k = options.settings.privacy.k or (K if options.pseudonymise else 1)
    if people is None or k < 2:
        return []
    sizes = Counter(people.people.values())
    return [lambda report: replace(report, entries=small_hidden(report.entries, sizes.__getitem__, k))]


def _hidden(names: Pseudonyms | None) -> list[Finish]:
    if names is None:
        return []
    from shadowai.privacy import pseudonymised

    return [lambda report: pseudonymised(report, names)]
