"""The columns of the inventory: one list that every exporter goes by (docs/inventory.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from shadowai.model import Actor, Entry

Value = str | int | None | tuple[str, ...]
Kind = Literal["text", "number", "time", "list"]


class Column(NamedTuple):
    """A column: its name, what its values are, and how to get one from an entry.

    ``text`` is ``str`` (empty: unknown), ``number`` and ``time`` (microseconds since the epoch) are ``int`` or
    ``None`` (unknown), ``list`` is a tuple of ``str``.
    """

    name: str
    kind: Kind
    value: Callable[[Entry], Value]


_WHO = (
    Column("user", "text", lambda entry: _actor(entry).user or ""),
    Column("device", "text", lambda entry: _actor(entry).device or ""),
    Column("address", "text", lambda entry: _actor(entry).address or ""),
)
_SERVICE = (
    Column("asset_id", "text", lambda entry: entry.asset_id),
    Column("service_id", "text", lambda entry: entry.service_id),
    Column("service", "text", lambda entry: entry.service),
    Column("vendor", "text", lambda entry: entry.vendor),
)
_FINDING = (
    Column("category", "text", lambda entry: entry.category),
    Column("verdict", "text", lambda entry: entry.verdict.value),
    Column("risk", "number", lambda entry: entry.risk),
    Column("risk_level", "text", lambda entry: entry.risk_level),
    Column("confidence", "text", lambda entry: entry.confidence),
    Column("usage", "text", lambda entry: entry.usage.value if entry.usage else ""),
    Column("users", "number", lambda entry: entry.users),
    Column("devices", "number", lambda entry: entry.devices),
    Column("events", "number", lambda entry: entry.events),
    Column("blocked", "number", lambda entry: entry.blocked),
    Column("bytes_up", "number", lambda entry: entry.bytes_up),
    Column("bytes_down", "number", lambda entry: entry.bytes_down),
    Column("first_seen", "time", lambda entry: entry.first_seen),
    Column("last_seen", "time", lambda entry: entry.last_seen),
    Column("active_days", "number", lambda entry: entry.active_days),
    Column("sources", "list", lambda entry: entry.sources),
    Column("names", "list", lambda entry: entry.names),
    Column("scopes", "list", lambda entry: entry.scopes),
    Column("evidence", "list", lambda entry: tuple(str(origin) for origin in entry.evidence)),
)


def columns(by: Literal["service", "user"]) -> tuple[Column, ...]:
    """The columns of a report by service or by user, in their stable order."""
    return (*_SERVICE, *(_WHO if by == "user" else ()), *_FINDING)


def _actor(entry: Entry) -> Actor:
    return entry.actor or Actor()
