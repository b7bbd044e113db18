"""The inventory as OCSF events (https://schema.ocsf.io/1.6.0), one JSON object a line.

Every row is a Cloud Resources Inventory Info (5023). A row that a person has decided about, or has yet to, is a Compliance Finding
(2003); one that breaches the policy a Detection Finding (2004) as well; and one with permissions an IAM Analysis Finding (2008).
"""

from __future__ import annotations

from typing import BinaryIO, Final

from shadowai import __version__
from shadowai.export.ascii_json import Json, dump, known
from shadowai.export.events import LEVELS, Common, hosts, ip, message, milliseconds, moment, row
from shadowai.export.relates import techniques
from shadowai.model import UNDECIDED, Actor, Entry, Report, Verdict

VERSION: Final = "1.6.0"
"""The first version of the schema with all four classes."""
INVENTORY, DETECTION, COMPLIANCE, IAM = 5023, 2004, 2003, 2008
COLLECT, CREATE = 2, 1
_MOST = (1 << 31) - 1
"""The largest ``integer_t``."""
_PASS, _WARNING, _FAIL = 1, 2, 3
_STATUS: Final = {
    Verdict.SANCTIONED: _PASS,
    Verdict.TOLERATED: _PASS,
    Verdict.RISK_ACCEPTED: _PASS,
    Verdict.UNSANCTIONED: _WARNING,
    Verdict.PROHIBITED: _WARNING,
}
"""``compliance.status_id`` of a decision; a breach is a failure, what nobody has decided is unknown (0)."""


def write(report: Report, stream: BinaryIO) -> None:
    """Write the events of each row, its inventory event first."""
    common = Common.of(report)
    for entry in report.entries:
        for event in _events(entry, common):
            stream.write(f"{dump(event)}\n".encode("ascii"))


def _events(entry: Entry, common: Common) -> list[dict[str, Json]]:
    found = [_inventory(entry, common)]
    if entry.verdict is Verdict.NOT_AI:
        return found
    found.append(
        _finding(COMPLIANCE, entry, common) | {"compliance": _compliance(entry), "resources": _resources(entry)}
    )
    if entry.is_breach:
        found.append(_finding(DETECTION, entry, common) | _detection(entry))
    if entry.scopes:
        found.append(_finding(IAM, entry, common) | _permissions(entry))
    return found


def _inventory(entry: Entry, common: Common) -> dict[str, Json]:
    return _base(INVENTORY, COLLECT, entry, common) | {"resources": _resources(entry)}


def _base(class_uid: int, activity: int, entry: Entry, common: Common) -> dict[str, Json]:
    return known(
        {
            "activity_id": activity,
            "category_uid": class_uid // 1000,
            "class_uid": class_uid,
            "type_uid": class_uid * 100 + activity,
            "time": moment(entry, common),
            "start_time": milliseconds(entry.first_seen),
            "end_time": milliseconds(entry.last_seen),
            "severity_id": _severity(entry),
            "message": message(entry),
            "count": entry.events if 0 < entry.events <= _MOST else None,
            "metadata": {
                "version": VERSION,
                "uid": f"{class_uid}-{entry.asset_id}",
                "product": {"name": "shadowai", "vendor_name": "shadowai", "version": __version__},
            },
            "unmapped": _unmapped(entry, common),
        }
    )


def _finding(class_uid: int, entry: Entry, common: Common) -> dict[str, Json]:
    about: dict[str, Json] = {
        "uid": entry.asset_id,
        "title": message(entry),
        "desc": entry.verdict_reason,
        "first_seen_time": milliseconds(entry.first_seen),
        "last_seen_time": milliseconds(entry.last_seen),
        "data_sources": list(entry.sources),
        "analytic": {"type_id": 1, "uid": entry.service_id, "name": entry.service},
    }
    sure: dict[str, Json] = {"confidence_id": 99, "confidence": entry.confidence, "finding_info": known(about)}
    return _base(class_uid, CREATE, entry, common) | sure


def _detection(entry: Entry) -> dict[str, Json]:
    actor = entry.actor or Actor()
    endpoint = known({"ip": ip(actor.address), "name": actor.device})
    seen: dict[str, Json] = {
        "data": {"names": list(entry.names), "places": [str(origin) for origin in entry.evidence]},
        "user": {"name": actor.user} if actor.user else None,
        "src_endpoint": endpoint,
    }
    found: dict[str, Json] = {
        "is_alert": True,
        "status_id": 1,
        "evidences": [known(seen)],
        "resources": _resources(entry),
    }
    return found | known({"risk_score": entry.risk, "risk_level": entry.risk_level})


def _compliance(entry: Entry) -> dict[str, Json]:
    status = _FAIL if entry.is_breach else _STATUS.get(entry.verdict, 0)
    open_ = "nobody has decided yet" if entry.verdict in UNDECIDED else ""
    unproven = "no use is proven" if status == _WARNING and not entry.is_use else ""
    detail = "; ".join(part for part in (entry.verdict_reason, open_, unproven) if part)
    control = f"AI service policy: {entry.verdict.value}"
    return known({"control": control, "status_id": status, "status_detail": detail, "standards": ["policy"]})


def _permissions(entry: Entry) -> dict[str, Json]:
    application = known({"uid": entry.service_id, "name": entry.service, "type": "AI service"})
    found: dict[str, Json] = {
        "applications": [application],
        "permission_analysis_results": [{"granted_privileges": list(entry.scopes)}],
    }
    if entry.actor and entry.actor.user:
        found["user"] = {"name": entry.actor.user}
    return found


def _resources(entry: Entry) -> list[Json]:
    resource: dict[str, Json] = {
        "uid": entry.asset_id,
        "name": entry.service,
        "type": "AI service",
        "labels": [part for part in (entry.category, entry.verdict.value) if part],
        "hostname": next(iter(hosts(entry)), None),
    }
    return [known(resource)]


def _severity(entry: Entry) -> int:
    """Low is 2; 0, unknown, where nobody has rated the row."""
    return LEVELS.index(entry.risk_level) + 2 if entry.risk_level in LEVELS else 0


def _unmapped(entry: Entry, common: Common) -> dict[str, Json]:
    related: list[Json] = [{"framework": one.framework, "id": one.id, "name": one.name} for one in techniques(entry)]
    return known(row(entry, common.by) | {"relates_to": related})
