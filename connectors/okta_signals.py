"""What can be gathered from Okta, with the scope that each needs, and the limits that are kept to.

Scopes: https://developer.okta.com/docs/api/oauth2/. Limits: https://developer.okta.com/docs/reference/rl-global-mgmt/.
"""

from __future__ import annotations

from shadowai.connector import Quota
from shadowai.tenant import Signal
from shadowai_connectors.rest import DAY

APPS = Quota("okta-apps", per_second=1.6, burst=25.0, concurrent=2)
"""Lists of apps: 100 in a minute for the smallest organisations. The headers of each answer say how much is left."""
PARTS = Quota("okta-app-parts", per_second=8.0, burst=50.0, concurrent=4)
"""One app's grants, tokens, users: 500 or 600 in a minute. https://developer.okta.com/docs/reference/rl-global-mgmt/"""
USERS = Quota("okta-users", per_second=8.0, burst=50.0, concurrent=4)
LOGS = Quota("okta-logs", per_second=1.0, burst=10.0, concurrent=1)
"""The System Log: 60 in a minute for the smallest organisations, 120 for most."""
SERVICES = Quota("okta-services", per_second=1.6, burst=10.0, concurrent=1)

KEPT = 90 * DAY
"""How long the System Log is kept. https://help.okta.com/en-us/content/topics/reports/reports_syslog.htm"""
USED = 30 * DAY
"""How far sign-ins are looked back for."""
OVERLAP = 2 * DAY
"""Entries arrive late; those met twice are told by their ``uuid``."""
LATE = DAY // 24
"""Until when entries have arrived: sign-ins are summed, and so must not be met twice."""

SIGNALS: tuple[Signal, ...] = (
    Signal("apps", "Apps of the organisation", "GET /api/v1/apps", ("okta.apps.read",), required=True, cost="1 call for 200 apps",
           remedy="Grant the service app the scope okta.apps.read and a role that may view applications.",
           gives=("apps",)),
    Signal("services", "API services, which act without a person", "GET /integrations/api/v1/api-services",
           ("okta.oauthIntegrations.read",), cost="1 call",
           remedy="Grant the service app the scope okta.oauthIntegrations.read.",
           gives=("apps", "grants")),
    Signal("consents", "Consents given and withdrawn, apps made and removed", "GET /api/v1/logs", ("okta.logs.read",),
           tier="standard", cost="1 call for 1,000 entries, 60 a minute",
           remedy="Grant the service app the scope okta.logs.read and a role that may view the System Log.",
           gives=("events",)),
    Signal("grants", "Scopes that apps were granted", "GET /api/v1/apps/{id}/grants", ("okta.appGrants.read",),
           cost="1 call for each app that is AI", remedy="Grant the service app the scope okta.appGrants.read.",
           gives=("grants",), after=("apps",)),
    Signal("tokens", "Refresh tokens that apps hold for people", "GET /api/v1/apps/{id}/tokens", ("okta.apps.read",),
           tier="standard", cost="1 call for each OpenID Connect app that is AI",
           remedy="Grant the service app the scope okta.apps.read.",
           gives=("grants",), after=("apps",)),
    Signal("assignments", "Who may sign in to an app", "GET /api/v1/apps/{id}/users", ("okta.apps.read",), tier="standard",
           cost="1 call for 500 users of each app that is AI", remedy="Grant the service app the scope okta.apps.read.",
           gives=("grants", "people"), after=("apps",)),
    Signal("activity", "Sign-ins to apps", "GET /api/v1/logs", ("okta.logs.read",), tier="standard",
           cost="1 call for 1,000 sign-ins to each app that is AI, 60 a minute",
           remedy="Grant the service app the scope okta.logs.read and a role that may view the System Log.",
           gives=("use",), after=("apps",)),
    Signal("connections", "Cross App Access: apps that act in others", "GET /api/v1/apps/{id}/cwo/connections",
           ("okta.apps.read",), tier="deep", licence="Identity Engine with the Early Access feature Cross App Access",
           cost="1 call for each app that is AI", remedy="Turn the feature on in Settings > Features, or leave this out.",
           gives=("grants",), after=("apps",)),
    Signal("user_grants", "Consents that people gave themselves", "GET /api/v1/users/{id}/grants", ("okta.users.read",),
           tier="deep", cost="1 call for each person who is named; from 1,000 on only in full sweeps",
           remedy="Grant the service app the scope okta.users.read and a role that may view users.",
           gives=("grants",)),
    Signal("people", "Names, addresses and departments of those who use apps", "GET /api/v1/users/{id}", ("okta.users.read",),
           tier="standard", cost="1 call for each user; from 1,000 on 1 call for 200 of all users",
           remedy="Grant the service app the scope okta.users.read and a role that may view users.",
           gives=("people",), after=("apps", "services", "consents", "grants", "tokens", "assignments", "activity", "connections")),
)  # fmt: skip
