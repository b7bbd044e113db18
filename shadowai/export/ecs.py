"""The inventory as Elastic Common Schema documents (https://www.elastic.co/guide/en/ecs/8.17/), one JSON object a line.

What the schema has no field for is under ``shadowai``, by the names of the inventory's columns.
"""

from __future__ import annotations

from typing import BinaryIO, Final

from shadowai import __version__
from shadowai.export.ascii_json import Json, dump, known
from shadowai.export.events import Common, hosts, ip, message, moment, row
from shadowai.export.relates import techniques
from shadowai.export.times import as_iso
from shadowai.model import Actor, Entry, Report

VERSION: Final = "8.17.0"


def write(report: Report, stream: BinaryIO) -> None:
    """Write one document for each row."""
    common = Common.of(report)
    for entry in report.entries:
        stream.write(f"{dump(_document(entry, common))}\n".encode("ascii"))


def _document(entry: Entry, common: Common) -> dict[str, Json]:
    actor, names = entry.actor or Actor(), hosts(entry)
    address = ip(actor.address)
    return known(
        {
            "@timestamp": as_iso(moment(entry, common) * 1000),
            "ecs": {"version": VERSION},
            "message": message(entry),
            "event": _event(entry),
            "observer": {"vendor": "shadowai", "product": "shadowai", "version": __version__},
            "rule": known({"id": entry.service_id, "name": entry.service, "category": entry.category}),
            "user": known({"name": actor.user}),
            "host": known({"name": actor.device}),
            "source": known({"address": actor.address, "ip": address, "bytes": entry.bytes_up}),
            "destination": known({"domain": names[0] if names else None, "bytes": entry.bytes_down}),
            "related": known(
                {
                    "hosts": list(names),
                    "user": [actor.user] if actor.user else [],
                    "ip": [address] if address else [],
                }
            ),
            "shadowai": _own(entry, common),
        }
    )


def _event(entry: Entry) -> dict[str, Json]:
    return known(
        {
            "id": entry.asset_id,
            "kind": "alert" if entry.is_breach else "state",
            "category": ["network", "iam"] if entry.scopes else ["network"],
            "type": ["info"],
            "action": "ai-service-inventoried",
            "module": "shadowai",
            "dataset": "shadowai.inventory",
            "provider": "shadowai",
            "start": as_iso(entry.first_seen),
            "end": as_iso(entry.last_seen),
            "risk_score": entry.risk,
            "reason": entry.verdict_reason,
        }
    )


def _own(entry: Entry, common: Common) -> dict[str, Json]:
    related = [f"{one.framework} {one.id} {one.name}" for one in techniques(entry)]
    return known(row(entry, common.by) | {"relates_to": related})
