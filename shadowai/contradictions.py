"""What the network and the tenants say of the same people that does not fit together: a grant without traffic, traffic without a grant.

Said only where both have looked at everything they were asked to look at: what nobody could see contradicts nothing. A contradiction
is a note, never a finding about a person: there are innocent reasons for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from shadowai.model import Entry, Note, Usage

LISTED: Final = 10
"""Services that one note names."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one kind of source saw: the rows by user of the services it has, and whether it could look at everything."""

    entries: tuple[Entry, ...]
    complete: bool


def contradictions(network: Look, tenants: Look) -> tuple[Note, ...]:
    """The notes of the joint inventory, in order of service ids; none where either could not look at everything, or saw no user.

    ``network`` has what proxies, firewalls and captures saw, ``tenants`` what was granted. Both must name people alike (an identities
    file joins them); unconfirmed and ambiguous rows contradict nothing.
    """
    used = _by_service(network.entries, _is_traffic)
    granted = _by_service(tenants.entries, _is_grant)
    if not (network.complete and tenants.complete and _people(used) and _people(granted)):
        return ()
    names = {entry.service_id: entry.service for entry in (*network.entries, *tenants.entries)}
    licensed = _by_service(tenants.entries, _is_known)
    seen = _by_service(network.entries, lambda entry: entry.events + entry.blocked > 0)
    quiet = _without_traffic(granted, seen, names)
    wide = {
        entry.service_id for entry in tenants.entries if _is_grant(entry) and not (entry.actor and entry.actor.user)
    }
    return (*quiet, *_without_grant(used, licensed, wide, names))


def _without_traffic(granted: dict[str, set[str]], seen: dict[str, set[str]], names: dict[str, str]) -> Iterator[Note]:
    for service in sorted(granted):
        silent = granted[service] - seen.get(service, set())
        if silent:
            text = (
                f"{len(silent)} with a grant of {names[service]} have no traffic to it in the logs: the grant is dormant, or is used "
                "from server to server or from elsewhere"
            )
            yield Note(None, "grant_without_traffic", text, len(silent), (service,))
        elif not granted[service] and service not in seen:
            text = f"{names[service]} has a grant in nobody's name and no traffic in the logs: it is used from server to server, or not"
            yield Note(None, "grant_without_traffic", text, services=(service,))


def _without_grant(
    used: dict[str, set[str]], known: dict[str, set[str]], wide: set[str], names: dict[str, str]
) -> Iterator[Note]:
    """``wide`` are services with a grant in nobody's name, which may be everybody's."""
    strangers: set[str] = set()
    unknown: list[str] = []
    for service in sorted(used):
        if service not in known:
            if used[service]:
                strangers |= used[service]
                unknown.append(service)
            continue
        private = set() if service in wide else used[service] - known[service]
        if private:
            text = f"{len(private)} use {names[service]} and have no grant or seat of it in the tenant: private accounts are likely"
            yield Note(None, "traffic_without_grant", text, len(private), (service,))
    if unknown:
        more = f" and {len(unknown) - LISTED} more" if len(unknown) > LISTED else ""
        listed = ", ".join(names[service] for service in unknown[:LISTED])
        text = f"{len(strangers)} use services of which the tenant knows no grant at all ({listed}{more}): private accounts, or none"
        yield Note(None, "traffic_without_grant", text, len(strangers), tuple(unknown))


def _is_traffic(entry: Entry) -> bool:
    """Whether somebody got through to the service; a look-up is no use, and a blocked attempt neither."""
    return (
        entry.confidence == "confirmed"
        and entry.usage is not None
        and entry.usage is not Usage.RESOLVED
        and entry.events > 0
    )


def _is_grant(entry: Entry) -> bool:
    return entry.confidence == "confirmed" and entry.usage in (Usage.INTEGRATED, Usage.AUTONOMOUS)


def _is_known(entry: Entry) -> bool:
    """Whether the tenant knows of the use: a grant, a seat, an assignment."""
    return entry.usage is not None or entry.blocked == 0


def _by_service(entries: Iterable[Entry], wanted: Callable[[Entry], bool]) -> dict[str, set[str]]:
    """The users of each service that has such rows; none for a service whose rows name nobody."""
    found: dict[str, set[str]] = {}
    for entry in entries:
        if wanted(entry):
            users = found.setdefault(entry.service_id, set())
            if entry.actor is not None and entry.actor.user is not None:
                users.add(entry.actor.user)
    return found


def _people(services: dict[str, set[str]]) -> bool:
    return any(services.values())
