"""What can be gathered from a GitHub organisation, with the permission that each needs, and the limits that are kept to.

Permissions: https://docs.github.com/rest/authentication/permissions-required-for-github-apps. Limits:
https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api.
"""

from __future__ import annotations

from shadowai.connector import Quota
from shadowai.tenant import Signal
from shadowai_connectors.rest import DAY

CORE = Quota("github-core", per_second=5.0, burst=50.0, concurrent=2)
"""5,000 in an hour for a user, at least as many for an app; more than 100 at once or 900 points a minute meet a secondary limit."""
AUDIT = Quota("github-audit", per_second=0.48, burst=20.0, concurrent=1)
"""The audit log: 1,750 in an hour for a user and address."""

KEPT = 180 * DAY
"""How long the audit log is kept. https://docs.github.com/enterprise-cloud@latest/organizations/keeping-your-organization-secure"""
OVERLAP = 2 * DAY

ENTERPRISE = "GitHub Enterprise Cloud"
OWNER = "an owner of the organisation, or a GitHub App installed on it"

SIGNALS: tuple[Signal, ...] = (
    Signal("installations", "GitHub Apps that are installed, with what they may do", "GET /orgs/{org}/installations",
           ("organization_administration:read", "admin:read"), required=True, cost="1 call for 100 apps, and 1 for each app",
           remedy=f"Give the app 'Administration: read' of the organisation; a classic token needs {OWNER} and admin:read.",
           gives=("apps", "grants")),
    Signal("seats", "Who has a seat of GitHub Copilot, and when they last used it", "GET /orgs/{org}/copilot/billing/seats",
           ("organization_copilot_seat_management:read", "manage_billing:copilot", "read:org"),
           licence="Copilot Business or Copilot Enterprise", cost="1 call for 100 seats",
           remedy="Give the app 'GitHub Copilot Business: read'; a classic token needs manage_billing:copilot.",
           gives=("apps", "grants", "people")),
    Signal("tokens", "Fine-grained personal access tokens", "GET /orgs/{org}/personal-access-tokens",
           ("organization_personal_access_tokens:read",), tier="standard", cost="1 call for 100 tokens",
           remedy="Only a GitHub App may ask this: give it 'Personal access tokens: read'.",
           gives=("apps", "grants", "people")),
    Signal("requests", "Personal access tokens that wait for approval", "GET /orgs/{org}/personal-access-token-requests",
           ("organization_personal_access_token_requests:read",), tier="standard", cost="1 call for 100 requests",
           remedy="Only a GitHub App may ask this: give it 'Personal access token requests: read'.",
           gives=("offers", "requests", "people")),
    Signal("credentials", "Tokens that people have authorised for single sign-on", "GET /orgs/{org}/credential-authorizations",
           ("organization_administration:read", "read:org"), tier="standard", licence=f"{ENTERPRISE} with SAML single sign-on",
           cost="1 call for 100 credentials", remedy="Give the app 'Administration: read'; a classic token needs read:org.",
           gives=("apps", "grants", "people")),
    Signal("audit", "Apps installed, removed and authorised", "GET /orgs/{org}/audit-log",
           ("organization_administration:read", "read:audit_log"), tier="deep", licence=ENTERPRISE,
           cost="1 call for 100 entries of each kind, 1,750 an hour",
           remedy="Give the app 'Administration: read'; a classic token needs read:audit_log.",
           gives=("events",)),
)  # fmt: skip
