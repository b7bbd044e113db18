"""The inventory as the story tells it: sums over its events, without a log reader and without the program's own fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

from tests.samples import capture
from tests.samples.story import Event, Who

LOOKUPS = frozenset({"ms_dns", "umbrella", "bind", "route53", "span_dns"})
"""Logs of names that were asked for."""
SIZES = {
    "zscaler": (True, True), "fortigate": (True, True), "partner": (True, True), "gateway": (True, True),
    "panos_traffic": (True, True), "squid": (False, True), "span": (True, True),
}  # fmt: skip
"""Logs that tell how much went up, and how much came down; all others tell neither."""


Key = TypeVar("Key")


class Actor(NamedTuple):
    """Who, as the inventory has it; each part empty where the log does not say."""

    user: str
    device: str
    address: str


SPELLED: dict[str, Callable[[Who], Actor]] = {
    "squid": lambda who: Actor(f"example\\{who.login}", "", who.address),
    "ms_dns": lambda who: Actor("", "", who.address),
    "zscaler": lambda who: Actor(f"{who.login}@example.com", who.device.lower(), who.address),
    "fortigate": lambda who: Actor(who.login.lower(), who.device.lower(), who.address),
    "panos": lambda who: Actor(f"example\\{who.login}", "", who.address),
    "panos_traffic": lambda who: Actor(f"example\\{who.login}", "", who.address),
    "defender": lambda who: Actor(f"{who.login}@example.com", f"{who.device.lower()}.example.com", who.address),
    "cloudflare": lambda who: Actor(f"{who.login}@example.com", who.device.lower(), who.address),
    "umbrella": lambda who: Actor(f"{who.login}@example.com", "", who.address),
    "bind": lambda who: Actor("", "", who.address),
    "route53": lambda who: Actor("", who.device, who.address),
    "zeek": lambda who: Actor("", "", who.address),
    "suricata": lambda who: Actor("", "", who.address),
    "partner": lambda who: Actor(who.login, "", who.address),
    "gateway": lambda who: Actor(f"example\\{who.login}", who.device, who.address),
    "span": lambda who: Actor("", "", who.address),
    "span_dns": lambda who: Actor("", "", who.address),
}
"""How each log names a person or machine."""


@dataclass(slots=True)
class Expected:
    """One row. Sizes are ``None`` where no log that counts tells them; times are seconds since the epoch."""

    confidence: str
    lookup: bool
    events: int = 0
    blocked: int = 0
    bytes_up: int | None = None
    bytes_down: int | None = None
    first: int = 1 << 40
    last: int = 0
    days: set[str] = field(default_factory=set)
    users: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


def by_service(events: Iterable[Event]) -> dict[str, Expected]:
    """Service id to its row."""
    return _rows(events, lambda event: event.service)


def by_user(events: Iterable[Event]) -> dict[tuple[str, Actor], Expected]:
    """Service id and actor to their row."""
    return _rows(events, lambda event: (event.service, SPELLED[event.log](event.who)))


def _rows(events: Iterable[Event], key_of: Callable[[Event], Key]) -> dict[Key, Expected]:
    groups: dict[Key, list[Event]] = {}
    for event in events:
        if event.service:
            groups.setdefault(key_of(event), []).append(event)
    return {key: _row(group) for key, group in groups.items()}


def _row(events: list[Event]) -> Expected:
    """What identifies the service is counted and nothing else; connections before look-ups; what was let through."""
    sure = [event for event in events if not event.weak]
    counted = sure or events
    passed = [event for event in counted if not event.blocked]
    used = [event for event in passed if event.log not in LOOKUPS]
    lookup = bool(passed) and not used
    row = Expected("confirmed" if sure else "unconfirmed", lookup, names={event.host for event in events})
    for event in counted:
        row.blocked += event.blocked
        row.first, row.last = min(row.first, event.time), max(row.last, event.time)
    for event in used or passed:
        row.events += 1
        row.days.add(datetime.fromtimestamp(event.time, UTC).date().isoformat())
        up, down = SIZES.get(event.log, (False, False))
        sent, received = capture.sizes(event) if event.log == "span" else (event.up, event.down)
        row.bytes_up = (row.bytes_up or 0) + sent if up else row.bytes_up
        row.bytes_down = (row.bytes_down or 0) + received if down else row.bytes_down
    row.addresses = {event.who.address for event in used or passed or counted}
    row.users = {SPELLED[event.log](event.who).user for event in used or passed or counted} - {""}
    return row
