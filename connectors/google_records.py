"""Records of Google's audit logs as items: who let which app do what, and what was used. Pure.

Source: https://developers.google.com/workspace/admin/reports/v1/appendix/activity/token and the Activity of the Reports API's
discovery document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from shadowai.tenant import Activity, App, Event, Grant, Item, Missed, Person, Trouble
from shadowai_connectors.rest import Row, inside, micros, text, texts

PLATFORM = "google"
NOBODY = "105250506097979753968"
"""The profile id that stands for none in Google's audit logs."""

Parameters = Mapping[str, Any]


class Actor(NamedTuple):
    """Who did it: ``id`` is the profile's number where it is known, else the address."""

    id: str | None
    address: str | None


class Record(NamedTuple):
    """One event of an activity: ``id`` is the log's own, ``app`` the client that it speaks of."""

    id: str
    time: int
    actor: Actor
    name: str
    parameters: Parameters
    row: Row


@dataclass(slots=True)
class Known:
    """What has been said already, so that a million events do not name the same app a million times."""

    said: set[Item] = field(default_factory=set)

    def new(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items that have not been said."""
        for item in items:
            if item not in self.said:
                self.said.add(item)
                yield item


def records(rows: Iterable[Row], name: str | None = None) -> tuple[list[Record], int]:
    """The events of a page, those called ``name`` where one is asked for, and how many activities could not be understood."""
    found: list[Record] = []
    broken = 0
    for row in rows:
        time = micros(inside(row, "id").get("time"))
        events = row.get("events")
        if time is None or not isinstance(events, list) or not all(isinstance(event, Mapping) for event in events):
            broken += 1
            continue
        # A time and a number tell activities apart; one activity may hold several events.
        unique = f"{time}/{text(inside(row, 'id').get('uniqueQualifier')) or _digest(repr(row))}"
        for place, event in enumerate(events):
            called = text(event.get("name")) or ""
            if name is None or called == name:
                found.append(Record(f"{unique}/{place}", time, actor(row), called, _parameters(event), row))
    return found, broken


def actor(row: Row) -> Actor:
    """Who did it. A robot's key and the profile that stands for none are nobody."""
    said = inside(row, "actor")
    profile, address = text(said.get("profileId")), text(said.get("email"))
    address = address.lower() if address and "@" in address else None
    return Actor(profile if profile and profile != NOBODY else address, address)


def person(tenant: str, who: Actor) -> Iterator[Person]:
    """The person, where there is one with an address."""
    if who.id is not None and who.address is not None:
        yield Person(PLATFORM, tenant, who.id, who.address)


def consented(tenant: str, found: Iterable[Record], what: Literal["granted", "revoked"]) -> tuple[list[Item], int]:
    """Apps, people, events and (of ``granted``) grants, oldest first, and how many records name no app."""
    items: list[Item] = []
    known = Known()
    broken = 0
    grants: dict[str, Grant] = {}
    for record in sorted(found, key=lambda record: record.time):
        made = app(tenant, record.parameters)
        if made is None:
            broken += 1
            continue
        scopes = _scopes(record.parameters)
        items += known.new([made, *person(tenant, record.actor)])
        items.append(Event(PLATFORM, tenant, record.id, made.id, what, record.time, record.actor.id, scopes))
        if what == "granted":
            one = delegated(tenant, made.id, record.actor.id, scopes, record.time)
            grants[one.id] = one
    return [*items, *grants.values()], broken


def delegated(tenant: str, app: str, principal: str | None, scopes: tuple[str, ...], time: int | None = None) -> Grant:
    """What a person has let an app do. Its id is made of all three: what was asked for later is a grant of its own, and the same
    grant met in the log and in the list of tokens is one."""
    ordered = tuple(sorted(set(scopes)))
    unique = f"{app}/{principal or '-'}/{_digest(' '.join(ordered))}"
    made = Grant(PLATFORM, tenant, unique, app, "delegated", principal, ordered)
    return made if time is None else replace(made, granted=time, date_source="audit_log")


def app(tenant: str, parameters: Parameters) -> App | None:
    """The app that an event of the token log speaks of: the client id whole, for its beginning is the number of the project that
    owns it. An app that is not registered has a name alone."""
    client, name = text(parameters.get("client_id")), text(parameters.get("app_name"))
    if client is None and name is None:
        return None
    kind = text(parameters.get("client_type"))
    tags = (kind.lower(),) if kind and kind != "TYPE_UNSPECIFIED" else ()
    return App(PLATFORM, tenant, client or str(name), name or str(client), tags=tags)


def used(tenant: str, found: Iterable[Record], of: App | None = None) -> list[Item]:
    """Activity by app and person, summed over a page: of the app ``of``, or of that which each record names; of the AI agents and of
    the third-party apps that acted, too. Bytes are those that were read (``num_response_bytes``)."""
    sums: dict[tuple[str, str | None], list[int]] = {}
    known = Known()
    items: list[Item] = []
    for record in found:
        made = of or app(tenant, record.parameters)
        actors = [one for one in (made, *acting(tenant, record.row)) if one is not None]
        items += known.new([*actors, *person(tenant, record.actor)])
        size = _number(record.parameters.get("num_response_bytes"))
        for place, unique in enumerate(dict.fromkeys(one.id for one in actors)):
            _count(sums, (unique, record.actor.id), record.time, size if place == 0 else 0)
    return [*items, *(_activity(tenant, key, values) for key, values in sums.items())]


def acting(tenant: str, row: Row) -> Iterator[App]:
    """The AI agent and the third-party app that acted for the actor (``agentAttributionInfo``, ``applicationInfo``)."""
    agent = inside(row, "actor", "agentAttributionInfo")
    unique, name = text(agent.get("agentId")), text(agent.get("agentName"))
    if unique or name:
        owner = text(inside(agent, "agentOwner").get("email"))
        kind = text(agent.get("agentType"))
        tags = tuple(filter(None, (kind and kind.lower(), owner and f"owner:{owner.lower()}")))
        yield App(PLATFORM, tenant, unique or str(name), name or str(unique), kind="agent_identity", tags=tags)
    other = inside(row, "actor", "applicationInfo")
    client, name = text(other.get("oauthClientId")), text(other.get("applicationName"))
    if client:
        yield App(PLATFORM, tenant, client, name or client)


def unread(count: int) -> tuple[Missed, ...]:
    """What to say of records that could not be understood."""
    return (Missed(Trouble.UNEXPECTED, f"{count} records could not be understood"),) if count else ()


def _count(sums: dict[tuple[str, str | None], list[int]], key: tuple[str, str | None], time: int, size: int) -> None:
    values = sums.setdefault(key, [time, time, 0, 0])
    values[0], values[1] = min(values[0], time), max(values[1], time)
    values[2] += 1
    values[3] += size


def _activity(tenant: str, key: tuple[str, str | None], values: list[int]) -> Activity:
    first, last, events, size = values
    return Activity(PLATFORM, tenant, key[0], key[1], first, last, events, size or None)


def _parameters(event: Row) -> Parameters:
    """An event's parameters by name, each with whichever of its values is there."""
    found: dict[str, Any] = {}
    listed = event.get("parameters")
    for one in listed if isinstance(listed, list) else ():
        name = text(one.get("name")) if isinstance(one, Mapping) else None
        if name is not None:
            kinds = ("value", "multiValue", "intValue", "boolValue", "messageValue", "multiMessageValue")
            found[name] = next((one[kind] for kind in kinds if kind in one), None)
    return found


def _scopes(parameters: Parameters) -> tuple[str, ...]:
    """The scopes of an event: ``scope``, else the names in ``scope_data``."""
    said = parameters.get("scope")
    if isinstance(said, str):
        return tuple(said.split())
    if found := texts(said):
        return found
    data = parameters.get("scope_data")
    listed = data if isinstance(data, list) else []
    inner = [_parameters({"parameters": one.get("parameter")}) for one in listed if isinstance(one, Mapping)]
    return tuple(name for one in inner if (name := text(one.get("scope_name"))))


def _number(value: object) -> int:
    """A number of the log, which writes 64 bits as text; zero for none."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]
