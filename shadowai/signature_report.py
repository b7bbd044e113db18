"""What a catalogue of signatures holds, how fresh it is, and what changed since another.

The report answers the questions that a person asks before relying on a catalogue: how many services of what kind, on
what evidence, when somebody last looked, which hosts came and went, and how often it was right where that was measured.
"""

from __future__ import annotations

import csv
import datetime
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from shadowai import signature_file
from shadowai.catalog import Catalog, find
from shadowai.errors import SignatureError, UsageError
from shadowai.lint_rules import HOST_KINDS
from shadowai.matcher import Matcher, guess_name
from shadowai.model import Origin
from shadowai.signature_file import STALE_AFTER, SignatureFile

Counts = tuple[tuple[str, int], ...]
"""What was counted, and how often, the most frequent first."""

NOT_MEASURED = "not measured"
_AGES = ((30, "30 days or less"), (90, "31 to 90 days"), (STALE_AFTER.days, f"91 to {STALE_AFTER.days} days"))
_OLD = f"more than {STALE_AFTER.days} days"


class Host(NamedTuple):
    """A pattern for hosts, and what it says: ``suffix chatgpt.com`` of ``openai-chatgpt`` is ``strong``."""

    pattern: str
    signature: str
    strength: str


class Change(NamedTuple):
    """The hosts that came, went, or now say something else (what they said before, and what they say)."""

    gained: tuple[Host, ...]
    lost: tuple[Host, ...]
    changed: tuple[tuple[Host, Host], ...]


class Precision(NamedTuple):
    """Of the names in a labelled sample that a signature was sure of, how many were its own."""

    signature: str
    right: int
    answered: int

    def __str__(self) -> str:
        return f"{self.right} of {self.answered}"


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """One catalogue, counted. ``hosts`` are all its patterns for hosts; ``change`` and ``precision`` are there where they were
    asked for. ``stale_facts`` names each fact on data handling that nobody has checked for 180 days, as ``id plan, date``."""

    version: str
    services: int
    indicators: int
    categories: Counts
    kinds: Counts
    strengths: Counts
    scopes: Counts
    statuses: Counts
    countries: Counts
    """By code, and for the rest by the reason why it is not known."""
    countries_read: int
    """For how many services a page was read that names the country, and is told."""
    ages: Counts
    references: Counts
    data_facts: int
    data_services: int
    stale_facts: tuple[str, ...]
    hosts: tuple[Host, ...]
    change: Change | None = None
    precision: tuple[Precision, ...] | None = None
    decided: tuple[Precision, ...] | None = None
    """Of the rows that people have decided upon, how many were AI, where their log was asked."""


def report(
    catalog: Catalog, *, today: datetime.date, since: Path | None = None, labelled: Path | None = None
) -> SignatureReport:
    """The report on ``catalog`` as of ``today``.

    ``since`` is an earlier version to compare with: a folder of signature files, or a report written as JSON. ``labelled``
    is a CSV of ``name,id`` (the id empty where the name is no AI service). Raises :class:`UsageError` for either where it
    cannot be read.
    """
    files = list(catalog.files.values())
    indicators = [indicator for file in files for indicator in file.signature.indicators]
    hosts = tuple(sorted(_hosts(files)))
    facts = [(file.id, fact) for file in files for fact in file.data_handling]
    return SignatureReport(
        version=catalog.version,
        services=len(files),
        indicators=len(indicators),
        categories=_counts(file.signature.category for file in files),
        kinds=_counts(indicator.kind for indicator in indicators),
        strengths=_counts(indicator.strength for indicator in indicators),
        scopes=_counts(file.signature.scope for file in files),
        statuses=_counts(file.signature.status for file in files),
        countries=_counts(
            file.signature.country or f"unknown: {file.no_country or 'nobody says why'}" for file in files
        ),
        countries_read=sum(file.country_ref is not None for file in files),
        ages=_counts(_age(max((r.checked_on for r in file.references), default=""), today) for file in files),
        references=_counts(reference.kind or "not said" for file in files for reference in file.references),
        data_facts=len(facts),
        data_services=len({id for id, _ in facts}),
        stale_facts=tuple(f"{id} {fact.plan}, {fact.checked_on}" for id, fact in facts if fact.stale(today)),
        hosts=hosts,
        change=None if since is None else compare(_earlier(since), hosts),
        precision=None if labelled is None else _measured(catalog, labelled),
    )


def compare(before: Iterable[Host], after: Iterable[Host]) -> Change:
    """What became of the hosts between two versions. A pattern that one service has in both is changed, not gained and lost."""
    old = {(host.pattern, host.signature): host for host in before}
    new = {(host.pattern, host.signature): host for host in after}
    return Change(
        gained=tuple(new[key] for key in sorted(new.keys() - old.keys())),
        lost=tuple(old[key] for key in sorted(old.keys() - new.keys())),
        changed=tuple((old[key], new[key]) for key in sorted(new.keys() & old.keys()) if old[key] != new[key]),
    )


def _counts(words: Iterable[str]) -> Counts:
    return tuple(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))


def _age(day: str, today: datetime.date) -> str:
    if not day:
        return "not read"
    days = (today - datetime.date.fromisoformat(day)).days
    return next((name for most, name in _AGES if days <= most), _OLD)


def _hosts(files: Iterable[SignatureFile]) -> Iterator[Host]:
    for file in files:
        for indicator in file.signature.indicators:
            if indicator.kind in HOST_KINDS:
                yield Host(f"{indicator.match} {indicator.value}", file.id, indicator.strength)


def _earlier(path: Path) -> list[Host]:
    """The hosts of an earlier version."""
    if path.is_dir():
        return list(_hosts(signature_file.parse(source.data, source.origin)[0] for source in find(path)))
    remedy = "name a folder of signature files, or what `shadowai signatures report --json` wrote"
    try:
        found = json.loads(path.read_bytes())
        return [Host(str(pattern), str(signature), str(strength)) for pattern, signature, strength in found["hosts"]]
    except OSError as wrong:
        raise UsageError(f"cannot be read: {wrong.strerror}", origin=Origin(str(path)), remedy=remedy) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError("is no report on signatures", origin=Origin(str(path)), remedy=remedy) from None


def _measured(catalog: Catalog, path: Path) -> tuple[Precision, ...]:
    """For each signature that was sure of any name of the sample, how often it was right."""
    matcher, right, answered = Matcher(catalog), Counter[str](), Counter[str]()
    for name, id in _labels(path, catalog.files):
        for match in matcher.match(guess_name(name)):
            if match.strength == "strong":
                answered[match.signature] += 1
                right[match.signature] += match.signature == id
    return tuple(Precision(id, right[id], answered[id]) for id in sorted(answered))


def _labels(path: Path, known: Mapping[str, SignatureFile]) -> Iterator[tuple[str, str]]:
    remedy = "write one name and one id on each line, with a comma between; no id means: no AI service"
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except OSError as wrong:
        raise UsageError(f"cannot be read: {wrong.strerror}", origin=Origin(str(path)), remedy=remedy) from None
    except (UnicodeDecodeError, csv.Error):
        raise UsageError("is no CSV in UTF-8", origin=Origin(str(path)), remedy=remedy) from None
    for line, row in enumerate(rows, 1):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != 2 or not cells[0]:
            raise UsageError("is not a name and an id", origin=Origin(str(path), line), remedy=remedy)
        if cells[1] and cells[1] not in known:
            raise SignatureError(
                f"there is no signature {cells[1]!r:.80}", origin=Origin(str(path), line), remedy=remedy
            )
        yield cells[0], cells[1]
