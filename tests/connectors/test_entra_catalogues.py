"""Teams apps, Copilot packages and seats, agent identities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shadowai.tenant import EVERYONE, App, Grant, Item, Page, Task
from shadowai_connectors.entra_catalogues import SEATS, agent_identities, copilot_packages, copilot_seats, teams_apps
from shadowai_connectors.entra_plan import RARELY
from tests.connectors.entra_tenant import NOW, TENANT, Tenant, guid, resumed
from tests.tenants.sweeps import matcher

PACKAGES = "/copilot/admin/catalog/packages"
AGENTS = "/servicePrincipals/microsoft.graph.agentIdentity"


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """A tenant with nothing."""
    made = Tenant()
    yield made
    made.close()


def items(run: Any, tenant: Tenant, path: str, *rows: dict[str, Any]) -> list[Item]:
    """What a task makes of those rows; it leaves the time."""
    tenant.lists[path] = list(rows)
    tenant.largest = 1
    pages = resumed(run, tenant, Task("x", "x"))
    assert pages[-1].mark == str(NOW * 1_000_000)
    return [item for page in pages for item in page.items]


def test_a_teams_app_is_joined_to_its_registration(tenant: Tenant) -> None:
    definitions: list[dict[str, Any]] = [
        {"publishingState": "published", "authorization": {"clientAppId": guid(2, 1).upper()}, "bot": {"id": "b"}},
        {"publishingState": "rejected", "authorization": None},
    ]
    rows: list[dict[str, Any]] = [
        {"id": "T1", "displayName": "Helper", "appDefinitions": definitions},
        {"id": "T2", "appDefinitions": "x"},
    ]
    found = items(teams_apps, tenant, "/appCatalogs/teamsApps", *rows)
    one, two = (item for item in found if isinstance(item, App))
    assert (one.kind, one.id, one.holds, one.tags, one.enabled) == ("teams_app", "T1", (guid(2, 1),), ("bot",), True)
    assert (two.name, two.holds, two.enabled) == ("T2", (), None)
    assert all("distributionMethod%20eq%20'organization'" in target for _, target, _, _ in tenant.asked)


def test_copilot_packages_that_nobody_may_use_are_left_out(tenant: Tenant) -> None:
    row = {"id": "P1", "displayName": "Researcher", "publisher": "Example", "appId": guid(2, 1), "isBlocked": False}
    found = items(
        copilot_packages,
        tenant,
        PACKAGES,
        {**row, "availableTo": "some", "deployedTo": "all", "elementTypes": ["bot"], "supportedHosts": ["teams"]},
        {**row, "id": "P2", "availableTo": "none", "deployedTo": "none"},
        {**row, "id": "P3", "availableTo": "all", "deployedTo": "none", "isBlocked": True, "type": "microsoft"},
        {**row, "id": "P4", "availableTo": "none", "deployedTo": "some"},
    )
    apps = {item.id: item for item in found if isinstance(item, App)}
    assert set(apps) == {"P1", "P3", "P4"}
    assert apps["P1"].holds == (guid(2, 1),) and apps["P1"].tags == ("bot", "host:teams") and apps["P1"].enabled
    assert apps["P3"].enabled is False and apps["P3"].first_party
    grants = {item.app: item for item in found if isinstance(item, Grant)}
    assert {key: grant.principal for key, grant in grants.items()} == {"P1": EVERYONE, "P4": None}
    assert {grant.kind for grant in grants.values()} == {"install"}


def test_a_package_without_an_identifier_is_missed(tenant: Tenant) -> None:
    tenant.lists[PACKAGES] = [{"availableTo": "all", "deployedTo": "all"}]
    (page,) = resumed(copilot_packages, tenant, Task("x", "x"))
    assert page.items == () and len(page.missed) == 1


def test_an_agent_s_identity_is_one_however_it_was_listed(tenant: Tenant) -> None:
    row = {"id": guid(1, 4), "displayName": "Agent", "agentIdentityBlueprintId": guid(2, 9), "accountEnabled": True}
    (found,) = items(agent_identities, tenant, AGENTS, row)
    assert isinstance(found, App)
    assert (found.kind, found.id, found.tags) == ("agent_identity", guid(1, 4), (f"blueprint:{guid(2, 9)}",))


SKU = "639dec6b-bb19-468b-871c-c5c441c4b0cb"


def seats(tenant: Tenant, *rows: dict[str, Any]) -> list[Page]:
    """What a task makes of the users with a licence."""
    tenant.lists["/users"] = list(rows)
    tenant.largest, tenant.tier = 1, "deep"
    return resumed(copilot_seats, tenant, Task("copilot-seats/x", "copilot-seats", (SKU,)))


def test_whoever_has_the_licence_has_a_seat_and_no_date(tenant: Tenant) -> None:
    pages = seats(tenant, {"id": guid(3, 1).upper()}, {"id": guid(3, 2)})
    grants = [item for page in pages for item in page.items if isinstance(item, Grant)]
    assert [(grant.kind, grant.principal, grant.granted, grant.date_source) for grant in grants] == [
        ("seat", guid(3, 1), None, None),
        ("seat", guid(3, 2), None, None),
    ]
    assert len({grant.id for grant in grants}) == 2 and {grant.scopes for grant in grants} == {
        ("licence:Microsoft_365_Copilot",)
    }
    query = parse_qs(urlsplit(tenant.asked[0][1]).query)
    assert query["$filter"] == [f"assignedLicenses/any(one:one/skuId eq {SKU})"]
    assert query["$select"] == ["id"] and pages[-1].mark == str(NOW * 1_000_000)


def test_copilot_is_known_by_its_licence_and_by_no_name(tenant: Tenant) -> None:
    (app,) = {item for page in seats(tenant, {"id": guid(3, 1)}) for item in page.items if isinstance(item, App)}
    (found,) = matcher().match(app).matches
    assert (found.signature, found.strength) == ("microsoft-365-copilot", "strong")
    typed = App("entra", TENANT, guid(2, 1), app.name, publisher="Microsoft")
    assert all(match.strength == "weak" for match in matcher().match(typed).matches)


def test_a_tenant_without_seats_has_no_copilot(tenant: Tenant) -> None:
    assert [page.items for page in seats(tenant)] == [()]


def test_a_user_without_an_identifier_is_missed(tenant: Tenant) -> None:
    (first, second) = seats(tenant, {"displayName": "x"}, {"id": guid(3, 1)})
    assert len(first.missed) == 1 and first.items == () and len(second.items) == 2


def test_every_product_is_asked_for_by_a_task_of_its_own() -> None:
    assert {task.arguments for task in RARELY if task.signal == "copilot-seats"} == {(sku,) for sku in SEATS}
