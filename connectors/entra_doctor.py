"""Whether every signal can be read, and what is missing where it cannot: the permission, its identifier, where to consent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from shadowai.connector import Probe, Quota, Session, probe_of
from shadowai.tenant import CursorExpired, Signal, TenantError, Trouble
from shadowai_connectors.entra_catalogues import SEATS, licensed
from shadowai_connectors.entra_clouds import Endpoints
from shadowai_connectors.entra_graph import Graph
from shadowai_connectors.entra_people import REQUESTS
from shadowai_connectors.entra_signals import CATALOGUE, DIRECTORY, GOVERNANCE, REPORTS, ROLES, SIGNALS, wanted

OWN_TEAMS_APPS = quote("distributionMethod eq 'organization'", safe="'")

PROBES: Mapping[str, tuple[str, Quota]] = {
    "apps": ("/servicePrincipals?$select=id", DIRECTORY),
    "grants": ("/oauth2PermissionGrants", DIRECTORY),
    "roles": ("/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')/appRoleAssignedTo", DIRECTORY),
    "assignments": ("/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')/appRoleAssignedTo", DIRECTORY),
    "consents": ("/auditLogs/directoryAudits", REPORTS),
    "requests": (REQUESTS, GOVERNANCE),
    "people": ("", DIRECTORY),
    "teams-apps": (f"/appCatalogs/teamsApps?$filter={OWN_TEAMS_APPS}", CATALOGUE),
    "copilot-packages": ("/copilot/admin/catalog/packages", CATALOGUE),
    "copilot-seats": (licensed(next(iter(SEATS))), DIRECTORY),
    "agent-identities": ("/servicePrincipals/microsoft.graph.agentIdentity?$select=id", DIRECTORY),
    "sign-ins": ("/beta/reports/servicePrincipalSignInActivities", REPORTS),
}
"""The smallest request for each signal."""

NOBODY = "00000000-0000-0000-0000-000000000000"
WRITES = ("write", "fullcontrol", ".manage", "accessasuser", ".create", ".send", ".update", ".delete")
"""Parts of the names of Graph's permissions that change something or act as somebody."""
BROAD = "Directory.Read.All"


def examine(session: Session, endpoints: Endpoints, tenant: str, granted: tuple[str, ...]) -> Iterator[Probe]:
    """A probe for each signal of the tier, then what the token may do and need not. ``granted`` are its permissions, empty where they
    cannot be read."""
    graph = Graph(session, endpoints)
    client = session.settings.get("client", "")
    consent = endpoints.consent_url(tenant, client) if client else ""
    signals = wanted(session.settings)
    for signal in signals:
        yield _probe(graph, signal, granted, consent)
    yield from _excess(signals, granted)


def _probe(graph: Graph, signal: Signal, granted: tuple[str, ...], consent: str) -> Probe:
    try:
        _ask(graph, signal)
    except CursorExpired as error:
        return Probe(signal.name, "error", str(error))
    except TenantError as error:
        return _told(signal, error, granted, consent)
    return Probe(signal.name, "ok")


def _ask(graph: Graph, signal: Signal) -> None:
    """One row where the service takes a page size; without it where it refuses that."""
    path, quota_of = PROBES[signal.name]
    if not path:
        list(graph.by_ids([NOBODY], "user", "id"))
        return
    try:
        graph.get(graph.url(f"{path}{'&' if '?' in path else '?'}$top=1"), quota_of)
    except TenantError as error:
        if error.status != 400 or error.trouble is Trouble.LICENCE:
            raise
        graph.get(graph.url(path), quota_of)


def _told(signal: Signal, error: TenantError, granted: tuple[str, ...], consent: str) -> Probe:
    """The refusal with its remedy. A refusal for want of permission although the token has one is about something else: what was
    bought where the signal needs that, else the role of whoever signed in."""
    has = [permission for permission in signal.any_of if permission in granted]
    if error.trouble is Trouble.SCOPE and has:
        if signal.licence:
            return Probe(signal.name, "licence", error.detail, f"needs {signal.licence}; {has[0]} is there")
        return Probe(
            signal.name, "role", error.detail, f"{has[0]} is there: the account needs a role that may read this"
        )
    if error.trouble is Trouble.SCOPE:
        return Probe(signal.name, "scope", error.detail, remedy(signal, consent))
    if error.trouble is Trouble.LICENCE:
        return Probe(signal.name, "licence", error.detail, f"needs {signal.licence or 'a licence'}")
    return probe_of(signal.name, error)


def remedy(signal: Signal, consent: str) -> str:
    """Which permission to add, by name and identifier, and where an administrator then consents."""
    narrow = signal.any_of[0]
    add = f"add the application permission {narrow} ({ROLES[narrow]}) of Microsoft Graph"
    other = f" (or {', '.join(signal.any_of[1:])})" if len(signal.any_of) > 1 else ""
    where = f", then consent at {consent}" if consent else ""
    return f"{add}{other}{where}"


def _excess(signals: tuple[Signal, ...], granted: tuple[str, ...]) -> Iterator[Probe]:
    """What the token may do and no signal needs."""
    needed = {permission for signal in signals for permission in signal.any_of}
    for permission in granted:
        if any(part in permission.lower() for part in WRITES):
            detail = f"{permission} can change things or act as somebody; a sweep only reads"
            yield Probe("*", "excess", detail, f"take {permission} away")
        elif permission == BROAD and _dispensable(signals, granted):
            detail = (
                f"{BROAD} is broader than what every signal needs and has; it only makes sweeps for changes cheaper"
            )
            yield Probe("*", "excess", detail, f"take {BROAD} away, or keep it to read changed grants alone")
        elif permission not in needed and permission not in ("openid", "profile", "email", "offline_access"):
            later = next((signal for signal in SIGNALS if permission in signal.any_of), None)
            tier = f' before tier = "{later.tier}"' if later is not None else ""
            yield Probe("*", "excess", f"{permission} is not needed{tier}", f"take {permission} away")


def _dispensable(signals: tuple[Signal, ...], granted: tuple[str, ...]) -> bool:
    others = set(granted) - {BROAD}
    return all(others & set(signal.any_of) for signal in signals)
