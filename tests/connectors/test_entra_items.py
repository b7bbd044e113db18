"""What Graph says, as nouns."""

from __future__ import annotations

from typing import Any

import pytest

from shadowai.tenant import EVERYONE, App, TenantError
from shadowai_connectors.entra_items import (
    APP_SELECT,
    DEFAULT_ROLE,
    app,
    application,
    assignment,
    delegated,
    made,
    moment,
    person,
    stamp,
)
from tests.connectors.entra_tenant import GRAPH_APP, MICROSOFT, TENANT, guid

ROW: dict[str, Any] = {
    "id": guid(1, 10).upper(),
    "appId": guid(2, 10).upper(),
    "displayName": " Notes ",
    "appOwnerOrganizationId": guid(9, 9).upper(),
    "replyUrls": ["https://notes.example/cb", 7, ""],
    "homepage": None,
    "info": {"marketingUrl": "https://notes.example"},
    "verifiedPublisher": {"displayName": "Notes Inc.", "verifiedPublisherId": "1"},
    "accountEnabled": True,
    "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
    "servicePrincipalType": "Application",
}


def test_an_app_is_known_by_its_registration() -> None:
    assert app(ROW, TENANT) == App(
        platform="entra",
        tenant=TENANT,
        id=guid(2, 10),
        name="Notes",
        object_id=guid(1, 10),
        verified_publisher="Notes Inc.",
        owner_tenant=guid(9, 9),
        homepage="https://notes.example",
        reply_urls=("https://notes.example/cb",),
        enabled=True,
        tags=("WindowsAzureActiveDirectoryIntegratedApp",),
    )


@pytest.mark.parametrize("publisher", [{}, None, {"displayName": None}, {"displayName": ""}, [], "Notes Inc."])
def test_an_empty_verification_verifies_nobody(publisher: object) -> None:
    assert app({**ROW, "verifiedPublisher": publisher}, TENANT).verified_publisher is None


@pytest.mark.parametrize(
    ("owner", "kind", "first_party", "in_house"),
    [
        (MICROSOFT, "Application", True, False),
        ("72F988BF-86F1-41AF-91AB-2D7CD011DB47", "Application", True, False),
        (TENANT, "Application", False, True),
        (guid(9, 9), "Application", False, False),
        (None, "ManagedIdentity", False, True),
        (None, "Legacy", False, False),
    ],
)
def test_whose_app_it_is_follows_from_its_owner(
    owner: str | None, kind: str, first_party: bool, in_house: bool
) -> None:
    found = app({**ROW, "appOwnerOrganizationId": owner, "servicePrincipalType": kind}, TENANT)
    assert (found.first_party, found.in_house) == (first_party, in_house)


@pytest.mark.parametrize(
    ("more", "enabled"),
    [
        ({}, True),
        ({"accountEnabled": False}, False),
        ({"accountEnabled": None}, None),
        ({"isDisabled": True}, False),
        ({"disabledByMicrosoftStatus": "DisabledDueToViolationOfServicesAgreement"}, False),
        ({"disabledByMicrosoftStatus": "NotDisabled"}, True),
    ],
)
def test_an_app_may_be_switched_off_by_several(more: dict[str, Any], enabled: bool | None) -> None:
    assert app({**ROW, **more}, TENANT).enabled is enabled


def test_a_gallery_app_and_an_agent_are_told() -> None:
    agent = {**ROW, "@odata.type": "#microsoft.graph.agentIdentity", "agentIdentityBlueprintId": "AB", "appId": None}
    assert app({**ROW, "applicationTemplateId": "x"}, TENANT).tags[-1] == "gallery"
    found = app(agent, TENANT)
    assert (found.kind, found.id, found.tags[-1]) == ("agent_identity", guid(1, 10), "blueprint:ab")


def test_credentials_are_never_asked_for() -> None:
    assert "Credentials" not in APP_SELECT and {"id", "appId", "replyUrls", "verifiedPublisher"} <= set(
        APP_SELECT.split(",")
    )


def test_a_delegated_grant_has_no_date() -> None:
    row = {
        "id": "x-Y_z",
        "clientId": "c",
        "consentType": "Principal",
        "principalId": guid(3, 1).upper(),
        "scope": " b  a a ",
    }
    found = delegated(row, TENANT, "app", GRAPH_APP)
    assert (found.id, found.principal, found.scopes) == ("x-Y_z", guid(3, 1), ("a", "b"))
    assert found.granted is None and found.date_source is None
    assert (
        delegated({**row, "consentType": "AllPrincipals", "principalId": None}, TENANT, "app", "r").principal
        == EVERYONE
    )


def test_a_grant_to_nobody_is_no_grant() -> None:
    with pytest.raises(TenantError, match="principalId"):
        delegated({"id": "x", "consentType": "Principal", "scope": "a"}, TENANT, "app", "r")


def test_an_application_s_permission_is_named_by_its_resource() -> None:
    row = {"id": "a", "appRoleId": guid(7, 1).upper(), "createdDateTime": "2026-10-01T08:00:00Z"}
    found = application(row, TENANT, "app", GRAPH_APP, {guid(7, 1): "Mail.Read"})
    assert (found.kind, found.principal, found.scopes, found.date_source) == (
        "application",
        None,
        ("Mail.Read",),
        "api",
    )
    assert application(row, TENANT, "app", GRAPH_APP, {}).scopes == (guid(7, 1),)
    assert application({**row, "appRoleId": DEFAULT_ROLE}, TENANT, "app", GRAPH_APP, {}).scopes == ()
    assert application({"id": "a", "appRoleId": "b"}, TENANT, "app", "r", {}).date_source is None


def test_an_assignment_is_dated_by_the_service() -> None:
    row = {"id": "a", "principalId": "U", "createdDateTime": "2026-10-01T08:00:00.1234567Z"}
    found = assignment(row, TENANT, "app")
    assert (found.kind, found.principal, found.granted, found.date_source) == (
        "assignment",
        "u",
        1_790_841_600_123_456,
        "api",
    )


def test_a_person_has_the_name_that_others_know() -> None:
    row = {
        "id": "U",
        "userPrincipalName": None,
        "mail": "a@example.com",
        "department": "Legal",
        "accountEnabled": False,
    }
    found = person(row, TENANT)
    assert (found.id, found.address, found.department, found.enabled) == ("u", "a@example.com", "Legal", False)


@pytest.mark.parametrize(
    ("written", "micros"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000),
        ("2026-11-18T15:06:40Z", 1_795_014_400_000_000),
        ("2026-11-18T15:06:40.5+00:00", 1_795_014_400_500_000),
        ("2026-11-18T16:06:40+01:00", 1_795_014_400_000_000),
        ("2026-11-18T15:06:40", 1_795_014_400_000_000),
        ("0001-01-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
        (None, None),
        (1_795_014_400, None),
    ],
)
def test_a_time_is_read_as_graph_writes_it(written: object, micros: int | None) -> None:
    assert moment(written) == micros


def test_a_time_is_written_as_a_filter_takes_it() -> None:
    assert stamp(1_795_014_400_999_999) == "2026-11-18T15:06:40Z"


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": 7}, {"id": " "}, {"appId": "x"}])
def test_what_has_no_identifier_is_missed_and_the_rest_is_not(row: dict[str, Any]) -> None:
    items, missed = made([row, ROW], lambda one: app(one, TENANT))
    assert [item.name for item in items if isinstance(item, App)] == ["Notes"]
    assert len(missed) == 1 and "id" in missed[0].detail
