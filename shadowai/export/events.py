"""Rows of an inventory as events, for the formats whose receivers know events alone (OCSF, ECS, CEF, SARIF)."""

from __future__ import annotations

import ipaddress
from typing import Final, Literal, NamedTuple

from shadowai.export.ascii_json import Json
from shadowai.export.columns import columns
from shadowai.export.times import as_iso
from shadowai.model import Entry, Report
from shadowai.normalize import host, printable

LEVELS: Final = ("low", "medium", "high", "critical")
"""The levels of risk, the lowest first."""


class Common(NamedTuple):
    """What the rows of a report have in common: whose they are, and the latest time in them (µs since the epoch; 0: none has one)."""

    by: Literal["service", "user"]
    latest: int

    @classmethod
    def of(cls, report: Report) -> Common:
        """Of a report; looks at each of its rows."""
        times = (time for entry in report.entries if (time := _sane(entry.last_seen)) is not None)
        return cls(report.by, max(times, default=0))


def moment(entry: Entry, common: Common) -> int:
    """The time of a row, in milliseconds since the epoch: when it was seen last, else first, else the latest time in the report; 0
    where nothing in it has a time. Receivers insist on one, and that of the export would differ from run to run."""
    known = (_sane(entry.last_seen), _sane(entry.first_seen), common.latest)
    return next(time for time in known if time is not None) // 1000


def milliseconds(micros: int | None) -> int | None:
    """A time for receivers that count milliseconds; ``None`` for what is no time."""
    time = _sane(micros)
    return None if time is None else time // 1000


def message(entry: Entry) -> str:
    """The row in one line: ``ChatGPT (OpenAI): prohibited, bulk, 2 users, 1200 events, 3 blocked``; what is no proof of use says so."""
    who = entry.actor
    person = next((part for part in (who.user, who.device, who.address) if part), "") if who else ""
    users = _counted(entry.users, "user") if who is None else person
    vendor = f" ({entry.vendor})" if entry.vendor else ""
    proof = "" if entry.confidence == "confirmed" else f"{entry.confidence}, no proof of use"
    usage = entry.usage.value if entry.usage else "no use let through"
    events = _counted(entry.events, "event")
    parts = (entry.verdict.value, proof, usage, users, events, f"{entry.blocked} blocked")
    return printable(f"{entry.service}{vendor}: {', '.join(part for part in parts if part)}")


def _counted(count: int, one: str) -> str:
    return f"{count} {one}{'s' * (count != 1)}"


def ip(text: str | None) -> str:
    """``text`` where it is an address, else empty: logs have names and masked addresses in its place, which typed fields refuse."""
    try:
        return str(ipaddress.ip_address(text or ""))
    except ValueError:
        return ""


def hosts(entry: Entry) -> tuple[str, ...]:
    """Those of the row's names that are hosts in canonical form."""
    return tuple(name for name in entry.names if host(name) == name and not ip(name))


def row(entry: Entry, by: Literal["service", "user"]) -> dict[str, Json]:
    """All columns of the row by their own names: lists as lists, times as ISO 8601."""
    found: dict[str, Json] = {}
    for column in columns(by):
        value = column.value(entry)
        if column.kind == "time" and not isinstance(value, str | tuple):
            value = as_iso(value)
        found[column.name] = list(value) if isinstance(value, tuple) else value
    return found


def _sane(micros: int | None) -> int | None:
    """The time, where it is one that can be written down."""
    return micros if as_iso(micros) and micros is not None and micros >= 0 else None
