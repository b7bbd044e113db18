"""How a grant is taken back."""

from __future__ import annotations

import pytest

from shadowai.plans.steps import BY_HAND, step
from shadowai.tenant import EVERYONE, App, Grant


def of(platform: str, id: str, kind: str, principal: str | None = "p1", **more: object) -> str:
    app = App(platform, "contoso.example", "app/1", "App", object_id="obj 1")
    grant = Grant(platform, "contoso.example", id, "app/1", kind, principal, **more)  # type: ignore[arg-type]
    return step(app, grant)


@pytest.mark.parametrize(
    ("platform", "id", "kind", "expected"),
    [
        ("entra", "g1", "delegated", "DELETE /v1.0/oauth2PermissionGrants/g1"),
        ("entra", "g1", "application", "DELETE /v1.0/servicePrincipals/obj%201/appRoleAssignments/g1"),
        ("entra", "g1", "assignment", "DELETE /v1.0/servicePrincipals/obj%201/appRoleAssignedTo/g1"),
        ("entra", "seat/x/y", "seat", BY_HAND),
        ("entra", "package/x", "install", BY_HAND),
        ("google_workspace", "x", "delegated", "DELETE /admin/directory/v1/users/p1/tokens/app%2F1"),
        ("google_workspace", "x", "install", BY_HAND),
        ("okta", "oag1", "delegated", "DELETE /api/v1/users/p1/grants/oag1"),
        ("okta", "oar1", "delegated", "DELETE /api/v1/users/p1/clients/app%2F1/tokens/oar1"),
        ("okta", "x1", "delegated", BY_HAND),
        ("okta", "app/p1", "assignment", BY_HAND),
        ("slack", "install/app", "install", "POST /api/admin.apps.uninstall app_id=app%2F1"),
        ("slack", "approved/app", "assignment", BY_HAND),
        ("github", "token/7", "key", 'POST /orgs/contoso.example/personal-access-tokens/7 {"action": "revoke"}'),
        ("github", "credential/7", "key", BY_HAND),
        ("openai", "x", "key", BY_HAND),
    ],
)
def test_each_platform_has_its_call_or_none(platform: str, id: str, kind: str, expected: str) -> None:
    assert of(platform, id, kind) == expected


@pytest.mark.parametrize("platform", ["google_workspace", "okta"])
@pytest.mark.parametrize("principal", [None, EVERYONE])
def test_a_grant_of_nobody_in_particular_has_no_call_about_a_person(platform: str, principal: str | None) -> None:
    assert of(platform, "oag1", "delegated", principal) == BY_HAND


def test_an_id_from_a_tenant_cannot_become_another_call() -> None:
    assert of("google_workspace", "x", "delegated", "../../groups?x=\n1") == (
        "DELETE /admin/directory/v1/users/..%2F..%2Fgroups%3Fx%3D%0A1/tokens/app%2F1"
    )
