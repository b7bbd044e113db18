"""The AI services as a CycloneDX 1.6 bill of materials (ECMA-424), in JSON: a service each, without the people who use it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import BinaryIO, Final

from shadowai import __version__
from shadowai.export.ascii_json import Json, dump, known
from shadowai.export.events import LEVELS, hosts
from shadowai.export.relates import techniques
from shadowai.model import SEVERITY, Entry, Report, Verdict

INSIDE: Final = "self-hosted"
"""The category of services that need not be beyond a boundary of trust."""


def write(report: Report, stream: BinaryIO) -> None:
    """Write the services that are AI. The serial number is made of the content: the same services have the same one."""
    services = [_service(several) for several in _by_service(report.entries)]
    body: dict[str, Json] = {
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "shadowai", "version": __version__}]},
            "properties": _properties((("signatures", report.signatures), ("complete", str(report.complete).lower()))),
        },
        "services": services,
        "compositions": [
            {
                "aggregate": "unknown" if report.complete else "incomplete",
                "assemblies": [str(service["bom-ref"]) for service in services],
            }
        ],
    }
    head: dict[str, Json] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, dump(body)).urn,
    }
    stream.write(f"{dump(head | body, indent=1)}\n".encode("ascii"))


def _by_service(entries: Iterable[Entry]) -> list[list[Entry]]:
    """The rows of each service that is AI; by user there are several."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.verdict is not Verdict.NOT_AI:
            found.setdefault(entry.service_id, []).append(entry)
    return list(found.values())


def _service(rows: list[Entry]) -> dict[str, Json]:
    """One service. Of the rows of several people it has the gravest verdict, the highest risk and the surest confidence, as a row by
    service has."""
    first = rows[0]
    risks = [LEVELS.index(row.risk_level) for row in rows if row.risk_level in LEVELS]
    usages = [row.usage for row in rows if row.usage is not None]
    names = dict.fromkeys(name for row in rows for name in hosts(row))
    scopes = dict.fromkeys(scope for row in rows for scope in row.scopes)
    related = dict.fromkeys(f"{one.framework} {one.id} {one.name}" for row in rows for one in techniques(row))
    pairs = (
        ("service_id", first.service_id),
        ("category", first.category),
        ("verdict", min((row.verdict for row in rows), key=SEVERITY.index).value),
        ("confidence", min(rows, key=lambda row: row.certainty).confidence),
        ("usage", max(usages, key=lambda usage: usage.rung).value if usages else ""),
        ("risk_level", LEVELS[max(risks)] if risks else ""),
        *(("scope", scope) for scope in scopes),
        *(("relates_to", one) for one in related),
    )
    return known(
        {
            "bom-ref": f"service:{first.service_id}",
            "provider": known({"name": first.vendor}),
            "name": first.service or first.service_id,
            "endpoints": [f"//{name}" for name in names],  # RFC 3986, section 4.2: the scheme is not known
            "x-trust-boundary": None if first.category == INSIDE else True,
            "properties": _properties(pairs),
        }
    )


def _properties(pairs: Iterable[tuple[str, str]]) -> list[Json]:
    """Properties of the namespace ``shadowai``, those without a value left out."""
    return [{"name": f"shadowai:{name}", "value": value} for name, value in pairs if value]
