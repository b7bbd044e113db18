"""What can be gathered from Slack, with the scope that each needs, the plan that has it, and the limits that are kept to.

Limits are of a method and a workspace: https://docs.slack.dev/apis/web-api/rate-limits. Scopes: https://docs.slack.dev/reference/scopes.
"""

from __future__ import annotations

from shadowai.connector import Quota
from shadowai.tenant import Signal
from shadowai_connectors.rest import DAY

TIER_2 = 20 / 60
TIER_3 = 50 / 60
TIER_4 = 100 / 60
"""Requests in a second: "20+", "50+" and "100+" in a minute."""

LOG = Quota("slack-integration-log", TIER_2, burst=4.0, concurrent=1)
APPROVED = Quota("slack-approved", TIER_2, burst=4.0, concurrent=1)
RESTRICTED = Quota("slack-restricted", TIER_2, burst=4.0, concurrent=1)
REQUESTS = Quota("slack-requests", TIER_2, burst=4.0, concurrent=1)
PEOPLE = Quota("slack-people", TIER_4, burst=10.0, concurrent=2)
AUDIT = Quota("slack-audit", TIER_3, burst=5.0, concurrent=1)
"""The Audit Logs API: tier 3 for the whole organisation. https://docs.slack.dev/admins/audit-logs-api"""

OVERLAP = 2 * DAY
KEPT = 365 * DAY
"""How far audit logs are looked back for; Slack keeps them for ever, from March 2018 on."""

ENTERPRISE = "an Enterprise plan"

SIGNALS: tuple[Signal, ...] = (
    Signal("log", "Apps added, changed and removed, by whom", "GET team.integrationLogs", ("admin",), required=True,
           licence="a paid plan", cost="1 call for 1,000 entries, 20 a minute",
           remedy="Needs a user token (xoxp-) of an administrator with the scope admin.",
           gives=("apps", "grants", "people", "events")),
    Signal("approved", "Apps that administrators approved", "GET admin.apps.approved.list", ("admin.apps:read",),
           tier="standard", licence=ENTERPRISE, cost="2 calls for 1,000 apps, 20 a minute",
           remedy="Needs a token with admin.apps:read of an app that is installed on the whole organisation.",
           gives=("apps", "grants")),
    Signal("restricted", "Apps that administrators refused", "GET admin.apps.restricted.list", ("admin.apps:read",),
           tier="deep", licence=ENTERPRISE, cost="2 calls for 1,000 apps, 20 a minute",
           remedy="Needs a token with admin.apps:read of an app that is installed on the whole organisation.",
           gives=("offers",)),
    Signal("requests", "Apps that people asked for", "GET admin.apps.requests.list", ("admin.apps:read",), tier="standard",
           licence=ENTERPRISE, cost="1 call for 1,000 requests, 20 a minute",
           remedy="Needs a token with admin.apps:read of an app that is installed on the whole organisation.",
           gives=("offers", "requests", "people")),
    Signal("people", "Mail addresses and names of those who added apps", "GET users.info", ("users:read",), tier="standard",
           cost="1 call for each person, 100 a minute", remedy="Needs users:read, and users:read.email for addresses.",
           gives=("people",), after=("log", "approved", "requests", "audit")),
    Signal("audit", "Apps installed, approved, given more scopes, removed", "GET /audit/v1/logs", ("auditlogs:read",),
           tier="deep", licence=ENTERPRISE, cost="1 call for 1,000 entries, 50 a minute for the whole organisation",
           remedy="Needs a token with auditlogs:read, given by an owner of the organisation; set audit_token.",
           gives=("offers", "people", "events")),
)  # fmt: skip
