"""People, and what they asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shadowai.tenant import App, Grant, Page, Person, Task, TenantError, Trouble
from shadowai_connectors.entra_people import REQUESTS, consent_requests, people
from tests.connectors.entra_tenant import Tenant, guid, refusal, resumed, work_on

LOOKED_UP = "/directoryObjects/getByIds"


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """A tenant with three users and an app."""
    made = Tenant()
    for number in range(3):
        made.user(number, department="Legal")
    made.app(1, "Known")
    yield made
    made.close()


def ask(tenant: Tenant, *ids: str) -> Page:
    """Look those people up."""
    with work_on(tenant) as work:
        (page,) = people(work, Task("people/x", "people", ids), None)
    return page


def test_people_have_names_and_departments(tenant: Tenant) -> None:
    page = ask(tenant, guid(3, 0), guid(3, 2), guid(4, 9))
    found = {item.id: item for item in page.items if isinstance(item, Person)}
    assert set(found) == {guid(3, 0), guid(3, 2)} and found[guid(3, 2)].department == "Legal"
    assert page.mark is not None and "department" in tenant.asked[0][1]


def test_where_departments_may_not_be_read_names_are(tenant: Tenant) -> None:
    tenant.put[LOOKED_UP] = [refusal(403, "Authorization_RequestDenied", "Insufficient privileges")]
    assert len(ask(tenant, guid(3, 0)).items) == 1
    assert "department" not in tenant.asked[-1][1]


def test_where_nothing_may_be_read_nobody_is_said_to_be_unknown(tenant: Tenant) -> None:
    tenant.always[LOOKED_UP] = refusal(403, "Authorization_RequestDenied", "Insufficient privileges")
    with pytest.raises(TenantError) as caught:
        ask(tenant, guid(3, 0))
    assert caught.value.trouble is Trouble.SCOPE


def request(number: int, **more: Any) -> dict[str, Any]:
    """An app that was asked for."""
    scopes = [{"displayName": "Mail.Read"}, {"displayName": "Files.Read"}, {"displayName": None}]
    return {
        "id": f"R{number}",
        "appId": guid(2, number).upper(),
        "appDisplayName": f"Wanted {number}",
        "pendingScopes": scopes,
        **more,
    }


def wish(number: int, status: str = "InProgress") -> dict[str, Any]:
    """One user's wish."""
    user = {"user": {"id": guid(3, number).upper(), "displayName": "x"}}
    return {"id": f"W{number}", "status": status, "createdDateTime": "2026-11-10T10:00:00Z", "createdBy": user}


def test_what_users_asked_for_and_did_not_get(tenant: Tenant) -> None:
    tenant.lists[REQUESTS] = [request(1), request(2)]
    tenant.lists[f"{REQUESTS}/R1/userConsentRequests"] = [wish(0), wish(1), wish(2, "Completed")]
    tenant.lists[f"{REQUESTS}/R2/userConsentRequests"] = [wish(2)]
    tenant.largest = 1
    pages = resumed(consent_requests, tenant, Task("requests", "requests"))
    items = [item for page in pages for item in page.items]
    grants = {item.id: item for item in items if isinstance(item, Grant)}
    assert {key: (grant.app, grant.principal) for key, grant in grants.items()} == {
        "request/W0": (guid(2, 1), guid(3, 0)),
        "request/W1": (guid(2, 1), guid(3, 1)),
        "request/W2": (guid(2, 2), guid(3, 2)),
    }
    assert {grant.kind for grant in grants.values()} == {"request"}
    assert grants["request/W0"].scopes == ("Files.Read", "Mail.Read") and grants["request/W0"].date_source == "api"
    apps = {item.id: item.name for item in items if isinstance(item, App)}
    assert apps == {guid(2, 1): "Known", guid(2, 2): "Wanted 2"}


def test_wishes_that_cannot_be_had_are_missed(tenant: Tenant) -> None:
    tenant.lists[REQUESTS] = [request(1)]
    tenant.always[f"{REQUESTS}/R1/userConsentRequests"] = refusal(400, "BadRequest", "no")
    (page,) = resumed(consent_requests, tenant, Task("requests", "requests"))
    assert len(page.missed) == 1 and not [item for item in page.items if isinstance(item, Grant)]


def test_nothing_asked_for_takes_one_call(tenant: Tenant) -> None:
    tenant.lists[REQUESTS] = []
    assert [page.items for page in resumed(consent_requests, tenant, Task("requests", "requests"))] == [()]
    assert tenant.calls == [REQUESTS]
