"""What single apps hold, and on whose behalf."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shadowai.tenant import App, Grant, Page, Task
from shadowai_connectors.entra_clients import Asked, app_roles, client_assignments, client_grants
from tests.connectors.entra_tenant import GRAPH_APP, MICROSOFT, NOW, TENANT, Tenant, guid, refusal, resumed, work_on


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """Microsoft Graph, a server that reads mail, and a client of that server."""
    made = Tenant()
    graph = made.app(0, "Microsoft Graph", owner=MICROSOFT, app_id=GRAPH_APP)
    server = made.app(1, "M365 MCP Server")
    client = made.app(2, "M365 MCP Client", replyUrls=["https://client.example/cb"])
    made.grant(client, server, "access_as_user", made.user(1))
    made.grant(server, graph, "Mail.Read Files.Read.All", guid(3, 1))
    yield made
    made.close()


def named(*numbers: int) -> tuple[str, ...]:
    """Arguments for those apps."""
    return tuple(f"{guid(1, number)}={guid(2, number)}" for number in numbers)


def found(pages: list[Page]) -> tuple[dict[str, Grant], dict[str, App]]:
    """Grants and apps of some pages."""
    items = [item for page in pages for item in page.items]
    apps = {item.id: item for item in items if isinstance(item, App)}
    return {item.id: item for item in items if isinstance(item, Grant)}, apps


def run(tenant: Tenant, *numbers: int) -> tuple[dict[str, Grant], dict[str, App]]:
    """The grants of those apps, after kills at every page."""
    return found(resumed(client_grants, tenant, Task("grants/of-apps/0", "grants", named(*numbers))))


def test_what_a_server_may_do_for_its_client_is_found(tenant: Tenant) -> None:
    grants, apps = run(tenant, 2)
    assert [(grant.app, grant.scopes) for grant in grants.values()] == [
        (guid(2, 2), ("access_as_user",)),
        (guid(2, 1), ("Files.Read.All", "Mail.Read")),
    ]
    assert apps[guid(2, 2)].holds == (guid(2, 1),)
    assert apps[guid(2, 2)].reply_urls == ("https://client.example/cb",), "as whole as the list had it"
    assert set(apps) == {guid(2, 2)}


def test_chains_of_servers_are_followed_to_their_end_and_circles_end(tenant: Tenant) -> None:
    third = tenant.app(3, "Third")
    tenant.grant(guid(1, 1), third, "access_as_user")
    deep = tenant.grant(third, guid(1, 0), "Sites.Read.All")
    tenant.grant(third, guid(1, 2), "access_as_user")
    grants, apps = run(tenant, 2)
    assert deep in grants and len(grants) == 5
    assert {key: app.holds for key, app in apps.items()} == {
        guid(2, 2): (guid(2, 1),),
        guid(2, 1): (guid(2, 3),),
        guid(2, 3): (guid(2, 2),),
    }


def test_two_servers_of_one_client_are_both_held_whenever_they_were_found(tenant: Tenant) -> None:
    other = tenant.app(4, "Other server", owner=TENANT)
    tenant.largest = 1
    tenant.grant(guid(1, 2), other, "access_as_user", guid(3, 1))
    _, apps = run(tenant, 2)
    assert set(apps[guid(2, 2)].holds) == {guid(2, 1), guid(2, 4)}


def test_microsoft_s_own_resources_are_no_servers(tenant: Tenant) -> None:
    grants, apps = run(tenant, 1)
    assert len(grants) == 1 and apps == {}


def test_three_hundred_apps_take_fifteen_batches(tenant: Tenant) -> None:
    for number in range(10, 310):
        tenant.grant(tenant.app(number, f"App {number}"), guid(1, 0), "Mail.Read", guid(3, 1))
    with work_on(tenant) as work:
        pages = list(client_grants(work, Task("x", "grants", named(*range(10, 310))), None))
    assert tenant.counted()["/$batch"] == 15 and len(found(pages)[0]) == 300


def test_pages_lead_nowhere_twice_even_when_everything_is_refused_for_load(tenant: Tenant) -> None:
    tenant.put[f"/servicePrincipals/{guid(1, 2)}/oauth2PermissionGrants"] = [refusal(429, "x", Retry_After="1")] * 3
    with work_on(tenant) as work:
        pages = list(client_grants(work, Task("x", "grants", named(2)), None))
    cursors = [page.cursor for page in pages]
    assert len(set(cursors)) == len(cursors) and len(found(pages)[0]) == 2


def test_no_apps_are_no_grants(tenant: Tenant) -> None:
    with work_on(tenant) as work:
        assert [page.items for page in client_grants(work, Task("x", "grants"), None)] == [()]
        assert [page.items for page in client_assignments(work, Task("x", "grants"), None)] == [()]
        assert [page.items for page in app_roles(work, Task("x", "grants"), None)] == [()]
    assert tenant.calls == []


def test_the_mark_tells_which_apps_were_asked_for(tenant: Tenant) -> None:
    with work_on(tenant) as work:
        page = list(client_grants(work, Task("x", "grants", named(1, 2)), None))[-1]
    assert Asked.read(page.mark) == Asked.of([guid(1, 2), guid(1, 1)], NOW * 1_000_000)
    assert Asked.of([guid(1, 2)], 0).apps < Asked.of([guid(1, 2), guid(1, 1)], 0).apps
    assert Asked.read(str(Asked.of([], 5))) == Asked(frozenset(), 5)


@pytest.mark.parametrize("mark", [None, "", "x", "a,b", "a,b x"])
def test_what_is_no_mark_is_none(mark: str | None) -> None:
    assert Asked.read(mark) is None


def test_users_and_groups_are_assigned_and_apps_are_not(tenant: Tenant) -> None:
    for number in range(30):
        tenant.assign(guid(1, 2), tenant.user(number))
    tenant.assign(guid(1, 2), guid(4, 1), "Group")
    tenant.assign(guid(1, 2), guid(1, 1), "ServicePrincipal")
    tenant.largest = 10
    task = Task("assignments/0", "assignments", named(1, 2))
    grants, _ = found(resumed(client_assignments, tenant, task))
    assert len(grants) == 31
    assert {(grant.app, grant.kind) for grant in grants.values()} == {(guid(2, 2), "assignment")}


def test_permissions_of_apps_are_named_also_after_a_kill(tenant: Tenant) -> None:
    tenant.apps[guid(1, 0)]["appRoles"] = [
        {"id": guid(7, 1), "value": "Mail.Read"},
        {"id": guid(7, 2), "value": None},
        3,
    ]
    for number in range(10, 35):
        tenant.assign(guid(1, 0), tenant.app(number, f"App {number}"), "ServicePrincipal", guid(7, 1 + number % 2))
    tenant.largest = 10
    resource = f"{guid(1, 0)}={GRAPH_APP}"
    grants, _ = found(resumed(app_roles, tenant, Task("roles", "roles", (resource,))))
    assert len(grants) == 25
    assert {grant.scopes for grant in grants.values()} == {("Mail.Read",), (guid(7, 2),)}
    assert {grant.app for grant in grants.values()} == {guid(2, number) for number in range(10, 35)}
    assert {grant.resource for grant in grants.values()} == {GRAPH_APP}


def test_names_of_permissions_come_before_what_they_name(tenant: Tenant) -> None:
    tenant.apps[guid(1, 0)]["appRoles"] = [{"id": guid(7, 1), "value": "Mail.Read"}]
    tenant.assign(guid(1, 0), guid(1, 2), "ServicePrincipal", guid(7, 1))
    tenant.put[f"/servicePrincipals/{guid(1, 0)}"] = [refusal(429, "TooManyRequests", Retry_After="1")]
    grants, _ = found(resumed(app_roles, tenant, Task("roles", "roles", (f"{guid(1, 0)}={GRAPH_APP}",))))
    assert [grant.scopes for grant in grants.values()] == [("Mail.Read",)]


def test_people_of_new_apps_are_told_with_what_apps_may_do_themselves(tenant: Tenant) -> None:
    tenant.apps[guid(1, 0)]["appRoles"] = [{"id": guid(7, 1), "value": "Mail.Read"}]
    tenant.assign(guid(1, 0), guid(1, 2), "ServicePrincipal", guid(7, 1))
    tenant.assign(guid(1, 0), tenant.user(8))
    tenant.assign(guid(1, 2), tenant.user(9))
    tenant.assign(guid(1, 2), guid(1, 1), "ServicePrincipal")
    task = Task("roles", "roles", (f"{guid(1, 0)}={GRAPH_APP}", *named(2)))
    with work_on(tenant) as work:
        grants, _ = found(list(app_roles(work, task, None)))
    assert tenant.counted()["/$batch"] == 1
    assert {(grant.kind, grant.app, grant.principal, grant.scopes) for grant in grants.values()} == {
        ("application", guid(2, 2), None, ("Mail.Read",)),
        ("assignment", guid(2, 2), guid(3, 9), ()),
    }
    assert found(resumed(app_roles, tenant, task))[0] == grants
