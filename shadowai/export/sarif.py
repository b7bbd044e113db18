"""What needs somebody's attention as SARIF 2.1.0 (OASIS), for continuous integration: a result for each row that is not settled.

A breach of the policy is an error. A forbidden service whose use is not proven, or only audited, is a note, and what nobody has decided
yet is open to review: neither fails a build. Settled rows are no results. What could not be looked at is a notification of the invocation.
"""

from __future__ import annotations

from typing import BinaryIO, Final
from urllib.parse import quote

from shadowai import __version__
from shadowai.export.ascii_json import Json, dump, known
from shadowai.export.events import message
from shadowai.export.relates import techniques
from shadowai.model import FORBIDDEN, UNDECIDED, Entry, Gap, Origin, Report, Verdict
from shadowai.normalize import printable

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_RULES: Final = {
    Verdict.PROHIBITED: "The policy prohibits this AI service",
    Verdict.UNSANCTIONED: "This AI service is not approved",
    Verdict.UNREVIEWED: "Nobody has reviewed this AI service",
    Verdict.IN_REVIEW: "This AI service is being reviewed",
}
_IDS: Final = [verdict.value for verdict in _RULES]


def write(report: Report, stream: BinaryIO) -> None:
    """Write one run."""
    entries = [entry for entry in report.entries if entry.verdict in FORBIDDEN | UNDECIDED]
    run: dict[str, Json] = {
        "tool": {"driver": _driver()},
        "invocations": [_invocation(report)],
        "results": [_result(entry) for entry in entries],
        "properties": known({"signatures": report.signatures, "by": report.by}),
    }
    log: dict[str, Json] = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    stream.write(f"{dump(log, indent=1)}\n".encode("ascii"))


def _driver() -> dict[str, Json]:
    rules: list[Json] = [
        {"id": verdict.value, "shortDescription": {"text": text}, "defaultConfiguration": {"level": _level(verdict)}}
        for verdict, text in _RULES.items()
    ]
    return {"name": "shadowai", "semanticVersion": __version__, "rules": rules}


def _level(verdict: Verdict) -> str:
    return "error" if verdict in FORBIDDEN else "none"


def _invocation(report: Report) -> dict[str, Json]:
    return {
        "executionSuccessful": report.complete,
        "toolExecutionNotifications": [_notification(gap) for gap in report.gaps],
    }


def _notification(gap: Gap) -> dict[str, Json]:
    text = printable(f"{gap.origin}: {gap.reason} ({gap.count})")
    return {"level": "warning", "message": {"text": text}, "locations": [_location(gap.origin)]}


def _result(entry: Entry) -> dict[str, Json]:
    kind, level = ("fail", "error" if entry.is_breach else "note") if entry.verdict in FORBIDDEN else ("review", "none")
    reason = printable(f" The policy says: {entry.verdict_reason}") if entry.verdict_reason else ""
    return known(
        {
            "ruleId": entry.verdict.value,
            "ruleIndex": _IDS.index(entry.verdict.value),
            "kind": kind,
            "level": level,
            "message": {"text": f"{message(entry)}.{reason}"},
            "locations": [_location(origin) for origin in entry.evidence],
            "partialFingerprints": {"assetId/v1": printable(entry.asset_id)},
            "rank": None if entry.risk is None else min(max(entry.risk, 0), 100),
            "properties": _properties(entry),
        }
    )


def _properties(entry: Entry) -> dict[str, Json]:
    related = [f"{one.framework} {one.id} {one.name}" for one in techniques(entry)]
    return known({"confidence": entry.confidence, "names": list(entry.names), "relates_to": related})


def _location(origin: Origin) -> dict[str, Json]:
    """A place in a file, or of an object in a tenant. Frames of a capture are no lines, so they are named and not numbered."""
    named: dict[str, Json] = {"logicalLocations": [{"fullyQualifiedName": printable(str(origin))}]}
    if origin.unit == "object":
        return named
    path = origin.path.encode("utf-8", "surrogatepass")
    place: dict[str, Json] = {"artifactLocation": {"uri": quote(path, safe="/")}}
    if origin.unit == "line" and isinstance(origin.position, int) and origin.position > 0:
        place["region"] = {"startLine": origin.position}
    return named | {"physicalLocation": place}
