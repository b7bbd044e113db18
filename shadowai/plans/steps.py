"""The call that takes a grant back, as its platform documents it; nothing here makes one.

Sources: https://learn.microsoft.com/graph/api/oauth2permissiongrant-delete,
https://learn.microsoft.com/graph/api/serviceprincipal-delete-approleassignments,
https://learn.microsoft.com/graph/api/serviceprincipal-delete-approleassignedto,
https://developers.google.com/workspace/admin/directory/reference/rest/v1/tokens/delete,
https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserGrant/,
https://docs.slack.dev/reference/methods/admin.apps.uninstall, https://docs.github.com/rest/orgs/personal-access-tokens.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from shadowai.tenant import EVERYONE, App, Grant

BY_HAND: Final = "by hand, in the platform's administration"


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
    """Everything that the application was given by that person: Google takes back no less."""
    if grant.kind != "delegated" or grant.principal in (None, EVERYONE):
        return ""
    return f"DELETE /admin/directory/v1/users/{_part(str(grant.principal))}/tokens/{_part(app.id)}"


def _okta(app: App, grant: Grant) -> str:
    """Consents have ids with ``oag`` in front, refresh tokens with ``oar``."""
    if grant.kind != "delegated" or grant.principal in (None, EVERYONE):
        return ""
    user = f"DELETE /api/v1/users/{_part(str(grant.principal))}"
    if grant.id.startswith("oag"):
        return f"{user}/grants/{_part(grant.id)}"
    return f"{user}/clients/{_part(app.id)}/tokens/{_part(grant.id)}" if grant.id.startswith("oar") else ""


def _slack(app: App, grant: Grant) -> str:
    return f"POST /api/admin.apps.uninstall app_id={_part(app.id)}" if grant.kind == "install" else ""


def _github(app: App, grant: Grant) -> str:
    kind, _, number = grant.id.partition("/")
    if kind != "token":
        return ""
    return f'POST /orgs/{_part(grant.tenant)}/personal-access-tokens/{_part(number)} {{"action": "revoke"}}'


def _part(text: str) -> str:
    """``text`` as one segment of a path: ids come from a tenant, and some of them from whoever registered an application."""
    return quote(text, safe="@")
