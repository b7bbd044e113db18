"""Microsoft Entra and Microsoft 365: the apps of a tenant, what they were allowed, by whom, when, and who uses them.

Graph is asked with plain requests; msal gets the tokens. What needs which permission is in :mod:`shadowai_connectors.entra_signals`,
what is asked in which order in :mod:`shadowai_connectors.entra_plan`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from shadowai.connector import Allowed, Probe, Session, Token, View
from shadowai.errors import UsageError
from shadowai.tenant import Page, Signal, Task
from shadowai_connectors import (
    entra_apps,
    entra_audit,
    entra_auth,
    entra_catalogues,
    entra_clients,
    entra_doctor,
    entra_grants,
    entra_people,
    entra_plan,
)
from shadowai_connectors.entra_clouds import Cloud, Endpoints, endpoints
from shadowai_connectors.entra_graph import Graph
from shadowai_connectors.entra_items import PLATFORM
from shadowai_connectors.entra_signals import SIGNALS, TIERS, wanted
from shadowai_connectors.entra_work import Known, Work

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

METADATA = "169.254.169.254"
"""Where a virtual machine on Azure gets its managed identity's tokens, over plain http that never leaves the host.
https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token"""

READS = (
    "/v1.0/servicePrincipals",
    "/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')/appRoleAssignedTo",
    "/v1.0/oauth2PermissionGrants",
    "/v1.0/auditLogs/directoryAudits",
    "/v1.0/identityGovernance/appConsent/appConsentRequests",
    "/v1.0/appCatalogs/teamsApps",
    "/v1.0/copilot/admin/catalog/packages",
    "/beta/reports/servicePrincipalSignInActivities",
)
"""What is read, and what is below it."""

Runner = Callable[[Work, Task, str | None], Iterator[Page]]

RUNNERS: Mapping[str, Runner] = {
    "apps": entra_apps.all_apps,
    "apps changes": entra_apps.changed_apps,
    "grants/all": entra_grants.all_grants,
    "grants/all changes": entra_grants.changed_grants,
    "grants/everyone": entra_grants.grants_for_everyone,
    "grants/everyone changes": entra_grants.changed_grants,
    "grants/of-apps": entra_clients.client_grants,
    "assignments": entra_clients.client_assignments,
    "roles": entra_clients.app_roles,
    "consents": entra_audit.consents,
    "sign-ins": entra_audit.sign_ins,
    "requests": entra_people.consent_requests,
    "people": entra_people.people,
    "teams-apps": entra_catalogues.teams_apps,
    "copilot-packages": entra_catalogues.copilot_packages,
    "copilot-seats": entra_catalogues.copilot_seats,
    "apps/agents": entra_catalogues.agent_identities,
}
"""What does a task, by the task's name without what comes after its last slash where that is one of many."""


class Entra:
    """The connector."""

    name = PLATFORM
    title = "Microsoft Entra"
    settings: Mapping[str, str] = {
        "tenant": "the directory (tenant) ID",
        "client?": "the application (client) ID; with a managed identity, that of a user-assigned one",
        "auth?": f"how to sign in: {', '.join(entra_auth.WAYS)}; told by what is set",
        "certificate?": "reference to one PEM text with the private key and its certificate",
        "certificate_password?": "reference to the private key's password",
        "secret?": "reference to a client secret; a certificate is safer",
        "assertion?": "reference to the token of a workload's own platform (federation)",
        "cloud?": f"one of {', '.join(cloud.label for cloud in Cloud)}",
        "tier?": f"how much to ask: {', '.join(TIERS)}; standard where it is not said",
        "authority?": "a private authority, https, together with graph and instead of cloud",
        "graph?": "the address of a private Graph",
    }
    secrets = ("certificate", "certificate_password", "secret", "assertion")
    signals = SIGNALS

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._signed_in: dict[str, Any] = {}

    def allowed(self, settings: Mapping[str, str]) -> Sequence[Allowed]:
        """Reading Graph, its two reading POSTs, and asking for tokens."""
        where, tenant = endpoints(settings), self.tenant(settings)
        graph = urlsplit(where.graph).netloc
        prefix = urlsplit(where.graph).path
        reads = [Allowed(graph, prefix + path) for path in READS]
        if any(signal.name == "copilot-seats" for signal in wanted(settings)):
            reads.append(Allowed(graph, f"{prefix}/v1.0/users", exact=True))  # their mail is below it
        batch = "a batch of requests, each of which must be a GET that is on this list"
        looked_up = "looks objects up by their identifiers, up to 1,000 at once; a GET has no room for them"
        posts = [
            Allowed(graph, f"{prefix}/v1.0/$batch", "POST", why=batch, batch=True),
            Allowed(graph, f"{prefix}/v1.0/directoryObjects/getByIds", "POST", why=looked_up),
        ]
        return [*reads, *posts, *_sign_in(settings, where, tenant)]

    def tenant(self, settings: Mapping[str, str]) -> str:
        """The directory's identifier: by it an app of one's own is told from another company's."""
        found = settings.get("tenant", "").strip().lower()
        if not _GUID.fullmatch(found):
            raise UsageError(
                f"entra: tenant is no directory ID: {found!r}",
                remedy="the Directory (tenant) ID of the overview page in the Entra admin center, not a domain",
            )
        endpoints(settings)
        wanted(settings)
        return found

    def wanted(self, settings: Mapping[str, str]) -> Sequence[Signal]:
        """Those of the tier."""
        return wanted(settings)

    def token(self, session: Session, audience: str) -> Token:
        """A token for Graph."""
        where = endpoints(session.settings)
        return entra_auth.token(session, where, self.tenant(session.settings), self._signed_in)

    def plan(self, view: View) -> Sequence[Task]:
        """What is known to be asked by now. The apps that the sweep has, or earlier ones have left, need not be asked for again."""
        known = self._known.setdefault(self.tenant(view.settings), Known())
        for app in view.apps():
            if app.object_id:
                known.learn(app.object_id, app.id, first_party=app.first_party)
        return entra_plan.tasks(view)

    def run(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
        """The pages of a task."""
        return runner(task)(self._work(session), task, cursor)

    def doctor(self, session: Session) -> Iterator[Probe]:
        """Signs in, and asks the least of everything. Raises :class:`~shadowai.tenant.TenantError` where there is no token."""
        granted = self.token(session, "").permissions
        tenant = self.tenant(session.settings)
        return entra_doctor.examine(session, endpoints(session.settings), tenant, granted)

    def _work(self, session: Session) -> Work:
        tenant = self.tenant(session.settings)
        known = self._known.setdefault(tenant, Known())
        return Work(tenant, Graph(session, endpoints(session.settings)), known, session.now)


def runner(task: Task) -> Runner:
    """What does the task."""
    name = f"{task.name} changes" if task.changes else task.name
    found = RUNNERS.get(name) or RUNNERS.get(task.name) or RUNNERS.get(task.name.rpartition("/")[0])
    if found is None:
        raise LookupError(task.name)
    return found


def _sign_in(settings: Mapping[str, str], where: Endpoints, tenant: str) -> Iterator[Allowed]:
    """Where tokens come from."""
    if entra_auth.way(settings) == "managed-identity":
        yield from _identity_endpoints(os.environ)
        return
    authority = urlsplit(where.of(tenant))
    asks = "asks for a token; nothing is changed but the sign-in log"
    yield Allowed(authority.netloc, f"{authority.path}/v2.0/.well-known/openid-configuration", token=True)
    for path in ("token", "devicecode"):
        yield Allowed(authority.netloc, f"{authority.path}/oauth2/v2.0/{path}", "POST", why=asks, token=True)
    if where.known:  # msal asks which authorities are Microsoft's
        for host in {authority.netloc, "login.microsoftonline.com"}:
            yield Allowed(host, "/common/discovery/instance", token=True)


def _identity_endpoints(environ: Mapping[str, str]) -> Iterator[Allowed]:
    """Of a virtual machine, or of the service that the environment names as Azure's hosts do."""
    named = urlsplit(environ.get("IDENTITY_ENDPOINT", ""))
    if named.hostname:
        yield Allowed(named.netloc, named.path, token=True, plain=True)
    else:
        yield Allowed(METADATA, "/metadata/identity/oauth2/token", token=True, plain=True)
