"""Reads the evidence of an entry again from its sources: the lines themselves, and the records that they were understood as."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shadowai import inputs, sightings
from shadowai.catalog import Catalog
from shadowai.errors import SourceError
from shadowai.model import Entry, Gap, Origin, Record
from shadowai.names import Names
from shadowai.pipeline import ScanOptions
from shadowai.sources import container

AT_ONE_PLACE = 3
"""Records shown of one place, where a line holds many."""


class Evidence(NamedTuple):
    """One place of an entry's evidence: the record found there, and its line as it stands in the log (empty for a frame)."""

    origin: Origin
    record: Record
    text: str = ""


def reread(
    entry: Entry, paths: Sequence[str], *, options: ScanOptions, known: Catalog
) -> tuple[tuple[Evidence, ...], tuple[Origin, ...]]:
    """The evidence of ``entry`` that is in ``paths``, in its order, and the places that are not, or cannot be read again.

    Of several records in one place, those that explain the entry are given. Raises :class:`~shadowai.errors.UsageError` for a path that
    does not exist.
    """
    names = Names(known)
    wanted = {(origin.path, origin.position): origin for origin in entry.evidence if origin.unit != "object"}
    found: dict[Origin, list[Evidence]] = {}
    for one in _found(paths, frozenset(wanted), options):
        found.setdefault(wanted[one.origin.path, one.origin.position], []).append(one)
    chosen = [_telling(found.get(origin, ()), entry, names) for origin in entry.evidence]
    shown = tuple(one for several in chosen for one in several)
    return shown, tuple(origin for origin, several in zip(entry.evidence, chosen, strict=True) if not several)


def _telling(several: Sequence[Evidence], entry: Entry, names: Names) -> Sequence[Evidence]:
    """Those that explain the entry; all, where none does by itself (it was counted with another record of its connection)."""
    own = [one for one in several if _explains(one.record, entry, names)]
    return (own or several)[:AT_ONE_PLACE]


def _explains(record: Record, entry: Entry, names: Names) -> bool:
    who = (record.user, record.device, record.client_ip)
    theirs = entry.actor is None or all(a is None or a == b for a, b in zip(entry.actor, who, strict=True))
    return theirs and any(match.signature == entry.service_id for match in sightings.matches_of(record, names))


def _found(
    paths: Sequence[str], wanted: frozenset[tuple[str, int | str | None]], options: ScanOptions
) -> Iterator[Evidence]:
    """What stands at the wanted places, in input order; a source that cannot be read has nothing there."""
    for source in container.expand(paths):
        if isinstance(source, Gap) or not any(path.startswith(source.path) for path, _ in wanted):
            continue
        try:
            with container.opened(source) as stream:
                for content in container.contents(source, stream):
                    if isinstance(content, container.Content):
                        places = frozenset(place for path, place in wanted if path == content.path)
                        yield from _in_content(content, places, options) if places else ()
        except SourceError:
            continue


def _in_content(
    content: container.Content, places: frozenset[int | str | None], options: ScanOptions
) -> Iterator[Evidence]:
    if content.capture:
        for record in inputs.capture(content, options.settings, options.secret, None).records():
            if isinstance(record, Record) and record.line in places:
                yield Evidence(Origin(content.path, record.line, "frame"), record)
        return
    log = inputs.log_file(content, options.settings, options.forced(), options.zone())
    last = max(place for place in places if isinstance(place, int))
    for row in log.rows():
        if row.line in places:
            yield Evidence(Origin(content.path, row.line), log.record(row), row.text)
        if row.line > last:
            return
