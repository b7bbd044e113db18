"""The tenant's grants: all, those for everyone, and what changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shadowai.tenant import EVERYONE, Grant, Page, Removed, Task, Trouble
from shadowai_connectors.entra_grants import all_grants, changed_grants, grants_for_everyone
from tests.connectors.entra_tenant import GRAPH_APP, MICROSOFT, Tenant, guid, refusal, resumed, work_on


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """A tenant with 25 users' grants and five for everyone."""
    made = Tenant()
    graph = made.app(0, "Microsoft Graph", owner=MICROSOFT, app_id=GRAPH_APP)
    client = made.app(1, "Notes")
    for number in range(25):
        made.grant(client, graph, "Mail.Read", made.user(number))
    for _ in range(5):
        made.grant(client, graph, "User.Read")
    yield made
    made.close()


def grants(pages: list[Page]) -> dict[str, Grant]:
    """The grants of some pages."""
    return {item.id: item for page in pages for item in page.items if isinstance(item, Grant)}


def changes(tenant: Tenant, rows: list[dict[str, object]]) -> Page:
    """What a sweep makes of those changes."""
    tenant.changes["/oauth2PermissionGrants"] = rows
    with work_on(tenant) as work:
        link = work.graph.url("/oauth2PermissionGrants/delta?$deltatoken=0")
        (page,) = changed_grants(work, Task("grants/all", "grants", (link,), changes=True), None)
    return page


def test_all_grants_come_with_the_largest_pages(tenant: Tenant) -> None:
    found = grants(resumed(all_grants, tenant, Task("grants/all", "grants")))
    assert set(found) == set(tenant.grants)
    assert {grant.app for grant in found.values()} == {guid(2, 1)}
    assert {grant.resource for grant in found.values()} == {GRAPH_APP}


def test_a_page_that_repeats_rows_counts_them_once(tenant: Tenant) -> None:
    rows = list(tenant.grants.values())
    link = f"{tenant.root}/v1.0/oauth2PermissionGrants?$top=999&$skiptoken=1"
    tenant.put["/oauth2PermissionGrants"] = [
        (200, {}, {"value": rows[:20], "@odata.nextLink": link}),
        (200, {}, {"value": rows[10:]}),
    ]
    assert set(grants(resumed(all_grants, tenant, Task("grants/all", "grants")))) == set(tenant.grants)


def test_grants_for_everyone_are_asked_for_alone(tenant: Tenant) -> None:
    found = grants(resumed(grants_for_everyone, tenant, Task("grants/everyone", "grants")))
    assert len(found) == 5 and {grant.principal for grant in found.values()} == {EVERYONE}


def test_an_app_that_is_gone_keeps_its_object_s_name(tenant: Tenant) -> None:
    ghost = tenant.grant(guid(1, 77), guid(1, 0), "Mail.Read")
    assert grants(resumed(all_grants, tenant, Task("grants/all", "grants")))[ghost].app == guid(1, 77)


def test_changes_add_replace_and_remove(tenant: Tenant) -> None:
    page = changes(
        tenant,
        [
            {"id": "Grant_0-x", "@removed": {"reason": "deleted"}},
            {"id": "Grant_1-x", "scope": "Mail.Send"},
            {"id": "Grant_99-x", "scope": "Mail.Send"},
            dict(tenant.grants["Grant_2-x"]),
        ],
    )
    assert [item.what for item in page.items if isinstance(item, Removed)] == ["Grant_0-x", "Grant_99-x"]
    assert set(grants([page])) == {"Grant_1-x", "Grant_2-x"}
    assert page.mark is not None and page.mark.startswith("delta ") and page.missed == ()


def test_a_change_that_cannot_be_completed_is_missed_and_not_removed(tenant: Tenant) -> None:
    tenant.always["/oauth2PermissionGrants/Grant_1-x"] = refusal(400, "Request_BadRequest", "no")
    page = changes(tenant, [{"id": "Grant_1-x", "scope": "Mail.Send"}])
    assert page.items == () and [missed.trouble for missed in page.missed] == [Trouble.UNEXPECTED]


def test_a_row_that_cannot_be_read_is_missed_and_the_rest_is_not(tenant: Tenant) -> None:
    tenant.grants["Grant_3-x"]["principalId"] = None
    pages = resumed(all_grants, tenant, Task("grants/all", "grants"))
    assert len(grants(pages)) == 29 and len([missed for page in pages for missed in page.missed]) == 1
