"""The API call that revokes a grant, as its platform documents it. No call is made here.

A call is a method and a path below the platform's own address, and what it is asked with. Each was read in what its vendor publishes:

- Microsoft Graph v1.0: *Delete oAuth2PermissionGrant* (https://learn.microsoft.com/graph/api/oauth2permissiongrant-delete; access tokens
  that are out already stay good until they expire), *Delete appRoleAssignment* of a client
  (https://learn.microsoft.com/graph/api/serviceprincipal-delete-approleassignments), *Delete appRoleAssignedTo* of a resource
  (https://learn.microsoft.com/graph/api/serviceprincipal-delete-approleassignedto).
- Google Admin SDK ``directory_v1``: ``directory.tokens.delete``, in the discovery document that google-api-python-client carries.
- Okta Management: ``revokeUserGrant``, ``revokeScopeConsentGrant``, ``revokeTokenForUserAndClient``, ``revokeOAuth2TokenForApplication``,
  ``deleteApiServiceIntegrationInstance`` (https://developer.okta.com/docs/api/openapi/okta-management/management/).
- Slack: ``admin.apps.uninstall``, on an Enterprise plan, with exactly one of ``team_ids`` and ``enterprise_id``
  (https://docs.slack.dev/reference/methods/admin.apps.uninstall).
- GitHub: *Update the access a fine-grained personal access token has to organization resources*, for GitHub Apps alone
  (https://docs.github.com/rest/orgs/personal-access-tokens), *Remove a SAML SSO authorization for an organization*
  (https://docs.github.com/enterprise-cloud@latest/rest/orgs/orgs). An installed GitHub App can be taken out by its owner's key alone.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from shadowai.tenant import EVERYONE, App, Grant

BY_HAND: Final = "by hand, in the platform's administration"
_CLIENT: Final = re.compile(r"[0-9]{6,}[0-9a-z.-]*")
"""A client id of Google: a number, mostly with ``-….apps.googleusercontent.com`` behind it. What is not registered has a name alone."""


def step(app: App, grant: Grant) -> str:
    """The call as one line, or :data:`BY_HAND` where none is known for this kind of grant."""
    made = {"entra": _entra, "google_workspace": _google, "okta": _okta, "slack": _slack, "github": _github}
    known = made.get(grant.platform)
    return (known(app, grant) if known else "") or BY_HAND


def _entra(app: App, grant: Grant) -> str:
    if "/" in grant.id:  # made up of other things: there is no such object
        return ""
    if grant.kind == "delegated":
        return f"DELETE /v1.0/oauth2PermissionGrants/{_part(grant.id)}"
    where = {"application": "appRoleAssignments", "assignment": "appRoleAssignedTo"}.get(grant.kind)
    if where is None or app.object_id is None:
        return ""
    return f"DELETE /v1.0/servicePrincipals/{_part(app.object_id)}/{where}/{_part(grant.id)}"


def _google(app: App, grant: Grant) -> str:
    """Revokes everything that the user granted the application: Google has no call for less."""
    if grant.kind != "delegated" or grant.principal in (None, EVERYONE) or not _CLIENT.fullmatch(app.id):
        return ""
    return f"DELETE /admin/directory/v1/users/{_part(str(grant.principal))}/tokens/{_part(app.id)}"


def _okta(app: App, grant: Grant) -> str:
    """Ids of consents begin with ``oag``, those of refresh tokens with ``oar``. Grants without a user are revoked at the application."""
    kind, _, number = grant.id.partition("/")
    if kind == "api-service":
        return f"DELETE /integrations/api/v1/api-services/{_part(number)}"
    what = {"oag": "grants", "oar": "tokens"}.get(grant.id[:3])
    if what is None:
        return ""
    if grant.principal in (None, EVERYONE):
        return f"DELETE /api/v1/apps/{_part(app.object_id)}/{what}/{_part(grant.id)}" if app.object_id else ""
    client = f"/clients/{_part(app.id)}" if what == "tokens" else ""
    return f"DELETE /api/v1/users/{_part(str(grant.principal))}{client}/{what}/{_part(grant.id)}"


def _slack(app: App, grant: Grant) -> str:
    """Apps have ids with ``A`` in front; integrations of the old kind, which no call takes out, have not. A workspace's id begins with
    ``T``, an organisation's with ``E``: there it goes from all workspaces."""
    where = {"T": "team_ids", "E": "enterprise_id"}.get(grant.tenant[:1])
    if grant.kind != "install" or where is None or not app.id.startswith("A"):
        return ""
    return f"POST /api/admin.apps.uninstall app_id={_part(app.id)} {where}={_part(grant.tenant)}"


def _github(app: App, grant: Grant) -> str:
    kind, _, number = grant.id.partition("/")
    if kind == "token":
        return f'POST /orgs/{_part(grant.tenant)}/personal-access-tokens/{_part(number)} {{"action": "revoke"}}'
    return (
        f"DELETE /orgs/{_part(grant.tenant)}/credential-authorizations/{_part(number)}" if kind == "credential" else ""
    )


def _part(text: str) -> str:
    """``text`` as one segment of a path: ids come from a tenant, and some of them from whoever registered an application."""
    return quote(text, safe="@")
