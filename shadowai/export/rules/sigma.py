"""Sigma rules (https://github.com/SigmaHQ/sigma-specification, version 2), one for DNS and one for proxy logs of each service.

Several documents in one file. Scalars are written as JSON strings, which YAML 1.2 has as its own.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from shadowai.export.relates import LEAKAGE, WEB_SERVICE
from shadowai.export.rules.claims import Claims, Pattern
from shadowai.normalize import printable


class Source(NamedTuple):
    """A category of logs, its field of host names, and what a record of it is."""

    category: str
    field: str
    what: str


SOURCES: Final = (Source("dns", "query", "DNS query for"), Source("proxy", "cs-host", "Request to"))
_LONGEST: Final = 60


def render(claims: Sequence[Claims]) -> str:
    """The rules of all services, as one text."""
    return "".join(_rule(claimed, source) for claimed in claims for source in SOURCES)


def _rule(claimed: Claims, source: Source) -> str:
    service = claimed.service
    parts = dict(_parts(claimed, source.field))
    condition = " or ".join(
        f"({name} and not {name.replace('part', 'but')})" if name.startswith("part") else name
        for name in parts
        if not name.startswith("but")
    )
    lines = [
        "---",
        f"title: {_text(f'{source.what} {service.name[:_LONGEST]} ({service.vendor[:_LONGEST]})')}",
        f"id: {uuid.uuid5(uuid.NAMESPACE_URL, f'shadowai:{service.id}:{source.category}')}",
        "status: experimental",
        f"description: {_text(f'Use of an AI service, {service.id}. Use is no attack; the references are what it relates to.')}",
        "references:",
        *(f"  - {one.url}" for one in (WEB_SERVICE, LEAKAGE)),
        "author: shadowai",
        "logsource:",
        f"  category: {source.category}",
        "detection:",
        *(f"  {name}:\n{body}" for name, body in parts.items()),
        f"  condition: {condition}",
        "falsepositives:",
        "  - Approved use",
        "level: informational",
    ]
    return "".join(f"{line}\n" for line in lines)


def _parts(claimed: Claims, field: str) -> Iterator[tuple[str, str]]:
    """The selections by name: whole patterns together, and each suffix with something taken out beside what that is."""
    whole = [one.pattern for one in claimed.sure if not one.but]
    if whole:
        yield "selection", _any(whole, field)
    for number, one in enumerate((one for one in claimed.sure if one.but), 1):
        yield f"part_{number}", _any([one.pattern], field)
        yield f"but_{number}", _any(one.but, field)


def _any(patterns: Iterable[Pattern], field: str) -> str:
    """One list of which any item may hold."""
    several = list(patterns)
    exact = [pattern.value for pattern in several if pattern.how != "glob"]
    below = [f".{pattern.value}" for pattern in several if pattern.how == "suffix"]
    globs = [pattern.regex for pattern in several if pattern.how == "glob"]
    keys = ((field, exact), (f"{field}|endswith", below), (f"{field}|re|i", globs))
    return "\n".join(
        f"    - {key}:\n" + "\n".join(f"        - {_text(value)}" for value in values) for key, values in keys if values
    )


def _text(value: str) -> str:
    return json.dumps(printable(value), ensure_ascii=False)
