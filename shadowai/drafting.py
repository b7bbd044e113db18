"""Drafts a signature file from the evidence for a candidate, for a person to complete: only what was seen, nothing guessed.

It passes the schema as it stands. Its status is ``experimental`` and its host ``weak``: it opens an unconfirmed finding until somebody has
looked the service up, filled in who it is and made the host strong.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shadowai import candidates, normalize
from shadowai.catalog import LOCAL
from shadowai.errors import UsageError
from shadowai.model import Origin

MOST = 256 << 20
"""Bytes of the largest report that is read."""
UNKNOWN = "unknown (who runs the host?)"
"""What stands for the vendor."""

_EVIDENCE = re.compile(r"[a-z_]{1,32}(?::[a-z0-9-]{1,32})?")
_PLACES = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a report says of a candidate: the classes of its evidence, and where it was met."""

    words: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


def evidence_in(report: Path, host: str) -> Evidence:
    """The evidence for ``host`` in a report of ``--format json``; raises :class:`~shadowai.errors.UsageError` where there is none."""
    origin = Origin(str(report))
    try:
        with report.open("rb") as stream:
            found = json.loads(stream.read(MOST))
    except (OSError, ValueError, RecursionError) as wrong:
        raise UsageError("is no report", origin=origin, remedy="write one with `scan --format json`") from wrong
    rows = found.get("candidates") if isinstance(found, dict) else None
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("name") == host:
            words = tuple(word for word in _texts(row, "evidence") if _EVIDENCE.fullmatch(word))
            return Evidence(words, _texts(row, "origins")[:_PLACES])
    raise UsageError(f"has no candidate {host}", origin=origin, remedy="`candidates` in the report lists them")


def draft(text: str, found: Evidence | None = None, *, today: datetime.date) -> str:
    """The YAML of a signature for the host in ``text``; without evidence of a report, what its name says is all there is.

    Raises :class:`~shadowai.errors.UsageError` where ``text`` is no host name.
    """
    host = normalize.host(text)
    if host is None or "." not in host or host[-1].isdigit() or ":" in host or len(host) > 200:
        raise UsageError(f"{text!r} is no host name", remedy="a signature begins with a host; addresses change hands")
    told = found or Evidence(candidates.evidence_of_name(host))
    shapes = [word.partition(":")[2] for word in told.words if word.startswith("api_path:")]
    return "\n".join((*_head(host, told), *_body(host, shapes, today.isoformat()), *_tests(host))) + "\n"


def _head(host: str, told: Evidence) -> tuple[str, ...]:
    return (
        f"# Begun from what was met of {host}. Complete name, vendor, category and references, then make the host strong.",
        f"# Evidence: {', '.join(told.words) or 'none yet'}",
        *(f"# Met at: {normalize.printable(place)[:200]}" for place in told.places),
        "schema: 1",
    )


def _body(host: str, shapes: list[str], today: str) -> tuple[str, ...]:
    category, role = ("model-api", "api") if shapes else ("assistant", "ui")
    spoken = f" It was seen to have paths of the shape of {', '.join(shapes)}." if shapes else ""
    return (
        f"id: {identifier(host)}",
        f"name: {_quoted(host[:80])}",
        f"vendor: {{name: {_quoted(UNKNOWN)}}}",
        f"category: {category}",
        f"description: {_quoted(f'What {host} is has to be found out.{spoken}')}",
        "status: experimental",
        f"first_published: {today}",
        f"updated: {today}",
        "references:",
        f"  - {{url: {_quoted(f'https://{host}/')}, kind: measured, checked_on: {today}}}",
        "indicators:",
        f"  - {{kind: host, match: suffix, value: {_quoted(host)}, strength: weak, role: {role}}}",
    )


def _tests(host: str) -> tuple[str, ...]:
    return (
        "tests:",
        "  match:",
        f"    - {{host: {_quoted(host)}, expect_strength: weak}}",
        f"    - {{host: {_quoted(f'eu.{host}')}, expect_strength: weak}}",
        "  no_match:",
        f"    - {{host: {_quoted(f'not{host}')}, why: no dot boundary before the name}}",
        f"    - {{host: {_quoted(f'{host}.login.example')}, why: the name is only the beginning of another domain}}",
    )


def identifier(host: str) -> str:
    """The id for a host: ``local-chat-acme-example`` for ``chat.acme.example``; it is also the file's name."""
    return LOCAL + re.sub(r"[^a-z0-9]+", "-", host).strip("-")[: 64 - len(LOCAL)].strip("-")


def _quoted(text: str) -> str:
    """Text as a YAML scalar in double quotes, which JSON's are, too."""
    return json.dumps(text)


def _texts(row: Mapping[str, object], key: str) -> tuple[str, ...]:
    values = row.get(key)
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()
