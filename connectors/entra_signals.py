"""What can be gathered from Microsoft Entra and Microsoft 365, with the permission that each needs, and why.

The identifiers of permissions (application roles of Microsoft Graph) are those of
https://learn.microsoft.com/graph/permissions-reference.
"""

from __future__ import annotations

from collections.abc import Mapping

from shadowai.connector import Quota
from shadowai.errors import UsageError
from shadowai.tenant import Signal

ROLES: Mapping[str, str] = {
    "AgentIdentity.Read.All": "b2b8f011-2898-4234-9092-5059f6c1ebfa",
    "AppCatalog.Read.All": "e12dae10-5a57-4817-b79d-dfbec5348930",
    "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    "AuditLog.Read.All": "b0afded3-3588-46d8-8b3d-9842eff778da",
    "ConsentRequest.Read.All": "1260ad83-98fb-4785-abbb-d6cc1806fd41",
    "CopilotPackages.Read.All": "72f0655d-6228-4ddc-8e1b-164973b9213b",
    "DelegatedPermissionGrant.Read.All": "81b4724a-58aa-41c1-8a55-84ef97466587",
    "Directory.Read.All": "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
    "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
    "User.ReadBasic.All": "97235f07-e226-4f63-ace3-39588e11d3a1",
}
"""The identifier of each permission that is named here."""

DIRECTORY = Quota("entra-directory", per_second=350.0, burst=350.0, concurrent=8)
"""Resource units of directory objects: 3,500 in 10 s for the smallest tenants, 8,000 for large ones.
https://learn.microsoft.com/graph/throttling-limits"""

REPORTS = Quota("entra-reports", per_second=0.5, burst=5.0, concurrent=1)
"""Audit logs and reports: 5 requests in 10 s."""

GOVERNANCE = Quota("entra-governance", per_second=1.0, burst=1.0, concurrent=1)
"""Consent requests and policies: 1 request a second for all apps of a tenant together; a refusal names no time to wait."""

CATALOGUE = Quota("entra-catalogue", per_second=2.0, burst=4.0, concurrent=2)
"""The catalogues of Teams apps and Copilot packages, of which no smaller limit is documented."""

SIGNALS: tuple[Signal, ...] = (
    Signal(
        "apps",
        "Apps that the tenant knows",
        "GET /v1.0/servicePrincipals",
        ("Application.Read.All", "Directory.Read.All"),
        required=True,
        cost="1 call for 999 apps",
        remedy="Everything else hangs on the list of apps.",
        gives=("apps",),
    ),
    Signal(
        "grants",
        "What users and administrators allowed apps to do",
        "GET /v1.0/oauth2PermissionGrants, /v1.0/servicePrincipals/{id}/oauth2PermissionGrants",
        ("DelegatedPermissionGrant.Read.All", "Directory.Read.All"),
        required=True,
        cost="1 call for 20 apps that are AI; in full 1 call for 999 grants",
        remedy="Only Directory.Read.All is documented for reading changes alone; without it every sweep reads all.",
        gives=("grants",),
    ),
    Signal(
        "roles",
        "What apps may do as themselves",
        "GET /v1.0/servicePrincipals/{id}/appRoleAssignedTo",
        ("Application.Read.All", "Directory.Read.All"),
        cost="1 call, and 1 for every 999 further assignments",
        gives=("grants",),
        after=("apps", "agent-identities"),
    ),
    Signal(
        "assignments",
        "Users and groups that an app was assigned to",
        "GET /v1.0/servicePrincipals/{id}/appRoleAssignedTo",
        ("Application.Read.All", "Directory.Read.All"),
        cost="1 call for 20 apps that are AI",
        gives=("grants",),
        after=("apps", "agent-identities"),
    ),
    Signal(
        "consents",
        "When who consented to what",
        "GET /v1.0/auditLogs/directoryAudits",
        ("AuditLog.Read.All",),
        tier="standard",
        cost="1 call for 1,000 events of 30 days; 5 calls in 10 s",
        remedy="Grants carry no date: without the log they are dated by the first sweep that saw them.",
        gives=("events",),
    ),
    Signal(
        "requests",
        "Apps that users asked for",
        "GET /v1.0/identityGovernance/appConsent/appConsentRequests",
        ("ConsentRequest.Read.All",),
        tier="standard",
        cost="1 call, and 2 for every 20 requests",
        gives=("offers", "requests"),
    ),
    Signal(
        "people",
        "Names and departments of the people who use apps",
        "POST /v1.0/directoryObjects/getByIds",
        ("User.ReadBasic.All", "User.Read.All", "Directory.Read.All"),
        tier="standard",
        cost="1 call for 1,000 people",
        remedy="Departments need User.Read.All.",
        gives=("people",),
        after=(
            "apps",
            "grants",
            "roles",
            "assignments",
            "consents",
            "requests",
            "copilot-packages",
            "copilot-seats",
            "agent-identities",
        ),
    ),
    Signal(
        "teams-apps",
        "Apps in the organisation's Teams catalogue",
        "GET /v1.0/appCatalogs/teamsApps",
        ("AppCatalog.Read.All",),
        tier="standard",
        cost="1 call",
        gives=("offers",),
    ),
    Signal(
        "copilot-packages",
        "Copilot agents and apps",
        "GET /v1.0/copilot/admin/catalog/packages",
        ("CopilotPackages.Read.All",),
        tier="deep",
        licence="Microsoft Agent 365",
        cost="1 call for a page of packages",
        gives=("offers", "grants"),
    ),
    Signal(
        "copilot-seats",
        "Who has a seat of Microsoft 365 Copilot",
        "GET /v1.0/users?$filter=assignedLicenses/any(…)",
        ("User.Read.All", "Directory.Read.All"),
        tier="deep",
        cost="1 call for each of 3 products, and 1 for every 999 further seats",
        gives=("apps", "grants"),
    ),
    Signal(
        "agent-identities",
        "Identities of AI agents",
        "GET /v1.0/servicePrincipals/microsoft.graph.agentIdentity",
        ("AgentIdentity.Read.All", "Application.Read.All"),
        tier="deep",
        cost="1 call for 999 agents",
        gives=("offers",),
    ),
    Signal(
        "sign-ins",
        "When apps were last used (a beta interface of Microsoft)",
        "GET /beta/reports/servicePrincipalSignInActivities",
        ("AuditLog.Read.All",),
        tier="deep",
        licence="Microsoft Entra ID P1 or P2",
        cost="1 call for a page of apps; 5 calls in 10 s",
        gives=("use",),
    ),
)
"""All signals, those first that others need."""

TIERS = ("minimal", "standard", "deep")


def wanted(settings: Mapping[str, str]) -> tuple[Signal, ...]:
    """The signals of the tier that the setting ``tier`` names and of the tiers below it; ``standard`` where it names none."""
    tier = settings.get("tier", "standard")
    if tier not in TIERS:
        raise UsageError(f"no tier is called {tier!r}", remedy=f"one of: {', '.join(TIERS)}")
    return tuple(signal for signal in SIGNALS if TIERS.index(signal.tier) <= TIERS.index(tier))
