"""How a grant is taken back."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

import pytest

from shadowai.plans.steps import BY_HAND, step
from shadowai.tenant import EVERYONE, App, Grant

GOOGLE = "77377267392-a.apps.googleusercontent.com"


def of(
    platform: str, id: str, kind: str, principal: str | None = "p1", tenant: str = "contoso.example", app: str = "app/1"
) -> str:
    known = App(platform, tenant, app, "App", object_id="obj 1")
    return step(known, Grant(platform, tenant, id, app, kind, principal))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("platform", "id", "kind", "expected"),
    [
        ("entra", "g1", "delegated", "DELETE /v1.0/oauth2PermissionGrants/g1"),
        ("entra", "g1", "application", "DELETE /v1.0/servicePrincipals/obj%201/appRoleAssignments/g1"),
        ("entra", "g1", "assignment", "DELETE /v1.0/servicePrincipals/obj%201/appRoleAssignedTo/g1"),
        ("entra", "seat/x/y", "seat", BY_HAND),
        ("entra", "package/x", "install", BY_HAND),
        ("entra", "package/x", "delegated", BY_HAND),
        ("entra", "g1", "seat", BY_HAND),
        ("google_workspace", "x", "install", BY_HAND),
        ("okta", "oag1", "delegated", "DELETE /api/v1/users/p1/grants/oag1"),
        ("okta", "oar1", "delegated", "DELETE /api/v1/users/p1/clients/app%2F1/tokens/oar1"),
        ("okta", "api-service/0oa1", "application", "DELETE /integrations/api/v1/api-services/0oa1"),
        ("okta", "api-service/0oa1/2", "application", "DELETE /integrations/api/v1/api-services/0oa1%2F2"),
        ("okta", "x1", "delegated", BY_HAND),
        ("okta", "app/p1", "assignment", BY_HAND),
        ("okta", "cross-app/oag1", "application", BY_HAND),
        ("slack", "approved/app", "assignment", BY_HAND),
        ("github", "token/7", "key", 'POST /orgs/contoso.example/personal-access-tokens/7 {"action": "revoke"}'),
        ("github", "token/7/8", "key", 'POST /orgs/contoso.example/personal-access-tokens/7%2F8 {"action": "revoke"}'),
        ("github", "credential/7", "key", "DELETE /orgs/contoso.example/credential-authorizations/7"),
        ("github", "installation/7", "install", BY_HAND),
        ("github", "copilot-seat/ann", "seat", BY_HAND),
        ("openai", "x", "key", BY_HAND),
    ],
)
def test_each_platform_has_its_call_or_none(platform: str, id: str, kind: str, expected: str) -> None:
    assert of(platform, id, kind) == expected


@pytest.mark.parametrize("kind", ["application", "assignment", "install", "key", "seat"])
def test_google_takes_back_from_people_what_they_gave_and_nothing_else(kind: str) -> None:
    assert of("google_workspace", "x", kind, app=GOOGLE) == BY_HAND
    assert of("google_workspace", "x", "delegated", app=GOOGLE) != BY_HAND


def test_entra_has_no_call_about_an_application_whose_object_is_not_known() -> None:
    app = App("entra", "contoso.example", "app/1", "App")
    for kind in ("application", "assignment"):
        assert step(app, Grant("entra", "contoso.example", "g1", "app/1", kind, None)) == BY_HAND


@pytest.mark.parametrize("kind", ["delegated", "assignment", "key"])
def test_slack_takes_out_installations_alone(kind: str) -> None:
    assert of("slack", "install/A012", kind, "p1", "T0123ABCD", "A012") == BY_HAND


def test_google_s_call_is_that_of_its_discovery_document() -> None:
    folder = resources.files("googleapiclient.discovery_cache") / "documents" / "admin.directory_v1.json"
    method: dict[str, Any] = json.loads(folder.read_bytes())["resources"]["tokens"]["methods"]["delete"]
    verb, path = of("google_workspace", "x", "delegated", app=GOOGLE).split(" ")
    assert verb == method["httpMethod"]
    expected = {"userKey": "p1", "clientId": GOOGLE}
    assert path == "/" + re.sub(r"\{(\w+)\}", lambda found: expected[found[1]], method["flatPath"])


@pytest.mark.parametrize("name", ["ChatGPT", "1Password", "My app", "", "77377267392 x", "A77377267392"])
def test_what_google_knows_by_name_alone_has_no_client_to_take_it_from(name: str) -> None:
    assert of("google_workspace", "x", "delegated", app=name) == BY_HAND


@pytest.mark.parametrize("principal", [None, EVERYONE])
def test_a_grant_of_nobody_in_particular_has_no_call_about_a_person(principal: str | None) -> None:
    assert of("google_workspace", "oag1", "delegated", principal, app=GOOGLE) == BY_HAND
    assert of("okta", "oag1", "application", principal) == "DELETE /api/v1/apps/obj%201/grants/oag1"
    assert of("okta", "oar1", "delegated", principal) == "DELETE /api/v1/apps/obj%201/tokens/oar1"
    nowhere = App("okta", "contoso.example", "app/1", "App")
    assert step(nowhere, Grant("okta", "contoso.example", "oag1", "app/1", "application", principal)) == BY_HAND


@pytest.mark.parametrize(
    ("tenant", "app", "expected"),
    [
        ("T0123ABCD", "A012", "POST /api/admin.apps.uninstall app_id=A012 team_ids=T0123ABCD"),
        ("E0123ABCD", "A012", "POST /api/admin.apps.uninstall app_id=A012 enterprise_id=E0123ABCD"),
        ("T0123ABCD", "B012", BY_HAND),
        ("contoso.example", "A012", BY_HAND),
    ],
)
def test_slack_has_to_be_told_where(tenant: str, app: str, expected: str) -> None:
    assert of("slack", f"install/{app}", "install", None, tenant, app) == expected


def test_an_id_from_a_tenant_cannot_become_another_call() -> None:
    assert of("google_workspace", "x", "delegated", "../../groups?x=\n1", app=GOOGLE) == (
        f"DELETE /admin/directory/v1/users/..%2F..%2Fgroups%3Fx%3D%0A1/tokens/{GOOGLE}"
    )
    assert of("slack", "x", "install", None, "T1 x", "A1 y") == (
        "POST /api/admin.apps.uninstall app_id=A1%20y team_ids=T1%20x"
    )
