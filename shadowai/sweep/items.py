"""Items as rows of the working store and back; what belongs to one thing becomes one thing."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

from shadowai.tenant import EVERYONE, Activity, App, Event, Grant, Item, Person, Removed

KINDS: dict[str, type[Any]] = {
    "app": App,
    "grant": Grant,
    "person": Person,
    "event": Event,
    "activity": Activity,
    "removed": Removed,
}
"""The classes of items by the name that their rows have."""
_DUMP = json.JSONEncoder(separators=(",", ":")).encode
_NAMES = {made: name for name, made in KINDS.items()}
_FIELDS = {made: tuple(field.name for field in fields(made)) for made in KINDS.values()}
_VALUES = {made: attrgetter(*names) for made, names in _FIELDS.items()}
SHAPE = zlib.crc32(json.dumps([[name, _FIELDS[made]] for name, made in KINDS.items()]).encode()) & 0x7FFF_FFFF
"""Changes when a field of an item does: rows hold the fields' values in order, without their names."""


def kind(item: Item) -> str:
    """The name of the item's class in :data:`KINDS`."""
    return _NAMES[type(item)]


def key(item: Item) -> str:
    """What tells the item from others of its kind: its id; of activity, whose and when, so that windows add up."""
    if isinstance(item, Activity):
        return json.dumps([item.app, item.principal, item.first, item.last])
    return f"{item.kind}/{item.what}" if isinstance(item, Removed) else item.id


def other_key(item: Item) -> str | None:
    """The name that a tenant itself has for an app."""
    return item.object_id if isinstance(item, App) else None


def person(item: Item) -> str | None:
    """The person that the item names, where it names one."""
    found = item.principal if isinstance(item, Grant | Event | Activity) else None
    return None if found == EVERYONE else found


def encode(item: Item) -> str:
    """The values of the item's fields, as JSON."""
    return _DUMP(_VALUES[type(item)](item))


def decode(name: str, text: str) -> Any:
    """The item of that kind."""
    return KINDS[name](*[tuple(value) if type(value) is list else value for value in json.loads(text)])


def merged(items: Iterable[tuple[Any, bool]]) -> Any:
    """One thing that several tasks have met: of each field the first that is known, of lists all that is in any. What is ``old``
    (the second of a pair) only fills in what nobody knows now: a scope that was withdrawn must not come back. What a tenant's own list of
    users says of a person goes before what a log said of them, such as the address that they had then."""
    several = iter(sorted(items, key=lambda pair: (pair[1], isinstance(pair[0], Person) and pair[0].enabled is None)))
    first, _ = next(several)
    for other, old in several:
        first = replace(first, **_additions(first, other, old))
    return first


def _additions(first: Any, other: Any, old: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _FIELDS[type(first)]:
        here, there = getattr(first, name), getattr(other, name)
        if here == there or there is None:
            continue
        if isinstance(here, tuple) and not (here and old):
            found[name] = (*here, *(value for value in there if value not in here))
        elif here is None or here == "" or (here is False and there is True and not old):
            found[name] = there
    return found
