"""Contradictions between network and tenants about the same people: grants without traffic, traffic without a grant.

Each is said of what was looked at to the end, whatever became of the rest: that somebody has no traffic needs every log, and of the
tenant only that the grant still stands; that somebody has no grant needs all grants, seats and uses of a tenant, and of the logs only the
traffic. What nobody could see contradicts nothing, nor does somebody whose name is not known. A contradiction is a note, never a finding
about a person: there are innocent reasons for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shadowai.model import Entry, Note, Usage

LISTED: Final = 10
"""Services, or tenants, that one note names."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the network saw: the rows by user of the services it has, and whether every log could be read whole."""

    entries: tuple[Entry, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class TenantLook:
    """What one tenant told: its rows by user, and how the tenant is called (``entra:work``).

    ``stands`` is true where no grant in it can have been withdrawn without being seen, ``whole`` where every grant, seat and use would
    have been. ``nameless`` are the users who are shown by the tenant's own id: nobody knows them by it elsewhere.
    """

    place: str
    entries: tuple[Entry, ...]
    stands: bool = True
    whole: bool = True
    nameless: frozenset[str] = frozenset()


def contradictions(network: Look, tenants: Sequence[TenantLook], *, refused: int = 0) -> tuple[Note, ...]:
    """The notes of the joint inventory, in order of service ids; none where the network or the tenants name no user.

    ``network`` has what proxies, firewalls and captures saw, ``tenants`` what was granted in each; ``refused`` is how many more there are
    that could not be looked at. All must name people alike (an identities file joins them); unconfirmed and ambiguous rows contradict
    nothing. A note that cannot be sure, for another tenant was not looked at whole, says so and names no service as its subject.
    """
    granted = [entry for tenant in tenants for entry in tenant.entries]
    used = _by_service(network.entries, _is_traffic)
    if not (_people(used) and _people(_by_service(granted, _is_grant))):
        return ()
    names = {entry.service_id: entry.service for entry in (*network.entries, *granted)}
    seen = _by_service(network.entries, lambda entry: entry.events + entry.blocked > 0)
    standing = [
        entry for tenant in tenants if tenant.stands for entry in tenant.entries if not _is_nameless(entry, tenant)
    ]
    quiet = _without_traffic(_by_service(standing, _is_grant), seen, names) if network.complete else ()
    return (*quiet, *_Strangers(used, tenants, refused, names).notes())


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


class _Strangers:
    """People with traffic to a service of which no tenant knows a grant or a seat of theirs: as far as any tenant was looked at whole."""

    def __init__(
        self, used: dict[str, set[str]], tenants: Sequence[TenantLook], refused: int, names: dict[str, str]
    ) -> None:
        self._used, self._names = used, names
        self._whole = [tenant for tenant in tenants if tenant.whole]
        self._sure = len(self._whole) == len(tenants) and not refused
        everything = [entry for tenant in tenants for entry in tenant.entries]
        self._known = _by_service(everything, _is_known)
        self._wide = {e.service_id for e in everything if _is_grant(e) and not (e.actor and e.actor.user)}
        unnamed = [entry for tenant in tenants for entry in tenant.entries if _is_nameless(entry, tenant)]
        self._nameless = _by_service(unnamed, _is_known)
        self._here = _by_service((e for tenant in self._whole for e in tenant.entries), _is_known)

    def notes(self) -> Iterator[Note]:
        """One note for each service that a tenant knows, then one for all others."""
        if not self._whole:
            return
        unknown = [service for service in sorted(self._used) if service not in self._known and self._used[service]]
        for service in sorted(self._used.keys() & self._here.keys() - self._wide):
            count = len(self._used[service] - self._known[service]) - len(self._unnamed(service))
            if count > 0:
                least = "at least " if self._unnamed(service) else ""
                text = f"{least}{count} use {self._names[service]} and have no grant or seat of it in {self._place()}"
                yield self._note(text, "private accounts are likely", count, (service,))
        if unknown:
            strangers = set().union(*(self._used[service] for service in unknown))
            listed = _listed([self._names[service] for service in unknown])
            text = f"{len(strangers)} use services of which {self._place()} knows no grant at all ({listed})"
            yield self._note(text, "private accounts, or none", len(strangers), tuple(unknown))

    def _unnamed(self, service: str) -> set[str]:
        """Holders who may be any of those that are seen."""
        return self._nameless.get(service, set()) - self._used[service]

    def _place(self) -> str:
        return "the tenant" if self._sure else _listed(sorted(tenant.place for tenant in self._whole))

    def _note(self, text: str, reasons: str, count: int, services: tuple[str, ...]) -> Note:
        if self._sure:
            return Note(None, "traffic_without_grant", f"{text}: {reasons}", count, services)
        unsure = "or one in a tenant that could not be looked at whole"
        return Note(None, "traffic_without_grant", f"{text}: {reasons}, {unsure}", count)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"{', '.join(names[:LISTED])}{more}"


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


def _is_nameless(entry: Entry, tenant: TenantLook) -> bool:
    return entry.actor is not None and entry.actor.user in tenant.nameless


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
